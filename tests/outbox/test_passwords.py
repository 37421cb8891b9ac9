"""Passwords: from a file that nobody else can read, or from a command; never told in an error."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from prassi.core.errors import BadInput
from prassi.core.outbox.passwords import read_password_file, run_password_command


def test_the_first_line_of_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "mail.key"
    path.write_text("s3cret \r\nmore\n")
    path.chmod(0o600)
    assert read_password_file(str(path), "[mail] password_file") == "s3cret "
    for mode in (0o640, 0o604, 0o660):
        path.chmod(mode)
        with pytest.raises(BadInput, match=r"\[mail\] password_file: others can read .* chmod 600"):
            read_password_file(str(path), "[mail] password_file")


def test_what_is_not_a_private_file(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch(0o600)
    link = tmp_path / "link"
    link.symlink_to(empty)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    for path, reason in (
        (empty, "is empty"), (link, "can't be read"), (pipe, "is not a file"),
        (tmp_path / "none", "can't be read: no such file"),
    ):  # fmt: skip
        with pytest.raises(BadInput, match=reason):
            read_password_file(str(path), "[mail] password_file")


def test_a_command_prints_it() -> None:
    assert run_password_command("printf 's3cret\\nmore'", "[mail] password_command") == "s3cret"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("false", "ended with 1"),
        ("true", "is empty"),
        ("/none", "can't be run"),
        ("a 'b", "split into words"),
    ],
)
def test_a_command_that_prints_none(command: str, reason: str) -> None:
    with pytest.raises(BadInput, match=rf"\[mail\] password_command: .*{reason}"):
        run_password_command(command, "[mail] password_command")
