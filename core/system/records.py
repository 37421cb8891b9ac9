"""`NamedTuple` for what every command declares: the same records, made in a sixth of the time.

typing's compiles a function for each of them and looks at each annotation: 0.1 ms, and a short command
declares sixty. Here annotations stay as they are written, and the function of another record with as
many fields is taken, under other names.
"""

from __future__ import annotations

import collections
import sys
from collections.abc import Callable, Iterable, Mapping
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Self

from . import PLAIN

_get_field: Callable[[int, None], object] = vars(collections)["_tuplegetter"]
"""A property that reads a place of a tuple; its documentation is left out."""


class _Record(tuple[Any, ...]):
    """What all records can do, as `collections.namedtuple` gives it to each."""

    __slots__ = ()
    if TYPE_CHECKING:  # who asks for the types of a record's fields would get it as one more
        _fields: tuple[str, ...]

    @classmethod
    def _make(cls, iterable: Iterable[object]) -> Self:
        made = tuple.__new__(cls, iterable)
        if len(made) != len(cls._fields):
            raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
        return made

    def _replace(self, /, **changed: object) -> Self:
        made = self._make(map(changed.pop, self._fields, self))
        if changed:
            # namedtuple raises ValueError, and TypeError since Python 3.13.
            kind = ValueError if sys.version_info < (3, 13) else TypeError
            raise kind(f"Got unexpected field names: {list(changed)!r}")
        return made

    def _asdict(self) -> dict[str, object]:
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        told = (f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"{type(self).__name__}({', '.join(told)})"

    def __getnewargs__(self) -> tuple[object, ...]:
        return tuple(self)


class _MakesRecord(type):
    """Makes a record of a class that is declared."""

    def __new__(
        cls, name: str, bases: tuple[type, ...], declared: Mapping[str, Any]
    ) -> type[_Record]:
        """A plain class, as typing's are."""
        fields = tuple(declared.get("__annotations__", ()))
        defaults = {one: declared[one] for one in fields if one in declared}
        return type(
            name,
            (_Record,),
            {
                **declared,
                **{one: _get_field(place, None) for place, one in enumerate(fields)},
                "__slots__": (),
                "__match_args__": fields,
                "__new__": _make_new(name, declared.get("__annotations__", {}), defaults),
                "_fields": fields,
                "_field_defaults": defaults,
            },
        )


def _make_new(
    record: str, annotations: Mapping[str, object], defaults: Mapping[str, object]
) -> FunctionType:
    """The function that makes a record of these fields."""
    code = _compile_new(len(annotations)).replace(
        co_name="__new__", co_qualname=f"{record}.__new__", co_varnames=("_cls", *annotations)
    )
    made = FunctionType(code, {"_new": _new}, "__new__", tuple(defaults.values()))
    made.__annotations__ = dict(annotations)
    return made


def _compile_new(count: int) -> CodeType:
    """The code that makes a record of so many fields."""
    if count < len(_MAKES):
        return _MAKES[count].__code__
    names = "".join(f"f{place}, " for place in range(count))
    function: FunctionType = eval(f"lambda _cls, {names}: _new(_cls, ({names}))")
    return function.__code__


_new = tuple.__new__
_MAKES = (
    lambda _cls: _new(_cls, ()),
    lambda _cls, a: _new(_cls, (a,)),
    lambda _cls, a, b: _new(_cls, (a, b)),
    lambda _cls, a, b, c: _new(_cls, (a, b, c)),
    lambda _cls, a, b, c, d: _new(_cls, (a, b, c, d)),
    lambda _cls, a, b, c, d, e: _new(_cls, (a, b, c, d, e)),
    lambda _cls, a, b, c, d, e, g: _new(_cls, (a, b, c, d, e, g)),
    lambda _cls, a, b, c, d, e, g, h: _new(_cls, (a, b, c, d, e, g, h)),
    lambda _cls, a, b, c, d, e, g, h, i: _new(_cls, (a, b, c, d, e, g, h, i)),
    lambda _cls, a, b, c, d, e, g, h, i, j: _new(_cls, (a, b, c, d, e, g, h, i, j)),
    lambda _cls, a, b, c, d, e, g, h, i, j, k: _new(_cls, (a, b, c, d, e, g, h, i, j, k)),
    lambda _cls, a, b, c, d, e, g, h, i, j, k, m: _new(_cls, (a, b, c, d, e, g, h, i, j, k, m)),
)
"""What makes a record of no field, of one, and so on: compiled with this module, which saves 1 ms."""


if TYPE_CHECKING or PLAIN or sys.version_info >= (3, 14):  # whose annotations lie elsewhere
    from typing import NamedTuple as NamedTuple
else:
    NamedTuple = type.__new__(_MakesRecord, "NamedTuple", (), {})
