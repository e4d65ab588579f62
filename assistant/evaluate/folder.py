"""Reads a set in the folder layout: corpus.jsonl, queries.jsonl, qrels.tsv, gold_spans.jsonl, statements.jsonl.

It is the layout of BEIR with gold spans added. Knows nothing of the other formats.
"""

from __future__ import annotations

import glob
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.answer import Turn
from assistant.evaluate.questions import EvaluationSet, GoldStatement, Offsets, Question
from index.errors import EvaluationSetError
from index.records import Document, DocumentInfo, Filters

FILES = ("corpus.jsonl", "queries.jsonl", "qrels.tsv", "gold_spans.jsonl", "statements.jsonl")
MOST_VALUES = 12  # a metadata column with more values than this is no category

Row = Mapping[str, Any]


def read_folder(folder: Path, *, scope: str | None = None) -> EvaluationSet:
    """Read the set; raise EvaluationSetError with every bad line.

    `scope` names the metadata column that holds the one document a question is confined to.
    """
    problems = Problems()
    documents = read_corpus(folder / "corpus.jsonl", problems)
    grades = _read_grades(folder / "qrels.tsv", documents, problems)
    gold = _read_gold(folder / "gold_spans.jsonl", documents, problems)
    rows = list(json_lines(folder / "queries.jsonl", problems, required=("_id", "text")))
    check_unique_ids([(line, str(row["_id"])) for line, row in rows])
    questions = [
        to_question(row, line, gold=gold.get(str(row["_id"]), ()), grades=grades.get(str(row["_id"]), {}), scope=scope)
        for line, row in rows
    ]
    statements = _read_statements(folder / "statements.jsonl", problems)
    problems.raise_any(folder.name)
    return EvaluationSet(
        name=set_name(folder),
        digest=digest_of(folder / name for name in FILES),
        questions=with_categories(questions, [row for _, row in rows]),
        documents=documents,
        statements=statements,
    )


def set_name(path: Path) -> str:
    """Return the folder's name, with its parent's where it is only a part: who_said_what/dev."""
    path = path.resolve()
    return f"{path.parent.name}/{path.name}" if path.name in ("dev", "test", "train") else path.name


def digest_of(paths: Iterable[Path]) -> str:
    """Return the SHA-256 of the names and contents of the files that exist."""
    digest = hashlib.sha256()
    for path in paths:
        if path.is_file():
            digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def to_document(document_id: str, text: str, title: str = "", date: str | None = None) -> Document:
    """Return a document whose text is stored as it stands, under the set's own id."""
    info = DocumentInfo(id=document_id, source=document_id, title=title or document_id, date=date)
    return Document(info=info, text=text, content_hash=hashlib.sha256(text.encode()).hexdigest())


def read_corpus(path: Path, problems: Problems) -> dict[str, Document]:
    """Read {_id, title, text, metadata} lines into documents by id."""
    documents: dict[str, Document] = {}
    for line, row in json_lines(path, problems, required=("_id", "text")):
        document_id = str(row["_id"])
        if document_id in documents:
            line.is_wrong(f"document {document_id!r} appears twice")
        date = (row.get("metadata") or {}).get("date")
        documents[document_id] = to_document(document_id, row["text"], row.get("title") or "", date and str(date))
    return documents


