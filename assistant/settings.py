"""Every knob, its default, unit and reason. Holds values and builds nothing.

Precedence: command line, environment (`FOOTNOTE_…`), settings file, default. An unknown name with our prefix is an
error: a setting that is spelled wrong should not be ignored.
"""

from __future__ import annotations

import os
import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.build import CHUNK_TOKENS
from index.errors import SettingError
from index.retrieve import WORDS_WEIGHT
from index.servers import Servers

PREFIX = "FOOTNOTE_"
# Read elsewhere, before settings exist; named here so that they are no unknown names.
_OTHER_NAMES = frozenset({"FOOTNOTE_SETTINGS", "FOOTNOTE_CACHE"})


class Caution(StrEnum):
    """How sure an answer must be to be given."""

    CAUTIOUS = "cautious"
    BALANCED = "balanced"
    EAGER = "eager"


class Settings(BaseSettings):
    """The settings in force; `load` builds them from all sources."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    library: Path = Field(default=user_data_path("footnote") / "library", description="folder of the library")
    catalog: SecretStr | None = Field(
        default=None,
        description="PostgreSQL that several machines share, postgresql://user@host/name; none: a file in the library",
    )
    chroma: str | None = Field(
        default=None, description="Chroma server that holds the vectors, http(s)://host:port; none: in the library"
    )
    chroma_token: SecretStr | None = Field(default=None, description="that server's token, where it asks for one")
    chroma_tenant: str = Field(default="default_tenant", description="tenant on that server")
    chroma_database: str = Field(default="default_database", description="database of that tenant")
    embedding_model: str | None = Field(
        default=None,
        description="name or folder of a sentence-transformers model; none: the library's own, all-MiniLM-L6-v2",
    )
    chunk_tokens: int = Field(
        default=CHUNK_TOKENS,
        ge=16,
        le=510,
        description="tokens of a passage, for what is indexed from now on; at most what the embedding model reads",
    )
    words_weight: float = Field(
        default=WORDS_WEIGHT, ge=0, le=1, description="weight of words against meaning in the ranking: 0 meaning only"
    )
    k: int = Field(default=5, ge=1, description="passages shown with an answer")
    caution: Caution = Field(
        default=Caution.BALANCED,
        description="cautious is silent more often, eager answers more often; see docs/abstention.md",
    )
    llm_url: str | None = Field(
        default=None,
        description="address of an OpenAI-compatible server, e.g. http://localhost:11434/v1; none: no model",
    )
    llm_model: str | None = Field(default=None, description="name of the language model on that server")
    llm_key: SecretStr | None = Field(default=None, description="the server's key, where it asks for one")
    llm_timeout: float = Field(default=60.0, gt=0, description="seconds to wait for the server's next word")
    llm_context: int = Field(
        default=4096, ge=2048, description="tokens the model takes, prompt and answer together, as its server is set up"
    )
    llm_prompt_price: float | None = Field(
        default=None, ge=0, description="price of a million tokens of a prompt, in your currency; none: no cost is told"
    )
    llm_answer_price: float | None = Field(
        default=None, ge=0, description="price of a million tokens of an answer, in the same currency"
    )
    llm_condense: bool = Field(
        default=False, description="whether the language model completes follow-up questions; else rules do"
    )
    llm_search_words: bool = Field(
        default=False, description="whether the language model adds words to search for beside the question's"
    )
    host: str = Field(default="127.0.0.1", description="address the server binds; any but this machine's needs `auth`")
    port: int = Field(default=7860, ge=0, le=65535, description="port of the server; 0 takes a free one")
    auth: Path | None = Field(default=None, description="file of users and their passwords; `footnote user` writes it")
    names: str = Field(default="", description="further names the server answers to, such as a proxy's, with commas")
    rate: float = Field(
        default=100.0, ge=0, description="requests a second from one client, twice that at once; 0: any"
    )

    def servers(self) -> Servers:
        """Return where the parts of the library are that do not lie in its folder."""
        token = _plain(self.chroma_token)
        return Servers(_plain(self.catalog), self.chroma, token, self.chroma_tenant, self.chroma_database)


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def load(**overrides: object) -> Settings:
    """Return the settings in force; `overrides` come from the command line, None means not given.

    Raises SettingError for an unknown name or a value that can't be taken.
    """
    _refuse_unknown_names()
    given = {name: value for name, value in overrides.items() if value is not None}
    stored = {name: value for name, value in read_file().items() if PREFIX + name.upper() not in os.environ}
    try:
        return Settings(**{**stored, **given})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise SettingError(f"setting '{name}': {first['msg'].lower()}: see `footnote settings`") from error


def origin(name: str) -> str:
    """Return where a setting's value comes from: environment, file or default."""
    if PREFIX + name.upper() in os.environ:
        return "environment"
    return f"file {settings_file()}" if name in read_file() else "default"


def settings_file() -> Path:
    """Return where the settings file is, or would be."""
    return Path(os.environ.get("FOOTNOTE_SETTINGS") or user_config_path("footnote") / "settings.toml")


def read_file() -> dict[str, Any]:
    """Return what the settings file holds; raises SettingError if it can't be read."""
    path = settings_file()
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingError(f"settings file '{path}' can't be read: {error}") from error


def _refuse_unknown_names() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | _OTHER_NAMES
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise SettingError(f"unknown setting {name}: `footnote settings` lists them all; unset it")
