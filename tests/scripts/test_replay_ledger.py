"""The replay of a ledger: its numbers, what must hold, and what is wrong with a ledger."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.ticketfile import export as exporting
from prassi.core.ticketfile.open import open_file

SCRIPT = Path(__file__).parents[2] / "scripts" / "replay_ledger.py"

import replay_ledger  # noqa: E402
from replay import checks  # noqa: E402
from replay.nights import Watch  # noqa: E402

pytestmark = pytest.mark.slow

HEADER = (
    "countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,"
    "Disputed,SettledDate,PaperlessBill,DaysToSettle,DaysLate"
)
INVOICES = [
    # customer, number, issued, due, amount, disputed, settled
    ("0001-ALFA", "N-01", "1/2/2024", "2/1/2024", "120", "No", "1/30/2024"),
    ("0001-ALFA", "N-02", "1/5/2024", "2/4/2024", "99.5", "No", "2/5/2024"),
    ("0001-ALFA", "N-03", "1/10/2024", "2/9/2024", "80.00", "No", "3/1/2024"),
    ("0001-ALFA", "N-04", "1/12/2024", "2/11/2024", "14.05", "No", "3/9/2024"),
    ("0001-ALFA", "N-05", "2/9/2024", "3/10/2024", "61.20", "No", "3/13/2024"),
    ("0002-BETA", "N-06", "1/8/2024", "2/7/2024", "300", "Yes", "4/2/2024"),
    ("0002-BETA", "N-07", "1/20/2024", "2/19/2024", "45.10", "No", ""),
    ("0003-GAMMA", "N-08", "1/9/2024", "2/8/2024", "77", "No", ""),
    ("0003-GAMMA", "N-09", "1/9/2024", "2/8/2024", "12", "No", ""),
    ("0003-GAMMA", "N-10", "1/19/2024", "2/18/2024", "10", "No", ""),
    ("0003-GAMMA", "N-11", "1/29/2024", "2/28/2024", "10", "No", "3/29/2024"),
    ("0004-DELTA", "N-12", "1/9/2024", "2/8/2024", "55", "No", ""),
    ("0005-EPSILON", "N-13", "1/9/2024", "2/8/2024", "0.01", "No", ""),
]
UNTIL = ("--until", "2024-05-31")


def ledger_text() -> str:
    """The invented ledger as CSV."""
    rows = [
        f"{(391, 406, 770, 818, 897)[place % 5]},{customer},1/1/2024,{number},{issued},{due},"
        f"{amount},{disputed},{settled},Paper,0,0"
        for place, (customer, number, issued, due, amount, disputed, settled) in enumerate(INVOICES)
    ]
    return "\n".join([HEADER, *rows, ""])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the ledger in it."""
    path = tmp_path_factory.mktemp("replay")
    (path / "ledger.csv").write_text(ledger_text())
    return path


