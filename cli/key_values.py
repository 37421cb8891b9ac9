"""KEY=VALUE arguments of `event`, `explain` and `sheet`, which work with any book."""

from __future__ import annotations

from collections.abc import Iterable

from prassi.core.errors import BadInput


def read_key_values(arguments: Iterable[str]) -> dict[str, object]:
    """The values by key; a key that is given twice makes a list. BadInput where `=` is missing."""
    given: dict[str, object] = {}
    for argument in arguments:
        key, equals, value = argument.partition("=")
        if not equals or not key:
            raise BadInput(f"{argument!r} is not KEY=VALUE: write for example outcome=no-answer.")
        name = key.replace("-", "_")
        known = given.get(name)
        if known is None:
            given[name] = value
        else:
            given[name] = [*(known if isinstance(known, list) else [known]), value]
    return given
