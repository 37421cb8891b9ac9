"""`outbox export`: e-mails as others read and send them, each of them once, whatever they hold."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path

import pytest
from desk import MONDAY, SETTINGS, Desk, Ran
from failing import fails
from hostile import EVIL
from hypothesis import given, settings
from hypothesis import strategies as st
from posted import (
    COMPANY,
    HEADERS,
    TEXTS,
    TRICKS,
    Inbox,
    body,
    check,
    check_taken,
    message,
    read,
    send,
    serving,
)
from prassi.core.desk.postroom import PostRoom
from prassi.core.messages.addresses import Unsendable, parse_mail_address, parse_phone_number
from prassi.core.outbox.emails import MessageComposer
from prassi.core.outbox.maildir import Maildir
from prassi.core.ticketfile import outbox
from prassi.core.ticketfile.sqlite import Connection
from procedure import ticket

# --- what may stand in a message ---------------------------------------------------------------------

GOOD_ADDRESSES = {
    "anna@example.org": "anna@example.org",
    " anna.b+desk@mail.example.co.uk ": "anna.b+desk@mail.example.co.uk",
    "o'neil_1@example.org": "o'neil_1@example.org",
    "anna@bücher.example": "anna@xn--bcher-kva.example",
    "info@مثال.example": "info@xn--mgbh0fb.example",
}  # fmt: skip
BAD_ADDRESSES = (
    None, "", " ", "giulia", "@example.org", "anna@", "anna@example", "anna@@example.org",
    "anna@example.org, bruno@example.org", "anna@example.org;bruno@example.org",
    "anna@example.org bruno@example.org", "anna@example.org,", "Anna <anna@example.org>",
    "anna@example.org\nBcc: bruno@example.org", "anna@example.org\r\nBcc: x@example.org",
    "anna@example.org\x00", "anna@example.org\u2028", "anna\r@example.org", "anna@exa\nmple.org",
    '"anna@example.org, bruno"@example.org', '"a b"@example.org', "anna(bruno@example.org)@example.org",
    "everybody: anna@example.org, bruno@example.org;", "=?utf-8?q?anna=40x.org=2C?=@example.org,b@x.org",
    "anna@[127.0.0.1]", "anna@127.0.0.1,x@y.org", "-oQ/tmp@example.org", "--help@example.org",
    ".anna@example.org", "anna..b@example.org", "anna.@example.org", "anna@-example.org",
    "anna@example..org", "anna@.example.org", "ánna@example.org", "anna@example.org\u200e",
    "a" * 65 + "@example.org", "anna@" + "a." * 130 + "org", "anna@" + "a" * 64 + ".org", "\u202eanna@example.org",
    "anna@exam ple.org", "anna@example.org>", "<anna@example.org>", "anna%x.org@example.org@y.org",
)  # fmt: skip


@pytest.mark.parametrize("written", GOOD_ADDRESSES)
def test_one_plain_address(written: str) -> None:
    assert parse_mail_address(written) == GOOD_ADDRESSES[written]


@pytest.mark.parametrize("written", BAD_ADDRESSES)
def test_anything_else_is_no_address(written: str | None) -> None:
    with pytest.raises(Unsendable, match=r"there is no address|is not one plain address"):
        parse_mail_address(written)


def test_numbers() -> None:
    assert parse_phone_number("+39 055 000-1 (2)") == "+3905500012"
    assert parse_phone_number("+39 (0)55 123456") == "+39055123456"
    assert parse_phone_number("+44 (0)20 7946 0000") == "+442079460000"
    assert parse_phone_number("0044 (0) 20 7946 0000") == "00442079460000"
    assert parse_phone_number("\u200e0800/123 456\u200e") == "0800123456"
    for wrong in (
        None,
        "",
        "anna",
        "(---",
        "(  )",
        "+(12",
        "+39 055 1, +39 055 2",
        "12\n34567",
        "+",
        "1;2;3456",
        "٣٤٥٦٧",
        "+3+9055123",
        "055/123456 - 333 1234567",
    ):
        with pytest.raises(Unsendable):
            parse_phone_number(wrong)


def test_an_email() -> None:
    content = MessageComposer(COMPANY).content(
        message(subject="Proposta — più", body="Sì.\n\nA presto"), "0" * 32
    )
    mail = read(content)
    assert mail.items() == [
        ("From", "Quadrifoglia Gestionali srl <desk@quadrifoglia.example.org>"),
        ("To", "anna@example.org"),
        ("Subject", "Proposta — più"),
        ("Date", "Mon, 02 Mar 2026 10:30:00 -0000"),
        ("Message-ID", f"<prassi-{'0' * 32}@quadrifoglia.example.org>"),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Type", 'text/plain; charset="utf-8"'),
        ("Content-Transfer-Encoding", mail["Content-Transfer-Encoding"]),
        ("MIME-Version", "1.0"),
        ("Content-Language", "it"),
    ]
    assert body(mail) == "Sì.\n\nA presto\n"
    assert content.isascii()


@pytest.mark.parametrize(
    "name",
    [
        "Rossi, Bianchi & Figli", 'The "Red" Desk', "a\\b (c) <d@example.org>; e", "Müller, Söhne",
        "شركة التنظيف، القاهرة", "ООО «Ромашка», Москва", "=?utf-8?q?x?=", ".dot", "株式会社" * 20,
        "a, b" * 24, "",
    ],
)  # fmt: skip
def test_the_company_s_name_is_written_as_it_is(name: str) -> None:
    content = MessageComposer({**COMPANY, "name": name}).content(message(), "0" * 32)
    (sender,) = read(content)["From"].addresses
    assert sender.addr_spec == COMPANY["email"]
    # Python's newer parser leaves the blanks between encoded words in.
    raw = str(message_from_bytes(content)["From"]).removesuffix(f"<{sender.addr_spec}>")
    shown = str(make_header(decode_header(raw.strip()))) if "=?" in raw else sender.display_name
    assert shown.strip() == name.replace("=?", "= ?").strip()
    assert all(len(line) <= 150 for line in content.partition(b"\r\n\r\n")[0].split(b"\r\n"))


def test_answers_go_to_the_company() -> None:
    composer = MessageComposer({**COMPANY, "name": "X"}, "no-reply@example.org")
    mail = read(composer.content(message(), "0" * 32, "2026-03-03T08:00"))
    assert (mail["From"], mail["Reply-To"]) == ("X <no-reply@example.org>", COMPANY["email"])
    assert (mail["Date"], mail["Message-ID"]) == (
        "Tue, 03 Mar 2026 08:00:00 -0000",
        f"<prassi-{'0' * 32}@example.org>",
    )
    zoned = MessageComposer(COMPANY, zone="Europe/Rome").content(message(), "0" * 32)
    assert read(zoned)["Date"] == "Mon, 02 Mar 2026 10:30:00 +0100"


@pytest.mark.unmeasured
@given(
    to=TEXTS, subject=st.none() | TEXTS, text=TEXTS, language=TEXTS, company=TEXTS, ref=TEXTS,
    real=st.booleans(),
)  # fmt: skip
@settings(deadline=None, max_examples=300)
@pytest.mark.unmeasured
def test_no_field_adds_a_header_or_a_recipient(
    to: str, subject: str | None, text: str, language: str, company: str, ref: str, real: bool
) -> None:
    given_to = "anna@example.org" if real else f"anna@example.org{to}"
    one = message(
        to=given_to, subject=subject, body=text, language=language, ticket=ref, template=ref
    )
    try:
        content = MessageComposer({**COMPANY, "name": company}).content(one, "0" * 32)
    except Unsendable:
        assert given_to != "anna@example.org"
        return
    check(content, parse_mail_address(given_to), text)


@pytest.mark.parametrize("trick", TRICKS)
def test_no_name_of_the_company_does(trick: str) -> None:
    for name in (
        trick, f"{trick}, evil@example.org; " * 8, f"Società {trick}" * 3, f". {trick} " * 6,
    ):  # fmt: skip
        mail = read(MessageComposer({**COMPANY, "name": name}).content(message(), "0" * 32))
        assert {*mail.keys()} == HEADERS
        assert [address for _, address in getaddresses([mail["From"]])] == [COMPANY["email"]]


def test_what_is_read_otherwise_than_it_was_meant_is_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Python's email package has had faults that let a header in; the next one is met here."""
    as_bytes = EmailMessage.as_bytes
    for more in (b"Bcc: x@example.org\r\n", b"To: x@example.org\r\n", b"X: y\r\n\r\n"):
        monkeypatch.setattr(EmailMessage, "as_bytes", lambda mail, more=more: more + as_bytes(mail))
        with pytest.raises(Unsendable, match="would change its headers"):
            MessageComposer(COMPANY).content(message(), "0" * 32)


