"""What the settings say of sending: `[mail]` and `[sms]`, checked with file and line.

Nothing is opened or connected to here, and no password is read.
"""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import os
import re
import shlex
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from ..messages.addresses import LOOPBACK, Unsendable, parse_mail_address
from ..system.toml_reader import Kind, TableKeys, TomlReader, TomlTable

SECURITY = {"starttls": 587, "tls": 465, "none": 25}
"""How a connection to a mail server is secured, each with its usual port."""

PLACES = ("to", "text", "id")
"""What the body of a request for an SMS can name in double braces."""


class SendingTimes(NamedTuple):
    """When messages may leave, by the clock of the customer's place: from and to a time of the day
    (None: at any), on working days only or on any, and at most so many a day to one customer."""

    hours: tuple[str, str] | None = None
    working_days: bool = False
    daily: int | None = None


class MailSettings(NamedTuple):
    """How e-mails are sent: through a server at `host`, or by the command `sendmail`.

    The password stands in `password_file`, or `password_command` prints it.
    """

    host: str
    port: int
    security: str
    user: str | None
    password_file: str | None
    password_command: str | None
    sendmail: str | None
    sender: str
    times: SendingTimes

    @property
    def name(self) -> str:
        """What e-mails are handed to, for people."""
        return self.sendmail or f"{self.host}:{self.port}"


class SmsSettings(NamedTuple):
    """How an SMS is sent: by a request to `url`; `id` is where its answer has the SMS's number."""

    url: str
    method: str
    headers: Mapping[str, str]
    body: str
    id: str | None
    times: SendingTimes


_TIMES: dict[str, Kind] = {"hours": str, "days": str, "daily": int}
MAIL = TableKeys(
    {
        "smtp": str,
        "sendmail": str,
        "security": str,
        "user": str,
        "password_file": str,
        "password_command": str,
        "from": str,
        **_TIMES,
    },
    ("from",),
)
SMS = TableKeys(
    {
        "url": str,
        "method": str,
        "headers": dict,
        "body": str,
        "id": str,
        **_TIMES,
    },
    ("url", "body"),
)

_HOUR = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"


def read_mail(toml: TomlReader, written: Mapping[str, object]) -> MailSettings:
    """The section [mail]; what is wrong in it is noted as a fault."""
    good = toml.keys(written, ("mail",), MAIL)
    _check_pairs(toml, good)
    security = _read_security(toml, good)
    host, port = _read_server(toml, good, security)
    if security == "none" and host and host not in LOOPBACK:
        told = 'security "none" is for a server on this machine only: use "starttls" or "tls".'
        toml.fault(("mail", "security"), told)
    sendmail = good.text_or_none("sendmail")
    if sendmail is not None:
        _check_command(toml, "sendmail", sendmail)
    if "password_command" in good:
        _check_command(toml, "password_command", good.text("password_command"))
    return MailSettings(
        host=host,
        port=port,
        security=security,
        user=good.text_or_none("user"),
        password_file=_find_beside(toml, good.text_or_none("password_file")),
        password_command=good.text_or_none("password_command"),
        sendmail=sendmail,
        sender=_read_sender(toml, good),
        times=_read_times(toml, good, "mail"),
    )


def read_sms(
    toml: TomlReader, written: Mapping[str, object], mail: MailSettings | None
) -> SmsSettings:
    """The section [sms]; hours, days and daily are those of [mail] where it has none."""
    good = toml.keys(written, ("sms",), SMS)
    url, body = good.text("url"), good.text("body")
    if "url" in good:
        _check_url(toml, url)
    method = good.text("method", "POST")
    if not re.fullmatch("[A-Z]{1,20}", method):
        toml.fault(("sms", "method"), f"method must be a word such as POST, not {method!r}.")
    for place in re.findall(r"\{\{(.*?)\}\}", body):
        if place.strip() not in PLACES:
            told = f"body has no {{{{{place}}}}}: it can name {', '.join(PLACES)}."
            toml.fault(("sms", "body"), told)
    if "body" in good and not re.search(r"\{\{\s*text\s*\}\}", body):
        toml.fault(("sms", "body"), "body must have {{ text }} where the text of the SMS goes.")
    times = _read_times(toml, good, "sms")
    if mail is not None:
        times = SendingTimes(
            times.hours if "hours" in good else mail.times.hours,
            times.working_days if "days" in good else mail.times.working_days,
            times.daily if "daily" in good else mail.times.daily,
        )
    return SmsSettings(url, method, _read_headers(toml, good), body, _read_id(toml, good), times)


