"""Ours beside the tutorial stack over question sets, as the tables of docs/baselines.md.

    python -m benchmarks.baselines SET… --limit 300 --documents 1000 --out build/baselines > docs/baselines.md

Each set is asked of both, ours second and compared with the first by the paired tests of `footnote evaluate`. A run
that is finished is not made again: delete its folder to have it anew. `--documents` thins large corpora, for both
alike: kept are all documents that a question asked is judged on, and others spread evenly over the corpus.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.evaluate import Evaluation, Terms, evaluate, load_set
from assistant.evaluate.folder import set_name

TUTORIAL = "benchmarks.tutorial_stack:build"
COMPARED = (
    "R@5", "characters@5", "nDCG@10", "answer_f1", "sentence@1", "citation_precision", "citation_recall",
    "silent_on_answerable", "abstention_recall", "abstention_auroc",
)  # fmt: skip
LISTS = ("nDCG@10_dense", "nDCG@10_bm25", "nDCG@10_fused", "nDCG@10")
ABOUT = """# Baselines

The stack of llama-index's tutorials (1,024-token chunks, all-MiniLM-L6-v2, Chroma; its first chunk is the answer, it is
never silent: `benchmarks/tutorial_stack.py`) beside Footnote as it is installed, without a language model.
Both by `footnote evaluate`, the second with `--against` the first and `--compare-lists`. What the measures mean is in
[evaluation.md](evaluation.md). Made by

```
{command}
```

