"""The board and the list of requests: fitted to a screen, narrowed, sorted, counted.

`PRASSI_SNAPSHOTS=renew pytest tests/books/test_requests_views.py` renews what the boards are compared with.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from desk import MONDAY, Desk
from prassi.cli.printing.columns import measure_width
from requestwork import refused, request

pytestmark = pytest.mark.unmeasured

SNAPSHOTS = Path(__file__).parents[1] / "snapshots" / "requests"
STATES = ("new", "in-progress", "waiting", "completed")
KINDS = ("commercial", "support", "reminder", "meeting", "other")

CUSTOMERS = (
    {"ref": "C-1", "name": "Rossi Impianti srl"},
    {"ref": "C-2", "name": "مؤسسة النور للتجارة والمقاولات العامة"},
    {"ref": "C-3", "name": "日本電気株式会社 東京支社 営業部"},
    {"ref": "C-4", "name": "Azienda Agricola Donaudampfschifffahrtsgesellschaftskapitän"},
    {"ref": "C-5", "name": "\U0001f468\u200d\U0001f469\u200d\U0001f467 Famiglia\nBruni\x1b[31m"},
)

THREE = (
    request(ref="Q-1", customer="C-1", owner=None, type="commercial", opened="2026-02-02"),
    request("waiting", ref="Q-2", customer="C-2", owner="فاطمة", opened="2026-02-27"),
    request("waiting", ref="Q-10", customer="C-4", type="meeting", opened="2026-02-20T09:30"),
)


def many(count: int) -> list[dict[str, Any]]:
    """So many requests, of all types, customers and states, one in seven of them closed."""
    owners = ("anna", None, "Bartolomeo Lanzafame", "أحمد")
    return [
        request(
            "closed" if n % 7 == 6 else STATES[n % 4],
            owners[n % 3],
            ref=f"Q-{n}",
            customer=f"C-{n % 5 + 1}",
            type=KINDS[n % 5],
            opened=f"2026-{n % 2 + 1:02}-{n % 28 + 1:02}",
            text=f"Number {n} of them",
        )
        for n in range(1, count + 1)
    ]


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A screen of 80 columns, until another width is set."""
    monkeypatch.setenv("COLUMNS", "80")
    return monkeypatch


def numbers(desk: Desk, command: str) -> list[str]:
    """The requests that a view shows, in its order."""
    return [row["ticket"] for row in desk.good(f"{command} --json").rows]


# --- how a board looks ----------------------------------------------------------------------------


def compare(name: str, text: str) -> None:
    path = SNAPSHOTS / name
    if os.environ.get("PRASSI_SNAPSHOTS") == "renew":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("count", [0, 3])
def test_a_board_looks_as_it_did(
    desk: Desk, wide: pytest.MonkeyPatch, count: int, columns: int
) -> None:
    wide.setenv("COLUMNS", str(columns))
    desk.load(*THREE[:count], customers=CUSTOMERS)
    compare(f"board-{count}-{columns}.txt", desk.good("request board").out)


def test_a_list_looks_as_it_did(desk: Desk, wide: pytest.MonkeyPatch) -> None:
    desk.load(*THREE, request("closed", ref="Q-3", result="quote"), customers=CUSTOMERS)
    compare("list-80.txt", desk.good("request list").out)


@pytest.mark.parametrize("columns", [80, 100, 133, 220])
@pytest.mark.parametrize("view", ["board", "list"])
def test_300_requests_fit_their_screen_and_none_is_lost(
    desk: Desk, wide: pytest.MonkeyPatch, view: str, columns: int
) -> None:
    wide.setenv("COLUMNS", str(columns))
    desk.load(*many(300), customers=CUSTOMERS)
    out = desk.good(f"request {view}").out
    assert max(map(measure_width, out.splitlines())) <= columns
    shown = re.findall(r"Q-[0-9]+", out)
    closed = {f"Q-{n}" for n in range(1, 301) if n % 7 == 6}
    assert len(shown) == len(set(shown)) == (300 if view == "list" else 300 - len(closed))
    assert closed.isdisjoint(shown) == (view == "board")
    assert "\x1b" not in out


def test_a_long_board_has_its_heads_below_it_too(desk: Desk, wide: pytest.MonkeyPatch) -> None:
    desk.load(*many(300), customers=CUSTOMERS)
    lines = desk.good("request board").out.splitlines()
    counts = [
        len([n for n in range(1, 301) if n % 7 != 6 and n % 4 == place]) for place in range(4)
    ]
    heads = [line for line in lines if line.startswith("new (")]
    assert len(heads) == 2
    assert heads[0].split("  ") == [
        part
        for place, state in enumerate(STATES)
        for part in f"{state} ({counts[place]})".ljust(18 if place < 3 else 0).split("  ")
    ]
    assert lines[0] == f"Requests, {MONDAY}: {sum(counts)} open"
    assert lines[-1] == heads[1]


