"""Sending through a program: what its exit code says of the e-mail, and of itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from prassi.core.outbox import sendmail
from prassi.core.outbox.delivery import LATER, REFUSED, SENT, UNKNOWN, SendingStopped
from prassi.core.outbox.sendmail import SendmailSender

MAIL = b"To: anna@example.org\r\n\r\nCiao\r\n"


def program(folder: Path, code: str) -> SendmailSender:
    """A program that keeps its input and then does as told."""
    path = folder / "send mail"
    path.write_text(f'#!/bin/sh\ncat > "{folder}/got"\necho "$@" > "{folder}/words"\n{code}\n')
    path.chmod(0o700)
    return SendmailSender(f"'{path}' -i -t")


@pytest.mark.parametrize(
    ("code", "outcome", "answer"),
    [
        ("exit 0", SENT, "ended with 0"),
        ("echo 'no such user' >&2; exit 67", REFUSED, "no such user"),
        ("echo 'host not found' >&2; exit 68", REFUSED, "host not found"),
        ("exit 65", REFUSED, "ended with 65"),
        ("echo 'queue is full' >&2; exit 75", LATER, "queue is full"),
        ("kill -9 $$", UNKNOWN, "killed by signal 9"),
    ],
)
def test_what_the_program_says(tmp_path: Path, code: str, outcome: str, answer: str) -> None:
    delivery = program(tmp_path, code).deliver(MAIL, "anna@example.org")
    assert delivery.outcome == outcome
    assert answer in delivery.answer
    assert (tmp_path / "got").read_bytes() == MAIL
    assert (tmp_path / "words").read_text() == "-i -t\n"


@pytest.mark.parametrize("code", ["exit 64", "exit 69", "exit 77", "exit 78", "exit 1"])
def test_what_is_about_the_program_stops_the_sending(tmp_path: Path, code: str) -> None:
    with pytest.raises(SendingStopped, match=f"ended with {code.split()[1]}"):
        program(tmp_path, code).deliver(MAIL, "anna@example.org")


def test_a_program_that_does_not_end_leaves_the_e_mail_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sendmail, "_SECONDS", 0.5)
    delivery = program(tmp_path, "exec sleep 20").deliver(MAIL, "anna@example.org")
    assert delivery.outcome == UNKNOWN


def test_a_program_that_is_missing_stops_the_sending(tmp_path: Path) -> None:
    missing = SendmailSender(f"{tmp_path}/none -t")
    with pytest.raises(SendingStopped, match="can't be run: no such file"):
        missing.deliver(MAIL, "anna@example.org")
    with pytest.raises(SendingStopped, match="is not a program"):
        missing.check()
    program(tmp_path, "exit 1").check()