on {machine}, Python {python}. {limit}
A value's 95 % interval stands below it; documents or conversations are drawn whole.
**Bold**: better or worse than the tutorial stack by the paired test, Holm's correction over all measures.
Speed is left out: it is compared in turn on one machine by `make bench`.
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Both runs of one set, as their metrics.json."""

    name: str
    tutorial: dict[str, Any]
    ours: dict[str, Any]


def main(
    sets: Annotated[list[Path], typer.Argument(metavar="SET…", help="Folders of sets.")],
    limit: Annotated[int | None, typer.Option(metavar="N", help="Questions a set, spread over it.")] = None,
    documents: Annotated[int | None, typer.Option(metavar="N", help="Documents a set, the judged ones always.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the runs go.")] = Path("build/baselines"),
) -> None:
    """Run both stacks over the sets and print the tables."""
    pairs = [_run(_thinned(path, out, limit, documents), out, limit) for path in sets]
    names = " ".join(set_name(path) for path in sets)
    sampled = f"At most {limit} questions a set, spread evenly over it. " if limit else ""
    sampled += f"Of larger corpora {documents:,} documents, the judged ones among them. " if documents else ""
    options = "".join(f" --{name} {n}" for name, n in (("limit", limit), ("documents", documents)) if n)
    command = f"python -m benchmarks.baselines {names}{options}"
    machine = f"{os.cpu_count()} cores ({platform.machine()})"
    about = ABOUT.format(command=command, machine=machine, python=platform.python_version(), limit=sampled.strip())
    sys.stdout.write("\n".join([about, *_compared(pairs), *_lists(pairs)]) + "\n")


def _thinned(path: Path, out: Path, limit: int | None, n_documents: int | None) -> Path:
    """Return the set, or a copy of it with fewer documents where it has more than `n_documents`."""
    found = load_set(path)
    if n_documents is None or len(found.documents) <= n_documents:
        return path
    asked = found.sample(limit)
    kept = {document_id for question in asked for document_id in question.relevant}
    kept |= {statement.document_id for question in asked for statement in question.gold}
    others = [document_id for document_id in found.documents if document_id not in kept]
    n_others = max(0, n_documents - len(kept))
    kept |= {others[place * len(others) // n_others] for place in range(n_others)}
    target, ids = out / "sets" / set_name(path), {question.id for question in asked}
    target.mkdir(parents=True, exist_ok=True)
    for name, column, chosen in (("corpus", "_id", kept), ("queries", "_id", ids), ("gold_spans", "query_id", ids)):
        if not (path / f"{name}.jsonl").is_file():
            continue  # a set judged by documents alone has no gold spans
        lines = (path / f"{name}.jsonl").read_text("utf-8").splitlines(keepends=True)
        some = [line for line in lines if str(json.loads(line)[column]) in chosen]
        (target / f"{name}.jsonl").write_text("".join(some), encoding="utf-8")
    head, *grades = (path / "qrels.tsv").read_text("utf-8").splitlines(keepends=True)
    judged = [line for line in grades if line.split("\t")[0] in ids and line.split("\t")[1] in kept]
    (target / "qrels.tsv").write_text("".join([head, *judged]), encoding="utf-8")
    return target


def _run(path: Path, out: Path, limit: int | None) -> Pair:
    name = set_name(path)
    tutorial, ours = out / name / "tutorial", out / name / "ours"
    if not (tutorial / "metrics.json").is_file():
        _refuse_errors(evaluate(path, tutorial, system=TUTORIAL, limit=limit, on_progress=_progress))
    if not (ours / "metrics.json").is_file():
        terms = Terms(against=tutorial)
        _refuse_errors(evaluate(path, ours, limit=limit, terms=terms, with_lists=True, on_progress=_progress))
    return Pair(name, *(json.loads((run / "metrics.json").read_text("utf-8")) for run in (tutorial, ours)))


def _refuse_errors(evaluation: Evaluation) -> None:
    """Stop where a question failed: what is left would be compared on a part of the set."""
    if evaluation.errors:
        (evaluation.folder / "metrics.json").unlink()
        sys.exit(f"{evaluation.folder}: {len(evaluation.errors)} questions failed, see errors.jsonl")


def _progress(stage: str, done: int, total: int) -> None:
    if done == total or done % 50 == 0:
        sys.stderr.write(f"{stage} {done}/{total}\n")


def _compared(pairs: list[Pair]) -> list[str]:
    lines = ["## Both stacks", "", "Each cell: the tutorial stack → Footnote.", ""]
    lines += [_row("", [f"{pair.name}<br>n = {pair.ours['n_questions']}" for pair in pairs]), _rule(len(pairs))]
    for name in COMPARED:
        lines.append(_row(f"`{name}`", [_change(pair, name) for pair in pairs]))
    return [*lines, ""]


def _change(pair: Pair, name: str) -> str:
    before, after = pair.tutorial["measures"].get(name), pair.ours["measures"].get(name)
    if not after:
        return "–"
    verdict = pair.ours["differences"].get(name, {}).get("verdict", "")
    value = f"**{_value(after)}**" if verdict in ("better", "worse") else _value(after)
    value += " (worse)" if verdict == "worse" else ""
    return f"{_value(before) if before else '–'} → {value}<br>{_interval(after)}"


def _lists(pairs: list[Pair]) -> list[str]:
    lines = ["## What each list of the retrieval is worth", ""]
    lines += [
        "nDCG@10 of documents over the answerable questions, the same queries in one run; then whether both lists"
    ]
    lines += ["fused differ from each alone (difference with its interval, paired permutation test, Holm).", ""]
    lines += [_row("", ["n", *(f"`{name}`" for name in LISTS), "against dense", "against BM25"]), _rule(7)]
    for pair in pairs:
        measures, differences = pair.ours["measures"], pair.ours["list_differences"]
        cells = [str(measures["nDCG@10"]["n"]), *(f"{_value(measures[n])}<br>{_interval(measures[n])}" for n in LISTS)]
        lines.append(_row(pair.name, [*cells, *(_difference(differences[name]) for name in ("dense", "bm25"))]))
    return [
        *lines,
        "",
        "`nDCG@10` is the ranking as answered: the fused passages in the order of their best sentences.",
        "",
    ]


def _difference(found: dict[str, Any]) -> str:
    low, high = (f"{found[side]:+.3f}" for side in ("low", "high"))
    return f"{found['difference']:+.3f}<br>{low} to {high}, p = {found['p_holm']:.3f}"


def _value(measure: dict[str, float]) -> str:
    return f"{measure['value']:.3f}" if measure["value"] <= 1 else f"{measure['value']:,.0f}"


def _interval(measure: dict[str, float]) -> str:
    low, high = (_value({"value": measure[side]}) if measure[side] is not None else "?" for side in ("low", "high"))
    return f"<sub>{low}–{high}</sub>"


def _row(head: str, cells: list[str]) -> str:
    return f"| {' | '.join([head, *cells])} |"


def _rule(n: int) -> str:
    return "|" + "---|" * (n + 1)


if __name__ == "__main__":
    typer.run(main)
