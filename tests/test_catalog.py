"""What is put into a catalog comes out again, what is taken out leaves nothing behind."""

import sqlite3
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.catalog import Changes, Entry, open_catalog
from index.database import batches
from index.embed import PassageVectors
from index.errors import DocumentNotFound, LibraryDamaged, LibraryLocked, StorageError
from index.places import Root, Skipped, Stamp
from index.records import Chunk, Document, DocumentInfo, Filters, Span, Statement
from index.retrieve import query_words

TABLES = ["documents", "chunks", "statements", "statements_due", "embeddings", "skipped", "words"]
STAMP = Stamp(10, 20, "hash")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """A place for a catalog in each of the databases."""
    if request.param == "sqlite":
        return tmp_path / "catalog.sqlite"
    return request.getfixturevalue("database_server").new_library()


@pytest.fixture
def catalog(place):
    catalog = open_catalog(place)
    yield catalog
    catalog.close()


@pytest.fixture
def in_file(tmp_path):
    catalog = open_catalog(tmp_path / "catalog.sqlite")
    yield catalog
    catalog.close()


def unit(*values):
    row = np.array(values, np.float32)
    return row / np.linalg.norm(row)


def entry(
    name="a.txt", text="The cod is late.\n\nAda Weil said it.", *, title="Cod", date="2024-05-01", keys=(b"1", b"2")
):
    info = DocumentInfo(f"root/{name}", name, title, date, "txt", "Ida")
    document = Document(info, text, "hash", (0, 18), ("page 2 is scanned",))
    parts = [(0, 16), (18, len(text))]
    chunks = [Chunk(info, a, b, text[a:b], n, ((a, b),)) for n, (a, b) in enumerate(parts, 1)]
    return Entry(document, chunks, keys, STAMP, "root", name)


def said(entry):
    text = entry.document.text
    return [
        Statement(
            entry.document.info,
            "Ada Weil",
            "said",
            "reported",
            (Span(32, 34, "it"),),
            18,
            len(text),
            ("Weil",),
            None,
            2,
        )
    ]


def put(catalog, *entries):
    vectors = PassageVectors(unit(1, 2, 3), np.stack([unit(3, 2, 1)]))
    for each in entries:
        catalog.put_embeddings(each.embeddings, [vectors] * len(each.embeddings))
        catalog.put(each)
        catalog.put_statements(each.document, said(each))


def put_all_but_vectors(catalog, complete, incomplete):
    put(catalog, complete)
    catalog.put(incomplete)


def test_what_is_put_comes_out(catalog):
    one = entry()
    put(catalog, one)
    assert catalog.document("root/a.txt") == one.document
    assert catalog.documents() == [one.document.info]
    assert catalog.chunks(catalog.all_chunk_numbers()) == one.chunks
    assert catalog.statements(Filters()) == catalog.statements_as_told("root/a.txt") == said(one)
    assert catalog.stamps("root") == {"a.txt": ("root/a.txt", STAMP)}
    assert (catalog.stamp("root/a.txt"), catalog.place("root/a.txt")) == (STAMP, ("root", "a.txt"))
    assert catalog.attributed_twins("root/b.txt", "hash") == ["root/a.txt"]
    assert catalog.attributed_twins("root/a.txt", "hash") == []
    numbers, matrix = catalog.matrix()
    assert (numbers.tolist(), matrix.dtype) == (catalog.all_chunk_numbers(), np.float16)
    np.testing.assert_allclose(matrix, [unit(1, 2, 3)] * 2, atol=1e-3)
    for rows in catalog.sentence_vectors([chunk.id for chunk in one.chunks]).values():
        np.testing.assert_allclose(rows, [unit(3, 2, 1)], atol=0.01)


def test_a_statement_without_a_date_has_its_documents_in_filters(catalog):
    put(catalog, entry())
    assert catalog.statements(Filters(since="2024-05"))
    assert catalog.statements(Filters(until="2024-04")) == []


def test_a_date_that_names_no_day_may_be_any_of_its_days(catalog):
    put(catalog, entry(date="2024"))
    for since, is_there in (("2023-12-31", True), ("2024-05", True), ("2024-12-31", True), ("2025-01", False)):
        assert [bool(catalog.statements(Filters(since=since))), bool(catalog.documents(Filters(since=since)))] == [
            is_there
        ] * 2


