"""Several measurements of one thing: the one in the middle, and how far apart they are."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable
from typing import NamedTuple

WRITTEN = re.compile(r"([\d,]*\.?\d+) \(([\d,]*\.?\d+) to ([\d,]*\.?\d+)\)")


class Sample(NamedTuple):
    """The median of several measurements, the lowest and the highest."""

    middle: float
    low: float
    high: float

    @property
    def spread(self) -> float:
        """How far the lowest and the highest are apart."""
        return self.high - self.low

    def __str__(self) -> str:
        digits = 2 if self.middle < 10 else 1
        return f"{self.middle:.{digits}f} ({self.low:.{digits}f} to {self.high:.{digits}f})"


def take_sample(values: Iterable[float]) -> Sample:
    """The sample of measurements."""
    found = sorted(values)
    return Sample(statistics.median(found), found[0], found[-1])


def read_sample(text: str) -> Sample | None:
    """A sample as it is written, or None for any other text."""
    found = WRITTEN.fullmatch(text.strip())
    return found and Sample(*(float(one.replace(",", "")) for one in found.groups()))


def compare_pairs(ours: Iterable[float], theirs: Iterable[float]) -> Sample:
    """Our times by theirs, of each round by itself."""
    return take_sample(a / b for a, b in zip(ours, theirs, strict=True))


def is_worse(before: Sample, now: Sample, more_is_better: bool) -> bool:
    """Whether a figure got worse by more than the spread of either run."""
    lost = before.middle - now.middle if more_is_better else now.middle - before.middle
    return lost > max(before.spread, now.spread)
