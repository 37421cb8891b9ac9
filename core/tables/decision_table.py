"""Decision tables with hit policy UNIQUE: for any facts exactly one rule answers.

A table is compiled once to a Python function over the facts in the table's order. Deciding is
pure: no clock, no file, no chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import CodeType

from ..errors import EngineFault, PrassiError, Undecided
from ..system.records import NamedTuple
from .cells import Cell, Value, format_value, intersect_cells

CellRow = Mapping[str, Cell]
"""One line of a rule: the cells by fact; a fact without a cell may be anything."""

Decide = Callable[[Sequence[object]], int]
"""From the facts, in the table's order, to the place of the one rule that answers."""


_DEEPEST = 30
"""How deep tests are nested in the code of a table; Python takes 100."""


class RuleCells(NamedTuple):
    """What a table needs of a rule: its id, and its rows, of which one has to hold."""

    id: str
    rows: tuple[CellRow, ...]

    def answers(self, facts: Mapping[str, object]) -> bool:
        """Whether one of the rows holds for these facts."""
        return any(row_holds(row, facts) for row in self.rows)


def row_holds(row: CellRow, facts: Mapping[str, object]) -> bool:
    """Whether all cells of a row hold."""
    for name, cell in row.items():  # noqa: SIM110  # a generator takes twice as long
        if not cell.holds(facts[name]):
            return False
    return True


def find_misses(row: CellRow, facts: Mapping[str, object]) -> list[str]:
    """The facts of a row whose cells do not hold, in the order they are written."""
    return [name for name, cell in row.items() if not cell.holds(facts[name])]


def compile_table(
    table: str, names: Sequence[str], rules: Sequence[RuleCells], apart: bool = False
) -> Decide:
    """Turn rules over the facts `names` into one function.

    The function raises Undecided, with the facts, where no rule or more than one answers, and
    EngineFault where a fact is of another type than its tests. Where it is known that no two rules
    answer the same facts, they are `apart`: the first one that is found to is the only one.
    """
    return load_table(table, names, lambda: rules, make_code(table, names, rules, apart))


def make_code(
    table: str, names: Sequence[str], rules: Sequence[RuleCells], apart: bool
) -> CodeType:
    """The code of a table's function, which can be kept between runs."""
    return compile(_write_function(names, rules, apart), f"<table {table}>", "exec")


def load_table(
    table: str, names: Sequence[str], list_rules: Callable[[], Sequence[RuleCells]], code: CodeType
) -> Decide:
    """The function that a table's code makes; its rules are asked for where it can't decide."""

    def explain(facts: Sequence[Value], hits: Sequence[int] | None) -> PrassiError:
        named, rules = dict(zip(names, facts, strict=True)), list_rules()
        if hits is None or not hits:
            fault = _describe_misfit(rules, named)
            if fault is not None or hits is None:
                return EngineFault(f"{table} can't be decided: {fault or _format_facts(named)}.")
        return _make_undecided(table, named, [rules[place].id for place in hits])

    scope: dict[str, object] = {"explain": explain}
    exec(code, scope)
    decide = scope["decide"]
    assert callable(decide)
    return decide


def _write_function(names: Sequence[str], rules: Sequence[RuleCells], apart: bool) -> str:
    slots = {name: f"f{place}" for place, name in enumerate(names)}
    lines = ["def decide(facts):"]
    if slots:
        lines.append(f"    {', '.join(slots.values())}, = facts")
    lines += ["    hits = []", "    try:", "        pass"]
    lines += _write_first(rules, slots) if apart else _write_all(rules, slots)
    lines.append("    except TypeError as error: raise explain(facts, None) from error")
    lines += ["    if len(hits) == 1: return hits[0]", "    raise explain(facts, hits)"]
    return "\n".join(lines)


def _write_all(rules: Sequence[RuleCells], slots: Mapping[str, str]) -> Iterator[str]:
    """All rules that answer are hits."""
    for place, rule in enumerate(rules):
        condition = " or ".join(_join_tests(_list_tests(row, slots)) for row in rule.rows)
        yield f"        if {condition or 'False'}: hits.append({place})"


