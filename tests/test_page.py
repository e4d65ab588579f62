"""The page's renderers: what they show, and that nothing they are given can become markup."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fakes import FakeAssistant, FakeLibrary, document, harbour_library
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, Kind, ModelUse, Query, SentenceCheck, ShortAnswer, Support
from assistant.conversations import Conversation, answer_from_json, conversation_from_json
from assistant.page import render, reports, shelf, source, transcript
from assistant.page.foot import Place
from assistant.page.people import Spoken, Wanted, people_view, rows
from assistant.page.timeline import Mark, timeline
from assistant.page.words import certainty, count, day, ordinal, seconds
from assistant.shapes import to_csv
from assistant.speakers import counted
from index.records import Document, DocumentInfo, Passage, Statement

FEES = "What did Aaltonen say about the fees?"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "![x](http://elsewhere.example/p.png)",
    "[link](javascript:alert(1))",
    "' onmouseover='alert(1)",
    "</article></div><h1>",
    "&lt;b&gt; &amp;amp;",
    "\u202egpj.exe",
)


def write_report(folder: Path, *answers: str) -> None:
    """Write what an evaluation leaves behind: one measure, and the answers given as id, text, id, text …"""
    folder.mkdir(parents=True, exist_ok=True)
    measures = {"measures": {"R@5": {"value": 0.5, "low": 0.4, "high": 0.6, "n": 2}}, "n_questions": 2}
    (folder / "metrics.json").write_text(json.dumps(measures))
    given = zip(answers[::2], answers[1::2], strict=True)
    lines = [{"query_id": id_, "question": text, "text": text, "confidence": 0.9} for id_, text in given]
    (folder / "answers.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    (folder / "report.html").write_text("<!doctype html><title>Report</title><p>Everything</p>")


class Markup(HTMLParser):
    """What a browser would make of a fragment: its elements, its attributes, its text, the text of its marks."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = self.marked = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
        self.marked += data if "mark" in self.open else ""

    def named(self, tag: str, class_: str = "") -> list[dict[str, str | None]]:
        return [
            attrs for name, attrs in self.tags if name == tag and class_ in [*(attrs.get("class") or "").split(), ""]
        ]


@pytest.fixture
def library() -> FakeLibrary:
    return harbour_library()


@pytest.fixture
def answer(library: FakeLibrary) -> Answer:
    return FakeAssistant(library).ask(FEES)


def test_every_quote_is_shown_word_for_word_with_its_marker(answer: Answer):
    html = Markup(render.turn(answer, 4))
    assert not html.open
    assert len(html.named("figure", "quote")) == len(answer.citations)
    for citation in answer.citations:
        assert citation.quote.text in html.text
    places = [(a["href"], a["data-document"], a["data-start"], a["data-end"]) for a in html.named("a", "cite")]
    assert places == [
        (f"#t4-c{c.number}", c.document.id, str(c.quote.start), str(c.quote.end)) for c in answer.citations
    ]


def test_a_marker_names_the_passage_around_its_quote(answer: Answer):
    for attrs in Markup(render.turn(answer, 1)).named("a", "cite"):
        assert int(attrs["data-passage-start"]) <= int(attrs["data-start"]) < int(attrs["data-end"])
        assert int(attrs["data-end"]) <= int(attrs["data-passage-end"])


def test_the_same_words_in_other_places_share_one_quote(answer: Answer):
    first = answer.citations[0]
    again = replace(first, number=9, document=DocumentInfo("other", "other.txt", "Another place"))
    html = Markup(render.turn(replace(answer, citations=(*answer.citations, again)), 1))
    assert len(html.named("figure", "quote")) == 3
    assert [a["href"] for a in html.named("a", "cite")] == ["#t1-c1", "#t1-c9", "#t1-c2", "#t1-c3"]


