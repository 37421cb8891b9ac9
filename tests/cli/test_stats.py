"""`prassi stats`: each sum is what the log, the history and the export come to when they are counted again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import MONDAY, Desk

FIXTURES = Path(__file__).parents[2] / "fixtures"
TUESDAY, WEDNESDAY = "2026-03-03", "2026-03-04"


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk after some days of work, with steps that were undone; tests only read it."""
    desk = Desk(tmp_path_factory.mktemp("desk"))
    desk.settings("")
    desk.good("init")
    for book in ("collections", "insistence", "cases"):
        desk.good(f"import {FIXTURES / f'{book}.json'}")
    for at in ("2026-02-27", MONDAY):
        desk.good("triage -q --as night", at=at)
    desk.good("call-outcome T-1001 no-answer --as anna")
    desk.good("call-outcome T-1002 agreement --agreed-on 2026-03-06 --as anna")
    desk.good("call-outcome T-1003 no-answer --as luca", at=TUESDAY)
    desk.good("call-outcome T-1004 no-answer --as luca", at=TUESDAY)
    desk.good("undo T-1004 --yes --as luca", at=TUESDAY)
    desk.good("answer R-101 --text yes --as luca", at=WEDNESDAY)
    desk.good("triage -q --as night", at=WEDNESDAY)
    return desk


def totals(desk: Desk, figure: str, by: str = "book") -> dict[tuple[str, str | None, str], Any]:
    rows = desk.good(f"stats {figure} --by {by} --json", at=WEDNESDAY).rows
    return {(row["book"], row["group"], row["class"]): row for row in rows}


def counts(desk: Desk, figure: str, by: str = "book") -> Counter[Any]:
    return Counter({key: row["count"] for key, row in totals(desk, figure, by).items()})


def steps(desk: Desk) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every ticket, and each step of its history that stands."""
    for shown in desk.good(
        ["show", *(one["ref"] for one in desk.export()["tickets"]), "--json"]
    ).rows:
        for step in shown["history"]:
            if not step["undone"]:
                yield shown, step


def test_every_sum_is_what_the_log_comes_to(worked: Desk) -> None:
    tickets = worked.export()["tickets"]
    calls, moves, closed = Counter[Any](), Counter[Any](), dict[str, str]()
    for shown, step in steps(worked):
        changes = step["changes"]
        if "status" in changes:
            moves[shown["book"], None, changes["status"][1]] += 1
        if changes.get("open", [None, None])[1] == 0:
            closed[shown["ref"]] = step["at"][:10]
    for event in worked.good("log --json").rows:
        if event["event"] == "call" and not event["undone"]:
            calls["collections", event["by"], event["facts"]["outcome"]] += 1
    assert counts(worked, "calls", "who") == calls
    assert calls["collections", "luca", "no-answer"] == 1, "what was undone does not count"
    opened = Counter(
        (one["book"], None, "opened") for one in tickets if one["opened"] > "2025-03-04"
    )
    assert counts(worked, "funnel") == moves + opened
    assert counts(worked, "promises") == count_promises(tickets)
    assert counts(worked, "promises", "month") == count_promises(tickets, months=True)
    check_ageing(worked, tickets)
    check_terms(worked, tickets, closed)


def count_promises(tickets: list[Any], months: bool = False) -> Counter[Any]:
    return Counter(
        ("collections", promise["pay_on"][:7] if months else None, promise["state"])
        for one in tickets
        for promise in one.get("promises", ())
        if "2025-03-05" <= promise["pay_on"] <= WEDNESDAY
    )


def check_ageing(desk: Desk, tickets: list[Any]) -> None:
    sums = dict[str, list[int]]()
    for one in tickets:
        for item in one.get("proformas", ()):
            if item["paid"] is None and one["status"] != "closed":
                age = date.fromisoformat(WEDNESDAY) - date.fromisoformat(item["issued"])
                kind = next((k for k, last in AGES.items() if age.days <= last), "over 90")
                worth = round(100 * float(item.get("left") or item["amount"]))
                sums.setdefault(kind, []).append(worth)
    found = totals(desk, "ageing")
    assert {kind: [len(all_), sum(all_)] for kind, all_ in sums.items()} == {
        kind: [row["count"], round(100 * float(row["amount"]))]
        for (_, _, kind), row in found.items()
    }
    whole = sum(map(sum, sums.values()))
    for (_, _, kind), row in found.items():
        assert abs(float(row["share"]) - 100 * sum(sums[kind]) / whole) <= 0.05


AGES = {"0-30": 30, "31-60": 60, "61-90": 90}


def check_terms(desk: Desk, tickets: list[Any], closed: dict[str, str]) -> None:
    classes, days = Counter[Any](), dict[Any, list[int]]()
    for one in tickets:
        due = one.get("respond_by")
        if due is None or not "2025-03-05" <= due <= WEDNESDAY:
            continue
        is_closed = one["status"] in ("closed", "CLOSED")
        done = closed.get(one["ref"]) if one["book"] == "cases" else one.get("answered_on")
        kind = "met" if done and done <= due else "missed" if done or due < WEDNESDAY else "open"
        kind = "unknown" if is_closed and not done else kind
        classes[one["book"], None, kind] += 1
        if kind in ("met", "missed") and one["book"] == "insistence":
            days.setdefault(kind, []).append(count_weekdays(one["opened"], done or WEDNESDAY))
    assert counts(desk, "sla") == classes
    found = totals(desk, "sla")
    for kind, taken in days.items():
        mean = float(found["insistence", None, kind]["workdays"])
        assert abs(mean - sum(taken) / len(taken)) <= 0.05


def count_weekdays(first: str, last: str) -> int:
    """Working days after the first day up to the last: Chile has no holiday in these months but New
    Year's Day."""
    day, count = date.fromisoformat(first[:10]), 0
    while day < date.fromisoformat(last):
        day += timedelta(1)
        count += day.weekday() < 5 and (day.month, day.day) not in ((1, 1), (12, 25), (12, 8))
    return count


