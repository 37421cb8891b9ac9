"""Reading a book from its TOML: every fault is told, with file, line and a sentence, at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from . import actions, text
from .book import (
    Among,
    Book,
    DateFact,
    Event,
    Fact,
    Input,
    Items,
    Next,
    Parameter,
    Remark,
    Rule,
    Sheet,
    Statement,
    Status,
    Step,
    domain,
)  # fmt: skip
from .cells import Cell, Domain, Value, parse, show_value
from .errors import Faults
from .tables import Row, RuleCells, compile_table, overlaps
from .toml import Document, Path
from .values import TYPES, Field, Stored
from .workdays import is_country

_SPECIAL = {"ref", "customer", "today"}
_TAKEN: Mapping[Path, set[str]] = {
    ("fields", 2): {
        "id", "ref", "book", "customer", "status", "open", "opened", "priority", "assignee", "result",
        "fields", "tags", "tasks", "notes",
    },
    ("items", 2): {
        "ticket", "task", "tag", "note", "event", "tags", "tasks", "notes", "customer", "company",
        "parameters", "today", "values",
    },
    ("items", 4): {"id", "ticket"},
    ("facts", 2): {*_SPECIAL, "ticket"},
    ("events", 4): {*_SPECIAL, "ticket", "book", "first", "last"},
}  # fmt: skip
"""What means something already: on a ticket, in facts.sql, or in a text; by section and depth."""
_FIELD_KEYS = {
    "type": str, "values": list, "min": int, "max": int, "default": object, "optional": bool,
    "many": bool, "pattern": str, "quiet": bool, "about": str,
}  # fmt: skip
_INPUT_KEYS = {"when": dict, "earliest": str, "latest": str, "among": dict}
_DATE_KEYS = {"days_since": str, "workdays_since": str, "optional": bool, "about": str}


class BookReader:
    """Makes a book's records from TOML data, noting faults as it goes.

    `overrides` are the parameters that the settings change. Events are built one by one, and what
    has been found good before is not looked at again unless `checking`, so that a checked book
    costs a command only the event it handles.
    """

    def __init__(
        self, document: Document, overrides: Mapping[str, Any], checking: bool = False
    ) -> None:
        self.document, self.faults = document, list[str]()
        self._checking = checking
        self.templates: dict[str, Path] = {}  # with the first rule that uses each
        data = document.data
        self.parameters = self._each("parameters", self._parameter)
        for name, value in overrides.items():
            if name in self.parameters:
                self.parameters[name] = self.parameters[name]._replace(value=value)
        self.figures = {p.name: p.value for p in self.parameters.values()}
        self.roles = {str(k): str(v) for k, v in self._table(data, "roles").items()}
        self.statuses = self._each("statuses", self._status)
        self.fields = self._each("fields", self._field)
        self.items = self._each("items", self._item_kind)
        self.facts = self._each("facts", self._fact)
        self.event_names = tuple(self._table(data, "events"))

    @cached_property
    def statements(self) -> dict[str, Statement]:
        """The statements of the written procedure, by id."""
        return {s.id: s for s in self._listed("statement", self._statement)}

    @cached_property
    def remarks(self) -> dict[str, Remark]:
        """What the source leaves open, by id."""
        return {r.id: r for r in self._listed("remark", self._remark)}

    @cached_property
    def sheets(self) -> dict[str, Sheet]:
        """The sheets, by name."""
        return self._each("sheets", self.sheet)

    # --- faults -----------------------------------------------------------------------------------

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
            self.fault(path, f"{_called(path)} must be a table.")
            return {}
        good = {}
        for key, value in raw.items():
            if key not in known:
                self.fault(
                    (*path, key), f"{_called(path)} knows no {key!r}; it knows {', '.join(known)}."
                )
            elif not _is(value, known[key]):
                self.fault((*path, key), f"{key} must be {_TYPE_WORDS[known[key]]}, not {value!r}.")
            else:
                good[key] = value
        for key in must:
            if key not in raw:
                self.fault(path, f"{_called(path)} needs {key!r}.")
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
        if not re.fullmatch(r"[a-z][a-z0-9_-]*", name):
            self.fault(path, f"{name!r} is no name: use small letters, digits, - and _.")
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

    # --- what is declared ------------------------------------------------------------------------

    def _parameter(self, name: str, raw: Any, path: Path) -> Parameter:
        known = {"value": object, "unit": str, "about": str, "min": int, "max": int}
        good = self._keys(raw, path, known, "value", "about")
        parameter = Parameter(
            name, good.get("value"), good.get("unit", ""), good.get("about", ""),
            good.get("min", 0), good.get("max"),
        )  # fmt: skip
        if self._checking and (wrong := parameter.out_of_bounds(parameter.value)):
            self.fault(path, wrong)
        return parameter

    def _statement(self, raw: Any, path: Path) -> Statement:
        good = self._keys(raw, path, {"id": str, "says": str, "manual": str}, "id", "says")
        return Statement(good.get("id", "?"), good.get("says", ""), good.get("manual"))

    def _remark(self, raw: Any, path: Path) -> Remark:
        good = self._keys(raw, path, {"id": str, "says": str}, "id", "says")
        return Remark(good.get("id", "?"), good.get("says", ""))

    def _status(self, name: str, raw: Any, path: Path) -> Status:
        known = {"about": str, "closed": bool, "needs": list, "needs_item": dict}
        good = self._keys(raw, path, known, "about")
        return Status(
            name, good.get("about", ""), good.get("closed", False),
            tuple(good.get("needs", ())), good.get("needs_item", {}),
        )  # fmt: skip

    def _field(
        self, name: str, raw: Any, path: Path, more: Mapping[str, type] | None = None
    ) -> Field:
        good = self._keys(raw, path, {**_FIELD_KEYS, **(more or {})}, "type", "about")
        kind = good.get("type", "text")
        if kind not in TYPES:
            self.fault(path, f"{name} has the type {kind!r}; there are {', '.join(TYPES)}.")
            kind = "text"
        if kind == "word" and not good.get("values"):
            self.fault(path, f"{name} is a word and needs its values.")
        if self._checking and not _is_pattern(good.get("pattern", "")):
            told = f"the pattern of {name} is no regular expression: {good['pattern']!r}."
            self.fault(path, told)
        bare = Field(
            name, kind, tuple(good.get("values", ())), good.get("min"), good.get("max"), None,
            good.get("optional", False), good.get("many", False), good.get("pattern"),
            good.get("quiet", False), good.get("about", ""),
        )  # fmt: skip
        return bare._replace(default=self._default(bare, good, path))

    def _default(self, field: Field, good: Mapping[str, Any], path: Path) -> Stored:
        if "default" not in good or good["default"] == "today":
            return None
        with self._told(path, f"the default of {field.name}"):
            return field.read(good["default"])
        return None

    def _item_kind(self, name: str, raw: Any, path: Path) -> Items:
        good = self._keys(raw, path, {"about": str, "key": str, "fields": dict}, "about", "fields")
        for field in good.get("fields", {}):
            self._check_name(field, (*path, "fields", field))
        fields = {
            field: self._field(field, written, (*path, "fields", field))
            for field, written in good.get("fields", {}).items()
        }
        key = good.get("key")
        if key is not None and key not in fields:
            self.fault((*path, "key"), f"the key of {name} is no field of it: {key!r}.")
        return Items(name, good.get("about", ""), key, fields)

    def _fact(self, name: str, raw: Any, path: Path) -> Fact:
        since = [
            key for key in ("days_since", "workdays_since") if isinstance(raw, dict) and key in raw
        ]
        if not since:
            return self._field(name, raw, path)
        good = self._keys(raw, path, _DATE_KEYS, "about")
        base = good.get(since[0], "")
        if self._date_named(base) is False:
            self.fault(
                path, f"{name} counts from {base!r}, which is no date among facts and inputs."
            )
        working = since[0] == "workdays_since"
        return DateFact(name, base, working, good.get("optional", False), good.get("about", ""))

    def _date_named(self, name: str) -> bool:
        data = self.document.data
        raws = [self._table(data, "facts").get(name)]
        for event in self._table(data, "events").values():
            inputs = event.get("inputs") if isinstance(event, dict) else None
            raws.append(inputs.get(name) if isinstance(inputs, dict) else None)
        return any(isinstance(raw, dict) and raw.get("type") in ("date", "moment") for raw in raws)

    def _input_names(self) -> tuple[str, ...]:
        events = self._table(self.document.data, "events").values()
        return tuple(dict.fromkeys(name for event in events for name in event.get("inputs", {})))

    # --- events ----------------------------------------------------------------------------------

    def event(self, name: str) -> Event:
        """Build one event: its inputs, its rules, and the function that decides."""
        path = ("events", name)
        known = {"title": str, "inputs": dict, "rule": list, "one_of": list}
        good = self._keys(self.document.data["events"][name], path, known, "title", "rule")
        inputs = self._inputs(good.get("inputs", {}), path)
        for one in good.get("one_of", ()):
            if one not in list(inputs):
                self.fault(
                    (*path, "one_of"), f"one_of names {one!r}, which is no input of the event."
                )
        domains = {n: domain(fact, self.statuses) for n, fact in self.facts.items()}
        domains |= {n: self._input_domain(i) for n, i in inputs.items()}
        context = self._context(inputs)
        rules = [
            self._rule(raw, (*path, "rule", place), inputs, domains, context)
            for place, raw in enumerate(good.get("rule", []))
        ]
        return self._finish(name, good, inputs, rules)

    def _finish(self, name: str, good: Mapping[str, Any], inputs: dict[str, Input],
                rules: list[Rule]) -> Event:  # fmt: skip
        used = {fact for rule in rules for fact in _used(rule)}
        used -= _SPECIAL | set(self.figures)
        used |= {f.base for n in used if isinstance(f := self.facts.get(n), DateFact)}
        facts = tuple(n for n in [*inputs, *self.facts] if n in used or n in inputs)
        columns = tuple(n for n in facts if n not in inputs and isinstance(self.facts[n], Field))
        fields = {n: f for n, f in self.facts.items() if isinstance(f, Field)}
        fields |= {n: i.field for n, i in inputs.items()}
        cells = [RuleCells(rule.id, rule.rows) for rule in rules]
        decide = compile_table(f"event {name}", facts, cells)
        return Event(
            name, good.get("title", ""), inputs, tuple(good.get("one_of", ())), tuple(rules), facts,
            columns, fields, tuple(n for n in facts if n in fields and fields[n].type == "money"),
            decide, _again(rules),
        )  # fmt: skip

    def _inputs(self, raws: Mapping[str, Any], path: Path) -> dict[str, Input]:
        for name in raws:
            self._check_name(name, (*path, "inputs", name))
        fields = {
            name: self._field(name, raw, (*path, "inputs", name), _INPUT_KEYS)
            for name, raw in raws.items()
        }
        domains = {n: domain(f, self.statuses)._replace(optional=True) for n, f in fields.items()}
        return {
            n: self._input(f, raws[n], (*path, "inputs", n), domains)
            for n, f in fields.items()
            if isinstance(raws[n], dict)
        }

    def _input(self, field: Field, raw: Mapping[str, Any], path: Path,
               domains: Mapping[str, Domain]) -> Input:  # fmt: skip
        among = None
        if "among" in raw:
            with self._told((*path, "among"), f"among of {field.name}"):
                listed = self.items[raw["among"]["items"]].fields
                where = {
                    n: _plain(listed[n], v) for n, v in dict(raw["among"].get("where", {})).items()
                }
                among = Among(raw["among"]["items"], listed[raw["among"]["field"]].name, where)
        for key in ("earliest", "latest"):
            if raw.get(key, "today") != "today":
                self.fault((*path, key), f"{key} must be 'today', not {raw[key]!r}.")
        return Input(
            field, self._row(raw.get("when", {}), (*path, "when"), domains),
            raw.get("earliest") == "today", raw.get("latest") == "today",
            raw.get("default") == "today", among,
        )  # fmt: skip

    def _input_domain(self, given: Input) -> Domain:
        plain = domain(given.field, self.statuses)
        return plain._replace(optional=plain.optional or bool(given.when))

    # --- rules -----------------------------------------------------------------------------------

    def _rule(self, raw: Any, path: Path, inputs: Mapping[str, Input],
              domains: Mapping[str, Domain], context: actions.Context) -> Rule:  # fmt: skip
        known = {
            "id": str, "why": str, "from": list, "remarks": list, "extrapolated": bool,
            "needs": list, "when": object, "then": list, "next": dict,
        }  # fmt: skip
        good = self._keys(raw, path, known, "id", "why", "when", "then")
        rule_id = good.get("id", _called(path))
        self._cited(rule_id, good, path)
        for name in good.get("needs", []):
            if name not in list(inputs):
                self.fault(
                    (*path, "needs"), f"{rule_id} needs {name!r}, which is no input of the event."
                )
        when = good.get("when", {})
        if when == []:
            self.fault((*path, "when"), f"{rule_id} never answers; write {{}} to mean any facts.")
        rows = tuple(
            self._row(row, (*path, "when"), domains)
            for row in (when if isinstance(when, list) else [when])
        )
        steps = tuple(
            self._steps(good.get("then", []), (*path, "then"), {}, context, domains, rule_id)
        )
        return Rule(
            rule_id, self._text(good.get("why", ""), (*path, "why"), context),
            tuple(map(str, good.get("from", ()))),
            tuple(good.get("remarks", ())), good.get("extrapolated", False), rows,
            tuple(good.get("needs", ())), steps, self._next(good.get("next"), path, context),
            any(actions.ACTIONS[step.kind].changes for step in steps), _wants(steps, "next" in good),
        )  # fmt: skip

    def _cited(self, rule_id: str, good: Mapping[str, Any], path: Path) -> None:
        if not self._checking:
            return
        for name in good.get("from", []):
            if name not in list(self.statements):
                self.fault(
                    (*path, "from"), f"{rule_id} cites statement {name!r}, which there is not."
                )
        for name in good.get("remarks", []):
            if name not in list(self.remarks):
                self.fault(
                    (*path, "remarks"), f"{rule_id} cites remark {name!r}, which there is not."
                )
        if not good.get("from") and not good.get("extrapolated"):
            self.fault(
                path,
                f"{rule_id} names no statement it comes from; mark it extrapolated if there is none.",
            )

    def _row(self, raw: Any, path: Path, domains: Mapping[str, Domain]) -> Row:
        row: dict[str, Cell] = {}
        if not isinstance(raw, dict):
            self.fault(path, f"{raw!r} must be a table of facts and tests.")
            return row
        for name, written in raw.items():
            if name not in domains:
                self.fault(path, f"there is no fact {name!r} to test.")
                continue
            try:
                row[name] = parse(written, domains[name], self.figures)
            except ValueError as error:
                self.fault(path, f"the test of {name}: {error}.")
        return row

    def _text(self, written: str, path: Path, context: actions.Context) -> text.Text:
        try:
            return context.text(written)
        except ValueError as error:
            self.fault(path, f"{error}.")
            return text.Text(("",))

    def _next(
        self, raw: Mapping[str, Any] | None, path: Path, context: actions.Context
    ) -> Next | None:
        if raw is None:
            return None
        good = self._keys(
            raw, (*path, "next"), {"action": str, "who": str, "due": str}, "action", "who", "due"
        )
        with self._told((*path, "next"), "next"):
            if good["who"] != "agent":
                context.one_of(good["who"], self.roles, "role")
            return Next(good["action"], good["who"], context.due(good["due"]))
        return None

    def _steps(self, raws: Any, path: Path, when: Row, context: actions.Context,
               domains: Mapping[str, Domain], where: str, depth: int = 0) -> Iterator[Step]:  # fmt: skip
        """The steps of a rule, sequences put in, each with all conditions on the way to it."""
        sequences = self._table(self.document.data, "sequences")
        for raw in raws:
            if not isinstance(raw, dict):
                self.fault(path, f"{where}: {raw!r} is no action; write it as {{ action = ... }}.")
                continue
            inner = {**when, **self._row(raw["if"], path, domains)} if "if" in raw else when
            if "do" in raw:
                yield from self._sequence(
                    raw["do"], sequences, path, inner, context, domains, where, depth
                )
                continue
            action = actions.ACTIONS.get(next(iter(raw), ""))
            if self._checking:
                with self._told(path, where):
                    actions.find(raw).build(raw, context)
                    for key in {"message", "template"} & raw.keys():
                        self.templates.setdefault(str(raw[key]), path)
            if action is not None:
                yield Step(action.name, actions.Once(action, raw, context), inner, raw)

    def _sequence(self, name: Any, sequences: Mapping[str, Any], path: Path, when: Row,
                  context: actions.Context, domains: Mapping[str, Domain], where: str,
                  depth: int) -> Iterator[Step]:  # fmt: skip
        if name not in list(sequences):
            self.fault(
                path, f"{where}: there is no sequence {name!r}; there are {', '.join(sequences)}."
            )
        elif depth > 8:
            self.fault(path, f"{where}: sequence {name} leads back to itself.")
        elif isinstance(sequences[name], list):
            path = ("sequences", name)
            yield from self._steps(sequences[name], path, when, context, domains, where, depth + 1)

    def _context(self, inputs: Mapping[str, Input]) -> actions.Context:
        named: dict[str, Field | DateFact] = {
            **self.facts,
            **{n: i.field for n, i in inputs.items()},
        }
        is_date = {
            n for n, f in named.items() if isinstance(f, Field) and f.type in ("date", "moment")
        }
        closed = next((s.name for s in self.statuses.values() if s.closed), "")
        return actions.Context(
            frozenset(named) | _SPECIAL, frozenset(is_date), self.figures, self.roles,
            self.statuses, closed, self.fields, self.items,
            self._table(self.document.data, "sheets"),
        )  # fmt: skip

    # --- sheets and the whole --------------------------------------------------------------------

    def sheet(self, name: str, raw: Any, path: Path) -> Sheet:
        good = self._keys(
            raw, path, {"title": str, "status": list, "columns": list}, "title", "columns"
        )
        context = self._context({})
        context = context._replace(names=context.names | {"next"})
        columns = []
        for column in good.get("columns", []):
            with self._told((*path, "columns"), f"a column of {name}"):
                columns.append((str(column["head"]), context.text(column["value"])))
        for status in good.get("status", []):
            if status not in list(self.statuses):
                told = f"sheet {name} asks for status {status!r}, which there is not."
                self.fault((*path, "status"), told)
        return Sheet(name, good.get("title", name), tuple(good.get("status", ())), tuple(columns))

    def check(self, has_template: Callable[[str], bool]) -> None:
        """Build all of the book, then look at what only the whole shows; raises Faults."""
        known: dict[str, type] = {
            "book": dict, "parameters": dict, "roles": dict, "statement": list, "remark": list,
            "statuses": dict, "fields": dict, "items": dict, "facts": dict, "sequences": dict,
            "events": dict, "sheets": dict,
        }  # fmt: skip
        self._keys(self.document.data, (), known, "book", "statuses", "events")
        heading = {"name": str, "title": str, "source": str, "calendar": str, "language": str}
        good = self._keys(self.document.data.get("book", {}), ("book",), heading, *heading)
        if "calendar" in good and not is_country(good["calendar"]):
            told = (
                f"there is no calendar {good['calendar']!r}: use a country code such as IT or EG."
            )
            self.fault(("book", "calendar"), told)
        self._keys(
            self._table(self.document.data, "roles"), ("roles",), dict.fromkeys(self.roles, str)
        )
        for name, steps in self._table(self.document.data, "sequences").items():
            if not isinstance(steps, list):
                self.fault(("sequences", name), f"{name} must be a list of actions, not {steps!r}.")
        self._each("sheets", self.sheet)
        events = [self.event(name) for name in self.event_names]
        if not any(status.closed for status in self.statuses.values()):
            self.fault(("statuses",), "no status is marked closed = true.")
        for status in self.statuses.values():
            self._check_needs(status)
        for event in events:
            self._check_unique(event)
        self._check_ids(events)
        self._check_statements(
            {s for event in events for rule in event.rules for s in rule.statements}
        )
        for template, path in self.templates.items():
            if not has_template(template):
                self.fault(path, f"there is no template {template!r}, in no language.")
        if self.faults:
            raise Faults(f"{self.document.name} has {len(self.faults)} faults:", self.faults)

    def _check_needs(self, status: Status) -> None:
        path = ("statuses", status.name)
        for name in status.needs:
            if name not in list(self.fields):
                self.fault(path, f"{status.name} needs {name!r}, which is no field.")
        for kind, values in status.needs_items.items():
            if kind not in self.items:
                self.fault(path, f"{status.name} needs {kind!r}, which is no kind of item.")
            elif not isinstance(values, dict) or values.keys() - self.items[kind].fields.keys():
                told = f"{status.name} needs {kind} with {values!r}, which they can't have."
                self.fault(path, told)

    def _check_unique(self, event: Event) -> None:
        for one, other, example in overlaps([RuleCells(r.id, r.rows) for r in event.rules]):
            told = ", ".join(f"{name} {show_value(value)}" for name, value in example.items())
            place = max(place for place, rule in enumerate(event.rules) if rule.id == other)
            path = ("events", event.name, "rule", place, "when")
            self.fault(path, f"{one} and {other} both answer: {told}.")

    def _check_ids(self, events: list[Event]) -> None:
        seen = set[str]()
        for event in events:
            for place, rule in enumerate(event.rules):
                if rule.id in seen:
                    path = ("events", event.name, "rule", place, "id")
                    self.fault(path, f"there are two rules {rule.id!r}.")
                seen.add(rule.id)

    def _check_statements(self, cited: set[str]) -> None:
        for place, statement in enumerate(self.statements.values()):
            path = ("statement", place)
            if statement.id not in cited and statement.manual is None:
                self.fault(
                    path, f"no rule comes from {statement.id}; mark it manual, with the reason."
                )
            if statement.id in cited and statement.manual is not None:
                self.fault(path, f"{statement.id} is marked manual, and yet a rule comes from it.")

    def book(self, folder: str, facts_sql: str, digest: str, kept: Callable[[], str]) -> Book:
        """The book, from data that has been checked before."""
        heading = self.document.data["book"]
        parts = {
            **heading, "folder": folder, "facts_sql": facts_sql, "digest": digest, "kept": kept,
            "parameters": self.parameters, "roles": self.roles, "statuses": self.statuses, "fields": self.fields,
            "items": self.items, "facts": self.facts, "event_names": self.event_names,
            "input_names": self._input_names(),
        }  # fmt: skip
        return Book(parts, self)


_TYPE_WORDS: dict[type, str] = {
    str: "text", list: "a list", dict: "a table", bool: "true or false", int: "a whole number",
    object: "a value",
}  # fmt: skip


def _called(path: Path) -> str:
    """What a place is called in a sentence; one of several by its number, from 1."""
    if not path:
        return "the book"
    return f"{path[-2]} {path[-1] + 1}" if isinstance(path[-1], int) else path[-1]


def _is(value: object, kind: type) -> bool:
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind)


def _is_pattern(written: str) -> bool:
    try:
        re.compile(written)
    except re.error:
        return False
    return True


def _plain(field: Field, written: object) -> Value:
    value = None if written == "none" else field.read(written)
    return value if not isinstance(value, list) else json.dumps(value)


def _used(rule: Rule) -> set[str]:
    """The names of all facts a rule asks about or puts into its texts and dates."""
    names = {name for row in rule.rows for name in row} | set(rule.why.names)
    for step in rule.steps:
        names |= set(step.when) | _braced(step.raw)
    if rule.next is not None and rule.next.due.base is not None:
        names.add(rule.next.due.base)
    return names


def _braced(raw: object) -> set[str]:
    if isinstance(raw, str):
        return set(text.names(raw))
    if isinstance(raw, dict):
        return {name for value in raw.values() for name in _braced(value)}
    return set()


def _wants(steps: tuple[Step, ...], has_next: bool) -> frozenset[str] | None:
    """What the steps look at; a message may show all there is."""
    if any(step.kind == "message" or "template" in step.raw for step in steps):
        return None
    kinds = {step.kind for step in steps}
    tasks = set() if has_next and not kinds & {"task", "move_task", "done"} else {"task"}
    tags = {"tag"} if kinds & {"tag", "untag"} else set()
    return frozenset(
        tasks | tags | {str(step.raw["change"]) for step in steps if step.kind == "change"}
    )


def _again(rules: list[Rule]) -> frozenset[str]:
    """The acting rules that may answer once more on a ticket that has acted already."""
    acting = [rule for rule in rules if rule.acts]
    return frozenset(
        rule.id
        for rule in acting
        if any(_admits(row, _left_in(before)) for before in acting for row in rule.rows)
    )


def _left_in(rule: Rule) -> str | None:
    """The status in which a rule leaves a ticket; None where it leaves it as it was."""
    statuses = [str(step.raw["status"]) for step in rule.steps if step.kind == "status"]
    return statuses[-1] if statuses else None


def _admits(row: Row, status: str | None) -> bool:
    return status is None or "status" not in row or row["status"].holds(status)
