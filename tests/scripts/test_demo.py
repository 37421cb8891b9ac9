"""The demo: what it prints, and that its tickets stand on both sides of every threshold.

`PRASSI_SNAPSHOTS=renew pytest tests/scripts/test_demo.py` renews the snapshot.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk import MONDAY, Desk
from prassi.cli.printing.columns import measure_width
from prassi.core.book.model import Book
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE

pytestmark = pytest.mark.unmeasured

ROOT = Path(__file__).parents[2]
SNAPSHOT = Path(__file__).parents[1] / "snapshots" / "demo.txt"

Facts = dict[str, Any]


def run_demo(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the demo in a folder."""
    words = [sys.executable, str(ROOT / "scripts" / "demo.py")]
    # Without `env` a child gets the COLUMNS that readline sets behind os.environ's back.
    return subprocess.run(
        words, cwd=folder, env={**os.environ}, capture_output=True, encoding="utf-8", check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that has nothing but the fixtures."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "fixtures").symlink_to(ROOT / "fixtures")
    return folder


@pytest.fixture(scope="module")
def demo(folder: Path) -> subprocess.CompletedProcess[str]:
    """The demo, run once."""
    return run_demo(folder)


@pytest.fixture(scope="module")
def book() -> Book:
    """The book without anybody's settings."""
    return Shelf(NONE).book("collections")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with the demo's tickets and settings."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    desk.settings((ROOT / "fixtures" / "prassi.toml").read_text(encoding="utf-8"))
    desk.good("init")
    desk.good(["import", str(ROOT / "fixtures" / "collections.json")])
    return desk


@pytest.fixture(scope="module")
def facts(desk: Desk) -> list[Facts]:
    """All that the book can ask about each open ticket on the demo's day, and its status."""
    return [known(desk, ticket) for ticket in tickets(desk) if ticket["status"] != "closed"]


def tickets(desk: Desk) -> list[Facts]:
    found: list[Facts] = desk.export()["tickets"]
    return found


def known(desk: Desk, ticket: Facts) -> Facts:
    """The facts about a ticket, out of what `explain` says of the events that ask for them."""
    events = ("day", "call outcome=no-answer", "promise what=extend agreed_on=2026-03-10")
    told = [desk.good(f"explain {ticket['ref']} {event} --json").rows[0] for event in events]
    return {"status": ticket["status"]} | {n: v for row in told for n, v in row["facts"].items()}


# --- what it prints -------------------------------------------------------------------------------


def test_the_demo_prints_what_it_printed(demo: subprocess.CompletedProcess[str]) -> None:
    assert demo.stderr == ""
    assert demo.returncode == 0
    if os.environ.get("PRASSI_SNAPSHOTS") == "renew":
        SNAPSHOT.write_text(demo.stdout, encoding="utf-8")
    assert demo.stdout == SNAPSHOT.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_demo_can_be_run_again_in_its_folder(
    folder: Path, demo: subprocess.CompletedProcess[str]
) -> None:
    assert (folder / "demo.db").exists()
    assert run_demo(folder).stdout == demo.stdout


def test_the_worklist_fits_a_wide_terminal(demo: subprocess.CompletedProcess[str]) -> None:
    after = demo.stdout.partition("$ prassi triage\n")[2].partition("\n# ")[0]
    assert after.count("\n") > 40
    assert [line for line in after.splitlines() if measure_width(line) > 120] == []


def test_the_demo_elsewhere_says_where_it_belongs(tmp_path: Path) -> None:
    ran = run_demo(tmp_path)
    assert ran.returncode == 1
    assert "fixtures" in ran.stderr


def test_the_worklist_shows_as_much_as_is_asked_for(desk: Desk) -> None:
    shown = desk.good("triage --dry-run --limit 4").out
    assert "... and" in shown
    assert "low: " not in shown
    assert "\nWaiting: " not in shown
    assert "\nWaiting: " in desk.good("triage --dry-run --all").out


def test_a_dry_run_says_that_nothing_was_done(desk: Desk) -> None:
    shown = desk.good("triage --dry-run").out
    assert "Would be done by itself: " in shown
    assert "Messages that would be ready: " in shown


def test_the_worklist_of_one_person(desk: Desk) -> None:
    shown = desk.good("triage --dry-run --assignee luca").out
    assert " luca " in shown
    assert " anna " not in shown


@pytest.mark.parametrize(("words", "code"), [("", 1), (" T-1001", 0), (" T-1008", 1)])
def test_a_late_step_can_fail_a_night(desk: Desk, words: str, code: int) -> None:
    assert desk.run(f"triage --dry-run --fail-on-late{words}").code == code


def copy_desk(desk: Desk, name: str) -> Desk:
    """A desk with a copy of the file, to which something may happen."""
    copy = Desk(desk.folder)
    copy.file = desk.folder / name
    copy.file.write_bytes(desk.file.read_bytes())
    copy.file.chmod(0o600)
    return copy


def test_a_second_triage_of_the_day_changes_nothing(desk: Desk) -> None:
    copy = copy_desk(desk, "again.db")
    copy.good("triage")
    once = copy.export()
    copy.good("triage")
    assert copy.export() == once
    copy.good("verify")


# --- what its tickets stand for -------------------------------------------------------------------


def test_every_status_is_there(desk: Desk, book: Book) -> None:
    assert {ticket["status"] for ticket in tickets(desk)} == set(book.statuses)


def test_every_rule_of_the_day_answers(desk: Desk, book: Book) -> None:
    """On this night, and on the next one, when notices of this one have not left."""
    copy = copy_desk(desk, "nights.db")
    answered = {row["rule"] for row in copy.good("triage --all --json").rows}
    answered |= {row["rule"] for row in copy.good("triage --all --dry-run --json").rows}
    assert answered == {rule.id for rule in book.event("day").rules}


def between(fact: str, low: int, high: int, *statuses: str) -> Any:
    """Both of two neighbouring values of a fact, among tickets in some statuses."""
    return pytest.param(
        fact, (low.__eq__, high.__eq__), statuses, id=f"{fact}-{low}-{high}-{statuses}"
    )


SIDES = [
    between("attempt", 1, 2, "new", "calling"),
    between("attempt", 2, 3, "calling"),
    between("attempt", 3, 4, "calling"),
    between("missed", 1, 2, "appointment"),
    between("missed", 2, 3, "appointment"),
    between("proformas", 2, 3, "calling"),
    between("proformas", 2, 3, "appointment"),
    between("proformas", 3, 4, "awaiting-payment"),
    between("contact_number", 3, 4, "calling", "missed-contact"),
    between("since_pay_date", 2, 3, "awaiting-payment"),
    between("broken", 1, 2, "awaiting-payment"),
    between("broken", 2, 3, "awaiting-payment"),
    between("since_notice", 14, 15, "pre-block"),
    between("task_age", -1, 0, "calling"),
    between("task_age", -1, 0, "appointment"),
    between("task_age", -1, 0, "customer-care"),
    pytest.param(
        "task_age", (lambda age: age < 0, lambda age: age > 0), ("missed-contact",), id="the 10th"
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(("fact", "sides", "statuses"), SIDES)
def test_tickets_stand_on_both_sides(
    facts: list[Facts],
    fact: str,
    sides: tuple[Callable[[int], bool], ...],
    statuses: tuple[str, ...],
) -> None:
    values = [row[fact] for row in facts if row["status"] in statuses and fact in row]
    for side in sides:
        assert any(side(value) is True for value in values), sorted(values)


def test_every_kind_of_promise_and_each_of_its_ends_is_there(desk: Desk) -> None:
    promises = [promise for ticket in tickets(desk) for promise in ticket["promises"]]
    assert {promise["kind"] for promise in promises} == {"full", "partial", "claimed"}
    assert {promise["state"] for promise in promises} == {"open", "kept", "broken", "extended"}


def test_the_customers_are_invented_and_of_all_kinds() -> None:
    customers = json.loads((ROOT / "fixtures" / "collections.json").read_text(encoding="utf-8"))[
        "customers"
    ]
    mails = [row["email"] for row in customers if row["email"]]
    assert all(mail.endswith(("example.org", "example.com")) for mail in mails)
    assert {row["language"] for row in customers} == {"it", "es", "ru", "ar", "en"}
    assert len(mails) < len(customers)
    assert any(row["phone"] is None for row in customers)


@pytest.mark.parametrize("counter", ["missed_appointments", "missed_contacts", "broken_promises"])
def test_the_counters_reach_their_limits(desk: Desk, counter: str) -> None:
    most = {"missed_appointments": 3, "missed_contacts": 3, "broken_promises": 2}[counter]
    assert {ticket[counter] for ticket in tickets(desk)} == set(range(most + 1))


def test_nothing_in_the_demo_is_dated_after_its_day(desk: Desk) -> None:
    for ticket in tickets(desk):
        past = [note["at"] for note in ticket["notes"]] + [ticket["opened"]]
        past += [proforma["issued"] for proforma in ticket["proformas"]]
        assert max(past) <= MONDAY, ticket["ref"]
