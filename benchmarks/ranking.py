"""What words ranked by PostgreSQL cost: the same library in its folder and on PostgreSQL, asked the same questions."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import ir_measures
from ir_measures import nDCG

from benchmarks.corpora import DATA, SETS
from benchmarks.shared import beside_postgresql
from benchmarks.timing import Row, at_most
from index import Document, DocumentInfo, Library
from index.move import move
from index.servers import Servers

_MEASURE = nDCG @ 10
_WORSE = 0.03  # nDCG@10 that PostgreSQL may lie below
_DEPTH = 20
_N_DOCUMENTS = 1000  # beside those that are looked for


def ranking(size: int = 100) -> Iterator[Row]:
    """Ask so many questions of each set; documents that no question looks for are left out but for a thousand.

    A library of a whole set that is there already, by the set's name in the folder FOOTNOTE_BUILT, saves embedding.
    """
    with beside_postgresql() as (folder, database):
        for name in reversed(SETS[:3]):
            yield from _compared(DATA / name, folder / name, database.new_library(), size)


def _compared(data: Path, folder: Path, address: str, size: int) -> Iterator[Row]:
    lines = (data / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]
    qrels = [ir_measures.Qrel(query, document, int(score)) for query, document, score in map(str.split, lines)]
    queries = [row for row in _rows(data / "queries.jsonl") if row["_id"] in {each.query_id for each in qrels}][:size]
    asked = {row["_id"] for row in queries}
    qrels = [each for each in qrels if each.query_id in asked]
    built = Path(os.environ.get("FOOTNOTE_BUILT", "nowhere")) / data.name
    if built.is_dir():
        shutil.copytree(built, folder)
    with Library.open(folder, attribute=lambda document: []) as library:
        if not library.n_documents:
            library.add(_documents(data, {each.doc_id for each in qrels}))
        alone, n = _ndcg(library, queries, qrels), library.n_passages
    move(folder, address)
    with Library.open(folder / "cache", attribute=lambda document: [], servers=Servers(address)) as library:
        shared = _ndcg(library, queries, qrels)
    yield Row(f"{data.name}: {len(queries)} questions, {n:,} passages, nDCG@10 in its folder", f"{alone:.3f}")
    yield Row("  on PostgreSQL", f"{shared:.3f}")
    yield at_most("  below", alone - shared, _WORSE, "")


def _documents(data: Path, wanted: set[str]) -> Iterator[Document]:
    n_others = 0
    for row in _rows(data / "corpus.jsonl"):
        n_others += row["_id"] not in wanted
        if row["_id"] in wanted or n_others <= _N_DOCUMENTS:
            info = DocumentInfo(row["_id"], row["_id"], row["title"] or row["_id"])
            yield Document(info, row["text"], row["_id"])


def _ndcg(library: Library, queries: list[dict[str, str]], qrels: list[ir_measures.Qrel]) -> float:
    """Count each document at its first passage."""
    run = []
    for query in queries:
        found = dict.fromkeys(passage.document.id for passage in library.retrieve(query["text"], k=_DEPTH))
        run += [ir_measures.ScoredDoc(query["_id"], id_, 1 / rank) for rank, id_ in enumerate(found, start=1)]
    return float(ir_measures.calc_aggregate([_MEASURE], qrels, run)[_MEASURE])


def _rows(path: Path) -> Iterator[dict[str, str]]:
    for line in path.open(encoding="utf-8"):
        yield json.loads(line)
