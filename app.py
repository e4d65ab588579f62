"""Starts the page over the example library, or over the library named first: `python app.py [LIBRARY]`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.example import DOCUMENTS
from assistant.serve import run
from assistant.settings import load
from index.errors import FootnoteError

if TYPE_CHECKING:
    from index.library import Library

HERE = Path(__file__).parent


def sync_example(library: Library) -> None:
    """Bring the example library up to its documents."""
    library.sync(DOCUMENTS)


def leave(library: Library) -> None:
    """Take a library as it is."""


if __name__ == "__main__":
    folder, prepare = (sys.argv[1], leave) if len(sys.argv) > 1 else (HERE / "example.library", sync_example)
    try:
        settings = load()
        run(folder, host=settings.host, port=settings.port, settings=settings, prepare=prepare, open_page=True)
    except FootnoteError as error:
        sys.exit(f"footnote: {error}")
