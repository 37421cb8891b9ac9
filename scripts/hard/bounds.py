#!/usr/bin/env python
"""A user's templates, queries and files: what loops, doubles, writes or leads elsewhere is stopped.

    python scripts/hard/bounds.py [--small] [--seed N]

Templates: those of the tests that loop, double or fill up, and others put together by chance out of
loops, filters, methods, operators and numbers. Each is rendered in a process of its own, and must end
with a text or a sentence, within 2 s of the processor and 200 MiB. Queries: those that would write or
read what they may not, and those that run away, in steps, in one step, in memory or in drafts; they
must end with a sentence, within 15 s and 1,300 MiB, and leave the file as it was. Files: each file and
folder of a user's, made writable for others, or a link to one elsewhere, must be refused by name.
"""

from __future__ import annotations

import json
import os
import random
import re
import resource
import shutil
import sqlite3
import stat
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple, NoReturn

from common.commands import good, run
from common.figures import Figures, given, zero
from common.inputs import OWN
from facts_queries import ENDLESS, REFUSED, TAKES, VIEWS, WRITES
from prassi.core.errors import BadInput
from prassi.core.messages.templates import Messages
from prassi.core.ticketfile import connect, facts_sql_guard, query_limits
from template_bombs import BOMBS

FULL, SMALL = 300, 20
TIME, MEMORY = 2.0, 200
QUERY_TIME, QUERY_MEMORY = 15.0, 1300

LONG = "printf('%.*c', {}, 'x')".format
IN_ONE_STEP = (
    f"SELECT instr({LONG(40_000_000)}, {LONG(20_000_000)} || 'y')",
    f"SELECT replace({LONG(40_000_000)}, {LONG(20_000_000)} || 'y', '')",
    f"SELECT trim({LONG(40_000_000)}, replace({LONG(2_000_000)}, 'x', 'y') || 'x')",
    f"SELECT {LONG(40_000_000)} LIKE '%' || {LONG(49_000)} || 'y%'",
    f"SELECT {LONG(40_000_000)} GLOB '*' || {LONG(49_000)} || 'y*'",
)


class Ended(NamedTuple):
    """How a child has ended: what it told, or its code, and what it took."""

    told: str | None
    err: str
    seconds: float
    memory: int


def apart(work: Callable[[], str]) -> Ended:
    """Do something in a process of its own."""
    sys.stdout.flush()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            _work(work, out, err)
        _, _, used = os.wait4(child, 0)
        out.seek(0)
        err.seek(0)
        said, wrong = out.read(), err.read().decode()
    told, memory = json.loads(said) if said else (None, 0)
    return Ended(told, wrong, used.ru_utime + used.ru_stime, memory)


def _work(work: Callable[[], str], out: IO[bytes], err: IO[bytes]) -> NoReturn:
    """Do it, and tell what came of it, and how much memory it took."""
    before = _memory()
    os.dup2(err.fileno(), 2)
    try:
        told = work()
        out.write(json.dumps([told[:2000], _memory() - before]).encode())
        out.flush()
    except BaseException:
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        os._exit(0)


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


# --- templates ----------------------------------------------------------------------------------------

