"""Where cases are seen: folders and queues at any width, a case by its number, what was done with it."""

from __future__ import annotations

from typing import Any

import pytest
from casework import CUSTOMERS, STATES, accepted, case, refused
from desk import Desk
from prassi.cli.printing.columns import measure_width

pytestmark = pytest.mark.unmeasured

ARABIC = "انقطاع الإنترنت منذ أمس ولم يتصل أحد"
STATUSES = ("OPEN-DISPATCH", "OPEN", "OPEN-REJECT-RETURN", "OPEN-FORWARDED", "CLOSED")
QUEUES = ("backoffice", "backoffice-retention", "expert-support")


@pytest.fixture(params=[80, 100, 160])
def width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    return int(request.param)


def many(count: int) -> list[dict[str, Any]]:
    """Cases of anna in all states, one in seven in Arabic; the later the number, the newer."""
    return [
        case(
            STATUSES[n % 5],
            ref=f"K-{n}",
            opened=f"2026-{1 + n // 200:02d}-{1 + n // 12 % 28:02d}",
            queue=QUEUES[n % 3] if n % 5 in (0, 3) else None,
            category=QUEUES[n % 3],
            subject=ARABIC if n % 7 == 0 else f"ПОВТОР Вопрос о тарифе номер {n}, очень подробный",
            assignee="boris" if n % 10 == 1 else None,
        )
        for n in range(1, count + 1)
    ]


def lines(desk: Desk, command: str, width: int) -> list[str]:
    """What a view prints: a title, heads, and rows none of which is wider than the screen."""
    out = desk.good(command).out
    assert "\x1b" not in out
    found = out.splitlines()
    for line in found:
        assert measure_width(line) <= width, line
        assert line == line.rstrip()
    return found


def test_a_folder_of_three(desk: Desk) -> None:
    desk.load(
        accepted(opened="2026-02-25"),
        case("OPEN-DISPATCH", ref="K-2", queue="expert-support"),
        case("OPEN-REJECT-RETURN", ref="K-3", opened="2026-03-02T09:30", category=None),
        case("CLOSED", ref="K-4"),
        case(ref="K-5", creator="vera"),
        customers=CUSTOMERS,
    )
    before = desk.file.read_bytes()
    assert desk.good("case-route folder --creator anna").out == FOLDER
    assert desk.good("case-route folder --creator anna --json").rows == [
        {"type": "", "created": "2026-03-02T09:30", "number": "K-3", "status": "OPEN",
         "state": "OPEN-REJECT-RETURN"},
        {"type": "backoffice", "created": "2026-02-27", "number": "K-2", "status": "OPEN",
         "state": "OPEN-DISPATCH"},
        {"type": "backoffice", "created": "2026-02-25", "number": "K-1", "status": "OPEN",
         "state": "OPEN"},
    ]  # fmt: skip
    assert desk.good("case-route queue expert-support").out == QUEUE
    assert desk.file.read_bytes() == before


FOLDER = """\
Folder of anna, 2026-03-02: 3
type        created           number  status  state
            2026-03-02T09:30  K-3     OPEN    OPEN-REJECT-RETURN
backoffice  2026-02-27        K-2     OPEN    OPEN-DISPATCH
backoffice  2026-02-25        K-1     OPEN    OPEN
"""
QUEUE = """\
Queue expert-support, 2026-03-02: 1
number  created     state          term        priority  subject
K-2     2026-02-27  OPEN-DISPATCH  2026-03-04  medium    Интернет
"""


def test_nothing_to_see(desk: Desk) -> None:
    desk.load(case("CLOSED"), customers=CUSTOMERS)
    assert desk.good("case-route folder --creator anna").out == "Folder of anna: empty.\n"
    assert desk.good("case-route queue backoffice").out == "Queue backoffice: empty.\n"
    assert desk.good("case-route folder --creator anna --json").out == ""


def test_a_folder_of_hundreds_at_any_width(desk: Desk, width: int) -> None:
    made = many(300)
    desk.load(*made, customers=CUSTOMERS)
    title, heads, *rows = lines(desk, "case-route folder --creator anna", width)
    assert title == "Folder of anna, 2026-03-02: 240"
    assert heads.split() == ["type", "created", "number", "status", "state"]
    newest_first = sorted(
        (ticket for ticket in made if ticket["status"] != "CLOSED"),
        key=lambda ticket: (ticket["opened"], int(ticket["ref"][2:])),
        reverse=True,
    )
    place = heads.index("created")
    whole = [row[place:].split() for row in rows if row[place:].strip()]
    assert [(cells[1], cells[2], cells[3]) for cells in whole] == [
        (ticket["ref"], "OPEN", ticket["status"]) for ticket in newest_first
    ]


