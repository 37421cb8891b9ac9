"""The actions a rule can have: a list of records, each with its words, its doc and its builder.

A builder checks what the book wrote and returns a function that carries the action out on a
draft; it runs once when an event is built, the function once for every ticket.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from . import dates, text
from .dates import Due
from .values import Field, Stored

if TYPE_CHECKING:
    from .draft import Draft

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

    def text(self, written: object) -> text.Text:
        if not isinstance(written, str):
            raise ValueError(f"{written!r} must be text")
        return text.parse(written, self.names, self.parameters)

    def due(self, written: object) -> Due:
        if not isinstance(written, str):
            raise ValueError(f"{written!r} is no due date")
        return dates.parse(written, self.dates, self.parameters)

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
    value = context.one_of(raw["status"], context.statuses, "status")
    return lambda draft: draft.status(value)


def _close(raw: Mapping[str, Any], context: Context) -> Do:
    result = str(raw["close"])
    return lambda draft: draft.close(context.closed_status, result)


def _assign(raw: Mapping[str, Any], context: Context) -> Do:
    role = context.one_of(raw["assign"], context.roles, "role")
    return lambda draft: draft.assign(role)


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
    return lambda draft: draft.tell(who, draft.render(template).body)


def _wait(raw: Mapping[str, Any], context: Context) -> Do:
    until = context.due(raw["wait"])
    return lambda draft: draft.wait(draft.due(until))


def _refuse(raw: Mapping[str, Any], context: Context) -> Do:
    why = context.text(raw["refuse"])
    return lambda draft: draft.refuse(why)


def _set(raw: Mapping[str, Any], context: Context) -> Do:
    name = context.one_of(raw["set"], context.fields, "field")
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
    """What a field is set to: a fact in braces, the word none, or a value of the field."""
    if written == "none" and field.optional:
        return lambda draft: None
    if isinstance(written, str) and "{" in written:
        name = context.text(written).only
        if name is None:
            raise ValueError(f"{written!r} must be one name in braces, or a plain value")
        return lambda draft: draft.values[name]
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
        Action("assign", (), True, "assign the ticket to whoever has a role", _assign),
        Action("message", ("channel!", "to"), True, "put a message into the outbox", _message),
        Action("report", (), True, "write a row on a sheet", _report),
        Action("tell", ("text", "template"), False, "say what somebody has to be told", _tell),
        Action("wait", (), False, "nothing to do before a date", _wait),
        Action("refuse", (), False, "refuse the event, with what is possible instead", _refuse),
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
