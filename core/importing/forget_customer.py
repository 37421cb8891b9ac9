"""Forgetting a customer (GDPR, article 17): every personal word goes, in rows, events and messages.

What remains is what the desk did and when: numbers, dates, amounts, statuses. The chain stays sound:
the event `forget` has the hash of what remains of each event that was blanked.
"""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from ..book.model import Book
from ..errors import BadInput, FileUnusable, Refused
from ..library.library import Shelf, as_kept
from ..library.readable_books import ReadableBooks
from ..system.fast_json import decode, encode
from ..ticketfile import forget_rows, forgotten, read_customers, read_tickets
from ..ticketfile.check_chain import hash_remains, walk_chain
from ..ticketfile.event_hash import INSERTED
from ..ticketfile.read_customers import StoredCustomer
from ..ticketfile.sqlite import Connection
from ..ticketfile.write_events import EventRecord, EventWriter
from ..values.field_types import Field
from .blank_words import WordBlanker
from .book_words import NO_WORDS, find_words


class ForgottenCustomer(NamedTuple):
    """What a forgetting came to: the new ref, how many events were blanked, how many of them have
    hashes that no secret guards, how many rows, and the event."""

    ref: str
    events: int
    unguarded: int
    rows: int
    event_ids: list[int]


def forget_customer(
    connection: Connection,
    writer: EventWriter,
    shelf: Shelf,
    people: set[str],
    ref: str,
    because: str,
) -> ForgottenCustomer:
    """Forget a customer, and those who were merged into it, in the caller's transaction.

    `people` are those of the desk, whose names stay. BadInput where there is no such customer or no
    reason; Refused where a ticket is open; FileUnusable where the chain is not sound.
    """
    known = _find_to_forget(connection, ref)
    same = forgotten.find_same_person(connection, known.id, ref)
    name = forgotten.name_next(connection)
    refs = dict.fromkeys(same.values(), name)
    blanker = WordBlanker(forget_rows.read_words(connection, [*same]), refs, people)
    _check_reason(because, blanker)
    _check_sound(connection)
    books = ReadableBooks(shelf, connection)
    words = _RowWords(blanker, books)
    of_sources = forget_rows.find_events_of_sources(connection, words)
    found = forgotten.find_touched_events(connection, [*same], [*refs])
    touched = sorted({*found, *of_sources})
    rows = forget_rows.RowBlanking(connection, [*same], words).blank(name)
    _blank_events(connection, touched, set(same), blanker, books)
    forgotten.delete_secrets(connection, same)
    remains = {str(number): digest for number, digest in hash_remains(connection, touched).items()}
    left_out = forgotten.ForgottenRefs(connection).as_fact(refs)
    facts = {
        "customer": name,
        "because": because,
        forgotten.REMAINS: remains,
        forgotten.HASHES: left_out,
    }
    events = writer.write_records([EventRecord(forgotten.FORGET, customer=known.id, facts=facts)])
    unguarded = forget_rows.count_unguarded(connection, touched)
    return ForgottenCustomer(name, len(touched), unguarded, rows, events)


def _check_reason(because: str, blanker: WordBlanker) -> None:
    if not because.strip():
        raise BadInput("--because is empty: say why the customer is forgotten.")
    if blanker.holds_words(because):
        raise BadInput("--because holds words of the customer, and it is kept: write it without.")


def _find_to_forget(connection: Connection, ref: str) -> StoredCustomer:
    """The customer, who has no open ticket and was not forgotten before; also one who came in with
    what was undone since, whose words the file still has."""
    taken_back = forgotten.find_taken_back(connection, ref)
    if taken_back is not None and read_customers.find_customer_row(connection, ref) is None:
        return StoredCustomer(taken_back, ref, {})
    known = read_customers.find_stored(connection, ref)
    if forgotten.is_forgotten(ref):
        raise Refused(f"{ref} is forgotten already.")
    tickets = read_customers.find_tickets_of(connection, known.id)
    still = [ticket.ref for ticket in tickets if ticket.open]
    if still:
        raise Refused(
            f"{ref} has open tickets: {', '.join(still)}; close them first (`prassi close`), or let"
            " them come to their end."
        )
    return known


def _check_sound(connection: Connection) -> None:
    found = walk_chain(connection, [*INSERTED], None)
    if found.certain or found.doubtful or found.strays or not found.whole:
        raise FileUnusable(
            "the chain of events is not sound, so nobody can be forgotten in it; `prassi verify`"
            " says where."
        )


class _RowWords:
    """How the rows of the person's tickets are blanked: by what their book declares."""

    def __init__(self, blanker: WordBlanker, books: ReadableBooks) -> None:
        self._blanker, self._books = blanker, books

    def blank_fields(self, book: str, fields: str) -> str:
        """The fields of a ticket, as JSON."""
        known = self._books.book(book)
        declared = {} if known is None else known.fields
        words = NO_WORDS if known is None else find_words(known)
        return encode(self._blanker.blank_fields(declared, decode(fields), words))

    def blank_item(self, book: str, kind: str, data: str) -> str:
        """The data of an item, as JSON."""
        return encode(self._blanker.blank_item(self._books.book(book), kind, decode(data)))

    def blank_result(self, book: str, result: str | None) -> object:
        """What a ticket was closed with."""
        return self._blanker.blank_result(self._books.book(book), result)

    def blank_tag(self, book: str, tag: str) -> str:
        """A tag."""
        return self._blanker.blank_tag(self._books.book(book), tag)

    def holds_words(self, ref: str) -> bool:
        """Whether the ref of a ticket holds words of the person."""
        return self._blanker.holds_words(ref)


def _blank_events(
    connection: Connection,
    touched: list[int],
    customers: set[int],
    blanker: WordBlanker,
    books: ReadableBooks,
) -> None:
    """Blank what the touched events say."""

    @cache
    def read_book(kept: str, digest: str) -> Book | None:
        try:
            return as_kept(kept, digest)
        except (BadInput, KeyError, ValueError, TypeError):
            return None

    def find_fields(book: Book | None, event: str) -> Mapping[str, Field]:
        try:
            return {} if book is None else book.event(event).fields
        except BadInput:
            return {}

    changed = []
    for event in forget_rows.read_events(connection, touched):
        facts, changes = decode(event.facts), decode(event.changes)
        if event.kept is None:
            new_facts = blanker.blank_own_facts(facts)
        else:
            book = read_book(event.kept, event.digest or "")
            words = NO_WORDS if book is None else find_words(book)
            new_facts = blanker.blank_fields(find_fields(book, event.event), facts, words)
        if event.ticket is None and event.customer in customers:
            new_changes = blanker.blank_customer_changes(changes)
        elif event.customer in customers or event.owner in customers:
            named = None if event.ticket_book is None else books.book(event.ticket_book)
            new_changes = blanker.blank_changes(named, changes)
        else:
            new_changes = changes
        changed.append((encode(new_facts), encode(new_changes), event.number))
    forget_rows.write_events(connection, changed)


def find_desk_people(connection: Connection, roles: set[str]) -> set[str]:
    """Everybody of the desk: those of the settings' roles, assignees, and whoever has acted."""
    return roles | {*read_tickets.read_assignees(connection)} | forget_rows.read_persons(connection)
