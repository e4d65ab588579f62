"""The process that reads files for another one: requests on standard input, answers on standard output.

Ends with its parent, however that ends, and gives up what exceeds its limits. Knows nothing of formats.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from base64 import b64encode
from contextlib import suppress
from dataclasses import asdict
from typing import IO, Any

from index.errors import InputError, ReadError
from index.parse import receive, send
from index.readers import TOO_MUCH_MEMORY, read
from index.readers.reading import on_progress

# Seconds after which a worker whose parent is gone ends, and between two looks whether it is.
_GRACE = 10
_LOOK_EVERY = 1.0
# The share of the limit that a process has in use, not only reserved, when memory was refused to it.
_NEAR = 0.5
# How much more the reader of scanned pages may reserve, most of which it never uses.
_OCR_TIMES = 4


def main() -> None:
    """Answer requests until there are no more: `python -c … SYSPATH BYTES SECONDS`."""
    n_bytes, seconds = int(sys.argv[2]), float(sys.argv[3])
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a parser that prints must not write into the answers
    _limit_memory(n_bytes)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    # The parent keeps the time; the alarm is for when it is gone and a parser holds the interpreter.
    limit = int(seconds) + _GRACE

    def go_on() -> None:
        _alarm(limit)
        send(answers, b'{"progress": true}')

    on_progress(go_on)
    with suppress(EOFError, BrokenPipeError):
        while True:
            request, data = json.loads(receive(requests)), receive(requests)
            _alarm(limit)
            _answer(answers, request, data, n_bytes)
            _alarm(0)


def _answer(answers: IO[bytes], request: dict[str, Any], data: bytes, n_bytes: int) -> None:
    answer = _done(request, data)
    answer["in_use"] = _memory("VmRSS")
    # Parsers tell of memory that is refused in many ways.
    if answer.get("error") == "BrokenFile" and _memory("VmHWM") > _NEAR * n_bytes:
        answer |= {"error": "FileTooLarge", "message": TOO_MUCH_MEMORY}
    send(answers, json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _done(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    try:
        return _DO[request["do"]](request, data)
    except (ReadError, InputError) as error:
        return {"error": type(error).__name__, "message": str(error), "cause": repr(error.__cause__)}


def _read(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    document = read(data, request["id"], request["source"], password=request["password"])
    return {
        "info": asdict(document.info),
        "text": document.text,
        "hash": document.content_hash,
        "pages": document.page_starts,
        "notes": document.notes,
    }


def _draw(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    from index.readers.paper import picture

    return {"picture": b64encode(picture(data, request["page"])).decode()}


def _find(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    from index.readers.paper import lines

    return {"lines": lines(data, request["page"], request["wanted"], request["n_before"])}


_DO = {"read": _read, "picture": _draw, "boxes": _find}


def _limit_memory(n_bytes: int) -> None:
    with suppress(ImportError, ValueError, OSError):  # not every system has it
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (n_bytes, _OCR_TIMES * n_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _memory(what: str) -> int:
    """Return the bytes in use now (`VmRSS`) or at most so far (`VmHWM`); 0 where the system does not tell.

    `getrusage` would count what the parent had in use when it started this process.
    """
    with suppress(OSError, ValueError, StopIteration), open("/proc/self/status", encoding="ascii") as status:
        return 1024 * int(next(line for line in status if line.startswith(what)).split()[1])
    return 0


def _alarm(seconds: int) -> None:
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)  # its default action ends the process, whatever that is doing


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY)
    os._exit(1)
