"""The public Python API: its signatures are as they were announced, and it does what commands do."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pytest
from desk import MONDAY, SETTINGS, Desk
from freezegun import freeze_time
from prassi.core import api

ANNOUNCED = {
    "open": "(path: 'str', *, at: 'str | None' = None, settings: 'str | None' = None,"
    " read_only: 'bool' = False) -> 'Desk'",
    "decide": "(desk: 'Desk', ticket: 'str', event: 'str',"
    " given: 'Mapping[str, object] | None' = None) -> 'Decision'",
    "record": "(desk: 'Desk', ticket: 'str', event: 'str',"
    " given: 'Mapping[str, object] | None' = None) -> 'Decision'",
    "triage": "(desk: 'Desk', *, books: 'Sequence[str]' = (), tickets: 'Sequence[str]' = (),"
    " assignee: 'str | None' = None, waiting: 'bool' = False, write: 'bool' = True)"
    " -> 'Iterator[Decision]'",
    "list": "(desk: 'Desk', *, tickets: 'Sequence[str]' = ()) -> 'Iterator[dict[str, Any]]'",
}
"""What other programs call: whoever changes it says so in CHANGELOG.md, and here."""

EXIT_CODES = {
    "BadInput": 2,
    "FileUnusable": 4,
    "NightFault": 1,
    "PrassiError": 1,
    "Refused": 3,
    "Undecided": 3,
    "WrongClock": 4,
    "WrongInput": 2,
}
"""The errors that other programs catch, each with its exit code."""

FIELDS = (
    "ticket", "book", "event", "at", "rule", "extrapolated", "facts", "actions", "next", "event_id",
)  # fmt: skip

TICKET = {
    "ref": "T-1", "book": "collections", "customer": "C-1", "status": "new", "opened": "2026-02-01",
    "proformas": [{"number": "PF-1", "amount": "120.00"}],
}  # fmt: skip


def test_its_signatures_are_those_that_were_announced() -> None:
    functions = {n: getattr(api, n) for n in api.__all__ if inspect.isfunction(getattr(api, n))}
    assert {n: str(inspect.signature(one)) for n, one in functions.items()} == ANNOUNCED
    assert tuple(inspect.signature(api.Decision).parameters) == FIELDS


def test_its_names_are_those_that_were_announced() -> None:
    assert {*api.__all__} == {*ANNOUNCED, *EXIT_CODES, "Decision", "Desk"}
    assert {name: getattr(api, name).exit_code for name in EXIT_CODES} == EXIT_CODES
    assert all(issubclass(getattr(api, name), api.PrassiError) for name in EXIT_CODES)
    assert [name for name in vars(api.Desk) if not name.startswith("_")] == ["close"]


def test_what_is_decided_is_what_is_recorded(desk: Desk) -> None:
    desk.load(TICKET)
    with api.open(str(desk.file), at=MONDAY) as file:
        before = desk.file.read_bytes()
        decided = api.decide(file, "T-1", "call", {"outcome": "no-answer"})
        assert desk.file.read_bytes() == before
        recorded = api.record(file, "T-1", "call", {"outcome": "no-answer"})
        (row,) = api.list(file, tickets=["T-1"])
    assert decided.event_id is None
    assert recorded.rule == decided.rule == "call.no-answer.first"
    assert (recorded.actions, recorded.next) == (decided.actions, decided.next)
    assert row["status"] == "calling"
    assert desk.good("log T-1 --json").rows[-1]["event_id"] == recorded.event_id


def test_it_decides_as_the_command_does(desk: Desk) -> None:
    desk.load(TICKET)
    (told,) = desk.good("call-outcome T-1 no-answer -n --json").rows
    with api.open(
        str(desk.file), at=MONDAY, settings=str(desk.folder / "prassi.toml"), read_only=True
    ) as file:
        decided = api.record(file, "T-1", "call", {"outcome": "no-answer"})
    assert json.loads(json.dumps(vars(decided))) == {n: v for n, v in told.items() if n in FIELDS}


def test_a_night_is_written_unless_it_is_only_tried(desk: Desk) -> None:
    moved = {**TICKET, "status": "missed-contact", "tasks": [{"kind": "call-again", "due": MONDAY}]}
    desk.load(moved)
    with api.open(str(desk.file), at=MONDAY) as file:
        (tried,) = api.triage(file, write=False)
        assert [row["status"] for row in api.list(file)] == ["missed-contact"]
        (done,) = api.triage(file)
        assert [row["status"] for row in api.list(file)] == ["new"]
    assert tried.rule == done.rule == "day.restart"
    assert (tried.event_id, done.event_id is None) == (None, False)


def test_what_is_refused_or_wrong_is_raised_and_nothing_written(desk: Desk) -> None:
    desk.load(TICKET, {**TICKET, "ref": "T-2", "proformas": []})
    before = desk.file.read_bytes()
    with api.open(str(desk.file), at=MONDAY) as file:
        with pytest.raises(api.Refused) as refused:
            api.record(file, "T-2", "call", {"outcome": "no-answer"})
        with pytest.raises(api.BadInput, match="outcome"):
            api.record(file, "T-1", "call", {})
        with pytest.raises(api.BadInput, match="no ticket 'T-9'"):
            [*api.list(file, tickets=["T-9"])]
    assert refused.value.exit_code == 3
    assert desk.file.read_bytes() == before
    with pytest.raises(api.BadInput, match="at is 'soon'"):
        api.open(str(desk.file), at="soon")


def test_a_file_that_is_missing_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(api.FileUnusable):
        api.open(str(tmp_path / "none.db"))
    assert not (tmp_path / "none.db").exists()


def test_a_clock_that_is_wrong_is_refused_unless_the_moment_is_given(desk: Desk) -> None:
    desk.load(TICKET)
    with freeze_time("1970-01-01"):
        with pytest.raises(api.WrongClock, match="one of them is wrong; set the clock"):
            api.open(str(desk.file))
        api.open(str(desk.file), at=MONDAY).close()


def test_a_faulty_book_is_left_out_and_told_at_the_end(desk: Desk) -> None:
    desk.load(TICKET)
    desk.settings(f"{SETTINGS}[parameters.collections]\nmax_retries = -1\n")
    settings = str(desk.folder / "prassi.toml")
    with api.open(str(desk.file), at=MONDAY, settings=settings) as file:
        with pytest.raises(api.NightFault, match=r"collections: .*max_retries must be at least"):
            [*api.triage(file)]
        assert [ticket["ref"] for ticket in api.list(file)] == ["T-1"]
