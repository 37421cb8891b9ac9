"""The documentation: that it is made from the code, and that what it shows is what happens.

Blocks in README.md and docs/ are checked by their kind. TOML, SQL and Jinja have to stand word for
word in a file of the repository, or to be settings that can be read. Sessions (`console`) are typed
anew: a line `...` stands for lines that were cut, and `...` at an end for the rest of the line.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import copy
from typing import Any

import click
import pytest
from click.testing import CliRunner
from prassi.cli.main import main, prassi
from prassi.core.errors import Faults
from prassi.core.library import settings
from prassi.core.library.library import Shelf
from walkthrough import Write, fits, read_steps, write_file

ROOT = Path(__file__).parents[2]

import reference  # noqa: E402

PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
EXAMPLES = ROOT / "docs" / "examples"
EXCERPTS = [
    *EXAMPLES.rglob("*.toml"),
    *EXAMPLES.rglob("*.sql"),
    *EXAMPLES.rglob("*.j2"),
    *(ROOT / "core" / "books").rglob("*.toml"),
    *(ROOT / "fixtures" / "own-book").rglob("*.*"),
    *(ROOT / "fixtures" / "maps").glob("*.toml"),
]
"""Files that pages may quote."""

Ran = tuple[list[str], int]


def blocks(page: Path, *kinds: str) -> list[str]:
    """The fenced blocks of these kinds on a page."""
    found = re.findall(r"^```(\w+)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)
    return [text for kind, text in found if kind in kinds]


def on_pages(*kinds: str) -> list[Any]:
    """All such blocks, as parameters of a test."""
    return [
        pytest.param(text, id=f"{page.name}-{place}")
        for page in PAGES
        for place, text in enumerate(blocks(page, *kinds))
    ]


# --- the reference --------------------------------------------------------------------------------


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the reference is written to in a test."""
    page = tmp_path / "reference.md"
    monkeypatch.setattr(reference, "PAGE", page)
    return page


def commands(command: click.Command, name: str) -> Iterator[str]:
    """A command's name, and those of the commands below it."""
    yield name
    if isinstance(command, click.Group):
        context = click.Context(command)
        for own in command.list_commands(context):
            found = command.get_command(context, own)
            assert found is not None
            yield from commands(found, f"{name} {own}")


def test_every_command_is_in_the_reference_once(page: Path) -> None:
    assert reference.main([]) == 0
    heads = re.findall(r"^### (prassi.*)$", page.read_text(encoding="utf-8"), re.M)
    assert heads == list(commands(prassi, "prassi"))


def test_every_book_is_in_the_reference(page: Path) -> None:
    reference.main([])
    text = page.read_text(encoding="utf-8")
    for name in Shelf(settings.NONE).names():
        assert f"### {name}: " in text


