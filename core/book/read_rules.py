"""Reading the rules of an event: what they ask, what they do, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..system.records import NamedTuple
from ..system.toml_document import Path
from ..system.toml_reader import TableKeys, TomlReader, TomlTable
from ..tables.cells import Cell, Domain, parse_cell
from ..tables.decision_table import CellRow
from . import actions, placeholders
from .action_base import Action
from .action_context import Written
from .model import DAY, Input, Instead, Next, Rule, Step
from .read_declarations import Declarations
from .read_statements import StatementReader
from .rule_needs import parts_read

RULE_KEYS = TableKeys(
    {
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
        "any_status": str,
    },
    ("id", "why", "when"),
)
NEXT_KEYS = TableKeys.all({"action": str, "who": str, "due": str})
INSTEAD_KEYS = TableKeys({"event": str, "with": dict}, ("event",))
_MOST_SEQUENCES = 8
"""Sequences within each other."""
_ALWAYS: CellRow = {}


class StepCondition(NamedTuple):
    """A condition of a step, joined with those on the way to it.

    `when` and `written` are what it was made from, kept so that their places stay theirs.
    """

    joined: CellRow
    when: CellRow
    written: object


class ReadSequence(NamedTuple):
    """A sequence that was read, as it is put in where the conditions `when` hold."""

    steps: tuple[Step, ...]
    when: CellRow


class RuleScope(NamedTuple):
    """What the rules of an event can name: its inputs, the values of facts, and what actions can.

    `cells`, `conditions` and `sequences` are those that were read: many rules have the same ones.
    """

    inputs: Mapping[str, Input]
    domains: Mapping[str, Domain]
    context: actions.ActionReader
    cells: dict[tuple[str, str], Cell]
    conditions: dict[tuple[int, int], StepCondition]
    sequences: dict[tuple[str, int], ReadSequence]


class RuleReader:
    """Reads rules; what they cite and name has been declared before."""

    def __init__(
        self, toml: TomlReader, declarations: Declarations, sources: StatementReader
    ) -> None:
        self._toml, self._declarations, self._sources = toml, declarations, sources
        self.templates: dict[str, Path] = {}
        """While checking: the templates that rules use, each with the first place that does."""

    def rule(self, raw: object, path: Path, scope: RuleScope) -> Rule:
        """One rule of an event."""
        needed = () if isinstance(raw, dict) and "instead" in raw else ("then",)
        good = self._toml.keys(raw, path, RULE_KEYS, (*RULE_KEYS.needed, *needed))
        rule_id = good.text("id", self._toml.name_of(path))
        self._check_sources(rule_id, good, path)
        self._check_needs(rule_id, good, path, scope.inputs)
        rows = self._rows(rule_id, good, path, scope)
        steps = tuple(self._steps(good.items("then"), (*path, "then"), _ALWAYS, scope, rule_id))
        return Rule(
            id=rule_id,
            why=self._text(good.text("why"), (*path, "why"), scope.context),
            statements=good.words("from"),
            remarks=good.words("remarks"),
            extrapolated=good.is_true("extrapolated"),
            rows=rows,
            needs=good.words("needs"),
            steps=steps,
            next=self._next(good, path, scope.context),
            acts=any(step.action.changes for step in steps),
            wants=parts_read(steps, "next" in good and not self._declarations.tasks),
            instead=self._instead(good, path, scope.context),
            irreversible=good.text_or_none("irreversible"),
        )

    def row(
        self,
        raw: object,
        path: Path,
        domains: Mapping[str, Domain],
        cells: dict[tuple[str, str], Cell] | None = None,
    ) -> CellRow:
        """A table of facts and tests; `cells` has those of the same facts that were read before."""
        row: dict[str, Cell] = {}
        if not isinstance(raw, dict):
            self._toml.fault(path, f"{raw!r} must be a table of facts and tests.")
            return row
        for name, written in raw.items():
            if name not in domains:
                self._toml.fault(path, f"there is no fact {name!r} to test.")
                continue
            try:
                row[name] = self._cell(name, written, domains, cells)
            except ValueError as error:
                self._toml.fault(path, f"the test of {name}: {error}.")
        return row

    def _cell(
        self,
        name: str,
        written: object,
        domains: Mapping[str, Domain],
        cells: dict[tuple[str, str], Cell] | None,
    ) -> Cell:
        if cells is None or not isinstance(written, str):
            return parse_cell(written, domains[name], self._declarations.figures)
        known = cells.get((name, written))
        if known is None:
            known = parse_cell(written, domains[name], self._declarations.figures)
            cells[name, written] = known
        return known

    def _rows(
        self, rule_id: str, good: TomlTable, path: Path, scope: RuleScope
    ) -> tuple[CellRow, ...]:
        when = good.get("when") if "when" in good else {}
        if when == []:
            told = f"{rule_id} never answers; write {{}} to mean any facts."
            self._toml.fault((*path, "when"), told)
        rows = when if isinstance(when, list) else [when]
        return tuple(self.row(row, (*path, "when"), scope.domains, scope.cells) for row in rows)

    def _check_needs(
        self, rule_id: str, good: TomlTable, path: Path, inputs: Mapping[str, Input]
    ) -> None:
        for name in good.items("needs"):
            if name not in list(inputs):
                told = f"{rule_id} needs {name!r}, which is not an input of the event."
                self._toml.fault((*path, "needs"), told)

    def _check_sources(self, rule_id: str, good: TomlTable, path: Path) -> None:
        """A rule rests on statements that there are, or says that it goes beyond them."""
        if not self._toml.checking:
            return
        for name in good.words("from"):
            if name not in self._sources.statements:
                told = f"{rule_id} cites statement {name!r}, which does not exist."
                self._toml.fault((*path, "from"), told)
        for name in good.words("remarks"):
            if name not in self._sources.remarks:
                told = f"{rule_id} cites remark {name!r}, which does not exist."
                self._toml.fault((*path, "remarks"), told)
        if not good.items("from") and not good.is_true("extrapolated"):
            told = f"{rule_id} names no statement it comes from; mark it extrapolated if there is none."
            self._toml.fault(path, told)

    def _text(
        self, written: object, path: Path, context: actions.ActionReader
    ) -> placeholders.Text:
        try:
            return context.text(written)
        except ValueError as error:
            self._toml.fault(path, f"{error}.")
            return placeholders.Text(("",))

    # --- what comes after --------------------------------------------------------------------------

    def _next(self, good: TomlTable, path: Path, context: actions.ActionReader) -> Next | None:
        if "next" not in good:
            return None
        path = (*path, "next")
        next_ = self._toml.keys(good.table("next"), path, NEXT_KEYS)
        if not all(key in next_ for key in NEXT_KEYS):
            return None
        with self._toml.note_errors(path, "next"):
            who: str | placeholders.Text = next_.text("who")
            if "{" in next_.text("who"):
                who = context.name(next_.text("who"))
            elif who != "agent":
                context.one_of(who, self._declarations.roles, "role")
            return Next(next_.text("action"), who, context.due(next_.text("due")))
        return None

    def _instead(
        self, good: TomlTable, path: Path, context: actions.ActionReader
    ) -> Instead | None:
        """The event that a rule hands on to; that it takes what it is given is seen when it is."""
        if "instead" not in good:
            return None
        path = (*path, "instead")
        instead = self._toml.keys(good.table("instead"), path, INSTEAD_KEYS)
        name, given = instead.text("event"), instead.table("with")
        if name not in self._declarations.event_names or name == DAY:
            self._toml.fault(path, f"there is no event {name!r} to hand on to.")
        event = self._toml.section("events").get(name)
        inputs = event.get("inputs") if isinstance(event, dict) else None
        for one in given:
            if not isinstance(inputs, dict) or one not in inputs:
                self._toml.fault(path, f"event {name} has no input {one!r}.")
        return Instead(name, {n: self._text(str(v), path, context) for n, v in given.items()})

    # --- steps -------------------------------------------------------------------------------------

    def _steps(
        self,
        raws: Iterable[object],
        path: Path,
        when: CellRow,
        scope: RuleScope,
        where: str,
        depth: int = 0,
    ) -> Iterator[Step]:
        """The steps of a rule, sequences put in, each with all conditions on the way to it."""
        for place, raw in enumerate(raws):
            at = (*path, place)
            if not isinstance(raw, dict):
                told = f"{where}: {raw!r} is not an action; write it as {{ action = ... }}."
                self._toml.fault(at, told)
                continue
            inner = self._join(when, raw["if"], at, scope, where) if "if" in raw else when
            if "do" in raw:
                yield from self._sequence(raw["do"], at, inner, scope, where, depth)
                continue
            if (action := self._action(raw, at, scope.context, where)) is not None:
                yield Step(action, inner, raw)

    def _join(
        self, when: CellRow, raw: object, path: Path, scope: RuleScope, where: str
    ) -> CellRow:
        """A condition with those on the way to it; they can't test the same fact twice."""
        place = id(when), id(raw)
        known = scope.conditions.get(place)
        if known is None or self._toml.checking:
            own = self.row(raw, path, scope.domains, scope.cells)
            self._check_tested_once(own, when, (*path, "if"), where)
            known = scope.conditions[place] = StepCondition(
                {**when, **own} if when else own, when, raw
            )
        return known.joined

    def _check_tested_once(self, own: CellRow, when: CellRow, path: Path, where: str) -> None:
        for name in own.keys() & when.keys():
            if own[name].text != when[name].text:
                told = (
                    f"{where}: {name} is tested here and where the sequence is used; test it once."
                )
                self._toml.fault(path, told)

    def _action(
        self, raw: Written, path: Path, context: actions.ActionReader, where: str
    ) -> Action | None:
        if not self._toml.checking:
            return context.action(raw)
        with self._toml.note_errors(path, where):
            action = context.check_action(raw)
            for template in (*action.templates, *action.withdrawn_templates):
                self.templates.setdefault(template, path)
            return action
        return None

    def _sequence(
        self, name: object, path: Path, when: CellRow, scope: RuleScope, where: str, depth: int
    ) -> Iterator[Step]:
        sequences = self._toml.section("sequences")
        if name not in list(sequences):
            known = ", ".join(sequences)
            self._toml.fault(path, f"{where}: there is no sequence {name!r}; there are {known}.")
        elif depth > _MOST_SEQUENCES:
            self._toml.fault(path, f"{where}: sequence {name} leads back to itself.")
        elif isinstance(raws := sequences[str(name)], list):
            yield from self._put_in(str(name), raws, when, scope, where, depth + 1)

    def _put_in(
        self, name: str, raws: list[object], when: CellRow, scope: RuleScope, where: str, depth: int
    ) -> Iterable[Step]:
        """The steps of a sequence; while checking each use of it is read, so that faults say where."""
        path = ("sequences", name)
        if self._toml.checking:
            return self._steps(raws, path, when, scope, where, depth)
        known = scope.sequences.get((name, id(when)))
        if known is None:
            steps = tuple(self._steps(raws, path, when, scope, where, depth))
            known = scope.sequences[name, id(when)] = ReadSequence(steps, when)
        return known.steps
