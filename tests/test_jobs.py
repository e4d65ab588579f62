"""Uploads: the same file twice is one, and nothing that was taken is lost when the server stops or dies."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from fakes import FakeAssistant, FakeLibrary, harbour_library

from assistant.serve.jobs import Job, Jobs
from assistant.serve.service import Service, Stopping


@pytest.fixture
def library() -> FakeLibrary:
    return FakeLibrary()


def given(tmp_path: Path, name: str, data: bytes = b"some words") -> Path:
    path = tmp_path / f"given-{name}"
    path.write_bytes(data)
    return path


def over(job: Job) -> Job:
    until = time.monotonic() + 20
    while not job.is_over:
        assert time.monotonic() < until, job
        time.sleep(0.01)
    return job


def jobs_over(library: FakeLibrary, tmp_path: Path) -> Jobs:
    jobs = Jobs(lambda: library)
    jobs.resume(tmp_path / "incoming")
    return jobs


def left(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "incoming").glob("*/content/*"))


def test_the_same_file_is_one_job_while_it_is_under_way(library: FakeLibrary, tmp_path: Path):
    jobs = jobs_over(library, tmp_path)
    first = jobs.add("slow.txt", given(tmp_path, "a"), "hash")
    assert jobs.add("slow.txt", given(tmp_path, "b"), "hash") is first
    other = jobs.add("slow.txt", given(tmp_path, "c", b"other words"), "other hash")
    assert other is not first
    for job in (first, other):
        assert over(job).state == "ready"
    assert jobs.add("slow.txt", given(tmp_path, "d"), "hash") is not first
    jobs.close()
    assert not (tmp_path / "given-b").exists()


def test_what_waits_when_the_server_stops_is_read_at_its_next_start(library: FakeLibrary, tmp_path: Path):
    jobs = jobs_over(library, tmp_path)
    for name in ("slow one.txt", "slow two.txt", "slow three.txt"):
        jobs.add(name, given(tmp_path, name))
    taken_back = jobs.list()[2]
    jobs.cancel(taken_back)
    begun = time.monotonic()
    jobs.close()
    assert time.monotonic() - begun < 4
    assert left(tmp_path) == ["slow one.txt", "slow two.txt"]
    again = jobs_over(library, tmp_path)
    assert {over(job).state for job in again.list()} == {"ready"}
    assert set(library.held) == {"slow one.txt", "slow two.txt"}
    again.close()
    assert left(tmp_path) == []


@pytest.mark.parametrize(("n_deaths", "state"), [(1, "ready"), (2, "failed")])
def test_a_file_that_the_server_dies_of_twice_is_given_up(
    library: FakeLibrary, tmp_path: Path, n_deaths: int, state: str
):
    content = tmp_path / "incoming" / "footnote-1" / "content" / "poison.txt"
    content.parent.mkdir(parents=True)
    content.write_bytes(b"some words")
    content.parent.parent.joinpath("tries").write_bytes(b"x" * n_deaths)
    jobs = jobs_over(library, tmp_path)
    (job,) = jobs.list()
    assert over(job).state == state
    assert ("twice" in job.reason) is (state == "failed")
    jobs.close()
    assert left(tmp_path) == []


def test_a_stream_says_that_the_server_is_stopping():
    service = Service(lambda: FakeAssistant(harbour_library())).open()
    stream = service.assistant.stream("What did Aaltonen say about the fees?")
    next(stream)
    service.is_stopping = True
    with pytest.raises(Stopping, match="stopping"):
        next(stream)
    service.close()
