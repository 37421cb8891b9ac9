"""Tickets that are alike share an answer and a plan, and nobody can tell by what comes out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from anyday import FIRST_DAY, Ticket, desks, tickets
from desk import Desk
from hypothesis import given, settings
from hypothesis import strategies as st
from prassi.core.decision.plan import Plan
from prassi.core.decision.plan_builder import make_plan
from prassi.core.decision.plan_reuse import Answer, Answers, Plans
from prassi.core.decision.ticket_state import TicketState
from prassi.core.desk.decision_json import actions_as_json
from prassi.core.desk.night import Night, Selection
from prassi.core.desk.office import Office
from prassi.core.library.settings import load
from prassi.core.ticketfile.event_hash import INSERTED
from prassi.core.ticketfile.open import open_file
from prassi.core.ticketfile.packed_plans import PlanEffect, PlanPage, pack_plans, prepare_effect

LOANS = Path(__file__).parents[2] / "docs" / "examples" / "loans"
COPY = {"barcode": "100001", "title": "Il sentiero"}


@contextmanager
def night(desk: Desk, at: str, book: str = "collections") -> Iterator[Night]:
    """A night over a desk's tickets, on which every rule shows what it says."""
    connection = open_file(str(desk.file))
    try:
        office = Office(connection, load(str(desk.file.parent / "prassi.toml")), at, None)
        yield Night(office, office.shelf.book(book), Selection(), lambda rule: True)
    finally:
        connection.close()


def found(tonight: Night) -> list[tuple[TicketState, Answer]]:
    read = tonight.decide_page(1, 1000, 0)
    return [(read.states[ticket], answer) for ticket, answer in read.answers]


def each(tonight: Night, asked: list[tuple[TicketState, Answer]]) -> list[Plan]:
    """The plans, each worked out by itself."""
    context, event = tonight._context, tonight._event
    return [make_plan(context, event, answer.rule, state, answer.values) for state, answer in asked]


def shared(tonight: Night, asked: list[tuple[TicketState, Answer]]) -> list[Plan]:
    plans = Plans(tonight._context, tonight._event)
    return [plans.plan(state, answer) for state, answer in asked]


def told(plan: Plan) -> tuple[Any, ...]:
    """All that can be asked of a plan; the ids of tasks that are yet to be written mean nothing."""
    tasks = [(max(number, 0), kind, due) for number, kind, due in plan.tasks]
    return (
        *plan[1:4], plan.text_values,
        *plan[5:-1], list(plan.facts), list(plan.columns), tasks, actions_as_json(plan), plan.next, plan.why,
        plan.changes, plan.refusal,
    )  # fmt: skip


def written(page: PlanPage) -> list[Any]:
    """What a page writes, ticket by ticket."""
    outcomes = [prepare_effect(PlanEffect(*one)) for one in page.effects]
    found = []
    for event, (ticket, facts, n, ended) in enumerate(page.records):
        out, made = outcomes[n], dict[str, list[tuple[Any, ...]]]((table, []) for table in INSERTED)
        out.append_to(made, ticket, event)
        found.append((ticket, page.facts[facts], made, out.format_rows(ticket), out.columns, ended))
    return found


def twice(made: list[Ticket]) -> list[Ticket]:
    """Each ticket once more, under another name and for another customer."""
    others = {"C-1": "C-2", "C-2": "C-3", "C-3": "C-1"}
    again = [{**t, "ref": f"{t['ref']}b", "customer": others[t["customer"]]} for t in made]
    return [*made, *again]


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(tickets(), st.sampled_from([0, 1, 3, 8, 16]))
def test_a_shared_plan_is_the_one_that_each_ticket_would_have(
    made: list[Ticket], later: int
) -> None:
    with (
        desks(twice(made)) as (desk,),
        night(desk, (FIRST_DAY + timedelta(later)).isoformat()) as tonight,
    ):
        asked = found(tonight)
        alone, together = each(tonight, asked), shared(tonight, asked)
        assert [told(plan) for plan in together] == [told(plan) for plan in alone]
        book = ("collections", "", "")
        if not together:
            return  # a night that changes nothing writes no page
        assert written(pack_plans(together, book)) == written(pack_plans(alone, book))


def missed(ref: str, **fields: Any) -> dict[str, Any]:
    """A ticket whose promised payment did not come."""
    return {
        "ref": ref, "book": "collections", "customer": "C-1", "status": "awaiting-payment",
        "opened": "2026-02-01", "proformas": [{"number": f"PF-{ref}", "amount": "10.00"}],
        "promises": [{"pay_on": "2026-02-20", "state": "open"}],
        "tasks": [{"kind": "payment-check", "due": "2026-02-25"}], **fields,
    }  # fmt: skip