def test_a_subject_has_an_end() -> None:
    mail = read(MessageComposer(COMPANY).content(message(subject="è" * 1_000_000), "0" * 32))
    assert mail["Subject"] == "è" * 299 + "…"


# --- the folder -----------------------------------------------------------------------------------------


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk with letters to two customers, one of them without an address, and an SMS."""
    desk.settings(SETTINGS.replace("[company]", f'[company]\nemail = "{COMPANY["email"]}"'))
    customers = [
        {"ref": "C-1", "name": f"Rossi{EVIL}", "email": "rossi@example.org"},
        {"ref": "C-2", "name": "Verdi", "email": "verdi@example.org, evil@example.org"},
        {"ref": "C-3", "name": "Mona Adly", "phone": "+20 100 000 1", "language": "en"},
    ]  # fmt: skip
    desk.load(
        ticket("new"), {**ticket("new"), "ref": "T-2", "customer": "C-2"}, customers=customers
    )
    desk.good("call-outcome T-1 no-answer")
    desk.good("call-outcome T-2 no-answer")
    words = "package-book --customer C-3 --visits 4 --price 800 --first-visit 2026-03-10T10:00"
    desk.good(f"{words} --pays now --method online")
    assert [row["channel"] for row in desk.good("outbox list --json").rows] == [
        "email",
        "email",
        "sms",
    ]
    return desk


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "exported"
    }


UNSENDABLE = (
    "Message 2 of T-2 can't be sent: 'verdi@example.org, evil@example.org' is not one plain address"
    " such as anna@example.org.\n"
    "Error: 1 of the messages could not be handed over; it still waits.\n"
)


def export(desk: Desk, folder: Path, more: str = "") -> Ran:
    """Hand over what waits; one message has no good address, so a part could not be done."""
    ran = desk.run(f"outbox export {folder} {more}")
    assert (ran.code, ran.err) == (1, UNSENDABLE)
    return ran


def states(desk: Desk) -> list[str]:
    """The states of all messages."""
    return [row["state"] for row in desk.good("outbox list --all --json").rows]


def test_a_maildir(desk: Desk) -> None:
    folder = desk.folder / "mail"
    ran = export(desk, folder)
    assert ran.out == f"1 e-mail and 1 SMS are put into {folder}; 0 were put there before.\n"
    mail, sms = sorted((folder / "new").iterdir()), sorted((folder / "sms").iterdir())
    assert [path.suffix for path in mail + sms] == [".eml", ".json"]
    for path in (folder, *folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    said, rows = read(mail[0].read_bytes()), desk.good("outbox list --all --json").rows
    (listed,) = [row for row in rows if row["id"] == 1]
    assert (said["To"], said["Subject"]) == (listed["to"], listed["subject"])
    assert body(said) == f"{listed['body']}\n"
    assert (listed["state"], listed["left_on"]) == ("handed-over", MONDAY)
    told = json.loads(sms[0].read_text(encoding="ascii"))
    (listed,) = [row for row in rows if row["id"] == told["id"]]
    assert (told["to"], told["body"]) == ("+201000001", listed["body"])
    assert told["message_id"].startswith("prassi-")
    assert told["segments"] >= 1
    assert not [*(folder / "tmp").iterdir()]
    assert [row["id"] for row in desk.good("outbox list --json").rows] == [2]
    assert desk.good("verify").code == 0


def test_each_message_once(desk: Desk) -> None:
    """Whether it still lies there, was sent and moved, or removed; and whatever folder comes next."""
    folder = desk.folder / "mail"
    export(desk, folder)
    before = files(folder)
    again = f"0 e-mails and 0 SMS are put into {folder}; 0 were put there before.\n"
    assert export(desk, folder).out == again
    assert files(folder) == before
    for sent in [*(folder / "new").iterdir(), *(folder / "sms").iterdir()]:
        sent.unlink()
    assert export(desk, folder).out == again
    assert export(desk, desk.folder / "other").out == again.replace(
        str(folder), str(desk.folder / "other")
    )
    assert files(folder) == files(desk.folder / "other") == {}
    assert "1 e-mail " in desk.good(f"outbox export {folder} --again 1").out
    assert files(folder) == {name: before[name] for name in before if name.endswith(".eml")}


@pytest.mark.parametrize(("where", "what"), [(PostRoom, "note_all"), (Maildir, "put")])
def test_a_run_that_was_killed_is_taken_up(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, where: type, what: str
) -> None:
    """Between writing and noting, or between claiming and writing: each goes out once."""
    folder = desk.folder / "mail"

    def kill(*given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(where, what, kill)
        assert desk.run(f"outbox export {folder}").code == 130
    assert states(desk) == ["claimed", "waiting", "claimed"]
    assert desk.good("verify").code == 0
    lies_there = files(folder)
    assert len(lies_there) == (2 if what == "note_all" else 0)
    elsewhere = desk.run(f"outbox export {desk.folder / 'other'}")
    assert f"it was on its way to {folder}" in elsewhere.err
    ran = desk.run(f"outbox export {folder}")
    assert states(desk) == ["handed-over", "waiting", "handed-over"]
    assert f"; {len(lies_there)} were put there before" in ran.out
    assert len(files(folder)) == 2


def test_what_is_withdrawn_before_it_is_claimed_does_not_go_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An agent closes the ticket, or cancels, between reading and claiming."""
    folder, claim = desk.folder / "mail", outbox.claim_messages

    def late(connection: Connection, numbers: Sequence[int], where: str) -> set[int]:
        connection.execute("UPDATE message SET ended_by = 1 WHERE id = 1")
        return claim(connection, numbers, where)

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "claim_messages", late)
        export(desk, folder)
    assert states(desk) == ["withdrawn", "waiting", "handed-over"]
    assert [path.suffix for path in map(Path, files(folder))] == [".json"]


