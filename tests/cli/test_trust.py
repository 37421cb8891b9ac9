"""`--trust`: the commands that only look at books work in a checkout that everybody can write."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from desk import Desk
from failing import fails

BOOKS = Path(__file__).parents[1] / "data" / "books"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    shutil.copytree(BOOKS / "loans", tmp_path / "books" / "loans")
    desk.settings('[folders]\nbooks = "books"\n')
    for path in (tmp_path, *tmp_path.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    return desk


@pytest.mark.parametrize("command", ["book check loans", "book test loans", "book prove loans"])
def test_a_checkout_that_everybody_can_write(desk: Desk, command: str) -> None:
    told = f"{desk.folder / 'prassi.toml'} can be changed by everybody: `chmod o-w` it."
    fails(desk, command, 2, told)
    trusted = desk.run(f"{command} --trust")
    assert trusted.err == ""
    assert trusted.code in (0, 1)
    assert "loans" in trusted.out
    fails(desk, command, 2, told)  # the next command of this process asks again


def test_what_acts_has_no_such_option(desk: Desk) -> None:
    assert desk.run("triage --trust").code == 2
