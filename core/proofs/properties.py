"""What a book can declare of itself: what never happens, what always holds, how long a way takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..bookread import BookReader
from ..cells import Domain, parse
from ..plan import Plan
from ..tables import Row
from ..text import parse as parse_text
from ..toml import Path
from ..values import Field
from .classes import Unknown

HAPPENING = {
    "event": "an event, `day` for the night's",
    "rule": "the rule that answers",
    "status": "a status that is entered",
    "close": "a result that a ticket is closed with",
    "message": "a template that is sent",
    "report": "a sheet that is written on",
    "tag": "a tag that is set",
    "task": "a task that is set",
    "set": "a field that is set",
    "add": "an item that is added, by its kind",
    "open": "a ticket that is opened, by its book",
}
"""What a happening can name; all that it names are parts of one step."""

KINDS = {
    "order": ("happens", "only_after"),
    "never after": ("happens", "never_after"),
    "count": ("happens", "at_most"),
    "stay": ("stays", "at_most"),
    "never": ("never",),
    "next": ("next_step",),
    "end": ("reaches",),
}
"""The kinds of properties, each with the keys that tell it."""

_KEYS = {
    "id": str, "says": str, "happens": dict, "only_after": dict, "days": object,
    "never_after": dict, "same_day": bool, "at_most": object, "a_day": bool, "never": object,
    "next_step": bool, "unless": object, "reaches": str, "stays": str, "since": dict,
}  # fmt: skip
_WAY = {"to": str, "says": str, "given": dict}

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

    def fits(self, plan: Plan, opened: bool) -> bool | None:
        """Whether a step is one; None where that is not known. `opened`: the ticket is new."""
        found = [self._fits(key, words, plan, opened) for key, words in self.named.items()]
        return False if False in found else None if None in found else True

    def _fits(self, key: str, words: tuple[str, ...], plan: Plan, opened: bool) -> bool | None:
        if key == "event":
            return plan.event.name in words
        if key == "rule":
            return plan.rule.id in words
        if key == "status":
            return _entered(words, plan, opened)
        found = [self._said(said, words) for said in plan.said if said[0] == key]
        return True if True in found else None if None in found else False

    def _said(self, said: tuple[Any, ...], words: tuple[str, ...]) -> bool | None:
        word = said[2] if said[0] == "open" else said[1]
        if isinstance(word, Unknown) or (isinstance(word, str) and str(Unknown(False)) in word):
            return None
        if word not in words:
            return False
        data = said[2] if said[0] == "add" else {}
        if any(isinstance(data.get(name), Unknown) for name in self.data):
            return None
        return all(data.get(name) == value for name, value in self.data.items())


def _entered(words: tuple[str, ...], plan: Plan, opened: bool) -> bool | None:
    if "status" not in plan.columns:
        return opened and plan.state.status in words
    before, after = plan.columns["status"]
    if isinstance(after, Unknown):
        return None
    if after not in words:
        return False
    return None if isinstance(before, Unknown) else True


class Property(NamedTuple):
    """Something a book declares: its kind is one of KINDS.

    `happens` and `other` are the happenings it speaks of, `number` is how many, or how many days,
    `rows` are tests, `status` the status it is about; `same_day` narrows it to one day.
    """

    id: str
    says: str
    kind: str
    happens: Happening | None = None
    other: Happening | None = None
    number: int = 0
    rows: tuple[Row, ...] = ()
    status: str = ""
    same_day: bool = False


class Way(NamedTuple):
    """A status to which the shortest and the longest way are told; `given` narrows what happens.

    For each event that does happen, it has the values that some inputs then have.
    """

    to: str
    says: str
    given: Mapping[str, Mapping[str, tuple[Any, ...]]] | None


class PropertyReader(BookReader):
    """Reads what a book declares of itself."""

    def properties(self) -> list[Property]:
        """The properties, in the order of the book."""
        found = self._listed("property", self._property)
        return [one for one in found if one is not None]

    def ways(self) -> list[Way]:
        """The ways that are told."""
        raws = self.document.data.get("way", [])
        return [
            self._way(raw, ("way", n))
            for n, raw in enumerate(raws if isinstance(raws, list) else [])
        ]

    def _property(self, raw: Any, path: Path) -> Property:
        good = self._keys(raw, path, _KEYS, "id", "says")
        kind = next((k for k, keys in KINDS.items() if all(key in good for key in keys)), "")
        if not kind:
            ways = "; ".join(" with ".join(keys) for keys in KINDS.values())
            self.fault(
                path,
                f"{good.get('id', 'a property')} says nothing that can be proven: give {ways}.",
            )
        status = good.get("stays") or good.get("reaches") or ""
        if status and status not in self.statuses:
            self.fault(path, f"there is no status {status!r}.")
        written = good.get("never", good.get("unless", []))
        other = good.get("only_after") or good.get("never_after") or good.get("since")
        return Property(
            good.get("id", "?"), self._said(good.get("says", ""), path), kind,
            self._happening(good.get("happens"), (*path, "happens")), self._happening(other, path),
            self._figure(good.get("days", good.get("at_most", 0)), path),
            tuple(self._tests(row, path) for row in (written if isinstance(written, list) else [written])),
            status, good.get("same_day", good.get("a_day", False)),
        )  # fmt: skip

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
        named = {key: tuple(map(str, value if isinstance(value, list) else [value]))
                 for key, value in good.items() if key != "with"}  # fmt: skip
        if not named:
            self.fault(path, f"a happening names at least one of {', '.join(HAPPENING)}.")
        for key, known in self._known_words().items():
            for word in named.get(key, ()):
                if word not in known:
                    self.fault(path, f"there is no {key} {word!r}.")
        return Happening(named, good.get("with", {}))

    def _known_words(self) -> dict[str, set[str]]:
        events = self._table(self.document.data, "events")
        rules = {rule.get("id") for event in events.values() for rule in event.get("rule", ())}
        return {
            "event": set(events), "rule": rules, "status": set(self.statuses),
            "set": set(self.fields), "add": set(self.items),
            "report": set(self._table(self.document.data, "sheets")),
        }  # fmt: skip

    def _tests(self, raw: Any, path: Path) -> Row:
        return self._row(raw, path, self.asked())

    def asked(self) -> dict[str, Domain]:
        """What a row can ask about: facts, else fields and columns, with their values."""
        fields = {**COLUMNS, **self.fields}
        return {n: self._domain(f) for n, f in (fields | self.facts).items()}

    def _way(self, raw: Any, path: Path) -> Way:
        good = self._keys(raw, path, _WAY, "to")
        if good.get("to") not in self.statuses:
            self.fault(path, f"there is no status {good.get('to')!r}.")
        given = good.get("given")
        events = self._table(self.document.data, "events")
        for event, inputs in (given or {}).items():
            known = events.get(event, {}).get("inputs", {})
            for name in [] if event in events else [event]:
                self.fault(path, f"there is no event {name!r}.")
            for name in inputs if isinstance(inputs, dict) else ():
                if name not in known:
                    self.fault(path, f"event {event} takes no {name!r}.")
        return Way(good.get("to", ""), self._said(good.get("says", ""), path), _narrowed(given))


def _narrowed(
    given: Mapping[str, Any] | None,
) -> Mapping[str, Mapping[str, tuple[Any, ...]]] | None:
    if given is None:
        return None
    return {
        event: {n: tuple(v if isinstance(v, list) else [v]) for n, v in inputs.items()}
        for event, inputs in given.items()
    }


def taken_for_granted(reader: BookReader) -> Iterator[Property]:
    """What the book relies on without a rule that says so: what its statuses need, and what it
    calls impossible, as far as that can be asked of a ticket."""
    domains = PropertyReader(reader.document, {}).asked() | {}
    del domains
    yield from ()


__all__ = [
    "COLUMNS",
    "HAPPENING",
    "KINDS",
    "Happening",
    "Property",
    "PropertyReader",
    "Way",
    "parse",
]
