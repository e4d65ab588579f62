"""The questions worth reading as the report shows them: where the run failed, what changed since the earlier one."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from markupsafe import Markup, escape

from assistant.evaluate.questions import EvaluationSet, Offsets, Question
from assistant.evaluate.recorded import RunFiles, read_rows
from assistant.evaluate.sheet import Sheet

N_CASES = 6  # a heading
N_CHANGED = 10
AROUND = 140  # characters of the document shown before and after a gold statement
LONGEST = 700  # characters of one passage or quote shown
MOST = 4  # gold statements, earlier turns

Row = Mapping[str, Any]
Spans = Mapping[str, Sequence[Offsets]]


@dataclass(frozen=True, slots=True)
class Side:
    """One column of a case: what stands over it, and its stretches of text, each with a heading and a note."""

    heading: str
    stretches: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One question with gold, answer, passages and the earlier answer side by side."""

    question: Question
    note: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Cases:
    """Questions under one heading, and what they have in common."""

    heading: str
    about: str
    cases: tuple[Case, ...]


def show_cases(
    evaluation_set: EvaluationSet,
    sheet: Sheet,
    files: RunFiles,
    changes: Mapping[str, float],
    earlier: RunFiles | None,
) -> list[Cases]:
    """Return the headings that have questions; nothing where the run holds no answers."""
    chosen = choose(sheet, changes)
    wanted = {sheet.questions[place].id for _, _, places in chosen for place in places}
    rows = read_rows(files.answers, wanted)
    before = read_rows(earlier.answers, wanted) if earlier else {}

    def case(place: int) -> Case:
        question = sheet.questions[place]
        sides = _sides(question, rows.get(question.id), before.get(question.id), evaluation_set)
        return Case(question, _note(sheet, place, changes), tuple(sides))

    return [Cases(heading, about, tuple(map(case, places))) for heading, about, places in chosen] if rows else []


def choose(sheet: Sheet, changes: Mapping[str, float]) -> list[tuple[str, str, list[int]]]:
    """Return (heading, what they have in common, places in the sheet), the most instructive first."""
    change = [changes.get(question.id, 0.0) for question in sheet.questions]
    places = range(len(change))
    by_change = sorted(places, key=lambda place: -abs(change[place]))
    worse, better = ([p for p in by_change if change[p] * sign > 0] for sign in (-1, 1))
    sure = sorted(places, key=lambda place: -_number(float(sheet.confidence[place])))
    judged = [place for place in sure if sheet.scored[place] and not math.isnan(sheet.confidence[place])]
    answerable = [place for place in judged if sheet.questions[place].answerable]
    wrong = [p for p in answerable if sheet.answered[p] and not sheet.right[p]]
    invented = [p for p in judged if not sheet.questions[p].answerable and sheet.answered[p]]
    silent = [p for p in answerable if not sheet.answered[p]]
    silent.sort(key=lambda place: -_value(sheet, "R@5", place))
    missed = [p for p in answerable if _value(sheet, "R@20", p) == 0]
    found = [
        ("Worse than before", f"{len(worse)} questions, the largest changes first", worse[:N_CHANGED]),
        ("Better than before", f"{len(better)} questions, the largest changes first", better[:N_CHANGED]),
        ("Sure and wrong", f"{len(wrong)} answers quote no gold statement", wrong[:N_CASES]),
        ("Answered where there is no answer", f"{len(invented)} questions", invented[:N_CASES]),
        (
            "Silent where there is an answer",
            f"{len(silent)} questions, those with the evidence found first",
            silent[:N_CASES],
        ),
        ("Evidence not found", f"{len(missed)} questions: nothing in 20 passages", missed[:N_CASES]),
    ]
    return [entry for entry in found if entry[2]]


def _value(sheet: Sheet, name: str, place: int) -> float:
    return _number(float(sheet.columns[name][place])) if name in sheet.columns else 0.0