def test_a_queue_of_hundreds_at_any_width(desk: Desk, width: int) -> None:
    """A long subject goes on below itself, and Arabic letters leave the columns where they are."""
    made = [{**one, "status": "OPEN-FORWARDED", "queue": "backoffice"} for one in many(300)]
    desk.load(*made, customers=CUSTOMERS)
    title, heads, *rows = lines(desk, "case-route queue backoffice", width)
    assert title == "Queue backoffice, 2026-03-02: 300"
    assert heads.split() == ["number", "created", "state", "term", "priority", "subject"]
    refs = [row.split()[0] for row in rows if row.startswith("K-")]
    oldest_first = sorted(made, key=lambda ticket: (ticket["opened"], int(ticket["ref"][2:])))
    assert refs == [ticket["ref"] for ticket in oldest_first]
    subject = heads.index("subject")
    for row in rows:
        assert row.startswith("K-") or not row[:subject].strip()
        assert "\u200e" not in row[:subject]
        if any("\u0600" <= letter <= "\u06ff" for letter in row):
            assert row[subject] == row[-1] == "\u200e"


# --- one case -------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", STATES)
def test_find_shows_a_case_in_any_state(desk: Desk, state: str) -> None:
    desk.load(STATES[state], customers=CUSTOMERS)
    told = desk.good("case-route find K-1").out
    assert told.startswith("K-1  Иван Петров\n")
    assert f"  status               {STATES[state]['status']}\n" in told
    assert "history" not in told
    (shown,) = desk.good("case-route find K-1 --json").rows
    (exported,) = desk.export()["tickets"]
    assert shown == exported


def test_history_says_who_did_what(desk: Desk) -> None:
    desk.load(case(), customers=CUSTOMERS)
    assert desk.good("case-route history K-1").out == (
        "History of K-1: empty, nothing was done with it since it was brought in.\n"
    )
    desk.good("case-route K-1 dispatch --agent anna")
    desk.good("case-route K-1 accept --agent boris")
    desk.good("case-route K-1 save --agent boris")
    desk.good("undo", at="2026-03-03T10:00")
    assert desk.good("case-route history K-1").out == HISTORY
    rows = desk.good("case-route history K-1 --json").rows
    assert [(row["event_id"], row["who"], row["rule"], row["undone"]) for row in rows] == [
        (2, "anna", "route.dispatch", False),
        (3, "boris", "route.accept", False),
        (4, "boris", "route.save", True),
        (5, None, None, False),
    ]
    desk.good("event cases new customer=C-1 creator=vera")
    assert "vera  new.created" in desk.good("case-route history K-2").out


HISTORY = """\
History of K-1, Иван Петров: 4
at                who    what            changed
2026-03-02        anna   route.dispatch  queue none → backoffice, status OPEN → OPEN-DISPATCH
2026-03-02        boris  route.accept    assignee none → boris, came_from none → backoffice, queue backoffice → none,
                                         status OPEN-DISPATCH → OPEN
2026-03-02        boris  route.save      undone
2026-03-03T10:00         undo
"""


def test_history_fits_the_screen(desk: Desk, width: int) -> None:
    desk.load(case(subject=ARABIC), customers=CUSTOMERS)
    desk.good("case-route K-1 dispatch --agent 'فاطمة بنت محمد'")
    for ending in ("repeat --insists", "accept --agent boris", "return --reason 'ошибка в адресе'"):
        desk.good(f"case-route K-1 {ending}")
    assert len(lines(desk, "case-route history K-1", width)) >= 6


OTHER = {
    "ref": "Q-1",
    "book": "collections",
    "customer": "C-1",
    "status": "new",
    "opened": "2026-03-02",
}


@pytest.mark.parametrize(
    ("command", "mention"),
    [
        ("folder", "--creator is missing"),
        ("folder anna", "ACTION can't be used with folder."),
        ("folder --creator anna --queue backoffice", "--queue can't be used with folder."),
        ("queue", "NAME is missing"),
        ("queue backoffice --creator anna", "--creator can't be used with queue."),
        ("find", "CASE is missing"),
        ("find K-9", "there is no ticket 'K-9'"),
        ("find Q-1", "Q-1 is of book collections, not of cases"),
        ("history", "CASE is missing"),
        ("history Q-1", "Q-1 is of book collections, not of cases"),
    ],
)
def test_what_a_view_needs(desk: Desk, command: str, mention: str) -> None:
    desk.load(case(), OTHER, customers=CUSTOMERS)
    refused(desk, {}, f"case-route {command}", 2, mention)
