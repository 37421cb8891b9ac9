"""Words a desk has of its own: inputs whose words are a parameter's, and words that are forbidden."""

from __future__ import annotations

import re
from typing import Any

import pytest
from prassi.core.book.forbidden import forbidden_in
from prassi.core.book.model import Event
from prassi.core.book.read_book import read_book
from prassi.core.book.validate import BookValidator
from prassi.core.decision.inputs import read_inputs
from prassi.core.errors import BadInput, Faults
from prassi.core.system.parse_toml import parse

pytestmark = pytest.mark.unmeasured

BOOK = """\
[book]
name = "hall"
title = "Things handed in"
source = "Nobody's"
calendar = "IT"
language = "en"

[parameters]
shelves = { value = ["left", "right"], about = "where things lie" }
kinds = { value = { hat = "left", coat = "right" }, about = "what they are, and where it lies" }
days = { value = 7, about = "they are kept" }

[statuses]
here = { about = "on a shelf" }
gone = { about = "fetched", closed = true }

[facts]
status = { type = "status", about = "where it stands" }
bad = { forbidden_in = "said", about = "what is wrong with what was said" }
bad_words = { forbidden_in = "said", shows = "words", about = "with which words" }

[[forbidden]]
language = "en"
pattern = '\\bsurely (find|found)'
about = "promises a find"

[events.put]
title = "Something is put somewhere"
[events.put.inputs]
shelf = { type = "word", values = "{shelves}", about = "on which shelf" }
kind = { type = "word", values = "{kinds}", optional = true, about = "what it is" }
said = { type = "text", optional = true, about = "what was said" }

[[events.put.rule]]
id = "put.left"
why = "Left, {bad}, {bad_words}."
extrapolated = true
when = { shelf = "left", bad = "none" }
then = []

[[events.put.rule]]
id = "put.said"
why = "It {bad}: {bad_words}."
extrapolated = true
when = { bad = "!= none" }
then = []

[events.day]
title = "A night"
[[events.day.rule]]
id = "day.any"
why = "Nothing."
extrapolated = true
when = {}
then = []
"""


def event(**overrides: Any) -> Event:
    document = parse("book.toml", BOOK.encode())
    BookValidator(document, overrides).check(lambda template: True)
    return read_book(document, overrides).event("put")


def given(event: Event, **said: object) -> dict[str, Any]:
    return read_inputs(event, said, "2026-03-02", str)


def test_the_words_of_an_input_are_a_parameters() -> None:
    assert given(event(), shelf="right", kind="coat")["kind"] == "coat"
    with pytest.raises(BadInput, match=r"shelf is 'top': it must be one of left, right\."):
        given(event(), shelf="top")
    with pytest.raises(BadInput, match=r"kind is 'left': it must be one of hat, coat\."):
        given(event(), shelf="left", kind="left")


def test_settings_change_the_words() -> None:
    changed = event(shelves=["left", "top"], kinds={"bag": "top"})
    assert given(changed, shelf="top", kind="bag")["shelf"] == "top"
    assert given(changed, shelf="top", kind="hat")["kind"] == "hat"
    with pytest.raises(BadInput, match="it must be one of left, top"):
        given(changed, shelf="right")


@pytest.mark.parametrize("wrong", ["{days}", "{none_such}", "shelves", "{}"])
def test_only_a_parameter_with_words_has_the_words(wrong: str) -> None:
    document = parse(
        "book.toml", BOOK.replace('values = "{shelves}"', f'values = "{wrong}"').encode()
    )
    with pytest.raises(Faults, match=r"is not a parameter that is a list or table of words\."):
        BookValidator(document, {}).check(lambda template: True)


def test_a_forbidden_fact_shows_what_is_forbidden_or_the_words() -> None:
    facts = {fact.name: fact for fact in parse_facts()}
    assert (facts["bad"].shows, facts["bad_words"].shows) == ("about", "words")
    wrong = BOOK.replace('shows = "words"', 'shows = "colour"')
    with pytest.raises(
        Faults, match="bad_words can show 'about', 'words' or 'pattern', not 'colour'"
    ):
        BookValidator(parse("book.toml", wrong.encode()), {}).check(lambda template: True)


def parse_facts() -> list[Any]:
    reader = read_book(parse("book.toml", BOOK.encode()), {})
    return [fact for fact in reader.declarations.facts.values() if hasattr(fact, "shows")]


def test_the_words_that_are_forbidden_are_found_in_any_letters() -> None:
    patterns = read_book(parse("book.toml", BOOK.encode()), {}).declarations.forbidden
    found = forbidden_in(patterns, "It will SURELY found be.")
    assert found is not None
    assert (found[0].about, found[1]) == ("promises a find", "SURELY found")
    assert re.search(found[0].pattern, "surely find")
    assert forbidden_in(patterns, "It may be found.") is None
