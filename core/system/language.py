"""The language in which people are spoken to, and what is said in it: gettext's catalogues.

English is what stands in the code. Another language is looked up when something is said, so that a
command which says nothing loads no catalogue.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gettext import NullTranslations

ENGLISH = "en"
LANGUAGES = ("it", "es", "ru", "ar", ENGLISH)
"""The languages that the command line speaks."""

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "locale")
"""Where the catalogues lie: LANGUAGE/LC_MESSAGES/prassi.mo."""

SAID, HELP, ERRORS, WEB = DOMAINS = ("prassi", "help", "errors", "web")
"""A catalogue each: what commands say while they work is asked for most, so it is small."""

_spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


def speak(language: str) -> None:
    """Say everything in a language from now on; each thread and each task has its own."""
    _spoken.set(language)


@contextmanager
def speak_meanwhile(language: str) -> Iterator[None]:
    """Say everything in a language for a while."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def find_spoken() -> str:
    """The language that is spoken."""
    return _spoken.get()


def find_direction() -> str:
    """The direction of writing of the language that is spoken, as HTML has it."""
    return "rtl" if _spoken.get() == "ar" else "ltr"


def say(text: str, domain: str = SAID) -> str:
    """A text of the code, or its form with names in braces, in the language that is spoken."""
    language = _spoken.get()
    return text if language == ENGLISH else _load(language, domain).gettext(text)


def say_unmarked(text: str) -> str:
    """A text for a file that people edit: marks of direction would be copied with a command."""
    return say(text).replace("\u200e", "").replace("\u200f", "")


def say_count(one: str, many: str, count: int, domain: str = SAID) -> str:
    """A text with a count, in the form that the language has for that count."""
    language = _spoken.get()
    if language == ENGLISH:
        return one if count == 1 else many
    return _load(language, domain).ngettext(one, many, count)


def mark(text: str) -> str:
    """The text itself, which is said later: so that it is found for the catalogues."""
    return text


def mark_count(one: str, many: str) -> str:
    """The text for several, as `mark` gives a text."""
    return many


def mark_texts(one: str, many: str) -> tuple[str, str]:
    """A text with a count, in both forms, for `say_count`."""
    return one, many


@cache
def list_said(language: str, domain: str) -> Mapping[str, str]:
    """All texts of a catalogue, by their English."""
    catalogue = _load(language, domain)
    texts = getattr(catalogue, "_catalog", {})
    return {one: said for one, said in texts.items() if one and isinstance(one, str)}


@cache
def _load(language: str, domain: str) -> NullTranslations:
    """A catalogue of a language; English where it was not built."""
    from gettext import translation  # late: 1 ms, and English needs none

    return translation(domain, FOLDER, [language], fallback=True)  # which Click asks for too