def test_prose_keeps_its_words_and_turns_known_numbers_into_markers():
    info = DocumentInfo("d", "d.txt", "D")
    text = "Fees rise [1] and [7] stays text. No marker here."
    span = document("d.txt", "0123456789").span(2, 5)
    cited = (
        Citation(1, 0, 33, info, span),
        Citation(2, 34, len(text), info, replace(span, start=3, end=6, text="345")),
    )
    html = Markup(render.turn(Answer(Query("?", "?"), text, 0.5, cited), 1))
    assert "Fees rise" in html.text
    assert "and [7] stays text" in html.text
    assert [a["href"] for a in html.named("a", "cite")] == ["#t1-c1", "#t1-c2"]
    assert not html.named("figure")


def test_prose_that_contains_its_quote_is_not_cut_down_to_it():
    span = document("d.txt", "nobody likes fees").span(0, 6)
    text = "She wrote that nobody likes them [1]."
    html = Markup(
        render.turn(Answer(Query("?", "?"), text, 0.5, (Citation(1, 0, 37, DocumentInfo("d", "d", "D"), span),)), 1)
    )
    assert "She wrote that nobody likes them" in html.text


def test_the_short_answer_is_shown_and_set_off_inside_its_quote(answer: Answer):
    quote = answer.citations[0].quote
    at = quote.start + quote.text.index("harbour")
    short = ShortAnswer("harbour", answer.citations[0].document.id, at, at + 7)
    html = render.turn(replace(answer, short_answer=short), 1)
    assert '<p class="short"><bdi>harbour</bdi></p>' in html
    assert "but a <strong>harbour</strong> that silts" in html


def test_an_abstention_says_what_was_looked_for_what_is_there_and_cites_nothing(library: FakeLibrary):
    html = Markup(render.turn(FakeAssistant(library).ask("What did Aaltonen say about cruise ships?"), 1))
    assert not html.named("a", "cite")
    assert "Looked for" in html.text
    assert "not an answer" in html.text
    assert "What did Tor Brandvik say about cruise ships?" in html.text


def test_chips_name_what_was_understood_and_where_it_came_from():
    query = Query("?", "?", Kind.STATEMENT, "Lena Aaltonen", "fees", since="2025-01-01", carried_over=("speaker",))
    html = Markup(render.understood(query))
    assert html.text.startswith("understood asspeaker Lena Aaltonenfrom before×topic fees×since 1 Jan 2025×")
    taken, changed = (
        [b["data-field"] for b in html.named("button") if b["data-do"] == do] for do in ("without", "change")
    )
    assert taken == ["speaker", "topic", "since"]
    assert changed == ["speaker", "topic", "since", "document", "until"]
    others = Markup(render.understood(Query("?", "?", Kind.SPEAKERS, None, "fees", besides="Lena Aaltonen")))
    assert others.text.startswith("understood astopic fees×besides Lena Aaltonen×")


def test_a_pending_turn_is_busy_and_a_failed_one_says_why():
    assert 'aria-busy="true"' in render.pending("Why?", 1, "because [1]")
    assert "because" in render.pending("Why?", 1, "because [1]")
    assert "the disk is full" in render.failed("Why?", 1, "the disk is full")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text_everywhere(hostile: str, tmp_path: Path):
    info = DocumentInfo(hostile, hostile, hostile, hostile, hostile, hostile)
    text = f"{hostile} said so"
    held = Document(info, text, "", (0,), (hostile,))
    cited = (Citation(1, 0, len(text), info, held.span(0, len(text)), hostile, "direct", hostile, hostile, 1),)
    passage = Passage(info, 0, len(text), text, rank=1)
    query = Query(hostile, hostile, Kind.FACT, hostile, hostile, hostile, hostile, hostile)
    written = ModelUse(hostile, hostile, (SentenceCheck(hostile, Support.UNSUPPORTED, problem=hostile),))
    answered = Answer(query, text, 0.5, cited, None, (passage,), None, (hostile,), model=written)
    shown = [
        render.turn(answered, 1),
        render.pending(hostile, 1, hostile),
        render.failed(hostile, 1, hostile),
        render.stopped(hostile, hostile),
        source.source_pane(source.view(held, 0, len(text), (0, 3))),
        shelf.documents([info]),
        shelf.conversations([(hostile, hostile, hostile)]),
        shelf.welcome([hostile], 1),
        people_view(_spoken([_hostile_statement(info, hostile)], Wanted(hostile, hostile, hostile, hostile, hostile))),
        reports.nothing(Path(hostile)),
        reports.question_rows(reports.Chosen(), _report(hostile, tmp_path / "report"), None),
        reports.evaluation_view([hostile], reports.Chosen(hostile), _report(hostile, tmp_path / "report"), None),
    ]
    plain = {
        "article",
        "h2",
        "h3",
        "div",
        "span",
        "ul",
        "ol",
        "li",
        "b",
        "i",
        "p",
        "bdi",
        "button",
        "figure",
        "blockquote",
    }
    plain |= {
        "figcaption",
        "time",
        "a",
        "strong",
        "mark",
        "header",
        "small",
        "section",
        "details",
        "summary",
        "svg",
        "path",
    }
    plain |= set(
        "form label input select option table thead tbody tr th td circle text title line iframe pre code".split()
    )
    for html in shown:
        parsed = Markup(html)
        assert not parsed.open
        assert {tag for tag, _ in parsed.tags} <= plain
        assert not [name for _, attrs in parsed.tags for name in attrs if name.startswith("on")]
        assert all(not (attrs.get("href") or "").startswith(("javascript:", "http")) for _, attrs in parsed.tags)


