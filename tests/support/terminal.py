"""Commands as somebody types them: in a process of their own, at a terminal."""

from __future__ import annotations

import os
import pty
import select
import shlex
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from desk import MONDAY, Desk

_QUIET, _LONGEST = 0.3, 60.0
"""Seconds without output before more is typed, and those after which a command is stopped."""


def type_at_terminal(
    typed: str, folder: Path, env: Mapping[str, str], answers: str = "", *later: tuple[str, str]
) -> tuple[int, str]:
    """Run `prassi ...` as it is typed in a folder; its exit code, and what the terminal shows.

    `answers` are typed ahead; `later` are keys, each with what must be shown before they are typed,
    which is when the terminal has been quiet for a moment: what shows a prompt does not read yet.
    """
    words = shlex.split(typed)
    assert words[0] == "prassi"
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    with subprocess.Popen(
        [sys.executable, "-m", "prassi.cli.entry", *words[1:]],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        preexec_fn=partial(os.login_tty, theirs),  # so that Ctrl-C there is an interrupt
        cwd=folder,
        env={**os.environ, "COLUMNS": "80", "TERM": "xterm", "PRASSI_PAGER": "cat", **env},
    ) as process:
        os.close(theirs)
        os.write(ours, answers.encode())
        shown, waiting, seen, until = b"", [*later], 0, time.monotonic() + _LONGEST
        with suppress(OSError):  # a terminal whose last process has ended
            while time.monotonic() < until:
                if select.select([ours], [], [], _QUIET if waiting else _LONGEST)[0]:
                    if not (piece := os.read(ours, 65_536)):
                        break
                    shown += piece
                elif waiting and (at := shown.find(waiting[0][0].encode(), seen)) >= 0:
                    seen = at + len(waiting[0][0])
                    os.write(ours, waiting.pop(0)[1].encode())
            else:
                process.kill()
        os.close(ours)
    return process.returncode, shown.decode().replace("\r\n", "\n")


def run_at_terminal(desk: Desk, command: str, answers: str) -> tuple[int, str]:
    """The exit code of a command run at a terminal on a Monday, and what it showed there."""
    env = {"PRASSI_FILE": str(desk.file), "PRASSI_AT": MONDAY}
    return type_at_terminal(f"prassi {command}", desk.folder, env, answers)
