"""What a trial found: how tickets and recorded events come out under other figures, days or books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prassi.core.system.language import mark_texts, say, say_count

from ..words import say_heads
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
    told = (
        say("{count} of {tickets} open tickets go another way on {today}.")
        if until is None
        else say("{count} of {tickets} open tickets go another way from {today} to {until}.")
    )
    counts = {"count": summary.another_way, "tickets": summary.tickets}
    print_text(told.format(today=today, until=until, **counts))
    if summary.other_days:
        told = say("Of these by the same rules on other days: {count}.")
        print_text(told.format(count=summary.other_days))
    if summary.rules:
        rows = [[rule, str(now), str(then)] for rule, (now, then) in sorted(summary.rules.items())]
        print_plain_table(rows, say_heads(["rule", "now", "then"]))
    for template, count in sorted(summary.messages.items()):
        if count:
            told = (
                say("Messages {template}: {count} more.")
                if count > 0
                else say("Messages {template}: {count} fewer.")
            )
            print_text(told.format(template=template, count=abs(count)))
    told = say("Next dates that move, by the same rule: {count}.")
    print_text(told.format(count=summary.moved))
    if summary.otherwise:
        told = say("Something else differs, by the same rule: {count}.")
        print_text(told.format(count=summary.otherwise))
        print_causes(
            summary.causes.list(),
            lambda count: say_count("{count} ticket", "{count} tickets", count),
        )
    _print_events(recorded)


def _print_events(recorded: TrialEvents) -> None:
    told = say("Events of people since {since} that come out otherwise: {count} of {all}.")
    counts = {"count": recorded.otherwise, "all": recorded.looked_at}
    print_text(told.format(since=recorded.since, **counts))
    print_causes(
        recorded.causes.list(), lambda count: say_count("{count} event", "{count} events", count)
    )
    left_out = "; ".join(_list_left_out(recorded))
    print_text(say("Not looked at: {left_out}.").format(left_out=left_out))


def _list_left_out(recorded: TrialEvents) -> list[str]:
    """What a trial does not look at."""
    found = [say("what people will do")]
    counted = (
        (recorded.older, _OLDER),
        (recorded.forgotten, _FORGOTTEN),
        (recorded.unmade, _UNMADE),
        (recorded.uncounted, _UNCOUNTED),
        (recorded.unreadable, _UNREADABLE),
    )
    found += [say_count(*texts, count).format(count=count) for count, texts in counted if count]
    return found


_OLDER = mark_texts("{count} older event", "{count} older events")
_FORGOTTEN = mark_texts(
    "{count} event of customers who were forgotten",
    "{count} events of customers who were forgotten",
)
_UNMADE = mark_texts(
    "{count} event whose facts the log does not have",
    "{count} events whose facts the log does not have",
)
_UNCOUNTED = mark_texts(
    "{count} event whose facts can't be counted anew",
    "{count} events whose facts can't be counted anew",
)
_UNREADABLE = mark_texts(
    "{count} event of books that can't be read", "{count} events of books that can't be read"
)


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
            "uncounted": recorded.uncounted,
        },
    }
