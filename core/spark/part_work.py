"""What is worked out of one part of a ticket file, on whichever machine: lines of JSON, and faults.

The code is that of `prassi triage -n --json`, `prassi what-if --list --json` and
`prassi replay --json`, and so are the lines.
"""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

from ..analysis import what_if
from ..analysis.replay import ReplaySummary, replay_decisions
from ..analysis.trial_events import TrialEvents, find_readable_books
from ..analysis.trial_json import comparison_as_json, event_as_json, replayed_as_json
from ..desk.decision_json import decision_as_json
from ..desk.office import Office
from ..desk.triage import Triage, only_waits
from ..errors import PrassiError
from ..library.settings import Settings, name_company
from ..system.fast_json import JsonObject
from ..system.language import find_spoken, speak
from ..ticketfile.connect import translate_errors
from ..ticketfile.open import open_file
from ..ticketfile.sqlite import Connection
from .shipped_settings import ShippedSettings

NIGHT, WHAT_IF, REPLAY = "night", "what-if", "replay"

_encode = json.JSONEncoder(ensure_ascii=False).encode


class Work(NamedTuple):
    """What is asked of every part: a night, a what-if or a replay as of a moment.

    `settings` are those that hold, and for a what-if those that are tried. `everything` shows tickets
    that wait too; `until` is the last night of a what-if.
    """

    kind: str
    at: str
    settings: ShippedSettings
    person: str | None = None
    everything: bool = False
    until: str | None = None


class PartRow(NamedTuple):
    """One row of what a part comes to: a line of JSON, or a fault of a ticket, of a book or of all."""

    part: str
    line: str | None
    fault: str | None


def work_on_part(work: Work, path: str) -> Iterator[PartRow]:
    """What is asked of the part in a file. A fault of the part is its last row; nothing is raised for
    it. The file is copied first, and stays as it is."""
    name, spoken = os.path.basename(path), find_spoken()
    speak(work.settings.settings[0].spoken or spoken)
    try:
        yield from _work_on_copy(work, path, name)
    finally:
        speak(spoken)


def _work_on_copy(work: Work, path: str, name: str) -> Iterator[PartRow]:
    with tempfile.TemporaryDirectory(prefix="prassi-") as place:
        copy = os.path.join(place, name)
        try:
            shutil.copyfile(path, copy)
            settings = work.settings.unpack(os.path.join(place, "settings"))
            with translate_errors(copy), closing(open_file(copy)) as connection:
                yield from _list_rows(work, connection, settings, name)
        except (PrassiError, OSError) as error:
            told = str(error).replace(os.path.join(place, ""), "")
            yield PartRow(name, None, told)


def _list_rows(
    work: Work, connection: Connection, settings: list[Settings], name: str
) -> Iterator[PartRow]:
    if work.kind == NIGHT:
        yield from _work_night(work, connection, settings[0], name)
        return
    rows = _compare if work.kind == WHAT_IF else _replay
    for row in rows(work, connection, settings):
        yield (
            PartRow(name, None, row) if isinstance(row, str) else PartRow(name, _encode(row), None)
        )


def _work_night(
    work: Work, connection: Connection, settings: Settings, name: str
) -> Iterator[PartRow]:
    office = Office(connection, settings, work.at, None, person=work.person)
    triage = Triage(office, shows=lambda rule: work.everything or not only_waits(rule))
    for decision in triage:
        yield PartRow(name, _encode(decision_as_json(decision, work.at)), None)
    for ref, why in triage.left_tickets.items():
        yield PartRow(name, None, f"{ref}: {why}")
    for book, fault in triage.faulty_books.items():
        yield PartRow(name, None, f"book {book} is left out: {fault}")


def _compare(
    work: Work, connection: Connection, settings: list[Settings]
) -> Iterator[JsonObject | str]:
    """Each ticket that differs, each recorded event that would be answered otherwise, and the faults."""
    now, then = (name_company(one) for one in settings)
    offices = tuple(
        Office(connection, one, work.at, None, person=work.person) for one in (now, then)
    )
    names, left_out = what_if.find_books(offices[0], offices[1])
    summary = what_if.TrialSummary()
    compared = (
        what_if.compare_today(offices[0], offices[1], names)
        if work.until is None
        else what_if.compare_nights(connection, (now, then), work.at, work.until, names)
    )
    for ticket in compared:
        if summary.count(ticket):
            yield comparison_as_json(ticket)
    books = find_readable_books(offices[0], offices[1])
    for event in TrialEvents(offices[0], offices[1], None, books).compare():
        yield event_as_json(event)
    for book, fault in left_out.items():
        yield f"book {book} is left out: {fault}"


def _replay(work: Work, connection: Connection, settings: list[Settings]) -> Iterator[JsonObject]:
    """Each decision of the log that would be another one now."""
    office, summary = Office(connection, settings[0], work.at, None), ReplaySummary()
    for again in replay_decisions(office, ()):
        if summary.count(again):
            yield replayed_as_json(again)
