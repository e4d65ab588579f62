"""Conversations, feedback, uploads under way: what a person did with a library, kept beside what it holds.

Knows nothing of how an answer is made: conversations and answers are JSON here.
"""

from __future__ import annotations

import builtins
import json
from contextlib import AbstractContextManager
from typing import Any

from index.database import Database

# A conversation's name, questions and answers: what a reader remembers of it.
_SAID = (
    "(json_extract(content, '$.name') || ' ' || (SELECT coalesce(group_concat(json_extract(value, '$.answer.question') "
    "|| ' ' || json_extract(value, '$.answer.text'), ' '), '') FROM json_each(content, '$.turns')))"
)

_PUT = (
    "INSERT INTO conversations (id, changed, content) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
    "changed = excluded.changed, content = excluded.content"
)

_PUT_JOB = (
    "INSERT INTO jobs (id, owner, content) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET content = excluded.content "
    "RETURNING is_cancelled"
)


class Conversations:
    """The conversations of one library, as JSON with at least `id`, `name`, `changed` (ISO) and `turns`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> builtins.list[dict[str, Any]]:
        """Return all conversations, the last changed first."""
        rows = self._database.all_rows("SELECT content FROM conversations ORDER BY changed DESC, id")
        return [json.loads(row[0]) for row in rows]

    def names(self, search: str = "", limit: int = 50) -> builtins.list[dict[str, str]]:
        """Return id, name and last change of those whose name, questions or answers hold all words, the last first."""
        words = [f"%{_literally(word)}%" for word in search.split()]
        where = " AND ".join([f"lower({_SAID}) LIKE lower(?) ESCAPE '\\'"] * len(words)) or "TRUE"
        chosen = f"SELECT id FROM conversations WHERE {where} ORDER BY changed DESC, id LIMIT ?"  # the rest is not read
        columns = "id, json_extract(content, '$.name'), changed"
        sql = f"SELECT {columns} FROM conversations WHERE id IN ({chosen}) ORDER BY changed DESC, id"
        rows = self._database.all_rows(sql, *words, limit)
        return [{"id": id_, "name": name, "changed": changed} for id_, name, changed in rows]

    def get(self, conversation_id: str) -> dict[str, Any] | None:
        row = self._database.one_row("SELECT content FROM conversations WHERE id = ?", conversation_id)
        return json.loads(row[0]) if row else None

    def save(self, conversation: dict[str, Any]) -> None:
        """Keep a conversation, in place of what stood under its id."""
        content = json.dumps(conversation, ensure_ascii=False)
        key = (conversation["id"], conversation["changed"])
        self._database.run(_PUT, *key, content)

    def delete(self, conversation_id: str) -> None:
        self._database.run("DELETE FROM conversations WHERE id = ?", conversation_id)

    def changing(self) -> AbstractContextManager[None]:
        """Let nobody else change a conversation between reading and saving it."""
        return self._database.transaction()


class Board:
    """Uploads under way in a catalog that several servers share: each tells of its own, and all can ask."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner

    def clear(self) -> None:
        """Take off what this owner left when it ended, and what is older than a day."""
        self._database.run("DELETE FROM jobs WHERE owner = ? OR noted < now() - interval '1 day'", self._owner)

    def put(self, job: dict[str, Any]) -> bool:
        """Note how far a job is; return whether somebody wants it cancelled."""
        row = self._database.one_row(_PUT_JOB, job["id"], self._owner, json.dumps(job, ensure_ascii=False))
        return bool(row and row[0])

    def list(self) -> builtins.list[dict[str, Any]]:
        rows = self._database.all_rows("SELECT content FROM jobs ORDER BY noted, id")
        return [json.loads(row[0]) for row in rows]

    def cancel(self, job_id: str) -> None:
        self._database.run("UPDATE jobs SET is_cancelled = TRUE WHERE id = ?", job_id)


def _literally(word: str) -> str:
    """Return a word in which LIKE takes nothing for a sign of its own."""
    return "".join(f"\\{letter}" if letter in "\\%_" else letter for letter in word)
