"""What is kept of a book's tables between starts: the same decisions, without reading every rule."""

from __future__ import annotations

from pathlib import Path

import pytest
from prassi.core.book import read_events
from prassi.core.book.read_rules import RuleReader
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE, Settings

from tests.support.keptbooks import PLAIN_READ


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("PRASSI_CACHE", str(folder))
    monkeypatch.setattr(Shelf, "_read", PLAIN_READ)
    return folder


@pytest.fixture
def rules_read(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The places of the rules that are read from now on."""
    read: list[object] = []
    plain = RuleReader.rule

    def note(self: RuleReader, raw: object, path: tuple[str | int, ...], scope: object) -> object:
        read.append(path[-1])
        return plain(self, raw, path, scope)  # type: ignore[arg-type]

    monkeypatch.setattr(RuleReader, "rule", note)
    return read


def parameters(**given: object) -> Settings:
    return NONE._replace(parameters={"collections": given})


def list_answers(settings: Settings) -> list[str]:
    """The rule that answers a missed call of a plain ticket, for the first calls."""
    event = Shelf(settings).book("collections").event("call")
    plain = dict.fromkeys(event.facts) | {
        "outcome": "no-answer",
        "stands": "due",
        "status": "calling",
        "in_block": False,
        "restarts": False,
        "missed": 1,
        "contact_number": 1,
        "proformas": 1,
        "current": False,
        "channel": "phone",
        "on_appointment": False,
    }
    rows = [plain | {"attempt": attempt} for attempt in (1, 2, 3, 4, 5)]
    return [event.rules[event.decide([row[n] for n in event.facts])].id for row in rows]


def test_a_second_start_reads_the_rules_that_answer(rules_read: list[object]) -> None:
    first = list_answers(NONE)
    assert len(rules_read) > 20
    rules_read.clear()
    assert list_answers(NONE) == first
    assert 0 < len(rules_read) == len(set(first))


def test_another_parameter_is_another_table() -> None:
    with_three = list_answers(NONE)
    with_two = list_answers(parameters(max_retries=2))
    assert with_two != with_three
    assert list_answers(NONE) == with_three
    assert list_answers(parameters(max_retries=2)) == with_two


def test_a_changed_module_makes_it_anew(
    rules_read: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = list_answers(NONE)
    monkeypatch.setattr(read_events, "_stamp_makers", lambda: [0])
    rules_read.clear()
    assert list_answers(NONE) == first
    assert len(rules_read) > 20


def test_rules_can_be_cut_and_counted_from_the_end() -> None:
    list_answers(NONE)
    rules = Shelf(NONE).book("collections").event("call").rules
    all_of_them = list(rules)
    assert rules[-1] is all_of_them[-1]
    assert rules[2:5] == all_of_them[2:5]
    assert rules.index(all_of_them[3]) == 3
    with pytest.raises(IndexError):
        rules[len(rules)]
