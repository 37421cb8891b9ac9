"""The module `inspect`, loaded when something asks for it: 5 ms of a start of 60.

Click imports it, and asks one thing of it at each start: to take the indentation out of help texts,
which ours, of one line, do not have.
"""

from __future__ import annotations

import sys
from types import ModuleType

from . import PLAIN

NAME = "inspect"


class LateInspect(ModuleType):
    """Stands for `inspect` until it is asked for what it can't answer, and then has all of it."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # asked by whoever looks over all modules there are
            raise AttributeError(name)
        return getattr(self._load(), name)

    def cleandoc(self, doc: str) -> str:
        """A text without indentation, as `inspect` makes it."""
        if doc.isprintable():  # one line, and no blanks but plain ones
            return doc.lstrip(" ")
        cleaned: str = self._load().cleandoc(doc)
        return cleaned

    def _load(self) -> ModuleType:
        if sys.modules.get(NAME) is self:
            del sys.modules[NAME]
        import inspect

        self.__dict__.update(inspect.__dict__)
        return inspect


def load_inspect_late(plain: bool = PLAIN) -> None:
    """Put the stand-in where an import looks, unless `inspect` is there or the `plain` way is asked."""
    if not plain and NAME not in sys.modules:
        sys.modules[NAME] = LateInspect(NAME)
