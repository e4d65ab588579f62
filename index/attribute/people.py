"""Finds who is named in one document and resolves mentions of them: full names, last names, titles, pronouns.

Knows nothing of statements; rules over the text's capital letters and small lists, no parse.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from index.attribute.given_names import BODY_WORDS, MEN, MEN_TITLES, TITLES, WOMEN, WOMEN_TITLES

Gender = Literal["m", "f"]

_WORD = r"(?:[A-ZÀ-ÞŠŽČ](?:[\w]|[’'](?=[A-Z]))*(?:-[A-Za-zÀ-ÿ]\w*)*\.?|[A-Z]\.(?:[A-Z]\.)+)"
_PARTICLE = r"(?:de|la|le|du|da|di|del|della|van|von|der|den|bin|ibn|al|el|ter|ten|dos|das|af)"
_SEQUENCE = re.compile(rf"(?<![\w.@#]){_WORD}(?:[ \u00a0](?:{_PARTICLE}[ \u00a0]){{0,2}}{_WORD})*")
_SENTENCE_END = re.compile(  # 'in Varde. Peter Lund' is two names; 'Prof. Lund' stays one
    r"(?<=[a-z]{3}\.)(?<!\b(?:Prof|Capt|Supt|Cmdr|Pres|Atty|Sens|Reps|Govs)\.)[ \u00a0]"
)
_PRONOUN = re.compile(r"\b(?:he|she|his|her)\b", re.IGNORECASE)
_NEAR = 160  # characters in which a pronoun tells the gender of the name before it
_INITIALS = re.compile(r"(?:[A-Z]\.)+$")
_SENTENCE_OPENERS = frozenset(
    """
a after again all also although an and another any are as asked at because before both but by can could despite did do
does during each earlier even every few first for from had has have he her here hers him his how however i if in indeed
instead into is it its just last later let like many may maybe meanwhile more most mr much my nearly neither never next
no nor not now of off on once one only or other others our out over perhaps rather recently said saying says she should
since so some soon still such than that the their them then there these they this those though through thus to today
together tomorrow tonight too two under unlike until up upon us was we well were what whatever when where whether which
while who why will with within without would yes yesterday yet you your monday tuesday wednesday thursday friday
saturday sunday january february march april may june july august september october november december
""".split()
)
_OFFICES = frozenset("activist premier nominee candidate spokesman spokeswoman leader aide coach author".split())
_NOT_A_NAME = BODY_WORDS | _SENTENCE_OPENERS
_SPEAKING_ALONE = re.compile(
    r"(?:(?<=[.!?,”\"'’] )|(?<=\n))(?P<before>[A-ZÀ-Þ][\w’'-]{2,}) "
    r"(?:said|says|told|added|wrote|argued|explained|noted)\b"
    r"|\b(?:said|says|added) (?P<after>[A-ZÀ-Þ][\w-]{2,})[.,](?!\w)"
    r"|\b(?:Mr|Mrs|Ms|Dr)\.? (?P<titled>[A-ZÀ-Þ][\w-]{2,})\b"
)
_TWO_OR_THREE = rf"{_WORD}(?: {_WORD}){{1,2}}"
_SPEAKING_IN_FULL = re.compile(
    rf"(?:^|(?<=[.!?,”\"'’] )|(?<=\n))(?P<before>{_TWO_OR_THREE}),? (?:[^.;:!?“”\"\n]{{2,90}}, )?"
    r"(?:said|says|told|added|wrote|argued|explained|noted)\b"
    rf"|\b(?:said|says|added|wrote) (?P<after>{_TWO_OR_THREE})(?=[.,;”\"]| of | who )"
)


@dataclass(slots=True)
class Known:
    """A person or body of a document: its fullest name, the forms used, and where it is mentioned."""

    name: str  # without 'Jr' and its like: the identity; `forms` keep them
    gender: Gender | None = None
    is_person: bool = False
    forms: set[str] = field(default_factory=set)
    mentions: list[tuple[int, int]] = field(default_factory=list)

    @property
    def last(self) -> str:
        return last_name(self.name)

    def latest_before(self, offset: int) -> int | None:
        at = bisect_left(self.mentions, (offset, 0))
        return self.mentions[at - 1][0] if at else None


def strip_name(text: str) -> tuple[list[str], list[str]]:
    """Return the titles and the name in "Sen. Bernie Sanders's" as two lists of words, without the possessive."""
    words = re.sub(r"['’]s?$", "", text.strip(' ,.;:"“”')).replace("\u00a0", " ").split()
    titles = []
    while len(words) > 1 and words[0].lower().rstrip(".") in TITLES and len(words[1]) > 1:  # 'Speaker 1' stays whole
        titles.append(words.pop(0).lower().rstrip("."))
    return titles, words


def last_name(name: str) -> str:
    """Return the last word of a name that is no suffix."""
    words = [word for word in name.split() if word.lower().rstrip(".") not in ("jr", "sr", "ii", "iii", "iv")]
    return words[-1].rstrip(",") if words else name


def gender_of(titles: list[str], words: list[str]) -> Gender | None:
    """Return the pronoun a name takes, as its title or first name tells; None where they don't."""
    if any(title in MEN_TITLES for title in titles):
        return "m"
    if any(title in WOMEN_TITLES for title in titles):
        return "f"
    first = words[0].lower() if len(words) > 1 else ""
    man, woman = first in MEN, first in WOMEN
    return None if man == woman else "m" if man else "f"


