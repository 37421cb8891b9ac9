"""Where the desk is: regions, closures of every year, working days of its own, and clocks."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from desk import MONDAY, SETTINGS, Desk
from freezegun import freeze_time
from prassi.core.errors import Faults
from prassi.core.library.settings import load
from prassi.core.values.time_zones import count_hours, move_between
from prassi.core.values.working_days import Calendar, Place

BOLZANO = (
    '[calendars.IT]\nregion = "BZ"\nclosures = ["06-24", 2026-04-24]\nworking = [2026-11-07]\n'
)


def read_places(folder: Path, text: str) -> Any:
    path = folder / "prassi.toml"
    path.write_text(text)
    return load(str(path))


def test_a_closure_of_every_year_is_written_once() -> None:
    feast = Calendar("IT", Place(yearly=("06-24", "02-29")))
    assert feast.after(date(2026, 6, 23), 1) == date(2026, 6, 25)
    assert feast.after(date(2027, 6, 23), 1) == date(2027, 6, 25)
    assert feast.after(date(2026, 2, 27), 1) == date(2026, 3, 2)
    assert feast.after(date(2028, 2, 28), 1) == date(2028, 3, 1)


def test_a_day_on_which_the_place_works_whatever_the_country_does() -> None:
    saturday, moved = date(2026, 11, 7), date(2027, 3, 10)
    assert Calendar("IT", Place(working=(saturday,))).first(saturday) == saturday
    assert Calendar("EG").first(moved) != moved  # Eid al-Fitr
    assert Calendar("EG", Place(working=(moved,))).first(moved) == moved


def test_a_region_changes_the_calendar_of_a_shipped_book(desk: Desk) -> None:
    ticket = {
        "ref": "T-1", "book": "collections", "customer": "C-1",
        "proformas": [{"number": "A", "amount": "10.00"}],
    }  # fmt: skip
    desk.load(ticket)
    whit = "call-outcome T-1 no-answer -n --json"  # five working days later, over Whit Monday
    assert '"due": "2026-05-29"' in desk.good(whit, at="2026-05-22").out
    desk.settings(SETTINGS + BOLZANO)
    assert '"due": "2026-06-01"' in desk.good(whit, at="2026-05-22").out
    assert '"due": "2026-07-01"' in desk.good(whit, at="2026-06-23").out


WRONG = [
    ('[calendars.IT]\nregion = "ZZ"', 2, "IT has no region 'ZZ': its regions are AG, AL,"),
    ('[calendars.IT-BZ]\nregion = "BZ"', 2, "IT-BZ is a region already: leave region out."),
    ('[calendars.IT]\nclosures = ["24-06"]', 2, "a closure is '24-06': there is no such day; write it"),
    ('[calendars.IT]\nclosures = ["02-30"]', 2, "a closure is '02-30': there is no such day"),
    ('[calendars.IT]\nworking = ["06-24"]', 2, "a working day is '06-24': it must be a date"),
    ('[calendars.IT]\nclosures = ["11-07"]\nworking = [2026-11-07]', 3, "2026-11-07 is a closure and a"),
    ('[calendars.EG]\ntime_zone = "Cairo"', 2, "time_zone is 'Cairo': there is no such time zone;"),
    ('[desk]\ntime_zone = "../Rome"', 2, "time_zone is '../Rome': there is no such time zone;"),
    ('[desk]\ncolour = "red"', 2, "desk has no key 'colour'; its keys are language, time_zone."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "reason"), WRONG)
def test_what_is_wrong_with_a_place_is_told(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    with pytest.raises(Faults) as told:
        read_places(tmp_path, text)
    (fault,) = told.value.faults
    assert fault.startswith(f"{tmp_path}/prassi.toml:{line}: {reason}")


# --- clocks -------------------------------------------------------------------------------------------

CAIRO = "Africa/Cairo"


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-04-23T10:00", "2026-04-24T10:00", 23),  # clocks go on at midnight of 24 April
        ("2026-04-23T09:00", "2026-04-24T10:00", 24),
        ("2026-10-29T10:00", "2026-10-30T10:00", 25),  # and back at midnight of 30 October
        ("2026-10-29T11:00", "2026-10-30T10:00", 24),
        ("2026-07-01T10:00", "2026-07-02T09:59", 23),
        ("2026-07-02T10:00", "2026-07-01T09:30", -25),
        ("2026-07-01", "2026-07-01T05:00", 5),
    ],
)
def test_hours_are_those_that_pass_at_the_place(start: str, end: str, hours: int) -> None:
    assert count_hours(start, end, CAIRO) == hours


def test_without_a_zone_each_day_has_24_hours() -> None:
    assert count_hours("2026-04-23T10:00", "2026-04-24T10:00", None) == 24


def test_a_moment_by_the_clock_of_another_place() -> None:
    assert move_between("2026-03-02T23:30", "Europe/Rome", CAIRO) == "2026-03-03T00:30"
    assert move_between("2026-03-02", "Europe/Rome", CAIRO) == "2026-03-02"
    assert move_between("2026-03-02T23:30", CAIRO, CAIRO) == "2026-03-02T23:30"


ZONES = f'[desk]\ntime_zone = "Europe/Rome"\n[calendars.EG]\ntime_zone = "{CAIRO}"\n'


def package(**fields: Any) -> dict[str, Any]:
    return {
        "ref": "P-1", "book": "packages", "customer": "C-1", "status": "active",
        "package": {
            "visits": 4, "price": "400.00", "first_visit": "2026-04-24T10:00",
            "starts": "2026-04-24", "expires": "2026-05-24", "paid_on": "2026-04-01",
            "visit_times": ["2026-04-24T10:00"], **fields,
        },
    }  # fmt: skip


def read_notice(desk: Desk, at: str) -> Any:
    ran = desk.good("package-visit P-1 2026-04-24 cancel -n --json", at=at)
    return json.loads(ran.out.splitlines()[0])["facts"]["notice"]


def test_a_visit_in_24_hours_is_24_real_hours_away_in_cairo(desk: Desk) -> None:
    desk.settings(SETTINGS + ZONES)
    desk.load(package(), at="2026-04-20")
    # At Rome's 9 o'clock it is 9 in Cairo too; the night has 23 hours there.
    assert read_notice(desk, "2026-04-23T09:00") == 24
    assert read_notice(desk, "2026-04-23T09:01") == 23


def test_notes_of_a_place_bear_its_own_clock(desk: Desk) -> None:
    desk.settings(SETTINGS + ZONES)
    desk.load(package(), at="2026-02-20")
    desk.good("package-visit P-1 2026-04-24 move --to 2026-04-27T10:00", at="2026-03-02T23:30")
    assert desk.show("P-1")["notes"][-1]["at"] == "2026-03-03T00:30"


def test_now_is_read_from_the_desks_clock(desk: Desk) -> None:
    desk.settings(SETTINGS + '[desk]\ntime_zone = "Asia/Tokyo"\n')
    desk.clock = None
    with freeze_time("2026-03-02T20:15:00"):
        desk.load()
        ran = desk.run("request new --customer C-1 --text x", at="")
        assert '"at": "2026-03-03T05:15"' in desk.run("log --json", at="").out, ran.err


# --- what is told -------------------------------------------------------------------------------------


def test_a_calendar_that_changes_nothing_is_told_and_work_goes_on(desk: Desk) -> None:
    desk.settings(SETTINGS + "[calendars.FR]\nclosures = [2026-05-04]\n[calendars.IT]\n")
    ran = desk.good("book list")
    assert (
        "[calendars.FR] has no effect: no book counts by FR; books count by CL, EG, IT" in ran.err
    )
    assert "[calendars.IT] has no effect: give region, closures, working or time_zone." in ran.err
    desk.settings(SETTINGS + BOLZANO)
    assert desk.good("book list").err == ""


def test_a_year_of_a_calendar(desk: Desk) -> None:
    desk.settings(SETTINGS + BOLZANO)
    rows = {row["date"]: row for row in desk.good("calendar IT 2026 --json").rows}
    assert rows["2026-05-25"]["kind"] == "holiday"
    assert rows["2026-06-24"]["kind"] == "closure"
    assert rows["2026-11-07"]["kind"] == "working"
    assert desk.good("calendar it").out.startswith("IT-BZ 2026: 252 working days\n")
    assert "working days: Jan 20, Feb 20," in desk.good("calendar IT").out


def test_estimated_days_are_marked(desk: Desk) -> None:
    rows = desk.good("calendar EG 2028 --json").rows
    eid = [row for row in rows if row["name"] == "Eid al-Fitr"]
    assert len(eid) > 1
    assert all(row["estimated"] for row in eid)
    assert not any(row["estimated"] for row in rows if "Coptic" in row["name"])
    assert "holiday (estimated)  Eid al-Fitr" in desk.good("calendar EG 2028").out


def test_the_calendars_of_the_books(desk: Desk) -> None:
    rows = desk.good("calendar 2027 --json").rows
    assert {row["calendar"]: row["books"] for row in rows}["IT"] == ["collections", "requests"]
    assert {row["year"] for row in rows} == {2027}
    assert "CL" in desk.good("calendar --csv").out
    assert desk.run("calendar IT twenty").code == 2
    assert desk.run("calendar ZZ").code == 2
    assert "No holidays of EG are known for 2150" in desk.good("calendar EG 2150").err


# --- what a new release of holidays changes -----------------------------------------------------------

EGYPT = {"ref": "P-1", "book": "packages", "customer": "C-1", "status": "active", "package": {
    "visits": 8, "used": 0, "price": "800.00", "currency": "EGP", "first_visit": "2026-05-05T10:00",
    "starts": "2026-05-05", "expires": "2026-06-05", "paid_on": "2026-01-04", "method": "online"}}  # fmt: skip

BROKEN = {"ref": "T-1", "book": "collections", "customer": "C-1", "status": "awaiting-payment",
    "proformas": [{"number": "A", "amount": "10.00"}],
    "promises": [{"pay_on": "2026-02-20", "kind": "full", "state": "open"}]}  # fmt: skip


def age_calendar(desk: Desk, release: str, *changes: tuple[str, str]) -> None:
    """Make what the night kept the days of another release, with changes in their texts."""
    with closing(sqlite3.connect(desk.file)) as connection, connection:
        connection.execute("UPDATE calendar SET release = ?", (release,))
        for old, new in changes:
            connection.execute("UPDATE calendar SET days = replace(days, ?, ?)", (old, new))


def test_a_night_keeps_the_days_that_a_new_release_is_compared_with(desk: Desk) -> None:
    desk.load(EGYPT, BROKEN)
    assert (
        "EG: no night kept days from an older release" in desk.good("calendar EG 2027 --diff").err
    )
    desk.good("triage -q")
    first = desk.file.read_bytes()
    desk.good("triage -q")
    assert desk.file.read_bytes() == first  # the same release is kept once
    assert "no night kept" in desk.good("calendar EG 2027 --diff").err
    age_calendar(desk, "0.1", ("2027-01-07", "2027-01-06"), ("Eid al-Fitr", "Feast"))
    rows = desk.good("calendar EG 2027 --diff --json").rows
    assert [(one["date"], one["change"]) for one in rows if one["date"] < "2027-01-20"] == [
        ("2027-01-06", "gone"),
        ("2027-01-07", "new"),
    ]
    assert {one["change"] for one in rows if one["name"] == "Eid al-Fitr"} == {"changed"}
    assert {(one["older"], one["kept_on"]) for one in rows} == {("0.1", MONDAY)}
    assert {one["release"] for one in rows} != {"0.1"}
    assert not desk.good("calendar EG 2028 --diff --json").rows


def test_days_of_the_settings_are_no_news_of_a_release(desk: Desk) -> None:
    desk.load(EGYPT, BROKEN)
    desk.good("triage -q")
    age_calendar(desk, "0.1")
    desk.settings(SETTINGS + '[calendars.EG]\nclosures = ["02-03"]\nworking = [2027-01-07]\n')
    ran = desk.good("calendar EG 2027 --diff")
    assert ran.out.startswith("EG 2027: 0 days differ between holidays ")
    assert len(ran.out.splitlines()) == 1


def test_a_trial_night_and_one_of_named_tickets_keep_no_days(desk: Desk) -> None:
    desk.load(EGYPT, BROKEN)
    before = desk.file.read_bytes()
    desk.good("triage -n")
    assert desk.file.read_bytes() == before
    desk.good("triage T-1 -q")
    with closing(sqlite3.connect(desk.file)) as connection:
        assert connection.execute("SELECT count(*) FROM calendar").fetchone() == (0,)
