"""Bringing in another program's export, by a map from its columns and words to ours (`--map`).

A map is a TOML file; docs/import-format.md says how it is written. Each row of the export becomes
rows of the import format: a customer, a ticket, and what hangs on the ticket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from ..system.toml_document import Document, Path
from .export_map_values import Clock, Recipe, Row, find_value, is_word, read_words
from .foreign_tables import Frame
from .rows_and_faults import CUSTOMERS, TICKETS, Raw, Tell
from .source_dates import Dated

Words = tuple[str, ...]

LAG_DAYS = 10
"""How many days another program may take to have what people have recorded here, unless its map says
otherwise."""

EVENTS, NOTES = "events", "notes"
EVENT, AT = "event", "at"
"""What a row of EVENTS has beside the event's inputs."""
ORDER, NOTE = "=order", "=note"
"""What is kept beside a row's own values: where it stands among those of its ticket, and the note that
it is if the book refuses the event."""

CREDIT = "credit of "
"""Stands before the kind of a row that lowers what others of its kind ask for."""


class Each(NamedTuple):
    """Several things in one row: the values of a `column`, each of which makes a row of its own.

    `split` stands between them in one cell; `by` stands between the parts of one, whose names are
    `into`.
    """

    column: str
    path: Path
    split: str | None = None
    by: str | None = None
    into: Words = ()

    def spread(self, row: Row) -> Iterator[Row]:
        """The row once for each of the values; raises ValueError where one can't be taken apart."""
        for value in self._values(find_value(row, self.column)):
            yield {**row, self.column: self._take_apart(value)}

    def _values(self, found: object) -> list[object]:
        if found is None or found == "":
            return []
        values = found if isinstance(found, list) else [found]
        if self.split is None:
            return values
        return [part for value in values for part in str(value).split(self.split) if part.strip()]

    def _take_apart(self, value: object) -> object:
        if self.by is None:
            return value
        parts = str(value).split(self.by, len(self.into) - 1)
        if len(parts) < len(self.into):
            names = ", ".join(self.into)
            raise ValueError(f"is {str(value)!r}: it must have {names}, with {self.by!r} between")
        return dict(zip(self.into, parts, strict=True))


class Section(NamedTuple):
    """How one kind of rows is made. `each` says what makes several of them out of one row.

    `amount` is the field of the money that an item asks for; `is_row` says that a row of the export is
    the item, as an invoice of a ledger is; `has_currency`
    that the item has a currency, which an amount may name; `keeps_refused` that events which the
    book refuses come in as notes.
    """

    recipes: Mapping[str, Recipe]
    each: Each | None = None
    amount: str | None = None
    is_row: bool = False
    has_currency: bool = False
    keeps_refused: bool = False

    @property
    def is_rolled_up(self) -> bool:
        """Whether several rows make one, of which some values are taken or counted."""
        return any(recipe.take or recipe.counted is not None for recipe in self.recipes.values())


class Order(NamedTuple):
    """The column by which the rows of a ticket are put in order, and how it is read, if that is known."""

    column: str
    recipe: Recipe | None
    path: Path


