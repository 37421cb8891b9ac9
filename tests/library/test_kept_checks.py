"""What was found of a book is kept between starts, for whatever calendars it is asked for."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from prassi.core.errors import Faults
from prassi.core.library.book_files import OURS, BookFiles
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE, Settings
from prassi.core.values.working_days import Place

from tests.support.keptbooks import PLAIN_READ

CLOSED = {"IT": Place(closures=(date(2026, 3, 2),))}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRASSI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(Shelf, "_read", PLAIN_READ)


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """The parameters of each check of a book from now on."""
    found: list[dict[str, object]] = []
    plain = BookFiles.check

    def note(self: BookFiles) -> dict[str, object]:
        found.append({**self.overrides})
        return plain(self)

    monkeypatch.setattr(BookFiles, "check", note)
    return found


def trial(**figures: object) -> Settings:
    """What is tried: a book of requests, the quickest to check, with other figures."""
    return NONE._replace(trial={}, parameters={"requests": figures} if figures else {})


def test_other_days_are_tried_without_a_check(checked: list[dict[str, object]]) -> None:
    plain = Shelf(NONE).book("requests")
    assert checked == [{}]
    for settings in (NONE, trial()):
        closed = Shelf(settings._replace(places=CLOSED)).book("requests")
        assert closed.digest != plain.digest
        assert closed.statuses == plain.statuses
    assert checked == [{}]


def test_another_figure_is_checked_once(checked: list[dict[str, object]]) -> None:
    first = Shelf(trial(stale_workdays=9)).book("requests")
    assert checked == [{}, {"stale_workdays": 9}]
    again = Shelf(trial(stale_workdays=9)._replace(places=CLOSED)).book("requests")
    assert again.parameters == first.parameters
    assert checked == [{}, {"stale_workdays": 9}]
    assert Shelf(trial(stale_workdays=8)).book("requests").parameters["stale_workdays"].value == 8
    assert checked == [{}, {"stale_workdays": 9}, {"stale_workdays": 8}]


def test_a_changed_book_is_checked_anew(tmp_path: Path, checked: list[dict[str, object]]) -> None:
    folder = tmp_path / "books" / "requests"
    shutil.copytree(Path(OURS) / "requests", folder)
    own = NONE._replace(books=str(folder.parent))
    Shelf(own).book("requests")
    for file in ("book.toml", "facts.sql"):
        text = (folder / file).read_text(encoding="utf-8")
        remark = {"book.toml": "# ", "facts.sql": "-- "}[file]
        (folder / file).write_text(f"{remark}Another one.\n{text}", encoding="utf-8")
        Shelf(own).book("requests")
    (folder / "book.toml").write_text("[book]\nname = 1\n", encoding="utf-8")
    with pytest.raises(Faults):
        Shelf(own).book("requests")
    assert checked == [{}, {}, {}, {}]


def test_a_figure_that_does_not_fit_is_told_again(checked: list[dict[str, object]]) -> None:
    told = set()
    for places in ({}, {}, CLOSED):
        with pytest.raises(Faults) as faults:
            Shelf(trial(stale_workdays=-1)._replace(places=places)).book("requests")
        told.add(str(faults.value))
    assert len(told) == 1
    assert "stale_workdays" in told.pop()
    assert checked == [{}]
