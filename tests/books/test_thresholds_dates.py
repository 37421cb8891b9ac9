"""Due dates of the collections book around Italy's holidays and the company's closures."""

from __future__ import annotations

import pytest
from desk import SETTINGS, Desk
from procedure import calling, promised, ticket

pytestmark = pytest.mark.unmeasured

CLOSED = """
[calendars.IT]
closures = [2026-04-24, 2026-08-10, 2026-08-11, 2026-08-12, 2026-08-13, 2026-08-14, 2026-12-24]
"""


def due(desk: Desk, command: str, at: str) -> str:
    """The date of the task that a command sets."""
    tasks = [
        a for a in desk.good(f"{command} --json", at=at).rows[0]["actions"] if a["action"] == "task"
    ]
    date: str = tasks[0]["due"]
    return date


FIVE_LATER = [
    # day of the call, five working days later, and with the company's closures
    ("2026-03-02", "2026-03-09", "2026-03-09"),
    ("2026-03-06", "2026-03-13", "2026-03-13"),  # a Friday
    ("2026-03-07", "2026-03-13", "2026-03-13"),  # a Saturday: Monday is the first day
    ("2026-03-30", "2026-04-07", "2026-04-07"),  # Good Friday works, Easter Monday does not
    ("2026-04-02", "2026-04-10", "2026-04-10"),
    ("2026-04-05", "2026-04-13", "2026-04-13"),  # Easter itself
    ("2025-04-18", "2025-04-29", "2025-04-29"),  # Easter Monday, and 25 April on a Friday
    ("2026-04-20", "2026-04-27", "2026-04-28"),  # 25 April on a Saturday; closed on the 24th
    ("2026-04-28", "2026-05-06", "2026-05-06"),  # 1 May on a Friday
    ("2026-05-29", "2026-06-08", "2026-06-08"),  # 2 June on a Tuesday
    ("2025-08-11", "2025-08-19", "2025-08-19"),  # 15 August on a Friday
    ("2026-08-06", "2026-08-13", "2026-08-20"),  # closed the week before 15 August
    ("2026-12-02", "2026-12-10", "2026-12-10"),  # 8 December on a Tuesday
    ("2025-12-22", "2025-12-31", "2025-12-31"),  # Christmas and Santo Stefano, Thursday and Friday
    ("2026-12-21", "2026-12-29", "2026-12-30"),  # 26 December on a Saturday; closed on the 24th
    ("2025-12-29", "2026-01-07", "2026-01-07"),  # New Year and Epiphany
]


@pytest.mark.parametrize(("at", "expected", "closed"), FIVE_LATER)
def test_a_missed_call_is_repeated_five_working_days_later(
    desk: Desk, at: str, expected: str, closed: str
) -> None:
    desk.load(calling(0), at=at)
    assert due(desk, "call-outcome T-1 no-answer --dry-run", at) == expected
    desk.settings(SETTINGS + CLOSED)
    assert due(desk, "call-outcome T-1 no-answer", at) == closed


THE_TENTH = [
    # day of the last missed call, the 10th of the following month or the next working day
    ("2026-03-02", "2026-04-10", "2026-04-10"),
    ("2026-03-31", "2026-04-10", "2026-04-10"),  # there is no 31 April
    ("2026-01-30", "2026-02-10", "2026-02-10"),
    ("2026-01-31", "2026-02-10", "2026-02-10"),
    ("2026-03-09", "2026-04-10", "2026-04-10"),
    ("2025-12-03", "2026-01-12", "2026-01-12"),  # a Saturday, over the year's end
    ("2025-12-31", "2026-01-12", "2026-01-12"),
    ("2026-04-15", "2026-05-11", "2026-05-11"),  # a Sunday
    ("2023-03-15", "2023-04-11", "2023-04-11"),  # Easter Monday
    ("2026-07-20", "2026-08-10", "2026-08-17"),  # closed, and the 15th is a Saturday
    ("2024-01-29", "2024-02-12", "2024-02-12"),  # a Saturday in a leap year
]


