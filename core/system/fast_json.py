"""JSON as the ticket file keeps it: no spaces, keys in their order, text as it is.

`json` builds an encoder anew for each call and checks each text for a byte order mark; over a
million tickets that costs more than the work itself, so both are prepared once. What is prepared is
not public in `json`, so there is a plain way beside it, for another Python or `PRASSI_PLAIN=1`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from json import encoder
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
    prepared = getattr(encoder, "c_make_encoder", None)
    if plain or prepared is None:
        return json.JSONEncoder(
            ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_refuse_value
        ).encode
    quote = encoder.encode_basestring
    pieces = prepared(None, _refuse_value, quote, None, ":", ",", False, False, False)
    return lambda value: "".join(pieces(value, 0))


def make_decode(plain: bool = PLAIN) -> Decode:
    """From JSON at the beginning of a text to its value; JSONDecodeError where there is none."""
    decoder = json.JSONDecoder()
    scan = None if plain else vars(decoder).get("scan_once")
    if scan is None:
        return lambda text: decoder.raw_decode(text)[0]

    def decode(text: str) -> Any:
        try:
            return scan(text, 0)[0]
        except StopIteration:
            raise json.JSONDecodeError("no value", text, 0) from None

    return decode


encode = make_encode()
"""A dictionary or list as JSON text."""

decode = make_decode()
"""What `encode` has written; JSONDecodeError where it is not that any more."""
