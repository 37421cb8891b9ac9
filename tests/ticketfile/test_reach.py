"""What a book's facts.sql sees: the tickets that its reach joins to the one asked about."""

from __future__ import annotations

from contextlib import closing
from copy import copy
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from desk import MONDAY, Desk
from prassi.core.book.reach import format_reach
from prassi.core.desk.fact_reader import bind_parameters
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.ticketfile import facts_sql
from prassi.core.ticketfile.facts_sql_reach import find_needed_reach
from prassi.core.ticketfile.open import open_file

FIXTURES = Path(__file__).parents[2] / "fixtures"
CUSTOMERS = [{"ref": f"C-{number}", "name": f"Customer {number}"} for number in range(1, 5)]

SEEN = {
    "tickets": "(SELECT group_concat(ref, ' ') FROM (SELECT ref FROM tickets ORDER BY id))",
    "notes": "(SELECT group_concat(text, ' ') FROM (SELECT text FROM note ORDER BY id))",
    "tasks": "(SELECT group_concat(kind, ' ') FROM (SELECT kind FROM task ORDER BY id))",
    "tags": "(SELECT group_concat(tag, ' ') FROM (SELECT tag FROM tag ORDER BY id))",
    "links": "(SELECT group_concat(target, ' ') FROM (SELECT target FROM link ORDER BY ticket))",
    "customers": "(SELECT group_concat(ref, ' ') FROM (SELECT ref FROM customer ORDER BY id))",
    "messages": "(SELECT count(*) FROM message)",
    "events": "(SELECT count(*) FROM event)",
}
"""A fact for each view: all that it holds."""

REACHES = [set[str](), {"links"}, {"customer"}, {"links", "customer"}, None]

JOINED = {
    # The customer C-1 has, C-2 has R-3, C-3 has, C-4 has R-6 alone.
    "R-1": ["1", "1", "1 2", "1 2 3 4 5"],
    "R-2": ["2", "2 3 4", "1 2", "1 2 3 4 5"],
    "R-3": ["3", "2 3 4", "3", "1 2 3 4 5"],
    "R-4": ["4", "2 3 4", "4 5", "1 2 3 4 5"],
    "R-5": ["5", "5", "4 5", "1 2 3 4 5"],
    "R-6": ["6", "6", "6", "6"],
}
"""By the ticket asked about, the numbers of all that each reach but "all" joins to it."""


def ticket(number: int, customer: int, insists_on: int | None = None) -> dict[str, Any]:
    return {
        "ref": f"R-{number}", "book": "insistence", "customer": f"C-{customer}", "status": "open",
        "opened": "2026-02-01", "line": "metered", "subject": "late-response",
        "insists_on": insists_on and f"R-{insists_on}", "respond_by": "2026-04-13", "tags": [f"tag-{number}"],
        "notes": [{"at": "2026-02-02", "text": f"note-{number}"}],
    }  # fmt: skip


@pytest.fixture
def desk(tmp_path: Any) -> Desk:
    chain = [
        ticket(1, 1),
        ticket(2, 1),
        ticket(3, 2, 2),
        ticket(4, 3, 3),
        ticket(5, 3),
        ticket(6, 4),
    ]
    return Desk(tmp_path).load(*chain, customers=CUSTOMERS)


def look(desk: Desk, ref: str, reach: set[str] | None, opens: bool = False) -> dict[str, Any]:
    """What a facts.sql sees that asks for all there is, about one ticket."""
    with closing(open_file(str(desk.file))) as connection:
        book = copy(Shelf(NONE).book("insistence"))
        book.reach = None if reach is None else frozenset(reach)
        asked = ", ".join(f"{sql} AS {name}" for name, sql in SEEN.items())
        book.facts_sql = f"SELECT ticket.id AS ticket, {asked} FROM ticket"
        event = book.event("day")._replace(columns=tuple(SEEN))
        which = facts_sql.NO_TICKET if opens else facts_sql.ANY_STATE
        query = facts_sql.build_facts_query(book, event, which)
        number = 0 if opens else int(ref.removeprefix("R-"))
        given = bind_parameters(book, {}, number, number, MONDAY)
        (row,) = facts_sql.read_facts(connection, query, given)
        return dict(zip(SEEN, row[1:], strict=True))


@pytest.mark.parametrize("ref", JOINED)
def test_a_facts_sql_sees_what_its_reach_says(ref: str, desk: Desk) -> None:
    for reach, joined in zip(REACHES, [*JOINED[ref], "1 2 3 4 5 6"], strict=True):
        seen, numbers = look(desk, ref, reach), joined.split()
        customers = {"12": 1, "3": 2, "45": 3, "6": 4}
        owners = {of for one in numbers for tickets, of in customers.items() if one in tickets}
        assert seen["tickets"] == " ".join(f"R-{one}" for one in numbers), reach
        assert seen["notes"] == " ".join(f"note-{one}" for one in numbers), reach
        assert seen["tags"] == " ".join(f"tag-{one}" for one in numbers), reach
        links = [f"R-{target}" for source, target in (("3", 2), ("4", 3)) if source in numbers]
        assert (seen["links"] or "").split() == links, reach
        assert seen["customers"].split() == [f"C-{one}" for one in sorted(owners)], reach


