"""Commands run at a terminal, where Prassi asks for what is missing."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys

from desk import MONDAY, Desk


def run_at_terminal(desk: Desk, command: str, typed: str) -> tuple[int, str]:
    """The exit code of a command run at a terminal, and what it showed there."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "PRASSI_FILE": str(desk.file), "PRASSI_AT": MONDAY}
    words = [sys.executable, "-m", "prassi.cli.main", *command.split()]
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, env=env) as running:
        os.close(theirs)
        os.write(ours, typed.encode())
        shown = b""
        while select.select([ours], [], [], 20)[0]:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # closed at the other end
                break
        code = running.wait(20)
    os.close(ours)
    return code, shown.decode()
