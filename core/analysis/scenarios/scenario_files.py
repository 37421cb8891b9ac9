"""Scenario files: tickets, what happens to them and when, and what the book has to say to it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from ...errors import BadInput, Faults
from ...system.parse_toml import parse
from ...system.toml_document import Document, Path
from ...values.field_types import read_moment

SHARED = {
    "book": "the book the scenarios are for; beside a book it is that one",
    "at": "the moment of all scenarios that give none of their own",
    "customer": "of the ticket, if not the one there is by default",
    "ticket": "what the tickets of all scenarios have in common",
    "customers": "customers beside the ticket's",
    "tickets": "tickets beside the one the scenario is about",
    "states": "the states the ticket file has, where a book lets it have its own",
}
"""What stands at the top of a scenario file, for all scenarios in it."""

SCENARIO = {
    "name": "what it shows, in words; each has its own",
    "like": "the name of a scenario with which it shares all that it does not say itself",
    **{key: SHARED[key] for key in ("at", "customer", "customers", "tickets", "states")},
    "at": "the moment: a date, or a date and a time",
    "ticket": "the ticket it is about, as in the import format; ref, book and customer can be left out",
    "before": "what happened first: a list of { at, event, given }",
    "event": "what happens",
    "given": "what is told with it, as `prassi event` takes it",
    "facts": "what facts.sql is taken to say, in place of what it says of the ticket",
    "rule": "the rule that must answer",
    "does": "all it must do, a line an action; ... at the end of a line stands for the rest",
    "why": "the reason it must give",
    "says": "texts that what is written or said to people must have in it",
    "next": "what must come next, as `agent: call-again by 2026-03-09`, or `nothing`",
    "error": "in place of a rule: the sentence with which it must be turned down",
}
"""What a scenario has, each with its meaning."""

BEFORE = ("at", "event", "given", "facts")
"""What a step of `before` has."""

_TEXTS = ("book", "name", "like", "event", "rule", "why", "next", "error")
_TABLES = ("customer", "ticket", "given", "facts")
_LISTS = ("customers", "tickets", "states", "before")
_EXPECTED = ("rule", "why", "says", "does", "next", "error")

CUSTOMER = {
    "ref": "C-1",
    "name": "Rossi srl",
    "email": "c-1@example.org",
    "phone": "+390550001",
}
"""The ticket's customer, where a scenario says nothing else."""


class Step(NamedTuple):
    """An event, when it happens, what is told with it, and facts that are taken for granted."""

    at: str
    event: str
    given: Mapping[str, Any]
    facts: Mapping[str, Any]


class Setting(NamedTuple):
    """What is there before: rows of the import format by their kind, and what happened to them.

    `key` is the same for settings that are the same. The first ticket is `made_up` where nothing was
    said of it: an event that opens one has no use for it.
    """

    ref: str
    made_up: bool
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    before: tuple[Step, ...]
    key: str


class Expected(NamedTuple):
    """What must come out; what is None is not looked at."""

    rule: str | None = None
    does: tuple[str, ...] | None = None
    next: str | None = None
    error: str | None = None
    why: str | None = None
    says: tuple[str, ...] = ()


class Scenario(NamedTuple):
    """One try: `place` is file and line; `raw` is it as it is written, without what it is like."""

    name: str
    place: str
    book: str
    setting: Setting
    step: Step
    expected: Expected


def files_in(folder: str) -> list[str]:
    """The scenario files of a book's folder, or those that lie in a folder that is no book's."""
    is_book = os.path.isfile(os.path.join(folder, "book.toml"))
    inside = os.path.join(folder, "scenarios") if is_book else folder
    try:
        names = sorted(os.listdir(inside))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise BadInput(f"{inside} can't be read: {(error.strerror or '').lower()}.") from None
    return [os.path.join(inside, name) for name in names if name.endswith(".toml")]


