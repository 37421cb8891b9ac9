"""`what-if` makes recorded events again on the facts that they would have had under the trial's settings."""

from __future__ import annotations

from contextlib import closing

import pytest
from prassi.core.analysis.recounted_facts import _count
from prassi.core.desk.fact_reader import FactReader
from prassi.core.library.library import Shelf
from prassi.core.library.settings import load
from prassi.core.ticketfile.connect import connect
from prassi.core.ticketfile.recorded_decisions import read_people_decisions
from prassi.core.ticketfile.rewound_copy import RewoundCopy

from tests.support.desk import Desk

REQUIREMENT = {
    "ref": "R-1", "book": "insistence", "customer": "C-1", "status": "open", "opened": "2026-02-10",
    "line": "metered", "subject": "x",
}  # fmt: skip
PACKAGE = {
    "ref": "P-1", "book": "packages", "customer": "C-1", "status": "active", "opened": "2026-01-01",
    "package": {"visits": 8, "used": 3, "price": "800.00", "first_visit": "2026-01-10T10:00",
                "starts": "2026-01-10", "expires": "2026-02-10", "paid_on": "2026-01-08"},
}  # fmt: skip
DEBT = {
    "ref": "T-1", "book": "collections", "customer": "C-1", "status": "new", "opened": "2026-02-01",
    "proformas": [{"number": "PF-1", "amount": "100.00"}, {"number": "PF-2", "amount": "50.00"}],
}  # fmt: skip

HAPPENED = (
    ("2026-02-20", "package-expiry P-1 --call no-answer"),
    ("2026-02-25", "insistence-check R-1"),
    ("2026-02-25", "call-outcome T-1 no-answer"),
    ("2026-02-26", "call-outcome T-1 agreement --agreed-on 2026-02-27 --partial 30"),
    ("2026-02-26", "undo T-1 --yes"),
    ("2026-02-26", "call-outcome T-1 agreement --agreed-on 2026-02-26"),
    ("2026-02-26", "customer set C-1 email=new@example.org"),
    ("2026-03-03", "triage"),
    ("2026-03-03", "call-outcome T-1 no-answer"),
    ("2026-03-04", "payment T-1 --proforma PF-1"),
    ("2026-03-05", "call-outcome T-1 agreement --agreed-on 2026-03-09 --note Sorry."),
    ("2026-03-06", "answer R-1 --text Done."),
    ("2026-03-06", "insistence-check R-1 --customer accepts"),
    ("2026-03-09", "close T-1 withdrawn --note x"),
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk that has worked for two weeks."""
    folder = tmp_path_factory.mktemp("desk")
    made = Desk(folder).load(REQUIREMENT, PACKAGE, DEBT, at="2026-02-12")
    for day, command in HAPPENED:
        made.good(command, at=day)
    return made


LATE = ("R-1", "2026-02-25", ["insist.3.late.self-service"], ["insist.1.give-deadline"])
OVER = ("P-1", "2026-02-20", ["expiry.no-answer.first"], ["expiry.over"])


@pytest.mark.parametrize(
    ("trial", "expected"),
    [
        ("--set insistence.response_workdays=20 --set packages.grace_days=5", [OVER, LATE]),
        pytest.param("--closure 2026-02-24", [LATE], marks=pytest.mark.slow),
    ],
)
def test_facts_are_counted_anew(desk: Desk, trial: str, expected: list[object]) -> None:
    rows = desk.good(f"what-if {trial} --list --json", at="2026-03-10").rows
    found = [
        (row["ticket"], row["at"], row["now"], row["then"]) for row in rows if "event_id" in row
    ]
    assert [one for one in found if one[1] <= "2026-02-25" and one[0] != "T-1"] == expected


def test_a_file_wound_back_has_the_facts_of_the_log(desk: Desk) -> None:
    """Before each event the rewound copy gives the very facts that the event was decided on."""
    settings = load(str(desk.folder / "prassi.toml"))
    with closing(connect(str(desk.file))) as connection:
        recorded = read_people_decisions(connection, "2026-01-01", None).newest
        shelf = Shelf(settings, connection)
        with closing(RewoundCopy(connection)) as copy:
            reader = FactReader(copy.connection, shelf)
            seen = []
            for one in reversed(recorded):
                copy.rewind(one.event_id)
                counted = dict(_count(reader, shelf.book(one.book), one).facts)
                assert counted == dict(one.facts), (one.event, one.at)
                seen.append(one.event)
    assert len(seen) == 10
