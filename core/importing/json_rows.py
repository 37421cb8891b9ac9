"""Reading rows from JSON.

JSON Lines are read line by line, so that a broken line does not hide the faults of the others;
lists and documents are read as far as they are JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from .json_scanner import Decoder, Scanner, Valued, describe_error
from .rows_and_faults import CUSTOMERS, STATES, TICKETS, Raw, Tell

_FIRST_KEY = re.compile(r'\s*\{\s*"(customers|states|tickets)"\s*:')


def rows(lines: Iterable[str], head: Sequence[str], tell: Tell) -> Iterator[Raw]:
    """The rows of a source in the import format; `head` are the first of its `lines`."""
    if _FIRST_KEY.match("".join(head)):
        yield from _document(Scanner(lines), tell)
        return
    for line, value, wrong in _all_values(lines, head, tell):
        yield from _row(_kind(value), line, value, wrong, tell)


def _kind(value: object) -> str:
    """What an object is: a ticket has a book and a ref, a state of a book's catalogue only a book."""
    if not isinstance(value, dict) or "book" not in value:
        return CUSTOMERS
    return STATES if "state" in value and "ref" not in value else TICKETS


def foreign(
    lines: Iterable[str], head: Sequence[str], path: Sequence[str], tell: Tell
) -> Iterator[tuple[int, dict[str, object]]]:
    """The objects of another program's export: those of the list at `path`, or all there are."""
    at_path = path and "".join(head).lstrip().startswith("{")
    values = Scanner(lines).at_path(path) if at_path else _all_values(lines, head, tell)
    for line, value, wrong in values:
        for raw in _row("", line, value, wrong, tell):
            if not raw.told:
                yield line, dict(raw.values)


def _row(kind: str, line: int, value: object, wrong: list[str], tell: Tell) -> Iterator[Raw]:
    """The row a value is; a faulty one goes on too, since others may link to it."""
    for reason in wrong:
        tell(line, f"{reason}.")
    if isinstance(value, dict):
        yield Raw(line, kind, value, wrong)
    else:
        tell(line, f"this is {value!r}; a row must be an object, in braces.")


def _document(scanner: Scanner, tell: Tell) -> Iterator[Raw]:
    seen = set()
    for line, key in scanner.members():
        if key in seen:
            tell(line, f"{key!r} is twice in the document; put its rows into one list.")
        seen.add(key)
        if key in (CUSTOMERS, STATES, TICKETS):
            for row_line, value, wrong in scanner.elements():
                yield from _row(key, row_line, value, wrong, tell)
        else:
            tell(line, f"a document has customers, states and tickets, and no {key!r}.")
            scanner.value()
    scanner.end()


def _all_values(lines: Iterable[str], head: Sequence[str], tell: Tell) -> Iterator[Valued]:
    """The elements of a list, or objects that follow each other: one a line or over several."""
    if "".join(head).lstrip().startswith("["):
        return Scanner(lines).only_list()
    if _ends_open(next(line for line in head if line.strip())):
        return Scanner(lines).sequence()
    return _each_line(lines, tell)


def _each_line(lines: Iterable[str], tell: Tell) -> Iterator[Valued]:
    decoder = Decoder()
    for number, line in enumerate(lines, 1):
        text = line.strip(" \t\r\n")
        if not text:
            continue
        try:
            value, end, wrong = decoder.value(text, 0)
            if end != len(text):
                raise json.JSONDecodeError("something follows the object", text, end)
            yield number, value, wrong
        except json.JSONDecodeError as error:
            tell(
                number,
                f"this is not valid JSON: {describe_error(error)} at character {error.colno}.",
            )
        except RecursionError:
            tell(number, "this is nested too deep.")


def _ends_open(line: str) -> bool:
    """Whether a line holds the beginning of a JSON value only."""
    text = line.strip()
    try:
        Decoder().value(text, 0)
    except json.JSONDecodeError as error:
        return error.pos >= len(text)
    except RecursionError:
        pass
    return False
