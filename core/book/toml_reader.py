"""What reading any part of a book needs: finding keys, and noting every fault with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ..system.toml_document import Document, Path

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


class Reader:
    """A document and what is wrong with it; nothing is looked for unless `checking`."""

    def __init__(self, document: Document, checking: bool) -> None:
        self.document, self.faults = document, list[str]()
        self._checking = checking

    def fault(self, path: Path, sentence: str) -> None:
        told = f"{self.document.at(*path)}: {sentence}"
        if told not in self.faults:
            self.faults.append(told)

    @contextmanager
    def _told(self, path: Path, what: str = "") -> Iterator[None]:
        try:
            yield
        except (ValueError, TypeError, KeyError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            self.fault(path, f"{what}: {reason}." if what else f"{reason}.")

    def _table(self, data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        value = data.get(name, {})
        if isinstance(value, dict):
            return value
        self.fault((name,), f"[{name}] must be a table.")
        return {}

    def _keys(self, raw: Any, path: Path, known: Mapping[str, type], *must: str) -> dict[str, Any]:
        """The keys of a table that are known and of the right type; the others are faults."""
        if not self._checking:
            return dict(raw)
        if not isinstance(raw, dict):
            self.fault(path, f"{called(path)} must be a table.")
            return {}
        good = {}
        for key, value in raw.items():
            if key not in known:
                self.fault(
                    (*path, key), f"{called(path)} knows no {key!r}; it knows {', '.join(known)}."
                )
            elif not _is(value, known[key]):
                self.fault((*path, key), f"{key} must be {_TYPE_WORDS[known[key]]}, not {value!r}.")
            else:
                good[key] = value
        for key in must:
            if key not in raw:
                self.fault(path, f"{called(path)} needs {key!r}.")
        return good

    def _each(self, section: str, read: Callable[[str, Any, Path], Any]) -> dict[str, Any]:
        """A section whose keys are names, each read by `read(name, value, path)`."""
        table = self._table(self.document.data, section)
        for name in table:
            self._check_name(name, (section, name))
        made = {name: read(name, raw, (section, name)) for name, raw in table.items()}
        return {name: record for name, record in made.items() if record is not None}

    def _check_name(self, name: str, path: Path) -> None:
        """Names stand in SQL and in texts, so they are plain: small letters, digits, - and _."""
        if not self._checking or path[0] == "statuses":
            return
        if path[0] in _IN_SQL and not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            self.fault(path, f"{name!r} is no name: use small letters, digits and _.")
        elif not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
            self.fault(path, f"{name!r} is no name: use letters, digits, - and _.")
        if name in _TAKEN.get((path[0], len(path)), ()):
            self.fault(path, f"{name!r} means something else already: choose another name.")

    def _listed(self, section: str, read: Callable[[Any, Path], Any]) -> list[Any]:
        listed = self.document.data.get(section, [])
        if not isinstance(listed, list):
            return []
        records = [read(raw, (section, place)) for place, raw in enumerate(listed)]
        ids = [record.id for record in records]
        for place, name in enumerate(ids):
            if name in ids[:place]:
                self.fault((section, place), f"there are two {section}s {name!r}.")
        return records


_TYPE_WORDS: dict[type, str] = {
    str: "text",
    list: "a list",
    dict: "a table",
    bool: "true or false",
    int: "a whole number",
    object: "a value",
}


def called(path: Path) -> str:
    """What a place is called in a sentence; one of several by its number, from 1."""
    if not path:
        return "the book"
    return f"{path[-2]} {path[-1] + 1}" if isinstance(path[-1], int) else path[-1]


def _is(value: object, kind: type) -> bool:
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind)
