"""Comparing tickets of the ledger with those of the ticket file, a page at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from ..book.model import Book
from ..desk.office import Office
from ..ticketfile import ledger_queries, read_tickets
from ..ticketfile.import_staging import StagedTicket, Staging
from .export_map import Map
from .ledger import (
    CURRENCY,
    Chain,
    Difference,
    ItemComparison,
    ItemKind,
    RecordedHere,
    sum_recorded,
)
from .ledger_reader import LedgerReader, LedgerTicket
from .row_forms import Form, Forms
from .rows_and_faults import TICKETS

Kinds = Mapping[str, ItemKind]


class LedgerComparison:
    """The two sides: the ledger, by its `reader`, and the ticket file, by its tickets' chains."""

    def __init__(
        self, office: Office, forms: Forms, by: Map, reader: LedgerReader, staging: Staging
    ) -> None:
        self.office, self.reader, self.by = office, reader, by
        self._forms, self._staging = forms, staging
        self.books = self._find_books()
        answers = [book.sync.owes_again for book in self.books.values()]
        self.links = {one.link for one in answers if one is not None}
        self.since = office.today
        """From this day on, the ledger may lag behind what people recorded."""

    def _find_books(self) -> dict[str, Book]:
        """The books that tickets of the map can have."""
        recipe = (
            self.by.sections[TICKETS].recipes.get("book") if TICKETS in self.by.sections else None
        )
        if recipe is None:
            return {}
        forms: list[Form] = self._forms.all()
        if not recipe.own_columns:
            forms = [form for form in forms if form.book.name == recipe.const]
        elif recipe.values is not None:
            words = {*recipe.values.values(), recipe.default, recipe.other}
            forms = [form for form in forms if form.book.name in words]
        return {form.book.name: form.book for form in forms}

    @property
    def prefix(self) -> str:
        """What the refs of this ledger's tickets begin with."""
        recipe = (
            self.by.sections[TICKETS].recipes.get("ref") if TICKETS in self.by.sections else None
        )
        return recipe.prefix if recipe is not None else ""

    def kinds_of(self, book: str) -> Kinds:
        """The kinds of items of a book that are compared."""
        form = self._forms.get(book)
        return self.reader.kinds_of(form) if form is not None else {}

    def read_pages(self) -> Iterator[list[LedgerTicket]]:
        """The tickets of the ledger, as far as they are sound."""
        after = 0
        while page := self._staging.read_page(after):
            after = page[-1].number
            yield self._read(page)

    def read_some(self, numbers: Sequence[int]) -> list[LedgerTicket]:
        """Some tickets of the ledger."""
        return self._read(self._staging.read_some(numbers))

    def _read(self, page: Sequence[StagedTicket]) -> list[LedgerTicket]:
        hanging = self._staging.read_items(page[0].number, page[-1].number)
        read = (self.reader.read(one, hanging.get(one.number, ())) for one in page)
        return [one for one in read if one is not None]

    def read_chains(self, refs: Sequence[str], whole: bool = False) -> dict[str, Chain]:
        """The tickets of these refs in the file, `whole` or as far as they are compared."""
        connection = self.office.connection
        found = ledger_queries.find_chains(connection, refs, self.links)
        ids = [ticket for tickets in found.values() for ticket in tickets]
        kinds = {name for book in self.books for name in self.kinds_of(book)}
        wants = None if whole else {"customer", *kinds}
        states = read_tickets.read_states(connection, ids, wants) if ids else {}
        return {ref: Chain(ref, [states[one] for one in ids]) for ref, ids in found.items()}

    def list_differences(
        self, chain: Chain, ledger: LedgerTicket | None
    ) -> Iterator[tuple[ItemKind, Difference]]:
        """How the items of a ticket differ; without a `ledger`, all that came from it are gone."""
        tickets = [one.id for one in chain.tickets]
        for name, kind in self.kinds_of(chain.newest.book).items():
            comparison = ItemComparison(
                kind=kind,
                known=chain.known_items(kind),
                is_ours=partial(self._is_ours, tickets, kind),
                find_recorded=partial(self._find_recorded, tickets, kind),
            )
            items = ledger.items.get(name, {}) if ledger else {}
            for one in comparison.compare(items):
                yield kind, one

    def _is_ours(self, tickets: Sequence[int], kind: ItemKind, key: str) -> bool:
        return ledger_queries.item_was_brought_in(
            self.office.connection, tickets, kind.items.name, kind.key, key
        )

    def _find_recorded(self, tickets: Sequence[int], kind: ItemKind, key: str) -> RecordedHere:
        """What people recorded of an item that the ledger may not have yet."""
        by_event = Counter[tuple[int, bool]]()
        for step in ledger_queries.read_item_steps(
            self.office.connection, tickets, kind.items.name, kind.key, key, self.since
        ):
            sign = 1 if step.is_made else -1
            by_event[step.event, step.of_ledger] += sign * kind.weigh(step.values)
        return sum_recorded((of_ledger, change) for (_, of_ledger), change in by_event.items())

    def sum_here(self, chain: Chain) -> Counter[str]:
        """What is open of a ticket in the file, by currency: nothing of one that was closed."""
        found = Counter[str]()
        for kind in self.kinds_of(chain.newest.book).values():
            for item in chain.known_items(kind).values():
                if item.ticket.open:
                    found[_currency_of(item.values)] += kind.open_amount(item.values)
        return +found

    def sum_ledger(self, ledger: LedgerTicket | None) -> Counter[str]:
        """What is open of a ticket in the ledger, by currency."""
        found = Counter[str]()
        for name in self.kinds_of(ledger.form.book.name) if ledger else ():
            for item in ledger.items[name].values() if ledger else ():
                found[_currency_of(item.values)] += item.net
        return +found


def _currency_of(values: Mapping[str, object]) -> str:
    return str(values.get(CURRENCY) or "")
