"""Who may know whom, and what may not be loaded: the layers as the imports show them."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = set("torch gradio spacy llama_index chromadb sentence_transformers onnxruntime psycopg ray".split())
# Each library's one home: path prefixes of the files that may import it.
HOMES = {
    "chromadb": ("index/vectors.py", "index/chroma_server.py"),
    "psycopg": ("index/postgres.py",),
    "ray": ("index/cluster.py",),
    "sqlite3": ("index/sqlite.py",),
    "onnxruntime": ("index/embed.py", "index/export.py"),
    "sentence_transformers": ("index/embed.py",),
    "spacy": ("index/attribute/",),
    "gradio": ("assistant/page/", "assistant/serve/", "app.py"),
    "llama_index": (
        "index/llama.py",
        "index/library.py",
        "index/given.py",
        "assistant/ask.py",
        "assistant/engines.py",
        "assistant/evaluate/adapt.py",
        "assistant/llm.py",
    ),  # in the library, given.py and ask.py for types alone
}


def sources(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(path):
    """Return the names of the modules that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module


def loaded_by(code):
    command = [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["index", "index.library", "index.readers", "assistant", "assistant.cli"])
def test_importing_loads_nothing_heavy(module):
    assert not HEAVY & loaded_by(f"import {module}")


def test_opening_and_searching_load_no_framework(tmp_path):
    code = (
        "from index import Library\nfrom index.embed import HashingEmbedder\n"
        f"with Library.open({str(tmp_path / 'library')!r}, embedder=HashingEmbedder()) as library:\n"
        "    library.retrieve('cod')"
    )
    assert not HEAVY & loaded_by(code)


def test_the_index_has_never_heard_of_the_assistant():
    for path in sources("index"):
        names = {name.partition(".")[0] for name in imported(path)}
        assert not {"assistant", "prompts", "app"} & names, path


@pytest.mark.parametrize("library", HOMES)
def test_each_library_has_one_home(library):
    strangers = [
        str(path.relative_to(ROOT))
        for path in [*sources("index", "assistant"), ROOT / "app.py"]
        if library in {name.partition(".")[0] for name in imported(path)}
        and not str(path.relative_to(ROOT)).startswith(HOMES[library])
    ]
    assert strangers == []


@pytest.mark.parametrize("package", ["index", "assistant"])
def test_public_names_are_sorted_complete_and_there(package):
    module = import_module(package)
    assert module.__all__ == sorted(module.__all__)
    assert set(module.__all__) == set(module._HOMES)
    for name in module.__all__:
        home = import_module(f"{package}.{module._HOMES[name]}")
        assert getattr(module, name) is getattr(home, name)
    typed = {
        alias.name
        for node in ast.walk(ast.parse(Path(module.__file__).read_text()))
        if isinstance(node, ast.ImportFrom) and node.module.startswith(f"{package}.")
        for alias in node.names
    }
    assert typed == set(module.__all__)
    with pytest.raises(AttributeError, match="NoSuchName"):
        module.NoSuchName  # noqa: B018


def test_no_file_is_a_drawer_for_everything():
    drawers = {"utils", "helpers", "common", "base", "core", "manager", "models"}
    assert not drawers & {path.stem for path in sources("index", "assistant", "tests")}


def test_every_error_stands_in_the_tree_and_has_an_exit_status():
    errors = import_module("index.errors")
    classes = [value for value in vars(errors).values() if isinstance(value, type)]
    assert all(issubclass(each, errors.FootnoteError) for each in classes)
    assert all(each.__name__ in errors.__doc__ and each.exit_status in (2, 3) for each in classes)
