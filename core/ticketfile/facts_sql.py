"""A book's facts.sql: wrapped in views of what is valid, asked, and checked on an empty file."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing

from ..book.model import Book, Event
from ..errors import BadInput
from ..values.field_types import Field
from . import facts_sql_guard, schema
from .sqlite import Connection, SqlParameters, SqlRow, open_scratch

ANY_STATE = "1"


NO_TICKET = ""
"""Facts of an event that begins without a ticket: one row, in which all is NULL but the id, 0."""


def tickets_condition(named: bool, closed: bool = False) -> str:
    """Which tickets a facts query is about: open ones, or those `closed` with one of :results; all, or
    only those of :tickets."""
    state = "t.open = 1"
    if closed:
        state = "t.open = 0 AND t.result IN (SELECT value FROM json_each(:results))"
    return state + (" AND t.id IN (SELECT value FROM json_each(:tickets))" if named else "")


def parameter_names(book: Book) -> tuple[str, ...]:
    """All that facts.sql is given by name."""
    return (*book.input_names, *book.parameters, "book", "today", "now", "first", "last")


def build_facts_query(book: Book, event: Event, which: str) -> str:
    """The query for one event's facts: first the ticket's id, then `event.columns`.

    Its parameters are :book, :first and :last (ids of tickets), :today, :now, the inputs of all
    events and the book's parameters.
    """
    words = {_REACHED, _CIRCLE, *re.findall(r"\w+", book.facts_sql)}
    used = {name: view for name, view in _list_views(book, which).items() if name in words}
    named = ",\n".join(
        f'"{name}" AS {"" if name in _MATERIALIZED else "NOT "}MATERIALIZED ({view})'
        for name, view in used.items()
    )
    # With the table's name before it: SQLite takes a quoted name it doesn't know for a text.
    columns = "".join(f', asked."{column}"' for column in event.columns)
    return f"WITH {named}\nSELECT asked.ticket{columns} FROM (\n{book.facts_sql}\n) AS asked"


def _list_views(book: Book, which: str) -> dict[str, str]:
    """What facts.sql can name, and what limits it to the book's reach."""
    hanging = _limit_to_reach(book, "ticket")
    return {
        "ticket": _build_ticket_view(book, which) if which else _build_empty_ticket(book),
        **_build_reached_views(book),
        "tickets": (
            f"{_select_tickets(book, ', t.open')} WHERE t.book = :book AND t.ended_by IS NULL"
            f"{_limit_to_reach(book, 't.id', _NAMED)}"
        ),
        "link": f"SELECT ticket, field, target FROM main.link WHERE ended_by IS NULL{hanging}",
        "customer": _CUSTOMER_VIEW + (_limit_customers(book) if which else ""),
        "message": _MESSAGE_VIEW + hanging,
        **{
            name: _build_item_view(name, items.fields) + _limit_to_reach(book, "i.ticket")
            for name, items in book.items.items()
        },
        "task": f"SELECT * FROM main.task WHERE ended_by IS NULL{hanging}",
        "tag": f"SELECT * FROM main.tag WHERE ended_by IS NULL{hanging}",
        "note": f"SELECT * FROM main.note WHERE ended_by IS NULL{hanging}",
        "event": (
            "SELECT * FROM main.event AS e WHERE e.undoes IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM main.event AS u WHERE u.undoes = e.id)"
            f"{_limit_to_reach(book, 'e.ticket')}"
        ),
        "state": _build_state_view(book),
    }


# --- reach ----------------------------------------------------------------------------------------

_REACHED = "within reach"
"""The ids of the tickets that a query about some others sees, where its book's reach says which."""

_CIRCLE = f"{_REACHED}: customers"
_MATERIALIZED = frozenset({"state", _REACHED, _CIRCLE})


def _limit_to_reach(book: Book, ticket: str, named: str = "") -> str:
    """The condition that a row is about a ticket within reach, whose id is in a column; `named` is how
    one that a link of those asked about names is found sooner."""
    if book.reach is None:
        return ""
    if not book.reach:
        return f" AND {ticket} BETWEEN :first AND :last"
    # Most rows are about the tickets asked about, and what is joined to these is only worked out for
    # others: OR would do that first. With + before it, a better index than that of ids is used.
    sooner = named if "links" in book.reach else ""
    return (
        f" AND CASE WHEN +{ticket} BETWEEN :first AND :last THEN 1 {sooner}"
        f'ELSE +{ticket} IN (SELECT id FROM "{_REACHED}") END'
    )


