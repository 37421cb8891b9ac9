"""Reading a book from its TOML: every fault is told, with file, line and a sentence, at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from ..system.toml_document import Path
from ..tables.cells import Cell, Domain, Value, parse
from ..tables.decision_table import Row, RuleCells, compile_table
from ..values.field_types import Field
from . import actions, placeholders
from .model import (
    DAY,
    Among,
    Book,
    DateFact,
    DueFact,
    Event,
    Fact,
    ForbiddenFact,
    Input,
    Instead,
    Next,
    Rule,
    Sheet,
    Step,
    domain,
)
from .read_declarations import Declarations
from .rule_needs import names_in_rule, parts_read, repeatable_rules
from .toml_reader import SPECIAL, called

_INPUT_KEYS = {
    "when": dict,
    "earliest": str,
    "latest": str,
    "among": dict,
    "known": str,
    "log": bool,
}


class BookReader(Declarations):
    """Makes a book's records from TOML data, noting faults as it goes.

    Events are built one by one, and what has been found good before is not looked at again unless
    `checking`, so that a checked book costs a command only the event it handles.
    """

    @cached_property
    def sheets(self) -> dict[str, Sheet]:
        """The sheets, by name."""
        return self._each("sheets", self.sheet)

    # --- events ----------------------------------------------------------------------------------

    def event(self, name: str) -> Event:
        """Build one event: its inputs, its rules, and the function that decides."""
        path = ("events", name)
        known = {
            "title": str,
            "inputs": dict,
            "rule": list,
            "one_of": list,
            "opens": bool,
            "of_closed": bool,
        }
        good = self._keys(self.document.data["events"][name], path, known, "title", "rule")
        inputs = self._inputs(good.get("inputs", {}), path)
        for one in good.get("one_of", ()):
            if one not in list(inputs):
                self.fault(
                    (*path, "one_of"), f"one_of names {one!r}, which is no input of the event."
                )
        domains = self.domains(inputs)
        context = self._context(inputs)._replace(opens=good.get("opens", False), day=name == DAY)
        rules = [
            self._rule(raw, (*path, "rule", place), inputs, domains, context)
            for place, raw in enumerate(good.get("rule", []))
        ]
        return self._finish(name, good, inputs, rules)

    def rule(self, event: Event, place: int) -> Rule:
        """One rule of an event that was built, read anew: the book may say it otherwise now."""
        domains = self.domains(event.inputs)
        context = self._context(event.inputs)
        context = context._replace(opens=event.opens, day=event.name == DAY)
        raw = self.document.data["events"][event.name]["rule"][place]
        path = ("events", event.name, "rule", place)
        return self._rule(raw, path, event.inputs, domains, context)

    def _finish(
        self, name: str, good: Mapping[str, Any], inputs: dict[str, Input], rules: list[Rule]
    ) -> Event:
        used = {fact for rule in rules for fact in names_in_rule(rule)}
        used -= SPECIAL | set(self.figures)
        used |= {given.known for given in inputs.values() if given.known is not None}
        for _ in range(2):  # a count may start from a due date, and that from another date
            used |= {base for n in used for base in _bases(self.facts.get(n))}
        facts = tuple(n for n in dict.fromkeys([*inputs, *self.facts]) if n in used or n in inputs)
        columns = tuple(n for n in facts if n not in inputs and isinstance(self.facts[n], Field))
        fields = {n: f for n, f in self.facts.items() if isinstance(f, Field)}
        fields |= {n: i.field for n, i in inputs.items()}
        cells = [RuleCells(rule.id, rule.rows) for rule in rules]
        decide = compile_table(f"event {name}", facts, cells, apart=not self._checking)
        return Event(
            name,
            good.get("title", ""),
            inputs,
            tuple(good.get("one_of", ())),
            tuple(rules),
            facts,
            columns,
            fields,
            tuple(n for n in facts if n in fields and fields[n].type == "money"),
            decide,
            repeatable_rules(rules),
            good.get("opens", False),
            good.get("of_closed", False),
        )

    def _inputs(self, raws: Mapping[str, Any], path: Path) -> dict[str, Input]:
        for name in raws:
            self._check_name(name, (*path, "inputs", name))
        fields = {
            name: self._field(name, raw, (*path, "inputs", name), _INPUT_KEYS)
            for name, raw in raws.items()
        }
        standing = tuple(s.name for s in self.statuses.values() if not s.closed)
        fields = {
            name: field._replace(values=standing) if field.type == "status" else field
            for name, field in fields.items()
        }
        inputs: dict[str, Input] = {}
        before: dict[str, Domain] = {}  # what an input depends on is read before it
        for name, field in fields.items():
            if isinstance(raws[name], dict):
                inputs[name] = self._input(field, raws[name], (*path, "inputs", name), before)
            before[name] = self._domain(field)._replace(optional=True)
        return inputs

    def _input(
        self, field: Field, raw: Mapping[str, Any], path: Path, domains: Mapping[str, Domain]
    ) -> Input:
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
            field,
            self._row(raw.get("when", {}), (*path, "when"), domains),
            raw.get("earliest") == "today",
            raw.get("latest") == "today",
            raw.get("default") == "today",
            among,
            self._known(raw.get("known"), field, path),
        )

    def _known(self, name: str | None, field: Field, path: Path) -> str | None:
        """The fact that stands for an input which may be left out."""
        if name is not None and (name not in self.facts or not field.optional):
            told = f"known of {field.name} must name a fact, and {field.name} be optional."
            self.fault((*path, "known"), told)
            return None
        return name

    def domains(self, inputs: Mapping[str, Input]) -> dict[str, Domain]:
        """The values that the facts can take, and these inputs of an event."""
        domains = {n: self._domain(fact) for n, fact in self.facts.items()}
        return domains | {n: self._input_domain(given) for n, given in inputs.items()}

    def _domain(self, fact: Fact) -> Domain:
        return domain(fact, {} if self.catalogue else self.statuses)

    def _input_domain(self, given: Input) -> Domain:
        plain = self._domain(given.field)
        return plain._replace(optional=plain.optional or bool(given.when))

    # --- rules -----------------------------------------------------------------------------------

    def _rule(
        self,
        raw: Any,
        path: Path,
        inputs: Mapping[str, Input],
        domains: Mapping[str, Domain],
        context: actions.Context,
    ) -> Rule:
        known = {
            "id": str,
            "why": str,
            "from": list,
            "remarks": list,
            "extrapolated": bool,
            "needs": list,
            "when": object,
            "then": list,
            "next": dict,
            "instead": dict,
            "irreversible": str,
        }
        must = () if isinstance(raw, dict) and "instead" in raw else ("then",)
        good = self._keys(raw, path, known, "id", "why", "when", *must)
        rule_id = good.get("id", called(path))
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
            rule_id,
            self._text(good.get("why", ""), (*path, "why"), context),
            tuple(map(str, good.get("from", ()))),
            tuple(good.get("remarks", ())),
            good.get("extrapolated", False),
            rows,
            tuple(good.get("needs", ())),
            steps,
            self._next(good.get("next"), path, context),
            any(actions.ACTIONS[step.kind].changes for step in steps),
            parts_read(steps, "next" in good),
            self._instead(good.get("instead"), path, context),
            good.get("irreversible"),
        )

    def _instead(
        self, raw: Mapping[str, Any] | None, path: Path, context: actions.Context
    ) -> Instead | None:
        """The event that a rule hands on to; that it takes what it is given is seen when it is."""
        if raw is None:
            return None
        path = (*path, "instead")
        good = self._keys(raw, path, {"event": str, "with": dict}, "event")
        event, given = good.get("event", ""), good.get("with", {})
        if event not in self.event_names or event == DAY:
            self.fault(path, f"there is no event {event!r} to hand on to.")
        known = self._table(self._table(self.document.data, "events").get(event, {}), "inputs")
        for name in given:
            if name not in known:
                self.fault(path, f"event {event} takes no {name!r}.")
        return Instead(event, {n: self._text(str(v), path, context) for n, v in given.items()})

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

    def _text(self, written: str, path: Path, context: actions.Context) -> placeholders.Text:
        try:
            return context.text(written)
        except ValueError as error:
            self.fault(path, f"{error}.")
            return placeholders.Text(("",))

    def _next(
        self, raw: Mapping[str, Any] | None, path: Path, context: actions.Context
    ) -> Next | None:
        if raw is None:
            return None
        good = self._keys(
            raw, (*path, "next"), {"action": str, "who": str, "due": str}, "action", "who", "due"
        )
        with self._told((*path, "next"), "next"):
            who: str | placeholders.Text = good["who"]
            if "{" in good["who"]:
                who = context.name(good["who"])
            elif who != "agent":
                context.one_of(who, self.roles, "role")
            return Next(good["action"], who, context.due(good["due"]))
        return None

    def _steps(
        self,
        raws: Any,
        path: Path,
        when: Row,
        context: actions.Context,
        domains: Mapping[str, Domain],
        where: str,
        depth: int = 0,
    ) -> Iterator[Step]:
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

    def _sequence(
        self,
        name: Any,
        sequences: Mapping[str, Any],
        path: Path,
        when: Row,
        context: actions.Context,
        domains: Mapping[str, Domain],
        where: str,
        depth: int,
    ) -> Iterator[Step]:
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
        named: dict[str, Fact] = {
            **self.facts,
            **{n: i.field for n, i in inputs.items()},
        }
        is_date = {
            n
            for n, f in named.items()
            if isinstance(f, DueFact) or (isinstance(f, Field) and f.type in ("date", "moment"))
        }
        closed = next((s.name for s in self.statuses.values() if s.closed), "")
        # Of a catalogue, rules can name what is closed: all else is the ticket file's.
        statuses = {n: s for n, s in self.statuses.items() if s.closed or not self.catalogue}
        return actions.Context(
            frozenset(named) | SPECIAL,
            frozenset(is_date),
            self.figures,
            self.roles,
            statuses,
            closed,
            self.fields,
            self.items,
            self._table(self.document.data, "sheets"),
            str(self._table(self.document.data, "book").get("name")),
        )

    # --- sheets and the whole --------------------------------------------------------------------

    def sheet(self, name: str, raw: Any, path: Path) -> Sheet:
        known = {
            "title": str,
            "status": list,
            "columns": list,
            "by": list,
            "order": str,
            "closed": bool,
        }
        good = self._keys(raw, path, known, "title", "columns")
        context = self._context({})
        plain = {*self.fields, *TICKET_COLUMNS}
        context = context._replace(names=context.names | {"next"} | plain)
        columns = []
        for column in good.get("columns", []):
            with self._told((*path, "columns"), f"a column of {name}"):
                columns.append((str(column["head"]), context.text(column["value"])))
        for status in good.get("status", []):
            if status not in list(self.statuses):
                told = f"sheet {name} asks for status {status!r}, which there is not."
                self.fault((*path, "status"), told)
        by, order = tuple(map(str, good.get("by", ()))), good.get("order", "ref")
        for one in (*by, order.removeprefix("-")):
            if one not in list(plain):
                self.fault(path, f"sheet {name} names {one!r}, which is no column and no field.")
        named = {name for _, written in columns for name in written.names}
        closed, asks = good.get("closed", False), not named <= plain
        if closed and asks:
            told = f"sheet {name} has closed tickets, of which no day asks: {', '.join(sorted(named - plain))}."
            self.fault((*path, "columns"), told)
        return Sheet(
            name,
            good.get("title", name),
            tuple(good.get("status", ())),
            tuple(columns),
            by,
            order,
            closed,
            asks,
        )

    def book(self, folder: str, facts_sql: str, digest: str, kept: Callable[[], str]) -> Book:
        """The book, from data that has been checked before."""
        heading = self.document.data["book"]
        parts = {
            **heading,
            "folder": folder,
            "facts_sql": facts_sql,
            "digest": digest,
            "kept": kept,
            "prefix": heading.get("prefix"),
            "catalogue": heading.get("catalogue", False),
            "forbidden": self.forbidden,
            "parameters": self.parameters,
            "roles": self.roles,
            "statuses": self.statuses,
            "fields": self.fields,
            "items": self.items,
            "facts": self.facts,
            "event_names": self.event_names,
            "input_names": self._input_names(),
        }
        return Book(parts, self)


TICKET_COLUMNS = ("ref", "customer", "status", "opened", "priority", "assignee", "result", "age")
"""What a sheet can show of every ticket; age are the days since it was opened."""


def _bases(fact: Fact | None) -> tuple[str, ...]:
    """The facts and inputs that one is worked out from."""
    if isinstance(fact, DueFact):
        return fact.bases
    return (fact.base,) if isinstance(fact, DateFact | ForbiddenFact) else ()


def _plain(field: Field, written: object) -> Value:
    value = None if written == "none" else field.read(written)
    return value if not isinstance(value, list) else json.dumps(value)
