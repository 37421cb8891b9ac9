"""Reading customers from the ticket file, whatever state their addresses are in."""

# No `from __future__ import annotations`: a TypedDict compiles annotations that are texts.

from collections.abc import Iterator, Mapping, Sequence
from typing import TypedDict

from ..system.fast_json import JsonObject, decode, encode
from ..system.records import NamedTuple
from .first_since import find_first_event, find_first_row
from .message_states import STOPPABLE
from .schema import CUSTOMER
from .sqlite import Connection, SqlRow

_SELECT = f"SELECT id, {', '.join(CUSTOMER)} FROM customer WHERE ended_by IS NULL"
_WAITING = ", ".join(f"'{state}'" for state in STOPPABLE)


class CustomerRowJson(TypedDict):
    """A customer; a day on which a message came back is that of the address."""

    ref: str
    name: str | None
    email: str | None
    phone: str | None
    language: str | None
    email_bad_on: str | None
    phone_bad_on: str | None


class StoredCustomer(NamedTuple):
    """A customer as the file has it."""

    id: int
    ref: str
    values: Mapping[str, str | None]


class OwnTicket(NamedTuple):
    """A ticket of a customer."""

    id: int
    ref: str
    book: str
    status: str
    open: bool


def _make(row: SqlRow) -> StoredCustomer:
    number, *columns = row
    values = dict(zip(CUSTOMER, columns, strict=True))
    return StoredCustomer(int(number), str(values["ref"]), values)


def find_customer_row(connection: Connection, ref: str) -> StoredCustomer | None:
    """The customer of that ref; None where there is none."""
    row = connection.execute(f"{_SELECT} AND ref = ?", (ref,)).fetchone()
    return None if row is None else _make(row)


def find_stored(connection: Connection, ref: str) -> StoredCustomer:
    """The customer of that ref, whatever its case; BadInput where there is none."""
    found = find_customer_row(connection, ref)
    if found is None:
        from .ref_search import find_like  # late: 1 ms, where there is no such ref

        lists = "`prassi customer list` lists them."
        return find_stored(connection, find_like(connection, "customer", ref, lists))
    return found


def read_customers(
    connection: Connection, since: str | None = None, most: int = -1
) -> Iterator[StoredCustomer]:
    """All customers, in the order they came in; those that came `since` a day, at most so many."""
    condition, first = "", 0
    if since is not None:
        event = find_first_event(connection, since)
        if event is None:
            return iter(())
        first = find_first_row(connection, "customer", event)
        condition = " AND id >= ? AND ? <= (SELECT at FROM event AS e WHERE e.id = made_by)"
    given = (first, since) if condition else ()
    query = f"{_SELECT}{condition} ORDER BY id LIMIT ?"
    return map(_make, connection.execute(query, (*given, most)))


def read_customers_by_id(connection: Connection, ids: Sequence[int]) -> Iterator[StoredCustomer]:
    """Some customers, in the order they came in."""
    wanted = encode(list(ids))
    query = f"{_SELECT} AND id IN (SELECT value FROM json_each(?)) ORDER BY id"
    return map(_make, connection.execute(query, (wanted,)))


def find_by_address(connection: Connection, channel: str, address: str) -> Iterator[StoredCustomer]:
    """The customers with a phone number or an e-mail address, however it is written."""
    wanted = _plain(channel, address)
    for customer in read_customers(connection):
        known = customer.values[channel]
        if known is not None and _plain(channel, known) == wanted:
            yield customer


def _plain(channel: str, address: str) -> str:
    if channel == "email":
        return address.strip().casefold()
    digits = "".join(one for one in address if one.isdecimal())
    return digits.removeprefix("00")


def find_tickets_of(connection: Connection, customer: int) -> list[OwnTicket]:
    """A customer's tickets, closed ones too, in the order they came in."""
    rows = connection.execute(
        "SELECT id, ref, book, status, open FROM ticket WHERE customer = ? AND ended_by IS NULL"
        " ORDER BY id",
        (customer,),
    )
    return [OwnTicket._make((*columns, bool(is_open))) for *columns, is_open in rows]


def find_unsent(
    connection: Connection, customer: int, channel: str
) -> Iterator[tuple[int, int, str | None]]:
    """A customer's own messages of a channel that have not left, each with its ticket and recipient."""
    yield from connection.execute(
        "SELECT m.id, m.ticket, l.recipient FROM message AS m JOIN letter AS l ON l.message = m.id"
        " WHERE m.role IS NULL AND m.channel = ? AND m.ended_by IS NULL"
        f" AND m.state IN ({_WAITING}) AND m.ticket IN"
        " (SELECT id FROM ticket WHERE customer = ? AND ended_by IS NULL) ORDER BY m.id",
        (channel, customer),
    )


def read_history(connection: Connection, customer: int) -> Iterator[JsonObject]:
    """The events about a customer that are about no ticket, oldest first."""
    rows = connection.execute(
        "SELECT e.id, e.at, r.person, e.event, e.facts, u.id FROM event AS e"
        " JOIN run AS r ON r.id = e.run LEFT JOIN event AS u ON u.undoes = e.id"
        " WHERE e.customer = ? AND e.ticket IS NULL ORDER BY e.id",
        (customer,),
    )
    for number, at, person, event, facts, undone in rows:
        yield {
            "event_id": number,
            "at": at,
            "by": person,
            "event": event,
            "facts": decode(facts),
            "undone": undone is not None,
        }