PLAIN = {
    "n": [
        "0",
        "1",
        "-1",
        "2",
        "3",
        "9",
        "60",
        "99",
        "99999",
        "1000000",
        "999999999999",
        "2.5",
        "1e308",
        "width",
        "i",
    ],
    "t": ["'a'", "'ab\tc\\n'", "x", "('y' | center(9999))", "'%9d'", "'{}'", "''", "'٣'", "name"],
    "l": [
        "range(9) | list",
        "range(9999) | list",
        "[1, 2]",
        "[[1], [2]]",
        "['b', 'a']",
        "names",
        "[]",
    ],
}
"""Numbers, texts and lists."""
MADE = {
    "n": """{n} + {n}; {n} * {n}; {n} ** 2; {n} % 7; {n} // 3; {t} | length; {l} | length; {n} | round({n});
        {t} | int({n}); {n} | abs; {t}.count({t}); {t}.find({t}); [{n}, {n}] | sum; [{n}, {n}] | max""",
    "t": """{t} ~ {t}; {t} + {t}; {t} ~ {n}; {t} | center({n}); {t} | replace({t}, {t}); {l} | join({t});
        {t} | indent({n}); {t} | wordwrap({n}); {t} | truncate({n}); '%d' | format({n}); {t} | upper; {t} | title;
        {n} | string; {l} | string; 3 | plural(other={t}); {l} | row; {n} | money('EUR'); {t} | ltr; {t} | signed({t});
        {t}.center({n}); {t}.zfill({n}); {t}.ljust({n}, 'x'); {t}.replace({t}, {t}); {t}.join({t} | list);
        {t}.expandtabs({n}); {t} if {n} else {t}; '2026-03-02' | plus_days(9); {t} | default({t}); {t} % 1;
        {t}.format({n}); 9.to_bytes({n}, 'big'); {t} * {n}""",
    "l": """{l} + {l}; [{t}, {t}]; [{l}, {l}]; {l} | list; {l} | sort; {l} | batch({n}, {t}) | list;
        {l} | slice({n}) | list; {l} | map('string') | list; {l} | map('string') | map('center', {n}) | list;
        {t} | list; {l} | reverse | list; {l} | unique | list; {t}.split({t}); {t}.splitlines(); range({n});
        {l} | select | list; {l} | map('string') | map('replace', {t}, {t}) | list; {l} | groupby({n}); {l} * {n}""",
}
"""What is made of them, again and again."""


def expression(chance: random.Random, kind: str = "", depth: int = 0) -> str:
    """Anything that can stand between two braces; mostly of the kind that is wanted."""
    kind = kind if kind and chance.random() < 0.97 else chance.choice("ntl")
    if depth > 4 or chance.random() < 0.3:
        return chance.choice(PLAIN[kind])
    made = chance.choice(MADE[kind].split(";")).strip()
    return "".join(
        f"({expression(chance, part, depth + 1)})" if place % 2 else part
        for place, part in enumerate(re.split("[{]([ntl])[}]", made))
    )


def template(chance: random.Random, depth: int = 0) -> str:
    """A template in which things happen again and again."""
    made = ["{% set x, i = 'ab', 3 %}"] if depth == 0 else []
    for _ in range(chance.randrange(1, 4)):
        one, way = expression(chance), chance.random()
        if depth < 3 and way < 0.4:
            inner = template(chance, depth + 1)
            loop = chance.choice(("range(60)", "range(9999)", one))
            made.append(f"{{% for i in {loop} %}}{inner}{{% endfor %}}")
        elif depth < 3 and way < 0.5:
            inner = template(chance, depth + 1)
            made.append(
                f"{{% macro f(x) %}}{inner}{{{{ f(x) }}}}{{% endmacro %}}{{{{ f({one}) }}}}"
            )
        elif way < 0.65:
            made.append(f"{{% set x = {one} %}}{{{{ x }}}}")
        elif way < 0.75:
            made.append(f"{{% if {one} %}}{{{{ x ~ x }}}}{{% endif %}}")
        else:
            made.append(f"{{{{ {one} }}}}")
    return "".join(made)


def templates(figures: Figures, chance: random.Random, count: int) -> None:
    drawn = [template(chance) for _ in range(count)]
    some = [*BOMBS] if count == FULL else chance.sample([*BOMBS], 12)
    with tempfile.TemporaryDirectory() as name:
        ended = [apart(partial(rendered, Path(name), source)) for source in (*some, *drawn)]
    texts = sum(one.told is not None and one.told.startswith("a text") for one in ended)
    figures.print("templates", len(ended), bool)
    figures.print("of them stopped, with a sentence", len(ended) - texts, bool)
    judge(figures, "templates", (*some, *drawn), ended, TIME, MEMORY)


def rendered(folder: Path, source: str) -> str:
    (folder / "collections").mkdir(exist_ok=True)
    (folder / "collections" / "try.it.j2").write_text(source, encoding="utf-8")
    context = {"name": "Anna", "names": ["a", "b"], "width": 10**9}
    os.environ["PRASSI_CACHE"] = str(folder / "cache")
    try:
        body = Messages([str(folder)]).render("collections", "try", ["it"], context).body
    except BadInput as error:
        if "\n" in str(error) or "try.it.j2" not in str(error):
            raise
        return f"a sentence: {error}"
    return f"a text of {len(body)} characters"


