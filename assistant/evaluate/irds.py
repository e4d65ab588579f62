"""Reads a data set of ir_datasets (MacAvaney et al. 2021) by its id, where that package is installed.

The only module that knows it. Judgments are of documents: spans, short answers and silence are not measured.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from typing import Any

from assistant.evaluate.folder import to_document, to_question
from assistant.evaluate.questions import EvaluationSet
from assistant.evaluate.read_lines import Line, Problems
from index.errors import EvaluationSetError

PREFIX = "irds:"


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
