"""By which events a ticket goes from the status it has to another one: what a drag on a board asks.

The matrix of the ticket's book has the events that can lead there; each is then planned for this very
ticket, so that only those are offered which the procedure does not refuse.
"""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple, TypedDict

from prassi.core.analysis.status_matrix import MatrixRow
from prassi.core.book.model import DAY, Book, Event, Input
from prassi.core.decision.ticket_state import TicketState
from prassi.core.desk.office import Office
from prassi.core.errors import BadInput, Refused

from .browser_words import put_in_browser_words
from .desk_door import DeskDoor, label_field
from .event_forms import OF_MESSAGES, EventForm, make_form
from .ticket_screen import read_state
from .workers import Visitor


class _Candidate(NamedTuple):
    """An event with what is given to it, and the statuses that it may lead to."""

    event: Event
    given: dict[str, str]
    ends: dict[str, None]


class MoveStep(TypedDict):
    """An event that leads to a status, with what has to be given for that."""

    after: str
    event: str
    title: str
    given: Mapping[str, str]


class MoveScreen(TypedDict):
    """How a ticket gets to the status that is asked for, or to any other: the events, or, where there
    are none, why not, and the statuses that events lead to."""

    ticket: str
    before: str
    after: str | None
    steps: Sequence[MoveStep]
    refusals: Sequence[str]
    possible: Sequence[str]


def read_moves(door: DeskDoor, visitor: Visitor, ref: str, status: str | None) -> MoveScreen:
    """How a ticket gets to a status, or to any other; BadInput where there is no such ticket or
    status."""
    office = door.open_office(visitor.name)
    state = read_state(office, ref)
    book = office.shelf.book(state.book)
    if status is not None and status not in book.statuses:
        raise BadInput(f"book {book.name} has no status {status!r}.")
    rows = [one for one in door.read_matrix(book.name) if _is_step(one, state.status)]
    steps, refusals = list[MoveStep](), dict[str, None]()
    for candidate in _list_candidates(book, rows, status):
        found = _find_ends(office, state, candidate)
        if isinstance(found, str):
            refusals[put_in_browser_words(found, book)] = None
            continue
        for after in found:
            if after != state.status and status in (None, after):
                title = candidate.event.title
                name, given = candidate.event.name, candidate.given
                steps.append({"after": after, "event": name, "title": title, "given": given})
    order = [*book.statuses]
    steps = [one for one in steps if not _is_said_better(one, steps)]
    return {
        "ticket": ref,
        "before": state.status,
        "after": status,
        "steps": sorted(steps, key=lambda one: order.index(one["after"])),
        "refusals": [*refusals],
        "possible": [] if steps else _list_reachable(book, rows, state.status),
    }


def _is_said_better(step: MoveStep, steps: Sequence[MoveStep]) -> bool:
    """Whether another step is the same, and says more of what is to be given."""
    return any(
        (one["event"], one["after"]) == (step["event"], step["after"])
        and step["given"].items() < one["given"].items()
        for one in steps
    )


def _is_step(row: MatrixRow, status: str) -> bool:
    """Whether a person can take a ticket out of a status by what a row says."""
    return row.status == status and row.event not in (DAY, *OF_MESSAGES) and not row.refuses


def _list_reachable(book: Book, rows: Sequence[MatrixRow], status: str) -> list[str]:
    """The statuses that events can lead to, in the order of the book."""
    reached = {end for row in rows for end, _ in _list_ends(book, book.event(row.event), row)}
    return [name for name in book.statuses if name in reached and name != status]


def find_status_input(event: Event) -> Input | None:
    """The input by which a person says to which status a ticket goes."""
    for spec in event.inputs.values():
        if spec.field.type == "status" and spec.standing is None:
            return spec
    return None


def _list_candidates(
    book: Book, rows: Sequence[MatrixRow], status: str | None
) -> Iterable[_Candidate]:
    """What may lead to a status, or to any, each once."""
    found = dict[tuple[str, frozenset[tuple[str, str]]], _Candidate]()
    for row in rows:
        event = book.event(row.event)
        for end, said in _list_ends(book, event, row):
            if status in (None, end):
                for words in _list_words(event, row):
                    given = {**words, **said}
                    key = (event.name, frozenset(given.items()))
                    found.setdefault(key, _Candidate(event, given, {})).ends[end] = None
    return found.values()


def _list_ends(book: Book, event: Event, row: MatrixRow) -> Iterator[tuple[str, dict[str, str]]]:
    """The statuses that a row leads to, each with what has to be given for it."""
    if row.status_after is not None:
        yield row.status_after, {}
    elif (spec := find_status_input(event)) is not None:
        for one in book.statuses.values():
            if not one.closed:
                yield one.name, {spec.field.name: one.name}


def _list_words(event: Event, row: MatrixRow) -> Iterator[dict[str, str]]:
    """What can be given so that a row holds, as far as that is one of some words."""
    choices = {name: test.split(" or ") for name, test in row.given}
    known = {
        name: words
        for name, words in choices.items()
        if all(word in event.inputs[name].field.values for word in words)
    }
    for words in product(*known.values()):
        yield dict(zip(known, words, strict=True))


def _find_ends(office: Office, state: TicketState, candidate: _Candidate) -> Iterable[str] | str:
    """The statuses that an event leads to, tried with samples of what else it needs; those that it may
    lead to, where these do not fit. Where the procedure refuses it, why."""
    form = make_form(office, office.shelf.book(state.book), state._replace(id=0), candidate.event)
    texts = {
        one.name: _SAMPLE for one in form.fields if one.kind in ("text", "long") and not one.when
    }
    refusal, is_known, ends = "", True, dict[str, None]()
    for more in ({}, texts):
        for given in _add_samples(form, {**more, **candidate.given}, office.today):
            try:
                plan = office.plan(state.ref, form.event, given, label_field)
            except Refused as error:
                refusal = refusal or str(error)
            except BadInput:
                is_known = False
            else:
                refusal = refusal or plan.refusal or ""
                if plan.refusal is None:
                    ends[str(plan.after("status"))] = None
        if ends or not refusal:
            break
    if ends:
        return ends
    return refusal if is_known else candidate.ends


_SAMPLE = "x"
"""Stands for a text that somebody would write."""


def _add_samples(
    form: EventForm, given: Mapping[str, str], today: str
) -> Iterator[dict[str, object]]:
    """What is given to an event, with samples of what it needs beside."""
    samples = dict[str, object]()
    for one in form.fields:
        sample = one.choices[0] if one.choices else _BY_KIND.get(one.kind, _SAMPLE).format(today)
        samples[one.name] = [sample] if one.many else sample
    needed = {
        one.name: samples[one.name]
        for one in form.fields
        if one.required and all(given.get(name, "") in words for name, words in one.when.items())
    }
    filled = {**needed, **given}
    if not form.one_of or filled.keys() & {*form.one_of}:
        yield filled
    else:
        yield from ({**filled, name: samples[name]} for name in form.one_of)


_BY_KIND = {"date": "{0}", "moment": "{0}T12:00", "money": "1", "integer": "1"}
"""Samples by the kind of a field."""