class Map(NamedTuple):
    """A map, checked: a section for each kind of rows, the rows to take, and what the file is like.

    `zone_of` gives the time zone of a book's place; `repeated` are columns that may be there twice.
    """

    document: Document
    delimiter: str | None
    encoding: str | None
    rows: tuple[str, ...]
    sheet: str | None
    frame: Frame
    skip: Mapping[str, Words]
    only: Mapping[str, Words]
    sections: Mapping[str, Section]
    time_zone: str | None
    order: Order | None
    dated: Dated | None
    lag_days: int
    repeated: frozenset[str]
    zone_of: Callable[[object], str | None]

    def label(self, kind: str, field: str) -> str:
        """How faults call a field: by the column it comes from."""
        section = self.sections.get(kind)
        recipe = section.recipes.get(field) if section else None
        if recipe is None:
            return field
        return f"{recipe.names} (our {field})" if recipe.own_columns else f"{field} (from the map)"

    def columns(self, kind: str, field: str) -> Words:
        """The columns that a field comes from."""
        section = self.sections.get(kind)
        recipe = section.recipes.get(field) if section else None
        return recipe.own_columns if recipe else ()

    def column_places(self) -> list[tuple[Path, str]]:
        """The columns the map names, each with its place in it, in its order."""
        named: list[tuple[Path, str]] = []
        for section in self.sections.values():
            made = section.each.column if section.each else None
            if section.each is not None:
                named.append((section.each.path, section.each.column))
            for recipe in section.recipes.values():
                for column in recipe.own_columns:
                    if made is None or not column.startswith(f"{made}."):
                        named.append((recipe.path, column))
        named += [(("skip", column), column) for column in self.skip]
        named += [(("only", column), column) for column in self.only]
        if self.order is not None:
            named.append((self.order.path, self.order.column))
        if self.dated is not None and self.dated.recipe is not None:
            named += [(self.dated.path, column) for column in self.dated.recipe.own_columns]
        return sorted(named, key=lambda pair: self.document.line(*pair[0]))

    def takes(self, row: Row) -> bool:
        """Whether a row is one of those to bring in."""
        return all(_says(row, column, wanted) for column, wanted in self.only.items()) and not any(
            _says(row, column, unwanted) for column, unwanted in self.skip.items()
        )

    def lookup_warnings(self) -> list[str]:
        """What was looked up in other files and not found there, a sentence for each."""
        recipes = (one for section in self.sections.values() for one in section.recipes.values())
        found = {one.lookup.name: one.lookup.tell_missing() for one in recipes if one.lookup}
        return [sentence for sentence in found.values() if sentence is not None]

    @property
    def has_one_book(self) -> bool:
        """Whether all tickets have the same book, and with it the same clock."""
        recipe = self.sections[TICKETS].recipes.get("book") if TICKETS in self.sections else None
        return recipe is None or not recipe.own_columns

    def clock(self, row: Row) -> Clock:
        """By which clocks the stamps of a row are written and come in."""
        recipe = self.sections[TICKETS].recipes.get("book") if TICKETS in self.sections else None
        try:
            book = recipe.make(row, Clock(None, None)) if recipe else None
        except ValueError:
            book = None
        return Clock(self.time_zone, self.zone_of(book))


def _says(row: Row, column: str, listed: Words) -> bool:
    return any(is_word(word, listed) for word in read_words(row, column))


class Unread(NamedTuple):
    """Stands for a value that could not be read, with the reason."""

    reason: str


class Made(NamedTuple):
    """A row that hangs on a ticket, and what becomes of it."""

    raw: Raw
    fate: str


IN, OUT, LESS = "comes in", "is left out", "lowers others"


