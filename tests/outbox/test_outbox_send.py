"""`outbox send`: what real servers take and refuse, and what becomes of each message then."""

from __future__ import annotations

import json
import sqlite3
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desk import SETTINGS, Desk
from failing import fails
from posted import read
from prassi.core.desk.postroom import PostRoom
from prassi.core.desk.transports import shake_hands
from prassi.core.library.settings import load
from procedure import ticket
from servers import Script, serve_mail, serve_sms

CUSTOMERS = [
    {"ref": "C-1", "name": "Rossi", "email": "rossi@example.org", "phone": "+39 055 000 1"},
    {"ref": "C-2", "name": "Verdi", "email": "verdi@example.org"},
    {"ref": "C-3", "name": "Mona Adly", "phone": "+20 100 000 1", "language": "en"},
]
NOON = "2026-03-02T12:00"


def mail(port: int, *more: str) -> str:
    lines = (f'smtp = "localhost:{port}"', 'security = "none"', 'from = "desk@example.org"', *more)
    return "\n[mail]\n" + "\n".join(lines) + "\n"


def sms(port: int) -> str:
    return f"""
[sms]
url = "http://127.0.0.1:{port}/send"
headers = {{ Authorization = "Bearer k" }}
body = '{{"to": "{{{{ to }}}}", "text": "{{{{ text }}}}", "ref": "{{{{ id }}}}"}}'
id = "$.id"
"""


@pytest.fixture
def desk(desk: Desk) -> Iterator[Desk]:
    """A desk with two letters, 1 and 2, to two customers; whatever becomes of them, the file is sound."""
    desk.load(
        ticket("new"), {**ticket("new"), "ref": "T-2", "customer": "C-2"}, customers=CUSTOMERS
    )
    desk.good("call-outcome T-1 no-answer", at="2026-03-02T10:00")
    desk.good("call-outcome T-2 no-answer", at="2026-03-02T10:00")
    yield desk
    desk.good("verify")


def states(desk: Desk) -> list[str]:
    return [row["state"] for row in desk.good("outbox list --all --json").rows]


def outcomes(desk: Desk, command: str = "outbox send", at: str = NOON) -> list[str]:
    return [row["outcome"] for row in desk.run(f"{command} --json", at=at).rows]


# --- what is sent ---------------------------------------------------------------------------------------


def test_what_waits_is_sent_once(desk: Desk) -> None:
    script = Script()
    with serve_mail(script) as site:
        desk.settings(SETTINGS + mail(site.port))
        ran = desk.good("outbox send", at=NOON)
        assert ran.out == "Messages: 2 sent.\n"
        assert desk.good("outbox send", at=NOON).out == "No messages wait.\n"
    assert [to for _, to, _ in script.mails] == ["rossi@example.org", "verdi@example.org"]
    letter = read(script.mails[0][2])
    assert letter["From"] == "Quadrifoglia Gestionali srl <desk@example.org>"
    row = desk.good("outbox list --all --json").rows[0]
    assert (row["state"], row["left_on"], row["reason"]) == ("sent", "2026-03-02", None)
    events = [row["facts"] for row in desk.good("log --json").rows if row["event"] == "message"]
    assert [(one["from"], one["to"], one["answer"]) for one in events] == [
        ("waiting", "sent", "OK")
    ] * 2
    desk.good("verify")


def test_a_dry_run_connects_to_nobody_and_tells_each(desk: Desk) -> None:
    desk.settings(SETTINGS + mail(1))
    desk.good("outbox hold 2")
    before = desk.file.read_bytes()
    ran = desk.good("outbox send -n", at=NOON)
    assert ran.out.splitlines() == [
        "1 T-1 summary email to rossi@example.org | would go",
        "2 T-2 summary email to verdi@example.org | held: by hand",
        "Messages: 1 would go, 1 held.",
    ]
    assert desk.file.read_bytes() == before
    assert not [*desk.folder.glob("*.sending")]


def test_some_only(desk: Desk) -> None:
    script = Script()
    with serve_mail(script) as site:
        desk.settings(SETTINGS + mail(site.port))
        assert outcomes(desk, "outbox send --limit 1") == ["sent"]
        assert outcomes(desk, "outbox send 2") == ["sent"]
        fails(desk, "outbox send 2", 3, "message 2 is sent and does not wait", "--again")
        assert outcomes(desk, "outbox send 2 --again") == ["sent"]
    assert [to[0] for _, to, _ in script.mails] == ["r", "v", "v"]
    assert desk.good("log --json").rows[-1]["facts"]["again"] is True
    assert states(desk) == ["sent", "sent"]
    fails(desk, "outbox send --again", 2, "--again needs ID")
    fails(desk, "outbox send 2 --limit 1", 2, "--limit can't be used with ID")
    fails(desk, "outbox send 9", 2, "there is no message 9")


