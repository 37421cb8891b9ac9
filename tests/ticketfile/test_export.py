"""Export: its order, its keys, and that importing it gives an equal ticket file."""

from __future__ import annotations

import json
import os
import string
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from brought_in import CUSTOMER, TICKET, TODAY, Box, shelf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prassi.core.importing.given_messages import MESSAGES
from prassi.core.importing.row_forms import CUSTOMER as CUSTOMER_FIELDS
from prassi.core.importing.row_forms import Form
from prassi.core.ticketfile import export
from prassi.core.values.field_types import Field
from tries import tries

FORMS = [Form(shelf().book(name), TODAY) for name in ("collections", "loans")]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path)
    yield made
    made.connection.close()


def test_an_empty_file(box: Box) -> None:
    text = "".join(export.format_document(box.connection, shelf()))
    assert text == '{"customers": [],\n"tickets": []}\n'
    assert box.take(rows=text) == (0, 0, 0)
    assert not list(export.read_rows(box.connection, shelf()))


def test_a_customer_or_ticket_a_line_and_keys_in_their_order(box: Box) -> None:
    tickets = [{**TICKET, "result": "settled"}, {**TICKET, "ref": "T-2", "received": "3.50"}]
    box.take(rows={"tickets": tickets, "customers": [CUSTOMER]})
    text = "".join(export.format_document(box.connection, shelf()))
    assert [line[:12] for line in text.splitlines()] == [
        '{"customers"', '{"ref": "C-1', '"tickets": [', '{"ref": "T-1', '{"ref": "T-2',
    ]  # fmt: skip
    first, second = json.loads(text)["tickets"]
    head = ["ref", "book", "customer", "status", "opened", "priority", "assignee"]
    rest = [
        "tags",
        "proformas",
        "promises",
        "tasks",
        "notes",
        "missed_calls",
        "missed_appointments",
    ]
    more = ["missed_contacts", "broken_promises", "preblock_on", "blocked_on", "cycle"]
    assert list(first) == [*head, "result", *rest, *more]
    assert list(second) == [*head, *rest, *more, "received"]
    assert export.read_ticket(box.connection, shelf(), 2) == second


def test_rows_come_in_the_order_they_were_made_in(box: Box) -> None:
    refs = [f"T-{number}" for number in (3, 1, 2)]
    box.take(rows={"customers": [CUSTOMER], "tickets": [{**TICKET, "ref": ref} for ref in refs]})
    box.take(items="ref,book,customer\nA-1,collections,C-1\n")
    assert [ticket["ref"] for ticket in box.export()["tickets"]] == [*refs, "A-1"]


def test_what_has_ended_is_left_out(box: Box) -> None:
    notes = [{"at": "2026-03-01", "text": "first"}, {"at": "2026-03-01", "text": "second"}]
    box.take(rows={"customers": [CUSTOMER], "tickets": [{**TICKET, "notes": notes}]})
    box.connection.execute("UPDATE note SET ended_by = 1 WHERE text = 'first'")
    assert box.items("T-1", "notes", "text") == ["second"]
    box.connection.execute("UPDATE ticket SET ended_by = 1")
    assert box.export() == {"customers": [CUSTOMER], "tickets": []}
    assert box.take(rows={"tickets": [TICKET]}).tickets == 1


def test_what_the_book_knows_no_more_is_shown_as_it_is(box: Box) -> None:
    box.take(rows={"customers": [CUSTOMER], "tickets": [TICKET]})
    box.connection.execute("""UPDATE ticket SET fields = '{"old": 1}'""")
    box.connection.execute(
        "INSERT INTO item (ticket, kind, data, made_by)"
        " VALUES (1, 'pets', '{\"name\":\"Fido\"}', 1)"
    )
    ticket = box.ticket("T-1")
    assert (ticket["old"], ticket["pets"]) == (1, [{"name": "Fido"}])


def test_an_export_within_a_transaction(box: Box) -> None:
    box.take(rows={"customers": [CUSTOMER]})
    box.connection.execute("BEGIN")
    assert len(list(export.read_rows(box.connection, shelf()))) == 1
    assert box.connection.in_transaction


# --- import(export(F)) equals F ------------------------------------------------------------------

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
CODES = st.text(string.ascii_uppercase, min_size=1, max_size=3)
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
CLOCKS = st.times().map(lambda time: f"T{time:%H:%M}")
MONEY = st.integers(0, 10**12).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")


def one_value(field: Field, refs: list[str]) -> st.SearchStrategy[Any]:
    """What a field can say, written as an export writes it."""
    if field.values:
        return st.sampled_from(field.values)
    if field.pattern:
        return st.from_regex(field.pattern, fullmatch=True)
    low, high = field.low, field.high
    return {
        "text": TEXTS,
        "ticket": st.sampled_from(refs),
        "integer": st.integers(-(10**14) if low is None else low, high or 10**14),
        "boolean": st.booleans(),
        "date": DAYS.map(str),
        "moment": st.builds("{}{}".format, DAYS, st.one_of(st.just(""), CLOCKS)),
        "money": MONEY,
    }[field.type]


