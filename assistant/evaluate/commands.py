"""`footnote evaluate …`: parses what was typed. `footnote evaluate SET` is `footnote evaluate run SET`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from assistant.evaluate.result import Evaluation

SetArgument = Annotated[Path, typer.Argument(metavar="SET", help="Folder, or a JSONL, JSON or CSV file.")]
OutOption = Annotated[Path, typer.Option(metavar="DIR", help="Where the run and its report go.")]
LibraryOption = Annotated[Path | None, typer.Option("--library", metavar="DIR", help="Folder of the library.")]
ScopeOption = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Metadata column naming the one document a question is about.")
]
LimitOption = Annotated[int | None, typer.Option(metavar="N", help="Ask N questions, spread over the set.")]
AgainstOption = Annotated[Path | None, typer.Option(metavar="RUN", help="Earlier run to compare with.")]
NoWorseOption = Annotated[Path | None, typer.Option(metavar="RUN", help="Fail when significantly worse than this run.")]
ToleranceOption = Annotated[float, typer.Option(metavar="X", help="How much worse is still well.")]
FailUnderOption = Annotated[list[str] | None, typer.Option(metavar="MEASURE=VALUE", help="Fail when not reached.")]
JudgeOption = Annotated[
    str | None, typer.Option(metavar="MODEL", help="Language model that judges what one wrote, on FOOTNOTE_LLM_URL.")
]
SeedOption = Annotated[int, typer.Option(help="Seed of the resampling.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
HERE = Path("evaluation")


class RunByDefault(TyperGroup):
    """A group whose first word may be a set: then the command is `run`. A set named like a command: `./check`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        if args and args[0] not in (*self.commands, "--help"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


commands = typer.Typer(
    cls=RunByDefault,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Ask a set of questions and measure the answers: footnote evaluate SET; options: evaluate run --help.",
)


def register(app: typer.Typer) -> None:
    """Put `evaluate` and its commands on the command line."""
    app.add_typer(commands, name="evaluate")


@commands.command()
def run(
    set_path: SetArgument,
    out: OutOption = HERE,
    library: LibraryOption = None,
    system: Annotated[
        str | None, typer.Option(metavar="MODULE:OBJECT", help="Ask this in the assistant's place, e.g. a retriever.")
    ] = None,
    scope: ScopeOption = None,
    limit: LimitOption = None,
    against: AgainstOption = None,
    no_worse_than: NoWorseOption = None,
    tolerance: ToleranceOption = 0.0,
    fail_under: FailUnderOption = None,
    judge: JudgeOption = None,
    compare_lists: Annotated[
        bool, typer.Option("--compare-lists", help="Also rank by embeddings alone, by BM25 alone and by both.")
    ] = False,
    jobs: Annotated[
        int,
        typer.Option(metavar="N", help="Processes that ask; 0: one a core, four at most."),
    ] = 0,
    seed: SeedOption = 0,
    as_json: JsonOption = False,
) -> int:
    """Ask every question of SET and measure the answers (the default command)."""
    from assistant.evaluate import Terms, show
    from assistant.evaluate.run import evaluate

    with show.progress() as on_progress:
        evaluation = evaluate(
            set_path,
            out,
            library=library,
            system=system,
            scope=scope,
            limit=limit,
            terms=Terms(against, no_worse_than, tolerance, fail_under or (), judge, seed),
            with_lists=compare_lists,
            jobs=jobs,
            on_progress=on_progress,
        )
    return _show(evaluation, as_json)


@commands.command()
def score(
    set_path: SetArgument,
    run: Annotated[Path, typer.Option(metavar="RUN", help="Folder of a run, TREC run, or answers as JSON lines.")],
    out: OutOption = HERE,
    library: LibraryOption = None,
    scope: ScopeOption = None,
    against: AgainstOption = None,
    no_worse_than: NoWorseOption = None,
    tolerance: ToleranceOption = 0.0,
    fail_under: FailUnderOption = None,
    judge: JudgeOption = None,
    seed: SeedOption = 0,
    as_json: JsonOption = False,
) -> int:
    """Score what another system found or answered, by the same measures."""
    from assistant.evaluate import Terms, show
    from assistant.evaluate.run import score as score_run

    with show.progress() as on_progress:
        terms = Terms(against, no_worse_than, tolerance, fail_under or (), judge, seed)
        evaluation = score_run(set_path, run, out, terms=terms, library=library, scope=scope, on_progress=on_progress)
    return _show(evaluation, as_json)


@commands.command()
def check(set_path: SetArgument, library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Check a set and name each bad line."""
    from assistant.evaluate.load import load_set

    found = load_set(set_path, library=library)
    n_answerable = sum(question.answerable for question in found.questions)
    _print(
        {
            "questions": len(found.questions),
            "answerable": n_answerable,
            "unanswerable": len(found.questions) - n_answerable,
            "with evidence": sum(bool(question.gold) for question in found.questions),
            "with history": sum(bool(question.history) for question in found.questions),
            "documents": len(found.documents),
        },
        as_json,
    )
    if not as_json:
        known_to = 0.98 / max(1, len(found.questions)) ** 0.5
        typer.echo(f"good; a yes-or-no measure over all questions will be known to about ± {known_to:.2f}", err=True)


@commands.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write questions.jsonl.")],
    library: LibraryOption = None,
    n: Annotated[int, typer.Option("-n", metavar="N", help="How many questions to propose.")] = 40,
    review: Annotated[bool, typer.Option("--review", help="Keep, reword or reject the proposals now.")] = False,
    page: Annotated[bool, typer.Option("--page", help="Write a page on which to keep, mend and save them.")] = False,
    feedback: Annotated[
        bool, typer.Option("--feedback", help="Take the questions judged on the page instead.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a set: a template, or with --library questions about its documents."""
    from assistant.evaluate.template import write_feedback, write_proposals, write_review_page, write_template

    if page and library:
        _print({"proposed": write_review_page(folder, library, n)}, as_json)
        typer.echo(f"open {folder / 'review.html'}, save what you keep as {folder / 'questions.jsonl'}", err=True)
        return
    if library is None:
        n_written, of = write_template(folder), None
    elif feedback:
        n_written, of = write_feedback(folder, library), library
    else:
        n_written, of = write_proposals(folder, library, n, by_hand=review), library
    _print({"questions": n_written}, as_json)
    if not as_json:
        typer.echo(f"{folder / 'questions.jsonl'} is written; now: footnote evaluate {folder}{_library(of)}", err=True)


def _library(library: Path | None) -> str:
    return f" --library {library}" if library else ""


@commands.command()
def sweep(
    set_path: SetArgument,
    vary: Annotated[list[str], typer.Option(metavar="SETTING=V,V", help="Values to try; may be repeated.")],
    out: OutOption = Path("sweep"),
    by: Annotated[str, typer.Option(metavar="MEASURE", help="What counts as quality.")] = "answer_f1",
    library: LibraryOption = None,
    scope: ScopeOption = None,
    limit: LimitOption = None,
    as_json: JsonOption = False,
) -> None:
    """Evaluate every combination of some settings: table and Pareto plot."""
    from assistant.evaluate import show
    from assistant.evaluate.sweep import parse_vary
    from assistant.evaluate.sweep import sweep as run_sweep

    grid = parse_vary(vary)
    with show.progress() as on_progress:
        points = run_sweep(
            set_path, out, grid, by=by, library=library, scope=scope, limit=limit, on_progress=on_progress
        )
    if as_json:
        sys.stdout.write((out / "sweep.json").read_text(encoding="utf-8"))
    else:
        show.show_sweep(points, by, out)


def _show(evaluation: Evaluation, as_json: bool) -> int:
    from assistant.evaluate import show

    if as_json:
        sys.stdout.write(json.dumps(evaluation.to_json(), ensure_ascii=False) + "\n")
    else:
        show.show_evaluation(evaluation)
    return evaluation.exit_status


def _print(counts: dict[str, Any], as_json: bool) -> None:
    typer.echo(json.dumps(counts) if as_json else ", ".join(f"{n} {name}" for name, n in counts.items()))
