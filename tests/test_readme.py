"""The README's code runs as it stands, and its commands exist."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from assistant.cli import app
from assistant.example import DOCUMENTS

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
COMMANDS = re.findall(r"^\$ footnote (.*)$", README, re.MULTILINE)


def test_the_scripts_run_in_order_and_print_what_they_promise(tmp_path, monkeypatch, capsys):
    shutil.copytree(DOCUMENTS, tmp_path / "articles")
    monkeypatch.chdir(tmp_path)
    assert len(PYTHON) == 2
    for script in PYTHON:
        exec(compile(script, "README.md", "exec"), {})
        printed = capsys.readouterr().out
        assert printed.strip()
    assert "ferry" in printed


def test_the_connectors_script_runs(tmp_path, monkeypatch, capsys):
    text = (Path(__file__).parent.parent / "docs" / "connectors.md").read_text(encoding="utf-8")
    (tmp_path / "articles").mkdir()
    shutil.copy(next(iter(sorted(DOCUMENTS.glob("*.txt")))), tmp_path / "articles")
    monkeypatch.chdir(tmp_path)
    exec(compile(re.search(r"```python\n(.*?)```", text, re.DOTALL)[1], "connectors.md", "exec"), {})
    assert capsys.readouterr().out == "1 0 0\n"


@pytest.mark.parametrize("line", COMMANDS, ids=lambda line: line.split()[0])
def test_every_command_parses(line):
    import typer

    group = typer.main.get_command(app)
    name, *arguments = shlex.split(line)
    command = group.get_command(None, name)
    assert command is not None
    if name != "evaluate":  # its own group: `evaluate SET` means `evaluate run SET`
        command.make_context(name, arguments)


def test_the_tree_names_every_module_and_no_other():
    tree = README.split("## How it is made")[1]
    names = set(re.findall(r"[\w/]+\.py", tree))
    root = Path(__file__).parent.parent
    there = {path.name for path in [*root.glob("index/*.py"), *root.glob("assistant/*.py")]} - {"__init__.py"}
    assert {Path(name).name for name in names} == there
