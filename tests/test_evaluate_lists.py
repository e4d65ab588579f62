"""What each list of the retrieval is worth alone: ranks come from the passages' own evidence."""

from __future__ import annotations

from assistant.answer import Abstention, Answer, Query, Reason
from assistant.evaluate.ask_all import document_lists
from assistant.evaluate.folder import to_document

TEXTS = {
    "words": "The ferry timetable: ferry in the morning, ferry at noon, ferry in the evening.",
    "other": "Ships cross the sound each morning.",
    "far": "The council voted on the school roof.",
}


def test_lists_rank_documents_as_each_list_found_them(library):
    library.add([to_document(name, text) for name, text in TEXTS.items()])
    query = Query("ferry?", "ferry timetable")
    answer = Answer(query, "None.", 0.0, abstention=Abstention(Reason.NOTHING_IN_DOCUMENTS, "None."))
    lists = document_lists(library, answer)
    passages = library.retrieve(query.text, k=10)
    assert lists["bm25"] == ["words"]
    assert lists["fused"] == [passage.document.id for passage in passages]
    by_meaning = sorted(passages, key=lambda passage: passage.evidence.meaning_rank)
    assert lists["dense"] == [passage.document.id for passage in by_meaning]
    assert set(lists["dense"]) == set(TEXTS)
