"""The whole path with nothing made up: the real program over the example library, in a real browser."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright
from serving import CHROMIUM, FLAGS, Watched

from assistant.example import DOCUMENTS, QUESTIONS
from index import Library

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")]
ROOT = Path(__file__).parent.parent
BOX = "textarea"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("visit") / "example.library"
    with Library.open(folder) as library:
        library.sync(DOCUMENTS)
    environment = {**os.environ, "FOOTNOTE_PORT": "0", "BROWSER": "true", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, str(ROOT / "app.py"), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
        line = next(line for line in process.stdout if "http://" in line)
        url = line[line.index("http://") :].split()[0].rstrip("/") + "/"
        wait_for(url)
        yield url
        process.terminate()
        process.wait(timeout=20)


def wait_for(url: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if httpx.get(url + "health").is_success and httpx.get(url).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the page did not come up")


@pytest.fixture
def page(address):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = browser.new_page(viewport={"width": 1280, "height": 860})
        watched = Watched(opened, address)
        opened.goto(address)
        opened.locator(f"{BOX}:enabled").first.wait_for()
        yield opened
        assert watched.outside == []
        assert watched.complaints == []
        browser.close()


def ask(page: Page, question: str) -> None:
    n_turns = page.locator("#turns .turn").count()
    page.locator(BOX).first.fill(question)
    page.locator(BOX).first.press("Enter")
    expect(page.locator("#turns .turn")).to_have_count(n_turns + 1, timeout=20_000)


def test_an_example_question_is_answered_and_its_source_opens_at_the_quote(page):
    page.get_by_role("button", name=QUESTIONS[0]).first.click()
    quote = page.locator("#turns blockquote").first
    expect(quote).to_be_visible(timeout=20_000)
    page.locator("#turns .cite").first.click()
    mark = page.locator("#source mark").first
    expect(mark).to_be_in_viewport()
    assert mark.inner_text()[:20] in quote.inner_text()


def test_a_citation_opens_by_keyboard(page):
    ask(page, "When does the dredging work begin?")
    page.locator("#turns .cite").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#source mark").first).to_contain_text("1 September 2025")


def test_what_is_not_in_the_documents_is_said_to_be_missing(page):
    ask(page, "What did Mayor Strand say about the wind park?")
    expect(page.locator("#turns .none").last).to_contain_text("wind park")
    expect(page.locator("#turns .turn").last.locator(".cite")).to_have_count(0)


def test_an_uploaded_file_can_be_asked_about(page):
    text = "Lighthouse notes\n\n“The lamp was lit by hand until 1931,” said keeper Anna Brask.\n"
    upload = {"name": "lighthouse.txt", "mimeType": "text/plain", "buffer": text.encode()}
    page.locator("input[type=file]").first.set_input_files(upload)
    expect(page.locator("#documents")).to_contain_text("Lighthouse notes", timeout=30_000)
    ask(page, "What did Anna Brask say about the lamp?")
    expect(page.locator("#turns blockquote").last).to_contain_text("lit by hand until 1931")
