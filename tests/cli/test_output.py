"""Text from outside is data: nothing in it steers a terminal, by whatever command it is printed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from desk import MONDAY, SETTINGS, Desk
from prassi.cli.streams import make_safe
from procedure import noticed, promised, ticket
from wcwidth import wcwidth

TITLE, RED, CLEAR = "\x1b]0;pwned\x07", "\x1b[31m", "\x1b[2J"
C1 = "\x9b31m\x9dtitle\x9c\x85\x90"
OVER = "\rover\x08\x7f\x0b\x0c"
BIDI = "\u202egnp.exe\u202c \u202atext\u2066text\u2067\u2069\u061c"
LINES = "\u2028\u2029\ufeff"
MARKS = "\u200e\u200f"
EVIL = f"a{TITLE}{RED}{CLEAR}{C1}{OVER}{BIDI}{LINES}{MARKS}z"
SLY = f"b{BIDI}{MARKS}z"
"""What may stand where control characters are refused."""

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]"
)


def ref(number: int) -> str:
    return f"T{number}{SLY}"


def evil(number: int, row: dict[str, Any]) -> dict[str, Any]:
    """A ticket with something bad wherever text can stand."""
    proformas = [{"number": EVIL, "amount": "5.00"}, {"number": "PF-2", "amount": "7.00"}]
    return row | {
        "ref": ref(number), "customer": f"C{SLY}", "assignee": EVIL, "result": EVIL,
        "proformas": proformas + [{"number": f"PF-{n}", "amount": "1.00"} for n in (3, 4)],
        "tags": [EVIL, "chiamata 1"],
        "tasks": [{"kind": EVIL, "due": MONDAY}],
        "notes": [{"at": MONDAY, "text": f"{EVIL}\n{EVIL}"}],
    }  # fmt: skip


@pytest.fixture
def desk(desk: Desk) -> Desk:
    evil_settings = SETTINGS.replace("giulia", json.dumps(EVIL)[1:-1].replace("\x7f", "\\u007f"))
    desk.settings(evil_settings.replace("Quadrifoglia", json.dumps(EVIL)[1:-1].replace("\x7f", "")))
    customer = {"ref": f"C{SLY}", "name": EVIL, "email": f"{SLY}@example.org", "phone": SLY}
    return desk.load(
        evil(1, ticket("new")),
        evil(2, ticket("calling")),
        evil(3, promised("2026-02-20")),
        evil(4, noticed("2026-02-01")),
        evil(5, noticed(MONDAY)),
        evil(6, ticket("closed")),
        evil(7, ticket("with-department")),
        evil(8, ticket("with-department")),
        customers=[customer],
    )


COMMANDS: tuple[Sequence[str], ...] = (
    ["show", ref(1)], ["show", ref(6)], ["log"], ["log", ref(1)],
    ["triage", "--dry-run"], ["triage", "--all", "--dry-run"], ["triage", ref(2)],
    ["triage", "--assignee", EVIL], ["triage", "--all"],
    ["preblock"], ["preblock", ref(5)], ["promise", ref(3)], ["promise", ref(1)],
    ["explain", ref(3)], ["explain", ref(1), "payment", f"proforma={EVIL}"],
    ["payment", ref(1), "--proforma", EVIL],
    ["call-outcome", ref(1), "no-answer", "--note", EVIL],
    ["call-outcome", ref(1), "no-agreement", "--reason", "refuses-contact", "--wants", "manager",
     "--note", EVIL],
    ["call-outcome", ref(2), "no-agreement", "--reason", "problem", "--problem", "technical"],
    ["promise", ref(2), "--agreed-on", MONDAY, "--note", EVIL],
    ["care-reply", ref(2), "update", "--note", EVIL], ["hand-back", ref(7), "--note", EVIL],
    ["event", ref(8), "return", f"note={EVIL}"],
    ["outbox", "list"], ["outbox", "show", "1"], ["outbox", "show", "2"], ["outbox", "list", ref(1)],
    ["show", ref(1)], ["show", ref(2)], ["log"], ["export"], ["verify"], ["undo"],
)  # fmt: skip
"""What works, one after the other, on tickets full of bad text."""


@pytest.mark.parametrize("more", [[], ["--json"]], ids=["in words", "as JSON"])
def test_nothing_steers_a_terminal(desk: Desk, more: list[str]) -> None:
    for command in COMMANDS:
        ran = desk.run([*command, *more])
        assert ran.code == 0, ran.err
        assert not UNSAFE.search(ran.out + ran.err), command
        if more:
            assert all(isinstance(row, dict) for row in ran.rows)


def test_of_no_character_comes_a_flood() -> None:
    """Of all of Unicode: what takes no room is cut, or shown as what it is."""
    thin = [chr(n) for n in range(0x110000) if not 0xD800 <= n < 0xE000 and wcwidth(chr(n)) == 0]
    assert len(thin) > 2000
    assert [c for c in thin if len(make_safe(f"a{c * 20}")) > 10 and "\\" not in make_safe(c)] == []


def test_json_keeps_every_character(desk: Desk) -> None:
    """Escaped on the way out, the same when read."""
    (shown,) = desk.good(["show", ref(1), "--json"]).rows
    assert shown["assignee"] == EVIL
    assert shown["notes"][0]["text"] == f"{EVIL}\n{EVIL}"
    assert shown["proformas"][0]["number"] == EVIL
    out = desk.good(["show", ref(1), "--json"]).out
    assert "\\u001b]0;pwned\\u0007\\u001b[31m" in out
    assert "\\u009b31m" in out
    assert "\\u202egnp.exe\\u202c" in out
    (customer,) = desk.export()["customers"]
    assert (customer["name"], customer["email"]) == (EVIL, f"{SLY}@example.org")
    assert desk.good("export --json").rows[0] == customer


def test_in_words_what_is_unsafe_shows_as_what_it_is(desk: Desk) -> None:
    out = desk.good(["show", ref(1)]).out
    assert (
        "a\\x1b]0;pwned\\x07\\x1b[31m\\x1b[2J\\x9b31m\\x9dtitle\\x9c\\x85\\x90\\x0dover\\x08" in out
    )
    assert "\\u202egnp.exe\\u202c" in out
    assert MARKS in out
    (line,) = [line for line in out.splitlines() if line.startswith("    at ")]
    assert line.count("pwned") == 2


def test_marks_that_writing_needs_stay_in_messages(desk: Desk) -> None:
    """Arabic letters with Latin numbers need U+200E and U+200F; a name can't bring in more."""
    arab = {"ref": "C-A", "name": f"مخبز{BIDI}{TITLE}", "email": "a@example.org", "language": "ar"}
    rows = desk.folder / "more.json"
    new = {**ticket("new"), "ref": "T-A", "customer": "C-A"}
    rows.write_text(json.dumps({"customers": [arab], "tickets": [new]}), encoding="utf-8")
    desk.good(["import", str(rows)])
    desk.good("call-outcome T-A no-answer")
    out = desk.good("outbox show 1").out
    assert "\u200e" in out
    assert "مخبز" in out
    assert not UNSAFE.search(out)
    body = desk.good("outbox show 1 --json").rows[0]["body"]
    assert body.replace("\u061c", "\\u061c") in out
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", body)


