"""Log lines for people or for machines, each with the trace id of the request it belongs to.

Handlers are set here and nowhere else; only doors call `start`.
"""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

# The id of the request being answered, 32 hexadecimal digits as in W3C Trace Context; '' outside of one.
trace_id: ContextVar[str] = ContextVar("trace_id", default="")
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message", "trace"}


def start(log_format: str = "text", level: int = logging.WARNING) -> None:
    """Send log lines to standard error: `text`, or `json` with one object a line. Replaces what was set before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_traced)
    plain = logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s")
    handler.setFormatter(JsonLines() if log_format == "json" else plain)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(True)


def _traced(record: logging.LogRecord) -> bool:
    record.trace = trace_id.get()
    return True


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time (UTC), level, logger, message, trace, and what was given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if trace := getattr(record, "trace", ""):
            line["trace"] = trace
        line |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