def test_again_is_for_what_has_left(desk: Desk) -> None:
    """What waits would go out twice: now, and when its turn comes."""
    told = "message 1 is waiting and has not left: --again is for one that has."
    fails(desk, f"outbox export {desk.folder / 'mail'} --again 1", 3, told)
    assert files(desk.folder / "mail") == {}


def test_what_was_not_noted_is_found_where_it_lies(desk: Desk) -> None:
    """The file comes back as it was before, from a backup: the folder knows what it was given."""
    folder, backup = desk.folder / "mail", desk.file.read_bytes()
    export(desk, folder)
    kept, noted = files(folder), folder / "exported"
    names = noted.read_text(encoding="ascii")
    for left in ("", names[:20], names[:-1], "\x00\xff\n"):
        desk.file.write_bytes(backup)
        noted.write_text(left, encoding="latin-1")
        assert "2 were put there before" in export(desk, folder).out
        assert states(desk) == ["handed-over", "waiting", "handed-over"]
        assert files(folder) == kept
        assert {*names.split()} <= {*noted.read_text(encoding="latin-1").split()}


def test_the_same_message_is_the_same_anywhere(desk: Desk) -> None:
    """To the byte on the same day, and by its name on any: so a copy of the ticket file sends nothing
    twice either."""
    copies = [desk.folder / name for name in ("copy.db", "later.db")]
    for copy in copies:
        copy.write_bytes(desk.file.read_bytes())
    one, other, later = (desk.folder / name for name in ("one", "other", "later"))
    export(desk, one)
    desk.run(f"outbox export {other} --file {copies[0]}")
    assert files(one) == files(other) != {}
    desk.run(f"outbox export {later} --file {copies[1]}", at="2026-04-01")
    assert [*files(later)] == [*files(one)]


