"""What the browser says in place of commands names the events that these commands record."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_lines import LINES
from desk import Desk
from prassi.cli.web.browser_words import EVENTS, put_in_browser_words
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE

FIXTURES = Path(__file__).parents[2] / "fixtures"
OTHERS = {
    "care-reply": "care-reply T-1040 update --note x",
    "hand-back": "hand-back T-1043 --note x",
    "case-route": "case-route K-214 close --resolution x",
    "package-book": "package-book --customer N-101 --visits 4 --price 1600.00 --first-visit 2026-03-20T10:00"
    " --pays later",
    "package-cancel": "package-cancel P-102",
}
"""Lines that record something on the fixtures, where the usual ones don't."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk with all fixtures."""
    desk = Desk(tmp_path_factory.mktemp("words"))
    desk.good("init")
    desk.good(f"import {' '.join(map(str, sorted(FIXTURES.glob('*.json'))))}")
    return desk


@pytest.mark.parametrize("command", EVENTS)
def test_a_command_records_the_event_whose_form_stands_for_it(command: str, desk: Desk) -> None:
    desk.good(OTHERS.get(command) or LINES[command].words)
    assert desk.good("log --json --limit 1").rows[0]["event"] == EVENTS[command]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("`prassi case-route K-1 dispatch`", "“Route” (dispatch)"),
        ("`prassi case-route K-1 returned --text x`", "“Returned” (--text x)"),
        ("`prassi case-route find K-1`", "“Search”"),
        ("`prassi event K-1 say text=x`", "“Say” (text x)"),
    ],
)
def test_a_second_word_can_name_the_form(text: str, shown: str) -> None:
    cases = Shelf(NONE).book("cases")
    for name in ("route", "returned", "say"):
        title = cases.event(name).title
        shown = shown.replace(f"“{name.title()}”", f"“{title[:1].upper()}{title[1:]}”")
    assert put_in_browser_words(text, cases) == shown
