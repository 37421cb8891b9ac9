"""Scenarios that fail in the same way, told once: one line of a book can break fifty of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from .coverage import ScenarioResult

FEW = 3
"""Scenarios that are told one by one though they fail in the same way, at most."""


class FailingGroup(NamedTuple):
    """Scenarios with the same differences, dates and figures apart."""

    results: list[ScenarioResult]

    @property
    def rules(self) -> Counter[str]:
        """The rules that were expected, with how many of the scenarios."""
        return Counter(one.scenario.expected.rule or "an error" for one in self.results)


def group_failing(results: Iterable[ScenarioResult]) -> list[FailingGroup]:
    """The scenarios that fail, in groups, each where its first one stands."""
    found: dict[str, list[ScenarioResult]] = {}
    for one in results:
        if one.differences:
            key = re.sub(r"\d+", "#", "\n".join(one.differences))
            found.setdefault(key, []).append(one)
    return [FailingGroup(results) for results in found.values()]
