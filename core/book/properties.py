"""What a book can declare of itself: what never happens, what always holds, how long a way takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..system.toml_document import Path
from ..tables.cells import Domain
from ..tables.decision_table import Row
from ..values.field_types import Field
from .placeholders import parse as parse_text
from .read_events import BookReader

EACH = "*"
"""In place of a template: each one that the book sends, in its turn."""

HAPPENING = {
    "event": "an event, `day` for the night's",
    "rule": "the rule that answers",
    "status": "a status that is entered",
    "close": "a result that a ticket is closed with",
    "message": "a template that is sent; `*` for each in its turn, the same wherever it stands",
    "report": "a sheet that is written on",
    "tag": "a tag that is set",
    "task": "a task that is set",
    "set": "a field that is set",
    "add": "an item that is added, by its kind",
    "open": "a ticket that is opened, by its book",
}
"""What a happening can name; all that it names are parts of one step."""

KINDS = {
    "order": (("happens", "only_after"), ("days",)),
    "never after": (("happens", "never_after"), ("same_day",)),
    "count": (("happens", "at_most"), ("same_day",)),
    "never": (("never",), ("happens",)),
    "next": (("next_step",), ("unless",)),
    "end": (("reaches",), ()),
}
"""The kinds of properties, each with the keys that tell it, and those that can stand beside them."""

PROPERTY = {
    "id": str,
    "says": str,
    "happens": dict,
    "only_after": dict,
    "days": object,
    "never_after": dict,
    "at_most": object,
    "same_day": bool,
    "never": object,
    "next_step": bool,
    "unless": object,
    "reaches": str,
}
WAY = {"to": str, "says": str, "given": dict}

COLUMNS = {
    "assignee": Field("assignee", "text", optional=True, about="who has it"),
    "result": Field("result", "text", optional=True, about="what it was closed with"),
}
"""What a row can ask of a ticket beside its book's facts and fields."""


class Happening(NamedTuple):
    """A step of a ticket's life: `named` has the words that can stand for each part of it.

    `data` are values of an item that is added.
    """

    named: Mapping[str, tuple[str, ...]]
    data: Mapping[str, Any]

    def of(self, template: str) -> Happening:
        """The same of one template, where it is about each."""
        if self.named.get("message") != (EACH,):
            return self
        return self._replace(named={**self.named, "message": (template,)})


class Property(NamedTuple):
    """Something a book declares: its kind is one of KINDS, `line` is where it stands.

    `happens` and `other` are the happenings it speaks of, `number` is how many, or how many days,
    `rows` are tests, `status` the status it is about; `same_day` narrows it to one day.
    """

    id: str
    line: str
    says: str
    kind: str
    happens: Happening | None = None
    other: Happening | None = None
    number: int = 0
    rows: tuple[Row, ...] = ()
    status: str = ""
    same_day: bool = False

    def one_by_one(self, templates: Sequence[str]) -> list[Property]:
        """It for each template, where it is about each; else it alone."""
        about = [one for one in (self.happens, self.other) if one is not None]
        if not any(one.named.get("message") == (EACH,) for one in about):
            return [self]
        return [
            self._replace(
                happens=self.happens and self.happens.of(name),
                other=self.other and self.other.of(name),
            )
            for name in templates
        ]


class Way(NamedTuple):
    """A status to which the shortest and the longest way are told.

    `given` has the events that people cause on the way, each with the values that some inputs then
    have.
    """

    id: str
    to: str
    says: str
    given: Mapping[str, Mapping[str, tuple[Any, ...]]]


