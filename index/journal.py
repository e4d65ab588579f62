"""Conversations and feedback: what a person did with a library, kept beside what it holds.

Knows nothing of how an answer is made: conversations and answers are JSON here.
"""

from __future__ import annotations

import builtins
import json
from typing import Any

from index.database import Database


class Conversations:
    """The conversations of one library, as JSON with at least `id`, `name`, `changed` (ISO) and `turns`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> builtins.list[dict[str, Any]]:
        """Return all conversations, the last changed first."""
        rows = self._database.all_rows("SELECT content FROM conversations ORDER BY changed DESC, id")
        return [json.loads(row[0]) for row in rows]

    def get(self, conversation_id: str) -> dict[str, Any] | None:
        row = self._database.one_row("SELECT content FROM conversations WHERE id = ?", conversation_id)
        return json.loads(row[0]) if row else None

    def save(self, conversation: dict[str, Any]) -> None:
        """Keep a conversation, in place of what stood under its id."""
        content = json.dumps(conversation, ensure_ascii=False)
        key = (conversation["id"], conversation["changed"])
        self._database.run("INSERT OR REPLACE INTO conversations VALUES (?, ?, ?)", *key, content)

    def delete(self, conversation_id: str) -> None:
        self._database.run("DELETE FROM conversations WHERE id = ?", conversation_id)
