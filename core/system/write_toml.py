"""Values as TOML has them."""

from __future__ import annotations

from collections.abc import Mapping


def format_toml(value: object) -> str:
    """A value as TOML has it; texts, numbers, true and false are written as in JSON."""
    if isinstance(value, Mapping):
        return (
            "{ " + ", ".join(f"{name} = {format_toml(one)}" for name, one in value.items()) + " }"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(format_toml, value)) + "]"
    from json import dumps  # late: 2 ms, and few settings are written

    return dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
