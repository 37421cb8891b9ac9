"""The actions a rule can have: a list of records, each with its words, its doc and its builder.

A builder checks what the book wrote and returns a function that carries the action out on a
draft; it runs once when an event is built, the function once for every ticket.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ..values import due_dates as dates
from ..values.due_dates import Due
from ..values.field_types import Field, Stored
from . import placeholders

if TYPE_CHECKING:
    from .draft import Draft
    from .placeholders import Text

Do = Callable[["Draft"], None]

PRIORITIES = ("low", "medium", "high", "blocking")


class Context(NamedTuple):
    """What a builder may refer to while a book is read."""

    names: frozenset[str]
    dates: frozenset[str]
    parameters: Mapping[str, object]
    roles: Mapping[str, str]
    statuses: Mapping[str, Any]
    closed_status: str
    fields: Mapping[str, Field]
    items: Mapping[str, Any]
    sheets: Mapping[str, Any]
    book: str = ""
    opens: bool = False
    """The event begins without a ticket."""
    day: bool = False
    """The event is the night's."""

    def text(self, written: object) -> placeholders.Text:
        if not isinstance(written, str):
            raise ValueError(f"{written!r} must be text")
        return placeholders.parse(written, self.names, self.parameters)

    def due(self, written: object) -> Due:
        if not isinstance(written, str):
            raise ValueError(f"{written!r} is no due date")
        return dates.parse_due_rule(written, self.dates, self.parameters)

    def name(self, written: object) -> Text:
        """One name in braces."""
        named = self.text(written)
        if named.only is None:
            raise ValueError(f"{written!r} must be one name in braces, or a plain value")
        return named

    def one_of(self, written: object, known: Mapping[str, Any] | tuple[str, ...], what: str) -> str:
        if not isinstance(written, str) or written not in known:
            raise ValueError(
                f"there is no {what} {written!r}: it must be one of {', '.join(known)}"
            )
        return written


class Action(NamedTuple):
    """A kind of action: its first key `name`, further keys (`!` marks one that must be there)."""

    name: str
    keys: tuple[str, ...]
    changes: bool
    about: str
    build: Callable[[Mapping[str, Any], Context], Do]


class Once:
    """An action as its rule has it, built when it is first done: most rules of a table never are."""

    __slots__ = ("_action", "_context", "_do", "_raw")

    def __init__(self, action: Action, raw: Mapping[str, Any], context: Context) -> None:
        self._action, self._raw, self._context = action, raw, context
        self._do: Do | None = None

    def __call__(self, draft: Draft) -> None:
        if self._do is None:
            self._do = self._action.build(self._raw, self._context)
        self._do(draft)


def _note(raw: Mapping[str, Any], context: Context) -> Do:
    note = context.text(raw["note"])
    return lambda draft: draft.note(draft.fill(note))


def _tag(raw: Mapping[str, Any], context: Context) -> Do:
    tag = context.text(raw["tag"])
    return lambda draft: draft.tag(draft.fill(tag))


def _untag(raw: Mapping[str, Any], context: Context) -> Do:
    written = str(raw["untag"])
    tags = re.compile(re.escape(written).replace(r"\*", r"\d+"))
    return lambda draft: draft.untag(tags)


def _task(raw: Mapping[str, Any], context: Context) -> Do:
    kind, due = str(raw["task"]), context.due(raw["due"])
    return lambda draft: draft.task(kind, draft.due(due))


def _move_task(raw: Mapping[str, Any], context: Context) -> Do:
    due = context.due(raw["move_task"])
    return lambda draft: draft.move_task(draft.due(due))


def _done(raw: Mapping[str, Any], context: Context) -> Do:
    context.one_of(raw["done"], ("tasks",), "thing to be done with")
    return lambda draft: draft.end_tasks()


def _priority(raw: Mapping[str, Any], context: Context) -> Do:
    value = context.one_of(raw["priority"], PRIORITIES, "priority")
    return lambda draft: draft.priority(value)


def _status(raw: Mapping[str, Any], context: Context) -> Do:
    if "{" in str(raw["status"]):
        named = context.name(raw["status"])
        return lambda draft: draft.status(str(draft.fill(named)))
    value = context.one_of(raw["status"], context.statuses, "status")
    return lambda draft: draft.status(value)


def _close(raw: Mapping[str, Any], context: Context) -> Do:
    result = context.text(raw["close"])
    closed = context.statuses.get(context.closed_status)
    known = closed.results if closed is not None else ()
    if known and not result.names:
        context.one_of(raw["close"], known, "result")
    return lambda draft: draft.close(context.closed_status, draft.fill(result) or "")