class PropertyReader(BookReader):
    """Reads what a book declares of itself."""

    def properties(self) -> list[Property]:
        """The properties, in the order of the book."""
        return self._listed("property", self._property)

    def ways(self) -> list[Way]:
        """The ways that are told."""
        return self._listed("way", self._way)

    def _property(self, raw: Any, path: Path) -> Property:
        good = self._keys(raw, path, PROPERTY, "id", "says")
        kind = self._kind(raw if isinstance(raw, dict) else {}, path)
        self._check_status(good.get("reaches"), (*path, "reaches"))
        rows = next((key for key in ("never", "unless") if key in good), "never")
        other = next((key for key in ("only_after", "never_after") if key in good), "only_after")
        number = next((key for key in ("days", "at_most") if key in good), "days")
        written = good.get(rows, [])
        return Property(
            good.get("id", "?"),
            self.document.at(*path),
            self._said(good.get("says", ""), path),
            kind,
            self._happening(good.get("happens"), (*path, "happens")),
            self._happening(good.get(other), (*path, other)),
            self._figure(good.get(number, 0), (*path, number)),
            tuple(
                self._row(row, (*path, rows), self.asked())
                for row in (written if isinstance(written, list) else [written])
            ),
            good.get("reaches", ""),
            good.get("same_day", False),
        )

    def _kind(self, raw: Mapping[str, Any], path: Path) -> str:
        """What kind of property it is; nothing else may be said with it."""
        for kind, (keys, more) in KINDS.items():
            if all(key in raw for key in keys):
                for key in raw.keys() & PROPERTY.keys() - {"id", "says", *keys, *more}:
                    self.fault((*path, key), f"{key} does not go with {' and '.join(keys)}.")
                return kind
        ways = "; ".join(" with ".join(keys) for keys, _ in KINDS.values())
        self.fault(path, f"{raw.get('id', 'it')} says nothing that can be proven: give {ways}.")
        return ""

    def _check_status(self, status: str | None, path: Path) -> None:
        if status is not None and status not in self.statuses:
            known = ", ".join(self.statuses)
            self.fault(path, f"there is no status {status!r}; there are {known}.")

    def _said(self, written: str, path: Path) -> str:
        with self._told(path):
            return "".join(parse_text(written, (), self.figures).parts)
        return written

    def _figure(self, written: object, path: Path) -> int:
        """A whole number, or the parameter that is one."""
        named = written[1:-1] if isinstance(written, str) and written[:1] == "{" else None
        value = self.figures.get(named) if named is not None else written
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self.fault(path, f"{written!r} is no whole number from 0 on, nor a parameter that is one.")
        return 0

    def _happening(self, raw: Any, path: Path) -> Happening | None:
        if raw is None:
            return None
        good = self._keys(raw, path, {**dict.fromkeys(HAPPENING, object), "with": dict})
        named = {
            key: tuple(map(str, value if isinstance(value, list) else [value]))
            for key, value in good.items()
            if key != "with"
        }
        if not raw:
            self.fault(path, f"a happening names at least one of {', '.join(HAPPENING)}.")
        for key, known in self._known_words().items() if self._checking else ():
            for word in named.get(key, ()):
                if word not in known:
                    self.fault((*path, key), f"there is no {key} {word!r}.")
        data = good.get("with", {})
        fields = {
            n
            for kind in named.get("add", ())
            if kind in self.items
            for n in self.items[kind].fields
        }
        for name in data.keys() - fields:
            self.fault((*path, "with"), f"nothing that is added has a field {name!r}.")
        return Happening(named, data)

    def _known_words(self) -> dict[str, set[str]]:
        data = self.document.data
        events = self._table(data, "events")
        rules = {rule.get("id") for event in events.values() for rule in event.get("rule", ())}
        return {
            "event": set(events),
            "rule": rules,
            "status": set(self.statuses),
            "set": set(self.fields),
            "add": set(self.items),
            "report": set(self._table(data, "sheets")),
            "message": {*_named_in(data, "message"), EACH},
            "open": _named_in(data, "open"),
        }

    def sent(self) -> list[str]:
        """The templates that rules send, in the order of the alphabet."""
        return sorted(_named_in(self.document.data, "message"))

    def asked(self) -> dict[str, Domain]:
        """What a row can ask about: facts, else fields and columns, with their values."""
        fields = {**COLUMNS, **self.fields}
        return {n: self._domain(f) for n, f in (fields | self.facts).items()}

    def _way(self, raw: Any, path: Path) -> Way:
        good = self._keys(raw, path, WAY, "to", "says")
        self._check_status(good.get("to"), (*path, "to"))
        given = good.get("given", {})
        events = self._table(self.document.data, "events")
        for event, inputs in given.items():
            known = events.get(event, {}).get("inputs", {})
            if event not in events:
                self.fault((*path, "given"), f"there is no event {event!r}.")
            if not isinstance(inputs, dict):
                self.fault((*path, "given"), f"{event} must be a table of inputs and values.")
            for name in inputs if isinstance(inputs, dict) and event in events else ():
                if name not in known:
                    self.fault((*path, "given"), f"event {event} takes no {name!r}.")
        told = self._said(good.get("says", ""), path)
        return Way(f"{good.get('to')}: {told}", good.get("to", ""), told, _listed(given))


def _listed(given: Mapping[str, Any]) -> Mapping[str, Mapping[str, tuple[Any, ...]]]:
    return {
        event: {n: tuple(v if isinstance(v, list) else [v]) for n, v in inputs.items()}
        for event, inputs in given.items()
        if isinstance(inputs, dict)
    }


def _named_in(found: Any, key: str) -> set[str]:
    """The words that actions of a kind name, wherever in a book they stand."""
    return set(_words_in(found, key))


def _words_in(found: Any, key: str) -> Iterator[str]:
    if isinstance(found, dict):
        for name, value in found.items():
            if name == key and isinstance(value, str):
                yield value
            elif name not in ("property", "way"):
                yield from _words_in(value, key)
    elif isinstance(found, list):
        for one in found:
            yield from _words_in(one, key)
