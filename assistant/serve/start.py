"""Starts the server: checks the port, opens the library in the background, serves until told to stop."""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.serve.guard import LOCAL_HOSTS
from index.errors import InputError

if TYPE_CHECKING:
    from assistant.ask import Assistant
    from assistant.settings import Settings
    from index.library import Library

PORT = 7860


def run(
    library_folder: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    settings: Settings | None = None,
    prepare: Callable[[Library], None] = lambda _: None,
    open_page: bool = False,
) -> None:
    """Serve the library until interrupted; print the page's address first.

    `prepare` is called with the library before the first question, while the page is already there. `open_page` shows
    the page in the user's browser. Raise InputError when the port is taken, else what opening the library raises.
    """
    stay_offline()
    listening = listen(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
    sys.stdout.write(f"Footnote is at {address} (Ctrl+C stops it)\n")
    sys.stdout.flush()

    import uvicorn

    from assistant.serve.app import app_for
    from assistant.serve.service import Service

    service = Service(lambda: _opened(library_folder, settings, prepare))
    app = app_for(service, hosts=(*LOCAL_HOSTS, host))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=4, server_header=False))

    def give_up() -> None:
        server.should_exit = True

    service.start(on_failure=give_up)
    if open_page and _has_screen():
        threading.Timer(0.5, webbrowser.open, [address]).start()
    with listening:
        server.run(sockets=[listening])
    if service.failure:
        raise service.failure


def _opened(library_folder: str | Path, settings: Settings | None, prepare: Callable[[Library], None]) -> Assistant:
    from assistant.ask import Assistant
    from index.library import Library

    library = Library.open(library_folder)
    prepare(library)
    return Assistant(library, settings)


def _has_screen() -> bool:
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def stay_offline() -> None:
    """Turn off everything in the libraries below that would look for the network; call before they are imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["TRANSFORMERS_OFFLINE"] = "1"
    os.environ["ANONYMIZED_TELEMETRY"] = "False"


def listen(host: str, port: int) -> socket.socket:
    """Return a socket listening there; raise InputError that says what to do when that can't be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, OverflowError) as error:
        listening.close()
        raise InputError(_why_not(host, port, error)) from error
    listening.listen(128)
    return listening


def _why_not(host: str, port: int, error: OSError | OverflowError) -> str:
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return f"port {port} is taken, perhaps by another Footnote: stop it, or choose another with `--port {port + 1}`"
    if isinstance(error, OSError) and error.errno == errno.EACCES:
        return f"port {port} needs more rights than you have: choose one above 1023 with `--port 7860`"
    return f"can't listen on {host} port {port} ({error}): check `--host` and `--port`"
