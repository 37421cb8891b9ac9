"""A book's facts.sql can read what its tickets are about; nothing else, and not for ever."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from desk import MONDAY, Desk
from facts_queries import ENDLESS, REFUSED, TAKES, VIEWS, WRITES
from failing import fails
from prassi.core.ticketfile import facts_sql_guard, query_limits, schema

LOANS = Path(__file__).parents[2] / "docs" / "examples" / "loans"
FACTS = (LOANS / "facts.sql").read_text(encoding="utf-8")


@pytest.fixture
def file() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in schema.schema_statements():
        connection.execute(statement)
    connection.execute("PRAGMA user_version = 7")
    yield connection
    connection.close()


def ask(file: sqlite3.Connection, sql: str, **given: Any) -> list[Any]:
    return facts_sql_guard.run_query(file, f"{VIEWS}SELECT * FROM (\n{sql}\n) AS asked", given)


READS = {
    "SELECT count(*) FROM ticket": 0,
    "SELECT count(*) FROM ticket t WHERE EXISTS (SELECT 1 FROM event e WHERE e.ticket = t.id)": 0,
    "SELECT sum(value) FROM json_each('[1, 2]')": 3,
    "SELECT count(*) FROM json_tree('[1, [2]]')": 4,
    "SELECT '{\"a\": 5}' ->> '$.a'": 5,
    "SELECT date('2026-03-02', '+1 day')": "2026-03-03",
    "SELECT strftime('%d', :today)": "02",
    "SELECT row_number() OVER (ORDER BY value) FROM json_each('[1]')": 1,
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT max(i) FROM n": 9,
    "SELECT coalesce(max(length(ref)), round(2.5), 0) FROM ticket": 3,
    "SELECT 'x' LIKE 'X' AND 'x' GLOB '*' AND iif(1, 1, 0)": 1,
    "SELECT json_group_array(upper(value)) FROM json_each('[\"a\"]')": '["A"]',
}  # fmt: skip


@pytest.mark.parametrize("sql", READS)
def test_reading(file: sqlite3.Connection, sql: str) -> None:
    for _ in range(2):  # as it is first prepared, and again
        assert ask(file, sql, today=MONDAY) == [(READS[sql],)]


def test_what_was_found_to_read_only_is_not_asked_again(
    file: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In another run either; but each other text is asked about, and what others can write."""
    good, bad = "SELECT count(*) FROM ticket", "SELECT person FROM run"
    asked = list[int]()
    authorize = facts_sql_guard._QueryGuard.authorize

    def count(guard: Any, *given: Any) -> int:
        asked.append(1)
        return authorize(guard, *given)

    def run(sql: str) -> int:
        monkeypatch.setattr(facts_sql_guard, "_known", set())
        asked.clear()
        facts_sql_guard.run_query(file, sql, {}, "book-event")
        return len(asked)

    monkeypatch.setenv("PRASSI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(facts_sql_guard._QueryGuard, "authorize", count)
    assert run(good) > 0
    assert run(good) == 0
    for _ in range(2):
        with pytest.raises(facts_sql_guard.UnfitQuery):
            run(bad)
    assert run(good) == 0
    (kept,) = (tmp_path / "cache").iterdir()
    kept.chmod(0o666)
    assert run(good) > 0


@pytest.mark.parametrize("sql", REFUSED)
def test_anything_else_is_refused(file: sqlite3.Connection, sql: str) -> None:
    file.execute("CREATE TEMP TABLE kept AS SELECT 'secret' AS kept")
    for run in (
        ask,
        lambda file, sql: facts_sql_guard.check_query(file, f"{VIEWS}SELECT * FROM ({sql})", {}),
    ):
        with pytest.raises(
            (facts_sql_guard.UnfitQuery, sqlite3.OperationalError), match=REFUSED[sql]
        ):
            run(file, sql)
    assert file.execute("SELECT kept FROM temp.kept").fetchall() == [("secret",)]


@pytest.mark.parametrize("sql", WRITES)
def test_nothing_can_be_written(file: sqlite3.Connection, sql: str) -> None:
    before = list(file.iterdump())
    with pytest.raises((facts_sql_guard.UnfitQuery, sqlite3.Error)):
        ask(file, sql)
    assert list(file.iterdump()) == before
    assert file.execute("PRAGMA user_version").fetchone() == (7,)
    assert not Path("/tmp/stolen.db").exists()


@pytest.mark.parametrize("sql", ENDLESS)
def test_what_comes_to_no_end_is_stopped(
    file: sqlite3.Connection, sql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts_sql_guard, "STEPS", 3_000_000)
    started = time.process_time()
    with pytest.raises(
        facts_sql_guard.UnfitQuery, match="does not finish: it was stopped after 3,000,000 steps"
    ):
        ask(file, sql, list=f"[{'1,' * 999}1]")
    assert time.process_time() - started < 20
    assert ask(file, "SELECT 1") == [(1,)]


def test_rows_without_end_are_not_gathered(file: sqlite3.Connection) -> None:
    sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    assert len(ask(file, sql)) == facts_sql_guard.MOST_ROWS + 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT printf('%1000000000d', 1)",
        "SELECT replace(printf('%1000000d', 1), ' ', '{}')".format("x" * 1000),
        "WITH RECURSIVE n(i) AS (SELECT 'x' UNION ALL SELECT i || i FROM n) SELECT max(i) FROM n",
    ],
)
def test_texts_have_an_end(file: sqlite3.Connection, sql: str) -> None:
    """printf gives nothing in place of such a text."""
    try:
        assert ask(file, sql) == [(None,)]
    except facts_sql_guard.UnfitQuery as error:
        assert "builds a text of more than 50,000,000 bytes" in str(error)  # noqa: PT017
    file.execute("SELECT length(zeroblob(60000000))")


