"""What a query of `list` asks of tickets: its names looked up in all books, its values read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from typing import NamedTuple, NoReturn

from ..book.model import Book
from ..errors import BadInput
from ..system.near_words import find_near
from ..ticketfile.ticket_columns import URGENCY
from ..ticketfile.ticket_conditions import (
    ALWAYS,
    BOOK,
    MESSAGE,
    MESSAGE_COLUMNS,
    NEVER,
    NEXT_TASK,
    NOTE,
    NOTE_TEXT,
    OPEN,
    OPERATORS,
    STATUS,
    TAG,
    TAG_TEXT,
    TASK,
    TASK_COLUMNS,
    Rows,
    TicketConditions,
    customer_column,
    is_missing,
    is_there,
    join_all,
    join_any,
    negate,
)
from ..values.field_types import TYPES, Field
from ..values.text_patterns import (
    TextPattern,
    part_of_text,
    phone_number,
    whole_text,
    word_of_text,
)
from ..values.typed_dates import read_typed_date
from .query_fields import (
    CUSTOMER_FIELDS,
    EVERY,
    MESSAGE_FIELDS,
    NEXT_FIELDS,
    OWN_FIELDS,
    TASK_FIELDS,
    list_fields,
)
from .query_parser import All, Any, Criterion, Node, Not, Value

_DATES = ("date", "moment")
_NUMBERS = ("integer", "money", "boolean")


class KnownWords(NamedTuple):
    """What a query can name: people and roles, books, and statuses with whether they are closed."""

    people: Sequence[str]
    books: Sequence[str]
    statuses: Mapping[str, bool]


class QueryReader:
    """Turns the tree of a query into a condition on tickets."""

    def __init__(
        self,
        conditions: TicketConditions,
        today: str,
        read_words: Callable[[], KnownWords],
    ) -> None:
        self._make, self._columns, self._today = conditions, conditions.columns, today
        self._books: Mapping[str, Book] = conditions.columns.books
        self._read_words = read_words
        self.with_closed = False
        """Whether the query asks for closed tickets too, once it was read."""

    @cached_property
    def _words(self) -> KnownWords:
        return self._read_words()

    def read(self, tree: All | Any) -> str:
        """The condition; open tickets only, unless the query names a closed status or `all:yes`."""
        asked = self._read_node(tree)
        return asked if self.with_closed else join_all([OPEN, asked])

    # --- the tree ---

    def _read_node(self, node: Node) -> str:
        if isinstance(node, Not):
            return negate(self._read_node(node.part))
        if isinstance(node, Any):
            return join_any([self._read_node(part) for part in node.parts])
        return self._read_all(node.parts if isinstance(node, All) else (node,))

    def _read_all(self, parts: Sequence[Node]) -> str:
        """All parts; what they say of rows of one kind has to be true of one and the same row."""
        found, of_rows = list[str](), dict[Rows, list[str]]()
        for part in parts:
            if not isinstance(part, Criterion):
                found.append(self._read_node(part))
            elif (asked := self._read_row_condition(part)) is not None:
                of_rows.setdefault(asked[0], []).append(asked[1])
            else:
                found.append(self._read_condition(part))
        return join_all([*found, *(self._make.of_rows(*one) for one in of_rows.items())])

    def _read_condition(self, asked: Criterion) -> str:
        """A condition on the ticket, its customer or its next task."""
        special: dict[str, Callable[[Criterion], str]] = {
            "all": self._read_everything,
            "book": self._read_book,
            "status": self._read_status,
            "who": self._read_who,
            "tag": partial(self._read_texts, TAG, TAG_TEXT),
            "note": partial(self._read_texts, NOTE, NOTE_TEXT),
        }
        name = asked.field
        if name in special:
            return special[name](asked)
        if name in NEXT_FIELDS:
            return self._read_next(asked)
        if name in OWN_FIELDS:
            return self._read_values(asked, OWN_FIELDS[name], self._columns.select(name))
        if name in CUSTOMER_FIELDS:
            return self._make.of_customer(self._read_customer(asked))
        if name in self._row_kinds():
            return self._read_presence(asked, self._row_kinds()[name])
        return self._read_field(asked)

    def _fail(self, asked: Criterion, reason: str) -> NoReturn:
        raise BadInput(f"{asked.place}: {reason}.")

    # --- what every ticket has ---

    def _read_everything(self, asked: Criterion) -> str:
        if [*map(str.lower, _texts(asked))] != ["yes"] or asked.operator:
            self._fail(asked, "write all:yes to look at closed tickets too")
        self.with_closed = True
        return ALWAYS

    def _read_book(self, asked: Criterion) -> str:
        return self._read_known_words(asked, BOOK, self._words.books, "book")

    def _read_status(self, asked: Criterion) -> str:
        known = self._words.statuses
        condition = self._read_known_words(asked, STATUS, [*known], "status")
        for value in asked.values:
            fits = _read_pattern(asked, value).fits
            self.with_closed |= any(closed and fits(name) for name, closed in known.items())
        return condition

    def _read_known_words(self, asked: Criterion, sql: str, known: Sequence[str], what: str) -> str:
        """A text that is one of some words: others are errors, unless they have a * or only a part
        is asked for."""
        if asked.operator in OPERATORS:
            self._fail(asked, f"a {what} can't be compared: write {what}:NAME")
        for value in asked.values:
            if asked.operator != "~" and "*" not in value.text:
                self._check_word(asked, value.text, known, what)
        patterns = [_read_pattern(asked, value) for value in asked.values]
        return self._make.is_among(sql, [w for w in known if any(p.fits(w) for p in patterns)])

    def _check_word(self, asked: Criterion, word: str, known: Sequence[str], what: str) -> None:
        if word.lower() not in map(str.lower, known):
            near = find_near(word, known)
            then = f"did you mean {near!r}?" if near else f"there are {', '.join(known)}."
            raise BadInput(f"{asked.place}: there is no {what} {word!r}; {then}")

    def _check_person(self, asked: Criterion, value: Value) -> None:
        """A name near that of somebody, and nobody's, is an error; any other new name is nobody's."""
        if "*" not in value.text and value.text not in self._words.people:
            near = find_near(value.text, self._words.people)
            if near is not None and near.lower() != value.text.lower():
                raise BadInput(
                    f"{asked.place}: there is nobody of that name; did you mean {near!r}?"
                )

    def _read_who(self, asked: Criterion) -> str:
        """Whose the next task is, by role or by name."""
        if asked.operator not in ("", "="):
            self._fail(asked, "write who:NAME, or person:~NAME for a part of a name")
        found = []
        for value in asked.values:
            if (missing := _read_missing(value, NEXT_TASK)) is not None:
                found.append(missing)
                continue
            self._check_person(asked, value)
            same = [one for one in self._words.people if one.lower() == value.text.lower()]
            found += [self._make.has_next_of(one) for one in (same or [value.text])]
        return join_any(found)

    def _read_next(self, asked: Criterion) -> str:
        """The kind or date of the next task; tickets that have no such task at all are soon passed."""
        own = self._read_values(asked, OWN_FIELDS[asked.field], self._columns.select(asked.field))
        if any(value.text.lower() == "none" for value in asked.values):
            return own
        of_task = TASK_COLUMNS[NEXT_FIELDS[asked.field]]
        of_any = self._read_values(asked, OWN_FIELDS[asked.field], of_task)
        return join_all([self._make.of_rows(TASK, [of_any]), own])

    def _read_customer(self, asked: Criterion) -> str:
        """The customer, by ref and name for `customer`, else by one column."""
        if asked.operator in OPERATORS:
            self._fail(asked, f"{asked.field} can't be compared: write {asked.field}:TEXT")
        name, found = asked.field, []
        column = customer_column("name" if name == "customer" else name)
        for value in asked.values:
            missing = _read_missing(value, column)
            if missing is not None and not asked.operator:
                found.append(missing)
                continue
            pattern = _read_pattern(asked, value)
            by_word = asked.operator == "" and "*" not in value.text
            if name == "customer":
                found.append(self._make.fits_text(customer_column("ref"), pattern))
            if name in ("customer", "name"):
                of_name = word_of_text(value.text) if by_word else pattern
                found.append(self._make.fits_text(column, of_name))
                continue
            phone = phone_number(value.text) if name == "phone" and by_word else None
            found.append(self._make.fits_text(column, phone or pattern))
        return join_any(found)

    # --- rows and fields ---

    def _row_kinds(self) -> dict[str, Rows]:
        kinds = {kind for book in self._books.values() for kind in book.items}
        return {
            "task": TASK,
            "message": MESSAGE,
            **{one: self._make.items(one) for one in sorted(kinds)},
        }

    def _read_texts(self, rows: Rows, sql: str, asked: Criterion) -> str:
        """Tags and notes: one of them fits."""
        if len(asked.values) == 1 and (made := self._read_none(asked, rows)) is not None:
            return made
        return self._make.of_rows(rows, [self._read_values(asked, Field(rows.name, "text"), sql)])

    def _read_none(self, asked: Criterion, rows: Rows) -> str | None:
        """Whether a ticket has any such rows, where that is asked."""
        word = asked.values[0].text.lower()
        if asked.operator or asked.values[0].quoted or word not in ("none", "any"):
            return None
        some = self._make.of_rows(rows, [])
        return some if word == "any" else negate(some)

    def _read_presence(self, asked: Criterion, rows: Rows) -> str:
        made = self._read_none(asked, rows) if len(asked.values) == 1 else None
        if made is None:
            names = ", ".join(f"{rows.name}.{one}" for one in self._row_fields(rows.name))
            self._fail(asked, f"write {rows.name}:any, {rows.name}:none, or ask for one of {names}")
        return made

    def _row_fields(self, kind: str) -> Mapping[str, Field]:
        """The fields of a kind of rows, of all books that have it."""
        if kind in ("task", "message"):
            return TASK_FIELDS if kind == "task" else MESSAGE_FIELDS
        return {
            name: field
            for book in self._books.values()
            if kind in book.items
            for name, field in book.items[kind].fields.items()
        }

    def _read_row_condition(self, asked: Criterion) -> tuple[Rows, str] | None:
        """A condition on rows `x` of a kind: KIND.FIELD; None where it is none."""
        kind, dot, name = asked.field.partition(".")
        rows = self._row_kinds().get(kind)
        if not dot or rows is None:
            return None
        fields = self._row_fields(kind)
        if name not in fields:
            self._fail_unknown(asked, f"field of {kind}", name, [*fields])
        if kind == "message":
            sql = MESSAGE_COLUMNS[name]
        else:
            sql = TASK_COLUMNS[name] if kind == "task" else self._make.item_field(fields[name])
        return rows, self._read_values(asked, fields[name], sql)

    def _read_field(self, asked: Criterion) -> str:
        """A field of the books that have it, each with its own type; BadInput where none can have
        that value."""
        name, found, first = asked.field, dict[str, str](), None
        for book in self._books.values():
            if name in book.fields:
                sql = self._make.field(book.fields[name])
                try:
                    found[book.name] = self._read_values(asked, book.fields[name], sql)
                except BadInput as error:
                    first = first or error
        if not found:
            if first is not None:
                raise first
            self._fail_unknown(asked, "field", name, list_fields(self._books))
        return self._columns.by_book(found, NEVER)

    def _fail_unknown(
        self, asked: Criterion, what: str, name: str, known: Sequence[str]
    ) -> NoReturn:
        near = find_near(name, known)
        listed = known if len(known) <= len(MESSAGE_COLUMNS) else EVERY
        if near:
            then = f"did you mean {near!r}?"
        elif listed is known:
            then = f"there are {', '.join(listed)}."
        else:
            then = f"there are {', '.join(listed)}, and the fields of the books."
        raise BadInput(f"{asked.place}: there is no {what} {name!r}; {then}")

    # --- values ---

    def _read_values(self, asked: Criterion, field: Field, sql: str) -> str:
        """A value of that type is one of those asked for, or stands in the relation asked for."""
        if asked.operator and len(asked.values) > 1 and asked.operator in OPERATORS:
            self._fail(asked, f"give one value after {asked.operator}")
        if field.many:
            single = field._replace(many=False)
            return self._make.any_element(sql, partial(self._read_values, asked, single))
        return join_any([self._read_value(asked, field, sql, value) for value in asked.values])

    def _read_value(self, asked: Criterion, field: Field, sql: str, value: Value) -> str:
        missing = None if asked.operator else _read_missing(value, sql)
        if missing is not None:
            return missing
        try:
            if field.type in _DATES:
                return self._read_date(asked, sql, value.text)
            if field.type in _NUMBERS:
                return self._read_number(asked, field, sql, value.text)
        except ValueError as error:
            self._fail(asked, f"{asked.field} {error}")
        if asked.operator in OPERATORS:
            return self._read_rank(asked, field, value)
        if field.type == "person":
            self._check_person(asked, value)
        elif field.values and asked.operator != "~" and "*" not in value.text:
            self._check_word(asked, value.text, field.values, field.name)
        return self._make.fits_text(sql, _read_pattern(asked, value))

    def _read_date(self, asked: Criterion, sql: str, written: str) -> str:
        if asked.operator == "~":
            raise ValueError("is a date: compare it with :, <, <=, > or >=")
        day = read_typed_date(written, self._today)
        return self._make.compare_day(sql, asked.operator, day)

    def _read_number(self, asked: Criterion, field: Field, sql: str, written: str) -> str:
        if asked.operator == "~":
            raise ValueError("is not a text: compare it with :, <, <=, > or >=")
        return self._make.compare(sql, asked.operator, int(TYPES[field.type](written)))

    def _read_rank(self, asked: Criterion, field: Field, value: Value) -> str:
        """Priorities can be compared, other texts can't."""
        if field.name != "priority":
            self._fail(asked, f"{asked.field} is a text, which can't be compared: use : or ~")
        self._check_word(asked, value.text, URGENCY, "priority")
        rank = URGENCY.index(value.text.lower())
        return self._make.compare_priority(asked.operator, rank)


def _texts(asked: Criterion) -> list[str]:
    return [value.text for value in asked.values]


def _read_missing(value: Value, sql: str) -> str | None:
    """Whether there is a value at all, where that is asked: `none` or `any`."""
    word = "" if value.quoted else value.text.lower()
    return {"none": is_missing(sql), "any": is_there(sql)}.get(word)


def _read_pattern(asked: Criterion, value: Value) -> TextPattern:
    try:
        return part_of_text(value.text) if asked.operator == "~" else whole_text(value.text)
    except ValueError as error:
        raise BadInput(f"{asked.place}: {asked.field} {error}.") from None
