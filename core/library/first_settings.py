"""A first settings file: everything that settings can say, as comments to be taken away.

A line of settings begins with `#` and no blank, so that it works once the `#` is gone; a line for
people begins with `# `.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from ..book.model import Book
from ..system.language import ENGLISH, find_spoken, mark, say_unmarked
from ..system.write_toml import format_toml
from .settings import COMPANY, SECTIONS

_WIDTH = 98
_COMPANY = {
    "name": "Example Company",
    "address": "1 Example Street, Example Town",
    "email": "desk@example.org",
    "phone": "+39 055 000 000",
    "hotline": "800 000 000",
    "iban": "IT00 X000 0000 0000 0000 0000 000",
    "bank": "Example Bank",
    "website": "https://example.org",
}
_CALENDAR = (
    ("closures", ["12-24", "2026-08-14"], mark("the desk is closed, each year or on one day")),
    ("working", ["2026-11-07"], mark("worked, though the calendar says otherwise")),
)
_MAIL = (
    (
        "smtp",
        "mail.example.org:587",
        mark('or sendmail = "/usr/sbin/sendmail -i -t", without the three below'),
    ),
    ("security", "starttls", mark("or tls; none on this machine only")),
    ("user", "desk", mark("who logs in")),
    (
        "password_file",
        "mail.key",
        mark("readable by its owner only; or password_command, which prints it"),
    ),
    ("from", "desk@example.org", mark("the sender")),
    ("hours", "08:00-20:00", mark("of the customer's day")),
    ("days", "working", mark("on working days only")),
    ("daily", 2, mark("e-mails to one customer a day, at most")),
)
_SMS = (
    ("url", "https://gateway.example/send", mark("where each SMS is sent to")),
    ("method", "POST", mark("how")),
    ("headers", {"Accept": "application/json"}, mark("what is said beside")),
    ("body", '{"to": "{{ to }}", "text": "{{ text }}"}', mark("what is sent")),
    ("id", "$.id", mark("where the answer has the number of the SMS")),
)


_ABOUT = (
    mark("The settings of a desk. Take the # away where a line begins with # and no blank."),
    mark("`prassi doctor` says what is wrong, docs/reference.md what there is."),
)


def draft_settings(books: Sequence[Book]) -> str:
    """The text of a settings file; its roles, parameters and calendars are those of the books."""
    return "\n".join(_format_lines(books)) + "\n"


def _format_lines(books: Sequence[Book]) -> Iterator[str]:
    for line in _ABOUT:
        yield f"# {say_unmarked(line)}"
    yield from _head("company")
    yield from _lines(
        (name, _COMPANY[name], say_unmarked(about)) for name, about in COMPANY.items()
    )
    yield from _head("desk")
    yield from _lines(
        (
            ("language", _choose_language(), say_unmarked("it, es, ru, ar or en")),
            ("time_zone", "Europe/Rome", ""),
        )
    )
    yield from _head("roles")
    roles = {role: about for book in books for role, about in book.roles.items()}
    yield from _lines((role, ["anna", "luca"], about) for role, about in roles.items())
    yield from _head("people")
    yield from _lines([("anna", {"email": "anna@example.org"}, "")])
    yield from _format_book_lines(books)
    yield from _head("mail")
    yield from _lines(_say_abouts(_MAIL))
    yield from _head("sms")
    yield from _lines(_say_abouts(_SMS))
    yield from _head("folders")
    yield from _lines(
        [
            ("books", "books", say_unmarked("your own books")),
            ("templates", "templates", say_unmarked("your own words")),
        ]
    )
    yield from _head("views")
    yield from _lines([("mine", "assignee:anna due:<=today", "prassi list @mine")])


def _format_book_lines(books: Sequence[Book]) -> Iterator[str]:
    """The parameters of each book, and the calendars by which books count."""
    yield from _head("parameters", header=False)
    for book in books:
        yield f"#[parameters.{book.name}]"
        for one in book.parameters.values():
            about = ": ".join(filter(None, (one.unit, one.about)))
            yield from _lines([(one.name, one.value, about)])
    yield from _head("calendars", header=False)
    for country in dict.fromkeys(book.calendar for book in books):
        yield f"#[calendars.{country}]"
        yield from _lines(_say_abouts(_CALENDAR))


def _head(section: str, header: bool = True) -> Iterator[str]:
    """What a section is for."""
    about = say_unmarked(SECTIONS[section]).replace("`", "")
    yield ""
    yield from textwrap.wrap(f"{about}.", _WIDTH, initial_indent="# ", subsequent_indent="# ")
    if header:
        yield f"#[{section}]"


def _choose_language() -> str:
    """The desk's language, as far as it is known."""
    spoken = find_spoken()
    return "it" if spoken == ENGLISH else spoken


def _say_abouts(
    settings: Iterable[tuple[str, object, str]],
) -> Iterator[tuple[str, object, str]]:
    return ((name, value, say_unmarked(about)) for name, value, about in settings)


def _lines(settings: Iterable[tuple[str, object, str]]) -> Iterator[str]:
    """A setting a line, with what it is for beside it, or above it where it is long."""
    for name, value, about in settings:
        line = f"#{name} = {format_toml(value)}"
        if about and len(line) + len(about) + 4 > _WIDTH:
            yield from textwrap.wrap(about, _WIDTH, initial_indent="# ", subsequent_indent="# ")
            about = ""
        yield f"{line}  # {about}" if about else line
