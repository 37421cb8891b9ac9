"""Values that rules decide on, as people read them: an id stays, and what a book calls it follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from prassi.core.book.placeholders import name_value, show
from prassi.core.system.language import ENGLISH, find_spoken, say

from ..words import say_id, say_term, say_word

if TYPE_CHECKING:
    from prassi.core.decision.explain import Explanation, Miss


_NO_IDS = ("yes", "no", "none", "!= none", "given")
"""Tests that ask for no value of a list."""


def say_value(value: str, words: Mapping[str, str]) -> str:
    """A value with what it is called behind it; text that facts.sql has made, in other words."""
    called = name_value(value, tuple(words.items()))
    if called == value:
        return value
    return called if " " in value else say_id(value, called)


def format_fact(explained: Explanation, name: str, value: object) -> str:
    """A fact of a decision."""
    if value is None or isinstance(value, bool) or value == []:
        return say_word(show(value, None))
    return say_value(show(value, None), explained.book.words.get(name, {}))


def format_miss(explained: Explanation, miss: Miss) -> dict[str, str]:
    """The fact, its value and what a rule wants, as a sentence about them has them: ids stay."""
    declared = explained.event.fields.get(miss.fact) or explained.book.facts[miss.fact]
    ids = getattr(declared, "values", ())
    tests = (_say_test(test, ids) for test in miss.wanted.split(" or "))
    return {
        "fact": miss.fact,
        "value": _say_test(miss.value, ids),
        "wanted": say(" or ").join(tests),
    }


def _say_test(test: str, ids: tuple[str, ...]) -> str:
    if find_spoken() == ENGLISH or test.removeprefix("!= ") in ids:
        return test
    return say_term("given" if test == "!= none" else test) if test in _NO_IDS else test
