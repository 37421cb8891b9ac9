"""What every command has in common: options, environment, help, and the same output every time."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from desk import CUSTOMERS, MONDAY, SETTINGS, Desk
from freezegun import freeze_time
from prassi.cli.commands.book import COMMANDS as BOOK_COMMANDS
from prassi.cli.lazy_group import name_module
from prassi.cli.main import COMMANDS, prassi
from procedure import calling, noticed, promised, ticket

pytestmark = pytest.mark.unmeasured

FILES = {"-f", "--file", "--at", "-n", "--dry-run", "--json", "--config", "-q", "--quiet"}


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command there is, those of groups with their group's name before them."""
    context = click.Context(prassi)
    for name in COMMANDS:
        command = prassi.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from parts(name, command, context)
        else:
            yield name, command


def parts(
    name: str, group: click.Group, context: click.Context
) -> Iterator[tuple[str, click.Command]]:
    for part in group.list_commands(context):
        one = group.get_command(context, part)
        assert one is not None
        if isinstance(one, click.Group):
            yield from parts(f"{name} {part}", one, context)
        else:
            yield f"{name} {part}", one


EVERY = [pytest.param(name, command, id=name) for name, command in commands()]

# --- help -----------------------------------------------------------------------------------------


def test_every_module_is_a_command_and_every_command_a_module() -> None:
    folder = Path(__file__).parents[2] / "cli" / "commands"
    modules = {path.stem for path in folder.glob("[a-z]*.py")}
    names = [*COMMANDS, *(f"book-{name}" for name in BOOK_COMMANDS), "outbox-send"]
    assert modules == {name_module(name) for name in names}


@pytest.mark.parametrize("name", [*COMMANDS, *(f"book {name}" for name in BOOK_COMMANDS)])
def test_the_short_help_begins_as_the_command_s_own(name: str) -> None:
    command = import_module(f"prassi.cli.commands.{name_module(name)}").command
    assert command.name == name.removeprefix("book ")
    own = command.help or ""
    short = COMMANDS[name] if name in COMMANDS else BOOK_COMMANDS[name.removeprefix("book ")]
    words = [re.sub(r"\W+$", "", word) for word in short.split()[:3]]
    assert [re.sub(r"\W+$", "", word) for word in own.split()[:3]] == words
    assert short.endswith(".")


def test_the_whole_help_names_every_command(desk: Desk) -> None:
    out = desk.good("--help").out
    listed = re.findall(r"^  ([a-z][a-z-]+)  ", out, re.MULTILINE)
    assert listed == list(COMMANDS)
    assert desk.good("-h").out == out
    assert re.fullmatch(r"prassi, version \d+\.\d+\.\d+\n", desk.good("--version").out)


@pytest.mark.parametrize(("name", "command"), EVERY)
def test_help_of_every_command(desk: Desk, name: str, command: click.Command) -> None:
    """Has a sentence, tells all of its options in words, and takes those of every command."""
    out = desk.good(f"{name} --help").out
    assert out.startswith(f"Usage: prassi {name} [OPTIONS]")
    assert command.help
    assert command.help.split("\n")[0].rstrip().endswith((".", ",", ":"))
    options = [param for param in command.params if isinstance(param, click.Option)]
    assert {name for option in options for name in option.opts} >= FILES
    assert all(option.help and option.opts[-1] in out for option in options)


# --- options and environment ----------------------------------------------------------------------


def shell(words: str, **env: str) -> str:
    """What a command prints with this environment, and nothing else."""
    ran = CliRunner().invoke(prassi, words.split(), env={f"PRASSI_{n}": v for n, v in env.items()})
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def test_an_option_says_what_the_environment_says_and_comes_before_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.load(calling(1))
    config = desk.folder / "prassi.toml"
    other = desk.folder / "other.toml"
    other.write_text("[parameters.collections]\nretry_workdays = 1\n", encoding="utf-8")
    ask = "call-outcome T-1 no-answer --dry-run"
    told = shell(ask, FILE=str(desk.file), AT=MONDAY, CONFIG=str(config))
    assert "call-again by 2026-03-09" in told
    for file in ("-f", "--file"):
        assert shell(f"{ask} {file} {desk.file} --at {MONDAY} --config {config}") == told
    wrong = {"FILE": "/nowhere", "AT": "2020-01-01", "CONFIG": str(other)}
    assert shell(f"{ask} -f {desk.file} --at {MONDAY} --config {config}", **wrong) == told
    assert "call-again by 2026-03-03" in shell(
        f"{ask} -f {desk.file} --at {MONDAY}", CONFIG=str(other)
    )
    monkeypatch.chdir(desk.folder)
    assert shell(ask, AT=MONDAY) == told


def test_options_stand_anywhere_after_the_command(desk: Desk) -> None:
    desk.load(calling(1))
    told = desk.good("call-outcome T-1 no-answer --dry-run --json")
    assert desk.good("call-outcome --json T-1 -n no-answer") == told
    assert desk.good(f"call-outcome -n --json --at {MONDAY} T-1 no-answer", at="2020-01-01") == told
    assert desk.run("--json call-outcome T-1 no-answer").code == 2