def test_a_shared_plan_keeps_the_ticket_s_own_tasks(desk: Desk) -> None:
    """The task that lifts a block stands beside the own one, and stays where that is replaced."""
    tasks = [{"kind": kind, "due": "2026-02-25"} for kind in ("payment-check", "unblock")]
    desk.load(missed("T-1", tasks=tasks), missed("T-2", tasks=tasks))
    with night(desk, "2026-03-02") as tonight:
        asked = found(tonight)
        alone, together = each(tonight, asked), shared(tonight, asked)
        assert together[1].actions is together[0].actions
        assert [told(plan) for plan in together] == [told(plan) for plan in alone]
        assert [row[0] for row in together[1].tasks if row[0] > 0] == [4]


def outcomes(desk: Desk) -> int:
    """How many outcomes the plans of a night have between them."""
    with night(desk, "2026-03-02") as tonight:
        return len(pack_plans(shared(tonight, found(tonight)), ("collections", "", "")).effects)


@pytest.mark.parametrize(
    ("other", "apart"),
    [
        ({}, 1),
        ({"opened": "2026-01-07"}, 1),  # a fact that no action uses
        ({"proformas": [{"number": "A", "amount": "2.00"}, {"number": "B", "amount": "3.00"}]}, 1),
        ({"priority": "high"}, 2),
        ({"broken_promises": 1}, 2),
        ({"promises": [{"pay_on": "2026-02-19", "state": "open"}]}, 2),
        ({"tasks": [{"kind": "payment-check", "due": "2026-02-26"}]}, 2),
        ({"broken_promises": 2}, 2),  # the notice, a letter
    ],
)  # fmt: skip
def test_what_the_actions_can_find_tells_plans_apart(
    desk: Desk, other: dict[str, Any], apart: int
) -> None:
    desk.load(missed("T-1"), missed("T-2"), missed("T-3", **other))
    assert outcomes(desk) == apart


def test_a_letter_is_each_tickets_own(desk: Desk) -> None:
    desk.load(missed("T-1", broken_promises=2), missed("T-2", broken_promises=2))
    assert outcomes(desk) == 2


def test_a_whole_number_and_its_fraction_are_other_facts(desk: Desk) -> None:
    desk.load(missed("T-1"))
    with night(desk, "2026-03-02") as tonight:
        answers = Answers(tonight._event, tonight._facts)
        known = {"status": "awaiting-payment", "pay_on": "2026-02-20", "broken": 1, "attempt": 1,
                 "preblock_on": None, "task_due": "2026-02-25", "status_on": "2026-02-01",
                 "address": True, "blocked": False, "care_asked": False, "claimed": False, "calls": 0,
                 "next_cycle": 2, "unsent": False}  # fmt: skip
        rows = [{**known, "proformas": number} for number in (1, 1.0, 1)]
        columns = tonight._event.columns
        seen = [answers.to((1, *(row[name] for name in columns))) for row in rows]
        assert [repr(one.values["proformas"]) for one in seen] == ["1", "1.0", "1"]
        assert [one.used is None for one in seen] == [False, True, False]
        assert seen[2] is seen[0]


@pytest.mark.parametrize(
    ("note", "apart"),
    [
        ('"Reminded."', 1),
        ('"{out} copies are out."', 1),
        ('"{customer} has {out} copies."', 2),
        ('"{ref}"', 2),
        ('"{ref}", if = { out = "> 0" }', 2),
        ('"{ref}", if = { out = "> 1" }', 1),  # not done, so it uses nothing of a ticket's own
        ('"Reminded.", if = { out = "> 1" }', 1),
    ],
)
def test_a_text_with_the_tickets_own_name_is_its_own(desk: Desk, note: str, apart: int) -> None:
    load_loans(desk, note, 1, 1)
    check_loans(desk, apart)


def test_a_step_that_is_done_for_some_only_tells_plans_apart(desk: Desk) -> None:
    load_loans(desk, '"Reminded.", if = { out = "> 1" }', 1, 2, 2)
    check_loans(desk, 2)


def load_loans(desk: Desk, note: str, *copies: int) -> None:
    """Late loans of so many copies, in a book that writes a note in place of a letter."""
    folder = desk.file.parent / "books" / "loans"
    shutil.copytree(LOANS, folder)
    book = (folder / "book.toml").read_text(encoding="utf-8")
    changed = book.replace('{ message = "reminder", channel = "email" }', f"{{ note = {note} }}")
    assert changed != book
    changed = changed.partition("[[property]]")[0]  # it promises something about that message
    (folder / "book.toml").write_text(changed, encoding="utf-8")
    desk.settings('[folders]\nbooks = "books"\n')
    late = {"book": "loans", "customer": "C-1", "opened": "2026-01-05"}
    out = [[{**COPY, "barcode": f"10000{copy}"} for copy in range(count)] for count in copies]
    desk.load(*({"ref": f"L-{n}", **late, "copies": lent} for n, lent in enumerate(out)))


def check_loans(desk: Desk, apart: int) -> None:
    """The night's plans have so many effects, and are those that each loan would have."""
    with night(desk, "2026-03-02", "loans") as tonight:
        asked = found(tonight)
        plans = shared(tonight, asked)
        assert len(pack_plans(plans, ("loans", "", "")).effects) == apart
        assert [told(plan) for plan in plans] == [told(plan) for plan in each(tonight, asked)]
