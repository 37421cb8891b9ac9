"""The first settings file: as it is it changes nothing, and each of its lines works as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from desk import Desk
from english_words import find_english
from prassi.core.library.check_parameters import find_parameter_faults
from prassi.core.library.first_settings import draft_settings
from prassi.core.library.library import Shelf
from prassi.core.library.settings import COMPANY, NONE, SECTIONS, load
from prassi.core.publish.file_schema import describe_settings
from prassi.core.system.language import speak_meanwhile

BOOKS = [*Shelf(NONE).sound()]
TEXT = draft_settings(BOOKS)
LIVE = re.sub(r"^#(?! )", "", TEXT, flags=re.M)
EITHER = {"sendmail", "password_command"}
"""Keys that exclude others; a comment names them."""


def read(folder: Path, text: str) -> object:
    for name in ("books", "templates"):
        (folder / name).mkdir(exist_ok=True)
    path = folder / "prassi.toml"
    path.write_text(text, encoding="utf-8")
    return load(str(path))


def test_as_it_is_it_changes_nothing(tmp_path: Path) -> None:
    settings = read(tmp_path, TEXT)
    assert settings._replace(document=None) == NONE  # type: ignore[attr-defined]


def test_every_line_works_once_it_is_no_comment(tmp_path: Path) -> None:
    settings = read(tmp_path, LIVE)
    shelf = Shelf(settings)  # type: ignore[arg-type]
    for book in BOOKS:
        assert [*find_parameter_faults(shelf.files(book.name))] == []


def test_it_has_everything_that_settings_can_say() -> None:
    sections = {*re.findall(r"^\[([a-z]+)", LIVE, re.M)}
    assert sections == {*SECTIONS}
    keys = {*re.findall(r"^([\w-]+) = ", LIVE, re.M)}
    known = describe_settings()["properties"]
    for section in ("company", "desk", "mail", "sms", "folders"):
        assert {*known[section]["properties"]} - EITHER <= keys
    assert {*COMPANY} <= keys
    assert all(word in TEXT for word in EITHER)
    assert {role for book in BOOKS for role in book.roles} <= keys
    assert {name for book in BOOKS for name in book.parameters} <= keys


def test_the_command_writes_it_once(desk: Desk) -> None:
    path = desk.folder / "new.toml"
    assert "would be made" in desk.good(f"init --settings --config {path} -n").out
    assert not path.exists()
    desk.good(f"init --settings --config {path}")
    assert path.read_text(encoding="utf-8") == TEXT
    path.write_text("mine", encoding="utf-8")
    ran = desk.run(f"init --settings --config {path}")
    assert (ran.code, path.read_text(encoding="utf-8")) == (2, "mine")
    assert not desk.file.exists()


@pytest.mark.parametrize("line", TEXT.splitlines())
def test_no_line_is_wide(line: str) -> None:
    assert len(line) <= 100 or re.match("#[^ ]", line)


@pytest.mark.parametrize(
    ("language", "spoken"),
    [("it", "collections"), ("es", "insistence"), ("ru", "cases"), ("ar", "packages")],
)
def test_its_comments_are_in_the_language_and_its_settings_are_the_same(
    language: str, spoken: str
) -> None:
    with speak_meanwhile(language):
        book = Shelf(NONE._replace(spoken=language)).book(spoken)
        text = draft_settings([book])
    english = draft_settings([Shelf(NONE).book(spoken)])
    assert list_settings(text) == list_settings(english)
    told = re.sub(r"^#(?! )\S+ = .*?(  # |$)|^#\[.*|docs/\S+", "", text, flags=re.M)
    assert find_english(re.sub(r'= "[^"]*"', "", told)) == set()
    assert not set(text) & {"\u200e", "\u200f"}  # they would be copied with a command
    assert f'#language = "{language}"' in text


def list_settings(text: str) -> list[str]:
    """The lines that are settings, without what is told beside them; roles and languages differ."""
    lines = [line.split("  # ")[0] for line in text.splitlines() if re.match("#(?! )", line)]
    return [line for line in lines if not line.startswith("#language")]
