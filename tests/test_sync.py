"""After any sequence of changes, kills and mishaps a library equals one built anew from the same folder."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from index import InputError, Library
from index.embed import HashingEmbedder
from index.errors import LibraryLocked
from index.records import Filters, Statement

PARAGRAPHS = [
    "The cod is late this year.",
    "The ferry runs at night.",
    "Ada Weil said that the fees rise.",
    "Weil said that the harbour silts up.",
    "Jon Brandvik said nothing of it.",
    "Ærlige fiskere frykter vinteren, und das Eis.",
]
QUERIES = ["cod year", "ferry night", "fees harbour", "winter Eis"]
BROKEN = bytes(range(256)) * 8


def said(document):
    """Attribute as simply as can be: `Name said …`."""
    return [
        Statement(document.info, m[1], "said", "reported", (document.span(*m.span(2)),), *m.span(), (m[1],))
        for m in re.finditer(r"((?:[A-Z]\w+ )?[A-Z]\w+) said ([^.]*\.)", document.text)
    ]


def opened(folder, read_log=None):
    library = Library.open(folder, embedder=HashingEmbedder(), attribute=said)
    if read_log is not None:
        reader = library._read
        library._read = lambda data, id_, source: (read_log.append(source), reader(data, id_, source))[1]
    return library


def state(library):
    """All that a library holds and finds, without the order in which it came."""
    catalog = library.catalog
    numbers, matrix = catalog.matrix()
    chunks = catalog.chunks(numbers.tolist())
    vectors = dict(zip((chunk.id for chunk in chunks), (row.tobytes() for row in matrix), strict=True))
    sentences = {id_: rows.tobytes() for id_, rows in catalog.sentence_vectors(list(vectors)).items()}
    found = [{p.id: round(p.score, 5) for p in library.retrieve(query, k=200)} for query in QUERIES]
    return {
        "documents": [library.document(info.id) for info in library.documents()],
        "chunks": sorted(chunks, key=lambda chunk: chunk.id),
        "vectors": vectors,
        "sentences": sentences,
        "n_embeddings": catalog.count("embeddings"),
        "statements": catalog.statements(Filters()),
        "people": library.people(),
        "skipped": library.skipped(),
        "found": found,
        "problems": library.check(),
    }


def assert_equals_fresh_build(library, source, exclude=(), uploads=None):
    with tempfile.TemporaryDirectory() as scratch, opened(Path(scratch) / "fresh") as fresh:
        fresh.sync(source, exclude=exclude)
        for name, data in (uploads or {}).items():
            fresh.add_upload(name, data)
        ours, theirs = state(library), state(fresh)
    for part, expected in theirs.items():
        assert ours[part] == expected, part
    assert ours["problems"] == []


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "articles"
    (folder / "deep").mkdir(parents=True)
    for name, text in zip(("a.txt", "b.md", "deep/c.txt"), PARAGRAPHS, strict=False):
        (folder / name).write_text(text)
        settle(folder / name)
    return folder


@pytest.fixture
def library(tmp_path):
    with opened(tmp_path / "library") as library:
        yield library


def settle(path, seconds_ago=100):
    """Date a file back: the stamp of one just written is not trusted, and it would be read again."""
    at = os.stat(path).st_mtime - seconds_ago
    os.utime(path, (at, at))


def counts(report):
    return report.added, report.changed, report.renamed, report.deleted, report.unchanged


def test_each_kind_of_change_is_counted_once(library, source):
    assert counts(library.sync(source)) == (3, 0, 0, 0, 0)
    (source / "d.txt").write_text("New.")
    (source / "b.md").write_text("Changed.")
    (source / "a.txt").rename(source / "z.txt")
    (source / "deep" / "c.txt").unlink()
    report = library.sync(source)
    assert counts(report) == (1, 1, 1, 1, 0)
    assert (report.n_documents, report.skipped) == (3, ())
    assert counts(library.sync(source)) == (0, 0, 0, 0, 3)
    assert_equals_fresh_build(library, source)


def test_syncing_twice_changes_nothing_and_reads_nothing(tmp_path, source):
    read = []
    with opened(tmp_path / "library", read) as library:
        library.sync(source)
        before, generation = state(library), library.generation
        assert sorted(read) == ["a.txt", "b.md", "deep/c.txt"]
        read.clear()
        for report in (library.sync(source), library.sync()):
            assert counts(report) == (0, 0, 0, 0, 3)
        assert read == []
        assert (state(library), library.generation) == (before, generation)


def test_a_touched_file_of_the_same_bytes_is_unchanged(tmp_path, source):
    read = []
    with opened(tmp_path / "library", read) as library:
        library.sync(source)
        generation = library.generation
        settle(source / "a.txt", 5)
        read.clear()
        assert counts(library.sync(source)) == (0, 0, 0, 0, 3)
        assert (read, library.generation) == ([], generation)
        read.clear()
        library.sync(source)
        assert read == []


def test_an_edit_of_the_same_size_just_after_a_sync_is_seen(library, source):
    path = source / "a.txt"
    path.write_text("AAAA")
    library.sync(source)
    status = path.stat()
    path.write_text("BBBB")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert library.sync(source).changed == 1


def test_an_unreadable_file_is_skipped_with_its_reason_and_retried_when_it_changes(tmp_path, source):
    read = []
    with opened(tmp_path / "library", read) as library:
        (source / "bad.txt").write_bytes(BROKEN)
        settle(source / "bad.txt")
        for _ in range(2):
            report = library.sync(source)
            assert [(s.source, "binary" in s.reason) for s in report.skipped] == [("bad.txt", True)]
            assert report.n_documents == 3
        assert read.count("bad.txt") == 1
        (source / "bad.txt").write_text("Now it is text.")
        report = library.sync(source)
        assert (report.added, report.skipped) == (1, ())
        assert_equals_fresh_build(library, source)


def test_a_document_that_becomes_unreadable_leaves_and_a_skipped_file_that_goes_is_forgotten(library, source):
    library.sync(source)
    (source / "a.txt").write_bytes(BROKEN)
    report = library.sync(source)
    assert (report.n_documents, [s.source for s in report.skipped]) == (2, ["a.txt"])
    assert_equals_fresh_build(library, source)
    (source / "a.txt").unlink()
    assert library.sync(source).skipped == ()
    assert_equals_fresh_build(library, source)


def test_excluded_hidden_and_removed_files_stay_out(library, source):
    (source / ".hidden.txt").write_text("Hidden.")
    (source / "~$open.docx").write_bytes(b"lock")
    assert library.sync(source, exclude=["deep/*"]).n_documents == 2
    assert library.sync(source).n_documents == 2  # the exclusion is kept
    library.remove("articles/a.txt")
    (source / "a.txt").write_text("Changed, yet taken out by hand.")
    assert [info.id for info in library.documents()] == ["articles/b.md"]
    assert library.sync(source).n_documents == 1


def test_an_empty_folder_is_no_error_and_a_folder_that_is_gone_is(library, source, tmp_path):
    (tmp_path / "empty").mkdir()
    assert library.sync(tmp_path / "empty").n_documents == 0
    library.sync(source)
    before = state(library)
    shutil.rmtree(source)
    with pytest.raises(InputError, match="is not there"):
        library.sync()
    with pytest.raises(InputError, match="is not there"):
        library.sync(source)
    assert state(library) == before


def test_speakers_are_resolved_over_all_documents(library, source):
    (source / "d.txt").write_text(PARAGRAPHS[3])
    library.sync(source)
    assert [(p.speaker, p.n_statements, p.n_documents) for p in library.people()] == [("Ada Weil", 2, 2)]
    (source / "deep" / "c.txt").unlink()
    library.sync(source)
    assert [(p.speaker, p.n_statements) for p in library.people()] == [("Weil", 1)]


def test_a_single_file_is_followed_alone(library, source):
    assert library.sync(source / "a.txt").n_documents == 1
    assert library.sync(source / "b.md").n_documents == 2
    assert library.sync(source / "deep" / "c.txt").n_documents == 3
    assert library.sync().unchanged == 3


def test_copies_share_vectors_and_leave_them_to_each_other(library, source):
    library.sync(source)
    n_embeddings = library.catalog.count("embeddings")
    shutil.copy(source / "a.txt", source / "copy.txt")
    assert library.sync(source).added == 1
    assert library.catalog.count("embeddings") == n_embeddings
    (source / "a.txt").unlink()
    library.sync(source)
    assert_equals_fresh_build(library, source)


def test_a_second_writer_is_told_who_writes(tmp_path, library, source):
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom index.lock import writing\n"
        "with writing(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script, str(library.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(LibraryLocked, match=f"by process {holder.pid} since"):
                library.sync(source)
        finally:
            holder.kill()
    assert library.sync(source, wait_seconds=10).added == 3  # the lock died with its process


# Imports once and forks for each kill: a child syncs until the moment that its line on standard input names.
_KILLED = """
import os, signal, sys, threading, time
import chromadb
from index import Library
from index.embed import HashingEmbedder
from test_sync import said
def kill(seconds):
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)
for line in sys.stdin:
    child = os.fork()
    if not child:
        threading.Thread(target=kill, args=(float(line),), daemon=True).start()
        with Library.open(sys.argv[1], embedder=HashingEmbedder(), attribute=said) as library:
            library.sync(sys.argv[2])
        os._exit(0)
    print(os.waitpid(child, 0)[1], flush=True)
