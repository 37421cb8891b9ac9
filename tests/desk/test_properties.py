"""What holds for any tickets and any events: nothing is lost, nothing happens twice or by chance."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from anyday import FIRST_DAY, STEPS, Step, Ticket, desks, tickets, walk
from desk import Desk, Ran
from hypothesis import given
from hypothesis import strategies as st
from tries import tries

pytestmark = pytest.mark.unmeasured


def tried(desk: Desk, words: list[str], at: str) -> Ran:
    """Run a command that may be refused, and then changes nothing; nothing else may go wrong."""
    before = desk.file.read_bytes()
    ran = desk.run([*words, "--json"], at=at)
    assert ran.code in (0, 2, 3), ran
    if ran.code:
        assert ran.err.startswith(("Error: ", "Usage: "))
        assert desk.file.read_bytes() == before
    return ran


def exported(desk: Desk) -> str:
    return desk.good("export").out


def sound(desk: Desk) -> None:
    ran = desk.run("verify")
    assert ran.code == 0, ran.out


def log(desk: Desk) -> list[dict[str, Any]]:
    """All events, without the hour they were written down."""
    return [{**row, "recorded_at": None} for row in desk.good("log --json").rows]


def newest(desk: Desk) -> dict[str, Any] | None:
    """The newest event that is no undo and was not undone."""
    standing = [row for row in log(desk) if row["event"] != "undo" and not row["undone"]]
    return standing[-1] if standing else None


def undo_newest(desk: Desk) -> list[str]:
    """What takes the newest event back, whosever it is: of a night and of an import, the run."""
    last = newest(desk)
    if last is None:
        return ["undo"]
    if last["event"] in ("day", "import"):
        return ["undo", "--run", str(last["run"])]
    return ["undo", str(last["event_id"])]


def told(ran: Ran) -> list[dict[str, Any]]:
    """What was printed, without what tells a dry run from one that writes."""
    return [{n: v for n, v in row.items() if n not in ("applied", "event_id")} for row in ran.rows]


# --- the properties -------------------------------------------------------------------------------

EMPTY = '{"customers": [],\n"tickets": []}\n'


@pytest.mark.slow
@pytest.mark.unmeasured
@tries(5)
@given(tickets(), STEPS)
def test_undo_brings_back_every_state(made: list[Ticket], steps: list[Step]) -> None:
    """To the byte: event by event, a triage as one run, down to the empty file, and up again."""
    with desks(made) as (desk,):
        states = {0: EMPTY, 1: exported(desk)}
        for words, at in walk(made, steps):
            tried(desk, undo_newest(desk) if words[0] == "undo" else words, at)
            sound(desk)
            last = newest(desk)
            number = last["event_id"] if last else 0
            assert exported(desk) == states.setdefault(number, exported(desk))
        while (last := newest(desk)) is not None:
            assert exported(desk) == states[last["event_id"]]
            desk.good(undo_newest(desk), at=at)
            sound(desk)
        assert exported(desk) == EMPTY
        desk.good(f"import {desk.folder / 'tickets.json'}", at=FIRST_DAY.isoformat())
        assert exported(desk) == states[1]


@tries(5)
@given(tickets(), STEPS)
def test_a_dry_run_prints_what_the_run_does(made: list[Ticket], steps: list[Step]) -> None:
    with desks(made) as (desk,):
        for words, at in walk(made, steps):
            before = desk.file.read_bytes()
            dry = desk.run([*words, "--json", "--dry-run"], at=at)
            assert desk.file.read_bytes() == before
            ran = tried(desk, words, at)
            assert (dry.code, dry.err) == (ran.code, ran.err)
            assert told(dry) == told(ran)
            assert not any(row["applied"] for row in dry.rows)


@pytest.mark.slow
@tries(3)
@given(tickets(), STEPS)
def test_in_every_state_one_rule_answers_and_the_export_is_good(
    made: list[Ticket], steps: list[Step]
) -> None:
    with desks(made) as (desk,):
        for number, (words, at) in enumerate(walk(made, steps)):
            tried(desk, words, at)
            found = {ticket["ref"]: ticket for ticket in desk.export()["tickets"]}
            for ref, ticket in found.items():
                assert {n: v for n, v in desk.show(ref).items() if n != "history"} == ticket
            still = [ref for ref, ticket in found.items() if ticket["status"] != "closed"]
            asked = desk.good("triage --all --json --dry-run", at=at).rows
            explained = [desk.good(f"explain {ref} --json", at=at).rows[0] for ref in still]
            assert [row["ticket"] for row in asked] == still
            assert [[row["rule"]] for row in asked] == [
                [rule["rule"] for rule in row["rules"]] for row in explained
            ]
            assert imported(desk, str(number), at) == exported(desk)
        dues = [task["due"][:10] for ticket in found.values() for task in ticket["tasks"]]
        for due in sorted({day for day in dues if day >= at}):
            asked = desk.good("triage --all --json --dry-run", at=due).rows
            assert [row["ticket"] for row in asked] == still


def imported(desk: Desk, name: str, at: str) -> str:
    """The export of a new ticket file made from a desk's export."""
    place = desk.folder / name
    place.mkdir()
    (place / "export.json").write_text(exported(desk), encoding="utf-8")
    other = Desk(place)
    other.good("init")
    other.good(["import", str(place / "export.json")], at=at)
    return exported(other)


