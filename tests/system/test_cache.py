"""The cache: made once, made anew when stale or not to be trusted, done without when it can't be."""

from __future__ import annotations

import os
import resource
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from prassi.core.system.cache import find_cache_folder, find_release, load_or_build


class Maker:
    """Makes a value and counts how often it was asked to."""

    def __init__(self, value: Any = "made") -> None:
        self.value, self.times = value, 0

    def __call__(self) -> Any:
        self.times += 1
        return self.value


@pytest.fixture
def make() -> Maker:
    return Maker()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of its own, not made yet."""
    monkeypatch.setenv("PRASSI_CACHE", str(tmp_path / "deep" / "cache"))
    return tmp_path / "deep" / "cache"


@pytest.fixture
def entry(place: Path, make: Maker) -> Path:
    """The file of an entry, which is kept."""
    assert load_or_build("thing", "v1", make) == "made"
    make.times = 0
    return place / "thing.kept"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"PRASSI_CACHE": "/a/b", "XDG_CACHE_HOME": "/c", "HOME": "/d"}, "/a/b"),
        ({"PRASSI_CACHE": "", "XDG_CACHE_HOME": "/c", "HOME": "/d"}, "/c/prassi"),
        ({"XDG_CACHE_HOME": "", "HOME": "/d"}, "/d/.cache/prassi"),
    ],
)
def test_where_the_cache_lies(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRASSI_CACHE")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert find_cache_folder() == expected


@pytest.mark.parametrize("value", ["text", "Città 😀", 3, None, [1, {"a": [True]}], {}])
def test_what_is_kept_is_what_was_made(place: Path, value: Any) -> None:
    make = Maker(value)
    assert [load_or_build("thing", "v1", make) for _ in range(3)] == [value] * 3
    assert make.times == 1


def test_another_digest_or_name_is_made_anew(entry: Path, make: Maker) -> None:
    assert load_or_build("thing", "v2", make) == "made"
    assert load_or_build("other", "v2", make) == "made"
    assert make.times == 2
    assert entry.read_text() == 'v2\0"made"'


@pytest.mark.parametrize(
    "content",
    [
        b"", b"v1", b"v1\0", b"v1\0{", b'v1 \0"wrong"', b'v\0"wrong"', b'v11\0"wrong"', b'\0"wrong"',
        b'v1\0"\xff"', b"\0\0\0", b"v1\0" + b"[" * 200_000, b'v1\0"wrong"x',
    ],
)  # fmt: skip
def test_a_damaged_entry_is_made_anew_and_mended(entry: Path, make: Maker, content: bytes) -> None:
    entry.write_bytes(content)
    assert load_or_build("thing", "v1", make) == "made"
    assert load_or_build("thing", "v1", make) == "made"
    assert make.times == 1


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_an_entry_that_others_could_have_written_is_not_believed(
    entry: Path, make: Maker, mode: int
) -> None:
    entry.write_text('v1\0"forged"')
    entry.chmod(mode)
    assert load_or_build("thing", "v1", make) == "made"
    assert make.times == 1


def test_an_entry_of_somebody_else_is_not_believed(
    entry: Path, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry.write_text('v1\0"forged"')
    monkeypatch.setattr(os, "geteuid", lambda: entry.stat().st_uid + 1)
    assert load_or_build("thing", "v1", make) == "made"
    assert make.times == 1


def test_entries_and_their_folder_are_for_their_owner_only(entry: Path) -> None:
    assert stat.S_IMODE(entry.stat().st_mode) == 0o600
    assert stat.S_IMODE(entry.parent.stat().st_mode) == 0o700
    assert [file.name for file in entry.parent.iterdir()] == ["thing.kept"]


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_a_folder_that_others_can_write_is_not_used(entry: Path, make: Maker, mode: int) -> None:
    entry.parent.chmod(mode)
    before = entry.read_bytes()
    assert [load_or_build("thing", digest, make) for digest in ("v1", "v2")] == ["made", "made"]
    assert make.times == 2
    assert entry.read_bytes() == before


def test_an_entry_that_is_a_link_is_not_read(entry: Path, make: Maker) -> None:
    elsewhere = entry.parent.parent / "elsewhere"
    entry.rename(elsewhere)
    entry.symlink_to(elsewhere)
    assert load_or_build("thing", "v1", make) == "made"
    assert make.times == 1
    assert not entry.is_symlink()


def test_what_is_written_goes_through_no_link(place: Path, make: Maker, tmp_path: Path) -> None:
    """A draft that lies there already, as a link or left by a process that was ended."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    place.mkdir(parents=True, mode=0o700)
    (place / f"thing.kept.{os.getpid()}").symlink_to(victim)
    assert [load_or_build("thing", "v1", make) for _ in range(2)] == ["made", "made"]
    assert make.times == 1
    assert victim.read_text() == "precious"
    assert [file.name for file in place.iterdir()] == ["thing.kept"]


def test_without_a_folder_to_write_to_it_does_without(
    tmp_path: Path, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PRASSI_CACHE", str(tmp_path / "file"))
    assert [load_or_build("thing", "v1", make) for _ in range(2)] == ["made", "made"]
    assert make.times == 2


def test_where_a_folder_has_the_name_of_an_entry_it_does_without(place: Path, make: Maker) -> None:
    (place / "thing.kept").mkdir(parents=True)
    assert [load_or_build("thing", "v1", make) for _ in range(2)] == ["made", "made"]
    assert [file.name for file in place.iterdir()] == ["thing.kept"]


def test_a_full_disk_leaves_no_half_an_entry(place: Path, make: Maker) -> None:
    make.value = "x" * 5000
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        assert load_or_build("thing", "v1", make) == make.value
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [*place.iterdir()] == []


def test_an_interrupt_leaves_no_half_an_entry(
    place: Path, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(draft: str, path: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        load_or_build("thing", "v1", make)
    assert [*place.iterdir()] == []


def test_what_building_raises_is_raised_and_nothing_is_kept(place: Path) -> None:
    def build() -> Any:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        load_or_build("thing", "v1", build)
    assert not place.exists()


def test_a_release_is_told_by_the_folder_that_pip_leaves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_release("holidays").startswith("holidays-0.")
    for name in ("Flags-2.0.dist-info", "flags-tools-1.0.dist-info", "flags"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path / "none"), str(tmp_path)])
    assert find_release("flags").startswith("flags-2.0.dist-info")
    assert find_release("holidays") == "none"
