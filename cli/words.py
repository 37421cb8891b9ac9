"""Words of screens that are names too: of columns and fields, and of values, in the language spoken."""

from __future__ import annotations

from prassi.core.system.language import ENGLISH, find_spoken, mark, say, say_count

_NAMES = (
    mark("amount"),
    mark("assignee"),
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


def say_name(name: str) -> str:
    """A column or field as people read it; in other languages than English, one of a book is called
    by its id."""
    spaced = name.replace("_", " ")
    if find_spoken() == ENGLISH:
        return spaced
    return say(spaced) if spaced in _NAMES else name


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
