"""Modules that Click imports and that a start does not need: 10 ms of a start of 50.

While Click is imported, stand-ins lie where an import looks. Each answers what Click asks of it at
every start, and becomes the whole module when something else is asked of it.
"""

from __future__ import annotations

import sys
from _thread import _local
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

from . import PLAIN
from .language import say, say_count


class LateModule(ModuleType):
    """Stands for a module until it is asked for what it can't answer, and then has all of it."""

    def __init__(self, name: str, answers: Mapping[str, object]) -> None:
        super().__init__(name)
        self._name = name
        self.__dict__.update(answers)

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # asked by whoever looks over all modules there are
            raise AttributeError(name)
        return getattr(self.load(), name)

    def load(self) -> ModuleType:
        """The module itself, which is asked from now on."""
        self.remove()
        module = import_module(self._name)
        self.__dict__.update(vars(module))
        return module

    def remove(self) -> None:
        """Let imports find the module itself."""
        if sys.modules.get(self._name) is self:
            del sys.modules[self._name]
        self.__dict__.pop("UUID", None)


class _Uuid:
    """What Click's type for UUIDs is a type of while it is made; the class itself is asked later."""


def _clean_doc(doc: str) -> str:
    """A text without indentation, as `inspect` makes it."""
    if doc.isprintable():  # one line, and no blanks but plain ones
        return doc.lstrip(" ")
    from inspect import cleandoc  # late: 5 ms; our help texts are of one line

    return cleandoc(doc)


_ANSWERS: Mapping[str, Mapping[str, object]] = {
    "inspect": {"cleandoc": _clean_doc},
    "gettext": {"gettext": say, "ngettext": say_count},
    "threading": {"local": _local},
    "uuid": {"UUID": _Uuid},
}
"""What Click asks at each start, by module."""


@contextmanager
def stand_in_for_modules(plain: bool = PLAIN) -> Iterator[None]:
    """Put stand-ins where an import looks while Click is imported, but not for modules that are
    there, and not in the `plain` way."""
    missing = [] if plain else [name for name in _ANSWERS if name not in sys.modules]
    stand_ins = [LateModule(name, _ANSWERS[name]) for name in missing]
    sys.modules.update((one.__name__, one) for one in stand_ins)
    try:
        yield
    finally:
        for one in stand_ins:
            one.remove()
