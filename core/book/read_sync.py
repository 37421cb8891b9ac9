"""Reading `[sync]` of a book: its answers to differences in another program's ledger."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType

from ..system.toml_document import Path
from ..system.toml_reader import Kind, TableKeys, TomlReader
from ..values.field_types import Field
from .model import Items
from .placeholders import Text, parse
from .read_declarations import Declarations
from .sync_answers import (
    AGAIN,
    BY,
    CHANGED,
    CREDIT,
    DIFFERENCES,
    GONE,
    KEEP,
    LESS,
    MISSING,
    MORE,
    PAID,
    WAS,
    Given,
    OwesAgain,
    Sync,
    SyncEvent,
)

_HAS_BOTH = frozenset({LESS, MORE, CHANGED, CREDIT, PAID, AGAIN})
SYNC_KEYS: dict[str, Kind] = {"missing": str, "owes_again": dict, "close": dict}
OWES_AGAIN_KEYS = TableKeys.all({"open": str, "link": str})
_COMMON_CLOSE = {"close": ("result", "note")}
"""The common event that can close what is gone, where a book has none of its own, with its inputs."""


class SyncReader:
    """Reads `[sync]` of a book; `find_inputs` gives the names of an event's inputs."""

    def __init__(
        self,
        toml: TomlReader,
        declarations: Declarations,
        find_inputs: Callable[[str], Collection[str]],
    ) -> None:
        self._toml, self._declarations, self._find_inputs = toml, declarations, find_inputs

    def read(self) -> Sync:
        """All of it; faults are noted."""
        section, kinds = self._toml.section("sync"), self._declarations.items
        known = {**SYNC_KEYS, **dict[str, Kind](dict.fromkeys(kinds, dict))}
        good = self._toml.keys(section, ("sync",), known)
        missing = good.text("missing", KEEP)
        if missing not in MISSING:
            told = f"missing is {missing!r}: it must be one of {', '.join(MISSING)}."
            self._toml.fault(("sync", "missing"), told)
        close = None
        if "close" in good:
            close = self._read_event(
                good.get("close"), ("sync", "close"), ("today", "ref"), _COMMON_CLOSE
            )
        return Sync(
            missing=missing,
            owes_again=self._read_owes_again(good.table("owes_again")),
            close=close,
            items={
                kind: dict(self._read_kind(kinds[kind], good.table(kind)))
                for kind in good
                if kind in kinds
            },
        )

    def _read_owes_again(self, written: Mapping[str, object]) -> OwesAgain | None:
        if not written:
            return None
        path = ("sync", "owes_again")
        good = self._toml.keys(written, path, OWES_AGAIN_KEYS)
        book, link = good.text("open"), good.text("link")
        own = self._toml.section("book").get("name")
        if "open" in good and book != own:
            told = f"open is {book!r}: such a ticket is of the book itself, {own!r}."
            self._toml.fault((*path, "open"), told)
        fields = self._declarations.fields
        if "link" in good and (link not in fields or fields[link].type != "ticket"):
            links = ", ".join(name for name, one in fields.items() if one.type == "ticket")
            told = f"link is {link!r}: it must be a field of type ticket ({links or 'none here'})."
            self._toml.fault((*path, "link"), told)
        return OwesAgain(book, link)

    def _read_kind(
        self, items: Items, written: Mapping[str, object]
    ) -> Iterator[tuple[str, SyncEvent]]:
        path = ("sync", items.name)
        if items.key is None:
            told = f"{items.name} have no key, so what is new or gone can't be told."
            self._toml.fault(path, told)
        good = self._toml.keys(written, path, dict[str, Kind](dict.fromkeys(DIFFERENCES, dict)))
        for difference in good:
            names = ("today", *_list_names(difference, items.fields))
            yield difference, self._read_event(good.get(difference), (*path, difference), names)

    def _read_event(
        self,
        written: object,
        path: Path,
        names: Collection[str],
        common: Mapping[str, Collection[str]] = MappingProxyType({}),
    ) -> SyncEvent:
        given = dict(written) if isinstance(written, dict) else {}
        event = given.pop("event", None)
        if event is None:
            self._toml.fault(path, f"{path[-1]} needs 'event', the one that it is raised as.")
            return SyncEvent("", {})
        is_own = event in self._declarations.event_names
        if not is_own and event not in common:
            known = ", ".join(dict.fromkeys((*self._declarations.event_names, *common)))
            told = f"the book has no event {event!r}: it has {known}."
            self._toml.fault((*path, "event"), told)
            return SyncEvent(str(event), {})
        inputs = self._find_inputs(str(event)) if is_own else common[str(event)]
        for name in given if self._toml.checking else ():
            if name not in inputs:
                told = f"event {event} has no input {name!r}: it has {', '.join(inputs)}."
                self._toml.fault((*path, name), told)
        read = {n: self._read_given(one, (*path, n), names) for n, one in given.items()}
        return SyncEvent(str(event), read)

    def _read_given(self, written: object, path: Path, names: Collection[str]) -> Given:
        if isinstance(written, bool | int):
            return written
        if isinstance(written, list):
            return tuple(self._read_text(one, path, names) for one in written)
        return self._read_text(written, path, names)

    def _read_text(self, written: object, path: Path, names: Collection[str]) -> Text:
        with self._toml.note_errors(path, str(path[-1])):
            if not isinstance(written, str):
                raise ValueError(f"{written!r} is not text, a number, true or false")
            try:
                return parse(written, names, self._declarations.figures)
            except ValueError as error:
                raise ValueError(f"{error}; it can be {', '.join(names)}") from None
        return Text(("",))


def _list_names(difference: str, fields: Mapping[str, Field]) -> Iterator[str]:
    """What the texts of a difference can name: values in the ledger, those before, and how much less
    an amount is. Of what is gone there are only those before."""
    yield from fields
    if difference == GONE or difference in _HAS_BOTH:
        yield from (f"{WAS}{name}" for name in fields)
    if difference in _HAS_BOTH:
        yield from (f"{BY}{name}" for name, one in fields.items() if one.type == "money")
