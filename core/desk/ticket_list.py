"""The tickets that fit a query, a line each."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from ..book.model import Book
from ..errors import BadInput
from ..library.library import Shelf
from ..library.readable_books import ReadableBooks
from ..library.settings import Settings
from ..system.write_toml import format_toml
from ..ticketfile.sqlite import Connection
from ..ticketfile.ticket_columns import AGENT, find_tickets, group_tickets
from ..ticketfile.ticket_conditions import TicketConditions
from .people import list_people
from .query_fields import check_column, list_columns
from .query_parser import join_words, parse_query
from .ticket_lines import Line, TicketLines
from .ticket_query import KnownWords, QueryReader


class LineGroup(NamedTuple):
    """Tickets that have the same in a column: how many there are, and lines of the first."""

    size: int
    lines: Sequence[Line]


class TicketList:
    """Lists tickets of one file; `today` is what dates of a query count from, `names` are the books of
    the tickets that will be read, None is all.

    `with_closed` says whether the last query looked at closed tickets too.
    """

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        today: str,
        shelf: Shelf | None = None,
        names: Collection[str] | None = None,
    ) -> None:
        self._connection, self._settings, self._today = connection, settings, today
        self._shelf = shelf or Shelf(settings, connection)
        books = ReadableBooks(self._shelf, connection)
        self._lines, self.with_closed = TicketLines(connection, settings, books, names), False

    def read(
        self, words: Sequence[str], names: Sequence[str], order: Sequence[str], most: int | None
    ) -> Iterator[Line]:
        """These columns of the tickets that fit the words of a query, in the order of some columns;
        BadInput where one of them is not right."""
        conditions = TicketConditions(self._lines.columns)
        condition = self._read_condition(conditions, words, names, order)
        conditions.prepare(self._connection)
        ids = find_tickets(self._connection, self._lines.columns, condition, order, most)
        return self._lines.read(names, ids)

    def read_groups(
        self,
        words: Sequence[str],
        names: Sequence[str],
        group: str,
        order: Sequence[str],
        most: int,
    ) -> dict[str, LineGroup]:
        """The tickets that fit the words of a query by what they have in a column, of each group these
        columns of the first so many; BadInput where one of them is not right."""
        conditions = TicketConditions(self._lines.columns)
        condition = self._read_condition(conditions, words, [*names, group], order)
        conditions.prepare(self._connection)
        found = group_tickets(self._connection, self._lines.columns, condition, group, order, most)
        return {
            value: LineGroup(one.size, [*self._lines.read(names, one.first)])
            for value, one in found.items()
        }

    def write_view(self, name: str, words: Sequence[str]) -> str:
        """A query as a line for [views] of the settings; BadInput where it is not right."""
        self._read_condition(TicketConditions(self._lines.columns), words, (), ())
        if not re.fullmatch(r"[\w-]+", name):
            raise BadInput(f"--save {name!r} can't be a name: use letters, digits, - and _.")
        key = name if name.isascii() else format_toml(name)
        return f"{key} = {format_toml(join_words(words))}"

    def _read_condition(
        self,
        conditions: TicketConditions,
        words: Sequence[str],
        names: Sequence[str],
        order: Sequence[str],
    ) -> str:
        tree = parse_query(join_words(words), self._settings.views)
        columns = list_columns(self._lines.books)
        for name in names:
            check_column("--columns", name, columns)
        for name in order:
            check_column("--sort", name.removeprefix("-"), columns)
        reader = QueryReader(conditions, self._today, self._read_words)
        condition = reader.read(tree)
        self.with_closed = reader.with_closed
        return condition

    def _read_words(self) -> KnownWords:
        """All that a query can name: of books without tickets too."""
        books: list[Book] = [*self._lines.books.values(), *self._shelf.sound()]
        people = {*list_people(self._settings, self._connection), AGENT}
        return KnownWords(
            people=sorted(people.union(*(book.roles for book in books))),
            books=sorted({*self._shelf.names(), *self._lines.books}),
            statuses={one.name: one.closed for book in books for one in book.statuses.values()},
        )
