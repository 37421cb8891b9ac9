"""Sending over SMTP: what a real server answers, and when nothing may be called sent."""

from __future__ import annotations

import ssl

import pytest
from prassi.core.outbox.delivery import LATER, REFUSED, SENT, UNKNOWN, SendingStopped
from prassi.core.outbox.smtp import MailServer, SmtpSender
from servers import Script, serve_mail

FROM, TO = "desk@example.org", "anna@example.org"
MAIL = b"From: desk@example.org\r\nTo: anna@example.org\r\nSubject: Ciao\r\n\r\n.dots\r\n..\r\nend"


def sender(port: int, context: ssl.SSLContext, security: str = "none", **more: str) -> SmtpSender:
    server = MailServer(
        host="localhost",
        port=port,
        security=security,
        user=more.get("user"),
        password=more.get("password"),
        sender=FROM,
    )
    return SmtpSender(server, context)


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_an_e_mail_arrives_as_it_was_written(security: str) -> None:
    script = Script()
    with serve_mail(script, security) as site:
        one = sender(site.port, site.context, security)
        told = [one.deliver(MAIL, TO) for _ in range(2)]
        one.close()
    assert [delivery.outcome for delivery in told] == [SENT, SENT]
    assert script.mails == [(FROM, TO, MAIL + b"\r\n")] * 2


@pytest.mark.parametrize(
    ("command", "answer", "outcome"),
    [
        ("RCPT", "550 5.1.1 no such user", REFUSED),
        ("RCPT", "452 4.2.2 mailbox full", LATER),
        ("RCPT", "421 4.3.2 shutting down", LATER),
        ("DATA", "554 5.7.1 spam", REFUSED),
        ("DATA", "451 4.3.0 try again", LATER),
    ],
)
def test_what_the_server_says_of_a_recipient(command: str, answer: str, outcome: str) -> None:
    script = Script(**{command: answer})
    with serve_mail(script) as site:
        one = sender(site.port, site.context)
        delivery = one.deliver(MAIL, TO)
        script.answers.clear()
        following = one.deliver(MAIL, "bea@example.org")
        one.close()
    assert (delivery.outcome, delivery.answer) == (outcome, answer)
    assert following.outcome == SENT  # one refused recipient stops no other one
    assert [to for _, to, _ in script.mails] == ["bea@example.org"]


@pytest.mark.parametrize(
    "answer",
    [
        "530 5.7.0 Authentication required",
        "503 5.5.1 need MAIL first",
        "554 5.7.1 Relay access denied",
        "550 5.7.1 authentication needed",
    ],
)
def test_a_refusal_of_us_is_not_one_of_the_recipient(answer: str) -> None:
    """A login that is wrong must not make every customer's address bad."""
    script = Script(RCPT=answer)
    with serve_mail(script) as site:
        one = sender(site.port, site.context)
        with pytest.raises(SendingStopped, match="lets us send to nobody"):
            one.deliver(MAIL, TO)
        script.answers.clear()
        assert one.deliver(MAIL, TO).outcome == SENT
        one.close()


def test_a_connection_that_breaks_after_the_e_mail_leaves_it_unknown() -> None:
    script = Script(drop="DATA")
    with serve_mail(script) as site:
        one = sender(site.port, site.context)
        delivery = one.deliver(MAIL, TO)
        one.close()
    assert delivery.outcome == UNKNOWN
    assert "the connection broke after the e-mail was sent" in delivery.answer


@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
def test_a_connection_that_breaks_before_stops_the_sending(command: str) -> None:
    script = Script(drop=command)
    with serve_mail(script) as site:
        one = sender(site.port, site.context)
        with pytest.raises(SendingStopped, match=f"localhost:{site.port} breaks the connection"):
            one.deliver(MAIL, TO)
    assert not script.mails


def test_a_sender_that_is_refused_stops_the_sending() -> None:
    with serve_mail(Script(MAIL="550 not you")) as site:
        one = sender(site.port, site.context)
        with pytest.raises(
            SendingStopped, match=r"refuses the sender desk@example\.org: 550 not you"
        ):
            one.deliver(MAIL, TO)
        one.close()


def test_the_login_is_used_and_a_wrong_one_stops_the_sending() -> None:
    script = Script()
    with serve_mail(script, "starttls", ("desk", "s3cret")) as site:
        right = sender(site.port, site.context, "starttls", user="desk", password="s3cret")
        assert right.deliver(MAIL, TO).outcome == SENT
        right.close()
        wrong = sender(site.port, site.context, "starttls", user="desk", password="guess")
        with pytest.raises(SendingStopped, match=r"the login is refused \(535\)") as stopped:
            wrong.deliver(MAIL, TO)
    assert "guess" not in str(stopped.value)
    assert len(script.mails) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_stops_the_sending(security: str) -> None:
    script = Script()
    with serve_mail(script, security) as site:
        one = sender(site.port, ssl.create_default_context(), security)
        with pytest.raises(SendingStopped, match="its certificate can't be trusted"):
            one.deliver(MAIL, TO)
        named = SmtpSender(
            MailServer("127.0.0.1", site.port, security, None, None, FROM), site.context
        )
        with pytest.raises(SendingStopped, match="its certificate can't be trusted"):
            named.deliver(MAIL, TO)
    assert not script.mails


def test_a_server_without_starttls_stops_the_sending() -> None:
    script = Script()
    with serve_mail(script) as site:
        one = sender(site.port, site.context, "starttls")
        with pytest.raises(SendingStopped, match=r"correct \[mail\] security"):
            one.deliver(MAIL, TO)
    assert not script.mails


def test_without_tls_mail_goes_to_this_machine_only() -> None:
    elsewhere = SmtpSender(MailServer("mail.example.org", 25, "none", None, None, FROM))
    with pytest.raises(SendingStopped, match="is for this machine only"):
        elsewhere.deliver(MAIL, TO)


def test_a_server_that_is_not_there_stops_the_sending() -> None:
    with serve_mail(Script()) as site:
        pass
    one = sender(site.port, site.context)
    with pytest.raises(SendingStopped, match="no connection: connection refused"):
        one.check()
