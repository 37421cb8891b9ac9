"""Import of rows in our own format: what comes in, and every kind of fault with its line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from brought_in import CUSTOMER, TICKET, Box, lines
from desk import Desk
from prassi.core.ticketfile import verify
from prassi.core.ticketfile.open import open_file


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path)
    yield made
    made.connection.close()


def test_left_out_fields_get_their_defaults(box: Box) -> None:
    box.take(rows=lines({"ref": "C-1"}, TICKET))
    assert box.export() == {
        "customers": [{"ref": "C-1", "name": None, "email": None, "phone": None, "language": None}],
        "tickets": [
            {
                **TICKET, "status": "new", "opened": "2026-03-02", "priority": "medium",
                "assignee": None, "tags": [], "proformas": [], "promises": [], "tasks": [],
                "notes": [], "missed_calls": 0, "missed_appointments": 0, "missed_contacts": 0,
                "broken_promises": 0, "preblock_on": None, "blocked_on": None, "cycle": 1,
            }
        ],
    }  # fmt: skip


def test_rows_of_several_sources_link_to_each_other_in_any_order(box: Box) -> None:
    made = box.take(
        tasks="ticket,kind,due\nT-1,call-again,2026-03-04\n",
        notes="ticket;at;text\nT-1;2026-03-01T10:30;asked\nT-1;;twice\n",
        proformas="ticket\tnumber\tamount\nT-1\tPF-1\t12.5\n",
        tickets=lines(TICKET),
        customers={"customers": [CUSTOMER]},
    )
    assert made == (1, 1, 0)
    ticket = box.ticket("T-1")
    assert ticket["tasks"] == [{"kind": "call-again", "due": "2026-03-04"}]
    assert [note["at"] for note in ticket["notes"]] == ["2026-03-01T10:30", "2026-03-02"]
    assert box.items("T-1", "proformas", "amount") == ["12.50"]


def test_an_import_is_one_event_that_says_what_came_in(box: Box) -> None:
    box.take(rows=lines(CUSTOMER, TICKET))
    event = box.connection.execute("SELECT event, ticket, book, facts FROM event").fetchall()
    assert event == [("import", None, None, '{"source":"rows","tickets":1,"customers":1}')]
    with closing(open_file(box.path)) as connection:
        assert not verify.verify_file(connection).faults


def test_a_ticket_is_open_unless_its_status_is_closed(box: Box) -> None:
    done = {**TICKET, "ref": "T-2", "status": "closed", "result": "settled"}
    box.take(rows=lines(CUSTOMER, TICKET, done))
    assert box.connection.execute("SELECT open FROM ticket ORDER BY id").fetchall() == [(1,), (0,)]
    assert box.ticket("T-2")["result"] == "settled"
    assert "result" not in box.ticket("T-1")


def test_tickets_link_to_what_the_file_holds(box: Box) -> None:
    box.take(rows=lines(CUSTOMER, loan(1)))
    made = box.take(more=lines(CUSTOMER, loan(2, follows="L-1")))
    assert made == (1, 0, 1)


def loan(number: int, **more: Any) -> dict[str, Any]:
    return {"ref": f"L-{number}", "book": "loans", "customer": "C-1", "tool": "saw", **more}


# --- faults of one row ---------------------------------------------------------------------------

WRONG_CUSTOMERS = [
    ({"name": "Rossi"}, "customer: ref is missing"),
    ({"ref": ""}, "ref is missing"),
    ({"ref": 7}, "customer: ref is 7: it must be text"),
    ({"ref": " C-1"}, "no blanks around it"),
    ({"ref": "C\n1"}, "no control characters"),
    ({"ref": "C-1", "nmae": "Rossi"}, "a customer has no 'nmae'; it has ref, name,"),
    (
        {"ref": "C-1", "language": "it-IT"},
        "language is 'it-IT': it must be a code of 2 to 8 letters",
    ),
    ({"ref": "C-1", "language": "i"}, "language is 'i'"),
    (
        {"ref": "C-1", "email": "a@b.it\r\nBcc: x"},
        "email is 'a@b.it\\r\\nBcc: x': it holds control",
    ),
    ({"ref": "C-1", "name": "Ro\0ssi"}, "name contains characters that are not text"),
    ({"ref": "C-1", "name": "\ud800"}, "name contains characters that are not text"),
    ({"ref": "C-1", "name": ["Rossi"]}, "name is ['Rossi']: it must be text"),
]

WRONG_TICKETS = [
    ({"book": None}, "ticket 'T-1': book is missing"),
    ({"book": "collection"}, "book is 'collection': there are cases, collections, "),
    ({"customer": None}, "customer is missing"),
    (
        {"customer": "C-9"},
        "customer is 'C-9': there is no such customer here or in the ticket file",
    ),
    ({"status": "done"}, "status is 'done': it must be one of new, calling,"),
    ({"opened": "2026-02-30"}, "opened is '2026-02-30': there is no such day"),
    ({"opened": "3/2/2026"}, "opened is '3/2/2026': it must be a date such as 2026-03-02"),
    ({"priority": "urgent"}, "priority is 'urgent': it must be one of low, medium, high, blocking"),
    ({"assignee": 3}, "assignee is 3: it must be text"),
    ({"tags": [1]}, "tags is 1: it must be text"),
    ({"owner": "anna"}, "a ticket of book collections has no 'owner'; it has ref, book,"),
    ({"missed_calls": -1}, "missed_calls is -1: it must be at least 0"),
    ({"missed_calls": 1.0}, "missed_calls is 1.0: it must be a whole number"),
    ({"preblock_on": 20260302}, "preblock_on is 20260302: it must be a date"),
    ({"status": "pre-block"}, "preblock_on is missing, and status pre-block needs it"),
    (
        {"status": "awaiting-payment"},
        "status awaiting-payment needs one of promises with state open",
    ),
    ({"proformas": {}}, "proformas is {}: it must be a list of objects"),
    ({"proformas": ["PF-1"]}, "proformas 1: this is 'PF-1' and must be an object"),
    ({"proformas": [{"number": "PF-1"}]}, "proformas 1: amount is missing"),
    (
        {"proformas": [{"number": "A", "amount": "12,50"}]},
        "amount is '12,50': it must be an amount",
    ),
    ({"proformas": [{"number": "A", "amount": -1}]}, "amount is -1: it must be an amount"),
    ({"proformas": [{"number": "A", "amount": 0.001}]}, "amount is 0.001: it must be an amount"),
    ({"proformas": [{"number": "A", "amount": 1, "vat": 1}]}, "one of proformas has no 'vat'"),
    (
        {"proformas": [{"number": "A", "amount": 1}] * 2},
        "there are two of proformas with number 'A'",
    ),
    ({"promises": [{"pay_on": "soon"}]}, "promises 1: pay_on is 'soon'"),
    ({"tasks": [{"kind": "call-again"}]}, "tasks 1: due is missing"),
    ({"notes": [{"text": ""}]}, "notes 1: text is missing"),
    ({"notes": [{"text": "a", "at": "2026-03-02T25:00"}]}, "notes 1: at is '2026-03-02T25:00'"),
]


@pytest.mark.parametrize(("customer", "reason"), WRONG_CUSTOMERS)
def test_a_wrong_customer(box: Box, customer: dict[str, Any], reason: str) -> None:
    (fault,) = box.faults(rows=f"\n{lines(customer)}")
    assert fault.startswith("rows:2: ")
    assert reason in fault


@pytest.mark.parametrize(("wrong", "reason"), WRONG_TICKETS)
def test_a_wrong_ticket(box: Box, wrong: dict[str, Any], reason: str) -> None:
    (fault,) = box.faults(rows=lines(CUSTOMER, {**TICKET, **wrong}))
    assert fault.startswith("rows:2: ticket")
    assert reason in fault


WRONG_LOANS = [
    ({"follows": "L-9"}, "follows is 'L-9': there is no such ticket here or in the ticket file"),
    ({"parts": [{"code": "A-1", "from": "L-9"}]}, "from is 'L-9': there is no such ticket"),
    ({"parts": [{"code": "a1"}]}, "parts 1: code is 'a1': it must look like [A-Z]+-[0-9]+"),
    ({"insured": "maybe"}, "insured is 'maybe': it must be yes or no"),
    ({"days": 99}, "days is 99: it must be at most 90"),
    ({"rates": ["1.00", "x"]}, "rates is 'x': it must be an amount"),
    ({"state": "new"}, "state is 'new': it must be one of good, worn, bad"),
]


@pytest.mark.parametrize(("wrong", "reason"), WRONG_LOANS)
def test_all_that_is_special_to_a_book_comes_from_it(
    box: Box, wrong: dict[str, Any], reason: str
) -> None:
    (fault,) = box.faults(rows=lines(CUSTOMER, loan(1, **wrong)))
    assert fault.startswith("rows:2: ticket 'L-1': ")
    assert reason in fault


def test_a_status_has_what_its_rules_need(box: Box) -> None:
    lent = loan(1, status="lent", parts=[{"code": "A-1", "state": "bad"}])
    assert [fault.partition("'L-1': ")[2] for fault in box.faults(rows=lines(CUSTOMER, lent))] == [
        "due_on is missing, and status lent needs it.",
        "follows is missing, and status lent needs it.",
        "status lent needs one of parts with there yes and state good or worn.",
    ]
    whole = loan(
        2,
        status="lent",
        due_on="2026-03-09",
        follows="L-2",
        parts=[{"code": "A-1", "state": "worn"}],
    )
    box.take(rows=lines(CUSTOMER, whole))


# --- faults of several rows ----------------------------------------------------------------------


def test_two_rows_with_one_ref(box: Box) -> None:
    other = {**CUSTOMER, "name": "Bianchi"}
    assert box.faults(rows=lines(CUSTOMER, TICKET, CUSTOMER, TICKET), more=lines(other)) == [
        "rows:3: customer 'C-1': stands at rows:1 too; give each ref once.",
        "rows:4: ticket 'T-1': stands at rows:2 too; give each ref once.",
        "more:1: customer 'C-1': stands at rows:1 too, with another name; give each ref once.",
    ]


def test_rows_that_the_file_has_already(box: Box) -> None:
    box.take(rows=lines(CUSTOMER, TICKET))
    other = {**CUSTOMER, "name": "Bianchi", "email": "b@example.org"}
    assert box.faults(rows=lines(other, TICKET)) == [
        "rows:1: customer 'C-1': is in the ticket file already, with another name and another"
        " email; leave it out.",
        "rows:2: ticket 'T-1': is in the ticket file already; leave it out.",
    ]


def test_all_faults_of_all_sources_are_told_in_order(box: Box) -> None:
    faults = box.faults(
        tickets=lines(TICKET, {**TICKET, "ref": "T-2", "status": "x", "priority": "y"}),
        tasks="ticket,kind,due\nT-3,call-again,2026-03-04\nT-1,call-again,soon\n",
        customers="ref,name,language\nC-1,Rossi,x\nC-2,Bianchi\n",
    )
    assert [fault.split(": ")[0] for fault in faults] == [
        "tickets:2", "tickets:2", "tasks:2", "tasks:3", "customers:2", "customers:3",
    ]  # fmt: skip
    assert "there is no ticket 'T-3' in this import" in faults[2]
    assert "one of tasks: due is 'soon'" in faults[3]


def test_of_very_many_faults_the_first_hundred_are_told(box: Box) -> None:
    rows = "".join(f"C-{number},x\n" for number in range(1000))
    faults = box.faults(one="ref,language\nC-1,it\n", rows=f"ref,language\n{rows}")
    assert len(faults) == 101
    assert faults[0].startswith("rows:2: customer 'C-0'")
    assert faults[99].startswith("rows:101: ")
    assert faults[100] == "and 900 more."


def test_one_broken_row_far_down_undoes_everything(box: Box) -> None:
    rows = [f"T-{number},collections,C-1,new" for number in range(7100)]
    rows[6999] = "T-6999,collections,C-1,knew"
    text = "\n".join(["ref,book,customer,status", *rows])
    (fault,) = box.faults(customers=lines(CUSTOMER), tickets=text)
    assert fault.startswith("tickets:7001: ticket 'T-6999': status is 'knew'")


def test_a_ticket_of_no_book_with_no_ref_either(box: Box) -> None:
    faults = box.faults(rows=lines(CUSTOMER, {"ref": "\ud800", "book": "x"}, {"book": ["x"]}))
    assert [fault.partition(" is ")[0][:44] for fault in faults] == [
        "rows:2: ticket '\\ud800': book",
        "rows:2: ticket '\\ud800': ref contains charac",
        "rows:3: ticket: book",
        "rows:3: ticket: ref",
    ]


def test_long_reasons_are_shortened(box: Box) -> None:
    (fault,) = box.faults(rows=lines({"ref": "C-1", "language": "x" * 10_000}))
    assert len(fault) < 400


def test_addresses_that_cannot_be_used_come_in_and_are_told(desk: Desk) -> None:
    path = desk.folder / "customers.csv"
    path.write_text(
        "ref,name,email,phone\nC-1,A,a@x.org;b@x.org,055 1\nC-2,B,b@x.org,call us\nC-3,C,,\n"
    )
    desk.good("init")
    ran = desk.good(f"import {path}")
    told = " ".join(ran.err.split())
    assert "2 addresses can't be used: " in told
    assert ":2: customer 'C-1': email: 'a@x.org;b@x.org' is not one plain address" in told
    assert desk.export()["customers"][0]["email"] == "a@x.org;b@x.org"
