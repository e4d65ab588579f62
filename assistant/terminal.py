"""What the terminal shows: answers, passages, tables, progress.

Knows rich and the records; decides nothing. Text of documents is shown as text, never as markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from assistant.answer import Answer, Citation, ModelUse
from assistant.quote import names_in_words
from index.people import Person
from index.records import Passage, Statement
from index.sync import OnProgress, SyncReport
from index.sync import Progress as SyncProgress

if TYPE_CHECKING:
    from assistant.trial import Trial

_STRUCK = re.compile(r"~~([^~]+)~~( \(not found in the sources\))")
_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


def show_answer(answer: Answer, *, check: bool = False) -> None:
    """Print an answer with its quotes set apart, or why there is none; with `check`, a model's sentences one by one."""
    if answer.abstention:
        _out.print(Text(answer.abstention.message, style="yellow"))
        for question in answer.abstention.instead:
            _out.print(Text(f"  try: {question}", style="dim"))
    else:
        _show_cited(answer)
    if answer.model:
        _show_model(answer.model, check)
    if answer.notice:
        _out.print(Text(answer.notice, style="yellow"))


def _show_cited(answer: Answer) -> None:
    written = max((each.end or 0 for each in answer.model.sentences), default=0) if answer.model else 0
    lead = answer.text[: written or answer.citations[0].start].strip()
    if lead:
        _out.print(_with_struck(lead))
        _out.print()
    shown = set()
    for citation in answer.citations:
        if citation.number not in shown:
            shown.add(citation.number)
            _show_citation(citation)
    seconds = sum(answer.timings.values())
    _out.print(Text(f"confidence {answer.confidence:.0%} · {seconds:.2f} s", style="dim"))


def _with_struck(text: str) -> Text:
    """Return a model's text with what was struck shown so."""
    shown, at = Text(), 0
    for match in _STRUCK.finditer(text):
        shown.append(text[at : match.start()]).append(match[1], style="strike dim").append(match[2], style="yellow")
        at = match.end()
    return shown.append(text[at:])


def _show_model(model: ModelUse, check: bool) -> None:
    tokens = [n for n in (model.n_prompt_tokens, model.n_answer_tokens) if n is not None]
    used = f" · {' + '.join(map(str, tokens))} tokens" if tokens else ""
    cost = f" · {model.cost:.4f}" if model.cost is not None else ""
    _out.print(Text(f"{model.name}{used}{cost}", style="dim"))
    if model.note:
        _out.print(Text(f"quoted instead: {model.note}", style="yellow"))
    for sentence in model.sentences if check else ():
        why = f" ({sentence.problem})" if sentence.problem else ""
        _out.print(Text(f"  {sentence.support.value}{why}: ", style="dim").append(sentence.text))


def show_trial(trial: Trial) -> None:
    """Print what works of a language model and what does not."""
    for line in trial.works:
        _out.print(Text(f"ok: {line}"))
    for line in trial.problems:
        _out.print(Text(line, style="yellow"))


def _show_citation(citation: Citation) -> None:
    _out.print(Padding(Text(citation.quote.text), (0, 0, 0, 2)))
    document = citation.document
    page = citation.place or (f"p. {citation.page}" if citation.page else None)
    who = names_in_words(citation.speakers) if citation.speaker else None
    how = [who, citation.cue, citation.manner, citation.date or document.date, document.source, page]
    line = Text(f"  [{citation.number}] ", style="bold cyan")
    line.append(" · ".join(part for part in how if part), style="dim")
    _out.print(line)
    _out.print()


def show_passages(passages: Sequence[Passage], explain: bool) -> None:
    """Print passages by rank; with `explain`, why each is where it is."""
    if not passages:
        _out.print("no passage found")
    for passage in passages:
        line = Text(f"{passage.rank:>2}  ", style="bold cyan").append(passage.document.title, style="bold")
        line.append(f"  {passage.document.source}:{passage.start}-{passage.end}", style="dim")
        _out.print(line)
        if explain:
            evidence = passage.evidence
            by = {"words": evidence.words_rank, "meaning": evidence.meaning_rank, "both": evidence.fused_rank}
            ranks = ", ".join(f"by {what} {place or '–'}" for what, place in by.items())
            _out.print(
                Text(f"    {ranks}, reranker {passage.score:.3f}, matched {', '.join(evidence.matched)}", style="dim")
            )
        _out.print(Padding(Text(passage.text), (0, 0, 1, 4)))


