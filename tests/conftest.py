"""Where the evaluation data stands, settings that are the tests' own, and a small library without a model."""

import os
from pathlib import Path

import pytest

from index import Library
from index.embed import HashingEmbedder

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
    with Library.open(tmp_path / "library", embedder=HashingEmbedder(), attribute=lambda document: []) as library:
        yield library
