"""Scanned pages read by OCR, where the extra `ocr` is installed: RapidOCR with the models that its package carries.

Knows nothing of PDF beyond how a page is drawn.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from index.readers.pages import Line
from index.readers.reading import go_on

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

INSTALL = "to read it, install the extra: pip install 'footnote-assistant[ocr]'"
_DOTS_PER_INCH = 200
_LONGEST_SIDE = 2_000  # pixels: what the recogniser works with, and what bounds its memory
_POINTS_PER_INCH = 72


def can_read_scans() -> bool:
    """Tell whether the extra is installed."""
    return find_spec("rapidocr") is not None


def scanned_lines(page: PdfPage) -> list[Line]:
    """Return the lines on the picture of a page, from top to bottom."""
    engine = _engine()
    go_on()  # loading it takes a while too
    scale = min(_DOTS_PER_INCH / _POINTS_PER_INCH, _LONGEST_SIDE / max(*page.get_size(), 1.0))
    picture = page.render(scale=scale)
    try:
        found = engine(picture.to_numpy())
    finally:
        picture.close()
        go_on()
    if found.txts is None:
        return []
    lines = [_line(text, box, page.get_height(), scale) for text, box in zip(found.txts, found.boxes, strict=True)]
    return [line for line in lines if line.text]


def _line(text: str, box: Any, height: float, scale: float) -> Line:  # noqa: ANN401  four corners, an array
    (left, top), (right, bottom) = box.min(axis=0) / scale, box.max(axis=0) / scale
    # The box is somewhat higher than the letters; it goes down where the page's axis goes up.
    return Line(" ".join(text.split()), float(left), float(right), float(height - bottom), float(bottom - top))


@lru_cache(maxsize=1)
def _engine() -> Any:  # noqa: ANN401
    _allow_more_memory()
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 2})


def _allow_more_memory() -> None:
    """Lift the limit that is meant for parsers: the models reserve more, and the size of pictures is bounded here."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
