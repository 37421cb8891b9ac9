"""JSON as the ticket file keeps it: no spaces, keys in their order, text as it is.

`json` builds an encoder anew for each call and checks each text for a byte order mark; over a
million tickets that costs more than the work itself, so both are prepared once.
"""

from __future__ import annotations

import json
from json import encoder
from typing import Any

_plain = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_scan = json.JSONDecoder().scan_once


def _unknown(value: object) -> Any:
    raise TypeError(f"{value!r} has no place in the ticket file")


if encoder.c_make_encoder is None:
    encode = _plain.encode
else:
    _pieces = encoder.c_make_encoder(
        None, _unknown, encoder.encode_basestring, None, ":", ",", False, False, False
    )

    def encode(value: Any) -> str:
        """A dictionary or list as JSON text."""
        return "".join(_pieces(value, 0))


def decode(text: str) -> Any:
    """What `encode` has written."""
    return _scan(text, 0)[0]