def test_events_are_cut_too(desk: Desk) -> None:
    for ref in ("R-2", "R-6"):
        desk.good(f"note {ref} 'said something'")
        desk.good(f"event {ref} note text=more")
    assert [look(desk, "R-6", reach)["events"] for reach in REACHES] == [2, 2, 2, 2, 5]
    assert [look(desk, "R-4", reach)["events"] for reach in REACHES] == [0, 2, 0, 2, 5]


def test_an_event_without_a_ticket_sees_no_ticket_and_every_customer(desk: Desk) -> None:
    for reach in REACHES[:-1]:
        seen = look(desk, "", reach, opens=True)
        assert (seen["tickets"], seen["notes"], seen["events"]) == (None, None, 0)
        assert seen["customers"] == "C-1 C-2 C-3 C-4"
    assert look(desk, "", None, opens=True)["tickets"] == "R-1 R-2 R-3 R-4 R-5 R-6"


def test_shipped_books_decide_as_if_they_saw_everything(tmp_path: Any) -> None:
    """Whatever a shipped book's reach cuts off, no fact of its would have looked at it."""
    desk = Desk(tmp_path)
    desk.good("init")
    fixtures = [
        f"{FIXTURES}/{name}.json"
        for name in ("cases", "collections", "insistence", "packages", "requests")
    ]
    desk.good(["import", *fixtures], at="2026-03-01")
    with closing(open_file(str(desk.file))) as connection:
        shelf = Shelf(NONE)
        for name in shelf.names():
            cut, book = shelf.book(name), copy(shelf.book(name))
            book.reach = None
            for event in map(book.event, book.event_names):
                if event.opens:
                    continue
                given = bind_parameters(book, {}, 1, 10_000, MONDAY)
                queries = [facts_sql.build_facts_query(one, event, "1") for one in (cut, book)]
                rows, whole = (facts_sql.read_facts(connection, query, given) for query in queries)
                assert rows == whole
                assert rows


def test_pairs_of_reaches_are_no_shortcut() -> None:
    """Every pair of the table above differs for some ticket, or the tests could not tell them apart."""
    for one, other in combinations(range(4), 2):
        assert any(found[one] != found[other] for found in JOINED.values())


# --- the smallest reach that fits -----------------------------------------------------------------

LOOKS = {
    "(SELECT count(*) FROM task WHERE task.ticket = ticket.id)": "[]",
    "(SELECT text FROM note AS n WHERE n.ticket = ticket.id ORDER BY n.id DESC LIMIT 1)": "[]",
    "(SELECT c.name FROM customer AS c WHERE c.id = ticket.customer)": "[]",
    "(SELECT o.status FROM tickets AS o WHERE o.ref = ticket.insists_on)": '["links"]',
    "(SELECT count(*) FROM link WHERE link.target = ticket.ref)": '["links"]',
    "(SELECT t.due FROM link JOIN task AS t ON t.ticket = link.ticket WHERE link.target = ticket.ref)":
        '["links"]',
    "(SELECT o.ref FROM tickets AS o WHERE o.ref = (SELECT target FROM link WHERE link.ticket = ticket.id))":
        '["links"]',
    "(SELECT count(*) FROM tickets AS o JOIN note ON note.ticket = o.id WHERE o.customer = ticket.customer)":
        '["customer"]',
    "(SELECT count(*) FROM tickets AS o JOIN link ON link.ticket = o.id WHERE o.customer = ticket.customer)":
        '["links", "customer"]',
    "(SELECT count(*) FROM tickets)": '"all"',
    "(SELECT count(*) FROM task)": '"all"',
    "(SELECT count(*) FROM task WHERE task.ticket >= ticket.id)": '"all"',
    "(SELECT count(*) FROM tickets AS o WHERE o.customer > ticket.customer)": '"all"',
    "(SELECT count(*) FROM tickets AS o WHERE o.assignee = ticket.assignee)": '"all"',
    "(SELECT max(id) FROM tickets)": '"all"',
    "(SELECT o.status FROM tickets AS o WHERE o.id = 7)": '"all"',
    "(SELECT o.status FROM tickets AS o WHERE o.ref = ticket.assignee)": '"all"',
    "(SELECT o.status FROM tickets AS o WHERE o.ref IN (ticket.insists_on, 'T-1'))": '"all"',
    "(SELECT o.status FROM tickets AS o WHERE o.ref IN (SELECT value FROM json_each(:owners)))": '"all"',
    "(SELECT count(*) FROM customer)": '"all"',
}  # fmt: skip
"""What facts.sql could look at, and the smallest reach that certainly fits."""


@pytest.mark.parametrize("look", LOOKS)
def test_the_smallest_reach_that_fits_is_found(look: str) -> None:
    book = copy(Shelf(NONE).book("insistence"))
    event = book.event("day")._replace(columns=("x",))
    book.event_names, book.input_names = ("day",), ("owners",)
    book = book.with_event(event)
    book.facts_sql = f"SELECT ticket.id AS ticket, {look} AS x FROM ticket"
    assert format_reach(find_needed_reach(book).reach) == LOOKS[look]