def _hostile_statement(info: DocumentInfo, hostile: str) -> Statement:
    span = Document(info, hostile, "").span(0, len(hostile))
    return Statement(info, hostile, hostile, "direct", (span, span), 0, len(hostile), (hostile,), "2025-01-01")


def _spoken(statements: list[Statement], wanted: Wanted = Wanted()) -> Spoken:  # noqa: B008 - frozen
    topics = {each.speaker: (each.speaker, "fees") for each in statements}
    return Spoken(wanted, counted(statements, [], topics), statements)


def _report(text: str, folder: Path) -> reports.Report:
    write_report(folder, "q1", text)
    return reports.read_report(text, folder)


# --- people


def test_the_people_view_counts_who_said_what_and_each_row_opens_the_source(library: FakeLibrary):
    html = Markup(people_view(_spoken(library.statements())))
    assert "1 speaker, 3 statements in 2 documents" in html.text
    places = [(a["data-document"], a["data-start"]) for a in html.named("button", "words")]
    assert places == [(s.document.id, str(s.content[0].start)) for s in library.statements()]
    assert len(html.named("circle")) == 3
    assert sum("direct" in dot["class"] for dot in html.named("circle")) == 2
    asked = [a["data-question"] for a in html.named("button", "topic")]
    assert asked == ["What did Lena Aaltonen say about Lena Aaltonen?", "What did Lena Aaltonen say about fees?"]


def test_nobody_found_offers_everybody_only_where_something_was_asked():
    assert "Nobody is quoted" in people_view(_spoken([]))
    assert "Show everybody" in people_view(_spoken([], Wanted(topic="whales")))


def test_a_table_for_a_spreadsheet_holds_no_formula(library: FakeLibrary):
    first = replace(library.statements()[0], speaker="=HYPERLINK(1)")
    lines = list(csv.DictReader(io.StringIO(to_csv([first]))))
    assert lines[0]["speaker"] == "'=HYPERLINK(1)"
    assert lines[0]["words"] == first.content[0].text
    assert int(lines[0]["start"]) == first.content[0].start


def test_rows_beyond_those_shown_follow_without_a_gap(library: FakeLibrary):
    many = library.statements() * 30
    assert rows(many) + rows(many, 50) == rows(many[:50]) + rows(many[50:])


