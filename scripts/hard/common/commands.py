"""Running commands: in forks of a process that has everything loaded, or as a shell does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NamedTuple

from prassi.cli.main import main

COMMAND = (sys.executable, "-m", "prassi.cli.main")

# What commands import when they need it.
for name in (
    "jinja2.sandbox",
    "sqlite_utils",
    "prassi.core.analysis.replay",
    "prassi.core.book.common_events",
    "prassi.core.book.list_actions",
    "prassi.core.book.read_rules",
    "prassi.core.desk.office",
    "prassi.core.desk.ticket_view",
    "prassi.core.decision.plan_builder",
    "prassi.core.messages.templates",
    "prassi.core.desk.decision_json",
    "prassi.core.messages.sandbox",
    "prassi.core.importing.forget_customer",
    "prassi.core.importing.import_tickets",
    "prassi.core.importing.sync",
    "prassi.core.ticketfile.verify",
    "prassi.core.ticketfile.backup",
    "prassi.core.ticketfile.mend",
    "prassi.cli.commands.call_outcome",
    "prassi.cli.commands.case_route",
    "prassi.cli.commands.close",
    "prassi.cli.commands.customer",
    "prassi.cli.commands.import_",
    "prassi.cli.commands.note",
    "prassi.cli.commands.replay",
    "prassi.cli.commands.show",
    "prassi.cli.commands.sync",
    "prassi.cli.commands.triage",
    "prassi.cli.commands.undo",
    "prassi.cli.commands.promise",
    "prassi.cli.commands.payment",
    "prassi.cli.commands.verify",
):
    import_module(name)


class Ran(NamedTuple):
    """How a command ended (a negative code is the signal), what it printed, and how long it took."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The objects of --json; the last line counts only if it was printed to its end."""
        return [json.loads(line) for line in self.out.splitlines(keepends=True) if line[-1] == "\n"]


class Started:
    """A command in a fork of this process; it skips the interpreter's start, and nothing else."""

    def __init__(self, words: Sequence[str], first: Callable[[], None] | None = None) -> None:
        self._out, self._err = _said(), _said()
        sys.stdout.flush()
        self._began = time.monotonic()
        self.process = os.fork()
        if self.process == 0:
            _be(words, self._out.fileno(), self._err.fileno(), first)

    def kill(self) -> None:
        """Kill it at once."""
        os.kill(self.process, signal.SIGKILL)

    def wait(self) -> Ran:
        """Wait for its end."""
        _, status = os.waitpid(self.process, 0)
        took = time.monotonic() - self._began
        return Ran(os.waitstatus_to_exitcode(status), _all(self._out), _all(self._err), took)


def run(words: Sequence[str]) -> Ran:
    """Run a command to its end."""
    return Started(words).wait()


def good(words: Sequence[str]) -> Ran:
    """Run a command that must end well."""
    ran = run(words)
    if ran.code != 0:
        raise RuntimeError(f"prassi {' '.join(words)} ended with {ran.code}: {ran.err}")
    return ran


def _be(words: Sequence[str], out: int, err: int, first: Callable[[], None] | None) -> None:
    """Be the command, and end as it does."""
    code = 70
    try:
        os.dup2(out, 1)
        os.dup2(err, 2)
        sys.argv = ["prassi", *words]
        if first is not None:
            first()
        main()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _said() -> Any:
    """A file that takes what is said, and is gone once it is closed."""
    return tempfile.TemporaryFile()


def _all(file: Any) -> str:
    file.seek(0)
    read: bytes = file.read()
    file.close()
    return read.decode()


class Shelled(Started):
    """A command as a shell starts it, in a process group of its own."""

    def __init__(self, words: Sequence[str]) -> None:
        self._out, self._err = _said(), _said()
        self._began = time.monotonic()
        self._popen = subprocess.Popen(
            [*COMMAND, *words], stdout=self._out, stderr=self._err, start_new_session=True
        )
        self.process = self._popen.pid

    def kill_all(self) -> None:
        """Kill it with all its processes."""
        os.killpg(self.process, signal.SIGKILL)

    def over(self) -> bool:
        """Whether it has ended."""
        return self._popen.poll() is not None

    def child(self) -> int | None:
        """Its second process, if it has one by now."""
        with open(f"/proc/{self.process}/task/{self.process}/children") as file:
            children = file.read().split()
        return int(children[0]) if children else None

    def wait(self) -> Ran:
        code = self._popen.wait()
        took = time.monotonic() - self._began
        return Ran(code, _all(self._out), _all(self._err), took)