def test_nobody_to_send_by(desk: Desk) -> None:
    fails(desk, "outbox send", 2, "the settings have neither [mail] nor [sms]")
    with serve_sms([]) as (port, _):
        desk.settings(SETTINGS + sms(port))
        ran = desk.good("outbox send -n")
    assert "would" not in ran.out
    assert "waits: the settings have no [mail]" in ran.out


def test_who_can_not_be_reached_waits(desk: Desk) -> None:
    desk.good("customer set C-1 email=")
    script = Script()
    with serve_mail(script) as site:
        desk.settings(SETTINGS + mail(site.port))
        ran = desk.run("outbox send --json", at="2026-03-09T12:00")
    assert ran.code == 1
    assert [(row["outcome"], row["reason"]) for row in ran.rows if row["ticket"] == "T-1"] == [
        ("unsendable", "there is no address")
    ]


# --- what the server says -------------------------------------------------------------------------------


def test_what_is_not_taken_now_is_tried_again_and_then_given_up(desk: Desk) -> None:
    """After five minutes, an hour and a day; then it failed, and `retry` begins anew."""
    with serve_mail(Script(RCPT="451 4.7.1 greylisted")) as site:
        desk.settings(SETTINGS + mail(site.port))
        for at, told in (
            ("2026-03-02T12:00", "waiting"),
            ("2026-03-02T12:04", "waits"),
            ("2026-03-02T12:05", "waiting"),
            ("2026-03-02T13:04", "waits"),
            ("2026-03-02T13:05", "waiting"),
            ("2026-03-03T13:04", "waits"),
        ):
            ran = desk.good("outbox send 1 --json", at=at)
            assert [row["outcome"] for row in ran.rows] == [told], at
        assert ran.rows[0]["reason"] == "tried, again at 2026-03-03T13:05"
        ran = desk.run("outbox send 1 --json", at="2026-03-03T13:05")
        assert (ran.code, ran.rows[0]["outcome"]) == (1, "failed")
        assert ran.rows[0]["reason"] == "451 4.7.1 greylisted"
    row = desk.good("outbox list --json").rows[0]
    assert (row["state"], row["reason"]) == ("failed", "tried")
    assert desk.good("customer show C-1 --json").rows[0]["email_bad_on"] is None
    desk.good("outbox retry", at="2026-03-04T09:00")
    with serve_mail(Script()) as site:
        desk.settings(SETTINGS + mail(site.port))
        assert outcomes(desk, "outbox send 1", at="2026-03-04T09:00") == ["sent"]


@pytest.mark.parametrize(
    "change",
    ["tries = 0", "tries = 2", "try_at = '2026-03-02T12:06'", "try_at = NULL", "claim = 'x'"],
)
def test_what_was_tried_otherwise_than_events_say_is_found(desk: Desk, change: str) -> None:
    with serve_mail(Script(RCPT="451 4.7.1 greylisted")) as site:
        desk.settings(SETTINGS + mail(site.port))
        desk.good("outbox send 1", at=NOON)
    sound = desk.file.read_bytes()
    with closing(sqlite3.connect(desk.file)) as connection:
        connection.execute(f"UPDATE message SET {change} WHERE id = 1")
        connection.commit()
    told = desk.run("verify")
    assert told.code == 1
    assert "message 1, made by event 2, was tried or claimed otherwise than its" in told.out
    desk.file.write_bytes(sound)


def test_a_refused_recipient_fails_and_the_address_is_bad(desk: Desk) -> None:
    script = Script(RCPT="550 5.1.1 no such user")
    with serve_mail(script) as site:
        desk.settings(SETTINGS + mail(site.port))
        ran = desk.run("outbox send 1", at=NOON)
    assert (ran.code, ran.out) == (1, "Messages: 1 failed.\n")
    assert "email to rossi@example.org | failed: 550 5.1.1 no such user." in ran.err
    row = desk.good("outbox list --json").rows[0]
    assert (row["state"], row["reason"]) == ("failed", "address")
    assert desk.good("customer show C-1 --json").rows[0]["email_bad_on"] == "2026-03-02"
    assert desk.good("outbox retry").out == "No messages to retry.\n"


