"""Taking in the rows of all sources: each is checked for itself, and kept in temporary tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from ..book.model import Book
from ..book.status_catalogue import CatalogueState
from ..messages.addresses import find_unsendable
from ..ticketfile.import_staging import EarlierRow, SourcePlace, Staging
from ..values.field_types import Field, Stored
from . import sources
from .export_map import CREDIT, EVENTS, NOTES, ORDER, Map
from .forgotten_rows import ForgottenRows
from .mapped_rows import MappedRows, Row
from .rollups import Key, make_rollups, sort_key
from .row_forms import CUSTOMER, STATE, Forms, check_keys, read, read_customer, read_ticket
from .rows_and_faults import CUSTOMERS, STATES, TICKETS, Broken, FaultList, Raw, Tell
from .sources import Source
from .tallies import ImportReport


class RowFaults:
    """Tells the faults of one row, with the names its source has for our fields."""

    def __init__(
        self, intake: Intake, place: SourcePlace, what: str, kind: str, faulty: bool
    ) -> None:
        self._intake, self._place, self._what, self._kind = intake, place, what, kind
        self.any = faulty

    def __call__(self, field: str, reason: str) -> None:
        self.any = True
        label = f"{self._intake.label(self._kind, field)} " if field else ""
        columns = self._intake.columns(self._kind, field)
        advice = advise(reason, columns) if self._intake.is_mapped else ""
        alike = f"{' and '.join(columns)} {reason}" if columns else None
        self._intake.faults.add(*self._place, f"{self._what}: {label}{reason}.{advice}", alike)


_ADVICE = {
    "is missing": 'give default in the map, or leave such rows out: [skip] {column} = [""]',
    "must be one of": "give values in the map, with our words for theirs",
    "must be a date": 'say in the map how they write it, as in date = "%d/%m/%Y"',
    "must be an amount": 'say in the map how they write it, as in decimal = ","',
    "must be text": "name one column for it in the map",
}


def advise(reason: str, columns: Sequence[str]) -> str:
    """What to write into the map, as a second sentence about a fault of a value from some columns."""
    for part, advice in _ADVICE.items() if columns else ():
        if part in reason:
            if len(columns) > 1:  # a row that lacks one of them only may well be good
                advice = advice.partition(", or leave such rows out")[0]
            return f" {advice[0].upper()}{advice[1:]}.".replace("{column}", repr(columns[0]))
    return ""


class Intake:
    """Checks rows each for itself, and keeps them."""

    def __init__(
        self,
        forms: Forms,
        staging: Staging,
        faults: FaultList,
        by: Map | None = None,
        report: ImportReport | None = None,
    ) -> None:
        self.forms, self.staging, self.faults, self.by = forms, staging, faults, by
        self.report = report or ImportReport()
        self._rollups = make_rollups(by.sections) if by else {}
        self._forgotten = ForgottenRows(staging.find_forgotten(), by, self.report)
        self._number = 0
        self.states = list[StateRow]()
        self._good = set[int]()
        """Customers and tickets of rows that have no fault, by hashes of what they say."""
        self.credits: dict[tuple[str, str], list[tuple[SourcePlace, Raw]]] = {}
        """Credits by the ref of their ticket and the kind of what they lower."""
        self.last_lines: dict[int, int] = {}
        """The last row of each source that was taken, by its line."""
        self.broken = False
        """Whether a source could not be read on: what others link to may stand in the rest."""

    @property
    def is_mapped(self) -> bool:
        """Whether rows come by a map, so that several can make one ticket."""
        return self.by is not None

    def label(self, kind: str, field: str) -> str:
        """How the sources call one of our fields."""
        return self.by.label(kind.removeprefix(CREDIT), field) if self.by else field

    def columns(self, kind: str, field: str) -> Sequence[str]:
        """The columns of the sources that one of our fields comes from, where a map says so."""
        return self.by.columns(kind.removeprefix(CREDIT), field) if self.by else ()

    def add_warnings(self, unmet: Iterable[tuple[str, str]]) -> None:
        """Add to the report what people should look at; `unmet` are the keys of credits that no ticket
        took up."""
        for ref, kind in unmet:
            amount = self.by.sections[kind].amount if self.by else None
            rows = (str(raw.values.get(amount or "")) for _, raw in self.credits[ref, kind])
            self.report.unused_credits[ref] = ", ".join(rows)
        report = self.report
        report.warnings += [
            *report.tell_names(),
            *report.tell_addresses(),
            *report.tell_unused_credits(),
        ]
        if self.by is not None:
            self.report.warnings += self.by.lookup_warnings()

    def take_all(self, source: Source) -> None:
        """Read a source to its end."""

        def tell(line: int, sentence: str) -> None:
            self.faults.add(source.number, line, sentence)

        if self.by is None:
            measured = partial(self.report.sums.__setitem__, source.number)
            self.take(source.number, sources.rows(source, self.forms, tell, measured), tell)
            return
        with self._until_broken(tell):
            self._note_day(source, tell)
            for row, made in MappedRows(self.by, self.report).read(source, tell):
                self._take_row(source.number, row, made, tell)

    def _note_day(self, source: Source, tell: Tell) -> None:
        """Note the day that the name of a source says."""
        if self.by is not None and self.by.dated is not None:
            try:
                self.report.note_day(source.number, self.by.dated.read_name(source.short))
            except ValueError as error:
                tell(1, f"the name of the file {error} (dated in the map).")

    def _note_row_day(self, source: int, row: Row, line: int, tell: Tell) -> None:
        """Note the day that a row says its source is of."""
        if self.by is not None and self.by.dated is not None:
            try:
                self.report.note_day(source, self.by.dated.read_row(row, self.by.clock(row)))
            except ValueError as error:
                tell(line, f"{self.by.dated.recipe and self.by.dated.recipe.names} {error}.")

    def take(self, source: int, rows: Iterable[Raw], tell: Tell) -> None:
        """Take in the rows of a source, which is given by its number."""
        with self._until_broken(tell):
            for raw in rows:
                if not self._forgotten.take_out(raw):
                    self._take(SourcePlace(source, raw.line), raw, tell)

    @contextmanager
    def _until_broken(self, tell: Tell) -> Iterator[None]:
        try:
            yield
        except Broken as error:
            self.broken = True
            tell(error.line, f"{error.reason}.")

    def _take_row(self, source: int, row: Row, made: Sequence[Raw], tell: Tell) -> None:
        """Take in what one row of an export makes."""
        self._number += 1
        line = made[0].line if made else self.last_lines.get(source, 1)
        self.last_lines[source] = line
        self._note_row_day(source, row, line, tell)
        for raw in () if self._forgotten.take_out_row(row) else made:
            place = SourcePlace(source, raw.line)
            if raw.kind.startswith(CREDIT):
                self._keep(place, raw)
                key = str(raw.values["ticket"]), raw.kind.removeprefix(CREDIT)
                self.credits.setdefault(key, []).append((place, raw))
            elif raw.kind in self._rollups and "ref" in raw.values:
                self._roll_up(place, row, raw, tell)
            elif raw.kind in (CUSTOMERS, TICKETS):
                self._take_once(place, raw, tell)
            elif self.by and self.by.order and raw.kind in (EVENTS, NOTES):
                self._take(place, self._add_order(raw, row, tell), tell)
            else:
                self._take(place, raw, tell)

    def _add_order(self, raw: Raw, row: Row, tell: Tell) -> Raw:
        """A row with where it stands among those of its ticket."""
        key = self._read_key(raw, row, tell)
        return raw if key is None else raw._replace(values={**raw.values, ORDER: [*key]})

    def _read_key(self, raw: Raw, row: Row, tell: Tell) -> Key | None:
        """Where a row stands in the order of the map; None where that can't be read."""
        assert self.by is not None
        try:
            return sort_key(self.by.order, row, self._number, self.by.clock(row))
        except ValueError as error:
            tell(raw.line, f"{self.by.order.column if self.by.order else ''} {error}.")
            return None

    def _take_once(self, place: SourcePlace, raw: Raw, tell: Tell) -> None:
        """Take in a customer or a ticket, unless the very same was found good in another row."""
        mark = None if raw.told or self.report.show else _hash_values(raw)
        if mark in self._good:
            return
        before = self.faults.count
        self._take(place, raw, tell)
        if mark is not None and self.faults.count == before and len(self._good) < _MOST_GOOD:
            self._good.add(mark)

    def _roll_up(self, place: SourcePlace, row: Row, raw: Raw, tell: Tell) -> None:
        """Take in a row of which several make one ticket or customer."""
        key = self._read_key(raw, row, tell)
        if key is None:
            return
        for one in self._rollups[raw.kind].add(place, raw, key):
            if (one.kind, one.field) == (CUSTOMERS, "name"):
                self.report.note_name(one.ref, *one.values)
                continue
            what = name_row(raw.kind.removesuffix("s"), {"ref": one.ref})
            fault = RowFaults(self, one.place, what, raw.kind, faulty=True)
            where = self.faults.place(*one.first)
            told = self._differs(raw, [one.field])
            fault("", f"stands at {where} too{told}; {_SAY_WHICH}")

    def finish(self) -> None:
        """Take in what several rows make, once all sources are read."""
        for rollup in self._rollups.values():
            for place, raw, unread in rollup.finish():
                for at, field, reason in unread:
                    self.faults.add(*at, f"{self.label(raw.kind, field)} {reason}.")
                self._take(place, raw, partial(self.faults.add, place.source))

    def _keep(self, place: SourcePlace, raw: Raw) -> None:
        if self.report.show:
            self.report.keep(self.faults.place(*place), raw)

    def _take(self, place: SourcePlace, raw: Raw, tell: Tell) -> None:
        kinds = {CUSTOMERS: self._customer, TICKETS: self._ticket, STATES: self._state}
        take = kinds.get(raw.kind, self._item)
        self._keep(place, raw)
        try:
            take(place, raw)
        except RecursionError:
            tell(raw.line, "this is nested too deep.")

    def _customer(self, place: SourcePlace, raw: Raw) -> None:
        what = name_row("customer", raw.values)
        fault = RowFaults(self, place, what, CUSTOMERS, bool(raw.told))
        stored = read_customer(raw.values, raw.told, fault)
        if "ref" not in stored:
            return
        earlier = self.staging.stage_customer(place, stored, fault.any)
        if earlier is not None:
            self._check_repeated(earlier, stored, fault, raw)
        elif not fault.any:
            self._check_addresses(place, what, stored)

    def _check_addresses(self, place: SourcePlace, what: str, stored: Mapping[str, Stored]) -> None:
        """Note addresses to which nothing can be sent: they come in as they are, and are told."""
        for field, reason in find_unsendable(stored):
            where = f"{self.faults.place(*place)}: {what}: {self.label(CUSTOMERS, field)}"
            self.report.note_address(str(stored["ref"]), field, f"{where}: {reason}")

    def _ticket(self, place: SourcePlace, raw: Raw) -> None:
        what = name_row("ticket", raw.values)
        fault = RowFaults(self, place, what, TICKETS, bool(raw.told))
        single: dict[str, Stored] = {}
        lists: Mapping[str, object] = {}
        form = None if "book" in raw.told else self.forms.of(raw.values.get("book"), fault)
        if form is not None:
            single, lists = read_ticket(form, raw.values, raw.told, fault)
        else:
            single = read({"ref": CUSTOMER["ref"]}, raw.values, raw.told, fault)
        if "ref" not in single:
            return
        earlier = self.staging.stage_ticket(place, single, lists, fault.any)
        if earlier is not None:
            self._check_repeated(earlier, single, fault, raw)

    def _state(self, place: SourcePlace, raw: Raw) -> None:
        fault = RowFaults(self, place, "a state", STATES, bool(raw.told))
        check_keys(raw.values, STATE, "a state", fault)
        stored = read(STATE, raw.values, raw.told, fault)
        form = None if "book" in raw.told else self.forms.of(raw.values.get("book"), fault)
        if form is not None and not fault.any:
            state = CatalogueState(str(stored["state"]), stored["completed"] is True)
            self.states.append(StateRow(form.book, state, fault))

    def _item(self, place: SourcePlace, raw: Raw) -> None:
        fault = RowFaults(self, place, f"one of {raw.kind}", raw.kind, bool(raw.told))
        values = dict(raw.values)
        try:
            ticket = Field("ticket", "text").read(values.pop("ticket", None))
        except ValueError as error:
            fault("ticket", str(error))
        else:
            self.staging.stage_item(place, ticket, raw.kind, values, raw.told)

    def _check_repeated(
        self, earlier: EarlierRow, values: Mapping[str, Stored], fault: RowFaults, raw: Raw
    ) -> None:
        """Another row has the same ref: a fault, unless the source may repeat it just so."""
        differing = [n for n, value in earlier.values.items() if values.get(n) != value]
        if self.is_mapped and earlier.place is not None and differing == ["name"]:
            first, other = earlier.values["name"], values.get("name")
            self.report.note_name(str(raw.values["ref"]), first, other)
            return
        if earlier.place is None:
            fault("", f"is in the ticket file already{self._differs(raw, differing)}; leave it out")
        elif not raw.repeats or (differing and not fault.any and not earlier.faulty):
            where = self.faults.place(*earlier.place)
            told = self._differs(raw, differing)
            advice = _SAY_WHICH if self.is_mapped else "give each ref once"
            fault("", f"stands at {where} too{told}; {advice}")

    def _differs(self, raw: Raw, names: Sequence[str]) -> str:
        labels = [self.label(raw.kind, name) for name in names]
        return f", with another {' and another '.join(labels)}" if labels else ""

    def tell_strays(self) -> None:
        """Tell the rows whose ticket is in no source."""
        for place, ticket in () if self.broken else self.staging.read_strays():
            if self._forgotten.has_ticket(ticket):
                continue
            reason = f"there is no ticket {ticket!r} in this import; such a row comes in with its ticket only."
            self.faults.add(*place, reason)


_MOST_GOOD = 200_000
"""How many hashes are kept: about 15 MB."""


def _hash_values(raw: Raw) -> int | None:
    """A hash of what a row says (Python salts those of texts, so no file can aim at one)."""
    try:
        return hash((raw.kind, *raw.values.items()))
    except TypeError:  # lists in it
        return None


_SAY_WHICH = 'say in the map which row counts, take = "first" or take = "last"'

_SHOWN = 60
"""Characters of a ref that are told: the fault itself must find a place beside it."""


def name_row(what: str, values: Mapping[str, object]) -> str:
    """How faults call a row: by its ref, where it has one, or how that begins."""
    ref = values.get("ref")
    if not isinstance(ref, str):
        return what
    return f"{what} {ref!r}" if len(ref) <= _SHOWN else f"{what} {ref[:_SHOWN]!r}..."


class StateRow(NamedTuple):
    """A state that is to be imported, and who tells what is wrong with it."""

    book: Book
    state: CatalogueState
    fault: RowFaults
