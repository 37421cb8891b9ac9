"""The schema, as an append-only list of migrations; sqlite-utils keeps track of them.

Every row of every table but `run`, `book` and `event` says which event made it (`made_by`) and
which ended it (`ended_by`, none while it is valid). Nothing is deleted, and events never change.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from .sqlite import Connection, open_scratch

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x50525353
"""`PRSS`: tells a ticket file from any other SQLite database."""

VERSION = 3
"""How many migrations there are; written as the file's user_version."""

ROWS = {
    "item": ("ticket", "kind", "data"),
    "note": ("ticket", "at", "text", "attachment"),
    "tag": ("ticket", "tag"),
    "task": ("ticket", "kind", "due"),
    "message": (
        "ticket",
        "template",
        "channel",
        "role",
        "state",
        "reason",
        "made_on",
        "left_on",
        "language",
        "recipient",
        "subject",
        "body",
    ),
    "report": ("ticket", "sheet", "on_day"),
    "link": ("ticket", "field", "target"),
}
"""What hangs on a ticket: the rows of each kind with their own columns, as an event makes them."""

LETTER = ("language", "recipient", "subject", "body")
"""The columns of a message's row that stand in a table of their own: a night reads only the others."""

CUSTOMER = ("ref", "name", "email", "phone", "language", "email_bad_on", "phone_bad_on")
STATE = ("book", "name", "place", "completed")
TICKET = (
    "ref",
    "book",
    "customer",
    "status",
    "open",
    "opened",
    "priority",
    "assignee",
    "result",
    "fields",
)

_FIRST = """
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    command TEXT NOT NULL,
    at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    version TEXT NOT NULL
) STRICT;

CREATE TABLE book (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    kept TEXT NOT NULL
) STRICT;

CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run,
    at TEXT NOT NULL CHECK (at GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*'),
    ticket INTEGER REFERENCES ticket,
    book INTEGER REFERENCES book,
    event TEXT NOT NULL,
    rule TEXT,
    facts TEXT NOT NULL CHECK (facts GLOB '{*}'),
    changes TEXT NOT NULL CHECK (changes GLOB '{*}'),
    ended TEXT NOT NULL CHECK (ended GLOB '{*}'),
    undoes INTEGER REFERENCES event,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX event_of_ticket ON event (ticket, at);
CREATE UNIQUE INDEX event_undone ON event (undoes) WHERE undoes IS NOT NULL;
CREATE TRIGGER event_never_changes BEFORE UPDATE ON event
BEGIN SELECT raise(ABORT, 'an event never changes'); END;
CREATE TRIGGER event_stays BEFORE DELETE ON event
BEGIN SELECT raise(ABORT, 'an event stays'); END;

CREATE TABLE customer (
    id INTEGER PRIMARY KEY,
    ref TEXT NOT NULL CHECK (ref <> ''),
    name TEXT,
    email TEXT,
    phone TEXT,
    language TEXT,
    made_by INTEGER NOT NULL REFERENCES event,
    ended_by INTEGER REFERENCES event
) STRICT;
CREATE UNIQUE INDEX customer_ref ON customer (ref) WHERE ended_by IS NULL;

CREATE TABLE ticket (
    id INTEGER PRIMARY KEY,
    ref TEXT NOT NULL CHECK (ref <> ''),
    book TEXT NOT NULL,
    customer INTEGER NOT NULL REFERENCES customer,
    status TEXT NOT NULL,
    open INTEGER NOT NULL CHECK (open IN (0, 1)),
    opened TEXT NOT NULL CHECK (opened GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]*'),
    priority TEXT NOT NULL CHECK (priority IN ('low', 'medium', 'high', 'blocking')),
    assignee TEXT,
    result TEXT,
    fields TEXT NOT NULL CHECK (fields GLOB '{*}'),
    made_by INTEGER NOT NULL REFERENCES event,
    ended_by INTEGER REFERENCES event
) STRICT;
CREATE UNIQUE INDEX ticket_ref ON ticket (ref) WHERE ended_by IS NULL;
CREATE INDEX ticket_open ON ticket (book) WHERE open = 1 AND ended_by IS NULL;
"""

