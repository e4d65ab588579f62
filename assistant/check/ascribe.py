"""To whom a sentence gives its words: 'Ada Poe said that …', '…, she told the board', 'According to Poe, …'.

Knows verbs of saying and the names of the people in the sources; nothing of whether it is true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from assistant.check.words import NEUTRAL_CUES
from index.attribute.cues import LEMMAS, SAY
from index.records import Statement

_OBJECT = r"(?:\s+(?:to|on|in|at|during|after|before)(?:\s+(?!that\b)[\w’'-]+){1,5}?)?"
_TELL = frozenset("tell inform assure remind warn advise ask".split())
_DENIALS = frozenset("deny doubt dispute reject refute contradict".split())


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who is said to have said it (None where a pronoun says so), by which verb, and the sentence without all that.

    `around` is what stood there beside name and verb: 'the council', 'on Friday'; `title` what stood before the name.
    """

    speaker: str | None
    cue: str
    rest: str
    around: str
    title: str = ""

    def fits(self, statement: Statement) -> bool:
        """Tell whether the verb claims no more than the statement's own: 'denied' needs a denial."""
        mine = LEMMAS.get(self.cue, self.cue.split()[0])
        its = next((lemma for word in statement.cue.lower().split() if (lemma := LEMMAS.get(word))), "")
        if mine in _DENIALS or its in _DENIALS or "ask" in (mine, its):
            return mine == its
        return mine in NEUTRAL_CUES or mine == its


def names_of(statements: Iterable[Statement]) -> dict[str, str]:
    """Return each form of a speaker's name with the speaker; forms that two speakers share are left out."""
    found: dict[str, set[str]] = {}
    for statement in statements:
        full = statement.speaker.split()
        for form in (statement.speaker, *statement.names, *full[-1:]):
            if form[:1].isupper() or " " in form:
                found.setdefault(form, set()).add(statement.speaker)
    return {form: next(iter(speakers)) for form, speakers in found.items() if len(speakers) == 1}


def read_attribution(sentence: str, names: Mapping[str, str]) -> Attribution | None:
    """Return to whom a sentence gives its words, None where it gives them to nobody known."""
    for pattern in _patterns(tuple(sorted(names, key=lambda form: (-len(form), form)))):
        match = pattern.search(sentence)
        if match:
            parts = match.groupdict()
            cue = (parts.get("cue") or "said").lower()
            around = " ".join(filter(None, (parts.get("object"), parts.get("apposition"))))
            rest = f"{sentence[: match.start()]} {sentence[match.end() :]}".strip()
            name = parts.get("name")
            title = (parts.get("title") or "").strip()
            return Attribution(names[name] if name else None, cue, rest, around, title)
    return None


@lru_cache(maxsize=64)
def _patterns(forms: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Return the shapes an attribution may have; the most telling first."""
    cues = "|".join(sorted((form for form, lemma in LEMMAS.items() if lemma in SAY), key=len, reverse=True))
    tells = "|".join(form for form, lemma in LEMMAS.items() if lemma in _TELL)
    named = "|".join(map(re.escape, forms)) or r"(?!)"
    name = rf"(?P<name>{named})(?:’s|'s)?(?![\w-])"
    title = r"(?P<title>(?:(?:the|The)\s+)?(?:[\w.’'-]+,?\s+){0,3}?)"
    who = rf"(?:{title}{name}|(?P<pronoun>[Hh]e|[Ss]he|[Tt]hey)\b)"
    apposition = r"(?P<apposition>,\s[^,“”\"]{1,60},)?"
    helper = r"(?:\s(?:also|has|had|have|later|then|further|again))*"
    told = rf"(?P<cue>(?:{tells}))(?P<object>(?:\s(?!that\b|whether\b)[\w’'-]+){{1,5}})"
    said = rf"(?P<cue>(?:{cues}))\b(?P<object>{_OBJECT})"
    ending = r"[^,;:“”\"]{0,60}"
    return tuple(
        re.compile(pattern)
        for pattern in (
            # '…,” Poe told the board on Friday.'
            rf"(?:,|(?<=[,.?!”\"]))\s*(?:{who}{apposition}{helper}\s(?P<cue>{cues})\b(?P<object>{ending}))[.\s]*$",
            rf"(?:,|(?<=[,.?!”\"]))\s*(?:(?P<cue>{cues})\s{title}{name}(?P<object>{ending}))[.\s]*$",
            rf"^(?P<cue>[Aa]ccording\sto)\s{title}{name}{apposition},?",
            rf",?\s(?P<cue>according\sto)\s{title}{name}(?=\W*$)",
            rf"^{who}{apposition}{helper}\s{told}(?=\s(?:that|whether)\b|[,:]?\s*[“\"])(?:\sthat)?",
            rf"^{who}{apposition}{helper}\s{said}(?:,?\sthat\b|[,:](?=\s*[“\"])|(?=\s*[“\"])|:|)",
            rf"^{title}{name}:\s",
        )
    )
