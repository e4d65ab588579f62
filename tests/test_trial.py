"""`footnote doctor --llm` and what terminal and page show of a model's answer, against a real server."""

import json

import pytest
from llm_server import KEY, MODEL, serving
from typer.testing import CliRunner

from assistant import terminal
from assistant.answer import Answer, Citation, ModelUse, Query, SentenceCheck, Support
from assistant.cli import app
from assistant.llm import served_model
from assistant.page import render
from assistant.settings import Settings
from assistant.trial import try_model
from index.records import DocumentInfo, Passage, Span

GOOD = "The lighthouse of Odda was lit for the first time on 4 May 1871 [1]."
TEXT = (
    "The fee rises in April. [1] ~~The <b>fee</b> is abolished.~~ (not found in the sources)\n"
    "- The vote was taken at 18.55. [2]"
)


@pytest.fixture
def server():
    with serving() as server:
        server.text = GOOD
        yield server


@pytest.fixture
def answer():
    info = DocumentInfo("news", "news.txt", "Port fees", "2025-03-14")
    struck, second = TEXT.index("~~"), TEXT.index("The vote")
    citations = (
        Citation(1, 0, struck - 1, info, Span(0, 23, "The fee rises in April.")),
        Citation(2, second, len(TEXT), info, Span(30, 57, "The vote was taken at 18.55")),
    )
    checks = (
        SentenceCheck("The fee rises in April.", Support.SUPPORTED, 0, struck - 1, (1,)),
        SentenceCheck("The <b>fee</b> is abolished.", Support.UNSUPPORTED, struck, second - 3, (), "no “abolished”"),
        SentenceCheck("The vote was taken at 18.55.", Support.SUPPORTED, second, len(TEXT), (2,)),
    )
    use = ModelUse("tiny<script>", "the server <broke> off", checks, 300, 40)
    passage = Passage(info, 0, 57, "The fee rises in April. And so the vote was taken at 18.55", rank=1)
    return Answer(Query("What?", "what"), TEXT, 0.8, citations, passages=(passage,), model=use)


def trial(server, **more):
    return try_model(served_model(Settings(llm_url=server.url, llm_model=MODEL, llm_timeout=20, **more)))


def test_a_model_that_works_has_no_problems(server):
    server.usage = 1500
    found = trial(server)
    assert found.problems == ()
    assert len(found.works) == 4
    assert len(server.requests) == 3


def test_a_model_that_invents_is_named(server):
    server.text = "It was lit in 1902, I believe."
    assert any("does not keep to the sources" in problem for problem in trial(server).problems)


def test_a_server_that_cuts_long_prompts_is_named(server):
    server.usage = 321
    assert any("FOOTNOTE_LLM_CONTEXT" in problem for problem in trial(server, llm_context=8192).problems)


@pytest.mark.parametrize("mode", ["401", "404", "html", "length", "json"])
def test_each_failure_is_one_line(server, mode):
    server.mode = mode
    found = trial(server)
    assert len(found.problems) == 1
    assert "\n" not in found.problems[0]
    assert KEY not in found.problems[0]


def test_the_command_tells_in_json_and_by_its_status(server, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_LLM_URL", server.url)
    monkeypatch.setenv("FOOTNOTE_LLM_MODEL", MODEL)
    monkeypatch.setenv("FOOTNOTE_LLM_KEY", KEY)
    server.mode = "401"
    done = CliRunner().invoke(app, ["doctor", "--llm", "--json"])
    assert done.exit_code == 2
    assert "refused the key" in json.loads(done.stdout)["problems"][0]
    shown = CliRunner().invoke(app, ["settings"])
    assert KEY not in done.output + shown.output
    assert MODEL in shown.output


def test_the_command_without_a_model_says_how_to_name_one():
    done = CliRunner().invoke(app, ["doctor", "--llm"])
    assert "FOOTNOTE_LLM_URL" in str(done.exception)


def test_the_page_strikes_escapes_and_tells_on_demand(answer):
    html = render.turn(answer, 1)
    assert "<del>The &lt;b&gt;fee&lt;/b&gt; is abolished.</del>" in html
    assert "~~" not in html
    assert "tiny&lt;script&gt;" in html
    assert "the server &lt;broke&gt; off" in html
    assert html.count('class="cite"') == 2
    assert "<blockquote" not in html
    assert "no “abolished”" in html
    assert "<del>" in render.pending("What?", 1, TEXT)


@pytest.mark.parametrize("check", [True, False])
def test_the_terminal_shows_text_quotes_and_note(answer, capsys, check):
    terminal.show_answer(answer, check=check)
    shown = " ".join(capsys.readouterr().out.split())
    assert "~~" not in shown
    assert "(not found in the sources)" in shown
    assert shown.count("news.txt") == 2
    assert "the server <broke> off" in shown
    assert ("no “abolished”" in shown) is check
