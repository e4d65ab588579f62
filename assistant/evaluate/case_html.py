"""Shows single questions as HTML: question, gold, answer, passages and the earlier answer side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Any

from assistant.evaluate.questions import EvaluationSet, Offsets, Question

AROUND = 140  # characters of the document shown before and after a gold statement
LONGEST = 700  # characters of one passage or quote shown
N_PASSAGES = 3

Spans = Mapping[str, Sequence[Offsets]]


def show_case(
    question: Question,
    row: Mapping[str, Any] | None,
    before: Mapping[str, Any] | None,
    evaluation_set: EvaluationSet,
    note: str,
) -> str:
    """Return one question, folded; `row` and `before` are its answers in their public shape."""
    gold: dict[str, list[Offsets]] = {}
    for statement in question.gold:
        gold.setdefault(statement.document_id, []).extend(statement.content)
    quoted = quoted_spans(row)
    sides = [_gold_side(question, evaluation_set, gold, quoted), _answer_side("Answer", row, gold)]
    if before is not None:
        sides.append(_answer_side("Answer before", before, gold))
    sides.append(_passages_side(row, gold, quoted))
    history = "".join(f"<p class='soft'>{turn.role}: {escape(turn.text[:300])}</p>" for turn in question.history[-4:])
    history = history and f"<div class='sides'><section>{history}</section></div>"
    summary = f"<summary>{escape(question.text)}<span class='soft'>{escape(note)}</span></summary>"
    return f"<details>{summary}<div class='sides'>{''.join(sides)}</div>{history}</details>"


def quoted_spans(row: Mapping[str, Any] | None) -> dict[str, list[Offsets]]:
    """Return what an answer quotes, by document."""
    spans: dict[str, list[Offsets]] = {}
    for citation in (row or {}).get("citations") or ():
        quote = citation["quote"]
        spans.setdefault(str(citation["document"]["id"]), []).append((quote["start"], quote["end"]))
    return spans


def _gold_side(question: Question, evaluation_set: EvaluationSet, gold: Spans, quoted: Spans) -> str:
    if not question.answerable:
        reason = (question.reason or "unanswerable").replace("_", " ")
        return _side("Right answer", f"<p class='text'>None: {escape(reason)}.</p>")
    parts = [f"<p class='text'>{escape(' · '.join(question.answers[:4]))}</p>"] if question.answers else []
    for statement in question.gold[:4]:
        document = evaluation_set.documents.get(statement.document_id)
        if document is None:
            continue
        start = max(0, min(low for low, _ in statement.content) - AROUND)
        end = min(len(document.text), max(high for _, high in statement.content) + AROUND)
        text = highlight(document.text[start:end], start, gold.get(document.id, ()), quoted.get(document.id, ()))
        parts.append(f"<h4>{escape(document.info.title)}</h4><p class='text'>…{text}…</p>")
    if len(question.gold) > 4:
        parts.append(f"<p class='soft'>and {len(question.gold) - 4} more statements</p>")
    return _side("Right answer", "".join(parts))


def _answer_side(heading: str, row: Mapping[str, Any] | None, gold: Spans) -> str:
    if row is None:
        return _side(heading, "<p class='text bad'>No answer: the question raised an exception.</p>")
    confidence = f"{heading} · confidence {row.get('confidence', 0):.0%}"
    abstention = row.get("abstention")
    if abstention:
        return _side(
            confidence, f"<p class='text'>Silent ({escape(abstention['reason'])}): {escape(abstention['message'])}</p>"
        )
    parts = []
    for citation in (row.get("citations") or ())[:6]:
        quote, document = citation["quote"], citation["document"]
        text = highlight(quote["text"][:LONGEST], quote["start"], gold.get(str(document["id"]), ()), ())
        text += "…" if len(quote["text"]) > LONGEST else ""
        by = " · ".join(str(part) for part in (citation.get("speaker"), document.get("title")) if part)
        parts.append(f"<p class='text'>{text} <span class='soft'>[{citation['number']}] {escape(by)}</span></p>")
    if not parts:
        parts = [f"<p class='text'>{escape(row.get('text', '')[:1200])}</p>"]
    short = row.get("short_answer")
    lead = f"<p class='text'><b>{escape(short['text'])}</b></p>" if short else ""
    return _side(confidence, lead + "".join(parts))


def _passages_side(row: Mapping[str, Any] | None, gold: Spans, quoted: Spans) -> str:
    parts = []
    for passage in ((row or {}).get("passages") or ())[:N_PASSAGES]:
        document_id, start = str(passage["document"]["id"]), passage["start"]
        text = highlight(passage["text"][:LONGEST], start, gold.get(document_id, ()), quoted.get(document_id, ()))
        more = "…" if len(passage["text"]) > LONGEST else ""
        title = passage["document"].get("title") or document_id
        parts.append(f"<h4>{passage['rank']}. {escape(title)}</h4><p class='text'>{text}{more}</p>")
    return _side("First passages", "".join(parts) or "<p class='soft'>none</p>")


def _side(heading: str, content: str) -> str:
    return f"<section><h4>{escape(heading)}</h4>{content}</section>"


def highlight(text: str, start: int, gold: Iterable[Offsets], quoted: Iterable[Offsets]) -> str:
    """Return the text, which begins at `start` of its document, with gold and quoted stretches marked."""
    gold, quoted = list(gold), list(quoted)
    edges = {start, start + len(text)}
    edges |= {min(max(edge, start), start + len(text)) for span in (*gold, *quoted) for edge in span}
    places = sorted(edges)
    parts = []
    for low, high in pairwise(places):
        piece = escape(text[low - start : high - start])
        is_gold, is_quoted = _inside(low, high, gold), _inside(low, high, quoted)
        style = {(True, True): "both", (True, False): "gold", (False, True): "quoted"}.get((is_gold, is_quoted))
        parts.append(f"<mark class='{style}'>{piece}</mark>" if style else piece)
    return "".join(parts)


def _inside(low: int, high: int, spans: Iterable[Offsets]) -> bool:
    return any(start <= low and high <= end for start, end in spans)
