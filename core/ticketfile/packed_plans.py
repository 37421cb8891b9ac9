"""Plans on their way into the ticket file: plain values, which another process can take too.

What equal plans write is there once, and is prepared once; each ticket only adds its ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..decision.facts import row_as_json, row_of
from ..decision.plan import THIS, Plan
from ..system.fast_json import JsonObject, encode
from ..system.records import NamedTuple
from .event_hash import MadeRow, arrange_hashed_rows, customers_of, owners_of
from .schema import TICKET
from .sqlite import SqlRow

KeptBook = tuple[str, str, str]
"""A book's name, its digest, and what the file keeps of it (empty where it keeps that already)."""


class PlanEffect(NamedTuple):
    """What equal plans write, but for facts and ids.

    In the rows `made`, THIS stands for the ticket's id. `columns` are those of the ticket that
    change, as they are afterwards; where a field changes, `fields` with all of them is one.
    """

    event: str
    rule: str
    changes: JsonObject
    made: list[MadeRow]
    columns: JsonObject


class PlanPage(NamedTuple):
    """Plans of one book, ready to be written.

    `facts` are JSON; `effects` are PlanEffects as bare tuples, as another process takes them. A record
    is a ticket, the places of its facts and of its effect, and the ids of the rows that end, by table.
    """

    book: KeptBook
    facts: list[str]
    effects: list[SqlRow]
    records: list[tuple[int | None, int, int, dict[str, list[int]]]]


def pack_plans(plans: Sequence[Plan], book: KeptBook) -> PlanPage:
    """What carrying out these plans for one event writes; a plan that changes nothing leaves an
    event only."""
    # Very many plans have the very same facts, and the very same rows to write.
    facts, effects, records = dict[int, int](), dict[int, int](), []
    event, known, first = plans[0].event, list[str](), list[Plan]()
    for plan in plans:
        fact = facts.setdefault(id(plan.values), len(known))
        if fact == len(known):
            row = row_of(event, plan.values)
            known.append(encode(row_as_json(event.facts, event.money, row)))
        effect = effects.setdefault(id(plan.made), len(first))
        if effect == len(first):
            first.append(plan)
        records.append((plan.state.id or None, fact, effect, plan.ended))
    return PlanPage(
        book=book,
        facts=known,
        effects=[tuple(_describe_effect(plan)) for plan in first],
        records=records,
    )


def _describe_effect(plan: Plan) -> PlanEffect:
    after = {name: new for name, (_, new) in plan.columns.items()}
    columns: dict[str, object] = {name: after.pop(name) for name in TICKET if name in after}
    if after:
        columns["fields"] = {**plan.state.fields, **after}
    return PlanEffect(
        event=plan.event.name,
        rule=plan.rule.id,
        changes=plan.columns,
        made=plan.made,
        columns=columns,
    )


class PreparedEffect(NamedTuple):
    """An effect with its JSON as text.

    `made` says of each row whether the ticket's id comes before it; `pieces` are the JSON of all
    rows, as the hash covers them, cut where that id stands. `update` sets the ticket's `columns`,
    where there are any. `customers` are those that the rows name,
    `owners` those of tickets that the rows make.
    """

    event: str
    rule: str
    changes: str
    made: list[tuple[str, bool, SqlRow]]
    pieces: list[str]
    update: str
    columns: SqlRow
    customers: set[int]
    owners: dict[int, int]

    def append_to(self, tables: Mapping[str, list[SqlRow]], ticket: int | None, event: int) -> None:
        """Append the rows that are made for a ticket to those of their tables."""
        for table, own, row in self.made:
            tables[table].append((ticket, *row, event) if own else (*row, event))

    def format_rows(self, ticket: int | None) -> str:
        """The JSON of a ticket's rows, as the hash covers them."""
        return str(ticket).join(self.pieces)


def prepare_effect(effect: PlanEffect) -> PreparedEffect:
    """Make an effect ready for all its tickets."""
    rows = encode_rows(effect.made)
    own = {n: encode(value) if n == "fields" else value for n, value in effect.columns.items()}
    update = (
        f"UPDATE ticket SET {', '.join(f'{name} = ?' for name in own)} WHERE id = ?" if own else ""
    )
    return PreparedEffect(
        event=effect.event,
        rule=effect.rule,
        changes=encode(effect.changes),
        made=[(t, row[0] is THIS, row[1:] if row[0] is THIS else row) for t, row in rows],
        pieces=_cut_rows(arrange_hashed_rows(rows)),
        update=update,
        columns=(*own.values(),),
        customers=customers_of(rows),
        owners=owners_of(rows),
    )


def _cut_rows(rows: Sequence[MadeRow]) -> list[str]:
    """The JSON of some rows, cut where the ticket's id stands."""
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
