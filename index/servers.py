"""Which servers hold what does not lie in a library's folder.

Holds values and opens nothing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Servers:
    """The address of the catalog (postgresql://…); None: in the library's folder."""

    catalog: str | None = None
