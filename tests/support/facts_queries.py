"""Queries that no facts.sql may ask: those that read or write too much, and those that run away."""

from __future__ import annotations

VIEWS = "WITH ticket AS (SELECT id, ref FROM main.ticket), event AS (SELECT * FROM main.event)\n"

REFUSED = {
    "SELECT count(ref) FROM main.ticket": r"reads ticket\.ref",
    "SELECT ref FROM \"main\".\"ticket\"": r"reads ticket\.ref",
    "SELECT ref FROM main . [ticket]": r"reads ticket\.ref",
    "SELECT kept FROM book": r"reads book\.kept",
    "WITH mine AS (SELECT kept FROM main.book) SELECT * FROM mine": r"reads book\.kept",
    "SELECT command FROM run": r"reads run\.command",
    "SELECT sql FROM sqlite_master": r"reads sqlite_master\.",
    "SELECT sql FROM sqlite_schema": r"reads sqlite_master\.",
    "SELECT name FROM pragma_table_info('ticket')": r"reads pragma_table_info\.name",
    "SELECT file FROM pragma_database_list": r"reads pragma_database_list\.file",
    "SELECT * FROM pragma_user_version": r"reads pragma_user_version\.",
    "SELECT * FROM temp.kept": r"reads kept\.",
    "SELECT load_extension('x')": r"calls load_extension\(\)",
    "SELECT random()": r"calls random\(\)",
    "SELECT randomblob(1000000000)": r"calls randomblob\(\)",
    "SELECT zeroblob(1000000000)": r"calls zeroblob\(\)",
    "SELECT current_date": r"calls current_date\(\)",
    "SELECT CURRENT_TIMESTAMP": r"calls current_timestamp\(\)",
    "SELECT sqlite_version()": r"calls sqlite_version\(\)",
    "SELECT last_insert_rowid()": r"calls last_insert_rowid\(\)",
    "SELECT changes()": r"calls changes\(\)",
    "SELECT sqlite_compileoption_get(1)": r"calls sqlite_compileoption_get\(\)",
    "SELECT fts3_tokenizer('x')": r"calls fts3_tokenizer\(\)|no such function",
}  # fmt: skip
"""What reads what it may not, and what is said of it."""

WRITES = (
    "DELETE FROM ticket",
    "SELECT 1) AS x; DELETE FROM ticket; SELECT * FROM (SELECT 1",
    "SELECT 1); ATTACH '/tmp/stolen.db' AS other; SELECT (1",
    "PRAGMA user_version = 9",
    "SELECT 1) UNION SELECT * FROM pragma_user_version(9",
    "ATTACH ':memory:' AS other",
    "VACUUM INTO '/tmp/stolen.db'",
    "CREATE TABLE x (y)",
    "SELECT 1); CREATE TEMP TABLE x AS SELECT (1",
    "INSERT INTO ticket DEFAULT VALUES RETURNING 1",
    "WITH x AS (DELETE FROM main.ticket RETURNING 1) SELECT * FROM x",
)

ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0",
    "SELECT count(*) FROM json_each(:list) a, json_each(:list) b, json_each(:list) c",
)

X = "printf('%.*c', 40000000, 'x')"
COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
TAKES = {
    f"{COUNT} SELECT json_group_array({X}) FROM n": "needs more than 64 MB of memory",
    f"{COUNT} SELECT i, {X} FROM n": "needs more than 64 MB of memory",
    "WITH RECURSIVE n(i, t) AS (SELECT 1, '{}' UNION ALL SELECT i + 1, json_set(t, '$.k' || i, i) FROM n)"
    " SELECT max(length(t)) FROM n": "stopped after 0.5 s of the processor",
    f"{COUNT} SELECT row_number() OVER (ORDER BY {X}) FROM n": "a draft larger than 64 MB|memory",
    f"WITH RECURSIVE n(t) AS (SELECT {X} UNION SELECT t || 'x' FROM n) SELECT 1 FROM n":
        "a draft larger than 64 MB|memory|0.5 s of the processor",
}  # fmt: skip
"""Queries that need few steps, and much of all else."""
