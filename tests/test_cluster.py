"""A library indexed by the workers of a real Ray cluster holds byte for byte what one machine makes of it."""

import os
import pickle
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from index import Library
from index.embed import HashingEmbedder, OnnxEmbedder, SentenceTransformersEmbedder, load_embedder
from index.errors import ServerAway
from index.hands import Here
from index.move import _TABLES, _digest
from index.records import Statement
from index.tell import Teller

pytest.importorskip("ray", reason="needs the extra 'ray'")
ROOT = Path(__file__).parents[1]
OLD = 1_700_000_000  # a stamp of long ago is stored as it is
N_FILES = 120


def said(document):
    """Attribute as simply as can be: `Name said …`."""
    found = re.finditer(r"([A-Z]\w+ [A-Z]\w+) said ([^.]*\.)", document.text)
    return [
        Statement(document.info, m[1], "said", "reported", (document.span(*m.span(2)),), *m.span(), (m[1],))
        for m in found
    ]


def slowly(document):
    time.sleep(0.02)  # so that there is somebody to be killed
    return said(document)


def opened(folder, attribute=said):
    return Library.open(folder, embedder=HashingEmbedder(), attribute=attribute)


def content(library):
    """Return a digest of every table, and what the catalog notes of what it holds."""
    catalog = library.catalog
    notes = {name: catalog.get_value(name) for name in ("generation", "embedding_model", "last_chunk", "split_by")}
    return {table: _digest(catalog, table) for table in _TABLES} | notes | {"problems": library.check()}


def write(path, text):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(path, (OLD, OLD))


@pytest.fixture
def source(tmp_path):
    """Documents with words in common, two that are alike, one that can't be read and one that is long."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for n in range(N_FILES):
        paragraphs = (f"Ada Weil said that cod {n * i % 40} is late. The ferry {i} runs at night." for i in range(12))
        write(folder / f"{n:03}.txt", "\n\n".join(paragraphs))
    write(folder / "alike.txt", (folder / "007.txt").read_bytes())
    write(folder / "broken.pdf", b"%PDF-1.4 nothing")
    write(folder / "long.txt", "\n\n".join(f"Jon Falk said that item {n} was paid." for n in range(900)))
    return folder


_HEAD = """
import sys
import ray
started = ray.init("local", num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=100_000_000)
print(started.address_info["gcs_address"], flush=True)
sys.stdin.read()
"""


class TwoWorkers:
    """A Ray cluster of the tests' own: one machine, two workers."""

    def __init__(self):
        own = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _HEAD],
            env=os.environ | own,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.address = self._process.stdout.readline().strip()

    def at_work(self):
        """Return the processes that have a batch at hand."""
        found = []
        for command in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):  # ended meanwhile
                parents = [parent(int(command.parent.name))]
                parents.append(parent(parents[0]))
                if command.read_bytes().startswith(b"ray::_run") and self._process.pid in parents:
                    found.append(int(command.parent.name))
        return found

    def stop(self):
        self._process.communicate(timeout=60)


def parent(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


@pytest.fixture(scope="module")
def cluster():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_AUTH_MODE", "disabled")
        started = TwoWorkers()
        yield started
        started.stop()


class Elsewhere(Here):
    """Hands to which all goes and from which all comes as bytes, in batches, as between machines."""

    n_ahead, n_at_once = 8, 32

    def submit(self, work, *given):
        there, things = pickle.loads(pickle.dumps((work, given)))
        return super().submit(lambda: pickle.loads(pickle.dumps(there(*things))))

    def each(self, work, items, size):
        return ((item, self.submit(work, item).result()) for item in list(items))


@pytest.fixture
def expected(source, tmp_path):
    """Return what one machine reports and holds."""
    with opened(tmp_path / "alone") as alone:
        return replace(alone.sync(source), seconds=0), content(alone)


def test_what_others_did_from_copies_is_the_same(source, tmp_path, expected, monkeypatch):
    monkeypatch.setattr("index.library._hands", lambda ray: Elsewhere())
    with opened(tmp_path / "spread") as spread:
        assert (replace(spread.sync(source), seconds=0), content(spread)) == expected


def test_models_are_sent_by_name_and_the_teller_without_its_folder(tmp_path):
    model, teller = OnnxEmbedder(tmp_path), Teller(tmp_path)
    assert pickle.loads(pickle.dumps(SentenceTransformersEmbedder("some/model"))).name == "some/model"
    assert model.__reduce__() == (load_embedder, (model.name, 1))
    assert teller.__reduce__() == (Teller, (None,))


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_the_library_equals_that_of_one_machine(cluster, source, tmp_path, expected):
    killed = []

    def kill(progress):
        if not killed and progress.n_passages:
            killed.extend(cluster.at_work()[:1])
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    with opened(tmp_path / "spread", slowly) as spread:
        report = spread.sync(source, ray=cluster.address, on_progress=kill)
        assert (replace(report, seconds=0), content(spread)) == expected
    assert len(killed) == 1


@pytest.mark.parametrize(
    ("address", "message"),
    [("127.0.0.1:1", "does not answer"), ("nonsense", "does not answer")],
    ids=["nobody there", "no address"],
)
def test_a_cluster_that_is_not_there_is_one_line(source, tmp_path, address, message):
    with opened(tmp_path / "library") as library, pytest.raises(ServerAway, match=message) as raised:
        library.sync(source, ray=address)
    assert "\n" not in str(raised.value)