_HANGING = {
    "item": "kind TEXT NOT NULL, data TEXT NOT NULL CHECK (data GLOB '{*}')",
    "note": "at TEXT NOT NULL, text TEXT NOT NULL",
    "tag": "tag TEXT NOT NULL",
    "task": "kind TEXT NOT NULL, due TEXT NOT NULL",
    "message": (
        "template TEXT NOT NULL, channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')),"
        " language TEXT NOT NULL, recipient TEXT, subject TEXT, body TEXT NOT NULL"
    ),
    "report": "sheet TEXT NOT NULL, on_day TEXT NOT NULL",
}


_LINKED = "field TEXT NOT NULL, target TEXT NOT NULL"

_SECOND = """
CREATE INDEX link_to ON link (target) WHERE ended_by IS NULL;
CREATE INDEX ticket_made_by ON ticket (made_by);
CREATE INDEX ticket_of_customer ON ticket (customer);

CREATE TABLE state (
    id INTEGER PRIMARY KEY,
    book TEXT NOT NULL,
    name TEXT NOT NULL CHECK (name <> ''),
    place INTEGER NOT NULL CHECK (place > 0),
    completed INTEGER NOT NULL CHECK (completed IN (0, 1)),
    made_by INTEGER NOT NULL REFERENCES event,
    ended_by INTEGER REFERENCES event
) STRICT;
CREATE INDEX state_of_book ON state (book) WHERE ended_by IS NULL;
"""

_MESSAGE = """
CREATE TABLE {} (
    id INTEGER PRIMARY KEY,
    ticket INTEGER NOT NULL REFERENCES ticket,
    template TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
    role TEXT,
    state TEXT NOT NULL CHECK (state IN
        ('waiting', 'claimed', 'held', 'sent', 'handed-over', 'failed', 'unknown', 'bounced')),
    reason TEXT,
    made_on TEXT NOT NULL,
    left_on TEXT,
    tries INTEGER NOT NULL DEFAULT 0,
    try_at TEXT,
    claim TEXT,
    made_by INTEGER NOT NULL REFERENCES event,
    ended_by INTEGER REFERENCES event
) STRICT;
"""
"""A message without its words. What ended it withdrew it; its state is what it was before."""

_THIRD = (
    """
ALTER TABLE run ADD COLUMN person TEXT;
ALTER TABLE event ADD COLUMN customer INTEGER REFERENCES customer;
ALTER TABLE customer ADD COLUMN email_bad_on TEXT;
ALTER TABLE customer ADD COLUMN phone_bad_on TEXT;
ALTER TABLE note ADD COLUMN attachment TEXT;
CREATE TABLE secret (
    customer INTEGER PRIMARY KEY REFERENCES customer,
    secret BLOB NOT NULL CHECK (length(secret) = 16)
) STRICT;
INSERT INTO secret SELECT id, randomblob(16) FROM customer;
"""
    + _MESSAGE.format("message_now")
    + """
INSERT INTO message_now (id, ticket, template, channel, state, reason, made_on, made_by, ended_by)
    SELECT m.id, m.ticket, m.template, m.channel, 'held', 'before', substr(e.at, 1, 10), m.made_by, m.ended_by
    FROM message AS m JOIN event AS e ON e.id = m.made_by;
CREATE TABLE letter (
    message INTEGER PRIMARY KEY REFERENCES message_now,
    language TEXT NOT NULL,
    recipient TEXT,
    subject TEXT,
    body TEXT NOT NULL
) STRICT;
INSERT INTO letter SELECT id, language, recipient, subject, body FROM message;
DROP TABLE message;
ALTER TABLE message_now RENAME TO message;
CREATE INDEX message_of_ticket ON message (ticket, template, state, left_on) WHERE ended_by IS NULL;
CREATE INDEX message_by_state ON message (state) WHERE ended_by IS NULL;
CREATE INDEX event_assigns ON event (ticket) WHERE rule = 'common.assign';
CREATE INDEX event_of_run ON event (run);
CREATE INDEX ticket_of_person ON ticket (assignee, open) WHERE assignee IS NOT NULL AND ended_by IS NULL;
CREATE INDEX message_withdrawn ON message (ticket) WHERE ended_by IS NOT NULL;
CREATE INDEX event_of_customer ON event (customer) WHERE ticket IS NULL AND customer IS NOT NULL;
CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run,
    map TEXT,
    name TEXT NOT NULL,
    dated TEXT,
    sum TEXT NOT NULL,
    ended INTEGER NOT NULL CHECK (ended IN (0, 1)),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX source_of_map ON source (map, dated);
CREATE TABLE calendar (
    id INTEGER PRIMARY KEY,
    country TEXT NOT NULL,
    year INTEGER NOT NULL,
    release TEXT NOT NULL,
    kept_on TEXT NOT NULL,
    days TEXT NOT NULL CHECK (days GLOB '[[]*]'),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    UNIQUE (country, year, release)
) STRICT;
"""
)