def test_new_messages_come_to_the_others(desk: Desk) -> None:
    folder = desk.folder / "mail"
    export(desk, folder)
    before = files(folder)
    desk.good("undo T-2")
    desk.good("event T-2 call outcome=no-answer")
    desk.run(f"outbox export {folder}")
    assert before.items() <= files(folder).items()


def test_a_message_that_left_stays_when_its_step_is_undone(desk: Desk) -> None:
    export(desk, desk.folder / "mail")
    ran = desk.run("undo T-1")
    assert (ran.code, "has left already; give --yes" in ran.err) == (2, True)
    desk.good("undo T-1 --yes")
    assert states(desk) == ["handed-over", "waiting", "handed-over"]
    assert desk.good("verify").code == 0


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    folder = desk.folder / "mail"
    out = f"1 e-mail and 1 SMS would be put into {folder}; 0 were put there before.\n"
    assert export(desk, folder, "--dry-run").out == out
    assert not folder.exists()
    assert states(desk) == ["waiting"] * 3
    ran = export(desk, folder, "-n --json")
    assert [(row["id"], row["exported"], bool(row["reason"])) for row in ran.rows] == [
        (2, False, True), (1, True, False), (3, True, False),
    ]  # fmt: skip


def test_two_at_once(desk: Desk) -> None:
    folder = desk.folder / "mail"
    words = [sys.executable, "-m", "prassi.cli.main", "outbox", "export", str(folder), "--json",
             "--file", str(desk.file), "--config", str(desk.folder / "prassi.toml")]  # fmt: skip
    running = [
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)
    ]
    rows = [json.loads(line) for one in running for line in one.communicate()[0].splitlines()]
    assert [one.returncode for one in running] == [1, 1, 1]
    assert sorted(row["id"] for row in rows if row["exported"]) == [1, 3]
    assert len(files(folder)) == 2


