"""Make assistant/short.json: what tells the short answer from the other few words of a sentence.

usage: python training/train_short.py SETS [--write]

Trained on the answerable questions of squad2_dev; the measures printed are those of each half of its documents (by a
hash of the document's id) after training on the other, and of nq_qed_dev, which is never trained on, with the sentence
that holds the gold answer given.
"""

from __future__ import annotations

import argparse
import json
import re
import string
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from train_ranker import fold, read_lines

from assistant.question import bare, kind_of
from assistant.short import EXPECTED, candidates
from index.split import sentences

RIDGE, STEPS, RATE = 2e-4, 250, 0.05
FEWEST = 4  # times a feature is seen among the answers or beside them, else it is left out
OUT = Path(__file__).parents[1] / "assistant" / "short.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    squad = load(arguments.sets / "squad2_dev")
    halves = [[q for q in squad if fold(q[0], 2) == n] for n in (0, 1)]
    for trained_on, kept in (halves, halves[::-1]):
        show("squad2_dev, the other half", kept, fit(trained_on))
    weights = fit(squad)
    show("nq_qed_dev", load(arguments.sets / "nq_qed_dev"), weights)
    if arguments.write:
        kept = {name: round(float(w), 3) for name, w in sorted(weights.items()) if abs(w) >= 0.02}
        OUT.write_text(json.dumps(kept, indent=0) + "\n", encoding="utf-8")


def load(folder: Path) -> list[tuple[str, list[tuple[str, list[str]]], list[str], bool]]:
    """Return for each question its document, the candidates of the gold sentence with features, the answers."""
    texts = {row["_id"]: row["text"] for row in read_lines(folder / "corpus.jsonl")}
    spans = {name: sentences(text) for name, text in texts.items()}
    gold = defaultdict(list)
    for row in read_lines(folder / "gold_spans.jsonl"):
        gold[row["query_id"]].append((row["corpus_id"], row["start"], row["end"]))
    found = []
    for question in read_lines(folder / "queries.jsonl"):
        if not (question.get("answerable", True) and question["answers"] and gold[question["_id"]]):
            continue
        document_id, start, end = gold[question["_id"]][0]
        a, b = next(((a, b) for a, b in spans[document_id] if a <= start and end <= b + 1), (0, 0))
        kind = kind_of(question["text"], bare(question["text"]))
        text = texts[document_id][a:b]
        of = [(text[s:e], features) for s, e, features in candidates(question["text"], kind, text)]
        found.append((document_id, of, question["answers"], kind in EXPECTED))
    return found


def normal(text: str) -> list[str]:
    """Return the words of an answer as SQuAD's script compares them."""
    text = "".join(c for c in text.lower() if c not in string.punctuation)
    return re.sub(r"\b(?:a|an|the)\b", " ", text).split()


def f1(text: str, answers: list[str]) -> float:
    def one(answer: str) -> float:
        a, b = normal(text), normal(answer)
        same = sum((Counter(a) & Counter(b)).values())
        return 2 * same / (len(a) + len(b)) if same else 0.0

    return max(one(answer) for answer in answers)


def fit(questions: list) -> dict[str, float]:
    """Fit a linear score so that the answers win a softmax over the candidates, each by its F1 squared."""
    used = []
    for _, of, answers, _ in questions:
        gains = np.array([f1(text, answers) for text, _ in of])
        if len(of) and gains.max() > 0.6:
            used.append((of, np.where(gains >= gains.max() - 1e-9, 1.0, 0.0)))
    seen = Counter(
        name for of, gains in used for (_, features), g in zip(of, gains, strict=True) if g for name in features
    )
    wrong = Counter(name for of, _ in used for _, features in of for name in set(features))
    index = {name: k for k, name in enumerate(sorted(n for n in wrong if seen[n] >= FEWEST or wrong[n] >= 40 * FEWEST))}
    rows, columns, starts, right = [], [], [0], []
    for of, gains in used:
        for _, features in of:
            ids = [index[name] for name in features if name in index]
            rows += [len(right)] * len(ids)
            columns += ids
            right.append(0.0)
        right[starts[-1] :] = gains.tolist()
        starts.append(len(right))
    from scipy.sparse import csr_matrix

    x = csr_matrix((np.ones(len(rows)), (rows, columns)), (len(right), len(index)))
    owner = np.repeat(np.arange(len(used)), np.diff(starts))
    right = np.array(right)
    w, momentum, square = (np.zeros(len(index)) for _ in range(3))
    for step in range(1, STEPS + 1):
        score = x @ w
        p = np.exp(score - np.maximum.reduceat(score, starts[:-1])[owner])
        wanted = p * right
        error = p / np.bincount(owner, p)[owner] - wanted / np.bincount(owner, wanted)[owner]
        gradient = x.T @ error / len(used) + RIDGE * w
        momentum, square = 0.9 * momentum + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
        w -= RATE * (momentum / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return {name: w[k] for name, k in index.items()}


def show(title: str, questions: list, weights: dict[str, float]) -> None:
    best, ceiling = [], []
    for _, of, answers, is_expected in questions:
        scores = [sum(weights.get(name, 0.0) for name in features) for _, features in of]
        chosen = of[int(np.argmax(scores))][0] if of else ""
        best.append((f1(chosen, answers), is_expected))
        ceiling.append(max((f1(text, answers) for text, _ in of), default=0.0))
    expected = [score for score, is_expected in best if is_expected]
    print(
        f"{title}: token F1 {np.mean([s for s, _ in best]):.3f} of {len(best)}, {np.mean(expected):.3f} where one is "
        f"expected ({len(expected)}), best candidate {np.mean(ceiling):.3f}, {len(weights)} features",
        flush=True,
    )


if __name__ == "__main__":
    main()
