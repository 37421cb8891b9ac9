#!/usr/bin/env python
"""Parts of a ticket file over Spark: line for line what the commands print of the whole file.

    python scripts/hard/spark.py [--small] [--seed N] [--tickets N]

A file with tickets of all five books has a night behind it and is taken apart. Then a night, a what-if
and a replay run over the parts by Spark in two processes, and over the whole file by the commands; the
lines are sorted and compared byte by byte. One task is killed in the midst of its lines, and Spark does
it again. It needs Java and the extra `spark`; without them it says so.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.commands import COMMAND
from common.figures import Figures, given, zero
from common.files import folder_for

sys.path.append(str(Path(__file__).parents[1] / "bench"))

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

FULL, SMALL = 1_000_000, 1_000
PARTS, SMALL_PARTS = 40, 4
BOOKS = ("cases", "collections", "insistence", "packages", "requests")
AT, NIGHT, WHO = "2026-03-02", "2026-02-25", "anna"
TRIAL = "[parameters.collections]\npreblock_days = 30\nretry_workdays = 9\n"
SETS = ("--set", "collections.preblock_days=30", "--set", "collections.retry_workdays=9")


class Bench:
    """A ticket file in a folder, its parts, and what is made of both."""

    def __init__(self, folder: str, tickets: int, parts: int) -> None:
        import models

        self.folder, self.file = folder, os.path.join(folder, "tickets.db")
        self.parts, self.seconds = os.path.join(folder, "parts"), dict[str, float]()
        models.make_of_books(self.file, BOOKS, tickets // len(BOOKS), AT)
        self.changed = os.path.join(folder, "changed.toml")
        Path(self.changed).write_text(TRIAL, encoding="utf-8")
        self.run("a night", "triage", "--quiet", "--at", NIGHT)
        self.run("export --parts", "export", "--parts", str(parts), self.parts)

    def run(self, name: str, *words: str) -> str:
        """What a command prints, sorted: the file."""
        out = os.path.join(self.folder, "out")
        environment = {**os.environ, "PRASSI_AS": WHO, "LC_ALL": "C.UTF-8"}
        began = time.monotonic()
        with open(out, "wb") as file:
            ended = subprocess.run(
                [*COMMAND, *words, "--file", self.file], stdout=file, env=environment, check=False
            )
        self.seconds[name] = round(time.monotonic() - began, 1)
        if ended.returncode:
            sys.exit(f"prassi {' '.join(words)} ended with {ended.returncode}.")
        return sort_lines(out)

    def collect(self, name: str, found: DataFrame) -> str:
        """The lines of a job, sorted: the file. A fault is a line of its own."""
        from pyspark.sql import functions

        out = os.path.join(self.folder, "spark")
        shutil.rmtree(out, ignore_errors=True)
        began = time.monotonic()
        line = functions.coalesce(
            functions.col("line"), functions.concat(functions.lit("fault "), functions.col("fault"))
        )
        found.select(line.alias("value")).write.text(out)
        self.seconds[name] = round(time.monotonic() - began, 1)
        whole = os.path.join(self.folder, "collected")
        with open(whole, "wb") as file:
            for one in sorted(Path(out).glob("part-*")):
                with open(one, "rb") as written:
                    shutil.copyfileobj(written, file)
        return sort_lines(whole)


def sort_lines(path: str) -> str:
    """Sort the lines of a file by their bytes; returns the path of the sorted one."""
    ordered = f"{path}.sorted"
    subprocess.run(["sort", "-o", ordered, path], env={**os.environ, "LC_ALL": "C"}, check=True)
    return ordered


def count_lines(path: str) -> int:
    """How many lines a file has."""
    with open(path, "rb") as file:
        return sum(1 for _ in file)


def count_different(one: str, other: str) -> int:
    """How many lines two sorted files do not have in common."""
    ran = subprocess.run(
        ["comm", "-3", one, other],
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        check=True,
    )
    return ran.stdout.count(b"\n")


def start_spark(folder: str) -> SparkSession:
    """Spark in two processes of this machine, which tries a task four times."""
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2,4]").appName("prassi")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "2g",
        "spark.local.dir": folder,
        "spark.log.level": "OFF",
        "spark.ui.showConsoleProgress": "false",
    }.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def map_and_die(
    mapper: Callable[[Iterator[Any]], Iterator[Any]], batches: Iterator[Any]
) -> Iterator[Any]:
    """What a mapper gives; the process of the second task is killed after its first lines, once."""
    from pyspark import TaskContext

    task = TaskContext.get()
    for rows in mapper(batches):
        yield rows
        if task is not None and task.partitionId() == 1 and task.attemptNumber() == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def run_with_a_kill(spark: SparkSession, bench: Bench) -> DataFrame:
    """The night over the parts, with one process killed."""
    from prassi.core.library.settings import NONE
    from prassi.core.spark import jobs, part_work
    from prassi.core.spark.shipped_settings import ship_settings

    work = part_work.Work(part_work.NIGHT, AT, ship_settings(NONE), WHO, everything=True)
    paths = jobs.list_parts(bench.parts)
    rows = spark.sparkContext.parallelize([(path,) for path in paths], len(paths))
    mapper = partial(map_and_die, partial(jobs.map_batches, work))
    return spark.createDataFrame(rows, "path string").mapInArrow(mapper, jobs.SCHEMA)


def compare(figures: Figures, spark: SparkSession, bench: Bench) -> None:
    """Each question asked both ways."""
    from prassi.core.library.settings import NONE, load
    from prassi.core.spark.jobs import night, replay, what_if

    trial, at = load(bench.changed), ("--at", AT)
    asked = {
        "night": (
            ("triage", "--dry-run", "--all", "--json", *at),
            night(spark, bench.parts, AT, NONE, True, WHO),
        ),
        "what-if": (
            ("what-if", "--list", "--json", *SETS, *at),
            what_if(spark, bench.parts, AT, NONE, trial._replace(trial={}), person=WHO),
        ),
        "replay": (
            ("replay", "--json", "--config", bench.changed, *at),
            replay(spark, bench.parts, AT, trial),
        ),
    }
    for name, (words, found) in asked.items():
        printed, whole = os.path.join(bench.folder, f"{name}.whole"), bench.run(name, *words)
        os.replace(whole, printed)
        collected = bench.collect(f"{name} by Spark", found)
        figures.print(f"lines of a {name}", count_lines(printed), lambda count: count > 0)
        figures.print(f"lines of a {name} that differ", count_different(printed, collected), zero)
        figures.print(f"seconds of a {name}", bench.seconds[name])
        figures.print(f"seconds of a {name} by Spark", bench.seconds[f"{name} by Spark"])
        if name == "night":
            again = bench.collect("a night with a kill", run_with_a_kill(spark, bench))
            told = "lines that differ after a task was killed and done again"
            figures.print(told, count_different(printed, again), zero)
        os.remove(printed)


def main() -> None:
    tickets = FULL
    if "--tickets" in sys.argv:
        place = sys.argv.index("--tickets")
        tickets = int(sys.argv[place + 1])
        del sys.argv[place : place + 2]
    told = given(__doc__)
    tickets = SMALL if told.small else tickets
    figures = Figures("parts of a ticket file over Spark", told)
    missing = find_missing()
    if missing is not None:
        figures.skip(missing)
    with folder_for(told.small) as folder:
        bench = Bench(folder, tickets, SMALL_PARTS if told.small else PARTS)
        figures.print("tickets", tickets)
        figures.print("parts", len(os.listdir(bench.parts)))
        figures.print("seconds of a night that writes", bench.seconds["a night"])
        figures.print("seconds of export --parts", bench.seconds["export --parts"])
        spark = start_spark(folder)
        with suppress(KeyboardInterrupt):
            compare(figures, spark, bench)
        spark.stop()
        used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        figures.print("MiB of the largest process", used)
    figures.end()


def find_missing() -> str | None:
    """What is not there that this needs."""
    try:
        import pyarrow
        import pyspark
    except ImportError as error:
        return f"{error.name} is not installed"
    del pyarrow, pyspark
    return None if shutil.which("java") else "Java is not installed"


if __name__ == "__main__":
    main()
