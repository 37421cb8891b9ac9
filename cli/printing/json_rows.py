"""What commands print with --json where it is not a record of the core: the keys of each object.

Commands write their objects as these types, so that mypy holds them to it, and `prassi schema` makes
the schemas from them; nothing else imports this module when a command runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

from prassi.core.ticketfile.read_customers import CustomerRowJson

# --- the file -------------------------------------------------------------------------------------


class InitJson(TypedDict):
    """`init`."""

    file: str
    applied: bool


class BackupJson(TypedDict):
    """`backup`."""

    file: str
    backup: str
    events: int
    head: str
    applied: bool


class RestoreJson(TypedDict):
    """`restore`: `aside` is the new name of the file that was there, `held` how many messages are held."""

    file: str
    source: str
    events: int
    head: str
    aside: str | None
    held: int
    applied: bool


class VerifyJson(TypedDict):
    """`verify`; `mended` with --mend."""

    events: int
    head: str
    faults: Sequence[str]
    bad_event: int | None
    harmless: Sequence[str]
    forgotten: int
    mended: NotRequired[Sequence[str]]


class UndoneJson(TypedDict):
    """`undo`: the event that was undone, and the one that did it."""

    undone: int
    ticket: str | None
    event: str
    applied: bool
    event_id: int | None
    by: str


# --- customers and messages -----------------------------------------------------------------------


class OwnTicketJson(TypedDict):
    """A ticket of a customer."""

    ref: str
    book: str
    status: str


class CustomerEventJson(TypedDict):
    """An event about a customer and no ticket."""

    event_id: int
    at: str
    by: str | None
    event: str
    facts: Mapping[str, object]
    undone: bool


class CustomerViewJson(CustomerRowJson):
    """`customer show`."""

    tickets: Sequence[OwnTicketJson]
    history: Sequence[CustomerEventJson]


class CustomerChangedJson(TypedDict):
    """`customer add`, `set` and `merge`: the values before and after, and the messages that go to the
    new address."""

    customer: str
    changes: Mapping[str, Sequence[object]]
    messages: int
    applied: bool
    event_ids: Sequence[int]
    by: str


class ForgottenJson(TypedDict):
    """`customer forget`: how many events and rows were blanked."""

    ref: str
    events: int
    unguarded: int
    rows: int
    event_ids: Sequence[int]
    applied: bool
    by: str


class SentJson(TypedDict):
    """`outbox send`: what became of a message, and the rule that answered."""

    id: int
    ticket: str
    template: str
    channel: str
    to: str | None
    outcome: str
    reason: str | None
    state: str
    rule: str | None
    applied: bool
    event_id: int | None
    by: str


# `from` is a word of Python's.
MessageChangedJson = TypedDict(
    "MessageChangedJson",
    {
        "id": int,
        "ticket": str,
        "from": str,
        "state": str,
        "rule": str | None,
        "applied": bool,
        "event_id": int | None,
        "by": str,
    },
)
"""`outbox retry`, `hold`, `cancel` and `mark`."""


class HandedOverJson(TypedDict):
    """`outbox export`: the name of the file that was written, or the reason why none was."""

    id: int
    ticket: str
    channel: str
    name: str
    exported: bool
    reason: str | None


class TodoMailJson(TypedDict):
    """`todo --mail`."""

    person: str
    to: str | None
    duties: int


# --- tickets --------------------------------------------------------------------------------------


class CheckJson(TypedDict):
    """What a check of a requirement found: the answer, and what was already filed."""

    last_day: str | None
    late: bool | None
    answered: bool | None
    answered_on: str | None
    insistence: str | None
    insistence_ref: str | None
    insistence_subject: str | None
    insistence_last_day: str | None
    insistence_late: bool | None
    rule: str
    why: str


class RequirementCheckJson(TypedDict):
    """`insistence-check`, before the decision."""

    ticket: str
    check: CheckJson


class CaseEventJson(TypedDict):
    """`case-route history`."""

    ticket: str
    event_id: int
    at: str
    by: str | None
    event: str
    rule: str | None
    changes: Mapping[str, Sequence[object] | Mapping[str, object]]
    undone: bool
    who: str | None


class RequestCountJson(TypedDict):
    """`request list --counts`."""

    state: str
    type: str
    count: int


class StateJson(TypedDict):
    """`request states list`."""

    name: str
    completed: bool
    open: int


class StatesChangedJson(TypedDict):
    """`request states add`, `rename`, `reorder` and `remove`: the change, and the states after it."""

    book: str
    change: str
    state: NotRequired[str]
    to: NotRequired[str]
    completed: NotRequired[bool]
    order: NotRequired[Sequence[str]]
    states: Sequence[str]
    tickets: Sequence[str]
    applied: bool
    event_id: int | None


class SheetNameJson(TypedDict):
    """`sheet`, without a name: a sheet, and what it can be narrowed by."""

    sheet: str
    book: str
    title: str
    by: Sequence[str]


SheetRowJson = Mapping[str, str | int | None]
"""`sheet NAME`: the columns of the sheet, as its book heads them."""


# --- calendars ------------------------------------------------------------------------------------


class CalendarJson(TypedDict):
    """`calendar`: a calendar that books count by, and its working days of the year."""

    calendar: str
    region: str | None
    time_zone: str | None
    year: int
    working_days: int
    books: Sequence[str]


class SpecialDayJson(TypedDict):
    """`calendar COUNTRY`: a day that is not as its weekday says."""

    calendar: str
    date: str
    weekday: str
    kind: str
    name: str
    estimated: bool


# --- other formats --------------------------------------------------------------------------------


class ServedJson(TypedDict):
    """`serve`: where the pages are."""

    address: str


class KeyMadeJson(TypedDict):
    """`serve key add`: the key is null on a dry run."""

    name: str
    role: str
    language: str | None
    key: str | None


class KeyJson(TypedDict):
    """`serve key list`."""

    name: str
    role: str
    language: str | None
    made_on: str


class KeyRemovedJson(TypedDict):
    """`serve key remove`."""

    name: str
    removed: bool


class ReportJson(TypedDict):
    """`report`: the page, how much is due on it, and how much of that is late."""

    file: str
    due: int
    late: int


class NewBookJson(TypedDict):
    """`book new`."""

    book: str
    folder: str
    files: Sequence[str]
    applied: bool


class DmnJson(TypedDict):
    """`book export`."""

    book: str
    dmn: str
    tables: int
    rules: int
    applied: bool


class LeftOutJson(TypedDict):
    """`book export`: what DMN can't say."""

    left_out: str
    count: int
    names: Sequence[str]
