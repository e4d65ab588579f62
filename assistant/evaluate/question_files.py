"""Reads questions from JSON lines, CSV and SQuAD's JSON. Evidence is located in the documents as they are read.

Knows nothing of where the documents come from, SQuAD's apart, which brings its own.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.evaluate.folder import (
    Line,
    Problems,
    check_unique_ids,
    digest_of,
    json_lines,
    to_document,
    to_question,
    with_categories,
)
from assistant.evaluate.locate import Locator, is_whole_document
from assistant.evaluate.questions import EvaluationSet, GoldStatement, Question
from index.errors import EvaluationSetError
from index.records import Document

Row = dict[str, Any]
KNOWN = frozenset(
    "id question answers answer evidence history answerable reason person speaker source since until metadata".split()
)


def read_questions(path: Path, documents: Mapping[str, Document], *, scope: str | None = None) -> tuple[Question, ...]:
    """Read {id, question, answers, evidence, history, …} rows from a JSONL or CSV file, evidence located."""
    problems = Problems()
    locator = Locator(documents)
    lines = csv_rows(path, problems) if path.suffix == ".csv" else json_lines(path, problems, required=("question",))
    rows = [(line, {"id": str(line.number)} | row) for line, row in lines]
    check_unique_ids([(line, str(row["id"])) for line, row in rows])
    questions = [_to_question(row, line, locator, scope) for line, row in rows]
    problems.raise_any(path.name)
    if not questions:
        raise EvaluationSetError(f"{path}: there are no questions in it")
    return with_categories(questions, [{"metadata": _metadata(row)} for _, row in rows])


def _metadata(row: Row) -> Row:
    """Return a row's own columns: `metadata` and everything whose name is not one of ours."""
    return {name: value for name, value in row.items() if name not in KNOWN} | (row.get("metadata") or {})


def _to_question(row: Row, line: Line, locator: Locator, scope: str | None) -> Question:
    evidence = row.get("evidence") or ()
    if not isinstance(evidence, (list, tuple)):
        line.is_wrong("evidence is not a list")
        evidence = ()
    whole = [piece for piece in evidence if is_whole_document(piece)]
    found = [(p, s) for p in evidence if not is_whole_document(p) and (s := locator.statement(p, line))]
    gold = _grouped(found)
    documents = [statement.document_id for statement in gold]
    documents += [document.id for piece in whole if (document := locator.document(str(piece["source"]), line))]
    answerable = bool(row.get("answerable", not row.get("reason")))
    if not answerable and (documents or row.get("answers")):
        line.is_wrong("an unanswerable question has answers or evidence")
    metadata = _metadata(row) | {name: row[name] for name in ("reason", "person") if row.get(name)}
    as_query = {**row, "_id": row["id"], "text": row["question"], "answerable": answerable, "metadata": metadata}
    return to_question(as_query, line, gold=gold, grades=dict.fromkeys(documents, 1), scope=scope)


def _grouped(found: list[tuple[Row, GoldStatement]]) -> tuple[GoldStatement, ...]:
    """Join pieces of evidence that bear the same `statement` in one document; others stand alone."""
    groups: dict[tuple[str, str], list[GoldStatement]] = defaultdict(list)
    for place, (piece, statement) in enumerate(found):
        groups[statement.document_id, str(piece.get("statement", f"#{place}"))].append(statement)
    return tuple(
        GoldStatement(
            document_id,
            tuple(span for statement in statements for span in statement.content),
            tuple(dict.fromkeys(span for statement in statements for span in statement.sentences)),
        )
        for (document_id, _), statements in groups.items()
    )


def csv_rows(path: Path, problems: Problems) -> Iterator[tuple[Line, Row]]:
    """Yield rows of a CSV file in the shape of JSON lines.

    Columns: question, answer (several separated by |), quote or start and end, source; id and any of the set's own.
    Rows with the same id are one question with several pieces of evidence.
    """
    text = path.read_text(encoding="utf-8-sig")
    first = text.partition("\n")[0]
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=max(",;\t", key=first.count), restkey="…")
    if "question" not in (reader.fieldnames or ()):
        raise EvaluationSetError(f"{path}: the first line must name the columns, one of them 'question'")
    merged: dict[str, tuple[Line, Row]] = {}
    for cells in reader:
        line = Line(path, reader.line_num, problems)
        if "…" in cells:
            line.is_wrong("more cells than columns")
        row = _from_cells({name: value for name, value in cells.items() if name and value and name != "…"})
        if "question" not in row:
            line.is_wrong("the question is empty")
            continue
        row.setdefault("id", str(line.number))
        known = merged.setdefault(row["id"], (line, row))[1]
        if known is not row:
            known["evidence"] = [*known["evidence"], *row["evidence"]]
    yield from merged.values()


def _from_cells(cells: dict[str, str]) -> Row:
    evidence = {name: cells.pop(name) for name in ("source", "quote", "start", "end", "statement") if name in cells}
    answers = cells.pop("answer", cells.pop("answers", ""))
    row: Row = {**cells, "answers": [part.strip() for part in answers.split("|") if part.strip()]}
    row["evidence"] = [evidence] if "source" in evidence or {"quote", "start"} & evidence.keys() else []
    if "answerable" in cells:
        row["answerable"] = cells["answerable"].strip().lower() not in ("no", "false", "0")
    return row


def read_squad(path: Path) -> EvaluationSet:
    """Read SQuAD 1.1 or 2.0: each article is a document, its paragraphs set apart by a blank line."""
    problems = Problems()
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise EvaluationSetError(f"{path}: not SQuAD's JSON, whose 'data' is a list of articles") from error
    documents: dict[str, Document] = {}
    questions: list[Question] = []
    for number, article in enumerate(articles, start=1):
        title = article.get("title") or f"article {number}"
        paragraphs = article["paragraphs"]
        document = to_document(title, "\n\n".join(paragraph["context"] for paragraph in paragraphs), title)
        documents[title] = document
        start, locator, line = 0, Locator({title: document}), Line(path, number, problems)
        for paragraph in paragraphs:
            questions += [_from_squad(qa, document, start, locator, line) for qa in paragraph["qas"]]
            start += len(paragraph["context"]) + 2
    problems.raise_any(path.name)
    return EvaluationSet(path.stem, digest_of([path]), tuple(questions), documents)


def _from_squad(qa: Row, document: Document, start: int, locator: Locator, line: Line) -> Question:
    """Build a question; several annotators' answers are one statement each, the first counts as evidence."""
    answerable = not qa.get("is_impossible", False)
    answers = qa["answers"] if answerable else []
    spans = [
        (start + answer["answer_start"], start + answer["answer_start"] + len(answer["text"])) for answer in answers
    ]
    for answer, (low, high) in zip(answers, spans, strict=True):
        if document.text[low:high] != answer["text"]:
            line.is_wrong(f"question {qa['id']}: {document.text[low:high]!r} stands where {answer['text']!r} should")
    located = [{"source": document.id, "start": low, "end": high} for low, high in spans[:1]]
    gold = [locator.statement(evidence, line) for evidence in located]
    row = {"_id": qa["id"], "text": qa["question"], "answers": [a["text"] for a in answers], "answerable": answerable}
    question = to_question(row, line, gold=tuple(g for g in gold if g), grades={document.id: 1})
    return replace(question, answers=tuple(dict.fromkeys(question.answers)))
