"""A desk: a ticket file in a folder of its own, and commands run on it as a shell would."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import coverage
import pytest
from click.testing import CliRunner
from keptbooks import keeping
from prassi.cli.main import main
from prassi.core.library.library import Shelf

pytest.register_assert_rewrite("procedure", "casework", "posted")

os.environ.pop("COLUMNS", None)  # how wide somebody's terminal is

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


class Desk:
    """Runs commands on a ticket file, in this process, as of Monday unless `at` is given."""

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
        """Make the ticket file and import tickets into it."""
        rows = self.folder / "tickets.json"
        rows.write_text(json.dumps({"customers": customers, "tickets": tickets}), encoding="utf-8")
        for command in ("init", f"import {rows}"):
            ran = self.run(command, at=at)
            assert ran.code == 0, ran.err
        return self

    def run(self, command: str | Sequence[str], at: str = MONDAY, stdin: str = "") -> Ran:
        """Run a command, given as typed after `prassi` or as words."""
        words = shlex.split(command) if isinstance(command, str) else list(command)
        env = {"PRASSI_FILE": str(self.file), "PRASSI_CONFIG": str(self._config), "PRASSI_AT": at}
        before = sys.argv
        with CliRunner().isolation(input=stdin, env=env) as (out, err, _):
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
        """A ticket as `show --json` prints it."""
        shown: dict[str, Any] = self.good(f"show {ref} --json").rows[0]
        return shown

    def export(self) -> Any:
        """The whole file in the import format."""
        return json.loads(self.good("export").out)


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Calendars, books and templates are made ready once for all tests, in a folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PRASSI_")]:
            if name != "PRASSI_SNAPSHOTS":
                patch.delenv(name)
        patch.setenv("PRASSI_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _books(_cache: None) -> Iterator[None]:
    """A book is read once for all commands that run in this process, and not for each of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Shelf, "_read", keeping())
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """What is `unmeasured` runs with coverage at rest, here and in the processes it starts."""
    measuring = coverage.Coverage.current()
    if measuring is None or item.get_closest_marker("unmeasured") is None:
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
            patch.delenv(name)
        measuring.stop()
        try:
            return (yield)
        finally:
            measuring.start()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk without a ticket file yet; `load` makes it."""
    return Desk(tmp_path)