class RowMaker:
    """Makes the rows of the import format that one row of an export stands for.

    `leave_out` is told the reason where the row, or what it says, is left out.
    """

    def __init__(self, by: Map, leave_out: Callable[[str], None]) -> None:
        self._by, self._leave_out = by, leave_out
        self._clock = by.clock({}) if by.has_one_book else None

    def make(self, line: int, row: Row, tell: Tell) -> list[Raw]:
        """The rows; none, or credits alone, where the row itself is an item that does not come in."""
        clock, ticket = self._clock or self._by.clock(row), None
        head, hanging, is_gone = list[Raw](), list[Made](), False
        for kind, section in self._by.sections.items():
            if kind in (CUSTOMERS, TICKETS):
                values, told = self._values(kind, section, line, row, clock, tell)
                ticket = values.get("ref") if kind == TICKETS else ticket
                head.append(Raw(line, kind, values, told, repeats=True))
                continue
            made = list(self._make_hanging(kind, section, line, row, clock, tell))
            is_gone |= section.is_row and any(one.fate != IN for one in made)
            hanging += made
        if any(one.raw.kind == EVENTS for one in hanging):
            hanging = list(self._replace_notes(hanging))
        wanted = (LESS,) if is_gone else (IN, LESS)
        rows = [_on_ticket(one.raw, ticket) for one in hanging if one.fate in wanted]
        return ([] if is_gone else head) + (rows if ticket is not None else [])

    def _replace_notes(self, hanging: Sequence[Made]) -> Iterator[Made]:
        """The rows of a ticket, where the row itself is an event, and so no note beside it."""
        is_note = NOTES in self._by.sections and self._by.sections[NOTES].each is None
        note = next((one.raw.values for one in hanging if one.raw.kind == NOTES), None)
        for one in hanging:
            if one.raw.kind == EVENTS and note and self._by.sections[EVENTS].keeps_refused:
                yield one._replace(raw=one.raw._replace(values={**one.raw.values, NOTE: note}))
            elif one.raw.kind != NOTES or not is_note:
                yield one

    def _make_hanging(
        self, kind: str, section: Section, line: int, row: Row, clock: Clock, tell: Tell
    ) -> Iterator[Made]:
        """The rows of one kind that hang on the ticket."""
        each = section.each
        try:
            spread: Sequence[Row] = [row] if each is None else list(each.spread(row))
        except ValueError as error:
            tell(line, f"{each.column if each else kind} {error}.")
            return
        for one in spread:
            values, told = self._values(kind, section, line, one, clock, tell)
            if kind == EVENTS:
                values = {name: value for name, value in values.items() if value != ""}
            if told or (EVENT in values if kind == EVENTS else _says_something(section, values)):
                raw = Raw(line, kind, values, told, repeats=True)
                yield self._judge_amount(section, raw, tell)

    def _judge_amount(self, section: Section, raw: Raw, tell: Tell) -> Made:
        """What becomes of an item: of 0.00 it is none, and below zero it is what the map says."""
        field = section.amount
        amount = _read_decimal(raw.values.get(field)) if field else None
        if field is None or amount is None or amount > 0:
            return Made(raw, IN)
        recipe = section.recipes[field]
        if amount == 0 or recipe.negative == "skip":
            self._leave_out("negative" if amount else "zero")
            return Made(raw, OUT)
        if recipe.negative == "credit":
            values = {**raw.values, field: f"{-amount:.2f}"}
            return Made(raw._replace(kind=CREDIT + raw.kind, values=values), LESS)
        told = f"is {raw.values[field]!r}, below zero: say in the map what such a row is"
        advice = 'negative = "credit" lowers what the ticket owes, "skip" leaves the row out'
        tell(raw.line, f"{self._by.label(raw.kind, field)} {told}; {advice}.")
        return Made(raw._replace(told=[*raw.told, field]), IN)

    def _values(
        self, kind: str, section: Section, line: int, row: Row, clock: Clock, tell: Tell
    ) -> tuple[dict[str, object], list[str]]:
        values, told, currency = dict[str, object](), list[str](), None
        for field, recipe in section.recipes.items():
            try:
                if field == section.amount and recipe.is_amount:
                    amount = recipe.read_amount(row)
                    currency = amount.currency if amount else None
                    value: object = amount.text if amount else None
                else:
                    value = recipe.make(row, clock)
            except ValueError as error:
                told.append(field)
                if recipe.take is not None:  # told once this row is found to be the one that counts
                    values[field] = Unread(str(error))
                else:
                    tell(line, f"{self._by.label(kind, field)} {error}.")
            else:
                if value is not None:
                    values[field] = value
        if currency is not None and section.has_currency:
            ours = values.setdefault("currency", currency)
            if ours != currency:
                label = self._by.label(kind, section.amount or "")
                tell(line, f"{label} is in {currency}, and our currency is {ours!r}.")
        return values, told


def _on_ticket(raw: Raw, ticket: object) -> Raw:
    return raw._replace(values={"ticket": ticket, **raw.values})


def _read_decimal(value: object) -> Decimal | None:
    try:
        return Decimal(str(value)) if value is not None else None
    except InvalidOperation:  # told where fields are read
        return None


def _says_something(section: Section, values: Mapping[str, object]) -> bool:
    """Whether a row has any cell that the item is made of; one of constants alone always has."""
    named = [field for field, recipe in section.recipes.items() if recipe.own_columns]
    return section.each is not None or not named or any(field in values for field in named)
