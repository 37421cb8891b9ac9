"""The night's printout: what people have to do, by urgency, then what was done, then messages.

It is gathered in a database of its own without a name, which SQLite moves to disk when it grows,
so that a million lines never stand in memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .decisions import why
from .output import head, safe, say

if TYPE_CHECKING:
    from prassi.core.desk import Decision

_URGENCY = {"blocking": 0, "high": 1, "medium": 2, "low": 3}
_PARTS = {
    "todo": ("urgency", "late", "due", "book", "who", "what", "ref", "customer", "assignee", "why"),
    "waiting": ("due", "book", "ref", "customer", "why"),
    "done": ("number", "book", "ref", "customer", "why"),
    "message": ("channel", "language", "template", "ref", "recipient", "subject"),
}


class Worklist:
    """Gathers decisions and prints them in their order."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("BEGIN")
        for part, columns in _PARTS.items():
            self._file.execute(f"CREATE TABLE {part} ({', '.join(columns)})")

    def add(self, decision: Decision) -> None:
        """Take a decision into the printout."""
        plan, state = decision.plan, decision.plan.state
        customer = safe(state.customer.name or state.customer.ref)
        ref, reason = safe(state.ref), why(decision)
        if plan.next is not None:
            urgency = _URGENCY[plan.columns.get("priority", (0, state.priority))[1]]
            assignee = safe(plan.columns.get("assignee", (0, state.assignee))[1] or "")
            step = plan.next
            self._put("todo", urgency, -step["late_workdays"], step["due"], state.book, step["who"],
                      step["action"], ref, customer, assignee, reason)  # fmt: skip
        for action in plan.actions:
            if action["action"] == "wait" and action["until"] is not None:
                self._put("waiting", action["until"], state.book, ref, customer, reason)
            elif action["action"] == "message":
                self._put("message", action["channel"], action["language"], action["template"], ref,
                          safe(action["to"] or "no address"), safe(action["subject"] or ""))  # fmt: skip
        if plan.changes:
            self._put("done", decision.event_id, state.book, ref, customer, reason)

    def _put(self, part: str, *row: object) -> None:
        self._file.execute(f"INSERT INTO {part} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608

    def print(self, at: str, limit: int | None, dry_run: bool) -> None:
        """Print all parts that have lines, and say so where there are none."""
        count = self._count("todo")
        head(f"To do on {at[:10]}: {count}")
        for word, rank in _URGENCY.items():
            self._todo(word, rank, limit)
        if limit is not None and count > limit:
            say(f"  ... and {count - limit} more; --limit {count} shows all.")
        done = "Would be done by itself" if dry_run else "Done by itself"
        self._part(done, "done", ("ref", "customer", "why"), "ref")
        self._part("Messages ready", "message", ("template", "language", "ref", "recipient", "subject"), "ref")
        self._part("Waiting", "waiting", ("due", "ref", "customer", "why"), "due, ref")

    def _todo(self, word: str, rank: int, limit: int | None) -> None:
        columns = (
            "due", "CASE WHEN late < 0 THEN 'late ' || -late ELSE '' END",
            "CASE WHEN assignee IN ('', who) THEN who ELSE who || ' (' || assignee || ')' END",
            "what", "ref", "customer", "why",
        )  # fmt: skip
        chosen = (
            "(SELECT * FROM todo ORDER BY urgency, late, due, ref"
            f" LIMIT {-1 if limit is None else limit}) WHERE urgency = {rank}"
        )
        if self._count(chosen):
            say()
            head(f"  {word}")
            self._lines(columns, chosen, "late, due, ref")

    def _part(self, title: str, part: str, columns: Sequence[str], order: str) -> None:
        count = self._count(part)
        if count:
            say()
            head(f"{title}: {count}")
            self._lines(columns, part, order)

    def _lines(self, columns: Sequence[str], source: str, order: str) -> None:
        """Print rows in columns as wide as their longest cell, at most 28; the last one is free."""
        longest = ", ".join(f"min(28, max(length({column})))" for column in columns)
        widths = self._file.execute(f"SELECT {longest} FROM {source}").fetchone()  # noqa: S608
        shown = ", ".join(columns)
        for row in self._file.execute(f"SELECT {shown} FROM {source} ORDER BY {order}"):  # noqa: S608
            cells = [_fitted(str(cell), width) for cell, width in zip(row, widths, strict=True)]
            say("  " + "  ".join(c for c, w in zip(cells[:-1], widths, strict=False) if w) + f"  {row[-1]}")

    def _count(self, source: str) -> int:
        count: int = self._file.execute(f"SELECT count(*) FROM {source}").fetchone()[0]  # noqa: S608
        return count


def _fitted(cell: str, width: int) -> str:
    return cell.ljust(width) if len(cell) <= width else cell[: width - 1] + "…"