@pytest.mark.parametrize(("at", "expected", "closed"), THE_TENTH)
def test_who_cannot_be_reached_rests_until_the_tenth(
    desk: Desk, at: str, expected: str, closed: str
) -> None:
    desk.load(calling(3, 2, task=f"call-again {at}"), at=at)
    assert due(desk, "call-outcome T-1 no-answer --dry-run", at) == expected
    desk.settings(SETTINGS + CLOSED)
    assert due(desk, "call-outcome T-1 no-answer", at) == closed


@pytest.mark.parametrize(
    ("agreed", "expected"),
    [
        ("2026-03-13", "2026-03-18"),  # a Friday
        ("2026-03-14", "2026-03-18"),  # a Saturday
        ("2026-04-03", "2026-04-09"),  # Good Friday
        ("2026-04-04", "2026-04-09"),
        ("2026-04-22", "2026-04-28"),  # closed on the 24th
        ("2026-08-07", "2026-08-19"),  # closed from the 10th to the 14th
        ("2026-12-23", "2026-12-30"),  # closed on the 24th, Christmas, a weekend
        ("2026-12-30", "2027-01-05"),  # New Year on a Friday
        ("2027-01-04", "2027-01-08"),  # Epiphany on a Wednesday
    ],
)
@pytest.mark.parametrize("partial", ["", " --partial 50"])
def test_a_payment_is_looked_for_three_working_days_later(
    desk: Desk, agreed: str, expected: str, partial: str
) -> None:
    desk.settings(SETTINGS + CLOSED)
    desk.load(calling(0))
    assert (
        due(desk, f"call-outcome T-1 agreement --agreed-on {agreed}{partial}", "2026-03-02")
        == expected
    )


@pytest.mark.parametrize(
    ("pay_on", "waits", "missing"),
    [
        ("2026-04-02", "2026-04-07", "2026-04-08"),  # Good Friday counts, Easter Monday does not
        ("2026-04-22", "2026-04-27", "2026-04-28"),  # the 24th is closed
        ("2025-12-24", "2025-12-30", "2025-12-31"),
        ("2025-12-31", "2026-01-05", "2026-01-07"),
        ("2026-08-07", "2026-08-18", "2026-08-19"),
        ("2026-02-28", "2026-03-03", "2026-03-04"),  # a Saturday
    ],
)
def test_a_payment_is_missing_from_the_third_working_day_on(
    desk: Desk, pay_on: str, waits: str, missing: str
) -> None:
    desk.settings(SETTINGS + CLOSED)
    desk.load(promised(pay_on), at=pay_on)
    wait = desk.good("triage --all --json", at=waits).rows[0]
    assert wait["rule"] == "day.payment.wait"
    assert wait["actions"] == [{"action": "wait", "until": missing}]
    assert desk.good("triage --json", at=missing).rows[0]["rule"] == "day.payment.missed"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-02", "2026-03-16"),
        ("2026-03-30", "2026-04-14"),  # Easter Monday
        ("2026-04-20", "2026-05-06"),  # closed on 24 April, 1 May
        ("2025-12-22", "2026-01-09"),  # Christmas, Santo Stefano, New Year, Epiphany
    ],
)
@pytest.mark.parametrize("problem", ["accounting", "technical"])
def test_customer_care_has_ten_working_days(
    desk: Desk, at: str, expected: str, problem: str
) -> None:
    desk.settings(SETTINGS + CLOSED)
    desk.load(ticket("new"), at=at)
    assert (
        due(desk, f"call-outcome T-1 no-agreement --reason problem --problem {problem}", at)
        == expected
    )


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-02", "2026-03-17"),
        ("2026-04-20", "2026-05-05"),
        ("2025-12-20", "2026-01-04"),
        ("2024-02-20", "2024-03-06"),
    ],
)
def test_a_notice_gives_fifteen_days_of_the_calendar(desk: Desk, at: str, expected: str) -> None:
    desk.settings(SETTINGS + CLOSED)
    desk.load(ticket("new"), at=at)
    assert due(desk, "call-outcome T-1 no-agreement --reason refuses", at) == expected
