"""The `footnote` command: parses what was typed, calls the library or the assistant, prints what comes back.

Decides nothing. Heavy modules are imported inside the commands, so that `--help` is there at once.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from assistant.evaluate.commands import register as register_evaluation
from index.errors import FootnoteError, InputError, LibraryDamaged

if TYPE_CHECKING:
    from assistant.answer import Turn
    from assistant.ask import Assistant
    from assistant.settings import Settings
    from index.library import Library

app = typer.Typer(
    help="Ask your own documents. Every sentence of the answer carries its footnote.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

LibraryOption = Annotated[Path | None, typer.Option("--library", metavar="DIR", help="Folder of the library.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
CountOption = Annotated[int | None, typer.Option("-k", metavar="N", help="Passages to show.")]
MannerOption = Annotated[str | None, typer.Option(metavar="HOW", help="Only 'direct' or only 'reported' words.")]
SpeakerOption = Annotated[str | None, typer.Option(metavar="NAME", help="Only what this person or body said.")]
SourceOption = Annotated[str | None, typer.Option(metavar="GLOB", help="Only documents whose path matches.")]
SinceOption = Annotated[str | None, typer.Option(metavar="DATE", help="Only documents from this day on (2023-01-31).")]
LogFormat = Literal["text", "json"]
UntilOption = Annotated[str | None, typer.Option(metavar="DATE", help="Only documents up to this day.")]


_INTERRUPTED = 130
_STOPPED = "stopped; what was done so far is kept"
# Typer bundles its own click and names only this child of the error for wrong usage.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]


def main() -> None:
    """Run the command line; errors meant for a person are printed in one line, with their exit status."""
    if sys.argv[1:] == ["--version"]:  # at once: reading options loads pydantic
        from assistant.versions import report

        sys.stdout.write(report() + "\n")
        return
    try:
        status = app(standalone_mode=False)
    except FootnoteError as error:
        _fail(str(error), error.exit_status)
    except _UsageError as error:
        _fail_usage(error)
    except (KeyboardInterrupt, typer.Abort):
        _fail(_STOPPED, _INTERRUPTED)
    except BrokenPipeError:  # the reader, say `head`, has had enough
        sys.stderr.close()
        sys.exit(0)
    if status == _INTERRUPTED:  # typer's own answer to Ctrl-C
        _fail(_STOPPED, _INTERRUPTED)
    sys.exit(status if isinstance(status, int) else 0)


@app.command()
def index(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH…", help="Files and folders; none: all known.")
    ] = None,
    library: LibraryOption = None,
    exclude: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Leave out; may be repeated.")] = None,
    wait: Annotated[float, typer.Option(metavar="SECONDS", help="Wait for another writer.")] = 0.0,
    password: Annotated[str | None, typer.Option(help="Opens the files that need one.")] = None,
    rebuild: Annotated[bool, typer.Option(help="Embed everything again with the model in the settings.")] = False,
    ray: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Spread the work over a Ray cluster.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Read files and folders into the library; again: only what changed."""
    from assistant import terminal
    from assistant.shapes import report_to_json

    with _library(library, rebuild=rebuild) as opened, terminal.sync_progress(as_json) as on_progress:
        report = opened.sync(
            *(paths or ()),
            exclude=exclude or (),
            on_progress=on_progress,
            wait_seconds=wait,
            password=password,
            ray=ray,
        )
    _show(report_to_json(report), as_json, lambda: terminal.show_report(report))


@app.command()
def ask(
    question: str,
    library: LibraryOption = None,
    k: CountOption = None,
    speaker: SpeakerOption = None,
    source: SourceOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    history: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Earlier turns: JSON list of role and text.")
    ] = None,
    check: Annotated[bool, typer.Option(help="Show what became of each sentence of a language model.")] = False,
    as_json: JsonOption = False,
) -> int:
    """Answer a question with quotes from the documents; exit status 1 when they do not say."""
    from assistant import terminal

    with _assistant(library) as assistant:
        answer = assistant.ask(
            question, k=k, history=_read_history(history), speaker=speaker, source=source, since=since, until=until
        )
    _show(answer.to_json(), as_json, lambda: terminal.show_answer(answer, check=check))
    return 1 if answer.abstention else 0


