"""Each command prints the same, and writes the same, whether its clever parts or the plain ways are taken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_lines import LINES

pytestmark = pytest.mark.unmeasured

PRASSI = Path(sys.executable).parent / "prassi"
FIXTURES = Path(__file__).parents[2] / "fixtures"
WRONG = (
    "show T-10O9",
    "shwo T-1009",
    "call-outcome T-1009 no-answr",
    "list statsu:calling",
    "triage --fali-on-late",
    "assign T-1009 giuila",
    "log -z",
    "book show colections",
    "triage -h",
    "call-outcome T-1009 no-answer -n --lang it",
)
"""What is misspelt, so that the nearest word is looked for; and short options."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ticket file of all fixtures, a backup and a source to bring in."""
    folder = tmp_path_factory.mktemp("plain")
    for line in ("init", f"import {' '.join(map(str, FIXTURES.glob('*.json')))}", "backup kept.db"):
        assert run(folder, line)[0] == 0
    (folder / "more.csv").write_text("ref,name\nC-99999,Ёж ✓\n", encoding="utf-8")
    (folder / "more.toml").write_text('[customer]\nref = "ref"\nname = "name"\n')
    return folder


def run(folder: Path, line: str, plain: str = "") -> tuple[int, bytes, bytes]:
    """The exit code of an installed command, and what it prints."""
    settings = {"PRASSI_AT": "2026-03-02", "PRASSI_CONFIG": str(FIXTURES / "prassi.toml")}
    env = {**os.environ, **settings, "PRASSI_AS": "giulia", "PRASSI_PLAIN": plain}
    words = ["sh", "-c", f'"{PRASSI}" {line}']
    ran = subprocess.run(words, cwd=folder, env=env, capture_output=True, check=False)
    return ran.returncode, ran.stdout, ran.stderr


def slow(line: str) -> Any:
    return pytest.param(line, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    "line", [WRONG[0], *(slow(one.words) for one in LINES.values()), *map(slow, WRONG[1:])]
)
def test_a_command_does_the_same_in_the_plain_way(line: str, made: Path, tmp_path: Path) -> None:
    found = []
    for plain in ("", "1"):
        folder = tmp_path / "desk"
        shutil.copytree(made, folder)
        found.append((*run(folder, line, plain), run(folder, "export")))
        shutil.rmtree(folder)
    assert b"Traceback" not in found[0][2]
    assert found[0] == found[1]
