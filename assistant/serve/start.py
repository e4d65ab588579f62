"""Starts the server: checks the port, opens the library in the background, serves until told to stop."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import json
import logging
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.serve.front import LOCAL_HOSTS, Front
from index.errors import InputError
from index.servers import Servers

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from assistant.ask import Assistant
    from assistant.serve.service import Service
    from assistant.settings import Settings
    from index.library import Library

PORT = 7860
GRACE = 3  # seconds that running answers have to end when the server is told to stop


def run(
    library_folder: str | Path,
    *,
    host: str = "127.0.0.1",
    port: int = PORT,
    settings: Settings | None = None,
    prepare: Callable[[Library], None] = lambda _: None,
    open_page: bool = False,
    as_json: bool = False,
) -> None:
    """Serve the library until interrupted; print the page's address first, as JSON {"address"} where that is asked for.

    `prepare` is called with the library before the first question, while the page is already there. `open_page` shows
    the page in the user's browser. Raise InputError when the port is taken, or when others could reach the server and
    nobody has a password; else what opening the library raises.
    """
    from assistant.settings import Settings

    settings = settings or Settings()
    _refuse_open_doors(host, settings.auth)
    stay_offline()
    listening = listen(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
    says = json.dumps({"address": address}) if as_json else f"Footnote is at {address} (Ctrl+C stops it)"
    sys.stdout.write(f"{says}\n")
    sys.stdout.flush()
    if open_page and _has_screen():
        threading.Timer(0.5, webbrowser.open, [address]).start()
    _allow_many_connections()
    with listening:
        _House(Path(library_folder), settings, prepare).serve(
            listening, [*LOCAL_HOSTS, host, *settings.names.replace(",", " ").split()]
        )


@dataclass(slots=True)
class _House:
    """What is served: one library for all, or each person's own."""

    folder: Path
    settings: Settings
    prepare: Callable[[Library], None]
    services: list[Service] = field(default_factory=list)
    failure: Exception | None = None

    def serve(self, listening: socket.socket, hosts: list[str]) -> None:
        """Serve until told to stop; raise what making the doors or opening the one library raised."""
        import uvicorn

        from assistant.serve.patience import KEPT_OPEN, Server

        app = self._for_users(hosts, self.settings.auth) if self.settings.auth else None
        config = uvicorn.Config(
            app or Front(lambda: self._for_all(hosts, end), hosts),
            log_level="warning",
            timeout_graceful_shutdown=GRACE,
            timeout_keep_alive=KEPT_OPEN,
            server_header=False,
        )
        server = Server(config, self._stop)

        def end() -> None:
            server.should_exit = True

        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listening])
        for failure in (self.failure, *(service.failure for service in self.services)):
            if failure:
                raise failure
        if any(service.jobs.is_busy for service in self.services):
            # The file is read again at the next start; the library is whole at any moment.
            logging.shutdown()
            os._exit(0)

    def _stop(self) -> None:
        for service in self.services:
            service.is_stopping = True

    def _for_all(self, hosts: list[str], end: Callable[[], None]) -> Starlette:
        """Return the doors over the one library, which begins to open; `end` is called where that can't be done."""
        try:
            from assistant.serve.app import app_for

            service = self._service(self.folder)
            app = app_for(service, hosts=hosts, rate=self.settings.rate)
        except Exception as error:
            self.failure = error
            end()
            raise
        service.start(on_failure=end)
        return app

    def _for_users(self, hosts: list[str], auth: Path) -> Starlette:
        from assistant.serve.app import app_for_users
        from assistant.serve.users import read_users

        def opened(library: Path | None) -> Service:
            return self._service(library or self.folder).open()

        return app_for_users(read_users(auth), opened, hosts=hosts, rate=self.settings.rate)

    def _service(self, folder: Path) -> Service:
        from assistant.serve.service import Service

        servers = self.settings.servers() if folder == self.folder else Servers()  # a person's own is nobody else's
        self.services.append(Service(lambda: _opened(folder, self.settings, servers, self.prepare)))
        return self.services[-1]


def _opened(folder: Path, settings: Settings, servers: Servers, prepare: Callable[[Library], None]) -> Assistant:
    from assistant.ask import Assistant
    from index.library import Library

    library = Library.open(
        folder,
        model=settings.embedding_model,
        chunk_tokens=settings.chunk_tokens,
        words_weight=settings.words_weight,
        servers=servers,
    )
    prepare(library)
    library.load_model_behind()
    return Assistant(library, settings)


def _refuse_open_doors(host: str, auth: Path | None) -> None:
    if auth is None and not _is_local(host):
        raise InputError(
            f"host {host} can be reached by others and nobody has a password: `footnote user NAME --auth FILE` gives "
            f"one, then serve with `--auth FILE`; or keep to this machine with `--host 127.0.0.1`"
        )


def _is_local(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _allow_many_connections() -> None:
    """Raise the number of open files to what this process may have: each connection is one."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 16_384) if most > 0 else 16_384, most))


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
