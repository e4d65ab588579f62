"""The public JSON shapes that are not part of an answer: statements, people, sync reports, documents.

Every door that prints JSON takes them from here or from `answer`.
"""

from __future__ import annotations

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
