"""Reading what a book declares of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from ..system.toml_document import Path
from ..system.toml_reader import Kind, TableKeys, TomlTable
from ..tables.cells import Cell, Domain
from ..tables.decision_table import CellRow
from ..values.field_types import Field
from .actions import ACTION_KINDS
from .model import Fact
from .names import COMMON_EVENTS, read_listed
from .placeholders import parse as parse_text
from .properties import EACH, MESSAGE_STATES, Happening, Property, Way, name_message
from .read_book import BookReader


def list_happenings() -> dict[str, str]:
    """What a happening can name, and what that stands for; all that it names are parts of one step."""
    kinds = {kind.name: kind.happening for kind in ACTION_KINDS.values() if kind.happening}
    return {
        "event": "an event, `day` for the night's",
        "rule": "the rule that answers",
        "status": "a status that is entered",
        "leaves": "a status that is left for another one",
        **kinds,
    }


KINDS = {
    "order": (("happens", "only_after"), ("days",)),
    "never after": (("happens", "never_after"), ("same_day", "at_once", "more_than", "since")),
    "count": (("happens", "at_most"), ("same_day",)),
    "never": (("never",), ("happens",)),
    "next": (("next_step",), ("unless",)),
    "end": (("reaches",), ()),
}
"""The kinds of properties, each with the keys that tell it, and those that can stand beside them."""

PROPERTY = TableKeys(
    {
        "id": str,
        "says": str,
        "happens": dict,
        "only_after": dict,
        "days": object,
        "never_after": dict,
        "at_most": object,
        "same_day": bool,
        "at_once": bool,
        "more_than": object,
        "since": dict,
        "never": object,
        "next_step": bool,
        "unless": object,
        "reaches": str,
    },
    ("id", "says"),
)
WAY = TableKeys({"to": str, "says": str, "given": dict}, ("to", "says"))

COLUMNS = {
    "assignee": Field("assignee", "text", optional=True, about="who has it"),
    "result": Field("result", "text", optional=True, about="what it was closed with"),
}
"""What a row can ask of a ticket beside its book's facts and fields."""

BESIDE: dict[str, Kind] = {
    "with": dict,
    "facts": object,
    "to_nobody": bool,
    "other_than": object,
    "changes": bool,
    "dated": str,
}
"""What can stand in a happening beside the parts of the step."""


