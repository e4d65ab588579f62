"""The files of a run: what was found and answered for each question, written as it happens and read back.

Knows nothing of measures. A question is done when its line is in answers.jsonl: its passages are written before it.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, unquote

from assistant.answer import Answer
from assistant.evaluate.questions import DocumentSpan
from index.errors import InputError

N_PASSAGES = 20  # passages recorded a question
TAG = "footnote"  # the run's name in TREC files

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Quoted:
    """What one citation quotes."""

    document_id: str
    start: int
    end: int
    text: str
    speaker: str | None = None

    @property
    def span(self) -> DocumentSpan:
        return self.document_id, self.start, self.end


@dataclass(frozen=True, slots=True)
class Recorded:
    """The part of a recorded answer that is measured.

    `seconds` are by stage; `lists` hold how each list of the retrieval alone ranks the documents, where that was asked.
    `supports` are the verdicts on the sentences that a language model wrote, by their place, those left out apart;
    tokens as its server counts them, the cost in the currency of the settings' prices.
    """

    question_id: str
    confidence: float
    quotes: tuple[Quoted, ...]
    abstention: str | None
    short_answer: str | None
    text: str
    seconds: dict[str, float]
    lists: dict[str, list[str]] = field(default_factory=dict)
    supports: dict[int, str] = field(default_factory=dict)
    n_prompt_tokens: int | None = None
    n_answer_tokens: int | None = None
    cost: float | None = None


class RunFiles:
    """The files in the folder of a run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passages = folder / "passages.jsonl"
        self.answers = folder / "answers.jsonl"
        self.errors = folder / "errors.jsonl"
        self.judgments = folder / "judgments.jsonl"
        self.run = folder / "run.trec"
        self.qrels = folder / "qrels.trec"
        self.metrics = folder / "metrics.json"
        self.report = folder / "report.html"
        self.state = folder / "run.json"

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to score."""
        return not any(path.is_file() for path in (self.answers, self.passages, self.run))

    @classmethod
    def at(cls, path: Path) -> RunFiles:
        """Return the files of a run's folder, or of one file: a TREC run, answers or passages as JSON lines."""
        if not path.exists():
            raise InputError(f"{path}: no such run")
        if path.is_dir():
            return cls(path)
        files = cls(path.parent / ".nothing")
        if path.suffix != ".jsonl":
            files.run = path
        elif "rank" in next(rows_in(path), {}):
            files.passages = path
        else:
            files.answers = path
        return files

    def clear(self) -> None:
        """Remove an earlier run, its library apart."""
        for name, path in vars(self).items():
            if name != "folder":
                path.unlink(missing_ok=True)

    def keep_done(self) -> set[str]:
        """Cut off what a kill left half written; return the ids of the questions that are done."""
        done = {row["query_id"] for row in rows_in(self.answers, whole=True)}
        _keep(self.answers, done)
        _keep(self.passages, done)
        return done


def rows_in(path: Path, *, whole: bool = False) -> Iterator[Row]:
    """Yield the rows of a JSONL file, if it exists; `whole` leaves out a last line without its end."""
    if not path.is_file():
        return
    with path.open("rb") as lines:
        for line in lines:
            if line.strip() and (line.endswith(b"\n") or not whole):
                yield json.loads(line)


def _keep(path: Path, question_ids: set[str]) -> None:
    if not path.is_file():
        return
    kept = path.with_suffix(".kept")
    with kept.open("w", encoding="utf-8") as out:
        write_lines(out, (row for row in rows_in(path, whole=True) if row["query_id"] in question_ids))
    kept.replace(path)


def write_lines(out: IO[str], rows: Iterable[Row]) -> None:
    """Write a line of JSON a row, so that it is there when the process dies."""
    out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    out.flush()


def to_rows(
    question_id: str, answer: Answer, seconds: float, lists: Mapping[str, Sequence[str]]
) -> tuple[tuple[Row, ...], Row]:
    """Return what is recorded of an answer: a row a passage, and the answer's own."""
    passages = tuple(
        {
            "query_id": question_id,
            "rank": passage.rank,
            "document_id": passage.document.id,
            "start": passage.start,
            "end": passage.end,
            "score": passage.score,
        }
        for passage in answer.passages[:N_PASSAGES]
    )
    row = {"query_id": question_id, **answer.to_json(), "seconds": round(seconds, 4)}
    return passages, row | ({"lists": lists} if lists else {})


def question_ids(files: RunFiles) -> set[str]:
    """Return the questions that a run says anything about."""
    ids = {str(row["query_id"]) for path in (files.answers, files.passages) for row in rows_in(path)}
    return ids | (set(read_trec(files.run)) if files.run.is_file() else set())


