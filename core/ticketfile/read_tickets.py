"""Reading tickets from the ticket file: which there are, what each holds now, and its history."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache

from ..book.model import Book
from ..decision.ticket_state import Customer, TicketState
from ..system.fast_json import Decode, decode, encode
from ..system.records import NamedTuple
from .sqlite import Connection, SqlRow


def find_page(
    connection: Connection, book: str, after: int, size: int, results: Sequence[str] = ()
) -> tuple[int, int] | None:
    """The first and last id of the next `size` open tickets of a book; None where there are none.

    With `results`, of the closed ones that have one of them.
    """
    which = "open = 0 AND result IN (SELECT value FROM json_each(?))" if results else "open = 1"
    first, last = connection.execute(
        f"SELECT min(id), max(id) FROM (SELECT id FROM ticket WHERE book = ? AND {which}"
        " AND ended_by IS NULL AND id > ? ORDER BY id LIMIT ?)",
        (book, *([encode(results)] if results else []), after, size),
    ).fetchone()
    return None if first is None else (first, last)


def has_more_open_than(connection: Connection, count: int) -> bool:
    """Whether more than `count` tickets are open."""
    found = connection.execute(
        "SELECT 1 FROM ticket WHERE open = 1 AND ended_by IS NULL LIMIT 1 OFFSET ?", (count,)
    )
    return found.fetchone() is not None


def read_open_books(connection: Connection) -> list[str]:
    """The books that open tickets belong to, in alphabetical order."""
    return _read_distinct(connection, "book", "open = 1 AND ended_by IS NULL")


def _read_distinct(connection: Connection, column: str, where: str) -> list[str]:
    """The values of an indexed column of tickets, in order: a step through the index for each."""
    rows = connection.execute(
        f"WITH RECURSIVE known (value) AS (SELECT min({column}) FROM ticket WHERE {where} UNION ALL"
        f" SELECT (SELECT min({column}) FROM ticket WHERE {column} > value AND {where}) FROM known"
        " WHERE value IS NOT NULL) SELECT value FROM known WHERE value IS NOT NULL"
    )
    return [row[0] for row in rows]


def read_all_books(connection: Connection) -> list[str]:
    """The books that tickets belong to, closed ones too, in alphabetical order."""
    rows = connection.execute(
        "SELECT DISTINCT book FROM ticket WHERE ended_by IS NULL AND book IS NOT NULL ORDER BY book"
    )
    return [row[0] for row in rows]


def read_assignees(connection: Connection) -> list[str]:
    """Everybody to whom a ticket is assigned."""
    return _read_distinct(connection, "assignee", "assignee IS NOT NULL AND ended_by IS NULL")


def find_ids_assigned_to(
    connection: Connection, book: str, person: str, is_open: bool
) -> tuple[int, ...]:
    """The ids of the open or closed tickets of a book that are assigned to a person, in order."""
    rows = connection.execute(
        "SELECT id FROM ticket WHERE assignee = ? AND open = ? AND ended_by IS NULL AND book = ?"
        " ORDER BY id",
        (person, int(is_open), book),
    )
    return tuple(row[0] for row in rows)


def find_assigned_to(connection: Connection, person: str) -> list[str]:
    """The refs of the open tickets that are assigned to a person, in the order of the file."""
    rows = connection.execute(
        "SELECT ref FROM ticket WHERE assignee = ? AND open = 1 AND ended_by IS NULL ORDER BY id",
        (person,),
    )
    return [row[0] for row in rows]


@contextmanager
def read_snapshot(connection: Connection) -> Iterator[int]:
    """Read the file as it is at one moment; yields the number of its newest event.

    Within a transaction that holds the write lock, this is the moment of that transaction.
    """
    own = not connection.in_transaction
    if own:
        connection.execute("BEGIN")
    try:
        yield connection.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()[0]
    finally:
        if own:
            connection.execute("COMMIT")


def has_book(connection: Connection, digest: str) -> bool:
    """Whether the file keeps this version of a book."""
    found = connection.execute("SELECT 1 FROM book WHERE digest = ?", (digest,))
    return found.fetchone() is not None


def find_ticket_id(connection: Connection, ref: str) -> int | None:
    """A ticket's id; None where there is no such ticket."""
    row = connection.execute(
        "SELECT id FROM ticket WHERE ref = ? AND ended_by IS NULL", (ref,)
    ).fetchone()
    return None if row is None else int(row[0])


class TicketHead(NamedTuple):
    """What a command has to know of a ticket before all else."""

    id: int
    book: str
    open: bool


def find_ticket(connection: Connection, ref: str) -> TicketHead:
    """The ticket of that ref, whatever its case; BadInput where there is no such ticket."""
    row = connection.execute(
        "SELECT id, book, open FROM ticket WHERE ref = ? AND ended_by IS NULL", (ref,)
    ).fetchone()
    if row is None:
        from .ref_search import find_like  # late: 1 ms, where there is no such ref

        lists = "`prassi triage --all` lists the tickets there are."
        return find_ticket(connection, find_like(connection, "ticket", ref, lists))
    number, book, is_open = row
    return TicketHead(number, book, bool(is_open))


