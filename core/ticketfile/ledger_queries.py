"""What a sync asks of the ticket file: the tickets of a ref in the ledger, and who brought what in."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from ..system.fast_json import decode, encode
from ..values.field_types import Stored
from .read_customers import StoredCustomer, find_customer_row
from .sqlite import Connection

_CHAINS = """
WITH RECURSIVE chain(root, ticket, ref) AS (
    SELECT j.value, t.id, t.ref FROM json_each(:refs) AS j
    JOIN ticket AS t ON t.ref = j.value AND t.ended_by IS NULL
    UNION
    SELECT chain.root, t.id, t.ref FROM chain
    JOIN link AS l ON l.target = chain.ref AND l.ended_by IS NULL
        AND l.field IN (SELECT value FROM json_each(:links))
    JOIN ticket AS t ON t.id = l.ticket AND t.ended_by IS NULL
)
SELECT root, ticket FROM chain ORDER BY root, ticket
"""

_ABSENT = """
SELECT t.id, t.ref, (
    SELECT l.target FROM link AS l WHERE l.ticket = t.id AND l.ended_by IS NULL
        AND l.field IN (SELECT value FROM json_each(:links))
)
FROM ticket AS t WHERE t.open = 1 AND t.ended_by IS NULL
    AND t.book IN (SELECT value FROM json_each(:books))
    AND t.ref NOT IN (SELECT ref FROM temp.incoming_ticket)
"""
_IS_STAGED = "SELECT 1 FROM temp.incoming_ticket WHERE ref = ?"

_BROUGHT_IN = "r.command IN ('import', 'sync')"

_ITEM_CAME = f"""
SELECT 1 FROM item AS i JOIN event AS e ON e.id = i.made_by JOIN run AS r ON r.id = e.run
WHERE i.ticket IN (SELECT value FROM json_each(?)) AND i.kind = ? AND i.data ->> ? = ?
    AND {_BROUGHT_IN} LIMIT 1
"""
_TICKET_CAME = f"""
SELECT 1 FROM ticket AS t JOIN event AS e ON e.id = t.made_by JOIN run AS r ON r.id = e.run
WHERE t.ref = ? AND t.ended_by IS NULL AND {_BROUGHT_IN}
"""
_ITEM_STEPS = f"""
WITH steps AS (
    SELECT i.made_by AS event, 1 AS made, i.data FROM item AS i
    WHERE i.ticket IN (SELECT value FROM json_each(:tickets)) AND i.kind = :kind
        AND i.data ->> :path = :value
    UNION ALL
    SELECT i.ended_by, 0, i.data FROM item AS i
    WHERE i.ticket IN (SELECT value FROM json_each(:tickets)) AND i.kind = :kind
        AND i.data ->> :path = :value AND i.ended_by IS NOT NULL
)
SELECT s.event, {_BROUGHT_IN}, s.made, s.data FROM steps AS s
JOIN event AS e ON e.id = s.event JOIN run AS r ON r.id = e.run
WHERE e.at >= :since AND e.undoes IS NULL
    AND NOT EXISTS (SELECT 1 FROM event AS u WHERE u.undoes = e.id)
ORDER BY s.event
"""
_CHANGED_HERE = f"""
SELECT e.changes -> ? FROM event AS e JOIN run AS r ON r.id = e.run
WHERE e.customer = ? AND e.ticket IS NULL AND e.event = 'customer' AND e.changes -> ? IS NOT NULL
    AND NOT {_BROUGHT_IN} AND NOT EXISTS (SELECT 1 FROM event AS u WHERE u.undoes = e.id)
ORDER BY e.id DESC LIMIT 1
"""
_CUSTOMERS_ALONE = """
SELECT c.ref FROM temp.incoming_customer AS c
WHERE c.ref NOT IN (SELECT customer FROM temp.incoming_ticket WHERE customer IS NOT NULL)
    AND c.ref NOT IN (SELECT ref FROM main.customer WHERE ended_by IS NULL) ORDER BY c.number
"""


def find_chains(
    connection: Connection, refs: Sequence[str], links: Collection[str]
) -> dict[str, list[int]]:
    """The tickets of these refs, and those that follow them by a link, oldest first."""
    found: dict[str, list[int]] = {}
    given = {"refs": encode(refs), "links": encode([*links])}
    for root, ticket in connection.execute(_CHAINS, given):
        found.setdefault(root, []).append(ticket)
    return found


def find_absent(
    connection: Connection, books: Collection[str], links: Collection[str], prefix: str
) -> list[str]:
    """The refs that begin with `prefix`, have open tickets in these books, and are in no source."""
    given = {"books": encode([*books]), "links": encode([*links])}
    roots = dict.fromkeys(
        ref if target is None else find_root(connection, target, links)
        for _, ref, target in connection.execute(_ABSENT, given).fetchall()
    )
    return [
        root
        for root in roots
        if root.startswith(prefix) and connection.execute(_IS_STAGED, (root,)).fetchone() is None
    ]


def find_root(connection: Connection, ref: str, links: Collection[str]) -> str:
    """The ref at the beginning of a chain."""
    seen = {ref}
    while True:
        row = connection.execute(
            "SELECT l.target FROM ticket AS t JOIN link AS l ON l.ticket = t.id"
            " AND l.ended_by IS NULL AND l.field IN (SELECT value FROM json_each(?))"
            " WHERE t.ref = ? AND t.ended_by IS NULL",
            (encode([*links]), ref),
        ).fetchone()
        if row is None or row[0] in seen:
            return ref
        ref = row[0]
        seen.add(ref)


def item_was_brought_in(
    connection: Connection, tickets: Sequence[int], kind: str, key: str, value: object
) -> bool:
    """Whether an import or a sync once brought in an item of these tickets."""
    given = (encode(tickets), kind, f"$.{key}", value)
    return connection.execute(_ITEM_CAME, given).fetchone() is not None


class ItemStep(NamedTuple):
    """A row of an item that an event made, or ended; the event came from an import or a sync, or from
    people."""

    event: int
    of_ledger: bool
    is_made: bool
    values: Mapping[str, Stored]


def read_item_steps(
    connection: Connection,
    tickets: Sequence[int],
    kind: str,
    key: str,
    value: object,
    since: str,
) -> list[ItemStep]:
    """What was done to an item of these tickets since a day, in the order of the events."""
    given = {"tickets": encode(tickets), "kind": kind, "path": f"$.{key}", "value": value}
    rows = connection.execute(_ITEM_STEPS, {**given, "since": since})
    return [
        ItemStep(event, bool(of_ledger), bool(made), decode(data))
        for event, of_ledger, made, data in rows
    ]


def ticket_was_brought_in(connection: Connection, ref: str) -> bool:
    """Whether an import or a sync brought a ticket in."""
    return connection.execute(_TICKET_CAME, (ref,)).fetchone() is not None


def find_value_before(connection: Connection, customer: int, name: str) -> list[object]:
    """What a customer's value was before a person last changed it here; empty if nobody did."""
    row = connection.execute(_CHANGED_HERE, (f"$.{name}", customer, f"$.{name}")).fetchone()
    return [] if row is None else [decode(row[0])[0]]


def find_customers_alone(connection: Connection) -> list[str]:
    """The customers of the sources that have no ticket there, and are not in the file."""
    return [row[0] for row in connection.execute(_CUSTOMERS_ALONE)]


def read_customers_of(connection: Connection, refs: Sequence[str]) -> dict[str, StoredCustomer]:
    """Those of the customers that the file has, by ref."""
    found = (find_customer_row(connection, ref) for ref in refs)
    return {one.ref: one for one in found if one is not None}
