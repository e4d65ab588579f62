"""A language model behind a real server that fails in every way we know, and what is left of the answer then."""

import logging
import socket

import pytest
from cited_table import ALLIANCE, cited_library
from llm_server import KEY, MODEL, LanguageModelServer, serving

from assistant.answer import Answer, Reason, Support
from assistant.ask import Assistant, Delta
from assistant.conversations import answer_from_json
from assistant.llm import Finished, served_model
from assistant.prompt import Message
from assistant.settings import Settings
from index.embed import HashingEmbedder
from index.errors import LanguageModelError, SettingError
from index.library import Library
from index.records import Document, DocumentInfo

QUESTION = "How much does the harbour fee rise in April?"
TRUE = "The harbour fee rises by four percent in April [1]."
SHOWN = "The harbour fee rises by four percent in April. [1]"
FALSE = "The harbour fee falls by nine percent in May [1]."
MESSAGES = [Message("system", "Be brief."), Message("user", "Hello?")]


@pytest.fixture
def server():
    with serving() as server:
        server.text = TRUE
        yield server


@pytest.fixture(scope="module")
def harbour(tmp_path_factory):
    with cited_library(tmp_path_factory.mktemp("harbour")) as library:
        yield library


def settings(server: LanguageModelServer | None = None, **more) -> Settings:
    named = {"llm_url": server.url, "llm_model": MODEL} if server else {}
    is_silent = server is not None and server.mode in ("silent", "stall", "endless")
    return Settings(**{"llm_key": KEY, "llm_timeout": 0.5 if is_silent else 30, "caution": "eager", **named, **more})


def ask(library: Library, given: Settings, question: str = QUESTION) -> Answer:
    """Ask by the stream and hold what every stream must hold: the pieces are the text, the citations stand in it."""
    *pieces, answer = Assistant(library, given).stream(question)
    assert "".join(piece.text for piece in pieces if isinstance(piece, Delta)) == answer.text
    for citation in answer.citations:
        text = library.document(citation.document.id).text
        assert text[citation.quote.start : citation.quote.end] == citation.quote.text
        assert f"[{citation.number}]" in answer.text[citation.start : citation.end]
    assert answer_from_json(answer.to_json()).to_json() == answer.to_json()
    return answer


def test_a_supported_answer_is_the_models_with_exact_citations(server, harbour):
    answer = ask(harbour, settings(server))
    assert answer.text == SHOWN
    assert answer.citations[0].quote.text == "The harbour fee rises by four percent in April."
    assert (answer.model.name, answer.model.note) == (MODEL, None)
    assert (answer.model.n_prompt_tokens, answer.model.n_answer_tokens) == (321, 45)
    assert set(answer.timings) == {"understand", "retrieve", "answer", "model"}


def test_the_request_is_the_same_every_time_and_asks_for_determinism(server, harbour):
    ask(harbour, settings(server))
    ask(harbour, settings(server))
    first, second = server.requests
    assert first == second
    assert (first["temperature"], first["seed"], first["stream"]) == (0, 0, True)
    assert first["max_tokens"] > 0
    assert server.keys == [f"Bearer {KEY}"] * 2


