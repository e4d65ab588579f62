"""Whatever is wrong with a file: it becomes text or a named reason, and the files beside it are read."""

import os
import re
import socket
import sys
from pathlib import Path

import pytest

from index.errors import ReadError
from index.parse import Limits, Workers
from tests.broken_files import KINDS

SLOW = ("bombs", "huge", "nested")
NO_CANONICAL = re.compile(r"\n{3}|[ \t]\n|\r|[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff]|[\ud800-\udfff]")


@pytest.fixture(scope="module")
def workers():
    workers = Workers(Limits(seconds=60))
    yield workers
    workers.close()


def outcome(workers, name, data):
    try:
        document = workers.read(data, "id", name)
    except ReadError as error:
        return str(error)
    assert not NO_CANONICAL.search(document.text), name
    assert document.text.strip()
    return document


@pytest.mark.parametrize("kind", [pytest.param(k, marks=[pytest.mark.slow] if k in SLOW else []) for k in KINDS])
def test_a_broken_file_becomes_text_or_a_reason(workers, kind):
    for name, data in KINDS[kind]():
        found = outcome(workers, name, data)
        if isinstance(found, str):
            assert 10 < len(found) < 300, (name, found)
            assert found.isprintable(), (name, found)
        if kind not in SLOW:
            assert found == outcome(workers, name, data), name


@pytest.mark.skipif(sys.platform == "win32", reason="needs links, pipes and names of bytes")
def test_a_folder_of_odd_things_is_read_as_far_as_it_goes(library, tmp_path):
    folder = tmp_path / "odd"
    folder.mkdir()
    names = [
        "plain.txt",
        "new\nline.txt",
        "-rf.txt",
        "“quoted” 'name'.txt",
        "תל אביב.txt",
        "🪔.txt",
        "a" * 250 + ".txt",
        "%2e.txt",
    ]
    for name in names:
        (folder / name).write_text(f"The lamp of {names.index(name)} burns.")
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("The lamp of bytes burns.")
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere.txt").symlink_to(folder / "gone.txt")
    (folder / "self.txt").symlink_to(folder / "self.txt")
    (folder / "zero.txt").symlink_to("/dev/zero")
    (folder / "linked.txt").symlink_to(folder / "plain.txt")
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(folder / "socket.txt", Path.cwd()))
        report = library.sync(folder)
    texts = {library.document(info.id).text for info in library.documents()}
    assert texts >= {f"The lamp of {i} burns." for i in range(len(names))}
    assert [(skipped.source, skipped.reason) for skipped in report.skipped if "UTF-8" in skipped.reason] == [
        ("caf?.txt", "its name is not valid UTF-8: rename it")
    ]
    assert library.sync(folder).unchanged == report.n_documents
