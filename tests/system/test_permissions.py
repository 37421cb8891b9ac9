"""Settings, books and templates that others could have written are not followed."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import stat
from pathlib import Path

import pytest
from desk import Desk
from failing import fails
from prassi.core.errors import BadInput
from prassi.core.system import permissions
from procedure import ticket

TESTS = Path(__file__).parents[1]
USER, GROUP = os.geteuid(), os.getegid()


def status(mode: int, user: int = USER, group: int = GROUP) -> os.stat_result:
    return os.stat_result((mode, 0, 0, 1, user, group, 0, 0, 0, 0))


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o400, 0o755, 0o700])
@pytest.mark.parametrize("user", [USER, 0])
def test_what_only_the_user_can_change_is_followed(mode: int, user: int) -> None:
    permissions._check_status("x", status(mode, user), "/")


@pytest.mark.parametrize("mode", [0o602, 0o666, 0o777, 0o642])
def test_what_everybody_can_change_is_not(mode: int) -> None:
    with pytest.raises(BadInput, match="x can be changed by everybody: `chmod o-w` it"):
        permissions._check_status("x", status(mode), "/")


def test_what_belongs_to_another_user_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    permissions._check_status("x", status(0o600, 4242), "/")
    with pytest.raises(BadInput, match="x belongs to another user, who could change"):
        permissions._check_status("x", status(0o600, 4243), "/")


def test_root_follows_what_its_owner_would(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that has somebody's checkout mounted."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    permissions._check_status("x", status(0o664, 4243, 4243), "/")
    for refused in (status(0o664, 4243, 4244), status(0o666, 4243, 4243)):
        with pytest.raises(BadInput, match="x can be changed by"):
            permissions._check_status("x", refused, "/")


def test_what_a_group_can_change_is_only_where_nobody_else_is_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Many systems give each user a group of their own, and umask 002."""
    mine = pwd.struct_passwd(("anna", "x", USER, GROUP, "", "/", "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwuid", lambda number: mine)

    def members(*names: str) -> None:
        group = grp.struct_group(("desk", "x", GROUP, [*names]))
        monkeypatch.setattr(grp, "getgrgid", lambda number: group)

    for names in ((), ("anna",)):
        members(*names)
        permissions._check_status("x", status(0o664), "/")
    for names in (("bruno",), ("anna", "bruno")):
        members(*names)
        with pytest.raises(BadInput, match="x can be changed by others of its group: `chmod g-w`"):
            permissions._check_status("x", status(0o664), "/")
    members()
    with pytest.raises(BadInput, match="others of its group"):
        permissions._check_status("x", status(0o664, group=GROUP + 4242), "/")


def test_a_group_without_a_name_has_no_members(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr(grp, "getgrgid", unknown)
    permissions._check_status("x", status(0o664), "/")


# --- where it is asked ----------------------------------------------------------------------------


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk with a book and a template of its own."""
    shutil.copytree(TESTS / "data" / "books" / "loans", desk.folder / "books" / "loans")
    own = desk.folder / "letters" / "collections"
    own.mkdir(parents=True)
    (own / "summary.it.j2").write_text("Subject: Nostro\n\nNostro.\n", encoding="utf-8")
    desk.settings('[folders]\nbooks = "books"\ntemplates = "letters"\n')
    desk.load(ticket("new"))
    desk.good("book show loans")
    desk.good("call-outcome T-1 no-answer --dry-run")
    return desk


SETTINGS = ("", "prassi.toml")
BOOKS = ("books", "books/loans", "books/loans/book.toml", "books/loans/facts.sql")
LETTERS = ("letters", "letters/collections", "letters/collections/summary.it.j2")


@pytest.mark.parametrize("name", SETTINGS + BOOKS + LETTERS)
def test_no_command_follows_what_others_can_write(desk: Desk, name: str) -> None:
    path = desk.folder / name
    kept = stat.S_IMODE(path.stat().st_mode)
    commands = {
        SETTINGS: ["triage", "call-outcome T-1 no-answer", "show T-1"],
        BOOKS: ["book show loans"],
        LETTERS: ["call-outcome T-1 no-answer", "event T-1 call outcome=no-answer"],
    }
    (tried,) = (some for names, some in commands.items() if name in names)
    for command in tried:
        path.chmod(kept | 0o002)
        fails(desk, command, 2, f"{path} can be changed by everybody: `chmod o-w` it.")
        path.chmod(kept)
        desk.good(command + (" --dry-run" if "T-1" in command else ""))


def test_files_in_a_folder_like_tmp_are_followed(desk: Desk) -> None:
    """Everybody can put files there, and nobody can take away those of others."""
    desk.folder.chmod(0o1777)
    desk.good("call-outcome T-1 no-answer --dry-run")


def test_a_link_is_followed_to_where_it_leads(desk: Desk) -> None:
    there = desk.folder / "there"
    there.mkdir()
    (desk.folder / "prassi.toml").rename(there / "prassi.toml")
    (desk.folder / "prassi.toml").symlink_to(there / "prassi.toml")
    (there / "prassi.toml").write_text('[folders]\nbooks = "books"\n', encoding="utf-8")
    desk.good("show T-1")
    there.chmod(0o777)
    fails(desk, "show T-1", 2, f"{there} can be changed by everybody")


@pytest.mark.parametrize("name", ["book.toml", "facts.sql"])
def test_a_book_is_not_read_from_outside_its_folder(
    desk: Desk, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = desk.folder / "books" / "loans" / name
    secret = tmp_path_factory.mktemp("else") / "secret"
    secret.write_text("secret\n")
    path.unlink()
    path.symlink_to(secret)
    ran = desk.run("book show loans")
    assert (ran.code, ran.out) == (2, "")
    assert f"{path} is a link that leads out of {desk.folder / 'books'}" in ran.err
    assert "secret\n" not in ran.err.replace(str(secret), "")


def test_what_is_no_file_is_not_read(desk: Desk) -> None:
    """A pipe would let us wait for ever."""
    for path in (
        desk.folder / "books" / "loans" / "facts.sql",
        desk.folder / "letters" / "collections" / "summary.it.j2",
    ):
        path.unlink()
        os.mkfifo(path)
    fails(desk, "book show loans", 2, "facts.sql is not a file.")
    fails(desk, "call-outcome T-1 no-answer", 2, "summary.it.j2 is not a file.")
