"""prassi insistence-check: records an event `insist` of a requirement, or `file` without one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
from prassi.core.errors import BadInput

from ..events import label_option, record_event
from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..streams import make_safe

if TYPE_CHECKING:
    from prassi.core.decision.plan import Plan

_BOOK, _WITHOUT_TICKET = "insistence", "collection-management"

_REPORTED = ("name", "phone", "email", "description")
"""What a follow-up needs from the customer; it is asked for after the check."""

_CHECK = (
    "last_day",
    "late",
    "answered",
    "answered_on",
    "insistence",
    "insistence_ref",
    "insistence_subject",
    "insistence_last_day",
    "insistence_late",
)
"""The facts that the check finds: the answer, and what was already filed."""


@click.command("insistence-check")
@click.argument("ticket", required=False)
@click.option(
    "--customer",
    metavar="unaware|disagrees|accepts",
    help="What the customer says about the answer; without TICKET, the customer's ref."
    "  [default: unaware]",
)
@click.option(
    "--on-behalf", is_flag=True, help="File for a customer who could do it in the virtual branch."
)
@click.option("--file-follow-up", metavar="SUBJECT", help="File a follow-up with this subject.")
@click.option(
    "--channel",
    metavar="phone|email|social|in-person",
    help="How the customer reached us.  [default: phone]",
)
@click.option("--name", help="The customer's name, if the file does not have it.")
@click.option("--phone", help="The customer's telephone, if the file does not have it.")
@click.option("--email", help="The customer's e-mail, if the file does not have it.")
@click.option("--description", metavar="TEXT", help="What the customer reports.")
@add_common_options
def command(common: CommonOptions, ticket: str | None, **given: Any) -> None:
    """Check a requirement on which the customer insists, or file a follow-up to it.

    SUBJECT is late-response, disagreement, solution-not-executed, service-enabling-delay,
    supply-reconnection-delay or collection-management; the last one works without a TICKET, for the
    customer with the ref --customer or for somebody with --name, --phone and --email.

    The check comes first: the last day for an answer, whether there is one, and what was filed. Then
    a terminal asks for what a follow-up needs from the customer.
    """
    if ticket is not None:
        _check_requirement(common, ticket, given)
    elif given.pop("file_follow_up") == _WITHOUT_TICKET:
        given["for"] = given.pop("customer")
        record_event(common, _BOOK, "file", given, _label_without_ticket)
    else:
        raise BadInput(
            f"TICKET is missing: only --file-follow-up {_WITHOUT_TICKET} works without one."
        )


def _label_without_ticket(name: str) -> str:
    return label_option("customer" if name == "for" else name)


def _check_requirement(common: CommonOptions, ticket: str, given: dict[str, Any]) -> None:
    """Print the check, ask for what a follow-up still needs, and record the event."""
    plan = _try_check_requirement(common, ticket, given)
    missing = _find_missing(plan, given)
    checked = plan.values["asked"] != "of-follow-up"
    if checked and common.json:
        facts = {name: plan.facts.get(name) for name in _CHECK}
        print_json({"ticket": ticket, "check": {**facts, "rule": plan.rule.id, "why": plan.why}})
    elif checked and not common.quiet and (missing or plan.refusal is not None):
        for line in _format_check(plan):
            print_text(line)
    if missing and sys.stdin.isatty():
        for name in missing:
            about = plan.event.inputs[name].field.about
            given[name] = click.prompt(f"{about[0].upper()}{about[1:]}", err=True)
    record_event(common, ticket, "insist", given)


def _try_check_requirement(common: CommonOptions, ticket: str, given: dict[str, Any]) -> Plan:
    """The plan of the check; `?` stands for what the customer has not reported yet."""
    known = {name: value for name, value in given.items() if value not in (None, False)}
    office = common._replace(dry_run=True).open_office()
    filled = {**dict.fromkeys(_REPORTED, "?"), **known}
    return office.handle(ticket, "insist", filled, label_option).plan


def _find_missing(plan: Plan, given: dict[str, Any]) -> list[str]:
    """What the rule needs and neither the caller nor the file has."""
    inputs = {name: plan.event.inputs[name].known for name in plan.rule.needs}
    return [
        name
        for name, known in inputs.items()
        if not given[name] and (known is None or plan.values[known] is None)
    ]


def _format_check(plan: Plan) -> list[str]:
    """The check in lines: why the rule answers, and what it tells the agent."""
    from prassi.core.book.message_actions import SomebodyTold  # late: 1 ms

    name = plan.state.customer.name or plan.state.customer.ref
    texts = [done for done in plan.actions if isinstance(done, SomebodyTold)]
    lines = [f"  - {done.words(plan)}" for done in texts if done.who == "agent"]
    return [make_safe(line) for line in (f"{plan.state.ref}  {name}", f"  {plan.why}", *lines)]