def test_where_nothing_is_put(desk: Desk) -> None:
    full = desk.folder / "full"
    full.mkdir()
    (full / "notes.txt").write_text("mine")
    fails(
        desk,
        f"outbox export {full}",
        2,
        f"{full} is not a Maildir, and not empty: name a new folder",
    )
    fails(desk, f"outbox export {desk.file}", 2, f"{desk.file} can't be written: not a directory")
    fails(
        desk,
        f"outbox export {desk.folder}/no/such",
        2,
        "can't be written: no such file or directory",
    )
    shared = desk.folder / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    fails(desk, f"outbox export {shared}", 2, f"{shared} can be changed by everybody")
    sly = desk.folder / "sly"
    sly.mkdir()
    (sly / "exported").symlink_to(desk.folder / "prassi.toml")
    for part in ("tmp", "new", "cur"):
        (sly / part).mkdir()
    fails(
        desk,
        f"outbox export {sly}",
        2,
        "exported can't be written: too many levels of symbolic links",
    )


def test_a_full_disk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was put there before stays; the rest comes when there is room again."""
    folder = desk.folder / "mail"
    fsync = os.fsync

    def full(handle: int) -> None:
        if os.readlink(f"/proc/self/fd/{handle}").endswith(".json"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        ran = desk.run(f"outbox export {folder}")
    assert (ran.code, ran.out) == (1, "")
    assert ".json can't be written: no space left on device; what is not" in ran.err
    assert states(desk) == ["handed-over", "waiting", "waiting"]
    assert [path.suffix for path in (folder / "new").iterdir()] == [".eml"]
    ran = export(desk, folder)
    assert ran.out == f"0 e-mails and 1 SMS are put into {folder}; 0 were put there before.\n"
    assert not [*(folder / "tmp").iterdir()]


def test_a_printout_nobody_reads_stops_nothing(desk: Desk) -> None:
    folder = desk.folder / "mail"
    words = [sys.executable, "-m", "prassi.cli.main", "outbox", "export", str(folder), "--json",
             "--file", str(desk.file), "--config", str(desk.folder / "prassi.toml")]  # fmt: skip
    with open("/dev/full", "wb") as nowhere:
        ran = subprocess.run(words, stdout=nowhere, stderr=subprocess.PIPE, check=False)
    assert ran.returncode == 1
    assert b"the output can't be written: no space left on device" in ran.stderr
    export(desk, folder)
    assert states(desk) == ["handed-over", "waiting", "handed-over"]


def test_somebody_must_have_sent_them(desk: Desk) -> None:
    for email in ("", 'email = "desk@example.org, x@example.org"'):
        desk.settings(SETTINGS.replace("[company]", f"[company]\n{email}"))
        fails(
            desk,
            f"outbox export {desk.folder / 'mail'}",
            2,
            "[company] email: ",
            "from whom e-mails",
        )


# --- sending ---------------------------------------------------------------------------------------------


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    with serving() as served:
        yield served


def test_a_real_server_takes_them(desk: Desk, inbox: tuple[Inbox, int]) -> None:
    """Each goes to the one it is for, as it was written."""
    handler, port = inbox
    folder = desk.folder / "mail"
    tricky = "\n.\nMAIL FROM:<evil@example.org>\n.\n\nFrom here on."
    contents = [
        MessageComposer(COMPANY).content(
            message(id=n, body=f"{trick}{tricky}", subject=trick), "0" * 32
        )
        for n, trick in enumerate(TRICKS)
    ]
    export(desk, folder)
    contents += [path.read_bytes() for path in (folder / "new").iterdir()]
    send(contents, port)
    assert len(handler.mails) == len(contents)
    for content, taken in zip(contents, handler.mails, strict=True):
        check_taken(content, taken)
