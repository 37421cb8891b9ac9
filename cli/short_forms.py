"""What people may shorten where they type: commands, refs and values. Scripts give them whole.

Dates and amounts can be written as people write them everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import click
from prassi.core.errors import BadInput
from prassi.core.system.near_words import find_near

from .short_names import COMMANDS, REFS, VALUES
from .streams import is_attended

if TYPE_CHECKING:
    from prassi.core.desk.office import Office
    from prassi.core.library.settings import Settings
    from prassi.core.ticketfile.sqlite import Connection
    from prassi.core.values.field_types import Field


class DeskAccess(Protocol):
    """What of the common options of a command is asked here."""

    @property
    def at(self) -> str:
        """The moment to act as of."""

    def open_file(self) -> Connection:
        """The ticket file."""

    def load_settings(self) -> Settings:
        """The settings."""


def find_whole(word: str, known: Collection[str], aliases: Mapping[str, str]) -> str | None:
    """The one that a word stands for: itself, by a short name, or as the only one that begins so."""
    if word in known:
        return word
    if aliases.get(word) in known:
        return aliases[word]
    begun = [one for one in known if word and one.startswith(word)]
    return begun[0] if len(begun) == 1 else None


def find_command(ctx: click.Context, word: str, known: Collection[str]) -> str:
    """The command that a word stands for at a terminal; a usage error where another one is near."""
    whole = find_whole(word, known, COMMANDS) if is_attended() else None
    if whole is not None:
        return whole
    begun = [one for one in known if one.startswith(word)]
    if is_attended() and len(begun) > 1:
        ctx.fail(f"{word!r} can be {', '.join(begun)}: write which one.")
    if (near := find_near(word, known)) is not None:
        ctx.fail(f"No such command {word!r}; did you mean {near!r}?")
    return word


def expand_options(command: click.Command, words: list[str]) -> list[str]:
    """The words with whole names of options in place of unique beginnings."""
    known = [
        name
        for param in command.params
        if isinstance(param, click.Option)
        for name in (*param.opts, *param.secondary_opts)
    ]
    end = words.index("--") if "--" in words else len(words)
    return [*(_expand_option(word, known) for word in words[:end]), *words[end:]]


def _expand_option(word: str, known: Collection[str]) -> str:
    name, equals, value = word.partition("=")
    if len(name) < len("--x") or not name.startswith("--"):
        return word
    return (find_whole(name, known, {}) or name) + equals + value


# --- what was given to a command --------------------------------------------------------------------


def complete_given(common: DeskAccess, given: dict[str, Any]) -> None:
    """Put whole refs, words and dates in place of short ones in what a command was given."""
    attended = is_attended()
    for param in click.get_current_context().command.params:
        name = param.name or ""
        value = given.get(name)
        if value in (None, (), False, True):
            continue
        if param.type.name in ("date", "date[Thh:mm]"):
            given[name] = _each(value, partial(_read_date, common, given, param))
        elif attended and name in REFS:
            given[name] = _each(value, partial(_find_ref, common))
        elif attended and param.metavar and "|" in param.metavar:
            words = param.metavar.strip("[]").split("|")
            given[name] = _each(value, partial(_find_word, words))


def _each(value: Any, change: Callable[[str], str]) -> Any:
    return tuple(map(change, value)) if isinstance(value, tuple) else change(value)


def _find_word(known: Collection[str], word: str) -> str:
    return find_whole(word, known, VALUES) or word


def _find_ref(common: DeskAccess, word: str) -> str:
    """The ticket of a number; BadInput where there are several."""
    if not (word.isascii() and word.isdigit()):
        return word
    from prassi.core.ticketfile.read_tickets import find_ticket_id
    from prassi.core.ticketfile.ref_search import find_by_number

    connection = common.open_file()
    if find_ticket_id(connection, word) is not None:
        return word
    found = find_by_number(connection, word)
    if len(found) > 1:
        some = ", ".join(found[:5]) + (", ..." if len(found) > 5 else "")
        raise BadInput(f"{word} can be {some}: write which one.")
    return found[0] if found else word


def _read_date(
    common: DeskAccess, given: Mapping[str, Any], param: click.Parameter, written: str
) -> str:
    """A date as people type it; ISO ones are taken as they are."""
    if written[:4].isdigit() and written[4:5] == "-":
        return written
    from prassi.core.values.typed_dates import is_workdays, read_typed_date, read_typed_moment

    add = _find_workdays(common, given) if is_workdays(written) else None
    read = read_typed_date if param.type.name == "date" else read_typed_moment
    try:
        return read(written, common.at, add)
    except ValueError as error:
        label = param.name or "" if isinstance(param, click.Option) else param.human_readable_name
        option = param.opts[0] if isinstance(param, click.Option) else label
        raise BadInput(f"{option} {error}.") from None


def _find_workdays(
    common: DeskAccess, given: Mapping[str, Any]
) -> Callable[[date, int], date] | None:
    """What counts working days by the calendar of the ticket's book; None where no ticket is named."""
    from prassi.core.library.library import Shelf
    from prassi.core.ticketfile.read_tickets import find_ticket

    ref = next((given[name] for name in REFS if isinstance(given.get(name), str)), None)
    if ref is None:
        return None
    connection = common.open_file()
    shelf = Shelf(common.load_settings(), connection)
    return shelf.calendar(shelf.book(find_ticket(connection, ref).book).calendar).after


# --- what was given to an event ---------------------------------------------------------------------


def complete_inputs(
    office: Office, ticket: str, event: str, given: Mapping[str, object]
) -> dict[str, object]:
    """What an event was given, with whole words, dates and amounts in place of short ones."""
    book = office.find_book(ticket)
    if event not in book.event_names:
        return {**given}
    known, attended = book.event(event).inputs, is_attended()
    return {
        name: value
        if name not in known or not isinstance(value, str)
        else _complete_input(known[name].field, value, office.today, attended)
        for name, value in given.items()
    }


def _complete_input(field: Field, value: str, today: str, attended: bool) -> str:
    if field.values:
        return (find_whole(value, field.values, VALUES) if attended else None) or value
    if field.type not in ("date", "moment", "money"):
        return value
    from prassi.core.values.typed_amounts import read_typed_amount
    from prassi.core.values.typed_dates import read_typed_moment

    try:
        read = value if field.type == "money" else read_typed_moment(value, today)
        return read_typed_amount(read) if field.type == "money" else read
    except ValueError:
        return value  # the book's own error says what it must be
