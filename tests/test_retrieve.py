"""Search by meaning equals brute force, fusion keeps its order's promises, ties go to the lower number."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Document, DocumentInfo, Library
from index.embed import HashingEmbedder
from index.retrieve import STOP_WORDS, Ranked, fuse, nearest, query_words

SCORES = st.integers(-1000, 1000).map(lambda n: n / 1000)


def ranked(scores):
    order = sorted(range(len(scores)), key=lambda n: (-scores[n], n))
    return Ranked(tuple(order), tuple(scores[n] for n in order))


RANKED = st.lists(SCORES, max_size=12).map(ranked)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 80))
def test_exact_search_equals_brute_force(seed, n_rows, n):
    random = np.random.default_rng(seed)
    # Few values, so that ties are common.
    matrix = random.integers(-1, 2, (n_rows, 4)).astype(np.float16)
    vector = random.integers(-1, 2, 4).astype(np.float32)
    numbers = np.sort(random.choice(1000, n_rows, replace=False))
    scores = matrix.astype(np.float32) @ vector
    best = sorted(zip(-scores, numbers, strict=True))[:n]
    found = nearest(numbers, matrix.astype(np.float32) @ vector, n)
    np.testing.assert_allclose(found.scores, [-score for score, _ in best], atol=1e-6)
    assert list(found.numbers) == [number for _, number in best]


def test_exact_search_of_nothing_finds_nothing():
    assert nearest(np.empty(0, np.int64), np.empty(0, np.float32), 5) == Ranked((), ())


@settings(max_examples=100, deadline=None)
@given(RANKED, RANKED, st.floats(0, 1))
def test_fusion_is_a_convex_sum_best_first(words, meaning, weight):
    fused = fuse(words, meaning, words_weight=weight)
    assert {number for number, _ in fused} == set(words.numbers) | set(meaning.numbers)
    assert fused == sorted(fused, key=lambda item: (-item[1], item[0]))
    assert all(0 <= score <= 1 + 1e-9 for _, score in fused)


@settings(max_examples=100, deadline=None)
@given(RANKED)
def test_what_is_first_in_both_lists_is_first(both):
    if both.numbers:
        assert fuse(both, both)[0] == (both.numbers[0], pytest.approx(1.0))
    assert fuse(Ranked((), ()), both, words_weight=0)[:1] == [(n, pytest.approx(1.0)) for n in both.numbers[:1]]


@settings(max_examples=100, deadline=None)
@given(RANKED, RANKED, st.floats(0.1, 10), st.floats(-5, 5))
def test_the_scale_of_a_list_does_not_matter(words, meaning, factor, shift):
    scaled = Ranked(words.numbers, tuple(score * factor + shift for score in words.scores))
    expected = dict(fuse(words, meaning))
    for number, score in fuse(scaled, meaning):
        assert score == pytest.approx(expected[number], abs=1e-6)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("What did Stoltenberg say about China?", ["stoltenberg", "china"]),
        ("cod COD Cod", ["cod"]),
        ("What is it?", ["what", "is", "it"]),
        ("the fees' “rise”", ["fees", "rise"]),
        ("Grå 3.5", ["grå", "3", "5"]),
        ("?!", []),
        ("", []),
    ],
    ids="question repeated stop-words-only marks accents-and-numbers no-word empty".split(),
)
def test_the_words_of_a_query(query, words):
    assert query_words(query) == words


@given(st.text(max_size=80))
def test_words_are_lower_case_once_and_never_a_stop_word_beside_others(query):
    words = query_words(query)
    assert words == list(dict.fromkeys(words))
    assert not STOP_WORDS & set(words) or set(words) <= STOP_WORDS


def test_passages_know_why_they_are_where_they_are(library):
    texts = ["The cod is late.", "The ferry is late.", "Harbour fees rise."]
    library.add(Document(DocumentInfo(f"d{n}", f"{n}.txt", "T"), text, text) for n, text in enumerate(texts))
    first, *others = library.retrieve("Is the cod late?", k=3)
    assert (first.document.id, first.rank, first.score) == ("d0", 1, pytest.approx(1.0))
    assert (first.evidence.words_rank, first.evidence.meaning_rank) == (1, 1)
    assert first.evidence.matched == ("cod", "late")
    by_id = {passage.document.id: passage for passage in others}
    assert by_id["d1"].evidence.matched == ("late",)
    assert (by_id["d2"].evidence.words_rank, by_id["d2"].evidence.matched) == (None, ())


def test_the_same_query_twice_gives_the_same_passages(library):
    library.add(Document(DocumentInfo(f"d{n}", f"{n}.txt", "T"), "The cod.", str(n)) for n in range(30))
    passages = library.retrieve("cod", k=30)
    assert passages == library.retrieve("cod", k=30)
    assert [p.document.id for p in passages] == sorted(f"d{n}" for n in range(30))  # equal scores: by place


def test_fewer_passages_are_the_first_of_more(library):
    texts = ["The cod is late.", "The ferry is late.", "Harbour fees rise.", "Harbour fees rise.", "Cod in harbour."]
    library.add(Document(DocumentInfo(f"d{n}", f"{n}.txt", "T"), text, str(n)) for n, text in enumerate(texts))
    for query in ("cod", "fees ferry", "harbour"):
        all_of_them = library.retrieve(query, k=200)
        assert [library.retrieve(query, k=k) for k in range(1, 6)] == [all_of_them[:k] for k in range(1, 6)]


def test_ties_go_by_place_so_that_a_library_that_grew_is_searched_like_a_fresh_one(tmp_path):
    documents = [Document(DocumentInfo(name, name, "Odda"), "The harbour is deep.", "0") for name in "cab"]
    orders = []
    for folder, added in (("grown", documents), ("fresh", sorted(documents, key=lambda d: d.id))):
        with Library.open(tmp_path / folder, embedder=HashingEmbedder(), attribute=lambda document: []) as library:
            library.add(added)
            orders.append([passage.document.id for passage in library.retrieve("deep harbour")])
    assert orders == [["a", "b", "c"], ["a", "b", "c"]]
