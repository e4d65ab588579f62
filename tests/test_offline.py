"""Nothing leaves this machine: the whole server, its page and a browser on it, with every socket and look-up noted."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect
from serving import Watched, chromium

# Runs before anything else in the server's process; an audit hook can't be taken out again.
_WATCHED = """
import ipaddress, sys
from pathlib import Path
noted = Path(sys.argv[1])

def is_here(host):
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False

def note(event, arguments):
    host = None
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        host = arguments[1][0] if isinstance(arguments[1], tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
    elif event == "socket.bind" and isinstance(arguments[1], tuple):
        host = arguments[1][0] or "every address"
    if not is_here(host):
        with noted.open("a") as file:
            file.write(f"{event} {arguments[:2]}\\n")

sys.addaudithook(note)
"""
_SERVE = """
from assistant.serve import run
run(sys.argv[2], port=0)
"""


@pytest.fixture
def noted(tmp_path: Path) -> Path:
    return tmp_path / "noted.txt"


@pytest.fixture
def address(tmp_path: Path, noted: Path) -> Iterator[str]:
    command = [sys.executable, "-c", _WATCHED + _SERVE, str(noted), str(tmp_path / "library")]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
    try:
        started = time.monotonic()
        found = server.stdout.readline().split()[3]
        while not _is_up(f"{found}/health"):
            assert time.monotonic() - started < 20
            time.sleep(0.02)
        yield found
    finally:
        server.terminate()
        server.wait(10)
        server.stdout.close()


def _is_up(address: str) -> bool:
    try:
        return httpx.get(address).is_success
    except httpx.TransportError:
        return False


@pytest.mark.browser
def test_a_server_a_page_an_upload_and_an_answer_stay_on_this_machine(address: str, noted: Path):
    with chromium() as browser:
        page = browser.new_page()
        watched = Watched(page, f"{address}/")
        page.goto(address)
        page.wait_for_selector("body.is-ready", timeout=60_000)
        text = "Ada Poe, the harbour master, said: “The ferry leaves at seven.”\n\nNobody else spoke."
        page.set_input_files("#files", [{"name": "ferry.txt", "mimeType": "text/plain", "buffer": text.encode()}])
        expect(page.locator("#documents")).to_contain_text("ferry.txt", timeout=60_000)
        page.fill("#question textarea", "What did Ada Poe say about the ferry?")
        page.press("#question textarea", "Enter")
        expect(page.locator("#turns blockquote").first).to_contain_text("The ferry leaves at seven", timeout=60_000)
        page.locator("#turns .cite").first.click()
        expect(page.locator("#source mark")).to_contain_text("The ferry leaves at seven")
    assert watched.outside == []
    assert watched.complaints == []
    assert not noted.exists(), noted.read_text()


def test_what_is_noted_would_be_noticed(noted: Path):
    outside = "import socket\ntry:\n    socket.create_connection(('192.0.2.1', 9), 0.01)\nexcept OSError:\n    pass\n"
    subprocess.run([sys.executable, "-c", _WATCHED + outside, str(noted)], check=True)
    assert "192.0.2.1" in noted.read_text()
