"""Any tickets in any status, and any days of work on them, for the tests of properties."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from desk import SETTINGS, Desk
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
    "promise {ref} --reschedule {after} --full --note Dimenticato",
    "payment {ref} --all --on {before}",
    "payment {ref} --proforma PF-1",
    "payment {ref} --proforma PF-2 --proforma PF-3 --amount {amount}",
    "payment {ref} --amount {amount} --on {before}",
    "payment {ref} --proforma PF-1 --amount {amount} --part",
    "payment {ref} --all --amount {amount} --over",
    "proforma {ref} add PF-9 {amount}",
    "proforma {ref} credit PF-1 {amount}",
    "preblock {ref} --sent-on {before}",
    "preblock {ref} --blocked --on {before}",
    "preblock {ref} --unblocked",
    "event {ref} sent template=preblock on={before}",
    "event {ref} undelivered template=preblock reason=bounced",
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
    "customer-care", "with-department", "calling", "appointment", "awaiting-payment", "closed",
    "notice-due", "blocked",
)  # fmt: skip

PROFORMA = st.fixed_dictionaries(
    {
        "amount": st.sampled_from(["0.01", "80.00", "120.50", "999999999.99"]),
        "paid": st.sampled_from([None, None, None, "2026-03-02"]),
    },
    optional={"issued": near(-200, -20), "currency": st.just("EGP")},
)
PROMISE = st.fixed_dictionaries(
    {
        "pay_on": near(-20, 20),
        "state": st.sampled_from(["kept", "broken", "extended", "withdrawn"]),
    },
    optional={
        "kind": st.sampled_from(["full", "partial", "claimed"]),
        "amount": st.sampled_from(["40.00", "200.00"]),
    },
)
TASK = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["call-again", "appointment", "payment-check", "unblock"]),
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
    """Two or three tickets, each with what its status needs."""
    return [_ticket(draw, f"T-{n}") for n in range(1, draw(st.integers(2, 3)) + 1)]


def _ticket(draw: st.DrawFn, ref: str) -> Ticket:
    status = draw(st.sampled_from(STATUSES))
    proformas = [draw(PROFORMA) for _ in range(draw(st.sampled_from([2, 3, 4, 5, 1, 0])))]
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
    if status == "blocked" or not draw(st.integers(0, 5)):
        ticket["blocked_on"] = draw(near(-20, 0))
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
    min_size=5,
    max_size=12,
)

# --- walking through the steps --------------------------------------------------------------------


@contextmanager
def desks(made: list[Ticket], count: int = 1, parameters: str = "") -> Iterator[list[Desk]]:
    """Desks with these tickets, each in a folder of its own; `parameters` end the settings."""
    # Thousands of small transactions: where memory has a folder, they don't wait for a disk.
    with TemporaryDirectory(dir=next(filter(os.path.isdir, ["/dev/shm"]), None)) as folder:
        places = [Path(folder, str(n)) for n in range(count)]
        found = []
        for place in places:
            place.mkdir()
            found.append(Desk(place))
            found[-1].settings(SETTINGS + parameters)
            found[-1].load(*made, customers=CUSTOMERS, at=FIRST_DAY.isoformat())
        yield found


def walk(made: list[Ticket], steps: list[Step]) -> Iterator[tuple[list[str], str]]:
    """The commands of the steps, each with the day it is run on."""
    day, refs = FIRST_DAY, [ticket["ref"] for ticket in made]
    for step in steps:
        day += timedelta(step.later)
        yield step.words(refs, day), day.isoformat()
