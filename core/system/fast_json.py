"""JSON as the ticket file keeps it: no spaces, keys in their order, text as it is.

`json` builds an encoder anew for each call and checks each text for a byte order mark; over a
million tickets that costs more than the work itself, so both are prepared once. And to import it
takes 2 ms, six compiled patterns among them. What `json` itself is made of is not public, so there is
a plain way beside it, for another Python or `PRASSI_PLAIN=1`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import Any

from . import PLAIN

JsonObject = dict[str, Any]
"""An object as JSON has it; what is in it depends on the book."""

Encode = Callable[[object], str]
Decode = Callable[[str], Any]


def _refuse_value(value: object) -> object:
    raise TypeError(f"{value!r} can't be kept in the ticket file")


def make_encode(plain: bool = PLAIN) -> Encode:
    """From a dictionary or list to JSON; ValueError for a number that JSON does not have, TypeError
    for anything else that it does not have."""
    prepared = None if plain else _find_prepared()
    if prepared is None:
        from json import JSONEncoder

        return JSONEncoder(
            ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_refuse_value
        ).encode
    quote = prepared.encode_basestring
    pieces = prepared.make_encoder(None, _refuse_value, quote, None, ":", ",", False, False, False)
    return lambda value: "".join(pieces(value, 0))


def _find_prepared() -> ModuleType | None:
    """What `json` is made of, where this Python has it."""
    with suppress(ImportError):
        return import_module("_json")
    return None


class _Numbers:
    """How a text is read: what JSONDecoder has for `json`."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_float, parse_int, parse_constant = float, int, float


def make_decode(plain: bool = PLAIN) -> Decode:
    """From a text that is JSON, without blanks around it, to its value; else JSONDecodeError."""
    prepared = None if plain else _find_prepared()
    if prepared is None:
        from json import JSONDecoder

        scan = JSONDecoder().raw_decode
    else:
        scan = prepared.make_scanner(_Numbers)

    def decode(text: str) -> Any:
        try:
            value, end = scan(text, 0)
        except StopIteration:
            end = 0
        if end == 0 or end < len(text):
            from json import JSONDecodeError

            raise JSONDecodeError("no value", text, end)
        return value

    return decode


encode = make_encode()
"""A dictionary or list as JSON text."""

decode = make_decode()
"""What `encode` has written; JSONDecodeError where it is not that any more."""
