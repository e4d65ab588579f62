"""Measures each question by itself: a number for each measure that applies to it.

Knows nothing of averages. docs/evaluation.md defines every measure.
"""

from __future__ import annotations

import re
import string
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean

from assistant.evaluate.questions import (
    DocumentSpan,
    EvaluationSet,
    GoldStatement,
    Offsets,
    Question,
    n_covered,
    share_covered,
    within_budget,
)
from assistant.evaluate.recorded import Recorded

BUDGET = 3000  # characters of passages counted as shown by R@5
SHARE_SHOWN = 0.8  # of a statement's characters that must be shown for it to count as found

Row = dict[str, float]
_ARTICLES = re.compile(r"\b(a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def measure_passages(question: Question, passages: Sequence[DocumentSpan]) -> Row:
    """Measure what was retrieved against the gold spans."""
    if not (question.answerable and question.gold):
        return {}
    shown = within_budget(passages, 5, BUDGET)
    return {
        "R@5": _share_found(question.gold, shown),
        "R@20": _share_found(question.gold, passages[:20]),
        "span_RR@10": _reciprocal_rank(question.gold, passages[:10]),
        "span_Success@1": float(_share_found(question.gold, passages[:1]) > 0),
        "characters@5": float(sum(end - start for _, start, end in shown)),
        "characters@20": float(sum(end - start for _, start, end in passages[:20])),
    }


def by_rank(question: Question, passages: Sequence[DocumentSpan]) -> tuple[list[float], list[int]]:
    """Return the share of gold statements shown, and the characters shown, after each passage."""
    found, shown, spans = [], [], list(passages)
    for n in range(1, len(spans) + 1):
        found.append(_share_found(question.gold, spans[:n]))
        shown.append(sum(end - start for _, start, end in spans[:n]))
    return found, shown


def _is_found(statement: GoldStatement, shown: Sequence[DocumentSpan]) -> bool:
    return share_covered(statement, shown) >= SHARE_SHOWN


def _share_found(gold: Sequence[GoldStatement], shown: Sequence[DocumentSpan]) -> float:
    return sum(_is_found(statement, shown) for statement in gold) / len(gold)


def _reciprocal_rank(gold: Sequence[GoldStatement], passages: Sequence[DocumentSpan]) -> float:
    for rank, passage in enumerate(passages, start=1):
        if any(_is_found(statement, [passage]) for statement in gold):
            return 1 / rank
    return 0.0


def measure_quotes(question: Question, quotes: Sequence[DocumentSpan]) -> Row:
    """Measure what was quoted against the gold spans, in characters; each distinct quote counts once."""
    if not (question.answerable and question.gold):
        return {}
    n_quoted = sum(end - start for _, start, end in quotes)
    precision = _n_inside_evidence(question.gold, quotes) / n_quoted if n_quoted else 0.0
    recall = sum(share_covered(statement, quotes) for statement in question.gold) / len(question.gold)
    row = {
        "answer_f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        "sentence@1": float(_holds_statement(question.gold, quotes[:1])),
        "sentence@3": float(_holds_statement(question.gold, quotes[:3])),
        "citation_precision": precision,
        "citation_recall": recall,
        "characters_quoted": float(n_quoted),
    }
    if quotes:
        row |= {"citation_precision_answered": precision, "citation_recall_answered": recall}
    return row


def _n_inside_evidence(gold: Sequence[GoldStatement], quotes: Sequence[DocumentSpan]) -> int:
    evidence: dict[str, list[Offsets]] = defaultdict(list)
    for statement in gold:
        evidence[statement.document_id] += (*statement.sentences, *statement.content)
    return sum(n_covered(start, end, evidence[document_id]) for document_id, start, end in quotes)


def _holds_statement(gold: Sequence[GoldStatement], quotes: Sequence[DocumentSpan]) -> bool:
    """Tell whether a quote holds a whole content span; a last character (a full stop) may be left out."""
    return any(
        document_id == statement.document_id and start <= low and high <= end + 1
        for document_id, start, end in quotes
        for statement in gold
        for low, high in statement.content
    )


def measure_short_answer(question: Question, recorded: Recorded) -> Row:
    """Measure the short answer by SQuAD's rules; without one, nothing is predicted.

    `squad2_…` also count unanswerable questions, where silence is right, as SQuAD 2.0's script does.
    """
    if question.answerable and not question.answers:
        return {}
    predicted = "" if recorded.abstention else recorded.short_answer or ""
    if not question.answerable:
        silent = float(recorded.abstention is not None)
        return {"squad2_exact_match": silent, "squad2_token_f1": silent}
    exact, f1 = exact_match(predicted, question.answers), token_f1(predicted, question.answers)
    return {"exact_match": exact, "token_f1": f1, "squad2_exact_match": exact, "squad2_token_f1": f1}


def measure_validity(recorded: Recorded, evaluation_set: EvaluationSet) -> Row:
    """Measure the share of citations whose quote is exactly what stands in the document at its place."""
    if not recorded.quotes:
        return {}
    n_valid = sum(
        (document := evaluation_set.documents.get(quoted.document_id)) is not None
        and document.text[quoted.start : quoted.end] == quoted.text
        for quoted in recorded.quotes
    )
    return {"citation_validity": n_valid / len(recorded.quotes)}


def measure_writing(recorded: Recorded, verdicts: Mapping[int, str]) -> Row:
    """Measure what a language model wrote: sentences that its passages bear out, and what it cost.

    `verdicts` are a judge's, yes or no, by the sentence's place.
    """
    told = {
        "tokens_prompt": recorded.n_prompt_tokens,
        "tokens_answer": recorded.n_answer_tokens,
        "cost_1000": recorded.cost and 1000 * recorded.cost,
    }
    row = {name: float(n) for name, n in told.items() if n is not None}
    if recorded.supports:
        row["sentences_supported"] = fmean(support != "unsupported" for support in recorded.supports.values())
    if verdicts:
        row["sentences_judged"] = fmean(verdict == "yes" for verdict in verdicts.values())
    return row


def count_agreement(recorded: Recorded, verdicts: Mapping[int, str]) -> tuple[int, int, int, int]:
    """Count sentences that both the check and the judge call borne out, the check alone, the judge alone, neither."""
    pairs = Counter((recorded.supports[place] != "unsupported", verdicts[place] == "yes") for place in verdicts)
    return pairs[True, True], pairs[True, False], pairs[False, True], pairs[False, False]


def measure_silence(question: Question, recorded: Recorded) -> Row:
    """Measure whether the question was answered by an abstention, under the name of what it should have been."""
    silent = float(recorded.abstention is not None)
    kind = "answerable" if question.answerable else question.reason or "unanswerable"
    row = {f"silent_on_{kind}": silent}
    if silent:
        row["abstention_precision"] = float(not question.answerable)
    if not question.answerable:
        row["abstention_recall"] = silent
    return row


def is_right(question: Question, recorded: Recorded, quotes: Sequence[DocumentSpan]) -> bool:
    """Tell whether an answer given is right, for calibration and for risk against coverage.

    Right: it quotes a gold statement (80 % of its characters), or its short answer matches (token F1 of .5 or more).
    """
    return question.answerable and (
        any(_is_found(statement, quotes) for statement in question.gold)
        or token_f1(recorded.short_answer or "", question.answers) >= 0.5
    )


def right_speaker_characters(
    question: Question, quotes: Sequence[DocumentSpan], statements: Mapping[tuple[str, str], Sequence[Offsets]]
) -> tuple[int, int]:
    """Return (characters quoted from statements annotated for the asked person, characters quoted)."""
    person = (question.person or "").split()
    if not person:
        return 0, 0
    right = sum(n_covered(start, end, statements.get((person[-1], d), ())) for d, start, end in quotes)
    return right, sum(end - start for _, start, end in quotes)


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
