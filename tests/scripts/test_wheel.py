"""The built package: complete, under one name, and at work in an environment of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from walkthrough import Write, fits, read_steps, write_file

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("cli", "core", "templates", "fixtures")
PAGES = (".html", ".css", ".js", ".svg")
DATA = (".toml", ".sql", ".j2", ".json", ".jsonl", ".csv", ".xlsx")


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel, built from a copy of what is packed, so that nothing is left beside it."""
    source = tmp_path_factory.mktemp("source")
    for folder in FOLDERS:
        shutil.copytree(
            ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    (source / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "reference.md", source / "docs")
    for name in ("setup.cfg", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    run(
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        source / "dist",
        cwd=source,
    )
    (built,) = (source / "dist").glob("prassi-*.whl")
    return built


def test_the_wheel_holds_every_module_and_data_file_below_one_name(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    packed = {name for name in names if not re.match(r"[^/]+\.(dist-info|data)/", name)}
    wanted = {
        f"prassi/{path.relative_to(ROOT).as_posix()}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", *DATA, *PAGES) or path.name == "py.typed"
    }
    wanted |= {  # made when it is built
        f"prassi/{path.relative_to(ROOT).with_suffix('.mo').as_posix()}"
        for path in (ROOT / "core" / "locale").rglob("*.po")
    }
    assert packed == wanted


@pytest.fixture(scope="module")
def bin_(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that had nothing, into which the wheel was installed."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "env", with_pip=True)
    found = folder / "env" / "bin"
    quietly = ("--quiet", "--disable-pip-version-check")
    run(found / "python", "-m", "pip", "install", *quietly, wheel, cwd=folder)
    return found


def test_the_installed_package_does_a_night(bin_: Path, tmp_path: Path) -> None:
    """Everything it needs comes with it."""
    fixtures = run(
        bin_ / "python", "-c", "import prassi.fixtures as f; print(f.__path__[0])", cwd=tmp_path
    ).strip()
    prassi = bin_ / "prassi"
    at = ("--at", "2026-03-02")
    run(prassi, "init", cwd=tmp_path)
    run(prassi, "import", f"{fixtures}/collections.json", *at, cwd=tmp_path)
    printed = run(prassi, "triage", *at, cwd=tmp_path)
    assert printed.startswith("To do on 2026-03-02: ")
    assert "is sound" in run(prassi, "verify", cwd=tmp_path)
    pages = {path.name for path in (bin_.parent / "share" / "man" / "man1").iterdir()}
    assert {"prassi.1", "prassi-call-outcome.1", "prassi-book-show.1"} <= pages


def test_a_first_book_can_be_made_by_hand_from_an_empty_folder(bin_: Path, tmp_path: Path) -> None:
    """As the page says, word for word, far from the repository."""
    named = {name: text for name, text in os.environ.items() if not name.startswith("PRASSI_")}
    env = {**named, "PATH": f"{bin_}:{named['PATH']}", "PRASSI_CACHE": str(tmp_path / "cache")}
    folder = tmp_path / "empty"
    folder.mkdir()
    for step in read_steps((ROOT / "docs" / "first-book.md").read_text(encoding="utf-8")):
        if isinstance(step, Write):
            write_file(folder, step)
        elif step.words.startswith("export "):
            env |= [step.words.removeprefix("export ").split("=", 1)]
        else:
            ran = subprocess.run(
                ["sh", "-c", f"{step.words} 2>&1"],
                cwd=folder,
                env=env,
                capture_output=True,
                text=True,
            )
            assert fits(step.shown, ran.stdout.splitlines()), f"$ {step.words}\n{ran.stdout}"
