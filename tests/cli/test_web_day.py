"""The list of who has to do what: when it is found anew, and who waits for that."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any, cast

import pytest
from prassi.cli.web import day_watch
from prassi.cli.web.day_screen import DutyRefs
from prassi.cli.web.day_watch import DayWatch
from prassi.cli.web.workers import DeskFault, WorkerAnswer, WorkerPool, Workers


class Pool:
    """Finds lists when it is told to."""

    def __init__(self) -> None:
        self.asked = list[Future[WorkerAnswer]]()

    def submit(self, *given: object) -> Future[WorkerAnswer]:
        self.asked.append(Future())
        return self.asked[-1]

    def find(self, day: str, last_event: int) -> DutyRefs:
        refs = DutyRefs(day, last_event, {}, {}, [])
        self.asked[-1].set_result(WorkerAnswer(refs))
        return refs


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    monkeypatch.setattr(day_watch, "SECONDS", 0.0)
    monkeypatch.setattr(day_watch, "_TIMES", 0)
    monkeypatch.setattr(day_watch, "_PATIENCE", 0.01)
    return Pool()


def make_watch(pool: Pool) -> DayWatch:
    return DayWatch(cast("Workers", None), cast("WorkerPool", pool))


def test_nobody_waits_long_for_the_first_list(pool: Pool) -> None:
    watch = make_watch(pool)
    assert watch.read() == (None, [])
    found = pool.find("2026-03-02", 7)
    assert watch.read() == (found, [])
    assert len(pool.asked) == 1


def test_a_list_is_found_anew_where_something_has_happened(pool: Pool) -> None:
    watch = make_watch(pool)
    before = pool.find("2026-03-02", 7)
    watch.read()
    assert watch.compare("2026-03-02", 7)
    assert len(pool.asked) == 1
    watch.touch("T-1")
    assert watch.compare("2026-03-02", 8)
    assert len(pool.asked) == 2
    watch.touch("T-2")  # while it is being found
    assert watch.read() == (before, ["T-1", "T-2"])
    after = pool.find("2026-03-02", 8)
    assert watch.read() == (after, ["T-2"])


def test_of_a_new_day_the_old_list_says_nothing(pool: Pool) -> None:
    watch = make_watch(pool)
    pool.find("2026-03-02", 7)
    watch.read()
    assert not watch.compare("2026-03-03", 7)
    found = pool.find("2026-03-03", 7)
    assert watch.read() == (found, [])
    assert watch.compare("2026-03-03", 7)


def test_a_fault_is_told_and_the_list_is_looked_for_again(pool: Pool) -> None:
    watch = make_watch(pool)
    pool.asked[-1].set_result(WorkerAnswer(None, "the file is gone.", 4, "FileUnusable"))
    with pytest.raises(DeskFault, match="gone"):
        watch.read()
    assert watch.read() == (None, [])
    found: Any = pool.find("2026-03-02", 7)
    assert watch.read() == (found, [])
