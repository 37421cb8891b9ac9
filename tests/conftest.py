"""What every test stands on: one cache, books that are read once, and a desk."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import coverage
import pytest
from desk import Desk
from hypothesis import settings
from keptbooks import keeping
from prassi.cli.language import choose_language
from prassi.core.library.library import Shelf
from prassi.core.system.language import ENGLISH

pytest.register_assert_rewrite(
    "casework", "failing", "insistencework", "packagework", "posted", "procedure", "requestwork"
)

os.environ.pop("COLUMNS", None)  # how wide somebody's terminal is

# The suite draws the same examples each time, on every machine; `make hard` draws new ones.
settings.register_profile("same", derandomize=True, database=None, deadline=None)
settings.register_profile("new", derandomize=False, deadline=None)
settings.load_profile("same")


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Calendars, books and templates are made ready once for all tests, in a folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PRASSI_")]:
            if name != "PRASSI_SNAPSHOTS":
                patch.delenv(name)
        patch.setenv("PRASSI_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("PRASSI_AS", "anna")
        yield


@pytest.fixture(scope="session", autouse=True)
def _books(_cache: None) -> Iterator[None]:
    """A book is read once for all commands that run in this process, and not for each of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Shelf, "_read", keeping())
        yield


@pytest.fixture(autouse=True)
def _english() -> None:
    """Each test begins in English, whatever language the one before has spoken in this process."""
    choose_language(["--lang", ENGLISH])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """What is `unmeasured` runs with coverage at rest, here and in the processes it starts."""
    measuring = coverage.Coverage.current()
    if measuring is None or item.get_closest_marker("unmeasured") is None:
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("COVERAGE_")]:
            patch.delenv(name)
        measuring.stop()
        try:
            return (yield)
        finally:
            measuring.start()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk without a ticket file yet; `load` makes it."""
    return Desk(tmp_path)


@pytest.fixture
def without_roles(desk: Desk) -> None:
    """Nobody has a role at this desk: roles would be looked for in every book, each time."""
    desk.settings("")
