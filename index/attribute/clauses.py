"""Reads the reporting clauses off a sentence's parse: who, by which word, and what stretch of the sentence.

Knows one sentence at a time; who 'he' is gets decided elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from index.attribute.cues import ABOUT, LEMMAS, NOBODY, NOUNS, SAY, SPEAKERS, WRITINGS

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Spans = tuple[tuple[int, int], ...]
_SUBJECTS = ("nsubj", "csubj", "expl")
_CLAUSAL = ("ccomp", "xcomp")
_OBJECTS = ("dobj", "prep", "ccomp", "xcomp", "attr", "oprd", "dative", "pobj", "agent", "prt", "acomp")
_AGENT_ENDINGS = ("ers", "ists", "ians", "ist", "ian", "man", "men", "woman", "women", "crats", "cans")
_REST = re.compile(
    r",? (?:but|because|if|until|unless|so|though|although|since|even|rather|as|to|for|in|of|by|with|that|where|when)\b"
    r"[^\"]*[^\s\".,;:]"
)
_WHO = frozenset("who which that whom".split())
_PRONOUNS = frozenset("he she they it i we you his her their its him them my our".split())


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that stand for a speaker. `owner` names whoever a writing or an office belongs to."""

    start: int
    end: int
    text: str
    kind: Literal["name", "pronoun", "description", "writing"]
    owner: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """A reporting clause; `content` may be empty where it only introduces a quotation.

    `level` as in `cues.strength`. `cue` is (start, end). All offsets are the document's.
    """

    speakers: tuple[Mention, ...]
    cue: tuple[int, int]
    content: Spans
    level: int
    lemma: str
    writing: str | None = None  # 'statement' in "they said in the statement"


def clauses(doc: Doc, base: int) -> list[Clause]:
    """Return the reporting clauses of a parsed sentence that begins at `base`, in order of their cues."""
    found = [*_verb_clauses(doc, base), *_according(doc, base), *_noun_clauses(doc, base)]
    ordered = sorted(found, key=lambda clause: clause.cue)
    return [_with_rest(clause, ordered, doc, base) for clause in ordered]


def _with_rest(clause: Clause, all_clauses: list[Clause], doc: Doc, base: int) -> Clause:
    """Add the rest of a sentence that goes on with ', but only …' or 'because …' and has no other speaker."""
    if not clause.content or clause.content[-1][1] <= clause.cue[1]:
        return clause
    start, end = clause.content[-1]
    rest = _REST.match(doc.text, end - base)
    if rest is None or any(other.cue[0] > end for other in all_clauses):
        return clause
    return replace(clause, content=(*clause.content[:-1], (start, base + rest.end())))


def can_speak(mention: Mention, level: int) -> bool:
    """Say whether a mention may be a speaker: a name, a pronoun, or a description of people or of a body.

    After a cue of a state of mind or of less than saying, only those who certainly are people or bodies.
    """
    if mention.kind in ("name", "pronoun") or mention.owner:
        return True
    words = mention.text.lower().split()
    if not words or words[-1] in NOBODY or any(c.isdigit() for c in mention.text):
        return False
    return level == 3 or words[-1] in SPEAKERS or words[-1] in WRITINGS or words[-1].endswith(_AGENT_ENDINGS)


def subject(doc: Doc, base: int) -> tuple[Mention, ...]:
    """Return whom the sentence is about: the subject of its first root."""
    for token in doc:
        if token.dep_ == "ROOT":
            head = next((c for c in token.children if c.dep_ in ("nsubj", "nsubjpass")), None)
            return _mentions(head, base) if head is not None else ()
    return ()


def _verb_clauses(doc: Doc, base: int) -> Iterator[Clause]:
    for token in doc:
        lemma = LEMMAS.get(token.lower_)
        if lemma is None or not token.tag_.startswith("V") or token.dep_ in ("aux", "amod", "compound"):
            continue
        speakers = _speakers(token, base)
        if not speakers and lemma in SAY:
            speakers = _inverted(token, base)
        content = _content(token, lemma, base)
        level = 3 if lemma in SAY else 2 if lemma in ABOUT else 1
        if speakers and (content or level == 3):
            cue = (base + token.idx, base + token.idx + len(token))
            yield Clause(speakers, cue, content, level, lemma, _writing(token))


def _inverted(verb: Token, base: int) -> tuple[Mention, ...]:
    """'…, said Anna Holm' where the parse found no subject."""
    end = verb.i + 1
    while end < len(verb.doc) and verb.doc[end].tag_ in ("NNP", "NNPS"):
        end += 1
    before = verb.doc[verb.i - 1].text if verb.i else ""
    return (_name(verb.doc[end - 1], base),) if end > verb.i + 1 and before in (",", '"', "?", "!") else ()


