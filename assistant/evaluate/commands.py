"""`footnote evaluate …`: parses what was typed. `footnote evaluate SET` is `footnote evaluate run SET`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

LibraryOption = Annotated[Path | None, typer.Option("--library", metavar="DIR", help="Folder of the library.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]


class RunByDefault(TyperGroup):
    """A group whose first word may be a set: then the command is `run`. A set named like a command: `./check`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        if args and args[0] not in self.commands and args[0] not in ("--help", "--json"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


commands = typer.Typer(
    cls=RunByDefault,
    no_args_is_help=True,
    help="Ask a set of questions and measure the answers: footnote evaluate SET [--out DIR].",
)


def register(app: typer.Typer) -> None:
    """Put `evaluate` and its commands on the command line."""
    app.add_typer(commands, name="evaluate")


@commands.command()
def run(
    set_path: Annotated[Path, typer.Argument(metavar="SET", help="Folder, or a JSONL, JSON or CSV file.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the run and its report go.")] = Path("evaluation"),
    library: LibraryOption = None,
    scope: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Metadata column naming the document a question is confined to."),
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", help="Ask N questions, spread over the set.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the resampling.")] = 0,
    as_json: JsonOption = False,
) -> int:
    """Ask every question of SET and measure the answers."""
    from assistant.evaluate import show
    from assistant.evaluate.run import evaluate

    with show.progress() as on_progress:
        evaluation = evaluate(
            set_path, out, library=library, scope=scope, limit=limit, seed=seed, on_progress=on_progress
        )
    if as_json:
        sys.stdout.write(json.dumps(evaluation.to_json(), ensure_ascii=False) + "\n")
    else:
        show.show_evaluation(evaluation)
    return evaluation.exit_status


@commands.command()
def check(
    set_path: Annotated[Path, typer.Argument(metavar="SET", help="Folder, or a JSONL, JSON or CSV file.")],
    as_json: JsonOption = False,
) -> None:
    """Check a set and name each bad line."""
    from assistant.evaluate.load import load_set

    found = load_set(set_path)
    n_answerable = sum(question.answerable for question in found.questions)
    counts = {
        "questions": len(found.questions),
        "answerable": n_answerable,
        "unanswerable": len(found.questions) - n_answerable,
        "documents": len(found.documents),
    }
    typer.echo(json.dumps(counts) if as_json else ", ".join(f"{n} {name}" for name, n in counts.items()))
