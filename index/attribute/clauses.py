"""Reads the reporting clauses off a sentence's parse: who, by which word, and what stretch of the sentence.

Knows one sentence at a time; who 'he' is gets decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.attribute import stretches
from index.attribute.cues import ABOUT, LEMMAS, LIGHT, MINDED, NOUNS, PHRASES, SAY, VIEWS, WRITINGS
from index.attribute.mentions import Mention, is_time, mentions, name, owners
from index.attribute.stretches import Spans

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_WHO = frozenset("who which that whom".split())
_BE = frozenset("is are was were be been being 's".split())
_MADE_TO = frozenset("force press push urge ask tell lead prompt get allow cause compel want expect order".split())
_FOR_MADE_TO = {form: verb for verb in _MADE_TO for form in (verb, verb + "s", verb + "ed", verb.rstrip("e") + "ed")}
_FOR_MADE_TO |= {"told": "tell", "led": "lead", "got": "get", "forcing": "force", "pressing": "press"}


@dataclass(frozen=True, slots=True)
class Clause:
    """A reporting clause; `content` may be empty where it only introduces a quotation.

    `level` as in `cues.strength`. `cue` is (start, end), `start` where the clause with its subject begins. All offsets
    are the document's.
    """

    speakers: tuple[Mention, ...]
    cue: tuple[int, int]
    content: Spans
    level: int
    start: int
    writing: str | None = None  # 'statement' in "they said in the statement"
    is_noun: bool = False
    is_closed: bool = False  # nothing behind the content belongs to it: 'his claim that … surprised nobody'


def clauses(doc: Doc, base: int, is_quoted: Callable[[int], bool]) -> list[Clause]:
    """Return the reporting clauses of a parsed sentence that begins at `base`, in order of their cues.

    Cues stand outside quotation marks, and so do their subjects.
    """
    outside = frozenset(token.i for token in doc if not is_quoted(base + token.idx))
    readers = (_verb_clauses, _according, _in_the_view, _noun_clauses, _minded)
    found = [clause for read in readers for clause in read(doc, base, outside)]
    ordered = sorted(found, key=lambda clause: clause.cue)
    return [
        clause
        if clause.is_closed
        else replace(
            clause, content=stretches.with_rest(clause.content, clause.cue, _limit(clause, ordered), doc, base)
        )
        for clause in ordered
    ]


def _limit(clause: Clause, ordered: list[Clause]) -> int | None:
    """Where the content must end: the beginning of the next clause that is no part of it.

    'She said the roof leaks, but she hopes …' goes on with what she said.
    """
    end = clause.content[-1][1] if clause.content else clause.cue[1]
    after = [other for other in ordered if other.cue[0] >= end and other is not clause]
    starts = (
        max(other.start, end) if other.start >= end else other.cue[0]
        for other in after
        if not (clause.level == 3 and _goes_on(other))
    )
    return min(starts, default=None)


def _goes_on(other: Clause) -> bool:
    return (
        other.level < 3
        and all(m.kind == "pronoun" and m.start < other.cue[0] for m in other.speakers)
        and other.start < other.cue[0]
    )


def _verb_clauses(doc: Doc, base: int, outside: frozenset[int]) -> Iterator[Clause]:
    for token in doc:
        level, lemma = _level(token)
        if not level or token.i not in outside or _is_no_verb(token, level) or _quotes_another(token):
            continue
        head = _subject_of(token, 4, outside) if token.tag_.startswith("V") else None
        if (
            head is not None
            and is_time(head)
            and (head.i == 0 or not head.doc[head.i - 1].tag_.startswith("NNP"))
            and not (head.lower_ == "may" and head.i == token.i - 1)  # Theresa May
        ):
            head = None
        speakers = mentions(head, base) if head is not None else _beside(token, base, outside) if level > 1 else ()
        inverted = level == 3 and bool(speakers) and speakers[0].start > base + token.idx
        before = stretches.before_comma(token, base) if inverted else ()
        content = before or _content(token, lemma, base)
        if level < 3 and stretches.is_circumstance(content, doc, base):
            content = ()
        if speakers and (content or level > 1):
            cue = (base + token.idx, base + token.idx + len(token))
            start = min([cue[0], *(m.start for m in speakers if m.start > cue[0] - 60)])
            yield Clause(speakers, cue, content, level, start, _writing(token))


def _is_no_verb(token: Token, level: int) -> bool:
    """'…,” tweeted school spokesman Peter Lund' is one, whatever the parse says."""
    after_quotation = level == 3 and token.i > 0 and token.doc[token.i - 1].text in ('"', "''", ",")
    return token.dep_ in ("aux", "amod", "compound") and not after_quotation


def _quotes_another(verb: Token) -> bool:
    """'The Courier quoted Anna Holm as saying …': her words, not the paper's."""
    return any(c.lower_ == "as" and any(t.dep_ == "pcomp" for t in c.children) for c in verb.children) and (
        LEMMAS.get(verb.lower_) in ("quote", "cite")
    )