def values(fields: Mapping[str, Field], refs: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """What an object with these fields can say; each field says something, or null where it can."""
    made = {}
    for name, field in fields.items():
        value = one_value(field, refs)
        value = st.lists(value, max_size=3) if field.many else value
        can_miss = field.optional and field.default is None
        made[name] = st.one_of(st.none(), value) if can_miss else value
    return st.fixed_dictionaries(made)


@st.composite
def lists(draw: st.DrawFn, form: Form, refs: list[str]) -> dict[str, Any]:
    """What a ticket has several of, with different keys."""
    made = {}
    for name, items in form.lists.items():
        if name == MESSAGES:
            continue  # an export has none
        unique = (lambda item, key=items.key: item[key]) if items.key else None
        rows = draw(st.lists(values(items.fields, refs), max_size=2, unique_by=unique))
        made[name] = [leave_out_quiet(items.fields, row) for row in rows]
    return made


@st.composite
def tickets(draw: st.DrawFn, ref: str, refs: list[str], customers: list[str]) -> dict[str, Any]:
    """A ticket of a book, as it is declared, with all that its status needs."""
    form = draw(st.sampled_from(FORMS))
    head = draw(
        values({n: f for n, f in form.head.items() if n not in ("ref", "book", "customer")}, refs)
    )
    fields = draw(values(form.fields, refs))
    ticket = {"ref": ref, "book": form.book.name, "customer": draw(st.sampled_from(customers))}
    ticket |= head | draw(lists(form, refs)) | fields
    status = form.book.statuses[ticket["status"]]
    for name in status.needs:
        if ticket[name] is None:
            ticket[name] = draw(one_value(form.fields[name], refs))
    for kind, wanted in status.needs_items.items():
        item = draw(values(form.lists[kind].fields, refs))
        item |= {n: v[0] if isinstance(v, list) else v for n, v in wanted.items()}
        ticket[kind] = [leave_out_quiet(form.lists[kind].fields, item)]
    for kind, items in form.book.items.items():
        if items.awaited_in not in (None, status.name) and not status.closed:
            ticket[kind] = [one for one in ticket[kind] if not one.items() >= items.awaited.items()]
    return {n: v for n, v in ticket.items() if not is_left_out(form, n, v)}


def leave_out_quiet(fields: Mapping[str, Field], row: dict[str, Any]) -> dict[str, Any]:
    """An item without the quiet fields that say what they say anyway."""
    shown = {name: field.show(field.default) for name, field in fields.items() if field.quiet}
    return {name: value for name, value in row.items() if value != shown.get(name, object())}


def is_left_out(form: Form, name: str, value: Any) -> bool:
    field = form.single.get(name)
    if name == "result":
        return value is None
    return field is not None and field.quiet and value == field.show(field.default)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A whole ticket file as an export shows it."""
    customers = [f"C-{code}" for code in draw(st.lists(CODES, min_size=1, max_size=3, unique=True))]
    refs = [f"T-{code}" for code in draw(st.lists(CODES, min_size=1, max_size=3, unique=True))]
    people = st.one_of(st.none(), TEXTS)
    address = st.one_of(st.none(), st.text(string.printable[:-5], min_size=1, max_size=9))
    languages = st.one_of(st.none(), st.sampled_from(["it", "en", "ar"]))
    return {
        "customers": [
            {"ref": ref, "name": draw(people), "email": draw(address), "phone": draw(address),
             "language": draw(languages)}
            for ref in customers
        ],
        "tickets": [draw(tickets(ref, refs, customers)) for ref in refs],
    }  # fmt: skip


@pytest.mark.unmeasured
@settings(tries(10), suppress_health_check=list(HealthCheck))
@given(documents())
def test_import_then_export_is_the_identity(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]
) -> None:
    first, second = (Box(tmp_path_factory.mktemp("box")) for _ in range(2))
    first.take(rows=document)
    assert first.export() == document
    text = "".join(export.format_document(first.connection, shelf()))
    lines = "".join(f"{json.dumps(row)}\n" for row in export.read_rows(first.connection, shelf()))
    second.take(rows=lines)
    assert "".join(export.format_document(second.connection, shelf())) == text
    first.connection.close()
    second.connection.close()


def test_the_fields_of_a_customer_are_those_of_the_export() -> None:
    assert list(CUSTOMER_FIELDS) == [*CUSTOMER, "email_bad_on", "phone_bad_on"]


# --- memory --------------------------------------------------------------------------------------

MANY = 20_000
BOUND = 16 * 2**20
"""Bytes; 20,000 rows with a name of a thousand characters take several times as many if kept."""

GROWTH = """
import resource, sys
from brought_in import Box, bring_in, export, shelf
from pathlib import Path
box = Box(Path(sys.argv[1]))
bring_in(box.connection, [f"{sys.argv[1]}/small"])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
bring_in(box.connection, [f"{sys.argv[1]}/large"])
pieces = sum(1 for _ in export.format_document(box.connection, shelf()))
print(pieces, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["lines", "csv", "document"])
def test_memory_stays_bounded(tmp_path: Path, layout: str) -> None:
    with open(tmp_path / "small", "w") as small, open(tmp_path / "large", "w") as large:
        json.dump({"customers": [CUSTOMER], "tickets": [TICKET]}, small)
        large.writelines(many(layout))
    told = subprocess.run(
        [sys.executable, "-c", GROWTH, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    pieces, grown = map(int, told.stdout.split())
    assert pieces > MANY
    assert grown * (1 if sys.platform == "darwin" else 1024) < BOUND


def many(layout: str) -> Iterator[str]:
    tickets = ({**TICKET, "ref": f"T-{n + 2}", "assignee": "x" * 1000} for n in range(MANY))
    if layout == "csv":
        yield "ref,book,customer,assignee\n"
        yield from (",".join(ticket.values()) + "\n" for ticket in tickets)
    elif layout == "lines":
        yield from (json.dumps(ticket) + "\n" for ticket in tickets)
    else:
        yield '{"tickets": [' + json.dumps(next(tickets))
        yield from (",\n" + json.dumps(ticket) for ticket in tickets)
        yield "]}"