def test_the_list_has_what_was_counted(worked: Desk) -> None:
    for figure in ("ageing", "promises", "calls", "sla", "funnel"):
        listed = worked.good(f"stats {figure} --list --json", at=WEDNESDAY).rows
        found = Counter((row["book"], None, row["class"]) for row in listed)
        assert found == counts(worked, figure)
        for key, row in totals(worked, figure).items():
            own = [one for one in listed if (one["book"], None, one["class"]) == key]
            assert row["tickets"] == len({one["ticket"] for one in own})


def test_every_figure_is_defined_in_its_output(worked: Desk) -> None:
    for figure in ("ageing", "promises", "calls", "sla", "funnel"):
        out = worked.good(f"stats {figure}", at=WEDNESDAY).out
        assert out.startswith(figure)
        assert "Who: " in out
        assert "Who: " not in worked.good(f"stats {figure} --csv", at=WEDNESDAY).out


def test_a_period_has_its_first_and_last_day(worked: Desk) -> None:
    one = worked.good("stats calls --from 2026-03-03 --to 2026-03-03 --json", at=WEDNESDAY).rows
    assert [row["count"] for row in one] == [1]
    assert worked.good("stats calls --to -1w", at=WEDNESDAY).out.endswith("Nothing to count.\n")
    for wrong in (
        "calls --from +1d",
        "calls --from x",
        "ageing --from today",
        "calls --by day",
        "cals",
    ):
        assert worked.run(f"stats {wrong}", at=WEDNESDAY).code == 2


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('ageing = { items = "loans", since = "x" }', "there is no kind of items 'loans'"),
        ('ageing = { items = "copies", since = "on" }', "copies are not owed"),
        ('calls = { event = "cal", outcome = "x" }', "the book has no event 'cal'"),
        ('sla = { due = "subject", done = "closed" }', "due is 'subject': it must be a field"),
        ("sla = { zz = 1 }", "sla has no key 'zz'"),
    ],
)
def test_a_book_s_sources_are_checked(desk: Desk, wrong: str, told: str) -> None:
    shelf = desk.folder / "books" / "small"
    shelf.mkdir(parents=True)
    book = SMALL + f"\n[stats]\n{wrong}\n"
    (shelf / "book.toml").write_text(book, encoding="utf-8")
    (shelf / "facts.sql").write_text("SELECT id AS ticket FROM ticket", encoding="utf-8")
    desk.settings('[folders]\nbooks = "books"\n')
    ran = desk.run("book check small")
    assert ran.code != 0
    assert told in ran.out + ran.err


SMALL = """
[book]
name = "small"
title = "Small"
source = "nobody"
calendar = "IT"
language = "it"

[statuses]
new = { about = "open" }
closed = { about = "closed", closed = true }

[fields]
subject = { type = "text", optional = true, about = "what it is about" }

[items.copies]
about = "copies"
[items.copies.fields]
on = { type = "date", about = "when" }
"""
