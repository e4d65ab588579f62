"""What silence says: what was looked for, who else spoke, and nothing that is not so."""

from __future__ import annotations

import pytest

from assistant.abstain import THRESHOLDS, is_enough, no_documents, not_found, not_said, not_spoken
from assistant.answer import Kind, Query, Reason
from assistant.settings import Caution

ASKED = Query("What did Poe say about tax?", "What did Poe say about tax?", Kind.STATEMENT, "Ada Poe", "tax")


def said(query: Query = ASKED, reason: Reason = Reason.NOT_THIS_SPEAKER, **changes: object) -> str:
    told = {"is_known": True, "others": (), "topics": (), "instead": ()} | changes
    return not_said(query, reason, **told).message  # type: ignore[arg-type]


def test_more_caution_asks_for_more_confidence() -> None:
    assert THRESHOLDS[Caution.CAUTIOUS] > THRESHOLDS[Caution.BALANCED] > THRESHOLDS[Caution.EAGER] > 0


@pytest.mark.parametrize("caution", list(Caution))
def test_enough_grows_with_confidence(caution: Caution) -> None:
    told = [is_enough(step / 100, caution) for step in range(101)]
    assert told == sorted(told)
    assert not told[0]
    assert told[-1]


def test_who_else_spoke_is_named() -> None:
    assert "Ben Roe and Cy Lee spoke about it." in said(others=["Ben Roe", "Cy Lee"])


def test_nobody_is_said_to_speak_only_when_nobody_does() -> None:
    assert "Nobody quoted" in said(reason=Reason.NOTHING_IN_DOCUMENTS)
    assert "Nobody quoted" not in said(reason=Reason.NOTHING_IN_DOCUMENTS, others=["Ben Roe"])


def test_unknown_person_is_told_apart_from_a_silent_one() -> None:
    assert "Nobody called Ada Poe" in said(is_known=False)
    assert "Nobody called" not in said(is_known=True)


def test_period_is_part_of_what_was_looked_for() -> None:
    dated = Query(ASKED.question, ASKED.text, ASKED.kind, "Ada Poe", "tax", since="2023-01-01", until="2023-12-31")
    assert "between 2023-01-01 and 2023-12-31" in said(dated)


@pytest.mark.parametrize("word", ["Peru?", "“Peru”", "Peru.", "(Peru)", "Peru’s", "Peru"])
def test_missing_words_are_named_without_marks(word: str) -> None:
    query = Query("?", "What is the capital of Peru?")
    assert "Not found anywhere: Peru." in not_found(query, Reason.NOTHING_IN_DOCUMENTS, [word]).message


def test_no_missing_word_no_list() -> None:
    message = not_found(Query("?", "What is it?"), Reason.NOTHING_IN_DOCUMENTS, ["?!"]).message
    assert "Not found anywhere" not in message


def test_long_questions_are_shortened() -> None:
    assert len(not_found(Query("?", "why " * 500), Reason.TOO_WEAK, []).message) < 300


def test_reasons_and_questions_that_have_an_answer_are_kept() -> None:
    assert no_documents().reason is Reason.NO_DOCUMENTS
    assert not_spoken(Query("?", "Who spoke about Mars?", Kind.SPEAKERS, None, "Mars")).message.count("“Mars”") == 1
    abstention = not_said(
        ASKED, Reason.NOT_THIS_SPEAKER, is_known=True, others=["Ben Roe"], topics=[], instead=["What did Ben Roe say?"]
    )
    assert abstention.instead == ("What did Ben Roe say?",)
