"""What a catalog knows of who said what: statements, and the documents for which they are due.

Knows nothing of how statements are found.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index.places import Places
from index.records import Document, Filters, Statement
from index.rows import INFO, document_filter, to_statement

_SELECT = (
    'SELECT s.identity, s.cue, s.manner, s.content, s.start, s."end", s.names, s.date, s.page, '
    f"{INFO} FROM statements s JOIN documents d ON d.number = s.document WHERE"
)
_MANY = 3000  # statements, of which it is faster to look their words up than to look at all
_MOST_CHUNKS = 1000  # the latest of a word that stands everywhere: more than anybody reads
_AROUND = (
    'EXISTS (SELECT 1 FROM chunks k WHERE k.document = s.document AND k.start < s."end" AND s.start < k."end" AND '
)
_PUT_STATEMENT = (
    'INSERT INTO statements (document, speaker, identity, cue, manner, content, start, "end", names, date, page) '
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Holding:
    """Words of which each, or one that begins alike, must stand in a statement; or `around` it, in its sentences.

    `beginnings` are folded, one for each word.
    """

    words: tuple[str, ...]
    beginnings: tuple[str, ...]
    around: bool = False


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
        self,
        filters: Filters,
        identities: Sequence[str] = (),
        document_ids: Sequence[str] | None = None,
        holding: Holding | None = None,
        newest: int | None = None,
    ) -> list[Statement]:
        """Return the statements inside the filters, by document and place; the newest so many where that is given."""
        where, values = document_filter(filters, date="coalesce(s.date, d.date)")
        conditions = [(where.removeprefix("WHERE "), values)] if where else []
        if filters.speaker is not None:
            condition, value = self.any_of("s.identity", identities)
            conditions.append((condition, (value,)))
        if document_ids is not None:
            condition, value = self.any_of("d.id", document_ids)
            conditions.append((condition, (value,)))
        if holding is not None:
            conditions += [self._held(beginning, holding.around) for beginning in holding.beginnings]
            if newest is not None and document_ids is None and self._are_many(filters, identities):
                words = zip(holding.words, holding.beginnings, strict=True)
                conditions.append(self.with_words("s.document", words, None if identities else _MOST_CHUNKS))
        clause = " AND ".join(condition for condition, _ in conditions) or "TRUE"
        values = tuple(value for _, some in conditions for value in some)
        if newest is not None:  # chosen by number, so that the rest is not even read
            clause = (
                "s.number IN (SELECT s.number FROM statements s JOIN documents d ON d.number = s.document WHERE "
                f"{clause} ORDER BY coalesce(s.date, d.date, '') DESC, s.number LIMIT ?)"
            )
            values += (newest,)
        return [
            to_statement(row) for row in self.all_rows(f"{_SELECT} {clause} ORDER BY d.id, s.start, s.number", *values)
        ]

    def statements_at(self, places: Sequence[tuple[str, int]]) -> list[Statement]:
        """Return the statements that begin at these places, each a document's id and an offset, by place."""
        in_documents, ids = self.any_of("d.id", [document_id for document_id, _ in places])
        at, starts = self.any_of("s.start", [start for _, start in places])
        rows = self.all_rows(f"{_SELECT} {in_documents} AND {at} ORDER BY d.id, s.start, s.number", ids, starts)
        return [each for each in map(to_statement, rows) if (each.document.id, each.start) in set(places)]

    def statements_as_told(self, document_id: str) -> list[Statement]:
        """Return a document's statements under the speakers' names as the document alone tells them."""
        sql = f"{_SELECT.replace('s.identity', 's.speaker')} d.id = ? ORDER BY s.number"
        return [to_statement(row) for row in self.all_rows(sql, document_id)]

    def _held(self, beginning: str, around: bool) -> tuple[str, tuple[Any, ...]]:
        condition, value = self.holds("k.text" if around else "s.content", beginning)
        return (f"{_AROUND}{condition})" if around else condition), (value,)

    def _are_many(self, filters: Filters, identities: Sequence[str]) -> bool:
        if filters.speaker is None:
            return self.count("statements") > _MANY
        condition, value = self.any_of("identity", identities)
        row = self.one_row(f"SELECT count(*) FROM statements WHERE {condition}", value)
        return row is not None and row[0] > _MANY

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
