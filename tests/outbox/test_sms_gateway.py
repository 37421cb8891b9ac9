"""Sending SMS to a gateway: requests as the settings describe them, and what its answers mean."""

from __future__ import annotations

import json
import ssl
from urllib.parse import parse_qs
from xml.etree import ElementTree

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st
from prassi.core.outbox.delivery import LATER, REFUSED, SENT, UNKNOWN, SendingStopped
from prassi.core.outbox.sms_gateway import (
    Gateway,
    SmsSender,
    fill_body,
    find_id,
)
from servers import serve_sms

JSON = '{"to": "{{ to }}", "text": "{{text}}"}'
TO = "+39055123456"


def gateway(url: str = "http://127.0.0.1/send", **more: object) -> Gateway:
    known: dict[str, object] = {
        "url": url, "method": "POST", "headers": {"X-Key": "k"}, "body": JSON, "id": "$.messages.0.id",
    }  # fmt: skip
    return Gateway(**{**known, **more})  # type: ignore[arg-type]


def test_a_request_is_as_the_settings_describe_it() -> None:
    answer = b'{"messages": [{"id": 4711}]}'
    with serve_sms([(200, answer)]) as (port, requests):
        delivery = SmsSender(gateway(f"http://127.0.0.1:{port}/send?v=2")).deliver(
            "È ok".encode(), TO
        )
    assert (delivery.outcome, delivery.id) == (SENT, "4711")
    (request,) = requests
    assert (request.method, request.path, request.headers["X-Key"]) == ("POST", "/send?v=2", "k")
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.body) == {"to": TO, "text": "È ok"}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (201, SENT),
        (400, REFUSED),
        (422, REFUSED),
        (429, LATER),
        (500, UNKNOWN),
        (502, UNKNOWN),
        (503, LATER),
    ],
)
def test_what_an_answer_means(status: int, outcome: str) -> None:
    with serve_sms([(status, b"as told")]) as (port, _):
        delivery = SmsSender(gateway(f"http://127.0.0.1:{port}/")).deliver(b"Ciao", TO)
    assert (delivery.outcome, delivery.answer) == (outcome, f"{status} as told")


@pytest.mark.parametrize("status", [301, 401, 403, 404, 405])
def test_an_answer_about_the_desk_stops_the_sending(status: int) -> None:
    with (
        serve_sms([(status, b"no")]) as (port, _),
        pytest.raises(SendingStopped, match=rf"answers {status} no; correct \[sms\]"),
    ):
        SmsSender(gateway(f"http://127.0.0.1:{port}/")).deliver(b"Ciao", TO)


def test_no_answer_leaves_it_unknown_and_no_connection_stops_the_sending() -> None:
    with serve_sms([None]) as (port, requests):
        sender = SmsSender(gateway(f"http://127.0.0.1:{port}/"))
        assert sender.deliver(b"Ciao", TO).outcome == UNKNOWN
        assert len(requests) == 1
    with pytest.raises(SendingStopped, match="no connection: connection refused"):
        sender.deliver(b"Ciao", TO)


def test_certificates_are_checked_and_http_is_for_this_machine_only() -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with serve_sms([(200, b"{}")], context) as (port, requests):
        url = f"https://localhost:{port}/"
        with pytest.raises(SendingStopped, match="its certificate can't be trusted"):
            SmsSender(gateway(url)).deliver(b"Ciao", TO)
        assert SmsSender(gateway(url), trusting).deliver(b"Ciao", TO).outcome == SENT
    assert len(requests) == 1
    with pytest.raises(SendingStopped, match="is not https"):
        SmsSender(gateway("http://gateway.example/")).check()


@given(st.text(st.characters(codec="utf-8")))
def test_no_text_gets_out_of_its_place(text: str) -> None:
    values = {"to": TO, "text": text, "id": ""}
    assert json.loads(fill_body(gateway(), values)) == {"to": TO, "text": text}
    form = gateway(
        headers={"content-type": "application/x-www-form-urlencoded"},
        body="to={{to}}&text={{ text }}",
    )
    filled = parse_qs(fill_body(form, values).decode(), keep_blank_values=True)
    assert filled == {"to": [TO], "text": [text]}


def test_no_text_gets_out_of_its_element() -> None:
    asked = gateway(headers={"Content-Type": "text/xml"}, body='<s to="{{to}}"><t>{{text}}</t></s>')
    text = '</t></s><s to="+39666"><t>a & b'
    (made,) = ElementTree.fromstring(fill_body(asked, {"to": TO, "text": text, "id": ""}))
    assert made.text == text


def test_where_the_id_stands() -> None:
    assert find_id(b'{"id": "a"}', "$.id") == "a"
    assert find_id(b'[{"x": 5}]', "$.0.x") == "5"
    for answer in (b"", b"no", b"[]", b'{"id": {}}', b'{"id": true}', b"\xff", b"[" * 10**5):
        assert find_id(answer, "$.id") is None
    assert find_id(b'{"id": "a"}', None) is None