def judge(
    figures: Figures,
    what: str,
    sources: tuple[str, ...],
    ended: list[Ended],
    most: float,
    memory: int,
) -> None:
    """How these have ended, and what they took."""
    for source, one in zip(sources, ended, strict=True):
        if one.told is None or one.seconds > most or one.memory > memory:
            print(f"{what}: {source!r:.300}: {one}")
    figures.print(f"{what} that ended otherwise", sum(one.told is None for one in ended), zero)
    slowest = max(one.seconds for one in ended)
    figures.print(
        f"{what}: the slowest, s of the processor", round(slowest, 1), lambda _: slowest < most
    )
    largest = max(one.memory for one in ended)
    figures.print(f"{what}: the largest, MiB", largest, lambda _: largest < memory)


# --- queries ------------------------------------------------------------------------------------------


def queries(figures: Figures, small: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = os.path.join(name, "tickets.db")
        good(["init", "--file", path, "--quiet"])
        sound = Path(path).read_bytes()
        tried = (*REFUSED, *WRITES)
        ended = [apart(partial(asked, path, sql)) for sql in tried]
        stopped = sum(one.told is not None and one.told.startswith("stopped") for one in ended)
        figures.print("queries that would write, or read what they may not", len(tried))
        figures.print("of them refused", stopped, lambda n: n == len(tried))
        away = (*ENDLESS, *TAKES, *IN_ONE_STEP) if not small else ENDLESS[:1]
        ended = [apart(partial(asked, path, sql)) for sql in away]
        figures.print("queries that run away", len(away), bool)
        # A step that can't be stopped ends with its process, and its sentence.
        ended = [
            one._replace(told="stopped") if one.err == query_limits.LAST_WORDS else one
            for one in ended
        ]
        finished = sum(one.told is not None and not one.told.startswith("stopped") for one in ended)
        figures.print("of them not stopped", finished, zero)
        judge(figures, "queries", away, ended, QUERY_TIME, QUERY_MEMORY)
        figures.print("changed by a query", int(Path(path).read_bytes() != sound), zero)
        figures.print("files made by a query", len(os.listdir(name)) - 1, zero)


def asked(path: str, sql: str) -> str:
    with closing(connect.open_as_is(path)) as connection:
        given_to = {"today": "2026-03-02", "list": json.dumps([1] * 1000)}
        try:
            rows = facts_sql_guard.run_query(
                connection, f"{VIEWS}SELECT * FROM (\n{sql}\n) AS asked", given_to
            )
        except (facts_sql_guard.UnfitQuery, sqlite3.Error) as error:
            return f"stopped: {error}"
    return f"{len(rows)} rows"


# --- files --------------------------------------------------------------------------------------------


def files(figures: Figures) -> None:
    """Every file and folder of a user's, once writable for others and once a link to elsewhere."""
    counts = Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        desk = Path(name) / "desk"
        elsewhere = Path(name) / "elsewhere"
        shutil.copytree(OWN, desk)
        shutil.copytree(OWN, elsewhere)
        words = ["book", "check", "lost-and-found", "--config", str(desk / "prassi.toml")]
        good(words)
        for path in (desk, *sorted(desk.rglob("*"))):
            counts["writable"] += 1
            kept = stat.S_IMODE(path.stat().st_mode)
            path.chmod(kept | 0o002)
            counts["followed"] += not refused(words, f"{path} can be changed by everybody")
            path.chmod(kept)
        for path in sorted((desk / "books").rglob("*")):
            counts["links"] += 1
            aside = path.rename(Path(name) / "aside")
            path.symlink_to(elsewhere / path.relative_to(desk))
            counts["followed"] += not refused(words, " is a link that leads out of ")
            path.unlink()
            aside.rename(path)
        good(words)
    figures.print("files and folders that others can write", counts["writable"], bool)
    figures.print("links that lead out of a folder", counts["links"], bool)
    figures.print("of them followed", counts["followed"], zero)


def refused(words: list[str], told: str) -> bool:
    ran = run(words)
    if ran.code != 2 or told not in ran.err or ran.out:
        print(f"{told!r} was wanted: {ran}")
        return False
    return True


def main() -> None:
    told = given(__doc__)
    figures = Figures("A user's templates, queries and files", told)
    templates(figures, random.Random(told.seed), SMALL if told.small else FULL)
    queries(figures, told.small)
    files(figures)
    figures.end()


if __name__ == "__main__":
    main()
