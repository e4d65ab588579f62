"""Make assistant/ranker.json: the weights that order sentences and those that turn evidence into a confidence.

usage: python training/train_ranker.py SETS [--cache DIR] [--write]

SETS is the folder that holds squad2_dev, covid_qa and clapnq_dev (training; see MODEL_CARD.md) and, to look at only,
newsqa_mrqa_dev and scifact. One half of each training set's documents is trained on, by a hash of the document's id;
the measures printed are those of the other half. With --write the weights of that half are written: no number in the
card is from a document that was trained on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.features import NAMES, read_question, shortlist
from assistant.rank import CONFIDENCE_NAMES, evidence_row
from index.library import Library
from index.records import Document, DocumentInfo

SEED = 20261125
TRAINED_ON = ("squad2_dev", "covid_qa", "clapnq_dev")
LOOKED_AT = ("newsqa_mrqa_dev", "scifact")
MOST_QUESTIONS = 1600  # of a set, so that none takes an hour
RIDGE, STEPS, RATE = 3e-3, 400, 0.05
OUT = Path(__file__).parents[1] / "assistant" / "ranker.json"


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A question's shortlisted sentences; `right` marks those that hold a gold answer."""

    document_id: str
    is_answerable: bool
    rows: np.ndarray
    right: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "footnote-training")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    examples = {name: load_examples(arguments.sets / name, arguments.cache) for name in (*TRAINED_ON, *LOOKED_AT)}
    trained = {name: [e for e in examples[name] if half(e.document_id) == 0] for name in TRAINED_ON}
    kept = {name: [e for e in examples[name] if half(e.document_id) == 1] for name in TRAINED_ON}
    kept |= {name: examples[name] for name in LOOKED_AT}
    scale, weights = fit_order(trained)
    order = weights / scale
    print_order("sum of word and meaning scores", kept, np.eye(len(NAMES))[NAMES.index("sum")])
    print_order("trained", kept, order)
    bias, confidence = fit_confidence(trained, order)
    print_confidence(kept, order, bias, confidence)
    for name in ("words", "meaning", "form"):
        print_order(f"without {name}", kept, fit_without(trained, name))
    if arguments.write:
        write(order, bias, confidence)


def half(document_id: str) -> int:
    return int(hashlib.sha256(document_id.encode()).hexdigest(), 16) % 2


