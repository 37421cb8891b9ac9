"""Which language a command speaks: what is asked for, else the desk's, else a terminal's, else English.

It is found before the command is read, so that help and errors are in it too.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from prassi.core.errors import BadInput
from prassi.core.system.language import ENGLISH, FOLDER, LANGUAGES, SAID, find_spoken, speak

LANG = "--lang"
_OPTIONS = {LANG: "PRASSI_LANG", "--config": "PRASSI_CONFIG", "--file": "PRASSI_FILE"}


def choose_language(arguments: Sequence[str]) -> None:
    """Speak the language of an invocation from now on."""
    language = _find_asked(arguments) or _find_desk(arguments) or _find_of_terminal() or ENGLISH
    if language != find_spoken():
        speak(language)
        _let_click_speak(language)


def _find_asked(arguments: Sequence[str]) -> str | None:
    """The language that is asked for; a word that is none is told when the command is read."""
    asked = _find_option(arguments, LANG)
    return asked if asked in LANGUAGES else None


def _find_option(arguments: Sequence[str], option: str) -> str | None:
    """What is given for a common option, or by its variable; the last one counts, as for Click."""
    names = (option, "-f") if option == "--file" else (option,)
    found = os.environ.get(_OPTIONS[option]) or None
    for place, word in enumerate(arguments):
        if word == "--":
            break
        name, equals, value = word.partition("=")
        if name in names and name.startswith("--") and equals:
            found = value
        elif word in names and place + 1 < len(arguments):
            found = arguments[place + 1]
        elif "-f" in names and word.startswith("-f") and len(word) > 2:
            found = word[2:]
    return found


def _find_desk(arguments: Sequence[str]) -> str | None:
    """The desk's language; settings that are faulty are told when they are loaded."""
    path = _find_option(arguments, "--config")
    if path is None:
        file = _find_option(arguments, "--file") or "tickets.db"
        path = os.path.join(os.path.dirname(file), "prassi.toml")
    with suppress(OSError, BadInput):
        with open(path, "rb") as settings:
            raw = settings.read()
        if b"language" in raw:
            return _read_desk(path, raw)
    return None


def _read_desk(path: str, raw: bytes) -> str | None:
    from prassi.core.library.settings import read_document  # late: 6 ms; most settings name none

    desk = read_document(path, raw).data.get("desk")
    language = desk.get("language") if isinstance(desk, dict) else None
    return language if language in LANGUAGES else None


def _find_of_terminal() -> str | None:
    """The language of the locale, where people read at a terminal."""
    if not (sys.stdout is not None and sys.stdout.isatty()):
        return None
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if said := os.environ.get(name):
            return said[:2] if said[:2] in LANGUAGES and not said[2:3].isalpha() else None
    return None


def _let_click_speak(language: str) -> None:
    """Give Click the catalogue too: it asks gettext's default domain, by the variable LANGUAGE."""
    import gettext  # late: Click has it

    gettext.bindtextdomain(SAID, FOLDER)
    gettext.textdomain(SAID if language != ENGLISH else "messages")
    os.environ["LANGUAGE"] = language