def _limit_customers(book: Book) -> str:
    """The condition that somebody is the customer of a ticket within reach."""
    if book.reach is None:
        return ""
    own = (
        "EXISTS (SELECT 1 FROM main.ticket AS o WHERE o.customer = main.customer.id"
        " AND o.id BETWEEN :first AND :last)"
    )
    if not book.reach:
        return f" AND {own}"
    of_others = f'SELECT customer FROM main.ticket WHERE id IN (SELECT id FROM "{_REACHED}")'
    return f" AND CASE WHEN {own} THEN 1 ELSE id IN ({of_others}) END"


def _build_reached_views(book: Book) -> dict[str, str]:
    """The tickets that links and customers join to those asked about, as the book's reach says."""
    if not book.reach:
        return {}
    if "customer" not in book.reach:
        return {_REACHED: _LINKED}
    # Customers are followed, and not their tickets: somebody may have thousands.
    links = "links" in book.reach
    return {
        _CIRCLE: _LINKED_CUSTOMERS if links else "SELECT customer AS id FROM ticket",
        _REACHED: f'SELECT id FROM main.ticket WHERE customer IN (SELECT id FROM "{_CIRCLE}")',
    }


_NAMED = (
    "WHEN EXISTS (SELECT 1 FROM main.link AS l WHERE l.target = t.ref"
    " AND l.ticket BETWEEN :first AND :last AND l.ended_by IS NULL) THEN 1 "
)
_VALID = "l.ended_by IS NULL AND o.ended_by IS NULL"
_LINKED = (
    # The tickets asked about are told by their numbers, so this begins with those next to them.
    "SELECT o.id, o.ref FROM main.link AS l CROSS JOIN main.ticket AS o"
    f" WHERE l.ticket BETWEEN :first AND :last AND o.ref = l.target AND {_VALID}"
    " UNION SELECT o.id, o.ref FROM ticket AS t CROSS JOIN main.link AS l CROSS JOIN main.ticket AS o"
    f" WHERE l.target = t.ref AND o.id = l.ticket AND {_VALID}"
    f' UNION SELECT o.id, o.ref FROM "{_REACHED}" AS r CROSS JOIN main.link AS l'
    f" CROSS JOIN main.ticket AS o WHERE l.ticket = r.id AND o.ref = l.target AND {_VALID}"
    f' UNION SELECT o.id, o.ref FROM "{_REACHED}" AS r CROSS JOIN main.link AS l'
    f" CROSS JOIN main.ticket AS o WHERE l.target = r.ref AND o.id = l.ticket AND {_VALID}"
)
_LINKED_CUSTOMERS = "SELECT customer AS id FROM ticket" + "".join(
    f' UNION SELECT o.customer FROM "{_CIRCLE}" AS c CROSS JOIN main.ticket AS t'
    " CROSS JOIN main.link AS l CROSS JOIN main.ticket AS o"
    f" WHERE t.customer = c.id AND t.ended_by IS NULL AND {joined} AND {_VALID}"
    for joined in ("l.ticket = t.id AND o.ref = l.target", "l.target = t.ref AND o.id = l.ticket")
)


def _build_ticket_view(book: Book, which: str) -> str:
    return (
        f"{_select_tickets(book)} WHERE t.book = :book AND {which}"
        " AND t.id BETWEEN :first AND :last AND t.ended_by IS NULL"
    )


_CUSTOMER_VIEW = (
    "SELECT id, ref, name, iif(email_bad_on IS NULL, email, NULL) AS email,"
    " iif(phone_bad_on IS NULL, phone, NULL) AS phone, language"
    " FROM main.customer WHERE ended_by IS NULL"
)
"""An address from which a message came back is none."""

_MESSAGE_VIEW = (
    "SELECT id, ticket, template, channel, state, made_on, left_on FROM main.message"
    " WHERE ended_by IS NULL"
)
"""Messages that were not withdrawn."""

TICKET = ("ref", "status", "opened", "priority", "assignee", "customer", "result")
"""A ticket's own columns, as facts.sql can name them."""


def _select_tickets(book: Book, more: str = "") -> str:
    columns = "".join(f", t.{name}" for name in TICKET)
    fields = "".join(
        f', {extract_expression("t.fields", f)} AS "{n}"' for n, f in book.fields.items()
    )
    return f"SELECT t.id{columns}{more}{fields} FROM main.ticket AS t"


def _build_state_view(book: Book) -> str:
    """The states that the file keeps of a book, or else the open statuses it has by itself."""
    own = "FROM main.state WHERE book = :book AND ended_by IS NULL"
    names = [status for status in book.statuses.values() if not status.closed]
    values = ", ".join(
        f"({_quote_text(status.name)}, {place}, {int(status.completed)})"
        for place, status in enumerate(names, 1)
    )
    return (
        f"SELECT name, place, completed {own} UNION ALL"
        f" SELECT * FROM (VALUES {values}) WHERE NOT EXISTS (SELECT 1 {own})"
    )


