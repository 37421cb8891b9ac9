"""Pages of HTML from our templates, and what they call: for the server, and for `prassi report`.

All text goes through one gate: escaped for HTML, and without characters that nobody sees or that
turn the writing direction.
"""

from __future__ import annotations

import os
import re
import secrets
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from prassi.core.system.language import WEB, find_direction, find_spoken, say, say_count, speak

from ..streams import make_safe
from ..words import say_word


def render_page(name: str, language: str, **values: object) -> str:
    """A page in a person's language."""
    speak(language)
    template = _load_environment().get_template(name)
    made: str = template.render(lang=language, dir=find_direction(), **{"linked": True, **values})
    return made


def render_sheet(name: str, **values: object) -> str:
    """A page that stands alone, in the language that is spoken: one file, with its style in it."""
    with open(_STYLE, encoding="utf-8") as file:
        style = Markup(file.read())
    return render_page(name, find_spoken(), linked=False, style=style, **values)


_STYLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "static", "desk.css")


@cache
def _load_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("prassi.cli.web"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_show_value,
    )
    environment.globals["_"] = fill_text
    environment.globals["say_count"] = fill_count
    environment.globals["new_number"] = make_form_number
    environment.globals["hidden_names"] = _SHOWN_APART
    environment.filters["exact"] = escape
    environment.filters["address"] = quote_address
    environment.filters["moment"] = show_moment
    environment.filters["phone"] = make_phone_link
    environment.filters["sentence"] = begin_sentence
    environment.filters["stored"] = show_stored
    environment.filters["words"] = show_words
    return environment


def fill_text(text: str, **values: object) -> str:
    """A sentence of ours in the language of the page, with its values."""
    said = say(text, WEB)
    return said.format(**values) if values else said


def fill_count(one: str, many: str, count: int) -> str:
    """A sentence about so many."""
    return say_count(one, many, count, WEB).format(count=count)


def _show_value(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str) and not isinstance(value, Markup):
        safe = make_safe(value, lines=True)
        return _DATE.sub(_FROM_LEFT, safe) if find_direction() == "rtl" else safe
    return value


_FROM_LEFT = "\u2066\\g<0>\u2069"
_DATE = re.compile(r"(?<![\d-])\d{4}-\d{2}-\d{2}(?![\d-])")
"""A date: in a text from right to left it would be shown with its day first, so it is set apart."""


_SHOWN_APART = frozenset(
    (
        *("ref", "contact", "open_sum", "other_tickets", "messages", "next", "history", "status"),
        *("customer", "book", "assignee", "priority"),
    )
)
"""What a ticket's page shows in places of its own."""


def make_form_number() -> str:
    """What tells one form from another, so that none is recorded twice."""
    return secrets.token_urlsafe(12)


def quote_address(text: object) -> str:
    """Text as a part of an address has it."""
    return quote(str(text), safe="", errors="replace")


def show_moment(moment: object) -> str:
    """A date, or a date and a time to the minute."""
    return str(moment)[: len("2026-03-02T10:30")].replace("T", " ")


def show_stored(value: object) -> object:
    """A value of a ticket: a moment with a blank in place of its T."""
    is_moment = isinstance(value, str) and _MOMENT.fullmatch(value) is not None
    return show_moment(value) if is_moment else value


_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?")


def make_phone_link(phone: str) -> str:
    """A phone number as a link has it: digits, and + before them."""
    return "tel:" + "".join(one for one in phone if one in "+0123456789")


def show_words(name: object) -> str:
    """A name, such as `call-again` or `missed_calls`, in words; in the language of the page where it
    is one of ours."""
    return say_word(re.sub(r"_|(?<![0-9])-|-(?![0-9])", " ", str(name)))


def begin_sentence(text: str) -> str:
    """A text with a capital in front, as a book's titles have one or not."""
    return text[:1].upper() + text[1:]
