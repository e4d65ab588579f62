"""Conversations and feedback: what a person did with a library, kept beside what it holds.

Knows nothing of how an answer is made; turns and answers are JSON here.
"""

from __future__ import annotations

import json
from typing import Any

from index.database import Database


class Journal:
    """The conversations and the feedback of one library."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_conversation(self, id_: str, title: str, now: str, turns: list[dict[str, Any]]) -> None:
        self._database.run(
            "INSERT INTO conversations VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET title = "
            "excluded.title, updated_at = excluded.updated_at, turns = excluded.turns",
            *(id_, title, now, now, json.dumps(turns, ensure_ascii=False)),
        )

    def conversations(self, words: str = "") -> list[tuple[str, str, str, str]]:
        """Return (id, title, created, updated) of the conversations that hold the words, newest first."""
        sql = (
            "SELECT id, title, created_at, updated_at FROM conversations WHERE instr(lower(turns), lower(?)) OR "
            "? = '' ORDER BY updated_at DESC, id"
        )
        return self._database.all_rows(sql, words, words)

    def conversation(self, id_: str) -> tuple[str, list[dict[str, Any]]] | None:
        row = self._database.one_row("SELECT title, turns FROM conversations WHERE id = ?", id_)
        return (row[0], json.loads(row[1])) if row else None

    def delete_conversation(self, id_: str) -> bool:
        return self._database.run("DELETE FROM conversations WHERE id = ?", id_).rowcount > 0

    def put_feedback(self, now: str, verdict: str, note: str, answer: dict[str, Any]) -> None:
        self._database.run(
            "INSERT INTO feedback VALUES (NULL, ?, ?, ?, ?)", now, verdict, note, json.dumps(answer, ensure_ascii=False)
        )

    def feedback(self) -> list[tuple[str, str, str, dict[str, Any]]]:
        rows = self._database.all_rows("SELECT created_at, verdict, note, answer FROM feedback ORDER BY number")
        return [(now, verdict, note, json.loads(answer)) for now, verdict, note, answer in rows]
