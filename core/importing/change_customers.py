"""Customers: adding, changing and merging them, each by an event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..errors import BadInput, Refused
from ..messages.addresses import find_unsendable
from ..system.fast_json import JsonObject
from ..ticketfile import read_customers, read_tickets
from ..ticketfile.changed_rows import ChangedRows
from ..ticketfile.first_rows import MESSAGES
from ..ticketfile.read_customers import StoredCustomer
from ..ticketfile.schema import CUSTOMER
from ..ticketfile.sqlite import Connection
from ..ticketfile.write_events import EventRecord, EventWriter
from .row_forms import CUSTOMER as FIELDS
from .row_forms import read_customer

OWN = tuple(name for name in FIELDS if not name.endswith("_bad_on"))
"""What people say of a customer; whether an address is bad, messages say."""


class CustomerChange(NamedTuple):
    """What a change of a customer came to: its ref, what changed (before and after), the messages
    that follow a new address, and its events."""

    ref: str
    changes: Mapping[str, list[object]]
    messages: int
    event_ids: list[int]


def add_customer(
    connection: Connection, writer: EventWriter, given: Mapping[str, str], again: bool
) -> CustomerChange:
    """Add a customer; without a ref, with the next free number.

    Refused where another customer has the phone or e-mail, unless `again`.
    """
    number, free = read_tickets.find_free_numbers(connection, "customer", "C")
    values = {**dict.fromkeys(OWN), "ref": f"C-{free}", **_read_values(given)}
    if read_customers.find_customer_row(connection, str(values["ref"])) is not None:
        raise BadInput(f"there is a customer {values['ref']!r} already.")
    if not again:
        _check_not_there(connection, values)
    row = (number, *(values.get(name) for name in CUSTOMER))
    told = {name: value for name, value in values.items() if value is not None}
    record = EventRecord("customer", customer=number, facts=told, made=[("customer", row)])
    events = writer.write_records([record])
    return CustomerChange(str(values["ref"]), {n: [None, v] for n, v in told.items()}, 0, events)


def set_customer(
    connection: Connection, writer: EventWriter, ref: str, given: Mapping[str, str]
) -> CustomerChange:
    """Change a customer; what waits to be sent to an address follows it."""
    known = read_customers.find_stored(connection, ref)
    if "ref" in given:
        raise BadInput("ref can't be changed: messages and other programs know the customer by it.")
    values = _read_values({"ref": ref, **given})
    after: dict[str, object] = {name: values[name] for name in given}
    for channel in ("email", "phone"):
        if channel in after and after[channel] != known.values[channel]:
            after[f"{channel}_bad_on"] = None
    changes: JsonObject = {
        name: [known.values[name], value]
        for name, value in after.items()
        if known.values[name] != value
    }
    if not changes:
        return CustomerChange(ref, {}, 0, [])
    following = _find_following(connection, known.id, _find_new_addresses(known, after))
    messages = {number: pair for found in following.values() for number, pair in found.items()}
    written = {**changes, MESSAGES: messages} if messages else changes
    record = EventRecord("customer", customer=known.id, facts=dict(after), changes=written)
    events = writer.write_records([record])
    ChangedRows(connection, None, known.id).write(written)
    return CustomerChange(ref, changes, len(messages), events)


def merge_customers(
    connection: Connection, writer: EventWriter, ref: str, into: str
) -> CustomerChange:
    """Let the tickets of one customer be another's, and the first one go: one step. What waits for the
    first goes where the other can be reached."""
    going, staying = (read_customers.find_stored(connection, one) for one in (ref, into))
    if going.id == staying.id:
        raise BadInput(f"{ref} and {into} are the same customer: name two.")
    tickets = read_customers.find_tickets_of(connection, going.id)
    facts: JsonObject = {"merge": ref, "into": into}
    following = _find_following(connection, going.id, _find_good_addresses(staying))
    records = []
    for ticket in tickets:
        changes: JsonObject = {"customer": [going.id, staying.id]}
        if ticket.id in following:
            changes[MESSAGES] = following[ticket.id]
        records.append(EventRecord("customer", ticket=ticket.id, facts=facts, changes=changes))
    last = EventRecord("customer", customer=going.id, facts=facts, ended={"customer": [going.id]})
    events = writer.write_records([*records, last])
    for record in records:
        ChangedRows(connection, record.ticket, None).write(record.changes)
    moved: dict[str, list[object]] = {one.ref: [ref, into] for one in tickets}
    return CustomerChange(ref, moved, sum(map(len, following.values())), events)


def _read_values(given: Mapping[str, str]) -> dict[str, object]:
    """What was given, as it is stored; BadInput names what can't be."""

    def fault(name: str, reason: str) -> None:
        raise BadInput(f"{name} {reason}.")

    for name in given:
        if name not in OWN:
            raise BadInput(f"a customer has no {name!r}; it has {', '.join(OWN)}.")
    bare = {name: value.strip() or None for name, value in given.items()}
    read = read_customer({"ref": "C-0", **bare}, (), fault)
    for name, reason in find_unsendable(bare):
        raise BadInput(f"{name}: {reason}.")
    return {name: read[name] for name in given}


def _check_not_there(connection: Connection, values: Mapping[str, object]) -> None:
    for channel in ("phone", "email"):
        address = values.get(channel)
        if address is None:
            continue
        for other in read_customers.find_by_address(connection, channel, str(address)):
            raise Refused(
                f"{other.ref} ({other.values['name'] or 'no name'}) has this {channel} already; use"
                " that customer, or give --again to add a second one."
            )


def _find_new_addresses(known: StoredCustomer, after: Mapping[str, object]) -> dict[str, object]:
    return {
        column: after[column]
        for column in ("email", "phone")
        if column in after and known.values[column] != after[column]
    }


def _find_good_addresses(customer: StoredCustomer) -> dict[str, object]:
    """The addresses of a customer at which they can be reached."""
    return {
        column: customer.values[column]
        for column in ("email", "phone")
        if customer.values[column] is not None and customer.values[f"{column}_bad_on"] is None
    }


def _find_following(
    connection: Connection, customer: int, addresses: Mapping[str, object]
) -> dict[int, dict[str, dict[str, list[object]]]]:
    """By ticket, a customer's messages that have not left and follow new addresses, with their
    recipients before and after."""
    found: dict[int, dict[str, dict[str, list[object]]]] = {}
    for channel, column in (("email", "email"), ("sms", "phone")):
        if column not in addresses:
            continue
        for number, ticket, before in read_customers.find_unsent(connection, customer, channel):
            if before != addresses[column]:
                change = {"recipient": [before, addresses[column]]}
                found.setdefault(ticket, {})[str(number)] = change
    return found
