"""Messages made ready for those who send them: e-mails as RFC 5322 has them, SMS as JSON.

Nothing that stands in a message adds a header or a recipient. An address is one plain address, or
the message is not sent; all else is written, and encoded, by Python's email package.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses
from hashlib import sha256

from ..errors import BadInput
from ..messages.plain_text import one_line
from ..messages.sms_segments import segments
from ..ticketfile.outbox import OutboxMessage

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"(?!-){_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_PHONE = re.compile(r"\+?[0-9(][0-9 ().\/-]{2,29}")
_POLICY = SMTP.clone(cte_type="7bit")
"""For every server: not all of them take 8 bits."""

_LONGEST_SUBJECT, _LONGEST_NAME = 300, 100


class Unsendable(Exception):
    """Why a message can't be sent, as the end of a sentence about it."""


class MessageComposer:
    """Makes messages ready, in the name of the company that the settings describe."""

    def __init__(self, company: Mapping[str, str]) -> None:
        self._company = company

    def content(self, message: OutboxMessage, mark: str) -> bytes:
        """A message as it is sent; Unsendable where nobody can be reached."""
        return (
            _compose_sms(message, mark) if message.channel == "sms" else self._mail(message, mark)
        )

    def _mail(self, message: OutboxMessage, mark: str) -> bytes:
        sender, to = self._sender(), parse_mail_address(message.to)
        mail = EmailMessage(policy=_POLICY)
        mail["From"] = sender
        mail["To"] = Address(addr_spec=to)
        mail["Subject"] = _shorten_line(message.subject or "", _LONGEST_SUBJECT)
        # By the desk's clock, whose time zone nobody knows: -0000 says so.
        mail["Date"] = format_datetime(datetime.fromisoformat(message.at))
        mail["Message-ID"] = f"<prassi-{mark}@{sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        # Some programs put > before a line that begins so.
        marked = re.search("(^|[\r\n])From ", message.body)
        mail.set_content(message.body, cte="base64" if marked else None)
        if re.fullmatch("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", message.language):
            mail["Content-Language"] = message.language
        content = mail.as_bytes()
        if not _is_sound(content, mail, sender.addr_spec, to):
            raise Unsendable("it holds something that would change its headers")
        return content

    def _sender(self) -> Address:
        try:
            address = parse_mail_address(self._company["email"])
        except Unsendable as error:
            raise BadInput(
                f"[company] email: {error}; the settings must say from whom e-mails come."
            ) from None
        # Python's email package loses the quotation marks that these characters need.
        name = re.sub(r"[()<>\[\]:;@,\\\"]", " ", self._company["name"])
        # And it can't read a name that begins with a full stop.
        return Address(
            display_name=_shorten_line(name, _LONGEST_NAME).lstrip(" ."), addr_spec=address
        )


def name_message(message: OutboxMessage, event_hash: bytes) -> tuple[str, str]:
    """A message's mark, and the name of its file: the same whenever, and by whichever copy of the
    ticket file, it is handed over."""
    mark = sha256(event_hash + b"/%d" % message.id).hexdigest()[:32]
    return mark, f"{message.id:09}.{mark}.{'json' if message.channel == 'sms' else 'eml'}"


def parse_mail_address(written: str | None) -> str:
    """The one plain address that is written; Unsendable where it is none, or more than one."""
    plain = (written or "").strip(" ")
    if not plain:
        raise Unsendable("there is no address")
    local, at, domain = plain.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    sound = at and len(local) <= 64 and len(domain) <= 253
    if not sound or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise Unsendable(f"{written!r} is not one plain address such as anna@example.org")
    return f"{local}@{domain}"


def parse_phone_number(written: str | None) -> str:
    """The digits of the one number that is written, and its +; Unsendable where it is none."""
    if not written or not written.strip():
        raise Unsendable("there is no number")
    bare = re.sub("[\u200e\u200f\u00a0]", " ", written).strip()
    if not _PHONE.fullmatch(bare):
        raise Unsendable(f"{written!r} is not one number such as +39 055 123456")
    return re.sub(r"[^0-9+]", "", bare)


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


def _is_sound(content: bytes, mail: EmailMessage, sender: str, to: str) -> bool:
    """Whether an e-mail is read as it was meant: with these headers, from one and to one."""
    read = message_from_bytes(content, policy=_POLICY)
    try:
        people = [getaddresses([str(read[name])]) for name in ("From", "To")]
    except (AttributeError, IndexError, TypeError, ValueError):  # where Python's parser stumbles
        return False
    found = [[address for _, address in some] for some in people]
    return read.keys() == mail.keys() and found == [[sender], [to]]
