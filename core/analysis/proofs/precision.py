"""How much an abstraction keeps of the parts of a ticket."""

from __future__ import annotations

from collections.abc import Mapping

from ...book.ticket_parts import Part

PRESENCE, EXACT = 1, 2
"""How much is kept of a part: only whether there is a value, or the value, as far as its bound goes."""

Precision = Mapping[Part, int]
"""How much an abstraction keeps of each part; what is not named is left out."""