def test_five_refusals_in_a_row_stop_the_run(desk: Desk) -> None:
    for number in range(3, 8):
        customer = {"ref": f"D-{number}", "name": "x", "email": f"x{number}@example.org"}
        more = {**ticket("new"), "ref": f"T-{number}", "customer": f"D-{number}"}
        more["proformas"] = [{**one, "number": f"Q-{number}"} for one in more["proformas"][:1]]
        path = desk.folder / "more.json"
        path.write_text(json.dumps({"customers": [customer], "tickets": [more]}))
        desk.good(f"import {path}")
        desk.good(f"call-outcome T-{number} no-answer")
    with serve_mail(Script(RCPT="550 5.1.1 no such user")) as site:
        desk.settings(SETTINGS + mail(site.port))
        ran = desk.run("outbox send --json", at=NOON)
    assert ran.code == 1
    assert [row["outcome"] for row in ran.rows] == ["failed"] * 5 + ["stopped"]
    assert states(desk) == ["failed"] * 5 + ["waiting"] * 2


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (Script(MAIL="550 not you"), "refuses the sender desk@example.org: 550 not you"),
        (Script(drop="RCPT"), "breaks the connection"),
        (None, "no connection: connection refused"),
    ],
)
def test_a_refusal_before_the_recipient_stops_the_run(
    desk: Desk, script: Script | None, reason: str
) -> None:
    with serve_mail(script or Script()) as site:
        desk.settings(SETTINGS + mail(site.port if script else 1))
        ran = desk.run("outbox send --json", at=NOON)
    assert (ran.code, [row["outcome"] for row in ran.rows]) == (1, ["stopped"])
    assert reason in ran.rows[0]["reason"]
    assert states(desk) == ["waiting", "waiting"]


def test_a_connection_that_breaks_after_the_letter_leaves_it_unknown(desk: Desk) -> None:
    with serve_mail(Script(drop="DATA")) as site:
        desk.settings(SETTINGS + mail(site.port))
        ran = desk.run("outbox send 1 --json", at=NOON)
    assert (ran.code, ran.rows[0]["outcome"]) == (1, "unknown")
    fails(desk, "outbox send 1", 3, "message 1 is unknown")
    fails(desk, "outbox retry 1", 3, "message 1 may have left")
    assert desk.good("outbox retry").out == "No messages to retry.\n"
    script = Script()
    with serve_mail(script) as site:
        desk.settings(SETTINGS + mail(site.port))
        assert outcomes(desk, "outbox send 1 --again") == ["sent"]
    assert states(desk) == ["sent", "waiting"]
    desk.good("verify")


def test_a_new_connection_is_made_where_the_server_takes_one_letter_each(desk: Desk) -> None:
    class OneEach(Script):
        async def handle_MAIL(  # noqa: N802
            self, server: object, session: object, envelope: object, address: str, options: object
        ) -> str:
            if hasattr(session, "one"):
                return "421 4.7.0 one letter a connection"
            session.one = True  # type: ignore[attr-defined]
            return str(await super().handle_MAIL(server, session, envelope, address, []))

    script = OneEach()
    with serve_mail(script) as site:
        desk.settings(SETTINGS + mail(site.port))
        assert outcomes(desk) == ["sent", "sent"]


def test_tls_and_login_by_the_settings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    key = desk.folder / "mail.key"
    key.write_text("s3cret\n")
    key.chmod(0o600)
    script = Script()
    with serve_mail(script, "starttls", ("desk", "s3cret")) as site:
        lines = (f'smtp = "localhost:{site.port}"', 'user = "desk"', 'password_file = "mail.key"')
        text = "\n[mail]\n" + "\n".join((*lines, 'from = "desk@example.org"\n'))
        desk.settings(SETTINGS + text)
        ran = desk.run("outbox send", at=NOON)
        assert (ran.code, ran.out) == (1, "Messages: 1 not taken, so sending stopped.\n")
        assert "its certificate can't be trusted" in ran.err
        monkeypatch.setattr(ssl, "create_default_context", lambda: site.context)
        key.chmod(0o644)
        ran = desk.run("outbox send", at=NOON)
        assert "[mail] password_file: others can read" in ran.err
        assert states(desk) == ["waiting", "waiting"]
        key.chmod(0o600)
        assert [one.fault for one in shake_hands(load(str(desk.folder / "prassi.toml")))] == [None]
        desk.good("outbox send", at=NOON)
        command = f"{sys.executable} -c 'print(1)'"
        desk.settings(
            SETTINGS + text.replace('password_file = "mail.key"', f'password_command = "{command}"')
        )
        (hands,) = shake_hands(load(str(desk.folder / "prassi.toml")))
        assert hands.fault is not None
        assert "the login is refused (535)" in hands.fault
    assert len(script.mails) == 2


def test_by_a_program(desk: Desk) -> None:
    taken = desk.folder / "taken"
    desk.settings(
        f'{SETTINGS}\n[mail]\nsendmail = "/usr/bin/tee -a {taken}"\nfrom = "desk@example.org"\n'
    )
    assert outcomes(desk) == ["sent", "sent"]
    assert taken.read_text().count("To: ") == 2
    desk.good("call-outcome T-1 already-paid --paid-on 2026-03-06", at="2026-03-09T10:00")
    desk.settings(SETTINGS + '\n[mail]\nsendmail = "/no/such"\nfrom = "desk@example.org"\n')
    assert outcomes(desk) == ["stopped"]


