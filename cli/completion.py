"""What a command line that is being typed can go on with: commands, options, refs, words and names.

A shell asks at each press of its key, so nothing is imported that the answer does not need.
"""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, NamedTuple

import click

from .short_forms import COMMANDS, REFS

if TYPE_CHECKING:
    from prassi.core.book.model import Book, Input
    from prassi.core.library.library import Shelf
    from prassi.core.library.settings import Settings
    from prassi.core.ticketfile.sqlite import Connection

MOST = 50
"""Refs that are offered."""

FILES = ":files"
"""In place of words: the shell completes names of files."""


class Candidate(NamedTuple):
    """A word that fits, and what it means."""

    word: str
    about: str = ""


class TypedLine(NamedTuple):
    """A command line up to where it is typed: the command, its words, and the one that is begun.

    `given` are the values of options and arguments so far, by name; `param` is what comes next.
    """

    command: click.Command
    context: click.Context
    given: Mapping[str, str]
    param: click.Parameter | None
    begun: str


def complete_line(root: click.Group, line: str) -> Iterator[Candidate]:
    """What the last word of a line can be."""
    words = _split_words(line)
    typed = _read_line(root, words)
    if isinstance(typed.command, click.Group):
        yield from _list_commands(typed)
    elif typed.begun.startswith("-") and (typed.param is None or _is_argument(typed.param)):
        yield from _list_options(typed)
    elif typed.param is not None:
        for one in _list_values(typed):
            if one.word == FILES or one.word.startswith(typed.begun) or one.about:
                yield one


def _split_words(line: str) -> list[str]:
    """The words after `prassi`, the last one as far as it is typed; a quote may still be open."""
    for end in ("", '"', "'"):
        try:
            words = shlex.split(line + end)
        except ValueError:
            continue
        if line[-1:].isspace() and not end:
            words.append("")
        break
    else:
        words = line.split()
    places = [place for place, word in enumerate(words) if os.path.basename(word) == "prassi"]
    return words[places[-1] + 1 :] if places else words[1:]


# --- what is typed so far ---------------------------------------------------------------------------


def _read_line(root: click.Group, words: Sequence[str]) -> TypedLine:
    command: click.Command = root
    context, rest = click.Context(root, info_name="prassi"), [*words]
    while isinstance(command, click.Group) and len(rest) > 1:
        word = rest.pop(0)
        found = command.get_command(context, COMMANDS.get(word, word))
        if found is None:
            return TypedLine(click.Command(None), context, {}, None, rest[-1])
        command, context = found, click.Context(found, context, found.name)
    given, param = _read_given(command, rest[:-1])
    begun = rest[-1] if rest else ""
    name, equals, value = begun.partition("=")
    if equals and name.startswith("--") and (option := _find_option(command, name)) is not None:
        return TypedLine(command, context, given, option, value)
    return TypedLine(command, context, given, param, begun)


def _read_given(
    command: click.Command, words: Sequence[str]
) -> tuple[dict[str, str], click.Parameter | None]:
    """What is given so far, and the option or argument whose value comes next."""
    given: dict[str, str] = {}
    arguments = [param for param in command.params if isinstance(param, click.Argument)]
    waiting: click.Parameter | None = None
    for word in words:
        if waiting is not None:
            given[waiting.name or ""], waiting = word, None
        elif word.startswith("-") and len(word) > 1:
            option = _find_option(command, word)
            waiting = option if option is not None and not _is_flag(option) else None
        elif arguments:
            given[arguments[0].name or ""] = word
            if arguments[0].nargs != -1:
                arguments.pop(0)
    return given, waiting or (arguments[0] if arguments else None)


def _find_option(command: click.Command, name: str) -> click.Parameter | None:
    return next((param for param in command.params if name in param.opts), None)


def _is_flag(param: click.Parameter) -> bool:
    return isinstance(param, click.Option) and bool(param.is_flag or param.count)


def _is_argument(param: click.Parameter) -> bool:
    return isinstance(param, click.Argument)


def _list_commands(typed: TypedLine) -> Iterator[Candidate]:
    helps: Mapping[str, str] = getattr(typed.command, "helps", {})
    assert isinstance(typed.command, click.Group)
    for name in typed.command.list_commands(typed.context):
        if name.startswith(typed.begun):
            own = None if name in helps else typed.command.get_command(typed.context, name)
            yield Candidate(name, helps.get(name) or (own.get_short_help_str(70) if own else ""))


