"""JSON as the ticket file keeps it: no spaces, keys in their order, text as it is.

`json` builds an encoder anew for each call and checks each text for a byte order mark; over a
million tickets that costs more than the work itself, so both are prepared once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from json import encoder
from typing import Any

_scan: Callable[[str, int], tuple[Any, int]] = vars(json.JSONDecoder())["scan_once"]
_prepared = getattr(encoder, "c_make_encoder", None)


def _unknown(value: object) -> Any:
    raise TypeError(f"{value!r} has no place in the ticket file")


def _encoder() -> Callable[[Any], str]:
    if _prepared is None:
        plain = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return plain.encode
    quoted = encoder.encode_basestring
    pieces = _prepared(None, _unknown, quoted, None, ":", ",", False, False, False)
    return lambda value: "".join(pieces(value, 0))


encode = _encoder()
"""A dictionary or list as JSON text."""


def decode(text: str) -> Any:
    """What `encode` has written; JSONDecodeError where it is not that any more."""
    try:
        return _scan(text, 0)[0]
    except StopIteration:
        raise json.JSONDecodeError("no value", text, 0) from None
