"""Which servers hold what does not lie in a library's folder.

Holds values and opens nothing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of the catalog (postgresql://…) and of the vectors (http(s)://…); None: in the library's folder."""

    catalog: str | None = None
    chroma: str | None = None
    chroma_token: str | None = None
    chroma_tenant: str = "default_tenant"
    chroma_database: str = "default_database"

    def chroma_headers(self) -> dict[str, str]:
        """Return what shows the token, to a proxy before Chroma and to Chroma Cloud."""
        token = self.chroma_token
        return {"Authorization": f"Bearer {token}", "X-Chroma-Token": token} if token else {}
