"""What can stand on the line of a command: its parameters, or the commands of a group."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class LineParameter(NamedTuple):
    """An option or an argument; `opts` are the names of an option, `many` is an argument that takes
    all words that are left."""

    name: str
    opts: Sequence[str]
    takes_value: bool
    many: bool
    metavar: str
    choices: Sequence[str]
    help: str

    @property
    def is_argument(self) -> bool:
        """Whether it has no name on the line."""
        return not self.opts


class Grammar(NamedTuple):
    """A command's parameters, or the short help of each command of a group."""

    parameters: Sequence[LineParameter]
    commands: Mapping[str, str]

    def find_option(self, name: str) -> LineParameter | None:
        """The option of a name."""
        return next((one for one in self.parameters if name in one.opts), None)
