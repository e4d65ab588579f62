"""Make assistant/ranker.json: weights that order passages and sentences, and that turn evidence into a confidence.

usage: python training/train_ranker.py SETS [--cache DIR] [--write]

SETS is the folder that holds squad2_dev, covid_qa, clapnq_dev and scifact (training; see MODEL_CARD.md) and, to look at
only, newsqa_mrqa_dev, nq_qed_dev and inscit_dev. What --write writes is trained on all documents of the training sets;
the measures printed are cross-validated by document: each question of theirs is ranked by weights that were trained
without the third of the documents that its own belongs to (by a hash of the document's id).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.features import NAMES, shortlist
from assistant.pool import PASSAGE_NAMES, Asked, Pool
from assistant.question import bare, kind_of
from assistant.rank import CONFIDENCE_NAMES, evidence_row
from index.library import Library
from index.records import Document, DocumentInfo, Passage

SEED = 20261125
TRAINED_ON = ("squad2_dev", "covid_qa", "clapnq_dev", "scifact")
LOOKED_AT = ("newsqa_mrqa_dev", "nq_qed_dev", "inscit_dev")
FOLDS = 3
MOST_QUESTIONS = {True: 1000, False: 300}  # of a set, trained on or looked at, so that none takes an hour
N_PASSAGES = 50
RIDGE, STEPS, RATE = 3e-3, 150, 0.05
OUT = Path(__file__).parents[1] / "assistant" / "ranker.json"
Gold = list[tuple[str, int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A question with what was found for it. `grades` are those of the documents that are relevant."""

    document_id: str
    is_trained: bool
    is_answerable: bool
    pool: Pool
    passages: list[Passage]
    gold: Gold
    grades: dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Crossed:
    """Weights from all documents, and for each fold those from the other folds, by which its own are judged."""

    whole: np.ndarray
    by_fold: tuple[np.ndarray, ...]

    def of(self, example: Example) -> np.ndarray:
        return self.by_fold[fold(example.document_id)] if example.is_trained else self.whole


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What is ranked for one question: a row of features each; `right` marks those that should win."""

    rows: np.ndarray
    right: np.ndarray
    share: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "footnote-training")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    examples = {name: load_examples(arguments.sets / name, arguments.cache) for name in (*TRAINED_ON, *LOOKED_AT)}
    train(examples, OUT if arguments.write else None)


def train(examples: dict[str, list[Example]], out: Path | None) -> None:
    """Fit all three, print their cross-validated measures, and those without each part."""
    trained = {name: examples[name] for name in TRAINED_ON}
    first = np.eye(len(PASSAGE_NAMES))[0]
    print_passages("words and meaning fused", examples, Crossed(first, (first,) * FOLDS))
    passages = crossed(trained, fit_passages)
    print_passages("reordered", examples, passages)
    rows = {id(e): sentence_rows(e, passages.of(e)) for found in examples.values() for e in found}

    def fit_sentences(found: dict[str, list[Example]], left_out: frozenset[str] = frozenset()) -> np.ndarray:
        return fit(used({name: [rows[id(e)] for e in of] for name, of in found.items()}), NAMES, left_out)

    paired = {name: [(e, rows[id(e)]) for e in found] for name, found in examples.items()}
    nearest = np.eye(len(NAMES))[NAMES.index("cosine")]
    print_sentences("nearest by meaning", paired, Crossed(nearest, (nearest,) * FOLDS))
    order = crossed(trained, fit_sentences)
    print_sentences("trained", paired, order)
    bias, slopes = fit_confidence({name: paired[name] for name in TRAINED_ON}, order)
    if out:
        write(out, passages.whole, order.whole, bias, slopes)
    print_confidence("by the same sets", paired, order, bias, slopes)
    for name in TRAINED_ON:
        others = {other: paired[other] for other in TRAINED_ON if other != name}
        print_confidence("by the other sets", {name: paired[name]}, order, *fit_confidence(others, order))
    for name in PASSAGE_NAMES:
        left_out = frozenset([name])
        print_passages(f"without {name}", examples, crossed(trained, lambda found, x=left_out: fit_passages(found, x)))
    for group, belongs in GROUPS.items():
        left_out = frozenset(name for name in NAMES if belongs(name))
        print_sentences(f"without {group}", paired, crossed(trained, lambda found, x=left_out: fit_sentences(found, x)))


def crossed(trained: dict[str, list[Example]], fit_one: Callable[[dict[str, list[Example]]], np.ndarray]) -> Crossed:
    """Fit on all documents, and without each fold."""
    without = [
        {name: [e for e in found if fold(e.document_id) != n] for name, found in trained.items()} for n in range(FOLDS)
    ]
    return Crossed(fit_one(trained), tuple(fit_one(found) for found in without))


GROUPS: dict[str, Callable[[str], bool]] = {
    "words": lambda n: n.startswith(("bm25", "overlap", "rarest", "n_matched", "bigrams")),
    "meaning": lambda n: "cosine" in n,
    "passage": lambda n: "passage" in n,
    "title": lambda n: "title" in n,
    "phrases": lambda n: n in ("bigrams", "overlap_exact"),
    "words' meaning": lambda n: n.endswith("word_cosine") or "missing" in n,
    "length": lambda n: n in ("n_words", "new_words"),
    "expected": lambda n: n.startswith(("lacks", "counts")),
}


def fold(document_id: str, n: int = FOLDS) -> int:
    return int(hashlib.sha256(document_id.encode()).hexdigest(), 16) % n


def read_lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.open(encoding="utf-8")] if path.exists() else []


def load_examples(folder: Path, cache: Path) -> list[Example]:
    questions = [q for q in read_lines(folder / "queries.jsonl") if q["text"].strip()]
    most = MOST_QUESTIONS[folder.name in TRAINED_ON]
    if len(questions) > most:
        chosen = np.random.default_rng(SEED).choice(len(questions), most, replace=False)
        questions = [questions[i] for i in sorted(chosen)]
    gold, grades = defaultdict(list), defaultdict(dict)
    for row in read_lines(folder / "gold_spans.jsonl"):
        gold[row["query_id"]].append((row["corpus_id"], row["start"], row["end"]))
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question_id, document_id, grade = line.split("\t")[:3]
        grades[question_id][document_id] = float(grade)
    with Library.open(cache / folder.name, attribute=lambda document: []) as library:
        if not library.n_documents:
            library.add(documents_of(folder))
        is_trained = folder.name in TRAINED_ON
        return [to_example(library, q, gold[q["_id"]], grades[q["_id"]], is_trained=is_trained) for q in questions]


def documents_of(folder: Path) -> list[Document]:
    return [
        Document(
            DocumentInfo(row["_id"], row["_id"], row.get("title") or row["_id"]),
            row["text"],
            hashlib.sha256(row["text"].encode()).hexdigest(),
        )
        for row in read_lines(folder / "corpus.jsonl")
    ]


def to_example(library: Library, question: dict, gold: Gold, grades: dict[str, float], *, is_trained: bool) -> Example:
    text = question["text"]
    passages = library.retrieve(text, k=N_PASSAGES)
    pool = Pool(
        Asked.of(text, kind_of(text, bare(text))),
        library.query_vectors(text),
        passages,
        library.sentence_vectors(passages),
    )
    document_id = next(iter(grades), question["_id"])
    relevant = {name: grade for name, grade in grades.items() if grade > 0}
    return Example(document_id, is_trained, question.get("answerable", True), pool, passages, gold, relevant)


def holds(example: Example, document_id: str, start: int, end: int) -> bool:
    return any(document_id == d and start <= a and b <= end + 1 for d, a, b in example.gold)


def passage_rows(example: Example, n: int) -> Iterator[Rows]:
    """Yield the passages with those of relevant documents to win, and with those that hold the answer."""
    rows = example.pool.passage_rows()
    of_document = np.array([p.document.id in example.grades for p in example.passages], bool)
    of_gold = np.array([holds(example, p.document.id, p.start, p.end) for p in example.passages], bool)
    yield Rows(rows, of_document, 0.8 / n)
    yield Rows(rows, of_gold, 0.2 / n)


def sentence_rows(example: Example, passages: np.ndarray) -> Rows:
    near = shortlist(example.pool, np.round(example.pool.passage_rows() @ passages, 9))
    ids = [example.passages[owner].document.id for owner in near.owners]
    right = [holds(example, d, s.start, s.end) for d, s in zip(ids, near.spans, strict=True)]
    return Rows(near.rows, np.array(right, bool), 1.0)


def fit_passages(trained: dict[str, list[Example]], left_out: frozenset[str] = frozenset()) -> np.ndarray:
    """Fit the score of passages; questions without an answer count too, since their document is known."""
    found = [rows for examples in trained.values() for e in examples for rows in passage_rows(e, len(examples))]
    return fit([rows for rows in found if rows.right.any()], PASSAGE_NAMES, left_out)


def used(rows: dict[str, list[Rows]]) -> list[Rows]:
    """Return the questions whose answer is among the sentences; a set counts by the root of their number."""
    of_set = {name: [r for r in found if r.right.any()] for name, found in rows.items()}
    return [Rows(r.rows, r.right, 1 / len(found) ** 0.5) for found in of_set.values() for r in found]


def fit(
    found: list[Rows], names: tuple[str, ...] | list[str] = NAMES, left_out: frozenset[str] = frozenset()
) -> np.ndarray:
    """Fit a linear score so that the right rows win a softmax over all (listwise; Cao et al. 2007)."""
    stacked = np.concatenate([one.rows for one in found])
    mean, scale = stacked.mean(axis=0), stacked.std(axis=0) + 1e-9
    mask = np.array([name not in left_out for name in names], float)
    n = max(len(one.rows) for one in found)
    x = np.zeros((len(found), n, len(names)), np.float32)
    real, right = np.zeros((len(found), n), bool), np.zeros((len(found), n), bool)
    for i, one in enumerate(found):
        m = len(one.rows)
        x[i, :m], real[i, :m], right[i, :m] = (one.rows - mean) / scale * mask, True, one.right
    share = np.array([one.share for one in found])
    share /= share.sum()
    weights, momentum, square = np.zeros(len(names)), np.zeros(len(names)), np.zeros(len(names))
    for step in range(1, STEPS + 1):
        score = x @ weights.astype(np.float32)
        p = np.where(real, np.exp(score - score.max(axis=1, keepdims=True)), 0)
        wanted = np.where(right, p, 0)
        error = p / p.sum(axis=1, keepdims=True) - wanted / wanted.sum(axis=1, keepdims=True)
        gradient = np.einsum("q,qs,qsf->f", share, error, x) + RIDGE * weights
        momentum, square = 0.9 * momentum + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        weights -= RATE * (momentum / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights / scale * mask


def best_first(rows: np.ndarray, order: np.ndarray) -> np.ndarray:
    return np.argsort(-np.round(rows @ order, 9), kind="stable")


def ndcg(example: Example, order: np.ndarray) -> float:
    """Return nDCG@10 of documents, each at its first passage."""
    best = best_first(example.pool.passage_rows(), order)[:20]
    documents = list(dict.fromkeys(example.passages[i].document.id for i in best))[:10]
    gains = [example.grades.get(document_id, 0.0) for document_id in documents]
    ideal = sorted(example.grades.values(), reverse=True)[:10]
    return discounted(gains) / discounted(ideal)


def discounted(gains: list[float]) -> float:
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))


def print_passages(title: str, kept: dict[str, list[Example]], order: Crossed) -> None:
    print(f"nDCG@10 {title:26s}", end="")
    means = []
    for name, examples in kept.items():
        means.append(float(np.mean([ndcg(e, order.of(e)) for e in examples if e.is_answerable and e.grades])))
        print(f"  {name[:8]} {means[-1]:.3f}", end="")
    print(f"  mean {np.mean(means):.4f}", flush=True)


def print_sentences(title: str, kept: dict[str, list[tuple[Example, Rows]]], order: Crossed) -> None:
    print(f"@1 @3 {title:30s}", end="")
    for name, examples in kept.items():
        ranked = [r.right[best_first(r.rows, order.of(e))] for e, r in examples if e.is_answerable and e.gold]
        if ranked:
            one, three = (float(np.mean([right[:n].any() for right in ranked])) for n in (1, 3))
            print(f"  {name[:8]} {one:.3f} {three:.3f}", end="")
    print(flush=True)


def evidence(example: Example, rows: Rows, order: Crossed) -> tuple[np.ndarray, bool]:
    weights = order.of(example)
    ranked = best_first(rows.rows, weights)
    right = bool(len(ranked) and example.is_answerable and rows.right[ranked[:3]].any())
    n_asked = len(example.pool.asked.stems)
    return evidence_row(rows.rows[ranked], rows.rows[ranked] @ weights, n_asked), right


def fit_confidence(trained: dict[str, list[tuple[Example, Rows]]], order: Crossed) -> tuple[float, np.ndarray]:
    """Fit a logistic curve for 'one of the three first sentences is right'; the sets count alike."""
    rows, right, share = [], [], []
    for examples in trained.values():
        for example, found in examples:
            if len(found.rows):
                row, is_right = evidence(example, found, order)
                rows.append(row)
                right.append(is_right)
                share.append(1.0 / len(examples))
    x, y, w = np.array(rows), np.array(right, float), np.array(share) / np.sum(share)
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = np.column_stack([np.ones(len(x)), (x - mean) / scale])
    weights = np.zeros(z.shape[1])
    for _ in range(30):  # Newton's method
        p = 1 / (1 + np.exp(-z @ weights))
        hessian = (z * (w * p * (1 - p))[:, None]).T @ z + 1e-3 * np.eye(z.shape[1])
        weights -= np.linalg.solve(hessian, z.T @ (w * (p - y)) + 1e-3 * weights)
    slopes = weights[1:] / scale
    return float(weights[0] - slopes @ mean), slopes


def print_confidence(
    title: str, kept: dict[str, list[tuple[Example, Rows]]], order: Crossed, bias: float, slopes: np.ndarray
) -> None:
    for name, examples in kept.items():
        if not any(e.gold for e, _ in examples):
            continue
        pairs = [(*evidence(e, r, order), e) for e, r in examples if len(r.rows)]
        p = np.array([1 / (1 + np.exp(-(bias + row @ slopes))) for row, _, _ in pairs])
        right = np.array([r for _, r, _ in pairs], float)
        answerable = np.array([e.is_answerable for *_, e in pairs])
        bins = np.minimum((p * 10).astype(int), 9)
        off = sum(abs(p[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins.tolist()))
        inside = [
            auroc(p[m & answerable], p[m & ~answerable])
            for d in {e.document_id for *_, e in pairs}
            for m in [np.array([e.document_id == d for *_, e in pairs])]
        ]
        within = [area for area in inside if area == area]
        print(
            f"confidence {title} {name:16s} AUROC {auroc(p[answerable], p[~answerable]):.3f} within "
            f"{np.mean(within) if within else float('nan'):.3f} calibration error {off:.3f} mean {p.mean():.2f} "
            f"right {right.mean():.2f}",
            flush=True,
        )


def auroc(positive: np.ndarray, negative: np.ndarray) -> float:
    if not len(positive) or not len(negative):
        return float("nan")
    difference = positive[:, None] - negative[None, :]
    return float((difference > 0).mean() + 0.5 * (difference == 0).mean())


def write(out: Path, passages: np.ndarray, order: np.ndarray, bias: float, slopes: np.ndarray) -> None:
    content = {
        "passages": {name: round(float(w), 6) for name, w in zip(PASSAGE_NAMES, passages, strict=True)},
        "sentences": {name: round(float(w), 6) for name, w in zip(NAMES, order, strict=True)},
        "confidence": {name: round(float(w), 6) for name, w in zip(CONFIDENCE_NAMES, slopes, strict=True)},
        "confidence_bias": round(bias, 6),
    }
    out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
