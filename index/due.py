"""Who said what, found for the documents that still lack it.

A document can be searched before its statements are found; which ones are due stands in the catalog, so that nothing
is forgotten when the process dies. Knows nothing of how statements are found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from index.behind import IsStopped
from index.catalog import Catalog
from index.hands import Hands
from index.records import Document, Statement

Attribute = Callable[[Document], list[Statement]]


def attribute_next(catalog: Catalog, attribute: Attribute, hands: Hands, is_stopped: IsStopped) -> bool:
    """Find and store the statements of the next documents that are due; return whether there was one."""
    documents = catalog.next_due(hands.n_at_once)
    known = {document.id: _known_statements(document, catalog) for document in documents}
    unknown = [document for document in documents if known[document.id] is None]
    found = hands.each(attribute, unknown, lambda document: len(document.text))
    for document in documents:
        told = known[document.id]
        statements = next(found)[1] if told is None else told
        if is_stopped():
            break
        catalog.put_statements(document, statements)
    return bool(documents)


def _known_statements(document: Document, catalog: Catalog) -> list[Statement] | None:
    """Return the statements of a document of the same bytes, text and date under another id, if there is one."""
    for document_id in catalog.attributed_twins(document.id, document.content_hash):
        twin = catalog.document(document_id)
        if twin.text == document.text and twin.info.date == document.info.date:
            return [replace(statement, document=document.info) for statement in catalog.statements_as_told(twin.id)]
    return None
