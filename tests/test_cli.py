"""The command line as a person and a script meet it: a new process, real files, exit statuses."""

import json
import os
import subprocess
import sys

import pytest
from typer.main import get_command

from assistant.cli import app
from assistant.example import DOCUMENTS

CONTRACT = (
    "index ask search chat people statements serve mcp evaluate status doctor settings export remove watch".split()
)


def footnote(*arguments, library=None, text_in=""):
    environment = {**os.environ, "COLUMNS": "100"}
    command = [sys.executable, "-m", "assistant.cli", *map(str, arguments)]
    if library is not None:
        command += ["--library", str(library)]
    return subprocess.run(command, capture_output=True, text=True, input=text_in, env=environment, timeout=120)


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    library = tmp_path_factory.mktemp("cli") / "news.library"
    done = footnote("index", DOCUMENTS, "--json", library=library)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["added"] == report["n_documents"] == len([p for p in DOCUMENTS.iterdir() if p.is_file()])
    return library


def test_indexing_again_changes_nothing(news):
    report = json.loads(footnote("index", DOCUMENTS, "--json", library=news).stdout)
    assert (report["added"], report["changed"], report["deleted"]) == (0, 0, 0)
    assert report["unchanged"] == report["n_documents"]
    assert report["skipped"] == []


def test_an_answer_is_quoted_word_for_word(news):
    done = footnote("ask", "When does the dredging work begin?", "--json", library=news)
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert any("1 September 2025" in citation["quote"]["text"] for citation in answer["citations"])
    for citation in answer["citations"]:
        assert citation["quote"]["text"] in answer["text"][citation["start"] : citation["end"]]


def test_silence_has_exit_status_1_and_a_reason(news):
    done = footnote("ask", "What did Queen Victoria say about the ferry?", "--json", library=news)
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert answer["abstention"]["reason"] == "not_this_speaker"
    assert answer["citations"] == []


def test_the_same_question_twice_gives_the_same_bytes(news):
    first, second = (json.loads(footnote("ask", "Who pays?", "--json", library=news).stdout) for _ in range(2))
    first.pop("timings"), second.pop("timings")
    assert json.dumps(first) == json.dumps(second)


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        (("search", "cod", "-k", "3"), {"query", "understood", "passages"}),
        (("status",), {"n_documents", "n_passages", "n_statements", "versions"}),
        (("doctor",), {"problems", "repaired"}),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_json_has_the_public_keys(news, command, keys):
    done = footnote(*command, "--json", library=news)
    assert done.returncode == 0, done.stderr
    assert keys <= set(json.loads(done.stdout))


def test_every_command_of_the_contract_is_there_and_takes_json():
    commands = dict(get_command(app).commands)
    commands |= {"evaluate": commands["evaluate"].commands["run"]}
    for name in CONTRACT:
        assert any("--json" in parameter.opts for parameter in commands[name].params), name


def test_statements_and_people_have_their_public_shape(news):
    statements = json.loads(footnote("statements", "--json", library=news).stdout)
    assert {"speaker", "cue", "manner", "document", "content", "date", "page"} <= set(statements[0])
    table = footnote("statements", "--csv", "--manner", "direct", library=news).stdout.splitlines()
    assert table[0].endswith("start,end,spans")
    assert len(table) - 1 == sum(statement["manner"] == "direct" for statement in statements) > 0
    people = json.loads(footnote("people", "--json", library=news).stdout)
    assert set(people[0]) == {"speaker", "names", "n_statements", "n_documents", "topics"}
    assert sum(person["n_statements"] for person in people) == len(statements)


def test_chat_answers_line_by_line(news):
    done = footnote("chat", "--json", library=news, text_in="When does the dredging work begin?\nWhat is a quark?\n")
    assert [bool(json.loads(line)["abstention"]) for line in done.stdout.splitlines()] == [False, True]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("index", "/nowhere/at/all"), 2, "is not there"),
        (("ask", ""), 2, "the question is empty"),
        (("ask", "why " * 25_000), 2, "characters"),
        (("ask", "why?", "-k", "0"), 2, "at least one passage"),
        (("search", "cod", "-k", "0"), 2, "at least one passage"),
        (("ask",), 2, "Missing argument"),
        (("frobnicate",), 2, "No such command"),
        (("ask", "why?", "--history", "/nowhere.json"), 2, "history"),
        (("remove", "no/such.txt"), 2, "no document"),
    ],
    ids=[
        "no-folder",
        "empty-question",
        "long-question",
        "k-0",
        "search-k-0",
        "no-question",
        "no-command",
        "history",
        "id",
    ],
)
def test_bad_input_is_one_line_with_the_remedy(news, arguments, status, said):
    library = None if arguments[0] == "frobnicate" else news
    done = footnote(*arguments, library=library)
    assert done.returncode == status
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_k_above_the_corpus_shows_all_there_is(news):
    found = json.loads(footnote("search", "cod", "-k", "5000", "--json", library=news).stdout)
    n_passages = json.loads(footnote("status", "--json", library=news).stdout)["n_passages"]
    assert 0 < len(found["passages"]) <= n_passages


def test_an_unknown_setting_is_an_error(news, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_TYPO", "1")
    done = footnote("status", library=news)
    assert done.returncode == 2
    assert "FOOTNOTE_TYPO" in done.stderr


def test_an_empty_library_says_what_to_do(tmp_path):
    done = footnote("ask", "Who pays?", library=tmp_path / "empty")
    assert done.returncode == 1
    assert "footnote index" in done.stdout