def test_the_key_of_another_program_is_not_sent(server, harbour, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-program")
    monkeypatch.setenv("OPENAI_API_BASE", "http://127.0.0.1:9/v1")
    answer = ask(harbour, settings(server, llm_key=None))
    assert answer.text == SHOWN
    assert "another" not in str(server.keys)


FAILURES = {
    "401": "refused the key",
    "404": "knows no model",
    "429": "too much to do",
    "500": "status 500",
    "400": "FOOTNOTE_LLM_CONTEXT",
    "html": "/v1",
    "silent": "gave no sign for 0.5 seconds",
    "cut": "broke off",
    "stall": "gave no sign",
    "json": "not JSON",
    "error-event": "reported an error",
    "no-finish": "without saying that the answer is whole",
    "length": "stopped in the middle",
    "filter": "content filter",
    "endless": "most of what it wrote",
}


@pytest.mark.parametrize("mode", FAILURES)
def test_a_failure_before_anything_was_shown_leaves_the_quotes(server, harbour, mode, caplog):
    plain = ask(harbour, settings())
    server.mode, server.text = mode, "Hm"
    with caplog.at_level(logging.INFO):
        answer = ask(harbour, settings(server))
    assert (answer.text, answer.citations) == (plain.text, plain.citations)
    assert FAILURES[mode] in answer.model.note
    assert "\n" not in answer.model.note
    shown = f"{answer.to_json()}{caplog.text}"
    assert not [secret for secret in (KEY, "Bearer", "org-secret", "Traceback", "cuda") if secret in shown]


@pytest.mark.parametrize("mode", ["cut", "stall", "json", "error-event", "length", "no-finish"])
def test_a_failure_in_the_middle_keeps_what_was_checked_and_adds_the_quotes(server, harbour, mode):
    plain = ask(harbour, settings())
    server.mode, server.text = mode, f"{TRUE} The vote was taken at 18.55 [1]. And the rest of the text is"
    if mode not in ("length", "no-finish"):
        server.text += " " * 200  # half of it is sent
    answer = ask(harbour, settings(server))
    assert answer.text.startswith(SHOWN)
    assert "And the rest" not in answer.text
    assert all(citation.quote in [c.quote for c in answer.citations] for citation in plain.citations)
    assert FAILURES[mode] in answer.model.note


def test_a_server_that_is_down_leaves_the_quotes(harbour):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    answer = ask(harbour, settings(llm_url=f"http://127.0.0.1:{port}/v1", llm_model=MODEL))
    assert answer.citations
    assert "can't be reached" in answer.model.note


def test_a_struck_sentence_is_shown_as_struck_and_cites_nothing(server, harbour):
    server.text = f"{TRUE} {FALSE} The vote was taken at 18.55 [2]."
    answer = ask(harbour, settings(server))
    verdicts = [check.support for check in answer.model.sentences]
    assert verdicts == [Support.SUPPORTED, Support.UNSUPPORTED, Support.SUPPORTED]
    struck = answer.model.sentences[1]
    assert answer.text[struck.start : struck.end] == f"~~{FALSE.replace(' [1]', '')}~~ (not found in the sources)"
    assert "falls" in struck.problem or "nine" in struck.problem or "May" in struck.problem
    assert not any(c.start < struck.end and struck.start < c.end for c in answer.citations)
    assert answer.model.note is None


def test_what_is_not_supported_at_all_gives_the_quotes_instead(server, harbour):
    plain = ask(harbour, settings())
    server.text = FALSE
    answer = ask(harbour, settings(server))
    assert (answer.text, answer.citations) == (plain.text, plain.citations)
    assert "not found in the sources" in answer.model.note
    assert answer.model.sentences[0].start is None


def test_a_model_that_keeps_inventing_is_not_listened_to_any_longer(server, harbour):
    server.text = f"{TRUE} " + " ".join([FALSE] * 400)
    answer = ask(harbour, settings(server))
    assert answer.text.count("~~") < 20
    assert answer.text.startswith(SHOWN)
    assert answer.citations[-1].quote
    assert "most of what it wrote" in answer.model.note
    assert server.hang_up.wait(5), "the stream was not closed"


def test_a_model_that_finds_nothing_leaves_the_quotes(server, harbour):
    plain = ask(harbour, settings())
    server.text = "NOT IN THE SOURCES"
    answer = ask(harbour, settings(server))
    assert (answer.text, answer.citations) == (plain.text, plain.citations)
    assert "found no answer" in answer.model.note


def test_an_unsupported_text_over_passages_too_weak_to_quote_is_an_abstention(server, harbour):
    weak = "Which colour has the harbour fee in council reports on whales?"
    before = ask(harbour, settings(caution="cautious"), weak)
    assert before.abstention.reason is Reason.TOO_WEAK
    server.text = FALSE
    answer = ask(harbour, settings(server, caution="cautious"), weak)
    assert answer.abstention.reason is Reason.UNSUPPORTED
    assert answer.text == answer.abstention.message
    server.text = TRUE.replace("[1]", "[1-4]")
    assert ask(harbour, settings(server, caution="cautious"), weak).citations


def test_nothing_is_sent_where_the_documents_hold_nothing(server, harbour):
    assert ask(harbour, settings(server), "What did Queen Zenobia say about Peru?").abstention
    assert server.requests == []


@pytest.mark.slow  # reads who said what with spaCy
def test_words_are_checked_against_who_said_them_as_the_index_knows(server, tmp_path_factory):
    with Library.open(tmp_path_factory.mktemp("alliance"), embedder=HashingEmbedder()) as library:
        library.add([Document(DocumentInfo("alliance", "alliance.txt", "Alliance", "2024-05-03"), ALLIANCE, "0")])
        question = "What did Pia Holm say about Marland?"
        quotes = ask(library, settings(), question).citations
        number = next(c.number for c in quotes if "watches closely" in c.quote.text)
        said = "said that Marland watches closely what happens here"
        server.text = f"Pia Holm {said} [{number}]. Tom Reyes {said} [{number}]. Pia Holm denied it [{number}]."
        answer = ask(library, settings(server), question)
    assert [check.support for check in answer.model.sentences][:2] == [Support.SUPPORTED, Support.UNSUPPORTED]
    assert answer.model.sentences[2].support is Support.UNSUPPORTED
    assert (answer.citations[0].speaker, answer.citations[0].manner) == ("Pia Holm", "direct")
    assert "ministry" not in str(server.requests[-1]["messages"][-1])


@pytest.mark.parametrize("piece", [1, 2, 3, 5, 1000])
def test_markers_split_between_pieces_are_read_whole(server, harbour, piece):
    server.text, server.piece = f"{TRUE[:-4]}【1†source】. The vote was taken at 18.55. [2]", piece
    answer = ask(harbour, settings(server))
    assert answer.text == "The harbour fee rises by four percent in April. [1] The vote was taken at 18.55. [2]"


def test_every_piece_is_a_whole_checked_sentence(server, harbour):
    server.text = f"{TRUE} The vote was taken at 18.55 [2]."
    *pieces, answer = Assistant(harbour, settings(server)).stream(QUESTION)
    checks = [answer.text[check.start : check.end] for check in answer.model.sentences]
    assert [piece.text.strip() for piece in pieces] == checks


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://localhost:11434", "http://localhost:11434/v1"),
        ("http://localhost:11434/", "http://localhost:11434/v1"),
        ("http://localhost:8000/v1/", "http://localhost:8000/v1"),
        ("http://localhost:8000/v1/chat/completions", "http://localhost:8000/v1"),
        ("https://host.example/some/api", "https://host.example/some/api"),
    ],
)
def test_addresses_are_completed(url, address):
    assert served_model(Settings(llm_url=url, llm_model=MODEL)).url == address


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"llm_url": "http://localhost:1/v1"}, "FOOTNOTE_LLM_MODEL"),
        ({"llm_model": MODEL}, "FOOTNOTE_LLM_URL"),
        ({"llm_url": "localhost:11434", "llm_model": MODEL}, "http://host:port"),
        ({"llm_url": f"http://me:{KEY}@localhost/v1", "llm_model": MODEL}, "FOOTNOTE_LLM_KEY"),
    ],
    ids=["no-model", "no-address", "no-scheme", "password-in-address"],
)
def test_half_a_name_is_an_error(harbour, named, said):
    with pytest.raises(SettingError, match=said) as raised:
        Assistant(harbour, Settings(**named))
    assert KEY not in str(raised.value)


