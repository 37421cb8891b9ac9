"""How a language writes amounts, dates and counted things: what CLDR says, asked through Babel.

Importing Babel costs as much as a whole short command, so a language is asked about once and what
it answers is kept as plain data. Amounts and dates come out as Babel writes them, with plain spaces
where it has no-break ones, since those turn a short SMS into a long one. Where letters say it another
way than CLDR's tables do, the tables below have it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any

from ..errors import BadInput
from ..system.cache import find_release, load_or_build
from ..system.records import NamedTuple

if TYPE_CHECKING:
    from babel import Locale as Known

FORMS = ("zero", "one", "two", "few", "many", "other")
"""CLDR's plural forms; `other` is in every language."""

_EDITION = 2
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})
_VARIETIES = {"en": "en-GB"}
"""Which variety a language is written in where no region is named, and CLDR takes another one."""

_BEFORE_TIME = {"it": "alle ore ", "es": "a las ", "ru": "в ", "ar": "الساعة "}
"""What stands between a date and a time in a sentence, where CLDR has a comma or a space."""

_BEFORE_ONE = {"es": "a la "}
"""The same before one o'clock."""

_SYMBOLS = {"ar": {"EGP": "جنيه"}}
"""Currencies that letters write out."""

_CONDITION = r"([a-z])(?: mod (\d+))?( not)? (?:in|within) ([\d.,]+)"


Condition = tuple[int, bool, list[list[int]]]
"""A number modulo the first lies in one of the ranges, or, where it is negated, in none."""


class Locale(NamedTuple):
    """The customs of one language."""

    language: str
    rtl: bool
    dates: list[str]
    """For each month, a long date with {d} and {y} in it."""
    two_digit_day: bool
    hours: list[str]
    """For each hour, a time with {m} in it."""
    moment: str
    """A date {1} and a time {0} together."""
    decimal: str
    group: str
    grouping: list[int]
    """How many digits stand in the last group, and how many in those before it."""
    amounts: list[str]
    """With {n} and ¤ in it: an amount, and one below zero. A symbol of letters has a space beside it."""
    symbols: Mapping[str, str]
    decimals: Mapping[str, int]
    """The currencies that don't have two."""
    plurals: list[tuple[str, list[list[Condition]]]]
    """Each form with the ways to it; of a way all conditions hold."""

    def money(self, hundredths: int, currency: str) -> str:
        """An amount in hundredths of a currency (ISO 4217); a fraction is never hidden."""
        if type(hundredths) is not int or not isinstance(currency, str):
            raise ValueError(
                f"{hundredths!r} {currency!r} is not a whole number of hundredths and a currency"
            )
        whole, cents = divmod(abs(hundredths), 100)
        places = self.decimals.get(currency, 2)
        number = self._group_digits(str(whole))
        if places or cents:
            number += self.decimal + f"{cents:02d}".ljust(places, "0")
        symbol = self.symbols.get(currency, currency)
        amount = self.amounts[hundredths < 0]
        if symbol[-1].isalpha():
            amount = amount.replace("¤{n}", "¤ {n}")
        return amount.replace("{n}", number).replace("¤", symbol)

    def day(self, when: str) -> str:
        """A long date for an ISO date; for a moment as 2026-03-02T10:30, the time with it."""
        if not isinstance(when, str):
            raise ValueError(f"{when!r} is not a date such as 2026-03-02")
        moment = datetime.fromisoformat(when)
        day = f"{moment.day:02d}" if self.two_digit_day else str(moment.day)
        long = self.dates[moment.month - 1].replace("{d}", day).replace("{y}", str(moment.year))
        if len(when) <= 10:
            return long
        clock = self.hours[moment.hour].replace("{m}", f"{moment.minute:02d}")
        return self.moment.replace("{1}", long).replace("{0}", clock)

    def plural(self, count: int) -> str:
        """The plural form for a whole number, one of FORMS."""
        number = abs(count)
        for form, ways in self.plurals:
            if any(all(_holds(number, *condition) for condition in way) for way in ways):
                return form
        return "other"

    def _group_digits(self, digits: str) -> str:
        last, before = self.grouping
        groups = [digits[-last:]]
        digits = digits[:-last]
        while digits:
            groups.insert(0, digits[-before:])
            digits = digits[:-before]
        return self.group.join(groups)