MISTAKES: tuple[Sequence[str], ...] = (
    [EVIL], ["show", EVIL], ["show", "a", EVIL], ["triage", f"--{EVIL}"], ["triage", f"-{EVIL}"],
    ["triage", "--book", EVIL], ["triage", "--limit", EVIL], ["triage", "--at", EVIL],
    ["verify", EVIL], ["undo", EVIL], ["outbox", EVIL], ["outbox", "show", EVIL], ["book", EVIL],
    ["book", "show", EVIL], ["book", "check", EVIL], ["import", EVIL], ["export", "--config", EVIL],
    ["export", "--file", EVIL], ["init", "--file", f"/nowhere/{EVIL}"],
    ["call-outcome", ref(1), EVIL], ["call-outcome", ref(6), "no-answer"],
    ["call-outcome", ref(1), "agreement", "--agreed-on", EVIL],
    ["call-outcome", ref(1), "no-agreement", "--reason", EVIL],
    ["promise", ref(1), "--partial", EVIL, "--agreed-on", MONDAY],
    ["promise", ref(1), "--extend", MONDAY], ["payment", ref(1), "--proforma", f"{EVIL}9"],
    ["event", ref(1), EVIL], ["event", ref(1), "call", EVIL], ["event", ref(1), "call", f"{EVIL}=x"],
    ["event", ref(1), "call", f"outcome={EVIL}"], ["explain", ref(1), EVIL],
)  # fmt: skip


@pytest.mark.parametrize("command", MISTAKES, ids=[str(n) for n in range(len(MISTAKES))])
def test_errors_do_not_either(desk: Desk, command: Sequence[str]) -> None:
    for more in ([], ["--json"]):
        ran = desk.run([*command, *more])
        assert ran.code in (2, 3, 4)
        assert ran.err
        assert not UNSAFE.search(ran.out + ran.err)


