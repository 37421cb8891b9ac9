"""Messages written anew: what leaves on a later day says that day's dates, and signs as the settings
do by then.

A message is written from what its rule was decided on: the version of the book that decided, and the
facts that the log has. Facts that depend on the day are counted again; ticket, customer and items are
shown as they are now.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..book.model import Book, Event
from ..decision.facts import read_fact
from ..decision.plan import ticket_values
from ..decision.plan_builder import TicketDraft
from ..errors import PrassiError
from ..library.library import as_kept
from ..messages.addresses import Unsendable
from ..system.fast_json import JsonObject
from ..ticketfile import read_tickets
from ..ticketfile.read_messages import StoredMessage
from ..ticketfile.recorded_decisions import RecordedFacts, read_book_text, read_decision
from ..values.field_types import Stored
from .fact_reader import FactReader
from .office import Office


class LetterWriter:
    """Writes messages of an office anew."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._books: dict[str, Book] = {}

    def find_changed_words(self, stored: StoredMessage) -> JsonObject:
        """The words of a message that are others on the day on which it leaves, by column; none on the
        day on which it was written. Unsendable where it can't be written."""
        message = stored.message
        if not stored.is_decided or message.made_on >= self._office.today:
            return {}
        return self.write_anew(stored)

    def write_anew(self, stored: StoredMessage) -> JsonObject:
        """The words of a message, written today, that are others than it has, by column."""
        if not stored.is_decided:
            return {}
        if stored.message.channel == "email" and not self._office.settings.company["name"]:
            raise Unsendable("the settings do not have the company's name to sign it with")
        try:
            return self._write(stored)
        except PrassiError as error:
            reason = str(error).rstrip(".")
            raise Unsendable(f"it can't be written as of {self._office.today}: {reason}") from error

    def _write(self, stored: StoredMessage) -> JsonObject:
        message, connection = stored.message, self._office.connection
        recorded = read_decision(connection, message.event_id)
        book = self._find_book(recorded.digest)
        event = book.event(recorded.event)
        state = read_tickets.read_states(connection, [stored.ticket_id])[stored.ticket_id]
        context = self._office.plan_context(book)
        values = {
            **ticket_values(context, state),
            **self._read_values(book, event, recorded, stored.ticket_id),
            "opened": recorded.opened,
        }
        draft = TicketDraft(context, event, state, values)
        letter = draft.write_letter(message.template, message.channel, stored.role)
        now = {"language": letter.language, "subject": letter.subject, "body": letter.body}
        before = {"language": message.language, "subject": message.subject, "body": message.body}
        return {name: words for name, words in now.items() if words != before[name]}

    def _find_book(self, digest: str) -> Book:
        if digest not in self._books:
            self._books[digest] = as_kept(read_book_text(self._office.connection, digest), digest)
        return self._books[digest]

    def _read_values(
        self, book: Book, event: Event, recorded: RecordedFacts, ticket: int
    ) -> dict[str, Stored]:
        """The facts of a decision, those that are others today than on its day as of today."""
        values = {name: read_fact(event, name, recorded.facts.get(name)) for name in event.facts}
        number = 0 if event.opens else ticket
        then = self._read_facts(book, event, number, values, recorded.at)
        now = self._read_facts(book, event, number, values, self._office.at)
        moved = [name for name in event.facts if then[name] != now[name]]
        return values | {name: now[name] for name in moved if values[name] is not None}

    def _read_facts(
        self, book: Book, event: Event, ticket: int, values: Mapping[str, Stored], at: str
    ) -> dict[str, Stored]:
        office = self._office
        inputs = {name: values.get(name) for name in event.inputs}
        return FactReader(office.connection, office.shelf).read(book, event, ticket, inputs, at)
