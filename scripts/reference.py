#!/usr/bin/env python
"""Write docs/reference.md from the code, so that it can't say anything else than the code does.

    python scripts/reference.py            write it
    python scripts/reference.py --check    exit with 1 where it is not up to date

Commands come from their own help, actions, types, settings and books from the records that the
program itself works with. The keys of a book's sections are found by giving the reader of books one
that it doesn't know: the fault it tells lists those it does.
"""

from __future__ import annotations

import copy
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click
from prassi.cli.main import prassi
from prassi.cli.options import CommonOptions, add_common_options
from prassi.core.analysis.scenarios.scenario_files import SCENARIO, SHARED
from prassi.core.book.action_base import Key
from prassi.core.book.actions import ACTION_KINDS
from prassi.core.book.domains import domain
from prassi.core.book.model import Book, DateFact, DueFact, Fact, ForbiddenFact
from prassi.core.book.validate import BookValidator
from prassi.core.errors import Faults
from prassi.core.library.library import Shelf
from prassi.core.library.settings import COMPANY, NONE, SECTIONS
from prassi.core.system.parse_toml import parse
from prassi.core.tables.cells import describe_domain
from prassi.core.values.field_types import TYPES, Field, format_money

PAGE = Path(__file__).parent.parent / "docs" / "reference.md"
WIDTH = 100

HEAD = """\
# Reference

Made by `make reference` from the code; do not edit it by hand. How a book is written, step by step:
[writing-a-book.md](writing-a-book.md). What can be imported: [import-format.md](import-format.md).
"""


class Undocumented(Exception):
    """Something has no words to be described with."""


class Section(NamedTuple):
    """A section of a book: how it is written, what it is for, and a book's text that reaches it.

    In `text`, the unknown key `zz` stands where the section's own keys stand.
    """

    written: str
    about: str
    text: str


