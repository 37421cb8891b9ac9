"""The names in a book: what they are made of, and which ones are taken already."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from ..system.language import mark
from ..system.toml_document import Path
from ..system.toml_reader import TomlReader

T = TypeVar("T")


class HasId(Protocol):
    """A record that the book names by its id."""

    @property
    def id(self) -> str: ...


Identified = TypeVar("Identified", bound=HasId)

SENT_EVENT, UNDELIVERED_EVENT = "sent", "undelivered"
"""The events by which a book that wants it is told what became of a message."""

COMMON_EVENTS = {
    "note": mark("a note on a ticket"),
    "assign": mark("a ticket is assigned to somebody"),
    "postpone": mark("the open task is moved to another day"),
    "task-done": mark("a task is done"),
    "close": mark("a ticket is closed by hand"),
    "reopen": mark("a closed ticket is opened again"),
    "new": mark("a ticket is opened by hand"),
}
"""The events that every book has, each with what happens."""

SPECIAL = {"ref", "customer", "today", "opened"}
"""What a text can name beside facts and inputs."""

_TAKEN: Mapping[Path, set[str]] = {
    ("fields", 2): {
        "id",
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
        "tags",
        "tasks",
        "notes",
        "messages",
    },
    ("items", 2): {
        "ticket",
        "tickets",
        "task",
        "tag",
        "note",
        "event",
        "link",
        "state",
        "tags",
        "tasks",
        "notes",
        "messages",
        "customer",
        "company",
        "parameters",
        "today",
        "values",
    },
    ("items", 4): {"id", "ticket"},
    # A fact or an input called customer stands for itself; the name of the ticket's does without one.
    ("facts", 2): {*SPECIAL, "ticket"} - {"customer"},
    ("events", 4): {*SPECIAL, "ticket", "book", "now", "first", "last"} - {"customer"},
    ("parameters", 2): {*SPECIAL, "ticket", "book", "now", "first", "last"},
}
"""What means something already: on a ticket, in facts.sql, or in a text; by section and depth."""


_IN_SQL = frozenset({"fields", "items", "facts", "parameters", "events"})
"""The sections whose names facts.sql can name; of events, it is those of the inputs."""


def check_name(toml: TomlReader, name: str, path: Path) -> None:
    """Note a name that can't stand in SQL and in texts as a fault."""
    if not toml.checking or path[0] == "statuses":
        return
    if path[0] in _IN_SQL and not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        toml.fault(path, f"{name!r} can't be a name: use small letters, digits and _.")
    elif not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        toml.fault(path, f"{name!r} can't be a name: use letters, digits, - and _.")
    if name in _TAKEN.get((path[0], len(path)), ()):
        toml.fault(path, f"{name!r} already means something else: choose another name.")


def read_named(
    toml: TomlReader, section: str, read: Callable[[str, object, Path], T]
) -> dict[str, T]:
    """A section whose keys are names, each read by `read(name, value, path)`."""
    table = toml.section(section)
    for name in table:
        check_name(toml, name, (section, name))
    return {name: read(name, raw, (section, name)) for name, raw in table.items()}


def read_listed(
    toml: TomlReader, section: str, read: Callable[[object, Path], Identified]
) -> dict[str, Identified]:
    """An array of tables, each with an id of its own."""
    records: dict[str, Identified] = {}
    for place, raw in enumerate(toml.elements(section)):
        record = read(raw, (section, place))
        if record.id in records:
            toml.fault((section, place), f"there are two {section}s {record.id!r}.")
        records[record.id] = record
    return records