def first(db: Database) -> None:
    """Runs, books, events, customers, tickets, and what hangs on a ticket."""
    for statement in _split_statements(_FIRST + _hanging_tables(_HANGING)):
        db.conn.execute(statement)


def second(db: Database) -> None:
    """Which ticket points at which, which event opened a ticket, and states of the file's own."""
    for statement in _split_statements(_hanging_tables({"link": _LINKED}) + _SECOND):
        db.conn.execute(statement)


def third(db: Database) -> None:
    """Who acted, whom an event touched, the life of messages, and what a chain keeps of a customer."""
    for statement in _split_statements(_THIRD):
        db.conn.execute(statement)


def _hanging_tables(tables: dict[str, str]) -> str:
    return "".join(
        f"CREATE TABLE {table} (id INTEGER PRIMARY KEY,"
        f" ticket INTEGER NOT NULL REFERENCES ticket, {columns},"
        " made_by INTEGER NOT NULL REFERENCES event,"
        f" ended_by INTEGER REFERENCES event) STRICT;\n"
        f"CREATE INDEX {table}_of_ticket ON {table} (ticket);\n"
        for table, columns in tables.items()
    )


def schema_statements() -> list[str]:
    """The statements that make the schema."""
    script = _FIRST + _hanging_tables(_HANGING) + _hanging_tables({"link": _LINKED}) + _SECOND
    return _split_statements(script + _THIRD)


def _split_statements(script: str) -> list[str]:
    """The script cut into statements: `executescript` would commit the open transaction."""
    statements, start = [], 0
    for place, character in enumerate(script):
        if character == ";" and sqlite3.complete_statement(script[start : place + 1]):
            statements.append(script[start : place + 1])
            start = place + 1
    return statements


_STEPS = (first, second, third)

_NOTED = """
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
"""
"""Where sqlite-utils notes the migrations: as its 4.2 makes it, so that every file has the same."""


def migrate(connection: Connection, version: int = VERSION) -> None:
    """Bring the schema up to a version; the caller holds the write lock (BEGIN IMMEDIATE)."""
    from sqlite_utils import Database, Migrations  # 78 ms: few commands change the schema

    database = Database(connection)
    if not database[Migrations.migrations_table].exists():
        for statement in _split_statements(_NOTED):
            connection.execute(statement)
    migrations = Migrations("prassi")
    for step in _STEPS[:version]:
        migrations(name=step.__name__)(step)
    migrations.apply(database)
    # No hash covers when that was: whatever stands there could be changed unseen.
    connection.execute(f"UPDATE {Migrations.migrations_table} SET applied_at = NULL")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {version}")


OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_schema"


def schema_objects(version: int) -> set[tuple[str, str, str, str | None]]:
    """The tables, indexes and triggers of a version, as OBJECTS reads them from a file of it."""
    with closing(open_scratch()) as connection:
        migrate(connection, version)
        return set(connection.execute(OBJECTS))


def step_names(version: int) -> list[str]:
    """What the migrations up to a version are called."""
    return [step.__name__ for step in _STEPS[:version]]