def run(ledger: Path, *options: str, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    """The script in a process of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, str(SCRIPT), str(ledger), *options]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.fixture(scope="module")
def replayed(folder: Path) -> tuple[Path, str]:
    """A ticket file after the replay, and what was printed."""
    file = folder / "replay.db"
    done = run(folder / "ledger.csv", *UNTIL, "--seed", "3", "--file", str(file))
    assert done.returncode == 0, done.stderr
    return file, done.stdout


def export(file: Path) -> str:
    """The ticket file in the import format."""
    connection = open_file(str(file))
    text = "".join(exporting.format_document(connection, Shelf(NONE)))
    connection.close()
    return text


# --- a replay -------------------------------------------------------------------------------------


def test_the_replay_prints_each_month_and_what_holds(replayed: tuple[Path, str]) -> None:
    lines = replayed[1].splitlines()
    assert lines[0] == "13 invoices of 5 customers, 12 of them late."
    assert lines[1] == "151 nights, 2024-01-02 to 2024-05-31, seed 3."
    assert lines[3].split() == [
        "month", "tickets", "open", "calls", "promises", "kept", "broken", "notices", "blocks",
    ]  # fmt: skip
    assert [line.split()[0] for line in lines[4:10]] == [
        "2024-01", "2024-02", "2024-03", "2024-04", "2024-05", "total",
    ]  # fmt: skip
    assert lines[11] == "12 proformas came to 7 tickets of 5 customers; 3 of them are closed."
    assert [line[:10] for line in lines[14:]] == [f"OK      {n}." for n in range(1, 7)]


def test_months_add_up_and_something_happens(replayed: tuple[Path, str]) -> None:
    rows = [list(map(int, line.split()[1:])) for line in replayed[1].splitlines()[4:10]]
    for column, (*months, total) in enumerate(zip(*rows, strict=True)):
        assert total == (months[-1] if column == 0 else sum(months)) > 0


def test_what_was_late_is_on_tickets_as_the_ledger_has_it(replayed: tuple[Path, str]) -> None:
    connection = open_file(str(replayed[0]))
    rows = connection.execute(
        "SELECT i.data ->> '$.number', t.ref, t.opened, i.data ->> '$.paid', t.status = 'closed'"
        " FROM item AS i JOIN ticket AS t ON t.id = i.ticket"
        " WHERE i.kind = 'proformas' AND i.ended_by IS NULL ORDER BY 1"
    ).fetchall()
    connection.close()
    assert rows == [
        # Paid on the day it became late; the customer's next one opens a new ticket.
        ("N-02", "T-0001", "2024-02-05", "2024-02-05", 1),
        ("N-03", "T-0006", "2024-02-10", "2024-03-01", 1),
        ("N-04", "T-0006", "2024-02-10", "2024-03-09", 1),
        ("N-05", "T-0007", "2024-03-11", "2024-03-13", 1),
        ("N-06", "T-0002", "2024-02-08", "2024-04-02", 0),
        ("N-07", "T-0002", "2024-02-08", None, 0),
        ("N-08", "T-0003", "2024-02-09", None, 0),
        ("N-09", "T-0003", "2024-02-09", None, 0),
        ("N-10", "T-0003", "2024-02-09", None, 0),
        ("N-11", "T-0003", "2024-02-09", "2024-03-29", 0),
        ("N-12", "T-0004", "2024-02-09", None, 0),
        ("N-13", "T-0005", "2024-02-09", None, 0),
    ]


def test_nobody_works_at_weekends_and_on_holidays(replayed: tuple[Path, str]) -> None:
    connection = open_file(str(replayed[0]))
    days = connection.execute(
        "SELECT DISTINCT at FROM event WHERE event NOT IN ('import', 'day', 'payment', 'message', 'sent')"
    ).fetchall()
    connection.close()
    holidays = [date(2024, 4, 1), date(2024, 4, 25), date(2024, 5, 1)]
    worked = [date.fromisoformat(day) for (day,) in days]
    assert [day for day in worked if day.weekday() > 4 or day in holidays] == []


def test_one_seed_gives_one_export(folder: Path, replayed: tuple[Path, str]) -> None:
    again = folder / "again.db"
    ledger = folder / "ledger.csv"
    done = run(ledger, *UNTIL, "--seed", "3", "--file", str(again), hash_seed="77")
    assert done.stdout == replayed[1]
    assert export(again) == export(replayed[0])
    other = replay_ledger.main([str(ledger), "--until", "2024-03-15", "--seed", "4"])
    assert other == 0


# --- what must hold, where it does not ------------------------------------------------------------


UNFOUNDED = """
INSERT INTO message (ticket, template, channel, state, made_on, made_by)
SELECT id, 'preblock', 'email', 'waiting', '2024-01-01', made_by FROM ticket WHERE id = 1
"""
TWICE = """
INSERT INTO message (ticket, template, channel, state, made_on, made_by)
SELECT ticket, template, channel, state, made_on, made_by FROM message LIMIT 1
"""


def broken(file: Path, *statements: str) -> list[int]:
    """The numbers of the findings that fail once the file was tampered with."""
    copy = file.with_suffix(".tampered")
    shutil.copy(file, copy)
    with sqlite3.connect(copy) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    connection = open_file(str(copy))
    found = checks.findings(connection, Watch())
    connection.close()
    return [number for number, finding in enumerate(found, 1) if finding.broken]


def test_findings_find_what_is_wrong(replayed: tuple[Path, str]) -> None:
    file = replayed[0]
    assert broken(file) == []
    assert broken(file, "DELETE FROM message WHERE template = 'preblock'") == [1, 5]
    assert broken(file, UNFOUNDED) == [2, 5]
    assert broken(file, TWICE) == [4, 5]


def test_a_failing_finding_gives_exit_code_1(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    finding = checks.Finding("all is well", "1 thing", [f"thing {n}" for n in range(7)])
    monkeypatch.setattr(checks, "findings", lambda connection, watch: [finding])
    assert replay_ledger.main([str(folder / "ledger.csv"), "--until", "2024-01-03"]) == 1
    told = capsys.readouterr().out.splitlines()[-7:]
    assert told[0] == "FAILED  1. all is well: 1 thing."
    assert told[-1].strip() == "and 2 more"


def test_the_watch_sees_tickets_without_a_date_and_rows_that_change() -> None:
    watch = Watch()
    watch.see(date(2024, 2, 1), 2, [], 3)
    assert watch.dateless == ["2024-02-01: 2 of 2 tickets"]
    assert watch.rows_changed == 3


# --- what is wrong with a ledger ------------------------------------------------------------------

ROW = "391,0001-ALFA,1/1/2024,N-01,1/2/2024,2/1/2024,120,No,1/30/2024,Paper,28,0"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("customer;amount\n", "missing: countryCode, customerID"),
        (HEADER.replace("Disputed", "Queried") + "\n", "missing: Disputed; unknown: Queried"),
        (HEADER + "\n", "has no invoice in it"),
        (f"{HEADER}\n{ROW}\n{ROW}\n", "invoice N-01 stands there twice"),
        (f"{HEADER}\n{ROW.replace('2/1/2024', '2/30/2024')}\n", "line 2: DueDate is '2/30/2024'"),
        (f"{HEADER}\n{ROW.replace('120', '-1')}\n", "line 2: InvoiceAmount is '-1'"),
        (f"{HEADER}\n{ROW.replace('No', 'no')}\n", "line 2: Disputed is 'no'"),
        (f"{HEADER}\n{ROW.replace('N-01', '')}\n", "line 2: invoiceNumber is missing"),
        (f"{HEADER}\n{ROW},7\n", "line 2: the row has more or fewer columns"),
    ],
)
def test_a_wrong_ledger_is_told_in_one_sentence(
    text: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ledger.csv"
    path.write_text(text)
    assert replay_ledger.main([str(path)]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_a_missing_ledger_is_told(tmp_path: Path) -> None:
    done = run(tmp_path / "none.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert "none.csv can't be read: no such file or directory" in done.stderr


def test_until_before_the_ledger_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay_ledger.main([str(folder / "ledger.csv"), "--until", "2023-12-31"]) == 2
    assert "--until 2023-12-31 is before the ledger begins" in capsys.readouterr().err


def test_an_existing_ticket_file_is_left_alone(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.db"
    file.write_text("mine")
    assert replay_ledger.main([str(folder / "ledger.csv"), "--file", str(file)]) == 4
    assert "exists already" in capsys.readouterr().err
    assert file.read_text() == "mine"
