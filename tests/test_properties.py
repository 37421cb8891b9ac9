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
    ["chiamata 1", "chiamata 3", "appuntamento telefonico", "mancato contatto 2", "preblocco", "a 1"]
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


def standing(desk: Desk) -> list[dict[str, Any]]:
    """The events that were not undone, and undo nothing."""
    rows: list[dict[str, Any]] = desk.good("log --json").rows
    return [row for row in rows if row["event"] != "undo" and not row["undone"]]


@settings(max_examples=40, deadline=None)
@given(tickets(), STEPS)
def test_undo_of_each_event_in_turn_brings_back_every_state(
    made: list[Ticket], steps: list[Step]
) -> None:
    with desks(made) as (desk,):
        states = {standing(desk)[-1]["event_id"]: exported(desk)}
        for words, at in walk(made, steps):
            if words[0] == "undo":
                continue
            for ran in [tried(desk, words, at)]:
                sound(desk)
            newest = standing(desk)[-1]["event_id"]
            states.setdefault(newest, exported(desk))
        while len(standing(desk)) > 1:
            newest = standing(desk)[-1]
            assert exported(desk) == states[newest["event_id"]] 
            if newest["event"] == "day":
                desk.good(f"undo --run {newest['run']}", at=newest["at"])
            else:
                desk.good("undo", at=newest["at"])
            sound(desk)
        assert exported(desk) == states[1]


@settings(max_examples=60, deadline=None)
@given(tickets(), STEPS)
def test_a_dry_run_says_what_the_run_then_does(made: list[Ticket], steps: list[Step]) -> None:
    with desks(made) as (desk,):
        for words, at in walk(made, steps):
            before = desk.file.read_bytes()
            dry = desk.run([*words, "--json", "--dry-run"], at=at)
            assert desk.file.read_bytes() == before
            ran = tried(desk, words, at)
            assert (dry.code, dry.err) == (ran.code, ran.err)
            assert [told(row) for row in dry.rows] == [told(row) for row in ran.rows]
            assert not any(row["applied"] for row in dry.rows)


def told(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("applied", "event_id")}


@settings(max_examples=60, deadline=None)
@given(tickets(), STEPS)
def test_every_state(made: list[Ticket], steps: list[Step]) -> None:
    with desks(made, 1) as (desk,):
        for n, (words, at) in enumerate(walk(made, steps)):
            tried(desk, words, at)
            open_ones = [t["ref"] for t in desk.export()["tickets"] if t["status"] != "closed"]
            asked = desk.good("triage --all --json --dry-run", at=at).rows
            assert [row["ticket"] for row in asked] == open_ones
            text = exported(desk)
            place = desk.folder / str(n); place.mkdir()
            (place / "export.json").write_text(text, encoding="utf-8")
            other = Desk(place)
            other.good("init"); other.good(f"import {place/'export.json'}", at=at)
            assert exported(other) == text