class People:
    """Who is named in a document."""

    def __init__(self, text: str, quoted: Callable[[int], bool] = lambda offset: False) -> None:
        self._text = text
        self._is_quoted = quoted
        self._known: list[Known] = []
        self._by_name: dict[str, Known] = {}
        self._find()
        self._index_mentions()

    def __iter__(self) -> Iterator[Known]:
        return iter(self._known)

    def resolve(self, name: str, offset: int) -> Known:
        """Return the one meant by a name at an offset; a name not seen before becomes known."""
        titles, words = strip_name(name)
        if words and words[0].lower() == "the":
            words = words[1:] or words
        words = self._without_office(words)
        found = self._look_up(words, gender_of(titles, words), offset)
        if found is None:
            found = self._add(" ".join(words) or name, titles, words, is_person=bool(titles))
            self._mark(found)
        found.forms.add(" ".join(name.split()))
        return found

    def _without_office(self, words: list[str]) -> list[str]:
        """'White House Press Secretary Josh Earnest' → 'Josh Earnest', 'Iraq. Carson' → 'Carson'."""
        for i in range(len(words) - 1, 0, -1):
            before = words[i - 1].lower()
            is_end = before.endswith(".") and len(before) > 4 and before.rstrip(".") not in TITLES
            if is_end or (len(words[i]) > 1 and before.rstrip(".") in TITLES | _OFFICES):
                return words[i:]
        for i in range(1, len(words) - 1):
            known = self._by_name.get(" ".join(words[i:]).lower())
            if known is not None and known.is_person:
                return words[i:]
            begins = words[i].lower() in MEN | WOMEN and words[0].lower() not in MEN | WOMEN
            if begins and words[i - 1].lower().rstrip(".") in BODY_WORDS:
                return words[i:]
        if len(words) == 2 and self._is_common(words[0]) and self._namesakes(words[1]):
            return words[1:]  # 'Dump Trump'
        return words

    def _is_common(self, word: str) -> bool:
        """Say whether a word is none of a name: it stands in the text in small letters too."""
        known = word.lower() in MEN | WOMEN or word.lower() in self._by_name
        return not known and re.search(rf"\b{re.escape(word.lower())}\b", self._text) is not None

    def knows(self, name: str) -> bool:
        """Say whether a name, or last name, is a person's of the document."""
        words = strip_name(name)[1]
        return len(words) == 1 and words[0][:1].isupper() and bool(self._namesakes(words[0]))

    def _look_up(self, words: list[str], gender: Gender | None, offset: int) -> Known | None:
        key = " ".join(words).lower()
        exact = self._by_name.get(key)
        if exact and (len(words) > 1 or not self._namesakes(words[0])):
            return exact
        if len(words) > 1:
            return next((k for k in self._known if _same_person(k.name.split(), words)), exact)
        candidates = (
            [k for k in self._namesakes(words[0]) if gender is None or k.gender in (None, gender)] if words else []
        )
        if not candidates:
            return exact
        return max(candidates, key=lambda k: self._prominence(k, offset))

    def _prominence(self, known: Known, offset: int) -> tuple[int, int]:
        """Who is meant by a shared last name: whoever is named in full most often, then whoever was last."""
        full = len(re.findall(re.escape(known.name), self._text))
        return full, known.latest_before(offset) or -1

    def _namesakes(self, word: str) -> list[Known]:
        word = word.lower()
        longer = [k for k in self._known if len(k.name.split()) > 1 and k.is_person]
        by_last = [k for k in longer if k.last.lower() == word]
        return by_last or [k for k in longer if k.name.split()[0].lower() == word]

    def _find(self) -> None:
        candidates = [
            (m.start(), part) for m in _SEQUENCE.finditer(self._text) for part in _SENTENCE_END.split(m.group())
        ]
        speaking = self._speaking_alone() | self._speaking_in_full()
        for _, sequence in candidates:
            for titles, words in _names_in(sequence):
                if len(words) > 1 and _looks_like_person(titles, words, speaking):
                    self._join(titles, words)
        for _, sequence in candidates:
            titles, words = strip_name(sequence)
            if titles and len(words) == 1 and words[0].lower() not in _NOT_A_NAME and not self._namesakes(words[0]):
                self._join(titles, words)

    def _speaking_alone(self) -> frozenset[str]:
        """Single capitalised words that say something or bear a title: last names, mostly."""
        found = {m.group(m.lastgroup or 0) for m in _SPEAKING_ALONE.finditer(self._text)}
        return frozenset(word for word in found if word.lower() not in _NOT_A_NAME)

    def _speaking_in_full(self) -> frozenset[str]:
        """Names of two or three words that say something: 'said Anna Holm', 'Anna Holm, of Varde, said'."""
        return frozenset(m.group(m.lastgroup or 0) for m in _SPEAKING_IN_FULL.finditer(self._text))

    def _join(self, titles: list[str], words: list[str]) -> None:
        key = " ".join(words).lower()
        known = self._by_name.get(key) or next((k for k in self._known if _same_person(k.name.split(), words)), None)
        if known is None:
            known = self._add(" ".join(words), titles, words, is_person=True)
        elif len(words) > len(known.name.split()):
            known.name = _without_suffix(" ".join(words))
        known.gender = known.gender or gender_of(titles, words)
        known.forms.add(" ".join(words))
        self._by_name[key] = known

    def _add(self, name: str, titles: list[str], words: list[str], *, is_person: bool) -> Known:
        known = Known(_without_suffix(name), gender_of(titles, words), is_person, {name})
        self._known.append(known)
        self._by_name[name.lower()] = known
        return known

    def _index_mentions(self) -> None:
        for known in self._known:
            self._mark(known)
        self._learn_genders()

    def _mark(self, known: Known) -> None:
        words = {re.escape(known.last), *map(re.escape, (known.name, *known.forms))}
        first = known.name.split()[0]
        if known.is_person and len([k for k in self._known if k.name.split()[0] == first]) == 1:
            words.add(re.escape(first))
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(words, key=len, reverse=True))})(?!\w)")
        known.mentions = [m.span() for m in pattern.finditer(self._text) if not self._is_quoted(m.start())]

    def _learn_genders(self) -> None:
        """Take the gender from a title used later: 'Mr. Kishida'."""
        for known in self._known:
            if known.is_person and known.gender is None:
                match = re.search(rf"\b(Mr|Mrs|Ms|Miss)\.? {re.escape(known.last)}\b", self._text)
                if match:
                    known.gender = "m" if match.group(1) == "Mr" else "f"
        starts = sorted(start for known in self._known if known.is_person for start, _ in known.mentions)
        for known in self._known:
            if known.is_person and known.gender is None:
                known.gender = self._gender_by_pronouns(known, starts)

    def _gender_by_pronouns(self, known: Known, starts: list[int]) -> Gender | None:
        """The pronoun that follows a name most often before anybody else is named."""
        votes: Counter[Gender] = Counter()
        for _, end in known.mentions:
            at = bisect_left(starts, end)
            stop = min(end + _NEAR, starts[at] if at < len(starts) else len(self._text))
            pronoun = _PRONOUN.search(self._text, end, stop)
            if pronoun and not self._is_quoted(pronoun.start()):
                votes["m" if pronoun.group().lower() in ("he", "his") else "f"] += 1
        (first, n), *rest = [*votes.most_common(), (None, 0)]
        return first if n > (rest[0][1] if rest else 0) else None


