"""Working days of a place, with the company's closures: counting them and counting with them.

The start day never counts: one working day after a Friday is the Monday after it. Whole years are
worked out by `holidays` and kept in the cache, since the sweep asks millions of times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ..errors import BadInput
from ..system.cache import find_release, load_or_build
from ..system.records import NamedTuple
from .time_zones import move_between

if TYPE_CHECKING:
    from holidays import HolidayBase

FIRST_YEAR, LAST_YEAR = 1900, 2199


class _Year(NamedTuple):
    days: list[date]
    """The working days of the year."""
    rank: list[int]
    """For each day of the year, from 1: how many working days there are up to and with it."""


class Place(NamedTuple):
    """What the settings say of the place that a calendar is for.

    `region` is a part of the country, as `BZ`; `closures` are days on which the company is closed
    although the country works, and `yearly` such days of every year, as `06-24`; on the days of
    `working` it works whatever the country does.
    """

    region: str | None = None
    closures: tuple[date, ...] = ()
    yearly: tuple[str, ...] = ()
    working: tuple[date, ...] = ()
    time_zone: str | None = None

    @property
    def days_off(self) -> list[str]:
        """The closures as they are written, those of every year last."""
        return [*(day.isoformat() for day in self.closures), *self.yearly]

    def is_closed(self, day: date) -> bool:
        """Whether the company is closed on a day, although the country may work."""
        return day in self.closures or f"{day:%m-%d}" in self.yearly


ANYWHERE = Place()


class Day(NamedTuple):
    """A day on which a place does not work, or works although its country does not, and why.

    `estimated` says that the day follows the moon, and may yet be moved.
    """

    day: date
    kind: str
    name: str
    estimated: bool


def days_as_json(days: Iterable[Day]) -> list[list[object]]:
    """Days as plain lists, which `read_days` makes days again."""
    return [[one.day.isoformat(), *one[1:]] for one in days]


def read_days(kept: Iterable[Sequence[Any]]) -> list[Day]:
    """Days as `days_as_json` gave them."""
    return [
        Day(date.fromisoformat(day), kind, name, estimated) for day, kind, name, estimated in kept
    ]


class Calendar:
    """The working days of one country (ISO code, as `IT`, or with a region, as `IT-BZ`).

    `place` is what the settings say of it. `zone` is the time zone of the place, `desk_zone` that of
    the desk, by whose clock events are recorded.
    """

    def __init__(
        self,
        country: str,
        place: Place = ANYWHERE,
        zone: str | None = None,
        desk_zone: str | None = None,
    ) -> None:
        self.country = f"{country}-{place.region}" if place.region else country
        self.place, self.zone, self._desk_zone = place, zone, desk_zone
        self._years: dict[int, _Year] = {}
        self._since: dict[tuple[str, str], int] = {}

    def local(self, at: str) -> str:
        """A moment by the desk's clock, by that of the place."""
        return move_between(at, self._desk_zone, self.zone)

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

    def count(self, year: int) -> list[int]:
        """How many working days each month of a year has."""
        months = [day.month for day in self._year(year).days]
        return [months.count(month) for month in range(1, 13)]

    def list_country_days(self, year: int) -> list[Day]:
        """The days of a year that `holidays` gives, without those of the settings."""
        name, country = f"holidays-{self.country}-{year}", Calendar(self.country)
        release = find_release("holidays")
        return read_days(
            load_or_build(name, release, lambda: days_as_json(country.list_special_days(year)))
        )

    def list_special_days(self, year: int) -> list[Day]:
        """The holidays and closures of a year, and the days off on which the place works."""
        known = self._known_days(year)
        found = []
        for day in _days_of_year(year):
            name = str(known.get(day) or "")
            if day in self.place.working:
                found.append(Day(day, "working", name or "no day off here", False))
            elif name:
                found.append(Day(day, "holiday", *_read_name(name)))
            elif self.place.is_closed(day):
                found.append(Day(day, "closure", "", False))
            elif day.weekday() in known.weekend and known.is_working_day(day):
                found.append(Day(day, "working", f"the country works on this {day:%A}", False))
        return found

    def name_holidays(self, year: int, language: str) -> dict[date, str]:
        """The names of the holidays of a year in a language, if `holidays` has them in it."""
        spoken = self._known_days(year).supported_languages
        found = next((one for one in spoken if one.partition("_")[0] == language), None)
        if found is None:
            return {}
        known = self._known_days(year, found)
        return {day: _drop_estimated(known, str(name)) for day, name in known.items()}

    def _load(self, year: int) -> _Year:
        made_of = f"{self.country} {year} {find_release('holidays')}"
        marks = load_or_build(
            f"calendar-{self.country}-{year}", made_of, lambda: self._mark_days(year)
        )
        if self.place.closures or self.place.yearly or self.place.working:
            marks = self._mark_own_days(year, marks)
        days, rank, first = [], [0], date(year, 1, 1)
        for place, mark in enumerate(marks):
            if mark == "1":
                days.append(first + timedelta(days=place))
            rank.append(len(days))
        return _Year(days, rank)

    def _mark_days(self, year: int) -> str:
        """For each day of a year, whether it is a working day of the country: 1 or 0."""
        known = self._known_days(year)
        return "".join("01"[known.is_working_day(day)] for day in _days_of_year(year))

    def _mark_own_days(self, year: int, marks: str) -> str:
        """The same of the place, from those of the country."""
        # Appended to `known`, a closure on a Saturday that is made a working day would be passed over.
        place = self.place
        return "".join(
            "01"[day in place.working or (mark == "1" and not place.is_closed(day))]
            for day, mark in zip(_days_of_year(year), marks, strict=True)
        )

    def _known_days(self, year: int, language: str = "en_US") -> HolidayBase:
        """What is known of a year in the country, with names in a language where it has them."""
        import holidays  # 96 ms: a year that was counted once is in the cache

        if not is_country(self.country):
            raise BadInput(
                f"there is no calendar {self.country!r}: use a country code such as IT or EG."
            )
        country, _, region = self.country.partition("-")
        return holidays.country_holidays(
            country, subdiv=region or None, years=year, language=language
        )


