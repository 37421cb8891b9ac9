"""Faults put into the shipped books: all that change a decision are found, and no fact is overlooked.

A few of the thousands of faults are tried here, all of them by `make hard`.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
import seeding
from desk import MONDAY, Desk
from occurring import wrong_about

pytestmark = pytest.mark.unmeasured


@pytest.mark.slow
def test_every_seeded_fault_that_changes_a_decision_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seeding, "DRAWS", 150)
    changed = 0
    for book, count in (("requests", 40), ("insistence", 6)):
        for seed in random.Random(7).sample(list(seeding.seeds(book)), count):
            if facts := seeding.find_changed_decision(seed):
                changed += 1
                assert seeding.check_seed(seed), f"{seed.book}: {seed.what}, seen on {facts}"
    assert changed >= 30


def test_the_judge_sees_what_changes_decisions() -> None:
    """A rule less, a rule twice, a bound moved: and not what only nothing uses."""
    seeds = {seed.what: seed for seed in seeding.seeds("requests")}
    for what in (
        "request.move: dropped",
        "request.open: doubled",
        "day.stale: row 1, unchanged = '> {stale_workdays}'",
    ):
        assert seeding.find_changed_decision(seeds[what])
    assert seeding.find_changed_decision(seeds["new.type: value 4 dropped"]) is None


# --- what is said not to occur does not occur -----------------------------------------------------------


@pytest.mark.slow
def test_what_can_t_be_is_on_no_ticket(desk: Desk) -> None:
    """On the tickets of all demo desks, whatever happens to them: nothing that the check leaves out
    as impossible is there, and one rule answers."""
    fixtures = Path(__file__).parents[2] / "fixtures"
    desk.good("init")
    chance = random.Random(5)
    for book in seeding.BOOKS:
        desk.good(f"import {fixtures / f'{book}.json'}")
    for later in (0, 9):
        day = (date.fromisoformat(MONDAY) + timedelta(later)).isoformat()
        assert list(wrong_about(desk, day, chance, 1)) == []
        desk.run("triage", at=day)
