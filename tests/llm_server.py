"""An OpenAI-compatible server that answers as it is told: whole, in pieces, wrongly, or not at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "sk-very-secret-0123456789"
MODEL = "tiny"
# What a server says of a failure, with what must not be repeated: the key, and its own words.
ERRORS = {
    "401": {"message": f"Incorrect API key provided: {KEY}.", "code": "invalid_api_key"},
    "404": {"message": "The model 'tiny' does not exist", "code": "model_not_found"},
    "429": {"message": "Rate limit reached for org-secret", "code": "rate_limit_exceeded"},
    "500": {"message": f"Traceback: Authorization: Bearer {KEY}", "code": None},
    "400": {"message": "This model's maximum context length is 512 tokens", "code": "context_length_exceeded"},
}


class LanguageModelServer:
    """A server at `url`: `text` is what its model writes, `mode` how that fails. It keeps what it was sent."""

    def __init__(self) -> None:
        self.text = ""
        self.mode = ""
        self.usage = 321  # tokens of the prompt, as it counts them
        self.piece = 7  # characters in one event
        self.requests: list[dict] = []
        self.keys: list[str | None] = []
        self.hang_up = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def close(self) -> None:
        self.hang_up.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving() -> Iterator[LanguageModelServer]:
    server = LanguageModelServer()
    try:
        yield server
    finally:
        server.close()


def _handler(server: LanguageModelServer) -> type[BaseHTTPRequestHandler]:  # noqa: C901  one branch a failure
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_) -> None: ...

        def do_GET(self) -> None:
            self._json(200, {"object": "list", "data": [{"id": MODEL, "object": "model"}]})

        def do_POST(self) -> None:
            server.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            server.keys.append(self.headers["Authorization"])
            if server.mode in ERRORS:
                self._json(int(server.mode), {"error": ERRORS[server.mode] | {"type": "error", "param": None}})
            elif server.mode == "html":
                self._body(200, "text/html", b"<!doctype html><h1>Welcome to the proxy</h1>")
            elif server.mode == "silent":
                server.hang_up.wait(20)
            else:
                self._stream()

        def _stream(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            shown = (
                server.text
                if server.mode in ("", "no-finish", "length", "filter")
                else server.text[: len(server.text) // 2]
            )
            try:
                for at in range(0, len(shown), server.piece):
                    self._event(_delta(shown[at : at + server.piece]))
                self._end()
            except (BrokenPipeError, ConnectionResetError):
                server.hang_up.set()

        def _end(self) -> None:
            reasons = {"": "stop", "length": "length", "filter": "content_filter"}
            if server.mode == "cut":
                self.close_connection = True
                self.connection.close()
                return
            if server.mode == "stall":
                server.hang_up.wait(20)
                return
            if server.mode == "json":
                self._chunk(b'data: {"id": "x", "choi\n\n')
            if server.mode == "error-event":
                self._event({"error": {"message": f"cuda out of memory, key {KEY}", "type": "server_error"}})
            if server.mode == "endless":
                while True:
                    self._event(_delta("and so on and so on "))
                    time.sleep(0.0005)
            if server.mode in reasons:
                self._event(_delta("", reasons[server.mode]))
                usage = {"prompt_tokens": server.usage, "completion_tokens": 45, "total_tokens": server.usage + 45}
                self._event({**_delta(""), "choices": [], "usage": usage})
            self._chunk(b"data: [DONE]\n\n")
            self._chunk(b"")

        def _event(self, data: dict) -> None:
            self._chunk(f"data: {json.dumps(data)}\n\n".encode())

        def _chunk(self, data: bytes) -> None:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

        def _json(self, status: int, data: dict) -> None:
            self._body(status, "application/json", json.dumps(data).encode())

        def _body(self, status: int, kind: str, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Handler


def _delta(text: str, finish_reason: str | None = None) -> dict:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finish_reason}
    return {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": MODEL, "choices": [choice]}
