"""The threat model is held by tests that exist, and by code without dangerous calls."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DANGEROUS = {"eval", "exec", "compile", "__import__"}
TO_OWN_CHILD = {"index/vectors.py"}  # pickles what it sends to its own child process through a pipe, never a file
MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "pty"}


def named() -> list[tuple[str, str]]:
    text = (ROOT / "docs" / "SECURITY.md").read_text(encoding="utf-8")
    return re.findall(r"`(tests/\w+\.py)::(\w+)`", text)


def test_the_document_names_tests():
    assert len(named()) > 20


@pytest.mark.parametrize(("path", "test"), named(), ids=lambda part: part.removeprefix("tests/"))
def test_each_line_is_held_by_a_test_that_exists(path: str, test: str):
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_our_code_calls_nothing_dangerous():
    for path in [*(ROOT / "index").rglob("*.py"), *(ROOT / "assistant").rglob("*.py"), ROOT / "app.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in DANGEROUS, (path, node.lineno)
            if isinstance(node, ast.Call):
                assert not any(word.arg == "shell" for word in node.keywords), (path, node.lineno)
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names} | {getattr(node, "module", None) or ""}
                is_dangerous = {name.partition(".")[0] for name in names} & MODULES
                assert not is_dangerous or str(path.relative_to(ROOT)) in TO_OWN_CHILD, (path, node.lineno)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
                assert node.attr not in ("system", "popen"), (path, node.lineno)