# --- SMS ------------------------------------------------------------------------------------------------


def test_sms_go_through_the_gateway(desk: Desk) -> None:
    words = "package-book --customer C-3 --visits 4 --price 800 --first-visit 2026-03-10T10:00"
    desk.good(f"{words} --pays now --method online")
    answers = [(200, b'{"id": "g-1"}')]
    with serve_sms(answers) as (port, requests):
        desk.settings(SETTINGS + sms(port))
        ran = desk.good("outbox send 3 --json", at=NOON)
    assert ran.rows[0]["outcome"] == "sent"
    (request,) = requests
    body = json.loads(request.body)
    assert (body["to"], request.headers["Authorization"]) == ("+201000001", "Bearer k")
    assert body["ref"].startswith("prassi-")
    assert any(row["facts"].get("id") == "g-1" for row in desk.good("log --json").rows)


# --- when -----------------------------------------------------------------------------------------------


def test_sending_hours_are_those_of_the_place(desk: Desk) -> None:
    zones = '\n[desk]\ntime_zone = "Europe/Rome"\n[calendars.IT]\ntime_zone = "Asia/Dubai"\n'
    desk.settings(SETTINGS + zones + mail(1, 'hours = "08:00-20:00"', 'days = "working"'))
    for at, told in (
        ("2026-03-02T04:59", "waits"),  # Dubai is three hours ahead
        ("2026-03-02T05:00", "would go"),
        ("2026-03-02T16:59", "would go"),
        ("2026-03-02T17:00", "waits"),
        ("2026-03-02", "would go"),
        ("2026-03-07T12:00", "waits"),  # a Saturday
        ("2026-03-07", "waits"),
    ):
        assert outcomes(desk, "outbox send -n", at) == [told, told], at
    assert desk.run("outbox send -n --json", at="2026-03-07").rows[0]["reason"] == "outside hours"


def test_so_many_a_day_to_a_customer(desk: Desk) -> None:
    desk.good("customer merge C-2 C-1")
    script = Script()
    with serve_mail(script) as site:
        desk.settings(SETTINGS + mail(site.port, "daily = 1"))
        at = "2026-03-09T12:00"
        assert outcomes(desk, "outbox send -n", at) == ["would go", "waits"]
        assert outcomes(desk, at=at) == ["sent", "waits"]
        assert desk.run("outbox send --json", at=at).rows[0]["reason"] == "daily"
        assert outcomes(desk, at="2026-03-10T12:00") == ["sent"]


# --- runs that end, and others beside -------------------------------------------------------------------


def test_what_a_killed_run_had_claimed_is_unknown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    script = Script()
    with serve_mail(script) as site:
        desk.settings(SETTINGS + mail(site.port))
        with monkeypatch.context() as patch:
            patch.setattr(PostRoom, "note_all", killed)
            assert desk.run("outbox send", at=NOON).code == 130
        assert states(desk) == ["claimed", "waiting"]
        fails(desk, "outbox retry 1", 3, "is on its way out, or a run ended while it was")
        fails(desk, "outbox mark 1 sent", 3, "`outbox send` finds out")
        ran = desk.run("outbox send", at=NOON)
        assert (ran.code, ran.out) == (1, "Messages: 1 unknown, 1 sent.\n")
        desk.good("outbox mark 1 sent")
    assert [to[0] for _, to, _ in script.mails] == ["r", "v"]
    desk.good("verify")


def test_one_run_sends_at_a_time(desk: Desk) -> None:
    desk.settings(SETTINGS + mail(1))
    lock = Path(f"{desk.file}.sending")
    code = (
        "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print('held',"
        " flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        ran = desk.run("outbox send", at=NOON)
        other.communicate()
    assert (ran.code, ran.out) == (1, "")
    assert "another run is sending the messages of" in ran.err
    assert states(desk) == ["waiting", "waiting"]


def test_what_is_undone_while_it_is_sent_does_not_wait_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server says `later`, and meanwhile the step was taken back."""
    note = PostRoom.note_all

    def undo_first(room: PostRoom, outcomes_: object) -> object:
        desk.good("undo 3 --yes")
        return note(room, outcomes_)  # type: ignore[arg-type]

    with serve_mail(Script(RCPT="451 later")) as site:
        desk.settings(SETTINGS + mail(site.port))
        monkeypatch.setattr(PostRoom, "note_all", undo_first)
        desk.run("outbox send 2", at=NOON)
    assert states(desk) == ["waiting", "withdrawn"]
