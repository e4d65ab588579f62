"""A library keeps what it is given, finds it inside its filters, and mends what is lost beside its catalog."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from index import Document, DocumentInfo, InputError, Library, PassageRetriever, ReadError
from index.embed import HashingEmbedder, load_embedder
from index.errors import DocumentNotFound, LibraryLocked, LibraryModelError, LibraryVersionError
from index.export import DEFAULT_MODEL
from index.follow import sample
from index.lock import writing
from index.records import Statement
from index.servers import Servers
from tests.conftest import small_library

TEXTS = {"a.txt": "The cod is late this year.\n\nNobody knows why.", "b.md": "# Ferry\n\nThe ferry runs at night."}


class OtherEmbedder(HashingEmbedder):
    name = "hashing-32"
    n_dimensions = 32


def opened(folder, *, embedder=None, attribute=lambda document: [], **options):
    return Library.open(folder, embedder=embedder or HashingEmbedder(), attribute=attribute, **options)


def added(library, *texts, **info):
    documents = [
        Document(DocumentInfo(f"d{n}", f"{n}.txt", "T", **info), text, ascii(text)) for n, text in enumerate(texts)
    ]
    return library.add(documents)


@pytest.fixture(params=["folder", "postgresql"])
def library(request, tmp_path):
    """An empty library in each of its forms: words hashed to vectors, nobody quoted."""
    place = None if request.param == "folder" else request.getfixturevalue("database_server").new_library()
    with small_library(tmp_path / "library", Servers(place)) as library:
        yield library


@pytest.fixture
def in_folder(tmp_path):
    with small_library(tmp_path / "library") as library:
        yield library


@pytest.fixture
def folder(tmp_path):
    source = tmp_path / "articles"
    source.mkdir()
    for name, text in TEXTS.items():
        (source / name).write_text(text)
    return source


def state(library):
    """What a library holds, without the order in which it came."""
    documents = [library.document(info.id) for info in library.documents()]
    return documents, sorted((p.id, round(p.score, 4)) for p in library.retrieve("cod ferry night", k=50))


def test_a_renamed_file_embeds_nothing(tmp_path, folder):
    class Counting(HashingEmbedder):
        n_embedded = 0

        def embed_passages(self, texts, spans):
            Counting.n_embedded += len(texts)
            return super().embed_passages(texts, spans)

    with opened(tmp_path / "counted", embedder=Counting()) as library:
        library.sync(folder)
        before = Counting.n_embedded
        (folder / "a.txt").rename(folder / "z.txt")
        library.sync(folder)
        assert Counting.n_embedded == before > 0


# --- uploads and removal


def test_an_upload_is_kept_found_replaced_and_taken_out(library):
    info = library.add_upload("../../etc/notes.txt", b"The cod came back.")
    assert (info.id, library.original(info.id)) == ("uploads/notes.txt", b"The cod came back.")
    assert (library.folder / "files" / "notes.txt").is_file()
    library.add_upload("notes.txt", b"The ferry came back.")
    assert library.n_documents == 1
    assert [p.text for p in library.retrieve("ferry")] == ["The ferry came back."]
    library.remove(info.id)
    assert (library.n_documents, library.retrieve("ferry"), list((library.folder / "files").iterdir())) == (0, [], [])
    assert library.sync().n_documents == 0
    assert library.add_upload("notes.txt", b"Again.").id == info.id


def test_a_refused_upload_leaves_the_one_before(library):
    library.add_upload("notes.txt", b"The cod came back.")
    with pytest.raises(ReadError):
        library.add_upload("notes.txt", bytes(range(256)) * 8)
    assert library.original("uploads/notes.txt") == b"The cod came back."
    assert library.check() == []


def test_the_original_of_a_changed_or_missing_file_is_not_shown(library, folder):
    library.sync(folder)
    assert library.original("articles/a.txt") == TEXTS["a.txt"].encode()
    (folder / "a.txt").write_text("Other words: offsets into the old text would point anywhere.")
    (folder / "b.md").unlink()
    assert library.original("articles/a.txt") is library.original("articles/b.md") is None
    added(library, "Given, not read.")
    assert library.original("d0") is None


def test_adding_again_changes_only_what_changed(library):
    assert added(library, "The cod.", "The ferry.").added == 2
    report = added(library, "The cod.", "The night ferry.")
    assert (report.added, report.changed, report.unchanged) == (0, 1, 1)
    library.remove("d0")
    assert [info.id for info in library.documents()] == ["d1"]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda library, tmp: library.sync(tmp / "nowhere"), InputError),
        (lambda library, tmp: library.retrieve("cod", k=0), InputError),
        (lambda library, tmp: library.document("no/such.txt"), DocumentNotFound),
        (lambda library, tmp: library.remove("no/such.txt"), DocumentNotFound),
        (lambda library, tmp: library.original("no/such.txt"), DocumentNotFound),
        (lambda library, tmp: library.add_upload("empty.txt", b""), ReadError),
        (lambda library, tmp: library.add_upload("..", b"x"), InputError),
        (lambda library, tmp: opened(tmp / "settings"), InputError),
    ],
    ids="no-folder k-0 no-document remove-nothing no-original empty-upload upload-name library-is-a-file".split(),
)
def test_bad_input_names_the_thing(library, tmp_path, call, error):
    (tmp_path / "settings").write_text("a file")
    with pytest.raises(error):
        call(library, tmp_path)


# --- search


def test_k_is_the_most_there_are_ranked_from_1(library):
    added(library, *(f"The cod of year {n}." for n in range(5)))
    for k in (1, 3, 5, 5000):
        passages = library.retrieve("cod", k=k)
        assert [p.rank for p in passages] == list(range(1, min(k, 5) + 1))
        assert [p.score for p in passages] == sorted((p.score for p in passages), reverse=True)


def test_every_passage_is_its_documents_text_with_vectors_of_its_sentences(library, folder):
    library.sync(folder)
    passages = library.retrieve("cod ferry", k=50)
    for passage, vectors in zip(passages, library.sentence_vectors(passages), strict=True):
        assert library.document(passage.document.id).text[passage.start : passage.end] == passage.text
        assert vectors.shape == (len(passage.sentences), library.embedder.n_dimensions)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


@pytest.mark.parametrize("query", ["", "?!", "the", '"cod" OR (', "cod\0", "кот", "x" * 20_000], ids=range(7))
def test_any_query_is_only_words(library, query):
    added(library, "The cod.", "The ferry.")
    assert {p.document.id for p in library.retrieve(query)} <= {"d0", "d1"}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"since": "2024-02"}, {"d2", "d3"}),
        ({"until": "2024-02"}, {"d1", "d2"}),
        ({"since": "2024-02-01", "until": "2024-02-01"}, {"d2"}),
        ({"since": "2025"}, set()),
        ({"source": "3.*"}, {"d3"}),
        ({"source": "*.txt"}, {"d1", "d2", "d3", "undated"}),
        ({"source": "elsewhere/*"}, set()),
        ({"speaker": "Ada Weil"}, {"d1"}),
        ({"speaker": "weil"}, {"d1"}),
        ({"speaker": "Ada Weil", "since": "2024-02"}, set()),
        ({"speaker": "Nobody"}, set()),
        ({}, {"d1", "d2", "d3", "undated"}),
    ],
    ids=lambda value: "-".join(value.values()) or "none" if isinstance(value, dict) else "",
)
def test_filters_keep_what_they_say(tmp_path, filters, expected):
    def attribute(document):
        span = document.span(0, len(document.text))
        quoted = Statement(document.info, "Ada Weil", "said", "direct", (span,), 0, span.end, ("Ada Weil",))
        return [quoted] if document.id == "d1" else []

    info = [DocumentInfo(f"d{n}", f"{n}.txt", "T", f"2024-0{n}-01") for n in (1, 2, 3)]
    info.append(DocumentInfo("undated", "undated.txt", "T"))
    with opened(tmp_path / "library", attribute=attribute) as library:
        library.add(Document(each, f"The cod of {each.id}.", each.id) for each in info)
        assert {p.document.id for p in library.retrieve("cod", **filters)} == expected
        assert {s.document.id for s in library.statements(**filters)} == expected & {"d1"}
        filters.pop("speaker", None)
        assert {each.id for each in library.documents(**filters)} >= expected


def test_readers_in_other_threads_see_whole_states_while_a_writer_works(library, folder):
    library.sync(folder)
    failures, stop = [], threading.Event()

    def read():
        while not stop.is_set():
            try:
                for passage in library.retrieve("cod ferry night", k=50):
                    assert passage.text
                library.people(), library.documents(), library.statements()
            except Exception as error:  # noqa: BLE001  told to the test's own thread
                failures.append(error)
                return

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for n in range(8):
        (folder / f"{n % 3}.txt").write_text(f"Cod and ferry number {n}.\n\nMore of the night.")
        if n % 3 == 2:
            (folder / "0.txt").unlink()
        library.sync(folder)
    stop.set()
    for reader in readers:
        reader.join(timeout=20)
    assert failures == []


def test_a_passage_taken_out_between_search_and_reading_is_left_out(library):
    """The moment between the two is forced: a peer of the embedder removes a document while it embeds the query."""
    added(library, "The cod is late.", "The cod is early.")

    class Removing(HashingEmbedder):
        def embed(self, texts):
            if library.n_documents == 2:
                library.remove("d0")
            return super().embed(texts)

    library.embedder = Removing()
    assert [(p.document.id, p.rank) for p in library.retrieve("cod")] == [("d1", 1)]


@pytest.mark.parametrize("model", [None, DEFAULT_MODEL], ids=["hashing", "model"])
def test_halves_of_characters_are_replaced(tmp_path, model):
    """Wrong bytes on a command line reach us so; neither SQLite nor a tokenizer takes them."""
    embedder = load_embedder(model) if model else None
    with opened(tmp_path / "library", embedder=embedder) as library:
        added(library, "The cod \ud800 is late.")
        assert library.document("d0").text == "The cod ? is late."
        assert [p.document.id for p in library.retrieve("cod \udcff")] == ["d0"]
        assert library.retrieve("cod", source="\udcff") == []


# --- Chroma follows


@pytest.mark.filterwarnings("ignore::DeprecationWarning:chromadb")
def test_the_collection_opens_in_chroma_itself(tmp_path, folder):
    import chromadb

    with opened(tmp_path / "library") as library:
        library.sync(folder)
        passages = {(p.document.id, p.start): p for p in library.retrieve("cod", k=50)}
        vector = library.embedder.embed(["cod late year"])[0]
    collection = chromadb.PersistentClient(str(tmp_path / "library" / "chroma")).get_collection("passages")
    assert collection.configuration["hnsw"]["space"] == "cosine"
    assert collection.count() == len(passages)
    found = collection.get(include=["documents", "metadatas", "embeddings"])
    for text, values in zip(found["documents"], found["metadatas"], strict=True):
        assert text == passages[values["document_id"], values["start"]].text
    nearest = collection.query(query_embeddings=vector[None], n_results=1)
    row = found["embeddings"][found["ids"].index(nearest["ids"][0][0])]
    assert nearest["documents"][0][0].startswith("The cod")
    assert nearest["distances"][0][0] == pytest.approx(1 - row @ vector / np.linalg.norm(row), abs=1e-4)


INDEX_FILES = ["data_level0.bin", "header.bin", "length.bin", "link_lists.bin", "index_metadata.pickle"]
CUTS = {
    "emptied": lambda data: b"",
    "halved": lambda data: data[: len(data) // 2],
    "garbage": lambda data: bytes(random.Random(7).randbytes(len(data))),
}
HARMS = [f"{name} {cut}" for name in [*INDEX_FILES, "chroma.sqlite3"] for cut in CUTS]
HARMS += ["index_metadata.pickle gone", "segment gone", "folder gone", "passages lost", "collection foreign"]
# One of each kind for every run; two seconds each.
TRIED_ALWAYS = {"index_metadata.pickle emptied", "data_level0.bin halved", "chroma.sqlite3 garbage", "passages lost"}
HARMED = [pytest.param(harm, marks=() if harm in TRIED_ALWAYS else pytest.mark.slow) for harm in HARMS]


@pytest.fixture(scope="module")
def indexed(tmp_path_factory):
    """A library whose Chroma has index files; it writes them only for more records than its threshold."""
    from index import vectors

    folder = tmp_path_factory.mktemp("indexed") / "library"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "_HNSW", {**vectors._HNSW, "sync_threshold": 40, "batch_size": 20})
        with opened(folder) as library:
            added(library, *(f"Cod {n} and ferry {n * 7} in harbour w{n} by x{n * 3}." for n in range(60)))
            assert library.check(thorough=True) == []
    files = {path.name for path in (folder / "chroma").rglob("*") if path.is_file()}
    assert files == {*INDEX_FILES, "chroma.sqlite3"}
    return folder


def harmed(chroma, harm):
    """Damage a closed Chroma folder in one way."""
    name, _, how = harm.partition(" ")
    if how in CUTS:
        (path,) = chroma.rglob(name)
        path.write_bytes(CUTS[how](path.read_bytes()))
    elif harm == "folder gone":
        shutil.rmtree(chroma)
    elif how == "gone":
        (path,) = chroma.rglob("index_metadata.pickle")
        path.unlink() if name == path.name else shutil.rmtree(path.parent)
    else:
        import chromadb

        client = chromadb.PersistentClient(str(chroma))
        if harm == "passages lost":
            collection = client.get_collection("passages")
            collection.delete(collection.get()["ids"][:1])
        else:
            client.delete_collection("passages")
            client.create_collection("passages").add(ids=["a"], embeddings=[[1.0, 2.0]], documents=["Not ours."])
        chromadb.api.shared_system_client.SharedSystemClient.clear_system_cache()


@pytest.mark.filterwarnings("ignore::DeprecationWarning:chromadb")
@pytest.mark.parametrize("harm", HARMED)
def test_damage_to_chroma_is_seen_on_opening_and_mended_from_the_catalog(tmp_path, indexed, harm, caplog):
    folder = tmp_path / "library"
    shutil.copytree(indexed, folder)
    harmed(folder / "chroma", harm)
    bars = []
    with opened(folder, on_progress=bars.append) as library:
        assert [record.message for record in caplog.records if record.levelname == "WARNING"] == [
            "Chroma is missing or damaged: filling it anew from the catalog"
        ]
        assert (bars[-1].stage, bars[-1].n_passages, bars[-1].n_passages_all) == ("vectors", 60, 60)
        assert library.check() == []
        assert library._vectors.finds(sample(library.catalog))
    caplog.clear()
    with opened(folder):
        assert caplog.records == []


@pytest.mark.parametrize("harm", ["gone", *CUTS])
def test_damage_to_the_mapped_vectors_costs_only_time(tmp_path, indexed, harm):
    folder = tmp_path / "library"
    shutil.copytree(indexed, folder)
    path = folder / "vectors.f32"
    with opened(folder) as library:
        before = library.retrieve("cod 7", k=60)
    path.unlink() if harm == "gone" else path.write_bytes(CUTS[harm](path.read_bytes()))
    with opened(folder) as library:
        assert library.retrieve("cod 7", k=60) == before
        assert library.check() == ["vectors.f32 differs from the catalog"]
        library.sync()
        assert library.check() == []
        assert library.retrieve("cod 7", k=60) == before


def test_above_the_exact_limit_chroma_searches_and_its_loss_costs_only_time(tmp_path, folder, monkeypatch):
    monkeypatch.setattr("index.view.EXACT_UP_TO", 0)
    with opened(tmp_path / "library") as library:
        library.sync(folder)
        before = library.retrieve("cod year")
        assert before[0].text.startswith("The cod")
        library._vectors.reset()
        assert [p.id for p in library.retrieve("cod year")] == [p.id for p in before]


_READER = """
import sys
from index import Library, view
from index.embed import HashingEmbedder
view.EXACT_UP_TO = int(sys.argv[2])
with Library.open(sys.argv[1], embedder=HashingEmbedder(), attribute=lambda document: []) as library:
    for line in sys.stdin:
        print(*sorted(p.document.id for p in library.retrieve(line, k=9) if p.evidence.meaning_rank), flush=True)
