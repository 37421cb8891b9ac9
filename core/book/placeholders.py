"""Short texts of a book with facts in braces: `"Missed call number {attempt}."`"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from ..system.records import NamedTuple
from ..tables.cells import format_value
from ..values.field_types import Field, format_money

_NAME = r"\{((?:input:)?[a-z][a-z0-9_]*(?:[.=][A-Za-z0-9_-]+)?)\}"
_WORDS = r"\{([a-z][a-z0-9_]*)((?:\|[^{}|=]+=[^{}|]*)+)\}"


Words = tuple[tuple[str, str], ...]
"""Values and phrases in them, each with what it is called."""


class Text(NamedTuple):
    """A text cut at its braces: literal, name, literal, name, ..., literal."""

    parts: tuple[str, ...]
    words: tuple[tuple[str, Words], ...] = ()
    """What values of a name are called: `{channel|call=chiamata|ticket=ticket}`."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names in braces, in their order."""
        return self.parts[1::2]

    @property
    def only(self) -> str | None:
        """The name, where the whole text is one name in braces."""
        return self.parts[1] if len(self.parts) == 3 and self.parts[::2] == ("", "") else None

    @property
    def as_written(self) -> str:
        """The text with its names in braces, parameters put in."""
        return "".join(f"{{{part}}}" if n % 2 else part for n, part in enumerate(self.parts))

    def fill(self, values: Mapping[str, object], fields: Mapping[str, Field]) -> str:
        """The text with each name replaced by its value; `fields` tell how a value is shown."""
        filled, words = list(self.parts), dict(self.words)
        for place in range(1, len(filled), 2):
            name = filled[place]
            value = values[name]
            filled[place] = value if type(value) is str else show(value, fields.get(name))
            if name in words:
                filled[place] = name_value(filled[place], words[name])
        return "".join(filled)


def name_value(value: str, words: Words) -> str:
    """What a value is called: as a whole, else with the phrases in it replaced."""
    for whole, called in words:
        if value == whole:
            return called
    for phrase, called in words:
        if " " in phrase:
            value = value.replace(phrase, called)
    return value


def show(value: object, field: Field | None) -> str:
    """A value in a text: money with its point, lists with commas, yes and no."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or format_value(None)
    if field is not None and field.type == "money" and isinstance(value, int):
        return format_money(value)
    if isinstance(value, float):  # a share
        return f"{value * 100:.2f}".rstrip("0").rstrip(".") + "%"
    return format_value(value)


def parse(written: str, known: Collection[str], parameters: Mapping[str, object]) -> Text:
    """Cut a text at its braces, with parameters put in.

    Raises ValueError where a name is neither a parameter nor in `known`.
    """
    if "{" not in written and "}" not in written:
        return Text((written,))
    words = _read_words(written) if "|" in written else ()
    parts = re.split(_NAME, re.sub(_WORDS, r"{\1}", written) if words else written)
    for name in parts[1::2]:
        if name not in parameters and name not in known:
            raise ValueError(f"there is nothing called {name!r} to put into {written!r}")
    literals: list[str] = [parts[0]]
    for name, literal in zip(parts[1::2], parts[2::2], strict=True):
        if name in parameters:
            literals[-1] += f"{show(parameters[name], None)}{literal}"
        else:
            literals += [name, literal]
    if not {"{", "}"}.isdisjoint("".join(literals[::2])):
        raise ValueError(f"a brace in {written!r} holds no name")
    return Text(tuple(literals), words)


def _read_words(written: str) -> tuple[tuple[str, Words], ...]:
    """What a text says of how values are called, by name."""
    found = []
    for match in re.finditer(_WORDS, written):
        pairs = (pair.partition("=") for pair in match[2][1:].split("|"))
        found.append((match[1], tuple((value, called) for value, _, called in pairs)))
    return tuple(found)


def names(written: str) -> list[str]:
    """The names in braces in a text, parameters included."""
    return re.findall(_NAME, written)


INPUT = "input:"
"""What stands before the name of an input that a text speaks of: `{input:owner}`, or for one of its
values `{input:what=extend}`."""


LabelInput = Callable[[str], str]
"""How a face of the program writes an input, or one of its values, for those who use it."""


def label_option(name: str) -> str:
    """An input, or a value of one, as the command line has it: `--owner`, `--extend`."""
    return f"--{name.partition('=')[2] or name}".replace("_", "-")


def put_in_labels(written: str, figures: Mapping[str, object]) -> str:
    """A text without other names, in which inputs stand as people give them."""
    if INPUT not in written:
        return written
    return re.sub(_NAME, lambda match: str(figures.get(match[1], match[0])), written)


def names_within(written: object) -> set[str]:
    """The names in braces in all texts of a list or a table, and of those in it."""
    if isinstance(written, str):
        return set(names(written))
    if isinstance(written, dict):
        written = list(written.values())
    return (
        {name for one in written for name in names_within(one)}
        if isinstance(written, list)
        else set()
    )
