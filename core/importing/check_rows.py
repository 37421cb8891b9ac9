"""Taking in the rows of all sources: each is checked for itself, and kept in temporary tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..book.model import Book
from ..book.status_catalogue import CatalogueState
from ..ticketfile.import_staging import EarlierRow, SourcePlace, Staging
from ..values.field_types import Field, Stored
from . import sources
from .export_map import Map
from .export_map import rows as mapped_rows
from .row_forms import CUSTOMER, STATE, Forms, check_keys, read, read_customer, read_ticket
from .rows_and_faults import CUSTOMERS, STATES, TICKETS, Broken, FaultList, Raw, Tell
from .sources import Source


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
        self._intake.faults.add(*self._place, f"{self._what}: {label}{reason}.")


class Intake:
    """Checks rows each for itself, and keeps them."""

    def __init__(self, forms: Forms, staging: Staging, faults: FaultList, by: Map | None) -> None:
        self.forms, self.staging, self.faults, self._by = forms, staging, faults, by
        self.states = list[StateRow]()
        self.broken = False
        """Whether a source could not be read on: what others link to may stand in the rest."""

    @property
    def is_mapped(self) -> bool:
        """Whether rows come by a map, so that several can make one ticket."""
        return self._by is not None

    def label(self, kind: str, field: str) -> str:
        """How the sources call one of our fields."""
        return self._by.label(kind, field) if self._by else field

    def take_all(self, source: Source) -> None:
        """Read a source to its end."""

        def tell(line: int, sentence: str) -> None:
            self.faults.add(source.number, line, sentence)

        self.take(source.number, self._rows(source, tell), tell)

    def take(self, source: int, rows: Iterable[Raw], tell: Tell) -> None:
        """Take in the rows of a source, which is given by its number."""
        try:
            for raw in rows:
                self._take(SourcePlace(source, raw.line), raw, tell)
        except Broken as error:
            self.broken = True
            tell(error.line, f"{error.reason}.")

    def _rows(self, source: Source, tell: Tell) -> Iterator[Raw]:
        if self._by is None:
            return sources.rows(source, self.forms, tell)
        return mapped_rows(source, self._by, tell)

    def _take(self, place: SourcePlace, raw: Raw, tell: Tell) -> None:
        kinds = {CUSTOMERS: self._customer, TICKETS: self._ticket, STATES: self._state}
        take = kinds.get(raw.kind, self._item)
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
        if earlier.place is None:
            fault("", f"is in the ticket file already{self._differs(raw, differing)}; leave it out")
        elif not raw.repeats or (differing and not fault.any and not earlier.faulty):
            where = self.faults.place(*earlier.place)
            told = self._differs(raw, differing)
            fault("", f"stands at {where} too{told}; give each ref once")

    def _differs(self, raw: Raw, names: Sequence[str]) -> str:
        labels = [self.label(raw.kind, name) for name in names]
        return f", with another {' and another '.join(labels)}" if labels else ""

    def tell_strays(self) -> None:
        """Tell the rows whose ticket is in no source."""
        for place, ticket in () if self.broken else self.staging.read_strays():
            reason = f"there is no ticket {ticket!r} in this import; such a row comes in with its ticket only."
            self.faults.add(*place, reason)


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