def _write_first(rules: Sequence[RuleCells], slots: Mapping[str, str]) -> list[str]:
    """The first row that holds answers."""
    rows = [
        (_list_tests(row, slots), place) for place, rule in enumerate(rules) for row in rule.rows
    ]
    return _write_rows(rows)


def _list_tests(row: CellRow, slots: Mapping[str, str]) -> list[str]:
    return [cell.source(slots[name]) for name, cell in row.items()]


def _join_tests(tests: Sequence[str]) -> str:
    return " and ".join(tests) or "True"


def _write_rows(rows: Sequence[tuple[list[str], int]], depth: int = 2) -> list[str]:
    """The code of rows: each is the tests that are still to be made, and the place of its rule.

    Tests that several rows share are made once for all of them, first those that most share.
    """
    indent, lines = "    " * depth, list[str]()
    while rows and depth < _DEEPEST:
        counts = Counter(test for tests, _ in rows for test in tests)
        most, count = counts.most_common(1)[0] if counts else ("", 0)
        if count < 2:
            break
        sharing = [(tests, place) for tests, place in rows if most in tests]
        shared = [t for t in sharing[0][0] if all(t in tests for tests, _ in sharing)]
        inner = [([t for t in tests if t not in shared], place) for tests, place in sharing]
        lines += [f"{indent}if {_join_tests(shared)}:", *_write_rows(inner, depth + 1)]
        rows = [(tests, place) for tests, place in rows if most not in tests]
    return lines + [f"{indent}if {_join_tests(tests)}: return {place}" for tests, place in rows]


def _make_undecided(table: str, facts: Mapping[str, Value], hits: Sequence[str]) -> Undecided:
    shown = _format_facts(facts)
    if hits:
        return Undecided(
            f"{len(hits)} rules of {table} answer at once ({', '.join(hits)}): {shown}"
        )
    return Undecided(f"no rule of {table} answers these facts: {shown}")


def _format_facts(facts: Mapping[str, Value]) -> str:
    return ", ".join(f"{name}={format_value(value)}" for name, value in facts.items())


def _describe_misfit(rules: Sequence[RuleCells], facts: Mapping[str, object]) -> str | None:
    """The first fact whose value is of a type that none of its tests is about, as a sentence's end."""
    rows = [row for rule in rules for row in rule.rows]
    for name, value in facts.items():
        cells = [row[name] for row in rows if name in row]
        kinds = {kind for cell in cells for kind in cell.kinds()}
        if kinds and value is not None and type(value) not in kinds:
            about = " or ".join(sorted(_KINDS[kind] for kind in kinds))
            return (
                f"the fact {name} is {value!r}, {_KINDS.get(type(value), 'of an unknown type')}, but"
                f" its tests are about {about}; what gives this fact, facts.sql or Prassi, is at fault"
            )
    return None


_KINDS: dict[type, str] = {
    int: "a whole number",
    str: "a text",
    bool: "yes or no",
    list: "a list",
    float: "a number with decimals",
    bytes: "bytes",
}
"""The types of values, in words."""


def find_overlaps(rules: Sequence[RuleCells]) -> list[tuple[str, str, dict[str, Value]]]:
    """Pairs of rules that answer the same facts, each with such facts as an example."""
    found = []
    for place, one in enumerate(rules):
        for other in rules[place + 1 :]:
            example = _find_example(one, other)
            if example is not None:
                found.append((one.id, other.id, example))
    return found


def _find_example(one: RuleCells, other: RuleCells) -> dict[str, Value] | None:
    for a in one.rows:
        for b in other.rows:
            shared = {
                n: intersect_cells(a[n], b[n]) if n in a and n in b else a.get(n) or b[n]
                for n in {**a, **b}
            }
            if all(cell.samples() for cell in shared.values()):
                return {name: cell.samples()[0] for name, cell in shared.items()}
    return None
