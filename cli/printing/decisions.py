"""Prints decisions: as JSON for scripts, as a few lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prassi.core.system.language import say, say_count

from ..options import CommonOptions
from ..streams import make_safe
from .output import print_json, print_text

if TYPE_CHECKING:
    from prassi.core.decision.next_step import NextStep
    from prassi.core.decision.plan import Plan
    from prassi.core.desk.office import PlanResult


def print_decision(common: CommonOptions, decision: PlanResult) -> None:
    """Print a decision as the options want it."""
    if common.json:
        from prassi.core.desk.decision_json import decision_as_json  # late: 67 ms

        print_json(decision_as_json(decision, common.at))
    elif not common.quiet and decision.plan.refusal is None:
        for line in format_decision(decision, common.dry_run):
            print_text(line)


def format_decision(decision: PlanResult, dry_run: bool) -> list[str]:
    """A decision in lines: what was decided and why, what was done, and what comes next."""
    plan = decision.plan
    name = make_safe(plan.state.customer.name or plan.state.customer.ref)
    lines = [
        f"{make_safe(plan.state.ref or plan.state.book)}  {name}".rstrip(),
        f"  {format_reason(decision)}",
    ]
    done_lines = (done.line(plan) for done in plan.actions)
    lines += [f"  - {make_safe(line)}" for line in done_lines if line is not None]
    if plan.rule.irreversible is not None:
        lines.append(
            say("  This can't be undone: {why}").format(why=make_safe(plan.rule.irreversible))
        )
    lines.append(say("  Next: {step}").format(step=_format_what_next(plan)))
    lines += [say("  And: {step}").format(step=format_next(step)) for step in plan.beside]
    if dry_run:
        lines.append(say("  Dry run: nothing was written."))
    elif decision.event_id is not None:
        lines.append(say("  Written as event {number}.").format(number=decision.event_id))
    return lines


def format_reason(decision: PlanResult) -> str:
    """The reason of a decision, with the rule it comes from."""
    plan = decision.plan
    mark = say(", extrapolated") if plan.rule.extrapolated else ""
    return f"{make_safe(plan.why)} [{plan.rule.id}{mark}]"


def _format_what_next(plan: Plan) -> str:
    if plan.next is not None:
        return format_next(plan.next)
    if not plan.is_open:
        return say("nothing, the ticket is closed.")
    if not plan.state.ref:
        return say("nothing, no ticket was opened.")
    from prassi.core.book.message_actions import WaitSet  # 9 ms of a help page

    for done in plan.actions:
        if isinstance(done, WaitSet):
            return say("wait until {day}.").format(day=done.until)
    return say("what `prassi triage {ref}` says.").format(ref=make_safe(plan.state.ref))


def format_next(step: NextStep) -> str:
    """Who has to do what by when."""
    late = step["late_workdays"]
    lateness = say_count(
        ", late by {late} working day", ", late by {late} working days", late
    ).format(late=late)
    return say("{who}: {action} by {due}{late}").format(
        who=step["who"], action=step["action"], due=step["due"], late=lateness if late else ""
    )
