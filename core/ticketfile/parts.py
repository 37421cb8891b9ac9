"""Taking a ticket file apart into files that decide alone.

Tickets that a book's reach joins stay together, and so do those that a link joins or that one event
opened. A part has its tickets with all that ever hung on them, their events, their customers, all
states and all versions of books, under the numbers that they have in the whole file. Its events are
not chained: each hash is zero.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import NamedTuple

from ..book.reach import CUSTOMER
from ..system.fast_json import encode
from . import schema
from .connect import TicketFile, connect, copy_database, transaction, translate_errors
from .open import create_file
from .sqlite import Connection, SqlParameters

_LINKED = """
SELECT l.ticket, o.id FROM link AS l JOIN ticket AS o ON o.ref = l.target AND o.ended_by IS NULL
WHERE l.ended_by IS NULL
"""
_OPENED_BY_TICKET = """
SELECT t.id, e.ticket FROM ticket AS t JOIN event AS e ON e.id = t.made_by WHERE e.ticket <> t.id
"""
_OPENED_TOGETHER = """
SELECT t.id, o.first FROM ticket AS t JOIN (
    SELECT t.made_by, min(t.id) AS first FROM ticket AS t JOIN event AS e ON e.id = t.made_by
    WHERE e.ticket IS NULL AND e.rule IS NOT NULL GROUP BY t.made_by
) AS o ON o.made_by = t.made_by
"""
_SAME_CUSTOMER = """
SELECT t.id, c.first FROM ticket AS t JOIN (
    SELECT customer, min(id) AS first, sum(book IN (SELECT value FROM json_each(:books))) AS joined
    FROM ticket GROUP BY customer HAVING count(*) > 1
) AS c ON c.customer = t.customer WHERE c.joined
"""
"""Pairs of tickets that stay together, by their ids."""


class PartSizes(NamedTuple):
    """How a file is taken apart: the tickets of each part; those of the largest group that stays
    together, and the ref of the first of them."""

    tickets: list[int]
    largest: int
    example: str | None


@contextmanager
def copy_to_split(source: Connection, folder: str) -> Iterator[TicketFile]:
    """A copy of a file as it is at one moment, beside the parts that are made of it; it is gone
    afterwards. Others can work on the file meanwhile."""
    handle, path = tempfile.mkstemp(prefix=".whole-", dir=folder)
    os.close(handle)
    try:
        with translate_errors(path), closing(connect(path)) as copy:
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")
            copy_database(source, copy)
            yield copy
    finally:
        os.remove(path)


def assign_parts(copy: Connection, reaches: Mapping[str, frozenset[str]], count: int) -> PartSizes:
    """Note in a copy which ticket comes to which of at most `count` parts, by the reach of each book."""
    groups = _join_tickets(copy, [name for name, reach in reaches.items() if CUSTOMER in reach])
    sizes = Counter(map(groups.find, groups.parents))
    copy.execute("CREATE TABLE part_of (part INTEGER, ticket INTEGER, PRIMARY KEY (part, ticket))")
    total: int = copy.execute("SELECT count(*) FROM ticket").fetchone()[0]
    placed: dict[int, int] = {}
    tickets: list[int] = []
    rows: list[tuple[int, int]] = []
    taken = 0
    ids = copy.execute("SELECT id FROM ticket ORDER BY id").fetchall()
    for (ticket,) in ids:
        root = groups.find(ticket)
        part = placed.get(root)
        if part is None:
            part = taken * count // total
            part = min(part, len(tickets))  # a group that fills several parts leaves none empty
            taken += sizes.get(root, 1)
            if root in sizes:
                placed[root] = part
        if part == len(tickets):
            tickets.append(0)
        tickets[part] += 1
        rows.append((part, ticket))
    with transaction(copy):
        copy.executemany("INSERT INTO part_of VALUES (?, ?)", rows)
    root, largest = max(
        sizes.items(), key=lambda one: (one[1], -one[0]), default=(0, min(total, 1))
    )
    found = copy.execute("SELECT ref FROM ticket WHERE id >= ? ORDER BY id", (root,)).fetchone()
    return PartSizes(tickets, largest, None if found is None else found[0])


class _Groups:
    """Which numbers belong together; each group is known by its smallest one."""

    def __init__(self) -> None:
        self.parents: dict[int, int] = {}

    def find(self, number: int) -> int:
        """The smallest number of a group."""
        root = number
        while (parent := self.parents.get(root, root)) != root:
            root = parent
        while (parent := self.parents.get(number, root)) != root:
            self.parents[number], number = root, parent
        return root

    def join(self, one: int, other: int) -> None:
        """Make one group of the groups of two numbers."""
        low, high = sorted((self.find(one), self.find(other)))
        self.parents.setdefault(low, low)
        self.parents[high] = low


def _join_tickets(copy: Connection, by_customer: Sequence[str]) -> _Groups:
    groups = _Groups()
    pairs: list[tuple[str, SqlParameters]] = [
        (query, {}) for query in (_LINKED, _OPENED_BY_TICKET, _OPENED_TOGETHER)
    ]
    for query, given in [*pairs, (_SAME_CUSTOMER, {"books": encode([*by_customer])})]:
        for one, other in copy.execute(query, given):
            groups.join(one, other)
    return groups


# --- writing one ----------------------------------------------------------------------------------

_EVENT = (
    "id, run, at, ticket, book, event, rule, facts, changes, ended, undoes, customer",
    "e.id, e.run, e.at, e.ticket, e.book, e.event, e.rule, e.facts, e.changes, e.ended, e.undoes,"
    " e.customer",
)
_COPY_EVENT = (
    f"INSERT INTO main.event ({_EVENT[0]}, hash) SELECT {_EVENT[1]}, zeroblob(32)"
    " FROM whole.event AS e"
)
_OWN_TICKETS = "SELECT id FROM main.ticket"
_OF_OTHERS = (
    "INSERT INTO main.event (id, run, at, event, facts, changes, ended, hash)"
    " SELECT e.id, e.run, e.at, e.event, '{}', '{}', '{}', zeroblob(32) FROM whole.event AS e"
    " WHERE e.id IN ({}) AND e.id NOT IN (SELECT id FROM main.event)"
)
"""An event that the rows of a part name, and that is about tickets of other parts or of none: it stands
there without what it decided, which would be told twice otherwise."""


def _list_statements() -> Iterator[str]:
    """What fills a part with the tickets of whole.part_of, in their order."""
    columns = ", ".join(f"t.{name}" for name in ("id", *schema.TICKET, "made_by", "ended_by"))
    yield (
        f"INSERT INTO main.ticket ({columns.replace('t.', '')}) SELECT {columns}"
        " FROM whole.part_of AS p JOIN whole.ticket AS t ON t.id = p.ticket WHERE p.part = :part"
    )
    for table in schema.ROWS:
        yield f"INSERT INTO main.{table} SELECT h.* FROM main.ticket AS t JOIN whole.{table} AS h ON h.ticket = t.id"
    yield "INSERT INTO main.letter SELECT w.* FROM main.message AS m JOIN whole.letter AS w ON w.message = m.id"
    yield "INSERT INTO main.book SELECT * FROM whole.book"
    yield "INSERT INTO main.state SELECT * FROM whole.state"
    yield "INSERT INTO main.calendar SELECT * FROM whole.calendar"
    yield f"{_COPY_EVENT} JOIN main.ticket AS t ON t.id = e.ticket"
    # Decisions about no ticket are with the tickets that they opened, else with the first part.
    yield (
        f"{_COPY_EVENT} WHERE e.ticket IS NULL AND e.rule IS NOT NULL AND CASE WHEN EXISTS"
        " (SELECT 1 FROM whole.ticket AS o WHERE o.made_by = e.id)"
        " THEN EXISTS (SELECT 1 FROM main.ticket AS o WHERE o.made_by = e.id) ELSE :part = 0 END"
    )
    yield (
        "INSERT INTO main.customer SELECT c.* FROM whole.customer AS c WHERE c.id IN"
        " (SELECT customer FROM main.ticket UNION SELECT customer FROM main.event) OR (:part = 0"
        " AND NOT EXISTS (SELECT 1 FROM whole.ticket AS t WHERE t.customer = c.id))"
    )
    yield "INSERT INTO main.secret SELECT s.* FROM whole.secret AS s JOIN main.customer AS c ON c.id = s.customer"
    yield (
        f"{_COPY_EVENT} WHERE e.ticket IS NULL AND e.rule IS NULL"
        " AND e.customer IN (SELECT id FROM main.customer)"
    )
    named = [
        f"SELECT {column} FROM main.{table}"
        for table in ("ticket", "customer", "state", *schema.ROWS)
        for column in ("made_by", "ended_by")
    ]
    yield _OF_OTHERS.replace(
        "({})", f"({' UNION '.join([*named, 'SELECT undoes FROM main.event'])})"
    )
    yield "INSERT INTO main.run SELECT r.* FROM whole.run AS r WHERE r.id IN (SELECT run FROM main.event)"


def write_part(copy: TicketFile, path: str, part: int) -> int:
    """Write one part of a copy to a new file; returns how many customers it has."""
    with closing(create_file(path)) as made, translate_errors(path):
        for pragma in ("synchronous = OFF", "foreign_keys = OFF", "journal_mode = OFF"):
            made.execute(f"PRAGMA {pragma}")
        made.execute("ATTACH ? AS whole", (copy.path,))
        made.execute("BEGIN")
        for statement in _list_statements():
            made.execute(statement, {"part": part} if ":part" in statement else {})
        made.execute("COMMIT")
        made.execute("DETACH whole")
        customers: int = made.execute("SELECT count(*) FROM customer").fetchone()[0]
        made.execute("PRAGMA journal_mode = DELETE")
    return customers