def test_without_settings_there_is_no_model(harbour):
    assert served_model(Settings()) is None
    assert ask(harbour, settings()).model is None


def test_the_key_is_shown_nowhere(server):
    given = settings(server)
    assert KEY not in f"{given!r}{given}{given.llm_key}{given.model_dump()}"


def test_any_llama_index_llm_can_write(harbour):
    from llama_index.core.llms import MockLLM

    class Writer(MockLLM):
        """Ends without telling how, as most libraries' models do."""

        def stream_complete(self, prompt, formatted=False, **kwargs):
            from llama_index.core.llms import CompletionResponse

            yield from (CompletionResponse(text=TRUE[:n], delta=TRUE[n - 1]) for n in range(1, len(TRUE) + 1))

    *pieces, answer = Assistant(harbour, settings(), llm=Writer()).stream(QUESTION)
    assert answer.text == SHOWN == "".join(piece.text for piece in pieces)
    assert answer.model.name


def test_an_llm_that_raises_leaves_the_quotes(harbour):
    from llama_index.core.llms import MockLLM

    class Broken(MockLLM):
        def stream_chat(self, messages, **kwargs):
            raise ZeroDivisionError(f"secret {KEY}")

    answer = Assistant(harbour, settings(), llm=Broken()).ask(QUESTION)
    assert answer.citations
    assert "ZeroDivisionError" in answer.model.note
    assert KEY not in answer.model.note


def test_a_stream_that_is_given_up_closes_the_connection(server, harbour):
    server.mode, server.text = "endless", TRUE * 2
    stream = Assistant(harbour, settings(server, llm_timeout=30)).stream(QUESTION)
    next(stream)
    stream.close()
    assert server.hang_up.wait(5)


def test_the_model_itself_tells_pieces_and_tokens(server):
    *pieces, end = served_model(settings(server)).stream(MESSAGES)
    assert "".join(pieces) == TRUE
    assert end == Finished(321, 45)


@pytest.mark.parametrize(("mode", "said"), [("length", "stopped in the middle"), ("endless", "not come to an end")])
def test_the_model_itself_raises_for_what_is_not_whole(server, mode, said):
    server.mode = mode
    with pytest.raises(LanguageModelError, match=said):
        list(served_model(settings(server)).stream(MESSAGES))
