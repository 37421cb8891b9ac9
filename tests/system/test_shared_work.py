"""Work that is shared out over the processors."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from prassi.core.system import shared_work
from prassi.core.system.shared_work import Answer, share_out


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_work, "list_processors", lambda: [0, 1])


def test_answers_come_in_order_from_other_processes() -> None:
    here = os.getpid()

    def prepare(opened: ExitStack) -> Answer:
        return lambda number: [number, "x" * 100_000, os.getpid() != here]

    answers = list(share_out(20, prepare, fewest=2))
    assert [number for number, _, _ in answers] == list(range(20))
    assert all(elsewhere and len(text) == 100_000 for _, text, elsewhere in answers)


def test_the_longest_are_begun_first(tmp_path: Path) -> None:
    begun = tmp_path / "begun"

    def answer(number: int) -> bool:
        if number == 5:
            begun.touch()
        until = time.monotonic() + 20
        while not begun.exists() and time.monotonic() < until:
            time.sleep(0.01)
        return begun.exists()

    assert all(share_out(6, lambda _: answer, fewest=2, longest=[5]))


def test_few_pieces_are_done_here() -> None:
    assert (
        list(share_out(3, lambda opened: lambda number: os.getpid(), fewest=4)) == [os.getpid()] * 3
    )


def test_what_hinders_another_process_is_raised_here() -> None:
    def answer(number: int) -> int:
        if number == 3:
            raise ValueError("piece 3")
        return number

    answers = share_out(6, lambda opened: answer, fewest=2)
    assert [next(answers) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="piece 3"):
        next(answers)
