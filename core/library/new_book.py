"""The beginning of a book: a small one that works, or a copy of another one."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import partial
from itertools import repeat

from ..errors import BadInput
from ..system.language import mark, say_unmarked
from ..system.write_toml import format_toml
from .book_files import BookFiles

_BOOK_ABOUT = (
    mark(
        "A first book, which works as it is: docs/writing-a-book.md says what else a book can contain."
    ),
    mark(
        "`prassi book check {name}` finds what is wrong, `prassi book test {name}` plays its scenarios."
    ),
)
_BOOK = """
[book]
name = {quoted}
title = {quoted}
source = "Who wrote the procedure, and where it stands"
calendar = "IT"
language = "en"
prefix = {prefix}
reach = []

[parameters]
remind_workdays = {{ value = 3, unit = "working days", about = "until somebody asks again" }}

[roles]
desk = "Who works on the tickets"

[[statement]]
id = "s1"
says = "What nobody has answered is asked again three working days later."
[[statement]]
id = "s2"
says = "An answer closes it."

[statuses]
open = {{ about = "nobody has answered yet" }}
closed = {{ about = "it is answered", closed = true, results = ["answered"] }}

[facts]
asked_on = {{ type = "moment", about = "when it was opened, or asked for last" }}
waited = {{ workdays_since = "asked_on", about = "working days since then" }}

[events.answer]
title = "An answer came in"
[events.answer.inputs]
text = {{ type = "text", about = "the answer" }}

[[events.answer.rule]]
id = "answer.closed"
from = ["s2"]
why = "It is answered."
when = {{}}
then = [{{ note = "{{text}}" }}, {{ close = "answered" }}]

[events.day]
title = "What a day asks of a ticket"

[[events.day.rule]]
id = "day.ask"
from = ["s1"]
why = "Nobody has answered for {{remind_workdays}} working days: ask again."
when = {{ waited = ">= {{remind_workdays}}" }}
then = []
next = {{ who = "desk", action = "ask-again", due = "{{remind_workdays}} working days after {{asked_on}}" }}

[[events.day.rule]]
id = "day.wait"
from = ["s1"]
why = "It was asked lately."
when = {{ waited = "< {{remind_workdays}}" }}
then = [{{ wait = "{{remind_workdays}} working days after {{asked_on}}" }}]
"""

_FACTS_ABOUT = mark("What the rules ask about a ticket, one row each.")
_FACTS = """SELECT
    ticket.id AS ticket,
    coalesce((SELECT max(at) FROM note WHERE note.ticket = ticket.id), ticket.opened) AS asked_on
FROM ticket
"""

_SCENARIOS_ABOUT = mark("What the book must answer.")
_SCENARIOS = """at = "2026-03-12"

[[scenario]]
name = "nobody has answered for three working days"
ticket = { status = "open", opened = "2026-03-09" }
event = "day"
rule = "day.ask"
next = "desk: ask-again by 2026-03-12"

[[scenario]]
name = "it was asked the day before"
ticket = { status = "open", opened = "2026-03-11" }
event = "day"
rule = "day.wait"

[[scenario]]
name = "it is answered"
ticket = { status = "open", opened = "2026-03-09" }
event = "answer"
given = { text = "Yes." }
rule = "answer.closed"
does = ["note Yes.", "close answered"]
"""

Written = Mapping[str, bytes]
"""The files of a book, by their paths in its folder."""


def draft_book(name: str) -> Written:
    """A small book of that name."""
    check_name(name)
    prefix = re.sub("[^A-Z]", "", name.upper())[:3]
    about = "".join(f"# {say_unmarked(line).format(name=name)}\n" for line in _BOOK_ABOUT)
    text = _BOOK.format(quoted=format_toml(name), prefix=format_toml(prefix))
    files = {
        "book.toml": about + text,
        "facts.sql": f"-- {say_unmarked(_FACTS_ABOUT)}\n{_FACTS}",
        "scenarios/first.toml": f"# {say_unmarked(_SCENARIOS_ABOUT)}\n{_SCENARIOS}",
    }
    return {path: text.encode() for path, text in files.items()}


def copy_book(name: str, files: BookFiles, templates: list[str]) -> Written:
    """A copy of a book under another name, with its scenarios and its messages, which lie in the
    folders `templates`, the first of which goes before."""
    check_name(name)
    heading = re.compile(rb"^name = .*$", re.M)
    quoted = b"name = " + format_toml(name).encode()
    renamed = partial(_rename, old=files.name.encode(), new=name.encode())
    copied = {"book.toml": renamed(heading.sub(quoted, files.raw, 1))}
    for folder, inside in (
        (files.folder, "scenarios"),
        (files.folder, ""),
        *zip(templates, repeat(""), strict=False),
    ):
        source = os.path.join(folder, inside)
        for file in sorted(os.listdir(source)) if os.path.isdir(source) else ():
            path = os.path.join(inside, file)
            if file.endswith((".toml", ".j2")) and path not in copied:
                with open(os.path.join(source, file), "rb") as opened:
                    copied[path] = renamed(opened.read())
    return {**copied, "facts.sql": files.sql.encode()}


def _rename(data: bytes, old: bytes, new: bytes) -> bytes:
    """A file of a book with its new name: where tickets of it are opened, in its rules and in what
    scenarios expect, and where its messages take parts of each other in."""
    name = re.escape(old)
    data = re.sub(rb'\b(open|book) = "%b"' % name, rb'\1 = "%b"' % new, data)
    data = re.sub(rb'"%b/' % name, b'"%b/' % new, data)
    return re.sub(rb'"(open [^\s"]+) %b ' % name, rb'"\1 %b ' % new, data)


def check_name(name: str) -> None:
    """BadInput where a folder, and a book, can't have that name."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name):
        raise BadInput(f"NAME is {name!r}: write small letters, digits and -, such as loans.")


def write_book(folder: str, files: Written) -> None:
    """Write the files of a book into a folder that does not exist yet; BadInput where one does."""
    try:
        os.makedirs(folder)
        for path, data in files.items():
            target = os.path.join(folder, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "xb") as file:
                file.write(data)
    except FileExistsError:
        raise BadInput(f"{folder} exists already: choose another name.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInput(f"{folder} can't be written: {reason}.") from None
