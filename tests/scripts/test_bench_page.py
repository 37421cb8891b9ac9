"""The page of figures: what the benchmarks print becomes tables and a plot, all else in it stays."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import page as bench_page
import plot
import pytest

STARTS = """\
minimal                    48.1 ms   1.00 of minimal
call-outcome, message     116.4 ms   2.42 of minimal   to reach: 2.2
"""
NIGHTS: list[dict[str, Any]] = [
    {"book": "collections", "tickets": 1000 * 10**n, "rows": 6802 * 10**n, "sweep_s": 0.3 * 9**n,
     "floor_s": (0.02 * 10**n), "ratio": 3.0, "us_per_ticket": 300, "peak_mib": 49.0,
     **({"agents": 3, "agent_longest_s": 0.6} if n == 1 else {})}
    for n in range(4)
]  # fmt: skip
QUIET = {"book": "cases", "tickets": 1000, "rows": 0, "sweep_s": 0.5, "floor_s": None, "ratio": None,
         "us_per_ticket": 500, "peak_mib": 40.0}  # fmt: skip
DECIDED = {"book": "cases", "event": "route", "rules": 17, "inputs": 6, "facts": 2000,
           "per_s": 3388665, "from_dict_per_s": 1656235}  # fmt: skip
ZEN = {"equal": 2000, "zen_per_s": 141061, "ratio": 24.0, "ratio_from_dict": 11.7}
TRIALS = [
    {"tickets": 10000 * 10**n, "triage_s": 1.0 * 10**n, "quiet_s": 0.5 * 10**n, "what_if_s": 1.5 * 10**n,
     "ratio": 1.5, "ratio_to_quiet": 3.0, "peak_mib": 60.0}
    for n in range(2)
]  # fmt: skip
PEERS = [
    {"tickets": 10000, "prassi_s": 3.9, "taskwarrior": "2.6.2", "taskwarrior_s": 74.7, "ratio": 19.2},
    {"tickets": 100000, "prassi_s": 9.1, "taskwarrior": "2.6.2", "taskwarrior_s": None, "longer_than_s": 900},
]  # fmt: skip


def figures(**other: Any) -> bench_page.Figures:
    """Figures such as the benchmarks print."""
    made = bench_page.Figures(
        ["2026-03-02: a machine, 2 cores", "Python 3.11"], bench_page.starts(STARTS), NIGHTS,
        [NIGHTS[1], QUIET], TRIALS, [{**DECIDED, **ZEN}], PEERS,
    )  # fmt: skip
    return made._replace(**other)


def tables(page: str) -> list[list[list[str]]]:
    """The cells of each table of a page."""
    found = re.findall(r"(?:^\|.*\|\n)+", page, re.M)
    return [
        [[c.strip() for c in line[1:-2].split("|")] for line in one.splitlines(True)]
        for one in found
    ]


def test_each_benchmark_has_its_table() -> None:
    page = bench_page.page(figures())
    starts, nights, books, trials, decisions, peers = tables(page)
    for table in (starts, nights, books, trials, decisions, peers):
        assert {len(row) for row in table} == {len(table[0])}
    assert starts[2:] == [
        ["minimal", "48.1", "1.0", ""],
        ["call-outcome, message", "116.4", "2.42", "2.2"],
    ]
    assert nights[4] == [
        "100,000",
        "680,200",
        "24.3 s",
        "2.0 s",
        "3.0",
        "1.6",
        "300 µs",
        "49.0 MiB",
    ]
    assert books[3] == ["cases", "1,000", "0", "0.5 s", "", "500 µs"]
    assert trials[3] == ["100,000", "15.0 s", "10.0 s", "1.5", "2", "5.0 s", "3.0", "60.0 MiB"]
    assert decisions[2][3:] == ["3,388,665", "1,656,235", "141,061", "24.0", "11.7", "20"]
    assert peers[2:] == [
        ["10,000", "3.9 s", "74.7 s", "19.2"], ["100,000", "9.1 s", "more than 900 s", ""],
    ]  # fmt: skip
    assert page.startswith("2026-03-02: a machine, 2 cores;\nPython 3.11.\n")
    assert "10 times the tickets of 1,000 took 9.0 times the time; " in page
    assert (
        "Agents' calls beside the sweeps: 3, none of which failed; the longest took 0.6 s" in page
    )


def test_what_is_not_installed_is_said() -> None:
    page = bench_page.page(figures(decisions=[DECIDED], peers=[]))
    assert tables(page)[4][2][5:] == ["not installed", "", "", ""]
    assert "Taskwarrior was not installed, so nothing was measured beside it." in page


def test_only_the_figures_of_the_page_are_written_anew(tmp_path: Path) -> None:
    real = bench_page.DOCS / bench_page.PAGE
    path = tmp_path / bench_page.PAGE
    path.write_text(real.read_text(encoding="utf-8"), encoding="utf-8")
    for _ in range(2):
        bench_page.write(tmp_path, figures())
    written = path.read_text(encoding="utf-8")
    assert bench_page.page(figures()).strip() in written
    assert [_outside(written)] == [_outside(real.read_text(encoding="utf-8"))]
    assert f"]({bench_page.PLOT})" in written
    path.write_text("A page without marks.", encoding="utf-8")
    with pytest.raises(ValueError, match="has lost the marks"):
        bench_page.write(tmp_path, figures())


def _outside(page: str) -> tuple[str, str]:
    return page.partition(bench_page.BEGIN)[0], page.partition(bench_page.END)[2]


def test_the_plot_has_each_size_where_it_belongs() -> None:
    lines = {
        "sweep": [(1000, 0.1), (10_000, 1.0), (1_000_000, 100.0)],
        "floor": [(1000, 0.05), (10_000, 0.5)],
    }
    svg = ET.fromstring(plot.plot(lines))
    space = "{http://www.w3.org/2000/svg}"
    dots = [(float(d.get("cx", "")), float(d.get("cy", ""))) for d in svg.iter(f"{space}circle")]
    assert len(dots) == 5
    assert all(0 < x < plot.WIDTH and 0 < y < plot.HEIGHT for x, y in dots)
    # By powers of ten, what grows in proportion is a straight line, and the same factor the same way.
    (x1, y1), (x2, y2), (x3, y3), (x4, y4), _ = dots
    assert (x3 - x1, y3 - y1) == pytest.approx((3 * (x2 - x1), 3 * (y2 - y1)), abs=0.2)
    assert (x4, y4 > y1) == (x1, True)
    told = [text.text for text in svg.iter(f"{space}text")]
    assert {"1,000", "1,000,000", "0.01 s", "100 s", "sweep", "floor"} <= set(told)


def test_the_line_of_what_grows_in_proportion_stays_in_the_picture() -> None:
    svg = ET.fromstring(plot.plot({"sweep": [(1000, 0.15), (10_000, 0.82)]}))
    lines = svg.iter("{http://www.w3.org/2000/svg}polyline")
    (dashed,) = (line.get("points", "") for line in lines if line.get("stroke-dasharray"))
    assert all(float(point.split(",")[1]) >= plot.TOP for point in dashed.split())


def test_a_plot_of_nothing_is_refused() -> None:
    for lines in ({}, {"sweep": [(1000, 0.0)]}):
        with pytest.raises(ValueError, match="greater than zero"):
            plot.plot(lines)
