"""Scenario files: tickets, what happens to them and when, and what the book has to say to it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from ...errors import BadInput, Faults
from ...system.parse_toml import parse
from ...system.toml_document import Document, Path
from ...system.toml_reader import Kind, TomlReader, TomlTable
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

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("book", "name", "like", "event", "rule", "why", "next", "error"), str),
    **dict.fromkeys(("customer", "ticket", "given", "facts"), dict),
    **dict.fromkeys(("customers", "tickets", "states", "before", "does", "says"), list),
    "at": str,
}
_FILE: dict[str, Kind] = {**{key: _KINDS[key] for key in SHARED}, "scenario": list}
_SCENARIO: dict[str, Kind] = {key: _KINDS[key] for key in SCENARIO}
_BEFORE: dict[str, Kind] = {key: _KINDS[key] for key in BEFORE}

_TABLES = ("customer", "ticket", "given", "facts")
_LISTS_OF_TEXTS = ("does", "says")
_EXPECTED = ("rule", "why", "says", "does", "next", "error")

CUSTOMER = {
    "ref": "C-1",
    "name": "Rossi srl",
    "email": "c-1@example.org",
    "phone": "+390550001",
}
"""The ticket's customer, where a scenario says nothing else."""


class ScenarioStep(NamedTuple):
    """An event, when it happens, what is told with it, and facts that are taken for granted."""

    at: str
    event: str
    given: Mapping[str, object]
    facts: Mapping[str, object]


class Setting(NamedTuple):
    """What is there before: rows of the import format by their kind, and what happened to them.

    `key` is the same for settings that are the same. The first ticket is `made_up` where nothing was
    said of it: an event that opens one has no use for it.
    """

    ref: str
    made_up: bool
    rows: Mapping[str, Sequence[Mapping[str, object]]]
    before: tuple[ScenarioStep, ...]
    key: str


class Expectation(NamedTuple):
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
    step: ScenarioStep
    expected: Expectation


def list_scenario_files(folder: str) -> list[str]:
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


def read_scenario_files(paths: Sequence[str], book: str | None) -> list[Scenario]:
    """The scenarios in some files, for a book where the files do not name theirs.

    Raises Faults with all that is wrong in them, file and line by sentence.
    """
    reader = ScenarioReader(book)
    for path in paths:
        reader.take(parse(path, _bytes(path)))
    scenarios = reader.scenarios()
    if reader.faults:
        raise Faults.of(_shared_name(paths), reader.faults)
    return scenarios


def _shared_name(paths: Sequence[str]) -> str:
    return paths[0] if len(paths) == 1 else os.path.dirname(paths[0])


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise BadInput(f"{path} can't be read: {(error.strerror or '').lower()}.") from None


class WrittenScenario(NamedTuple):
    """A scenario as its file has it, with what all of the file share."""

    toml: TomlReader
    path: Path
    own: Mapping[str, object]
    shared: Mapping[str, object]

    @property
    def place(self) -> str:
        """File and line."""
        return self.toml.document.at(*self.path)


