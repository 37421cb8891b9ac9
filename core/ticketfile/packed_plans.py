"""Plans on their way into the ticket file: plain values, which another process can take too.

What plans that are alike write is there once, and made ready once; each ticket only adds its ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..decision.facts import row_of
from ..decision.plan import THIS, Plan
from ..system.fast_json import encode
from .event_hash import MadeRow, arrange_hashed_rows
from .schema import TICKET


class PlanEffect(NamedTuple):
    """What plans that are alike write, but for facts and ids.

    In the rows `made`, THIS stands for the ticket's id. `columns` are those of the ticket that
    change, as they are afterwards; where a field changes, `fields` with all of them is one.
    """

    event: str
    rule: str
    changes: dict[str, Any]
    made: list[MadeRow]
    columns: dict[str, Any]


class PlanPage(NamedTuple):
    """Plans of one book, ready to be written.

    `book` is its name, digest and what is kept of it; `names` are those of all facts, and of those
    that are amounts; `facts` are their values; `outcomes` the bare tuples of Outcomes. A record is a
    ticket, the places of its facts and of its outcome, and the ids of the rows that end, by table.
    """

    book: tuple[str, str, str]
    names: tuple[tuple[str, ...], tuple[str, ...]]
    facts: list[tuple[Any, ...]]
    outcomes: list[tuple[Any, ...]]
    records: list[tuple[int | None, int, int, dict[str, list[int]]]]


def pack_plans(plans: Sequence[Plan], book: tuple[str, str, str]) -> PlanPage:
    """What carrying these plans for one event out writes; those that change nothing leave an event only."""
    # Very many plans have the very same facts, and the very same rows to write.
    facts, outcomes, records = dict[int, int](), dict[int, int](), []
    event, rows, first = plans[0].event, list[tuple[Any, ...]](), list[Plan]()
    for plan in plans:
        fact = facts.setdefault(id(plan.values), len(rows))
        if fact == len(rows):
            rows.append(row_of(event, plan.values))
        outcome = outcomes.setdefault(id(plan.made), len(first))
        if outcome == len(first):
            first.append(plan)
        records.append((plan.state.id or None, fact, outcome, plan.ended))
    return PlanPage(book, (event.facts, event.money), rows, [*map(_pack_effect, first)], records)


def _pack_effect(plan: Plan) -> tuple[Any, ...]:
    after = {name: pair[1] for name, pair in plan.columns.items()}
    columns = {name: after.pop(name) for name in TICKET if name in after}
    if after:
        columns["fields"] = {**plan.state.fields, **after}
    return tuple(PlanEffect(plan.event.name, plan.rule.id, plan.columns, plan.made, columns))


class PreparedEffect(NamedTuple):
    """An outcome with its JSON as text.

    `made` says of each row whether the ticket's id comes before it; `pieces` are the JSON of all
    rows, as the hash covers them, cut where that id stands. `update` sets the ticket's `columns`,
    where there are any.
    """

    event: str
    rule: str
    changes: str
    made: list[tuple[str, bool, tuple[Any, ...]]]
    pieces: list[str]
    update: str
    columns: tuple[Any, ...]

    def append_to(
        self, tables: Mapping[str, list[tuple[Any, ...]]], ticket: int | None, event: int
    ) -> None:
        """Append the rows that are made for a ticket to those of their tables."""
        for table, own, row in self.made:
            tables[table].append((ticket, *row, event) if own else (*row, event))

    def hashed(self, ticket: int | None) -> str:
        """The JSON of these rows for the hash."""
        return str(ticket).join(self.pieces)


def prepare_effect(outcome: PlanEffect) -> PreparedEffect:
    """Make an outcome ready for all its tickets."""
    rows = encode_rows(outcome.made)
    made = [(t, row[0] is THIS, row[1:] if row[0] is THIS else row) for t, row in rows]
    own = {n: encode(value) if n == "fields" else value for n, value in outcome.columns.items()}
    update = (
        f"UPDATE ticket SET {', '.join(f'{name} = ?' for name in own)} WHERE id = ?" if own else ""
    )
    return PreparedEffect(
        outcome.event,
        outcome.rule,
        encode(outcome.changes),
        made,
        _cut_rows(arrange_hashed_rows(rows)),
        update,
        (*own.values(),),
    )


def _cut_rows(rows: Sequence[MadeRow]) -> list[str]:
    pieces, text = [], "["
    for place, (table, row) in enumerate(rows):
        text += f'{"," if place else ""}["{table}",['
        if row[0] is THIS:
            pieces.append(text)
            row, text = row[1:], ","
        text += encode(row)[1:] + "]"
    return [*pieces, text + "]"]


def encode_rows(made: Sequence[MadeRow]) -> list[MadeRow]:
    """Rows as their tables have them: the data of an item as JSON."""
    return [(t, (*row[:-1], encode(row[-1]))) if t == "item" else (t, row) for t, row in made]
