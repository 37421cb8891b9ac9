"""The outbox: the messages of a ticket file, and the changes in their lives.

A change of a message's state is an event `message`, which is no step for `undo`; only a claim is
not: it says that a message is on its way out, and where to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..system.fast_json import JsonObject, encode
from .changed_rows import ChangedRows, read_message_columns
from .first_rows import MESSAGES
from .message_states import CLAIMED, HELD, RESTORED, WAITING, WITHDRAWN
from .read_messages import StoredMessage
from .sqlite import Connection
from .write_events import EventRecord, EventWriter


class StateChange(NamedTuple):
    """What becomes of a message: its state with its reason, and the day it left, where it has.

    `words` are those of its columns LETTER that change; `details` what the event says beside; a
    message that waits after a try is tried again at `try_at`.
    """

    state: str
    reason: str | None = None
    left_on: str | None = None
    words: JsonObject = {}
    details: JsonObject = {}
    try_at: str | None = None


SENDING = "outbox send"
"""What a message is claimed for that is being sent; else it is claimed for a folder."""


def claim_messages(connection: Connection, numbers: Sequence[int], claim: str) -> set[int]:
    """Note of messages that they are on their way out, and where to; returns those that still wait.

    One that was withdrawn or held meanwhile is not claimed.
    """
    which = "id IN (SELECT value FROM json_each(?))"
    connection.execute(
        f"UPDATE message SET state = '{CLAIMED}', claim = ? WHERE state = '{WAITING}'"
        f" AND ended_by IS NULL AND {which}",
        (claim, encode(numbers)),
    )
    claimed = f"SELECT id FROM message WHERE state = '{CLAIMED}' AND claim = ? AND {which}"
    return {row[0] for row in connection.execute(claimed, (claim, encode(numbers)))}


def release_messages(connection: Connection, numbers: Sequence[int]) -> None:
    """Let messages that were claimed, and have not gone out, wait again."""
    connection.execute(
        f"UPDATE message SET state = '{WAITING}', claim = NULL WHERE state = '{CLAIMED}'"
        " AND id IN (SELECT value FROM json_each(?))",
        (encode(numbers),),
    )


def write_state(
    connection: Connection, writer: EventWriter, stored: StoredMessage, change: StateChange
) -> int:
    """Change a message, by an event; returns the event's number."""
    message = stored.message
    facts: JsonObject = {
        "message": message.id,
        "template": message.template,
        "from": WAITING if message.state == CLAIMED else message.state,
        "to": change.state,
        "reason": change.reason,
        **change.details,
    }
    if change.state == WITHDRAWN:
        ended = {"message": [message.id]}
        record = EventRecord("message", ticket=stored.ticket_id, facts=facts, ended=ended)
        return writer.write_records([record])[0]
    release_messages(connection, [message.id])
    before = read_message_columns(connection, message.id)
    after = {"state": change.state, "reason": change.reason, "left_on": change.left_on}
    changed = {
        name: [before[name], value]
        for name, value in {**after, **change.words}.items()
        if before[name] != value
    }
    changes = {MESSAGES: {str(message.id): changed}} if changed else {}
    record = EventRecord("message", ticket=stored.ticket_id, facts=facts, changes=changes)
    (number,) = writer.write_records([record])
    ChangedRows(connection, stored.ticket_id, None).write(changes)
    if change.state == WAITING:
        _write_tries(connection, stored, change.try_at)
    return number


def write_words(
    connection: Connection, writer: EventWriter, stored: StoredMessage, words: JsonObject, day: str
) -> None:
    """Give a message that waits, or was claimed just now, the words of a day, by an event; then it
    waits. When it is tried again stays as it is."""
    change = StateChange(WAITING, words=words, details={"written_on": day})
    write_state(connection, writer, stored, change)
    connection.execute(
        "UPDATE message SET tries = ?, try_at = ? WHERE id = ?",
        (stored.tries, stored.try_at, stored.message.id),
    )


def hold_waiting(connection: Connection, writer: EventWriter) -> int:
    """Hold every message that waits, since its file was restored; returns how many there are."""
    query = (
        f"SELECT id, ticket, template, reason FROM message WHERE state = '{WAITING}'"
        " AND ended_by IS NULL ORDER BY id"
    )
    found = connection.execute(query).fetchall()
    records = []
    for number, ticket, template, reason in found:
        change = {"state": [WAITING, HELD], "reason": [reason, RESTORED]}
        facts = {"message": number, "template": template, "from": WAITING, "to": HELD}
        facts["reason"] = RESTORED
        changes = {MESSAGES: {str(number): change}}
        records.append(EventRecord("message", ticket=ticket, facts=facts, changes=changes))
    if records:
        writer.write_records(records)
        connection.execute(
            f"UPDATE message SET state = '{HELD}', reason = '{RESTORED}'"
            f" WHERE state = '{WAITING}' AND ended_by IS NULL"
        )
    return len(records)


def _write_tries(connection: Connection, stored: StoredMessage, try_at: str | None) -> None:
    """Note when a message is tried again; without that, as if it had never been tried."""
    tries = 0 if try_at is None else stored.tries + 1
    connection.execute(
        "UPDATE message SET tries = ?, try_at = ? WHERE id = ?", (tries, try_at, stored.message.id)
    )


def write_bad_address(
    connection: Connection, writer: EventWriter, stored: StoredMessage, on: str
) -> None:
    """Note that a customer's address is bad since a day, by an event; one that is bad already stays."""
    column = f"{'email' if stored.message.channel == 'email' else 'phone'}_bad_on"
    known = connection.execute(
        f"SELECT {column} FROM customer WHERE id = ?", (stored.customer_id,)
    ).fetchone()[0]
    if known is not None:
        return
    changes: JsonObject = {column: [None, on]}
    record = EventRecord(
        "customer", customer=stored.customer_id, facts={column: on}, changes=changes
    )
    writer.write_records([record])
    ChangedRows(connection, None, stored.customer_id).write(changes)
