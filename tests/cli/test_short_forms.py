"""Typing little: short names and beginnings at a terminal, dates and amounts as people write them."""

from __future__ import annotations

import pytest
from desk import MONDAY, Desk
from prassi.cli import lazy_group, main, options, short_forms
from prassi.cli.short_forms import find_whole
from prassi.cli.short_names import COMMANDS, VALUES
from prassi.core.values.typed_amounts import read_typed_amount
from prassi.core.values.typed_dates import read_typed_date, read_typed_moment
from terminal import type_at_terminal


def ticket(ref: str, **more: object) -> dict[str, object]:
    proforma = {"number": f"PF-{ref}", "amount": "1500.00", "issued": "2026-01-10"}
    row = {"ref": ref, "book": "collections", "customer": "C-1", "opened": "2026-02-01"}
    return {**row, "proformas": [proforma], **more}


PROMISED = {
    "status": "awaiting-payment",
    "promises": [{"pay_on": "2026-03-04", "kind": "full", "state": "open"}],
    "tasks": [{"kind": "payment-check", "due": "2026-03-09"}],
}
CALLING = {"status": "calling", "tasks": [{"kind": "call-again", "due": MONDAY}]}
TICKETS = (ticket("T-9"), ticket("T-19", **CALLING), ticket("T-10"), ticket("T-11", **PROMISED))


@pytest.fixture
def typing(desk: Desk) -> Desk:
    return desk.load(*TICKETS)


CALLS = [
    ("prassi co 9 na", 15, "call.no-answer.first"),
    ("prassi co 9 ag --ag fri", 30, "promised for 2026-03-06"),
    ("prassi co 9 ag --ag 9/3/2026 --part 200,50", 45, "amount 200.50"),
    ("prassi pay 11 --all", 20, "paid"),
    ("prassi post 19 +5wd", 20, "2026-03-09"),
    ("prassi sh 9", 12, "PF-T-9"),
]


@pytest.mark.parametrize(("typed", "most", "shown"), CALLS)
def test_an_everyday_call_takes_few_keystrokes(
    typing: Desk, typed: str, most: int, shown: str
) -> None:
    """Return counts too."""
    code, out = type_at_terminal(typed, typing.folder, {"PRASSI_AT": MONDAY, "PRASSI_AS": "anna"})
    assert (code, len(f"{typed}\n") <= most) == (0, True), out
    assert shown in out


@pytest.mark.parametrize(
    "short", ["co T-9 no-answer", "show 9", "call-outcome T-9 na", "call-outcome 9 no-answer"]
)
def test_a_script_gives_everything_whole(typing: Desk, short: str) -> None:
    before = typing.export()
    assert typing.run(short).code == 2
    assert typing.export() == before


@pytest.fixture
def attended(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if somebody sat at a terminal."""
    monkeypatch.setenv("PRASSI_PAGER", "cat")
    for module in (options, lazy_group, short_forms):
        monkeypatch.setattr(module, "is_attended", lambda: True)
    monkeypatch.setattr("prassi.cli.events.is_attended", lambda: True)


@pytest.mark.usefixtures("attended")
@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("cal 9", "'cal' can be call-outcome, call-conduct, call-line, calendar"),
        ("shwo T-9", "did you mean 'show'?"),
        ("customer lst", "did you mean 'list'?"),
        ("co 9 agreemnt", "did you mean 'agreement'?"),
        ("show T-91", "did you mean 'T-9'?"),
        ("show 1", "T-11"),
        ("co 8 na", "there is no ticket '8'"),
    ],
)
def test_what_fits_nothing_or_too_much_is_told(typing: Desk, typed: str, told: str) -> None:
    ran = typing.run(typed)
    assert (ran.code, told in ran.err or told in ran.out) in ((2, True), (0, True)), ran.err


@pytest.mark.usefixtures("attended")
def test_the_whole_number_goes_before_its_end(typing: Desk) -> None:
    assert "T-9 " in typing.good("show 9").out + " "
    assert typing.run("co 0 na -n --json").rows[0]["ticket"] == "T-10"


def test_a_ref_is_found_in_any_case(typing: Desk) -> None:
    assert typing.good("show t-9 --json").rows[0]["ref"] == "T-9"
    assert typing.good("call-outcome t-9 no-answer --json").rows[0]["ticket"] == "T-9"
    assert typing.good("customer show c-1 --json").rows[0]["ref"] == "C-1"


def test_every_short_name_is_of_a_command() -> None:
    known = main.COMMANDS
    assert set(COMMANDS.values()) <= known.keys()
    assert all(COMMANDS[short] == find_whole(short, known, COMMANDS) for short in COMMANDS)
    words = ("no-answer", "already-paid", "agreement", "no-agreement")
    assert {short: find_whole(short, words, VALUES) for short in VALUES} == VALUES


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1234.56", "1234.56"), ("1.234,56", "1234.56"), ("1,234.56", "1234.56"),
        ("1234,5", "1234.5"), ("1 234,56", "1234.56"), ("1.234.567", "1234567"), ("12", "12"),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_write_it(written: str, read: str) -> None:
    assert read_typed_amount(written) == read


@pytest.mark.parametrize("written", ["1.234", "1,234", "1,2,3", "1.23,456", "1,234.5.6"])
def test_an_amount_with_two_readings_or_none_is_refused(desk: Desk, written: str) -> None:
    with pytest.raises(ValueError, match="write"):
        read_typed_amount(written)
    ran = desk.load(ticket("T-9")).run(
        ["promise", "T-9", "--agreed-on", "fri", "--partial", written]
    )
    assert ran.code == 2
    assert written in ran.err


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("9/3/2026", "2026-03-09"), ("09.03.2026", "2026-03-09"), ("fri", "2026-03-06"),
        ("mon", "2026-03-09"), ("+5d", "2026-03-07"), ("tomorrow 9:30", "2026-03-03T09:30"),
        ("2026-03-09T10:00", "2026-03-09T10:00"),
    ],
)  # fmt: skip
def test_a_date_is_read_as_people_write_it(written: str, read: str) -> None:
    assert read_typed_moment(written, MONDAY) == read


@pytest.mark.parametrize("written", ["31/2/2026", "3/9", "frid", "+5wd", "1/2-2026", ""])
def test_what_is_not_a_date_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is "):
        read_typed_date(written, MONDAY)


def test_working_days_are_those_of_the_book(typing: Desk) -> None:
    """In Italy 6 April 2026 is Easter Monday."""
    (row,) = typing.good("postpone T-19 +5wd --json", at="2026-04-01").rows
    assert row["next"]["due"] == "2026-04-09"
    ran = typing.run("what-if --closure +5wd")
    assert (ran.code, "+5wd" in ran.err) == (2, True)


def test_the_moment_of_a_command_is_written_whole(desk: Desk) -> None:
    assert desk.load().run("log --at fri").code == 2