class ScenarioReader:
    """Reads scenario files; each has a TomlReader, which notes what is wrong in it."""

    def __init__(self, book: str | None) -> None:
        self._book, self._files = book, list[TomlReader]()
        self._written: dict[str, WrittenScenario] = {}

    @property
    def faults(self) -> list[str]:
        """The faults of all files, in the order of the files."""
        return [fault for toml in self._files for fault in toml.faults]

    def take(self, document: Document) -> None:
        """Take the scenarios of a file in, each by its name."""
        toml = TomlReader(document.with_data(_plain_table(document.data)), "a scenario file")
        self._files.append(toml)
        if isinstance(document.data.get("scenario"), dict):
            toml.fault(("scenario",), "write [[scenario]], with two brackets.")
            return
        good = toml.keys(toml.document.data, (), _FILE)
        self._check_values(toml, (), good)
        book = good.text_or_none("book")
        if book is None and self._book is None:
            toml.fault((), "say on top which book it is for, as in book = 'loans'.")
        elif book is not None and self._book not in (None, book):
            toml.fault(("book",), f"these lie beside the book {self._book}.")
        shared = {"book": self._book, **good.as_dict()}
        shared.pop("scenario", None)
        for place, raw in enumerate(good.items("scenario")):
            self._take_scenario(toml, ("scenario", place), raw, shared)

    def _take_scenario(
        self, toml: TomlReader, path: Path, raw: object, shared: Mapping[str, object]
    ) -> None:
        own = toml.keys(raw, path, _SCENARIO, ("name",))
        self._check_values(toml, path, own)
        name = own.text_or_none("name")
        if name is None:
            return
        if name in self._written:
            place = self._written[name].place
            toml.fault((*path, "name"), f"{name!r} is the name of the scenario at {place} too.")
        elif ("error" in own) == ("rule" in own):
            toml.fault(path, f"{name!r} needs either the rule that must answer, or the error.")
        elif "error" in own and any(key in own for key in ("does", "next", "why", "says")):
            told = (
                f"{name!r} expects an error; does, next, why and says can only be used with rule."
            )
            toml.fault(path, told)
        else:
            self._written[name] = WrittenScenario(toml, path, own.as_dict(), shared)

    def _check_values(self, toml: TomlReader, path: Path, good: TomlTable) -> None:
        """What is in the lists and tables of a file or a scenario; and the moments."""
        self._check_moment(toml, path, good)
        for key in ("customers", "tickets", "states"):
            if len(good.tables(key)) < len(good.items(key)):
                toml.fault((*path, key), f"{key} must be a list of tables.")
        for key in _LISTS_OF_TEXTS:
            if not all(isinstance(one, str) for one in good.items(key)):
                toml.fault((*path, key), f"{key} must be a list of texts.")
        for place, raw in enumerate(good.items("before")):
            at = (*path, "before", place)
            self._check_moment(toml, at, toml.keys(raw, at, _BEFORE, ("event",)))

    def _check_moment(self, toml: TomlReader, path: Path, good: TomlTable) -> None:
        if "at" in good:
            with toml.note_errors((*path, "at")):
                _read_moment(good.text("at"))

    # --- what they share ---------------------------------------------------------------------------

    def scenarios(self) -> list[Scenario]:
        """All scenarios, each with what it shares with others put in."""
        built = (self._build(name, self._with_shared(name, ())) for name in self._written)
        return [scenario for scenario in built if scenario is not None]

    def _with_shared(self, name: str, behind: tuple[str, ...]) -> dict[str, object]:
        """A scenario with what its file shares, and what it is like."""
        written = self._written[name]
        own, like = written.own, written.own.get("like")
        base = written.shared
        if isinstance(like, str):
            if like not in self._written:
                told = f"{name!r} is like {like!r}, which does not exist."
                written.toml.fault(written.path, told)
            elif like in (name, *behind):
                written.toml.fault(written.path, f"{name!r} is like itself.")
            else:
                base = self._with_shared(like, (*behind, name))
                dropped = {*_EXPECTED, *(("given", "facts") if _another_event(own, base) else ())}
                base = {key: value for key, value in base.items() if key not in dropped}
        both = TomlTable(base), TomlTable(own)
        merged = {
            key: {**both[0].table(key), **both[1].table(key)} for key in _TABLES if key in own
        }
        return {**base, **own, **merged}

    def _build(self, name: str, values: Mapping[str, object]) -> Scenario | None:
        written, whole = self._written[name], TomlTable(values)
        for key in ("at", "event"):
            if key not in whole:
                written.toml.fault(written.path, f"{name!r} needs {key}: {SCENARIO[key]}.")
                return None
        step = _step(whole)
        before = (TomlTable({"at": step.at, **one}) for one in whole.tables("before"))
        expected = Expectation(
            rule=whole.text_or_none("rule"),
            does=whole.words("does") if "does" in whole else None,
            next=whole.text_or_none("next"),
            error=whole.text_or_none("error"),
            why=whole.text_or_none("why"),
            says=whole.words("says"),
        )
        return Scenario(
            name=name,
            place=written.place,
            book=whole.text("book"),
            setting=_build_setting(whole, tuple(map(_step, before))),
            step=step,
            expected=expected,
        )


def _another_event(own: Mapping[str, object], base: Mapping[str, object]) -> bool:
    return "event" in own and own["event"] != base.get("event")


def _step(raw: TomlTable) -> ScenarioStep:
    return ScenarioStep(raw.text("at"), raw.text("event"), raw.table("given"), raw.table("facts"))


def _build_setting(whole: TomlTable, before: tuple[ScenarioStep, ...]) -> Setting:
    customer = {**CUSTOMER, **whole.table("customer")}
    ticket = {
        "ref": "T-1",
        "book": whole.text("book"),
        "customer": customer["ref"],
        **whole.table("ticket"),
    }
    rows: dict[str, Sequence[Mapping[str, object]]] = {
        "customers": [customer, *whole.tables("customers")],
        "tickets": [ticket, *whole.tables("tickets")],
        "states": whole.tables("states"),
    }
    made_up, first = "ticket" not in whole, (*before, _step(whole))[0]
    key = repr((rows, before, first.at[:10], made_up and first.event))
    return Setting(str(ticket["ref"]), made_up, rows, before, key)


def build_bare_scenario(book: str, at: str, event: str, fields: Mapping[str, object]) -> Scenario:
    """A scenario about a ticket with some fields, which has neither name nor expectation."""
    ticket = {"ticket": dict(fields)} if fields else {}
    whole = TomlTable({"book": book, "at": at, "event": event, **ticket})
    return Scenario("", "", book, _build_setting(whole, ()), _step(whole), Expectation())


def _read_moment(written: str) -> None:
    try:
        read_moment(written)
    except ValueError as error:
        raise ValueError(f"at {error}") from None


def _plain_table(table: Mapping[str, object]) -> dict[str, object]:
    return {key: _plain(value) for key, value in table.items()}


def _plain(value: object) -> object:
    """TOML's dates as ISO text, which they are everywhere else."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")[:16]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return _plain_table(value)
    return [_plain(one) for one in value] if isinstance(value, list) else value


def group_by_book(scenarios: Sequence[Scenario]) -> Iterator[tuple[str, list[Scenario]]]:
    """The scenarios of each book, in the order of the books' names."""
    for name in sorted({one.book for one in scenarios}):
        yield name, [one for one in scenarios if one.book == name]