def test_no_page_is_wider_because_a_terminal_is(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference.main([])
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("PRASSI_FILE", "other.db")
    assert reference.main(["--check"]) == 0


@pytest.mark.parametrize("there", [None, "# Reference\n"], ids=["missing", "old"])
def test_what_is_not_up_to_date_is_told(
    page: Path, capsys: pytest.CaptureFixture[str], there: str | None
) -> None:
    if there is not None:
        page.write_text(there, encoding="utf-8")
    assert reference.main(["--check"]) == 1
    assert "make reference" in capsys.readouterr().err
    assert there is None or page.read_text(encoding="utf-8") == there


def test_a_command_without_a_docstring_is_told(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from prassi.cli.commands.show import command

    monkeypatch.setattr(command, "help", None)
    assert reference.main([]) == 1
    assert capsys.readouterr().err == "the command prassi show has no docstring.\n"
    assert not page.exists()


def test_a_section_of_books_without_words_is_told(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reference, "BOOK_SECTIONS", reference.BOOK_SECTIONS[1:])
    assert reference.main([]) == 1
    assert "the section book of a book" in capsys.readouterr().err


# --- what the pages quote, and where they lead ----------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        assert link.startswith("https://") or (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for named in re.findall(r"\b(?:core|cli|scripts|fixtures|tests)/[\w/.-]*\w", text):
        assert (ROOT / named).exists(), named


@pytest.mark.parametrize("text", on_pages("toml", "sql", "jinja"))
def test_what_is_quoted_stands_in_a_file(text: str, tmp_path: Path) -> None:
    if any(text in path.read_text(encoding="utf-8") for path in EXCERPTS):
        return
    own = tmp_path / "prassi.toml"
    own.write_text(text, encoding="utf-8")
    Shelf(settings.load(str(own))).names()


@pytest.mark.parametrize("text", on_pages("json"))
def test_rows_that_are_shown_can_be_imported(text: str, tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text(text, encoding="utf-8")
    for command in ("init", "import rows.json"):
        lines, code = Session(tmp_path).run(command)
        assert code == 0, lines


# --- sessions -------------------------------------------------------------------------------------


class Session:
    """A shell in a folder that has the fixtures and the examples, as a user's clone has them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._env: dict[str, str] = {}
        for name in ("fixtures", "docs"):
            if not (folder / name).exists():
                (folder / name).symlink_to(ROOT / name)

    def export(self, words: Sequence[str]) -> None:
        """Set variables, for all commands that follow."""
        self._env |= dict(word.split("=", 1) for word in words)

    def run(self, command: str) -> Ran:
        """What a command after `prassi` prints, and its exit code."""
        before, folder = sys.argv, os.getcwd()
        with CliRunner().isolation(env=self._env) as (_, _, both):
            sys.argv = ["prassi", *shlex.split(command)]
            os.chdir(self._folder)
            code: object = 0
            try:
                main()
            except SystemExit as ended:
                code = ended.code
            finally:
                sys.argv = before
                os.chdir(folder)
                sys.stdout.flush()
            lines = [line.rstrip() for line in both.getvalue().decode().splitlines()]
        return lines, int(str(code or 0))

    def run_into_file(self, command: str) -> list[str]:
        """What a command prints; with `> FILE` after it, that goes into the file instead."""
        command, _, file = command.partition(" > ")
        lines, _ = self.run(command)
        if not file:
            return lines
        text = "".join(f"{line}\n" for line in lines)
        (self._folder / file).write_text(text, encoding="utf-8")
        return []


LONG_SESSIONS = ("testing-a-book.md",)
SESSIONS = [
    pytest.param(page, marks=pytest.mark.slow if page.name in LONG_SESSIONS else (), id=page.name)
    for page in PAGES
    if blocks(page, "console")
]


@pytest.mark.unmeasured
@pytest.mark.parametrize("page", SESSIONS)
def test_sessions_are_what_happens(page: Path, tmp_path: Path) -> None:
    session = Session(tmp_path)
    for step in read_steps(page.read_text(encoding="utf-8")):
        if isinstance(step, Write):
            write_file(tmp_path, step)
            continue
        first, *words = shlex.split(step.words)
        if first == "export":
            session.export(words)
            continue
        if first == "cat":
            printed = (tmp_path / words[0]).read_text(encoding="utf-8").splitlines()
        else:
            assert first == "prassi"
            printed = session.run_into_file(step.words.removeprefix("prassi "))
        assert fits(step.shown, printed), f"$ {step.words}\n" + "\n".join(printed)


def test_lines_that_were_cut_are_passed_over_and_no_others() -> None:
    assert fits(["a", "...", "d e..."], ["a", "b", "c", "d e f"])
    assert fits(["a", "..."], ["a"])
    assert not fits(["a", "c"], ["a", "b", "c"])
    assert not fits(["a"], ["a", "b"])


# --- faults the pages tell of ---------------------------------------------------------------------


WRONG = {
    'wait = "{reminder_workdays}': 'wait = "{reminder_workday}',
    '["s3"]': '["s9"]',
    '"< {call_workdays}"': '"<= {call_workdays}"',
}
"""What docs/writing-a-book.md makes wrong in the example."""


def test_faults_of_a_book_are_told_as_the_page_says(tmp_path: Path) -> None:
    book = (EXAMPLES / "loans" / "book.toml").read_text(encoding="utf-8")
    for right, wrong in WRONG.items():
        assert right in book
        book = book.replace(right, wrong, 1)
    (tmp_path / "loans").mkdir()
    (tmp_path / "loans" / "book.toml").write_text(book, encoding="utf-8")
    for file in ("facts.sql", "reminder.en.j2"):
        copy(EXAMPLES / "loans" / file, tmp_path / "loans")
    with pytest.raises(Faults) as raised:
        Shelf(settings.NONE._replace(books=str(tmp_path))).book("loans")
    told = "".join(f"{fault}\n".replace(f"{tmp_path}/", "") for fault in raised.value.faults)
    assert blocks(ROOT / "docs" / "writing-a-book.md", "faults") == [told]


def test_faults_of_a_ledger_are_told_as_the_page_says(tmp_path: Path) -> None:
    ledger = (EXAMPLES / "ledger.csv").read_text(encoding="utf-8")
    ledger = ledger.replace("1.220,00", "1220.00").replace("12.01.2026", "31.02.2026")
    (tmp_path / "ledger.csv").write_text(ledger, encoding="utf-8")
    session = Session(tmp_path)
    session.run("init")
    lines, code = session.run("import ledger.csv --map docs/examples/ledger.toml")
    assert code == 2
    told = "".join(f"{line}\n" for line in lines[1:])
    assert blocks(ROOT / "docs" / "import-format.md", "faults") == [told]


# --- the example book -----------------------------------------------------------------------------


@pytest.fixture
def library(tmp_path: Path) -> Session:
    """A ticket file with the example's loans, under its settings."""
    session = Session(tmp_path)
    session.export(["PRASSI_CONFIG=docs/examples/prassi.toml", "PRASSI_AT=2026-03-02"])
    for command in ("init", "import docs/examples/loans/tickets.json"):
        assert session.run(command)[1] == 0
    return session


def rules(ran: Ran) -> dict[str, str]:
    """The rule by ticket, of what --json printed."""
    rows = [json.loads(line) for line in ran[0]]
    return {row["ticket"]: row["rule"] for row in rows}


def test_the_example_is_a_book_without_faults() -> None:
    book = Shelf(settings.load(str(EXAMPLES / "prassi.toml"))).book("loans")
    assert [rule.id for rule in book.event("renew").rules] == [
        "renew.granted",
        "renew.too-often",
        "renew.overdue",
    ]


def test_a_night_in_the_library(library: Session) -> None:
    night = {"L-1": "day.reminder", "L-2": "day.on-loan", "L-3": "day.call"}
    assert rules(library.run("triage --all --json")) == night
    assert rules(library.run("triage --all --json")) == night | {"L-1": "day.patience"}
    messages, _ = library.run("outbox list --json")
    assert [json.loads(message)["to"] for message in messages] == ["nina@example.org"]


def test_a_loan_is_renewed_twice(library: Session) -> None:
    granted = [library.run("event L-2 renew --json") for _ in range(3)]
    assert [rules((lines[:1], code))["L-2"] for lines, code in granted] == [
        "renew.granted",
        "renew.granted",
        "renew.too-often",
    ]
    assert [code for _, code in granted] == [0, 0, 3]


def test_a_loan_ends_with_its_last_copy(library: Session) -> None:
    assert rules(library.run("event L-1 return copy=100001 --json")) == {"L-1": "return.part"}
    lines, code = library.run("event L-1 return copy=100001")
    assert code == 2
    assert "100002" in lines[0]
    assert rules(library.run("event L-1 return all=yes --json")) == {"L-1": "return.last"}
    assert json.loads(library.run("show L-1 --json")[0][0])["status"] == "returned"