def test_columns_stay_where_they_are_beside_any_name(desk: Desk, wide: pytest.MonkeyPatch) -> None:
    rows = [request(ref=f"Q-{n}", customer=f"C-{n}", opened=MONDAY) for n in range(1, 6)]
    others = [{**row, "ref": f"X-{row['ref'][2:]}", "status": "in-progress"} for row in rows]
    desk.load(*rows, *others, customers=CUSTOMERS)
    lines = desk.good("request board").out.splitlines()
    starts = {measure_width(line[: line.index("X-")]) for line in lines if "X-" in line}
    assert starts == {20}
    besides = [line for line in lines if "support, anna" in line]
    assert {measure_width(line[: line.rindex("support, anna")]) for line in besides} == {20}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("It rains in.", ["It rains in."]),
        ("The stock list does not print.", ["The stock list", "does not print."]),
        ("The stock list does not print since May.", ["The stock list", "does not print …"]),
        ("The stock list misses bicycles and bells.", ["The stock list", "misses bicycles …"]),
        ("x" * 60, ["x" * 18, "x" * 17 + "…"]),
        (None, []),
    ],
)
def test_a_card_has_the_beginning_of_the_text(
    desk: Desk, wide: pytest.MonkeyPatch, text: str | None, shown: list[str]
) -> None:
    desk.load(request(text=text), customers=CUSTOMERS)
    column = [line[:18].rstrip() for line in desk.good("request board").out.splitlines()]
    assert column[column.index("support, anna") + 1 :] == shown


def test_any_number_of_states_stands_below_each_other(desk: Desk, wide: pytest.MonkeyPatch) -> None:
    desk.load(request(), customers=CUSTOMERS)
    for name in "abc":
        desk.good(f"request states add {name}")
    lines = desk.good("request board").out.splitlines()
    assert lines[2].split() == [
        "new",
        "(1)",
        "in-progress",
        "(0)",
        "waiting",
        "(0)",
        "completed",
        "(0)",
    ]
    assert [line.split() for line in lines if line.startswith("a (0)")] == [
        ["a", "(0)", "b", "(0)", "c", "(0)"]
    ]


def test_a_screen_too_small_for_a_board_has_one_all_the_same(
    desk: Desk, wide: pytest.MonkeyPatch
) -> None:
    wide.setenv("COLUMNS", "7")
    desk.load(*THREE, customers=CUSTOMERS)
    lines = desk.good("request board").out.splitlines()[1:]
    assert max(map(measure_width, lines)) == 18
    assert [line for line in lines if "(" in line and line[0] in "niwc"] == [
        "new (1)", "in-progress (0)", "waiting (2)", "completed (0)",
    ]  # fmt: skip


def test_a_long_text_is_cut_in_the_list_and_whole_in_json(desk: Desk) -> None:
    desk.load(request(text="so many words " * 300))
    out = desk.good("request list").out
    assert "…" in out
    assert out.count("so many") < 10
    assert len(desk.good("request list --json").rows[0]["text"]) == 14 * 300


def test_the_oldest_stand_first_and_a_limit_says_what_it_hides(
    desk: Desk, wide: pytest.MonkeyPatch
) -> None:
    days = {"Q-1": 27, "Q-2": 3, "Q-3": 15, "Q-4": 15}
    desk.load(*(request(ref=ref, opened=f"2026-02-{day:02}") for ref, day in days.items()))
    assert numbers(desk, "request board") == ["Q-2", "Q-3", "Q-4", "Q-1"]
    out = desk.good("request board --limit 3").out
    assert "Q-1" not in out
    assert "... and 1 more" in out
    assert "new (4)" in out


# --- what is shown --------------------------------------------------------------------------------


def test_what_a_view_says_of_a_request(desk: Desk) -> None:
    desk.load(*THREE, customers=CUSTOMERS)
    row = desk.good("request board --owner none --json").rows[0]
    assert row == {
        "ticket": "Q-1", "customer": "C-1", "name": "Rossi Impianti srl", "type": "commercial",
        "state": "new", "open": True, "owner": None, "opened": "2026-02-02", "age": 28,
        "text": "The printer prints no invoices.", "result": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ("", "1 2 10"),
        ("--owner anna", "10"),
        ("--owner ANNA", "10"),
        ("--owner none", "1"),
        ("--owner nobody", ""),
        ("--type commercial", "1"),
        ("--type support", "2"),
        ("--customer C-1", "1"),
        ("--customer النور", "2"),
        ("--customer 'azienda agricola'", "10"),
        ("--customer c-1", ""),
        ("--age 10", "1 10"),
        ("--age 11", "1"),
        ("--age 28", "1"),
        ("--age 29", ""),
        ("--text INVOICES", "1 2 10"),
        ("--text receipts", ""),
        ("--age 3 --owner anna --type meeting --text printer --customer agricola", "10"),
    ],
)
def test_views_are_narrowed(desk: Desk, options: str, left: str) -> None:
    desk.load(*THREE, customers=CUSTOMERS)
    wanted = [f"Q-{number}" for number in left.split()]
    assert numbers(desk, f"request list {options}") == wanted
    assert sorted(numbers(desk, f"request board {options}")) == sorted(wanted)


