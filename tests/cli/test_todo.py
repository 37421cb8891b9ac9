"""`prassi todo`: what triage would ask, by who has to act, in every form, and nothing is written."""

from __future__ import annotations

import json

import pytest
from desk import MONDAY, SETTINGS, Desk
from hostile import EVIL
from icalendar import Calendar
from openpyxl import load_workbook
from posted import read
from prassi.core.desk.todo import COLUMNS
from procedure import appointment, calling, noticed, promised, ticket
from servers import Script, serve_mail

PEOPLE = """
[people]
anna = { email = "anna@example.org" }
giulia = { email = "giulia@example.org" }
luca = { email = "luca@example.org" }
"""
ROLES = SETTINGS.replace('"giulia"', '["giulia", "luca"]')
TRICKY = {"ref": "C-2", "name": '=1+1 <b>"x"</b> \x1b[31m', "phone": "+39 06 1"}
CUSTOMERS = [{"ref": "C-1", "name": "Rossi", "phone": "+39 055 000 1"}, TRICKY]


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.settings(ROLES)
    return desk.load(
        {**ticket("new"), "assignee": "luca", "priority": "medium"},
        {**calling(2, task="call-again 2026-02-20"), "ref": "T-2", "assignee": "anna"},
        {**appointment(0), "ref": "T-3", "assignee": "anna", "customer": "C-2", "priority": "high"},
        {**promised("2026-03-10"), "ref": "T-4", "assignee": "anna"},
        {**promised("2026-02-20", open=4), "ref": "T-5", "assignee": "luca"},
        {**noticed("2026-02-10"), "ref": "T-6", "assignee": None},
        {**ticket("closed"), "ref": "T-7", "result": "settled"},
        customers=CUSTOMERS,
    )


def refs(desk: Desk, command: str) -> list[str]:
    return [row["ticket"] for row in desk.good(f"{command} --json").rows]


def test_it_asks_what_triage_would_ask(desk: Desk) -> None:
    """Judged by what triage prints as JSON: each next step that is due, and each beside it."""
    before = desk.file.read_bytes()
    steps = [
        (row["ticket"], step["action"], step["due"], step["who"], step["person"], row["why"])
        for row in desk.good("triage -n --json").rows
        for step in [row["next"], *row.get("beside", [])]
        if step is not None and step["due"] <= MONDAY
    ]
    rows = desk.good("todo --json").rows
    keys = ("ticket", "action", "due", "who", "person", "why")
    assert sorted(tuple(row[key] for key in keys) for row in rows) == sorted(steps)
    assert [*rows[0]] == [*COLUMNS]
    head = desk.good("triage -n").out.splitlines()[0]
    assert head.startswith(f"To do on {MONDAY}: {len(rows)},")
    assert desk.file.read_bytes() == before


def test_it_is_ordered_by_person_then_urgency(desk: Desk) -> None:
    rows = desk.good("todo --json").rows
    assert [(row["people"], row["ticket"]) for row in rows[:2]] == [
        (["anna"], "T-3"),
        (["anna"], "T-2"),
    ]
    out = desk.good("todo").out
    assert [line for line in out.splitlines() if line and line[0] != " "] == [
        f"anna, {MONDAY}: 2, 1 of them late",
        *[line for line in out.splitlines() if line.startswith(("giulia", "luca", "agent"))],
    ]
    assert "+39 055 000 1" in out
    assert "\x1b" not in out


def test_what_comes_later_is_shown_if_asked(desk: Desk) -> None:
    assert "T-4" not in refs(desk, "todo")
    assert "T-4" in refs(desk, "todo --all")


def test_who_is_a_person_or_a_role(desk: Desk) -> None:
    assert refs(desk, "todo --who anna") == refs(desk, "todo --mine --as anna") == ["T-3", "T-2"]
    assert refs(desk, "todo --who giulia") == refs(desk, "todo --who support") != []
    assert refs(desk, "todo --who nobody-of-ours") == []
    ran = desk.run("todo --who ana")
    assert (ran.code, ran.out) == (2, "")
    assert "did you mean 'anna'?" in ran.err
    assert desk.run("todo --who anna --mine").code == 2
    assert desk.good("todo --who nobody-of-ours").out == f"Nothing to do on {MONDAY}.\n"


def test_csv_and_spreadsheets_have_no_formula(desk: Desk) -> None:
    csv = desk.good("todo --csv").out
    assert csv.startswith("\ufeff" + ",".join(COLUMNS))
    assert "'=1+1" in csv
    assert desk.good("todo --csv --raw --no-header").out.count("\n") == len(refs(desk, "todo"))
    path = desk.folder / "todo.xlsx"
    desk.good(f"todo --xlsx {path}")
    (sheet,) = load_workbook(path)
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[0]] == [*COLUMNS]
    assert len(rows) == len(refs(desk, "todo")) + 1
    name = next(row[11] for row in rows if row[6].value == "T-3")
    assert (name.data_type, str(name.value)[:4]) == ("s", "=1+1")
    assert {type(row[1].value) for row in rows[1:]} == {int}


