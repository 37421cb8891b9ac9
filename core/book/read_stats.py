"""Reading `[stats]` of a book: which of its fields, items and events are the figures of `prassi stats`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from ..system.toml_document import Path
from ..system.toml_reader import Kind, TomlReader, TomlTable
from ..values.field_types import Field
from .read_declarations import Declarations
from .stat_sources import CLOSED, AgeingSource, CallSource, PromiseSource, SlaSource, StatSources

STATS_KEYS: dict[str, dict[str, Kind]] = {
    "ageing": {"items": str, "since": str},
    "promises": {"items": str, "due": str, "state": str, "kept": list, "broken": list},
    "calls": {"event": str, "outcome": str},
    "sla": {"due": str, "done": str},
}
_DATES = ("date", "moment")


class StatsReader:
    """Reads `[stats]` of a book; `find_inputs` gives the names of an event's inputs."""

    def __init__(
        self,
        toml: TomlReader,
        declarations: Declarations,
        find_inputs: Callable[[str], Collection[str]],
    ) -> None:
        self._toml, self._known, self._find_inputs = toml, declarations, find_inputs

    def read(self) -> StatSources:
        """All of it; faults are noted."""
        section = self._toml.section("stats")
        tables = self._toml.keys(section, ("stats",), dict.fromkeys(STATS_KEYS, dict))
        return StatSources(
            ageing=self._read_ageing(tables),
            promises=self._read_promises(tables),
            calls=self._read_calls(tables),
            sla=self._read_sla(tables),
        )

    def _read_table(self, tables: TomlTable, name: str) -> TomlTable | None:
        """One of the tables, where all its keys are there."""
        if name not in tables:
            return None
        known = STATS_KEYS[name]
        good = self._toml.keys(tables.table(name), ("stats", name), known, known)
        return good if all(key in good for key in known) else None

    def _read_ageing(self, tables: TomlTable) -> AgeingSource | None:
        good = self._read_table(tables, "ageing")
        if good is None:
            return None
        kind, fields = good.text("items"), self._read_items(good, "ageing")
        self._check_field(good, ("stats", "ageing", "since"), fields, _DATES)
        if kind in self._known.items and not self._known.items[kind].owed:
            told = f"{kind} are not owed: give them `owed` in [items.{kind}]."
            self._toml.fault(("stats", "ageing", "items"), told)
        return AgeingSource(kind, good.text("since"))

    def _read_promises(self, tables: TomlTable) -> PromiseSource | None:
        good = self._read_table(tables, "promises")
        if good is None:
            return None
        fields = self._read_items(good, "promises")
        self._check_field(good, ("stats", "promises", "due"), fields, _DATES)
        self._check_field(good, ("stats", "promises", "state"), fields, ("word",))
        state = fields.get(good.text("state"))
        for key in ("kept", "broken") if state is not None else ():
            for word in good.words(key):
                if state is not None and word not in state.values:
                    told = f"{word!r} is not a value of {state.name}: {', '.join(state.values)}."
                    self._toml.fault(("stats", "promises", key), told)
        return PromiseSource(
            items=good.text("items"),
            due=good.text("due"),
            state=good.text("state"),
            kept=good.words("kept"),
            broken=good.words("broken"),
        )

    def _read_calls(self, tables: TomlTable) -> CallSource | None:
        good = self._read_table(tables, "calls")
        if good is None:
            return None
        event, outcome = good.text("event"), good.text("outcome")
        if event not in self._known.event_names:
            known = ", ".join(self._known.event_names)
            told = f"the book has no event {event!r}: it has {known}."
            self._toml.fault(("stats", "calls", "event"), told)
        elif outcome not in self._find_inputs(event):
            told = f"event {event} has no input {outcome!r}."
            self._toml.fault(("stats", "calls", "outcome"), told)
        return CallSource(event, outcome)

    def _read_sla(self, tables: TomlTable) -> SlaSource | None:
        good = self._read_table(tables, "sla")
        if good is None:
            return None
        self._check_field(good, ("stats", "sla", "due"), self._known.fields, _DATES)
        if good.text("done") != CLOSED:
            self._check_field(good, ("stats", "sla", "done"), self._known.fields, _DATES)
        return SlaSource(good.text("due"), good.text("done"))

    def _read_items(self, good: TomlTable, name: str) -> Mapping[str, Field]:
        """The fields of the kind of items that is named."""
        kind = good.text("items")
        if kind in self._known.items:
            return self._known.items[kind].fields
        known = ", ".join(self._known.items) or "none"
        told = f"there is no kind of items {kind!r}: there are {known}."
        self._toml.fault(("stats", name, "items"), told)
        return {}

    def _check_field(
        self, good: TomlTable, path: Path, fields: Mapping[str, Field], types: tuple[str, ...]
    ) -> None:
        """Note a field that does not exist, or has another type, as a fault."""
        name = good.text(str(path[-1]))
        if fields and (name not in fields or fields[name].type not in types):
            known = ", ".join(one for one, field in fields.items() if field.type in types)
            told = f"{path[-1]} is {name!r}: it must be a field that is a {types[0]} ({known or 'none'})."
            self._toml.fault(path, told)
