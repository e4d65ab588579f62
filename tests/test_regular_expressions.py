"""No regular expression of ours can be made to hang: each against long hostile strings, in a process that ends."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Not tried on long strings: what they read has been cut short, or is matched at the beginning of a line alone.
BOUNDED = (
    r"(?:[A-Za-z]\.)+[A-Za-z]$",  # a last word, at most 40 characters
    r"[\w.&'’-]{1,40}$",  # the forty characters before a full stop
    r"(?:[\s,;]|\b(?:and|but|while|",  # what is left of a sentence, at most 1,500 characters
    r"(?:\b[A-Z][\w’'.-]*[ ,]+)+$",  # two hundred characters before a name
    '(?:^|[\\n.!?;”\\"—–-]\\s{0,9}|',  # eighty characters before a quotation
    r"(?:(\d+):)?(\d{1,2}):(\d\d)[.,]",  # a line of subtitles, between ^ and $
    r"(?:[\s?!.,;:]+|,? (?:please|",  # a question, at most 2,000 characters
    r"(?:[$€£]?\d.*|one|two|",  # a quote's words
)
METHODS = {name: name for name in ("search", "match", "fullmatch", "finditer")}
METHODS |= dict.fromkeys(("sub", "subn", "split", "findall"), "finditer")
WITHIN = 0.1  # seconds of processor for one expression on 100 kB
SEEDS = [
    "a", " ", "\n", "\t ", "a ", "a, ", "A. ", "A.A.", "Aa ", "“", "“a”", '"', "'", "’s ", "(",
    "[1]", "[[", "<", "<a ",
    "1", "1,", "1.1", "0-", "--", "__", "**", "* ", "#", "|", "| a ", "http://", "a@", "said ", "who said ", "Mr. ",
    "and ",
    ", and A B", "2023-01-31 ", "31 January ",
    "$1", "%", "é", "界", "\u200b", "\\", "/", "../", ": ", "; ", "A: ", "- ",
    "…", "!?", "&amp;", "=", "aA1 ", "\r\n", "A B C ", "a-b", "[a](b", "``", "~", "-\n", "x" * 50 + " ",
]  # fmt: skip


@pytest.mark.slow
def test_every_expression_ends_on_long_hostile_strings():
    found = {*compiled(), *written()}
    expressions = sorted(each for each in found if not each[0].startswith(BOUNDED))
    assert len(expressions) > 60
    assert run(expressions) == []


def test_a_bad_expression_would_be_noticed():
    assert len(run([(r"(?:a|a)+$x", 0, "match"), (r"a+$", 0, "match")])) == 1


def run(expressions: list[tuple[str, int, str]]) -> list[str]:
    """Return the expressions that take too long, tried in a process of their own."""
    command = [sys.executable, __file__]
    done = subprocess.run(command, input=json.dumps(expressions), capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def compiled() -> Iterator[tuple[str, int, str]]:
    """Return the expressions that modules of ours hold, with what is done with them."""
    uses = used()
    for package in ("index", "assistant"):
        for found in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            for name, value in vars(importlib.import_module(found.name)).items():
                for pattern in patterns(value, depth=3):
                    direct = uses[name] if isinstance(value, re.Pattern) else set()
                    yield from ((pattern.pattern, pattern.flags & ~re.UNICODE, how) for how in direct or {"finditer"})


def patterns(value: object, depth: int) -> Iterator[re.Pattern]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif depth and isinstance(value, list | tuple | set | frozenset | dict):
        for inner in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from patterns(inner, depth - 1)


def used() -> dict[str, set[str]]:
    """Return for each name what methods of an expression are called on it."""
    uses = defaultdict(set)
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in METHODS:
                uses[node.value.id].add(METHODS[node.attr])
    return uses


def written() -> Iterator[tuple[str, int, str]]:
    """Return the expressions that stand in a call of `re`, inside functions too."""
    for tree in trees():
        for node in ast.walk(tree):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
            if is_call and isinstance(node.func.value, ast.Name) and node.func.value.id == "re":
                first = node.args[0]
                if node.func.attr in METHODS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, 0, METHODS[node.func.attr]


def trees() -> Iterator[ast.AST]:
    for path in [*(ROOT / "index").rglob("*.py"), *(ROOT / "assistant").rglob("*.py")]:
        yield ast.parse(path.read_text(encoding="utf-8"))


def main() -> None:
    """Print which of the expressions on standard input take too long; a match can be ended by a signal."""
    strings = [(seed * (100_000 // len(seed)))[:100_000] + end for seed in SEEDS for end in ("", "\0")]
    signal.signal(signal.SIGVTALRM, stop)
    for pattern, flags, how in json.loads(sys.stdin.read()):
        expression = re.compile(pattern, flags)
        for string in strings:
            if not any(ends(expression, how, string) for _ in range(3)):  # a busy machine's caches cost some time too
                print(repr(pattern), how, repr(string[:20]), flush=True)  # noqa: T201
                break


def ends(expression: re.Pattern, how: str, string: str) -> bool:
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, WITHIN)
        found = getattr(expression, how)(string)
        if how == "finditer":
            sum(1 for _ in found)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    except TimeoutError:
        return False
    return True


def stop(*_: object) -> None:
    raise TimeoutError


if __name__ == "__main__":
    main()
