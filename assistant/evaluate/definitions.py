"""What each measure is called, which way is better, and in one line what it is. docs/evaluation.md has the sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby


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


# In the order of the report: flags, name, label, meaning. * chief, - lower is better, # a count and no share.
_TABLE = {
    Part.RETRIEVAL: """
* | R@5 | evidence found | gold statements shown by the first 5 passages in 3,000 characters
  | R@20 | evidence found in 20 | gold statements shown by the first 20 passages
  | span_RR@10 | first evidence | 1 / rank of the first passage that shows a gold statement
  | span_Success@1 | evidence first | the first passage shows a gold statement
* | nDCG@10 | documents ranked | normalised discounted gain of the first 10 documents
  | nDCG@10_dense | documents by meaning | the same, ranked by the embeddings alone
  | nDCG@10_bm25 | documents by words | the same, ranked by BM25 over words alone
  | nDCG@10_fused | documents by both | the same, both lists fused, before sentences are compared
  | document_R@5 | documents found in 5 | relevant documents among the first 5
  | document_R@20 | documents found in 20 | relevant documents among the first 20
  | RR@10 | first document | 1 / rank of the first relevant document
  | Success@1 | document first | the first document is relevant
-# | characters@5 | characters in 5 | characters the first 5 passages show, within the budget
-# | characters@20 | characters in 20 | characters the first 20 passages show
""",
    Part.ANSWERS: """
* | answer_f1 | answer F1 | characters quoted against gold, F1; 0 where nothing is quoted
* | sentence@1 | right at once | the first quote holds a whole gold span
  | sentence@3 | right in three | one of the first three quotes holds a whole gold span
  | exact_match | exact match | the short answer equals a gold answer (SQuAD)
  | token_f1 | token F1 | the short answer's words against the best gold answer, F1 (SQuAD)
  | squad2_exact_match | exact match, SQuAD 2 | the same, silence being right where there is no answer
  | squad2_token_f1 | token F1, SQuAD 2 | the same, silence being right where there is no answer
""",
    Part.CITATIONS: """
* | citation_precision | citation precision | quoted characters that are evidence; 0 where nothing is quoted
* | citation_recall | citation recall | evidence that is quoted; 0 where nothing is quoted
  | citation_precision_answered | precision where answered | citation precision of the answers that quote
  | citation_recall_answered | recall where answered | citation recall of the answers that quote
* | citation_validity | quotes word for word | citations whose quote stands in the document at its place
* | right_speaker | right speaker | quoted characters said by the person asked about
* | sentences_supported | sentences borne out | sentences a language model wrote that what they cite bears out
  | sentences_judged | sentences, by the judge | the same sentences, by a judge model's verdict
  | judge_agreement | judge and check | sentences on which the judge model and the check agree
  | judge_kappa | beyond chance | the same beyond chance, Cohen's kappa: 1 always, 0 as by chance
-# | tokens_prompt | tokens read | tokens a language model read for a question it wrote on
-# | tokens_answer | tokens written | tokens a language model wrote for a question
-# | cost_1000 | cost of a thousand | what a thousand such answers cost, at the prices in the settings
-# | characters_quoted | characters quoted | characters quoted an answerable question
""",
    Part.ABSTENTION: """
* | abstention_auroc | knows what it knows | AUROC of confidence, answerable against unanswerable
  | abstention_auroc_within_documents | the same within documents | mean AUROC of documents that have five of both
*- | silent_on_answerable | wrongly silent | answerable questions answered by an abstention
  | abstention_precision | silence justified | abstentions that met an unanswerable question
* | abstention_recall | rightly silent | unanswerable questions answered by an abstention
- | calibration_error | calibration error | distance of confidence from share right, in ten bins
- | brier_score | Brier score | squared distance of confidence from right (1) or wrong (0)
- | risk_coverage_area | risk over coverage | share wrong among the most confident answers, mean over coverages
""",
}


def _read(part: Part, line: str) -> Definition:
    flags, name, label, meaning = (cell.strip() for cell in line.split(" | "))
    return Definition(name, part, label, meaning, "-" not in flags, "#" not in flags, "*" in flags)


DEFINITIONS = tuple(
    _read(part, f" {line}") for part, table in _TABLE.items() for line in table.strip("\n").splitlines()
)
_PLACES = {definition.name: place for place, definition in enumerate(DEFINITIONS)}


def define(name: str) -> Definition:
    """Return a measure's definition; silent_on_REASON is made from the set's own reasons."""
    if name in _PLACES:
        return DEFINITIONS[_PLACES[name]]
    reason = name.removeprefix("silent_on_").replace("_", " ")
    return Definition(name, Part.ABSTENTION, f"silent: {reason}", f"questions answered by an abstention: {reason}")


def in_order(names: Iterable[str]) -> list[str]:
    """Return the names in the order of the report; the set's own reasons follow `silent_on_answerable`."""
    own = _PLACES["silent_on_answerable"] + 0.5
    return sorted(names, key=lambda name: (_PLACES.get(name, own), name))


def by_part(names: Iterable[str]) -> list[tuple[Part, list[str]]]:
    """Return names that are in order, part by part."""
    return [(part, list(some)) for part, some in groupby(names, lambda name: define(name).part)]