def test_what_is_deleted_leaves_nothing(catalog):
    put(catalog, entry("a.txt"), entry("b.txt", keys=(b"1", b"3")))
    assert catalog.delete("root/a.txt")
    assert not catalog.delete("root/a.txt")
    assert catalog.attributed_twins("root/a.txt", "hash") == ["root/b.txt"]
    catalog.forget_unused_embeddings()
    assert catalog.known_embeddings([b"1", b"2", b"3"]) == {b"1", b"3"}
    assert catalog.delete("root/b.txt")
    catalog.forget_unused_embeddings()
    assert [catalog.count(table) for table in TABLES] == [0] * len(TABLES)
    assert catalog.search_words(["cod"], 10) == []
    assert catalog.problems() == []
    for ask in (catalog.document, catalog.place):
        with pytest.raises(DocumentNotFound):
            ask("root/a.txt")


def test_putting_again_replaces(catalog):
    put(catalog, entry(), entry(text="The eel is early.\n\nJon Weil said it.", title="Eel"))
    assert catalog.count("documents") == 1
    assert catalog.search_words(["cod"], 10) == []
    assert len(catalog.search_words(["eel"], 10)) == 2  # its title counts for each of its chunks
    assert catalog.problems() == []


def test_chroma_is_told_of_each_chunk_that_came_or_went(catalog):
    put(catalog, entry())
    told = catalog.vector_changes(100)
    assert told.n_changes == catalog.n_vector_changes() == 2
    assert catalog.told_chunk_numbers() == []
    assert (told.others, told.moved) == (catalog.all_chunk_numbers(), [])
    catalog.forget_vector_changes(told.upto)
    assert catalog.vector_changes(100) == Changes(0, 0, [], [])
    catalog.delete("root/a.txt")
    assert sorted(catalog.vector_changes(100).others) == sorted(told.others)
    assert len(catalog.vector_changes(1).others) == 1
    put(catalog, entry())
    catalog.request_all_vectors()
    assert catalog.vector_changes(100).others == catalog.all_chunk_numbers()


def test_a_chunk_that_only_moved_keeps_its_number_and_words(catalog):
    put(catalog, entry())
    catalog.forget_vector_changes(catalog.vector_changes(100).upto)
    before = catalog.all_chunk_numbers()
    put(catalog, entry(text="The eel is late.\n\nAda Weil said it.", keys=(b"3", b"2")))
    after = catalog.all_chunk_numbers()
    assert (after[0], len(after)) == (before[1], 2)
    assert after[1] > before[1]
    assert catalog.vector_changes(100).moved == [before[1]]
    assert sorted(catalog.vector_changes(100).others) == [before[0], after[1]]
    assert catalog.told_chunk_numbers() == []
    assert [n for n, _ in catalog.search_words(["weil"], 9)] == [before[1]]
    assert catalog.problems() == []
    put(catalog, entry(text="The eel is late.\n\nAda Weil said it.", keys=(b"3", b"2"), title="Eel"))
    assert min(catalog.all_chunk_numbers()) > after[1]
    assert len(catalog.search_words(["eel"], 9)) == 2  # found by the new title
    assert catalog.problems() == []


def test_words_are_found_by_their_stems_without_accents(catalog):
    put(catalog, entry(text="Fishermen's cods.\n\nÆrlige menn på Grå."))
    assert len(catalog.search_words(["fisherman", "cod"], 10)) == 2
    assert len(catalog.search_words(["gra"], 10)) == 1
    assert catalog.search_words(["absent"], 10) == catalog.search_words([], 10) == []
    numbers = np.array(catalog.all_chunk_numbers())
    assert [n for n, _ in catalog.search_words(["cod"], 10, numbers[1:].tolist())] == [numbers[1]]
    assert len(catalog.search_words(["cod"], 1)) == 1


def test_of_frequent_words_only_passages_with_a_rare_one_are_ranked_by_all(in_file):
    for name, second in (("a", "An eel met the cod."), ("b", "The cod."), ("c", "A late cod of the cod.")):
        put(in_file, entry(f"{name}.txt", f"The cod is late.\n\n{second}", title="", keys=(b"1", name.encode())))
    numbers = in_file.all_chunk_numbers()
    whole = in_file.search_words(["cod", "eel"], 10)
    assert len(whole) == 6
    in_file.most_ranked = 4
    assert in_file.search_words(["cod", "eel"], 10) == whole[:1] == in_file.search_words(["absent", "eel", "cod"], 10)
    assert sorted(n for n, _ in in_file.search_words(["cod"], 10)) == numbers[2:]  # the latest of too many
    assert len(in_file.search_words(["cod", "eel"], 10, numbers[:3])) == 3  # in a small scope all are ranked


@settings(max_examples=60, deadline=None)
@given(query=st.one_of(st.text(max_size=40), st.sampled_from(["NEAR(a b)", "title: cod", "a NOT b", "a*", '"', "^a"])))
def test_no_query_is_an_operator_of_the_search(tmp_path_factory, query):
    catalog = open_catalog(tmp_path_factory.getbasetemp() / "words.sqlite")
    try:
        assert catalog.search_words(query_words(query), 10) == []
    finally:
        catalog.close()


