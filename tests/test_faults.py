"""Whatever goes wrong around a library is said in one line, loses nothing, and the next sync goes on from there."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from index import Document, DocumentInfo, Library
from index.embed import HashingEmbedder
from index.errors import LibraryDamaged, StorageError
from index.restore import restore

ROOT = Path(__file__).parents[1]


def opened(folder):
    return Library.open(folder, embedder=HashingEmbedder(), attribute=lambda document: [])


def held(library):
    return {info.id: library.document(info.id).text for info in library.documents()}


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "articles"
    folder.mkdir()
    for n in range(4):
        (folder / f"{n}.txt").write_text(f"The cod of year {n}.\n\nThe ferry number {n * 7}.")
    return folder


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own, of two megabytes, which can be filled and made read-only."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount a small disk")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(path):
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass


def test_a_full_disk_is_said_and_loses_nothing(small_disk, source):
    with opened(small_disk / "library") as library:
        library.sync(source)
        before = held(library)
        filler = small_disk / "filler"
        fill(filler)
        for n in range(40):
            (source / f"new {n}.txt").write_text(f"A long report of eels {n}. " * 40)
        with pytest.raises(StorageError, match="space") as caught:
            library.sync(source)
        assert "\n" not in str(caught.value)
        assert held(library).items() >= before.items()
        filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)
    with opened(small_disk / "library") as library:
        assert library.sync(source).n_documents == 44
        assert library.check() == []


def test_a_read_only_library_answers_and_says_why_it_does_not_change(small_disk, source):
    with opened(small_disk / "library") as library:
        library.sync(source)
        before = library.retrieve("cod 2")
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with opened(small_disk / "library") as library:
        assert library.retrieve("cod 2") == before
        with pytest.raises(StorageError, match="can't be written") as caught:
            library.sync(source)
        assert "\n" not in str(caught.value)


def test_a_limit_on_the_size_of_files_is_a_fault_of_storage(tmp_path, source):
    code = (
        "import resource, signal, sys\nfrom index import Library\nfrom index.embed import HashingEmbedder\n"
        "from index.errors import StorageError\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "library = Library.open(sys.argv[1], embedder=HashingEmbedder(), attribute=lambda document: [])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)\n"
        "try:\n    library.sync(sys.argv[2])\nexcept StorageError as error:\n    print(error)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "library"), str(source)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([*command, "150000"], capture_output=True, text=True, check=True, env=environment)
    assert "space" in done.stdout
    with opened(tmp_path / "library") as library:
        assert library.sync(source).n_documents == 4
        assert library.check() == []


def test_a_file_that_goes_before_it_is_read_is_no_error(tmp_path, source):
    with opened(tmp_path / "library") as library:
        read = library._read

        def removing(data, document_id, path):
            (source / "2.txt").unlink(missing_ok=True)  # after the folder was listed
            return read(data, document_id, path)

        library._read = removing
        report = library.sync(source)
        assert (report.added, report.skipped) == (3, ())


def test_a_file_that_can_not_be_read_is_skipped_with_the_reason(tmp_path, source):
    (source / "memory.txt").symlink_to("/proc/self/mem")  # fails for root too
    with opened(tmp_path / "library") as library:
        for _ in range(2):
            report = library.sync(source)
            assert [(s.source, s.reason) for s in report.skipped] == [("memory.txt", "input/output error")]
            assert report.n_documents == 4


def test_a_folder_too_deep_to_be_listed_stops_nothing(tmp_path, source):
    before, name = os.getcwd(), "d" * 250
    os.chdir(source)
    try:
        for _ in range(17):  # longer than any path may be
            os.mkdir(name)
            os.chdir(name)
    finally:
        os.chdir(before)
    with opened(tmp_path / "library") as library:
        report = library.sync(source)
        assert report.n_documents == 4
        assert [s.reason for s in report.skipped] == ["file name too long"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list every folder")
def test_a_folder_that_can_not_be_listed_keeps_its_documents(tmp_path, source):
    (source / "deep").mkdir()
    (source / "deep" / "e.txt").write_text("Deep down.")
    with opened(tmp_path / "library") as library:
        library.sync(source)
        (source / "deep").chmod(0)
        try:
            report = library.sync(source)
        finally:
            (source / "deep").chmod(0o755)
        assert [(s.source, s.reason) for s in report.skipped] == [("deep/", "permission denied")]
        assert "articles/deep/e.txt" in held(library)
        assert library.sync(source).skipped == ()


@pytest.mark.parametrize("shift", [-10 * 365 * 86400, 10 * 365 * 86400], ids=["set-back", "set-forward"])
def test_edits_are_seen_whatever_the_clock_says(tmp_path, source, shift):
    with opened(tmp_path / "library") as library:
        library.sync(source)
        (source / "0.txt").write_text("AAAA")
        os.utime(source / "0.txt", (time.time() + shift,) * 2)
        assert library.sync(source).changed == 1
        (source / "0.txt").write_text("BBBB")
        os.utime(source / "0.txt", (time.time() + 2 * shift,) * 2)
        assert library.sync(source).changed == 1
        assert library.document("articles/0.txt").text == "BBBB"


CATALOG_HARMS = {
    "emptied": lambda path: path.write_bytes(b""),
    "gone": lambda path: path.unlink(),
    "halved": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "header": lambda path: path.write_bytes(b"no database" + path.read_bytes()[11:]),
    "garbage": lambda path: path.write_bytes(bytes(range(256)) * (path.stat().st_size // 256)),
}


@pytest.mark.parametrize("harm", CATALOG_HARMS)
def test_a_damaged_catalog_is_restored_from_the_files(tmp_path, source, harm):
    folder = tmp_path / "library"
    with opened(folder) as library:
        library.sync(source)
        library.add_upload("note.txt", b"An upload.")
        library.remove("articles/3.txt")
        library.conversations.save({"id": "1", "name": "Cod", "changed": "2025-01-01", "turns": []})
        before = held(library)
        library.catalog.run("PRAGMA wal_checkpoint(TRUNCATE)")
    CATALOG_HARMS[harm](folder / "catalog.sqlite")
    with pytest.raises(LibraryDamaged) as caught:
        look_into(folder)
    assert "\n" not in str(caught.value)
    lines = restore(folder, model=HashingEmbedder.name)
    assert "kept in" in lines[0]
    with opened(folder) as library:
        assert held(library) == before
        assert library.check() == []


def look_into(folder):
    """Do what `doctor --repair` does first."""
    with opened(folder) as library:
        library.repair()


def test_what_only_the_catalog_held_is_restored_where_it_can_be_read(tmp_path, source):
    folder = tmp_path / "library"
    with opened(folder) as library:
        library.add([Document(DocumentInfo("given", "given", "Given"), "Given, not read.", "hash")])
        library.conversations.save({"id": "1", "name": "Cod", "changed": "2025-01-01", "turns": []})
        library.sync(source)
        library.catalog.run("DROP TABLE chunks")  # damage that leaves the other tables
    restore(folder, model=HashingEmbedder.name)
    with opened(folder) as library:
        assert library.document("given").text == "Given, not read."
        assert [c["name"] for c in library.conversations.list()] == ["Cod"]
        assert library.n_documents == 5


def test_stopped_by_ctrl_c_what_is_done_is_kept(tmp_path):
    source = tmp_path / "many"
    source.mkdir()
    for n in range(3000):
        (source / f"{n:04}.txt").write_text("\n\n".join(f"Report {n}, item {i}: cod and ferry." for i in range(5)))
    command = [sys.executable, "-m", "assistant.cli", "index", str(source), "--library", str(tmp_path / "library")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "FOOTNOTE_EMBEDDING_MODEL": HashingEmbedder.name}
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, **piped) as running:
        while n_stored(tmp_path / "library") < 20:
            assert running.poll() is None, running.stderr.read()
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (130, "", "footnote: stopped; what was done so far is kept\n")
    assert 20 <= n_stored(tmp_path / "library") < 3000
    with opened(tmp_path / "library") as library:
        library.sync(source, exclude=["[1-9]*"])
        assert library.check() == []


def n_stored(folder):
    if not (folder / "catalog.sqlite").is_file():
        return 0
    with closing(sqlite3.connect(f"file:{folder}/catalog.sqlite?mode=ro", uri=True)) as database:
        try:
            return database.execute("SELECT count(*) FROM documents").fetchone()[0]
        except sqlite3.OperationalError:  # no tables yet
            return 0
