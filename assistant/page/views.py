"""The routes of what stands in the middle beside the conversation: people and evaluation, and their exports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse, Response

from assistant.page import reports
from assistant.page.people import Spoken, Wanted, people_view, rows, wanted_from
from assistant.serve.service import Service
from assistant.shapes import statement_to_json, to_csv, when
from assistant.speakers import counted, statements_on, topics_of
from index.errors import InputError
from index.records import Statement

Field = Annotated[str, Query(max_length=300)]


def _wanted(
    speaker: Field = "", topic: Field = "", source: Field = "", since: Field = "", until: Field = "", manner: Field = ""
) -> Wanted:
    values = {"speaker": speaker, "topic": topic, "source": source, "since": since, "until": until, "manner": manner}
    return wanted_from(values)


Fields = Annotated[Wanted, Depends(_wanted)]


def routes(service: Service) -> APIRouter:
    """Return the routes of the views."""
    router = APIRouter(default_response_class=HTMLResponse)

    @lru_cache(1)
    def topics(_: int) -> dict[str, tuple[str, ...]]:
        """Return what each speaker speaks about, for one state of the library."""
        return topics_of(service.library.statements())

    @router.get("/people")
    def people(wanted: Fields) -> str:
        library = service.library
        found = _found(service, wanted)
        return people_view(Spoken(wanted, counted(found, library.people(), topics(library.generation)), found))

    @router.get("/people/rows")
    def more_rows(wanted: Fields, after: Annotated[int, Query(ge=0)]) -> str:
        return rows(_found(service, wanted), after)

    @router.get("/statements.csv")
    def as_csv(wanted: Fields) -> Response:
        # The mark tells spreadsheets that the text is UTF-8.
        return _file("\ufeff" + to_csv(_found(service, wanted)), "text/csv", "statements.csv")

    @router.get("/statements.json")
    def as_json(wanted: Fields) -> Response:
        found = [statement_to_json(each) for each in _found(service, wanted)]
        return _file(json.dumps(found, ensure_ascii=False, indent=1), "application/json", "statements.json")

    router.include_router(_evaluation(service))
    return router


def _chosen(report: Field = "", against: Field = "", show: Field = "", words: Field = "") -> reports.Chosen:
    return reports.Chosen(report, against, show, words)


Choice = Annotated[reports.Chosen, Depends(_chosen)]


def _evaluation(service: Service) -> APIRouter:
    """Return the routes of the evaluation view."""
    router = APIRouter(default_response_class=HTMLResponse)

    def folder() -> Path:
        return service.library.folder / "reports"

    @router.get("/evaluation")
    def evaluation(chosen: Choice) -> str:
        found = reports.find_reports(folder())
        if not found:
            return reports.nothing(folder())
        name = chosen.report if chosen.report in found else next(iter(found))
        against = _read(found, chosen.against) if chosen.against in found and chosen.against != name else None
        return reports.evaluation_view(list(found), replace(chosen, report=name), _read(found, name), against)

    @router.get("/evaluation/rows")
    def more_rows(chosen: Choice, after: Annotated[int, Query(ge=0)]) -> str:
        found = reports.find_reports(folder())
        against = _read(found, chosen.against) if chosen.against else None
        return reports.question_rows(chosen, _read(found, chosen.report), against, after)

    @router.get("/evaluation/report")
    def whole(report: Field) -> Response:
        """Return the report's own page, which may load nothing and run nothing."""
        html = _path(reports.find_reports(folder()), report).joinpath("report.html").read_text(encoding="utf-8")
        policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})

    return router


def _path(found: Mapping[str, Path], name: str) -> Path:
    if name not in found:
        raise InputError(f"no report '{name}': choose one that the page lists")
    return found[name]


def _read(found: Mapping[str, Path], name: str) -> reports.Report:
    try:
        return reports.read_report(name, _path(found, name))
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise InputError(f"report '{name}' can't be read: run the evaluation again") from error


def _found(service: Service, wanted: Wanted) -> list[Statement]:
    """Return the statements wanted, those with a date first, by date."""
    within = {name: getattr(wanted, name) or None for name in ("speaker", "source", "since", "until", "manner")}
    found = statements_on(service.library, wanted.topic or None, **within)
    return sorted(found, key=lambda each: (not when(each), when(each)))


def _file(text: str, kind: str, name: str) -> Response:
    return Response(text, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
