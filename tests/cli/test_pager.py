"""The pager: long output at a terminal goes through it, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import MONDAY, Desk
from terminal import type_at_terminal


def ticket(number: int) -> dict[str, object]:
    return {"ref": f"T-{number}", "book": "collections", "customer": "C-1", "opened": "2026-02-01"}


@pytest.fixture
def reading(desk: Desk) -> Desk:
    return desk.load(*map(ticket, range(1, 40)))


def show(desk: Desk, typed: str, pager: str) -> tuple[int, str]:
    env = {"PRASSI_AT": MONDAY, "PRASSI_PAGER": pager, "PRASSI_FILE": str(desk.file)}
    return type_at_terminal(typed, desk.folder, env)


def test_long_output_goes_through_the_pager(reading: Desk) -> None:
    code, shown = show(reading, "prassi list --sort ticket", "sed s/^/|/")
    lines = shown.splitlines()
    assert (code, len(lines) > 39) == (0, True)
    assert all(line.startswith("|") and len(line) <= 81 for line in lines)


@pytest.mark.parametrize(
    "typed", ["prassi list --json", "prassi list --csv", "prassi note T-1 x", "prassi --version"]
)
def test_other_output_does_not(reading: Desk, typed: str) -> None:
    code, shown = show(reading, typed, "sed s/^/|/")
    assert (code, shown.startswith("|")) == (0, False)


def test_a_pager_that_ends_early_is_no_error(reading: Desk) -> None:
    assert show(reading, "prassi list --sort ticket", "head -n 2")[0] == 0


def test_without_a_pager_the_terminal_shows_it(reading: Desk) -> None:
    for pager in ("no-such-pager-7", "cat"):
        code, shown = show(reading, "prassi show T-1", pager)
        assert (code, "T-1" in shown) == (0, True)


def test_errors_are_not_paged(reading: Desk, tmp_path: Path) -> None:
    code, shown = show(reading, "prassi show T-99x", f"tee {tmp_path / 'paged'}")
    assert (code, "there is no ticket" in shown) == (2, True)
    assert (tmp_path / "paged").read_text(encoding="utf-8") == ""


def test_a_script_has_no_pager(reading: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRASSI_PAGER", "false")
    assert "T-39" in reading.good("list").out