# --- what the system itself holds ----------------------------------------------------------------


@pytest.mark.parametrize("sql", TAKES)
def test_what_takes_too_much_is_stopped(
    file: sqlite3.Connection, sql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where a query is to be stopped for something else, a slow processor must not be faster.
    by_time = "processor" in TAKES[sql]
    monkeypatch.setattr(query_limits, "SECONDS", 0.5 if by_time else 60)
    monkeypatch.setattr(query_limits, "MEMORY", 64 << 20)
    monkeypatch.setattr(query_limits, "ROOM", 64 << 20)
    started, limits = time.process_time(), held()
    with pytest.raises(facts_sql_guard.UnfitQuery, match=TAKES[sql]):
        ask(file, sql)
    assert time.process_time() - started < 20
    assert held() == limits
    assert ask(file, "SELECT 1") == [(1,)]


def held() -> list[tuple[int, int]]:
    return [resource.getrlimit(kind) for kind in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE)]


STEP = """
import sqlite3
from prassi.core.ticketfile import facts_sql_guard, query_limits
query_limits.SECONDS = query_limits.GRACE = 0.3
connection = sqlite3.connect(":memory:")
print(facts_sql_guard.run_query(connection, "SELECT 1", {}))
long = "printf('%.*c', {}, 'x')".format
facts_sql_guard.run_query(connection, f"SELECT instr({long(40_000_000)}, {long(20_000_000)} || 'y')", {})
"""


def test_a_step_without_end_ends_with_the_process() -> None:
    """SQLite can be stopped only between two steps, and this one would take days."""
    ran = subprocess.run(
        [sys.executable, "-c", STEP], capture_output=True, text=True, check=False, timeout=60
    )
    assert (ran.returncode, ran.stdout) == (2, "[(1,)]\n")
    assert ran.stderr == (
        "Error: a query in the facts.sql of a book takes too long in one step, and was stopped.\n"
    )


def test_one_thread_watches_queries_together(
    file: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    started, start = list[object](), query_limits.start_new_thread
    monkeypatch.setattr(query_limits, "SECONDS", 0.1)

    def count(*given: Any) -> int:
        started.append(given)
        return start(*given)

    monkeypatch.setattr(query_limits, "start_new_thread", count)
    sql, listed = next(iter(ENDLESS)), f"[{'1,' * 999}1]"
    with query_limits.watch_together(file), query_limits.watch_together(file):
        assert [ask(file, f"SELECT {number}") for number in range(3)] == [[(0,)], [(1,)], [(2,)]]
        for _ in range(2):  # each has its own time
            with pytest.raises(facts_sql_guard.UnfitQuery, match=r"stopped after 0\.1 s"):
                ask(file, sql, list=listed)
            assert ask(file, "SELECT 1") == [(1,)]
        assert len(started) == 1
    assert ask(file, "SELECT 1") == [(1,)]
    assert len(started) == 2


@pytest.mark.slow
def test_a_step_without_end_ends_with_the_process_also_where_queries_are_watched_together() -> None:
    head, _, tail = STEP.partition("print(")
    code = f"{head}query_limits.watch_together(connection).__enter__()\nprint({tail}"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout) == (2, "[(1,)]\n")
    assert ran.stderr == query_limits.LAST_WORDS


@pytest.mark.slow
@pytest.mark.parametrize("streams", ["2>&-", "2>/dev/full", ">&- 2>&-"])
def test_a_step_without_end_ends_with_the_process_whatever_stderr_is(streams: str) -> None:
    words = f'exec "{sys.executable}" -c "$STEP" {streams}'
    env = {**os.environ, "STEP": STEP.replace("print(", "(")}
    ran = subprocess.run(["sh", "-c", words], env=env, check=False, timeout=60)
    assert ran.returncode == 2


@pytest.mark.slow
def test_a_step_without_end_ends_where_nobody_reads_stderr() -> None:
    """A pipe that is full would hold up whoever writes into it."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, b"x" * 4096)
    os.set_blocking(writing, True)
    try:
        ran = subprocess.run(
            [sys.executable, "-c", STEP], stderr=writing, capture_output=False, timeout=60
        )
    finally:
        os.close(reading)
        os.close(writing)
    assert ran.returncode == 2


NO_THREAD = """
def refuse(*given):
    raise RuntimeError("can't start new thread")
