"""Sending SMS over HTTP to a gateway that the settings describe: URL, headers and body."""

from __future__ import annotations

import http.client
import json
import re
import ssl
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import quote_plus, urlsplit
from xml.sax.saxutils import escape

from ..messages.addresses import LOOPBACK
from .delivery import LATER, REFUSED, SENT, UNKNOWN, Delivery, SendingStopped, shorten_answer

_SECONDS = 60
_LONGEST = 65_536
_JSON = "application/json"

_LATER = {408, 425, 429}
_TAKEN_OR_NOT = {500, 502, 504}
"""Answers that can come after the gateway has taken the SMS: sent again, it might go out twice."""

_STOPS = {401, 402, 403, 404, 405, 406, 407, 411, 413, 414, 415, 431}
"""Answers that are about the desk's account or the settings, whoever the recipient is."""

_PLACE = re.compile(r"\{\{\s*(to|text|id)\s*\}\}")
"""What a body can name in double braces."""


class Gateway(NamedTuple):
    """How a gateway is asked: `body` names to, text and id in double braces, `id` where its answer has the
    number of the SMS, as `$.messages.0.id`."""

    url: str
    method: str
    headers: Mapping[str, str]
    body: str
    id: str | None


class SmsSender:
    """Sends each SMS with one request. `context` is what TLS is spoken with."""

    def __init__(self, gateway: Gateway, context: ssl.SSLContext | None = None) -> None:
        self._gateway, self._context = gateway, context
        self._parts = urlsplit(gateway.url)

    def deliver(self, content: bytes, to: str, mark: str = "") -> Delivery:
        """Send one text (UTF-8); no answer after the request was sent leaves it UNKNOWN."""
        gateway = self._gateway
        body = fill_body(gateway, {"to": to, "text": content.decode("utf-8"), "id": mark})
        connection = self._connect()
        try:
            try:
                path = self._parts.path or "/"
                target = f"{path}?{self._parts.query}" if self._parts.query else path
                connection.request(gateway.method, target, body, _complete_headers(gateway))
                response = connection.getresponse()
                answer = response.read(_LONGEST)
            except (OSError, http.client.HTTPException) as error:
                return Delivery(UNKNOWN, f"no answer after the SMS was sent: {_reason(error)}")
        finally:
            connection.close()
        return self._judge(response.status, answer)

    def check(self) -> None:
        """Connect and let go, without a message; SendingStopped where that fails."""
        self._connect().close()

    def close(self) -> None:
        """Nothing is kept open between two SMS."""

    def _judge(self, status: int, answer: bytes) -> Delivery:
        told = f"{status} {shorten_answer(answer)}".rstrip()
        if 200 <= status < 300:
            return Delivery(SENT, told, find_id(answer, self._gateway.id))
        if status in _STOPS or status < 400:
            raise SendingStopped(
                f"{self._gateway.url} answers {told}; correct [sms] of the settings."
            )
        if status in _TAKEN_OR_NOT:
            return Delivery(UNKNOWN, told)
        return Delivery(LATER if status in _LATER or status >= 500 else REFUSED, told)

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        secure = self._parts.scheme == "https"
        if not secure and host not in LOOPBACK:
            raise SendingStopped(
                f"{self._gateway.url} is not https, which only this machine may do without."
            )
        connection = (
            http.client.HTTPSConnection(
                host, port, timeout=_SECONDS, context=self._context or ssl.create_default_context()
            )
            if secure
            else http.client.HTTPConnection(host, port, timeout=_SECONDS)
        )
        try:
            connection.connect()
        except OSError as error:
            connection.close()
            raise SendingStopped(f"{self._gateway.url}: no connection: {_reason(error)}.") from None
        return connection


def fill_body(gateway: Gateway, values: Mapping[str, str]) -> bytes:
    """The body of a request, each value written so that nothing in it can end its place.

    What that takes is told by the Content-Type: JSON (also without one), XML, a form, or plain text.
    """
    kind = find_content_type(gateway.headers)
    write: Callable[[str], str] = str
    if "json" in kind:
        write = _as_json
    elif "xml" in kind:
        write = _as_xml
    elif kind.startswith("application/x-www-form-urlencoded"):
        write = quote_plus
    return _PLACE.sub(lambda place: write(values[place[1]]), gateway.body).encode()


def find_content_type(headers: Mapping[str, str]) -> str:
    """What the headers say that the body is, in small letters; without a word, JSON."""
    kinds = {name.lower(): value.lower() for name, value in headers.items()}
    return kinds.get("content-type", _JSON)


def _complete_headers(gateway: Gateway) -> dict[str, str]:
    if any(name.lower() == "content-type" for name in gateway.headers):
        return dict(gateway.headers)
    return {**gateway.headers, "Content-Type": _JSON}


def find_id(answer: bytes, path: str | None) -> str | None:
    """What the gateway calls the SMS: the value at a path of its JSON answer, None where there is none."""
    if path is None:
        return None
    try:
        found = json.loads(answer)
        for key in path.removeprefix("$").strip(".").split("."):
            found = found[int(key)] if isinstance(found, list) else found[key]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return None
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else None


def _as_xml(value: str) -> str:
    return escape(value, {'"': "&quot;", "'": "&apos;"})


def _as_json(value: str) -> str:
    return json.dumps(value)[1:-1]


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate can't be trusted ({error.verify_message})"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return shorten_answer(str(error)) or type(error).__name__
