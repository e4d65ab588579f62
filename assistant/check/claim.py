"""A sentence as the check compares it: names, numbers, dates, negations, tenses; what may differ is folded away.

Knows words of English and shapes of text; nothing of sources or models. In other languages every word counts as it
stands, so that only what is repeated nearly word for word is taken for supported.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from assistant.check.inflection import forms, own_tense
from assistant.check.numbers import as_digits, date_keys, read_digits
from assistant.check.words import (
    AUXILIARIES,
    CURRENCIES,
    IGNORED,
    LARGE,
    NEGATIONS,
    NUMBERS,
    ORDINALS,
    PRONOUNS,
    UNSKIPPABLE,
)
from assistant.dates import MONTHS

_MONTH = "|".join(sorted((name.capitalize() for name in MONTHS), key=len, reverse=True))
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_TOKEN = re.compile(
    r"(?P<mark>[^\w\s$€£¥%])|"
    rf"(?=\d)(?:(?P<iso>\b\d{{4}}-\d\d-\d\d\b)"
    rf"|(?P<dmy>\b{_DAY} (?:of )?(?:{_MONTH})\b\.?(?:,? \d{{4}}\b)?)"
    rf"|(?P<number>\d+(?:[.,:]\d+)*(?:st|nd|rd|th)?\b))"
    rf"|(?=[A-Z])(?:(?P<mdy>\b(?:{_MONTH})\b\.? {_DAY}\b(?:,? \d{{4}}\b)?|\b(?:{_MONTH}) \d{{4}}\b)"
    rf"|(?P<acronym>\b(?:[A-Z]\.){{2,}}))"
    rf"|(?P<currency>[$€£¥])"
    rf"|(?P<percent>%|\bper cent\b|\bpercent\b)"
    rf"|(?P<nobody>\b[Nn]o one\b)"
    rf"|(?P<word>[^\W\d_]+(?:[’'][^\W\d_]+)*|\w+)"
)
_QUOTE_MARKS = frozenset("\"“”„«»‘’'`")
_BREAKS = frozenset(";:–—")
# After a comma, or alone, these begin another clause.
_CLAUSES = frozenset(
    "and but or while whereas although though because since which who whom whose where when if unless so yet".split()
)
_CAPITALS = frozenset(("US", "IT", "WHO"))  # names that are other words in small letters
_BE = frozenset("is are am was were be been being".split())
_ADVERBS = frozenset("also already still now then just soon again always often".split())


@dataclass(frozen=True, slots=True)
class Token:
    """A word that counts: `keys` meet the keys of an equal word. `start` is its offset in the text it was read from.

    `tense`: past, present, future, infinitive, any, or '' where the form says nothing. `breaks`: 1 where a new clause
    begins before it, 2 where a sentence does. `unskippable`: a source that has it must not be read without it ('not',
    'only', 'may', 'denied').
    """

    text: str
    kind: str  # word, name, number, date, negation, modal
    keys: frozenset[str]
    start: int
    tense: str = ""
    breaks: int = 0
    before: str = ""  # the ignored word right before it, e.g. a preposition
    unskippable: bool = False
    is_passive: bool = False  # it hangs on a form of 'be'
    comma: bool = False  # one stands before it
    be: str = ""  # tense of the 'is' or 'was' between the word before and this one
    aside: bool = False  # it stands in parentheses

    @property
    def is_hard(self) -> bool:
        """Tell a name, number or date: what a wrong sentence most often gets wrong."""
        return self.kind in ("name", "number", "date")


def meets(claimed: Token, found: Token) -> bool:
    """Tell whether a word of a sentence is borne out by a word of a source."""
    if claimed.kind == "date" or found.kind == "date":
        return _date_meets(claimed, found)
    if claimed.kind == "name" and found.kind != "name":
        return False
    return not claimed.keys.isdisjoint(found.keys)


def _date_meets(claimed: Token, found: Token) -> bool:
    """A date is borne out by one at least as exact; a year by a date in it."""
    if found.kind != "date":
        return False
    if claimed.kind == "number":
        return any(key.startswith(f"{claimed.text}-") for key in found.keys)
    if claimed.kind != "date":
        return False
    (asked,) = claimed.keys
    return any(all(a in ("?", b) for a, b in zip(asked.split("-"), key.split("-"), strict=True)) for key in found.keys)


def is_english(text: str) -> bool:
    """Tell English by its small words, which are nearly half of it."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    return sum(word in IGNORED or word in AUXILIARIES for word in words) >= 0.25 * len(words)


