"""Hands events to the core: one that was typed at the shell, or those of a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import click
from prassi.core.errors import NightFault, Refused
from prassi.core.system.language import say

from .options import CommonOptions
from .printing.decisions import print_decision
from .streams import is_attended, warn

if TYPE_CHECKING:
    from prassi.core.desk.office import PlanResult
    from prassi.core.desk.triage import Triage


def label_option(name: str) -> str:
    """An input as people type it: `--agreed-on`, or OUTCOME where it is an argument."""
    context = click.get_current_context()
    if any(isinstance(p, click.Argument) and p.name == name for p in context.command.params):
        return name.upper()
    return f"--{name.replace('_', '-')}"


def record_event(
    common: CommonOptions,
    ticket: str,
    event: str,
    given: Mapping[str, object],
    label: Callable[[str], str] = label_option,
) -> None:
    """Hand an event over and print the decision; raises Refused where the procedure refuses it.

    `ticket` is its ref, or the name of the book whose event begins without one.
    """
    inputs = {name: value for name, value in given.items() if not _is_left_out(value)}
    office = common.open_office(ref=ticket)
    if label is str or is_attended():
        from .short_forms import complete_inputs  # 1 ms, and scripts are not short

        inputs = complete_inputs(office, ticket, event, inputs)
    decision = office.handle(ticket, event, inputs, label)
    print_decision(common, decision)
    if decision.plan.refusal is not None:
        raise Refused(decision.plan.refusal)


def _is_left_out(value: object) -> bool:
    """Whether an option, a repeated option or a flag was not given; 0 is given."""
    return value is None or value is False or value == ()


def read_decisions(triage: Triage) -> Iterator[PlanResult]:
    """The decisions of a day; then each ticket and book that had to be left is reported on stderr.

    Raises NightFault at the end if there are such.
    """
    yield from triage
    for ref, why in triage.left_tickets.items():
        warn(f"{ref}: {why}", label=say("Error: "))
    for book, fault in triage.faulty_books.items():
        warn(f"book {book} is left out: {fault}", label=say("Error: "))
    left = [f"{len(triage.left_tickets)} tickets"] * bool(triage.left_tickets)
    left += [f"all tickets of {book}" for book in triage.faulty_books]
    if left:
        raise NightFault(
            f"{' and '.join(left)} were left as they are; mend the book and run triage again."
        )