def load_examples(folder: Path, cache: Path) -> list[Example]:
    questions = [json.loads(line) for line in (folder / "queries.jsonl").open(encoding="utf-8")]
    if len(questions) > MOST_QUESTIONS:
        chosen = np.random.default_rng(SEED).choice(len(questions), MOST_QUESTIONS, replace=False)
        questions = [questions[i] for i in sorted(chosen)]
    gold = defaultdict(list)
    for line in (folder / "gold_spans.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        gold[row["query_id"]].append((row["corpus_id"], row["start"], row["end"]))
    of_document = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question_id, document_id, _ = line.split("\t")[:3]
        of_document.setdefault(question_id, document_id)
    with Library.open(cache / folder.name, attribute=lambda document: []) as library:
        if not library.n_documents:
            library.add(documents_of(folder))
        return [
            to_example(library, q, gold[q["_id"]], of_document.get(q["_id"], q["_id"])) for q in questions if q["text"]
        ]


def documents_of(folder: Path) -> list[Document]:
    rows = [json.loads(line) for line in (folder / "corpus.jsonl").open(encoding="utf-8")]
    return [
        Document(
            DocumentInfo(row["_id"], row["_id"], row.get("title") or row["_id"]),
            row["text"],
            hashlib.sha256(row["text"].encode()).hexdigest(),
        )
        for row in rows
    ]


def to_example(library: Library, question: dict, gold: list, document_id: str) -> Example:
    text = question["text"]
    passages = library.retrieve(text, k=50)
    vectors = library.sentence_vectors(passages)
    asked = read_question(text)
    near = shortlist(asked, library.embedder.embed([text])[0], passages, vectors)
    right = [
        any(passages[o].document.id == d and s.start <= a and b <= s.end + 1 for d, a, b in gold)
        for o, s in zip(near.owners, near.spans, strict=True)
    ]
    return Example(document_id, question.get("answerable", True), near.rows, np.array(right, bool))


def fit_order(trained: dict[str, list[Example]], left_out: frozenset[str] = frozenset()) -> tuple:
    """Fit a linear score so that the right sentences win a softmax over the shortlist (listwise; Cao et al. 2007)."""
    used = [e for examples in trained.values() for e in examples if e.right.any()]
    weight = [1 / len(examples) ** 0.5 for examples in trained.values() for e in examples if e.right.any()]
    stacked = np.concatenate([e.rows for e in used])
    mean, scale = stacked.mean(axis=0), stacked.std(axis=0) + 1e-9
    mask = np.array([name not in left_out for name in NAMES], float)
    n = max(len(e.rows) for e in used)
    x = np.zeros((len(used), n, len(NAMES)))
    real, right = np.zeros((len(used), n), bool), np.zeros((len(used), n), bool)
    for i, example in enumerate(used):
        m = len(example.rows)
        x[i, :m], real[i, :m], right[i, :m] = (example.rows - mean) / scale * mask, True, example.right
    share = np.array(weight) / np.sum(weight)
    weights, momentum, square = np.zeros(len(NAMES)), np.zeros(len(NAMES)), np.zeros(len(NAMES))
    for step in range(1, STEPS + 1):
        p = np.where(real, np.exp(x @ weights - (x @ weights).max(axis=1, keepdims=True)), 0)
        wanted = np.where(right, p, 0)
        error = p / p.sum(axis=1, keepdims=True) - wanted / wanted.sum(axis=1, keepdims=True)
        gradient = np.einsum("q,qs,qsf->f", share, error, x) + RIDGE * weights
        momentum, square = 0.9 * momentum + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        weights -= RATE * (momentum / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return scale, weights * mask


def fit_without(trained: dict[str, list[Example]], group: str) -> np.ndarray:
    of = {
        "words": lambda n: n.startswith(
            ("bm25", "overlap", "rarest", "n_matched", "bigrams", "longest", "spread", "sum")
        ),
        "meaning": lambda n: n.startswith(("cosine", "sum")),
        "form": lambda n: (
            n in "starts_with_pronoun is_question n_words new_words first_in_passage place_in_passage".split()
        ),
    }
    scale, weights = fit_order(trained, frozenset(name for name in NAMES if of[group](name)))
    return weights / scale


def best_first(example: Example, order: np.ndarray) -> np.ndarray:
    return np.argsort(-(example.rows @ order), kind="stable")


def print_order(title: str, kept: dict[str, list[Example]], order: np.ndarray) -> None:
    print(f"{title:32s}", end="")
    for name, examples in kept.items():
        ranked = [e.right[best_first(e, order)] for e in examples if e.is_answerable]
        one, three = (float(np.mean([r[:n].any() for r in ranked])) for n in (1, 3))
        print(f"  {name[:8]} {one:.3f} {three:.3f}", end="")
    print()


def evidence(example: Example, order: np.ndarray) -> tuple[np.ndarray, bool]:
    ranked = best_first(example, order)
    right = bool(len(ranked) and example.is_answerable and example.right[ranked[:3]].any())
    return evidence_row(example.rows[ranked], example.rows[ranked] @ order), right


def fit_confidence(trained: dict[str, list[Example]], order: np.ndarray) -> tuple[float, np.ndarray]:
    """Fit a logistic curve for 'one of the three first sentences is right'.

    The sets count alike, but for COVID-QA, which counts a third: it has no question without an answer.
    """
    rows, right, share = [], [], []
    for name, examples in trained.items():
        for example in examples:
            if len(example.rows):
                row, is_right = evidence(example, order)
                rows.append(row)
                right.append(is_right)
                share.append((0.3 if name == "covid_qa" else 1.0) / len(examples))
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


def print_confidence(kept: dict[str, list[Example]], order: np.ndarray, bias: float, slopes: np.ndarray) -> None:
    for name, examples in kept.items():
        pairs = [(*evidence(e, order), e) for e in examples if len(e.rows)]
        p = np.array([1 / (1 + np.exp(-(bias + row @ slopes))) for row, _, _ in pairs])
        right = np.array([r for _, r, _ in pairs], float)
        answerable = np.array([e.is_answerable for *_, e in pairs])
        bins = np.minimum((p * 10).astype(int), 9)
        off = sum(abs(p[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins.tolist()))
        area = auroc(p[answerable], p[~answerable])
        inside = [
            auroc(p[m & answerable], p[m & ~answerable])
            for d in {e.document_id for *_, e in pairs}
            for m in [np.array([e.document_id == d for *_, e in pairs])]
        ]
        within = float(np.mean([a for a in inside if a == a])) if any(a == a for a in inside) else float("nan")
        print(
            f"confidence {name:16s} AUROC {area:.3f} within {within:.3f} calibration error {off:.3f} mean {p.mean():.2f} right {right.mean():.2f}"  # noqa: E501
        )


def auroc(positive: np.ndarray, negative: np.ndarray) -> float:
    if not len(positive) or not len(negative):
        return float("nan")
    difference = positive[:, None] - negative[None, :]
    return float((difference > 0).mean() + 0.5 * (difference == 0).mean())


def write(order: np.ndarray, bias: float, slopes: np.ndarray) -> None:
    content = {
        "order": {name: round(float(w), 6) for name, w in zip(NAMES, order, strict=True)},
        "confidence": {name: round(float(w), 6) for name, w in zip(CONFIDENCE_NAMES, slopes, strict=True)},
        "confidence_bias": round(bias, 6),
    }
    OUT.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
