"""Messages made ready for those who send them: e-mails as RFC 5322 has them, SMS as JSON.

Nothing that stands in a message adds a header or a recipient. An address is one plain address, or
the message is not sent; all else is written, and encoded, by Python's email package, but for the
sender's name, whose quotation marks that package loses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from email import message_from_bytes
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256

from ..errors import BadInput
from ..messages.addresses import Unsendable, parse_mail_address, parse_phone_number
from ..messages.plain_text import one_line
from ..messages.sms_segments import segments
from ..ticketfile.read_messages import OutboxMessage
from ..values.time_zones import read_zone

_POLICY = SMTP.clone(cte_type="7bit")
"""For every server: not all of them take 8 bits."""

_LONGEST_SUBJECT, _LONGEST_NAME = 300, 100
_PLAIN_WORDS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*"
"""What a name may consist of without quotation marks (RFC 5322, `atext` and blanks)."""


class Letterhead:
    """From whom e-mails come: a name, the address they are sent from, and one for answers.

    BadInput where the address is not one plain address; `setting` says where it stands.
    """

    def __init__(
        self, name: str, address: str, setting: str = "[company] email", answers: str = ""
    ) -> None:
        try:
            self.address = parse_mail_address(address)
        except Unsendable as error:
            raise BadInput(
                f"{setting}: {error}; the settings must say from whom e-mails come."
            ) from None
        self.name = _shorten_line(name, _LONGEST_NAME)
        self.answers: str | None = None
        try:
            answers = parse_mail_address(answers or address)
            self.answers = None if answers == self.address else answers
        except Unsendable as error:
            raise BadInput(f"[company] email: {error}; answers go there.") from None

    @property
    def domain(self) -> str:
        """The part of the address after its @."""
        return self.address.rpartition("@")[2]

    def format_from(self) -> bytes:
        """The header From, folded: a name of plain words as it is, one with other ASCII characters
        in quotation marks, one of any other script as encoded words."""
        if not self.name.strip():
            return f"From: {self.address}\r\n".encode()
        if not self.name.isascii():
            name = Header(self.name, "utf-8", header_name="From").encode(linesep="\r\n")
        elif re.fullmatch(_PLAIN_WORDS, self.name):
            name = self.name
        else:
            name = '"' + re.sub(r'([\\"])', r"\\\1", self.name) + '"'
        return f"From: {name}\r\n <{self.address}>\r\n".encode()


class MessageComposer:
    """Makes messages ready, in the name of the company that the settings describe.

    E-mails come from `sender` where it is given (as `setting`), else from the company's address.
    """

    def __init__(
        self,
        company: Mapping[str, str],
        sender: str = "",
        setting: str = "[mail] from",
        zone: str | None = None,
    ) -> None:
        self._company, self._sender, self._setting = company, sender, setting
        self._zone = zone
        self._head: Letterhead | None = None

    def content(self, message: OutboxMessage, mark: str, at: str | None = None) -> bytes:
        """A message as it is sent, with the date `at` (default: its own); Unsendable where nobody can
        be reached."""
        if message.channel == "sms":
            return _compose_sms(message, mark)
        return self._compose_mail(message, mark, at or message.at)

    def letterhead(self) -> Letterhead:
        """From whom e-mails come; BadInput where the settings do not say so."""
        if self._head is None:
            name, answers = self._company["name"], self._company["email"]
            if self._sender:
                self._head = Letterhead(name, self._sender, self._setting, answers)
            else:
                self._head = Letterhead(name, answers)
        return self._head

    def _compose_mail(self, message: OutboxMessage, mark: str, at: str) -> bytes:
        head, to = self.letterhead(), parse_mail_address(message.to)
        mail = EmailMessage(policy=_POLICY)
        mail["To"] = Address(addr_spec=to)
        if head.answers is not None:
            mail["Reply-To"] = Address(addr_spec=head.answers)
        mail["Subject"] = _shorten_line(message.subject or "", _LONGEST_SUBJECT)
        mail["Date"] = self._format_date(at)
        mail["Message-ID"] = f"<prassi-{mark}@{head.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        # Some programs put > before a line that begins so.
        marked = re.search("(^|[\r\n])From ", message.body)
        mail.set_content(message.body, cte="base64" if marked else None)
        if re.fullmatch("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", message.language):
            mail["Content-Language"] = message.language
        content = head.format_from() + mail.as_bytes()
        if not _is_sound(content, mail, head, to):
            raise Unsendable("it holds something that would change its headers")
        return content

    def _format_date(self, at: str) -> str:
        moment = datetime.fromisoformat(at)
        # By the desk's clock; where nobody has said which zone that is, -0000 says so.
        return format_datetime(
            moment if self._zone is None else moment.replace(tzinfo=read_zone(self._zone))
        )


def name_message(message: OutboxMessage, event_hash: bytes) -> tuple[str, str]:
    """A message's mark, and the name of its file: the same whenever, and by whichever copy of the
    ticket file, it is handed over."""
    mark = sha256(event_hash + b"/%d" % message.id).hexdigest()[:32]
    return mark, f"{message.id:09}.{mark}.{'json' if message.channel == 'sms' else 'eml'}"


def _compose_sms(message: OutboxMessage, mark: str) -> bytes:
    told = {
        "message_id": f"prassi-{mark}",
        "id": message.id,
        "at": message.at,
        "ticket": message.ticket,
        "language": message.language,
        "to": parse_phone_number(message.to),
        "segments": segments(message.body),
        "body": message.body,
    }
    return json.dumps(told).encode() + b"\n"


def _shorten_line(text: str, most: int) -> str:
    """A text that may stand in a header. One that begins as an encoded word does would be decoded
    on its way, and what then comes out of it could be a line break."""
    line = one_line(text).replace("=?", "= ?")
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _is_sound(content: bytes, mail: EmailMessage, head: Letterhead, to: str) -> bool:
    """Whether an e-mail is read as it was meant: with these headers, from one and to one."""
    read = message_from_bytes(content, policy=_POLICY)
    try:
        found = [[one.addr_spec for one in read[name].addresses] for name in ("From", "To")]
    except (AttributeError, IndexError, TypeError, ValueError):  # where Python's parser stumbles
        return False
    return read.keys() == ["From", *mail.keys()] and found == [[head.address], [to]]