def test_a_transaction_is_all_or_nothing(catalog):
    generation = catalog.generation
    incomplete = replace(entry("b.txt"), embeddings=[b"no such vectors", b"nor such"])
    with pytest.raises(Exception, match=r"(?i)foreign key"), catalog.transaction():
        put_all_but_vectors(catalog, entry(), incomplete)
    assert (catalog.documents(), catalog.generation, catalog.known_embeddings([b"1"])) == ([], generation, set())
    with catalog.transaction():
        put(catalog, entry())
    assert catalog.generation > generation


def test_roots_skipped_files_and_exclusions_are_kept(catalog):
    roots = [Root("a", "/a", None, ("*.log",)), Root("b", "/b", ("x.txt", "y.txt"))]
    for root in roots:
        catalog.put_root(root)
    assert catalog.roots() == roots
    catalog.delete_root("a")
    assert catalog.roots() == roots[1:]
    catalog.put_skipped("b", "x.txt", Skipped("x.txt", "the file is empty"), STAMP)
    assert catalog.skipped() == catalog.skipped("b") == [Skipped("x.txt", "the file is empty")]
    assert (catalog.skipped("a"), catalog.skipped_stamps("b")) == ([], {"x.txt": STAMP})
    catalog.delete_skipped("b", "x.txt")
    assert catalog.skipped() == []
    catalog.exclude("b/x.txt")
    catalog.exclude("b/x.txt")
    assert catalog.excluded() == {"b/x.txt"}
    catalog.include(["b/x.txt"])
    assert catalog.excluded() == set()


def test_identities_are_noted_beside_what_the_document_tells(catalog):
    put(catalog, entry())
    catalog.put_identities({("root/a.txt", "Ada Weil"): "Ada M. Weil", ("root/none.txt", "Ada Weil"): "X"})
    assert [s.speaker for s in catalog.statements(Filters(speaker="x"), ["Ada M. Weil"])] == ["Ada M. Weil"]
    assert catalog.statements(Filters(speaker="x"), ["Ada Weil"]) == []
    assert [s.speaker for s in catalog.statements_as_told("root/a.txt")] == ["Ada Weil"]
    assert catalog.speakers() == [("root/a.txt", "Ada Weil", ("Weil",), 1)]
    assert catalog.identity_counts() == [("Ada M. Weil", ("Weil",), "root/a.txt", 1)]


@pytest.mark.parametrize("document_ids", [[], ["root/none.txt"], ["root/a.txt"]], ids=["none", "other", "this"])
def test_statements_of_documents(catalog, document_ids):
    put(catalog, entry())
    assert len(catalog.statements(Filters(), document_ids=document_ids)) == document_ids.count("root/a.txt")


def test_a_damaged_file_names_the_remedy(tmp_path):
    catalog = open_catalog(tmp_path / "catalog.sqlite")
    put(catalog, entry())
    catalog.compact()
    catalog.close()
    data = (tmp_path / "catalog.sqlite").read_bytes()
    for broken in (b"no database at all, but long enough to be taken for one" * 40, data[: len(data) // 2]):
        (tmp_path / "catalog.sqlite").write_bytes(broken)
        with pytest.raises(LibraryDamaged, match="doctor --repair"):
            raise_what_is_found(tmp_path / "catalog.sqlite")


def raise_what_is_found(path):
    catalog = open_catalog(path)
    try:
        if problems := catalog.problems():
            raise LibraryDamaged(f"{problems}: run doctor --repair")
        catalog.document("root/a.txt")
    finally:
        catalog.close()


def test_a_place_that_can_not_be_written_is_an_error_of_storage(tmp_path):
    (tmp_path / "catalog.sqlite").mkdir()
    with pytest.raises(StorageError, match="permissions"):
        open_catalog(tmp_path / "catalog.sqlite")


def test_a_writer_that_holds_the_database_is_told(in_file, tmp_path):
    catalog = in_file
    catalog.run("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(tmp_path / "catalog.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(LibraryLocked, match="try again"):
            put(catalog, entry())
        assert catalog.documents() == []  # reading goes on
    finally:
        other.close()


def test_long_lists_are_cut(catalog):
    assert [len(batch) for batch in batches(range(12), 5)] == [5, 5, 2]
    assert catalog.chunks(range(12_000)) == []


def test_the_digest_tells_contents_and_not_their_order(catalog):
    empty = catalog.digest()
    put(catalog, entry("a.txt"), entry("b.txt"))
    one = catalog.digest()
    put(catalog, entry("a.txt"))  # its row comes last now
    assert catalog.digest() == one != empty
    put(catalog, replace(entry("b.txt"), stamp=replace(STAMP, content_hash="other")))
    assert catalog.digest() != one
