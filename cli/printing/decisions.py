"""Showing decisions: as JSON for scripts, as a few lines for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from prassi.core.errors import NightFault, Refused

from ..options import CommonOptions, label_option
from ..streams import make_safe, warn
from .output import print_json, print_text

if TYPE_CHECKING:
    from prassi.core.decision.plan import Plan
    from prassi.core.desk.office import Decision
    from prassi.core.desk.triage import Triage


def record_event(
    common: CommonOptions,
    ticket: str,
    event: str,
    given: Mapping[str, object],
    label: Callable[[str], str] = label_option,
) -> None:
    """Hand an event over and print the answer; raises Refused where the procedure refuses it.

    `ticket` is its ref, or the name of the book whose event begins without one.
    """
    named = {name: value for name, value in given.items() if not _is_left_out(value)}
    decision = common.open_office().handle(ticket, event, named, label)
    print_decision(common, decision)
    if decision.plan.refused is not None:
        raise Refused(decision.plan.refused)


def _is_left_out(value: object) -> bool:
    """Whether an option, a repeated option or a flag was not given; 0 is given."""
    return value is None or value is False or value == ()


def read_decisions(triage: Triage) -> Iterator[Decision]:
    """The decisions of a day; the tickets that had to be left are told on stderr.

    Raises NightFault at the end, where there were some.
    """
    yield from triage
    for ref, why in triage.left.items():
        warn(f"{ref}: {why}", label="Error: ")
    if triage.left:
        raise NightFault(
            f"{len(triage.left)} tickets were left as they are; mend the book and run triage again."
        )


def print_decision(common: CommonOptions, decision: Decision) -> None:
    """One decision, as the options want it."""
    if common.json:
        from prassi.core.desk.decision_json import as_json  # late: 67 ms

        print_json(as_json(decision, common.at))
    elif not common.quiet and decision.plan.refused is None:
        for line in told(decision, common.dry_run):
            print_text(line)


def told(decision: Decision, dry_run: bool) -> list[str]:
    """A decision in lines: what was decided and why, what was done, and what comes next."""
    plan = decision.plan
    name = make_safe(plan.state.customer.name or plan.state.customer.ref)
    lines = [
        f"{make_safe(plan.state.ref or plan.state.book)}  {name}".rstrip(),
        f"  {why(decision)}",
    ]
    lines += [f"  - {line}" for action in plan.actions for line in action_lines(action)]
    if plan.rule.irreversible is not None:
        lines.append(f"  This can't be undone: {make_safe(plan.rule.irreversible)}")
    lines.append(f"  Next: {_what_next(plan)}")
    if dry_run:
        lines.append("  Dry run: nothing was written.")
    elif decision.event_id is not None:
        lines.append(f"  Written as event {decision.event_id}.")
    return lines


def why(decision: Decision) -> str:
    """The reason of a decision, with the rule it comes from."""
    plan = decision.plan
    mark = ", extrapolated" if plan.rule.extrapolated else ""
    return f"{make_safe(plan.why)} [{plan.rule.id}{mark}]"


def _what_next(plan: Plan) -> str:
    if plan.next is not None:
        return next_line(plan.next)
    if plan.columns.get("open", (1, plan.state.open))[1] == 0:
        return "nothing, the ticket is closed."
    if not plan.state.ref:
        return "nothing, no ticket was opened."
    waits = [action["until"] for action in plan.actions if action["action"] == "wait"]
    return (
        f"wait until {waits[0]}."
        if waits
        else f"what `prassi triage {make_safe(plan.state.ref)}` says."
    )


def next_line(step: Mapping[str, Any]) -> str:
    """Who has to do what by when."""
    late = step["late_workdays"]
    lateness = f", late by {late} working day{'s' if late > 1 else ''}" if late else ""
    return f"{step['who']}: {step['action']} by {step['due']}{lateness}"


def action_lines(action: Mapping[str, Any]) -> list[str]:
    """An action in words; bookkeeping of counters is left to --json."""
    shown = _LINES.get(action["action"])
    return [] if shown is None else [make_safe(shown(action))]


def _tell(action: Mapping[str, Any]) -> str:
    return f"tell the {action['who']}: {' '.join(action['text'].split())}"


def _message(action: Mapping[str, Any]) -> str:
    to = action["to"] or "nobody: there is no address, add one to the customer"
    parts = action.get("segments")
    size = f", {parts} segment{'s' if parts > 1 else ''}" if parts else ""
    return f"message {action['template']} ({action['language']}{size}) to {to}"


def _open(action: Mapping[str, Any]) -> str:
    hidden = ("action", "ticket", "book")
    told = ", ".join(
        f"{n} {' '.join(map(str, v)) if isinstance(v, list) else v}"
        for n, v in action.items()
        if n not in hidden and v is not None
    )
    return f"opened {action['ticket']} ({action['book']}): {told}".removesuffix(": ")


def _item(action: Mapping[str, Any]) -> str:
    fields = {n: v for n, v in action.items() if n not in ("action", "item") and v is not None}
    told = ", ".join(f"{name} {value}" for name, value in fields.items())
    return f"{'new in' if action['action'] == 'add' else 'now in'} {action['item']}: {told}"


_LINES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "note": lambda a: f"note: {a['text']}",
    "tag": lambda a: f"tag {a['tag']}",
    "untag": lambda a: f"tag {a['tag']} taken away",
    "task": lambda a: f"task {a['kind']}, due {a['due']}",
    "done": lambda a: f"task {a['kind']} of {a['due']} done",
    "priority": lambda a: f"priority {a['value']}",
    "status": lambda a: f"status {a['value']}",
    "close": lambda a: f"closed: {a['result']}",
    "assign": lambda a: f"assigned to {a['to'] or 'nobody'}",
    "escalate": lambda a: f"escalated to {a['to']}",
    "transfer": lambda a: f"put the call through to {a['line']}",
    "open": _open,
    "message": _message,
    "report": lambda a: f"row on sheet {a['sheet']}",
    "tell": _tell,
    "wait": lambda a: f"wait until {a['until']}",
    "add": _item,
    "change": _item,
}
