"""The night's printout: what people have to do, by urgency, then what was done, then messages.

It is gathered in a database of its own without a name, which SQLite moves to disk when it grows,
so that a million lines never stand in memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ..streams import make_safe
from .columns import cut_text, measure_screen, measure_width, pad_text, wrap_text
from .decisions import why
from .output import print_heading, print_text

if TYPE_CHECKING:
    from prassi.core.decision.plan import Plan
    from prassi.core.desk.office import Decision

_URGENCY = {"blocking": 0, "high": 1, "medium": 2, "low": 3}
_LEAST = 36
"""Columns the last column needs to stand beside the others, and not below them."""


class _Column(NamedTuple):
    """A column: its head, where it comes from, and how wide it may become."""

    head: str
    source: str
    widest: int


class _Part(NamedTuple):
    """A part of the printout: its table, the columns shown (the last is free), its order."""

    stored: str
    shown: tuple[_Column, ...]
    order: str


_REF = _Column("ticket", "ref", 20)
_CUSTOMER = _Column("customer", "customer", 24)
_WHY = _Column("why", "why", 0)
_LATE = _Column("late", "CASE WHEN late < 0 THEN -late ELSE '' END", 6)
_PARTS = {
    "todo": _Part(
        "urgency, late, due, who, what, ref, customer, why",
        (
            _Column("due", "due", 16),
            _LATE,
            _Column("who", "who", 20),
            _Column("what", "what", 20),
            _REF,
            _CUSTOMER,
            _WHY,
        ),
        "urgency, late, due, ref",
    ),
    "done": _Part(
        "ref, customer, turn, why",
        (_REF, _CUSTOMER, _Column("status", "turn", 32), _WHY),
        "turn, ref",
    ),
    "message": _Part(
        "template, language, ref, recipient, subject",
        (
            _REF,
            _Column("template", "template", 24),
            _Column("in", "language", 8),
            _Column("to", "recipient", 48),
            _Column("subject", "subject", 0),
        ),
        "ref",
    ),
    "waiting": _Part(
        "due, status, ref, customer, why",
        (_Column("until", "due", 16), _Column("status", "status", 20), _REF, _CUSTOMER, _WHY),
        "due, ref",
    ),
}


class Worklist:
    """Gathers decisions and prints them in their order."""

    def __init__(self) -> None:
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("BEGIN")
        self._file.create_function("width", 1, _width, deterministic=True)
        self._books: dict[str, str] = {}
        for name, part in _PARTS.items():
            self._file.execute(f"CREATE TABLE {name} (book, {part.stored})")

    def close(self) -> None:
        """Forget all of it."""
        self._file.close()

    def add(self, decision: Decision) -> None:
        """Take a decision into the printout."""
        plan, state = decision.plan, decision.plan.state
        self._books.setdefault(state.book, plan.desk.book.title)
        about = make_safe(state.ref), make_safe(state.customer.name or state.customer.ref)
        then = ""
        if (step := plan.next) is not None:
            # What a rule asks of a person is asked today, also where it is due later.
            asked = plan.rule.next is not None and not plan.changes
            if asked or step["due"][:10] <= plan.desk.today.isoformat():
                self._todo(plan, step, about)
            elif plan.changes:
                then = f" Next: {step['action']} by {step['due']}."
            else:
                self._put(plan, "waiting", step["due"], state.status, *about, _reason(plan))
        if plan.changes:
            self._put(plan, "done", *about, _turn(plan), why(decision) + then)
        for action in plan.actions:
            self._action(plan, action, about)

    def _todo(self, plan: Plan, step: Mapping[str, Any], about: tuple[str, str]) -> None:
        urgency = _URGENCY[plan.columns.get("priority", (0, plan.state.priority))[1]]
        when = urgency, -step["late_workdays"], step["due"]
        who = _person(plan, step["who"])
        self._put(plan, "todo", *when, who, step["action"], *about, _reason(plan))

    def _action(self, plan: Plan, action: Mapping[str, Any], about: tuple[str, str]) -> None:
        if action["action"] == "wait" and action["until"] is not None:
            self._put(plan, "waiting", action["until"], plan.state.status, *about, _reason(plan))
        elif action["action"] == "message":
            to, subject = (
                make_safe(action["to"] or "no address"),
                make_safe(action.get("subject") or action["body"]),
            )
            said = (action["template"], action["language"], about[0], to, subject)
            self._put(plan, "message", *said)

    def _put(self, plan: Plan, part: str, *row: object) -> None:
        marks = ", ?" * len(row)
        self._file.execute(f"INSERT INTO {part} VALUES (?{marks})", (plan.state.book, *row))

    def print(self, at: str, limit: int | None, dry_run: bool) -> None:
        """Print all parts that have lines, and say so where there are none."""
        self._print_todo(f"To do on {at[:10]}", limit)
        self._part("Would be done by itself" if dry_run else "Done by itself", "done")
        self._part("Messages that would be ready" if dry_run else "Messages ready", "message")
        self._part("Waiting", "waiting")

    def _print_todo(self, title: str, limit: int | None) -> None:
        count, late = self._count("todo"), self._count("todo WHERE late < 0")
        print_heading(f"{title}: {count}{f', {late} of them late' if late else ''}")
        part, most = _PARTS["todo"], count if limit is None else min(limit, count)
        chosen = f"(SELECT * FROM todo ORDER BY {part.order} LIMIT {most})"
        if count:
            for book in self._each_book(chosen):
                widths = self._widths(part, f"{chosen} WHERE book = '{book}'")
                print_text(_headings(part, widths))
                for word, rank in _URGENCY.items():
                    group = f"{chosen} WHERE urgency = {rank} AND book = '{book}'"
                    if found := self._count(group):
                        print_heading(f"{word}: {found}")
                        self._lines(part, group, widths)
        if limit is not None and count > limit:
            print_text(f"  ... and {count - limit} more; --limit {count} shows all.")

    def _part(self, title: str, name: str) -> None:
        count, part = self._count(name), _PARTS[name]
        if count:
            print_text()
            print_heading(f"{title}: {count}")
            for book in self._each_book(name):
                source = f"{name} WHERE book = '{book}'"
                widths = self._widths(part, source)
                print_text(_headings(part, widths))
                self._lines(part, source, widths)

    def _each_book(self, source: str) -> Iterator[str]:
        """The books that have lines, each with its heading where the night was about several."""
        for book, title in self._books.items():
            if found := self._count(f"{source} WHERE book = '{book}'"):
                if len(self._books) > 1:
                    print_text()
                    print_heading(f"== {title} ({book}): {found}")
                yield book

    def _widths(self, part: _Part, source: str) -> list[int]:
        """How wide each column but the last is: as its longest cell, none where all are empty."""
        longest = ", ".join(f"max(width({column.source}))" for column in part.shown[:-1])
        found = self._file.execute(f"SELECT {longest} FROM {source}").fetchone()
        return [
            min(column.widest, max(length, len(column.head))) if length else 0
            for column, length in zip(part.shown, found, strict=False)
        ]

    def _lines(self, part: _Part, source: str, widths: Sequence[int]) -> None:
        """Print rows in columns; a last column that is too long goes on below itself."""
        indent, room = _margin(widths)
        shown = ", ".join(column.source for column in part.shown)
        query = f"SELECT {shown} FROM {source} ORDER BY {part.order}"
        for *cells, last in self._file.execute(query):
            first, *rest = _pieces(last, room) if indent else ("", *_pieces(last, room))
            print_text((_joined(cells, widths) + first).rstrip())
            for piece in rest:
                print_text(" " * (indent or 6) + piece)

    def _count(self, source: str) -> int:
        count: int = self._file.execute(f"SELECT count(*) FROM {source}").fetchone()[0]
        return count


# --- what a line says -----------------------------------------------------------------------------


def _person(plan: Plan, who: str) -> str:
    """Who has to do it: the one it is assigned to, or the one who has the role."""
    assignee = plan.columns.get("assignee", (0, plan.state.assignee))[1]
    return make_safe(assignee if assignee and who == "agent" else plan.desk.person(who))


def _reason(plan: Plan) -> str:
    """The rule's reason; the rule's id stands where it was carried out."""
    return make_safe(plan.why) + (" (extrapolated)" if plan.rule.extrapolated else "")


def _turn(plan: Plan) -> str:
    before, after = plan.columns.get("status", ("", ""))
    return f"{before} → {after}" if after else ""


# --- how a line is laid out -----------------------------------------------------------------------


def _headings(part: _Part, widths: Sequence[int]) -> str:
    last = part.shown[-1].head if _margin(widths)[0] else ""
    return (_joined([column.head for column in part.shown[:-1]], widths) + last).rstrip()


def _joined(cells: Sequence[Any], widths: Sequence[int]) -> str:
    filled = (_fitted(cell, width) for cell, width in zip(cells, widths, strict=True) if width)
    return "  " + "".join(f"{cell}  " for cell in filled)


def _fitted(cell: Any, width: int) -> str:
    if isinstance(cell, int):
        return str(cell).rjust(width)
    return pad_text(cut_text(str(cell), width), width)


def _margin(widths: Sequence[int]) -> tuple[int, int]:
    """Where the last column begins and how much room it has; 0 where it goes below the others."""
    columns, indent = measure_screen(), 2 + sum(width + 2 for width in widths if width)
    return (indent, columns - indent) if columns - indent >= _LEAST else (0, max(columns, 40) - 6)


def _width(cell: Any) -> int:
    return measure_width(str(cell))


@lru_cache(4096)
def _pieces(text: str, room: int) -> list[str]:
    return wrap_text(text, room)
