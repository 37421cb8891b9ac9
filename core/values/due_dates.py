"""When something is due, as a book writes it.

today · {agreed_on} · 15 days · 5 working days · 1 months · 3 working days after {agreed_on}
1 days before {first_visit} · first working day from day 10 of next month
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta

from ..errors import BadInput
from ..system.records import NamedTuple
from .working_days import FIRST_YEAR, LAST_YEAR, Calendar

_NUMBER = r"(\d+|\{[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_-]+)?\})"
_PLAIN = r"today|\{([a-z][a-z0-9_]*)\}"
_AFTER = _NUMBER + r" (working days|days|months)(?: after \{([a-z][a-z0-9_]*)\})?"
_BEFORE = _NUMBER + r" (days|months) before \{([a-z][a-z0-9_]*)\}"
_MONTH = r"first working day from day " + _NUMBER + " of next month"


class Due(NamedTuple):
    """A rule for a date: `number` of `unit` after the fact `base` (today without one).

    A negative number counts back. A month later is the same day of the month, or the last one it has.
    """

    unit: str
    number: int
    base: str | None

    @property
    def words(self) -> str:
        """The rule as a book writes it, parameters put in."""
        if self.unit == "as it is":
            return "today" if self.base is None else f"{{{self.base}}}"
        if self.unit == "of next month":
            return f"first working day from day {self.number} of next month"
        count = f"{abs(self.number)} {self.unit}"
        if self.base is None:
            return count
        return f"{count} {'before' if self.number < 0 else 'after'} {{{self.base}}}"

    def on(self, today: date, values: Mapping[str, object], calendar: Calendar) -> str | None:
        """The ISO date or moment, or None where the fact it starts from has no value."""
        if self.base is not None and values[self.base] is None:
            return None
        if self.unit == "as it is":
            return str(values[self.base]) if self.base else today.isoformat()
        start = date.fromisoformat(str(values[self.base])[:10]) if self.base else today
        if self.unit == "working days":
            return calendar.after(start, self.number).isoformat()
        if self.unit == "days":
            return _add_days(start, self.number).isoformat()
        if self.unit == "months":
            return add_months(start, self.number).isoformat()
        return calendar.first(_start_of_next_month(start).replace(day=self.number)).isoformat()


def _add_days(day: date, days: int) -> date:
    if not (date(FIRST_YEAR, 1, 1) - day).days <= days <= (date(LAST_YEAR, 12, 31) - day).days:
        raise BadInput(
            f"{days} days after {day} is beyond the calendar, which has {FIRST_YEAR} to {LAST_YEAR}."
        )
    return day + timedelta(days=days)


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last day of a shorter month."""
    from dateutil.relativedelta import relativedelta  # 3 ms: few rules count in months

    if not FIRST_YEAR <= day.year + months // 12 < LAST_YEAR:
        raise BadInput(
            f"{months} months after {day} is beyond the calendar, which has {FIRST_YEAR} to {LAST_YEAR}."
        )
    return day + relativedelta(months=months)


def count_months(start: date, end: date) -> int:
    """How many whole months lie between two days; below zero where `end` is the earlier one."""
    from dateutil.relativedelta import relativedelta  # 3 ms: few rules count in months

    between = relativedelta(end, start)
    return between.years * 12 + between.months


def _start_of_next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def is_due_rule(written: str) -> bool:
    """Whether a text is a due rule that has to be counted, rather than a plain date or a name."""
    if " " not in written:  # as all other forms have; to compile these costs a command 1 ms
        return written == "today"
    return any(re.fullmatch(form, written) for form in (_AFTER, _BEFORE, _MONTH))


def parse_due_rule(written: str, dates: Collection[str], parameters: Mapping[str, object]) -> Due:
    """Read a due rule; `dates` are the facts that are dates. Raises ValueError with a reason."""
    if " " not in written and (match := re.fullmatch(_PLAIN, written)):
        return Due("as it is", 0, _check_date_name(match[1], dates))
    if match := re.fullmatch(_AFTER, written):
        return Due(match[2], _read_number(match[1], parameters), _check_date_name(match[3], dates))
    if match := re.fullmatch(_BEFORE, written):
        return Due(match[2], -_read_number(match[1], parameters), _check_date_name(match[3], dates))
    if match := re.fullmatch(_MONTH, written):
        day = _read_number(match[1], parameters)
        if not 1 <= day <= 28:
            raise ValueError(f"day {day} is not in every month: use 1 to 28")
        return Due("of next month", day, None)
    raise ValueError(
        f"{written!r} is not a due date: write today, {{a date}}, 5 working days, 15 days, 1 months, any"
        " of them after {a date}, 1 days before {a date}, or first working day from day 10 of next month"
    )


def _check_date_name(name: str | None, dates: Collection[str]) -> str | None:
    if name is not None and name not in dates:
        raise ValueError(f"there is no date called {name!r}")
    return name


def _read_number(written: str, parameters: Mapping[str, object]) -> int:
    if not written.startswith("{"):
        return int(written)
    value = parameters.get(written[1:-1])
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{written} is not a parameter with a whole number")
    return value
