"""The clock: a wrong one is noticed before it moves dates, and an odd --at is reported and done."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner
from desk import Desk
from freezegun import freeze_time
from prassi.cli.main import main, prassi
from procedure import calling

RECORDED = "2026-03-02 10:00:00"


@pytest.fixture
def recorded(desk: Desk) -> Desk:
    """A desk whose newest run was recorded on Monday at ten, by UTC."""
    desk.load(calling(1))
    with closing(sqlite3.connect(desk.file)) as file, file:
        file.execute("UPDATE run SET recorded_at = '2026-03-02T10:00:00+00:00'")
    return desk


def run_by_clock(desk: Desk, words: str, now: str) -> tuple[int, str]:
    """A command without --at while the clock says `now`: its exit code, and what was wrong."""
    with freeze_time(now):
        ran = CliRunner().invoke(prassi, [*words.split(), "-f", str(desk.file)])
    return ran.exit_code, str(ran.exception or "")


ACTING = (
    "call-outcome T-1 no-answer", "triage", "triage -n", "explain T-1", "undo", "request states add x",
    "sheet preblock",
)  # fmt: skip
READING = ("show T-1", "export", "log", "verify", "outbox list", "replay", "book list")


@pytest.mark.parametrize("now", ["2026-03-01 09:59:59", "1970-01-01", "2027-03-03 10:00:01"])
@pytest.mark.parametrize("words", ACTING)
def test_a_clock_that_is_wrong_moves_nothing(recorded: Desk, words: str, now: str) -> None:
    before = recorded.file.read_bytes()
    code, told = run_by_clock(recorded, words, now)
    assert "the newest run (1) was recorded at 2026-03-02T10:00:00+00:00: one of them is" in told
    assert f"the clock says {now[:10]}T" in told
    assert code == 1  # Click's runner; `main` makes it the code of the error
    assert recorded.file.read_bytes() == before


def test_it_ends_with_4(recorded: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["prassi", "triage", "-f", str(recorded.file)])
    with freeze_time("1970-01-01"), pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 4


@pytest.mark.parametrize("now", ["2026-03-01 10:00:01", "2027-03-03 09:59:59"])
def test_a_clock_that_may_be_right_is_taken(recorded: Desk, now: str) -> None:
    assert run_by_clock(recorded, "triage", now)[0] == 0


@pytest.mark.parametrize("words", READING)
def test_what_depends_on_no_moment_goes_on(recorded: Desk, words: str) -> None:
    with freeze_time("1970-01-01"):
        ran = CliRunner().invoke(prassi, [*words.split(), "-f", str(recorded.file)])
    assert ran.exit_code in (0, 1), ran.output  # verify finds the run that was changed
    assert "clock" not in ran.output


def test_at_goes_on(recorded: Desk) -> None:
    with freeze_time("2020-01-01"):
        ran = recorded.good("call-outcome T-1 no-answer", at="2019-12-30")
    assert ran.err == ""


def test_an_odd_moment_is_reported_and_done(desk: Desk) -> None:
    desk.clock = None
    with freeze_time(RECORDED):
        desk.load(calling(1))
        first = desk.good("call-outcome T-1 no-answer", at="2026-03-02T11:15")
        assert (
            first.err
            == "--at 2026-03-02T11:15 is in the future: the clock says 2026-03-02T10:00.\n"
        )
        desk.good("triage", at="2026-03-02")
        early = desk.good("event T-1 call outcome=no-answer", at="2026-03-01")
        told = "--at 2026-03-01 is before the newest event of T-1, which was at 2026-03-02T11:15.\n"
        assert early.err == told
        assert desk.good("triage", at="2026-03-03").err.startswith(
            "--at 2026-03-03 is in the future"
        )
        for words in ("triage -n", "triage -q", "explain T-1", "show T-1"):
            assert desk.good(words, at="2026-03-03").err == ""
        assert desk.good("event T-1 call outcome=no-answer", at="2026-03-02").err == ""


def test_a_night_before_the_newest_event_of_the_file_is_reported(desk: Desk) -> None:
    with freeze_time("2026-04-01"):
        desk.load(calling(1))
        desk.good("call-outcome T-1 no-answer", at="2026-03-09")
        told = "--at 2026-03-08 is before the newest event of the file, which was at 2026-03-09.\n"
        assert desk.good("triage", at="2026-03-08").err == told
