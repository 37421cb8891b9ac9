"""The measure of the house: each fault, planted in a tree that has none, is counted where it stands."""

from __future__ import annotations

import sys
from pathlib import Path

import measure_house
import pytest
from measure_house import LONGEST_FILE, LONGEST_FUNCTION, Figure, measure

SOUND = {
    "core/__init__.py": '"""The core."""\n',
    "core/errors.py": "class Refused(Exception):\n    pass\n",
    "core/api.py": "def open_desk(path: str) -> str:\n    return path\n",
    "core/book/model.py": "class Book:\n    def read_events(self) -> list[str]:\n        return []\n",
    "cli/main.py": "def main() -> None:\n    pass\n",
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house with one of everything, and nothing wrong with it."""
    for name, text in SOUND.items():
        write(tmp_path, name, text)
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def over(root: Path) -> dict[str, Figure]:
    """The figures that are over what they may be at most."""
    return {one.name: one for one in measure(root) if one.value > one.most}


def test_a_sound_house_is_over_nothing(house: Path) -> None:
    assert over(house) == {}
    assert {one.value for one in measure(house) if "loose" not in one.name} == {0}


FAULTS = {
    "a third loose module": (
        "core/desk.py", "", "loose modules in core", "desk.py",
    ),
    "a file that is too long": (
        "core/book/long.py", "x = 1\n" * (LONGEST_FILE + 1),
        f"files over {LONGEST_FILE} lines", f"core/book/long.py: {LONGEST_FILE + 1} lines",
    ),
    "a function that is too long": (
        "cli/long.py", "def print_all() -> None:\n" + "    x = 1\n" * LONGEST_FUNCTION,
        f"functions over {LONGEST_FUNCTION} lines",
        f"cli/long.py:1 print_all: {LONGEST_FUNCTION + 1} lines",
    ),
    "a class name that is there already": (
        "cli/other.py", "\nclass Book:\n    pass\n",
        "class names with two meanings", "Book: core/book/model.py:1, cli/other.py:2",
    ),
    "a class within a function": (
        "cli/other.py", "def make_book() -> None:\n    class Book:\n        pass\n",
        "class names with two meanings", "Book: core/book/model.py:1, cli/other.py:2",
    ),
    "the formatter off for a statement": (
        "core/book/odd.py", "x = [ 1 ]  # fmt: skip\n",
        "places where the formatter is off", "core/book/odd.py:1",
    ),
    "the formatter off for a file": (
        "core/book/odd.py", "\n# fmt: off\nx = [ 1 ]\n",
        "places where the formatter is off", "core/book/odd.py:2",
    ),
    "a type left open": (
        "core/book/loose.py", "from typing import Any\n\nx: Any = 1\n",
        "Any in 1,000 lines of core", "core/book/loose.py: 2",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text", "figure", "place"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_counted(
    house: Path, name: str, text: str, figure: str, place: str
) -> None:
    write(house, name, text)
    found = over(house)
    assert [*found] == [figure]
    assert place in found[figure].places


def test_as_much_as_there_may_be_is_not_too_much(house: Path) -> None:
    write(house, "core/book/long.py", "x = 1\n" * LONGEST_FILE)
    write(house, "cli/long.py", "def f() -> None:\n" + "    x = 1\n" * (LONGEST_FUNCTION - 1))
    assert over(house) == {}


@pytest.mark.parametrize(
    "name", ["told", "_said", "asked", "reading", "kept", "__held", "sweeping"]
)
def test_bare_participles(name: str) -> None:
    assert measure_house.is_participle(name)


@pytest.mark.parametrize("name", ["tell", "read_events", "is_told", "told_so", "string", "feed"])
def test_names_that_say_what_is_done(name: str) -> None:
    assert not measure_house.is_participle(name)


def test_participles_are_counted_also_where_they_are_methods(house: Path) -> None:
    names = [f"{letter}ed" for letter in "abcdefghijklmnopqrst"]
    assert len(names) == 20
    methods = "".join(f"    def {name}(self) -> None: ...\n" for name in names[:-1])
    write(house, "core/book/names.py", f"class Names:\n{methods}")
    assert over(house) == {}
    write(house, "cli/names.py", f"async def {names[-1]}() -> None: ...\n")
    [found] = over(house).values()
    assert found.value == 20
    assert "cli/names.py:1 ted" in found.places


def test_the_script_ends_with_what_it_found(
    house: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(measure_house, "ROOT", house)
    monkeypatch.setattr(sys, "argv", ["measure_house.py", "--list"])
    with pytest.raises(SystemExit) as ended:
        measure_house.main()
    assert not ended.value.code
    assert "OVER" not in capsys.readouterr().out
    write(house, "core/desk.py", "")
    with pytest.raises(SystemExit) as ended:
        measure_house.main()
    assert ended.value.code == 1
    told = capsys.readouterr().out.splitlines()
    assert "OVER loose modules in core: 3 (at most 2)" in told
    assert "    desk.py" in told