def read_files(paths: Sequence[str], book: str | None) -> list[Scenario]:
    """The scenarios in some files, for a book where the files do not name theirs.

    Raises Faults with all that is wrong in them, file and line by sentence.
    """
    reader = _Reader(book)
    for path in paths:
        reader.take(parse(path, _bytes(path)))
    scenarios = reader.scenarios()
    if reader.faults:
        raise Faults.of(_called(paths), reader.faults)
    return scenarios


def _called(paths: Sequence[str]) -> str:
    return paths[0] if len(paths) == 1 else os.path.dirname(paths[0])


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise BadInput(f"{path} can't be read: {(error.strerror or '').lower()}.") from None


class _Written(NamedTuple):
    """A scenario as its file has it, with what all of the file share."""

    place: str
    own: Mapping[str, Any]
    shared: Mapping[str, Any]


class _Reader:
    """Reads scenario files, and notes what is wrong in them."""

    def __init__(self, book: str | None) -> None:
        self._book, self.faults = book, list[str]()
        self._written: dict[str, _Written] = {}

    def take(self, document: Document) -> None:
        """Take the scenarios of a file in, each by its name."""
        data = _plain(document.data)
        listed = data.pop("scenario", [])
        good = self._good(document, (), data, SHARED)
        if "book" not in good and self._book is None:
            self._fault(document, (), "say on top which book it is for, as in book = 'loans'")
        elif good.get("book", self._book) != (self._book or good.get("book")):
            self._fault(document, ("book",), f"these lie beside the book {self._book}")
        shared = {"book": self._book, **good}
        if not isinstance(listed, list):
            self._fault(document, ("scenario",), "write [[scenario]], with two brackets")
            return
        for place, raw in enumerate(listed):
            self._take(document, ("scenario", place), raw, shared)

    def _take(
        self, document: Document, path: Path, raw: Mapping[str, Any], shared: Mapping[str, Any]
    ) -> None:
        own = self._good(document, path, raw, SCENARIO)
        name = own.get("name")
        if name is None:
            self._fault(document, path, "a scenario needs a name")
        elif name in self._written:
            there = self._written[name].place
            self._fault(document, (*path, "name"), f"{name!r} stands at {there} too")
        elif ("error" in own) == ("rule" in own) or (
            "error" in own and own.keys() & {"does", "next", "why", "says"}
        ):
            told = (
                f"{name!r} needs the rule that must answer, and may say what it does; or the error"
            )
            self._fault(document, path, told)
        else:
            self._written[name] = _Written(document.at(*path), own, shared)

    def _good(
        self, document: Document, path: Path, raw: Mapping[str, Any], known: Mapping[str, str]
    ) -> dict[str, Any]:
        """The keys that are known and of their type."""
        good = {}
        for key, value in raw.items():
            wrong = _wrong(key, value, known)
            if wrong is None:
                good[key] = value
            else:
                self._fault(document, (*path, key), wrong)
        return good

    def _fault(self, document: Document, path: Path, sentence: str) -> None:
        self.faults.append(f"{document.at(*path)}: {sentence}.")

    def scenarios(self) -> list[Scenario]:
        """All scenarios, each with what it shares with others put in."""
        return [
            made
            for name in self._written
            if (made := self._made(name, self._whole(name, ()))) is not None
        ]

    def _whole(self, name: str, behind: tuple[str, ...]) -> dict[str, Any]:
        """A scenario with what its file shares, and what it is like."""
        place, own, shared = self._written[name]
        like = own.get("like")
        base: Mapping[str, Any] = shared
        if like is not None and (like not in self._written or like in (name, *behind)):
            why = (
                "is like itself"
                if like in self._written
                else f"is like {like!r}, which there is not"
            )
            self.faults.append(f"{place}: {name!r} {why}.")
        elif like is not None:
            base = self._whole(like, (*behind, name))
            dropped = {*_EXPECTED, *(("given", "facts") if _another_event(own, base) else ())}
            base = {key: value for key, value in base.items() if key not in dropped}
        merged = {key: {**base.get(key, {}), **own[key]} for key in _TABLES if key in own}
        return {**base, **own, **merged}

    def _made(self, name: str, whole: Mapping[str, Any]) -> Scenario | None:
        place = self._written[name].place
        for key in ("at", "event"):
            if key not in whole:
                self.faults.append(f"{place}: {name!r} needs {key}: {SCENARIO[key]}.")
                return None
        step = _step(whole)
        setting = _setting(
            whole, tuple(_step({"at": step.at, **one}) for one in whole.get("before", ()))
        )
        does = tuple(whole["does"]) if "does" in whole else None
        says = tuple(whole.get("says", ()))
        expected = Expected(
            whole.get("rule"), does, whole.get("next"), whole.get("error"), whole.get("why"), says
        )
        return Scenario(name, place, whole["book"], setting, step, expected)


