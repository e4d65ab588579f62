"""The public shapes that are not part of an answer: statements, people, sync reports, documents.

Every door that prints JSON or CSV takes them from here or from `answer`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from index.people import Person
from index.records import DocumentInfo, Statement
from index.sync import SyncReport
from index.view import Status


def document_to_json(info: DocumentInfo) -> dict[str, Any]:
    """Return what is known of a document beside its text."""
    return asdict(info)


def statement_to_json(statement: Statement) -> dict[str, Any]:
    """Return a statement with its exact spans."""
    document = statement.document
    return {
        "speaker": statement.speaker,
        "cue": statement.cue,
        "manner": statement.manner,
        "document": {
            "id": document.id,
            "source": document.source,
            "title": document.title,
            "date": document.date,
        },
        "content": [asdict(span) for span in statement.content],
        "start": statement.start,
        "end": statement.end,
        "date": statement.date or document.date,
        "page": statement.page,
    }


def person_to_json(person: Person, topics: tuple[str, ...]) -> dict[str, Any]:
    """Return a speaker with counts and what he speaks about most."""
    return {
        "speaker": person.speaker,
        "names": list(person.names),
        "n_statements": person.n_statements,
        "n_documents": person.n_documents,
        "topics": list(topics),
    }


def report_to_json(report: SyncReport) -> dict[str, Any]:
    """Return what a sync did."""
    return asdict(report) | {
        "skipped": [asdict(skipped) for skipped in report.skipped],
        "seconds": round(report.seconds, 3),
    }


def status_to_json(status: Status) -> dict[str, Any]:
    """Return counts, sizes, model and versions."""
    from importlib.metadata import version

    packages = ("footnote-assistant", "chromadb", "llama-index-core", "onnxruntime", "gradio")
    return asdict(status) | {"roots": list(status.roots), "versions": {name: version(name) for name in packages}}


def when(statement: Statement) -> str:
    """Return the ISO date of a statement, its own or its document's; empty where neither is known."""
    return statement.date or statement.document.date or ""


def words(statement: Statement) -> str:
    """Return what was said, with an ellipsis where the attribution stood between."""
    return " … ".join(span.text for span in statement.content)


def to_csv(statements: Sequence[Statement]) -> str:
    """Return the statements as a table for a spreadsheet; a cell that would be a formula there is made text.

    `spans` are the offsets of each piece of the words, `start` and `end` those of all.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["date", "speaker", "cue", "manner", "words", "document", "title", "page", "start", "end", "spans"])
    for each in statements:
        info, first, last = each.document, each.content[0], each.content[-1]
        texts = [when(each), each.speaker, each.cue, each.manner, words(each), info.source, info.title]
        spans = " ".join(f"{span.start}-{span.end}" for span in each.content)
        numbers = [each.page or "", first.start, last.end, spans]
        writer.writerow([*(_no_formula(text) for text in texts), *numbers])
    return out.getvalue()


def _no_formula(text: str) -> str:
    """Return a cell that no spreadsheet calculates (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
