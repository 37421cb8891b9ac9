"""A desk that several accounts share: what each makes is the group's, and nobody else gets in."""

from __future__ import annotations

import grp
import json
import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import CUSTOMERS, SETTINGS, Desk
from failing import fails
from prassi.core.system import shared_folder
from procedure import ticket


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Of most accounts: it takes the group's right to write from whatever is made."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def shared(tmp_path: Path) -> Desk:
    folder = tmp_path / "desk"
    folder.mkdir()
    desk = Desk(folder)
    desk.settings(SETTINGS.replace("[roles]", 'email = "desk@example.org"\n\n[roles]', 1))
    ran = desk.good("init --group")
    assert ran.out == f"{desk.file} is made; fill it with `prassi import`.\n"
    return desk


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_made_in_it_is_the_groups(shared: Desk) -> None:
    """The ticket file, its journal, backups, an outbox with its messages, and what a restore makes."""
    assert (mode(shared.folder), mode(shared.file)) == (0o2770, 0o660)
    rows = shared.folder / "rows.json"
    rows.write_text(json.dumps({"customers": CUSTOMERS, "tickets": [ticket("new")]}))
    shared.good(f"import {rows}")
    shared.good("call-outcome T-1 no-answer")
    backups = shared.folder / "backups"
    backups.mkdir()  # by hand, as the umask has it
    shared.good(f"backup {backups / 'a.db'}")
    assert mode(backups / "a.db") == 0o660
    out = shared.folder / "out"
    shared.good(f"outbox export {out}")
    for path in (out, out / "new", out / "tmp"):
        assert mode(path) == 0o2770, path
    letters = [*(out / "new").iterdir(), out / "exported"]
    assert len(letters) > 1
    assert {mode(path) for path in letters} == {0o660}
    shared.good(f"restore {backups / 'a.db'} --replace")
    assert mode(shared.file) == 0o660


def test_alone_nothing_is_shared(tmp_path: Path) -> None:
    desk = Desk(tmp_path).load(ticket("new"))
    desk.good(f"backup {tmp_path / 'a.db'}")
    desk.good(f"outbox export {tmp_path / 'out'}")
    assert mode(tmp_path / "a.db") == mode(tmp_path / "out" / "exported") == 0o600
    assert mode(tmp_path / "out") == 0o700


def test_a_folder_of_many_is_not_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, sticky = tmp_path / "home", tmp_path / "sticky"
    home.mkdir()
    sticky.mkdir()
    sticky.chmod(0o1777)
    monkeypatch.setenv("HOME", str(home))
    desk = Desk(tmp_path)
    for folder in (home, sticky):
        before = mode(folder)
        told = f"{folder} is not a folder to share: make one for the desk, and name a file in it."
        fails(desk, f"init --group --file {folder / 'tickets.db'}", 4, told)
        assert mode(folder) == before
        assert not [*folder.iterdir()]


# --- whom one follows in it -------------------------------------------------------------------------

MINE, THEIRS, GROUP = 4242, 4243, 5000


def act_as(monkeypatch: pytest.MonkeyPatch, members: list[str]) -> None:
    """Be the account anna, with a group of those members."""
    anna = pwd.struct_passwd(("anna", "x", MINE, 100, "", "/", "/bin/sh"))
    desk = grp.struct_group(("desk", "x", GROUP, members))
    monkeypatch.setattr(os, "geteuid", lambda: MINE)
    monkeypatch.setattr(pwd, "getpwuid", lambda number: anna)
    monkeypatch.setattr(grp, "getgrgid", lambda number: desk)


def place(monkeypatch: pytest.MonkeyPatch, folders: dict[str, tuple[int, int, int]]) -> None:
    """Have folders of these modes, owners and groups, in place of those of the machine."""
    made = {
        path: os.stat_result((mode, 0, 0, 1, user, group, 0, 0, 0, 0))
        for path, (mode, user, group) in {"/": (0o755, 0, 0), **folders}.items()
    }
    monkeypatch.setattr(os, "stat", lambda path: made[str(path)])
    monkeypatch.setattr(os.path, "realpath", lambda path: path)


BOTH = ["anna", "bruno"]


@pytest.mark.parametrize(
    ("folder", "members", "group"),
    [
        ((0o2770, THEIRS, GROUP), BOTH, GROUP),
        ((0o2770, MINE, GROUP), [], GROUP),  # made so by ourselves
        ((0o2770, THEIRS, GROUP), ["bruno"], None),  # a group that does not name us
        ((0o2770, THEIRS, GROUP), [], None),  # the one that all accounts have
        ((0o2775, THEIRS, GROUP), BOTH, None),  # others get in
        ((0o0770, THEIRS, GROUP), BOTH, None),  # what is made there is not the group's
        ((0o2750, THEIRS, GROUP), BOTH, None),
    ],
)
def test_a_folder_is_shared_by_its_mode_and_a_group_that_names_us(
    monkeypatch: pytest.MonkeyPatch,
    folder: tuple[int, int, int],
    members: list[str],
    group: int | None,
) -> None:
    act_as(monkeypatch, members)
    place(monkeypatch, {"/desk": folder})
    assert shared_folder.find_group("/desk") == group


@pytest.mark.parametrize(
    ("inner", "group"),
    [
        ((0o2755, THEIRS, GROUP), GROUP),
        ((0o755, THEIRS, GROUP + 1), None),  # a folder of another group, moved in
        ((0o2777, THEIRS, GROUP), None),
    ],
)
def test_a_folder_in_it_is_shared_where_it_has_the_same_group(
    monkeypatch: pytest.MonkeyPatch, inner: tuple[int, int, int], group: int | None
) -> None:
    act_as(monkeypatch, BOTH)
    place(monkeypatch, {"/desk": (0o2770, THEIRS, GROUP), "/desk/books": inner})
    assert shared_folder.find_group("/desk/books") == group


def test_a_folder_that_is_not_there_is_not_shared(desk: Desk) -> None:
    ran = desk.run(f"init --group -f {desk.folder / 'nowhere' / 'tickets.db'}")
    assert (ran.code, ran.out) == (4, "")
    assert "there is no folder " in ran.err
