"""Who has to act: the assignee, else those who have the role; one person or several."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from desk import MONDAY, Desk
from procedure import calling, noticed, ticket

SEVERAL = '[roles]\nsupport = ["giulia", "luca"]\nmanager = "paolo"\n'


@pytest.fixture
def several(desk: Desk) -> Desk:
    """A desk whose support are two people, with a block to make (T-1 to T-3), and a call of anna's."""
    (desk.folder / "prassi.toml").write_text(SEVERAL)
    return desk.load(
        noticed("2026-02-13"),
        {**noticed("2026-02-13"), "ref": "T-2", "assignee": "luca"},
        {**noticed("2026-02-13"), "ref": "T-3", "assignee": "support"},
        {**calling(2, task=f"call-again {MONDAY}"), "ref": "T-4", "assignee": "anna"},
    )


def test_a_role_of_several_has_people_and_no_person(several: Desk) -> None:
    several.good("triage")
    steps = {row["ticket"]: row["next"] for row in several.good("triage --json").rows}
    assert steps["T-1"] == {
        "action": "block", "who": "support", "person": None, "people": ["giulia", "luca"],
        "due": MONDAY, "late_workdays": 0,
    }  # fmt: skip
    assert list(steps["T-1"]) == ["action", "who", "person", "people", "due", "late_workdays"]
    assert "people" not in steps["T-4"]
    assert steps["T-4"]["person"] == "anna"
    assert "giulia, luca" in several.good("triage").out


@pytest.mark.parametrize(
    ("person", "found"),
    [("giulia", ["T-1", "T-2", "T-3"]), ("luca", ["T-1", "T-2", "T-3"]), ("anna", ["T-4"]), ("zoe", [])],
)  # fmt: skip
def test_triage_shows_what_a_person_has_to_do(several: Desk, person: str, found: list[str]) -> None:
    """The night assigns a block to support, whoever had the ticket."""
    several.good("triage")
    rows = several.good(f"triage --json --assignee {person}").rows
    assert [row["ticket"] for row in rows] == found


def test_what_another_person_has_to_do_is_not_touched(several: Desk) -> None:
    before = {row["ref"]: row for row in several.export()["tickets"]}
    several.good("triage --assignee anna")
    after = {row["ref"]: row for row in several.export()["tickets"]}
    assert {ref for ref in after if after[ref] != before[ref]} <= {"T-4"}


def test_the_assignee_goes_before_the_role(desk: Desk) -> None:
    (desk.folder / "prassi.toml").write_text(SEVERAL)
    desk.load({**noticed("2026-02-13"), "status": "to-block", "assignee": "luca"})
    (row,) = desk.good("triage --json").rows
    assert (row["next"]["person"], "people" in row["next"]) == ("luca", False)


def test_a_misspelt_person_is_told_and_a_new_one_is_taken(several: Desk) -> None:
    before = several.file.read_bytes()
    told = "Error: --assignee giulla: there is nobody of that name; did you mean 'giulia'?\n"
    assert several.run("triage --assignee giulla") == (2, "", told)
    assert several.file.read_bytes() == before
    assert several.good("triage --assignee bruno --json").rows == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[]", "support must be a name or a list of names, not []."),
        ('["giulia", ""]', "support must be a name or a list of names, not ['giulia', '']."),
        ('["giulia", "giulia"]', "support names somebody twice."),
        ("[1]", "support must be a name or a list of names, not [1]."),
    ],
)
def test_people_that_can_not_be(desk: Desk, tmp_path: Path, written: str, told: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(f"[roles]\nsupport = {written}\n")
    desk.load()
    assert desk.run(f"triage --config {path}") == (
        2,
        "",
        f"Error: {path} has 1 fault:\n{path}:2: {told}\n",
    )


def test_a_message_for_a_role_goes_to_the_first_who_has_it(desk: Desk) -> None:
    """Each message has one address."""
    (desk.folder / "prassi.toml").write_text(
        '[roles]\ncustomer-care = ["a@example.org", "b@example.org"]\n'
    )
    desk.load(ticket("new"))
    words = "--reason problem --problem technical --note Guasto"
    (row,) = desk.good(f"call-outcome T-1 no-agreement {words} --json").rows
    messages = [one for one in row["actions"] if one["action"] == "message"]
    assert [one["to"] for one in messages if one["template"] == "care-chase"] == ["a@example.org"]


def test_a_decision_says_whom_it_is_about(several: Desk) -> None:
    (row,) = several.good("triage T-4 --json").rows
    assert json.dumps(row["customer"]) == json.dumps(
        {
            "ref": "C-1",
            "name": "Rossi Impianti srl",
            "phone": "+39 055 000 1",
            "email": "rossi@example.org",
            "language": None,
        }
    )
    assert (row["by"], row["priority"]) == ("anna", "low")
    assert row["why"].startswith("Call number")
    assert "+39 055 000 1, rossi@example.org\n" in several.good("triage T-4").out
