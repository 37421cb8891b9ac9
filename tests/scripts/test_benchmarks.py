"""The benchmarks: what is measured can be trusted, the page is made of what they print, and what got
worse is found."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import check
import floor
import page as bench_page
import plot
import pytest
from measuring.processes import Cost, TooLong, run_in_turn, run_process
from measuring.samples import Sample, compare_pairs, is_worse, read_sample, take_sample
from measuring.sections import Section, print_section, read_sections

SECTION = Section(
    "A night", "What is measured.", ("book", "tickets"), ("night s", "floor s", "ratio")
)
NIGHTS = [
    ("collections", "1,000", "0.30", "0.10", "3.00 (2.90 to 3.10)", "0.0"),
    ("collections", "10,000", "2.70", "1.35", "2.00 (1.95 to 2.05)", "0.0"),
    ("cases", "10,000", "0.50", "", "", "0.0"),
]


def printed(
    capsys: pytest.CaptureFixture[str], rows: list[tuple[str, ...]], section: Section = SECTION
) -> str:
    """What a benchmark with such rows prints."""
    print_section(section, rows)
    return capsys.readouterr().out


# --- measuring --------------------------------------------------------------------------------------


def test_memory_is_that_of_the_run_alone() -> None:
    """The system adds the memory of whoever starts a process."""
    held = b"x" * (300 << 20)
    small = run_process([sys.executable, "-S", "-c", "pass"])
    large = run_process([sys.executable, "-S", "-c", "x = b'x' * (100 << 20)"])
    assert held[-1]
    assert small.memory < 60
    assert 100 < large.memory < 160


def test_processes_that_a_command_starts_count() -> None:
    work = "x = b'x' * (80 << 20); sum(range(3_000_000))"
    cost = run_process(
        [
            sys.executable,
            "-c",
            f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}])",
        ]
    )
    assert cost.memory > 80
    assert 0 < cost.processor < cost.clock + 1


def test_a_command_that_fails_ends_the_benchmark(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="ended with 3"):
        run_process([sys.executable, "-c", "raise SystemExit(3)"])
    began = time.monotonic()
    with pytest.raises(TooLong):
        run_process([sys.executable, "-c", "import time; time.sleep(60)"], most=0.2)
    assert time.monotonic() - began < 30
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_text("heard", encoding="utf-8")
    run_process(["cat"], source=str(source), target=str(target))
    assert target.read_text(encoding="utf-8") == "heard"


def test_pairs_are_run_in_turn() -> None:
    ran: list[str] = []

    def run(name: str) -> Cost:
        ran.append(name)
        return Cost(float(len(ran)), 0.0, 0.0)

    found = run_in_turn(2, {"ours": lambda: run("ours"), "theirs": lambda: run("theirs")})
    assert ran == ["ours", "theirs", "ours", "theirs"]
    assert [cost.clock for cost in found["theirs"]] == [2.0, 4.0]


def test_a_ratio_is_the_middle_one_of_its_rounds() -> None:
    # A busy moment makes both slow: it must not make the ratio another.
    assert compare_pairs([2.0, 20.0, 2.2], [1.0, 10.0, 1.0]) == Sample(2.0, 2.0, 2.2)
    for values in ([1.234, 1.5, 1.1], [12.34, 15.0, 11.0], [1234.5, 1500.0, 1100.0]):
        sample = take_sample(values)
        read = read_sample(str(sample))
        assert read is not None
        assert read == pytest.approx(sample, abs=0.06)
    assert read_sample("1.8") is None


@pytest.mark.parametrize(
    ("before", "now", "more_is_better", "worse"),
    [
        ((1.5, 1.4, 1.6), (1.65, 1.6, 1.7), False, False),  # worse by less than its spread
        ((1.5, 1.4, 1.6), (1.75, 1.7, 1.8), False, True),
        ((1.5, 1.4, 1.6), (1.75, 1.5, 2.2), False, False),  # too far apart to tell
        ((1.5, 1.4, 1.6), (1.0, 0.9, 1.1), False, False),  # better
        ((20.0, 19.0, 21.0), (17.0, 16.9, 17.1), True, True),
        ((20.0, 19.0, 21.0), (25.0, 24.9, 25.1), True, False),
    ],
)
def test_what_is_worse(
    before: tuple[float, ...], now: tuple[float, ...], more_is_better: bool, worse: bool
) -> None:
    assert is_worse(Sample(*before), Sample(*now), more_is_better) is worse


def test_the_floor_writes_what_the_night_wrote(tmp_path: Path) -> None:
    done, bare = tmp_path / "done.db", tmp_path / "bare.db"
    for path in (done, bare):
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, customer INTEGER)")
            connection.execute("INSERT INTO event VALUES (1, 2)")
        connection.close()
    floor.compare_files(str(done), str(bare))
    with sqlite3.connect(bare) as connection:
        connection.execute("UPDATE event SET customer = NULL")
    connection.close()
    with pytest.raises(SystemExit, match="differs from the night in the table event"):
        floor.compare_files(str(done), str(bare))


# --- the page ---------------------------------------------------------------------------------------


def test_what_is_printed_can_be_read_back(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        *read_sections(f"# Page\n\n{printed(capsys, NIGHTS)}\n| other | table |\n| --- | --- |\n")
    ]
    assert [(row.title, row.labels) for row in rows] == [
        ("A night", ("collections", "1,000")),
        ("A night", ("collections", "10,000")),
        ("A night", ("cases", "10,000")),
    ]
    assert rows[0].cells == {
        "night s": "0.30", "floor s": "0.10", "ratio": "3.00 (2.90 to 3.10)", "others": "0.0",
    }  # fmt: skip


def test_a_busy_machine_is_told_beside_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert "busy" not in printed(capsys, NIGHTS)
    assert "**Taken while the machine was busy" in printed(capsys, [(*NIGHTS[0][:-1], "0.7")])


def test_only_the_figures_of_the_page_are_written_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    real = (bench_page.DOCS / bench_page.PAGE).read_text(encoding="utf-8")
    path = tmp_path / bench_page.PAGE
    path.write_text(real, encoding="utf-8")
    section = printed(capsys, NIGHTS[:2])
    for _ in range(2):
        bench_page.write(tmp_path, [section])
    written = path.read_text(encoding="utf-8")
    assert section.strip() in written
    assert "10 times the tickets of 1,000 took 9.0 times the time (at most" in written
    assert _outside(written) == _outside(real)
    assert f"]({bench_page.PLOT})" in written
    assert (tmp_path / bench_page.PLOT).exists()
    path.write_text("A page without marks.", encoding="utf-8")
    with pytest.raises(ValueError, match="has lost the marks"):
        bench_page.write(tmp_path, [section])
    assert path.read_text(encoding="utf-8") == "A page without marks."


def _outside(page: str) -> tuple[str, str]:
    return page.partition(bench_page.BEGIN)[0], page.partition(bench_page.END)[2]


def test_the_ratios_of_the_page_can_be_read() -> None:
    """Each of them is one that `make bench-check` can compare with."""
    text = (bench_page.DOCS / bench_page.PAGE).read_text(encoding="utf-8")
    ratios = check.read_ratios(text)
    assert len(ratios) == len(re.findall(r"\| [\d.]+ \([\d.]+ to [\d.]+\) \|", text)) > 10
    for place in ratios:
        assert place.more_is_better == (place.title in ("Decisions", "Beside Taskwarrior"))


# --- what got worse ---------------------------------------------------------------------------------


def test_what_looks_worse_is_measured_once_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = check.read_ratios(printed(capsys, NIGHTS))
    slow = [(*NIGHTS[0][:4], "3.60 (3.55 to 3.65)", "0.0"), NIGHTS[1]]
    for runs, worse in (
        ([NIGHTS], []),
        ([slow, NIGHTS], []),
        ([slow, slow], ["A night: collections, 1,000: ratio"]),
    ):
        left = [printed(capsys, rows) for rows in runs]
        monkeypatch.setattr(check, "run_benchmark", lambda *_, left=left: left.pop(0))
        assert [str(place) for place in check.compare_benchmark("night", [], before)] == worse
        told = capsys.readouterr().out
        assert not left
        assert told.count("WORSE") == len(worse)


def test_an_unknown_benchmark_is_refused() -> None:
    ran = subprocess.run(
        [sys.executable, check.__file__, "nihgt"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert "there is no benchmark 'nihgt'; name one of: start, each" in ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize("name", bench_page.BENCHMARKS)
def test_a_small_version_of_each_prints_its_section(name: str) -> None:
    made = bench_page.run_benchmark(name, "--small")
    assert made.startswith("## ")
    assert "| others |" in made
    if name != "peers":
        assert [*read_sections(made)]


# --- the picture ------------------------------------------------------------------------------------


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
