"""What a trial found: how tickets and recorded events come out under other figures, days or books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .causes import cause_as_json, print_causes
from .output import print_plain_table, print_text

if TYPE_CHECKING:
    from prassi.core.analysis.trial_events import TrialEvents
    from prassi.core.analysis.what_if import TrialSummary

    from .json_book_rows import TrialJson


def print_trial(
    summary: TrialSummary, recorded: TrialEvents, today: str, until: str | None
) -> None:
    """The figures, each cause of a difference once, and what was not looked at."""
    when = f"on {today}" if until is None else f"from {today} to {until}"
    print_text(f"{summary.another_way} of {summary.tickets} open tickets go another way {when}.")
    if summary.other_days:
        print_text(f"Of these by the same rules on other days: {summary.other_days}.")
    if summary.rules:
        rows = [[rule, str(now), str(then)] for rule, (now, then) in sorted(summary.rules.items())]
        print_plain_table(rows, ["rule", "now", "then"])
    for template, count in sorted(summary.messages.items()):
        if count:
            print_text(f"Messages {template}: {abs(count)} {'more' if count > 0 else 'fewer'}.")
    print_text(f"Next dates that move, by the same rule: {summary.moved}.")
    if summary.otherwise:
        print_text(f"Something else differs, by the same rule: {summary.otherwise}.")
        print_causes(summary.causes.list(), "ticket")
    _print_events(recorded)


def _print_events(recorded: TrialEvents) -> None:
    count = f"{recorded.otherwise} of {recorded.looked_at}"
    print_text(f"Events of people since {recorded.since} that come out otherwise: {count}.")
    print_causes(recorded.causes.list(), "event")
    print_text(f"Not looked at: {'; '.join(_list_left_out(recorded))}.")


def _list_left_out(recorded: TrialEvents) -> list[str]:
    """What a trial does not look at."""
    found = ["what people will do", "other facts of recorded events"]
    if recorded.older:
        found.append(f"{recorded.older} older events")
    if recorded.forgotten:
        found.append(f"{recorded.forgotten} events of customers who were forgotten")
    if recorded.unmade:
        found.append(f"{recorded.unmade} events whose facts the log does not have")
    if recorded.unreadable:
        found.append(f"{recorded.unreadable} events of books that can't be read")
    return found


def trial_as_json(summary: TrialSummary, recorded: TrialEvents) -> TrialJson:
    """The same as JSON."""
    return {
        "tickets": summary.tickets,
        "another_way": summary.another_way,
        "other_days": summary.other_days,
        "moved": summary.moved,
        "rules": {
            rule: {"now": now, "then": then} for rule, (now, then) in sorted(summary.rules.items())
        },
        "messages": {template: n for template, n in sorted(summary.messages.items()) if n},
        "otherwise": summary.otherwise,
        "changes": [cause_as_json(cause) for cause in summary.causes.list()],
        "events": {
            "since": recorded.since,
            "looked_at": recorded.looked_at,
            "otherwise": recorded.otherwise,
            "changes": [cause_as_json(cause) for cause in recorded.causes.list()],
            "older": recorded.older,
            "forgotten": recorded.forgotten,
            "unreadable": recorded.unreadable,
            "unmade": recorded.unmade,
        },
    }