def _without_suffix(name: str) -> str:
    if name.isupper() and " " in name:  # the label of a transcript
        name = name.title()
    return re.sub(r",? (?:Jr|Sr|II|III|IV)\.?$", "", name)


def _names_in(sequence: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the names in a run of capitalised words, without the sentence's first word and the titles."""
    words = sequence.split()
    while words and words[0].lower() in _SENTENCE_OPENERS and len(words) > 1:
        words.pop(0)
    titles, name = strip_name(" ".join(words))
    last = max((i for i, w in enumerate(name[:-1]) if w.lower().rstrip(".") in TITLES and i > 0), default=None)
    if last is not None:  # 'Charlotte Mayor Jennifer Roberts'
        titles, name = [name[last].lower().rstrip(".")], name[last + 1 :]
    starts = [i for i, w in enumerate(name[:-1]) if w.lower() in MEN | WOMEN]
    if starts and starts[0] > 0 and any(w.lower().rstrip(".") in TITLES for w in name[: starts[0]]):
        titles, name = [w.lower().rstrip(".") for w in name[: starts[0]]], name[starts[0] :]
    yield titles, name


def _looks_like_person(titles: list[str], words: list[str], speaking: frozenset[str] = frozenset()) -> bool:
    if not 2 <= len(words) <= 5 or any(w.lower().rstrip(".") in BODY_WORDS - {"may"} for w in words):
        return False
    is_opener = words[-1].lower() in _SENTENCE_OPENERS and words[0].lower() not in MEN | WOMEN
    if is_opener or len(words[-1].rstrip(".")) < 2 or words[-1].endswith("."):
        return words[-1].lower().rstrip(".") in ("jr", "sr") and len(words) > 2
    first = words[0].lower()
    by_first_name = first in MEN or first in WOMEN or bool(_INITIALS.match(words[0]))
    return bool(titles) or by_first_name or _is_learnt(words, speaking)


def _is_learnt(words: list[str], speaking: frozenset[str]) -> bool:
    known = words[-1] in speaking or " ".join(words) in speaking
    return len(words) <= 3 and known and words[0].lower() not in _NOT_A_NAME | _OFFICES


def _same_person(a: list[str], b: list[str]) -> bool:
    """Say whether two names of two or more words are of one person: 'Donald J. Trump' and 'Donald Trump'."""
    if len(a) < 2 or len(b) < 2 or last_name(" ".join(a)).lower() != last_name(" ".join(b)).lower():
        return False
    x, y = a[0].lower().rstrip("."), b[0].lower().rstrip(".")
    return x == y or (min(len(x), len(y)) == 1 and x[0] == y[0])
