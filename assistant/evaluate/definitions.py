"""What each measure is called, which way is better, and in one line what it is. docs/evaluation.md has the sources."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """The four things that are reported; no average is taken over them."""

    RETRIEVAL = "Retrieval"
    ANSWERS = "Answers"
    CITATIONS = "Citations"
    ABSTENTION = "Abstention"


@dataclass(frozen=True, slots=True)
class Definition:
    """One measure. `is_share` tells whether it lies in [0, 1]; `is_chief` whether a first glance should see it."""

    name: str
    part: Part
    label: str
    meaning: str
    higher_is_better: bool = True
    is_share: bool = True
    is_chief: bool = False


_R, _A, _C, _S = Part.RETRIEVAL, Part.ANSWERS, Part.CITATIONS, Part.ABSTENTION

DEFINITIONS = (
    Definition(
        "R@5", _R, "evidence found", "gold statements shown by the first 5 passages in 3,000 characters", is_chief=True
    ),
    Definition("R@20", _R, "evidence found in 20", "gold statements shown by the first 20 passages"),
    Definition("span_RR@10", _R, "first evidence", "1 / rank of the first passage that shows a gold statement"),
    Definition("span_Success@1", _R, "evidence first", "the first passage shows a gold statement"),
    Definition(
        "nDCG@10", _R, "documents ranked", "normalised discounted gain of the first 10 documents", is_chief=True
    ),
    Definition("nDCG@10_dense", _R, "documents by meaning", "the same, ranked by the embeddings alone"),
    Definition("nDCG@10_bm25", _R, "documents by words", "the same, ranked by BM25 over words alone"),
    Definition("nDCG@10_fused", _R, "documents by both", "the same, both lists fused, before sentences are compared"),
    Definition("document_R@5", _R, "documents found in 5", "relevant documents among the first 5"),
    Definition("document_R@20", _R, "documents found in 20", "relevant documents among the first 20"),
    Definition("RR@10", _R, "first document", "1 / rank of the first relevant document"),
    Definition("Success@1", _R, "document first", "the first document is relevant"),
    Definition(
        "characters@5", _R, "characters in 5", "characters the first 5 passages show, within the budget", False, False
    ),
    Definition("characters@20", _R, "characters in 20", "characters the first 20 passages show", False, False),
    Definition(
        "answer_f1", _A, "answer F1", "characters quoted against gold, F1; 0 where nothing is quoted", is_chief=True
    ),
    Definition("sentence@1", _A, "right at once", "the first quote holds a whole gold span", is_chief=True),
    Definition("sentence@3", _A, "right in three", "one of the first three quotes holds a whole gold span"),
    Definition("exact_match", _A, "exact match", "the short answer equals a gold answer (SQuAD)"),
    Definition("token_f1", _A, "token F1", "the short answer's words against the best gold answer, F1 (SQuAD)"),
    Definition(
        "squad2_exact_match", _A, "exact match, SQuAD 2", "the same, silence being right where there is no answer"
    ),
    Definition("squad2_token_f1", _A, "token F1, SQuAD 2", "the same, silence being right where there is no answer"),
    Definition(
        "citation_precision",
        _C,
        "citation precision",
        "quoted characters that are evidence; 0 where nothing is quoted",
        is_chief=True,
    ),
    Definition(
        "citation_recall", _C, "citation recall", "evidence that is quoted; 0 where nothing is quoted", is_chief=True
    ),
    Definition(
        "citation_precision_answered", _C, "precision where answered", "citation precision of the answers that quote"
    ),
    Definition("citation_recall_answered", _C, "recall where answered", "citation recall of the answers that quote"),
    Definition(
        "citation_validity",
        _C,
        "quotes word for word",
        "citations whose quote stands in the document at its place",
        is_chief=True,
    ),
    Definition("right_speaker", _C, "right speaker", "quoted characters said by the person asked about", is_chief=True),
    Definition(
        "sentences_supported",
        _C,
        "sentences borne out",
        "sentences a language model wrote whose names, numbers, negations and quotes stand in what they cite",
        is_chief=True,
    ),
    Definition(
        "tokens_prompt", _C, "tokens read", "tokens a language model read for a question it wrote on", False, False
    ),
    Definition("tokens_answer", _C, "tokens written", "tokens a language model wrote for a question", False, False),
    Definition("characters_quoted", _C, "characters quoted", "characters quoted an answerable question", False, False),
    Definition(
        "abstention_auroc",
        _S,
        "knows what it knows",
        "AUROC of confidence, answerable against unanswerable",
        is_chief=True,
    ),
    Definition(
        "abstention_auroc_within_documents",
        _S,
        "the same within documents",
        "mean AUROC of documents that have five of both",
    ),
    Definition(
        "silent_on_answerable",
        _S,
        "wrongly silent",
        "answerable questions answered by an abstention",
        False,
        is_chief=True,
    ),
    Definition("abstention_precision", _S, "silence justified", "abstentions that met an unanswerable question"),
    Definition(
        "abstention_recall", _S, "rightly silent", "unanswerable questions answered by an abstention", is_chief=True
    ),
    Definition(
        "calibration_error", _S, "calibration error", "distance of confidence from share right, in ten bins", False
    ),
    Definition("brier_score", _S, "Brier score", "squared distance of confidence from right (1) or wrong (0)", False),
    Definition(
        "risk_coverage_area",
        _S,
        "risk over coverage",
        "share wrong among the most confident answers, mean over coverages",
        False,
    ),
)
_BY_NAME = {definition.name: definition for definition in DEFINITIONS}
_ORDER = {definition.name: place for place, definition in enumerate(DEFINITIONS)}


def define(name: str) -> Definition:
    """Return a measure's definition; silent_on_REASON is made from the set's own reasons."""
    if name in _BY_NAME:
        return _BY_NAME[name]
    reason = name.removeprefix("silent_on_").replace("_", " ")
    return Definition(name, Part.ABSTENTION, f"silent: {reason}", f"questions answered by an abstention: {reason}")


def in_order(names: list[str]) -> list[str]:
    """Return the names in the order of the report; the set's own reasons follow `silent_on_answerable`."""
    own = _ORDER["silent_on_answerable"] + 0.5
    return sorted(names, key=lambda name: (_ORDER.get(name, own), name))
