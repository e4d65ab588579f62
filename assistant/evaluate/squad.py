"""Short answers by SQuAD's rules: normalisation, exact match, F1 over tokens.

Rajpurkar et al. 2016, SQuAD: 100,000+ Questions for Machine Comprehension of Text, and its official evaluation script.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalise(text: str) -> str:
    """Lower the case, drop ASCII punctuation and articles, and put single spaces."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split())


def exact_match(predicted: str, answers: Sequence[str]) -> float:
    """Return 1 if the prediction equals an answer after normalisation, else 0."""
    return float(any(normalise(predicted) == normalise(answer) for answer in answers))


def token_f1(predicted: str, answers: Sequence[str]) -> float:
    """Return the best F1 over tokens against any answer."""
    return max((_f1(normalise(predicted).split(), normalise(answer).split()) for answer in answers), default=0.0)


def _f1(predicted: list[str], gold: list[str]) -> float:
    if not predicted or not gold:
        return float(predicted == gold)
    n_shared = sum((Counter(predicted) & Counter(gold)).values())
    if n_shared == 0:
        return 0.0
    precision, recall = n_shared / len(predicted), n_shared / len(gold)
    return 2 * precision * recall / (precision + recall)