def _speakers(verb: Token, base: int) -> tuple[Mention, ...]:
    head = _subject_of(verb, depth=4)
    return _mentions(head, base) if head is not None else ()


def _subject_of(verb: Token, depth: int) -> Token | None:
    """Follow the parse to whoever does what the verb says."""
    if depth == 0:
        return None
    children = list(verb.children)
    if any(c.dep_ in ("nsubjpass", "auxpass", "agent") for c in children):
        agent = next((c for c in children if c.dep_ == "agent"), None)
        return next((c for c in agent.children if c.dep_ == "pobj"), None) if agent is not None else None
    own = next((c for c in children if c.dep_ == "nsubj"), None)
    if own is not None:
        return verb.head if own.lower_ in _WHO and verb.dep_ == "relcl" else own
    head = verb.head
    if verb.dep_ in ("conj", "xcomp", "advcl", "ccomp", "dep") and head.tag_.startswith("V") and head.i != verb.i:
        return _subject_or_passive(head, depth - 1)
    if verb.dep_ == "acl" and head.tag_.startswith("N"):
        return head
    if verb.dep_ == "pcomp":
        return _subject_through_preposition(head, depth - 1)
    return None


def _subject_or_passive(verb: Token, depth: int) -> Token | None:
    passive = next((c for c in verb.children if c.dep_ == "nsubjpass"), None)
    return passive if passive is not None else _subject_of(verb, depth)


def _subject_through_preposition(preposition: Token, depth: int) -> Token | None:
    """'quoted X as saying', 'responded by saying'."""
    verb = preposition.head
    if not verb.tag_.startswith("V"):
        return None
    if preposition.lower_ == "as":
        quoted = next((c for c in verb.children if c.dep_ in ("dobj", "nsubjpass")), None)
        if quoted is not None:
            return quoted
    return _subject_or_passive(verb, depth)


def _mentions(head: Token, base: int) -> tuple[Mention, ...]:
    """Return a noun phrase's mention and those joined to it by 'and'."""
    found = [_mention(head, base)]
    found += [_mention(c, base) for c in head.conjuncts if c.dep_ == "conj" and c.i > head.i and _is_nominal(c)]
    return tuple(found)


def _is_nominal(token: Token) -> bool:
    return token.tag_.startswith(("N", "PRP"))


def _mention(head: Token, base: int) -> Mention:
    if head.lower_ in _PRONOUNS and head.tag_.startswith("PRP"):
        return Mention(base + head.idx, base + head.idx + len(head), head.text, "pronoun")
    if head.tag_.startswith("NNP"):
        return _name(head, base)
    after = head.i + 1
    while after < len(head.doc) and head.doc[after].tag_ in ("NNP", "NNPS"):
        after += 1
    if after > head.i + 2:  # 'Japanese premier Fumio Kishida' where the parse left the name out
        return _name(head.doc[after - 1], base)
    appositive = next((c for c in head.children if c.dep_ == "appos" and c.tag_.startswith("NNP")), None)
    if appositive is not None:
        return _name(appositive, base)
    start, end = base + head.doc[head.left_edge.i].idx, base + head.idx + len(head)
    kind: Literal["description", "writing"] = "writing" if head.lower_ in WRITINGS else "description"
    return Mention(start, end, head.doc.text[start - base : end - base], kind, tuple(_owners(head, base)))


def _owners(head: Token, base: int) -> Iterator[Mention]:
    for child in head.children:
        if child.dep_ == "poss":
            yield _mention(child, base)
        elif child.dep_ in ("prep", "agent") and child.lower_ in ("by", "from", "of"):
            for nominal in child.children:
                if (
                    nominal.dep_ == "pobj"
                    and nominal.tag_.startswith("NNP")
                    and (child.lower_ != "of" or head.lower_ not in WRITINGS)
                ):
                    yield from _mentions(nominal, base)


def _name(head: Token, base: int) -> Mention:
    """The run of proper nouns that ends with the head, particles among them."""
    first = head
    while first.i > 0:
        before = head.doc[first.i - 1]
        joins = before.tag_ in ("NNP", "NNPS") or (
            before.lower_ in ("of", "de", "van", "von", "bin", "al", "-")
            and before.i > 0
            and head.doc[before.i - 1].tag_ == "NNP"
            and before.lower_ != "of"
        )
        if not joins:
            break
        first = before
    start, end = base + first.idx, base + head.idx + len(head)
    return Mention(start, end, head.doc.text[start - base : end - base], "name")


