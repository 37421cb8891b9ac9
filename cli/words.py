"""Words of screens that are names too: of columns and fields, and of values, in the language spoken."""

from __future__ import annotations

from collections.abc import Iterable

from prassi.core.system.language import ENGLISH, find_spoken, mark, say, say_count

_NAMES = (
    mark("amount"),
    mark("assignee"),
    mark("at"),
    mark("attachment"),
    mark("blocking"),
    mark("book"),
    mark("customer"),
    mark("due"),
    mark("email"),
    mark("high"),
    mark("history"),
    mark("kind"),
    mark("language"),
    mark("low"),
    mark("medium"),
    mark("messages"),
    mark("next"),
    mark("no"),
    mark("none"),
    mark("notes"),
    mark("opened"),
    mark("other ticket"),
    mark("phone"),
    mark("priority"),
    mark("result"),
    mark("state"),
    mark("status"),
    mark("tags"),
    mark("tasks"),
    mark("text"),
    mark("yes"),
)
"""Names that every ticket has."""

_TERMS = (
    mark("again"),
    mark("age"),
    mark("all"),
    mark("attempts"),
    mark("backup"),
    mark("books"),
    mark("broken"),
    mark("calendar"),
    mark("cases"),
    mark("change"),
    mark("channel"),
    mark("check"),
    mark("class"),
    mark("clock"),
    mark("closed"),
    mark("closure"),
    mark("conflict"),
    mark("count"),
    mark("customers"),
    mark("date"),
    mark("day"),
    mark("discounts"),
    mark("documents"),
    mark("due date"),
    mark("equal"),
    mark("error"),
    mark("estimated"),
    mark("expected"),
    mark("fact"),
    mark("facts"),
    mark("fault"),
    mark("field"),
    mark("file"),
    mark("fine"),
    mark("funnel"),
    mark("given"),
    mark("gone"),
    mark("group"),
    mark("holiday"),
    mark("id"),
    mark("item"),
    mark("kept"),
    mark("lang"),
    mark("made on"),
    mark("may be closed"),
    mark("message"),
    mark("met"),
    mark("missed"),
    mark("name"),
    mark("new"),
    mark("new customer"),
    mark("next step"),
    mark("night"),
    mark("no date"),
    mark("note"),
    mark("now"),
    mark("number"),
    mark("ok"),
    mark("open"),
    mark("opened ticket"),
    mark("over 90"),
    mark("owner"),
    mark("packages"),
    mark("person"),
    mark("proformas"),
    mark("promises"),
    mark("reason"),
    mark("recipient"),
    mark("refusal"),
    mark("region"),
    mark("rights"),
    mark("role"),
    mark("roles"),
    mark("rule"),
    mark("rules"),
    mark("sender"),
    mark("sending"),
    mark("sent"),
    mark("settings"),
    mark("share"),
    mark("statements"),
    mark("subject"),
    mark("tag"),
    mark("tag taken away"),
    mark("task"),
    mark("template"),
    mark("then"),
    mark("ticket"),
    mark("tickets"),
    mark("time zone"),
    mark("to"),
    mark("told"),
    mark("type"),
    mark("unknown"),
    mark("wait"),
    mark("warning"),
    mark("weekday"),
    mark("who"),
    mark("withdrawn message"),
    mark("words"),
    mark("workdays"),
    mark("working"),
    mark("working days"),
    mark("year"),
)
"""Words of our printouts beside these, which a book may use for something else."""


def say_name(name: str) -> str:
    """A column or field as people read it; in other languages than English, one of a book is called
    by its id."""
    spaced = name.replace("_", " ")
    if find_spoken() == ENGLISH:
        return spaced
    return say(spaced) if spaced in _NAMES else name


def say_heads(names: Iterable[str]) -> list[str]:
    """The heads of a table of ours."""
    if find_spoken() == ENGLISH:
        return [name.replace("_", " ") for name in names]
    return [say_term(name) for name in names]


def say_term(word: str) -> str:
    """A word of our printouts: a head, a state of something, a kind."""
    spaced = word.replace("_", " ")
    known = find_spoken() != ENGLISH and (spaced in _NAMES or spaced in _TERMS)
    return say(spaced) if known else word


def say_key(name: str) -> str:
    """A field of a row, before its value."""
    return name if find_spoken() == ENGLISH or name not in _NAMES else say(name)


def say_word(word: str) -> str:
    """A value that is a word of ours, such as a priority."""
    return say(word) if word in _NAMES else word


def say_id(name: str, word: str) -> str:
    """An id, which people can type as it is, and what it is called."""
    return say("{name} ({word})").format(name=name, word=word)


def say_late(count: int) -> str:
    """How many of those counted are late, behind the count; nothing where none is."""
    if not count:
        return ""
    return say_count(", {count} of them late", ", {count} of them late", count).format(count=count)
