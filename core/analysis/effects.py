"""What a decision does to its ticket and to people, in words that two of them are compared by."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..book.model import Book
from ..decision.plan import Plan
from ..decision.ticket_state import TicketState
from ..system.fast_json import JsonObject, decode
from ..ticketfile.past_states import MadeRow, PastDecision
from ..values.field_types import Field

DUE, TASK, TEXT, FIELD, RULE = "due date", "task", "text", "field", "rule"
NONE = "no rule"
TAG, TAG_GONE = "tag", "tag taken away"
MESSAGE, RECIPIENT, WITHDRAWN = "message", "recipient", "withdrawn message"
NOTE = "note"
SAID, NEXT, WAIT, REFUSED = "words", "next step", "wait", "refusal"
"""Kinds of effects that are named elsewhere too."""


class Effect(NamedTuple):
    """One thing that a decision does: its kind, what it is about (a task, a field, a letter; empty
    where the kind says it), and the value, in words."""

    kind: str
    what: str
    value: str


class EffectChange(NamedTuple):
    """Effects of one kind, on the same thing, that two decisions do not share."""

    kind: str
    what: str
    was: str | None
    now: str | None

    @property
    def title(self) -> str:
        """What differs."""
        return f"{self.kind} {self.what}".rstrip()


def list_recorded_effects(past: PastDecision, book: Book) -> list[Effect]:
    """What an old event did, by the rows and changes that the file has of it."""
    after = {name: pair[1] for name, pair in past.changes.items()}
    return [*_list_effects(book, past.before, after, past.made, past.ended)]


def list_planned_effects(plan: Plan) -> list[Effect]:
    """What a plan would do, in the same words."""
    after = {name: pair[1] for name, pair in plan.columns.items()}
    return [*_list_effects(plan.context.book, plan.state, after, plan.made, plan.ended)]


def list_standing(book: Book, values: JsonObject, made: Iterable[MadeRow]) -> list[Effect]:
    """How a ticket stands after some time, and what was made for it in that time."""
    columns = [*_list_columns(book, values)]
    return columns + [effect for table, row in made for effect in _list_made(book, table, row)]


def list_spoken_effects(plan: Plan) -> list[Effect]:
    """What a plan says without writing it down: words, lines, refusals, and the step that is next
    where the rule itself names it."""
    kinds = {"refuse": REFUSED, "wait": WAIT}
    found = [
        Effect(kinds.get(done.name, SAID), "", done.scenario_line(plan))
        for done in plan.actions
        if not done.changes
    ]
    step = plan.next
    if plan.rule.next is not None and step is not None:
        found.append(Effect(NEXT, "", f"{step['who']}: {step['action']} by {step['due']}"))
    return found


def _list_effects(
    book: Book,
    before: TicketState,
    after: JsonObject,
    made: Iterable[MadeRow],
    ended: Mapping[str, Sequence[int]],
) -> Iterator[Effect]:
    yield from _list_columns(book, after)
    tasks = set[object]()
    for table, row in made:
        if table == "task":
            tasks.add(row[1])
        yield from _list_made(book, table, row)
    yield from _list_ended(book, before, ended, tasks)


def _list_columns(book: Book, after: JsonObject) -> Iterator[Effect]:
    for name, value in after.items():
        if name in book.fields:
            yield Effect(FIELD, name, _show(book.fields[name], value))
        elif name != "open":
            yield Effect(name, "", "none" if value is None else str(value))


def _list_made(book: Book, table: str, row: tuple[object, ...]) -> Iterator[Effect]:
    if table == "task":
        yield Effect(DUE, str(row[1]), str(row[2]))
    elif table == "tag":
        yield Effect(TAG, "", str(row[1]))
    elif table == "note":
        yield Effect(NOTE, "", str(row[2]) + (f" (attached: {row[3]})" if row[3] else ""))
    elif table == "report":
        yield Effect("sheet", "", str(row[1]))
    elif table == "item":
        yield Effect("item", str(row[1]), _show_item(book, str(row[1]), row[2]))
    elif table == "message":
        yield from _list_message(row)
    elif table == "ticket":
        _, _, name, _, status, _, _, priority, assignee, _, fields = row
        told = f"{name} {status} {priority} {assignee or 'nobody'} {fields}"
        yield Effect("opened ticket", "", told)
    elif table == "customer":
        yield Effect("new customer", "", " ".join(str(one) for one in row[2:] if one is not None))


def _list_message(row: tuple[object, ...]) -> Iterator[Effect]:
    _, template, channel, role, _, _, _, _, language, recipient, subject, body = row
    to = f" to {role}" if role else ""
    yield Effect(MESSAGE, "", f"{template} {channel} {language}{to}")
    yield Effect(RECIPIENT, f"of {template}", str(recipient or "nobody"))
    text = "\n".join(str(part) for part in (subject, body) if part)
    yield Effect(TEXT, f"{template} ({language})", text)


def _list_ended(
    book: Book, before: TicketState, ended: Mapping[str, Sequence[int]], tasks: set[object]
) -> Iterator[Effect]:
    """What ended; a task that was only set anew is told by its due date, an item by its new values."""
    for number, kind, _ in before.tasks:
        if number in ended.get("task", ()) and kind not in tasks:
            yield Effect(TASK, "", f"{kind} ended")
    for number, tag in before.tags:
        if number in ended.get("tag", ()):
            yield Effect(TAG_GONE, "", tag)
    for number, kind, data in before.items:
        if number in ended.get("item", ()):
            yield Effect("item", kind, f"changed: {_show_item(book, kind, data)}")
    for number, template in before.messages:
        if number in ended.get("message", ()):
            yield Effect(WITHDRAWN, "", template)


def _show_item(book: Book, kind: str, data: object) -> str:
    values = decode(data) if isinstance(data, str) else data
    fields = book.items[kind].fields if kind in book.items else {}
    assert isinstance(values, Mapping)
    shown = ((name, _show(fields.get(name), value)) for name, value in values.items())
    return ", ".join(f"{name} {value}" for name, value in shown if value != "none")


def _show(field: Field | None, value: object) -> str:
    """A value as JSON shows it; where it is not of its field, as an older book may have it, as it is."""
    if value is None:
        return "none"
    try:
        return str(value if field is None else field.show(value))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return str(value)


# --- comparing ------------------------------------------------------------------------------------


def find_changes(was: Sequence[Effect], now: Sequence[Effect]) -> list[EffectChange]:
    """What two decisions do not both do. A text is compared only if both have the letter, and then
    shows its first lines that differ."""
    if was == now:
        return []
    sides = (_group(was), _group(now))
    found = []
    for kind, what in dict.fromkeys((*sides[0], *sides[1])):
        one, other = (side.get((kind, what), Counter()) for side in sides)
        if one == other or (kind in (TEXT, RECIPIENT) and not (one and other)):
            continue
        pair = (_join(one - other), _join(other - one))
        if kind == TEXT:
            pair = find_first_change(pair[0] or "", pair[1] or "")
        found.append(EffectChange(kind, what, *pair))
    if any(one.kind == TAG for one in found):  # which tag of a series goes follows from the new one
        found = [one for one in found if one.kind != TAG_GONE]
    return _pair_tasks(found)


def find_plan_changes(now: Plan, then: Plan) -> list[EffectChange]:
    """What two plans for one ticket do not both do or say."""
    same = (
        now.actions == then.actions
        and now.made == then.made
        and now.columns == then.columns
        and now.ended == then.ended
        and now.rule.next == then.rule.next
    )
    if same and now.context.today == then.context.today and now.rule.next is None:
        return []  # what almost all tickets of a night come to
    sides = [[*list_planned_effects(plan), *list_spoken_effects(plan)] for plan in (now, then)]
    return find_changes(*sides)


def _group(effects: Sequence[Effect]) -> dict[tuple[str, str], Counter[str]]:
    found: dict[tuple[str, str], Counter[str]] = {}
    for kind, what, value in effects:
        found.setdefault((kind, what), Counter())[value] += 1
    return found


def _join(values: Counter[str]) -> str | None:
    return "; ".join(values.elements()) or None


def _pair_tasks(found: list[EffectChange]) -> list[EffectChange]:
    """A task in place of another one is one difference."""
    gone = [one for one in found if one.kind == DUE and one.now is None]
    new = [one for one in found if one.kind == DUE and one.was is None]
    for one, other in zip(gone, new, strict=False):
        place = found.index(one)
        found[place] = EffectChange(TASK, "", f"{one.what} {one.was}", f"{other.what} {other.now}")
        found.remove(other)
    return found


def find_first_change(was: str, now: str) -> tuple[str | None, str | None]:
    """The first lines of two texts that differ; None for the side that lacks them."""
    from difflib import SequenceMatcher  # late: 3 ms, where a text differs

    old, new = was.splitlines(), now.splitlines()
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            return " / ".join(old[i1:i2]) or None, " / ".join(new[j1:j2]) or None
    return was or None, now or None
