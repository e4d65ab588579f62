"""A language model before the search: follow-ups it completes and words it adds, and what is dropped of them."""

import pytest
from cited_table import cited_library
from llm_server import KEY, MODEL, serving

from assistant.answer import Turn
from assistant.ask import Assistant
from assistant.llm import served_model
from assistant.prompt import prompt_file
from assistant.reword import condensed, search_words
from assistant.settings import Settings

HISTORY = (Turn("user", "When does the harbour fee rise?"), Turn("assistant", "In April, says the council."))


@pytest.fixture
def server():
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def harbour(tmp_path_factory):
    with cited_library(tmp_path_factory.mktemp("harbour")) as library:
        yield library


def settings(server, **more) -> Settings:
    timeout = 0.5 if server.mode == "silent" else 30
    return Settings(llm_url=server.url, llm_model=MODEL, llm_key=KEY, llm_timeout=timeout, caution="eager", **more)


def test_a_follow_up_is_completed_from_the_conversation(server):
    server.text = "By how much does the harbour fee rise?"
    assert condensed(served_model(settings(server)), "By how much?", HISTORY) == server.text
    system, user = server.requests[0]["messages"]
    assert "question of a conversation" in system["content"]
    assert user["content"].splitlines()[-1] == "| user: By how much?"


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("By how much does the ferry fare in Odda rise?", ""),  # names nobody mentioned
        ("By how much does it rise in 2031?", ""),
        ("By how much does the harbour fee rise? " * 20, ""),
        ("", ""),
        ("By how much does the harbour fee rise?", "cut"),
        ("By how much does the harbour fee rise?", "500"),
        ("By how much does the harbour fee rise?", "silent"),
    ],
    ids=["foreign name", "foreign number", "too long", "empty", "cut", "status 500", "silent"],
)
def test_what_the_conversation_does_not_hold_is_dropped(server, text, mode):
    server.text, server.mode = text, mode
    assert condensed(served_model(settings(server)), "By how much?", HISTORY) == "By how much?"


def test_a_first_question_is_not_sent(server):
    assert condensed(served_model(settings(server)), "By how much?", ()) == "By how much?"
    assert not server.requests


def test_words_to_search_for_are_few_plain_and_new(server):
    server.text = "fees: charge, dues 2031 toll rises tariff levy price cost payment rate"
    words = search_words(served_model(settings(server)), "When does the harbour fee rise?")
    assert words == ("charge", "dues", "toll", "tariff", "levy", "price", "cost", "payment")


def test_the_options_are_off_until_they_are_set(server, harbour):
    server.text = "The harbour fee rises by four percent in April [1]."
    answer = Assistant(harbour, settings(server)).ask("By how much?", history=HISTORY)
    assert len(server.requests) == 1
    assert answer.model


def test_a_completed_question_is_shown_as_understood(server, harbour):
    server.text = "By how much does the harbour fee rise in April?"
    answer = Assistant(harbour, settings(server, llm_condense=True)).ask("By how much?", history=HISTORY)
    assert (answer.query.question, answer.query.text) == ("By how much?", server.text)
    assert answer.query.carried_over
    assert answer.passages[0].document.id in ("news", "minutes")


def test_words_are_searched_for_but_not_shown(server, harbour):
    question = "What about boats?"
    plain = Assistant(harbour, Settings(caution="eager")).search(question)[1]
    server.text = "harbour fee"
    more = Assistant(harbour, settings(server, llm_search_words=True)).ask(question)
    assert more.query.text == question.removesuffix("?") or more.query.text == question
    assert plain[0].score > 0
    assert "harbour" in more.passages[0].text.lower()


def test_no_words_are_asked_for_where_somebodys_statements_are(server, harbour):
    server.text = "harbour fee"
    Assistant(harbour, settings(server, llm_search_words=True)).ask("What did Anna Holm say about the fee?")
    asked = [request["messages"][0]["content"] for request in server.requests]
    assert prompt_file("search.md") not in asked


def test_cost_follows_from_tokens_and_prices(server, harbour):
    server.text = "The harbour fee rises by four percent in April [1]."
    priced = settings(server, llm_prompt_price=2.0, llm_answer_price=10.0)
    answer = Assistant(harbour, priced).ask("How much does the harbour fee rise in April?")
    assert answer.model.cost == pytest.approx((321 * 2 + 45 * 10) / 1e6)
    unpriced = Assistant(harbour, settings(server)).ask("How much does the harbour fee rise in April?")
    assert unpriced.model.cost is None
