"""Reads the words that stand for a speaker off a noun phrase: names, pronouns, descriptions, writings.

Knows one sentence's parse; who is meant gets decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from index.attribute.cues import NOBODY, SPEAKERS, TIMES, WRITINGS
from index.attribute.given_names import MEN, WOMEN

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_AGENT_ENDINGS = ("ers", "ists", "ians", "ist", "ian", "man", "men", "woman", "women", "crats", "cans")
_PRONOUNS = frozenset("he she they it i we you his her their its him them my our who".split())
_PARTICLES = frozenset("de van von bin al -".split())
# "the claim of Anna Holm" is hers; "criticism of Anna Holm" is others'.
_OF_WHOM = frozenset(
    """
claim claims statement statements promise promises pledge pledges argument arguments warning warnings suggestion words
view views opinion opinions belief beliefs position stance insistence contention testimony remarks comments demand
demands complaint complaints decision intention account theory conclusion proposal proposals advice
""".split()
)
_FROM_WHERE = frozenset("report reports story stories piece article video dispatch transcript".split())  # from Moscow
_EXAMPLES = frozenset(("including", "like", "as"))


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that stand for a speaker. `owner` names whoever a writing or an office belongs to."""

    start: int
    end: int
    text: str
    kind: Literal["name", "pronoun", "description", "writing"]
    owner: tuple[Mention, ...] = ()


def can_speak(mention: Mention, level: int) -> bool:
    """Say whether a mention may be a speaker: a name, a pronoun, or a description of people or of a body.

    After a cue of a state of mind or of less than saying, only those who certainly are people or bodies.
    """
    words = mention.text.lower().split()
    if mention.kind in ("name", "pronoun") or mention.owner:
        return words[-1] not in NOBODY or mention.kind == "pronoun"
    if not words or words[-1] in NOBODY or any(c.isdigit() for c in mention.text):
        return False
    return level == 3 or words[-1] in SPEAKERS or words[-1] in WRITINGS or words[-1].endswith(_AGENT_ENDINGS)


def first_subject(doc: Doc, base: int, before: int) -> tuple[Mention, ...]:
    """Return the first subject of a verb in front of an offset."""
    subjects = (t for t in doc if t.dep_ in ("nsubj", "nsubjpass") and base + t.idx < before)
    head = next(subjects, None)
    return mentions(head, base) if head is not None else ()


def subject(doc: Doc, base: int) -> tuple[Mention, ...]:
    """Return whom the sentence is about: the subject of its first root."""
    for token in doc:
        if token.dep_ == "ROOT":
            head = next((c for c in token.children if c.dep_ in ("nsubj", "nsubjpass")), None)
            return mentions(head, base) if head is not None else ()
    return ()


def mentions(head: Token, base: int) -> tuple[Mention, ...]:
    """Return a noun phrase's mention, those joined to it by 'and', and those it names as examples."""
    found = [mention(head, base)]
    found += [mention(c, base) for c in head.conjuncts if c.dep_ == "conj" and c.i > head.i and _is_nominal(c)]
    return (*found, *_examples(head, base))


def _examples(head: Token, base: int) -> Iterator[Mention]:
    """'critics like Anna Holm and Peter Lund', 'experts, including Anna Holm'."""
    if not head.tag_.startswith("NN") or head.tag_.startswith("NNP"):
        return
    for child in head.children:
        if child.i > head.i and child.lower_ in _EXAMPLES and child.dep_ == "prep":
            for nominal in child.children:
                if nominal.dep_ == "pobj" and nominal.tag_.startswith("NNP"):
                    yield from mentions(nominal, base)


def _is_nominal(token: Token) -> bool:
    return token.tag_.startswith(("N", "PRP"))


def mention(head: Token, base: int) -> Mention:
    """Return the mention whose noun phrase has this head."""
    if head.lower_ in _PRONOUNS and head.tag_.startswith("PRP"):
        return Mention(base + head.idx, base + head.idx + len(head), head.text, "pronoun")
    if head.tag_.startswith("NNP"):
        return name(head, base)
    after = head.i + 1
    while after < len(head.doc) and head.doc[after].tag_ in ("NNP", "NNPS"):
        after += 1
    if after > head.i + 2:  # 'Japanese premier Fumio Kishida' where the parse left the name out
        return name(head.doc[after - 1], base)
    appositive = _appositive(head)
    if appositive is not None:
        return name(appositive, base)
    named = _named_behind(head)
    if named is not None:
        return name(named, base)
    start, end = base + head.doc[head.left_edge.i].idx, base + head.idx + len(head)
    kind: Literal["description", "writing"] = "writing" if head.lower_ in WRITINGS else "description"
    return Mention(start, end, head.doc.text[start - base : end - base], kind, tuple(owners(head, base)))


