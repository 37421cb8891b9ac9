"""What a command costs, in a process of its own: the one way in which the benchmarks time commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

LAUNCHER = str(Path(__file__).parent / "launcher.py")
PRASSI = os.path.join(os.path.dirname(sys.executable), "prassi")
"""The installed command itself, as users start it."""


class Cost(NamedTuple):
    """Seconds by the clock and of the processor, and the MiB of the largest process it was."""

    clock: float
    processor: float
    memory: float


class TooLong(Exception):
    """A command that was stopped because it took too long."""


def run_process(
    command: Sequence[str],
    folder: str | None = None,
    environment: Mapping[str, str] | None = None,
    source: str = os.devnull,
    target: str = os.devnull,
    most: float | None = None,
) -> Cost:
    """What a command and the processes that it starts cost.

    It reads from `source` and writes to `target`. A command that fails ends the benchmark; after `most`
    seconds it is stopped and TooLong raised.
    """
    # Where no compiled modules may be written, each start would compile all of them.
    given = {n: v for n, v in os.environ.items() if n != "PYTHONDONTWRITEBYTECODE"}
    launcher = subprocess.Popen(
        [sys.executable, "-I", "-S", LAUNCHER, source, target, *command],
        cwd=folder,
        env={**given, **(environment or {})},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        printed, _ = launcher.communicate(timeout=most)
    except BaseException as error:  # Ctrl-C does not reach it either, in a session of its own
        os.killpg(launcher.pid, signal.SIGKILL)
        launcher.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            raise TooLong from None
        raise
    # The launcher itself fails where there is no such command.
    code, cost = json.loads(printed) if launcher.returncode == 0 else ("no start", ())
    if code:
        sys.exit(f"{' '.join(command)} ended with {code}.")
    return Cost(*cost)


def run_in_turn(rounds: int, jobs: Mapping[str, Callable[[], Cost]]) -> dict[str, list[Cost]]:
    """Run each job once a round, one after the other, so that a busy moment hits them alike."""
    found: dict[str, list[Cost]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            found[name].append(job())
    return found
