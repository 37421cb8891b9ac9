"""The life of a message, as the table of the design has it: what may follow, and nothing else."""

from __future__ import annotations

import pytest
from prassi.core.errors import Refused
from prassi.core.ticketfile.message_states import LEFT, STATES, check_change

TABLE = """
waiting: claimed held withdrawn
claimed: sent handed-over waiting failed unknown
failed: waiting withdrawn
held: waiting withdrawn
unknown: sent waiting withdrawn
sent: bounced
handed-over: bounced
bounced:
withdrawn:
"""
ALLOWED = {
    (before, after)
    for before, _, afters in (line.partition(":") for line in TABLE.strip().splitlines())
    for after in afters.split()
}


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_what_may_follow(before: str, after: str) -> None:
    if (before, after) in ALLOWED:
        check_change(7, before, after)
        return
    with pytest.raises(Refused, match=f"message 7 is {before}, so it can't become {after}; "):
        check_change(7, before, after)


def test_nothing_that_left_ever_waits_again() -> None:
    reached = {*LEFT}
    while more := {after for before, after in ALLOWED if before in reached} - reached:
        reached |= more
    assert not reached & {"waiting", "claimed", "held", "failed"}