def read_rows(path: Path, question_ids: Container[str]) -> dict[str, Row]:
    """Return the whole answers of some questions, by question."""
    return {str(row["query_id"]): row for row in rows_in(path) if str(row["query_id"]) in question_ids}


def read_answers(path: Path) -> Iterator[Recorded]:
    """Read answers.jsonl a line at a time."""
    for row in rows_in(path):
        yield to_recorded(row)


def to_recorded(row: Row) -> Recorded:
    """Build the measured part of an answer in its public shape."""
    quotes = [
        Quoted(str(c["document"]["id"]), c["quote"]["start"], c["quote"]["end"], c["quote"]["text"], c.get("speaker"))
        for c in row.get("citations") or ()
    ]
    abstention, short_answer = row.get("abstention"), row.get("short_answer")
    timings = {stage: float(value) for stage, value in (row.get("timings") or {}).items()}
    total = row.get("seconds", sum(timings.values()) if timings else None)
    written = row.get("model") or {}
    tokens = written.get("tokens") or {}
    return Recorded(
        question_id=str(row["query_id"]),
        confidence=float(row.get("confidence", 0.0)),
        quotes=tuple(quotes),
        abstention=abstention and abstention["reason"],
        short_answer=short_answer and short_answer["text"],
        text=row.get("text", ""),
        seconds=timings | ({"total": float(total)} if total is not None else {}),
        lists=row.get("lists") or {},
        supports={
            place: sentence["support"]
            for place, sentence in enumerate(written.get("sentences", ()))
            if sentence["support"] != "left_out"
        },
        n_prompt_tokens=tokens.get("prompt"),
        n_answer_tokens=tokens.get("answer"),
        cost=written.get("cost"),
    )


def read_verdicts(path: Path) -> dict[str, dict[int, str]]:
    """Read what a judge said, yes or no, of the sentences of each question, by their place."""
    verdicts: dict[str, dict[int, str]] = {}
    for row in rows_in(path):
        if row["verdict"]:
            verdicts.setdefault(row["query_id"], {})[row["place"]] = row["verdict"]
    return verdicts


def read_passages(path: Path) -> dict[str, list[DocumentSpan]]:
    """Read passages.jsonl into spans by question, best first."""
    ranked: dict[str, list[tuple[int, DocumentSpan]]] = {}
    for row in rows_in(path):
        span = (str(row["document_id"]), row["start"], row["end"])
        ranked.setdefault(str(row["query_id"]), []).append((row["rank"], span))
    return {
        question_id: [span for _, span in sorted(spans, key=lambda pair: pair[0])]
        for question_id, spans in ranked.items()
    }


def document_ranking(spans: Sequence[DocumentSpan]) -> list[str]:
    """Return document ids, best first, each at its first passage."""
    return list(dict.fromkeys(document_id for document_id, _, _ in spans))


def write_trec(path: Path, rankings: Iterable[tuple[str, list[str]]]) -> None:
    """Write a TREC run with 1/rank as the score, so that no tool breaks ties in its own way.

    White space in an id, which the format can't hold, is percent-encoded.
    """
    with path.open("w", encoding="utf-8") as out:
        for question_id, document_ids in rankings:
            for rank, document_id in enumerate(document_ids, start=1):
                out.write(f"{_encode(question_id)} Q0 {_encode(document_id)} {rank} {1 / rank:.10f} {TAG}\n")


def write_qrels(path: Path, judged: Iterable[tuple[str, Mapping[str, int]]]) -> None:
    """Write the judgments as TREC's qrels, ids encoded as in the run."""
    with path.open("w", encoding="utf-8") as out:
        for question_id, grades in judged:
            for document_id, grade in grades.items():
                out.write(f"{_encode(question_id)} 0 {_encode(document_id)} {grade}\n")


def read_trec(path: Path) -> dict[str, list[str]]:
    """Read a TREC run into document ids by question, highest score first, ties by id as trec_eval breaks them."""
    scored: dict[str, list[tuple[float, str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if len(fields) >= 5:
            decode = unquote if fields[-1] == TAG else str
            scored.setdefault(decode(fields[0]), []).append((float(fields[4]), decode(fields[2])))
    return {
        question_id: [document_id for _, document_id in sorted(pairs, reverse=True)]
        for question_id, pairs in scored.items()
    }


def _encode(identifier: str) -> str:
    return (
        quote(identifier, safe="/:#@!$&'()*+,;=?~-._")
        if any(c.isspace() or c == "%" for c in identifier)
        else identifier
    )
