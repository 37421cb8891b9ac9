"""TOML with line numbers: what stands where, so that a fault can be told with its line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from ..errors import BadInput

Path = tuple[str | int, ...]
"""Where a value stands: keys and, in arrays of tables, places."""

_HEADER = r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$"
_KEY = r"\s*([A-Za-z0-9_\-]+|\"[^\"]*\"|'[^']*')((?:\s*\.\s*[A-Za-z0-9_\-]+)*)\s*="


class Document(NamedTuple):
    """A TOML file: its data, its name as the user gave it, and the line of each key."""

    name: str
    data: dict[str, Any]
    lines: dict[Path, int]

    def at(self, *path: str | int) -> str:
        """`name:line` of the nearest key at or above `path`."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name}:{self.lines.get(path, 1)}"


def parse(name: str, raw: bytes) -> Document:
    """Read TOML; raises BadInput with file and line where it is none."""
    import tomllib

    try:
        text = raw.decode("utf-8-sig")
        document = Document(name, tomllib.loads(text), _lines(text))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadInput(f"{name}:{line}: this is no UTF-8 text; save the file as UTF-8.") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        reason = re.sub(r"\s*\(at .*\)$", "", str(error)) or "nested too deep"
        raise BadInput(f"{name}:{line}: this is no TOML: {reason}.") from None
    except ValueError:  # Python reads no number of more than some thousand digits.
        before, *_ = re.split("[0-9_]{4000}", text, maxsplit=1)
        line = before.count("\n") + 1
        raise BadInput(f"{name}:{line}: {_TOO_LARGE}.") from None
    if (where := _too_large(document.data)) is not None:
        raise BadInput(f"{document.at(*where)}: {_TOO_LARGE}.")
    return document


_TOO_LARGE = "a number is larger than any that TOML has, which has 64 bits"


def _too_large(value: object, path: Path = ()) -> Path | None:
    """Where the first number is that TOML does not have; None where none is."""
    if isinstance(value, int):
        return path if abs(value) >= 1 << 63 else None
    parts: Iterable[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        parts = value.items()
    elif isinstance(value, list):
        parts = enumerate(value)
    found = (_too_large(one, (*path, key)) for key, one in parts)
    return next((place for place in found if place is not None), None)


def _lines(text: str) -> dict[Path, int]:
    """The line of each table header and of each key that begins a line."""
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    inside: Path = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(_HEADER, line):
            inside = _place(tuple(_parts(header[2])), header[1] == "[[", counts)
            lines.setdefault(inside, number)
        elif key := re.match(_KEY, line):
            lines.setdefault((*inside, *_parts(key[1] + key[2])), number)
    return lines


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]


def _place(keys: tuple[str, ...], another: bool, counts: dict[Path, int]) -> Path:
    """The path of a header, with the place of each array of tables on the way."""
    path: Path = ()
    for depth, key in enumerate(keys):
        path = (*path, key)
        if another and depth == len(keys) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
