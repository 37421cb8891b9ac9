"""The desk: commands one after another, with the file and the books kept open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from desk import MONDAY, Desk
from prassi.cli import desk_session
from prassi.cli.commands.desk import work_through
from prassi.core.library import library
from terminal import type_at_terminal


def ticket(ref: str) -> dict[str, object]:
    proforma = {"number": f"PF-{ref}", "amount": "15.00", "issued": "2026-01-10"}
    row = {"ref": ref, "book": "collections", "customer": "C-1", "opened": "2026-02-01"}
    return {**row, "proformas": [proforma]}


@pytest.fixture
def working(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk.load(ticket("T-9"), ticket("T-10"))
    for name, value in (("FILE", desk.file), ("CONFIG", desk.folder / "prassi.toml")):
        monkeypatch.setenv(f"PRASSI_{name}", str(value))
    monkeypatch.setenv("PRASSI_AT", MONDAY)
    return desk


def type_lines(*lines: str) -> None:
    left: Iterator[str] = iter((*lines, "exit"))
    work_through(lambda: next(left))


def test_commands_run_one_after_another(working: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    type_lines("call-outcome T-9 no-answer", "prassi show T-9", "", "log T-9 --json")
    out = capsys.readouterr().out
    assert "Written as event 2." in out
    assert "PF-T-9" in out
    assert '"event": "call"' in out
    assert working.show("T-9")["missed_calls"] == 1


def test_an_error_ends_its_command_only(working: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    type_lines("shwo T-9", "show T-99", 'note T-9 "open', "desk", "verify", "note T-9 kept")
    shown = capsys.readouterr()
    for told in ("did you mean 'show'?", "there is no ticket 'T-99'", "close the quote", "already"):
        assert told in shown.err
    assert [one["text"] for one in working.show("T-9")["notes"]] == ["kept"]


def test_file_and_books_are_opened_once(
    working: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[str] = []
    for module, name in ((desk_session, "open_file"), (library.Shelf, "_read")):
        real = getattr(module, name)
        monkeypatch.setattr(
            module, name, lambda *given, r=real, n=name: opened.append(n) or r(*given)
        )
    type_lines("note T-9 a", "note T-10 b", "show T-9", "show T-10")
    assert opened == ["open_file", "_read"]
    assert "a" in capsys.readouterr().out


def test_what_others_write_is_seen(working: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    def lines() -> Iterator[str]:
        yield "note T-9 mine"
        working.good("note T-9 theirs")
        yield "show T-9"
        with closing(sqlite3.connect(working.file)) as other:
            assert other.execute("SELECT count(*) FROM note").fetchone() == (2,)
        yield "exit"

    left = lines()
    work_through(lambda: next(left))
    out = capsys.readouterr().out
    assert "theirs" in out
    assert "mine" in out


def test_changed_settings_hold_from_the_next_command(
    working: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    def lines() -> Iterator[str]:
        yield "call-outcome T-9 no-answer -n"
        working.settings("[parameters.collections]\nretry_workdays = 1\n")
        yield "call-outcome T-9 no-answer -n"
        yield "exit"

    left = lines()
    work_through(lambda: next(left))
    out = capsys.readouterr().out
    assert "call-again, due 2026-03-09" in out
    assert "call-again, due 2026-03-03" in out


def test_it_is_a_prompt_at_a_terminal(working: Desk) -> None:
    env = {"PRASSI_FILE": str(working.file), "PRASSI_AT": MONDAY, "PROMPT_TOOLKIT_NO_CPR": "1"}
    code, shown = type_at_terminal("prassi desk", working.folder, env, "note 9 typed\rexit\r")
    assert (code, "prassi> " in shown) == (0, True)
    assert [one["text"] for one in working.show("T-9")["notes"]] == ["typed"]


def test_without_a_terminal_it_says_so(desk: Desk) -> None:
    ran = desk.run("desk")
    assert (ran.code, "needs a terminal" in ran.err) == (2, True)


@pytest.mark.slow
def test_an_interrupt_ends_a_line_and_the_desk_goes_on(working: Desk) -> None:
    env = {"PRASSI_FILE": str(working.file), "PRASSI_AT": MONDAY, "PROMPT_TOOLKIT_NO_CPR": "1"}
    prompt = "\x1b[?2004h"
    working.good("customer add ref=C-7 name=Bianchi")
    steps = (
        (prompt, "note 9 dropped\x03"),
        (prompt, "customer forget C-7 --because asked\r"),
        ("[y/N]", "\x03"),
        (prompt, "note 9 kept\r"),
        (prompt, "\x04"),
    )
    code, shown = type_at_terminal("prassi desk", working.folder, env, "", *steps)
    assert code == 0, shown
    assert [one["text"] for one in working.show("T-9")["notes"]] == ["kept"]