def _quote_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _build_empty_ticket(book: Book) -> str:
    return "SELECT 0 AS id" + "".join(f', NULL AS "{n}"' for n in (*TICKET, *book.fields))


def _build_item_view(kind: str, fields: Mapping[str, Field]) -> str:
    columns = "".join(
        f', {extract_expression("i.data", field)} AS "{n}"' for n, field in fields.items()
    )
    return (
        f"SELECT i.id, i.ticket{columns} FROM main.item AS i"
        f" WHERE i.kind = '{kind}' AND i.ended_by IS NULL"
    )


def extract_expression(column: str, field: Field) -> str:
    extracted = f"{column} ->> '$.{field.name}'"
    if field.default is None or isinstance(field.default, list):
        return extracted
    plain = int(field.default) if isinstance(field.default, bool) else field.default
    default = str(plain) if isinstance(plain, int) else "'" + plain.replace("'", "''") + "'"
    return f"coalesce({extracted}, {default})"


def read_facts(
    connection: Connection, query: str, parameters: SqlParameters, kept_as: str | None = None
) -> list[SqlRow]:
    """The rows of a facts query, one a ticket; BadInput where the book's SQL is faulty.

    That it only reads is kept between runs under a name, if there is one.
    """
    try:
        rows = facts_sql_guard.run_query(connection, query, parameters, kept_as)
    except facts_sql_guard.UnfitQuery as error:
        raise BadInput(f"facts.sql of book {parameters['book']} {error}.") from error
    except sqlite3.OperationalError as error:
        if "malformed JSON" in str(error) and _has_broken_json(connection):
            raise sqlite3.DatabaseError("malformed") from error
        if _is_sql_fault(str(error)):
            raise BadInput(f"facts.sql of book {parameters['book']} is faulty: {error}.") from error
        raise
    if len({row[0] for row in rows}) < len(rows):
        raise BadInput(
            f"facts.sql of book {parameters['book']} gives more than one row for a ticket."
        )
    return rows


def count_asked_tickets(connection: Connection, which: str, parameters: SqlParameters) -> int:
    """How many tickets a facts query with these parameters is about."""
    query = f"SELECT count(*) {_ASKED} AND {which}"
    return int(connection.execute(query, parameters).fetchone()[0])


def find_asked_tickets(connection: Connection, which: str, parameters: SqlParameters) -> set[int]:
    """The ids of the tickets that a facts query with these parameters is about."""
    return {row[0] for row in connection.execute(f"SELECT t.id {_ASKED} AND {which}", parameters)}


_ASKED = (
    "FROM main.ticket AS t"
    " WHERE t.book = :book AND t.id BETWEEN :first AND :last AND t.ended_by IS NULL"
)


def check_facts(book: Book) -> list[str]:
    """What is wrong with a book's facts.sql, found on an empty ticket file: a sentence an event."""
    given = dict.fromkeys(parameter_names(book))
    faults = []
    if facts_sql_guard.names_schema(book.facts_sql):
        faults.append(
            f"{book.folder}/facts.sql: main. stands before the name of a table: leave it out, since"
            " facts.sql sees what its book's reach says, and only what is valid."
        )
    if (called := facts_sql_guard.find_clock_call(book.facts_sql)) is not None:
        faults.append(
            f"{book.folder}/facts.sql: {called}() looks at the clock here: give it :today or :now."
        )
    with closing(open_scratch()) as empty:
        for statement in schema.schema_statements():
            empty.execute(statement)
        for name in book.event_names:
            try:
                event = book.event(name)
                which = NO_TICKET if event.opens else ANY_STATE
                facts_sql_guard.check_query(empty, build_facts_query(book, event, which), given)
            except facts_sql_guard.UnfitQuery as error:
                faults.append(f"{book.folder}/facts.sql: for event {name}, it {error}.")
            except sqlite3.Error as error:
                faults.append(f"{book.folder}/facts.sql: event {name} can't be answered: {error}.")
    return faults


def _has_broken_json(connection: Connection) -> bool:
    """Whether what the ticket file keeps as JSON is none any more."""
    return any(
        connection.execute(f"SELECT 1 FROM {table} WHERE NOT json_valid({column})").fetchone()
        for table, column in (("item", "data"), ("ticket", "fields"), ("event", "changes"))
    )


def _is_sql_fault(error: str) -> bool:
    return any(
        sign in error
        for sign in (
            "no such",
            "syntax",
            "unrecognized",
            "misuse",
            "ambiguous",
            "JSON",
            "integer overflow",
        )
    )
