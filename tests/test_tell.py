"""A long document that changed is attributed as if it were new, and only what changed is parsed."""

import pytest

from index import Document, DocumentInfo, Library
from index.attribute import Attributor
from index.attribute.known import KnownParses
from index.attribute.parse import SpacyParser
from index.embed import HashingEmbedder
from index.tell import FOLDER

PARAGRAPHS = [
    f'Ada Weil, {n}, spoke of the cod. "There are {n} boats," she said. Jon Brandvik told us that pier {n} leaks.'
    for n in range(30)
]


@pytest.fixture(scope="module")
def parser():
    return SpacyParser()


class Counting:
    """A parser that notes what it is given."""

    def __init__(self, parser):
        self.parser, self.given = parser, []

    def parse(self, texts):
        self.given += texts
        return self.parser.parse(texts)

    def pack(self, docs):
        return self.parser.pack(docs)

    def unpack(self, packed):
        return self.parser.unpack(packed)


def document(*, changed=None, times=1):
    paragraphs = [text if n != changed else "Lena Aaltonen argued against it." for n, text in enumerate(PARAGRAPHS)]
    text = "\n\n".join(paragraphs * times)
    return Document(DocumentInfo("a.txt", "a.txt", "Cod"), text, f"{changed}")


def test_only_new_sentences_are_parsed_and_nothing_else_differs(parser):
    first = KnownParses(parser)
    Attributor(first).attribute(document())
    counting = Counting(parser)
    again = KnownParses(counting, first.packed())
    found = Attributor(again).attribute(document(changed=20))
    assert found == Attributor(parser).attribute(document(changed=20))
    assert {"Ada Weil", "Jon Brandvik", "Lena Aaltonen"} <= {statement.speaker for statement in found}
    assert counting.given == ["Lena Aaltonen argued against it."]
    assert len(parser.unpack(again.packed())) == len(parser.unpack(first.packed())) - 3 + 1  # none that is gone


@pytest.mark.parametrize(
    "harm",
    [lambda data: b"", lambda data: data[: len(data) // 2], lambda data: data[:64] + b"?" * 99, lambda data: b"?" * 99],
    ids=["emptied", "halved", "garbage inside", "foreign"],
)
def test_damaged_parses_cost_only_time(parser, harm):
    known = KnownParses(parser)
    found = Attributor(known).attribute(document())
    assert Attributor(KnownParses(parser, harm(known.packed()))).attribute(document()) == found


def test_the_parses_of_a_long_document_lie_beside_the_catalog_until_it_goes(tmp_path):
    long, short = (
        document(times=16),
        Document(DocumentInfo("b.txt", "b.txt", "B"), "Ada Weil said the cod is late.", "b"),
    )
    with Library.open(tmp_path / "library", embedder=HashingEmbedder()) as library:
        library.add([long, short])
        assert len(list((tmp_path / "library" / FOLDER).iterdir())) == 1
        library.remove("a.txt")
        assert list((tmp_path / "library" / FOLDER).iterdir()) == []
        assert [person.speaker for person in library.people()] == ["Ada Weil"]
