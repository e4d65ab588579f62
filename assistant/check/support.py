"""Does a stretch of a source bear out a sentence? Word by word, in order, and the same every time.

Every word that counts must stand in one to three neighbouring sentences of the source, in the same order, with the
same negations, modality and tense, and nothing that changes the meaning may be left out between them. That is stricter
than meaning asks for: a true sentence in quite other words is not borne out here, and a person is told so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from assistant.check.claim import Token, is_english, meets, read_claim
from index.records import Span
from index.split import sentences

_MOST_SENTENCES = 3  # of a source that together bear out one sentence
_CONDITIONS = frozenset("if unless until except only".split())
_PREPOSITIONS = frozenset("in on at by from to with for of into onto about".split())
_DIRECTIONS = frozenset("by to from with for".split())
_JOINS = frozenset("and but or".split())
_PLACES = frozenset("in on at".split())
_LONG_PREPOSITIONS = frozenset("between during within after before until since under over near among through".split())
_LONGEST_PHRASE = 5  # words of a time or place that may stand elsewhere in a sentence
_SAYING = frozenset("deny denies denied denying doubt doubts doubted reject rejects rejected".split()) | _CONDITIONS
# Bounds of the work for one sentence, however hostile; what goes beyond them is struck.
_MOST_WORDS, _MOST_PLACES, _MOST_VARIANTS = 80, 12, 24
_WRONG = 1_000  # cost of what must not be; a skipped word costs 1
_PRONOUN = re.compile(r"(?:he|she|it|they|his|her|its|their|this|that|these|those)\b", re.I)


@dataclass(frozen=True, slots=True)
class Window:
    """Neighbouring sentences of a source, their words in order, and at which words a sentence after the first begins.

    `resumes` are those beginnings that go on with the sentence before ('It rose …').
    """

    span: Span
    tokens: tuple[Token, ...]
    begins: frozenset[int]
    resumes: frozenset[int]
    known: str  # text in which the names' full forms may stand
    is_foreign: bool = False  # not English: only what is repeated without a gap is borne out


@dataclass(frozen=True, slots=True)
class Borne:
    """The window that bears a claim out, and the offsets in the document of the words that do."""

    window: Window
    offsets: tuple[int, ...]


def windows(text: str, start: int, known: str) -> list[Window]:
    """Return the windows of a source whose text begins at `start` of its document, the shortest first."""
    spans = sentences(text)
    read = [read_claim(text[a:b], start + a) for a, b in spans]
    named = {key for tokens in read for token in tokens if token.kind == "name" for key in token.keys}
    read = [tuple(as_names(tokens, named)) for tokens in read]
    found, is_foreign = [], not is_english(text)
    for size in range(1, min(_MOST_SENTENCES, len(spans)) + 1):
        for first in range(len(spans) - size + 1):
            chosen = range(first, first + size)
            tokens = [token for n in chosen for token in read[n]]
            starts = [sum(len(read[n]) for n in range(first, later)) for later in chosen[1:]]
            a, b = spans[first][0], spans[first + size - 1][1]
            later = zip(starts, chosen[1:], strict=True)
            resumes = frozenset(at for at, n in later if _PRONOUN.match(text, spans[n][0]))
            span = Span(start + a, start + b, text[a:b])
            found.append(Window(span, tuple(tokens), frozenset(starts), resumes, known, is_foreign))
    return found


def as_names(tokens: Sequence[Token], named: set[str] | frozenset[str]) -> Iterator[Token]:
    """Take a sentence's capitalised first word for a name where it is one elsewhere or another name follows it."""
    for n, token in enumerate(tokens):
        follows = n + 1 < len(tokens) and tokens[n + 1].kind == "name" and not tokens[n + 1].breaks
        is_name = token.kind == "word" and token.text[:1].isupper() and (follows or not token.keys.isdisjoint(named))
        yield replace(token, kind="name") if is_name else token


def bear_out(
    claim: Sequence[Token], among: Sequence[Window], *, backshift: bool = False, told: frozenset[str] = frozenset()
) -> Borne | str:
    """Return the window that bears the claim out, the shortest first, or why none does.

    With `backshift` a present of the source may be a past of the claim, as in reported speech. `told` are words that
    the sentence has outside the claim ('denied'): the source may have them too.
    """
    if not 0 < len(claim) <= _MOST_WORDS:
        return "it is too long to be compared" if claim else "it says nothing that can be compared"
    best: tuple[int, Borne | str] = (10**9, "nothing of it stands in the source")
    for window in among:
        wanted = _without_known_names(claim, window)
        missing = [t for t in wanted if not any(meets(t, found) for found in window.tokens)]
        if missing or not wanted:
            worst = min(missing or claim, key=lambda token: (not token.is_hard, token.start))
            best = min(best, (_WRONG * (10 + 10 * len(missing)), f"“{worst.text}” does not stand there"), key=_cost)
            continue
        for variant in islice(_variants(wanted), _MOST_VARIANTS):
            cost, outcome = _align(variant, window, backshift, told)
            if isinstance(outcome, Borne):
                return outcome
            best = min(best, (cost, outcome), key=_cost)
    return best[1]


