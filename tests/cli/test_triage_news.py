"""`triage --news`: what the night before has asked for is not asked for again."""

from __future__ import annotations

import pytest
from desk import Desk
from procedure import calling, promised, ticket

FRIDAY, MONDAY, TUESDAY = "2026-02-27", "2026-03-02", "2026-03-03"


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk on Monday, after a night of Friday that has written something."""
    desk.load(
        {**ticket("new"), "ref": "T-1"},
        {**calling(2, task="call-again 2026-02-20"), "ref": "T-2"},
        {**calling(1, task="call-again 2026-03-02"), "ref": "T-3"},
        {**promised("2026-02-20", open=4), "ref": "T-4"},
        {**promised("2026-02-25", open=1), "ref": "T-5"},
        {**calling(1, task="call-again 2026-03-03"), "ref": "T-6"},
        at=FRIDAY,
    )
    assert asked(desk, FRIDAY) == {"T-1", "T-2"}
    return desk


def asked(desk: Desk, at: str, more: str = "") -> set[str]:
    """The tickets of the first part of the printout."""
    out = desk.good(f"triage --news {more}", at=at).out.split("Done by itself")[0]
    return {word for word in out.split() if word.startswith("T-")}


def test_the_first_night_asks_for_everything(desk: Desk) -> None:
    out = desk.good("triage -n --news", at=FRIDAY).out
    assert out.splitlines()[0].endswith("(no night before has written anything)")


def test_what_was_asked_before_is_counted_only(desk: Desk) -> None:
    out = desk.good("triage -n --news", at=MONDAY).out
    everything = desk.good("triage -n", at=MONDAY).out
    assert (
        out.splitlines()[0] == f"New on {MONDAY}: 2; 3 more were asked for by the night of {FRIDAY}"
    )
    assert everything.splitlines()[0].startswith(f"To do on {MONDAY}: 5")
    assert asked(desk, MONDAY) == {"T-3", "T-5"}
    assert asked(desk, TUESDAY) == {"T-6"}
    assert asked(desk, TUESDAY) == {"T-6"}, "the same night once more tells the same"


def test_what_happened_since_is_new_and_a_note_is_nothing(desk: Desk) -> None:
    desk.good("note T-2 hello", at=f"{FRIDAY}T10:00")
    desk.good("assign T-1 anna", at=f"{FRIDAY}T10:00")
    assert asked(desk, MONDAY, "-n") == {"T-1", "T-3", "T-5"}
    desk.good("assign T-2 anna", at=f"{FRIDAY}T11:00")
    assert asked(desk, MONDAY, "-n") == {"T-1", "T-2", "T-3", "T-5"}


def test_a_triage_of_some_tickets_is_no_night(desk: Desk) -> None:
    desk.good("assign T-2 anna", at=f"{FRIDAY}T10:00")
    desk.good("triage T-4", at=f"{FRIDAY}T11:00")
    assert asked(desk, MONDAY, "-n") == {"T-2", "T-3", "T-5"}


def test_json_has_decisions_that_are_new_or_change_something(desk: Desk) -> None:
    news = desk.good("triage -n --news --json", at=MONDAY).rows
    changes = [
        row["ticket"]
        for row in desk.good("triage -n --json", at=MONDAY).rows
        if any(one["action"] not in ("wait", "tell") for one in row["actions"])
    ]
    assert {row["ticket"] for row in news} == {"T-3", *changes}
