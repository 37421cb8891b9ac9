"""A desk: a ticket file in a folder of its own, and commands run on it as a shell would."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from click.testing import CliRunner
from prassi.cli import options
from prassi.cli.main import main

MONDAY = "2026-03-02"
"""The day on which nearly everything in the tests happens."""

SETTINGS = """
[company]
name = "Quadrifoglia Gestionali srl"
hotline = "800 000 612"
iban = "IT00 X000 0000 0000 0000 0012 345"

[roles]
support = "giulia"
manager = "paolo"
customer-care = "care@example.org"
"""

CUSTOMERS = (
    {
        "ref": "C-1",
        "name": "Rossi Impianti srl",
        "email": "rossi@example.org",
        "phone": "+39 055 000 1",
    },
)


class Ran(NamedTuple):
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[Any]:
        """What --json printed, an object a line."""
        return [json.loads(line) for line in self.out.splitlines()]


VIEW = ("contact", "open_sum", "other_tickets", "messages", "next")
"""What `show --json` has of a ticket beside the import format and its history."""

MOST_PREPARED = 100
_PREPARED: dict[tuple[str, ...], bytes] = {}
"""Ticket files by what was imported into them; those with books of their own are made each time."""


def _environment() -> Iterator[str]:
    return (f"{name}={value}" for name, value in os.environ.items() if name.startswith("PRASSI_"))


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class Desk:
    """Runs commands on a ticket file, in this process, as of Monday unless `at` is given.

    `clock` is what the clock says, so late that no `at` is in the future; None is the machine's.
    """

    clock: str | None = "2199-12-31T23:59"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "tickets.db"
        self._config = folder / "prassi.toml"
        self.settings(SETTINGS)

    def settings(self, text: str) -> None:
        """Write the settings file."""
        self._config.write_text(text, encoding="utf-8")

    def load(
        self,
        *tickets: dict[str, Any],
        customers: Sequence[dict[str, Any]] = CUSTOMERS,
        at: str = MONDAY,
    ) -> Desk:
        """Make the ticket file and import tickets into it; one that was made before is copied."""
        rows = self.folder / "tickets.json"
        text = json.dumps({"customers": customers, "tickets": tickets})
        rows.write_text(text, encoding="utf-8")
        settings = self._config.read_text(encoding="utf-8")
        made_of = (text, at, settings, *_environment())
        if made_of not in _PREPARED or "[folders]" in settings:
            self.good("init", at=at)
            self.good(f"import {rows}", at=at)
            _PREPARED[made_of] = self.file.read_bytes()
            if len(_PREPARED) > MOST_PREPARED:
                del _PREPARED[next(iter(_PREPARED))]
        else:
            with open(self.file, "xb", opener=_for_its_owner) as file:
                file.write(_PREPARED[made_of])
        return self

    def run(self, command: str | Sequence[str], at: str = MONDAY, stdin: str = "") -> Ran:
        """Run a command, given as typed after `prassi` or as words."""
        words = shlex.split(command) if isinstance(command, str) else list(command)
        env = {"PRASSI_FILE": str(self.file), "PRASSI_CONFIG": str(self._config), "PRASSI_AT": at}
        before, read_clock = sys.argv, options.read_clock
        with (
            patch.object(options, "read_clock", lambda zone: self.clock or read_clock(zone)),
            CliRunner().isolation(input=stdin, env=env) as (out, err, _),
        ):
            sys.argv = ["prassi", *words]
            try:
                main()
                code = 0
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
            finally:
                sys.argv = before
                sys.stdout.flush()
            return Ran(code, out.getvalue().decode(), err.getvalue().decode())

    def good(self, command: str | Sequence[str], at: str = MONDAY) -> Ran:
        """Run a command that must end well."""
        ran = self.run(command, at=at)
        assert ran.code == 0, ran.err
        return ran

    def show(self, ref: str = "T-1") -> dict[str, Any]:
        """A ticket with its history, as `show --json` prints it, without what only a view has."""
        return {name: value for name, value in self.view(ref).items() if name not in VIEW}

    def view(self, ref: str = "T-1") -> dict[str, Any]:
        """All that `show --json` prints of a ticket."""
        shown: dict[str, Any] = self.good(f"show {ref} --json").rows[0]
        return shown

    def export(self) -> Any:
        """The whole file in the import format."""
        return json.loads(self.good("export").out)