def _cost(outcome: tuple[int, Borne | str]) -> int:
    return outcome[0]


def _variants(claim: Sequence[Token]) -> Iterator[tuple[tuple[Token, ...], ...]]:
    """Yield the claim as blocks whose order among them is free: as it is, then with a time or place that moved."""
    yield (tuple(claim),)
    for at, token in enumerate(claim):
        if token.before not in _PLACES and token.text.lower() not in _LONG_PREPOSITIONS:
            continue
        for end in range(at + 1, min(at + _LONGEST_PHRASE, len(claim)) + 1):
            rest = (*claim[:at], *claim[end:])
            if rest and any(token.is_hard for token in claim[at:end]):
                yield rest, tuple(claim[at:end])
    for at in range(1, len(claim)):
        if claim[at].before == "by" and claim[at - 1].is_passive:
            end = next((n for n in range(at + 1, len(claim)) if _begins_phrase(claim[n])), len(claim))
            agent = (replace(claim[at], before=""), *claim[at + 1 : end])
            yield ((*agent, claim[at - 1], *claim[: at - 1], *claim[end:]),)


def _begins_phrase(token: Token) -> bool:
    return (token.before in _PREPOSITIONS and token.tense != "infinitive") or token.text.lower() in _LONG_PREPOSITIONS


def _align(
    blocks: Sequence[Sequence[Token]], window: Window, backshift: bool, told: frozenset[str]
) -> tuple[int, Borne | str]:
    """Return the cost of the cheapest alignment with its outcome; what costs less than _WRONG is borne out."""
    tokens = window.tokens
    chains = [_chain(block, window, backshift) for block in blocks]
    if not all(places for _, places, _ in chains):
        return 5 * _WRONG, "its words stand there in another order"
    cost = sum(cost for cost, _, _ in chains)
    at = sorted({place for _, places, _ in chains for place in places})
    if len(at) < sum(len(places) for _, places, _ in chains):
        return cost + _WRONG, "it says twice what the source says once"
    reasons = [reason for _, _, reason in chains if reason]
    for places in (places for _, places, _ in chains[1:]):
        if not _begins_phrase(tokens[places[0]]):
            return cost + _WRONG, "its words stand there in another order"
        cost, reasons = _connected(places, chains[0][1], window, cost, reasons)
    if left_out := _left_out(at, window, told):
        cost, reasons = cost + _WRONG, [*reasons, f"the source says “{left_out}”"]
    if cost >= _WRONG:
        return cost, reasons[0] if reasons else "its words stand there in another order"
    return cost, Borne(window, tuple(tokens[place].start for place in at))


def _connected(
    places: Sequence[int], main: Sequence[int], window: Window, cost: int, reasons: list[str]
) -> tuple[int, list[str]]:
    """Add what stands between a part that moved and the rest: it must belong to it."""
    a, b = (main[-1], places[0]) if places[0] > main[-1] else (places[-1], main[0])
    if a >= b:
        return cost, reasons
    wrong, reason = _between(a, b, window, claimed_break=0)
    return cost + wrong, [*reasons, reason] if reason else reasons


def _without_known_names(block: Sequence[Token], window: Window) -> list[Token]:
    """Leave out a first name that the window lacks where it has the last and the source elsewhere the full name."""
    there = [any(meets(token, found) for found in window.tokens) for token in block]
    kept = []
    for n, token in enumerate(block):
        is_first = token.kind == "name" and not there[n] and n + 1 < len(block) and there[n + 1]
        if not (is_first and f"{token.text} {block[n + 1].text}" in window.known):
            kept.append(token)
    return kept


def _chain(claim: Sequence[Token], window: Window, backshift: bool) -> tuple[int, list[int], str]:
    """Return the cheapest places of a claim's words in order: cost, places, the first thing that is wrong."""
    rows: list[dict[int, tuple[int, int, str]]] = []  # place → cost so far, place before, what is wrong
    for n, token in enumerate(claim):
        row: dict[int, tuple[int, int, str]] = {}
        is_edge = n > 0 and token.aside != claim[n - 1].aside
        for place, found in enumerate(window.tokens):
            if not meets(token, found) or len(row) >= _MOST_PLACES:
                continue
            own, why = _word_cost(token, found, backshift)
            if n == 0:
                row[place] = (own, -1, why)
                continue
            steps = []
            for before, (so_far, _, reason) in rows[-1].items():
                if before < place:
                    wrong, gap_reason = _between(before, place, window, claimed_break=token.breaks or int(is_edge))
                    if place - before > 1 and "infinitive" in {found.tense} - {token.tense}:
                        # 'plans to sell' is not 'sells'
                        wrong, gap_reason = wrong + _WRONG, gap_reason or f"there it is “to {found.text}”"
                    steps.append((so_far + own + wrong, before, reason or why or gap_reason))
            if steps:
                row[place] = min(steps)
        if not row:
            return 5 * _WRONG, [], "its words stand there in another order"
        rows.append(row)
    place = min(rows[-1], key=lambda p: (rows[-1][p][0], p))
    cost, _, reason = rows[-1][place]
    places = [place]
    for row in reversed(rows):
        place = row[place][1]
        if place >= 0:
            places.append(place)
    return cost, places[::-1], reason


