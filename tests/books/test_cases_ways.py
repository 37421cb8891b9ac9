"""Whatever way cases take: none gets stuck, and each is seen in the places its state says."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from casework import CUSTOMERS, STATES
from desk import Desk
from hypothesis import given, settings
from hypothesis import strategies as st
from prassi.core.desk.office import Office
from prassi.core.desk.sheets import format_rows
from prassi.core.errors import BadInput, Refused
from prassi.core.library.settings import NONE
from prassi.core.ticketfile.open import open_file
from prassi.core.ticketfile.writer_process import InProcessWriter

pytestmark = pytest.mark.unmeasured

QUEUES = ("backoffice", "backoffice-retention", "expert-support", "account-personal")
QUEUED = ("OPEN-DISPATCH", "OPEN-FORWARDED")
WAYS: dict[str, dict[str, Any]] = {
    "save": {}, "dispatch": {}, "accept": {"agent": "boris"}, "forward": {"queue": "expert-support"},
    "return": {"reason": "не та категория"}, "recreate": {"category": "expert-support"},
    "close": {"resolution": "Настроено"},
}  # fmt: skip
"""The event `route`, with what each action needs."""


class Step(NamedTuple):
    """Something that is tried on one of the cases."""

    place: int
    event: str
    given: dict[str, Any]


def _route(action: str) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    where = st.sampled_from(QUEUES)
    given: dict[str, Any] = {name: st.just(value) for name, value in WAYS[action].items()}
    more: dict[str, Any] = {}
    if "queue" in given:
        given["queue"] = where
    if action == "dispatch":
        more = {"queue": where, "category": where}
    return st.tuples(
        st.just("route"),
        st.fixed_dictionaries({"action": st.just(action), **given}, optional=more),
    )


ASKED = st.one_of(
    *map(_route, WAYS),
    st.tuples(st.just("repeat"), st.fixed_dictionaries({"insists": st.booleans(), "disagrees": st.booleans()})),
    st.tuples(st.just("returned"), st.fixed_dictionaries({}, optional={"text": st.just("салон")})),
    st.tuples(st.just("grant"), st.fixed_dictionaries({"topic": st.sampled_from(["roaming", "sim"])})),
)  # fmt: skip
STEPS = st.lists(
    st.builds(lambda place, asked: Step(place, *asked), st.integers(0, 9), ASKED),
    min_size=1, max_size=10,
)  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ticket file with a case of anna in each state."""
    desk = Desk(tmp_path_factory.mktemp("base"))
    desk.load(
        *({**ticket, "ref": f"K-{n}"} for n, ticket in enumerate(STATES.values(), 1)),
        customers=CUSTOMERS,
    )
    return desk.file


@contextmanager
def office(base: Path, at: str) -> Iterator[Office]:
    """An office on a copy of the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = shutil.copy(base, folder)
        with closing(open_file(path)) as connection:
            yield Office(connection, NONE, at, InProcessWriter(connection, "case-route", at))


def tried(office: Office, ref: str, event: str, given: dict[str, Any]) -> bool:
    """Whether the procedure lets something happen; then it has."""
    try:
        return office.handle(ref, event, given, str).plan.refusal is None
    except (BadInput, Refused):
        return False


def cases(office: Office) -> dict[str, dict[str, Any]]:
    """All cases by number: what columns and fields they have."""
    found = office.connection.execute(
        "SELECT ref, status, assignee, result, open, fields ->> '$.queue', fields ->> '$.subject'"
        " FROM ticket WHERE ended_by IS NULL ORDER BY id"
    )
    names = ("status", "assignee", "result", "open", "queue", "subject")
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in found}


def seen(office: Office, sheet: str, **wanted: str) -> list[str]:
    """The numbers of the cases that a view shows."""
    book = office.shelf.book("cases")
    heads = [column.head for column in book.sheets[sheet].columns]
    return [
        row[heads.index("number")] for row in format_rows(office, book, book.sheets[sheet], wanted)
    ]


def check_places(office: Office) -> None:
    found = cases(office)
    folder = seen(office, "folder", creator="anna")
    assert sorted(folder) == sorted(
        ref for ref, case in found.items() if case["status"] != "CLOSED"
    )
    for queue in QUEUES:
        assert sorted(seen(office, "queue", queue=queue)) == sorted(
            ref for ref, case in found.items()
            if case["status"] in QUEUED and case["queue"] == queue
        )  # fmt: skip
    for case in found.values():
        assert (case["queue"] is not None) == (case["status"] in QUEUED)
        assert (case["result"] is not None) == (case["status"] == "CLOSED") == (not case["open"])
        if case["status"] not in ("OPEN", "CLOSED"):
            assert case["assignee"] is None
        assert case["subject"].count("ПОВТОР") <= 1


def check_ways(office: Office) -> None:
    """Nothing is possible with a closed case; with any other something is, and it can be closed."""
    dry = Office(office.connection, NONE, office.at, None)
    for ref, case in cases(office).items():
        possible = {
            action for action, given in WAYS.items()
            if tried(dry, ref, "route", {"action": action, **given})
        }  # fmt: skip
        assert bool(possible) == (case["status"] != "CLOSED")
        assert ("close" in possible) == (case["status"] != "CLOSED")
        if case["status"] != "CLOSED":
            dry.explain(ref, "day", {}, str)  # one rule of the night's answers


@pytest.mark.slow
@pytest.mark.unmeasured
@settings(max_examples=25, deadline=None)
@given(steps=STEPS, at=st.sampled_from(["2026-03-02", "2026-03-04", "2026-03-05", "2026-07-04"]))
def test_no_case_gets_lost_or_stuck(base: Path, steps: list[Step], at: str) -> None:
    with office(base, at) as desk:
        for step in steps:
            refs = list(cases(desk))
            tried(desk, refs[step.place % len(refs)], step.event, step.given)
            check_places(desk)
        check_ways(desk)


@settings(max_examples=12, deadline=None)
@given(steps=STEPS)
def test_what_is_refused_changes_nothing(base: Path, steps: list[Step]) -> None:
    with office(base, "2026-03-02") as desk:
        for step in steps:
            before = list(desk.connection.iterdump())
            if not tried(desk, f"K-{1 + step.place % 6}", step.event, step.given):
                assert list(desk.connection.iterdump()) == before
