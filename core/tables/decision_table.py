"""Decision tables with hit policy UNIQUE: for any facts exactly one rule answers.

A table is compiled once to a Python function over the facts in the table's order. Deciding is
pure: no clock, no file, no chance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import Undecided
from .cells import Cell, Value, both, show_value

Row = Mapping[str, Cell]
"""One line of a rule: the cells by fact; a fact without a cell may be anything."""

Decide = Callable[[Sequence[Value]], int]
"""From the facts, in the table's order, to the place of the one rule that answers."""


class RuleCells(NamedTuple):
    """What a table needs of a rule: its id, and its rows, of which one has to hold."""

    id: str
    rows: tuple[Row, ...]

    def answers(self, facts: Mapping[str, Value]) -> bool:
        """Whether one of the rows holds for these facts."""
        return any(not misses(row, facts) for row in self.rows)


def misses(row: Row, facts: Mapping[str, Any]) -> list[str]:
    """The facts of a row whose cells do not hold, in the order they are written."""
    return [name for name, cell in row.items() if not cell.holds(facts[name])]


def compile_table(
    table: str, names: Sequence[str], rules: Sequence[RuleCells], apart: bool = False
) -> Decide:
    """Turn rules over the facts `names` into one function.

    The function raises Undecided, with the facts, where no rule or more than one answers. Where it
    is known that no two rules answer the same facts, they are `apart`, and the first one that does
    is the only one.
    """
    slots = {name: f"f{place}" for place, name in enumerate(names)}
    lines = ["def decide(facts):"]
    if slots:
        lines.append(f"    {', '.join(slots.values())}, = facts")
    lines += ["    hits = []", "    try:", "        pass"]
    answer = "return {0}" if apart else "hits.append({0})"
    for place, rule in enumerate(rules):
        lines.append(f"        if {_condition(rule.rows, slots)}: {answer.format(place)}")
    # A fact that is of another type than its book says is answered by no rule that asks for it.
    lines.append("    except TypeError: hits = []")
    lines += ["    if len(hits) == 1: return hits[0]", "    raise undecided(facts, hits)"]

    def undecided(facts: Sequence[Value], hits: Sequence[int]) -> Undecided:
        return _undecided(table, dict(zip(names, facts, strict=True)), [rules[i].id for i in hits])

    scope: dict[str, object] = {"undecided": undecided}
    exec(compile("\n".join(lines), f"<table {table}>", "exec"), scope)
    decide = scope["decide"]
    assert callable(decide)
    return decide


def _condition(rows: Sequence[Row], slots: Mapping[str, str]) -> str:
    return (
        " or ".join(
            " and ".join(cell.source(slots[name]) for name, cell in row.items()) or "True"
            for row in rows
        )
        or "False"
    )


def _undecided(table: str, facts: Mapping[str, Value], hits: Sequence[str]) -> Undecided:
    told = ", ".join(f"{name}={show_value(value)}" for name, value in facts.items())
    if hits:
        return Undecided(f"{len(hits)} rules of {table} answer at once ({', '.join(hits)}): {told}")
    return Undecided(f"no rule of {table} answers these facts: {told}")


def overlaps(rules: Sequence[RuleCells]) -> list[tuple[str, str, dict[str, Value]]]:
    """Pairs of rules that answer the same facts, each with such facts as an example."""
    found = []
    for place, one in enumerate(rules):
        for other in rules[place + 1 :]:
            example = _example(one, other)
            if example is not None:
                found.append((one.id, other.id, example))
    return found


def _example(one: RuleCells, other: RuleCells) -> dict[str, Value] | None:
    for a in one.rows:
        for b in other.rows:
            shared = {
                n: both(a[n], b[n]) if n in a and n in b else a.get(n) or b[n] for n in {**a, **b}
            }
            if all(cell.samples() for cell in shared.values()):
                return {name: cell.samples()[0] for name, cell in shared.items()}
    return None
