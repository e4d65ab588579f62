"""Zip packages of XML parts, as office formats and e-books are: opened within limits, parsed without entities.

Knows nothing of what the parts mean.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from lxml import etree

from index.errors import BrokenFile, EncryptedFile, FileTooLarge, UnsupportedFile
from index.readers.decode import kind_of_content

# Uncompressed bytes of one XML part, and of all parts that are read. A part takes about ten times its size as a tree:
# 32 MB of XML is more than a thousand pages.
MAX_PART_BYTES = 32 * 1024 * 1024
MAX_PACKAGE_BYTES = 64 * 1024 * 1024
MAX_MEMBERS = 20_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def checked_zip(data: bytes) -> zipfile.ZipFile:
    """Open an archive; refuse damaged ones and those with too many members. Sizes are checked member by member."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise BrokenFile("the archive is damaged: save or download the file again") from error
    if len(archive.infolist()) > MAX_MEMBERS:
        raise FileTooLarge(f"the archive holds more than {MAX_MEMBERS:,} members: unpack it first")
    return archive


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int, password: str | None = None) -> bytes:
    """Return a member's bytes; read no more than `limit`, whatever the archive's directory claims."""
    if member.flag_bits & 1 and not password:
        raise EncryptedFile("it needs a password: give it with --password")
    try:
        with archive.open(member, pwd=password.encode() if password else None) as stream:
            data = stream.read(limit + 1)
    except RuntimeError as error:
        raise EncryptedFile("the password is not the right one") from error
    except (zipfile.BadZipFile, zipfile.zlib.error, EOFError, NotImplementedError, OSError) as error:  # type: ignore[attr-defined]
        raise BrokenFile("the archive is damaged: save or download the file again") from error
    if len(data) > limit:
        raise _too_large(limit)
    return data


@dataclass(slots=True)
class Package:
    """The parts of one package by name; each is unpacked when asked for."""

    archive: zipfile.ZipFile
    n_bytes_left: int = MAX_PACKAGE_BYTES

    @classmethod
    def open(cls, data: bytes, what: str) -> Package:
        """Open `data` as a package of `what`, e.g. 'Word'."""
        if data.startswith(_OLE):
            raise _old_or_encrypted(data)
        if not data.startswith(b"PK"):
            content = kind_of_content(data)
            raise BrokenFile(f"it is no {what} file" + (f": its content looks like {content}" if content else ""))
        return cls(checked_zip(data))

    @property
    def names(self) -> list[str]:
        return self.archive.namelist()

    def part(self, name: str) -> bytes | None:
        """Return the part's bytes, None where there is none of that name."""
        try:
            member = self.archive.getinfo(name)
        except KeyError:
            return None
        data = read_member(self.archive, member, min(MAX_PART_BYTES, self.n_bytes_left))
        self.n_bytes_left -= len(data)
        return data

    def check_sizes(self) -> None:
        """Refuse a package whose parts together exceed the limit: for libraries that unpack them on their own."""
        # What the directory claims may be less than what comes out; the worker's limit of memory is for that.
        sizes = [member.file_size for member in self.archive.infolist() if member.filename.endswith((".xml", ".rels"))]
        if max(sizes, default=0) > MAX_PART_BYTES or sum(sizes) > MAX_PACKAGE_BYTES:
            raise _too_large(MAX_PART_BYTES)

    def tree(self, name: str) -> etree._Element | None:
        """Return the part's root element, None where there is none of that name."""
        data = self.part(name)
        return None if data is None else parse_xml(data)


def parse_xml(data: bytes) -> etree._Element:
    """Return the root of an XML text; entities, external files and the network stay untouched."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if "huge" in str(error).lower() or "too long" in str(error).lower():
            raise FileTooLarge("one piece of text in it is too long: split it") from error
        raise BrokenFile(f"its XML is damaged ({error.msg}): open it and save it again") from error


def local_name(element: etree._Element) -> str:
    """Return the tag without its namespace; empty for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _too_large(limit: int) -> FileTooLarge:
    return FileTooLarge(f"unpacked it exceeds {limit // 2**20} MB: split it, or save it as plain text")


def _old_or_encrypted(data: bytes) -> Exception:
    if _ENCRYPTED_PACKAGE in data:
        return EncryptedFile("it needs a password: save a copy without one")
    return UnsupportedFile("an old binary office format: save it as .docx, .xlsx or .pptx")
