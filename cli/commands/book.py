"""prassi book: the group of the commands about books, each in a module of its own (book_*.py)."""

from __future__ import annotations

import click

from ..lazy_group import LazyGroup

COMMANDS = {
    "list": "List all books, the shipped ones and your own.",
    "new": "Make the beginning of a book, or a copy of one.",
    "check": "Check books, and print all their faults, each with file and line.",
    "test": "Play the scenarios of books, and print what fails and which rules none reaches.",
    "prove": "Prove the properties that books declare, or print a story that breaks one.",
    "show": "Print a book as a procedure.",
    "graph": "Draw the statuses of a book, and each of its tables as a tree of questions.",
    "export": "Write a book's decision tables as DMN, for modelers and other engines.",
}


@click.group("book", cls=LazyGroup, helps=COMMANDS, within="book_")
def command() -> None:
    """List, show and check the books."""