class PropertyReader:
    """Reads what a book declares of itself, in the words that its reader knows."""

    def __init__(self, reader: BookReader) -> None:
        self._toml, self._known, self._events = reader.toml, reader.declarations, reader.events

    def properties(self) -> list[Property]:
        """The properties, in the order of the book."""
        return list(read_listed(self._toml, "property", self._property).values())

    def ways(self) -> list[Way]:
        """The ways that are told."""
        return list(read_listed(self._toml, "way", self._way).values())

    def sent_templates(self) -> list[str]:
        """The templates that rules send, in the order of the alphabet."""
        return sorted(_named_in(self._toml.document.data, "message"))

    @cached_property
    def domains(self) -> Mapping[str, Domain]:
        """What a row can ask about: facts, else fields and columns, with their values."""
        known: dict[str, Fact] = {**COLUMNS, **self._known.fields, **self._known.facts}
        return {name: self._events.domain(fact) for name, fact in known.items()}

    # --- properties --------------------------------------------------------------------------------

    def _property(self, raw: object, path: Path) -> Property:
        good = self._toml.keys(raw, path, PROPERTY)
        kind = self._kind(raw if isinstance(raw, dict) else {}, path)
        self._check_status(good.text_or_none("reaches"), (*path, "reaches"))
        rows = "never" if "never" in good else "unless"
        other = "only_after" if "only_after" in good else "never_after"
        number = next((key for key in ("days", "more_than") if key in good), "at_most")
        return Property(
            id=good.text("id", "?"),
            line=self._toml.document.at(*path),
            says=self._text(good.text("says"), path),
            kind=kind,
            happens=self._read_happening(good, "happens", path),
            other=self._read_happening(good, other, path),
            number=self._figure(good.get(number), (*path, number)) if number in good else 0,
            rows=self._rows(good, rows, path),
            status=good.text("reaches"),
            same_day=good.is_true("same_day"),
            at_once=good.is_true("at_once"),
            since=self._read_happening(good, "since", path),
        )

    def _rows(self, good: TomlTable, key: str, path: Path) -> tuple[CellRow, ...]:
        written = good.get(key) if key in good else []
        rows = written if isinstance(written, list) else [written]
        return tuple(self._row(row, (*path, key)) for row in rows)

    def _row(self, raw: object, path: Path) -> CellRow:
        """A table of tests; `message` and `state` ask for a message that the ticket has."""
        if not isinstance(raw, dict) or "message" not in raw:
            return self._events.rules.row(raw, path, self.domains)
        template, states = str(raw["message"]), raw.get("state", list(MESSAGE_STATES))
        self._check_words({"message": (template,)}, path)
        wanted = frozenset(_words(states))
        for one in wanted - set(MESSAGE_STATES):
            known = ", ".join(MESSAGE_STATES)
            self._toml.fault((*path, "state"), f"a message is not {one!r}: it is {known}.")
        rest = {name: one for name, one in raw.items() if name not in ("message", "state")}
        found = dict(self._events.rules.row(rest, path, self.domains))
        return found | {name_message(template): Cell(" or ".join(wanted), wanted, ())}

    def _kind(self, raw: Mapping[str, object], path: Path) -> str:
        """What kind of property it is; nothing else may be said with it."""
        for kind, (keys, more) in KINDS.items():
            if all(key in raw for key in keys):
                for key in raw.keys() & PROPERTY.keys() - {"id", "says", *keys, *more}:
                    told = f"{key} can't be used with {' and '.join(keys)}."
                    self._toml.fault((*path, key), told)
                return kind
        ways = "; ".join(" with ".join(keys) for keys, _ in KINDS.values())
        told = f"{raw.get('id', 'it')} says nothing that can be proven: give {ways}."
        self._toml.fault(path, told)
        return ""

    def _check_status(self, status: str | None, path: Path) -> None:
        if status is not None and status not in self._known.statuses:
            known = ", ".join(self._known.statuses)
            self._toml.fault(path, f"there is no status {status!r}; there are {known}.")

    def _text(self, written: str, path: Path) -> str:
        """A sentence with its parameters put in."""
        with self._toml.note_errors(path):
            return "".join(parse_text(written, (), self._known.figures).parts)
        return written

    def _figure(self, written: object, path: Path) -> int:
        """A whole number, or the parameter that is one."""
        named = written[1:-1] if isinstance(written, str) and written[:1] == "{" else None
        value = self._known.figures.get(named) if named is not None else written
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        told = f"{written!r} must be a whole number from 0 on, or a parameter that is one."
        self._toml.fault(path, told)
        return 0

    # --- happenings --------------------------------------------------------------------------------

    def _read_happening(self, of: TomlTable, key: str, path: Path) -> Happening | None:
        if key not in of:
            return None
        path = (*path, key)
        known: dict[str, Kind] = {**dict.fromkeys(list_happenings(), object), **BESIDE}
        good = self._toml.keys(of.get(key), path, known)
        named = {key: _words(good.get(key)) for key in good if key not in BESIDE}
        written = of.get(key)
        if isinstance(written, dict) and written.keys() <= BESIDE.keys():
            names = ", ".join(list_happenings())
            self._toml.fault(path, f"happens must name at least one of {names}.")
        self._check_words(named, path)
        data = good.table("with")
        for name in data.keys() - self._fields_added(named):
            self._toml.fault((*path, "with"), f"no item that is added has a field {name!r}.")
        listed = {name: tuple(v if isinstance(v, list) else [v]) for name, v in data.items()}
        other_than = _words(good.get("other_than")) if "other_than" in good else ()
        self._check_words({"event": other_than}, path)
        dated = good.text("dated")
        self._check_beside(good, named, dated, path)
        return Happening(
            named=named,
            data=listed,
            facts=self._read_facts(good, named, path),
            to_nobody=good.is_true("to_nobody"),
            other_than=other_than,
            changes=good.is_true("changes"),
            dated=dated,
        )

    def _check_beside(
        self, good: TomlTable, named: Mapping[str, Sequence[str]], dated: str, path: Path
    ) -> None:
        """What goes with an event needs one that is named: changes, and the input of a day."""
        events = named.get("event", ())
        for key in ("changes", "dated"):
            if key in good and not events:
                self._toml.fault((*path, key), f"{key} can only be used with event.")
        if EACH in named.get("rule", ()) and not (events and "changes" in good):
            told = f"rule = {EACH!r} can only be used with event and changes."
            self._toml.fault((*path, "rule"), told)
        for name in events if dated else ():
            if name not in self._known.event_names:
                continue
            given = self._events.event(name).inputs.get(dated)
            if given is None or given.field.type not in ("date", "moment"):
                told = f"event {name} has no input {dated!r} that is a day."
                self._toml.fault((*path, "dated"), told)

    def _read_facts(
        self, good: TomlTable, named: Mapping[str, Sequence[str]], path: Path
    ) -> tuple[CellRow, ...]:
        """Rows of tests of facts, and of the inputs of the event where one is named."""
        if "facts" not in good:
            return ()
        domains, events = self.domains, named.get("event", ())
        if len(events) == 1 and events[0] in self._known.event_names:
            domains = self._events.domains(self._events.event(events[0]).inputs)
        written = good.get("facts")
        rows = written if isinstance(written, list) else [written]
        return tuple(self._events.rules.row(row, (*path, "facts"), domains) for row in rows)

    def _check_words(self, named: Mapping[str, Sequence[str]], path: Path) -> None:
        for key, known in self._known_words.items() if self._toml.checking else ():
            for word in named.get(key, ()):
                if word not in known:
                    self._toml.fault((*path, key), f"there is no {key} {word!r}.")

    def _fields_added(self, named: Mapping[str, Sequence[str]]) -> set[str]:
        """The fields of the kinds of items that a happening names."""
        kinds = [kind for kind in named.get("add", ()) if kind in self._known.items]
        return {name for kind in kinds for name in self._known.items[kind].fields}

    @cached_property
    def _known_words(self) -> dict[str, set[str]]:
        """What there is of each thing that a happening can name."""
        data = self._toml.document.data
        return {
            "event": {*self._known.event_names, *COMMON_EVENTS},
            "rule": {*self._rule_ids(), EACH},
            "status": set(self._known.statuses),
            "leaves": set(self._known.statuses),
            "set": set(self._known.fields),
            "add": set(self._known.items),
            "report": set(self._toml.section("sheets")),
            "message": {*_named_in(data, "message"), EACH},
            "open": _named_in(data, "open"),
        }

    def _rule_ids(self) -> Iterator[str]:
        for event in self._toml.section("events").values():
            rules = TomlTable(event).items("rule") if isinstance(event, dict) else ()
            yield from (str(rule.get("id")) for rule in rules if isinstance(rule, dict))

    # --- ways --------------------------------------------------------------------------------------

    def _way(self, raw: object, path: Path) -> Way:
        good = self._toml.keys(raw, path, WAY)
        self._check_status(good.text_or_none("to"), (*path, "to"))
        given = good.table("given")
        for event, inputs in given.items():
            self._check_given(event, inputs, (*path, "given"))
        text = self._text(good.text("says"), path)
        return Way(
            f"{good.text_or_none('to')}: {text}", good.text("to"), text, _values_given(given)
        )

    def _check_given(self, name: str, given: object, path: Path) -> None:
        if not isinstance(given, dict):
            self._toml.fault(path, f"{name} must be a table of inputs and values.")
        event = self._toml.section("events").get(name)
        if event is None:
            self._toml.fault(path, f"there is no event {name!r}.")
            return
        inputs = TomlTable(event).table("inputs") if isinstance(event, dict) else {}
        for one in given if isinstance(given, dict) else ():
            if one not in inputs:
                self._toml.fault(path, f"event {name} has no input {one!r}.")


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(str, value if isinstance(value, list) else [value]))


def _values_given(written: Mapping[str, object]) -> Mapping[str, Mapping[str, tuple[object, ...]]]:
    return {
        event: {n: tuple(v if isinstance(v, list) else [v]) for n, v in inputs.items()}
        for event, inputs in written.items()
        if isinstance(inputs, dict)
    }


def _named_in(data: object, key: str) -> set[str]:
    """The words that actions of a kind name, wherever in a book they stand."""
    return set(_words_in(data, key))


def _words_in(data: object, key: str) -> Iterator[str]:
    if isinstance(data, dict):
        for name, value in data.items():
            if name == key and isinstance(value, str):
                yield value
            elif name not in ("property", "way"):
                yield from _words_in(value, key)
    elif isinstance(data, list):
        for one in data:
            yield from _words_in(one, key)
