"""What a command imports when it starts: a module more costs everybody half a millisecond."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from desk import SETTINGS, Desk

START = """
import builtins, sys
sys.argv = ["prassi", *sys.argv[1:]]
compiled = []

def note_compile(source, *given, as_it_is=compile, **named):
    if "importlib" not in sys._getframe(1).f_code.co_filename:  # a module that is not kept compiled
        compiled.append("compile")
    return as_it_is(source, *given, **named)

builtins.compile = note_compile
from prassi.cli.entry import main
try:
    main()
except SystemExit as ended:
    loaded = [name for name, one in sys.modules.items() if type(one).__name__ != "LateModule"]
    print(f"ended with {ended.code}", *loaded, *compiled, sep="\\n", file=sys.stderr)
"""

STARTS = {
    "--help": (13, {"textwrap", "shutil"}),
    "show T-1 --file FILE": (80, set()),
    "call-outcome T-1 no-answer --at 2026-03-02 -f FILE": (104, set()),
    "triage T-1 -n --at 2026-03-02 --file FILE": (118, set()),
    "call-outcome T-2 no-answer --at 2026-03-02 --file FILE": (109, {"unicodedata"}),
}
"""Commands, how many of our modules each may import, and what it needs that others do not; the last
one writes a letter."""

NEVER = {
    "argparse",
    "ast",
    "babel",
    "compile",  # not a module: the first time Python makes all the types of `ast`, which takes 1 ms
    "concurrent",
    "dataclasses",
    "dateutil",
    "decimal",
    "difflib",
    "dis",
    "email",
    "fractions",
    "gettext",
    "hashlib",
    "holidays",
    "http",
    "icalendar",
    "importlib.metadata",
    "inspect",
    "ipaddress",
    "json",
    "locale",
    "logging",
    "multiprocessing",
    "pathlib",
    "pickle",
    "platform",
    "random",
    "rich",
    "secrets",
    "shutil",
    "socket",
    "ssl",
    "subprocess",
    "tabulate",
    "tempfile",
    "textwrap",
    "threading",
    "tomllib",
    "tokenize",
    "unicodedata",
    "urllib",
    "uuid",
    "wcwidth",
    "xml",
    "zoneinfo",
    "_hashlib",
    "jinja2.bccache",
    "jinja2.compiler",
    "jinja2.lexer",
    "jinja2.parser",
}
"""What no such command needs."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Two tickets; for the second one a call writes a letter. The file keeps the book already."""
    ticket = {
        "book": "collections",
        "customer": "C-1",
        "status": "new",
        "opened": "2026-02-01",
        "proformas": [{"number": "PF-1", "amount": "120.00", "currency": "EUR"}],
    }
    rows = [{**ticket, "ref": "T-1", "missed_calls": 1}, {**ticket, "ref": "T-2"}]
    made = Desk(tmp_path_factory.mktemp("starts")).load(*rows, {**rows[0], "ref": "T-3"})
    made.good("call-outcome T-3 no-answer --at 2026-03-02")
    return made


def list_imported(line: str, file: Path) -> list[str]:
    """The modules that a command imports in a process of its own, and `compile` if it is called."""
    words = [str(file) if word == "FILE" else word for word in line.split()]
    command = [sys.executable, "-c", START, *words]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=file.parent)
    code, _, loaded = ran.stderr.rpartition("ended with ")[2].partition("\n")
    assert code == "0", ran.stderr
    return loaded.splitlines()


@pytest.mark.unmeasured  # what measures the coverage imports modules
@pytest.mark.parametrize("line", STARTS)
def test_a_start_imports_no_more(line: str, desk: Desk, tmp_path: Path) -> None:
    files = [shutil.copy(desk.file, tmp_path / name) for name in ("first.db", "second.db")]
    (tmp_path / "prassi.toml").write_text(SETTINGS)
    _, loaded = (list_imported(line, file) for file in files)  # the first one fills the cache
    most, needed = STARTS[line]
    assert not (NEVER - needed).intersection(loaded)
    ours = [name for name in loaded if name.partition(".")[0] == "prassi"]
    assert len(ours) <= most, ours
