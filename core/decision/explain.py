"""Why a rule answers, and what rules the others out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from ..tables.cells import format_value
from ..tables.decision_table import find_misses

if TYPE_CHECKING:
    from ..book.model import Book, Event, Rule
    from ..values.field_types import Stored


class Miss(NamedTuple):
    """A cell that does not hold: the fact, what it is, and what the rule wants."""

    fact: str
    value: str
    wanted: str


class OtherRule(NamedTuple):
    """A rule that does not answer, with the cells of its nearest row that rule it out."""

    rule: Rule
    misses: tuple[Miss, ...]


# `from` is a word of Python's.
ExplainedRuleJson = TypedDict(
    "ExplainedRuleJson",
    {
        "rule": str,
        "extrapolated": bool,
        "why": str,
        "from": Mapping[str, str],
        "remarks": Mapping[str, str],
    },
)
"""A rule that answers, with its statements and remarks."""


class Explanation(NamedTuple):
    """The facts of an event on a ticket, the rules that answer (one, unless the book is at fault),
    and the others, nearest first."""

    book: Book
    event: Event
    facts: Mapping[str, Stored]
    rules: tuple[Rule, ...]
    why: str
    others: tuple[OtherRule, ...]

    def rules_as_json(self) -> list[ExplainedRuleJson]:
        """The rules that answer, each with the words of its sources."""
        says, remarks = self.book.statements, self.book.remarks
        return [
            {
                "rule": rule.id,
                "extrapolated": rule.extrapolated,
                "why": self.why,
                "from": {name: says[name].says for name in rule.statements},
                "remarks": {name: remarks[name].says for name in rule.remarks},
            }
            for rule in self.rules
        ]

    def list_facts(self) -> list[tuple[str, object, str]]:
        """Each fact with its value and what it is about."""
        from .facts import facts_as_json  # late: 15 ms, and few decisions are explained

        fields, facts = self.event.fields, self.book.facts
        return [
            (name, value, getattr(fields.get(name) or facts[name], "about", ""))
            for name, value in facts_as_json(self.event, self.facts).items()
        ]


def explain(
    book: Book, event: Event, facts: Mapping[str, Stored], texts: Mapping[str, Stored]
) -> Explanation:
    """Lay out a decision; `texts` are the facts and names that the rule's reason may speak of."""
    rules = tuple(rule for rule in event.rules if _fewest_misses(rule, facts) == [])
    others = [
        OtherRule(rule, _list_misses(rule, facts)) for rule in event.rules if rule not in rules
    ]
    others.sort(key=lambda other: len(other.misses))
    why = rules[0].why.fill(texts, event.fields) if rules else ""
    return Explanation(book, event, facts, rules, why, tuple(others))


def _fewest_misses(rule: Rule, facts: Mapping[str, Stored]) -> list[str]:
    """The facts that keep the rule's nearest row from holding."""
    return min((find_misses(row, facts) for row in rule.rows), key=len)


def _list_misses(rule: Rule, facts: Mapping[str, Stored]) -> tuple[Miss, ...]:
    row = min(rule.rows, key=lambda row: len(find_misses(row, facts)))
    return tuple(Miss(n, format_value(facts[n]), row[n].text) for n in find_misses(row, facts))
