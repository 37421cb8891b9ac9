"""Mutated messages: which changes are tried, what scenarios notice, and the scenarios that are missing."""

from __future__ import annotations

import shutil
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
from desk import Desk
from prassi.core.analysis.scenarios.coverage import play_scenarios
from prassi.core.analysis.scenarios.find_scenarios import find_targets
from prassi.core.analysis.scenarios.stage import Stage
from prassi.core.analysis.scenarios.text_mutations import find_text_mutations
from prassi.core.analysis.scenarios.text_trial import TextTrial
from prassi.core.library.settings import NONE

LOANS = Path(__file__).parents[2] / "docs" / "examples" / "loans"
LETTER = """Subject: Hello
{# A comment with 3 words
   in two lines. #}
{% if today %}
{{ today | plus_days(2) | day }}, in 10.5 cases, PF-7.

{% endif %}
Bye {{ 4 }}
"""


def test_lines_numbers_and_languages_are_changed() -> None:
    texts = [
        ("t/b/x.en.j2", LETTER),
        ("t/b/x.it.j2", "Ciao"),
        ("t/b/_p.en.j2", "Part"),
        ("t/b/y.en.j2", ""),
    ]
    found = [(one.file, one.line, one.description) for one in find_text_mutations(texts)]
    assert found == [
        ("b/x.en.j2", 1, "the text of it"),
        ("b/x.en.j2", 1, "without the line: Subject: Hello"),
        ("b/x.en.j2", 5, "without the line: {{ today | plus_days(2) | day }}, in 10.5 cases, P"),
        ("b/x.en.j2", 8, "without the line: Bye {{ 4 }}"),
        ("b/x.en.j2", 5, "2 -> 3"),
        ("b/x.en.j2", 5, "7 -> 8"),
        ("b/x.en.j2", 8, "4 -> 5"),
        ("b/x.it.j2", 1, "the text of en"),
        ("b/x.it.j2", 1, "without the line: Ciao"),
        ("b/_p.en.j2", 1, "without the line: Part"),
    ]  # fmt: skip
    texts_of = {one.description: one.text for one in find_text_mutations(texts[:2])}
    assert texts_of["without the line: Bye {{ 4 }}"].count("\n") == LETTER.count("\n") - 1
    assert "plus_days(3)" in texts_of["2 -> 3"]
    assert "words" not in texts_of["2 -> 3"]


@pytest.fixture
def loans(desk: Desk) -> Path:
    """A book of loans, with its letter in two languages and a part that they share."""
    folder = desk.folder / "loans"
    shutil.copytree(LOANS, folder)
    letter = (folder / "reminder.en.j2").read_text(encoding="utf-8")
    letter = letter.replace(
        "{{ company.name }}", '{% from "loans/_end.en.j2" import sign %}{{ sign(company) }}'
    )
    (folder / "reminder.en.j2").write_text(letter, encoding="utf-8")
    (folder / "_end.en.j2").write_text(
        "{% macro sign(company) %}\n{{ company.name }}, 2 via Roma\n{% endmacro %}\n",
        encoding="utf-8",
    )
    (folder / "reminder.it.j2").write_text(
        "Subject: Sollecito\n\nGentile {{ customer.name }},\nLa preghiamo di restituire i libri.\n",
        encoding="utf-8",
    )
    return folder


@pytest.mark.slow
def test_what_is_missing_is_written_and_notices_all(desk: Desk, loans: Path) -> None:
    before = desk.run(f"book test {loans} --mutants").out
    assert (
        f"{loans}/_end.en.j2:2: message: without the line: {{{{ company.name }}}}, 2 via Roma"
        in before
    )
    assert f"{loans}/_end.en.j2:2: message: 2 -> 3" in before
    assert f"{loans}/reminder.it.j2:1: message: the text of en" in before
    out = desk.good(f"book test {loans} --boundaries --write").out
    assert (
        f"loans: 2 scenarios added to {loans}/scenarios/messages-said.toml: read what they expect."
        in out
    )
    made = tomllib.loads((loans / "scenarios" / "messages-said.toml").read_text(encoding="utf-8"))
    said = {one["customer"]["language"]: one["says"] for one in made["scenario"]}
    assert said["it"] == ["Sollecito\nGentile Rossi srl,\nLa preghiamo di restituire i libri."]
    assert "2 via Roma" in said["en"][0]
    assert desk.good(f"book test {loans} --mutants").out.endswith("Score: 100 %.\n")
    assert "no scenarios are missing" in desk.good(f"book test {loans} --boundaries").err
    letter = loans / "reminder.it.j2"
    letter.write_text(letter.read_text(encoding="utf-8").replace("i libri", "il libro"), "utf-8")
    failing = desk.run(f"book test {loans}")
    assert failing.code == 1
    assert "no text that is written or said contains: Sollecito" in failing.out


@pytest.mark.slow
def test_a_language_in_which_nobody_is_told_makes_no_difference(desk: Desk, loans: Path) -> None:
    """A letter for people of the desk is in the book's language."""
    book = loans / "book.toml"
    text = book.read_text(encoding="utf-8")
    old = '{ message = "reminder", channel = "email" }'
    assert old in text
    book.write_text(text.replace(old, old.replace(" }", ', to = "desk" }')), encoding="utf-8")
    told = loans / "scenarios" / "loans.toml"
    told.write_text(
        told.read_text(encoding="utf-8").replace(
            "message reminder email en", "message reminder email en to desk"
        ),
        encoding="utf-8",
    )
    out = desk.run(f"book test {loans} --mutants").out
    reason = "(nobody is told this in it: it is for people of the desk, or for strangers)"
    assert f"{loans}/reminder.it.j2:1: message: the text of en {reason}" in out


@pytest.mark.slow
@pytest.mark.parametrize("book", ["cases", "insistence", "packages"])
def test_what_the_messages_of_a_shipped_book_say_is_tried(book: str) -> None:
    """Where a message was changed on purpose: scripts/say_messages.py, and read what differs."""
    settings, [target] = find_targets(NONE, [book])
    with closing(Stage(settings)) as stage:
        texts = list(stage.shelf.files(book).messages.texts(book))
        trial = TextTrial(stage.shelf.book(book), stage, texts)
        for one in play_scenarios(stage, target.scenarios):
            assert one.differences == [], one.scenario.name
            assert one.played is not None
            trial.try_on(one.scenario, one.played)
        left = [one for one in trial.list_survivors() if trial.explain(one) is None]
    assert trial.count > 100
    assert [f"{one.place}: {one.description}" for one in left] == []