@pytest.mark.parametrize(
    ("dates", "ticks"),
    [
        (["2025-04-03"], ["3 Apr 2025"]),
        (["2024-11-30", "2025-02-01"], ["Dec 2024", "Jan 2025", "Feb 2025"]),
        (["1990", "2025-06"], ["1990", "1996", "2002", "2008", "2014", "2020", "2026"]),
        (["2025-02-31"], ["15 Jun 2025"]),
        ([], []),
    ],
    ids=["one day", "months", "years", "no real date", "none"],
)
def test_a_timeline_has_round_dates_and_a_dot_for_each_statement(dates: list[str], ticks: list[str]):
    place = Place("d", 0, 1)
    html = timeline(["A"], [Mark("A", date, True, place, "A") for date in dates])
    dots = Markup(html).named("circle")
    assert len(dots) == len(dates)
    assert all(150 <= float(dot["cx"]) <= 760 for dot in dots)
    assert re.findall(r'<text class="tick"[^>]*>([^<]*)</text>', html) == ticks


# --- evaluation


def test_two_runs_stand_side_by_side_and_differences_are_marked(tmp_path: Path):
    write_report(tmp_path / "a", "q1", "Yes.", "q2", "No.")
    write_report(tmp_path / "sub" / "b", "q1", "Yes.", "q2", "Never.")
    (tmp_path / "unfinished").mkdir()
    found = reports.find_reports(tmp_path)
    assert set(found) == {"a", "sub/b"}
    one, other = (reports.read_report(name, found[name]) for name in ("a", "sub/b"))
    html = Markup(reports.evaluation_view(list(found), reports.Chosen("a", "sub/b"), one, other))
    assert "0.500" in html.text
    assert "0.400–0.600" in html.text
    assert len(html.named("b", "differs")) == 1
    only = Markup(reports.question_rows(reports.Chosen(show="different"), one, other))
    assert ("No." in only.text, "Yes." in only.text) == (True, False)
    assert "Yes." in reports.question_rows(reports.Chosen(words="yes"), one, other)


# --- the source pane


@st.composite
def places(draw: st.DrawFn) -> tuple[str, int, int, int, int]:
    text = draw(st.text(st.sampled_from("ab <&>\"'\n\n ü漢\u202e"), min_size=1, max_size=300))
    a, b, c, d = sorted(draw(st.integers(0, len(text))) for _ in range(4))
    return text, a, b, c, d


def visible(text: str) -> str:
    return re.sub(r"\s", "", text)


@given(places(), st.integers(0, 50), st.lists(st.integers(0, 300), max_size=4))
def test_the_mark_is_the_quote_character_for_character(place, reach: int, pages: list[int]):
    text, passage_start, start, end, passage_end = place
    held = Document(DocumentInfo("d", "d", "d"), text, "", tuple(sorted({0, *pages})))
    shown = source.view(held, start, end, (passage_start, passage_end), reach=reach)
    html = Markup(source.text_window(shown, joins="both"))
    assert visible(html.marked) == visible(text[start:end])
    a, b = shown.window
    assert a <= start <= end <= b
    buttons = "Show earlier text" * (a > 0) + "Show later text" * (b < len(text))
    assert visible(html.text) == visible(text[a:b]) + visible(buttons) or visible(text[a:b]) in visible(html.text)


def test_a_window_is_small_in_a_large_document_and_ends_between_paragraphs():
    text = "\n\n".join(f"Paragraph {n} has a few words." for n in range(80_000))
    start = text.index("Paragraph 40000")
    window_start, window_end = source.window_around(text, start, start + 9)
    assert window_end - window_start < 2 * source.REACH + 200
    assert text[window_start - 2 : window_start] == "\n\n"
    assert text[window_end : window_end + 2] == "\n\n"


