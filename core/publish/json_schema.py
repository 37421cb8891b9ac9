"""JSON schemas (2020-12) of what `--json` prints, made from the declarations that the code itself uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from types import NoneType, UnionType
from typing import (
    Any,
    NotRequired,
    TypedDict,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from ..book import actions as _actions  # every kind of done action is declared by then
from ..book.done_action import DoneAction
from ..book.model import Book
from ..book.placeholders import Text
from ..desk.decision_json import DecisionJson
from ..desk.stats import EntryJson, TotalJson
from ..desk.ticket_json import LineJson, ViewJson
from ..desk.todo import DutyJson
from ..importing.row_forms import CUSTOMER, STATE
from ..ticketfile.log import LogEntry
from ..ticketfile.read_messages import OutboxMessage
from ..values.field_types import Field

Schema = dict[str, Any]

_SIMPLE = {str: "string", int: "integer", bool: "boolean", float: "number", NoneType: "null"}
_TEXT: Schema = {"type": "string"}
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"
_FIELD_TYPES: Mapping[str, Schema] = {
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "money": {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$"},
    "date": {"type": "string", "pattern": f"{_DAY}$"},
    "moment": {"type": "string", "pattern": f"{_DAY}(T[0-9]{{2}}:[0-9]{{2}})?$"},
}

RECORDS: Mapping[str, tuple[type, ...]] = {
    "decision": (DecisionJson,),
    "event": (LogEntry,),
    "line": (LineJson,),
    "duty": (DutyJson,),
    "total": (TotalJson,),
    "entry": (EntryJson,),
    "message": (OutboxMessage,),
}
"""Shapes that do not depend on books, each with its record."""


def describe_rows(records: Sequence[object]) -> Schema:
    """A row of one of some kinds, each with its name."""
    if len(records) == 1:
        return _describe_type(records[0])
    named = (
        one.__name__.removesuffix("Json") if isinstance(one, type) else "row" for one in records
    )
    parts = zip(named, map(_describe_type, records), strict=True)
    return {"type": "object", "anyOf": [{"title": name, **part} for name, part in parts]}


# --- types of Python ------------------------------------------------------------------------------


def _describe_record(record: type) -> Schema:
    """A TypedDict, a NamedTuple or a dataclass: all its keys, and no others."""
    hints = get_type_hints(record, include_extras=True)
    return {
        "type": "object",
        "properties": {name: _describe_type(hint) for name, hint in hints.items()},
        "required": [name for name, hint in hints.items() if _is_needed(record, name, hint)],
        "additionalProperties": False,
    }


def _is_needed(record: type, name: str, hint: object) -> bool:
    return get_origin(hint) is not NotRequired and name not in getattr(
        record, "__optional_keys__", ()
    )


def _describe_type(hint: Any) -> Schema:
    """A type; one that says nothing more is any value."""
    origin, parts = get_origin(hint), get_args(hint)
    if hint in _SIMPLE:
        return {"type": _SIMPLE[hint]}
    if hint is Text:
        return {"type": ["string", "null"]}
    if is_typeddict(hint) or is_dataclass(hint) or hasattr(hint, "_field_defaults"):
        return _describe_record(hint)
    if origin is NotRequired:
        return _describe_type(parts[0])
    if origin in (Union, UnionType):
        return _join_types([_describe_type(part) for part in parts])
    if origin in (list, tuple, Sequence):
        return {"type": "array", "items": _describe_type(parts[0])}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _describe_type(parts[1])}
    return {}


def _join_types(schemas: list[Schema]) -> Schema:
    if {} in schemas:
        return {}
    if all([*one] == ["type"] for one in schemas):
        types = [one["type"] for one in schemas]
        flat = [name for one in types for name in (one if isinstance(one, list) else [one])]
        return {"type": [*dict.fromkeys(flat)]}
    return {"anyOf": schemas}


# --- actions ---------------------------------------------------------------------------------------


def describe_actions() -> Iterator[Schema]:
    """Every kind of done action; those that write their JSON themselves have other keys too."""
    assert _actions.ACTION_KINDS
    for kind in sorted(_find_kinds(DoneAction), key=lambda kind: kind.name):
        own = kind.as_json is not DoneAction.as_json
        hints = get_type_hints(kind)
        fields = {} if own else {name: _describe_type(hints[name]) for name in kind._fields}
        yield {
            "type": "object",
            "properties": {"action": {"const": kind.name}, **fields},
            "required": ["action", *fields],
            "additionalProperties": own,
        }


def _find_kinds(kind: type[DoneAction]) -> Iterator[type[DoneAction]]:
    if "name" in vars(kind):
        yield kind
    for one in kind.__subclasses__():
        yield from _find_kinds(one)


# --- tickets ---------------------------------------------------------------------------------------


_HEAD = {
    "ref": {"type": "string"},
    "customer": {"type": "string"},
    "status": {"type": "string"},
    "opened": _FIELD_TYPES["moment"],
    "priority": {"enum": ["low", "medium", "high", "blocking"]},
    "assignee": {"type": ["string", "null"]},
    "result": {"type": "string"},
    "tags": {"type": "array", "items": {"type": "string"}},
}
_ROWS = {
    "tasks": {"kind": {"type": "string"}, "due": _FIELD_TYPES["moment"]},
    "notes": {"at": _FIELD_TYPES["moment"], "text": {"type": "string"}},
}


def describe_tickets(books: Iterable[Book]) -> Schema:
    """A ticket of one of the books, as `show` prints it."""
    return {"type": "object", "oneOf": [_describe_ticket(book, ViewJson) for book in books]}


def describe_exported(books: Iterable[Book]) -> Schema:
    """A row of an export: a customer, a state, or a ticket of one of the books."""
    customer = {"title": "customer", **_describe_object(_describe_fields(CUSTOMER))}
    state = {"title": "state", **_describe_object(_describe_fields(STATE))}
    tickets = (_describe_ticket(book, _Bare) for book in books)
    return {"type": "object", "anyOf": [customer, state, *tickets]}


def describe_items(books: Iterable[Book]) -> Schema:
    """An item of a ticket, of a kind of one of the books."""
    kinds = ((f"{book.name}.{kind.name}", kind) for book in books for kind in book.items.values())
    parts = [
        {"title": title, **_describe_object({"ticket": _TEXT, **_describe_fields(kind.fields)})}
        for title, kind in kinds
    ]
    return {"type": "object", "anyOf": parts}


class _Bare(TypedDict):
    """What an export has of a ticket beside its own fields: nothing."""


def _describe_ticket(book: Book, beside: type) -> Schema:
    """A ticket of a book: the import format, and what there is beside it."""
    view = _describe_record(beside)
    properties = {
        **_HEAD,
        "book": {"const": book.name},
        **{
            kind.name: _describe_rows(_describe_fields(kind.fields)) for kind in book.items.values()
        },
        **{name: _describe_rows(fields) for name, fields in _ROWS.items()},
        **_describe_fields({n: f for n, f in book.fields.items() if f.within is None}),
    }
    for group in {field.within for field in book.fields.values()} - {None}:
        own = {name: field for name, field in book.fields.items() if field.within == group}
        properties[str(group)] = _describe_object(_describe_fields(own))
    quiet = {name for name, field in book.fields.items() if field.quiet}
    needed = [name for name in properties if name not in {"result", *quiet}]
    return {
        "title": book.name,
        "properties": {**properties, **view["properties"]},
        "required": [*needed, *view["required"]],
        "additionalProperties": False,
    }


def _describe_rows(properties: Schema) -> Schema:
    return {"type": "array", "items": _describe_object(properties)}


def _describe_object(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _describe_fields(fields: Mapping[str, Field]) -> Schema:
    return {name: _describe_field(field) for name, field in fields.items()}


def _describe_field(field: Field) -> Schema:
    """A field of a book; one that is missing is null."""
    shown: Schema = {**_FIELD_TYPES.get(field.type, {"type": "string"})}
    if field.values:
        shown = {"enum": [*field.values]}
    if field.about:
        shown["description"] = field.about
    if field.many:
        shown = {"type": "array", "items": shown}
    return {"anyOf": [shown, {"type": "null"}]}
