"""Who is who over a library: one identity a person, namesakes apart, whatever the order of the documents."""

import random

import pytest

from index.names import match_name, several
from index.people import DocumentSpeaker, Person, identities

# Each row: the speakers of documents (a number before one says in how many), and the identities that come of them.
ROWS = {
    "one person, fuller and shorter": ({"Jens Holm": 1, "Holm": 1}, {"Jens Holm": "Jens Holm", "Holm": "Jens Holm"}),
    "the fullest name is the identity": ({"Ada Weil": 2, "Ada M. Weil": 1}, {"Ada Weil": "Ada M. Weil"}),
    "an initial": ({"J. Holm": 1, "Jens Holm": 1}, {"J. Holm": "Jens Holm"}),
    "an initial that fits two": (
        {"J. Holm": 1, "Jens Holm": 1, "Jonas Holm": 1},
        {"J. Holm": "J. Holm", "Jens Holm": "Jens Holm", "Jonas Holm": "Jonas Holm"},
    ),
    "a nickname": ({"Joe Vale": 1, "Joseph Vale": 1}, {"Joe Vale": "Joseph Vale"}),
    "namesakes stay apart": (
        {"Ada Weil": 1, "Jonas Weil": 1, "Weil": 1},
        {"Ada Weil": "Ada Weil", "Jonas Weil": "Jonas Weil", "Weil": "Weil"},
    ),
    "a last name alone is the one far more quoted": ({"Ada Weil": 9, "Jonas Weil": 1, "Weil": 1}, {"Weil": "Ada Weil"}),
    "a word before a known name": ({"Ada Weil": 9, "Crooked Ada Weil": 1}, {"Crooked Ada Weil": "Ada Weil"}),
    "three names of somebody else": ({"Ada Weil": 2, "Mary Ada Weil": 1}, {"Mary Ada Weil": "Mary Ada Weil"}),
    "a body is nobody's": ({"Ada Weil": 9, "Weil's campaign": 1}, {"Weil's campaign": "Weil's campaign"}),
}


@pytest.mark.parametrize(("speakers", "expected"), ROWS.values(), ids=ROWS)
def test_who_is_who(speakers, expected):
    known = [DocumentSpeaker(f"{name}-{n}", name) for name, count in speakers.items() for n in range(count)]
    found = identities(known)
    assert {name: found[f"{name}-0", name] for name in expected} == expected
    for seed in range(5):
        shuffled = random.Random(seed).sample(known, len(known))
        assert identities(shuffled) == found


PEOPLE = [Person(name, (name,), 1, 1) for name in ("Ada Weil", "Jonas Weil", "Tom Reyes", "Reyes and Holm")]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Weil", ("Ada Weil", "Jonas Weil")),
        ("Ada Weil and Reyes", ("Ada Weil", "Tom Reyes")),
        ("Reyes, Ada Weil and Jonas Weil", ("Ada Weil", "Jonas Weil", "Tom Reyes")),
        ("Reyes and Holm", ("Reyes and Holm",)),  # a body of that name goes first
        ("Reyes and Nobody", ()),  # half of an answer would look like a whole one
    ],
)
def test_whom_a_typed_name_means(typed, meant):
    assert match_name(typed, PEOPLE).speakers == meant


def test_names_joined_are_taken_apart():
    assert several("Ada Weil, Tom Reyes and Jonas Weil") == ["Ada Weil", "Tom Reyes", "Jonas Weil"]
    assert several("Ferdinand") == ["Ferdinand"]