HURRY = "[parameters.collections]\npreblock_days = 0\ncheck_workdays = 0\nretry_workdays = 0\n"
"""Settings under which what a night does is due again at once."""


@pytest.mark.slow
@pytest.mark.parametrize("parameters", ["", HURRY], ids=["as ever", "in a hurry"])
@tries(6)
@given(made=tickets(), steps=STEPS, later=st.integers(0, 16))
def test_a_night_happens_once(
    parameters: str, made: list[Ticket], steps: list[Step], later: int
) -> None:
    """A rerun changes nothing; a night that was undone comes out the same again."""
    with desks(made, parameters=parameters) as (desk,):
        at = FIRST_DAY.isoformat()
        for words, at in walk(made, steps):
            tried(desk, words, at)
        at = (date.fromisoformat(at) + timedelta(later)).isoformat()
        before = exported(desk)
        first = desk.good("triage --json", at=at)
        after, events = exported(desk), log(desk)
        desk.good("triage --json", at=f"{at}T23:59")
        assert (exported(desk), log(desk)) == (after, events)
        if wrote := [row for row in first.rows if row["applied"]]:
            run = next(e["run"] for e in events if e["event_id"] == wrote[-1]["event_id"])
            desk.good(f"undo --run {run}", at=at)
            assert exported(desk) == before
        assert told(desk.good("triage --json", at=at)) == told(first)
        assert exported(desk) == after


@pytest.mark.slow
@pytest.mark.unmeasured
@tries(5)
@given(tickets(), STEPS)
def test_skipping_three_nights_ends_where_running_them_ends(
    made: list[Ticket], steps: list[Step]
) -> None:
    with desks(made, 2) as (nightly, late):
        at = FIRST_DAY.isoformat()
        for words, at in walk(made, steps):
            assert tried(nightly, words, at) == tried(late, words, at)
        nights = [(date.fromisoformat(at) + timedelta(n)).isoformat() for n in range(1, 5)]
        for night in nights:
            nightly.good("triage", at=night)
        late.good("triage", at=nights[-1])
        assert undated(nightly) == undated(late)


def undated(desk: Desk) -> list[dict[str, Any]]:
    """The tickets without what depends on the day something happened."""
    return [
        {name: value for name, value in ticket.items() if name not in ("notes", "preblock_on")}
        | {"tasks": [task["kind"] for task in ticket["tasks"]]}
        for ticket in desk.export()["tickets"]
    ]


@pytest.mark.unmeasured
@tries(5)
@given(tickets(), STEPS)
def test_the_same_events_make_the_same_file_and_every_message_once(
    made: list[Ticket], steps: list[Step]
) -> None:
    with desks(made, 2) as (one, other):
        sent = []
        for words, at in walk(made, steps):
            ran = tried(one, words, at)
            assert ran == tried(other, words, at)
            sent += [(row["event_id"], message) for row in ran.rows for message in messages(row)]
        for command in ("export", "export --json", "outbox list --json", "outbox list", "preblock"):
            assert one.good(command, at=at) == other.good(command, at=at)
        assert log(one) == log(other)
        undone = {row["event_id"] for row in log(one) if row["undone"]}
        made_once = one.good("outbox list --all --json").rows
        assert len({row["id"] for row in made_once}) == len(made_once)
        assert {row["state"] for row in made_once} <= {"waiting", "withdrawn"}
        assert [(row["event_id"], {name: row[name] for name in MESSAGE}) for row in made_once] == [
            pair for pair in sent if pair[0] not in undone
        ]


MESSAGE = ("template", "channel", "language", "to", "subject", "body")


def messages(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of a decision."""
    actions = row.get("actions", [])
    return [{n: a[n] for n in MESSAGE} for a in actions if a["action"] == "message"]
