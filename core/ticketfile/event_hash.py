"""The chain of events: the hash of one covers the hash before it, the event, its run, the digest
of its book, every row it made, and a secret of each customer it touched; so a changed byte in any of
them breaks the chain, and without the secret nothing can be guessed back from a hash.

That is the chain's second edition. Files of before begin with the first one, whose hashes cover lines
of text, and no secrets; they go on with the second after an event named `edition`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from ..system.fast_json import decode, encode
from ..system.records import NamedTuple
from . import schema
from .sqlite import SqlRow

START = bytes(32)
"""What the first event is chained to."""

EDITION = "edition"
"""The event with which the second edition begins in a file of before."""

INSERTED = {
    "customer": ("id", *schema.CUSTOMER),
    "ticket": ("id", *schema.TICKET),
    **schema.ROWS,
    "state": schema.STATE,
}
"""The columns of the rows that events make, by table; hashes take the tables in this order."""

FIRST_EDITION = {
    **INSERTED,
    "customer": ("id", "ref", "name", "email", "phone", "language"),
    "note": ("ticket", "at", "text"),
    "message": ("ticket", "template", "channel", "language", "recipient", "subject", "body"),
}
"""The columns that the hashes of the first edition cover."""

_ADDED: Mapping[str, Mapping[str, str | None]] = {
    "customer": {"email_bad_on": None, "phone_bad_on": None},
    "note": {"attachment": None},
    "message": {"role": None, "state": "held", "reason": "before", "left_on": None},
}
"""What the rows of the first edition have in the columns that came later, but for `made_on`."""

_ORDER = {table: place for place, table in enumerate(INSERTED)}

_MADE = ("customer", "ticket")
"""What an event makes that hangs on no ticket; it comes first in _ORDER."""

MadeRow = tuple[str, SqlRow]
"""A row that an event makes, after the name of its table."""

EventColumns = tuple[str, str | None, str, str, str, int | None]
"""What an event says: its columns event, rule, facts, changes, ended and undoes, JSON as text.

A plain tuple, since a night makes one for each ticket.
"""


class Run(NamedTuple):
    """One invocation that writes: its row in the file, as the chain takes it."""

    id: int
    command: str
    at: str
    recorded_at: str
    version: str
    person: str | None


class EventText(NamedTuple):
    """What the hashes of a run's events under one book have in common, as JSON.

    `head` is the run, how many runs there were before it (for its first event only), and the book's
    digest; `moment` is that of the events, where it is not the run's.
    """

    head: str
    moment: str


def start_text(run: Run, digest: str, is_first: bool, at: str | None = None) -> EventText:
    """What events of a run have in common; they are of the run's moment, or of `at`."""
    runs_before = run.id - 1 if is_first else None
    return EventText(
        head=encode([[*run], runs_before, digest])[1:-1],
        moment="" if at in (None, run.at) else f",{encode([at])[1:-1]}",
    )


def format_hashed_text(
    number: int,
    common: EventText,
    subject: tuple[int | None, int | None],
    columns: EventColumns,
    rows: str,
    secrets: str,
) -> bytes:
    """What an event's hash covers after the hash before it: a JSON list.

    `subject` is the event's ticket and customer; `rows` the JSON of its arrange_hashed_rows, `secrets`
    that of its customers' secrets.
    """
    event, rule, facts, changes, ended, undoes = columns
    ticket, customer = subject
    numbers = f"{_NULL if ticket is None else ticket},{_NULL if customer is None else customer}"
    text = (
        f"[2,{number},{common.head},{numbers},{_format_names(event, rule)},{facts},{changes},{ended},"
        f"{_NULL if undoes is None else undoes},{rows},{secrets}{common.moment}]"
    )
    return text.encode("utf-8", "surrogatepass")


_NULL = "null"


@lru_cache(32)
def _format_names(event: str, rule: str | None) -> str:
    """An event and its rule as JSON; of the events of a night few have others."""
    return encode([event, rule])[1:-1]


def format_secrets(secrets: Mapping[int, bytes]) -> str:
    """The secrets of some customers as the hash covers them: by the customers' numbers."""
    quoted = [f'"{secrets[number].hex()}"' for number in sorted(secrets)]
    return f"[{','.join(quoted)}]"


def format_secret(secret: bytes | None) -> str:
    """The same of one customer, who may have none any more."""
    return "[]" if secret is None else f'["{secret.hex()}"]'


def customers_of(made: Sequence[MadeRow]) -> set[int]:
    """The customers that an event touches by the rows it makes: new ones, and those of new tickets."""
    return {int(str(row[0])) for table, row in made if table == "customer"} | {
        *owners_of(made).values()
    }


def owners_of(made: Sequence[MadeRow]) -> dict[int, int]:
    """Whose the tickets are that an event makes: customers by tickets."""
    owner = 1 + schema.TICKET.index("customer")
    return {int(str(row[0])): int(str(row[owner])) for table, row in made if table == "ticket"}


def edition_facts(events: int, runs: int, last: bytes) -> dict[str, object]:
    """What an event `edition` says of what came before it: how many events, how many runs, and the
    last hash."""
    return {"edition": 2, "events": events, "runs": runs, "last": last.hex()}


def format_first_edition(
    number: int, run: Run, digest: str, ticket: int | None, columns: EventColumns, rows: str
) -> bytes:
    """What an event's hash covers in the first edition, after the hash before it."""
    event, rule, facts, changes, ended, undoes = columns
    *known, _ = run
    common = "\n".join(map(str, (*known, digest)))
    # One line a part: JSON and the names of events, rules and moments hold no line break.
    lines = f"{number}\n{common}\n{ticket}\n{event}\n{rule}\n{facts}\n{changes}\n{ended}\n{undoes}\n{rows}"
    return lines.encode("utf-8", "surrogatepass")


def rows_of_first_edition(made: Sequence[MadeRow], at: str) -> list[MadeRow]:
    """The rows of an event of the moment `at`, with those columns that the first edition covers.

    Raises ValueError where one of the others has been changed since.
    """
    return [(table, _row_of_first_edition(table, row, at)) for table, row in made]


def _row_of_first_edition(table: str, row: SqlRow, at: str) -> SqlRow:
    if table not in _ADDED:
        return row
    values = dict(zip(INSERTED[table], row, strict=True))
    added = {**_ADDED[table], **({"made_on": at[:10]} if table == "message" else {})}
    if any(values[column] != value for column, value in added.items()):
        raise ValueError(f"a row of {table} has other columns than its schema was brought up with")
    return tuple([values[column] for column in FIRST_EDITION[table]])


def arrange_hashed_rows(made: Sequence[MadeRow]) -> list[MadeRow]:
    """The rows of an event, as they are stored, in the order and the form that its hash covers."""
    rows = sorted(made, key=_table_place) if len(made) > 1 else list(made)
    if rows and rows[0][0] in _MADE:
        rows = [
            (table, _normalize_ticket(row) if table == "ticket" else row) for table, row in rows
        ]
    return rows


def _table_place(made: MadeRow) -> int:
    table, _ = made
    return _ORDER[table]


def _normalize_ticket(row: SqlRow) -> SqlRow:
    """A ticket's row as the chain takes it: its fields sorted, without those that have no value."""
    *columns, fields = row
    known = {name: value for name, value in decode(fields).items() if value is not None}
    return (*columns, encode(dict(sorted(known.items()))))