def _appositive(head: Token) -> Token | None:
    """'The director, Anna Holm', 'the other man, his cousin Peter Lund'."""
    appositives = [c for c in head.children if c.dep_ == "appos" and c.i > head.i]
    named = next((c for c in appositives if c.tag_.startswith("NNP")), None)
    return named or next((found for c in appositives if (found := _appositive(c)) is not None), None)


def _named_behind(head: Token) -> Token | None:
    """'An attorney for the firm, Anna Holm, said': the name between commas before the verb."""
    verb, doc = head.head, head.doc
    last = verb.i - 1
    while last > head.i and doc[last].dep_ in ("aux", "advmod", "neg"):
        last -= 1
    if verb.i <= head.i or last - 3 <= head.i or doc[last].text != "," or not doc[last - 2].tag_.startswith("NNP"):
        return None
    first = last - 1
    while first > head.i and doc[first].tag_.startswith("NNP"):
        first -= 1
    return doc[last - 1] if doc[first].text == "," and doc[last - 1].tag_.startswith("NNP") else None


def owners(head: Token, base: int) -> Iterator[Mention]:
    """Yield whom a noun belongs to: 'Anna Holm's letter', 'a letter by Anna Holm'."""
    for child in head.children:
        if child.dep_ == "poss":
            yield mention(child, base)
        elif child.dep_ == "acl" and head.lower_ in WRITINGS:  # 'a letter written by Anna Holm'
            yield from owners(child, base)
        elif child.dep_ in ("prep", "agent") and child.lower_ in ("by", "from", "of"):
            for nominal in child.children:
                if (
                    nominal.dep_ == "pobj"
                    and nominal.tag_.startswith("NNP")
                    and (child.lower_ != "of" or head.lower_ in _OF_WHOM)
                    and (child.lower_ != "from" or head.lower_ not in _FROM_WHERE)
                ):
                    yield from mentions(nominal, base)


def name(head: Token, base: int) -> Mention:
    """Return the run of proper nouns that ends with the head, particles among them."""
    head = _before_bracket(head)
    while head.text[0].islower() and head.i > 0 and head.doc[head.i - 1].tag_ in ("NNP", "NNPS"):
        head = head.doc[head.i - 1]  # 'Trump demands' taken for a name
    while is_time(head) and head.i > 0 and head.doc[head.i - 1].tag_.startswith("NNP"):
        head = head.doc[head.i - 1]  # 'Holm Sunday night'
    while head.i + 1 < len(head.doc) and head.doc[head.i + 1].tag_ == "NNP" and head.doc[head.i + 1].text[0].isupper():
        if is_time(head.doc[head.i + 1]):
            break
        head = head.doc[head.i + 1]  # 'Nordvind director' with its name taken for something else
    first = head
    while first.i > 0 and _joins(head.doc[first.i - 1]):
        first = head.doc[first.i - 1]
    start, end = base + first.idx, base + head.idx + len(head)
    return Mention(start, end, head.doc.text[start - base : end - base], "name")


def is_time(token: Token) -> bool:
    """Say whether a word tells a time rather than names somebody: 'May' behind a first name is a last name."""
    before = token.doc[token.i - 1].lower_ if token.i else ""
    return token.lower_ in TIMES and before not in MEN | WOMEN


def _before_bracket(head: Token) -> Token:
    """'Marcia Price (D-Newport News)': the name, where the parse took the bracket for the head."""
    doc = head.doc
    opening = next((i for i in range(head.i, max(-1, head.i - 6), -1) if doc[i].text in ("(", ")")), 0)
    is_inside = opening > 0 and doc[opening].text == "(" and doc[opening - 1].text[0].isupper()
    return doc[opening - 1] if is_inside else head


def _joins(before: Token) -> bool:
    if before.tag_ in ("NNP", "NNPS"):
        return True
    return before.lower_ in _PARTICLES and before.i > 0 and before.doc[before.i - 1].tag_ == "NNP"
