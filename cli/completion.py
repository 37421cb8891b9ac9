"""What a command line that is being typed can go on with: commands, options, refs, words and names.

A shell asks at each press of its key, so nothing is imported that the answer does not need.
"""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from prassi.core.errors import PrassiError
from prassi.core.system.language import HELP, say

from .command_grammar import Grammar, LineParameter
from .kept_grammar import read_grammar
from .language import choose_language
from .short_names import COMMANDS, REFS
from .streams import open_streams, print_line

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
    """A command line up to where it is typed: the command, what was given, and the word that is begun.

    `given` are the values of options and arguments so far, by name; `param` is what comes next.
    """

    path: Sequence[str]
    grammar: Grammar
    given: Mapping[str, str]
    param: LineParameter | None
    begun: str


def complete_line(line: str) -> Iterator[Candidate]:
    """What the last word of a line can be."""
    typed = _read_line(_split_words(line))
    if typed.begun.startswith("-") and (typed.param is None or typed.param.is_argument):
        yield from _list_options(typed)
    elif typed.param is not None:
        for one in _list_values(typed):
            if one.word == FILES or one.word.startswith(typed.begun) or one.about:
                yield one
    else:
        yield from _list_commands(typed)


def answer_shell(words: Sequence[str]) -> None:
    """Answer a shell that asks as its script does, by the words of `prassi completion SHELL --line LINE`."""
    open_streams()
    choose_language(words)
    print_candidates(words[-1])


def print_candidates(line: str) -> None:
    """Print what the last word can be, each with what it means after a tab; nothing on a fault, as
    there is no place to say why."""
    from prassi.core.ticketfile.connect import translate_errors  # late: 5 ms

    with suppress(PrassiError, OSError), translate_errors(""):
        for one in complete_line(line):
            print_line(f"{one.word}\t{one.about}" if one.about else one.word)


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


def _read_line(words: Sequence[str]) -> TypedLine:
    path, rest = list[str](), [*words]
    grammar = read_grammar(path)
    while grammar.commands and len(rest) > 1:
        word = rest.pop(0)
        word = word if path else COMMANDS.get(word, word)
        if word not in grammar.commands:
            return TypedLine(path, Grammar((), {}), {}, None, rest[-1])
        path.append(word)
        grammar = read_grammar(path)
    given, param = _read_given(grammar, rest[:-1])
    begun = rest[-1] if rest else ""
    name, equals, value = begun.partition("=")
    if equals and name.startswith("--") and (option := grammar.find_option(name)) is not None:
        return TypedLine(path, grammar, given, option, value)
    return TypedLine(path, grammar, given, param, begun)


def _read_given(
    grammar: Grammar, words: Sequence[str]
) -> tuple[dict[str, str], LineParameter | None]:
    """What is given so far, and the option or argument whose value comes next."""
    given: dict[str, str] = {}
    arguments = [one for one in grammar.parameters if one.is_argument]
    waiting: LineParameter | None = None
    for word in words:
        if waiting is not None:
            given[waiting.name], waiting = word, None
        elif word.startswith("-") and len(word) > 1:
            option = grammar.find_option(word)
            waiting = option if option is not None and option.takes_value else None
        elif arguments:
            given[arguments[0].name] = word
            if not arguments[0].many:
                arguments.pop(0)
    return given, waiting or (arguments[0] if arguments else None)


def _list_commands(typed: TypedLine) -> Iterator[Candidate]:
    for name, help_text in typed.grammar.commands.items():
        if name.startswith(typed.begun):
            yield Candidate(name, _say_help(help_text))


def _list_options(typed: TypedLine) -> Iterator[Candidate]:
    for param in typed.grammar.parameters:
        for name in param.opts:
            if name.startswith(typed.begun) and name.startswith("--"):
                yield Candidate(name, _say_help(param.help))


def _say_help(text: str) -> str:
    return say(text, HELP) if text else ""  # of no text, gettext says what the catalogue is


# --- values -----------------------------------------------------------------------------------------


def _list_values(typed: TypedLine) -> Iterable[Candidate]:
    """The values that the option or argument can have."""
    param = typed.param
    assert param is not None
    metavar = param.metavar.strip("[]")
    if metavar == "KEY,...":
        return _join_names(typed, param.choices)
    if param.choices:
        return map(Candidate, param.choices)
    if metavar.count("|") and metavar.replace("|", "").replace("-", "").islower():
        return [Candidate(word) for word in metavar.split("|")]
    by_name = _KINDS.get(param.name)
    first = by_name if not metavar or param.name in REFS else None
    found = first or _KINDS.get(metavar.removesuffix("...").strip("[]")) or by_name
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


def _list_columns(typed: TypedLine) -> Iterable[Candidate]:
    """One of several columns, after those that stand there."""
    from prassi.core.desk.query_fields import list_columns

    with _open_desk(typed) as desk:
        names = list_columns({book.name: book for book in desk.shelf.sound()})
    return _join_names(typed, names)


def _list_sheet_columns(typed: TypedLine) -> Iterable[Candidate]:
    """One of several columns of the sheet that the line names, else of all sheets."""
    with _open_desk(typed) as desk:
        sheets = [sheet for book in desk.shelf.sound() for sheet in book.sheets.values()]
    words = (*typed.path, *typed.given.values())
    named = [sheet for sheet in sheets if sheet.name in words]
    heads = (column.head for sheet in named or sheets for column in sheet.columns)
    return _join_names(typed, [*dict.fromkeys(heads)])


def _join_names(typed: TypedLine, names: Iterable[str]) -> Iterator[Candidate]:
    """One of several names, after those that stand there."""
    before, comma, _ = typed.begun.rpartition(",")
    return (Candidate(f"{before}{comma}{name}") for name in names)


def _list_query(typed: TypedLine) -> Iterator[Candidate]:
    """A field of a query, or a view of the settings; after the field, its values."""
    from prassi.core.desk.query_fields import PEOPLE, list_fields, list_values

    field, colon, _ = typed.begun.partition(":")
    with _open_desk(typed) as desk:
        books = {book.name: book for book in desk.shelf.sound()}
        if colon:
            values = list_values(books, field)
            if field in PEOPLE:
                values += [one.word for one in _list_people(typed)]
            yield from (Candidate(f"{field}:{one}") for one in values)
            return
        names = list_fields(books)
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
    **dict.fromkeys(("C,", "C,-C"), _list_columns),
    "COLUMN,": _list_sheet_columns,
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
