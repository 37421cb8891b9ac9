"""prassi explain"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click
from prassi.core.errors import Undecided

from .keys import read_keys
from .options import Common, common
from .output import head, say, say_json

if TYPE_CHECKING:
    from prassi.core.book import Rule
    from prassi.core.explain import Explanation

_SHOWN = 6
"""Rules ruled out that are shown; --json has all of them."""


@click.command("explain")
@click.argument("ticket")
@click.argument("event", default="day", metavar="[EVENT")
@click.argument("keys", nargs=-1, metavar="KEY=VALUE...]")
@common
def command(common: Common, ticket: str, event: str, keys: tuple[str, ...]) -> None:
    """Say why: the facts, the rule, its sources, and what rules out the others.

    Without EVENT it explains what today asks of the ticket.
    """
    office = common._replace(dry_run=True).office()
    explained = office.explain(ticket, event, read_keys(keys), str)
    if common.json:
        say_json(_as_json(ticket, common.at, explained))
    else:
        head(f"{ticket}, event {event}, {common.at}")
        for line in _lines(explained):
            say(line)
    if len(explained.rules) != 1:
        raise Undecided(f"{len(explained.rules)} rules answer these facts, and it must be one.")


def _lines(explained: Explanation) -> Iterator[str]:
    from prassi.core.cells import show_value
    from prassi.core.facts import shown

    yield "Facts"
    for name, value in shown(explained.event, explained.facts).items():
        about = getattr(explained.event.fields.get(name) or explained.book.facts[name], "about", "")
        yield f"  {name} = {show_value(value)}  ({about})"
    for rule in explained.rules:
        yield f"Rule {rule.id}{', extrapolated' if rule.extrapolated else ''}"
        yield f"  {explained.why}"
        yield from _sources(explained, rule)
    yield "Ruled out, nearest first"
    for other in explained.others[:_SHOWN]:
        cells = "; ".join(f"{m.fact} is {m.value}, not {m.wanted}" for m in other.misses)
        yield f"  {other.rule.id}: {cells}"
    if len(explained.others) > _SHOWN:
        yield f"  ... and {len(explained.others) - _SHOWN} further away (--json shows all)"


def _sources(explained: Explanation, rule: Rule) -> Iterator[str]:
    for name in rule.statements:
        yield f"  from {name}: {explained.book.statements[name].says}"
    for name in rule.remarks:
        yield f"  remark {name}: {explained.book.remarks[name].says}"


def _as_json(ticket: str, at: str, explained: Explanation) -> dict[str, Any]:
    from prassi.core.facts import shown

    book = explained.book
    return {
        "ticket": ticket, "book": book.name, "event": explained.event.name, "at": at,
        "facts": shown(explained.event, explained.facts),
        "rules": [
            {
                "rule": rule.id, "extrapolated": rule.extrapolated, "why": explained.why,
                "from": {name: book.statements[name].says for name in rule.statements},
                "remarks": {name: book.remarks[name].says for name in rule.remarks},
            }
            for rule in explained.rules
        ],
        "ruled_out": [
            {"rule": o.rule.id, "cells": [m._asdict() for m in o.misses]} for o in explained.others
        ],
    }  # fmt: skip
