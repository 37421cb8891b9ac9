"""Pages for developers: what they name exists, and what is generated is up to date."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import draw_layers
import pytest
import statements
from prassi.cli.command_names import is_command
from prassi.cli.main import prassi
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
PAGES = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]


def resolves(name: str) -> bool:
    """Whether a dotted name is a module of prassi, or something in one."""
    first, *parts = name.split(".")
    found: object = import_module(first)
    path = first
    for part in parts:
        path += f".{part}"
        if not hasattr(found, part):
            try:
                import_module(path)
            except ModuleNotFoundError:
                return False
        found = getattr(found, part)
    return True


def test_names_are_resolved_down_to_the_last_part() -> None:
    assert resolves("prassi.core.desk.office.Office.handle")
    assert not resolves("prassi.core.desk.office.Office.handel")
    assert not resolves("prassi.core.desk.offices")


# --- the glossary ---------------------------------------------------------------------------------


def entries() -> Iterator[tuple[str, str]]:
    """The words of the glossary, each with its code."""
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0] not in ("word", "---"):
            yield cells[0], cells[2]


def test_the_glossary_is_sorted_and_has_each_word_once() -> None:
    words = [word for word, _ in entries()]
    assert len(words) > 50
    assert words == sorted({*words}, key=str.casefold)


@pytest.mark.parametrize(("word", "code"), [one for one in entries() if one[1]])
def test_the_code_that_the_glossary_names_exists(word: str, code: str) -> None:
    (name,) = re.fullmatch(r"`([\w.]+)`", code).groups()  # type: ignore[union-attr]
    assert resolves(f"prassi.core.{name}"), word


# --- the architecture -----------------------------------------------------------------------------


def named_code(text: str) -> list[str]:
    """The dotted names in code font that begin with a package of ours."""
    return re.findall(r"`((?:core|cli)(?:\.\w+)+)(?:\(\))?`", text)


def test_the_architecture_names_the_code_of_each_step() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8")
    steps = re.findall(r"^(\d)\. \*\*(.*?)(?=^\d\. |\n\n)", text, re.M | re.S)
    assert [number for number, _ in steps] == [str(number) for number in range(1, 10)]
    assert [number for number, step in steps if not named_code(step)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_code_that_a_page_names_exists(page: Path) -> None:
    names = named_code(page.read_text(encoding="utf-8"))
    assert [name for name in names if not resolves(f"prassi.{name}")] == []


def test_the_layers_are_up_to_date() -> None:
    words = [sys.executable, str(ROOT / "scripts" / "draw_layers.py"), "--check"]
    ran = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_another_contract_gives_another_picture() -> None:
    layers = draw_layers.read_layers(ROOT / "setup.cfg")
    assert layers[0] == ["cli"]
    assert layers[-1] == ["errors"]
    page = ARCHITECTURE.read_text(encoding="utf-8")
    assert draw_layers.fill_page(page, layers) == page
    assert draw_layers.fill_page(page, layers[::-1]) != page
    (row,) = [line for line in draw_layers.draw_layers(layers) if "outbox" in line]
    assert "library" in row


def test_each_package_has_a_line() -> None:
    text = "\n".join(draw_layers.list_packages(draw_layers.read_layers(ROOT / "setup.cfg")))
    folders = {path.parent for path in (ROOT / "core").rglob("__init__.py")} - {ROOT / "core"}
    for folder in folders:
        if not {"books", "locale"}.intersection(folder.parts):
            assert f"`{folder.relative_to(ROOT)}/`" in text


# --- pre-commit -----------------------------------------------------------------------------------


def test_pre_commit_runs_what_make_check_runs() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (check,) = re.findall(r"^check: .*\n((?:\t.*\n)+)", makefile, re.M)
    wanted = [line.strip().replace("$(BIN)/", ".venv/bin/") for line in check.splitlines()]
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    entries = re.findall(r"^ +entry: (.*)$", hooks, re.M)
    assert [line for line in wanted if line not in entries] == []


# --- statements of the procedures -------------------------------------------------------------------


def test_each_statement_is_fulfilled_by_something_that_exists() -> None:
    """By rules of the book, a command, a remark that says how it is read, or people with a reason."""
    assert statements.PAGE.read_text(encoding="utf-8") == statements.write_page()
    shelf = Shelf(NONE)
    for name in shelf.names():
        book = shelf.book(name)
        cited = {s for e in book.event_names for r in book.event(e).rules for s in r.statements}
        for statement in book.statements.values():
            ways = statement.without_rules
            assert (statement.id in cited) != bool(ways), (name, statement.id)
            if "view" in ways:
                with click.Context(prassi):
                    assert is_command(ways["view"]), (name, statement.id)
            if "reading" in ways:
                assert ways["reading"] in book.remarks, (name, statement.id)