"""


@pytest.mark.parametrize("exact_up_to", [1000, 0], ids=["exact", "chroma"])
def test_a_reader_in_another_process_sees_each_new_state_without_a_restart(in_folder, exact_up_to):
    """Chroma alone would go on serving the vectors that it had loaded."""
    added(in_folder, "The cod is late.")
    command = [sys.executable, "-c", _READER, str(in_folder.folder), str(exact_up_to)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    piped = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment}
    with subprocess.Popen(command, **piped) as reader:

        def seen():
            reader.stdin.write("cod\n")
            reader.stdin.flush()
            return reader.stdout.readline().split()

        assert seen() == ["d0"]
        added(in_folder, "The cod is late.", "The cod is early.")
        assert seen() == ["d0", "d1"]
        in_folder.remove("d0")
        assert seen() == ["d1"]
        reader.stdin.close()
        assert reader.wait(timeout=60) == 0


def test_repair_mends_the_full_text_index(in_folder, folder):
    in_folder.sync(folder)
    in_folder.catalog.run("INSERT INTO words (words) VALUES ('delete-all')")
    assert any("full-text" in problem for problem in in_folder.check())
    assert in_folder.repair() != []
    assert in_folder.check() == []
    assert in_folder.retrieve("cod")[0].evidence.words_rank == 1


# --- models and versions


def test_another_model_is_refused_and_rebuild_embeds_again(tmp_path, folder):
    with opened(tmp_path / "library") as library:
        library.sync(folder)
        documents = state(library)[0]
    with pytest.raises(LibraryModelError, match=r"hashing-64.*hashing-32.*--rebuild"):
        opened(tmp_path / "library", embedder=OtherEmbedder())
    shutil.rmtree(folder)  # nothing is read again
    with opened(tmp_path / "library", embedder=OtherEmbedder(), rebuild=True) as library:
        assert state(library)[0] == documents
        assert library.catalog.matrix()[1].shape[1] == 32
        assert library.check() == []
    with pytest.raises(LibraryModelError):
        opened(tmp_path / "library")


@pytest.mark.parametrize("sizes", [(100, 100), (100, 20), (100, 20, 20), (100, 20, 100)])
def test_a_changed_document_is_split_as_in_a_fresh_library_whatever_it_was_split_by(tmp_path, sizes):
    file = tmp_path / "articles" / "cod.txt"
    file.parent.mkdir()
    for n, chunk_tokens in enumerate(sizes):
        file.write_text("\n\n".join(f"Paragraph {i} of the cod. It swam on. {n * (i == 30)}" for i in range(60)))
        with opened(tmp_path / "library", chunk_tokens=chunk_tokens) as library:
            library.sync(file.parent)
            chunks = library.catalog.chunks_of("articles/cod.txt")
    with opened(tmp_path / "fresh", chunk_tokens=sizes[-1]) as fresh:
        fresh.sync(file.parent)
        assert chunks == fresh.catalog.chunks_of("articles/cod.txt") != []


def test_a_library_of_the_first_version_is_brought_up_and_keeps_what_it_holds(tmp_path, folder):
    with opened(tmp_path / "library") as library:
        library.sync(folder)
        before = state(library)
    with sqlite3.connect(tmp_path / "library" / "catalog.sqlite") as database:
        database.executescript(
            "DROP TABLE statements_due; DROP INDEX documents_filters; ALTER TABLE documents DROP COLUMN language; "
            "PRAGMA user_version = 1;"
        )
    database.close()
    with opened(tmp_path / "library") as library:
        assert state(library) == before
        assert library.check() == []
        assert library.sync(folder).unchanged == len(before[0])


def test_a_library_of_a_newer_version_is_refused(tmp_path):
    opened(tmp_path / "library").close()
    with sqlite3.connect(tmp_path / "library" / "catalog.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(LibraryVersionError, match="newer"):
        opened(tmp_path / "library")


def test_repair_is_refused_while_another_writes(in_folder):
    with writing(in_folder.folder), pytest.raises(LibraryLocked, match="by process"):
        in_folder.repair()


# --- llama-index


def test_the_llama_index_retriever_points_into_the_document(library, folder):
    library.sync(folder)
    nodes = PassageRetriever(library, k=5, source="b.md").retrieve("night ferry")
    assert nodes
    for found in nodes:
        document = library.document(found.node.metadata["document_id"])
        assert document.info.source == "b.md"
        assert document.text[found.node.start_char_idx : found.node.end_char_idx] == found.node.text


def test_documents_of_llama_index_are_taken_under_their_own_ids(library):
    from llama_index.core.schema import Document as LlamaDocument

    metadata = {"file_name": "cod.txt", "date": "2024-05-01", "title": "Cod"}
    library.add([LlamaDocument(text="The cod is late.", id_="theirs", metadata=metadata)])
    assert library.document("theirs").info == DocumentInfo("theirs", "cod.txt", "Cod", "2024-05-01", "text")


def test_what_a_llama_index_reader_loads_keeps_its_identity(library, folder):
    from llama_index.core import SimpleDirectoryReader
    from llama_index.core.readers import StringIterableReader

    (folder / "a.txt").write_bytes(b"The cod is late.\r\n\r\n\r\nThe ferry\x07 is not.  \n")

    def load():
        files = SimpleDirectoryReader(input_files=[folder / "a.txt"]).load_data()
        return library.add([*files, *StringIterableReader().load_data(["Herring.", "Herring.", "Eel."])])

    assert load().added == 4
    assert (load().unchanged, library.n_documents) == (4, 4)
    document = library.document(str(folder / "a.txt"))
    assert (document.info.source, document.text) == ("a.txt", "The cod is late.\n\nThe ferry is not.")
    (folder / "a.txt").write_text("The cod came.")
    report = load()
    assert (report.changed, report.unchanged, report.n_documents) == (1, 3, 4)


def test_a_folder_followed_no_more_takes_its_documents_with_it(library, folder):
    library.sync(folder)
    added(library, "The cod is late.")
    library.remove(f"{folder.name}/")
    assert [info.id for info in library.documents()] == ["d0"]
    assert library.followed() == []
    assert library.sync().n_documents == 1
    with pytest.raises(DocumentNotFound):
        library.remove("nowhere/")


def test_readers_see_who_is_who_after_the_sync_that_found_it_out(tmp_path, folder):
    """A reader that asks between the documents and their identities must not keep what it saw."""
    seen = []

    def look(progress):
        if progress.stage == "embedding":
            seen.append([person.speaker for person in library.people()])

    (folder / "one.txt").write_text("Ana Brask said the ferry is late.")
    (folder / "two.txt").write_text("Brask said the cod is gone.")
    with Library.open(tmp_path / "people", embedder=HashingEmbedder()) as library:
        library.sync(folder, on_progress=look)
        assert seen
        assert [person.speaker for person in library.people()] == ["Ana Brask"]


@pytest.mark.parametrize(
    "names", [("one/notes", "two/notes"), ("one/notes/a.txt", "one/notes/b.md"), ("one/notes/a.txt", "two/notes")]
)
def test_paths_named_together_are_all_followed(library, tmp_path, names):
    for root in ("one", "two"):
        (tmp_path / root / "notes").mkdir(parents=True)
        for name, text in TEXTS.items():
            (tmp_path / root / "notes" / name).write_text(f"{root}: {text}")
    paths = [tmp_path / name for name in names]
    n_expected = sum(len(list(path.iterdir())) if path.is_dir() else 1 for path in paths)
    assert library.sync(*paths).added == n_expected
    report = library.sync()
    assert (report.unchanged, report.deleted, len(library.documents())) == (n_expected, 0, n_expected)


def test_an_upload_given_up_in_the_middle_leaves_what_was_there_before(library):
    library.add_upload("paper.txt", b"The first words.")

    def give_up(progress):
        raise KeyboardInterrupt

    for name in ("paper.txt", "other.txt"):
        with pytest.raises(KeyboardInterrupt):
            library.add_upload(name, b"Later words, not wanted.", on_progress=give_up)
        assert [library.document(info.id).text for info in library.documents()] == ["The first words."]
    library.sync()
    assert [library.document(info.id).text for info in library.documents()] == ["The first words."]


def _numbered_sentences(n):
    return "".join(f"Sentence number {i} stands here. " for i in range(n)).encode()


def test_an_upload_tells_what_is_being_done_to_it(in_folder):
    library = in_folder
    told = []
    library.add_upload("long.txt", _numbered_sentences(2000), on_progress=told.append)
    stages = list(dict.fromkeys(step.stage for step in told))
    assert [stage for stage in stages if stage != "attributing"] == ["embedding", "vectors"]
    embedded = [step.n_passages for step in told if step.stage == "embedding"]
    assert embedded == sorted(embedded)
    assert embedded[-1] == library.n_passages == told[-1].n_passages_all
    assert len(set(embedded)) > 2


@pytest.mark.parametrize(
    ("search", "found"),
    [("", ["b", "a"]), ("SILT fees", ["a"]), ("fees", ["b", "a"]), ("named", ["b"]), ("100%", []), ("_", [])],
)
def test_conversations_are_found_by_their_name_questions_and_answers(library, search, found):
    for id_, name, question, text in (("a", "One", "What of the fees?", "Silt."), ("b", "Named", "Fees?", "")):
        turns = [{"answer": {"question": question, "text": text}}]
        library.conversations.save({"id": id_, "name": name, "changed": f"2025-01-0{ord(id_) - 96}", "turns": turns})
    assert [each["id"] for each in library.conversations.names(search)] == found
    assert len(library.conversations.names(limit=1)) == 1
