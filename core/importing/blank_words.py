"""What of a person's data is words: blanked in rows and events when the person is forgotten.

What is a number, a date, an amount, yes or no, or a word of the book stays; a free text goes, unless
it is the name of somebody of the desk. Whatever holds a word of the person goes in any case.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from ..book.model import Book
from ..system.fast_json import JsonObject
from ..ticketfile.first_rows import MESSAGES
from ..ticketfile.forget_rows import NOTE
from ..ticketfile.schema import LETTER
from ..values.field_types import Field
from .book_words import NO_WORDS, BookWords, find_words

BLANK = NOTE
"""What stands in place of a text that has to be there."""

_FREE = frozenset({"text"})
"""The types of fields in which anything can stand."""

_PLAIN = re.compile(r"[0-9.,:T+-]*")
_LEAST = 3
"""Letters that a word of a name needs to be looked for."""

_LEAST_DIGITS = 7
"""Digits that make a text a phone number."""

_COLUMNS = frozenset({"status", "priority", "assignee", "open", "customer", "opened", "book"})
"""The columns of a ticket that hold no words of its customer."""

_PERSONAL = frozenset({"name", "email", "phone"})


class WordBlanker:
    """Blanks what may be a person's words. The same value becomes the same, wherever it stands.

    `words` are those of the person: names, addresses, refs, with what each ref becomes; `people` are
    those of the desk.
    """

    def __init__(
        self,
        words: Iterable[str],
        refs: Mapping[str, str],
        people: Collection[str],
    ) -> None:
        self._refs, self._people = refs, frozenset(people)
        self._whole = {one.casefold() for one in (*words, *refs) if one}
        self._words = {word for one in words for word in _cut(one)}

    def holds_words(self, text: str) -> bool:
        """Whether a text has a word of the person in it."""
        folded = text.casefold()
        return not self._words.isdisjoint(_cut(text)) or any(one in folded for one in self._whole)

    def blank_value(
        self, field: Field | None, value: object, words: BookWords = NO_WORDS
    ) -> object:
        """A value of a field of a ticket, an item or an event; without one, of something unknown."""
        if isinstance(value, list):
            return [self.blank_value(field, one, words) for one in value]
        if not isinstance(value, str) or value in ("", BLANK):
            return value
        if value in self._refs:
            return self._refs[value]
        if field is not None and (field.type not in _FREE or field.pattern is not None):
            return value  # a word of the book, or a number by which something is found
        known = value in self._people or value in words.figures or _PLAIN.fullmatch(value)
        if known and not self.holds_words(value):
            return value
        return BLANK  # also where it may be left out: a decision asks whether a text is given

    def blank_fields(
        self, fields: Mapping[str, Field], values: JsonObject, words: BookWords = NO_WORDS
    ) -> JsonObject:
        """The fields of a ticket or an item, or the facts of a decision."""
        return {n: self.blank_value(fields.get(n), one, words) for n, one in values.items()}

    def blank_item(self, book: Book | None, kind: str, values: JsonObject) -> JsonObject:
        """An item: its key stays, unless it holds words of the person."""
        known = None if book is None else book.items.get(kind)
        if known is None:
            return self.blank_fields({}, values)
        blanked = self.blank_fields(known.fields, values, _words_of(book))
        key = known.key
        if (
            key is not None
            and isinstance(values.get(key), str)
            and not self.holds_words(values[key])
        ):
            blanked[key] = values[key]
        return blanked

    def blank_result(self, book: Book | None, value: object) -> object:
        """What a ticket is closed with: a result that the book has stays."""
        if not isinstance(value, str) or value in _words_of(book).results:
            return value
        return BLANK

    def blank_tag(self, book: Book | None, tag: str) -> str:
        """A tag: one that a rule of the book sets stays."""
        return tag if _words_of(book).has_tag(tag) else BLANK

    def blank_changes(self, book: Book | None, changes: JsonObject) -> JsonObject:
        """What an event changed: each name with its value before and after, and messages."""
        blanked: JsonObject = {}
        for name, pair in changes.items():
            if name == MESSAGES:
                blanked[name] = {
                    number: {n: self._blank_pair_of_message(n, two) for n, two in changed.items()}
                    for number, changed in pair.items()
                }
            else:
                blanked[name] = [self._blank_column(book, name, one) for one in pair]
        return blanked

    def _blank_pair_of_message(self, name: str, pair: list[object]) -> list[object]:
        return [blank_letter(name, one) if name in LETTER else one for one in pair]

    def _blank_column(self, book: Book | None, name: str, value: object) -> object:
        if name in _COLUMNS:
            return value
        if name == "result":
            return self.blank_result(book, value)
        field = None if book is None else book.fields.get(name)
        return self.blank_value(field, value, _words_of(book))

    def blank_customer_changes(self, changes: JsonObject) -> JsonObject:
        """What an event changed in a customer's columns."""
        blanked = {
            name: [None, None] if name in _PERSONAL else pair
            for name, pair in changes.items()
            if name != MESSAGES
        }
        if MESSAGES in changes:
            blanked |= self.blank_changes(None, {MESSAGES: changes[MESSAGES]})
        return blanked

    def blank_own_facts(self, facts: object) -> object:
        """The facts of an event that no book decided: what is said of the person in them goes."""
        if isinstance(facts, dict):
            return {
                name: BLANK if name in _PERSONAL and one is not None else self.blank_own_facts(one)
                for name, one in facts.items()
            }
        if isinstance(facts, list):
            return [self.blank_own_facts(one) for one in facts]
        if isinstance(facts, str):
            return self._refs.get(facts, BLANK if self.holds_words(facts) else facts)
        return facts


def _words_of(book: Book | None) -> BookWords:
    return NO_WORDS if book is None else find_words(book)


def blank_letter(column: str, value: object) -> object:
    """What remains of a message's words: its language."""
    if column == "language":
        return value
    return "" if column == "body" else None


def _cut(text: str) -> set[str]:
    """The words of a name or an address, each as it is looked for."""
    digits = re.sub(r"\D", "", text)
    words = re.split(r"[^\w]+", text.casefold())
    found = {word for word in words if len(word) >= _LEAST and not word.isdecimal()}
    return found | ({digits} if len(digits) >= _LEAST_DIGITS else set())
