"""Rows of a log that are events of the book: raised through the desk once the tickets are there.

Each is of the row's own moment, and all are of the import's run. They go in their order, so that each
finds its ticket as the ones before have left it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..decision.plan import MadeRow, Plan
from ..desk.office import Office
from ..errors import BadInput, Refused
from ..ticketfile.import_staging import StagedEvent, StagedItem, StagedTicket
from ..ticketfile.message_states import HELD, IMPORTED, WAITING
from ..ticketfile.packed_plans import pack_plans
from ..ticketfile.schema import ROWS
from ..ticketfile.write_events import EventRecord, EventWriter
from ..values.field_types import Field, Stored
from .check_rows import Intake, RowFaults
from .export_map import AT, EVENT, EVENTS, NOTE, NOTES
from .row_forms import Form, read_item
from .sources import Source

_MOMENT = Field(AT, "moment")
_STATE, _REASON = (ROWS["message"].index(name) for name in ("state", "reason"))


class EventLog:
    """The events of an import's rows."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def add(self, ticket: StagedTicket, form: Form, item: StagedItem) -> None:
        """Take in a row; what is wrong with it comes into the list of faults."""
        fault = RowFaults(self._intake, item.place, "one of events", EVENTS, bool(item.told))
        event, at = str(item.values.get(EVENT)), None
        try:
            at = str(_MOMENT.read(item.values.get(AT)))
            inputs = form.book.event(event).inputs
        except BadInput as error:
            fault("", str(error).removesuffix("."))
        except ValueError as error:
            fault(AT, str(error))
        if fault.any or at is None:
            return
        given = {name: one for name, one in item.values.items() if name in inputs}
        written = item.values.get(NOTE)
        note = None if written is None else read_item(form.lists["notes"], written, None, fault)
        self._intake.staging.stage_event(
            StagedEvent(
                at=at,
                place=item.place,
                number=ticket.number,
                ref=str(ticket.single["ref"]),
                event=event,
                given=given,
                note=note,
            )
        )

    def raise_all(self, office: Office, writer: EventWriter, sources: Sequence[Source]) -> None:
        """Raise them by their moments, those of one moment in the order of their rows. What the book
        refuses comes into the list of faults, or in as a note, where the map says so."""
        moment, faults = office.at, self._intake.faults
        for one in self._intake.staging.read_events():
            plan, refused = self._plan(office, one, moment)
            if refused is not None and one.note is not None:
                self._note_refused(one, refused)
                if not faults.count:
                    source = sources[one.place.source].short
                    writer.write_records([_make_note(one, one.note, source)], one.at)
                    self._intake.report.items[NOTES] += 1
            elif refused is not None:
                faults.add(*one.place, f"event {one.event} on {one.ref}: {refused}")
            elif plan is not None and not faults.count:
                page = pack_plans([_hold_messages(plan)], office.book_to_keep(plan.context.book))
                writer.write_page(page, one.at)
                self._intake.report.items[EVENTS] += 1
        office.move_to(moment)

    def _plan(
        self, office: Office, one: StagedEvent, moment: str
    ) -> tuple[Plan | None, str | None]:
        """The plan of an event, or why there is none."""
        if one.at > moment and not moment.startswith(one.at):
            return None, f"{one.at} is after the moment of the import, {moment}."
        office.move_to(one.at)
        try:
            plan = office.plan(
                one.ref, one.event, one.given, lambda name: self._intake.label(EVENTS, name)
            )
        except (BadInput, Refused) as error:
            return None, str(error)
        return plan, plan.refusal

    def _note_refused(self, one: StagedEvent, why: str) -> None:
        where = self._intake.faults.place(*one.place)
        self._intake.report.note_refused(f"{where}: event {one.event} on {one.ref}: {why}")


def _make_note(one: StagedEvent, note: Mapping[str, Stored], source: str) -> EventRecord:
    """The note of a row that the book does not take as an event."""
    facts = {"source": source, "refused": one.event}
    row = (one.number, note["at"], note["text"], None)
    return EventRecord("import", one.number, facts=facts, made=[("note", row)])


def _hold_messages(plan: Plan) -> Plan:
    """A plan whose messages stay here: what it tells is long past."""
    return plan._replace(made=[_hold_message(*row) for row in plan.made])


def _hold_message(table: str, row: tuple[object, ...]) -> MadeRow:
    if table != "message" or row[_STATE] != WAITING:
        return table, row
    held = [*row]
    held[_STATE], held[_REASON] = HELD, IMPORTED
    return table, tuple(held)