def test_a_page_shows_words_and_no_markup_of_others(desk: Desk) -> None:
    path = desk.folder / "todo.html"
    desk.good(f"todo --html {path}")
    page = path.read_text(encoding="utf-8")
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "\x1b" not in page
    assert "T-4" not in page
    ran = desk.run(f"todo --html {path}")
    assert (ran.code, "--force" in ran.err) == (2, True)
    desk.good(f"todo --html {path} --force")
    assert path.read_text(encoding="utf-8") == page


def tasks(desk: Desk, command: str, at: str = MONDAY) -> dict[str, dict[str, str]]:
    path = desk.folder / "todo.ics"
    desk.good(f"{command} --ics {path} --force", at=at)
    calendar = Calendar.from_ical(path.read_bytes())
    return {
        str(task["SUMMARY"]).split()[1]: {
            name: str(task.decoded(name)) if name in ("DTSTAMP", "DUE") else str(task[name])
            for name in ("UID", "DTSTAMP", "DUE", "SUMMARY", "DESCRIPTION")
        }
        for task in calendar.walk("VTODO")
    }


def test_tasks_of_a_calendar_keep_their_uid(desk: Desk) -> None:
    first = tasks(desk, "todo")
    assert {*first} == {*refs(desk, "todo --all")}
    assert len({task["UID"] for task in first.values()}) == len(first)
    assert first["T-2"]["DUE"] == "2026-02-20"
    assert first["T-2"]["DTSTAMP"].startswith(f"{MONDAY} 00:00")
    assert "+39 055 000 1" in first["T-2"]["DESCRIPTION"]
    desk.good("postpone T-2 2026-03-06")
    later = tasks(desk, "todo", at="2026-03-03")
    assert later["T-2"]["DUE"] == "2026-03-06"
    assert later["T-2"]["DTSTAMP"].startswith("2026-03-03")
    assert {ref: task["UID"] for ref, task in later.items() if ref in first} == {
        ref: task["UID"] for ref, task in first.items() if ref in later
    }


def mail(port: int) -> str:
    return (
        f'\n[mail]\nsmtp = "localhost:{port}"\nsecurity = "none"\nfrom = "desk@example.org"\n'
        + PEOPLE
    )


def test_each_person_gets_their_own_and_nobody_else_s(desk: Desk) -> None:
    script = Script()
    with serve_mail(script) as site:
        desk.settings(ROLES + mail(site.port))
        tried = desk.good("todo --mail -n")
        assert (script.mails, "anna <anna@example.org>: 2 to do, would go" in tried.out) == (
            [],
            True,
        )
        sent = desk.good("todo --mail --json").rows
        assert desk.good("todo --mail --who nobody-of-ours").out == ""
    own = {row["person"]: row["duties"] for row in sent}
    assert {to for _, to, _ in script.mails} == {row["to"] for row in sent}
    for _, to, content in script.mails:
        body = read(content).get_content()
        person = to.split("@")[0]
        theirs = [row["ticket"] for row in desk.good(f"todo --who {person} --json").rows]
        assert [line.split()[0] for line in body.splitlines() if line[:4] == "  T-"] == theirs
        assert own[person] == len(theirs)
        assert "\x1b" not in body


def test_who_has_no_address_or_is_refused_is_told(desk: Desk) -> None:
    script = Script(RCPT="550 no such user")
    with serve_mail(script) as site:
        desk.settings(ROLES + mail(site.port).replace('anna = { email = "anna@example.org" }', ""))
        ran = desk.run("todo --mail")
    assert ran.code == 1
    assert "anna: has no e-mail address" in ran.err
    assert "luca: refused: 550 no such user" in ran.err
    desk.settings(ROLES)
    assert desk.run("todo --mail").code == 2


def test_an_address_of_the_settings_is_one_plain_address(desk: Desk) -> None:
    desk.settings(ROLES + '\n[people]\nanna = { email = "a@b.org, c@d.org" }\nluca = {}\n')
    ran = desk.run("todo")
    assert ran.code == 2
    assert "prassi.toml:13:" in ran.err
    assert "not one plain address" in ran.err
    assert "luca needs 'email'" in ran.err


def test_hostile_names_stay_words(desk: Desk) -> None:
    rows = [{"ref": "C-3", "name": EVIL}]
    more = {**calling(1), "ref": "T-9", "customer": "C-3", "assignee": "anna"}
    source = desk.folder / "more.json"
    source.write_text(json.dumps({"customers": rows, "tickets": [more]}), encoding="utf-8")
    desk.good(f"import {source}")
    assert "T-9" in tasks(desk, "todo --who anna")
    desk.good(f"todo --xlsx {desk.folder / 'x.xlsx'} --html {desk.folder / 'x.html'}")
