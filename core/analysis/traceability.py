"""From the written procedure to the rules that carry it out, and to the scenarios that show them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ..book.model import Book, Rule
from ..system.language import mark, say
from .scenarios.scenario_files import Scenario

WAYS = {
    "view": mark("{count} by a view"),
    "reading": mark("{count} by how it is read"),
    "manual": mark("{count} by hand"),
}
"""What carries out a statement in place of rules, by its key, in words."""


class ScenarioRef(NamedTuple):
    """A scenario in which a rule answers: its name, and its file (relative to the book) with the line."""

    name: str
    place: str


class RuleTrace(NamedTuple):
    """A rule, the event it answers, and the scenarios in which it does."""

    event: str
    rule: Rule
    scenarios: tuple[ScenarioRef, ...]


class StatementTrace(NamedTuple):
    """A statement and the rules that come from it; without an id, the rules that come from no statement.

    `without` is what carries it out in place of rules: the key (manual, view or reading) and its text.
    """

    id: str | None
    says: str
    without: tuple[str, str] | None
    rules: tuple[RuleTrace, ...]


class BookTrace(NamedTuple):
    """A book's statements with their rules; `tried` says whether there are any scenarios."""

    book: Book
    statements: tuple[StatementTrace, ...]
    tried: bool

    @property
    def rules(self) -> dict[str, RuleTrace]:
        """The rules of the book, by id."""
        return {one.rule.id: one for traced in self.statements for one in traced.rules}

    def summarize(self) -> str:
        """In words: how many statements rules carry out, and how many rules scenarios show."""
        stated = [traced for traced in self.statements if traced.id is not None]
        ways = Counter(traced.without[0] for traced in stated if traced.without is not None)
        own = [rule for traced in self.statements if traced.id is None for rule in traced.rules]
        parts = [say("{count} carried by rules").format(count=len(stated) - ways.total())]
        parts += [say(told).format(count=ways[key]) for key, told in WAYS.items() if ways[key]]
        counts = {"statements": len(stated), "rules": len(self.rules), "own": len(own)}
        if not self.tried:
            text = say(
                "{statements} statements: {ways}. {rules} rules, {own} of them from no statement."
            )
            return text.format(ways=", ".join(parts), **counts)
        text = say(
            "{statements} statements: {ways}. {rules} rules, {own} of them from no statement; scenarios"
            " show {shown}."
        )
        shown = sum(bool(carried.scenarios) for carried in self.rules.values())
        return text.format(ways=", ".join(parts), shown=shown, **counts)


def trace_book(book: Book, scenarios: Iterable[Scenario]) -> BookTrace:
    """Trace the statements of a book, in its order, and then the rules that come from none."""
    tried: dict[str, list[ScenarioRef]] = defaultdict(list)
    for scenario in scenarios:
        if scenario.expected.rule is not None:
            place = scenario.place.removeprefix(f"{book.folder}/")
            tried[scenario.expected.rule].append(ScenarioRef(scenario.name, place))
    rules = [
        RuleTrace(name, rule, tuple(tried.get(rule.id, ())))
        for name in book.event_names
        for rule in book.event(name).rules
    ]
    stated = [
        StatementTrace(
            s.id,
            s.says,
            next(iter(s.without_rules.items()), None),
            tuple(r for r in rules if s.id in r.rule.statements),
        )
        for s in book.statements.values()
    ]
    own = tuple(carried for carried in rules if not carried.rule.statements)
    rest = [StatementTrace(None, "", None, own)] if own else []
    return BookTrace(book, (*stated, *rest), bool(tried))


def trace_as_json(trace: BookTrace) -> Sequence[Mapping[str, object]]:
    """An object for each statement, with its rules and their scenarios."""
    return [
        {
            "book": trace.book.name,
            "statement": traced.id,
            "says": traced.says,
            **dict.fromkeys(("manual", "view", "reading")),
            **dict([traced.without] if traced.without else []),
            "rules": [
                {
                    "rule": carried.rule.id,
                    "event": carried.event,
                    "extrapolated": carried.rule.extrapolated,
                    "remarks": carried.rule.remarks,
                    "scenarios": [shown._asdict() for shown in carried.scenarios],
                }
                for carried in traced.rules
            ],
        }
        for traced in trace.statements
    ]