@pytest.mark.parametrize("name", ["rows.csv", "rows.json"])
def test_faults_of_rows_do_not_either(desk: Desk, name: str) -> None:
    row = {"ref": f"X{EVIL}", "book": EVIL, "customer": EVIL, EVIL: EVIL}
    path = desk.folder / f"{SLY}{name}"
    text = (
        json.dumps({"tickets": [row]}) if "json" in name else f"ref,book,{SLY}\nX,{EVIL!r},{EVIL}\n"
    )
    path.write_text(text, encoding="utf-8")
    ran = desk.run(["import", str(path)])
    assert ran.code == 2
    assert not UNSAFE.search(ran.out + ran.err)


def test_file_names_do_not_either(desk: Desk) -> None:
    file = desk.folder / f"{EVIL.replace('/', '')}.db"
    for command in (["init"], ["init"], ["verify"], ["triage"]):
        ran = desk.run([*command, "--file", str(file)])
        assert not UNSAFE.search(ran.out + ran.err)
    assert file.is_file()


# --- colour, and where output goes ----------------------------------------------------------------


def shell(desk: Desk, command: str, out: int, **more: str) -> subprocess.Popen[bytes]:
    """A command in a process of its own, with its output going somewhere."""
    env = {n: v for n, v in os.environ.items() if n not in ("NO_COLOR", "FORCE_COLOR")}
    env |= {"PRASSI_FILE": str(desk.file), "PRASSI_AT": MONDAY, "TERM": "xterm-256color", **more}
    words = [sys.executable, "-m", "prassi.cli.main", *command.split()]
    return subprocess.Popen(words, stdout=out, stderr=subprocess.PIPE, env=env)


def on_a_terminal(desk: Desk, command: str, **more: str) -> str:
    """What a terminal gets."""
    ours, theirs = os.openpty()
    with shell(desk, command, theirs, **more) as process:
        os.close(theirs)
        told = b""
        try:
            while part := os.read(ours, 4096):
                told += part
        except OSError:  # The other end is closed.
            pass
        os.close(ours)
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 0
    return told.decode().replace("\r\n", "\n")


def test_colour_is_for_terminals(desk: Desk) -> None:
    plain = desk.good("preblock").out
    head = plain.splitlines()[0]
    assert on_a_terminal(desk, "preblock") == plain.replace(head, f"\x1b[1m{head}\x1b[0m")
    assert on_a_terminal(desk, "preblock", NO_COLOR="1") == plain


def test_a_full_disk_that_takes_no_output(desk: Desk) -> None:
    with open("/dev/full", "wb") as full:
        for command in ("triage --all", "triage --json", "export", "log", "book show collections"):
            with shell(desk, command, full.fileno()) as process:
                _, err = process.communicate()
            assert process.returncode == 1
            assert err == (
                b"Error: the output can't be written: no space left on device;"
                b" what was done is kept.\n"
            )


def test_nobody_has_to_read_to_the_end(desk: Desk) -> None:
    """As with `| head`: no error, and no finding of a check."""
    for command in ("triage --all", "triage --json", "export", "log", "book show collections"):
        ours, theirs = os.pipe()
        os.close(ours)
        with shell(desk, command, theirs) as process:
            os.close(theirs)
            _, err = process.communicate()
        assert (process.returncode, err) == (0, b"")


# --- who prints -----------------------------------------------------------------------------------

PRINTERS = {
    "click.echo": {"output", "long_table", "streams"},
    "click.secho": {"output"},
    "sys.stdout.write": {"output", "spreadsheet", "streams"},
    "csv.writer": {"spreadsheet"},
    "tabulate": {"output"},
}
"""What prints, and the modules that may use it: each of them makes text safe."""


def test_nothing_is_printed_past_what_makes_text_safe() -> None:
    folder = Path(__file__).parents[2] / "cli"
    for path in folder.rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        used = {name for name in PRINTERS if re.search(rf"^[^#\"`]*\b{name}\b[^.]", code, re.M)}
        assert {name for name in used if path.stem not in PRINTERS[name]} == set(), path
        assert not re.search(r"^ +print\(", code, re.M), path


def test_cr_lf_is_a_line_break() -> None:
    assert make_safe("one\r\ntwo\rthree") == "one two\\x0dthree"
    assert make_safe("one\r\ntwo", lines=True) == "one\ntwo"
