"""What a catalog knows of who said what: statements, and the documents for which they are due.

Knows nothing of how statements are found.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from index.places import Places
from index.records import Document, Filters, Statement
from index.rows import INFO, document_filter, to_statement

_PUT_STATEMENT = (
    'INSERT INTO statements (document, speaker, identity, cue, manner, content, start, "end", names, date, page) '
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Told(Places):
    """The statements of a library, put and found."""

    def n_due(self) -> int:
        """Return the number of documents whose statements have not been found yet."""
        return self.count("statements_due")

    def attributed_twins(self, document_id: str, content_hash: str) -> list[str]:
        """Return the ids of other documents with these bytes whose statements are known."""
        sql = (
            "SELECT id FROM documents WHERE content_hash = ? AND id != ? AND number NOT IN (SELECT document FROM "
            "statements_due) ORDER BY id"
        )
        return [row[0] for row in self.all_rows(sql, content_hash, document_id)]

    def put_statements(self, document: Document, statements: Sequence[Statement]) -> None:
        """Store the statements of a document, unless it has changed since they were due."""
        with self.transaction():
            row = self.one_row(
                "SELECT d.number FROM documents d JOIN statements_due ON document = d.number WHERE id = ? AND text = ?",
                *(document.id, document.text),
            )
            if row is not None:
                self._put_statements(row[0], statements)
                self.run("DELETE FROM statements_due WHERE document = ?", row[0])
                self._touch()

    def statements(
        self, filters: Filters, identities: Sequence[str] = (), document_ids: Sequence[str] | None = None
    ) -> list[Statement]:
        """Return the statements inside the filters, by document and place."""
        where, values = document_filter(filters, date="coalesce(s.date, d.date)")
        clauses = [where.removeprefix("WHERE ")] if where else []
        if filters.speaker is not None:
            condition, value = self.any_of("s.identity", identities)
            clauses.append(condition)
            values += (value,)
        if document_ids is not None:
            condition, value = self.any_of("d.id", document_ids)
            clauses.append(condition)
            values += (value,)
        sql = (
            f"SELECT s.identity, s.cue, s.manner, s.content, s.start, s.end, s.names, s.date, s.page, {INFO} "
            "FROM statements s JOIN documents d ON d.number = s.document"
        )
        rows = self.all_rows(
            f"{sql} {'WHERE ' + ' AND '.join(clauses) if clauses else ''} ORDER BY d.id, s.start, s.number", *values
        )
        return [to_statement(row) for row in rows]

    def statements_as_told(self, document_id: str) -> list[Statement]:
        """Return a document's statements under the speakers' names as the document alone tells them."""
        sql = (
            f"SELECT s.speaker, s.cue, s.manner, s.content, s.start, s.end, s.names, s.date, s.page, {INFO} FROM "
            "statements s JOIN documents d ON d.number = s.document WHERE d.id = ? ORDER BY s.number"
        )
        return [to_statement(row) for row in self.all_rows(sql, document_id)]

    def speakers(self) -> list[tuple[str, str, tuple[str, ...], int]]:
        """Return (document id, speaker as the document tells it, names, number of statements), in a fixed order."""
        rows = self.all_rows(
            "SELECT d.id, s.speaker, s.names, count(*) FROM statements s JOIN documents d ON d.number = "
            "s.document GROUP BY d.id, s.speaker, s.names ORDER BY d.id, s.speaker, s.names"
        )
        return [(id_, speaker, tuple(json.loads(names)), n) for id_, speaker, names, n in rows]

    def identity_counts(self) -> list[tuple[str, tuple[str, ...], str, int]]:
        """Return (identity, names, document id, number of statements), in a fixed order."""
        rows = self.all_rows(
            "SELECT s.identity, s.names, d.id, count(*) FROM statements s JOIN documents d ON d.number = "
            "s.document GROUP BY s.identity, s.names, d.id ORDER BY s.identity, d.id, s.names"
        )
        return [(identity, tuple(json.loads(names)), id_, n) for identity, names, id_, n in rows]

    def put_identities(self, identities: dict[tuple[str, str], str]) -> None:
        """Note under which identity each document's speaker goes; keys are (document id, speaker)."""
        rows = [(identity, speaker, document_id, identity) for (document_id, speaker), identity in identities.items()]
        self._touch()  # who is who is part of the state that readers keep
        self.run_many(
            "UPDATE statements SET identity = ? WHERE speaker = ? AND document = (SELECT number FROM "
            "documents WHERE id = ?) AND identity != ?",
            rows,
        )

    def _put_statements(self, document: int, statements: Sequence[Statement]) -> None:
        rows = [
            (
                document,
                s.speaker,
                s.speaker,
                s.cue,
                s.manner,
                json.dumps([(c.start, c.end, c.text) for c in s.content], ensure_ascii=False),
                s.start,
                s.end,
                json.dumps(s.names, ensure_ascii=False),
                s.date,
                s.page,
            )
            for s in statements
        ]
        self.run_many(_PUT_STATEMENT, rows)
