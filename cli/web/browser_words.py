"""What a text calls a command, in the words of the browser: a form by its title, a page by its name.

Books and errors name commands of the shell, such as `prassi payment T-1`; a person at a browser has
forms in their place.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from prassi.core.book.model import Book
from prassi.core.book.names import COMMON_EVENTS
from prassi.core.system.language import WEB, say

_COMMAND = re.compile(r"`prassi ([a-z-]+)([^`]*)`")

_PLACES = {
    "undo": "Take back",
    "show": "What has happened",
    "log": "What has happened",
    "outbox": "Outbox",
    "find": "Search",
    "customer": "Search",
    "list": "List",
    "triage": "List",
    "book": "Books",
}
"""Commands that are a page, a part of one, or a button."""

EVENTS = {
    "call-outcome": "call",
    "care-reply": "care",
    "hand-back": "return",
    "insistence-check": "insist",
    "case-route": "route",
    "call-conduct": "conduct",
    "call-line": "line",
    "package-book": "booking",
    "package-expiry": "expiry",
    "package-visit": "visit",
    "package-cancel": "cancel",
    "done": "task-done",
}
"""Commands that record an event of another name, unless their second word is one of the book's events."""


def put_in_browser_words(text: str, book: Book | None = None) -> str:
    """A text with the commands in it as the browser has them; `book` knows the titles of forms."""
    if "`prassi " not in text:
        return text
    return _COMMAND.sub(lambda found: _name_place(found[1], found[2].split(), book), text)


def _name_place(command: str, words: Sequence[str], book: Book | None) -> str:
    if command in _PLACES:
        return f"“{say(_PLACES[command], WEB)}”"
    if command == "event" and len(words) > 1:
        return _name_form(words[1], [one.replace("=", " ") for one in words[2:]], book)
    if command == "request" and words[:1] == ["new"]:
        return _name_form("new", (), book)
    if words and words[0] in _PLACES:  # a view of a command, such as `case-route find`
        return _name_place(words[0], (), book)
    if book is not None and len(words) > 1 and words[1] in book.event_names:
        return _name_form(words[1], words[2:], book)
    return _name_form(EVENTS.get(command, command), words[1:], book)


def _name_form(event: str, given: Sequence[str], book: Book | None) -> str:
    """A form by the title of its event, with what is to be given there."""
    title = event.replace("-", " ")
    if book is not None and (event in book.event_names or event in COMMON_EVENTS):
        title = book.event(event).title
    kept = _drop_gaps(given)
    return f"“{title[:1].upper()}{title[1:]}”" + (f" ({' '.join(kept)})" if kept else "")


_GAPS = ("...", '"..."', "DATE")
"""What stands where somebody has to write something."""


def _drop_gaps(given: Sequence[str]) -> list[str]:
    """What is to be given, without what is left to the person."""
    kept = list[str]()
    for one in given:
        if one not in _GAPS:
            kept.append(one)
        elif kept and kept[-1].startswith("“"):
            kept.pop()
    return kept
