"""How often a property is tried: a few times in the suite, and many times in scripts/hard/properties.py."""

from __future__ import annotations

import os

from hypothesis import settings

TIMES = int(os.environ.get("PRASSI_TRIES", "1"))
"""How many times as often as in the suite."""


def tries(count: int) -> settings:
    """Settings of a property that the suite tries so often."""
    return settings(max_examples=count * TIMES, deadline=None)