@app.command()
def search(
    query: str,
    library: LibraryOption = None,
    k: CountOption = None,
    speaker: SpeakerOption = None,
    source: SourceOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    explain: Annotated[bool, typer.Option(help="Show why each passage is where it is.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the passages nearest to a query."""
    from assistant import terminal
    from assistant.answer import passage_to_json, query_to_json

    with _assistant(library) as assistant:
        understood, passages = assistant.search(query, k=k, speaker=speaker, source=source, since=since, until=until)
    found = {
        "query": query,
        "understood": query_to_json(understood),
        "passages": [passage_to_json(p) for p in passages],
    }
    _show(found, as_json, lambda: terminal.show_passages(passages, explain))


@app.command()
def chat(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Ask in the terminal, with follow-ups; an empty line or Ctrl-D ends it."""
    from assistant import terminal
    from assistant.answer import Turn

    history: list[Turn] = []
    with _assistant(library) as assistant:
        for question in terminal.questions(sys.stdin.isatty() and not as_json):
            answer = assistant.ask(question, history=history)
            _show(answer.to_json(), as_json, lambda answer=answer: terminal.show_answer(answer))
            history += [Turn("user", question), Turn("assistant", answer.text)]


@app.command()
def people(
    library: LibraryOption = None,
    speaker: SpeakerOption = None,
    topic: Annotated[str | None, typer.Option(metavar="WORDS", help="Only who spoke about this.")] = None,
    source: SourceOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    manner: MannerOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who speaks in the documents, how often and about what."""
    from assistant import terminal
    from assistant.shapes import person_to_json
    from assistant.speakers import speakers

    with _library(library) as opened:
        within = {"speaker": speaker, "source": source, "since": since, "until": until, "manner": manner}
        found = speakers(opened, topic=topic, **within)
    _show([person_to_json(p, topics) for p, topics in found], as_json, lambda: terminal.show_people(found))


@app.command()
def statements(
    library: LibraryOption = None,
    speaker: SpeakerOption = None,
    topic: Annotated[str | None, typer.Option(metavar="WORDS", help="Only statements about this.")] = None,
    source: SourceOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    manner: MannerOption = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table for a spreadsheet.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List what was said, by whom, with exact offsets."""
    from assistant import terminal
    from assistant.shapes import statement_to_json, to_csv
    from assistant.speakers import statements_on

    with _library(library) as opened:
        within = {"speaker": speaker, "source": source, "since": since, "until": until, "manner": manner}
        found = statements_on(opened, topic, **within)
    if as_csv:
        sys.stdout.write(to_csv(found))
        return
    _show([statement_to_json(s) for s in found], as_json, lambda: terminal.show_statements(found))


@app.command()
def serve(
    library: LibraryOption = None,
    host: Annotated[str | None, typer.Option(metavar="H", help="Address to bind.")] = None,
    port: Annotated[int | None, typer.Option(metavar="P", help="Port; 0 takes a free one.")] = None,
    auth: Annotated[Path | None, typer.Option(metavar="FILE", help="Let in only the users in this file.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Serve the page at /, REST under /api/v1, OpenAI's routes under /v1 and MCP at /mcp."""
    from assistant.serve.start import run

    settings = _settings(library=library, host=host, port=port, auth=auth)
    run(settings.library, host=settings.host, port=settings.port, settings=settings, as_json=as_json)


@app.command()
def mcp(
    library: LibraryOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Changes nothing: MCP is JSON.")] = False,
) -> None:
    """Serve the library's tools to a language model over standard input and output (MCP)."""
    from assistant.serve.start import stay_offline

    stay_offline()
    with _assistant(library) as assistant:
        from assistant.tools import tool_server

        tool_server(lambda: assistant).run()


@app.command()
def user(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who may come in.")],
    auth: Annotated[Path | None, typer.Option(metavar="FILE", help="File of users; `serve --auth` reads it.")] = None,
    library: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Their own library; none: the one served.")
    ] = None,
    token: Annotated[bool, typer.Option("--token", help="Make a token for programs instead of a password.")] = False,
) -> None:
    """Give somebody a password, asked for here, or a token, printed once; only hashes are kept."""
    from assistant.serve import users

    path = _settings(auth=auth).auth
    if path is None:
        raise InputError("no file of users: name one with `--auth FILE`, or with FOOTNOTE_AUTH")
    users.check_name(name)
    secret = users.new_token() if token else typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    hashed = users.hash_token(secret) if token else users.hash_password(secret)
    users.add_user(path, users.User(name, hashed, library and library.expanduser().resolve()))
    typer.echo(secret if token else f"{name} may come in: `footnote serve --auth {path}`")


@app.command()
def status(library: LibraryOption = None, as_json: JsonOption = False) -> None:
    """Show counts, sizes, model and versions of the library."""
    from assistant import terminal
    from assistant.shapes import status_to_json

    with _library(library) as opened:
        found = status_to_json(opened.status())
    _show(found, as_json, lambda: terminal.show_pairs(found))


@app.command()
def doctor(
    library: LibraryOption = None,
    repair: Annotated[bool, typer.Option(help="Mend what can be mended.")] = False,
    llm: Annotated[bool, typer.Option("--llm", help="Try the language model instead.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check the library; with --repair, mend it; with --llm, try the language model."""
    from assistant import terminal
    from index.restore import restore

    if llm:
        _try_model(as_json)
        return
    try:
        with _library(library) as opened:
            problems = opened.repair() if repair else opened.check(thorough=True)
        lines = [f"mended: {problem}" for problem in problems] if repair else problems
    except LibraryDamaged as error:
        settings = _settings(library=library)
        if not repair or settings.catalog is not None:
            raise
        problems = lines = [str(error), *restore(settings.library, model=settings.embedding_model)]
    _show({"problems": problems, "repaired": repair}, as_json, lambda: terminal.show_problems(lines))
    if problems and not repair:
        raise typer.Exit(3)


@app.command()
def remove(
    ids: Annotated[
        list[str], typer.Argument(metavar="ID…", help="Ids of documents, or FOLDER/ for a followed folder.")
    ],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take documents out of the library; files that are followed stay on the disk."""
    with _library(library) as opened:
        for id_ in ids:
            opened.remove(id_)
        n_documents = opened.n_documents
    _show({"removed": ids, "n_documents": n_documents}, as_json, lambda: typer.echo(f"removed {len(ids)}"))


@app.command()
def export(
    target: Annotated[Path | None, typer.Argument(metavar="FOLDER", help="Where to write; must not exist.")] = None,
    library: Annotated[
        str | None, typer.Option("--library", metavar="DIR", help="Folder of the library; with --to, or its catalog.")
    ] = None,
    to: Annotated[
        str | None, typer.Option(metavar="PLACE", help="Copy the library itself: to a folder, or to postgresql://….")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Write documents, statements and feedback as JSON lines; with --to, copy the library to another place."""
    from assistant import terminal
    from assistant.export import export_library

    if to is not None:
        from index.move import move

        settings = _settings(library=library and Path(library))
        source = library or settings.servers().catalog or str(settings.library)
        with terminal.sync_progress(as_json) as on_progress:
            moved = move(_place(source), _place(to), on_progress=on_progress)
        found = {**moved.counts, "searches compared": moved.n_searches}
        _show(found, as_json, lambda: terminal.show_pairs(found))
        return
    if target is None:
        raise InputError("where to? `footnote export FOLDER`, or `footnote export --to PLACE`")
    with _library((library and Path(library)) or None) as opened:
        written = export_library(opened, target)
    _show(written, as_json, lambda: typer.echo(f"wrote {', '.join(f'{n} {name}' for name, n in written.items())}"))


def _place(place: str) -> Path | str:
    """Tell a folder from an address."""
    return place if "://" in place else Path(place).expanduser().resolve()


@app.command()
def watch(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH…", help="Folders; none: all known.")] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Follow folders and index every change until stopped."""
    from assistant import terminal
    from assistant.shapes import report_to_json
    from index.watch import watch as follow

    with _library(library) as opened:
        for report in follow(opened, *(paths or ())):
            _show(report_to_json(report), as_json, lambda report=report: terminal.show_report(report))


@app.command()
def settings(as_json: JsonOption = False) -> None:
    """Show every setting, its value and where it comes from."""
    from assistant import terminal
    from assistant.settings import load, origin

    loaded = load()
    rows = {
        name: {"value": str(getattr(loaded, name)), "from": origin(name), "about": field.description or ""}
        for name, field in type(loaded).model_fields.items()
    }
    _show(rows, as_json, lambda: terminal.show_settings(rows))


register_evaluation(app)


@app.callback(invoke_without_command=True)
def _start(
    version: Annotated[bool, typer.Option("--version", help="Show versions and exit.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log every stage to standard error.")] = False,
    log_format: Annotated[
        LogFormat | None, typer.Option(help="Log every stage and request, for people or machines.")
    ] = None,
) -> None:
    if version:
        from assistant.versions import report

        typer.echo(report())
        raise typer.Exit
    if verbose or log_format:
        import logging

        from assistant import logs

        logs.start(log_format or "text", logging.INFO)


def _try_model(as_json: bool) -> None:
    from assistant import terminal
    from assistant.llm import served_model
    from assistant.trial import try_model

    model = served_model(_settings())
    if model is None:
        raise InputError("there is no language model: set FOOTNOTE_LLM_URL and FOOTNOTE_LLM_MODEL")
    trial = try_model(model)
    found = {"model": model.name, "url": model.url, "works": list(trial.works), "problems": list(trial.problems)}
    _show(found, as_json, lambda: terminal.show_trial(trial))
    if trial.problems:
        raise typer.Exit(2)


def _settings(**overrides: object) -> Settings:
    from assistant.settings import load

    return load(**overrides)


@contextmanager
def _library(folder: Path | None, *, rebuild: bool = False) -> Iterator[Library]:
    from assistant import terminal
    from index.library import Library

    settings = _settings(library=folder)
    with terminal.sync_progress(quiet=False) as on_progress:
        opened = Library.open(
            settings.library,
            model=settings.embedding_model,
            chunk_tokens=settings.chunk_tokens,
            words_weight=settings.words_weight,
            servers=settings.servers(),
            rebuild=rebuild,
            on_progress=on_progress,
        )
    with opened as library:
        yield library


@contextmanager
def _assistant(folder: Path | None) -> Iterator[Assistant]:
    from assistant.ask import Assistant

    with _library(folder) as library:
        yield Assistant(library, _settings(library=folder))


def _read_history(path: Path | None) -> list[Turn]:
    from assistant.answer import Turn

    if path is None:
        return []
    try:
        return [Turn(turn["role"], turn["text"]) for turn in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"history '{path}' can't be read: it must be a JSON list of {{role, text}}, oldest first"
        ) from error


def _show(value: Any, as_json: bool, show: Any) -> None:  # noqa: ANN401  any JSON value, any printer
    if as_json:
        sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    else:
        show()


def _fail_usage(error: Any) -> None:  # noqa: ANN401  click's own type is not public
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stdout.write(error.ctx.get_help() + "\n")
        sys.exit(0)
    command = error.ctx.command_path if error.ctx else "footnote"
    _fail(f"{error.format_message().rstrip('.')}: see `{command} --help`", 2)


def _fail(message: str, status: int) -> None:
    print(f"footnote: {message}", file=sys.stderr)  # noqa: T201
    sys.exit(status)


if __name__ == "__main__":
    main()
