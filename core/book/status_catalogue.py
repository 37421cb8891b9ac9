"""The states of a catalogue and how they can change: added, renamed, reordered, removed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from unicodedata import normalize

from ..errors import BadInput, Refused
from ..system.records import NamedTuple
from .model import Book


class CatalogueState(NamedTuple):
    """A state that open tickets can be in; `completed` says that they may be closed."""

    name: str
    completed: bool


class CatalogueChange(NamedTuple):
    """A change of the catalogue: what the log keeps of it, and the states after it."""

    entry: Mapping[str, object]
    states: list[CatalogueState]


def adopt_states(data: dict[str, Any], states: Sequence[CatalogueState]) -> dict[str, Any]:
    """A book's data with these open statuses in place of its own; without any, as it is."""
    if not states:
        return data
    known: dict[str, dict[str, Any]] = data["statuses"]
    open_ones = {
        s.name: {"about": "", **known.get(s.name, {}), "completed": s.completed} for s in states
    }
    closed = {name: raw for name, raw in known.items() if raw.get("closed")}
    return {**data, "statuses": {**open_ones, **closed}}


def states_of(book: Book) -> list[CatalogueState]:
    """The states of a book that was read for a ticket file; BadInput where it has no catalogue."""
    if not book.catalogue:
        raise BadInput(
            f"the states of book {book.name} are fixed: a ticket file can't have others."
        )
    return [CatalogueState(s.name, s.completed) for s in book.statuses.values() if not s.closed]


def add_state(book: Book, name: str, completed: bool) -> CatalogueChange:
    """With one more state, the last."""
    states = states_of(book)
    _check_name(name, book)
    _check_free(name, states)
    entry = {"change": "add", "state": name, "completed": completed}
    return CatalogueChange(entry, [*states, CatalogueState(name, completed)])


def rename_state(book: Book, name: str, to: str, completed: bool | None) -> CatalogueChange:
    """With another name for a state, or another word on whether its tickets may be closed."""
    states = states_of(book)
    place = _place(states, name)
    after = CatalogueState(to, states[place].completed if completed is None else completed)
    if after == states[place]:
        raise BadInput(f"{name!r} is already the name of the state, and nothing else would change.")
    _check_name(to, book)
    _check_free(to, [*states[:place], *states[place + 1 :]])
    entry = {"change": "rename", "state": name, "to": to, "completed": after.completed}
    return CatalogueChange(entry, [*states[:place], after, *states[place + 1 :]])


def reorder_states(book: Book, names: Sequence[str]) -> CatalogueChange:
    """In another order: those named come first, the others after them as they stood."""
    states = states_of(book)
    named = [states[_place(states, name)] for name in names]
    twice = next((name for name in names if list(names).count(name) > 1), None)
    if twice is not None:
        raise BadInput(f"{twice!r} is named twice; name each state once.")
    after = [*named, *(state for state in states if state not in named)]
    if after == states:
        raise BadInput(f"the states are already in this order: {join_names(states)}.")
    return CatalogueChange({"change": "reorder", "order": state_names(after)}, after)


def remove_state(book: Book, name: str, tickets: int) -> CatalogueChange:
    """Without a state; Refused where open tickets stand in it, or where it is the last one."""
    states = states_of(book)
    place = _place(states, name)
    if tickets:
        many = "1 open ticket" if tickets == 1 else f"{tickets} open tickets"
        raise Refused(
            f"{name!r} is the state of {many}: move or close what is in it first, or give the state"
            " another name."
        )
    if len(states) == 1:
        raise Refused(f"{name!r} is the only state, and open tickets need one: add another first.")
    return CatalogueChange(
        {"change": "remove", "state": name}, [*states[:place], *states[place + 1 :]]
    )


def _check_name(name: str, book: Book) -> None:
    if (wrong := name_fault(name, book)) is not None:
        raise BadInput(f"the name of a state {wrong}.")


def _check_free(name: str, states: Sequence[CatalogueState]) -> None:
    """BadInput where a state has the name already, or one that looks like it."""
    if (other := find_alike(name, state_names(states))) is None:
        return
    there = f"there is already a state {other!r}"
    if other != name:
        there += f", which differs from {name!r} only by case or blanks"
    raise BadInput(f"{there}; there are {join_names(states)}.")


def find_alike(name: str, names: Iterable[str]) -> str | None:
    """The one of some names that differs from a name only by case or blanks, if at all."""
    return next((other for other in names if _fold(other) == _fold(name)), None)


def _fold(name: str) -> str:
    return "".join(normalize("NFKC", name).casefold().split())


def name_fault(name: str, book: Book) -> str | None:
    """Why a state can't be called so: it is typed at a shell and heads a column."""
    if not name or not name.isprintable() or name != name.strip() or name.startswith("-"):
        return (
            f"is {name!r}: it must have letters, no line breaks, and no blank or - at its beginning"
        )
    closed = [status.name for status in book.statuses.values() if status.closed]
    if (other := find_alike(name, closed)) is not None:
        return f"is {name!r}: closed tickets have the state {other!r}; choose another name"
    return None


def state_names(states: Sequence[CatalogueState]) -> list[str]:
    return [state.name for state in states]


def join_names(states: Sequence[CatalogueState]) -> str:
    return ", ".join(state_names(states))


def _place(states: Sequence[CatalogueState], name: str) -> int:
    if name not in state_names(states):
        raise BadInput(f"there is no state {name!r}; there are {join_names(states)}.")
    return state_names(states).index(name)
