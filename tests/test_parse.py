"""A file is read in a process of its own: what it takes, breaks or hangs stays there, and nothing is left behind."""

import io
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from index.errors import BrokenFile, EmptyFile, FileTooLarge, ReadError
from index.parse import Limits, Workers, read_apart
from index.readers import read

CORPUS = Path(__file__).parent / "corpus"
HEAD = b'<w:document xmlns:w="w"><w:body>'


def word_file(body):
    """Return a Word file of this body."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", HEAD + body + b"</w:body></w:document>")
    return out.getvalue()


# So many paragraphs take long and need much, though the file has but 100 kB.
SLOW = word_file(b"<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 700_000)


@pytest.fixture
def workers(request):
    workers = Workers(getattr(request, "param", Limits()), n_at_most=2)
    yield workers
    workers.close()


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.suffix[1:])
def test_a_worker_reads_what_the_reader_reads(path):
    data = path.read_bytes()
    assert read_apart(data, "id", path.name) == read(data, "id", path.name)


def test_a_refusal_comes_back_as_it_was_raised(workers):
    with pytest.raises(EmptyFile, match="the file is empty"):
        workers.read(b"", "id", "a.txt")


def test_a_worker_is_used_again(workers):
    large = b" " * 2**28  # what this process has in use is not the worker's
    workers.read(b"The lamp burns.", "id", "a.txt")
    before = [worker.process.pid for worker in workers._idle]
    with pytest.raises(ReadError):
        workers.read(b"", "id", "a.txt")
    workers.read(b"The lamp burns.", "id", "\udce9.txt")
    assert [worker.process.pid for worker in workers._idle] == before
    assert large


@pytest.mark.parametrize("workers", [Limits(seconds=1.5)], indirect=True)
def test_a_file_that_takes_too_long_is_named_and_the_next_one_is_read(workers):
    with pytest.raises(FileTooLarge, match="took longer than"):
        workers.read(SLOW, "id", "slow.docx")
    assert workers.read(b"The lamp burns.", "id", "a.txt").text == "The lamp burns."


@pytest.mark.parametrize("workers", [Limits(n_bytes=300 * 2**20)], indirect=True)
def test_a_file_that_takes_too_much_memory_is_named(workers):
    with pytest.raises(FileTooLarge, match="memory"):
        workers.read(SLOW, "id", "large.docx")
    assert workers.read(b"The lamp burns.", "id", "a.txt").text == "The lamp burns."


@pytest.mark.skipif(not hasattr(signal, "SIGSEGV"), reason="needs signals")
@pytest.mark.parametrize("name", ["SIGSEGV", "SIGKILL"])
def test_a_parser_that_crashes_costs_its_file_alone(workers, name):
    workers.read(b"The lamp burns.", "id", "a.txt")
    crash = threading.Timer(0.3, os.kill, (workers._idle[0].process.pid, getattr(signal, name)))
    crash.start()
    with pytest.raises(BrokenFile, match=name):
        workers.read(SLOW, "id", "slow.docx")
    assert workers.read(b"The lamp burns.", "id", "a.txt").text == "The lamp burns."


def test_a_worker_that_died_while_idle_is_replaced(workers):
    workers.read(b"The lamp burns.", "id", "a.txt")
    workers._idle[0].process.kill()
    workers._idle[0].process.wait()
    assert workers.read(b"The lamp burns.", "id", "a.txt").text == "The lamp burns."


def test_threads_share_the_workers_without_mixing_answers(workers):
    found = {}

    def read_some(number):
        found[number] = [workers.read(f"{number} {i}".encode(), "id", "a.txt").text for i in range(20)]

    threads = [threading.Thread(target=read_some, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == {number: [f"{number} {i}" for i in range(20)] for number in range(5)}
    assert len(workers._idle) <= 2


# No guard of __name__ and no module of its own: what a person types in a script or a notebook.
SCRIPT = f"""
import sys
sys.path.insert(0, {str(CORPUS.parents[1])!r})
from index import parse
parse.read_apart(b"The lamp burns.", "id", "a.txt")
print(parse._WORKERS._idle[0].process.pid, flush=True)
parse.read_apart(sys.stdin.buffer.read(), "id", "slow.docx")
"""


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "(zombie)" not in Path(f"/proc/{pid}/status").read_text() if Path(f"/proc/{pid}").exists() else True


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda s: s.name)
def test_no_worker_outlives_its_parent(ending, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=tmp_path,
    )
    with process:
        pid = int(process.stdout.readline())
        process.stdin.write(SLOW)
        process.stdin.close()
        assert is_alive(pid)
        process.send_signal(ending)
        process.wait()
    deadline = time.monotonic() + 30
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(pid)