@cache
def locale(language: str) -> Locale:
    """The customs of a language (`it`, `pt-BR`); BadInput where there is no such language."""
    known = load_or_build(
        f"locale-{language}", f"{_EDITION} {find_release('babel')}", lambda: _ask(language)
    )
    return Locale(**known)


def _holds(number: int, modulo: int, negated: bool, ranges: list[list[int]]) -> bool:
    rest = number % modulo if modulo else number
    return any(low <= rest <= high for low, high in ranges) is not negated


# --- asking Babel, once for each language and release ---------------------------------------------


def _ask(language: str) -> dict[str, Any]:
    from babel import Locale as Known  # late: 4 ms
    from babel import UnknownLocaleError
    from babel.core import get_global
    from babel.dates import get_datetime_format

    try:
        known = Known.parse(_VARIETIES.get(language, language).replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        raise BadInput(
            f"there is no language {language!r}: use a code such as it or pt-BR."
        ) from None
    fractions = get_global("currency_fractions").items()
    return {
        "language": language,
        "rtl": known.character_order == "right-to-left",
        "moment": "{1} {0}"
        if known.language in _BEFORE_TIME
        else _plain(str(get_datetime_format("long", locale=known)).replace("'", "")),
        "symbols": {code: _plain(symbol) for code, symbol in known.currency_symbols.items()}
        | _SYMBOLS.get(known.language, {}),
        "decimals": {code: digits[0] for code, digits in fractions if digits[0] != 2},
        "plurals": [[form, _ways(rule)] for form, rule in known.plural_form.rules.items()],
        **_ask_dates(known),
        **_ask_numbers(known),
    }


def _ask_dates(known: Known) -> dict[str, object]:
    """Dates and times with numbers in them that can't be mistaken, which are then taken out."""
    from babel.dates import format_date, format_time  # late: 8 ms

    dates = [format_date(date(9876, month, 29), "long", known) for month in range(1, 13)]
    before = [_BEFORE_TIME.get(known.language, "")] * 24
    before[1] = _BEFORE_ONE.get(known.language, before[1])
    hours = [before[h] + format_time(time(h, 59), "short", locale=known) for h in range(24)]
    return {
        "dates": [_plain(day).replace("9876", "{y}").replace("29", "{d}") for day in dates],
        "two_digit_day": "09" in format_date(date(9876, 1, 9), "long", known),
        "hours": [_plain(hour).replace("59", "{m}") for hour in hours],
    }


def _ask_numbers(known: Known) -> dict[str, object]:
    from babel.numbers import format_currency, get_decimal_symbol, get_group_symbol  # late: 5 ms

    signs = [format_currency(amount, "QQQ", locale=known) for amount in (1111, -1111)]
    return {
        "decimal": _plain(get_decimal_symbol(known)),
        "group": _plain(get_group_symbol(known)),
        "grouping": list(known.currency_formats["standard"].grouping),
        "amounts": [re.sub(r"\d.*\d", "{n}", _plain(sign)).replace("QQQ", "¤") for sign in signs],
    }


def _plain(text: str) -> str:
    return text.translate(_SPACES)


def _ways(rule: str) -> list[list[Condition]]:
    """A plural rule as Babel writes it, for whole numbers only: all but n and i are 0 in them."""
    ways = []
    for way in rule.split(" or "):
        conditions = [_condition(condition) for condition in way.split(" and ")]
        if False not in conditions:
            ways.append([one for one in conditions if not isinstance(one, bool)])
    return ways


def _condition(written: str) -> bool | Condition:
    match = re.fullmatch(_CONDITION, written.strip())
    if match is None:
        raise ValueError(f"Babel wrote a plural rule in a new way: {written}")
    operand, modulo, negated, listed = match.groups()
    parts = [part.partition("..") for part in listed.split(",")]
    ranges = [[int(low), int(high or low)] for low, _, high in parts]
    condition: Condition = (int(modulo or 0), bool(negated), ranges)
    return condition if operand in "ni" else _holds(0, *condition)