def show_statements(statements: Sequence[Statement]) -> None:
    """Print a table of who said what, where."""
    table = Table(box=None, pad_edge=False)
    for column in ("who", "how", "when", "what", "where"):
        table.add_column(column)
    for s in statements:
        said = " … ".join(span.text for span in s.content)
        where = f"{s.document.source}:{s.start}"
        how = f"{s.cue} ({s.manner})" if s.cue else s.manner
        table.add_row(*map(escape, (s.speaker, how, s.date or s.document.date or "", said, where)))
    _out.print(table)


def show_people(people: Sequence[tuple[Person, Sequence[str]]]) -> None:
    """Print a table of speakers."""
    table = Table(box=None, pad_edge=False)
    for column in ("who", "statements", "documents", "about"):
        table.add_column(column, justify="right" if column in ("statements", "documents") else "left")
    for person, topics in people:
        table.add_row(
            escape(person.speaker), str(person.n_statements), str(person.n_documents), escape(", ".join(topics))
        )
    _out.print(table)


def show_report(report: SyncReport) -> None:
    """Print what a sync did and what it could not read."""
    parts = [
        f"{n} {name}"
        for name in ("added", "changed", "renamed", "deleted", "unchanged")
        if (n := getattr(report, name))
    ]
    _out.print(f"{', '.join(parts) or 'nothing to do'} in {report.seconds:.1f} s")
    _out.print(f"the library holds {report.n_documents} documents, {report.n_passages} passages")
    for skipped in report.skipped:
        _out.print(Text(f"skipped {skipped.source}: {skipped.reason}", style="yellow"))


def show_pairs(values: Mapping[str, Any]) -> None:
    """Print names and values, one pair a line."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in values.items():
        shown = ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else value
        table.add_row(name.replace("_", " "), escape(str(", ".join(shown) if isinstance(shown, list) else shown)))
    _out.print(table)


def show_settings(rows: Mapping[str, Mapping[str, str]]) -> None:
    """Print every setting with its value and where it comes from."""
    table = Table(box=None, pad_edge=False)
    for column in ("setting", "value", "from", "about"):
        table.add_column(column)
    for name, row in rows.items():
        table.add_row(f"FOOTNOTE_{name.upper()}", escape(row["value"]), escape(row["from"]), escape(row["about"]))
    _out.print(table)


def show_problems(problems: Sequence[str]) -> None:
    """Print what is wrong with a library, or was, or that nothing is."""
    for problem in problems:
        _out.print(Text(problem, style="yellow"))
    if not problems:
        _out.print("all is well")


def questions(interactive: bool) -> Iterator[str]:
    """Yield the lines typed until an empty one or the end of the input."""
    while True:
        try:
            line = input("\n› " if interactive else "").strip()
        except EOFError:
            return
        if not line:
            return
        yield line


@contextmanager
def sync_progress(quiet: bool) -> Iterator[OnProgress | None]:
    """Show files and passages done, rate and time left on standard error from the first report on."""
    if quiet or not _err.is_terminal:
        yield None
        return
    columns = (
        TextColumn("{task.description:<28.28}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[done]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with ExitStack() as shown:
        yield _advance(Progress(*columns, console=_err, transient=True), shown)


def _advance(bar: Progress, shown: ExitStack) -> Callable[[SyncProgress], None]:
    task = bar.add_task("", total=None, done="")

    def advance(progress: SyncProgress) -> None:
        if not bar.live.is_started:
            shown.enter_context(bar)
        files = f"{progress.n_files_done:,}/{progress.n_files:,} files"
        passages = f"{progress.n_passages:,}/{progress.n_passages_all:,} passages, {progress.rate:.0f}/s"
        name, done, so_far, of = {
            "attributing": ("who said what", files, progress.n_files_done, progress.n_files),
            "vectors": ("vectors", passages, progress.n_passages, progress.n_passages_all),
            "copying": (progress.source, "rows", progress.n_passages, progress.n_passages_all),
        }.get(
            progress.stage,
            (progress.source, f"{files}, {passages}", progress.n_passages, progress.n_passages_all),
        )
        bar.update(task, description=escape(name), completed=so_far, total=of or None, done=done)

    return advance
