"""prassi book: what can be done with books, each in a module of its own."""

from __future__ import annotations

import click

from ..lazy_group import LazyGroup

COMMANDS = {
    "list": "List the books there are, the shipped ones and your own.",
    "check": "Check books: all their faults at once, each with file and line.",
    "test": "Play the scenarios of books: what they must answer, what that reaches, and what not.",
    "prove": "Prove what books declare of themselves, or tell the story that breaks it.",
    "show": "Print a book as a procedure.",
    "graph": "Draw a book: its statuses, and each table as a tree of questions.",
    "export": "Write a book's decision tables as DMN, which modelers and other engines read.",
}


@click.group("book", cls=LazyGroup, helps=COMMANDS, within="book_")
def command() -> None:
    """List, show and check the books."""
