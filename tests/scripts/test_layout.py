"""Where tests stand: in folders that are named after the packages of core."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
OTHERS = {"cli", "scripts", "data", "snapshots", "support"}
"""Folders of tests that are about no package of core."""


def folders(path: Path) -> set[str]:
    return {one.name for one in path.iterdir() if one.is_dir() and one.name[0] not in "_."}


def test_each_folder_of_tests_is_about_a_package() -> None:
    assert folders(ROOT / "tests") - folders(ROOT / "core") == OTHERS


def test_each_package_has_tests() -> None:
    lacking = [
        package
        for package in sorted(folders(ROOT / "core"))
        if not [*(ROOT / "tests" / package).glob("test_*.py")]
    ]
    assert lacking == []


def test_a_loose_test_is_about_a_loose_module() -> None:
    loose = {path.stem.removeprefix("test_") for path in (ROOT / "tests").glob("test_*.py")}
    assert loose <= {path.stem for path in (ROOT / "core").glob("*.py")}


def test_what_tests_share_has_no_tests() -> None:
    for folder in ("data", "snapshots", "support"):
        assert [*(ROOT / "tests" / folder).rglob("test_*.py")] == []