def read_result(connection: Connection, ticket: int) -> str | None:
    """What a ticket was closed with; None of an open one."""
    (result,) = connection.execute("SELECT result FROM ticket WHERE id = ?", (ticket,)).fetchone()
    return None if result is None else str(result)


def find_customer(connection: Connection, ref: str) -> tuple[int, Customer] | None:
    """A customer's id, and the customer, by its ref; None where there is no such customer."""
    row = connection.execute(
        "SELECT id, ref, name, iif(email_bad_on IS NULL, email, NULL),"
        " iif(phone_bad_on IS NULL, phone, NULL), language FROM customer WHERE ref = ? AND ended_by IS NULL",
        (ref,),
    ).fetchone()
    if row is None:
        return None
    number, *columns = row
    return (number, Customer._make(columns))


def find_free_id(connection: Connection, table: str) -> int:
    """The next free id of a table of tickets or customers."""
    row = connection.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()
    return int(row[0])


def find_free_numbers(connection: Connection, table: str, prefix: str) -> tuple[int, int]:
    """The next free id of a table of tickets or customers, and the next free number of a ref."""
    number = find_free_id(connection, table)
    taken = connection.execute(
        f"SELECT max(CAST(substr(ref, :begin) AS INTEGER)) FROM {table} WHERE ended_by IS NULL"
        " AND ref GLOB :shape AND substr(ref, :begin) NOT GLOB '*[^0-9]*'",
        {"shape": f"{prefix}-[0-9]*", "begin": len(prefix) + 2},
    ).fetchone()[0]
    return number, min(taken or 0, 10**15) + 1


def read_ref(connection: Connection, number: int) -> str:
    """The ref of the ticket with that id."""
    found: str = connection.execute("SELECT ref FROM ticket WHERE id = ?", (number,)).fetchone()[0]
    return found


_STATE = """
SELECT t.id, t.ref, t.book, t.status, t.open, t.opened, t.priority, t.assignee, t.result, {}
WHERE t.id IN (SELECT value FROM json_each(?)) ORDER BY t.id
"""
_ALONE = "{} FROM ticket AS t"
_WITH_CUSTOMER = (
    "{}, c.ref, c.name, iif(c.email_bad_on IS NULL, c.email, NULL),"
    " iif(c.phone_bad_on IS NULL, c.phone, NULL), c.language"
    " FROM ticket AS t JOIN customer AS c ON c.id = t.customer"
)
_NO_ITEMS = ("ticket", "customer", "task", "tag", "message")
_NOBODY = Customer(ref="", name=None, email=None, phone=None, language=None)

_STANDING_MESSAGES = """
SELECT ticket, id, template FROM message WHERE ended_by IS NULL
AND ticket IN (SELECT value FROM json_each(?)) AND +state IN ('waiting', 'held', 'failed')
ORDER BY ticket, id
"""
"""The messages that can still be withdrawn; + keeps SQLite from going through all that wait."""

_HANGING = "SELECT ticket, id, {} FROM {} WHERE ended_by IS NULL AND ticket IN (SELECT value FROM json_each(?))"


def read_states(
    connection: Connection, ids: Sequence[int], wants: Collection[str] | None = None
) -> dict[int, TicketState]:
    """What the file holds of these tickets, by id, in a fixed number of queries.

    `wants` names what is needed beside the ticket's own columns: ticket (its fields), customer, task,
    tag, message, or kinds of items; None is everything. JSON that stands in several places is decoded once, to
    the very same object.
    """
    wanted, decode_once = encode(ids), cache(decode)
    found = _read_heads(connection, wanted, wants, decode_once)
    if wants is None or "task" in wants:
        query = _HANGING.format("kind, due", "task") + " ORDER BY ticket, id"
        for ticket, number, kind, due in connection.execute(query, (wanted,)):
            found[ticket].tasks.append((number, kind, due))
    if wants is None or "tag" in wants:
        query = _HANGING.format("tag", "tag") + " ORDER BY ticket, id"
        for ticket, number, tag in connection.execute(query, (wanted,)):
            found[ticket].tags.append((number, tag))
    if wants is None or "message" in wants:
        for ticket, number, template in connection.execute(_STANDING_MESSAGES, (wanted,)):
            found[ticket].messages.append((number, template))
    kinds = None if wants is None else [kind for kind in wants if kind not in _NO_ITEMS]
    if kinds is None or kinds:
        for ticket, number, kind, data in _select_items(connection, wanted, kinds):
            found[ticket].items.append((number, kind, decode_once(data)))
    return found


