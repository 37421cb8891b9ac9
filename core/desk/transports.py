"""How messages of each channel are sent: what the settings say, made into what speaks SMTP or HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..errors import BadInput
from ..library.sending_settings import MailSettings, SendingTimes, SmsSettings
from ..library.settings import Settings
from ..outbox.delivery import Sender, SendingStopped


class Transport:
    """Where the messages of a channel go: its name for people, when messages may leave, and the
    sender, which is made (and its password read) when it is first asked for."""

    def __init__(self, name: str, times: SendingTimes, make: Callable[[], Sender]) -> None:
        self.name, self.times, self._make = name, times, make
        self._sender: Sender | None = None

    @property
    def sender(self) -> Sender:
        """What hands messages over; SendingStopped where its password can't be had."""
        if self._sender is None:
            try:
                self._sender = self._make()
            except BadInput as error:
                raise SendingStopped(str(error)) from None
        return self._sender

    def close(self) -> None:
        """Let the other side go."""
        if self._sender is not None:
            self._sender.close()


class Handshake(NamedTuple):
    """Whether a transport could be used just now: `fault` says why it could not, as a sentence."""

    channel: str
    name: str
    fault: str | None


def list_transports(settings: Settings) -> dict[str, Transport]:
    """The transports that the settings describe, by channel."""
    found = {}
    if (mail := settings.mail) is not None:
        found["email"] = Transport(mail.name, mail.times, lambda: _make_mail_sender(mail))
    if (sms := settings.sms) is not None:
        found["sms"] = Transport(sms.url, sms.times, lambda: _make_sms_sender(sms))
    return found


def shake_hands(settings: Settings) -> Iterator[Handshake]:
    """Try each transport of the settings as far as that goes without a message: connect, TLS, login,
    good-bye; of a command, whether it is there."""
    for channel, transport in list_transports(settings).items():
        try:
            transport.sender.check()
            fault = None
        except SendingStopped as error:
            fault = str(error)
        yield Handshake(channel, transport.name, fault)


def _make_mail_sender(mail: MailSettings) -> Sender:
    if mail.sendmail is not None:
        from ..outbox.sendmail import SendmailSender

        return SendmailSender(mail.sendmail)
    from ..outbox.smtp import MailServer, SmtpSender  # late: 20 ms

    server = MailServer(
        host=mail.host,
        port=mail.port,
        security=mail.security,
        user=mail.user,
        password=_read_password(mail),
        sender=mail.sender,
    )
    return SmtpSender(server)


def _read_password(mail: MailSettings) -> str | None:
    from ..outbox.passwords import read_password_file, run_password_command

    if mail.password_file is not None:
        return read_password_file(mail.password_file, "[mail] password_file")
    if mail.password_command is not None:
        return run_password_command(mail.password_command, "[mail] password_command")
    return None


def _make_sms_sender(sms: SmsSettings) -> Sender:
    from ..outbox.sms_gateway import Gateway, SmsSender  # late: 20 ms

    return SmsSender(Gateway(sms.url, sms.method, sms.headers, sms.body, sms.id))
