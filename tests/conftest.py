"""Where the evaluation data stands, settings that are the tests' own, and a small library without a model."""

import os
import tempfile
from pathlib import Path

import pytest

from index import Library
from index.embed import HashingEmbedder
from index.servers import Servers
from tests.database_server import NO_SERVER, DatabaseServer, binaries

SHARED = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    if not SHARED.is_dir():
        pytest.skip("needs the evaluation data beside the checkout (../shared/data)")
    return SHARED


@pytest.fixture(autouse=True)
def own_settings(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("FOOTNOTE_") and name != "FOOTNOTE_CACHE"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FOOTNOTE_SETTINGS", str(tmp_path / "settings.toml"))


@pytest.fixture
def library(tmp_path):
    """An empty library in the test's own folder: words hashed to vectors, nobody quoted."""
    with small_library(tmp_path / "library") as library:
        yield library


def small_library(folder, servers=Servers()):  # noqa: B008  a frozen value
    return Library.open(folder, embedder=HashingEmbedder(), attribute=lambda document: [], servers=servers)


@pytest.fixture(scope="session")
def database_server(tmp_path_factory):
    """A real PostgreSQL, one for all tests of a process; nobody else's."""
    programs = binaries()
    if programs is None:
        pytest.skip(NO_SERVER)
    pytest.importorskip("psycopg", reason="needs the extra 'postgres'")
    with tempfile.TemporaryDirectory() as folder:  # where another user may go
        Path(folder).chmod(0o755)
        server = DatabaseServer(Path(folder) / "server", programs)
        yield server
        server.stop()


@pytest.fixture
def address(database_server):
    """The address of an empty library on PostgreSQL."""
    return database_server.new_library()
