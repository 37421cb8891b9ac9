"""What `make hard` tries at full size, tried a little."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import reliability
from common.figures import KEPT, given
from common.promises import BOOKS, FILE, INPUT, Promise
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from reliability import BEGIN, END, names, told

TESTS = Path(__file__).parents[1]
SCRIPTS = TESTS.parent / "scripts"

pytestmark = pytest.mark.unmeasured


SMALL = (
    "backup",
    "bounds",
    "damage",
    "disk",
    "forget",
    "imports",
    "kill",
    "ledgers",
    "mail",
    "send",
    "spark",
    "terminal",
    "together",
    "web",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_it_holds_in_small(name: str, tmp_path: Path) -> None:
    words = [reliability.find_python(name), str(SCRIPTS / "hard" / f"{name}.py"), "--small"]
    # What is killed can measure nothing.
    env = {n: value for n, value in os.environ.items() if not n.startswith("COVERAGE_")}
    env[KEPT] = str(tmp_path / "figures.json")
    ran = subprocess.run(words, capture_output=True, text=True, env=env, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    if "can be mounted here" in ran.stdout:
        pytest.skip("no disk can be mounted here")
    if why := re.search("NOT TRIED: (.*)", ran.stdout):
        pytest.skip(f"hard/{name}.py: {why[1]}")
    assert "WRONG" not in ran.stdout
    assert ran.stdout.splitlines()[-1].split()[0] == "seconds"
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    for promise in (*FILE, *INPUT, *BOOKS):
        if promise.script == name:
            assert re.search("[0-9]", told(promise, {name: figures}))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in names() if name not in SMALL])
def test_the_others_find_what_they_need(name: str) -> None:
    """Tests of the package that they are about stand for their small versions."""
    words = [sys.executable, str(SCRIPTS / "hard" / f"{name}.py"), "--help"]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_suite_tries_the_same_each_time_and_make_hard_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def seeds(*words: str) -> list[int]:
        monkeypatch.setattr(sys, "argv", ["x.py", *words])
        return [given("About.").seed for _ in range(5)]

    assert len({*seeds("--small")}) == 1
    assert len({*seeds()}) > 1
    assert {*seeds("--seed", "7"), *seeds("--small", "--seed", "7")} == {7}


def test_so_do_the_examples_of_properties() -> None:
    def draws(profile: str) -> list[int]:
        drawn = []

        @settings(settings.get_profile(profile), max_examples=20)
        @for_all(st.integers())
        def draw(number: int) -> None:
            drawn.append(number)

        draw()
        return drawn

    assert draws("same") == draws("same")
    assert draws("new") != draws("new")


def test_every_promise_has_its_tests() -> None:
    promises = (*FILE, *INPUT, *BOOKS)
    for promise in promises:
        assert all((TESTS / name).is_file() for name in promise.tests)
    assert {one.script for one in promises if one.script} <= {*names()}


def test_the_page_is_renewed_between_its_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "reliability.md"
    path.write_text(f"Before.\n\n{BEGIN}\nyesterday's\n{END}\n\nAfter.\n", encoding="utf-8")
    monkeypatch.setattr(reliability, "PAGE", path)
    monkeypatch.setattr(
        reliability, "FILE", [Promise("It holds.", "x", ("t.py",), "{kills} kills")]
    )
    for empty in ("INPUT", "BOOKS"):
        monkeypatch.setattr(reliability, empty, ())
    for _ in range(2):
        reliability.write(reliability.page("2026-03-02.", {"x": {"kills": 1000, "seconds": 3}}))
    page = path.read_text(encoding="utf-8")
    assert page.startswith(f"Before.\n\n{BEGIN}\n\n2026-03-02.\n")
    assert page.endswith(f"{END}\n\nAfter.\n")
    assert "| It holds. | `scripts/hard/x.py`, `tests/t.py` | 1,000 kills |" in page
    assert "yesterday" not in page
    with pytest.raises(KeyError):
        reliability.page("2026-03-02.", {"x": {"deaths": 1000}})
    skipped = reliability.page("2026-03-02.", {"x": {"not tried": "there is no x"}})
    assert "| not tried: there is no x |" in skipped


def test_figures_are_kept_until_a_script_finds_something_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reliability, "FOUND", tmp_path / "hard")
    monkeypatch.setattr(reliability, "SCRIPTS", tmp_path)
    fine = "import json, os; json.dump({'kills': 3}, open(os.environ['HARD_FIGURES'], 'w'))"
    for name, text in (("a", fine), ("b", f"{fine}; raise SystemExit(1)")):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    assert reliability.run_all(["a", "b"]) == ["b"]
    assert reliability.kept() == {"a": {"kills": 3}}
    (tmp_path / "b.py").write_text(fine, encoding="utf-8")
    assert reliability.run_all(["b"]) == []
    assert reliability.kept() == {"a": {"kills": 3}, "b": {"kills": 3}}
