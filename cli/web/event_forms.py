"""Forms of events, made from the inputs that a book declares: what the commands ask for, too."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from prassi.core.book.model import DAY, Book, Event, Input
from prassi.core.book.names import COMMON_EVENTS
from prassi.core.decision.ticket_state import TicketState
from prassi.core.desk.office import Office
from prassi.core.errors import BadInput, Refused
from prassi.core.tables.cells import Cell

from .browser_words import put_in_browser_words

OF_MESSAGES = ("sent", "undelivered")
"""Events that the outbox raises, and no person."""

YES_OR_NO = ("yes", "no")
_ANYTHING = "*"
"""Stands for any text or date, where a test only asks whether there is one."""

_LONG = ("text", "note", "description")
"""Inputs of text that people write sentences in."""

_MOST_TRIED = 6
"""Values of a first input that are tried to find out whether an event is possible."""


class FormField(NamedTuple):
    """An input as a form asks for it; `when` are the values of other inputs with which it does, `choices`
    what can be chosen, where that is not free."""

    name: str
    about: str
    kind: str
    choices: Sequence[str]
    many: bool
    required: bool
    default: str
    earliest: str
    latest: str
    pattern: str
    when: Mapping[str, Sequence[str]]


class EventForm(NamedTuple):
    """What can happen to a ticket, with what is asked; `refused` is why the procedure refuses it now."""

    event: str
    title: str
    fields: Sequence[FormField]
    one_of: Sequence[str]
    own: bool
    refused: str | None
    irreversible: str | None


def list_forms(office: Office, state: TicketState) -> list[EventForm]:
    """The events of a ticket, the book's own first; not those that no person raises."""
    book = office.shelf.book(state.book)
    names = [name for name in book.event_names if name not in (DAY, *OF_MESSAGES)]
    names += [name for name in COMMON_EVENTS if name not in names]
    return [
        make_form(office, book, state, event)
        for event in map(book.event, names)
        if not event.opens and (state.open or event.of_closed)
    ]


def make_form(office: Office, book: Book, state: TicketState, event: Event) -> EventForm:
    """The form of an event of a ticket, or of one that opens a ticket."""
    fields = [*_list_fields(office, book, state, event)]
    reasons = [rule.irreversible for rule in event.rules if rule.irreversible]
    refusal = _find_refusal(office, state, event, fields) if state.id else None
    return EventForm(
        event=event.name,
        title=event.title,
        fields=fields,
        one_of=event.one_of,
        own=event.name in book.event_names,
        refused=None if refusal is None else put_in_browser_words(refusal, book),
        irreversible=reasons[0] if reasons else None,
    )


def _list_fields(
    office: Office, book: Book, state: TicketState, event: Event
) -> Iterator[FormField]:
    today = office.shelf.calendar(book.calendar).local(office.at)[:10]
    for name, spec in event.inputs.items():
        if spec.standing is None:
            yield _make_field(name, spec, event, book, state, today)


def _make_field(
    name: str, spec: Input, event: Event, book: Book, state: TicketState, today: str
) -> FormField:
    field = spec.field
    free = field.optional or field.default is not None or spec.default_today
    default = today if spec.default_today else field.show(field.default)
    return FormField(
        name=name,
        about=field.about,
        kind="long" if field.type == "text" and name in _LONG else field.type,
        choices=_list_choices(spec, book, state),
        many=field.many,
        required=not free,
        default="" if default is None else show_plain(default),
        earliest=today if spec.earliest_today else "",
        latest=today if spec.latest_today else "",
        pattern=field.pattern or "",
        when={
            other: _list_fitting(cell, event.inputs[other], book)
            for other, cell in spec.when.items()
            if other in event.inputs
        },
    )


def _list_choices(spec: Input, book: Book, state: TicketState) -> list[str]:
    """What an input can be, where that is not free."""
    if spec.among is not None:
        among = spec.among
        return [
            str(values[among.field])
            for _, kind, values in state.items
            if kind == among.items
            and all(values.get(name) == wanted for name, wanted in among.where.items())
        ]
    return _list_words(spec, book)


def _list_words(spec: Input, book: Book) -> list[str]:
    if spec.field.type == "status":
        return [one.name for one in book.statuses.values() if not one.closed]
    if spec.field.type == "boolean":
        return [*YES_OR_NO]
    return [*spec.field.values]


def _list_fitting(cell: Cell, other: Input, book: Book) -> list[str]:
    """The values of another input with which a test holds; "" stands for none."""
    fitting = [word for word in _list_words(other, book) if cell.holds(_read_word(other, word))]
    if not _list_words(other, book) and cell.holds("given"):
        fitting.append(_ANYTHING)
    if cell.holds(None):
        fitting.append("")
    return fitting


def _read_word(spec: Input, word: str) -> object:
    return word == "yes" if spec.field.type == "boolean" else word


def show_plain(value: object) -> str:
    """A stored value as a form has it."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


# --- whether it is possible -----------------------------------------------------------------------


def _find_refusal(
    office: Office, state: TicketState, event: Event, fields: Sequence[FormField]
) -> str | None:
    """Why the procedure refuses an event whatever is given; None where it may be possible.

    Tried are the values of its first choice; where more has to be given, it may be possible.
    """
    first = next((one for one in fields if one.choices and not one.many and not one.when), None)
    tried: list[dict[str, object]] = [{}]
    if first is not None:
        tried = [{first.name: word} for word in first.choices[:_MOST_TRIED]]
        if len(first.choices) > _MOST_TRIED:
            return None
    asked = [one for one in fields if one.kind in ("text", "long") and not one.when]
    needed, texts = ({one.name: "x" for one in asked if one.required or every} for every in (0, 1))
    reason = None
    for given in tried:
        refusal = _plan_refusal(office, state.ref, event.name, {**needed, **given})
        if refusal is None:
            return None
        if texts.keys() - needed.keys() - given.keys():
            more = {**texts, **given}
            if _plan_refusal(office, state.ref, event.name, more) is None:
                return None
        reason = reason or refusal
    return reason


def _plan_refusal(office: Office, ref: str, event: str, given: Mapping[str, object]) -> str | None:
    """Why the procedure refuses an event with what is given; None where it does not, or more has to be
    given to know."""
    try:
        return office.plan(ref, event, given, str).refusal
    except Refused as error:
        return str(error)
    except BadInput:
        return None


# --- what was sent --------------------------------------------------------------------------------


def read_given(sent: Mapping[str, Sequence[str]], form: EventForm) -> dict[str, object]:
    """What a form that was sent gives to its event: not what was left empty, nor what is the default
    anyway, since a browser without scripts also sends what has no place."""
    given = dict[str, object]()
    for field in form.fields:
        values = [_clean(one) for one in sent.get(field.name, ()) if one.strip()]
        if values and (field.many or values[0] != field.default):
            given[field.name] = values if field.many else values[0]
    return given


def _clean(text: str) -> str:
    """Text as it was typed, with the line breaks that files have."""
    return text.replace("\r\n", "\n").strip()
