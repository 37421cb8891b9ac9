"""Records are what typing's NamedTuple makes of the same declaration."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import sys
import typing
from collections.abc import Callable
from typing import Any

import pytest
from prassi.core.system import records

ONES: list[Any] = []
"""The same declarations by typing and by us."""

for NamedTuple in (typing.NamedTuple, records.NamedTuple):

    class Empty(NamedTuple):
        """Nothing."""

    class Wide(NamedTuple):
        """Many fields, some of which have a default."""

        a: int
        b: str | None
        c: NotImported = None  # type: ignore[name-defined]  # noqa: F821
        d: tuple[int, ...] = ()
        e: int = 5
        WORD = "a class variable"

        @property
        def total(self) -> int:
            """A property."""
            return self.a + self.e

        @classmethod
        def of(cls, text: str) -> typing.Self:
            """A classmethod."""
            return cls(int(text), text)

        def __contains__(self, item: object) -> bool:
            return item == self.b

        def widen(self) -> typing.Self:
            """A method."""
            return self._replace(a=self.a * 10)

    ONES.append((Empty, Wide))

DEEDS: dict[str, Callable[[Any, Any], object]] = {
    "empty": lambda empty, wide: empty(),
    "too many for none": lambda empty, wide: empty(1),
    "places": lambda empty, wide: wide(1, "b", 3, 4, 5),
    "names": lambda empty, wide: wide(b="b", a=1, e=7),
    "a default": lambda empty, wide: wide(1, "b").d,
    "too few": lambda empty, wide: wide(1),
    "too many": lambda empty, wide: wide(1, 2, 3, 4, 5, 6),
    "twice": lambda empty, wide: wide(1, 2, a=3),
    "unknown": lambda empty, wide: wide(1, 2, x=3),
    "replace": lambda empty, wide: wide(1, "b")._replace(c=4, a=2),
    "replace unknown": lambda empty, wide: wide(1, "b")._replace(x=4, y=2),
    "make": lambda empty, wide: wide._make(iter(range(5))),
    "make too few": lambda empty, wide: wide._make([1, 2]),
    "make too many": lambda empty, wide: wide._make(range(6)),
    "as a dictionary": lambda empty, wide: wide(1, "b")._asdict(),
    "text": lambda empty, wide: f"{wide(1, 'b')!r} {wide(2, None)} {empty()}",
    "JSON": lambda empty, wide: json.dumps([wide(1, "b"), empty()]),
    "equal": lambda empty, wide: (wide(1, "b") == (1, "b", None, (), 5), wide(1, 2) < wide(2, 1)),
    "hash": lambda empty, wide: hash(wide(1, "b")),
    "tuple": lambda empty, wide: (
        *wide(1, "b")[1:4],
        wide(1, "b").index(5),
        isinstance(wide(1, 2), tuple),
    ),
    "set": lambda empty, wide: setattr(wide(1, "b"), "a", 3),
    "set anything": lambda empty, wide: setattr(wide(1, "b"), "x", 3),
    "no dictionary": lambda empty, wide: hasattr(wide(1, "b"), "__dict__"),
    "members": lambda empty, wide: (wide(1, "b").total, wide.of("12").widen(), "b" in wide(1, "b")),
    "of the class": lambda empty, wide: (
        wide._fields,
        wide._field_defaults,
        wide.__match_args__,
        wide.WORD,
        wide.__slots__,
        wide.__doc__,
        wide.__module__,
        wide.__qualname__,
        type(wide),
        empty._fields,
    ),
    "parameters": lambda empty, wide: [
        (one.name, one.kind, one.default) for one in inspect.signature(wide).parameters.values()
    ],
    "types": lambda empty, wide: typing.get_type_hints(empty),
    "copies": lambda empty, wide: (copy.copy(wide(1, [])), copy.deepcopy(wide(1, []))),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_a_record_does_what_typings_does(deed: Callable[[Any, Any], object]) -> None:
    told = []
    for empty, wide in ONES:
        try:
            result = deed(empty, wide)
        except Exception as error:
            result = type(error), str(error)
        told.append(result)
    assert told[0] == told[1]


@pytest.mark.parametrize("count", range(15))
def test_each_number_of_fields_keeps_their_order(count: int) -> None:
    names = [f"n{place}" for place in range(count)]
    record: Any = type(records.NamedTuple)(
        "Some", (), {"__annotations__": dict.fromkeys(names, int)}
    )
    assert record(*range(count)) == tuple(range(count))
    given = record(**{name: place for place, name in reversed([*enumerate(names)])})
    assert [getattr(given, name) for name in names] == [*range(count)]


def test_a_record_can_be_matched_and_pickled() -> None:
    from prassi.core.system.cache import KeptAs

    match KeptAs("a", made_of="b"):
        case KeptAs(name, made_of):
            assert (name, made_of) == ("a", "b")
    kept = pickle.loads(pickle.dumps(KeptAs("a", "b")))
    assert type(kept) is KeptAs
    assert kept == KeptAs("a", "b")


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="typing's are used there")
def test_records_of_every_command_are_made_quickly() -> None:
    from prassi.core.book.model import Book, Status
    from prassi.core.decision.ticket_state import TicketState
    from prassi.core.library.settings import Settings

    for record in (Status, Settings, TicketState):
        assert record.__mro__[1] is records._Record
    assert Book.__name__ == "Book"
