"""Words of screens that are names too: of columns and fields, and of values, in the language spoken."""

from __future__ import annotations

from collections.abc import Iterable

from prassi.core.system.language import ENGLISH, find_spoken, mark, say, say_count

_NAMES = (
    mark("again"),
    mark("age"),
    mark("all"),
    mark("amount"),
    mark("assignee"),
    mark("at"),
    mark("attachment"),
    mark("attempts"),
    mark("blocking"),
    mark("book"),
    mark("books"),
    mark("broken"),
    mark("calendar"),
    mark("cases"),
    mark("change"),
    mark("channel"),
    mark("check"),
    mark("class"),
    mark("closed"),
    mark("closure"),
    mark("conflict"),
    mark("count"),
    mark("customer"),
    mark("customers"),
    mark("date"),
    mark("day"),
    mark("discounts"),
    mark("documents"),
    mark("due"),
    mark("email"),
    mark("equal"),
    mark("error"),
    mark("estimated"),
    mark("expected"),
    mark("fact"),
    mark("facts"),
    mark("fault"),
    mark("file"),
    mark("fine"),
    mark("funnel"),
    mark("gone"),
    mark("group"),
    mark("high"),
    mark("history"),
    mark("holiday"),
    mark("id"),
    mark("kept"),
    mark("kind"),
    mark("lang"),
    mark("language"),
    mark("low"),
    mark("may be closed"),
    mark("medium"),
    mark("messages"),
    mark("met"),
    mark("missed"),
    mark("name"),
    mark("new"),
    mark("next"),
    mark("no"),
    mark("no date"),
    mark("none"),
    mark("notes"),
    mark("now"),
    mark("number"),
    mark("ok"),
    mark("open"),
    mark("opened"),
    mark("other ticket"),
    mark("owner"),
    mark("packages"),
    mark("person"),
    mark("phone"),
    mark("priority"),
    mark("proformas"),
    mark("promises"),
    mark("reason"),
    mark("region"),
    mark("result"),
    mark("rule"),
    mark("rules"),
    mark("sent"),
    mark("share"),
    mark("state"),
    mark("statements"),
    mark("status"),
    mark("subject"),
    mark("tags"),
    mark("tasks"),
    mark("template"),
    mark("text"),
    mark("then"),
    mark("ticket"),
    mark("tickets"),
    mark("time zone"),
    mark("to"),
    mark("told"),
    mark("type"),
    mark("unknown"),
    mark("warning"),
    mark("weekday"),
    mark("who"),
    mark("workdays"),
    mark("working"),
    mark("working days"),
    mark("year"),
    mark("yes"),
)
"""Names of columns, of what every ticket has, and values that are words of ours."""


def say_name(name: str) -> str:
    """A column or field as people read it; in other languages than English, one of a book is called
    by its id."""
    spaced = name.replace("_", " ")
    if find_spoken() == ENGLISH:
        return spaced
    return say(spaced) if spaced in _NAMES else name


def say_heads(names: Iterable[str]) -> list[str]:
    """The heads of a table."""
    return [say_name(name) for name in names]


def say_key(name: str) -> str:
    """A field of a row, before its value."""
    return name if find_spoken() == ENGLISH or name not in _NAMES else say(name)


def say_word(word: str) -> str:
    """A value that is a word of ours, such as a priority."""
    return say(word) if word in _NAMES else word


def say_late(count: int) -> str:
    """How many of those counted are late, behind the count; nothing where none is."""
    if not count:
        return ""
    return say_count(", {count} of them late", ", {count} of them late", count).format(count=count)
