"""Loads an evaluation set, whatever its format and wherever its documents are. Each format has its own module."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from assistant.evaluate.folder import digest_of, read_corpus, read_folder, set_name
from assistant.evaluate.irds import PREFIX, read_ir_datasets
from assistant.evaluate.question_files import read_questions, read_squad
from assistant.evaluate.questions import EvaluationSet
from assistant.evaluate.read_lines import Problems
from index.errors import EvaluationSetError
from index.records import Document

QUESTION_FILES = ("questions.jsonl", "questions.csv")


def load_set(path: str | Path, *, scope: str | None = None, library: str | Path | None = None) -> EvaluationSet:
    """Load the set at `path`; raise EvaluationSetError with every bad line at once.

    A folder holds queries.jsonl with a corpus, or questions.jsonl or .csv with corpus.jsonl or a folder `documents`
    beside it; a single file is SQuAD's JSON, or questions about the documents beside it, else about those of the
    `library`; 'irds:ID' is a data set of ir_datasets. `scope` names the metadata column that holds the one document a
    question is confined to.
    """
    if str(path).startswith(PREFIX):
        return read_ir_datasets(str(path))
    path = Path(path).expanduser()
    if not path.exists():
        raise EvaluationSetError(f"{path}: no such file or folder; `footnote evaluate init` writes a template")
    if path.suffix == ".json":
        return read_squad(path)
    if (path / "queries.jsonl").is_file():
        return read_folder(path, scope=scope)
    questions = path if path.is_file() else next((f for name in QUESTION_FILES if (f := path / name).is_file()), None)
    if questions is None:
        raise EvaluationSetError(f"{path}: neither queries.jsonl nor {' nor '.join(QUESTION_FILES)} is in it")
    if questions.suffix not in (".jsonl", ".csv"):
        raise EvaluationSetError(f"{path}: a set is a folder, a .jsonl, a .csv or SQuAD's .json")
    documents = _documents_beside(questions.parent)
    has_corpus = documents is not None
    if documents is None:
        documents = _documents_of(library, questions)
    return EvaluationSet(
        name=set_name(path) if path.is_dir() else path.stem,
        digest=_digest(questions, documents),
        questions=read_questions(questions, documents, scope=scope),
        documents=documents,
        has_corpus=has_corpus,
    )


def _digest(questions: Path, documents: Mapping[str, Document]) -> str:
    digest = hashlib.sha256(digest_of([questions]).encode())
    for document_id in sorted(documents):
        digest.update(f"{document_id}\0{documents[document_id].content_hash}\n".encode())
    return digest.hexdigest()


def _documents_beside(folder: Path) -> dict[str, Document] | None:
    if (folder / "corpus.jsonl").is_file():
        problems = Problems()
        documents = read_corpus(folder / "corpus.jsonl", problems)
        problems.raise_any(folder.name)
        return documents
    if (folder / "documents").is_dir():
        return _read_files(folder / "documents")
    return None


def _read_files(folder: Path) -> dict[str, Document]:
    from index.errors import ReadError
    from index.parse import read_apart

    documents = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not path.name.startswith("."):
            try:
                documents[name] = read_apart(path.read_bytes(), name, name)
            except ReadError as error:
                raise EvaluationSetError(f"{path}: {error}") from error
    return documents


def _documents_of(library: str | Path | None, questions: Path) -> dict[str, Document]:
    from assistant.settings import load
    from index.library import Library

    servers = load().servers()
    if library is None or not (servers.catalog or Path(library).expanduser().is_dir()):
        raise EvaluationSetError(
            f"{questions}: no corpus.jsonl and no documents beside it; name the library that it asks with --library"
        )
    with Library.open(library, servers=servers) as opened:
        return {info.id: opened.document(info.id) for info in opened.documents()}