def read_claim(text: str, start: int = 0) -> tuple[Token, ...]:
    """Return the words of a sentence that count, in order; offsets are counted from `start`."""
    reader = _Reader(start)
    for match in _TOKEN.finditer(text):
        reader.take(match)
    return reader.finish()


class _Reader:
    """Turns matches into tokens, remembering what went before: auxiliaries, prepositions, breaks."""

    def __init__(self, offset: int) -> None:
        self.tokens: list[Token] = []
        self._offset = offset
        self._auxiliary = ""  # tense of the auxiliary that the next verb hangs on
        self._be = False
        self._breaks = 0
        self._be_tense = ""
        self._comma = False
        self._before = ""
        self._currency = ""  # a sign before its number counts as the word after it
        self._first = True
        self._depth = 0  # of parentheses
        self._adjacent = False  # nothing but space or a hyphen since the last number

    def take(self, match: re.Match[str]) -> None:
        kind, text = str(match.lastgroup), match.group()
        if kind == "mark":
            self._mark(text)
        elif kind == "currency":
            self._currency = CURRENCIES[text]
        elif kind in ("iso", "dmy", "mdy"):
            self._add(match, "date", date_keys(kind, text))
        elif kind == "number":
            self._number(match, read_digits(text))
        elif kind == "percent":
            self._add(match, "word", frozenset({"percent"}))
        elif kind == "acronym" or text in _CAPITALS:
            self._add(match, "name", frozenset({text.replace(".", "").casefold()}))
        elif kind == "nobody":
            self._add(match, "negation", NEGATIONS["nobody"], unskippable=True)
        else:
            self._word(match, text)
        if kind != "mark":
            self._first = False

    def finish(self) -> tuple[Token, ...]:
        """Return the words taken."""
        self._pay()
        return tuple(self.tokens)

    def _pay(self) -> None:
        if self._currency and self.tokens and self.tokens[-1].kind == "number":
            self.tokens.append(Token(self._currency, "word", frozenset({self._currency}), self.tokens[-1].start))
            self._currency = ""

    def _mark(self, mark: str) -> None:
        if mark == "-":
            return
        self._adjacent = False
        if mark in "([":
            self._depth += 1
        elif mark in ")]":
            self._depth = max(0, self._depth - 1)
        if mark == ",":
            self._comma = True
        elif mark in _BREAKS or mark in ".!?…":
            self._breaks = max(self._breaks, 1 if mark in _BREAKS else 2)
        if mark not in _QUOTE_MARKS:
            self._auxiliary = ""

    def _word(self, match: re.Match[str], text: str) -> None:
        plain = unicodedata.normalize("NFKC", text).replace("’", "'")
        word = plain.casefold()
        if word.endswith("n't") or word == "cannot":
            self._helper(word.removesuffix("n't").removesuffix("not"))
            self._add(match, "negation", NEGATIONS["not"], unskippable=True, keeps_auxiliary=True)
            return
        stem, _, ending = word.rpartition("'")
        if stem and ending in ("m", "re", "ve", "ll", "d", "s"):
            word = stem
        if word in _CLAUSES:
            self._breaks = max(self._breaks, 1)
        if word in NUMBERS or word in LARGE:
            self._number(match, Decimal(NUMBERS.get(word, 1)), LARGE.get(word, 0))
        elif word in ORDINALS:
            self._add(match, "number", frozenset({f"{ORDINALS[word]}th"}))
        elif word in NEGATIONS:
            self._add(match, "negation", NEGATIONS[word], unskippable=True, keeps_auxiliary=True)
        elif word in AUXILIARIES:
            self._helper(word, match)
        elif word in MONTHS and plain[:1].isupper() and not (word == "may" and self._first):
            self._add(match, "date", frozenset({f"?-{MONTHS[word]:02}-?"}))
        elif word in IGNORED:
            self._ignore(word)
        else:
            self._content(match, plain, word)
        if stem and ending == "ll":
            self._helper("will", match)

    def _helper(self, word: str, match: re.Match[str] | None = None) -> None:
        """Take an auxiliary: it gives the next verb its tense; a modal counts as a word of its own."""
        tense, modal = AUXILIARIES.get(word, ("", ""))
        if tense and not (word in ("be", "been", "being") and self._auxiliary):
            self._auxiliary = tense
        if word in ("is", "are", "am", "was", "were"):
            self._be_tense = tense
        self._be = word in _BE or (self._be and not tense)
        if modal and match is not None:
            self._add(match, "modal", frozenset({modal}), unskippable=True, keeps_auxiliary=True)
        elif match is not None:
            self._adjacent = False

    def _ignore(self, word: str) -> None:
        self._adjacent = False
        self._before = word
        if word == "to":
            self._auxiliary = self._auxiliary if self._be else "infinitive"
        elif word not in _ADVERBS and word not in ("a", "an", "the"):
            self._auxiliary = ""

    def _content(self, match: re.Match[str], plain: str, word: str) -> None:
        is_name = plain[:1].isupper() and (not self._first or plain[1:2].isupper())
        kind, own = ("name", "") if is_name else ("word", own_tense(word))
        tense = self._auxiliary or own
        if self._auxiliary == "perfect" or (self._be and own == ""):
            tense = own  # 'has sold' is past; in 'is high' and 'has boats' the next word is no verb
        passive = self._be and own == "past"
        self._add(match, kind, forms(word), tense, unskippable=word in UNSKIPPABLE, is_passive=passive)

    def _number(self, match: re.Match[str], value: Decimal | str, times: int = 0) -> None:
        """Take a number, or a word of one: 'five', 'million', the 'one' of 'twenty-one'."""
        last = self.tokens[-1] if self.tokens else None
        if self._adjacent and last and last.kind == "number" and isinstance(value, Decimal):
            try:
                before = Decimal(next(iter(last.keys)))
            except InvalidOperation:
                before = Decimal(0)
            if times or (before % 10 == 0 and 0 < value < 10 <= before < 100):
                whole = before * times if times else before + value
                self.tokens[-1] = replace(last, keys=frozenset({as_digits(whole)}))
                return
        key = value if isinstance(value, str) else as_digits(value * (times or 1))
        self._add(match, "number", frozenset({key}))
        self._adjacent = True

    def _add(
        self,
        match: re.Match[str],
        kind: str,
        keys: frozenset[str],
        tense: str = "",
        *,
        unskippable: bool = False,
        is_passive: bool = False,
        keeps_auxiliary: bool = False,
    ) -> None:
        if kind != "number" or not self._adjacent:
            self._pay()
        breaks = self._breaks or int(self._comma and kind == "word" and self._before in PRONOUNS)
        at = self._offset + match.start()
        aside = self._depth > 0
        made = Token(match.group(), kind, keys, at, tense, breaks, self._before, unskippable, is_passive)
        self.tokens.append(replace(made, comma=self._comma, be=self._be_tense, aside=aside))
        self._breaks, self._be_tense = 0, ""
        self._comma = self._adjacent = False
        self._before = ""
        if not keeps_auxiliary and not match.group().endswith("ly"):
            self._auxiliary, self._be = "", False