def _list_options(typed: TypedLine) -> Iterator[Candidate]:
    for param in typed.command.get_params(typed.context):
        if isinstance(param, click.Option) and not param.hidden:
            for name in (*param.opts, *param.secondary_opts):
                if name.startswith(typed.begun) and name.startswith("--"):
                    yield Candidate(name, (param.help or "").split(".  [")[0])


# --- values -----------------------------------------------------------------------------------------


def _list_values(typed: TypedLine) -> Iterable[Candidate]:
    """The values that the option or argument can have."""
    param = typed.param
    assert param is not None
    if isinstance(param.type, click.Choice):
        return [Candidate(str(one)) for one in param.type.choices]
    metavar = (param.metavar or "").strip("[]")
    if metavar.count("|") and metavar.replace("|", "").replace("-", "").islower():
        return [Candidate(word) for word in metavar.split("|")]
    kind = _KINDS.get(param.name or "") if not metavar or param.name in REFS else None
    found = (
        kind or _KINDS.get(metavar.removesuffix("...").strip("[]")) or _KINDS.get(param.name or "")
    )
    return found(typed) if found is not None else ()


def _list_refs(typed: TypedLine) -> Iterator[Candidate]:
    from prassi.core.ticketfile.ref_search import complete_refs

    with closing(_open_file(typed)) as connection:
        for ref, name in complete_refs(connection, typed.begun, MOST):
            yield Candidate(ref, name)


def _list_customers(typed: TypedLine) -> Iterator[Candidate]:
    from prassi.core.ticketfile.ref_search import complete_customers

    with closing(_open_file(typed)) as connection:
        for ref, name in complete_customers(connection, typed.begun, MOST):
            yield Candidate(ref, name)


def _list_people(typed: TypedLine) -> Iterator[Candidate]:
    from prassi.core.desk.people import list_people

    with _open_desk(typed) as desk:
        if desk.connection is not None:
            yield from map(Candidate, list_people(desk.settings, desk.connection))


def _list_books(typed: TypedLine) -> Iterator[Candidate]:
    with _open_desk(typed) as desk:
        yield from map(Candidate, desk.shelf.names())


def _list_events(typed: TypedLine) -> Iterator[Candidate]:
    with _open_desk(typed) as desk:
        book = desk.find_book(typed.given)
        for name in () if book is None else book.event_names:
            if name.startswith(typed.begun) and name != "day" and book is not None:
                yield Candidate(name, book.event(name).title)


def _list_states(typed: TypedLine) -> Iterator[Candidate]:
    """The states that a ticket file keeps itself."""
    with _open_desk(typed) as desk:
        for book in desk.shelf.sound():
            if book.catalogue:
                yield from (Candidate(one.name) for one in book.statuses.values() if not one.closed)


def _list_results(typed: TypedLine) -> Iterator[Candidate]:
    with _open_desk(typed) as desk:
        book = desk.find_book(typed.given)
        for status in () if book is None else book.statuses.values():
            yield from map(Candidate, status.results)


def _list_outcomes(typed: TypedLine) -> Iterator[Candidate]:
    return _list_words(typed, "call", "outcome")


def _list_keys(typed: TypedLine) -> Iterator[Candidate]:
    """KEY=VALUE: the inputs of the event, then the words of one."""
    key, equals, _ = typed.begun.partition("=")
    event = typed.given.get("event", "")
    if equals:
        yield from (Candidate(f"{key}={one.word}") for one in _list_words(typed, event, key))
        return
    for name, given in _read_inputs(typed, event).items():
        if name.startswith(typed.begun):
            yield Candidate(f"{name}=", given.field.about)


def _list_words(typed: TypedLine, event: str, name: str) -> Iterator[Candidate]:
    """The words of an input of an event of the ticket's book."""
    given = _read_inputs(typed, event).get(name)
    return map(Candidate, () if given is None else given.field.values)


def _read_inputs(typed: TypedLine, event: str) -> "Mapping[str, Input]":
    with _open_desk(typed) as desk:
        book = desk.find_book(typed.given)
        return {} if book is None or event not in book.event_names else book.event(event).inputs


