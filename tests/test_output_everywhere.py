"""Whatever command prints whatever field: nothing of it steers a terminal."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pytest
from conftest import SETTINGS, Desk
from hostile import ACCENTS, BOOKS, EVIL, poisoned, sly, steers
from prassi.cli.main import COMMANDS, prassi

pytestmark = pytest.mark.unmeasured


def leaves(
    name: str, command: click.Command, context: click.Context
) -> Iterator[tuple[str, click.Command]]:
    """A command, or all those of a group, with the names of the groups before theirs."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    for part in command.list_commands(context):
        inner = command.get_command(context, part)
        assert inner is not None
        yield from leaves(f"{name} {part}", inner, context)


def every() -> dict[str, click.Command]:
    context = click.Context(prassi)
    found = {}
    for name in COMMANDS:
        command = prassi.get_command(context, name)
        assert command is not None
        found |= dict(leaves(name, command, context))
    return found


EVERY = every()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ticket file of all books, full of bad text."""
    desk = Desk(tmp_path_factory.mktemp("hostile"))
    evil = json.dumps(EVIL, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f")
    desk.settings(SETTINGS.replace("giulia", evil).replace("Quadrifoglia", evil))
    desk.good("init")
    for book in BOOKS:
        path = desk.folder / f"{book}.json"
        path.write_text(json.dumps(poisoned(book)), encoding="utf-8")
        desk.good(["import", str(path)])
    desk.good(["call-outcome", sly("T-1009"), "no-answer", "--note", EVIL])
    desk.good("triage --quiet")
    return desk.folder


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Desk:
    for name in ("tickets.db", "prassi.toml"):
        shutil.copy(made / name, tmp_path / name)
    settings = (made / "prassi.toml").read_text(encoding="utf-8")
    desk = Desk(tmp_path)
    desk.settings(settings)
    return desk


def test_the_file_is_full_of_it(desk: Desk) -> None:
    """What is looked for below is there to be found: no field was left out."""
    rows = desk.export()
    for kind, names in {
        "customers": {"ref", "name", "email", "phone"},
        "tickets": {
            "ref",
            "customer",
            "assignee",
            "subject",
            "description",
            "creator",
            "text",
            "owner",
        },
    }.items():
        for name in names:
            assert any("\u202e" in str(row.get(name)) for row in rows[kind]), name
    assert any("\u202e" in note["text"] for row in rows["tickets"] for note in row["notes"])
    assert any(
        EVIL in m["body"] or "gnp" in m["body"] for m in desk.good("outbox list --json").rows
    )


# --- every option and argument ------------------------------------------------------------------


def hostile(name: str, command: click.Command) -> Iterator[list[str]]:
    """A command with bad text in each of its arguments and options, one after the other."""
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    good = [sly("T-1009") if p.name in ("ticket", "tickets") else "x" for p in arguments]
    for place, argument in enumerate(arguments):
        tried = [*good[:place], EVIL, *good[place + 1 :]]
        yield [*name.split(), *tried]
        if argument.nargs == -1:
            yield [*name.split(), *good[:place], f"{EVIL}={EVIL}", f"note={EVIL}"]
    for option in command.params:
        if isinstance(option, click.Option) and not option.is_flag and option.name != "file":
            yield [*name.split(), *good, option.opts[-1], EVIL]
    yield [*name.split(), *good, f"--{EVIL}"]
    yield [*name.split(), *good, EVIL, EVIL, EVIL]


@pytest.mark.parametrize("name", EVERY)
def test_whatever_is_given(desk: Desk, name: str) -> None:
    for words in hostile(name, EVERY[name]):
        ran = desk.run([*words, "--dry-run"])
        assert ran.code in (0, 1, 2, 3, 4), words
        assert steers(ran.out + ran.err) is None, words
        assert ran.code == 0 or ran.err or ran.out, words


# --- commands that do what they are for --------------------------------------------------------------

K, T, R, P, Q = (sly(ref) for ref in ("K-201", "T-1009", "R-101", "P-101", "Q-101"))
DO: dict[str, Sequence[Sequence[str]]] = {
    "triage": [[], ["--all"], [T], ["--assignee", EVIL], ["--limit", "3"]],
    "call-outcome": [[T, "no-answer", "--note", EVIL], [T, "no-agreement", "--reason", "problem",
                     "--problem", "technical", "--note", EVIL]],
    "promise": [[T, "--agreed-on", "2026-03-12", "--note", EVIL], [T]],
    "payment": [[T, "--all"]],
    "preblock": [[], [T]],
    "sheet": [[], ["preblock"], ["expiry"], ["queue"], ["folder", f"creator=anna{EVIL}"]],
    "insistence-check": [[R, "--customer", "unaware", "--name", EVIL, "--description", EVIL]],
    "answer": [[R, "--text", f"Risposta {EVIL}"]],
    "case-route": [[K, "save", "--description", EVIL], ["queue", "backoffice"], ["folder", "--creator", EVIL],
                   ["history", K], ["find", K]],
    "package-expiry": [[]],
    "package-cancel": [[P, "--note", EVIL]],
    "request new": [["--customer", sly("U-101"), "--type", "other", "--text", EVIL, "--owner", EVIL]],
    "request move": [[Q, "in-progress", "--owner", EVIL]],
    "request board": [[], ["--text", EVIL]],
    "request list": [[], ["--counts"], ["--tickets"]],
    "request states list": [[]],
    "request states add": [[f"neu{ACCENTS}"]],
    "event": [[T, "call", "outcome=no-answer", f"note={EVIL}"]],
    "show": [[T], [K], [R], [P], [Q]],
    "log": [[], [T]],
    "explain": [[P], [R, "answer", f"text={EVIL}"]],
    "what-if": [["--set", "collections.max_retries=2", "--list"]],
    "replay": [[]],
    "outbox list": [[], [T]],
    "outbox show": [["1"], ["2"], ["3"]],
    "export": [[]],
    "verify": [[]],
    "book list": [[]],
    "book check": [[]],
    "book prove": [["requests"]],
    "book show": [["collections"], ["cases"]],
    "undo": [["--run", "7"], []],
}  # fmt: skip
"""What works on tickets full of bad text."""


@pytest.mark.parametrize("name", DO)
@pytest.mark.parametrize("more", [[], ["--json"]], ids=["in words", "as JSON"])
def test_whatever_is_printed(desk: Desk, name: str, more: list[str]) -> None:
    for words in DO[name]:
        ran = desk.run([*name.split(), *words, *more])
        assert ran.code == 0, (words, ran.err)
        assert steers(ran.out + ran.err) is None, words
        if more:
            assert all(isinstance(row, dict) for row in ran.rows)


def test_nothing_is_forgotten() -> None:
    """Every command is tried with bad text in all it takes, and these with all that they print."""
    assert DO.keys() <= EVERY.keys()
    assert {name.split()[0] for name in EVERY} == COMMANDS.keys()
    for name, command in EVERY.items():
        assert len([*hostile(name, command)]) >= 2
