"""A citation says where to look: the slide, the sheet and row, the time."""

from pathlib import Path

import pytest

from assistant import Assistant
from assistant.answer import citation_to_json
from assistant.conversations import _citation
from index import Library
from index.embed import HashingEmbedder
from index.readers import read
from index.whereabouts import place_at

CORPUS = Path(__file__).parent / "corpus"


@pytest.mark.parametrize(
    ("name", "words", "place"),
    [
        ("lamp.xlsx", "clockwork", "Parts, row 5"),
        ("lamp.xlsx", "Parts, row 4", "Parts, row 4"),
        ("lamp.xlsx", "1998", "Keepers, row 2"),
        ("lamp.xlsx", "The lamp at", None),
        ("lamp.xlsx", "paid by", None),
        ("lamp.csv", "clockwork", "row 3"),
        ("lamp.tsv", "400", "row 2"),
        ("lamp.srt", "The lens", "00:00:01"),
        ("lamp.srt", "old.", "00:01:05"),
        ("lamp.vtt", "And now", "00:00:03"),
        ("lamp.pptx", "new lens", "slide 1"),
        ("lamp.pptx", "Nobody", "slide 2"),
        ("lamp.pdf", "lamp", None),
        ("lamp.md", "lamp", None),
    ],
)
def test_where_words_stand(name, words, place):
    document = read((CORPUS / name).read_bytes(), name, name)
    assert place_at(document, document.text.index(words)) == place


def test_an_answer_tells_the_time_and_keeps_it(tmp_path):
    with Library.open(tmp_path / "library", embedder=HashingEmbedder(), attribute=lambda document: []) as library:
        library.sync(CORPUS / "lamp.srt")
        answer = Assistant(library).ask("How old is the clockwork?")
    kept = citation_to_json(answer.citations[0])
    assert (kept["quote"]["text"], kept["place"]) == ("[00:01:05] The clockwork is old.", "00:01:05")
    assert _citation(kept).place == "00:01:05"
