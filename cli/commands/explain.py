"""prassi explain: prints why a rule answers and the others do not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput, Undecided
from prassi.core.system.language import say, say_count

from ..key_values import read_key_values
from ..options import CommonOptions, add_common_options
from ..printing.output import print_heading, print_json, print_text

if TYPE_CHECKING:
    from prassi.core.book.model import Rule
    from prassi.core.decision.explain import Explanation, Miss

    from ..printing.json_book_rows import ExplanationJson, MissJson, WhyNotJson

_SHOWN = 6
"""How many of the other rules are printed; --json has all of them."""


@click.command("explain")
@click.argument("ticket", required=False)
@click.argument("event", default="day", metavar="[EVENT")
@click.argument("keys", nargs=-1, metavar="KEY=VALUE...]")
@click.option(
    "--event-id", type=int, metavar="N", help="Explain an old decision: event N of the log."
)
@click.option(
    "--why-not", metavar="RULE", help="Print only what would have to be different for RULE."
)
@add_common_options
def command(
    common: CommonOptions,
    ticket: str | None,
    event: str,
    keys: tuple[str, ...],
    event_id: int | None,
    why_not: str | None,
) -> None:
    """Explain a decision: the facts, the rule, its sources, why no other rule answers.

    Without EVENT it explains what the ticket needs today. It also prints the next day on which
    another rule will answer, if nothing else happens. With --event-id it explains an old decision
    from the facts in the log, by the book that made it.
    """
    if (event_id is None) == (ticket is None):
        raise BadInput("give either TICKET or --event-id.")
    turn = None
    if event_id is not None:
        from prassi.core.analysis.replay import explain_recorded  # late: 53 ms

        ticket, at, explained = explain_recorded(
            common.open_file(), event_id, common.load_settings()
        )
    else:
        office, at = common._replace(dry_run=True).open_office(), common.at
        given = read_key_values(keys)
        explained = office.explain(ticket or "", event, given, str)
        if why_not is None:
            turn = office.find_turn(ticket or "", event, given, str)
    if why_not is not None:
        _print_why_not(common, explained, why_not)
        return
    if common.json:
        print_json(_explanation_as_json(ticket or "", at, explained, turn))
    else:
        _print_explanation(ticket or explained.book.name, at, explained, turn)
    if len(explained.rules) != 1:
        raise Undecided(f"{len(explained.rules)} rules answer these facts, and it must be one.")


def _print_explanation(
    named: str, at: str, explained: Explanation, turn: tuple[str, str] | None
) -> None:
    """Print a decision with all that led to it, and when another rule will answer."""
    heading = say("{ticket}, event {event}, {at}")
    print_heading(heading.format(ticket=named, event=explained.event.name, at=at))
    for line in _format_lines(explained):
        print_text(line)
    if turn is not None:
        told = say("From {day} on, if nothing else happens: {rule}")
        print_text(told.format(day=turn[0], rule=turn[1]))


def _print_why_not(common: CommonOptions, explained: Explanation, wanted: str) -> None:
    """Print what keeps one rule from answering: the cells of its row that comes nearest."""
    explained.event.rule(wanted)
    other = next((other for other in explained.others if other.rule.id == wanted), None)
    misses = other.misses if other is not None else ()
    if common.json:
        answer: WhyNotJson = {
            "rule": wanted,
            "answers": not misses,
            "change": [*map(_miss_as_json, misses)],
        }
        print_json(answer)
        return
    from ..printing.values import format_miss  # late: 14 ms

    if not misses:
        print_text(say("{rule} is the rule that answers.").format(rule=wanted))
    else:
        print_text(
            say_count(
                "{rule} would answer with {count} fact different:",
                "{rule} would answer with {count} facts different:",
                len(misses),
            ).format(rule=wanted, count=len(misses))
        )
        for miss in misses:
            print_text(
                "  "
                + say("{fact} is {value}; it would have to be {wanted}").format(
                    **format_miss(explained, miss)
                )
            )


def _format_lines(explained: Explanation) -> Iterator[str]:
    from ..printing.values import format_fact, format_miss  # late: 14 ms

    yield say("Facts")
    for name, value, about in explained.list_facts():
        yield f"  {name} = {format_fact(explained, name, value)}  ({about})"
    for rule in explained.rules:
        mark = say(", extrapolated") if rule.extrapolated else ""
        yield say("Rule {rule}").format(rule=rule.id) + mark
        yield f"  {explained.why}"
        yield from _format_sources(explained, rule)
    yield say("Ruled out, nearest first")
    for other in explained.others[:_SHOWN]:
        cells = "; ".join(
            say("{fact} is {value}, not {wanted}").format(**format_miss(explained, miss))
            for miss in other.misses
        )
        yield f"  {other.rule.id}: {cells}"
    if len(explained.others) > _SHOWN:
        yield say_count(
            "  ... and {count} further away (--json shows all)",
            "  ... and {count} further away (--json shows all)",
            len(explained.others) - _SHOWN,
        ).format(count=len(explained.others) - _SHOWN)


def _format_sources(explained: Explanation, rule: Rule) -> Iterator[str]:
    for name in rule.statements:
        yield say("  from {name}: {says}").format(
            name=name, says=explained.book.statements[name].says
        )
    for name in rule.remarks:
        yield say("  remark {name}: {says}").format(
            name=name, says=explained.book.remarks[name].says
        )


def _explanation_as_json(
    ticket: str, at: str, explained: Explanation, turn: tuple[str, str] | None
) -> ExplanationJson:
    return {
        "ticket": ticket,
        "book": explained.book.name,
        "event": explained.event.name,
        "at": at,
        "facts": {name: value for name, value, _ in explained.list_facts()},
        "rules": explained.rules_as_json(),
        "ruled_out": [
            {"rule": one.rule.id, "cells": [*map(_miss_as_json, one.misses)]}
            for one in explained.others
        ],
        "turns": None if turn is None else {"on": turn[0], "rule": turn[1]},
    }


def _miss_as_json(miss: Miss) -> MissJson:
    return {"fact": miss.fact, "value": miss.value, "wanted": miss.wanted}
