"""Whatever command prints whatever field: nothing of it steers a terminal."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from desk import Desk
from everywhere import EVERY, fill, hostile, work
from hostile import EVIL, steers
from prassi.cli.main import COMMANDS

pytestmark = pytest.mark.unmeasured


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ticket file of all books, full of bad text."""
    desk = Desk(tmp_path_factory.mktemp("hostile"))
    fill(desk)
    return desk.folder


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Desk:
    for name in ("tickets.db", "prassi.toml"):
        shutil.copy(made / name, tmp_path / name)
    settings = (made / "prassi.toml").read_text(encoding="utf-8")
    desk = Desk(tmp_path)
    desk.settings(settings)
    return desk


def test_the_file_is_full_of_it(desk: Desk) -> None:
    """What is looked for below is there to be found: no field was left out."""
    rows = desk.export()
    for kind, names in {
        "customers": {"ref", "name", "email", "phone"},
        "tickets": {
            "ref",
            "customer",
            "assignee",
            "subject",
            "description",
            "creator",
            "text",
            "owner",
        },
    }.items():
        for name in names:
            assert any("\u202e" in str(row.get(name)) for row in rows[kind]), name
    assert any("\u202e" in note["text"] for row in rows["tickets"] for note in row["notes"])
    assert any(
        EVIL in m["body"] or "gnp" in m["body"] for m in desk.good("outbox list --json").rows
    )


@pytest.mark.parametrize("name", EVERY)
def test_whatever_is_given(desk: Desk, name: str) -> None:
    for words in hostile(name):
        ran = desk.run([*words, "--dry-run"])
        assert ran.code in (0, 1, 2, 3, 4), words
        assert steers(ran.out + ran.err) is None, words
        assert ran.code == 0 or ran.err or ran.out, words


DO = work()
FAULTY = {"doctor"}
"""What finds faults on this desk: the settings name nobody for most roles, and no sender."""


@pytest.mark.slow
@pytest.mark.parametrize("name", DO)
@pytest.mark.parametrize("more", [[], ["--json"]], ids=["in words", "as JSON"])
def test_whatever_is_printed(desk: Desk, name: str, more: list[str]) -> None:
    for words in DO[name]:
        if more and "--csv" in words:
            continue
        ran = desk.run([*name.split(), *words, *more])
        assert ran.code == (name in FAULTY), (words, ran.err)
        assert steers(ran.out.removeprefix("\ufeff").replace("\r\n", "\n") + ran.err) is None, words
        if more:
            assert all(isinstance(row, dict) for row in ran.rows)


def test_nothing_is_forgotten() -> None:
    """Every command is tried with bad text in all it takes, and these with all that they print."""
    assert DO.keys() <= EVERY.keys()
    assert {name.split()[0] for name in EVERY} == COMMANDS.keys()
    for name in EVERY:
        assert len([*hostile(name)]) >= 2