def _level(token: Token) -> tuple[int, str]:
    """Return how strongly a verb attributes (0: not at all) and its base form."""
    lemma = LEMMAS.get(token.lower_, "")
    if not token.tag_.startswith("V") and not (lemma and _is_mistaken(token)):
        return 0, ""
    if last_of_phrase(token) is not None:
        return PHRASES[token.lower_][1], lemma or token.lower_
    if lemma in SAY:
        return 3, lemma
    if lemma in ABOUT:
        return 2, lemma
    if lemma:
        return 1, lemma
    return (1, token.lower_) if token.lower_ not in _BE and _has_that_clause(token) else (0, "")


def _is_mistaken(token: Token) -> bool:
    """'Trump claims that …' where the parse took the verb for a noun."""
    before = token.doc[token.i - 1] if token.i else None
    after = token.doc[token.i + 1] if token.i + 1 < len(token.doc) else None
    if before is None or after is None or not token.text.endswith("s") or not token.tag_.startswith("NN"):
        return False
    is_named = before.text[0].isupper() and before.tag_.startswith("NN") and token.text[0].islower()
    return (
        is_named
        and token.dep_ in ("ROOT", "dobj", "nsubj", "appos")
        and after.tag_ in ("IN", "VBG", "DT", "PRP$", "TO")
    )


def last_of_phrase(verb: Token) -> int | None:
    """Return the index of the word that makes a phrase of a verb: 'clear' in 'made it clear that'."""
    words = PHRASES.get(verb.lower_, (frozenset[str](), 0))[0]
    return max((t.i for t in verb.doc[verb.i + 1 : verb.i + 6] if t.lower_ in words), default=None)


def _has_that_clause(token: Token) -> bool:
    return any(
        c.dep_ == "ccomp" and any(t.dep_ == "mark" and t.lower_ == "that" for t in c.children) for c in token.children
    )


def _beside(verb: Token, base: int, outside: frozenset[int]) -> tuple[Mention, ...]:
    """Return whoever is named beside a verb for which the parse found no subject.

    '…, said Anna Holm', '…?” Lund demanded', '…,” Anna Holm, the mayor, said', '…,” wrote the ambassador, Anna Holm'.
    """
    doc = verb.doc
    first = verb.i
    while first > 0 and first - 1 in outside and doc[first - 1].text not in ('"', "''", ":", ";"):
        first -= 1
    before, after = _runs(doc, first, verb.i), _runs(doc, verb.i + 1, _end_of_phrase(verb, outside))
    closes = (
        first > 0 or verb.i == first or doc[verb.i - 1].text == ","
    )  # a quotation ends, or the sentence begins, where the clause does
    if before and doc[verb.i - 1].text in (",", ")") and before[-1].i == verb.i - 2:
        return (name(before[-1], base),)
    if before and (before[-1].i == verb.i - 1 or first > 0):
        return (name(before[-1 if before[-1].i == verb.i - 1 else 0], base),)
    if doc[verb.i - 1].lower_ in ("he", "she", "they") and verb.i - 1 in outside and verb.i:
        return mentions(doc[verb.i - 1], base)
    return (name(after[0], base),) if after and closes else ()


