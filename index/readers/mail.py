"""Mail: one message (EML) or a box of them (mbox): who wrote when to whom about what, the text, what is attached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import parseaddr
from functools import partial
from typing import cast

from index.errors import BrokenFile, FileTooLarge
from index.readers.members import Member, read_members
from index.readers.reading import Reading
from index.readers.web import whole_page

MAX_MESSAGES = 50_000
_LONGEST_HEADER = 5_000  # characters: a hundred recipients
_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_BEGINS = re.compile(rb"^From [^\r\n]*\d{4}[^\r\n]*\r?\n(?=[!-9;-~]+:)", re.MULTILINE)


def read_mail(data: bytes, name: str, password: str | None) -> Reading:
    """Read a message with its attachments; its title is its subject, its author who sent it."""
    message = _parsed(data)
    if not any(_header(message, name) for name in _SHOWN):
        raise BrokenFile("it is no mail: it has neither sender nor subject")
    text, notes = _text(message, password)
    date = _date(message)
    return Reading(
        (text,),
        title=_header(message, "Subject"),
        author=parseaddr(_header(message, "From") or "")[0] or None,
        language=_header(message, "Content-Language"),
        date=date.date().isoformat() if date else None,
        notes=notes,
    )


def read_mailbox(data: bytes, name: str, password: str | None) -> Reading:
    """Read a box of messages, one after the other."""
    begins = list(_BEGINS.finditer(data))
    if not begins:
        raise BrokenFile("it is no mailbox: no message begins in it")
    if len(begins) > MAX_MESSAGES:
        raise FileTooLarge(f"it holds more than {MAX_MESSAGES:,} messages: split it")
    texts: list[str] = []
    remarks: list[str] = []
    for match, following in zip(begins, [*begins[1:], None], strict=True):
        text, notes = _text(_parsed(data[match.end() : following.start() if following else len(data)]), password)
        texts.append(text)
        remarks += notes
    return Reading(("\n\n".join(texts),), notes=tuple(dict.fromkeys(remarks)))


def _parsed(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=policy.default)


def _text(message: EmailMessage, password: str | None) -> tuple[str, tuple[str, ...]]:
    """Return the message as text, and remarks on attachments that can't be read."""
    head = "\n".join(f"{name}: {value}" for name in _SHOWN if (value := _header(message, name)))
    attached = read_members(_attachments(message), password)
    return "\n\n".join(filter(None, (head, _body(message), *attached.texts))), attached.notes


def _header(message: EmailMessage, name: str) -> str | None:
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
    if len(raw) > _LONGEST_HEADER:  # parsing it takes time that grows with its square
        return " ".join(raw[:_LONGEST_HEADER].split()) + " …"
    try:
        return " ".join(str(message[name] or "").split()) or None
    except (ValueError, IndexError, AttributeError, TypeError):  # what the parser of broken headers raises
        return None


def _date(message: EmailMessage) -> datetime | None:
    try:
        return message["Date"].datetime if message["Date"] else None
    except (ValueError, IndexError, AttributeError, TypeError):
        return None


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    text = _content(part)
    return whole_page(text) if part.get_content_subtype() == "html" else text


def _content(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # an encoding that nobody knows
        return _bytes(part).decode("utf-8", "replace")


def _bytes(part: MIMEPart) -> bytes:
    return cast(bytes, part.get_payload(decode=True) or b"")


def _attachments(message: EmailMessage) -> Iterator[Member]:
    for part in message.iter_attachments() if message.is_multipart() else ():
        name = " ".join((part.get_filename() or "").split())
        if part.get_content_type() == "message/rfc822":
            inner = part.get_content()
            yield Member(name or f"{_header(inner, 'Subject') or 'message'}.eml", inner.as_bytes)
        elif name:
            yield Member(name, partial(_bytes, part))