def _another_event(own: Mapping[str, Any], base: Mapping[str, Any]) -> bool:
    return "event" in own and own["event"] != base.get("event")


def _step(raw: Mapping[str, Any]) -> Step:
    return Step(raw["at"], raw["event"], raw.get("given", {}), raw.get("facts", {}))


def _setting(whole: Mapping[str, Any], before: tuple[Step, ...]) -> Setting:
    customer = {**CUSTOMER, **whole.get("customer", {})}
    ticket = {
        "ref": "T-1",
        "book": whole["book"],
        "customer": customer["ref"],
        **whole.get("ticket", {}),
    }
    rows = {
        "customers": [customer, *whole.get("customers", [])],
        "tickets": [ticket, *whole.get("tickets", [])],
        "states": whole.get("states", []),
    }
    made_up, first = "ticket" not in whole, (*before, _step(whole))[0]
    key = repr((rows, before, first.at[:10], made_up and first.event))
    return Setting(str(ticket["ref"]), made_up, rows, before, key)


def made_up(book: str, at: str, event: str, fields: Mapping[str, Any]) -> Scenario:
    """A scenario about a ticket with some fields, which has neither name nor expectation."""
    whole = {"book": book, "at": at, "event": event, **({"ticket": fields} if fields else {})}
    return Scenario("", "", book, _setting(whole, ()), _step(whole), Expected())


def _wrong(key: str, value: object, known: Mapping[str, str]) -> str | None:
    """What is wrong with a key of a file or a scenario, as a sentence without its point."""
    if key not in known:
        return f"there is no {key!r} here; there are {', '.join(known)}"
    if key in _TEXTS and not isinstance(value, str):
        return f"{key} must be a text, not {value!r}"
    if key in _TABLES and not isinstance(value, Mapping):
        return f"{key} must be a table, as in {{ outcome = 'no-answer' }}, not {value!r}"
    if key in ("does", "says") and not _is_list(value, str):
        return f"{key} must be a list of texts, not {value!r}"
    if key in _LISTS and not _is_list(value, Mapping):
        return f"{key} must be a list of tables, not {value!r}"
    if key == "before":
        return next((wrong for step in value if (wrong := _wrong_step(step))), None)  # type: ignore[attr-defined]
    return _wrong_moment(value) if key == "at" else None


def _is_list(value: object, of: type) -> bool:
    return isinstance(value, list) and all(isinstance(one, of) for one in value)


def _wrong_step(step: Mapping[str, Any]) -> str | None:
    for key, value in step.items():
        if key not in BEFORE:
            return f"a step of before has no {key!r}; it has {', '.join(BEFORE)}"
        if wrong := _wrong(key, value, SCENARIO):
            return wrong
    return None if "event" in step else "a step of before needs its event"


def _wrong_moment(value: object) -> str | None:
    try:
        read_moment(value)
    except ValueError as error:
        return f"at {error}"
    return None


def _plain(value: Any) -> Any:
    """TOML's dates as ISO text, which they are everywhere else."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")[:16]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def by_book(scenarios: Sequence[Scenario]) -> Iterator[tuple[str, list[Scenario]]]:
    """The scenarios of each book, in the order of the books' names."""
    for name in sorted({one.book for one in scenarios}):
        yield name, [one for one in scenarios if one.book == name]
