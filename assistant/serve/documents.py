"""REST: documents (list, upload, remove, text, original, page image) and the jobs that uploads become."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from pathlib import Path, PurePosixPath
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from assistant.serve.jobs import Job
from assistant.serve.limits import LARGEST_UPLOAD
from assistant.serve.problems import NotFound
from assistant.serve.service import Service
from assistant.shapes import document_to_json
from index.errors import EmptyFile, FileTooLarge, InputError
from index.paper import picture

LONGEST_NAME = 150  # bytes of UTF-8: file systems take 255, and the library adds to it


def routes(service: Service) -> APIRouter:
    """Return the routes under /api/v1 for documents and jobs. A document's id may contain slashes."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/documents")
    def documents() -> list[dict[str, Any]]:
        """Return every document, without its text."""
        return [document_to_json(info) for info in service.library.documents()]

    @router.post("/documents", status_code=202)
    async def upload(request: Request, name: Annotated[str, Query(min_length=1, max_length=400)]) -> JSONResponse:
        """Take the request's body as a file of that name; return the job that reads it. The same file twice is one."""
        _ = service.library
        name = file_name(name)
        path, content_hash = await _received(request, name)
        job = await asyncio.to_thread(service.jobs.add, name, path, content_hash)
        return JSONResponse(job.to_json(), 202, {"Location": f"/api/v1/jobs/{job.id}"})

    @router.get("/documents/{document_id:path}/text")
    def text(
        document_id: str,
        start: Annotated[int, Query(ge=0)] = 0,
        end: Annotated[int | None, Query(ge=0)] = None,
    ) -> dict[str, Any]:
        """Return the canonical text, or the stretch [start, end) of it in characters."""
        document = service.library.document(document_id)
        span = document.span(start, len(document.text) if end is None else end)
        return {
            "document": document_to_json(document.info),
            "start": span.start,
            "end": span.start + len(span.text),
            "length": len(document.text),
            "pages": list(document.page_starts),
            "text": span.text,
        }

    @router.get("/documents/{document_id:path}/pages/{number}")
    def page(document_id: str, number: int) -> Response:
        """Return a page of a PDF, 1-based, as a PNG."""
        document, data = service.original(document_id)
        if document.info.kind != "pdf":
            raise InputError(f"'{document.info.source}' is no PDF: only PDFs have pages to look at")
        headers = {"Cache-Control": "private, max-age=3600", "ETag": f'"{document.content_hash}-{number}"'}
        return Response(picture(data, number), media_type="image/png", headers=headers)

    @router.get("/documents/{document_id:path}/original")
    def original(document_id: str) -> Response:
        """Return the file as it was added; always as a download, never shown by the browser."""
        document, data = service.original(document_id)
        name = quote(document.info.source.rpartition("/")[2])
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        }
        return Response(data, media_type="application/octet-stream", headers=headers)

    @router.get("/documents/{document_id:path}")
    def document(document_id: str) -> dict[str, Any]:
        """Return what is known of a document, without its text."""
        found = service.library.document(document_id)
        facts = {"length": len(found.text), "pages": len(found.page_starts), "notes": list(found.notes)}
        return document_to_json(found.info) | facts

    @router.delete("/documents/{document_id:path}", status_code=204)
    def remove(document_id: str) -> None:
        """Take a document out of the library."""
        service.library.remove(document_id)

    @router.get("/jobs")
    def jobs() -> list[dict[str, Any]]:
        """Return the uploads, oldest first: state, stage, how much is done, the reason where one failed."""
        return [job.to_json() for job in service.jobs.list()]

    @router.get("/jobs/{job_id}")
    def job(job_id: str) -> dict[str, Any]:
        return _job(service, job_id).to_json()

    @router.delete("/jobs/{job_id}")
    def cancel(job_id: str) -> dict[str, Any]:
        """Stop an upload."""
        found = _job(service, job_id)
        service.jobs.cancel(found)
        return found.to_json()

    return router


def _job(service: Service, job_id: str) -> Job:
    found = service.jobs.get(job_id)
    if found is None:
        raise NotFound(f"no upload '{job_id}': finished uploads are forgotten after a while")
    return found


def file_name(name: str) -> str:
    """Return the last part of a name sent by a client, without what a file's name can't hold."""
    last = PurePosixPath(name.replace("\\", "/")).name
    cleaned = "".join(letter for letter in last if letter.isprintable()).strip(" .")
    if not cleaned:
        raise InputError("the file has no name: give one, such as ?name=report.pdf")
    return cleaned.encode()[-LONGEST_NAME:].decode("utf-8", "ignore")


async def _received(request: Request, name: str) -> tuple[Path, str]:
    """Write the request's body to a temporary file, at most LARGEST_UPLOAD bytes of it; return it with its SHA-256."""
    size, content_hash = 0, hashlib.sha256()
    with tempfile.NamedTemporaryFile(prefix="footnote-", delete=False) as file:
        path = Path(file.name)
        try:
            async for piece in request.stream():
                size += len(piece)
                if size > LARGEST_UPLOAD:
                    raise FileTooLarge(
                        f"{name}: larger than {LARGEST_UPLOAD // 1024**2} MB; split it, or use `footnote index`"
                    )
                content_hash.update(piece)
                file.write(piece)
            if not size:
                raise EmptyFile(f"{name}: the file is empty")
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return path, content_hash.hexdigest()