def _read_heads(
    connection: Connection, wanted: str, wants: Collection[str] | None, decode: Decode
) -> dict[int, TicketState]:
    """The tickets without what hangs on them; with their customers and fields where these are wanted."""
    fields = "t.fields" if wants is None or "ticket" in wants else "'{}'"
    found = {}
    if wants is None or "customer" in wants:
        query = _STATE.format(_WITH_CUSTOMER.format(fields))
        for row in connection.execute(query, (wanted,)):
            own = (*row[:9], decode(row[9]), Customer._make(row[10:]), [], [], [], [])
            found[row[0]] = TicketState._make(own)
    else:
        for row in connection.execute(_STATE.format(_ALONE.format(fields)), (wanted,)):
            found[row[0]] = TicketState._make((*row[:9], decode(row[9]), _NOBODY, [], [], [], []))
    return found


def _select_items(connection: Connection, wanted: str, kinds: list[str] | None) -> Iterator[SqlRow]:
    """The items of the tickets, of all kinds or of some, in their order."""
    query, given = _HANGING.format("kind, data", "item"), (wanted,)
    if kinds is None:
        return connection.execute(f"{query} ORDER BY ticket, id", given)
    of_kinds = " AND kind IN (SELECT value FROM json_each(?))"
    return connection.execute(f"{query}{of_kinds} ORDER BY ticket, id", (*given, encode(kinds)))


def list_tickets(
    connection: Connection,
    book: Book,
    statuses: Sequence[str],
    closed: bool,
    wanted: Mapping[str, str],
    order: str,
) -> Iterator[TicketState]:
    """The tickets of a book in these statuses (none: in any) that have the values wanted.

    `order` is a column or a field, with - before it for the greatest first; then comes the id.
    """
    name, turned = order.removeprefix("-"), " DESC" if order[0] == "-" else ""
    conditions = "".join(f" AND {_column_expression(book, one)} = :{one}" for one in wanted)
    if statuses:
        conditions += " AND t.status IN (SELECT value FROM json_each(:statuses))"
    found = connection.execute(
        "SELECT t.id FROM ticket AS t JOIN customer AS c ON c.id = t.customer WHERE t.book = :book"
        f"{'' if closed else ' AND t.open = 1'} AND t.ended_by IS NULL{conditions}"
        f" ORDER BY {_column_expression(book, name)}{turned}, t.id{turned}",
        {**wanted, "book": book.name, "statuses": encode(statuses)},
    )
    while ids := [row[0] for row in found.fetchmany(_PAGE)]:
        known = read_states(connection, ids, ("ticket", "customer"))
        yield from (known[number] for number in ids)


_PAGE = 1000


def _column_expression(book: Book, name: str) -> str:
    """A column of a ticket, or a field of the book, as SQL; a customer by the ref."""
    if name in book.fields:
        from .facts_sql import extract_expression  # late: 1 ms

        return extract_expression("t.fields", book.fields[name])
    return {"customer": "c.ref", "age": "t.opened"}.get(name, f"t.{name}")


def find_acted_on(connection: Connection, ids: Sequence[int], today: str) -> set[int]:
    """Those of the tickets on which a night of that day has already done something."""
    rows = connection.execute(
        "SELECT DISTINCT e.ticket FROM event AS e WHERE e.event = 'day'"
        " AND e.at >= ? AND e.at < ? || '~' AND e.ticket IN (SELECT value FROM json_each(?))"
        " AND NOT EXISTS (SELECT 1 FROM event AS u WHERE u.undoes = e.id)",
        (today, today, encode(ids)),
    )
    return {row[0] for row in rows}


def find_with_tasks(
    connection: Connection, kinds: Collection[str], today: str, first: int, last: int
) -> set[int]:
    """The tickets, of those from id `first` to `last`, with an open task of these kinds that is due."""
    rows = connection.execute(
        "SELECT ticket FROM task WHERE ticket BETWEEN ? AND ? AND ended_by IS NULL"
        " AND substr(due, 1, 10) <= ? AND kind IN (SELECT value FROM json_each(?))",
        (first, last, today, encode(list(kinds))),
    )
    return {row[0] for row in rows}


class HistoryEntry(NamedTuple):
    """One event of a ticket: what it changed, as JSON, the event that undid it, if any, and who acted."""

    id: int
    at: str
    event: str
    rule: str | None
    changes: str
    undone_by: int | None
    by: str | None


def read_history(connection: Connection, ticket: int) -> Iterator[HistoryEntry]:
    """A ticket's events, oldest first.

    The event of another ticket that opened it is one of them; what that changed is not its own.
    """
    rows = connection.execute(
        "SELECT e.id, e.at, e.event, e.rule,"
        " CASE WHEN e.ticket = :ticket THEN e.changes ELSE '{}' END, u.id, r.person FROM event AS e"
        " JOIN run AS r ON r.id = e.run LEFT JOIN event AS u ON u.undoes = e.id"
        " WHERE e.ticket = :ticket OR e.ticket IS NOT NULL"
        " AND e.id = (SELECT made_by FROM ticket WHERE id = :ticket) ORDER BY e.id",
        {"ticket": ticket},
    )
    return map(HistoryEntry._make, rows)
