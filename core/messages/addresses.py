"""Addresses that a message can go to: one plain e-mail address, or one telephone number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Hosts that messages may be sent to without TLS: this machine."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"(?!-){_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_FEWEST_DIGITS, _MOST_DIGITS = 3, 15
"""Of a telephone number: more than the world's numbering plan (E.164) allows are two numbers in one."""

_PHONE = re.compile(r"\+?[0-9(][0-9 ().\/-]{2,29}")
_TRUNK_ZERO = re.compile(r"(?:\+|00)(?!3(?:9|78) *\()[0-9]{1,3} *\(0\)")
"""A country's code, and the 0 that is dialled within the country only. In Italy and San Marino the 0
belongs to the number."""


class Unsendable(Exception):
    """Why a message can't be sent, as the end of a sentence about it."""


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
    dialled = _TRUNK_ZERO.sub(lambda found: found[0].replace("(0)", ""), bare)
    number = re.sub(r"[^0-9+]", "", dialled)
    digits = number.removeprefix("+").removeprefix("00")
    if not _PHONE.fullmatch(bare) or not _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS:
        raise Unsendable(f"{written!r} is not one number such as +39 055 123456")
    return number


def find_unsendable(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """The addresses of a customer to which nothing can be sent: the field, and why, as a sentence."""
    checks = {"email": parse_mail_address, "phone": parse_phone_number}
    for field, parse in checks.items():
        address = values.get(field)
        if isinstance(address, str):
            try:
                parse(address)
            except Unsendable as error:
                yield field, str(error)