def test_without_at_it_is_now(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.folder)
    with freeze_time("2026-03-02 10:30:45"):
        desk.good("init")
        (desk.folder / "t.json").write_text(
            json.dumps({"customers": CUSTOMERS, "tickets": [calling(1)]})
        )
        desk.good("import t.json")
        assert '"at": "2026-03-02T10:30"' in shell("triage --json")


def test_at_takes_a_time(desk: Desk) -> None:
    desk.load(calling(1), at=f"{MONDAY}T08:00")
    (decision,) = desk.good("call-outcome T-1 no-answer --json", at=f"{MONDAY}T09:45").rows
    assert decision["at"] == f"{MONDAY}T09:45"
    assert decision["next"]["due"] == "2026-03-09"
    assert [row["at"] for row in desk.good("log --json").rows] == [
        f"{MONDAY}T08:00", f"{MONDAY}T09:45",
    ]  # fmt: skip
    assert desk.show()["notes"][0]["at"] == f"{MONDAY}T09:45"
    assert desk.good(["log", "--at", f"{MONDAY} 09:45"]).out == desk.good("log").out


def test_settings_name_people_and_the_company(desk: Desk) -> None:
    desk.settings(SETTINGS.replace("paolo", "capo@example.org"))
    desk.load(calling(1))
    words = "--reason refuses-contact --wants manager --note Direzione"
    (decision,) = desk.good(f"call-outcome T-1 no-agreement {words} --json").rows
    assert {"action": "assign", "role": "manager", "to": "capo@example.org"} in decision["actions"]


# --- init -----------------------------------------------------------------------------------------


def test_init(desk: Desk) -> None:
    dry = desk.good("init --dry-run")
    assert dry.out == f"{desk.file} would be made.\n"
    assert not desk.file.exists()
    assert desk.good("init").out == f"{desk.file} is made; fill it with `prassi import`.\n"
    assert stat.S_IMODE(desk.file.stat().st_mode) == 0o600
    before = desk.file.read_bytes()
    for words in ("init", "init --dry-run", "init --json"):
        ran = desk.run(words)
        assert (ran.code, ran.out) == (4, "")
        assert ran.err == f"Error: {desk.file} exists already; choose another name with --file.\n"
    assert desk.file.read_bytes() == before
    assert desk.good(["init", "-q", "-f", str(desk.folder / "other %3f?#.db")]).out == ""
    assert (desk.folder / "other %3f?#.db").is_file()


# --- the same output ------------------------------------------------------------------------------

VIEWS = (
    "export", "export --json", "show T-1", "show T-1 --json", "log", "promise T-3", "preblock",
    "preblock --json", "outbox list", "outbox list --json", "outbox show 1", "explain T-1",
    "explain T-1 --json", "verify", "triage --all --dry-run", "triage --all --dry-run --json",
    "book show collections", "book show collections --json", "call-outcome T-2 no-answer -n",
)  # fmt: skip


def test_output_is_the_same_to_the_byte(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """For the same file, `--at` and settings: again, and on a copy of the file."""
    desk.load(
        ticket("new"),
        {**calling(1), "ref": "T-2"},
        {**promised("2026-03-10"), "ref": "T-3"},
        {**noticed("2026-02-01"), "ref": "T-4"},
    )
    desk.good("call-outcome T-1 no-answer")
    copy = Desk(tmp_path_factory.mktemp("copy"))
    copy.file.write_bytes(desk.file.read_bytes())
    for view in VIEWS:
        told = desk.good(view)
        assert told.out
        assert desk.good(view) == told
        assert copy.good(view).out == told.out.replace(str(desk.file), str(copy.file))


RECORDING = (
    "call-outcome T-1 no-answer", "promise T-1 --agreed-on 2026-03-12", "payment T-1 --all",
    "care-reply T-2 solved", "hand-back T-3", "event T-3 return", "triage", "undo", "preblock T-1",
    "proforma T-1 add PF-9 5", "import {rows}",
)  # fmt: skip


@pytest.mark.parametrize("command", RECORDING)
def test_quiet_prints_nothing(desk: Desk, command: str) -> None:
    care = {**ticket("customer-care", tags=["customer care"]), "ref": "T-2"}
    desk.load(calling(1), care, {**ticket("with-department"), "ref": "T-3"})
    rows = desk.folder / "rows.csv"
    rows.write_text("ref,name\nC-9,Verdi\n", encoding="utf-8")
    if command == "undo":
        desk.good("call-outcome T-1 no-answer")
    before = desk.file.read_bytes()
    assert desk.good(f"{command.format(rows=rows)} --quiet") == (0, "", "")
    assert command in ("triage", "preblock T-1") or desk.file.read_bytes() != before
