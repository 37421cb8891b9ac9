"""Jobs for Spark over the parts of ticket files: `prassi export --parts N DIR` makes them.

    from pyspark.sql import SparkSession
    from prassi.core.library.settings import load
    from prassi.core.spark.jobs import night

    spark = SparkSession.builder.getOrCreate()
    decisions = night(spark, "/data/parts", "2026-03-02", load("prassi.toml"))

Each returns a DataFrame with the columns `part`, `line` (a decision as JSON) and `fault`; a row has one
of these two. A part that can't be read is such a row, and the others are done all the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from ..errors import BadInput
from ..library.settings import Settings
from ..system.login import find_login
from ..values.field_types import read_moment
from .part_work import NIGHT, REPLAY, WHAT_IF, PartRow, Work, work_on_part
from .shipped_settings import ship_settings

if TYPE_CHECKING:
    from pyarrow import RecordBatch
    from pyspark.sql import DataFrame, SparkSession

SCHEMA = "part string, line string, fault string"

BATCH = 1000
"""Rows that go back to Spark together."""


def night(
    spark: SparkSession,
    parts: str,
    at: str,
    settings: Settings,
    everything: bool = False,
    person: str | None = None,
) -> DataFrame:
    """What a night asks of the tickets in the parts of a folder; nothing is written.

    A line is one of `prassi triage -n --json`, with `everything` of `--all` too.
    """
    who = find_login() if person is None else person
    shipped = ship_settings(settings)
    return _run(spark, parts, Work(NIGHT, read_moment(at), shipped, who, everything))


def what_if(
    spark: SparkSession,
    parts: str,
    at: str,
    settings: Settings,
    trial: Settings,
    until: str | None = None,
    person: str | None = None,
) -> DataFrame:
    """What would be otherwise under the settings of a trial; lines of `prassi what-if --list --json`."""
    who = find_login() if person is None else person
    shipped = ship_settings(settings, trial)
    return _run(spark, parts, Work(WHAT_IF, read_moment(at), shipped, who, until=until))


def replay(spark: SparkSession, parts: str, at: str, settings: Settings) -> DataFrame:
    """The decisions of the logs that the present books would make otherwise; lines of
    `prassi replay --json`."""
    return _run(spark, parts, Work(REPLAY, read_moment(at), ship_settings(settings)))


def _run(spark: SparkSession, folder: str, work: Work) -> DataFrame:
    """A task for each part, on whichever machine."""
    paths = list_parts(folder)
    rows = spark.sparkContext.parallelize([(path,) for path in paths], len(paths))
    return spark.createDataFrame(rows, "path string").mapInArrow(partial(map_batches, work), SCHEMA)


def list_parts(folder: str) -> list[str]:
    """The parts in a folder, which every machine must see under the same path."""
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    paths = [os.path.abspath(os.path.join(folder, name)) for name in names if name.endswith(".db")]
    if not paths:
        raise BadInput(f"{folder} has no parts: make them with `prassi export --parts N {folder}`.")
    return paths


def map_batches(work: Work, batches: Iterator[RecordBatch]) -> Iterator[RecordBatch]:
    """What Spark gives batches of paths, and which returns batches of rows."""
    for batch in batches:
        for path in batch.column(0).to_pylist():
            rows = work_on_part(work, path)
            while page := list(islice(rows, BATCH)):
                yield _make_batch(page)


def _make_batch(rows: list[PartRow]) -> RecordBatch:
    import pyarrow  # only where Spark is

    columns = [pyarrow.array(column, pyarrow.string()) for column in zip(*rows, strict=True)]
    return pyarrow.RecordBatch.from_arrays(columns, names=list(PartRow._fields))
