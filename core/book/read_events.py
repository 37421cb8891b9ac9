"""Reading the events of a book: what their callers give, and the table that answers them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import CodeType
from typing import overload

from ..system.cache import KeptAs
from ..system.code_cache import load_or_make
from ..system.records import NamedTuple
from ..system.toml_document import Path
from ..system.toml_reader import TableKeys, TomlReader, TomlTable
from ..tables import cells, decision_table
from ..tables.cells import Domain, Value
from ..tables.decision_table import CellRow, RuleCells, load_table, make_code
from ..values.field_types import Field
from . import actions, rule_needs
from .domains import domain
from .model import (
    DAY,
    STANDINGS,
    Among,
    DateFact,
    DueFact,
    Event,
    Fact,
    ForbiddenFact,
    Input,
    Rule,
)
from .names import SPECIAL, check_name
from .read_declarations import Declarations, FieldReader
from .read_rules import RuleReader, RuleScope
from .read_statements import StatementReader
from .rule_needs import names_in_rule, repeatable_rules

EVENT_KEYS = TableKeys(
    {
        "title": str,
        "inputs": dict,
        "rule": list,
        "one_of": list,
        "opens": bool,
        "of_closed": bool,
        "of_results": list,
        "any_status": str,
    },
    ("title", "rule"),
)
IMPOSSIBLE_KEYS = TableKeys({"facts": dict, "why": str, "for_proofs": bool}, ("facts", "why"))


class EventTable(NamedTuple):
    """What the rules of an event come to: the facts they use, in the table's order, those rules that
    may answer a second time on one day, and the code of the function that decides."""

    facts: tuple[str, ...]
    again: frozenset[str]
    code: CodeType


class RulesOnDemand(Sequence[Rule]):
    """The rules of an event, each read when it is first asked for."""

    def __init__(self, count: int, read: Callable[[int], Rule]) -> None:
        self._known: list[Rule | None] = [None] * count
        self._read = read

    def __len__(self) -> int:
        return len(self._known)

    @overload
    def __getitem__(self, place: int) -> Rule: ...

    @overload
    def __getitem__(self, place: slice) -> list[Rule]: ...

    def __getitem__(self, place: int | slice) -> Rule | list[Rule]:
        if isinstance(place, int) and place >= 0:  # a night asks for each ticket
            return self._rule(place)
        asked = range(len(self._known))[place]
        if isinstance(asked, range):
            return [self._rule(one) for one in asked]
        return self._rule(asked)

    def _rule(self, place: int) -> Rule:
        rule = self._known[place]
        if rule is None:
            rule = self._known[place] = self._read(place)
        return rule


class EventReader:
    """Reads events one by one, so that a command pays for the one it handles, and the rule it needs.

    `kept` tells a book that was checked before from any other, so that its tables can be kept.
    """

    def __init__(
        self,
        toml: TomlReader,
        declarations: Declarations,
        sources: StatementReader,
        kept: KeptAs | None = None,
    ) -> None:
        self._toml, self._declarations, self._kept = toml, declarations, kept
        self._fields = FieldReader(toml, declarations.figures)
        self.rules = RuleReader(toml, declarations, sources)

    def event(self, name: str) -> Event:
        """One event: its inputs, its rules, and the function that decides."""
        path = ("events", name)
        good = self._toml.keys(self._toml.section("events").get(name), path, EVENT_KEYS)
        inputs = self._inputs(good.table("inputs"), path)
        for one in good.items("one_of"):
            if one not in list(inputs):
                told = f"one_of names {one!r}, which is not an input of the event."
                self._toml.fault((*path, "one_of"), told)
        scope = self._scope(inputs, good.is_true("opens"), name == DAY)
        written = good.items("rule")
        rules = RulesOnDemand(
            len(written),
            lambda place: self.rules.rule(written[place], (*path, "rule", place), scope),
        )
        return self._finish(name, good, inputs, rules)

    def rule(self, event: Event, place: int) -> Rule:
        """One rule of an event that was read before; the document may say it otherwise now."""
        raw = self._toml.document.data["events"][event.name]["rule"][place]
        path = ("events", event.name, "rule", place)
        return self.rules.rule(raw, path, self._scope(event.inputs, event.opens, event.name == DAY))

    def domains(self, inputs: Mapping[str, Input]) -> dict[str, Domain]:
        """The values that the facts can take, and these inputs of an event."""
        domains = {n: self.domain(fact) for n, fact in self._declarations.facts.items()}
        return domains | {n: self._input_domain(given) for n, given in inputs.items()}

    def domain(self, fact: Fact) -> Domain:
        """The values that a fact can take."""
        return domain(fact, {} if self._declarations.catalogue else self._declarations.statuses)

    def impossible(self, event: Event) -> dict[int, CellRow]:
        """The facts that the book says can't be together, by place, as far as an event has them."""
        return self._impossible_in(self.domains(event.inputs))

    def impossible_of_facts(self) -> list[CellRow]:
        """Those rows that name facts alone, and no inputs."""
        return list(self._impossible_in(self.domains({})).values())

    def impossible_with_inputs(self, event: Event) -> list[CellRow]:
        """Those rows that name inputs of an event, too."""
        rows = self.impossible(event).values()
        return [row for row in rows if not event.inputs.keys().isdisjoint(row)]

    def _impossible_in(self, domains: Mapping[str, Domain]) -> dict[int, CellRow]:
        return {
            place: self.rules.row(facts, ("impossible", place, "facts"), domains)
            for place, facts in self.impossible_facts()
            if facts.keys() <= domains.keys()
        }

    def impossible_facts(self) -> Iterator[tuple[int, Mapping[str, object]]]:
        """What stands in each [[impossible]], by place."""
        for place, row in self._impossible_rows():
            yield place, row.table("facts")

    def places_of_excuses(self) -> list[int]:
        """The places of those that the tables need; the others are there for proofs."""
        return [place for place, row in self._impossible_rows() if not row.is_true("for_proofs")]

    def _impossible_rows(self) -> Iterator[tuple[int, TomlTable]]:
        for place, raw in enumerate(self._toml.elements("impossible")):
            yield place, self._toml.keys(raw, ("impossible", place), IMPOSSIBLE_KEYS)

    def context(self, inputs: Mapping[str, Input]) -> actions.ActionReader:
        """What texts and actions can name where there are these inputs."""
        known = self._declarations
        named: dict[str, Fact] = {**known.facts, **{n: i.field for n, i in inputs.items()}}
        closed = next((s.name for s in known.statuses.values() if s.closed), "")
        # Of a catalogue, rules can name what is closed: all else is the ticket file's.
        statuses = {n: s for n, s in known.statuses.items() if s.closed or not known.catalogue}
        return actions.ActionReader(
            names=frozenset(named) | SPECIAL,
            dates=frozenset(name for name, fact in named.items() if _is_date(fact)),
            parameters=known.figures,
            roles=known.roles,
            statuses=statuses,
            closed_status=closed,
            fields=known.fields,
            items=known.items,
            sheets=self._toml.section("sheets"),
            tasks=known.tasks,
            book=str(self._toml.section("book").get("name")),
        )

    def _scope(self, inputs: Mapping[str, Input], opens: bool, is_day: bool) -> RuleScope:
        context = self.context(inputs).replace(opens=opens, day=is_day)
        return RuleScope(
            inputs=inputs,
            domains=self.domains(inputs),
            context=context,
            cells={},
            conditions={},
            sequences={},
        )

    # --- inputs ------------------------------------------------------------------------------------

    def _inputs(self, raws: Mapping[str, object], path: Path) -> dict[str, Input]:
        path = (*path, "inputs")
        for name in raws:
            check_name(self._toml, name, (*path, name))
        inputs: dict[str, Input] = {}
        before: dict[str, Domain] = {}  # what an input depends on is read before it
        fields = {n: self._input_field(n, raw, (*path, n)) for n, raw in raws.items()}
        for name, field in fields.items():
            raw = raws[name]
            if isinstance(raw, dict):
                inputs[name] = self._input(field, TomlTable(raw), (*path, name), before)
            before[name] = self.domain(field)._replace(optional=True)
        return inputs

    def _input_field(self, name: str, raw: object, path: Path) -> Field:
        field = self._fields.field(name, raw, path, is_input=True)
        if field.type != "status":
            return field
        standing = (s.name for s in self._declarations.statuses.values() if not s.closed)
        return field._replace(values=tuple(standing))

    def _input(
        self, field: Field, raw: TomlTable, path: Path, domains: Mapping[str, Domain]
    ) -> Input:
        among = self._among(field, raw, (*path, "among")) if "among" in raw else None
        for key in ("earliest", "latest"):
            if key in raw and raw.get(key) != "today":
                self._toml.fault((*path, key), f"{key} must be 'today', not {raw.get(key)!r}.")
        standing = raw.text_or_none("standing")
        if standing is not None and standing not in STANDINGS:
            known = ", ".join(STANDINGS)
            self._toml.fault((*path, "standing"), f"standing must be one of {known}.")
        when = raw.get("when") if "when" in raw else {}
        return Input(
            field=field,
            when=self.rules.row(when, (*path, "when"), domains),
            earliest_today=raw.get("earliest") == "today",
            latest_today=raw.get("latest") == "today",
            default_today=raw.get("default") == "today",
            among=among,
            known=self._known_fact(field, raw, (*path, "known")),
            standing=standing,
        )

    def _among(self, field: Field, raw: TomlTable, path: Path) -> Among | None:
        written = raw.table("among")
        with self._toml.note_errors(path, f"among of {field.name}"):
            kind = str(written["items"])
            if kind not in self._declarations.items:
                known = ", ".join(self._declarations.items)
                raise ValueError(f"there is no kind of item {kind!r}; there are {known}")
            fields = self._declarations.items[kind].fields
            where = TomlTable(written).table("where").items()
            values = {name: _plain(fields[name], value) for name, value in where}
            return Among(kind, fields[str(written["field"])].name, values)
        return None

    def _known_fact(self, field: Field, raw: TomlTable, path: Path) -> str | None:
        """The fact that stands for an input which may be left out."""
        if "known" not in raw:
            return None
        name = raw.text("known")
        if name not in self._declarations.facts or not field.optional:
            told = f"known of {field.name} must name a fact, and {field.name} be optional."
            self._toml.fault(path, told)
            return None
        return name

    def _input_domain(self, given: Input) -> Domain:
        plain = self.domain(given.field)
        given_seldom = bool(given.when) or given.standing not in (None, "status", "closed")
        return plain._replace(optional=plain.optional or given_seldom)

    # --- the table ---------------------------------------------------------------------------------

    def _finish(
        self, name: str, good: TomlTable, inputs: dict[str, Input], rules: Sequence[Rule]
    ) -> Event:
        declared = self._declarations.facts
        table = self._read_table(name, inputs, rules)
        facts = table.facts
        fields = {n: f for n, f in declared.items() if isinstance(f, Field)}
        fields |= {n: i.field for n, i in inputs.items()}
        return Event(
            name=name,
            title=good.text("title"),
            inputs=inputs,
            one_of=good.words("one_of"),
            rules=rules,
            facts=facts,
            columns=tuple(n for n in facts if n not in inputs and isinstance(declared[n], Field)),
            fields=fields,
            money=tuple(n for n in facts if n in fields and fields[n].type == "money"),
            decide=load_table(_title(name), facts, lambda: _list_cells(rules), table.code),
            again=table.again,
            opens=good.is_true("opens"),
            of_closed=good.is_true("of_closed") or bool(good.words("of_results")),
            of_results=self._read_results(name, good),
        )

    def _read_table(
        self, name: str, inputs: Mapping[str, Input], rules: Sequence[Rule]
    ) -> EventTable:
        """The table of an event; one of a checked book is kept, so that its rules need not be read."""
        if self._kept is None:
            return self._make_table(name, inputs, rules)
        kept_as = KeptAs(f"{self._kept.name}-{name}", f"{_stamp_makers()} {self._kept.made_of}")
        kept = load_or_make(kept_as, lambda: (*self._make_table(name, inputs, rules),))
        return EventTable(*kept)

    def _make_table(
        self, name: str, inputs: Mapping[str, Input], rules: Sequence[Rule]
    ) -> EventTable:
        used = self._facts_used(inputs, rules)
        known = dict.fromkeys([*inputs, *self._declarations.facts])
        facts = tuple(n for n in known if n in used or n in inputs)
        code = make_code(_title(name), facts, _list_cells(rules), not self._toml.checking)
        return EventTable(facts, repeatable_rules(rules), code)

    def _read_results(self, name: str, good: TomlTable) -> tuple[str, ...]:
        """The results of closed tickets that a night asks the event of."""
        results, path = good.words("of_results"), ("events", name, "of_results")
        if results and name != DAY:
            self._toml.fault(path, f"of_results can only be used with {DAY}, which a night asks.")
        known = {one for status in self._declarations.statuses.values() for one in status.results}
        for result in results:
            if known and result not in known:
                wanted = ", ".join(sorted(known))
                self._toml.fault(path, f"{result!r} is not a result: use one of {wanted}.")
        return results

    def _facts_used(self, inputs: Mapping[str, Input], rules: Sequence[Rule]) -> set[str]:
        """The facts and inputs that rules ask about, and those that these are worked out from."""
        used = {fact for rule in rules for fact in names_in_rule(rule)}
        used -= SPECIAL | set(self._declarations.figures)
        used |= {given.known for given in inputs.values() if given.known is not None}
        for _ in range(2):  # a count may start from a due date, and that from another date
            used |= {base for n in used for base in _bases(self._declarations.facts.get(n))}
        return used


def _title(event: str) -> str:
    """A table as errors name it."""
    return f"event {event}"


def _list_cells(rules: Iterable[Rule]) -> list[RuleCells]:
    return [RuleCells(rule.id, rule.rows) for rule in rules]


def _stamp_makers() -> list[int]:
    """What tells the modules that make a table from changed ones, as in a checkout being worked on."""
    makers = (__file__, cells.__file__, decision_table.__file__, rule_needs.__file__)
    return [os.stat(path).st_mtime_ns for path in makers]


def _is_date(fact: Fact) -> bool:
    return isinstance(fact, DueFact) or (
        isinstance(fact, Field) and fact.type in ("date", "moment")
    )


def _bases(fact: Fact | None) -> tuple[str, ...]:
    """The facts and inputs that one is worked out from."""
    if isinstance(fact, DueFact):
        return fact.bases
    return (fact.base,) if isinstance(fact, DateFact | ForbiddenFact) else ()


def _plain(field: Field, written: object) -> Value:
    value = None if written == "none" else field.read(written)
    if not isinstance(value, list):
        return value
    from json import dumps  # late: 2 ms, and few facts are lists

    return dumps(value)
