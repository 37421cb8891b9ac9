"""What holds for any tickets and any events: nothing is lost, nothing happens twice or by chance."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from conftest import Desk, Ran
from hypothesis import given, settings
from hypothesis import strategies as st

FIRST_DAY = date(2026, 3, 27)
"""A Friday; Easter Monday and two more holidays are less than six weeks away."""

CUSTOMERS = (
    {"ref": "C-1", "name": "Rossi Impianti srl", "email": "rossi@example.org", "language": "it"},
    {"ref": "C-2", "name": "Caffè «Due» & figli", "phone": "+39 055 000 2", "language": "ar"},
    {"ref": "C-3"},
)

COMMANDS = (
    *("triage",) * 4,
    "triage {ref}",
    *("call-outcome {ref} no-answer",) * 4,
    "call-outcome {ref} no-answer --channel email --note 'Segreteria: \"richiamare\"; 100 %'",
    "call-outcome {ref} already-paid --paid-on {before}",
    "call-outcome {ref} already-paid --paid-on {before} --note 'Distinta allegata'",
    "call-outcome {ref} agreement --agreed-on {after}",
    "call-outcome {ref} agreement --agreed-on {after} --partial {amount}",
    "call-outcome {ref} no-agreement --reason refuses",
    "call-outcome {ref} no-agreement --reason must-verify --appointment {after}T10:30",
    "call-outcome {ref} no-agreement --reason must-verify --appointment {after}",
    "call-outcome {ref} no-agreement --reason refuses-contact --wants manager --note Direzione",
    "call-outcome {ref} no-agreement --reason refuses-contact --wants administration --note Sede",
    "call-outcome {ref} no-agreement --reason refuses-contact --wants accountant --note Studio",
    "call-outcome {ref} no-agreement --reason problem --problem balance --note Bilancio",
    "call-outcome {ref} no-agreement --reason problem --problem accounting",
    "call-outcome {ref} no-agreement --reason problem --problem technical --note Errore",
    "promise {ref} --agreed-on {after}",
    "promise {ref} --agreed-on {after} --partial {amount} --note 'Per e-mail'",
    "promise {ref} --extend {after}",
    "promise {ref} --extend {after} --note Ritardo",
    "promise {ref} --reschedule {after} --note Dimenticato",
    "payment {ref} --all --on {before}",
    "payment {ref} --proforma PF-1",
    "payment {ref} --proforma PF-2 --proforma PF-3 --amount {amount}",
    "payment {ref} --amount {amount} --on {before}",
    "care-reply {ref} update --note Sollecitato",
    "care-reply {ref} update --note Sollecitato --until {after}",
    "care-reply {ref} solved",
    "hand-back {ref} --note Verificato",
    "hand-back {ref}",
    "undo",
)  # fmt: skip
"""What a working day may bring; some of it is refused in some states."""

Ticket = dict[str, Any]


class Step(NamedTuple):
    """A command on one of the tickets, `later` days after the one before; `shift` days make its dates."""

    later: int
    ticket: int
    command: str
    shift: int
    amount: str

    def words(self, refs: list[str], day: date) -> list[str]:
        names = {
            "ref": refs[self.ticket % len(refs)],
            "before": (day - timedelta(self.shift)).isoformat(),
            "after": (day + timedelta(self.shift)).isoformat(),
            "amount": self.amount,
        }
        return shlex.split(self.command.format(**names))


def near(low: int, high: int) -> st.SearchStrategy[str]:
    """Days around the first one."""
    return st.integers(low, high).map(lambda n: (FIRST_DAY + timedelta(n)).isoformat())


COUNTERS = ("missed_calls", "missed_appointments", "missed_contacts", "broken_promises")
STATUSES = (
    "new", "calling", "appointment", "missed-contact", "awaiting-payment", "pre-block", "to-block",
    "customer-care", "with-department", "closed",
)  # fmt: skip

PROFORMA = st.fixed_dictionaries(
    {"amount": st.sampled_from(["0.01", "80.00", "120.50", "999999999.99"])},
    optional={"issued": near(-200, -20), "paid": near(-30, 0), "currency": st.just("EGP")},
)
PROMISE = st.fixed_dictionaries(
    {"pay_on": near(-20, 20), "state": st.sampled_from(["open", "kept", "broken", "extended"])},
    optional={
        "kind": st.sampled_from(["full", "partial", "claimed"]),
        "amount": st.sampled_from(["40.00", "200.00"]),
    },
)
TASK = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["call-again", "appointment", "payment-check"]),
        "due": near(-9, 9) | near(-9, 9).map(lambda day: f"{day}T09:15"),
    }
)
TAG = st.sampled_from(
    [
        "chiamata 1",
        "chiamata 3",
        "appuntamento telefonico",
        "mancato contatto 2",
        "preblocco",
        "a 1",
    ]
)


@st.composite
def tickets(draw: st.DrawFn) -> list[Ticket]:
    """One to three tickets, each with what its status needs."""
    return [_ticket(draw, f"T-{n}") for n in range(1, draw(st.integers(1, 3)) + 1)]


def _ticket(draw: st.DrawFn, ref: str) -> Ticket:
    status = draw(st.sampled_from(STATUSES))
    proformas = draw(st.lists(PROFORMA, max_size=5))
    ticket: Ticket = {
        "ref": ref, "book": "collections", "status": status, "opened": draw(near(-60, 0)),
        "customer": draw(st.sampled_from(["C-1", "C-2", "C-3"])),
        "priority": draw(st.sampled_from(["low", "medium", "high", "blocking"])),
        "assignee": draw(st.sampled_from([None, "anna"])),
        "tags": draw(st.lists(TAG, max_size=2, unique=True)),
        "proformas": [{"number": f"PF-{n}", **one} for n, one in enumerate(proformas, 1)],
        "promises": draw(st.lists(PROMISE, max_size=2)),
        "tasks": draw(st.lists(TASK, max_size=2)),
    }  # fmt: skip
    ticket |= draw(st.dictionaries(st.sampled_from(COUNTERS), st.integers(0, 4)))
    ticket |= draw(st.sampled_from([{}, {}, {"received": "30.00"}]))
    if status == "pre-block" or draw(st.booleans()):
        ticket["preblock_on"] = draw(near(-20, 0))
    if status == "awaiting-payment":
        ticket["promises"].append({**draw(PROMISE), "state": "open"})
    return ticket


STEPS = st.lists(
    st.builds(
        Step,
        later=st.sampled_from([0, 0, 0, 1, 1, 3, 5, 8, 16]),
        ticket=st.integers(0, 2),
        command=st.sampled_from(COMMANDS),
        shift=st.integers(0, 12),
        amount=st.sampled_from(["0.01", "40.00", "120.50", "500"]),
    ),
    min_size=1,
    max_size=8,
)

# --- walking through the steps --------------------------------------------------------------------


@contextmanager
def desks(made: list[Ticket], count: int = 1) -> Iterator[list[Desk]]:
    """Desks with these tickets, each in a folder of its own."""
    with TemporaryDirectory() as folder:
        places = [Path(folder, str(n)) for n in range(count)]
        for place in places:
            place.mkdir()
        at = FIRST_DAY.isoformat()
        yield [Desk(place).load(*made, customers=CUSTOMERS, at=at) for place in places]


def walk(made: list[Ticket], steps: list[Step]) -> Iterator[tuple[list[str], str]]:
    """The commands of the steps, each with the day it is run on."""
    day, refs = FIRST_DAY, [ticket["ref"] for ticket in made]
    for step in steps:
        day += timedelta(step.later)
        yield step.words(refs, day), day.isoformat()


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


def told(ran: Ran) -> list[dict[str, Any]]:
    """What was printed, without what tells a dry run from one that writes."""
    return [{n: v for n, v in row.items() if n not in ("applied", "event_id")} for row in ran.rows]


# --- the properties -------------------------------------------------------------------------------

EMPTY = '{"customers": [],\n"tickets": []}\n'


@settings(max_examples=50, deadline=None)
@given(tickets(), STEPS)
def test_undo_brings_back_every_state(made: list[Ticket], steps: list[Step]) -> None:
    """To the byte: event by event, a triage as one run, down to the empty file, and up again."""
    with desks(made) as (desk,):
        states = {0: EMPTY, 1: exported(desk)}
        for words, at in walk(made, steps):
            tried(desk, words, at)
            sound(desk)
            last = newest(desk)
            number = last["event_id"] if last else 0
            assert exported(desk) == states.setdefault(number, exported(desk))
        while (last := newest(desk)) is not None:
            assert exported(desk) == states[last["event_id"]]
            ways = {"day": f"undo --run {last['run']}", "call": f"undo {last['event_id']}"}
            desk.good(ways.get(last["event"], "undo"), at=at)
            sound(desk)
        assert exported(desk) == EMPTY
        desk.good(f"import {desk.folder / 'tickets.json'}", at=FIRST_DAY.isoformat())
        assert exported(desk) == states[1]


@settings(max_examples=50, deadline=None)
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


@settings(max_examples=50, deadline=None)
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


def imported(desk: Desk, name: str, at: str) -> str:
    """The export of a new ticket file made from a desk's export."""
    place = desk.folder / name
    place.mkdir()
    (place / "export.json").write_text(exported(desk), encoding="utf-8")
    other = Desk(place)
    other.good("init")
    other.good(["import", str(place / "export.json")], at=at)
    return exported(other)


@settings(max_examples=40, deadline=None)
@given(tickets(), STEPS, st.integers(0, 16))
def test_a_night_happens_once(made: list[Ticket], steps: list[Step], later: int) -> None:
    """A rerun changes nothing; a night that was undone comes out the same again."""
    with desks(made) as (desk,):
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


@settings(max_examples=40, deadline=None)
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


@settings(max_examples=40, deadline=None)
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
        waiting = one.good("outbox list --json").rows
        assert len({row["id"] for row in waiting}) == len(waiting)
        assert [(row["event_id"], {name: row[name] for name in MESSAGE}) for row in waiting] == [
            pair for pair in sent if pair[0] not in undone
        ]


MESSAGE = ("template", "channel", "language", "to", "subject", "body")


def messages(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of a decision."""
    actions = row.get("actions", [])
    return [{n: a[n] for n in MESSAGE} for a in actions if a["action"] == "message"]
