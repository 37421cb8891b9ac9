"""E-mails that nobody signs are held, and written anew once somebody does; later ones say their day."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest
from desk import SETTINGS, Desk
from failing import fails
from posted import read
from prassi.core.analysis.scenarios.stage import Stage
from prassi.core.library.settings import load
from procedure import ticket
from servers import Script, serve_mail

UNSIGNED = SETTINGS[SETTINGS.index("[roles]") :]
MONDAY, NOON = "2026-03-02", "2026-03-02T12:00"


def mail(port: int) -> str:
    return f"""
[mail]
smtp = "localhost:{port}"
security = "none"
from = "desk@example.org"
"""


def newest(desk: Desk) -> dict[str, str | None]:
    row: dict[str, str | None] = desk.good("outbox list --all --json").rows[-1]
    return row


# --- without the company's name ---------------------------------------------------------------------


def test_an_e_mail_that_nobody_signs_is_held_and_written_anew_later(desk: Desk) -> None:
    desk.load(ticket("new"))
    desk.settings(UNSIGNED)
    ran = desk.good("call-outcome T-1 no-answer --json", at=NOON)
    where = f"{desk.folder / 'prassi.toml'} does not have the company's name ([company] name)"
    assert f"E-mails are held in the outbox: {where}." in ran.err
    assert ran.rows[0]["applied"] is True
    row = newest(desk)
    assert (row["state"], row["reason"]) == ("held", "sender")
    assert "Quadrifoglia" not in str(row["body"])
    fails(desk, "outbox retry 1", 3, "message 1 is held because it was written without the company")
    fails(desk, "outbox retry", 1, f"1 e-mail stays held: {where}")
    assert desk.good("note T-1 Richiama", at=NOON).err == ""
    desk.settings(SETTINGS)
    desk.good("outbox retry", at="2026-03-03T09:00")
    row = newest(desk)
    assert (row["state"], row["reason"]) == ("waiting", None)
    assert "Quadrifoglia Gestionali srl" in str(row["body"])
    assert "3 marzo 2026" in str(row["body"])
    desk.good("verify")


def test_sending_and_a_dry_run_tell_what_is_held(desk: Desk) -> None:
    desk.load(ticket("new"))
    desk.settings(UNSIGNED + mail(1))
    desk.good("call-outcome T-1 no-answer")
    for command in ("outbox send -n", "outbox send"):
        ran = desk.run(f"{command} --json")
        assert (ran.code, ran.rows[0]["outcome"]) == (1, "held")
        assert "written without the company's name" in ran.rows[0]["reason"]


def test_an_sms_needs_no_company(desk: Desk) -> None:
    desk.load(ticket("new"))
    desk.settings(UNSIGNED)
    words = "package-book --customer C-1 --visits 4 --price 800 --first-visit 2026-03-10T10:00"
    assert desk.good(f"{words} --pays now --method online").err == ""
    assert newest(desk)["state"] == "waiting"


def test_settings_are_looked_for_beside_the_ticket_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.load(ticket("new"))
    moved = desk.folder / "prassi.toml"
    elsewhere = Path(moved.rename(desk.folder / "other.toml"))
    monkeypatch.setattr(desk, "_config", "")
    ran = desk.good("call-outcome T-1 no-answer")
    assert f"neither --config nor PRASSI_CONFIG is given, and there is no {moved}." in ran.err
    os.rename(elsewhere, moved)
    desk.good("outbox retry")
    assert newest(desk)["state"] == "waiting"


def test_what_is_tried_out_is_signed(desk: Desk) -> None:
    """Scenarios and what-if hold nothing that a desk with a company would not hold."""
    desk.load(ticket("new"))
    desk.settings(UNSIGNED)
    with closing(Stage(load(str(desk.folder / "prassi.toml")))) as stage:
        assert stage._office.settings.company["name"]
    assert desk.good("what-if --set collections.max_retries=2 --json").err == ""


# --- on a later day -----------------------------------------------------------------------------------


def test_what_leaves_later_says_that_day(desk: Desk) -> None:
    script = Script()
    desk.load(ticket("new"))
    desk.good("call-outcome T-1 no-answer", at=NOON)
    assert "2 marzo 2026" in str(newest(desk)["body"])
    with serve_mail(script) as site:
        desk.settings(SETTINGS + mail(site.port))
        desk.good("outbox send", at="2026-03-04T08:00")
    body = read(script.mails[0][2]).get_content()
    assert "4 marzo 2026" in body
    assert "2 marzo 2026" not in body
    assert newest(desk)["body"].strip() == body.replace("\r\n", "\n").strip()  # type: ignore[union-attr]
    words = [row for row in desk.good("log --json").rows if row["facts"].get("written_on")]
    assert [row["facts"]["written_on"] for row in words] == ["2026-03-04"]
    desk.good("verify")


def test_what_says_no_day_stays_as_it_is(desk: Desk) -> None:
    desk.load(ticket("new"))
    desk.good("call-outcome T-1 already-paid --paid-on 2026-03-01", at=NOON)
    before = newest(desk)
    with serve_mail(Script()) as site:
        desk.settings(SETTINGS + mail(site.port))
        desk.good("outbox send", at="2026-03-04T08:00")
    assert newest(desk) == {**before, "state": "sent", "left_on": "2026-03-04"}
    assert not [row for row in desk.good("log --json").rows if "written_on" in row["facts"]]


def test_a_notice_gives_its_days_from_the_day_it_leaves(desk: Desk) -> None:
    """Also handed over to a folder; what is told is what is so by then."""
    desk.load(ticket("new"))
    ran = desk.good("call-outcome T-1 no-agreement --reason refuses --json", at=NOON)
    assert [one["template"] for one in ran.rows[0]["actions"] if one["action"] == "message"] == [
        "preblock"
    ]
    folder = desk.folder / "mail"
    desk.settings(SETTINGS.replace("[company]", '[company]\nemail = "desk@example.org"'))
    ran = desk.good(f"outbox export {folder} --json", at="2026-03-05T08:00")
    (path,) = (folder / "new").iterdir()
    body = read(path.read_bytes()).get_content()
    assert "5 marzo 2026" in body
    assert "19 marzo 2026" in body  # the fifteen days of the notice, that day with them
    assert "16 marzo 2026" not in body
    desk.good("verify")


def test_what_was_written_anew_and_answered_is_forgotten_too(desk: Desk) -> None:
    desk.load(ticket("new"))
    desk.good("call-outcome T-1 no-answer", at=NOON)
    with serve_mail(Script(RCPT="550 <rossi@example.org> unknown")) as site:
        desk.settings(SETTINGS + mail(site.port))
        assert desk.run("outbox send", at="2026-03-04T08:00").code == 1
    desk.good("payment T-1 --all", at="2026-03-05")
    assert b"Rossi Impianti" in desk.file.read_bytes()
    desk.good("customer forget C-1 --because asked --yes", at="2026-03-06")
    for words in (b"Rossi", b"rossi@example.org"):
        assert words not in desk.file.read_bytes()
    desk.good("verify")
