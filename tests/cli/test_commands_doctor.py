"""prassi doctor: faults and warnings of a desk, each planted alone; nothing is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from desk import CUSTOMERS, SETTINGS, Desk
from prassi.core.desk import doctor

TICKET = {"ref": "T-1", "book": "collections", "customer": "C-1", "status": "new",
          "opened": "2026-02-01", "proformas": [{"number": "PF-1", "amount": "120.00",
                                                 "currency": "EUR", "issued": "2026-01-10"}]}  # fmt: skip
PROMISE = {"pay_on": "2026-02-20", "kind": "full", "amount": None, "state": "open", "cycle": 1}
BROKEN = {**TICKET, "status": "awaiting-payment", "promises": [PROMISE]}
SOUND = SETTINGS.replace("[roles]", 'email = "desk@example.org"\n\n[roles]', 1).replace(
    'hotline = "800 000 612"\niban = "IT00 X000 0000 0000 0000 0012 345"\n', ""
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.settings(SOUND)
    made.load(TICKET, customers=CUSTOMERS)
    made.good("triage --quiet")
    made.good(["backup", str(tmp_path / "copy.db")])
    return made


def examine(desk: Desk, check: str, more: str = "", at: str = "2026-03-02") -> dict[str, list[str]]:
    """What a check says, by state."""
    found: dict[str, list[str]] = {}
    for row in desk.run(f"doctor --json {more}", at=at).rows:
        if row["check"] == check:
            found.setdefault(row["state"], []).append(row["told"])
    return found


def test_a_desk_without_faults_ends_with_0_and_every_check_says_something(desk: Desk) -> None:
    ran = desk.good("doctor --json")
    assert {row["check"] for row in ran.rows} == {
        "file", "rights", "settings", "books", "calendar", "roles", "sender", "sending", "backup", "night",
        "cron", "clock",
    }  # fmt: skip
    assert "fault" not in {row["state"] for row in ran.rows}


def test_nothing_is_written(desk: Desk) -> None:
    before = desk.file.read_bytes()
    desk.good("doctor")
    assert desk.file.read_bytes() == before


def test_settings_beside_the_ticket_file_are_found(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "_config", "")
    assert "warning" not in examine(desk, "settings")
    (desk.folder / "prassi.toml").unlink()
    assert examine(desk, "settings")["warning"][0].startswith(
        "there are no settings: put prassi.toml"
    )


def test_roles_that_nobody_has_are_a_fault_of_books_with_open_tickets(desk: Desk) -> None:
    desk.settings(SOUND.replace('manager = "paolo"', ""))
    assert desk.run("doctor").code == 1
    told = examine(desk, "roles")["fault"]
    assert told == ["collections: nobody has manager; name them in [roles]."]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('name = "Quadrifoglia Gestionali srl"', "[company] name is missing"),
        ('email = "desk@example.org"', "[company] email: there is no address"),
    ],
)
def test_letters_need_a_sender(desk: Desk, line: str, told: str) -> None:
    desk.settings(SOUND.replace(line, ""))
    assert desk.run("doctor").code == 1
    assert examine(desk, "sender") == {"fault": [f"{told}: letters have no sender."]}


def test_without_open_tickets_a_sender_and_roles_can_wait(tmp_path: Path) -> None:
    empty = Desk(tmp_path)
    empty.settings("")
    empty.good("init")
    assert empty.good("doctor").code == 0
    assert set(examine(empty, "sender")) == {"warning"}
    assert set(examine(empty, "roles")) == {"ok"}


def test_faulty_settings_are_told_with_their_line(desk: Desk) -> None:
    desk.settings(SOUND + "\n[calendars.XX]\n")
    ran = desk.run("doctor --json")
    assert ran.code == 1
    assert [(row["check"], row["state"]) for row in ran.rows] == [("settings", "fault")]
    assert "there is no calendar 'XX'" in ran.rows[0]["told"]


def test_rights_that_others_have(desk: Desk) -> None:
    desk.file.chmod(0o644)
    assert set(examine(desk, "rights")) == {"warning"}
    desk.file.chmod(0o646)
    assert set(examine(desk, "rights")) == {"fault"}


def test_holidays_that_may_be_moved_are_told_and_closures_far_ahead_are_not(desk: Desk) -> None:
    told = examine(desk, "calendar")["warning"]
    assert any(one.startswith("EG 2027: ") and "2027-03-09" in one for one in told)
    assert not any(one.startswith(("EG 2028", "IT")) for one in told)


def test_a_backup_is_one_of_this_very_file(desk: Desk, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert examine(desk, "backup")["ok"] == [f"{copy} has every event."]
    desk.good("call-outcome T-1 no-answer")
    told = f"{copy} lacks what was done from 2026-03-02 on (1 of the events)."
    assert examine(desk, "backup", at="2026-03-03")["ok"] == [told]
    assert examine(desk, "backup", at="2026-03-04")["warning"] == [told]
    copy.unlink()
    (tmp_path / "apart").mkdir()
    stranger = Desk(tmp_path / "apart")
    stranger.load(TICKET, customers=CUSTOMERS)
    shutil.copy(stranger.file, tmp_path / "stranger.db")
    assert set(examine(desk, "backup")) == {"warning"}
    assert set(examine(desk, "backup", f"--backups {tmp_path / 'apart'}")) == {"warning"}


def test_a_night_that_was_missed_is_a_warning(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.load(BROKEN, customers=CUSTOMERS)
    assert set(examine(desk, "night")) == {"warning"}
    desk.good("triage --quiet")
    assert set(examine(desk, "night", at="2026-03-03")) == {"ok"}
    assert set(examine(desk, "night", at="2026-03-04")) == {"warning"}


def test_quiet_leaves_out_what_is_in_order(desk: Desk) -> None:
    assert {row["state"] for row in desk.good("doctor --quiet --json").rows} == {"warning"}


def test_a_missing_file_and_a_folder_that_is_not_there(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert desk.run("doctor").code == 4
    ran = desk.run("doctor --backups nowhere")
    assert (ran.code, ran.err) == (2, "Error: --backups nowhere is not a folder.\n")


def test_a_server_that_is_not_there_is_a_fault(desk: Desk) -> None:
    mail = '[mail]\nsmtp = "localhost:1"\nsecurity = "none"\nfrom = "a@example.org"\n'
    desk.settings(SOUND + mail)
    assert desk.run("doctor").code == 1
    (told,) = examine(desk, "sending")["fault"]
    assert told.startswith("localhost:1: no connection: ")


def make_command(folder: Path, name: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("#!/bin/sh\n")
    (folder / name).chmod(0o755)


def test_what_cron_does_not_find_is_told_with_where_it_is(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cron, own = tmp_path / "cron", tmp_path / "own"
    monkeypatch.setattr(doctor, "CRON_PATH", str(cron))
    monkeypatch.setenv("PATH", str(own))
    for folder, name in ((cron, "prassi"), (own, "post")):
        make_command(folder, name)
    assert examine(desk, "cron") == {"ok": [f"cron finds prassi in its PATH, {cron}."]}
    desk.settings(SOUND + '[mail]\nsendmail = "post -i -t"\nfrom = "desk@example.org"\n')
    told = (
        f"cron, whose PATH is {cron}, does not find post: write PATH={own}:{cron} into the crontab."
    )
    assert examine(desk, "cron") == {"warning": [told]}
    (own / "post").unlink()
    told = f"cron, whose PATH is {cron}, does not find post."
    assert examine(desk, "cron") == {"warning": [told]}
