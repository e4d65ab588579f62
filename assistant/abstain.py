"""Evidence to a calibrated confidence, or to the reason why there is no answer, said in a friendly way.

Knows the numbers that ranking left behind and the names of people; knows nothing of how they were found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answer import Abstention, Query, Reason
from assistant.quote import names_in_words
from assistant.settings import Caution

# Confidence below which there is no answer; what each costs is in docs/abstention.md.
THRESHOLDS = {Caution.CAUTIOUS: 0.45, Caution.BALANCED: 0.15, Caution.EAGER: 0.1}


def is_enough(confidence: float, caution: Caution) -> bool:
    """Tell whether an answer of this confidence is given at this caution."""
    return confidence >= THRESHOLDS[caution]


def no_documents() -> Abstention:
    """Return what an empty library says."""
    return Abstention(
        Reason.NO_DOCUMENTS, "There are no documents here yet. Add some with `footnote index FOLDER` or on the page."
    )


def not_said(
    query: Query,
    reason: Reason,
    *,
    is_known: bool,
    others: Sequence[str],
    topics: Sequence[str],
    instead: Sequence[str],
) -> Abstention:
    """Return why nothing of a speaker is shown: who else spoke on the topic, and what the speaker spoke on."""
    topic = f" about {query.topic}" if query.topic else ""
    parts = [f"I looked for what {query.speaker} said{topic}{_in_period(query)} and found nothing in these documents."]
    if not is_known:
        parts.append(f"Nobody called {query.speaker} is quoted in them.")
    if query.topic and others:
        parts.append(f"{names_in_words(others)} spoke about it.")
    elif query.topic and reason is Reason.NOTHING_IN_DOCUMENTS:
        parts.append("Nobody quoted in them speaks about it.")
    if topics:
        parts.append(f"{query.speaker} is quoted on {names_in_words(topics)}.")
    return Abstention(reason, " ".join(parts), tuple(instead))


def not_spoken(query: Query) -> Abstention:
    """Return what is said when nobody quoted speaks about a topic."""
    topic = (query.topic or query.text).rstrip(" ?!.,;:")
    who = f"who besides {query.besides}" if query.besides else "who"
    message = f"I looked for {who} spoke about “{_shortened(topic)}”{_in_period(query)} and found nobody quoted on it."
    return Abstention(Reason.NOTHING_IN_DOCUMENTS, message)


def not_found(query: Query, reason: Reason, missing: Sequence[str], instead: Sequence[str] = ()) -> Abstention:
    """Return why a question of fact has no answer: what was looked for and which of its words stand nowhere."""
    looked_for = query.topic or query.text.rstrip(" ?!.")
    message = f"I looked for “{_shortened(looked_for)}” and found no answer in these documents."
    if names := [name for word in missing if (name := _without_marks(word))]:
        message += f" Not found anywhere: {names_in_words(list(dict.fromkeys(names)))}."
    elif reason is Reason.TOO_WEAK:
        message += " The nearest passages are shown; they may not answer it."
    return Abstention(reason, message, tuple(instead))


def _in_period(query: Query) -> str:
    if query.since and query.until:
        return f" on {query.since}" if query.since == query.until else f" between {query.since} and {query.until}"
    return f" since {query.since}" if query.since else f" until {query.until}" if query.until else ""


def _without_marks(word: str) -> str:
    """Return a word of a question without the punctuation around it and a genitive's ending."""
    return re.sub(r"^\W+|(?:['’]s)?\W*$", "", word)


def _shortened(text: str, n_characters: int = 120) -> str:
    return text if len(text) <= n_characters else text[: n_characters - 1].rstrip() + "…"
