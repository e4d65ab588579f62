"""Which stretches of a sentence a cue makes somebody's words.

Knows one sentence's parse, nothing of speakers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Spans = tuple[tuple[int, int], ...]
_CLAUSAL = ("ccomp", "xcomp")
_OBJECTS = (
    "dobj",
    "prep",
    "ccomp",
    "xcomp",
    "attr",
    "oprd",
    "dative",
    "pobj",
    "acomp",
    "advcl",
    "npadvmod",
)
_CIRCUMSTANCE = re.compile(
    r"[\s,]*(?:(?:(?:late|early|earlier|later|last|this|next|on) )*(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
    r"|(?:at|during|in) (?:a|an|the|his|her|their|its) (?:[\w-]+ ){0,3}(?:interview|statement|rally|speech|conference|"
    r"event|briefing|letter|tweet|post|meeting|hearing|debate|call|email|e-mail|memo|article|column|report|podcast)\b"
    r"|(?:when|after|before) (?:asked|being asked)\b|(?:last|this|earlier|later) (?:week|month|year|night)\b|in \d{4}\b"
    r"|in (?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
    r"|yesterday\b|today\b)",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"(?:[\s,;]|\b(?:and|but|while|though|although|yet|as|who|which|when|where|that)\b|--|[–—-])+$", re.I
)
_EDGES = frozenset((",", ".", ";", ":", "-", "--", "—", "–", " "))


def of_verb(verb: Token, *, is_saying: bool, base: int, subject: Token | None) -> Spans:
    """Return what a verb says of whoever is its subject: its clause, its objects, or what stands before ', X said'."""
    if is_saying and (parenthesis := _around(verb, subject, base)):
        return parenthesis
    clausal = [c for c in verb.children if c.dep_ in _CLAUSAL]
    if is_saying and any(c.dep_ == "ccomp" for c in clausal):
        return _spans((t for c in clausal for t in c.subtree), base)
    if verb.dep_ == "parataxis" or _is_as(verb):
        mine = {t.i for t in verb.subtree}
        return _spans((t for t in verb.head.subtree if t.i not in mine), base)
    objects = [c for c in verb.children if c.dep_ in _OBJECTS and c.i > verb.i and not _is_own_clause(c)]
    if objects:
        return _whole(_spans((t for c in objects for t in c.subtree), base))
    return _before(verb, subject, base) if is_saying else ()


def _whole(spans: Spans) -> Spans:
    """Return one stretch from the first to the last: what stands between objects belongs to them."""
    return ((spans[0][0], spans[-1][1]),) if spans else ()


def _is_own_clause(child: Token) -> bool:
    """'…, adding that …', '… by Anna Holm': no part of what the verb says."""
    is_participle = child.dep_ == "advcl" and not any(c.dep_ in ("mark", "aux") for c in child.children)
    return child.dep_ == "agent" or is_participle


def _is_as(verb: Token) -> bool:
    """'As Holm noted, …', 'as experts have pointed out, …'."""
    is_bare = not any(c.dep_ in ("dobj", "prep", *_CLAUSAL) for c in verb.children if c.i > verb.i)
    return is_bare and verb.dep_ == "advcl" and any(c.dep_ == "mark" and c.lower_ == "as" for c in verb.children)


def _around(verb: Token, subject: Token | None, base: int) -> Spans:
    """'If this fails, Lund argues, there are other ways': what stands on both sides of a parenthesis."""
    doc = verb.doc
    left = min(verb.i, subject.left_edge.i) if subject is not None and subject.i != verb.i else verb.i
    right = next((t.i for t in doc[verb.i :] if t.text in (",", '"', "that", ":")), len(doc))
    if left < 2 or right - verb.i > 9 or right >= len(doc) - 2 or doc[left - 1].text != "," or doc[right].text != ",":
        return ()
    is_inverted = subject is None or subject.i > verb.i
    if is_inverted and not any(t.tag_ in ("VBD", "VBZ", "VBP", "MD") for t in doc[right:]):
        return ()  # 'The roof leaks, said the director, Anna Holm'
    if verb.i - left > 6 or any(c.dep_ == "ccomp" and verb.i < c.i < right for c in verb.children):
        return ()
    return (*_spans(doc[:left], base), *_spans(doc[right:], base))


def _before(verb: Token, subject: Token | None, base: int) -> Spans:
    """What stands before ', X said' where the parse did not join the two."""
    first = min([verb.i, *([subject.left_edge.i] if subject is not None and subject.i != verb.i else [])])
    return before_comma(verb.doc[first], base)


def before_comma(token: Token, base: int) -> Spans:
    """Return what stands before a comma or mark that precedes a token."""
    comma = token.i - 1
    is_mark = comma > 1 and token.doc[comma].text in (",", '"', "-", "--", "—")
    return _spans(token.doc[:comma], base) if is_mark else ()


def of_phrase(verb: Token, last: int, base: int) -> Spans:
    """Return what belongs to a phrase that ends at a token: 'made it clear …', 'as she put it, …'."""
    doc = verb.doc
    if verb.lower_.startswith("put"):  # 'as X put it' speaks of the rest of the sentence
        edge = min(t.i for t in verb.subtree)
        if edge > 2:
            return _spans(doc[:edge], base)
        comma = next((t.i for t in doc[last:] if t.text in (",", ":")), None)
        return _spans(doc[comma + 1 :], base) if comma is not None else ()
    return _spans(doc[last + 1 :], base)


def of_parts(parts: Iterable[Token], base: int) -> Spans:
    """Return the stretches that phrases cover."""
    return _spans((t for part in parts for t in part.subtree), base)


def after(token: Token, base: int) -> Spans:
    """Return all that follows a token."""
    return _spans(token.doc[token.i + 1 :], base)


def beside_phrase(first: Token, noun: Token, base: int) -> Spans:
    """Return the sentence without a phrase such as 'in her view' at its beginning or end."""
    doc, last = first.doc, max(t.i for t in noun.subtree)
    if first.i < 3:
        comma = next((t.i for t in doc[noun.i :] if t.text == ","), last)
        return _spans(doc[comma + 1 :], base)
    return (*_spans(doc[: first.i], base), *_spans(doc[last + 1 :], base))


def of_according(token: Token, to: Token, head: Token, base: int) -> Spans:
    """Return what somebody is made the source of by 'according to'."""
    mine = {t.i for t in token.subtree} | {t.i for t in to.subtree}
    anchor = token.head if token.head.i != token.i else to.head
    whole = anchor.sent if anchor.i in mine else _clause_of(anchor)
    return _spans((t for t in whole if t.i not in mine), base) or _after_comma(head, base)


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


def of_noun(noun: Token, *, is_known: bool, base: int) -> Spans:
    """Return what belongs to 'her claim that …'; of a noun that is no cue by itself only 'that …' or 'is that …'."""
    prepositions = ("for", "of", "about", "on", "that", "to", "against", "with", "over", "from")
    parts = [
        c
        for c in noun.children
        if c.i > noun.i
        and (
            (is_known and c.dep_ in ("acl", "ccomp", "relcl") and c.tag_ != "VBN")
            or (is_known and c.dep_ == "prep" and c.lower_ in prepositions)
            or (c.dep_ in ("acl", "ccomp") and _is_that(c))
        )
    ]
    if not parts and noun.dep_ == "nsubj" and noun.head.lower_ in ("is", "was"):
        parts = [
            c for c in noun.head.children if c.i > noun.head.i and (_is_that(c) or (is_known and c.dep_ == "xcomp"))
        ]
    return _spans((t for c in parts for t in c.subtree), base)


def _is_that(clause: Token) -> bool:
    return any(t.dep_ == "mark" and t.lower_ == "that" for t in clause.children)


def with_rest(content: Spans, cue: tuple[int, int], limit: int | None, doc: Doc, base: int) -> Spans:
    """Add the rest of the sentence, up to the next clause's beginning, unless it tells when or where it was said."""
    if not content or content[-1][1] <= cue[1]:
        return content
    start, end = content[-1]
    stop = base + len(doc.text) if limit is None else limit
    rest = doc.text[end - base : stop - base]
    if limit is not None:
        rest = _JOINT.sub("", rest)
    rest = rest.rstrip(' \n.,;:"')
    if not any(c.isalnum() for c in rest) or _CIRCUMSTANCE.match(rest):
        return content
    return (*content[:-1], (start, end + len(rest)))


def is_circumstance(content: Spans, doc: Doc, base: int) -> bool:
    """Say whether a content only tells when or where somebody spoke: 'on Monday'."""
    return len(content) == 1 and bool(_CIRCUMSTANCE.fullmatch(doc.text[content[0][0] - base : content[0][1] - base]))


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
    while run and (run[0].text in _EDGES or (run[0].i == 0 and run[0].tag_ == "CC")):
        run = run[1:]
    while run and run[-1].text in _EDGES:
        run = run[:-1]
    if not any(t.text[:1].isalnum() or t.text[:1] in "$#@" for t in run):
        return None
    return base + run[0].idx, base + run[-1].idx + len(run[-1])
