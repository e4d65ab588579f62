"""JSON: one paragraph a record, as 'key: value; key: value'; long texts stand as paragraphs of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from index.errors import FileTooLarge
from index.readers.dates import to_iso
from index.readers.decode import decode
from index.readers.reading import Reading

_LONG = 200  # characters from which a value is a text, not a field
_DEEPEST = 50


def read_json(data: bytes, name: str, password: str | None) -> Reading:
    """Read JSON; title, date, author, language where its outermost object has them. What is no JSON is read as text."""
    text = decode(data)
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise FileTooLarge("it is nested too deeply: flatten it") from error
    except ValueError:
        return Reading((text,))
    told = value if isinstance(value, dict) else {}
    return Reading(
        ("\n\n".join(_paragraphs(value)),), title=_word(told, "title", "name"), author=_word(told, "author", "creator"),
        date=to_iso(_word(told, "date", "published", "datePublished")), language=_word(told, "language", "inLanguage"),
    )  # fmt: skip


def read_json_lines(data: bytes, name: str, password: str | None) -> Reading:
    """Read JSON lines, a record each; a line that is no JSON is kept as it is."""
    return Reading(("\n\n".join(filter(None, map(_line, decode(data).splitlines()))),))


def _line(line: str) -> str:
    try:
        return "\n\n".join(_paragraphs(json.loads(line)))
    except (ValueError, RecursionError):
        return line


def _word(told: dict[str, Any], *keys: str) -> str | None:
    return next((told[key] for key in keys if isinstance(told.get(key), str) and len(told[key]) < _LONG), None)


def _paragraphs(value: Any, path: str = "", depth: int = 0) -> Iterator[str]:  # noqa: ANN401  whatever JSON holds
    """Yield a list's records one by one; an object's fields together, then the records of the lists in it."""
    if depth > _DEEPEST:
        raise FileTooLarge("it is nested too deeply: flatten it")
    if _is_nested(value):
        for number, entry in enumerate(value, 1):
            yield from _paragraphs(entry, f"{path} {number}" if path else "", depth + 1)
        return
    lists: list[tuple[str, list[Any]]] = []
    fields: list[str] = []
    for key, text in _fields(value, "", depth, lists):
        field = f"{key}: {text}" if key else text
        if len(text) < _LONG:
            fields.append(field)
            continue
        yield from _joined(path, fields)
        fields = []
        yield field
    yield from _joined(path, fields)
    for key, entries in lists:
        yield from _paragraphs(entries, f"{path} {key}" if path else key, depth + 1)


def _joined(path: str, fields: list[str]) -> Iterator[str]:
    if fields:
        yield (f"{path}: " if path else "") + "; ".join(fields)


def _fields(value: Any, path: str, depth: int, lists: list[tuple[str, list[Any]]]) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Yield names and values, those of objects inside with their path; lists of objects are put into `lists`."""
    if depth > _DEEPEST:
        raise FileTooLarge("it is nested too deeply: flatten it")
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _fields(inner, f"{path}.{key}" if path else str(key), depth + 1, lists)
    elif _is_nested(value):
        lists.append((path, value))
    elif isinstance(value, list):
        yield path, ", ".join(map(_shown, value))
    elif value not in (None, ""):
        yield path, _shown(value)


def _is_nested(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, list) and any(isinstance(entry, dict | list) for entry in value)


def _shown(value: Any) -> str:  # noqa: ANN401
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