def test_a_board_that_is_empty_says_so(desk: Desk) -> None:
    desk.load(*THREE, customers=CUSTOMERS)
    out = desk.good("request board --text receipts").out
    assert out.splitlines()[0] == f"Requests, {MONDAY}: none open"
    assert "waiting (0)" in out


def test_closed_ones_are_in_the_list_only(desk: Desk) -> None:
    desk.load(request(), request("closed", ref="Q-2", result="quote"))
    assert numbers(desk, "request board") == ["Q-1"]
    assert numbers(desk, "request list") == ["Q-1", "Q-2"]
    out = desk.good("request list").out
    assert out.splitlines()[0] == f"Requests, {MONDAY}: 1 open, 1 closed"
    assert "closed, quote" in out


def test_tickets_made_from_requests_stand_apart(desk: Desk) -> None:
    desk.load(request(), request(ref="Q-2", kind="ticket", from_request="Q-1"))
    for view in ("board", "list"):
        assert numbers(desk, f"request {view}") == ["Q-1"]
        assert numbers(desk, f"request {view} --tickets") == ["Q-2"]


SORTED = {
    "number": "2 9 10 11",
    "-number": "11 10 9 2",
    "customer": "9 2 11 10",
    "type": "2 10 9 11",
    "state": "2 11 9 10",
    "owner": "11 2 9 10",
    "opened": "10 2 9 11",
    "age": "11 2 9 10",
    "-age": "10 9 2 11",
}


@pytest.mark.parametrize(("column", "order"), SORTED.items())
def test_a_list_is_sorted(desk: Desk, column: str, order: str) -> None:
    customers = [
        {"ref": f"C-{n}", "name": name} for n, name in enumerate(("Dora", "ada", "Cleo", "Bo"))
    ]
    desk.load(
        request("new", "bea", ref="Q-2", customer="C-3", type="commercial", opened="2026-02-03"),
        request("waiting", None, ref="Q-9", customer="C-1", type="other", opened="2026-02-03"),
        request("closed", None, ref="Q-10", customer="C-0", type="meeting", opened="2026-01-30"),
        request("new", "Ada", ref="Q-11", customer="C-2", type="support", opened="2026-03-02"),
        customers=customers,
    )
    assert numbers(desk, f"request list --sort {column}") == [f"Q-{n}" for n in order.split()]


def test_requests_are_counted_by_type_and_state(desk: Desk, wide: pytest.MonkeyPatch) -> None:
    desk.load(*THREE, request("closed", ref="Q-3", type="commercial"), customers=CUSTOMERS)
    assert desk.good("request list --counts --json").rows == [
        {"state": "new", "type": "commercial", "count": 1},
        {"state": "waiting", "type": "meeting", "count": 1},
        {"state": "waiting", "type": "support", "count": 1},
        {"state": "closed", "type": "commercial", "count": 1},
    ]
    lines = desk.good("request list --counts").out.splitlines()
    assert [line.split() for line in lines[2:]] == [
        ["state", "commercial", "meeting", "support", "all"],
        ["new", "1", "0", "0", "1"],
        ["waiting", "0", "1", "1", "2"],
        ["closed", "1", "0", "0", "1"],
        ["all", "2", "1", "1", "4"],
    ]
    assert desk.good("request list").out.splitlines()[-5:] == lines[2:]


@pytest.mark.parametrize(
    ("command", "mentions"),
    [
        ("board --type hints", ["--type is 'hints'", "commercial"]),
        ("list --type hints", ["--type is 'hints'"]),
        ("board --age -1", ["--age"]),
        ("board --age soon", ["--age"]),
        ("board --limit 0", ["--limit"]),
        ("list --sort size", ["--sort is 'size'", "number, customer, type"]),
        ("list --sort --age", ["--sort is '--age'"]),
    ],
)
def test_what_a_view_does_not_know_is_told(desk: Desk, command: str, mentions: list[str]) -> None:
    desk.load(request())
    refused(desk, f"request {command}", 2, *mentions)
