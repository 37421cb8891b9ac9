"""The night's printout: what people have to do, by urgency, then what was done, then messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from prassi.core.book.message_actions import MessageQueued, WaitSet
from prassi.core.desk.duties import Duty, list_duties
from prassi.core.system.language import mark, say, say_count
from prassi.core.system.records import NamedTuple

from ..streams import make_safe
from ..words import say_late, say_word
from .columns import cut_text, measure_screen, measure_width, pad_text, wrap_text
from .decisions import format_reason
from .output import print_heading, print_text
from .worklist_file import WorklistFile

if TYPE_CHECKING:
    from prassi.core.book.done_action import DoneAction
    from prassi.core.decision.plan import Plan
    from prassi.core.decision.ticket_state import Customer
    from prassi.core.desk.news import News
    from prassi.core.desk.office import PlanResult

_URGENCY = {"blocking": 0, "high": 1, "medium": 2, "low": 3}
_LEAST = 36
"""Columns the last cell needs to stand beside the others, and not below them."""


class _Column(NamedTuple):
    """A column: its head, the SQL it comes from, and how wide it may become."""

    head: str
    source: str
    widest: int


class _Part(NamedTuple):
    """A part of the printout: its table, the columns shown (the last has no limit), its order, and
    what stands below a line, in SQL."""

    stored: str
    shown: tuple[_Column, ...]
    order: str
    below: str = "''"


_REF = _Column(mark("ticket"), "ref", 20)
_CUSTOMER = _Column(mark("customer"), "customer", 24)
_WHY = _Column(mark("why"), "why", 0)
_LATE = _Column(mark("late"), "CASE WHEN late < 0 THEN -late ELSE '' END", 6)
_PARTS = {
    "todo": _Part(
        "urgency, late, due, who, what, ref, customer, why, contact",
        (
            _Column(mark("due"), "due", 16),
            _LATE,
            _Column(mark("who"), "who", 20),
            _Column(mark("what"), "what", 20),
            _REF,
            _CUSTOMER,
            _WHY,
        ),
        "urgency, late, due, ref",
        "contact",
    ),
    "done": _Part(
        "ref, customer, turn, why",
        (_REF, _CUSTOMER, _Column(mark("status"), "turn", 32), _WHY),
        "turn, ref",
    ),
    "message": _Part(
        "template, language, ref, recipient, subject",
        (
            _REF,
            _Column(mark("template"), "template", 24),
            _Column(mark("in"), "language", 8),
            _Column(mark("to"), "recipient", 48),
            _Column(mark("subject"), "subject", 0),
        ),
        "ref",
    ),
    "waiting": _Part(
        "due, status, ref, customer, why",
        (
            _Column(mark("until"), "due", 16),
            _Column(mark("status"), "status", 20),
            _REF,
            _CUSTOMER,
            _WHY,
        ),
        "due, ref",
    ),
}


class Worklist:
    """Gathers decisions and prints them in their order; with `news`, of what people have to do only
    what is new."""

    def __init__(self, news: News | None = None) -> None:
        self._news, self._known = news, 0
        self._file = WorklistFile({name: f"book, {part.stored}" for name, part in _PARTS.items()})
        self._books: dict[str, str] = {}

    def close(self) -> None:
        """Forget all of it."""
        self._file.close()

    # --- gathering ---

    def add(self, decision: PlanResult) -> None:
        """Take a decision into the printout."""
        plan, state = decision.plan, decision.plan.state
        self._books.setdefault(state.book, plan.context.book.title)
        about = make_safe(state.ref), make_safe(state.customer.name or state.customer.ref)
        then = ""
        for duty in list_duties(plan):
            if duty.is_due and self._news is not None and not self._news.is_new(duty):
                self._known += 1
            elif duty.is_due:
                self._add_todo(duty, about)
            elif plan.changes:
                then = say(" Next: {action} by {due}.").format(
                    action=duty.step["action"], due=duty.step["due"]
                )
            else:
                row = duty.step["due"], state.status, *about, _format_reason(plan)
                self._insert(plan, "waiting", *row)
        if plan.changes:
            self._insert(plan, "done", *about, _format_turn(plan), format_reason(decision) + then)
        for done in plan.actions:
            self._add_action(plan, done, about)

    def _add_todo(self, duty: Duty, about: tuple[str, str]) -> None:
        plan, step = duty.plan, duty.step
        urgency = _URGENCY[str(plan.after("priority"))]
        when = urgency, -step["late_workdays"], step["due"]
        reason, contact = _format_reason(plan), format_contact(plan.state.customer)
        holder = make_safe(duty.holder)
        self._insert(plan, "todo", *when, holder, step["action"], *about, reason, contact)

    def _add_action(self, plan: Plan, done: DoneAction, about: tuple[str, str]) -> None:
        if isinstance(done, WaitSet) and done.until is not None and plan.next is None:
            row = done.until, plan.state.status, *about, _format_reason(plan)
            self._insert(plan, "waiting", *row)
        elif isinstance(done, MessageQueued):
            to, subject = (
                make_safe(done.to or say("no address")),
                make_safe(done.subject or done.body),
            )
            self._insert(plan, "message", done.template, done.language, about[0], to, subject)

    def _insert(self, plan: Plan, part: str, *row: object) -> None:
        self._file.insert(part, (plan.state.book, *row))

    # --- printing ---

    def print(self, at: str, limit: int | None, dry_run: bool) -> None:
        """Print all parts that have lines; the first one also where it has none."""
        self._print_todo(say("{part} on {day}").format(part=self._name_news(), day=at[:10]), limit)
        self._print_part(
            say("Would be done by itself") if dry_run else say("Done by itself"), "done"
        )
        self._print_part(
            say("Messages that would be ready") if dry_run else say("Messages ready"), "message"
        )
        self._print_part(say("Waiting"), "waiting")

    def _name_news(self) -> str:
        """What the first part is called."""
        return say("To do") if self._news is None else say("New")

    def _print_todo(self, title: str, limit: int | None) -> None:
        count, late = self._file.count("todo"), self._file.count("todo WHERE late < 0")
        told = f"{title}: {count}{say_late(late)}"
        if self._news is not None:
            before = self._news.since
            told += (
                say(" (no night before has written anything)")
                if before is None
                else say_count(
                    "; {known} more were asked for by the night of {day}",
                    "; {known} more were asked for by the night of {day}",
                    self._known,
                ).format(known=self._known, day=before)
            )
        print_heading(told)
        part, most = _PARTS["todo"], count if limit is None else min(limit, count)
        chosen = f"(SELECT * FROM todo ORDER BY {part.order} LIMIT {most})"
        if count:
            for book in self._print_each_book(chosen):
                widths = self._measure_columns(part, f"{chosen} WHERE book = '{book}'")
                print_text(_format_heads(part, widths))
                for word, rank in _URGENCY.items():
                    group = f"{chosen} WHERE urgency = {rank} AND book = '{book}'"
                    if lines := self._file.count(group):
                        print_heading(f"{say_word(word)}: {lines}")
                        self._print_lines(part, group, widths)
        if limit is not None and count > limit:
            print_text(
                say("  ... and {more} more; --limit {count} shows all.").format(
                    more=count - limit, count=count
                )
            )

    def _print_part(self, title: str, name: str) -> None:
        count, part = self._file.count(name), _PARTS[name]
        if count:
            print_text()
            print_heading(f"{title}: {count}")
            for book in self._print_each_book(name):
                source = f"{name} WHERE book = '{book}'"
                widths = self._measure_columns(part, source)
                print_text(_format_heads(part, widths))
                self._print_lines(part, source, widths)

    def _print_each_book(self, source: str) -> Iterator[str]:
        """The books that have lines; where there are several, each with its heading printed."""
        for book, title in self._books.items():
            if lines := self._file.count(f"{source} WHERE book = '{book}'"):
                if len(self._books) > 1:
                    print_text()
                    print_heading(f"== {title} ({book}): {lines}")
                yield book

    def _measure_columns(self, part: _Part, source: str) -> list[int]:
        """How wide each column but the last becomes: as its widest cell, 0 where all are empty."""
        columns = part.shown[:-1]
        widest = self._file.measure_columns((column.source for column in columns), source)
        return [
            max(min(column.widest, width), measure_width(say(column.head))) if width else 0
            for column, width in zip(columns, widest, strict=True)
        ]

    def _print_lines(self, part: _Part, source: str, widths: Sequence[int]) -> None:
        """Print lines in columns; a last cell that is too long goes on below itself."""
        indent, room = _measure_last(widths)
        columns = (*(column.source for column in part.shown), part.below)
        for *cells, last, below in self._file.read_lines(columns, source, part.order):
            pieces = [
                *_wrap_last(str(last), room),
                *(_wrap_last(str(below), room) if below else ()),
            ]
            first, *rest = pieces if indent else ("", *pieces)
            print_text((_join_cells(cells, widths) + first).rstrip())
            for piece in rest:
                print_text(" " * (indent or 6) + piece)


# --- what a line says -----------------------------------------------------------------------------


def format_contact(customer: Customer) -> str:
    """How a customer is reached: phone and e-mail, as far as they are known."""
    return ", ".join(make_safe(one) for one in (customer.phone, customer.email) if one)


def _format_reason(plan: Plan) -> str:
    """The rule's reason; the rule's id is only shown where it was carried out."""
    return make_safe(plan.why) + (say(" (extrapolated)") if plan.rule.extrapolated else "")


def _format_turn(plan: Plan) -> str:
    before, after = plan.columns.get("status", ("", ""))
    return f"{before} → {after}" if after else ""


# --- how a line is laid out -----------------------------------------------------------------------


def _format_heads(part: _Part, widths: Sequence[int]) -> str:
    last = say(part.shown[-1].head) if _measure_last(widths)[0] else ""
    return (_join_cells([say(column.head) for column in part.shown[:-1]], widths) + last).rstrip()


def _join_cells(cells: Sequence[object], widths: Sequence[int]) -> str:
    fitted = (_fit_cell(cell, width) for cell, width in zip(cells, widths, strict=True) if width)
    return "  " + "".join(f"{cell}  " for cell in fitted)


def _fit_cell(cell: object, width: int) -> str:
    if isinstance(cell, int):
        return str(cell).rjust(width)
    return pad_text(cut_text(str(cell), width), width)


def _measure_last(widths: Sequence[int]) -> tuple[int, int]:
    """Where the last column begins and how much room it has; 0 where it goes below the others."""
    columns, indent = measure_screen(), 2 + sum(width + 2 for width in widths if width)
    return (indent, columns - indent) if columns - indent >= _LEAST else (0, max(columns, 40) - 6)


@lru_cache(4096)
def _wrap_last(text: str, room: int) -> list[str]:
    return wrap_text(text, room)
