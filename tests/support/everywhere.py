"""All commands, with bad text in whatever they take, and on tickets that are full of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

import click
from desk import SETTINGS, Desk
from hostile import BOOKS, GIVEN, Bad, poisoned
from prassi.cli.main import COMMANDS, prassi


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
    """Every command by its name."""
    context = click.Context(prassi)
    found = {}
    for name in COMMANDS:
        command = prassi.get_command(context, name)
        assert command is not None
        found |= dict(leaves(name, command, context))
    return found


EVERY = every()


def fill(desk: Desk, bad: Bad = GIVEN) -> None:
    """Make the ticket file of a desk, with tickets of all books that are full of bad text."""
    evil = json.dumps(bad.evil, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f")
    desk.settings(SETTINGS.replace("giulia", evil).replace("Quadrifoglia", evil))
    desk.good("init")
    for book in BOOKS:
        path = desk.folder / f"{book}.json"
        path.write_text(json.dumps(poisoned(book, bad)), encoding="utf-8")
        desk.good(["import", str(path)])
    desk.good(["call-outcome", bad.ref("T-1009"), "no-answer", "--note", bad.evil])
    desk.good("triage --quiet")


def hostile(name: str, bad: Bad = GIVEN) -> Iterator[list[str]]:
    """A command with bad text in each of its arguments and options, one after the other."""
    command, evil = EVERY[name], bad.evil
    arguments = [p for p in command.params if isinstance(p, click.Argument)]
    good = [bad.ref("T-1009") if p.name in ("ticket", "tickets") else "x" for p in arguments]
    for place, argument in enumerate(arguments):
        tried = [*good[:place], evil, *good[place + 1 :]]
        yield [*name.split(), *tried]
        if argument.nargs == -1:
            yield [*name.split(), *good[:place], f"{evil}={evil}", f"note={evil}"]
    for option in command.params:
        if isinstance(option, click.Option) and not option.is_flag and option.name != "file":
            yield [*name.split(), *good, option.opts[-1], evil]
    yield [*name.split(), *good, f"--{evil}"]
    yield [*name.split(), *good, evil, evil, evil]


def work(bad: Bad = GIVEN) -> Mapping[str, Sequence[Sequence[str]]]:
    """Commands that do what they are for, on tickets full of bad text."""
    evil = bad.evil
    k, t, r, p, q = map(bad.ref, ("K-201", "T-1009", "R-101", "P-101", "Q-101"))
    return {
        "triage": [[], ["--all"], [t], ["--assignee", evil], ["--limit", "3"]],
        "call-outcome": [[t, "no-answer", "--note", evil], [t, "no-agreement", "--reason", "problem",
                         "--problem", "technical", "--note", evil]],
        "promise": [[t, "--agreed-on", "2026-03-12", "--note", evil], [t]],
        "payment": [[t, "--all"]],
        "preblock": [[], [t], ["--csv"], ["--csv", "--raw"]],
        "sheet": [[], ["preblock"], ["expiry"], ["queue"], ["folder", f"creator=anna{evil}"],
                  ["preblock", "--csv"], ["queue", "--csv", "--raw"]],
        "insistence-check": [[r, "--customer", "unaware", "--name", evil, "--description", evil]],
        "answer": [[r, "--text", f"Risposta {evil}"]],
        "case-route": [[k, "save", "--description", evil], ["queue", "backoffice"],
                       ["folder", "--creator", evil], ["history", k], ["find", k]],
        "package-expiry": [[]],
        "package-cancel": [[p, "--note", evil]],
        "request new": [["--customer", bad.ref("C-101"), "--type", "other", "--text", evil, "--owner", evil]],
        "request move": [[q, "in-progress", "--owner", evil]],
        "request board": [[], ["--text", evil]],
        "request list": [[], ["--counts"], ["--tickets"]],
        "request states list": [[]],
        "request states add": [[f"neu{bad.flood}"]],
        "event": [[t, "call", "outcome=no-answer", f"note={evil}"]],
        "show": [[t], [k], [r], [p], [q]],
        "log": [[], [t]],
        "explain": [[p], [r, "answer", f"text={evil}"]],
        "what-if": [["--set", "collections.max_retries=2", "--list"]],
        "replay": [[]],
        "outbox list": [[], [t], ["--csv"], ["--csv", "--raw"]],
        "outbox show": [["1"], ["2"], ["3"]],
        "export": [[]],
        "verify": [[]],
        "doctor": [[]],
        "book list": [[]],
        "book check": [[]],
        "book prove": [["requests"]],
        "book show": [["collections"], ["cases"]],
        "undo": [["--run", "7"], []],
    }  # fmt: skip
