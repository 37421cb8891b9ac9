"""Figures of a script that tries hard: printed as they are known, and held to what they must be."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import NamedTuple, NoReturn, TypeVar

V = TypeVar("V")

KEPT = "HARD_FIGURES"
"""Names the file into which a script writes its figures as JSON."""


class Given(NamedTuple):
    """How a script was called."""

    small: bool
    seed: int
    all: bool = False


def given(about: str | None, all_help: str | None = None) -> Given:
    """Read the command line: `--small` for the test suite, `--seed N` to see something again, and `--all`
    for what `make hard` has no time for, where a script has something such."""
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    parser.add_argument("--small", action="store_true", help="a small version, for the test suite")
    parser.add_argument("--seed", type=int, default=None, help="the seed of what is random")
    if all_help is not None:
        parser.add_argument("--all", action="store_true", help=all_help)
    read = parser.parse_args()
    # The suite tries the same each time, `make hard` something new: what was tried yesterday is known.
    drawn = 1 if read.small else int.from_bytes(os.urandom(3), "big")
    seed = drawn if read.seed is None else read.seed
    return Given(read.small, seed, all_help is not None and read.all)


class Figures:
    """Prints figures, and remembers those that are not what they must be."""

    def __init__(self, about: str, told: Given) -> None:
        self._began, self._wrong = time.monotonic(), list[str]()
        self._kept: dict[str, object] = {"on": date.today().isoformat(), "seed": told.seed}
        size = "small" if told.small else "full size"
        print(f"{about} ({size}, seed {told.seed})", flush=True)

    def print(self, name: str, value: V, must: Callable[[V], bool] | None = None) -> None:
        """Print a figure; `must` says whether it is as it must be."""
        fine = must is None or must(value)
        print(f"  {name:<52} {value}{'' if fine else '   <-- WRONG'}", flush=True)
        self._kept[name] = value
        if not fine:
            self._wrong.append(name)

    def wrong(self, told: str) -> None:
        """Print what went wrong."""
        print(f"  WRONG: {told}", flush=True)
        self._wrong.append(told)

    def skip(self, why: str) -> NoReturn:
        """End the script well, since what it needs is not here."""
        print(f"  NOT TRIED: {why}", flush=True)
        self._keep({"not tried": why})
        sys.exit(0)

    def end(self) -> None:
        """End the script: with 1 where something was wrong."""
        self.print("seconds", round(time.monotonic() - self._began))
        self._keep(self._kept)
        sys.exit(1 if self._wrong else 0)

    def _keep(self, kept: dict[str, object]) -> None:
        """Write the figures for the page of them, if that is being made."""
        if path := os.environ.get(KEPT):
            with open(path, "w", encoding="utf-8") as file:
                json.dump(kept, file)


def zero(value: object) -> bool:
    """For figures that must be 0."""
    return value == 0
