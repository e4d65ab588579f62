"""A Chroma server of the tests' own: `chroma run` on a free port."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import httpx

_SECONDS = 60.0


class VectorServer:
    """Started and stopped at will; what it holds stays in its folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_up(self) -> bool:
        return self._process is not None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        program = Path(sys.executable).with_name("chroma")
        command = [str(program), "run", "--path", str(self._folder), "--port", str(self._port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.address}/api/v2/heartbeat").raise_for_status()
                return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise TimeoutError("chroma run does not come up")

    def stop(self) -> None:
        """Kill it in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """Let it hang: it listens, and answers nothing until `resume`."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def new_database(self) -> str:
        """Return the name of an empty database."""
        name = f"database_{uuid4().hex[:12]}"
        url = f"{self.address}/api/v2/tenants/default_tenant/databases"
        httpx.post(url, json={"name": name}).raise_for_status()
        return name

    def forget(self, database: str) -> None:
        """Lose the collection."""
        url = f"{self.address}/api/v2/tenants/default_tenant/databases/{database}/collections/passages"
        httpx.delete(url).raise_for_status()
