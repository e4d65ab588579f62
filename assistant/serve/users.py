"""Who may come in: names with passwords (for browsers) and tokens (for programs), kept in a file as hashes.

A line of the file is `name:hash:library`; the library may be empty. Passwords are hashed with scrypt; tokens are 256
random bits, for which SHA-256 is enough. Nothing here can give a password back.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import InputError, SettingError

# 16 MiB and some 50 ms for each guess: RFC 7914's parameters for interactive log-in.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
_SHORTEST_PASSWORD = 10  # characters
_LONGEST_SECRET = 1_000


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may come in, with the library that is theirs; None: the one that is served."""

    name: str
    secret_hash: str
    library: Path | None = None

    def to_line(self) -> str:
        return f"{self.name}:{self.secret_hash}:{self.library or ''}"


class Users:
    """The lines of a users file."""

    def __init__(self, users: Sequence[User]) -> None:
        self._users = tuple(users)
        self._key = secrets.token_bytes(32)
        self._known: dict[bytes, User] = {}
        self._nobody = User("", hash_password(secrets.token_urlsafe()))

    def libraries(self) -> set[Path]:
        """Return the libraries that belong to somebody."""
        return {user.library for user in self._users if user.library}

    def known(self, authorization: str) -> User | None:
        """Return who was let in with this header before: scrypt is not for every request."""
        return self._known.get(self._digest(authorization))

    def check(self, authorization: str) -> User | None:
        """Return whose `Authorization` header it is; takes 50 ms for a password, right or wrong."""
        scheme, _, given = authorization.partition(" ")
        found = None
        if scheme.lower() == "bearer":
            found = self._by_token(given.strip())
        elif scheme.lower() == "basic":
            found = self._by_password(given.strip())
        if found:
            if len(self._known) > 1_000:
                self._known.clear()
            self._known[self._digest(authorization)] = found
        return found

    def _digest(self, authorization: str) -> bytes:
        return hmac.digest(self._key, authorization.encode("utf-8", "replace"), "sha256")

    def _by_token(self, token: str) -> User | None:
        hashed = hash_token(token)
        return next((user for user in self._users if hmac.compare_digest(user.secret_hash, hashed)), None)

    def _by_password(self, encoded: str) -> User | None:
        try:
            name, _, password = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        mine = [user for user in self._users if user.name == name and user.secret_hash.startswith("scrypt$")]
        tried = [user for user in mine or [self._nobody] if is_password(password, user.secret_hash)]
        return tried[0] if mine and tried else None


def read_users(path: Path) -> Users:
    """Read a users file; raise SettingError that names the line which can't be read."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"users file '{path}' can't be read: {error}; `footnote user NAME` makes one") from error
    kept = [_user(line, number, path) for number, line in enumerate(lines, 1) if line.strip() and line[0] != "#"]
    if not kept:
        raise SettingError(f"users file '{path}' names nobody: add somebody with `footnote user NAME --auth {path}`")
    return Users(kept)


def _user(line: str, number: int, path: Path) -> User:
    name, hashed, library = [*line.split(":", 2), "", ""][:3]
    if not name or hashed.split("$")[0] not in ("scrypt", "sha256"):
        raise SettingError(f"users file '{path}', line {number}: not `name:hash:library`: `footnote user` writes it")
    return User(name, hashed, Path(library).expanduser() if library else None)


def add_user(path: Path, user: User) -> None:
    """Put a line into the users file, in place of the same person's of the same kind; only its owner can read it."""
    kind = user.secret_hash.split("$")[0]
    before = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = [line for line in before if not line.startswith(f"{user.name}:{kind}$")]
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join([*kept, user.to_line(), ""]))
    partial.replace(path)


def check_name(name: str) -> str:
    """Return the name; raise InputError for one that can't stand in the file."""
    if not name or ":" in name or not name.isprintable() or name.startswith("#"):
        raise InputError(f"'{name}' can't be a user's name: use letters and digits")
    return name


def new_token() -> str:
    """Return a token: 256 random bits."""
    return f"fn_{secrets.token_urlsafe(32)}"


def hash_token(token: str) -> str:
    """Return `sha256$hash`."""
    return f"sha256${hashlib.sha256(token.encode()).hexdigest()}"


def hash_password(password: str) -> str:
    """Return `scrypt$salt$hash`; raise InputError for a password that is too short."""
    if not _SHORTEST_PASSWORD <= len(password) <= _LONGEST_SECRET:
        raise InputError(f"the password has {len(password)} characters: take at least {_SHORTEST_PASSWORD}")
    salt = secrets.token_bytes(16)
    return f"scrypt${salt.hex()}${_scrypt(password, salt).hex()}"


def is_password(password: str, hashed: str) -> bool:
    """Tell whether it is the password, in a time that does not depend on how much of it is right."""
    try:
        _, salt, expected = hashed.split("$")
        return hmac.compare_digest(_scrypt(password, bytes.fromhex(salt)).hex(), expected)
    except ValueError:
        return False


def _scrypt(password: str, salt: bytes) -> bytes:
    given = password.encode("utf-8", "replace")[: 4 * _LONGEST_SECRET]
    return hashlib.scrypt(given, salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, dklen=32)
