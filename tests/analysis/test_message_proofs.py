"""Messages in proofs: what waits, what has left and what came back, as rows of a property ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from prassi.core.analysis.proofs.prove import Prover
from prassi.core.analysis.proofs.refinement_loop import BROKEN, PROVEN, UNDECIDED, Verdict
from prassi.core.errors import Faults
from prassi.core.library.library import Shelf
from proving import Edits, changed

NEVER = '[[property]]\nid = "a"\nsays = "b"\nnever = {{ message = "reminder", state = {state}, {row} }}\n'

TOLD = """[events.sent]
title = "A message left"
[events.sent.inputs]
template = { type = "word", values = ["reminder"], about = "which message" }
on = { type = "date", default = "today", latest = "today", about = "the day on which it left" }
[[events.sent.rule]]
id = "sent.reminder"
why = "It left."
extrapolated = true
when = {}
then = [{ set = "reminded_on", to = "{on}" }]

[events.undelivered]
title = "A message came back"
[events.undelivered.inputs]
template = { type = "word", values = ["reminder"], about = "which message" }
reason = { type = "word", values = ["address", "tried", "bounced"], about = "why" }
[[events.undelivered.rule]]
id = "undelivered.reminder"
why = "It came back."
extrapolated = true
when = {}
then = [{ note = "It came back: {reason}." }]

# What is lent again"""

WITH_EVENTS = [("# What is lent again", TOLD)]


def decide(folder: Path, state: str, row: str, edits: Edits = ()) -> Verdict:
    """What comes of a property of loans about the reminder."""
    settings = changed(folder, "loans", edits, NEVER.format(state=state, row=row))
    with closing(Prover(settings, "loans")) as prover:
        return next(prover.decide_all())


def list_rules(verdict: Verdict) -> Sequence[str] | None:
    return verdict.story and [step.plan.rule.id for step in verdict.story.steps]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("state", "row", "edits", "outcome", "story"),
    [
        ('"waiting"', 'status = "on-loan"', WITH_EVENTS, PROVEN, None),
        ('"waiting"', 'status = "overdue"', WITH_EVENTS, BROKEN, ["day.reminder"]),
        ('"waiting"', 'status = "returned"', WITH_EVENTS, PROVEN, None),
        ('"left"', 'status = "overdue"', WITH_EVENTS, BROKEN, ["day.reminder", "sent.reminder"]),
        ('"bounced"', 'status = "overdue"', WITH_EVENTS, BROKEN,
         ["day.reminder", "sent.reminder", "undelivered.reminder"]),
        ('["left", "bounced"]', 'status = "on-loan"', WITH_EVENTS, PROVEN, None),
        # Without the events nobody is told that it leaves.
        ('"waiting"', 'status = "overdue"', (), BROKEN, ["day.reminder"]),
        ('"waiting"', 'status = "returned"', (), PROVEN, None),
        ('"left"', 'status = "overdue"', (), UNDECIDED, None),
    ],
)  # fmt: skip
def test_a_row_asks_for_a_message(
    state: str, row: str, edits: Edits, outcome: str, story: Sequence[str] | None, tmp_path: Path
) -> None:
    verdict = decide(tmp_path, state, row, edits)
    assert (verdict.outcome, list_rules(verdict)) == (outcome, story), verdict.why


RENEWED_LATE = [
    ('when = { status = "on-loan", renewal = "<= {max', 'when = { renewal = "<= {max'),
    ('when = { status = "on-loan", renewal = "> {max', 'when = { renewal = "> {max'),
    ('when = { status = "overdue" }', 'when = { status = "overdue", renewal = "< 0" }'),
    ('{ note = "{note}" },\n]', '{ note = "{note}" },\n  { status = "on-loan" },\n]'),
    *WITH_EVENTS,
]
"""A loan can be renewed once it is overdue, and is on loan again."""

RENEWED = '  { set = "renewals", to = "{renewal}" },\n'
WITHDRAWN = (RENEWED, RENEWED + '  { withdraw = "reminder" },\n')


@pytest.mark.slow
def test_a_message_that_is_withdrawn_does_not_wait(tmp_path: Path) -> None:
    """A reminder that waits is not true any more once the loan is renewed."""
    row = 'status = "on-loan"'
    faulty = decide(tmp_path / "a", '"waiting"', row, RENEWED_LATE)
    assert list_rules(faulty) == ["day.reminder", "renew.granted"]
    sound = decide(tmp_path / "b", '"waiting"', row, [*RENEWED_LATE, WITHDRAWN])
    assert sound.outcome == PROVEN, sound.why


def test_what_waits_is_followed(tmp_path: Path) -> None:
    """The quickest of the cases above: closing takes back what waits."""
    verdict = decide(tmp_path, '"waiting"', 'status = "returned"')
    assert verdict.outcome == PROVEN, verdict.why


@pytest.mark.parametrize(
    ("state", "told"),
    [('"posted"', "a message is not 'posted': it is waiting, left, bounced."), ('["left"]', "")],
)
def test_a_state_that_messages_do_not_have_is_a_fault(
    state: str, told: str, tmp_path: Path
) -> None:
    settings = changed(tmp_path, "loans", (), NEVER.format(state=state, row='status = "on-loan"'))
    if not told:
        Shelf(settings).book("loans")
        return
    with pytest.raises(Faults) as raised:
        Shelf(settings).book("loans")
    assert told in str(raised.value.faults)