def _between(a: int, b: int, window: Window, *, claimed_break: int) -> tuple[int, str]:
    """Return the cost of reading on from word `a` to word `b` of a window, and what must not be skipped there."""
    tokens, cost, reason = window.tokens, b - a - 1, ""
    if cost and window.is_foreign:
        return cost + _WRONG, "it leaves out words of the source"
    if cost and (_is_shared_subject(a, b, window) or _are_phrases(a, b, window)):
        return cost, ""
    for place in range(a + 1, b + 1):
        token = window.tokens[place]
        if token.aside and not tokens[a].aside and not tokens[b].aside:
            continue
        if place < b and (token.is_hard or token.unskippable):
            cost, reason = cost + _WRONG, reason or f"“{token.text}” is left out between its words"
        begins = place in window.begins and place not in window.resumes
        breaks = token.breaks or (place == b and tokens[a].aside != tokens[b].aside)
        if (begins and claimed_break < 2) or (breaks and not claimed_break):
            cost, reason = cost + _WRONG, reason or "it joins what the source says apart"
    return cost, reason


def _is_shared_subject(a: int, b: int, window: Window) -> bool:
    """Tell 'the repairs [cost a lot and] lasted long': the subject begins the sentence, `b` is its second verb."""
    tokens, second = window.tokens, window.tokens[b]
    if second.before not in _JOINS or not (second.kind in ("negation", "modal") or second.tense not in ("", "any")):
        return False
    start = max((begin for begin in window.begins if begin <= a), default=0)
    is_one = not any(a < begin <= b for begin in window.begins)
    return (
        a - start < _LONGEST_PHRASE
        and is_one
        and not any(t.breaks and t.before not in _JOINS for t in tokens[a + 1 : b])
    )


def _are_phrases(a: int, b: int, window: Window) -> bool:
    """Tell that nothing but phrases like 'by four percent' is skipped before another such phrase."""
    skipped = window.tokens[a + 1 : b]
    is_plain = all(not t.breaks and not t.unskippable and (not t.is_hard or _begins_phrase(t)) for t in skipped)
    return is_plain and _begins_phrase(skipped[0]) and _begins_phrase(window.tokens[b]) and b not in window.begins


def _begins_clause(at: int, window: Window) -> bool:
    """Tell a clause's first word; in another language than English a comma is taken for an edge too."""
    token = window.tokens[at]
    return bool(token.breaks) or at in window.begins or (window.is_foreign and token.comma)


def _left_out(places: Sequence[int], window: Window, told: frozenset[str]) -> str:
    """Return the word around the borne-out words, in their clause, without which the source says something else."""
    tokens = window.tokens
    at = places[0]
    while at > 0 and not _begins_clause(at, window):
        at -= 1
        if (tokens[at].unskippable or window.is_foreign) and tokens[at].keys.isdisjoint(told):
            return tokens[at].text
    at, is_apart = places[-1] + 1, False
    while at < len(tokens) and at not in window.begins:
        token, is_apart = tokens[at], is_apart or tokens[at].comma
        if window.is_foreign:
            return "" if _begins_clause(at, window) else token.text
        changes = token.text.lower() in _SAYING if is_apart or token.breaks else token.unskippable
        if changes and token.keys.isdisjoint(told):
            return token.text
        if token.breaks:
            return ""
        at += 1
    return ""


def _word_cost(claimed: Token, found: Token, backshift: bool) -> tuple[int, str]:
    """Return the cost of taking one word for the other: another tense, or 'by' for 'to'."""
    prepositions = {claimed.before, found.before}
    is_agent = claimed.is_hard and (claimed.before == "by") != (found.before == "by")
    if is_agent or (len(prepositions) == 2 and prepositions <= _PREPOSITIONS and prepositions & _DIRECTIONS):
        return _WRONG, f"“{claimed.text}” stands there with “{found.before or 'no preposition'}”"
    if claimed.be and found.be and claimed.be != found.be and not backshift:
        return _WRONG, f"“{claimed.text}” stands there in another tense"
    if claimed.kind != "word" or found.kind != "word" or "any" in (claimed.tense, found.tense):
        return 0, ""
    mine, its = claimed.tense or "present", found.tense or "present"
    if mine == its or {mine, its} == {"infinitive", "present"} or (backshift and {mine, its} == {"present", "past"}):
        return 0, ""
    return _WRONG, f"“{claimed.text}” is in another tense there (“{found.text}”)"
