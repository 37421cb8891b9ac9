"""Tickets as they stood before old events, and what those events made of them.

A file keeps rows with the events that made and ended them, and each event the values that it changed;
so a ticket is wound back from how it stands now.
"""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..decision.ticket_state import Customer, TicketState
from ..system.fast_json import JsonObject, decode, encode
from . import schema
from .first_rows import MESSAGES
from .message_states import STOPPABLE
from .sqlite import Connection, SqlRow

MadeRow = tuple[str, tuple[object, ...]]
"""A row with its table; a ticket and a customer come with their ids, what hangs on a ticket with the
ticket's."""


class PastDecision(NamedTuple):
    """A ticket as it stood before an event, and what the event did.

    `changes` are the columns and fields that it changed, each before and after; `made` the rows that
    it made, as it made them; `ended` the ids of rows that it ended, by table. `opened` are the refs of
    the tickets and customers that it made, each with its id.
    """

    before: TicketState
    changes: JsonObject
    made: list[MadeRow]
    ended: Mapping[str, list[int]]
    opened: dict[str, list[tuple[int, str]]]


_NOBODY = Customer(ref="", name=None, email=None, phone=None, language=None)
_IN = "IN (SELECT value FROM json_each(?))"
_LATER = f"SELECT id, ticket, customer, changes FROM event WHERE ticket {_IN} AND id >= ?"
_OF_CUSTOMERS = (
    "SELECT id, NULL, customer, changes FROM event"
    f" WHERE ticket IS NULL AND customer IS NOT NULL AND customer {_IN} AND id >= ?"
)
_UNDONE = (
    "SELECT f.id, u.id, f.ended FROM event AS u JOIN event AS f ON f.id = u.undoes"
    f" WHERE u.ticket {_IN}"
)
_OWN = (*schema.TICKET, "made_by")


def read_past_decisions(
    connection: Connection, events: Sequence[tuple[int, int | None]]
) -> Iterator[tuple[int, PastDecision]]:
    """Each of some events (by number, with the ticket's id), oldest first: how its ticket stood before
    it, and what it did."""
    page = _PastPage(connection, events)
    for number, ticket in events:
        yield number, page.read(number, ticket)


class _OwnedRow(NamedTuple):
    """A row of a table of what hangs on a ticket: its id, its columns, and which events made and ended
    it."""

    id: int
    columns: tuple[object, ...]
    made_by: int
    ended_by: int | None