BOOK_SECTIONS = (
    Section("[book]", "what the book is called", "[book]\nzz = 1"),
    Section(
        "[parameters] NAME", "a figure that settings can change", "[parameters]\na = { zz = 1 }"
    ),
    Section("[roles] NAME", "who takes part, each with a word about them", ""),
    Section("[[statement]]", "a sentence of the written procedure", "[[statement]]\nzz = 1"),
    Section(
        "[[remark]]",
        "what the source leaves open, and what was decided",
        '[[remark]]\nzz = 1\n[[events.a.rule]]\nremarks = ["r1"]',
    ),
    Section(
        "[statuses] NAME",
        "where a ticket can stand; the first one is where it begins",
        "[statuses]\na = { zz = 1 }",
    ),
    Section(
        "[tasks] NAME",
        "a kind of task: who does it, and where it stands beside another one",
        "[tasks]\na = { zz = 1 }",
    ),
    Section(
        "[common] EVENT",
        "what the book says of an event that every book has; `false`: it has none",
        "[common]\nnote = { zz = 1 }",
    ),
    Section("[fields] NAME", "what a ticket knows once", "[fields]\na = { zz = 1 }"),
    Section("[items.KIND]", "what a ticket has several of", "[items.a]\nzz = 1"),
    Section(
        "[items.KIND.fields] NAME",
        "what is known of each of them",
        "[items.a.fields]\na = { zz = 1 }",
    ),
    Section(
        "[facts] NAME", "what rules can ask about, read by facts.sql", "[facts]\na = { zz = 1 }"
    ),
    Section(
        "[facts] NAME, counted",
        "days or working days since another fact or input",
        '[facts]\na = { days_since = "b", zz = 1 }',
    ),
    Section(
        "[facts] NAME, forbidden",
        "what the book forbids to say and a text input says",
        '[facts]\na = { forbidden_in = "b", zz = 1 }',
    ),
    Section(
        "[[forbidden]]", "what must never be said or written to a customer", "[[forbidden]]\nzz = 1"
    ),
    Section(
        "[[impossible]]",
        "facts that can't be together, though each of them can",
        "[[impossible]]\nzz = 1",
    ),
    Section(
        "[[property]]", "what the book declares of itself, for `book prove`", "[[property]]\nzz = 1"
    ),
    Section(
        "happens, in a property", "a step of a ticket's life", "[[property]]\nhappens = { zz = 1 }"
    ),
    Section("[[way]]", "a way of which `book prove` tells how long it takes", "[[way]]\nzz = 1"),
    Section("[sequences] NAME", "a list of actions that several rules share", ""),
    Section("[events.NAME]", "something that happens", "[events.a]\nzz = 1"),
    Section(
        "[events.NAME.inputs] NAME",
        "what the caller of the event gives",
        "[events.a.inputs]\na = { zz = 1 }",
    ),
    Section(
        "[[events.NAME.rule]]", "a line of the event's decision table", "[[events.a.rule]]\nzz = 1"
    ),
    Section(
        "next, in a rule", "what a person has to do next", "[[events.a.rule]]\nnext = { zz = 1 }"
    ),
    Section(
        "instead, in a rule",
        "the event that a rule hands on to",
        "[[events.a.rule]]\ninstead = { zz = 1 }",
    ),
    Section(
        "[sheets.NAME]", "a printed list of the tickets in some statuses", "[sheets.a]\nzz = 1"
    ),
    Section(
        "[sync]",
        "what answers to differences in another program's ledger ([importing](importing.md))",
        "[sync]\nzz = 1",
    ),
    Section(
        "[sync.KIND]",
        "the event that each difference of such an item is raised as",
        '[items.a]\nkey = "b"\n[items.a.fields]\nb = {}\n[sync.a]\nzz = 1',
    ),
    Section("[stats]", "where the figures of `prassi stats` come from", "[stats]\nzz = 1"),
    Section("ageing, in [stats]", "what is owed, by age", "[stats]\nageing = { zz = 1 }"),
    Section("promises, in [stats]", "promises, kept and broken", "[stats]\npromises = { zz = 1 }"),
    Section("calls, in [stats]", "calls, by how they went", "[stats]\ncalls = { zz = 1 }"),
    Section(
        "sla, in [stats]", "terms; `done` is a field, or `closed`", "[stats]\nsla = { zz = 1 }"
    ),
)

TYPES_MEAN = {
    "ticket": "the ref of another ticket",
    "customer": "the ref of a customer in the ticket file",
    "word": "one of its `values`",
    "status": "one of the book's statuses",
}
"""What a type means beside what its values look like."""


def main(arguments: Sequence[str]) -> int:
    """The exit code: 1 where --check finds another text, or something can't be described."""
    try:
        made = page()
    except Undocumented as error:
        print(f"{error}.", file=sys.stderr)
        return 1
    if "--check" not in arguments:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != made:
        print("docs/reference.md is not up to date: run `make reference`.", file=sys.stderr)
        return 1
    return 0


def page() -> str:
    """The whole reference."""
    of_books = (*actions(), *types(), *book_sections(), *scenarios())
    return "\n".join([HEAD, *commands(), *of_books, *settings(), *books()])


# --- commands -------------------------------------------------------------------------------------


def commands() -> Iterator[str]:
    """Every command with its help, and once the options that all of them take."""
    everywhere = _common_options()
    yield "## Commands\n"
    yield "Each command takes these options, after its name; below, they are left out.\n"
    yield _fenced(_options_help(everywhere))
    yield from _described(prassi, None, "prassi", {option.name for option in everywhere})


def _described(
    command: click.Command, parent: click.Context | None, name: str, known: Collection[str | None]
) -> Iterator[str]:
    """A command's help, and after it that of the commands it has."""
    bare = copy.copy(command)
    bare.params = [param for param in command.params if param.name not in known]
    with _context(bare, parent, name) as context:
        if not (command.help or "").strip():
            raise Undocumented(f"the command {context.command_path} has no docstring")
        yield f"### {context.command_path}\n"
        yield _fenced(bare.get_help(context))
        if isinstance(command, click.Group):
            for own in command.list_commands(context):
                found = command.get_command(context, own)
                assert found is not None
                yield from _described(found, context, own, known)