def _end_of_phrase(verb: Token, outside: frozenset[int]) -> int:
    """The index at which what may be a verb's inverted subject ends."""
    end = verb.i + 1
    while (
        end < len(verb.doc) and end in outside and end < verb.i + 14 and verb.doc[end].text not in (".", ":", '"', ";")
    ):
        end += 1
    return end


def _runs(doc: Doc, start: int, end: int) -> list[Token]:
    """Return the last word of each name between two tokens that follows no preposition."""
    lasts = []
    for i in range(start, end):
        begins = doc[i].tag_.startswith("NNP") and (i == start or not doc[i - 1].tag_.startswith("NNP"))
        if begins and (i == start or doc[i - 1].tag_ not in ("IN", "TO")):
            last = i
            while last + 1 < end and doc[last + 1].tag_.startswith("NNP"):
                last += 1
            if not is_time(doc[last]) and (last + 1 >= len(doc) or doc[last + 1].tag_ != "POS"):
                lasts.append(doc[last])
    return lasts


def _subject_of(verb: Token, depth: int, outside: frozenset[int]) -> Token | None:
    """Follow the parse to whoever does what the verb says."""
    if depth == 0:
        return None
    children = [c for c in verb.children if c.i in outside]
    if any(c.dep_ in ("nsubjpass", "auxpass", "agent") for c in children):
        agent = next((c for c in children if c.dep_ == "agent"), None)
        return next((c for c in agent.children if c.dep_ == "pobj"), None) if agent is not None else None
    subjects = [c for c in children if c.dep_ == "nsubj"]
    if len(subjects) > 1 and verb.i > 0 and verb.doc[verb.i - 1].text == ",":
        subjects.reverse()  # 'The roof leaks, said Holm'
    own = subjects[0] if subjects else None
    if own is not None:
        return _named_by(verb.head) if own.lower_ in _WHO and verb.dep_ == "relcl" else own
    head = verb.head
    if verb.dep_ in ("xcomp", "ccomp") and head.dep_ == "acomp":
        head = head.head  # 'was quick to point out'
    if verb.dep_ in ("conj", "xcomp", "advcl", "ccomp", "dep") and head.tag_.startswith("V") and head.i != verb.i:
        return _made_to(verb, head) or _subject_or_passive(head, depth - 1, outside)
    if verb.dep_ == "acl" and head.tag_.startswith("N"):
        return head
    if verb.dep_ == "pcomp":
        return _subject_through_preposition(head, depth - 1, outside)
    return None


def _named_by(noun: Token) -> Token:
    """'Lund is a liar and a rogue who pledged …': Lund, of whom the noun is said."""
    said = noun
    while said.dep_ == "conj" and said.head.i != said.i:
        said = said.head
    if said.dep_ != "attr":
        return noun
    return next((c for c in said.head.children if c.dep_ == "nsubj"), noun)


def _made_to(verb: Token, head: Token) -> Token | None:
    """'forced Lund to admit'."""
    if verb.dep_ != "xcomp" or head.lower_ not in _FOR_MADE_TO or not any(c.lower_ == "to" for c in verb.children):
        return None
    return next((c for c in head.children if c.dep_ == "dobj" and head.i < c.i < verb.i), None)


def _subject_or_passive(verb: Token, depth: int, outside: frozenset[int]) -> Token | None:
    passive = next((c for c in verb.children if c.dep_ == "nsubjpass" and c.i in outside), None)
    return passive if passive is not None else _subject_of(verb, depth, outside)


def _subject_through_preposition(preposition: Token, depth: int, outside: frozenset[int]) -> Token | None:
    """'quoted X as saying', 'responded by saying'."""
    verb = preposition.head
    if not verb.tag_.startswith("V"):
        return None
    if preposition.lower_ == "as":
        quoted = next((c for c in verb.children if c.dep_ in ("dobj", "nsubjpass")), None)
        if quoted is not None:
            return quoted
    return _subject_or_passive(verb, depth, outside)


