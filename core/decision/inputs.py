"""What the caller of an event gave, checked and read into stored values."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..book.model import Event, Input
from ..errors import BadInput
from ..system.language import mark, say
from ..system.near_words import find_near
from ..tables.decision_table import row_holds
from ..values.field_types import Field, Stored

Label = Callable[[str], str]
"""How the caller calls an input: its option, or its key."""


def read_inputs(
    event: Event, given: Mapping[str, object], today: str, label: Label
) -> dict[str, Stored]:
    """What the caller gave, as stored values; BadInput names the option that is wrong or missing."""
    asked = [name for name, spec in event.inputs.items() if spec.standing is None]
    for name in given:
        if name not in asked:
            known = ", ".join(label(known) for known in asked) or "nothing"
            raise BadInput(
                f"{label(name)} is not asked for by event {event.name}; it takes {known}."
            )
    values: dict[str, Stored] = {}
    for name in asked:
        spec = event.inputs[name]
        values[name] = _input(name, spec, given.get(name), values, today, label)
    if event.one_of and not any(values[name] for name in event.one_of):
        raise BadInput(f"one of {', '.join(label(name) for name in event.one_of)} is needed.")
    return values


def _input(
    name: str, spec: Input, raw: object, values: Mapping[str, Stored], today: str, label: Label
) -> Stored:
    missing = raw is None or raw == "" or raw == []
    if spec.when and not row_holds(spec.when, values):
        if not missing:
            raise BadInput(f"{label(name)} can only be used with {_format_condition(spec, label)}.")
        return None
    if missing and spec.default_today:
        return today
    if missing and not spec.field.optional and spec.field.default is None:
        raise BadInput(f"{label(name)} is missing: give {_describe_value(spec.field)}.")
    try:
        value = spec.field.read(None if missing else raw)
    except ValueError as error:
        near = find_near(str(raw), spec.field.values) if spec.field.values else None
        end = "." if near is None else f"; did you mean {near!r}?"
        raise BadInput(f"{label(name)} {error}{end}") from None
    _check_day(name, spec, value, today, label)
    return value


def _check_day(name: str, spec: Input, value: Stored, today: str, label: Label) -> None:
    if isinstance(value, str) and spec.earliest_today and value[:10] < today:
        raise BadInput(f"{label(name)} is {value}, which is past: give {today} or a later day.")
    if isinstance(value, str) and spec.latest_today and value[:10] > today:
        raise BadInput(
            f"{label(name)} is {value}, which is in the future: give {today} or an earlier day."
        )


def _format_condition(spec: Input, label: Label) -> str:
    return " and ".join(f"{label(fact)} {cell.text}" for fact, cell in spec.when.items())


def _describe_value(field: Field) -> str:
    if field.values:
        return say("one of {values} ({about})").format(
            values=", ".join(field.values), about=field.about
        )
    return f"{field.about} ({say(_EXAMPLES.get(field.type, _TEXT))})"


_TEXT = mark("text")
_EXAMPLES = {
    "date": mark("a date such as 2026-03-02"),
    "moment": mark("a date such as 2026-03-02 or 2026-03-02T10:30"),
    "money": mark("an amount such as 120.00"),
    "integer": mark("a whole number"),
    "boolean": mark("yes or no"),
}
