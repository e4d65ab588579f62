"""The errors of both packages. Every message names the thing and the remedy, and is meant for a person.

* FootnoteError             the root: doors catch this and print it; anything else is a bug
  x InputError              what was asked for can't be done as it was asked (exit status 2)
    - SettingError          an unknown setting, or a value it can't take
    - DocumentNotFound      no document of that id in the library
    - EvaluationSetError    a question set with bad lines
  x LibraryError            the library can't be used as it is (exit status 3)
    - LibraryLocked         another process is writing to it
    - LibraryDamaged        a part is broken and was not mended by itself
    - LibraryVersionError   made by a newer version
    - LibraryModelError     made with another embedding model
    - ServerAway            the server of the catalog or of the vectors does not answer, or refuses
    - StorageError          disk full, read-only folder, permission denied
  x EmbeddingModelError     the embedding model is missing or is not the one that was pinned (exit status 3)
  x ParserModelError        spaCy's pipeline is missing or is not the one that was pinned (exit status 3)
  x LanguageModelError      the language model's server failed; answers go on without it (exit status 2)
  x ReadError               one file can't be read: reported as skipped, never stops a build (exit status 2)
    - UnsupportedFile       no reader for it, or binary content under a text name
    - EmptyFile             there is no text in it
    - EncryptedFile         it needs a password
    - BrokenFile            its format is damaged
    - FileTooLarge          it exceeds a limit of size, time or memory
"""

from __future__ import annotations


class FootnoteError(Exception):
    """Root of all errors whose message is meant for a person."""

    exit_status = 2


class InputError(FootnoteError):
    """What was asked for can't be done as it was asked."""


class SettingError(InputError):
    """An unknown setting, or a value it can't take."""


class DocumentNotFound(InputError):
    """No document of that id in the library."""

    def __init__(self, document_id: str) -> None:
        super().__init__(f"no document '{document_id}' in this library: `footnote status --documents` lists them")
        self.document_id = document_id


class EvaluationSetError(InputError):
    """A question set with bad lines; `problems` lists each as 'file:line: what is wrong'."""

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__("\n  ".join((message, *problems)))
        self.problems = problems


class LibraryError(FootnoteError):
    """The library can't be used as it is."""

    exit_status = 3


class LibraryLocked(LibraryError):
    """Another process is writing to the library."""


class LibraryDamaged(LibraryError):
    """A part of the library is broken and was not mended by itself."""


class LibraryVersionError(LibraryError):
    """The library was made by a newer version."""


class LibraryModelError(LibraryError):
    """The library was made with another embedding model."""


class ServerAway(LibraryError):
    """The server of the catalog or of the vectors does not answer, or refuses."""


class StorageError(LibraryError):
    """Disk full, read-only folder, permission denied."""


class EmbeddingModelError(FootnoteError):
    """The embedding model is missing or is not the one that was pinned."""

    exit_status = 3


class ParserModelError(FootnoteError):
    """spaCy's pipeline is missing or is not the one that was pinned."""

    exit_status = 3


class LanguageModelError(FootnoteError):
    """The language model's server failed."""


class ReadError(FootnoteError):
    """One file can't be read; the message is the reason shown beside its name."""


class UnsupportedFile(ReadError):
    """No reader for it, or binary content under a text name."""


class EmptyFile(ReadError):
    """There is no text in it."""


class EncryptedFile(ReadError):
    """It needs a password."""


class BrokenFile(ReadError):
    """Its format is damaged."""


class FileTooLarge(ReadError):
    """It exceeds a limit of size, time or memory."""