def _list_columns(typed: TypedLine) -> Iterator[Candidate]:
    """One of several columns, after those that stand there."""
    from prassi.core.desk.query_fields import list_columns

    before, comma, _ = typed.begun.rpartition(",")
    with _open_desk(typed) as desk:
        names = list_columns({book.name: book for book in desk.shelf.sound()})
    yield from (Candidate(f"{before}{comma}{name}") for name in names)


def _list_query(typed: TypedLine) -> Iterator[Candidate]:
    """A field of a query, or a view of the settings."""
    from prassi.core.desk.query_fields import list_fields

    with _open_desk(typed) as desk:
        names = list_fields({book.name: book for book in desk.shelf.sound()})
        views = desk.settings.views
    yield from (Candidate(word) for word in (*map("{}:".format, names), *map("@{}".format, views)))


def _list_shapes(typed: TypedLine) -> Iterator[Candidate]:
    from prassi.core.publish.schemas import SHAPES

    from .printing.json_shapes import PRINTED

    return map(Candidate, (*SHAPES, *PRINTED))


def _list_files(typed: TypedLine) -> Iterator[Candidate]:
    yield Candidate(FILES)


_KINDS: Mapping[str, Callable[[TypedLine], Iterable[Candidate]]] = {
    **dict.fromkeys((*REFS, "TICKET", "step"), _list_refs),
    **dict.fromkeys(("ref", "into", "REF", "WHOM"), _list_customers),
    **dict.fromkeys(("WHO", "person"), _list_people),
    **dict.fromkeys(("BOOK", "BOOK|DIR", "book", "books"), _list_books),
    **dict.fromkeys(("C,", "C,-C", "columns", "sort"), _list_columns),
    **dict.fromkeys(("FILE", "DIR", "PATH", "DEST", "SOURCE", "file", "config"), _list_files),
    **dict.fromkeys(("source", "sources", "destination", "folder"), _list_files),
    **dict.fromkeys(("state", "STATE", "ordered"), _list_states),
    "event": _list_events,
    "keys": _list_keys,
    "outcome": _list_outcomes,
    "query": _list_query,
    "result": _list_results,
    "shape": _list_shapes,
}
"""What lists the values of an option or argument, by its name or by what stands for it in its help."""


# --- the ticket file and the books ------------------------------------------------------------------


class OpenDesk(NamedTuple):
    """What values are looked up in; without a ticket file, only the books."""

    settings: "Settings"
    shelf: "Shelf"
    connection: "Connection | None"

    def find_book(self, given: Mapping[str, str]) -> "Book | None":
        """The book of the ticket that is named, or the one that is named in its place."""
        from prassi.core.ticketfile.read_tickets import find_ticket_id, read_states

        ref = next((given[name] for name in REFS if name in given), "")
        if self.connection is not None:
            number = find_ticket_id(self.connection, ref)
            if number is not None:
                return self.shelf.book(read_states(self.connection, [number])[number].book)
        return self.shelf.book(ref) if ref in self.shelf.names() else None


def _find_file(typed: TypedLine) -> str:
    return typed.given.get("file") or os.environ.get("PRASSI_FILE") or "tickets.db"


def _open_file(typed: TypedLine) -> "Connection":
    """The ticket file, to be read as it is; FileNotFoundError where there is none."""
    from prassi.core.ticketfile.connect import connect_unread

    if not os.path.isfile(path := _find_file(typed)):
        raise FileNotFoundError(path)
    return connect_unread(path)


@contextmanager
def _open_desk(typed: TypedLine) -> "Iterator[OpenDesk]":
    from prassi.core.library.library import Shelf
    from prassi.core.library.settings import load

    path = _find_file(typed)
    beside = os.path.join(os.path.dirname(path), "prassi.toml")
    given = typed.given.get("config") or os.environ.get("PRASSI_CONFIG")
    settings = load(given or (beside if os.path.exists(beside) else None))
    connection = _open_file(typed) if os.path.isfile(path) else None
    try:
        yield OpenDesk(settings, Shelf(settings, connection), connection)
    finally:
        if connection is not None:
            connection.close()