def _assign(raw: Mapping[str, Any], context: Context) -> Do:
    if raw["assign"] == "none":
        return lambda draft: draft.assign(None, None)
    if "{" in str(raw["assign"]):
        person = context.name(raw["assign"])
        return lambda draft: draft.assign(None, draft.fill(person))
    role = context.one_of(raw["assign"], context.roles, "role")
    return lambda draft: draft.assign(role, draft.context.person(role))


def _escalate(raw: Mapping[str, Any], context: Context) -> Do:
    role = context.one_of(raw["escalate"], context.roles, "role")
    return lambda draft: draft.escalate(role)


def _transfer(raw: Mapping[str, Any], context: Context) -> Do:
    line = context.text(raw["transfer"])
    return lambda draft: draft.transfer(draft.fill(line))


def _message(raw: Mapping[str, Any], context: Context) -> Do:
    template, role = str(raw["message"]), raw.get("to")
    channel = context.one_of(raw["channel"], ("email", "sms"), "channel")
    if role is not None:
        context.one_of(role, context.roles, "role")
    return lambda draft: draft.message(template, channel, role)


def _report(raw: Mapping[str, Any], context: Context) -> Do:
    sheet = context.one_of(raw["report"], context.sheets, "sheet")
    return lambda draft: draft.report(sheet)


def _tell(raw: Mapping[str, Any], context: Context) -> Do:
    who = str(raw["tell"])
    if ("text" in raw) == ("template" in raw):
        raise ValueError("tell needs either text or template")
    if "text" in raw:
        said = context.text(raw["text"])
        return lambda draft: draft.tell(who, said)
    template = str(raw["template"])
    language = context.text(raw.get("language", ""))
    return lambda draft: draft.tell(who, draft.render(template, language=draft.fill(language)).body)


def _wait(raw: Mapping[str, Any], context: Context) -> Do:
    until = context.due(raw["wait"])
    return lambda draft: draft.wait(draft.due(until))


def _refuse(raw: Mapping[str, Any], context: Context) -> Do:
    why = context.text(raw["refuse"])
    if "input" not in raw:
        return lambda draft: draft.refuse(why)
    name = context.one_of(raw["input"], tuple(context.names), "input")
    return lambda draft: draft.wrong(name, why)


def _open(raw: Mapping[str, Any], context: Context) -> Do:
    if context.day:
        raise ValueError("a night opens no tickets; let its rule ask a person to")
    book = context.text(raw["open"])
    if book.names:
        raise ValueError(f"{raw['open']!r} must be a book's name, or a parameter that is one")
    given = _opened(_table(raw.get("with", {}), "with"), context, book.parts[0])
    customer = {
        context.one_of(name, CUSTOMER, "thing known of a customer"): context.text(written)
        for name, written in _table(raw.get("customer", {}), "customer").items()
    }
    note = context.text(raw["note"]) if "note" in raw else None

    def do(draft: Draft) -> None:
        values = {name: value(draft) for name, value in given.items()}
        who = {name: draft.fill(one) for name, one in customer.items()} if customer else None
        draft.open(book.parts[0], values, who, note)

    return do


def _opened(raw: Mapping[str, Any], context: Context, book: str) -> dict[str, Source]:
    """What is said of a new ticket; the fields of another book are known when it is opened."""
    if book != context.book:
        if context.opens:
            raise ValueError(f"an event without a ticket opens one of its own book, not of {book}")
        return {n: _value(written, OPENED.get(n, ANY), context) for n, written in raw.items()}
    given = _values(raw, {**OPENED, **context.fields}, context)
    missing = [
        name
        for name, field in context.fields.items()
        if name not in given and not field.optional and field.default is None
    ]
    if missing:
        raise ValueError(f"a new ticket needs {', '.join(missing)}")
    return given


def _table(raw: object, key: str) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        raise ValueError(f"{key} must be a table, not {raw!r}")
    return raw


OPENED = {
    "status": Field("status", "text"),
    "priority": Field("priority", "word", PRIORITIES),
    "assignee": Field("assignee", "text", optional=True),
}
"""What a rule can say of a ticket it opens, beside the fields of its book."""

CUSTOMER = ("name", "email", "phone", "language")
"""What a rule can say of a new customer."""

ANY = Field("field", "text", optional=True)
"""A field of another book, as it is before that book is read."""


def _set(raw: Mapping[str, Any], context: Context) -> Do:
    name = context.one_of(raw["set"], context.fields, "field")
    if context.fields[name].type == "ticket":
        raise ValueError(f"{name} links a ticket to another, which stays as it was opened")
    value = _value(raw["to"], context.fields[name], context)
    return lambda draft: draft.set(name, value(draft))


