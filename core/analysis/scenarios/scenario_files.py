"""Scenario files: tickets, what happens to them and when, and what the book must answer."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple

from ...errors import BadInput, Faults
from ...library.settings import COMPANY
from ...system.parse_toml import parse
from ...system.toml_document import Document, Path
from ...system.toml_reader import Kind, TableKeys, TomlReader, TomlTable
from ...values.field_types import read_moment

SHARED = {
    "book": "the book the scenarios are for; beside a book it is that one",
    "at": "the moment of all scenarios that have no `at` of their own",
    "customer": "the customer of the ticket, instead of the default one",
    "company": "what the settings say of the company, instead of a name alone",
    "ticket": "what the tickets of all scenarios have in common",
    "customers": "customers beside the ticket's",
    "tickets": "tickets beside the one the scenario is about",
    "states": "the states that the ticket file keeps, for a book that lets it keep its own",
}
"""The keys at the top of a scenario file, which hold for all scenarios in it, with their meanings."""

SCENARIO = {
    "name": "what it shows, in words; each has its own",
    "like": "the name of a scenario from which it takes what it does not say itself",
    **{key: SHARED[key] for key in ("at", "customer", "company")},
    **{key: SHARED[key] for key in ("customers", "tickets", "states")},
    "at": "the moment: a date, or a date and a time",
    "ticket": "the ticket it is about, as in the import format; ref, book and customer can be left out",
    "before": "what happened first: a list of { at, event, given }",
    "event": "what happens",
    "given": "the inputs of the event, as `prassi event` takes them",
    "facts": "facts that replace what facts.sql reads",
    "rule": "the rule that must answer",
    "does": "all that it must do, a line for each action; `...` at the end of a line stands for the rest",
    "why": "the reason it must give",
    "says": "texts that must occur in what is written or said to people",
    "next": "what must come next, as `agent: call-again by 2026-03-09`, or `nothing`",
    "error": "instead of a rule: the sentence with which it must be rejected",
}
"""The keys of a scenario, with their meanings."""

BEFORE = ("at", "event", "given", "facts")
"""The keys of a step of `before`."""

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("book", "name", "like", "event", "rule", "why", "next", "error"), str),
    **dict.fromkeys(("customer", "company", "ticket", "given", "facts"), dict),
    **dict.fromkeys(("customers", "tickets", "states", "before", "does", "says"), list),
    "at": str,
}
FILE_KEYS: dict[str, Kind] = {**{key: _KINDS[key] for key in SHARED}, "scenario": list}
SCENARIO_KEYS = TableKeys({key: _KINDS[key] for key in SCENARIO}, ("name",))
BEFORE_KEYS = TableKeys({key: _KINDS[key] for key in BEFORE}, ("event",))

_TABLES = ("customer", "company", "ticket", "given", "facts")
_LISTS_OF_TEXTS = ("does", "says")
_EXPECTED = ("rule", "why", "says", "does", "next", "error")

CUSTOMER = {
    "ref": "C-1",
    "name": "Rossi srl",
    "email": "c-1@example.org",
    "phone": "+390550001",
}
"""The ticket's customer, unless a scenario says otherwise."""


class ScenarioStep(NamedTuple):
    """An event and its moment, what the caller gives with it, and facts that are assumed."""

    at: str
    event: str
    given: Mapping[str, object]
    facts: Mapping[str, object]


class Setting(NamedTuple):
    """What is there before: rows of the import format by their kind, and the steps that came first.

    Equal settings have the same `key`. The first ticket is `made_up` if the scenario says nothing of
    it; it is left out for an event that opens one. `company` is what the settings say of the company.
    """

    ref: str
    made_up: bool
    rows: Mapping[str, Sequence[Mapping[str, object]]]
    before: tuple[ScenarioStep, ...]
    key: str
    company: Mapping[str, str]


class Expectation(NamedTuple):
    """What must come out; what is None is not compared."""

    rule: str | None = None
    does: tuple[str, ...] | None = None
    next: str | None = None
    error: str | None = None
    why: str | None = None
    says: tuple[str, ...] = ()


class Scenario(NamedTuple):
    """One try of a book; `place` is file and line."""

    name: str
    place: str
    book: str
    setting: Setting
    step: ScenarioStep
    expected: Expectation


def list_scenario_files(folder: str) -> list[str]:
    """The scenario files of a book's folder, or of a folder of scenario files."""
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
    """Read the scenarios of some files; `book` is theirs if the files name none.

    Raises Faults with everything that is wrong in them, a sentence with file and line each.
    """
    reader = ScenarioReader(book)
    for path in paths:
        reader.take(parse(path, _read_bytes(path)))
    scenarios = reader.build_scenarios()
    if reader.faults:
        raise Faults.of(_name_files(paths), reader.faults)
    return scenarios


def _name_files(paths: Sequence[str]) -> str:
    return paths[0] if len(paths) == 1 else os.path.dirname(paths[0])


def _read_bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise BadInput(f"{path} can't be read: {(error.strerror or '').lower()}.") from None


