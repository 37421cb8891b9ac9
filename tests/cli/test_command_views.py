"""The commands that statements of books name as their views exist."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk

BOOK = Path(__file__).parents[2] / "docs" / "examples" / "loans" / "book.toml"
MANUAL = 'manual = "Whether a copy is damaged is seen at the desk, and nothing in the ticket file says so."'


@pytest.mark.parametrize(
    ("view", "known"),
    [
        ("show", True),
        ("request board", True),
        ("request states list", True),
        ("case-route folder", True),
        ("case-route find", True),
        ("case-route fold", False),
        ("request bord", False),
        ("request board now", False),
        ("shows", False),
        ("", False),
    ],
)
def test_a_view_is_a_command(desk: Desk, view: str, known: bool) -> None:
    folder = desk.folder / "books" / "loans"
    folder.mkdir(parents=True)
    for file in BOOK.parent.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    text = BOOK.read_text(encoding="utf-8")
    assert MANUAL in text
    (folder / "book.toml").write_text(text.replace(MANUAL, f'view = "{view}"'), encoding="utf-8")
    desk.settings('[folders]\nbooks = "books"\n')
    ran = desk.run("book check loans --json")
    findings = [(row["kind"], row["fault"].partition(": ")[2]) for row in ran.rows]
    expected = ("name", f"s5 has the view {view!r}, which is not a command of prassi.")
    assert findings == ([] if known else [expected])
    assert ran.code == (0 if known else 1)


def test_a_reading_names_a_remark_which_then_counts_as_used(desk: Desk) -> None:
    folder = desk.folder / "books" / "loans"
    folder.mkdir(parents=True)
    for file in BOOK.parent.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    remark = '[[remark]]\nid = "r77"\nsays = "The head of the library looks at it in any case."\n\n'
    text = BOOK.read_text(encoding="utf-8").replace(MANUAL, 'reading = "r77"')
    text = text.replace("[[remark]]", remark + "[[remark]]", 1)
    (folder / "book.toml").write_text(text, encoding="utf-8")
    desk.settings('[folders]\nbooks = "books"\n')
    assert desk.good("book check loans").out == "loans: 9 rules in 3 tables, nothing found.\n"
    traced = desk.good("book show loans --trace").out
    assert "\n  as it is read: The head of the library looks at it in any case.\n" in traced
    assert "1 by how it is read" in traced