@pytest.mark.parametrize("length", [5_000, 50_000], ids=["short", "long"])
def test_reading_on_both_ways_shows_all_of_the_text_once(length: int):
    text = "\n\n".join(f"<{n}> and some words" for n in range(length // 20))
    held = document("d.txt", text)
    middle = len(text) // 2
    shown = source.view(held, middle, middle + 10)
    start, end = shown.window
    pieces = [source.text_window(shown)]
    while start > 0:
        html = source.more(held, start, True)
        pieces.insert(0, html)
        start = int(re.search(r'data-do="earlier" data-at="(\d+)"', html)[1]) if "earlier" in html else 0
    while end < len(text):
        html = source.more(held, end, False)
        pieces.append(html)
        end = int(re.search(r'data-do="later" data-at="(\d+)"', html)[1]) if "later" in html else len(text)
    read = Markup("".join(pieces)).text
    assert visible(re.sub("Show (earlier|later) text", "", read)) == visible(text)


def test_offsets_outside_the_text_are_pulled_into_it():
    held = document("d.txt", "short")
    assert source.view(held, -5, 900, (40, 90)).quote == (0, 5)
    assert source.view(held, 70, 90).quote is None


@given(places())
def test_a_glance_holds_the_quote_and_text_from_around_it(place):
    text, _, start, end, _ = place
    html = Markup(source.peek(document("d.txt", text, "Title"), start, end, reach=20))
    assert html.marked == text[start:end]
    around = html.text.removeprefix("Title").replace("…", "")
    assert around in text


def test_a_conversation_is_kept_as_files_that_load_and_execute_nothing(answer: Answer):
    hostile = replace(answer, query=Query(HOSTILE[1], HOSTILE[2]))
    kept = Conversation("c", name=HOSTILE[0]).with_answer(hostile, "2026-01-01").with_answer(answer, "2026-01-02")
    html = Markup(transcript.to_html(kept))
    assert not {"script", "img", "link", "iframe"} & {tag for tag, _ in html.tags}
    assert "default-src 'none'" in next(attrs["content"] for _, attrs in html.tags if "http-equiv" in attrs)
    markdown = transcript.to_markdown(kept)
    assert not re.search(r"(?<!\\)[<`]|!\[", markdown)
    for citation in answer.citations:
        assert citation.quote.text in html.text
        assert citation.quote.text in markdown
        assert f"> [{citation.number}] " in markdown


def test_a_long_list_of_documents_is_folded_until_it_is_searched():
    infos = [DocumentInfo(f"{n}", f"{n}.txt", f"Paper {n}") for n in range(300)]
    assert "Show all 300" in shelf.documents(infos)
    assert len(Markup(shelf.documents(infos)).named("button", "item")) == shelf.SHOWN
    assert len(Markup(shelf.documents(infos, "Paper 299")).named("button", "item")) == 1
    assert "No document" in shelf.documents(infos, "nothing")
    assert "Nothing here yet" in shelf.documents([])


# --- words


@pytest.mark.parametrize(
    ("iso", "words"),
    [
        ("2023-01-31", "31 Jan 2023"),
        ("2023-01", "Jan 2023"),
        ("2023", "2023"),
        ("2023-13-01", "2023-13-01"),
        ("soon", "soon"),
        ("", ""),
        ("2023-01-31T10:00:00+00:00", "31 Jan 2023"),
    ],
)
def test_days_are_said_as_people_say_them(iso: str, words: str):
    assert day(iso) == words


def test_numbers_in_words():
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 21, 112)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "21st",
        "112th",
    ]
    assert (count(1, "page"), count(2, "page"), count(1200, "person", "people")) == (
        "1 page",
        "2 pages",
        "1,200 people",
    )
    assert (seconds(0.141), seconds(12.4)) == ("0.14 s", "12 s")
    assert [certainty(c) for c in (1.0, 0.85, 0.7, 0.5, 0.0)] == [
        "Well supported",
        "Well supported",
        "Supported",
        "Partly supported",
        "Weakly supported",
    ]


# --- conversations


def test_a_conversation_survives_being_kept(answer: Answer, library: FakeLibrary):
    unknown = FakeAssistant(library).ask("What about ships?")
    short = replace(answer, short_answer=ShortAnswer("a", "minutes.docx", 0, 1))
    kept = (
        Conversation("c")
        .with_answer(short, "2026-01-01")
        .with_answer(unknown, "2026-01-02")
        .with_verdict(1, "good", "!")
    )
    again = conversation_from_json(kept.to_json())
    assert again.to_json() == kept.to_json()
    assert again.name == FEES
    assert again.exchanges[0].verdict == "good"
    assert render.turn(again.exchanges[0].answer, 1) == render.turn(answer_from_json(short.to_json()), 1)
    assert [turn.role for turn in again.history()] == ["user", "assistant"] * 2