def _context(command: click.Command, parent: click.Context | None, name: str) -> click.Context:
    return click.Context(
        command,
        parent=parent,
        info_name=name,
        terminal_width=WIDTH,
        color=False,
        help_option_names=["-h", "--help"],
    )


def _common_options() -> list[click.Parameter]:
    @click.command("any")
    @add_common_options
    def probe(common: CommonOptions) -> None:
        """Any command."""

    return probe.params


def _options_help(options: Sequence[click.Parameter]) -> str:
    """Options as a command's help shows them, with the variables that stand for them."""
    with _context(click.Command("any", params=[]), None, "prassi") as context:
        formatter = context.make_formatter()
        rows = [row for option in options if (row := _option_row(option, context)) is not None]
        formatter.write_dl(rows)
        return formatter.getvalue()


def _option_row(option: click.Parameter, context: click.Context) -> tuple[str, str] | None:
    row = option.get_help_record(context)
    if row is None or not option.envvar:
        return row
    return row[0], f"{row[1]}  [variable: {option.envvar}]"


def _fenced(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```\n"


# --- what books can say ---------------------------------------------------------------------------


def actions() -> Iterator[str]:
    """The kinds of actions, as the list in core/book/actions.py has them."""
    yield "## Actions of a rule\n"
    yield "The first key says the kind; every action can have `if` too. *Changes* says whether it"
    yield "changes the ticket file. `do = NAME` puts a sequence in.\n"
    rows = [
        (f"`{kind.name}`", _keys(kind.keys[1:]), "yes" if kind.changes else "no", kind.about)
        for kind in ACTION_KINDS.values()
    ]
    yield _table(("action", "further keys", "changes", "what it does"), rows)


def _keys(keys: Iterable[Key]) -> str:
    return ", ".join(f"`{key.name}`{' (needed)' if key.needed else ''}" for key in keys)


def types() -> Iterator[str]:
    """The types, each with what its reader says of it."""
    yield "## Types of fields, facts and inputs\n"
    rows = []
    for name, read in TYPES.items():
        if not read.__doc__:
            raise Undocumented(f"the reader of the type {name} has no docstring")
        looks = read.__doc__.strip().splitlines()[0]
        rows.append((f"`{name}`", TYPES_MEAN.get(name, ""), looks))
    yield _table(("type", "meaning", "written as"), rows)


def book_sections() -> Iterator[str]:
    """The sections of book.toml with their keys, as the reader of books knows them."""
    yield "## Sections of book.toml\n"
    rows = []
    for section in BOOK_SECTIONS:
        known, needed = _probed(section.text) if section.text else ([], [])
        keys = ", ".join(f"`{key}`{' (needed)' if key in needed else ''}" for key in known)
        rows.append((f"`{section.written}`", section.about, keys))
    listed = {re.findall(r"\w+", section.written)[0] for section in BOOK_SECTIONS}
    for name in _probed("zz = 1")[0]:
        if name not in listed:
            raise Undocumented(f"the section {name} of a book is not in scripts/reference.py")
    yield _table(("section", "what it is for", "keys"), rows)


def _probed(text: str) -> tuple[list[str], list[str]]:
    """The keys that the reader of books knows where `text` has `zz`, and those it needs there."""
    document = parse("probe", text.encode())
    validator = BookValidator(document, {})
    try:
        validator.check(lambda template: True)
    except Faults as faults:
        told = [re.sub(r"^probe:\d+: ", "", fault) for fault in faults.faults]
    for sentence in told:
        if found := re.fullmatch(r"(.+) has no key 'zz'; its keys are (.+)\.", sentence):
            needs = [re.fullmatch(rf"{re.escape(found[1])} needs '(\w+)'\.", one) for one in told]
            return found[2].split(", "), [need[1] for need in needs if need]
    raise Undocumented(f"the reader of books knows no section such as {text!r}")


def scenarios() -> Iterator[str]:
    """The keys of scenario files, as the lists in core/analysis/scenarios/scenario_files.py have them."""
    yield "## Scenarios\n"
    yield "What scenarios are for: [testing-a-book.md](testing-a-book.md). On top of a file, for all in it:\n"
    yield _table(("key", "meaning"), [(f"`{key}`", about) for key, about in SHARED.items()])
    yield "In each `[[scenario]]`:\n"
    yield _table(("key", "meaning"), [(f"`{key}`", about) for key, about in SCENARIO.items()])


def _link(text: str) -> str:
    """A text whose pages of docs/ are links."""
    return re.sub(r"docs/([\w-]+\.md)", r"[\1](\1)", text)


def settings() -> Iterator[str]:
    """The settings, as the lists in core/library/settings.py have them."""
    yield "## Settings\n"
    yield "The file named by `--config` or `PRASSI_CONFIG`.\n"
    yield _table(
        ("section", "what it is for"), [(f"`[{n}]`", _link(s)) for n, s in SECTIONS.items()]
    )
    yield "`[company]` has\n"
    yield _table(("key", "meaning"), [(f"`{name}`", about) for name, about in COMPANY.items()])


# --- the shipped books ----------------------------------------------------------------------------


def books() -> Iterator[str]:
    """The books that come with the program."""
    yield "## The books\n"
    shelf = Shelf(NONE)
    for name in shelf.names():
        yield from _book(shelf.book(name))


def _book(book: Book) -> Iterator[str]:
    events = [book.event(name) for name in book.event_names]
    rules = sum(len(event.rules) for event in events)
    yield f"### {book.name}: {book.title}\n"
    yield f"{book.source}. Calendar {book.calendar}, language {book.language};"
    yield f"{rules} rules in {len(events)} tables, {len(book.statements)} statements.\n"
    yield _table(
        ("parameter", "value", "unit", "meaning"),
        [(f"`{p.name}`", str(p.value), p.unit, p.about) for p in book.parameters.values()],
    )
    yield _table(
        ("status", "meaning", "closed"),
        [(f"`{s.name}`", s.about, "yes" if s.closed else "") for s in book.statuses.values()],
    )
    rows = [
        (f"`{e.name}`", e.title, str(len(e.rules)), ", ".join(f"`{name}`" for name in e.inputs))
        for e in events
    ]
    yield _table(("event", "meaning", "rules", "inputs"), rows)
    yield _table(
        ("fact", "values", "meaning"),
        [(f"`{name}`", _values(fact, book), fact.about) for name, fact in book.facts.items()],
    )


def _values(fact: Fact, book: Book) -> str:
    """What a fact can be, in words."""
    if isinstance(fact, DateFact):
        counted = f"{fact.unit.replace('_', ' ').replace('workdays', 'working days')} `{fact.base}`"
        return counted + (", or none" if fact.optional else "")
    if isinstance(fact, DueFact):
        return "a date that is counted" + (", or none" if fact.optional else "")
    if isinstance(fact, ForbiddenFact):
        return f"what `{fact.base}` says, or none"
    if fact.type in ("status", "boolean", "integer", "word"):
        return describe_domain(domain(fact, book.statuses)) if fact.type != "status" else "a status"
    return ("several: " if fact.many else "") + fact.type + _bounds(fact)


def _bounds(fact: Field) -> str:
    low = f" from {format_money(fact.low)}" if fact.type == "money" and fact.low else ""
    return low + (", or none" if fact.optional else "")


# --- layout ---------------------------------------------------------------------------------------


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; columns that say nothing are left out."""
    listed = [tuple(" ".join(cell.split()).replace("|", "\\|") for cell in row) for row in rows]
    kept = [n for n in range(len(heads)) if any(row[n] for row in listed)]
    lines = [[heads[n] for n in kept], ["---"] * len(kept), *([r[n] for n in kept] for r in listed)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
