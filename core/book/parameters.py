"""The parameters of a book: figures of the procedure that settings can override."""

from __future__ import annotations

from typing import Any

from ..system.records import NamedTuple


class Parameter(NamedTuple):
    """A figure of the procedure that settings can override; `unit` says what it counts.

    A value is a whole number, which lies between `low` and `high` where they are given, a share
    (0 to 1, with at most four decimals), a text, a list, or a table of names to such values.
    """

    name: str
    value: Any
    unit: str
    about: str
    low: int | None
    high: int | None
    pattern: str | None = None
    """A regular expression that a text has to fit."""

    def out_of_bounds(self, value: object) -> str | None:
        """What is wrong with a value, as a sentence; None where it is within the bounds."""
        if isinstance(value, list | dict):
            parts = value if isinstance(value, list) else value.values()
            return next((wrong for one in parts if (wrong := self.out_of_bounds(one))), None)
        if isinstance(value, float) and not (0 <= value <= 1 and round(value, 4) == value):
            return f"{self.name} must be a share from 0 to 1 with at most 4 decimals, not {value}."
        if isinstance(value, str) and self.pattern:
            return self._misfit(value, self.pattern)
        if isinstance(value, int) and not isinstance(value, bool):
            if self.low is not None and value < self.low:
                return f"{self.name} must be at least {self.low}, not {value}."
            if self.high is not None and value > self.high:
                return f"{self.name} must be at most {self.high}, not {value}."
        return None

    def _misfit(self, text: str, pattern: str) -> str | None:
        from ..system.regex_limit import matches_whole  # 1 ms: few parameters have a pattern

        try:
            fitting = matches_whole(pattern, text)
        except ValueError as error:
            return f"{self.name} {error}."
        return None if fitting else f"{self.name} must look like {pattern}, not {text!r}."

    def figures(self) -> dict[str, Any]:
        """What texts and tests can name: the value, and each part of a list or a table."""
        parts: dict[str, Any] = {}
        if isinstance(self.value, list):
            parts = {f"{self.name}.{place}": one for place, one in enumerate(self.value, 1)}
        elif isinstance(self.value, dict):
            parts = {f"{self.name}.{key}": one for key, one in self.value.items()}
        return {self.name: self.value, **parts}

    def sql_value(self) -> str | int:
        """The value as facts.sql has it: lists and tables as JSON, a share in ten-thousandths."""
        if isinstance(self.value, float):
            return round(self.value * 10_000)
        if isinstance(self.value, list | dict):
            from json import dumps  # late: 2 ms, and not every book has such

            return dumps(self.value, ensure_ascii=False)
        return int(self.value) if isinstance(self.value, bool) else self.value