class WrittenScenario(NamedTuple):
    """A scenario as its file has it, and what all scenarios of the file share."""

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
        """Read the scenarios of a file."""
        toml = TomlReader(document.with_data(_replace_dates_in(document.data)), "a scenario file")
        self._files.append(toml)
        if isinstance(document.data.get("scenario"), dict):
            toml.fault(("scenario",), "write [[scenario]], with two brackets.")
            return
        good = toml.keys(toml.document.data, (), FILE_KEYS)
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
        own = toml.keys(raw, path, SCENARIO_KEYS)
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
            reason = (
                f"{name!r} expects an error; does, next, why and says can only be used with rule."
            )
            toml.fault(path, reason)
        else:
            self._written[name] = WrittenScenario(toml, path, own.as_dict(), shared)

    def _check_values(self, toml: TomlReader, path: Path, good: TomlTable) -> None:
        """Check the moments, and what stands in the lists, of a file or a scenario."""
        self._check_moment(toml, path, good)
        for key in ("customers", "tickets", "states"):
            if len(good.tables(key)) < len(good.items(key)):
                toml.fault((*path, key), f"{key} must be a list of tables.")
        for key in _LISTS_OF_TEXTS:
            if not all(isinstance(one, str) for one in good.items(key)):
                toml.fault((*path, key), f"{key} must be a list of texts.")
        for key, value in good.table("company").items():
            if key not in COMPANY or not isinstance(value, str):
                known = ", ".join(COMPANY)
                toml.fault((*path, "company", key), f"company has texts only; there are {known}.")
        for place, raw in enumerate(good.items("before")):
            at = (*path, "before", place)
            self._check_moment(toml, at, toml.keys(raw, at, BEFORE_KEYS))

    def _check_moment(self, toml: TomlReader, path: Path, good: TomlTable) -> None:
        if "at" in good:
            with toml.note_errors((*path, "at")):
                _read_moment(good.text("at"))

    # --- what they share ---------------------------------------------------------------------------

    def build_scenarios(self) -> list[Scenario]:
        """All scenarios, each together with what it takes from its file and the one it is like."""
        built = (self._build(name, self._with_shared(name, ())) for name in self._written)
        return [scenario for scenario in built if scenario is not None]

    def _with_shared(self, name: str, behind: tuple[str, ...]) -> dict[str, object]:
        """The keys of a scenario, with those of its file and of the scenario it is like."""
        written = self._written[name]
        own, like = written.own, written.own.get("like")
        base = written.shared
        if isinstance(like, str):
            if like not in self._written:
                reason = f"{name!r} is like {like!r}, which does not exist."
                written.toml.fault(written.path, reason)
            elif like in (name, *behind):
                written.toml.fault(written.path, f"{name!r} is like itself.")
            else:
                base = self._with_shared(like, (*behind, name))
                dropped = {
                    *_EXPECTED,
                    *(("given", "facts") if _is_another_event(own, base) else ()),
                }
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
        step = _build_step(whole)
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
            setting=_build_setting(whole, tuple(map(_build_step, before))),
            step=step,
            expected=expected,
        )


def _is_another_event(own: Mapping[str, object], base: Mapping[str, object]) -> bool:
    return "event" in own and own["event"] != base.get("event")


def _build_step(raw: TomlTable) -> ScenarioStep:
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
    made_up, first = "ticket" not in whole, (*before, _build_step(whole))[0]
    company = {name: str(value) for name, value in whole.table("company").items()}
    key = repr((rows, before, first.at[:10], made_up and first.event, company))
    return Setting(str(ticket["ref"]), made_up, rows, before, key, company)


def build_bare_scenario(
    book: str,
    at: str,
    event: str,
    fields: Mapping[str, object],
    customer: Mapping[str, object] = MappingProxyType({}),
) -> Scenario:
    """A scenario without a name and an expectation, about a ticket with these fields; `customer` is
    what its customer has that is not as in any scenario."""
    ticket = {"ticket": dict(fields)} if fields else {}
    setting = {**ticket, "customer": {**customer}}
    whole = TomlTable({"book": book, "at": at, "event": event, **setting})
    return Scenario(
        name="",
        place="",
        book=book,
        setting=_build_setting(whole, ()),
        step=_build_step(whole),
        expected=Expectation(),
    )


def _read_moment(written: str) -> None:
    try:
        read_moment(written)
    except ValueError as error:
        raise ValueError(f"at {error}") from None


def _replace_dates_in(table: Mapping[str, object]) -> dict[str, object]:
    return {key: _replace_dates(value) for key, value in table.items()}


def _replace_dates(value: object) -> object:
    """A value with dates as ISO texts, as everywhere else."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")[:16]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return _replace_dates_in(value)
    return [_replace_dates(one) for one in value] if isinstance(value, list) else value


def group_by_book(scenarios: Sequence[Scenario]) -> Iterator[tuple[str, list[Scenario]]]:
    """The scenarios of each book, in the order of the books' names."""
    for name in sorted({one.book for one in scenarios}):
        yield name, [one for one in scenarios if one.book == name]
