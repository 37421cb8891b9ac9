"""How an abstraction is made finer, and coarser again: by keeping more or fewer parts of a ticket.

This is the refinement step of counterexample-guided abstraction refinement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ....book.model import DateFact, DueFact, ForbiddenFact
from ....book.properties import Property, find_template
from ....book.ticket_parts import STATUS_PART, Part
from ..precision import EXACT, PRESENCE, Precision
from .kept_parts import ALWAYS_KNOWN, DAYS, MESSAGE, NEVER_KNOWN, field_of, fields_of, select_words
from .shared_knowledge import SharedKnowledge

_TASK_KIND = Part("task", "kind")

_PRESENCE_TELLS = (*DAYS, "text", "ticket", "customer")
"""Types of columns of which it can be enough to know whether there is a value."""

_CLASSES = 4
_CLASSES_OF_MANY = 50
"""How many classes a column is taken to have whose values can't be counted, and a list of values."""


def first_precision(shared: SharedKnowledge, declared: Property) -> Precision:
    """The parts that a property speaks of by itself."""
    found: dict[Part, int] = {}
    if declared.status or any("status" in one.named for one in declared.happenings):
        found[STATUS_PART] = EXACT
    if any("task" in one.named for one in declared.happenings):
        found[_TASK_KIND] = EXACT  # to move a task is to set it anew
    if declared.kind == "never":
        names = dict.fromkeys(name for row in declared.rows for name in row)
        parts = (part for name in names for part in list_parts(shared, name))
        found |= dict.fromkeys(parts, PRESENCE)
    return found


def refine(shared: SharedKnowledge, precision: Precision, names: Iterable[str]) -> list[Precision]:
    """Ways to keep more of what bears on some facts, the cheapest first."""
    found = [more for name in sorted(names) for more in _steps(shared, precision, name)]
    return [{**precision, **more} for more in sorted(found, key=lambda one: _cost(shared, one))]


def refine_fully(shared: SharedKnowledge, precision: Precision, names: Iterable[str]) -> Precision:
    """With all that can be kept of what bears on some facts."""
    parts = (part for name in names for part in list_parts(shared, name))
    return {**precision, **dict.fromkeys(parts, EXACT)}


def coarsen(
    shared: SharedKnowledge, finer: Precision, coarse: Precision, part: Part
) -> Iterator[Precision]:
    """Ways to keep less of a part, the coarsest first: as in a coarser precision, or less than all."""
    without = {one: level for one, level in finer.items() if one != part}
    before = coarse.get(part)
    yield without if before is None else without | {part: before}
    if finer[part] == EXACT and _presence_tells(shared, part) and before != PRESENCE:
        yield without | {part: PRESENCE}


def _steps(shared: SharedKnowledge, precision: Precision, name: str) -> Iterator[dict[Part, int]]:
    """Ways to keep more of what bears on a fact: only whether there are dates, or all of it."""
    parts = [part for part in list_parts(shared, name) if precision.get(part, 0) < EXACT]
    loose = [part for part in parts if _presence_tells(shared, part)]
    if loose and any(part not in precision for part in parts):
        yield {part: PRESENCE if part in loose else EXACT for part in parts}
    if parts:
        yield dict.fromkeys(parts, EXACT)


def _presence_tells(shared: SharedKnowledge, part: Part) -> bool:
    field = field_of(shared.book, part)
    is_day_or_text = field is not None and field.type in _PRESENCE_TELLS and part != _TASK_KIND
    return part.table == MESSAGE or is_day_or_text or bool(select_words(shared.book, part))


def _cost(shared: SharedKnowledge, more: Precision) -> int:
    """How many classes may be made of one."""
    cost = 1
    for part, level in more.items():
        cost *= _count_classes(shared, part, level)
    return cost


def _count_classes(shared: SharedKnowledge, part: Part, level: int) -> int:
    field = field_of(shared.book, part)
    if field is None:
        return 3
    if level == PRESENCE:
        return 2
    bound = shared.bounds.of(part)
    if field.many:
        return _CLASSES_OF_MANY
    if field.type in DAYS:
        return bound.past + bound.future + 2
    if field.type == "integer":
        return bound.steps + 1
    if part.column == "status":
        return len(shared.book.statuses)
    return len(field.values) or {"boolean": 2}.get(field.type, _CLASSES)


def list_parts(shared: SharedKnowledge, name: str) -> list[Part]:
    """The parts of a ticket that bear on a fact, a field or a column, as far as they can be known."""
    if name == "task":
        return [_TASK_KIND]
    if (template := find_template(name)) is not None:
        return [Part(MESSAGE, template)]
    book = shared.book
    fact = book.facts.get(name)
    if isinstance(fact, DueFact):
        return [part for base in fact.bases for part in list_parts(shared, base)]
    if isinstance(fact, DateFact | ForbiddenFact):
        return list_parts(shared, fact.base)
    if fact is None:
        return [Part("ticket", name)] if name in fields_of(book, "ticket") else []
    reads = shared.dependencies.of(name)
    if "now" in reads.given or any(part.table in NEVER_KNOWN for part in reads.parts):
        return []
    parts = [part for part in reads.parts if _can_be_kept(shared, part)]
    if any(part.table == MESSAGE for part in reads.parts):
        named = [one for one in shared.templates if one in reads.texts]
        parts += [Part(MESSAGE, one) for one in named or shared.templates]
    return sorted(parts)


def _can_be_kept(shared: SharedKnowledge, part: Part) -> bool:
    """Whether it makes a difference to keep a part that a fact reads."""
    table, column = part
    if table == "link":
        return not column
    if table in ("ticket", "tickets"):
        return column not in ("", *ALWAYS_KNOWN)
    if table in ("state", MESSAGE):
        return False
    items = shared.book.items
    key = items[table].key if table in items else None
    return not column or column not in (*ALWAYS_KNOWN, key)
