"""The real server, in a process of its own, and the real browser, the system's Chromium without a screen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

import httpx
import pytest
import uvicorn
from fakes import FakeAssistant, FileConversations, harbour_library
from playwright.sync_api import Browser, Page, expect, sync_playwright

from assistant import Assistant
from assistant.serve import Service, app_for
from assistant.serve.front import LOCAL_HOSTS
from assistant.serve.start import listen, stay_offline
from index import Library
from index.embed import HashingEmbedder
from index.servers import Servers

_HERE = Path(__file__).parent
expect.set_options(timeout=30_000)  # a loaded machine is slow, not wrong
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
ELSEWHERE = "archive.test"  # a name of the server that is not this machine to the browser
FLAGS.append(f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1")


class Server:
    """A process that serves scripted answers at `address`; it can be killed and started again on its port."""

    def __init__(self, kept: Path, library: Path | None = None) -> None:
        self.kept, self._library = kept, library
        self.port = 0
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        command = [
            sys.executable,
            __file__,
            str(self.port),
            str(self.kept),
            *([self._library] if self._library else []),
        ]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(_HERE.parent), str(_HERE)])}
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
        self.port = int(self._process.stdout.readline())
        until = time.monotonic() + 240  # a loaded machine imports Gradio in a minute
        while not httpx.get(f"{self.address}page/style.css").is_success:
            assert time.monotonic() < until, "the page did not come up"
            time.sleep(0.05)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


def main(port: int, kept: Path, folder: Path | None = None) -> None:
    """Serve the harbour's documents; conversations outlive the process in the file `kept`. Or a real library."""
    stay_offline()
    listening = listen("127.0.0.1", port)
    print(listening.getsockname()[1], flush=True)  # noqa: T201 - read by the test that started this
    app = app_for(
        Service(lambda: real(folder) if folder else scripted(kept)).open(), hosts=(*LOCAL_HOSTS, ELSEWHERE), rate=0
    )
    uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listening])


def scripted(kept: Path) -> FakeAssistant:
    library = harbour_library()
    library.conversations = FileConversations(kept)
    library.folder = kept.parent
    return FakeAssistant(library)


def real(folder: Path) -> Assistant:
    """Answer from a real library whose words are hashed to vectors, without a model."""
    servers = Servers(os.environ.get("SHARED_CATALOG"))
    return Assistant(Library.open(folder, embedder=HashingEmbedder(), attribute=lambda document: [], servers=servers))


@contextmanager
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: install the package 'chromium'")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Watched:
    """A page whose requests elsewhere and complaints are written down."""

    def __init__(self, page: Page, address: str) -> None:
        self.outside: list[str] = []
        self.complaints: list[str] = []
        own = (address, "data:", "blob:")
        page.on("request", lambda request: None if request.url.startswith(own) else self.outside.append(request.url))
        page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


def violations(page: Page) -> list[str]:
    """Return what axe-core, with all its rules, finds wrong with the page as it is now."""
    script = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    if not page.evaluate("!!window.axe"):
        page.evaluate(script)
    found = page.evaluate("axe.run(document).then((result) => result.violations)")
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


if __name__ == "__main__":
    main(int(sys.argv[1]), *map(Path, sys.argv[2:]))
