"""Who said what, found for the documents that still lack it.

A document can be searched before its statements are found; which ones are due stands in the catalog, so that nothing
is forgotten when the process dies. Knows nothing of how statements are found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from index.behind import IsStopped
from index.catalog import Catalog
from index.records import Document, Statement

Attribute = Callable[[Document], list[Statement]]


def attribute_next(catalog: Catalog, attribute: Attribute, is_stopped: IsStopped) -> bool:
    """Find and store the statements of the next document that is due; return whether there was one."""
    document = catalog.next_due()
    if document is None:
        return False
    statements = _known_statements(document, catalog)
    if statements is None:
        statements = attribute(document)
    if not is_stopped():
        catalog.put_statements(document, statements)
    return True


def _known_statements(document: Document, catalog: Catalog) -> list[Statement] | None:
    """Return the statements of a document of the same bytes, text and date under another id, if there is one."""
    for document_id in catalog.attributed_twins(document.id, document.content_hash):
        twin = catalog.document(document_id)
        if twin.text == document.text and twin.info.date == document.info.date:
            return [replace(statement, document=document.info) for statement in catalog.statements_as_told(twin.id)]
    return None
