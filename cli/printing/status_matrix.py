"""Printing status by event: which rules can answer in each status, and where tickets stand then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from prassi.core.system.language import say

if TYPE_CHECKING:
    from prassi.core.analysis.status_matrix import MatrixRow
    from prassi.core.book.model import Status


def format_matrix(rows: Sequence[MatrixRow], statuses: Sequence[Status]) -> Iterator[str]:
    """The matrix in lines of text, a paragraph for each status."""
    abouts = {status.name: _describe(status) for status in statuses}
    for status, of_status in groupby(rows, lambda row: row.status):
        yield f"\n{say('no ticket yet') if status is None else abouts[status]}"
        for (event, given), of_event in groupby(of_status, lambda row: (row.event, row.given)):
            tests = "; ".join(
                f"{name}: {test.replace(' or ', say(' or '))}" for name, test in given
            )
            yield f"  {event}{' (' * bool(tests)}{tests}{')' * bool(tests)}"
            for rule, outcomes in groupby(of_event, lambda row: row.rule):
                yield f"    {rule}: {_list_ends(list(outcomes))}"


def _describe(status: Status) -> str:
    known = ((say("waits"), status.waits), (say("closed"), status.closed))
    marks = [word for word, holds in known if holds]
    return f"{status.name}{''.join(f' ({mark})' for mark in marks)}: {status.about}"


def _list_ends(rows: Sequence[MatrixRow]) -> str:
    """Where tickets stand after a rule, in words."""
    ends = list(dict.fromkeys(_name_end(row) for row in rows))
    if len(ends) == 1:
        return ends[0]
    return say("{some} or {last}").format(some=", ".join(ends[:-1]), last=ends[-1])


def _name_end(row: MatrixRow) -> str:
    if row.status_after is None:
        return say("as it is given")
    if row.status_after != row.status:
        return row.status_after
    return say("refused") if row.refuses else say("stays")
