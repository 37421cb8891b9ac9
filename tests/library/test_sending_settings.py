"""[mail] and [sms] of the settings: what they say, and each fault with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from prassi.core.errors import Faults
from prassi.core.library.sending_settings import SendingTimes
from prassi.core.library.settings import load

MAIL = """[mail]
smtp = "mail.example.org"
from = "crediti@example.org"
"""
SMS = """[sms]
url = "https://gateway.example/send"
body = "{{ text }}"
"""


def written(folder: Path, text: str) -> str:
    path = folder / "prassi.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("more", "server"),
    [
        ("", ("mail.example.org", 587)),
        ('security = "tls"', ("mail.example.org", 465)),
        ('smtp = "[::1]:2525"\nsecurity = "none"', ("::1", 2525)),
        ('smtp = "localhost"\nsecurity = "none"', ("localhost", 25)),
    ],
)
def test_servers(tmp_path: Path, more: str, server: tuple[str, int]) -> None:
    text = MAIL if "smtp" not in more else MAIL.replace('smtp = "mail.example.org"\n', "")
    mail = load(written(tmp_path, text + more)).mail
    assert mail is not None
    assert (mail.host, mail.port) == server


def test_the_password_lies_beside_the_settings(tmp_path: Path) -> None:
    text = f'{MAIL}user = "u"\npassword_file = "mail.key"'
    mail = load(written(tmp_path, text)).mail
    assert mail is not None
    assert mail.password_file == str(tmp_path / "mail.key")


def test_sms_leave_when_e_mails_do_unless_they_have_times_of_their_own(tmp_path: Path) -> None:
    text = f'{MAIL}hours = "08:00-20:00"\ndays = "working"\ndaily = 2\n{SMS}daily = 1'
    settings = load(written(tmp_path, text))
    assert settings.mail is not None
    assert settings.sms is not None
    assert settings.mail.times == SendingTimes(("08:00", "20:00"), True, 2)
    assert settings.sms.times == SendingTimes(("08:00", "20:00"), True, 1)
    assert load(written(tmp_path, SMS)).mail is None


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (MAIL.replace("smtp", "smpt"), 2, "mail has no key 'smpt'"),
        ('[mail]\nfrom = "a@example.org"', 1, "mail needs either 'smtp' or 'sendmail'."),
        (f'{MAIL}sendmail = "x"', 1, "mail needs either 'smtp' or 'sendmail'."),
        ('[mail]\nsmtp = "x"', 1, "mail needs 'from'."),
        (MAIL.replace("crediti@", "a, b@"), 3, "is not one plain address"),
        (MAIL.replace(".org", ".org:0", 1), 2, "smtp must be a server such as"),
        (MAIL.replace(".org", ".org/x", 1), 2, "smtp must be a server such as"),
        (f'{MAIL}security = "ssl"', 4, "security must be one of starttls, tls, none"),
        (f'{MAIL}security = "none"', 4, "is for a server on this machine only"),
        (f'{MAIL}user = "u"', 4, "user needs a password_file or a password_command."),
        (f'{MAIL}password_file = "p"', 4, "password_file can only be used with user."),
        (f'{MAIL}user = "u"\npassword_file = "p"\npassword_command = "c"', 6, "not both"),
        ('[mail]\nsendmail = "x"\nfrom = "a@b.org"\nuser = "u"', 4, "only be used with smtp"),
        ('[mail]\nsendmail = "x \'"\nfrom = "a@b.org"', 2, "can't be split into words"),
        ('[mail]\nsendmail = " "\nfrom = "a@b.org"', 2, "sendmail is empty"),
        (f'{MAIL}hours = "20:00-08:00"', 4, "hours must be such as 08:00-20:00"),
        (f'{MAIL}hours = "8-20"', 4, "hours must be such as 08:00-20:00"),
        (f'{MAIL}days = "monday"', 4, "days must be all or working"),
        (f"{MAIL}daily = 0", 4, "daily must be 1 or more"),
        (f"{MAIL}daily = true", 4, "daily must be a whole number, not true."),
        (SMS.replace("https", "http"), 2, "url must be https"),
        (SMS.replace("https://", "ftp://"), 2, "url must be one such as https://host/path"),
        (SMS.replace("gateway", "u:p@gateway"), 2, "url must not hold a password"),
        (SMS.replace("/send", "/se nd"), 2, "url must be one such as https://host/path"),
        (SMS.replace("{{ text }}", "{{ txt }}"), 3, "body has no {{ txt }}"),
        (SMS.replace("{{ text }}", "{{ to }}"), 3, "body must have {{ text }}"),
        (f'{SMS}method = "PO ST"', 4, "method must be a word such as POST"),
        (f'{SMS}headers = {{ "A b" = "c" }}', 4, "can't be the name of a header"),
        (f'{SMS}headers = {{ A = "b\\r\\nC: d" }}', 4, "header A must be a text of ASCII"),
        (f"{SMS}headers = {{ A = 1 }}", 4, "header A must be a text of ASCII"),
        (
            f'{SMS}headers = {{ Content-Type = "multipart/form-data" }}',
            4,
            "Content-Type must be of JSON,",
        ),
        (f'{SMS}id = "id"', 4, "id must be a path such as $.messages.0.id"),
        ('mail = "x"', 1, "mail must be a table, not 'x'."),
    ],
)
def test_faults(tmp_path: Path, text: str, line: int, told: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(Faults) as found:
        load(path)
    assert any(
        fault.startswith(f"{path}:{line}: ") and told in fault for fault in found.value.faults
    )
