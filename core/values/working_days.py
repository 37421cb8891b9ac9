"""Working days of a country, with the company's closures: counting them and counting with them.

The start day never counts: one working day after a Friday is the Monday after it. Whole years are
worked out by `holidays` and kept in the cache, since the sweep asks millions of times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ..errors import BadInput
from ..system.cache import find_release, load_or_build

FIRST_YEAR, LAST_YEAR = 1900, 2199


class _Year(NamedTuple):
    days: list[date]
    """The working days of the year."""
    rank: list[int]
    """For each day of the year, from 1: how many working days there are up to and with it."""


class Calendar:
    """The working days of one country (ISO code, as `IT`, or with a region, as `IT-BZ`).

    `closures` are the days on which the company is closed although the country works.
    """

    def __init__(self, country: str, closures: Sequence[date] = ()) -> None:
        self.country = country
        self._closures = sorted(closures)
        self._years: dict[int, _Year] = {}
        self._since: dict[tuple[str, str], int] = {}

    def after(self, day: date, count: int) -> date:
        """The working day that is `count` working days after `day`; with 0, `day` itself."""
        if count <= 0:
            return day
        return self._day(day.year, self._rank(day) + count - 1)

    def first(self, day: date) -> date:
        """`day` if it is a working day, else the next one that is."""
        return self._day(day.year, self._year(day.year).rank[day.timetuple().tm_yday - 1])

    def since(self, start: date, end: date) -> int:
        """How many working days lie in (start, end]; negative where `end` is the earlier one."""
        if end < start:
            return -self.since(end, start)
        years = sum(len(self._year(year).days) for year in range(start.year, end.year))
        return years + self._rank(end) - self._rank(start)

    def since_iso(self, start: str, end: str) -> int:
        """`since` for ISO dates, a moment counting as its day; remembers its answers."""
        known = self._since.get((start, end))
        if known is None:
            days = date.fromisoformat(start[:10]), date.fromisoformat(end[:10])
            known = self._since[start, end] = self.since(*days)
        return known

    def _day(self, year: int, place: int) -> date:
        """The working day at a place, counted from 0, in a year or after it."""
        while place >= len(self._year(year).days):
            place -= len(self._year(year).days)
            year += 1
        return self._year(year).days[place]

    def _rank(self, day: date) -> int:
        return self._year(day.year).rank[day.timetuple().tm_yday]

    def _year(self, year: int) -> _Year:
        if year not in self._years:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise BadInput(
                    f"{year} is beyond the calendar: give dates from {FIRST_YEAR} to {LAST_YEAR}."
                )
            self._years[year] = self._load(year)
        return self._years[year]

    def _load(self, year: int) -> _Year:
        closures = [day.isoformat() for day in self._closures if day.year == year]
        digest = f"{self.country} {year} {closures} {find_release('holidays')}"
        marks = load_or_build(f"calendar-{self.country}-{year}", digest, lambda: self._marks(year))
        days, rank, first = [], [0], date(year, 1, 1)
        for place, mark in enumerate(marks):
            if mark == "1":
                days.append(first + timedelta(days=place))
            rank.append(len(days))
        return _Year(days, rank)

    def _marks(self, year: int) -> str:
        import holidays  # 96 ms: a year that was counted once is in the cache

        if not is_country(self.country):
            raise BadInput(
                f"there is no calendar {self.country!r}: use a country code such as IT or EG."
            )
        country, _, region = self.country.partition("-")
        known = holidays.country_holidays(country, subdiv=region or None, years=year)
        # Appended to `known`, a closure on a Saturday that is made a working day would be passed over.
        return "".join(
            "1" if known.is_working_day(day) and day not in self._closures else "0"
            for day in _days_of_year(year)
        )


def is_country(written: str) -> bool:
    """Whether there is a calendar of that country, as `IT`, or of one of its regions, as `IT-BZ`."""
    country, dash, region = written.partition("-")
    known = load_or_build("countries", find_release("holidays"), _load_countries)
    return country in known and (not dash or region in known[country])


def _load_countries() -> dict[str, list[str]]:
    import holidays  # 96 ms: the list of countries is in the cache

    return holidays.list_supported_countries(include_aliases=False)


def _days_of_year(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
