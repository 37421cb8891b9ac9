"""Customers, tickets and items, counted in the language that is spoken."""

from __future__ import annotations

from collections.abc import Callable

from prassi.core.system.language import ENGLISH, find_spoken, mark, say, say_count


def say_kind(kind: str, count: int) -> str:
    """How many customers, tickets or items of a kind there are; those of a book are called by its id."""
    known = _KINDS.get(kind)
    if known is not None:
        return known(count).format(count=count)
    if find_spoken() != ENGLISH:
        return f"{kind}: {count}"
    return f"1 {name_one(kind)}" if count == 1 else f"{count} {kind}"


def name_one(kind: str) -> str:
    """One of the things a kind is called by; in other languages than English by its id."""
    if find_spoken() != ENGLISH and kind not in _KINDS:
        return kind
    return say(f"{kind.removesuffix('ies')}y" if kind.endswith("ies") else kind.removesuffix("s"))


_KINDS: dict[str, Callable[[int], str]] = {
    "customers": lambda count: say_count("{count} customer", "{count} customers", count),
    "documents": lambda count: say_count("{count} document", "{count} documents", count),
    "events": lambda count: say_count("{count} event", "{count} events", count),
    "messages": lambda count: say_count("{count} message", "{count} messages", count),
    "notes": lambda count: say_count("{count} note", "{count} notes", count),
    "proformas": lambda count: say_count("{count} proforma", "{count} proformas", count),
    "promises": lambda count: say_count("{count} promise", "{count} promises", count),
    "tasks": lambda count: say_count("{count} task", "{count} tasks", count),
    "tickets": lambda count: say_count("{count} ticket", "{count} tickets", count),
}
"""Kinds that the shipped books have, in all languages."""

_ONE_EACH = (
    mark("document"),
    mark("event"),
    mark("message"),
    mark("note"),
    mark("proforma"),
    mark("promise"),
    mark("task"),
)
"""One of a kind, where it is not one of the names above."""
