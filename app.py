"""Starts the page over the example library, or over the library named first: `python app.py [LIBRARY]`."""

from __future__ import annotations

import sys

from assistant.serve import run
from assistant.settings import load
from index.errors import FootnoteError

if __name__ == "__main__":
    try:
        settings = load()
        run(sys.argv[1] if len(sys.argv) > 1 else "example.library", host=settings.host, port=settings.port)
    except FootnoteError as error:
        sys.exit(f"footnote: {error}")