def _check_pairs(toml: TomlReader, good: TomlTable) -> None:
    """Keys that exclude or need each other."""
    if ("smtp" in good) == ("sendmail" in good):
        toml.fault(("mail",), "mail needs either 'smtp' or 'sendmail'.")
    if "sendmail" in good:
        for key in ("security", "user", "password_file", "password_command"):
            if key in good:
                toml.fault(("mail", key), f"{key} can only be used with smtp.")
        return
    passwords = [key for key in ("password_file", "password_command") if key in good]
    if len(passwords) > 1:
        toml.fault(("mail", passwords[1]), f"give {' or '.join(passwords)}, not both.")
    if "user" in good and not passwords:
        toml.fault(("mail", "user"), "user needs a password_file or a password_command.")
    if passwords and "user" not in good:
        toml.fault(("mail", passwords[0]), f"{passwords[0]} can only be used with user.")


def _read_security(toml: TomlReader, good: TomlTable) -> str:
    security = good.text("security", "starttls")
    if security not in SECURITY:
        known = ", ".join(SECURITY)
        toml.fault(("mail", "security"), f"security must be one of {known}, not {security!r}.")
        return "starttls"
    return security


def _read_server(toml: TomlReader, good: TomlTable, security: str) -> tuple[str, int]:
    """The host and port of `smtp`, as mail.example.org:587, or [::1]:25."""
    if "smtp" not in good:
        return "", 0
    written = good.text("smtp")
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+))(?::([0-9]{1,5}))?", written)
    port = int(found[3]) if found is not None and found[3] else SECURITY[security]
    if found is None or not 0 < port < 65536:
        told = f"smtp must be a server such as mail.example.org:587, not {written!r}."
        toml.fault(("mail", "smtp"), told)
        return "", 0
    return found[1] or found[2], port


def _read_sender(toml: TomlReader, good: TomlTable) -> str:
    try:
        return parse_mail_address(good.text("from")) if "from" in good else ""
    except Unsendable as error:
        toml.fault(("mail", "from"), f"from: {error}.")
        return ""


def _check_command(toml: TomlReader, key: str, command: str) -> None:
    try:
        if not shlex.split(command):
            toml.fault(("mail", key), f"{key} is empty: give a command.")
    except ValueError as error:
        told = f"{key} can't be split into words ({error}): write it as at a shell."
        toml.fault(("mail", key), told)


def _check_url(toml: TomlReader, url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if not host or parts.scheme not in ("https", "http") or not re.fullmatch("[!-~]+", url):
        toml.fault(("sms", "url"), f"url must be one such as https://host/path, not {url!r}.")
    elif parts.scheme == "http" and host not in LOOPBACK:
        toml.fault(("sms", "url"), "url must be https: http is for a gateway on this machine only.")
    elif parts.username is not None:
        toml.fault(("sms", "url"), "url must not hold a password: send it in a header.")


_BODIES = re.compile("(?i)[a-z./+-]*(json|xml)|application/x-www-form-urlencoded|text/plain")
"""The kinds of bodies in which values can be written so that nothing in them ends their place."""


def _read_headers(toml: TomlReader, good: TomlTable) -> Mapping[str, str]:
    found = {}
    for name, value in good.table("headers").items():
        place = ("sms", "headers", name)
        if not re.fullmatch("[A-Za-z0-9!#$%&'*+.^_`|~-]+", name):
            toml.fault(place, f"{name!r} can't be the name of a header.")
        elif not isinstance(value, str) or not re.fullmatch("[ -~]*", value):
            toml.fault(place, f"header {name} must be a text of ASCII characters on one line.")
        elif name.lower() == "content-type" and not _BODIES.match(value):
            told = "Content-Type must be of JSON, XML, application/x-www-form-urlencoded or text/plain."
            toml.fault(place, told)
        else:
            found[name] = value
    return MappingProxyType(found)


def _read_id(toml: TomlReader, good: TomlTable) -> str | None:
    path = good.text_or_none("id")
    if path is not None and not re.fullmatch(r"\$(\.[^.\s]+)+", path):
        toml.fault(("sms", "id"), f"id must be a path such as $.messages.0.id, not {path!r}.")
    return path


def _read_times(toml: TomlReader, good: TomlTable, section: str) -> SendingTimes:
    hours = None
    if "hours" in good:
        found = re.fullmatch(f"({_HOUR})-({_HOUR}|24:00)", good.text("hours"))
        if found is None or found[1] >= found[2]:
            told = f"hours must be such as 08:00-20:00, not {good.text('hours')!r}."
            toml.fault((section, "hours"), told)
        else:
            hours = found[1], found[2]
    days, daily = good.text("days", "all"), good.number_or_none("daily")
    if days not in ("all", "working"):
        toml.fault((section, "days"), f"days must be all or working, not {days!r}.")
    if daily is not None and daily < 1:
        toml.fault((section, "daily"), f"daily must be 1 or more, not {daily}.")
    return SendingTimes(hours, days == "working", daily)


def _find_beside(toml: TomlReader, path: str | None) -> str | None:
    """A file beside the settings file, unless its path is absolute."""
    if path is None:
        return None
    return os.path.join(os.path.dirname(os.path.abspath(toml.document.name)), path)