def _content(verb: Token, lemma: str, base: int) -> Spans:
    if not verb.tag_.startswith("V"):
        return stretches.after(verb, base)
    last = last_of_phrase(verb)
    if last is not None and (found := stretches.of_phrase(verb, last, base)):
        return found
    return stretches.of_verb(verb, is_saying=lemma in SAY, base=base, subject=_subject_of(verb, 2, _all(verb)))


def _all(verb: Token) -> frozenset[int]:
    return frozenset(range(len(verb.doc)))


def _according(doc: Doc, base: int, outside: frozenset[int]) -> Iterator[Clause]:
    for token in doc:
        if token.lower_ != "according" or token.i + 1 >= len(doc) or doc[token.i + 1].lower_ != "to":
            continue
        to = doc[token.i + 1]
        head = next((c for c in to.children if c.dep_ == "pobj"), None)
        if head is None or token.i not in outside:
            continue
        cue = (base + token.idx, base + to.idx + len(to))
        yield Clause(mentions(head, base), cue, stretches.of_according(token, to, head, base), 3, cue[0])


def _in_the_view(doc: Doc, base: int, outside: frozenset[int]) -> Iterator[Clause]:
    """'In Holm's view, the roof leaks', 'by his own account', 'in the words of Anna Holm'."""
    for token in doc:
        if token.lower_ not in VIEWS or token.i not in outside or token.head.lower_ not in ("in", "by", "to"):
            continue
        whose = tuple(owners(token, base))
        content = stretches.beside_phrase(token.head, token, base) if whose else ()
        if content:
            yield Clause(
                whose,
                (base + token.idx, base + token.idx + len(token)),
                content,
                3,
                base + token.head.idx,
            )


def _noun_clauses(doc: Doc, base: int, outside: frozenset[int]) -> Iterator[Clause]:
    """'Mr. Carter's claim that …', 'his call for …', 'a promise by the firm to …', 'made the case that …'."""
    for token in doc:
        if not token.tag_.startswith("NN") or token.i not in outside:
            continue
        known = token.lower_ in NOUNS
        whose = tuple(owners(token, base))
        if known and not whose and token.dep_ == "dobj" and token.head.lower_ in LIGHT:
            head = _subject_of(token.head, 4, outside)
            whose = mentions(head, base) if head is not None else ()
        content = stretches.of_noun(token, is_known=known, base=base) if whose else ()
        if content or (whose and known and token.head.lower_ in LIGHT):
            cue = (base + token.idx, base + token.idx + len(token))
            yield Clause(
                whose,
                cue,
                content,
                2 if known else 1,
                min(cue[0], whose[0].start),
                is_noun=True,
                is_closed=token.dep_ == "nsubj",
            )


def _minded(doc: Doc, base: int, outside: frozenset[int]) -> Iterator[Clause]:
    """'She is confident that …', 'he was critical of …', 'they seemed worried about …'."""
    for token in doc:
        if token.lower_ not in MINDED or token.dep_ not in ("acomp", "oprd") or token.i not in outside:
            continue
        head = _subject_of(token.head, 4, outside)
        parts = [c for c in token.children if c.i > token.i and c.dep_ in ("ccomp", "xcomp", "prep")]
        content = stretches.of_parts(parts, base)
        if head is not None and content:
            speakers, cue = mentions(head, base), (base + token.idx, base + token.idx + len(token))
            yield Clause(speakers, cue, content, 1, min(cue[0], speakers[0].start))


def _writing(verb: Token) -> str | None:
    """The noun in 'said in a statement'."""
    for child in verb.children:
        if child.dep_ == "prep" and child.lower_ in ("in", "on", "to"):
            for nominal in child.children:
                if nominal.dep_ == "pobj" and nominal.lower_ in WRITINGS:
                    return nominal.lower_
    return None
