"""Printing status by event: which rules can answer in each status, and where tickets stand then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prassi.core.analysis.status_matrix import MatrixRow
    from prassi.core.book.model import Status


def format_matrix(rows: Sequence[MatrixRow], statuses: Sequence[Status]) -> Iterator[str]:
    """The matrix in lines of text, a paragraph for each status."""
    abouts = {status.name: _describe(status) for status in statuses}
    for status, of_status in groupby(rows, lambda row: row.status):
        yield f"\n{'no ticket yet' if status is None else abouts[status]}"
        for (event, given), of_event in groupby(of_status, lambda row: (row.event, row.given)):
            tests = "; ".join(f"{name}: {test}" for name, test in given)
            yield f"  {event}{' (' * bool(tests)}{tests}{')' * bool(tests)}"
            for rule, outcomes in groupby(of_event, lambda row: row.rule):
                yield f"    {rule}: {_list_ends(list(outcomes))}"


def _describe(status: Status) -> str:
    marks = [word for word, holds in (("waits", status.waits), ("closed", status.closed)) if holds]
    return f"{status.name}{''.join(f' ({mark})' for mark in marks)}: {status.about}"


def _list_ends(rows: Sequence[MatrixRow]) -> str:
    """Where tickets stand after a rule, in words."""
    ends = list(dict.fromkeys(_name_end(row) for row in rows))
    return " or ".join([", ".join(ends[:-1]), ends[-1]] if len(ends) > 1 else ends)


def _name_end(row: MatrixRow) -> str:
    if row.status_after is None:
        return "as it is given"
    if row.status_after != row.status:
        return row.status_after
    return "refused" if row.refuses else "stays"
