"""Loads an evaluation set, whatever its format and wherever its documents are; ir_datasets is read here alone."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from assistant.evaluate.folder import (
    Line,
    Problems,
    digest_of,
    read_corpus,
    read_folder,
    set_name,
    to_document,
    to_question,
)
from assistant.evaluate.question_files import read_questions, read_squad
from assistant.evaluate.questions import EvaluationSet
from index.errors import EvaluationSetError
from index.records import Document

QUESTION_FILES = ("questions.jsonl", "questions.csv")
PREFIX = "irds:"


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


def read_ir_datasets(name: str) -> EvaluationSet:
    """Load documents, queries and judgments of 'irds:beir/scifact/test'; the package downloads what is not there.

    Queries that nobody judged are left out. Everything is held in memory.
    """
    dataset_id = name.removeprefix(PREFIX)
    try:
        ir_datasets = import_module("ir_datasets")
    except ImportError as error:
        raise EvaluationSetError(f"{name}: needs the package ir_datasets: pip install ir_datasets") from error
    try:
        dataset = ir_datasets.load(dataset_id)
    except KeyError as error:
        raise EvaluationSetError(f"{name}: ir_datasets has no '{dataset_id}'; see https://ir-datasets.com") from error
    for part in ("docs", "queries", "qrels"):
        if not getattr(dataset, f"has_{part}")():
            raise EvaluationSetError(f"{name}: it has no {part}; name a part that has, e.g. '{dataset_id}/test'")
    return to_set(dataset, dataset_id)


def to_set(dataset: Any, dataset_id: str) -> EvaluationSet:  # noqa: ANN401  ir_datasets has no types
    """Return a data set, anything with its three iterators, as ours."""
    digest = hashlib.sha256()
    documents = {}
    for document in dataset.docs_iter():
        title = str(getattr(document, "title", "") or "")
        documents[document.doc_id] = to_document(document.doc_id, document.default_text(), title)
        digest.update(f"{document.doc_id}\0{documents[document.doc_id].content_hash}\n".encode())
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for judged in dataset.qrels_iter():
        if judged.doc_id in documents:
            grades[judged.query_id][judged.doc_id] = int(judged.relevance)
            digest.update(f"{judged.query_id}\0{judged.doc_id}\0{judged.relevance}\n".encode())
    questions, problems = [], Problems()
    for number, query in enumerate(dataset.queries_iter(), start=1):
        if query.query_id in grades:
            row = {"_id": query.query_id, "text": query.default_text()}
            digest.update(f"{query.query_id}\0{row['text']}\n".encode())
            line = Line(Path("queries"), number, problems)
            questions.append(to_question(row, line, gold=(), grades=grades[query.query_id]))
    problems.raise_any(dataset_id)
    return EvaluationSet(dataset_id, digest.hexdigest(), tuple(questions), documents)
