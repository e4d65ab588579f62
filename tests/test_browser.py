"""The real page in a real browser: asking, sources, uploads, keys, sizes, colours, breakdowns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fakes import QUOTES
from playwright.sync_api import Browser, Page, expect
from serving import ELSEWHERE, Server, Watched, chromium, violations
from test_page import write_report

pytestmark = pytest.mark.browser

FEES = "What did Aaltonen say about the fees?"
SLOWLY = "And what about the fees, slowly?"
SHIPS = "What did Aaltonen say about cruise ships?"
BOX = "#question textarea"
HOSTILE = '<img src=x onerror="window.fired=1">'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    write_report(folder / "reports" / "first", "q1", "Because of the silt.")
    write_report(folder / "reports" / "second", "q1", "Nobody knows.")
    started = Server(folder / "conversations.json")
    yield started
    started.kill()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    watched = Watched(opened, server.address)
    opened.goto(server.address)
    opened.wait_for_selector("body.is-ready")
    yield opened
    context.close()
    assert watched.outside == []
    assert watched.complaints == []


def ask(page: Page, question: str) -> None:
    n_turns = page.locator("#turns .turn").count()
    page.fill(BOX, question)
    page.press(BOX, "Enter")
    expect(page.locator("#turns .turn")).to_have_count(n_turns + 1)


def test_a_question_is_answered_with_quotes_and_kept_in_the_conversation(page: Page):
    page.get_by_role("button", name="What did Lena Aaltonen say?").first.wait_for()
    ask(page, FEES)
    expect(page.locator("#turns blockquote")).to_have_text([quote for _, quote, _, _ in QUOTES])
    expect(page.locator("#turns .sure")).to_have_text("Well supported")
    expect(page.locator(BOX)).to_have_value("")
    page.reload()
    page.wait_for_selector("body.is-ready")
    expect(page.locator("#turns blockquote")).to_have_count(3)
    expect(page.locator("#conversations [aria-current]")).to_contain_text(FEES)


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_citation_opens_its_source_with_the_quote_marked_and_in_view(page: Page, by: str):
    ask(page, FEES)
    cite = page.locator("#turns .cite").nth(1)
    if by == "mouse":
        cite.click()
    else:
        cite.focus()
        page.keyboard.press("Enter")
    mark = page.locator("#source mark")
    expect(mark).to_have_text(QUOTES[1][1])
    expect(mark).to_be_in_viewport()
    expect(mark).to_be_focused()
    expect(page.locator("#source .passage").first).to_be_visible()
    expect(cite).to_have_attribute("aria-current", "true")
    expect(page.locator("#place")).to_have_text("citation 2 of 3")
    page.get_by_role("button", name="Next citation").click()
    expect(mark).to_have_text(QUOTES[2][1])
    page.get_by_role("button", name="Previous citation").click()
    expect(mark).to_have_text(QUOTES[1][1])
    page.keyboard.press("Escape")
    expect(page.locator("#source-pane")).to_be_hidden()
    expect(cite).to_be_focused()


def test_an_answer_that_is_not_there_says_so_and_what_is(page: Page):
    ask(page, SHIPS)
    expect(page.locator("#turns .none")).to_contain_text("said nothing about that")
    expect(page.locator("#turns .cite")).to_have_count(0)
    page.get_by_role("button", name="What did Lena Aaltonen say about the fees?").click()
    expect(page.locator("#turns .turn")).to_have_count(2)
    expect(page.locator("#turns blockquote")).to_have_count(3)


def test_a_file_is_sent_read_and_can_be_asked_for(page: Page):
    chosen = [{"name": "slow paper.txt", "mimeType": "text/plain", "buffer": b"A paper\n\nwith two paragraphs"}]
    chosen.append({"name": "picture.txt", "mimeType": "text/plain", "buffer": b"\0\0"})
    page.set_input_files("#files", chosen)
    expect(page.get_by_role("progressbar", name="slow paper.txt")).to_be_visible()
    ask(page, FEES)
    expect(page.locator("#uploads")).to_contain_text("binary content under a text name")
    expect(page.locator("#documents")).to_contain_text("A paper")
    page.get_by_role("button", name="Dismiss picture.txt").click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#documents li", has_text="A paper").hover()
    page.get_by_role("button", name="Remove A paper").click()
    expect(page.locator("#documents")).not_to_contain_text("A paper")


def test_what_documents_are_called_and_say_stays_text(page: Page, server: Server):
    documents = f"{server.address}api/v1/documents"
    httpx.post(documents, params={"name": f"{HOSTILE}.txt"}, content=f"{HOSTILE}\n\n{HOSTILE} fees").raise_for_status()
    page.reload()
    page.wait_for_selector("body.is-ready")
    ask(page, f"{HOSTILE} ships")
    page.locator("#documents .item", has_text="onerror").click()
    expect(page.locator("#source-title")).to_have_text(HOSTILE)
    expect(page.locator(".source-text")).to_contain_text(f"{HOSTILE} fees")
    assert page.evaluate("window.fired") is None
    httpx.delete(f"{documents}/{HOSTILE}.txt").raise_for_status()


def test_what_was_understood_is_changed_and_taken_away_by_its_chips(page: Page):
    ask(page, FEES)
    page.locator("#turns .chip", has_text="the fees").get_by_role("button").first.click()
    field = page.get_by_label("Another topic")
    expect(field).to_have_value("the fees")
    field.fill("harbour fees")
    field.press("Enter")
    expect(page.locator("#turns .question")).to_have_text([FEES, "What did Lena Aaltonen say about harbour fees?"])
    page.get_by_role("button", name="Ask again without speaker Lena Aaltonen").last.click()
    expect(page.locator("#turns .question").last).to_have_text("Who spoke about the fees?")
    ask(page, "Who besides Tor Brandvik spoke about the fees?")
    page.get_by_role("button", name="Ask again without topic the fees").last.click()
    expect(page.locator("#turns .question").last).to_have_text("Who besides Tor Brandvik said what?")
    page.get_by_role("button", name="Ask again without besides Tor Brandvik").first.click()
    expect(page.locator("#turns .question").last).to_have_text("Who spoke about the fees?")


def test_the_people_view_shows_who_said_what_and_opens_it(page: Page):
    page.get_by_role("button", name="People", exact=True).click()
    expect(page.locator("#view [role=status]")).to_have_text("1 speaker, 3 statements in 2 documents")
    expect(page.locator("#view circle")).to_have_count(3)
    page.get_by_label("Manner").select_option("reported")
    expect(page.locator("#view .said tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"view=people&manner=reported"))
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert Path(download.value.path()).read_text(encoding="utf-8-sig").count("Lena Aaltonen") == 1
    page.locator("#view .words").click()
    expect(page.locator("#source mark")).to_have_text(QUOTES[1][1])
    page.keyboard.press("Escape")
    expect(page.locator("#view .words")).to_be_focused()
    page.reload()
    expect(page.locator("#view .said tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Ask", exact=True).first.click()
    expect(page.locator(BOX)).to_be_focused()


def test_two_reports_are_read_side_by_side(page: Page):
    page.get_by_role("button", name="Evaluation").click()
    page.locator("#f-report").select_option("first")
    page.locator("#f-against").select_option("second")
    expect(page.locator("#view .given")).to_have_text(["Because of the silt.", "Nobody knows."])
    expect(page.locator("#view .measures tbody tr", has_text="R@5")).to_contain_text("0.500")
    page.get_by_text("Plots, kinds of question").click()
    expect(page.frame_locator("#view iframe").get_by_text("Everything")).to_be_visible()


def test_a_conversation_is_found_by_its_words_renamed_and_deleted(page: Page):
    page.on("dialog", lambda dialog: dialog.accept())
    ask(page, FEES)
    page.get_by_role("button", name="Rename").click()
    page.get_by_label("Name of this conversation").fill("About money")
    page.keyboard.press("Enter")
    row = page.locator("#conversations li", has_text="About money")
    expect(row).to_be_visible()
    page.evaluate("document.querySelector('.search').hidden = false")
    page.fill("#search", "silts earns")
    expect(row).to_be_visible()
    page.fill("#search", "whales")
    expect(page.locator("#conversations")).to_contain_text("No conversation with these words")
    page.fill("#search", "")
    with page.expect_download() as download:
        page.get_by_role("link", name="Save as HTML").click()
    kept = Path(download.value.path()).read_text(encoding="utf-8")
    assert all(f"<mark>{quote}</mark>" in kept for _, quote, _, _ in QUOTES)
    row.hover()
    page.get_by_role("button", name="Delete conversation About money").click()
    expect(row).to_have_count(0)
    expect(page.locator("#turns .turn")).to_have_count(0)


def test_an_upload_shows_how_far_it_is_and_can_be_cancelled(page: Page):
    page.set_input_files("#files", [{"name": "slow slow slow slow.txt", "mimeType": "text/plain", "buffer": b"Words"}])
    expect(page.locator("#uploads")).to_contain_text(re.compile(r"embedding · \d of 4 passages"))
    page.get_by_role("button", name="Cancel slow slow slow slow.txt").click()
    expect(page.locator("#uploads .cancelled")).to_contain_text("cancelled")
    expect(page.locator("#documents")).not_to_contain_text("Words")
    page.get_by_role("button", name="Dismiss slow slow slow slow.txt").click()
    expect(page.locator("#uploads li")).to_have_count(0)


def test_places_where_the_speaker_speaks_are_walked_through_the_whole_library(page: Page):
    ask(page, FEES)
    page.locator("#turns .cite").first.click()
    seen = {page.locator("#source mark").inner_text()}
    expect(page.locator("#speaks")).to_have_text(re.compile(r"Lena Aaltonen speaks: \d of 3"))
    for step in ("Previous statement", "Next statement"):
        button = page.get_by_role("button", name=step)
        while button.is_enabled():
            before = page.locator("#speaks").inner_text()
            button.click()
            expect(page.locator("#speaks")).not_to_have_text(before)
            seen.add(page.locator("#source mark").inner_text())
    assert seen == {quote for _, quote, _, _ in QUOTES}


def test_a_page_reloaded_or_cut_off_in_the_middle_of_an_answer_goes_on(browser: Browser, server: Server):
    page = browser.new_context().new_page()
    page.goto(server.address)
    page.wait_for_selector("body.is-ready")
    for cut_off in (lambda: page.reload(), lambda: page.context.set_offline(True)):
        n_turns = page.locator("#turns .turn").count()
        page.fill(BOX, SLOWLY)
        page.press(BOX, "Enter")
        page.locator("#live .lead").wait_for()
        cut_off()
        page.context.set_offline(False)
        expect(page.locator("#turns .turn")).to_have_count(n_turns + 1)
        expect(page.locator("#turns .question").last).to_have_text(SLOWLY)
    page.context.close()


def test_a_verdict_is_kept(page: Page, server: Server):
    ask(page, FEES)
    page.get_by_role("button", name="Good answer").click()
    expect(page.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")


def test_everything_is_reached_and_used_by_keyboard_alone(page: Page):
    expect(page.locator(BOX)).to_be_focused()
    page.keyboard.type(FEES)
    page.keyboard.press("Enter")
    expect(page.locator("#turns .turn")).to_have_count(1)
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate("(e => e.getAttribute('aria-label') || e.textContent.trim())(document.activeElement)")
        seen.add(" ".join(name.split()))
        outlined = "(e => e === document.body || getComputedStyle(e).outlineStyle !== 'none' || e.matches('textarea'))"
        assert page.evaluate(f"{outlined}(document.activeElement)"), name
    assert {
        "People",
        "Evaluation",
        "Choose files",
        "New conversation",
        "Why these passages",
        "Good answer",
        "Ask",
    } <= seen
    assert any(name.startswith("Source 1") for name in seen)
    assert any(name.startswith(FEES) for name in seen)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_axe_finds_nothing_wrong_in_any_state(page: Page, mode: str):
    page.emulate_media(color_scheme=mode)
    found = {"first visit": violations(page)}
    ask(page, FEES)
    found["answer"] = violations(page)
    page.locator("#turns [data-do=why]").click()
    found["why"] = violations(page)
    page.locator("#turns .cite").first.click()
    page.wait_for_selector("#source mark")
    found["source"] = violations(page)
    ask(page, SHIPS)
    page.locator("#turns .nearest summary").click()
    found["abstention"] = violations(page)
    page.set_input_files("#files", [{"name": "x.txt", "mimeType": "text/plain", "buffer": b"\0"}])
    page.locator("#uploads .failed").wait_for()
    found["upload"] = violations(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="People", exact=True).click()
    page.locator("#view circle").first.wait_for()
    found["people"] = violations(page)
    page.get_by_role("button", name="Evaluation").click()
    page.locator("#view .measures").first.wait_for()
    found["evaluation"] = violations(page)
    page.get_by_role("button", name="Ask", exact=True).first.click()
    page.locator("#turns .cite").first.click()
    page.wait_for_selector("#source mark")
    page.set_viewport_size({"width": 360, "height": 740})
    found["narrow, source"] = violations(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Library").click()
    found["narrow, library"] = violations(page)
    assert {state: problems for state, problems in found.items() if problems} == {}


CUT = """() => [document.documentElement, ...document.querySelectorAll("#panes *")]
    .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 2)
    .filter((e) => getComputedStyle(e).display !== "inline")
    .filter((e) => !e.matches(".table, .wide-plot, svg, svg *, select"))
    .map((e) => e.id || e.className || e.tagName)"""


@pytest.mark.parametrize("zoom", [1, 2])
def test_nothing_is_cut_at_any_width(page: Page, zoom: int):
    page.add_style_tag(content=f"html {{ font-size: {zoom * 100}% }}")
    ask(page, FEES)
    for width in (360, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        found = {"answer": page.evaluate(CUT)}
        page.locator("#turns .cite").first.click()
        page.wait_for_selector("#source mark")
        found["source"] = page.evaluate(CUT)
        expect(page.locator("#source mark").first).to_be_in_viewport()
        page.keyboard.press("Escape")
        for name in ("people", "evaluation", "talk"):
            page.locator(f"[data-view={name}]").dispatch_event("click")
            page.wait_for_selector("#composer" if name == "talk" else f"#view[data-name={name}] table")
            found[name] = page.evaluate(CUT)
        assert {state: cut for state, cut in found.items() if cut} == {}, width


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Server]:
    started = Server(tmp_path / "conversations.json")
    yield started
    started.kill()


def test_a_server_that_dies_in_the_middle_of_an_answer(browser: Browser, mortal: Server):
    page = browser.new_context().new_page()
    page.goto(mortal.address)
    page.wait_for_selector("body.is-ready")
    ask(page, FEES)
    page.fill(BOX, SLOWLY)
    page.press(BOX, "Enter")
    page.locator("#live .turn").wait_for()
    mortal.kill()
    expect(page.locator("#news")).to_contain_text("connection broke")
    mortal.start()
    expect(page.locator("#news")).to_contain_text("asked again")
    expect(page.locator("#turns .question")).to_have_text([FEES, SLOWLY])
    page.context.close()


def test_a_question_waits_where_many_ask_and_one_that_is_refused_goes_back_into_the_box(
    browser: Browser, server: Server
):
    page = browser.new_context().new_page()
    page.goto(server.address)
    page.wait_for_selector("body.is-ready")
    later = [{"status": 503, "headers": {"Retry-After": "1"}, "json": {"detail": "busy"}}]
    page.route("**/page/ask", lambda route: route.fulfill(**later.pop()) if later else route.continue_())
    page.fill(BOX, FEES)
    page.press(BOX, "Enter")
    expect(page.locator("#news")).to_contain_text("waits for its turn")
    expect(page.locator("#turns .question")).to_have_text([FEES])
    expect(page.locator("#news")).to_be_empty()
    later.append({"status": 422, "json": {"detail": "not so"}})
    page.fill(BOX, SHIPS)
    page.press(BOX, "Enter")
    expect(page.locator("#news")).to_have_text("not so")
    expect(page.locator(BOX)).to_have_value(SHIPS)
    page.context.close()


def test_an_answer_can_be_stopped(page: Page):
    page.fill(BOX, SLOWLY)
    page.press(BOX, "Enter")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#turns .turn")).to_contain_text("Stopped.")
    expect(page.locator("#send")).to_be_visible()
    ask(page, FEES)
    expect(page.locator("#turns .turn").last.locator("blockquote")).to_have_count(3)


def test_an_answer_is_copied_with_its_sources_and_its_link_opens_it(page: Page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, FEES)
    ask(page, SHIPS)
    first = page.locator("#t1")
    first.get_by_role("button", name="Copy with sources").click()
    expect(page.locator("#quiet")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert [f"> {quote}\nLena Aaltonen {cue}" in copied for _, quote, cue, _ in QUOTES] == [True] * 3
    assert copied.endswith("[3]")
    page.locator("#t2").get_by_role("button", name="Link").click()
    expect(page.locator("#quiet")).to_have_text("Link copied")
    page.goto(page.evaluate("navigator.clipboard.readText()"))
    page.reload()
    expect(page.locator("#t2")).to_be_in_viewport()
    expect(page.locator("#t1 .cite")).to_have_count(3)


def test_the_page_works_over_plain_http_from_another_computer(browser: Browser, server: Server):
    page = browser.new_context().new_page()
    page.goto(server.address.replace("127.0.0.1", ELSEWHERE))
    page.wait_for_selector("body.is-ready")
    assert not page.evaluate("isSecureContext || navigator.clipboard || crypto.randomUUID")
    ask(page, FEES)
    page.get_by_role("button", name="Copy with sources").click()
    expect(page.locator("#quiet")).to_have_text("Copied")
    page.press(BOX, "Control+V")
    expect(page.locator(BOX)).to_have_value(re.compile(re.escape(QUOTES[0][1])))


def test_while_the_model_is_loading_the_page_says_so_and_answers(page: Page, server: Server):
    loading = server.kept.parent / "model-is-loading"
    loading.touch()
    page.reload()
    expect(page.locator("#loading")).to_contain_text("answers go by words alone")
    ask(page, FEES)
    assert violations(page) == []
    loading.unlink()
    expect(page.locator("#loading")).to_be_empty()