def _read_name(name: str) -> tuple[str, bool]:
    """A holiday's name, and whether its day is only estimated."""
    plain = name.replace(", estimated)", ")").replace("(estimated)", "")
    return " ".join(plain.split()), plain != name


def _drop_estimated(known: HolidayBase, name: str) -> str:
    """A holiday's name in the language of `known`, without the words for an estimated day."""
    for label, plain in (("observed_estimated_label", "observed_label"), ("estimated_label", "")):
        marked = known.tr(getattr(known, label, "%s")).removeprefix("%s")
        if marked and name.endswith(marked):
            rest = known.tr(getattr(known, plain, "%s")).removeprefix("%s") if plain else ""
            return name.removesuffix(marked) + rest
    return name


def is_country(written: str) -> bool:
    """Whether there is a calendar of that country, as `IT`, or of one of its regions, as `IT-BZ`."""
    country, dash, region = written.partition("-")
    known = load_or_build("countries", find_release("holidays"), _load_countries)
    return country in known and (not dash or region in known[country])


def list_regions(country: str) -> list[str]:
    """The codes of the regions of a country that have a calendar of their own."""
    return sorted(load_or_build("countries", find_release("holidays"), _load_countries)[country])


def _load_countries() -> dict[str, list[str]]:
    import holidays  # 96 ms: the list of countries is in the cache

    return holidays.list_supported_countries(include_aliases=False)


def find_holidays_release() -> str:
    """The installed release of `holidays`, as `0.109`."""
    _, _, release = find_release("holidays").partition("-")
    return release.partition("-")[0].removesuffix(".dist").removesuffix(".egg")


def _days_of_year(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
