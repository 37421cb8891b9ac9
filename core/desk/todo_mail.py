"""What everybody has to do, as an e-mail to each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from ..errors import BadInput
from ..library.settings import Settings
from ..messages.addresses import Unsendable, parse_mail_address
from ..messages.plain_text import plain
from ..outbox.delivery import SENT
from ..outbox.emails import MessageComposer
from ..system.language import find_spoken, say, say_count
from ..ticketfile.read_messages import OutboxMessage
from .todo import Row
from .transports import list_transports


class PersonalMail(NamedTuple):
    """The mail of a person: how many duties it has, where it goes, and why it did not leave."""

    person: str
    duties: int
    address: str | None
    fault: str | None


class TodoMailer:
    """Sends people what they have to do as of `at`; without `earnest`, only says where it would go.

    BadInput where the settings do not say how e-mails are sent.
    """

    def __init__(self, settings: Settings, at: str, earnest: bool) -> None:
        if settings.mail is None:
            raise BadInput("--mail needs [mail] in the settings: see docs/sending.md.")
        self._settings, self._at, self._earnest = settings, at, earnest
        self._transport = list_transports(settings)["email"]
        self._composer = MessageComposer(
            settings.company, settings.mail.sender, zone=settings.time_zone
        )
        self._composer.letterhead()

    def send(self, rows: Iterable[tuple[str, Sequence[Row]]]) -> Iterator[PersonalMail]:
        """Send each person their rows, as they come; SendingStopped where nobody can be reached."""
        try:
            for person, own in rows:
                yield self._send_one(person, own)
        finally:
            self._transport.close()

    def _send_one(self, person: str, rows: Sequence[Row]) -> PersonalMail:
        address = self._find_address(person)
        if address is None:
            fault = f"has no e-mail address: write [people] {person} = {{ email = ... }}"
            return PersonalMail(person, len(rows), None, fault)
        try:
            to: str = parse_mail_address(address)
            content = self._compose(person, to, rows)
        except Unsendable as error:
            return PersonalMail(person, len(rows), address, str(error))
        if not self._earnest:
            return PersonalMail(person, len(rows), address, None)
        answer = self._transport.sender.deliver(content, to, self._mark(person))
        told = None if answer.outcome == SENT else f"{answer.outcome}: {answer.answer}"
        return PersonalMail(person, len(rows), address, told)

    def _find_address(self, person: str) -> str | None:
        known = self._settings.addresses.get(person)
        return known or (person if "@" in person else None)

    def _mark(self, person: str) -> str:
        return sha256(f"todo {person} {self._at}".encode()).hexdigest()[:32]

    def _compose(self, person: str, address: str, rows: Sequence[Row]) -> bytes:
        message = OutboxMessage(
            id=0,
            event_id=0,
            at=self._at,
            ticket="",
            template="todo",
            channel="email",
            language=find_spoken(),
            to=address,
            subject=_format_title(self._at, rows),
            body="\n\n".join([_format_title(self._at, rows), *map(format_duty, rows)]) + "\n",
            state="waiting",
            reason=None,
            made_on=self._at[:10],
            left_on=None,
        )
        return self._composer.content(message, self._mark(person), self._at)


def _format_title(at: str, rows: Sequence[Row]) -> str:
    late = sum(bool(row["late_workdays"]) for row in rows)
    told = say("To do on {day}: {count}").format(day=at[:10], count=len(rows))
    if not late:
        return told
    return told + say_count(", {count} of them late", ", {count} of them late", late).format(
        count=late
    )


def format_duty(given: Row) -> str:
    """A duty in some lines of text."""
    row = plain(given)
    contact = ", ".join(str(row[name]) for name in ("phone", "email") if row[name])
    days = int(str(row["late_workdays"] or 0))
    late = say_count(", {days} working days late", ", {days} working days late", days)
    step = say("{action} by {due}").format(action=row["action"], due=row["due"])
    lines = [
        f"{step}{late.format(days=days) if days else ''}",
        f"  {row['ticket']}  {row['name'] or row['customer']}",
        *([f"  {contact}"] if contact else []),
        f"  {row['why']}",
    ]
    return "\n".join(lines)


def share_out(rows: Iterable[Row]) -> Mapping[str, list[Row]]:
    """The rows of each person; one of several people is in each one's."""
    own = dict[str, list[Row]]()
    for row in rows:
        people = row["people"]
        assert isinstance(people, list)
        for person in people:
            own.setdefault(str(person), []).append(row)
    return dict(sorted(own.items()))