def _content(verb: Token, lemma: str, base: int) -> Spans:
    clausal = [c for c in verb.children if c.dep_ in _CLAUSAL]
    if lemma in SAY and any(c.dep_ == "ccomp" for c in clausal):
        return _spans((t for c in clausal for t in c.subtree), base)
    if verb.dep_ == "parataxis":
        mine = {t.i for t in verb.subtree}
        return _spans((t for t in verb.head.subtree if t.i not in mine), base)
    objects = [c for c in verb.children if c.dep_ in _OBJECTS and c.dep_ != "agent" and c.i > verb.i]
    if objects:
        return _spans((t for c in objects for t in c.subtree), base)
    return _before(verb, base) if lemma in SAY else ()


def _before(verb: Token, base: int) -> Spans:
    """What stands before ', X said' where the parse did not join the two."""
    head = _subject_of(verb, 2)
    first = min([verb.i, *([head.left_edge.i] if head is not None and head.i != verb.i else [])])
    comma = first - 1
    if comma > 1 and verb.doc[comma].text in (",", '"', "-", "--", "—"):
        return _spans(verb.doc[:comma], base)
    return ()


def _according(doc: Doc, base: int) -> Iterator[Clause]:
    for token in doc:
        if token.lower_ != "according" or token.i + 1 >= len(doc) or doc[token.i + 1].lower_ != "to":
            continue
        to = doc[token.i + 1]
        head = next((c for c in to.children if c.dep_ == "pobj"), None)
        if head is None:
            continue
        mine = {t.i for t in token.subtree} | {t.i for t in to.subtree}
        anchor = token.head if token.head.i != token.i else to.head
        whole = anchor.sent if anchor.i in mine else _clause_of(anchor)
        content = _spans((t for t in whole if t.i not in mine), base) or _after_comma(head, base)
        cue = (base + token.idx, base + to.idx + len(to))
        yield Clause(_mentions(head, base), cue, content, 3, "according")


def _after_comma(head: Token, base: int) -> Spans:
    """What follows 'According to X,' where the parse took it for a part of X."""
    comma = next((t.i for t in head.doc[head.i + 1 :] if t.text == ","), None)
    return _spans(head.doc[comma + 1 :], base) if comma is not None else ()


def _clause_of(token: Token) -> Iterable[Token]:
    while token.head.i != token.i and not token.tag_.startswith("V"):
        token = token.head
    while token.head.i != token.i and token.dep_ in ("ccomp", "xcomp", "aux", "conj"):
        token = token.head
    return list(token.subtree)


def _noun_clauses(doc: Doc, base: int) -> Iterator[Clause]:
    """'Mr. Carter's claim that …', 'his call for …', 'a promise by the firm to …'."""
    for token in doc:
        if token.lower_ not in NOUNS or not token.tag_.startswith("NN"):
            continue
        owners = tuple(_owners(token, base))
        parts = [
            c
            for c in token.children
            if c.i > token.i
            and (
                c.dep_ in ("acl", "ccomp", "relcl")
                or (c.dep_ == "prep" and c.lower_ in ("for", "of", "about", "on", "that", "to", "against"))
            )
        ]
        if owners and parts:
            content = _spans((t for c in parts for t in c.subtree), base)
            cue = (base + token.idx, base + token.idx + len(token))
            yield Clause(owners, cue, content, 2, token.lower_)


def _writing(verb: Token) -> str | None:
    """The noun in 'said in a statement'."""
    for child in verb.children:
        if child.dep_ == "prep" and child.lower_ in ("in", "on", "to"):
            for nominal in child.children:
                if nominal.dep_ == "pobj" and nominal.lower_ in WRITINGS:
                    return nominal.lower_
    return None


def _spans(tokens: Iterable[Token], base: int) -> Spans:
    """Return the stretches of text that the tokens cover, without punctuation at their edges."""
    ordered = sorted({t.i: t for t in tokens}.values(), key=lambda t: t.i)
    runs: list[list[Token]] = []
    for token in ordered:
        if runs and token.i == runs[-1][-1].i + 1:
            runs[-1].append(token)
        else:
            runs.append([token])
    return tuple(span for run in runs if (span := _trimmed(run, base)))


def _trimmed(run: list[Token], base: int) -> tuple[int, int] | None:
    while run and run[0].text in (",", ".", ";", ":", "-", "--", "—", " "):
        run = run[1:]
    while run and run[-1].text in (",", ".", ";", ":", "-", "--", "—", " "):
        run = run[:-1]
    if not any(t.text[:1].isalnum() or t.text[:1] in "$#@" for t in run):
        return None
    return base + run[0].idx, base + run[-1].idx + len(run[-1])