def _add(raw: Mapping[str, Any], context: Context) -> Do:
    kind = context.one_of(raw["add"], context.items, "kind of item")
    fields: Mapping[str, Field] = context.items[kind].fields
    given = _values(raw["with"], fields, context)
    missing = [
        name
        for name, field in fields.items()
        if name not in given and not field.optional and field.default is None
    ]
    if missing:
        raise ValueError(f"a new one of {kind} needs {', '.join(missing)}")
    defaults = {name: field.default for name, field in fields.items()}
    return lambda draft: draft.add(kind, {**defaults, **{n: v(draft) for n, v in given.items()}})


def _change(raw: Mapping[str, Any], context: Context) -> Do:
    kind = context.one_of(raw["change"], context.items, "kind of item")
    where = _values(raw.get("where", {}), context.items[kind].fields, context)
    to = _values(raw["to"], context.items[kind].fields, context)
    return lambda draft: draft.change(
        kind, {n: v(draft) for n, v in where.items()}, {n: v(draft) for n, v in to.items()}
    )


Source = Callable[["Draft"], Stored]


def _values(raw: Any, fields: Mapping[str, Field], context: Context) -> dict[str, Source]:
    if not isinstance(raw, dict):
        raise ValueError(f"{raw!r} must be a table of fields")
    for name in raw:
        context.one_of(name, fields, "field")
    return {name: _value(written, fields[name], context) for name, written in raw.items()}


def _value(written: object, field: Field, context: Context) -> Source:
    """What a field is set to: a fact in braces, none, a value of the field, or a date's due."""
    if written == "none" and field.optional:
        return lambda draft: None
    is_day = field.type in ("date", "moment") or field is ANY
    if isinstance(written, str) and is_day and dates.is_due_rule(written):
        due = context.due(written)
        return lambda draft: draft.due(due)
    if isinstance(written, str) and "{" in written:
        filled = context.text(written)
        if filled.only is None and field.type not in ("text", "ticket"):
            raise ValueError(f"{written!r} must be one name in braces, or a plain value")
        name = filled.only
        return lambda draft: draft.fill(filled) if name is None else draft.values[name]
    try:
        value = field.read(written)
    except ValueError as error:
        raise ValueError(f"{field.name} {error}") from None
    return lambda draft: value


ACTIONS = {
    action.name: action
    for action in (
        Action("note", (), True, "write a note on the ticket", _note),
        Action(
            "tag", (), True, "set a tag; a numbered one replaces the lower one of its series", _tag
        ),
        Action("untag", (), True, "take a tag away; * stands for a number", _untag),
        Action("task", ("due!",), True, "set the ticket's task, in place of the open one", _task),
        Action("move_task", (), True, "move the open task to another date", _move_task),
        Action("done", (), True, "the open tasks are done", _done),
        Action("priority", (), True, "set the priority", _priority),
        Action("status", (), True, "set the status", _status),
        Action("close", (), True, "close the ticket with a result", _close),
        Action(
            "assign", (), True, "assign to whoever has a role, to a person, or to none", _assign
        ),
        Action("escalate", (), True, "hand the ticket up to whoever has a role", _escalate),
        Action("transfer", (), False, "say to which line a call is put through", _transfer),
        Action("open", ("with", "customer", "note"), True, "open a ticket of a book", _open),
        Action("message", ("channel!", "to"), True, "put a message into the outbox", _message),
        Action("report", (), True, "write a row on a sheet", _report),
        Action(
            "tell",
            ("text", "template", "language"),
            False,
            "say what somebody has to be told",
            _tell,
        ),
        Action("wait", (), False, "nothing to do before a date", _wait),
        Action(
            "refuse",
            ("input",),
            False,
            "refuse the event, with what is possible instead; or an input of it, with what is wrong",
            _refuse,
        ),
        Action("set", ("to!",), True, "set a field of the ticket", _set),
        Action("add", ("with!",), True, "add an item to the ticket", _add),
        Action("change", ("where", "to!"), True, "change the items with some values", _change),
    )
}


def find(raw: Mapping[str, Any]) -> Action:
    """The kind of action a step is; raises ValueError where it is none or has other keys."""
    # `to` and `with` are keys too, so the kind is the key that is written first.
    name = next(iter(raw), None)
    if name not in ACTIONS:
        raise ValueError(f"there is no action {name!r}: it must be one of {', '.join(ACTIONS)}, do")
    action = ACTIONS[name]
    allowed = {action.name, "if", *(key.rstrip("!") for key in action.keys)}
    for key in raw:
        if key not in allowed:
            raise ValueError(f"{action.name} knows no {key!r}")
    for key in action.keys:
        if key.endswith("!") and key[:-1] not in raw:
            raise ValueError(f"{action.name} needs {key[:-1]!r}")
    return action
