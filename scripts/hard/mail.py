#!/usr/bin/env python
"""Mail whose every field tries to add a header or a recipient: none does, read by others or sent.

    python scripts/hard/mail.py [--small] [--seed N]

Messages are made by hypothesis out of tricks (CR, LF, lists of addresses, encoded words, commands of
SMTP, ...) and any characters, in every field at once, the company's name included. Each is read by
Python's parser. Then demo desks whose customers and tickets are full of the same are worked through,
and `outbox export` makes a Maildir of their messages. All go through a real server on this machine,
and must arrive as they were written, at the one they are for.
"""

from __future__ import annotations

import json
import random
import re
import stat
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from common.figures import Figures, given, zero
from desk import SETTINGS, Desk
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import given as for_all
from hypothesis import strategies as st
from posted import COMPANY, TEXTS, TRICKS, check, check_taken, message, send, serving
from prassi.core.messages.addresses import Unsendable, parse_mail_address
from prassi.core.outbox.emails import MessageComposer

ROOT = Path(__file__).parents[2]
FULL, SMALL = 3000, 60
BOOKS = ("collections", "insistence", "packages")
"""Those that write to customers."""
# What an import refuses in an address, and in any text.
IN_ADDRESSES = [trick for trick in TRICKS if not re.search("[\x00-\x1f\x7f-\x9f\u2028]", trick)]
IN_TEXTS = [trick for trick in TRICKS if "\0" not in trick]


class Mails:
    """The e-mails that were made, and what was wrong about them."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []
        self.counts = Counter[str]()

    def judge(self, content: bytes, to: str, text: str) -> None:
        try:
            check(content, to, text)
        except AssertionError as error:
            self.wrong("read otherwise than written", content, error)
        self.contents.append(content)

    def wrong(self, what: str, content: bytes, error: Exception) -> None:
        self.counts[what] += 1
        print(f"{what}: {content[:600]!r}: {error!r:.300}")


def main() -> None:
    told = given(__doc__)
    figures, mails = Figures("Mail that tries to reach others", told), Mails()
    by_hypothesis(mails, told.seed, SMALL if told.small else FULL)
    figures.print("messages made by hypothesis", len(mails.contents), bool)
    figures.print("addresses that were none, or more than one", mails.counts["refused"], bool)
    exported(mails, random.Random(told.seed))
    figures.print("e-mails exported from desks", mails.counts["exported"], bool)
    figures.print("their customers without one plain address", mails.counts["unsendable"], bool)
    figures.print("files that others can read", mails.counts["open to others"], zero)
    figures.print("exported a second time", mails.counts["again"], zero)
    wrong = mails.counts["read otherwise than written"]
    figures.print("headers, recipients or texts that are not as written", wrong, zero)
    sent(mails)
    figures.print("e-mails that a server took", mails.counts["taken"], bool)
    lost = len(mails.contents) - mails.counts["taken"] + mails.counts["taken otherwise"]
    figures.print("of them lost, changed, or sent to others", lost, zero)
    figures.end()


def by_hypothesis(mails: Mails, number: int, count: int) -> None:
    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @for_all(
        to=TEXTS,
        subject=st.none() | TEXTS,
        text=TEXTS,
        language=TEXTS,
        company=TEXTS,
        ref=TEXTS,
        real=st.integers(0, 3).map(bool),
    )
    def post(
        to: str, subject: str | None, text: str, language: str, company: str, ref: str, real: bool
    ) -> None:
        address = "anna@example.org" if real else f"anna@example.org{to}"
        one = message(
            to=address, subject=subject, body=text, language=language, ticket=ref, template=ref
        )
        try:
            content = MessageComposer({**COMPANY, "name": company}).content(one, "0" * 32)
        except Unsendable:
            mails.counts["refused"] += 1
            if address == "anna@example.org":
                mails.wrong("read otherwise than written", b"", ValueError("it was refused"))
            return
        mails.judge(content, parse_mail_address(address), text)

    post()


def exported(mails: Mails, chance: random.Random) -> None:
    """The messages of a night on desks that are full of tricks."""
    with tempfile.TemporaryDirectory() as name:
        desk, folder = Desk(Path(name)), Path(name) / "mail"
        desk.settings(SETTINGS.replace("[company]", f'[company]\nemail = "{COMPANY["email"]}"'))
        desk.good("init")
        for book in BOOKS:
            (desk.folder / "rows.json").write_text(json.dumps(tricky(book, chance)))
            desk.good(f"import {desk.folder / 'rows.json'}")
        desk.good("triage --quiet")
        for ref in [row["ref"] for row in desk.export()["tickets"] if row["book"] == "collections"]:
            desk.run(["call-outcome", ref, "no-answer", "--note", chance.choice(IN_TEXTS)])
        rows = desk.run(f"outbox export {folder} --json").rows
        mails.counts["again"] += sum(
            row["exported"] for row in desk.run(f"outbox export {folder} --json").rows
        )
        mails.counts["unsendable"] += sum(row["reason"] is not None for row in rows)
        listed = {row["id"]: row for row in desk.good("outbox list --all --json").rows}
        for path in (folder / "new").iterdir():
            one = listed[int(path.name.partition(".")[0])]
            mails.judge(path.read_bytes(), parse_mail_address(one["to"]), one["body"])
            mails.counts["exported"] += 1
        mails.counts["open to others"] += sum(
            stat.S_IMODE(path.stat().st_mode) & 0o077 != 0 for path in (folder, *folder.rglob("*"))
        )


def tricky(book: str, chance: random.Random) -> dict[str, Any]:
    """A demo desk whose customers' names and addresses, and tickets' texts, are full of tricks."""
    rows: dict[str, Any] = json.loads((ROOT / "fixtures" / f"{book}.json").read_text("utf-8"))
    for customer in rows["customers"]:
        customer["name"] = f"{customer.get('name')}{chance.choice(IN_TEXTS)}"
        if chance.random() < 0.4:
            customer["email"] = f"anna@example.org{chance.choice(IN_ADDRESSES)}"
    for ticket in rows["tickets"]:
        for name in ("subject", "description"):
            if isinstance(ticket.get(name), str):
                ticket[name] += chance.choice(IN_TEXTS)
    return rows


def sent(mails: Mails) -> None:
    """Send them all, and compare what has arrived."""
    with serving() as (inbox, port):
        for first in range(0, len(mails.contents), 500):
            send(mails.contents[first : first + 500], port)
        mails.counts["taken"] += len(inbox.mails)
        for content, taken in zip(mails.contents, inbox.mails, strict=False):
            try:
                check_taken(content, taken)
            except AssertionError as error:
                mails.wrong("taken otherwise", content, error)


if __name__ == "__main__":
    main()