def _number(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def _note(sheet: Sheet, place: int, changes: Mapping[str, float]) -> str:
    values = {name: float(sheet.columns[name][place]) for name in ("answer_f1", "R@5") if name in sheet.columns}
    parts = [f"{name} {value:.2f}" for name, value in values.items() if not math.isnan(value)]
    confidence, question_id = float(sheet.confidence[place]), sheet.questions[place].id
    if not math.isnan(confidence):
        parts.insert(0, f"confidence {confidence:.0%}")
    return " · ".join([*parts, *([f"{changes[question_id]:+.2f}"] if question_id in changes else [])])


def _sides(question: Question, row: Row | None, before: Row | None, evaluation_set: EvaluationSet) -> Iterator[Side]:
    gold: dict[str, list[Offsets]] = defaultdict(list)
    for statement in question.gold:
        gold[statement.document_id] += statement.content
    quoted: dict[str, list[Offsets]] = defaultdict(list)
    for citation in (row or {}).get("citations") or ():
        quoted[str(citation["document"]["id"])].append((citation["quote"]["start"], citation["quote"]["end"]))
    yield Side("Right answer", tuple(_gold(question, evaluation_set, gold, quoted)))
    yield _answer("Answer", row, gold)
    if before is not None:
        yield _answer("Answer before", before, gold)
    passages = ((row or {}).get("passages") or ())[:3]
    yield Side("First passages", tuple(_passage(passage, gold, quoted) for passage in passages) or (("", "none", ""),))


def _gold(
    question: Question, evaluation_set: EvaluationSet, gold: Spans, quoted: Spans
) -> Iterator[tuple[str, str, str]]:
    if not question.answerable:
        yield "", f"None: {(question.reason or 'unanswerable').replace('_', ' ')}.", ""
        return
    if question.answers:
        yield "", " · ".join(question.answers[:MOST]), ""
    for statement in question.gold[:MOST]:
        if document := evaluation_set.documents.get(statement.document_id):
            start = max(0, min(low for low, _ in statement.content) - AROUND)
            end = max(high for _, high in statement.content) + AROUND
            text = highlight(document.text[start:end], start, gold.get(document.id, ()), quoted.get(document.id, ()))
            yield document.info.title, Markup("…") + text + "…", ""
    if len(question.gold) > MOST:
        yield "", "", f"and {len(question.gold) - MOST} more statements"


def _answer(heading: str, row: Row | None, gold: Spans) -> Side:
    if row is None:
        return Side(heading, (("", "No answer: the question raised an exception.", ""),))
    heading = f"{heading} · confidence {row.get('confidence', 0):.0%}"
    if abstention := row.get("abstention"):
        return Side(heading, (("", f"Silent ({abstention['reason']}): {abstention['message']}", ""),))
    stretches: list[tuple[str, str, str]] = []
    for citation in (row.get("citations") or ())[:6]:
        quote, document = citation["quote"], citation["document"]
        by = " · ".join(str(part) for part in (citation.get("speaker"), document.get("title")) if part)
        text = _cut(quote["text"], quote["start"], gold.get(str(document["id"]), ()), ())
        stretches.append(("", text, f"[{citation['number']}] {by}"))
    short = row.get("short_answer")
    lead = [("", Markup("<b>") + short["text"] + Markup("</b>"), "")] if short else []
    return Side(heading, (*lead, *(stretches or [("", row.get("text", "")[:1200], "")])))


def _passage(passage: Row, gold: Spans, quoted: Spans) -> tuple[str, str, str]:
    document_id = str(passage["document"]["id"])
    text = _cut(passage["text"], passage["start"], gold.get(document_id, ()), quoted.get(document_id, ()))
    return f"{passage['rank']}. {passage['document'].get('title') or document_id}", text, ""


def _cut(text: str, start: int, gold: Sequence[Offsets], quoted: Sequence[Offsets]) -> Markup:
    return highlight(text[:LONGEST], start, gold, quoted) + ("…" if len(text) > LONGEST else "")


def highlight(text: str, start: int, gold: Sequence[Offsets], quoted: Sequence[Offsets]) -> Markup:
    """Return the text, which begins at `start` of its document, with gold and quoted stretches marked."""
    end = start + len(text)
    edges = {min(max(edge, start), end) for span in ((start, end), *gold, *quoted) for edge in span}
    parts = []
    for low, high in pairwise(sorted(edges)):
        piece = escape(text[low - start : high - start])
        style = _STYLES[_is_inside(low, high, gold), _is_inside(low, high, quoted)]
        parts.append(Markup("<mark class='{}'>{}</mark>").format(style, piece) if style else piece)
    return Markup("").join(parts)


_STYLES = {(True, True): "both", (True, False): "gold", (False, True): "quoted", (False, False): ""}


def _is_inside(low: int, high: int, spans: Iterable[Offsets]) -> bool:
    return any(start <= low and high <= end for start, end in spans)