query_limits.start_new_thread = refuse
"""


def test_a_step_without_end_ends_where_no_thread_can_be_started() -> None:
    head, _, tail = STEP.partition("connection =")
    code = f"{head}{NO_THREAD}connection ={tail}"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout) == (-signal.SIGVTALRM, "[(1,)]\n")


@pytest.mark.parametrize("sql", ENDLESS)
def test_where_no_thread_can_be_started_a_query_is_stopped_between_steps(
    file: sqlite3.Connection, sql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*given: object) -> int:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(query_limits, "start_new_thread", refuse)
    monkeypatch.setattr(query_limits, "SECONDS", 0.3)
    with pytest.raises(facts_sql_guard.UnfitQuery, match=r"stopped after 0\.3 s of the processor"):
        ask(file, sql, list=f"[{'1,' * 999}1]")
    assert ask(file, "SELECT 1") == [(1,)]
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


# --- the clock ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT date('now')",
        "SELECT DATE ( 'Now' , '+1 day')",
        'SELECT datetime("now")',
        "SELECT date()",
        "SELECT julianday ( )",
        "SELECT strftime('%s')",
        "SELECT strftime('%s', ' now ')",
        "SELECT date(:today, 'localtime')",
        "SELECT date(/* it's */ 'now')",
        "SELECT date(-- a remark, 'x'\n'now')",
        "SELECT max((date(coalesce(:x, 'y'), 'utc')), 1)",
        "SELECT unixepoch() FROM ticket WHERE ref = 'now'",
    ],
)
def test_a_query_that_looks_at_the_clock(sql: str) -> None:
    assert facts_sql_guard.find_clock_call(sql) is not None


@pytest.mark.parametrize(
    "sql",
    [
        FACTS,
        "SELECT date(:today)",
        "SELECT date((:today))",
        "SELECT date(max(:a, :b), '+1 day')",
        "SELECT strftime('%s', :now)",
        "SELECT 'now' FROM ticket WHERE status = 'now' AND date(:today) > ''",
        "SELECT coalesce('now', date(:x))",
        "SELECT 'date(''now'')', \"date\" -- date('now')\n FROM ticket /* date() */",
        "SELECT date FROM ticket WHERE date IN ('now')",
        "SELECT (SELECT 1)) ) (",
    ],
)
def test_a_query_that_does_not(sql: str) -> None:
    assert facts_sql_guard.find_clock_call(sql) is None


# --- a user's book --------------------------------------------------------------------------------


@pytest.fixture
def desk(desk: Desk) -> Desk:
    shutil.copytree(LOANS, desk.folder / "books" / "loans")
    desk.settings('[folders]\nbooks = "books"\n')
    return desk


@pytest.mark.parametrize(
    ("column", "told"),
    [
        ("(SELECT count(command) FROM run)", "it reads run.command, which is not about tickets."),
        (
            "load_extension('x')",
            "it calls load_extension(), which is not one of the functions it may",
        ),
        ("date('now')", "date() looks at the clock here: give it :today or :now."),
        ("1); DELETE FROM ticket; SELECT (1", "can't be answered: "),
    ],
)
def test_the_check_of_a_book_tells(desk: Desk, column: str, told: str) -> None:
    path = desk.folder / "books" / "loans" / "facts.sql"
    path.write_text(FACTS.replace("SELECT\n", f"SELECT {column} AS more,\n", 1), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != FACTS
    desk.good("init")
    ran = desk.run(f"import {LOANS / 'tickets.json'}")
    assert ran.code == 2
    assert f"{path}: " in ran.err
    assert told in ran.err


def test_the_night_tells_of_a_book_without_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.folder / "books" / "loans" / "facts.sql"
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    path.write_text(FACTS.replace("ticket.status AS", f"({endless}) AS"), encoding="utf-8")
    monkeypatch.setattr(facts_sql_guard, "STEPS", 3_000_000)
    desk.good("init")
    desk.good(f"import {LOANS / 'tickets.json'}")
    before = desk.file.read_bytes()
    ran = desk.run("triage")
    assert ran.code == 1
    told = "book loans is left out: facts.sql of book loans does not finish: it was stopped after"
    assert told in ran.err
    assert desk.file.read_bytes() == before


def test_a_fact_of_another_type_stops_its_tickets_only(desk: Desk) -> None:
    path = desk.folder / "books" / "loans" / "facts.sql"
    wrong = "CASE ticket.ref WHEN 'L-2' THEN 7 ELSE ticket.status END AS status"
    path.write_text(FACTS.replace("ticket.status AS status", wrong), encoding="utf-8")
    desk.good("init")
    desk.good(f"import {LOANS / 'tickets.json'}")
    ran = desk.run("triage --all --json")
    assert ran.code == 1
    assert "L-2: event day can't be decided: the fact status is 7, a whole number, but" in ran.err
    assert [row["ticket"] for row in ran.rows] == ["L-1", "L-3"]
    fails(desk, "event L-2 renew", 1, "event renew can't be decided: the fact status is 7, a whole")