def _read_grades(path: Path, documents: Mapping[str, Document], problems: Problems) -> dict[str, dict[str, int]]:
    """Read BEIR's three columns under a heading, or TREC's four without one: query, 0, document, grade."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    if not path.is_file():
        return grades
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        fields = text.split("\t") if "\t" in text else text.split()
        if len(fields) == 4:
            fields = [fields[0], *fields[2:]]
        if number == 1 and not any(field.strip().lstrip("-").isdigit() for field in fields[2:]):
            continue  # the heading
        if len(fields) < 3 or not fields[2].strip().lstrip("-").isdigit():
            problems.add(path, number, "expected query, document and a whole-number grade, separated by tabs")
        elif fields[1] not in documents:
            problems.add(path, number, f"no document {fields[1]!r} in corpus.jsonl")
        else:
            grades[fields[0]][fields[1]] = int(fields[2])
    return grades


def _read_gold(
    path: Path, documents: Mapping[str, Document], problems: Problems
) -> dict[str, tuple[GoldStatement, ...]]:
    """Group spans by statement (each span its own where statements are not numbered)."""
    if not path.is_file():
        return {}
    content: dict[tuple[str, str, Any], list[Offsets]] = defaultdict(list)
    sentences: dict[tuple[str, str, Any], list[Offsets]] = defaultdict(list)
    for line, row in json_lines(path, problems, required=("query_id", "corpus_id", "start", "end")):
        start, end = row["start"], row["end"]
        wrong = wrong_span(documents.get(str(row["corpus_id"])), start, end, row.get("text"))
        if wrong:
            line.is_wrong(wrong)
            continue
        key = (str(row["query_id"]), str(row["corpus_id"]), row.get("statement", (start, end)))
        (sentences if row.get("role") == "sentence" else content)[key].append((start, end))
    gold: dict[str, list[GoldStatement]] = defaultdict(list)
    for key, spans in content.items():
        gold[key[0]].append(GoldStatement(key[1], tuple(spans), tuple(sentences.get(key, ()))))
    return {question_id: tuple(statements) for question_id, statements in gold.items()}


def wrong_span(document: Document | None, start: object, end: object, text: str | None = None) -> str | None:
    """Say what is wrong with a gold span, None where it is right."""
    if document is None:
        return "its document is not in the corpus"
    if not (isinstance(start, int) and isinstance(end, int)):
        return "start and end are not whole numbers"
    if not 0 <= start < end <= len(document.text):
        return f"span {start}-{end} lies outside document {document.id!r} of {len(document.text)} characters"
    if text is not None and document.text[start:end] != text:
        return f"document {document.id!r} has {document.text[start:end][:40]!r} at {start}, not {text[:40]!r}"
    return None


def _read_statements(path: Path, problems: Problems) -> dict[tuple[str, str], tuple[Offsets, ...]]:
    statements: dict[tuple[str, str], list[Offsets]] = defaultdict(list)
    if path.is_file():
        for _, row in json_lines(path, problems, required=("person", "corpus_id", "content", "sentences")):
            spans = [(start, end) for start, end in (*row["content"], *row["sentences"])]
            statements[row["person"], row["corpus_id"]] += spans
    return {key: tuple(spans) for key, spans in statements.items()}


def to_question(
    row: Row, line: Line, *, gold: tuple[GoldStatement, ...], grades: Mapping[str, int], scope: str | None = None
) -> Question:
    """Build a question from a row of queries.jsonl; what is wrong with it is reported on its line."""
    metadata = row.get("metadata") or {}
    answerable = bool(row.get("answerable", True))
    if not isinstance(row["text"], str) or not row["text"].strip():
        line.is_wrong("the question is empty")
    documents = (*grades, *(statement.document_id for statement in gold))
    return Question(
        id=str(row["_id"]),
        text=str(row["text"]),
        history=to_history(row.get("history") or (), line),
        answers=tuple(str(answer) for answer in row.get("answers") or ()),
        answerable=answerable,
        gold=gold,
        relevant={document_id: grade for document_id, grade in grades.items() if answerable and grade > 0},
        reason=None if answerable else str(metadata.get("reason") or "unanswerable"),
        person=metadata.get("person"),
        cluster=str(metadata.get("conversation") or next(iter(documents), row["_id"])),
        filters=to_filters(row, line, scope),
    )


def to_filters(row: Row, line: Line, scope: str | None) -> Filters:
    """Build the filters a question is asked with: its own columns, and the document it is confined to."""
    set_by_row = {name: str(row[name]) for name in ("speaker", "source", "since", "until") if row.get(name)}
    if scope is None:
        return Filters(**set_by_row)
    document_id = (row.get("metadata") or {}).get(scope)
    if not document_id:
        line.is_wrong(f"no metadata column {scope!r} to confine the question to a document")
    return Filters(**set_by_row | {"source": glob.escape(str(document_id))})


def to_history(turns: Iterable[Any], line: Line) -> tuple[Turn, ...]:
    """Build the earlier turns, oldest first; those without a known role or text are reported."""
    history = []
    for turn in turns:
        role = turn.get("role") if isinstance(turn, dict) else None
        text = turn.get("text", turn.get("content")) if isinstance(turn, dict) else None
        if role not in ("user", "assistant") or not isinstance(text, str):
            line.is_wrong("a turn of the history needs a role (user or assistant) and a text")
        else:
            history.append(Turn(role, text))
    return tuple(history)


def check_unique_ids(ids: Iterable[tuple[Line, str]]) -> None:
    """Report each question id that appeared on an earlier line."""
    seen: dict[str, Line] = {}
    for line, question_id in ids:
        if question_id in seen:
            line.is_wrong(f"question {question_id!r} appeared on line {seen[question_id].number}")
        seen.setdefault(question_id, line)


def with_categories(questions: Iterable[Question], rows: Iterable[Row]) -> tuple[Question, ...]:
    """Give each question the metadata columns that divide the set into at least two and at most a dozen kinds."""
    pairs = [(question, row.get("metadata") or {}) for question, row in zip(questions, rows, strict=True)]
    values: dict[str, set[str | None]] = defaultdict(set)
    for _, metadata in pairs:
        for name, value in metadata.items():
            values[name].add(_to_label(value))
    kept = [name for name, labels in values.items() if None not in labels and 2 <= len(labels) <= MOST_VALUES]
    return tuple(
        replace(question, categories={name: str(_to_label(metadata[name])) for name in kept if name in metadata})
        for question, metadata in pairs
    )


def _to_label(value: object) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, (str, int)) else None


class Problems:
    """The bad lines of a set; raised together, since a person mends them together."""

    SHOWN = 50

    def __init__(self) -> None:
        self._found: list[tuple[str, int, str]] = []

    def add(self, path: Path, line: int, what: str) -> None:
        self._found.append((path.name, line, what))

    def __len__(self) -> int:
        return len(self._found)

    def raise_any(self, name: str) -> None:
        """Raise EvaluationSetError if there are problems."""
        if self._found:
            lines = [f"{file}:{line}: {what}" for file, line, what in sorted(self._found)]
            left_out = [f"and {len(lines) - self.SHOWN} more"] if len(lines) > self.SHOWN else []
            count = f"{len(lines)} bad line{'s' if len(lines) > 1 else ''}"
            raise EvaluationSetError(f"{name}: {count}; mend and run again", (*lines[: self.SHOWN], *left_out))


@dataclass(frozen=True, slots=True)
class Line:
    """A place in a file, 1-based, and where to say what is wrong with it."""

    path: Path
    number: int
    problems: Problems

    def is_wrong(self, what: str) -> None:
        self.problems.add(self.path, self.number, what)


def json_lines(
    path: Path, problems: Problems, *, required: tuple[str, ...] = ()
) -> Iterator[tuple[Line, dict[str, Any]]]:
    """Yield the objects of a JSONL file; bad lines and objects without a required key become problems."""
    if not path.is_file():
        raise EvaluationSetError(f"{path}: no such file")
    with path.open("rb") as lines:
        for number, raw in enumerate(lines, start=1):
            line = Line(path, number, problems)
            if not raw.strip():
                continue
            try:
                row = json.loads(raw)
            except ValueError as error:
                line.is_wrong(f"not JSON ({error})")
                continue
            if not isinstance(row, dict):
                line.is_wrong("not a JSON object")
            elif missing := [key for key in required if key not in row]:
                line.is_wrong(f"no {', '.join(map(repr, missing))}")
            else:
                yield line, row
