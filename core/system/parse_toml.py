"""Parsing TOML; what can't be read is a fault with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from ..errors import BadInput
from .toml_document import Document, Path

if TYPE_CHECKING:
    from .toml_positions import Positions

DEEPEST = 50
"""Levels of tables and lists within each other; a book has about ten."""

LARGEST = (1 << 63) - 1
"""A number of TOML has 64 bits."""


def parse(name: str, raw: bytes) -> Document:
    """Read TOML; raises BadInput with file and line where that can't be done."""
    import tomllib  # 4 ms: a book from the cache is not parsed

    text = _decode(name, raw)

    @cache
    def positions() -> Positions:
        from .toml_positions import find_positions  # 2 ms: a file without faults needs none

        return find_positions(text, DEEPEST)

    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(name, text, str(error)) from None
    except RecursionError:
        raise _too_deep(f"{name}:{positions().too_deep or 1}") from None
    except ValueError:  # Python reads no number of more than some thousand digits.
        raise _too_large(f"{name}:{positions().long_number or 1}") from None
    document = Document(name, data, lambda: positions().lines)
    values = _all_values(data)
    if values is None:
        raise _too_deep(f"{name}:{positions().too_deep or 1}")
    if any(type(value) is int and not _is_of_toml(value) for value in values):
        raise _too_large(document.at(*(_large_number(data) or ())))
    return document


def find_lines(name: str, raw: bytes) -> Mapping[Path, int]:
    """The line of each key of a document that was parsed before."""
    from .toml_positions import find_positions

    return find_positions(_decode(name, raw), DEEPEST).lines


def _decode(name: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadInput(f"{name}:{line}: this is not UTF-8 text; save the file as UTF-8.") from None


def _not_toml(name: str, text: str, reason: str) -> BadInput:
    place = re.search(r"\(at line (\d+), column (\d+)\)", reason)
    line = int(place[1]) if place else text.count("\n") + 1
    reason = re.sub(r"\s*\(at .*\)$", "", reason)
    return BadInput(f"{name}:{line}: this is not valid TOML: {reason}.")


def _too_deep(place: str) -> BadInput:
    return BadInput(
        f"{place}: tables and lists are nested more than {DEEPEST} deep; write them flatter."
    )


def _too_large(place: str) -> BadInput:
    return BadInput(f"{place}: a number is larger than {LARGEST}, the largest that TOML has.")


def _all_values(data: object) -> list[object] | None:
    """All values in a table; None where tables and lists are nested deeper than DEEPEST."""
    values, level = list[object](), [data]
    for _ in range(DEEPEST + 1):
        level = [part for value in level for _, part in _parts(value)]
        values += level
    return None if level else values


def _parts(value: object) -> Iterable[tuple[str | int, object]]:
    """What a table or a list holds, with its keys or places."""
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _is_of_toml(number: int) -> bool:
    return -LARGEST - 1 <= number <= LARGEST


def _large_number(data: object, path: Path = ()) -> Path | None:
    """Where the first number stands that TOML does not have; None where there is none."""
    if isinstance(data, int):
        return None if _is_of_toml(data) else path
    found = (_large_number(part, (*path, key)) for key, part in _parts(data))
    return next((place for place in found if place is not None), None)
