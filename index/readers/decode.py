"""Bytes to text: which encoding, and whether it is text at all.

Knows nothing of formats beyond the first bytes by which binary ones give themselves away.
"""

from __future__ import annotations

import codecs
import re

from index.errors import UnsupportedFile

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "zip archive or office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old office documents: save it as .docx, .xlsx or .pptx"),
    (b"\x1f\x8b", "gzip"),
    (b"\x89PNG", "PNG image"),
    (b"\xff\xd8\xff", "JPEG image"),
    (b"GIF8", "GIF image"),
    (b"II*\0", "TIFF image"),
    (b"MM\0*", "TIFF image"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
    (b"SQLite format 3\0", "SQLite database"),
    (b"ID3", "MP3 sound"),
    (b"OggS", "Ogg sound"),
    (b"RIFF", "sound or video"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (b"Rar!", "RAR archive"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MAX_CONTROLS = 0.05
_SAMPLE_BYTES = 64 * 1024
# Letters and punctuation that Western European text in Windows-1252 uses beyond ASCII.
_WESTERN = re.compile(r"[À-ÖØ-öø-ÿŠšŽžŒœŸ€‚„…‘’“”•–—™¡£§©«®°±²³´·º»¼½¾¿ª\xa0]")


def kind_of_content(data: bytes) -> str | None:
    """Return what binary format the first bytes announce, None where they announce none."""
    return next((name for magic, name in _MAGIC if data.startswith(magic)), None)


def decode(data: bytes, declared: str | None = None) -> str:
    """Return the text of `data` in the encoding it is in; `declared` is what the file says of itself.

    Raises UnsupportedFile where it is no text.
    """
    if (kind := kind_of_content(data)) and (b"\0" in data[:8192] or kind in ("PDF", "gzip")):
        raise UnsupportedFile(f"binary content ({kind}) under a text name: give the file its own ending")
    text = _decoded(data, declared)
    if len(_CONTROLS.findall(text[:_SAMPLE_BYTES])) > _MAX_CONTROLS * len(text[:_SAMPLE_BYTES]):
        raise UnsupportedFile("binary content under a text name")
    return text


def _decoded(data: bytes, declared: str | None) -> str:
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return data.decode(marked, "replace")
    # UTF-16 first: with a 0 in every other byte, plain English in it is valid UTF-8 as well.
    for encoding in (_without_mark(data), "utf-8", declared):
        if encoding and (text := _strictly(data, encoding)) is not None:
            return text
    return _guessed(data)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _without_mark(data: bytes) -> str | None:
    """Return UTF-16's byte order where every other byte of a sample is 0, as in text without a mark."""
    sample = data[: 1024 - len(data[:1024]) % 2]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < 0.4 * len(sample) / 2 or min(even, odd) > 0.05 * len(sample) / 2:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _guessed(data: bytes) -> str:
    """Return the text in the likeliest encoding; Windows-1252 where few bytes need one.

    Statistics go wrong on a page with three accents, and Western text is the one that has so few.
    """
    if b"\0" in data[:8192]:
        raise UnsupportedFile("binary content under a text name")
    western = data.decode("cp1252", "replace")
    beyond = [c for c in western[:_SAMPLE_BYTES] if c > "\x7f"]
    if len(beyond) < 0.15 * len(western[:_SAMPLE_BYTES]) and all(map(_WESTERN.match, beyond)):
        return western
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE_BYTES]).best()
    return data.decode(best.encoding, "replace") if best else data.decode("utf-8", "replace")