class _PastPage:
    """The tickets of a page of events with all their rows and later changes."""

    def __init__(self, connection: Connection, events: Sequence[tuple[int, int | None]]) -> None:
        self._connection, self._first = connection, min(number for number, _ in events)
        numbers = encode([number for number, _ in events])
        opened = connection.execute(f"SELECT id FROM ticket WHERE made_by {_IN}", (numbers,))
        tickets = {row[0] for row in opened} | {one for _, one in events if one is not None}
        self._wanted = encode(sorted(tickets))
        self._own = self._read_tickets()
        self._later: dict[int, list[tuple[int, JsonObject]]] = defaultdict(list)
        self._of_customer: dict[int, list[tuple[int, JsonObject]]] = defaultdict(list)
        self._messages: dict[int, list[tuple[int, JsonObject]]] = defaultdict(list)
        self._customers = self._read_customers()
        self._read_changes()
        self._new = {
            "customer": _group_by_maker(self._customers),
            "ticket": _group_by_maker(self._own),
        }
        self._back = self._read_restored()
        self._made: dict[int, list[MadeRow]] = defaultdict(list)
        self._rows = {table: self._read_rows(table) for table in schema.ROWS}
        self._ended = dict(
            connection.execute(f"SELECT id, ended FROM event WHERE id {_IN}", (numbers,))
        )

    def read(self, number: int, ticket: int | None) -> PastDecision:
        """How the ticket of an event stood before it, and what it did."""
        made = [*self._find_opened(number), *self._find_made(number)]
        opened: dict[str, list[tuple[int, str]]] = {"ticket": [], "customer": []}
        for table, row in made:
            if table in opened:
                opened[table].append((int(str(row[0])), str(row[1])))
        return PastDecision(
            before=self._wind_back(number, ticket),
            changes=self._find_changes(number, ticket),
            made=made,
            ended=decode(self._ended[number]),
            opened=opened,
        )

    # --- how the ticket stood ---

    def _wind_back(self, number: int, ticket: int | None) -> TicketState:
        if ticket is None or self._own[ticket]["made_by"] == number:
            return self._stand_new(number, ticket)
        values, fields = self._read_values(number, ticket)
        open_rows = {
            table: [
                row
                for row in self._rows[table].get(ticket, ())
                if self._was_there(table, row, number)
            ]
            for table in ("task", "tag", "item", "message")
        }
        return TicketState(
            id=ticket,
            ref=str(values["ref"]),
            book=str(values["book"]),
            status=str(values["status"]),
            open=bool(values["open"]),
            opened=str(values["opened"]),
            priority=str(values["priority"]),
            assignee=values["assignee"],
            result=values["result"],
            fields=fields,
            customer=self._find_customer(int(values["customer"]), number),
            tasks=[(row.id, str(row.columns[0]), str(row.columns[1])) for row in open_rows["task"]],
            tags=[(row.id, str(row.columns[0])) for row in open_rows["tag"]],
            items=[
                (row.id, str(row.columns[0]), decode(str(row.columns[1])))
                for row in open_rows["item"]
            ],
            messages=[
                (row.id, str(row.columns[0]))
                for row in open_rows["message"]
                if self._read_message(row, number)["state"] in STOPPABLE
            ],
        )

    def _stand_new(self, number: int, ticket: int | None) -> TicketState:
        """The empty ticket that an event begins with which opens its own."""
        own = {} if ticket is None else self._own[ticket]
        customer = _NOBODY
        if own and self._customers[own["customer"]]["made_by"] != number:
            customer = self._find_customer(own["customer"], number)
        return TicketState(
            id=0,
            ref="",
            book=str(own.get("book", "")),
            status="",
            open=True,
            opened=str(own.get("opened", "")),
            priority="medium",
            assignee=None,
            result=None,
            fields={},
            customer=customer,
            tasks=[],
            tags=[],
            items=[],
            messages=[],
        )

    def _read_values(self, number: int, ticket: int) -> tuple[JsonObject, JsonObject]:
        """A ticket's columns and fields before an event."""
        values = dict(self._own[ticket])
        fields = dict(values.pop("fields"))
        for later, changes in reversed(self._later[ticket]):
            if later < number:
                break
            for name, pair in changes.items():
                if name in schema.TICKET:
                    values[name] = pair[0]
                elif name != MESSAGES:
                    fields[name] = pair[0]
        return values, {name: value for name, value in fields.items() if value is not None}

    def _find_customer(self, customer: int, number: int) -> Customer:
        """A customer before an event; an address that was bad then is none."""
        known = dict(self._customers[customer])
        for later, changes in reversed(self._of_customer[customer]):
            if later < number:
                break
            known |= {name: pair[0] for name, pair in changes.items() if name in known}
        return Customer(
            ref=str(known["ref"]),
            name=known["name"],
            email=None if known["email_bad_on"] else known["email"],
            phone=None if known["phone_bad_on"] else known["phone"],
            language=known["language"],
        )

    def _was_there(self, table: str, row: _OwnedRow, number: int) -> bool:
        """Whether a row was there before an event."""
        if row.made_by >= number or (row.ended_by is not None and row.ended_by < number):
            return False
        return not any(end < number <= back for end, back in self._back[table].get(row.id, ()))

    def _read_message(self, row: _OwnedRow, number: int) -> JsonObject:
        """A message's columns before an event; for that which made it, as it was made."""
        values: JsonObject = dict(zip(schema.ROWS["message"][1:], row.columns, strict=True))
        for later, changed in reversed(self._messages[row.id]):
            if later < number:
                break
            values |= {name: pair[0] for name, pair in changed.items() if name in values}
        return values

    # --- what the event did ---

    def _find_changes(self, number: int, ticket: int | None) -> JsonObject:
        found = next(
            (one for later, one in self._later.get(ticket or 0, ()) if later == number), {}
        )
        return {name: pair for name, pair in found.items() if name != MESSAGES}

    def _find_made(self, number: int) -> Iterator[MadeRow]:
        """The rows that an event made, as it made them."""
        yield from self._made.get(number, ())

    def _find_opened(self, number: int) -> Iterator[MadeRow]:
        """The customers and tickets that an event made, as it made them."""
        for customer in self._new["customer"].get(number, ()):
            yield "customer", (customer, *self._find_customer(customer, number))
        for ticket in self._new["ticket"].get(number, ()):
            values, fields = self._read_values(number, ticket)
            head = [values[name] for name in schema.TICKET if name != "fields"]
            yield "ticket", (ticket, *head, encode(fields))

    # --- reading ---

    def _read_tickets(self) -> dict[int, JsonObject]:
        query = f"SELECT id, {', '.join(_OWN)} FROM ticket WHERE id {_IN}"
        found: dict[int, JsonObject] = {}
        for number, *columns in self._connection.execute(query, (self._wanted,)):
            found[number] = dict(zip(_OWN, columns, strict=True))
            found[number]["fields"] = decode(found[number]["fields"])
        return found

    def _read_customers(self) -> dict[int, JsonObject]:
        """Whose the tickets are and were, by id."""
        query = (
            f"SELECT id, {', '.join(schema.CUSTOMER)}, made_by FROM customer WHERE id IN"
            f" (SELECT customer FROM ticket WHERE id {_IN} UNION SELECT customer FROM event WHERE ticket {_IN})"
        )
        names = (*schema.CUSTOMER, "made_by")
        return {
            number: dict(zip(names, columns, strict=True))
            for number, *columns in self._connection.execute(query, (self._wanted, self._wanted))
        }

    def _read_changes(self) -> None:
        """The changes of the page's events and of all later ones, oldest first."""
        given = (self._wanted, self._first, encode([*self._customers]), self._first)
        query = f"{_LATER} UNION ALL {_OF_CUSTOMERS} ORDER BY 1"
        for number, ticket, customer, text in self._connection.execute(query, given):
            if text == "{}":
                continue
            changes = decode(text)
            if ticket is not None:
                self._later[ticket].append((number, changes))
            else:
                self._of_customer[customer].append((number, changes))
            for message, changed in changes.get(MESSAGES, {}).items():
                self._messages[int(message)].append((number, changed))

    def _read_restored(self) -> dict[str, dict[int, list[tuple[int, int]]]]:
        """The rows that an event ended and its undo put back, by table: between which events each was
        gone."""
        found: dict[str, dict[int, list[tuple[int, int]]]] = defaultdict(dict)
        for number, undo, ended in self._connection.execute(_UNDONE, (self._wanted,)):
            for table, rows in decode(ended).items():
                for row in rows:
                    found[table].setdefault(row, []).append((number, undo))
        return found

    def _read_rows(self, table: str) -> dict[int, list[_OwnedRow]]:
        """All rows of a table that ever hung on the tickets, in their order."""
        names = schema.ROWS[table][1:]
        source = f"{table} AS h"
        if table == "message":
            source += " JOIN letter AS w ON w.message = h.id"
        query = (
            f"SELECT h.ticket, h.id, h.made_by, h.ended_by, {', '.join(names)} FROM {source}"
            f" WHERE h.ticket {_IN} ORDER BY h.ticket, h.id"
        )
        found: dict[int, list[_OwnedRow]] = defaultdict(list)
        row: SqlRow
        for row in self._connection.execute(query, (self._wanted,)):
            ticket, number, made_by, ended_by, *columns = row
            made = _OwnedRow(number, tuple(columns), made_by, ended_by)
            found[ticket].append(made)
            as_made = (
                tuple(self._read_message(made, made_by).values())
                if table == "message"
                else made.columns
            )
            self._made[made_by].append((table, (ticket, *as_made)))
        return found


def _group_by_maker(known: Mapping[int, JsonObject]) -> dict[int, list[int]]:
    """Rows by the events that made them."""
    found: dict[int, list[int]] = defaultdict(list)
    for number, columns in known.items():
        found[columns["made_by"]].append(number)
    return found


def read_forgotten(connection: Connection) -> Collection[int]:
    """The events of people who were forgotten: their words are gone, so they can't be made again."""
    from .forgotten import read_remains

    return read_remains(connection).keys()