"""


@pytest.mark.parametrize("n_kills", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_killed_at_any_moment_the_next_sync_ends_in_a_fresh_build(tmp_path, n_kills):
    source = tmp_path / "many"
    source.mkdir()
    dice = random.Random(7)
    for n in range(60):
        (source / f"{n}.txt").write_text(f"{PARAGRAPHS[n % 6]}\n\nDocument {n} tells of cod. Number {n * 7} too.")
    path = os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parent)])
    command = [sys.executable, "-c", _KILLED, str(tmp_path / "library"), str(source)]
    piped = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    ends = []
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, **piped) as killing:
        for _ in range(n_kills):
            killing.stdin.write(f"{dice.uniform(0, 0.8)}\n")
            killing.stdin.flush()
            ends.append(int(killing.stdout.readline()))
            mix_up(source, dice)
        killing.stdin.close()
    assert set(ends) <= {0, signal.SIGKILL}  # opened each time, and failed at nothing
    assert ends.count(signal.SIGKILL) > n_kills // 4
    with opened(tmp_path / "library") as library:
        library.sync(source)
        assert_equals_fresh_build(library, source)


def mix_up(source, dice):
    """Edit a file, take one away, move one, add one."""
    names = sorted(path.name for path in source.iterdir())
    edited, gone, moved = dice.sample(names, 3)
    with (source / edited).open("a") as file:
        file.write(f" Ada Weil said that {dice.random()} is much.")
    (source / gone).unlink()
    (source / moved).rename(source / f"moved {dice.random()}.txt")
    (source / f"new {dice.random()}.txt").write_text(f"Weil said that the cod of {dice.random()} is late.")


class Folder(RuleBasedStateMachine):
    """A folder that changes at will, followed by one library from the first file to the last."""

    names = st.sampled_from(["a.txt", "b.txt", "c.md", "d/e.txt", "d/f.md"])
    texts = st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=4).map("\n\n".join)

    @initialize()
    def begin(self):
        self.scratch = Path(tempfile.mkdtemp())
        self.source = self.scratch / "articles"
        (self.source / "d").mkdir(parents=True)
        self.library = opened(self.scratch / "library")
        self.n_edits = 0
        self.excluded = ["nothing"]
        self.uploads = {}
        self.is_synced = False

    def files(self):
        return sorted(path for path in self.source.rglob("*") if path.is_file())

    def put(self, path, data):
        path.write_bytes(data)
        self.n_edits += 1
        settle(path, 1000 - self.n_edits)  # a stamp that is trusted, and another one each time
        self.is_synced = False

    @rule(name=names, text=texts)
    def write(self, name, text):
        self.put(self.source / name, text.encode())

    @precondition(lambda self: self.files())
    @rule(data=st.data(), text=st.sampled_from(PARAGRAPHS))
    def edit(self, data, text):
        path = data.draw(st.sampled_from(self.files()))
        self.put(path, path.read_bytes() + b"\n\n" + text.encode())

    @precondition(lambda self: self.files())
    @rule(data=st.data(), name=names)
    def rename(self, data, name):
        data.draw(st.sampled_from(self.files())).replace(self.source / name)
        self.is_synced = False

    @precondition(lambda self: self.files())
    @rule(data=st.data())
    def delete(self, data):
        data.draw(st.sampled_from(self.files())).unlink()
        self.is_synced = False

    @rule(name=names)
    def damage(self, name):
        self.put(self.source / name, BROKEN)

    @rule(part=st.sampled_from(["chroma", "vectors.f32"]))
    def lose(self, part):
        self.library.close()
        path = self.scratch / "library" / part
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        self.library = opened(self.scratch / "library")
        self.is_synced = False

    @rule(pattern=st.sampled_from(["*.md", "d/*", "nothing"]))
    def exclude(self, pattern):
        self.excluded = [pattern]
        self.is_synced = False

    @rule(name=st.sampled_from(["one.txt", "two.txt"]), text=texts)
    def upload(self, name, text):
        self.library.add_upload(name, text.encode())
        self.uploads[name] = text.encode()
        self.is_synced = False

    @precondition(lambda self: self.uploads)
    @rule()
    def remove_upload(self):
        name, _ = self.uploads.popitem()
        self.library.remove(f"uploads/{name}")
        self.is_synced = False

    @rule(n_reports=st.integers(1, 3))
    def give_up(self, n_reports):
        """End a sync in the middle, as Ctrl-C does."""
        reports = iter(range(n_reports))

        def stop(progress):
            if next(reports, None) is None:
                raise KeyboardInterrupt

        with suppress(KeyboardInterrupt):
            self.library.sync(self.source, exclude=self.excluded, on_progress=stop)
        self.is_synced = False

    @rule()
    def sync(self):
        report = self.library.sync(self.source, exclude=self.excluded)
        kept = [path for path in self.files() if not fnmatch(path.relative_to(self.source).as_posix(), *self.excluded)]
        assert report.n_documents + len(report.skipped) == len(kept) + len(self.uploads)
        if not self.is_synced:
            assert_equals_fresh_build(self.library, self.source, self.excluded, self.uploads)
        self.is_synced = True

    def teardown(self):
        if hasattr(self, "library"):
            self.sync()
            assert self.library.sync().n_documents == self.library.n_documents
            self.library.close()
            shutil.rmtree(self.scratch)


TestFolder = Folder.TestCase
TestFolder.settings = settings(max_examples=8, stateful_step_count=12, deadline=None)
