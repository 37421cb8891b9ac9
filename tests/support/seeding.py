"""Faults put into books, one at a time, and a judge of which of them change any decision.

The judge knows nothing of regions: it draws facts that can occur, many of them on both sides of the
figures in the tests, and asks which rules answer in the book as it was and as it is now.
"""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from prassi.core.analysis.checks.check_book import BookExamination, read_templates
from prassi.core.analysis.checks.template_names import BookTemplates
from prassi.core.book.model import DateFact, DueFact, Event, Fact, ForbiddenFact
from prassi.core.book.read_book import BookReader
from prassi.core.decision.inputs import read_inputs
from prassi.core.errors import BadInput
from prassi.core.library.book_files import BookFiles
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.system.toml_document import Document
from prassi.core.tables.cells import GIVEN, Domain, Value
from prassi.core.tables.decision_table import find_misses

BOOKS = ("cases", "collections", "insistence", "packages", "requests")
TODAY = "2026-03-02"
DRAWS = 500
"""Facts that are drawn for each event."""

Data = dict[str, Any]


class Files(BookFiles):
    """A book's files, of which book.toml says what `data` has."""

    data: Data

    def document(self) -> Document:
        return Document(self.path, self.data)


def files(book: str, data: Data | None = None) -> Files:
    """A shipped book; with other data than it has, where they are given."""
    found = Files(*_shipped(book))
    found.data = _data(book) if data is None else data
    return found


@cache
def _shipped(book: str) -> BookFiles:
    return Shelf(NONE).files(book)


@cache
def _data(book: str) -> Data:
    return _shipped(book).document().data


# --- seeding ----------------------------------------------------------------------------------------


class Seed(NamedTuple):
    """A fault: what was done where, and the book's data with it."""

    book: str
    what: str
    data: Data


Change = Callable[[Data], None]


def seeds(book: str, first: int = 0, step: int = 1) -> Iterator[Seed]:
    """Every fault that can be put into a shipped book, or from the first one on as many as a step takes."""
    data = files(book).data
    for what, change in islice(_changes(data), first, None, step):
        seeded = copy.deepcopy(data)
        change(seeded)
        yield Seed(book, what, seeded)


def _changes(data: Data) -> Iterator[tuple[str, Change]]:
    for event, raw in data["events"].items():
        for place, rule in enumerate(raw["rule"]):
            for what, change in _rule_changes(data, event, place, rule):
                yield f"{rule['id']}: {what}", change
        for name in raw.get("inputs", {}):
            yield from _input_changes(event, name, raw["inputs"][name])
    for name, fact in data["facts"].items():
        yield from _fact_changes(name, fact)
    for section in ("statuses", "sequences", "parameters", "roles", "fields", "facts"):
        for name in data.get(section, {}):
            yield f"{section}: {name} misspelt", _rename(section, name)
    for place in range(len(data.get("impossible", []))):
        yield f"impossible {place + 1} dropped", lambda d, n=place: d["impossible"].pop(n)


def _rule_changes(data: Data, event: str, place: int, rule: Data) -> Iterator[tuple[str, Change]]:
    def in_rule(change: Callable[[Data], object]) -> Change:
        return lambda d: (change(d["events"][event]["rule"][place]), None)[1]

    yield "dropped", lambda d: (d["events"][event]["rule"].pop(place), None)[1]
    yield (
        "doubled",
        lambda d: d["events"][event]["rule"].append(
            {**d["events"][event]["rule"][place], "id": "seeded"}
        ),
    )
    for n in range(len(rule["from"]) if "from" in rule else 0):
        yield f"source {n + 1} misspelt", in_rule(lambda r, n=n: r["from"].__setitem__(n, "zz9"))
    rows = rule["when"] if isinstance(rule["when"], list) else [rule["when"]]
    for n, row in enumerate(rows):
        if len(rows) > 1:
            yield f"row {n + 1} dropped", in_rule(lambda r, n=n: r["when"].pop(n))
        for fact, test in row.items():
            where = f"row {n + 1}, {fact}"
            yield f"{where} dropped", in_rule(lambda r, n=n, f=fact: _row(r, n).pop(f))
            yield (
                f"{where} misspelt",
                in_rule(lambda r, n=n, f=fact: _row(r, n).__setitem__(f"{f}x", _row(r, n).pop(f))),
            )
            for other in _other_tests(test, data["parameters"]):
                yield (
                    f"{where} = {other!r}",
                    in_rule(lambda r, n=n, f=fact, o=other: _row(r, n).__setitem__(f, o)),
                )
    for n, step in enumerate(rule.get("then", ())):
        kind = next(iter(step))
        if kind in ("status", "do", "message", "set", "assign", "change", "add", "report"):
            yield (
                f"step {n + 1}, {kind} misspelt",
                in_rule(lambda r, n=n, k=kind: r["then"][n].__setitem__(k, f"{r['then'][n][k]}x")),
            )
        yield (
            f"step {n + 1}, {kind} is no action",
            in_rule(lambda r, n=n: r["then"].__setitem__(n, {"nohte": "..."})),
        )


def _row(rule: Data, place: int) -> Data:
    row: Data = rule["when"][place] if isinstance(rule["when"], list) else rule["when"]
    return row


_BOUND = re.compile(r"(<=|>=|<|>) (.+)")
_OTHER = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _other_tests(test: Any, parameters: Data) -> Iterator[Any]:
    """What might stand in a cell by mistake."""
    if isinstance(test, bool):
        yield not test
    elif isinstance(test, int):
        yield from (test + 1, f">= {test}", f"!= {test}")
    elif isinstance(test, list):
        yield from (test[:-1], test[1:], [*test, "zz9"], test[0])
    elif bound := _BOUND.fullmatch(test):
        yield f"{_OTHER[bound[1]]} {bound[2]}"
        yield f"{_TURNED[bound[1]]} {bound[2]}"
        for name in re.findall(r"\{(\w+)\}", test):
            others = [n for n in parameters if n != name and _is_count(parameters[n]["value"])]
            yield from (f"{bound[1]} {{{other}}}" for other in others[:2])
            yield f"{bound[1]} {{{name}x}}"
    elif ".." in test:
        low, high = re.split(r"\.\.<?", test)
        yield f"{high}..{low}"
        yield test.replace("..<", "..") if "..<" in test else test.replace("..", "..<")
    elif test.startswith("!= "):
        yield test.removeprefix("!= ")
    else:
        yield from (f"!= {test}", f"{test}x")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _input_changes(event: str, name: str, raw: Data) -> Iterator[tuple[str, Change]]:
    def in_input(change: Callable[[Data], object]) -> Change:
        return lambda d: (change(d["events"][event]["inputs"][name]), None)[1]

    yield (
        f"{event}.{name} misspelt",
        lambda d: d["events"][event]["inputs"].__setitem__(
            f"{name}x", d["events"][event]["inputs"].pop(name)
        ),
    )
    for n in range(len(raw["values"]) if isinstance(raw.get("values"), list) else 0):
        yield f"{event}.{name}: value {n + 1} dropped", in_input(lambda i, n=n: i["values"].pop(n))
    if isinstance(raw.get("values"), list):
        yield f"{event}.{name}: a value more", in_input(lambda i: i["values"].append("zz9"))
    if "when" in raw:
        yield f"{event}.{name}: when dropped", in_input(lambda i: i.pop("when"))
    if "optional" in raw:
        yield f"{event}.{name}: not optional", in_input(lambda i: i.pop("optional"))


def _fact_changes(name: str, raw: Data) -> Iterator[tuple[str, Change]]:
    def in_fact(change: Callable[[Data], object]) -> Change:
        return lambda d: (change(d["facts"][name]), None)[1]

    for n in range(len(raw["values"]) if isinstance(raw.get("values"), list) else 0):
        yield f"fact {name}: value {n + 1} dropped", in_fact(lambda f, n=n: f["values"].pop(n))
    if isinstance(raw.get("values"), list):
        yield f"fact {name}: a value more", in_fact(lambda f: f["values"].append("zz9"))
    if "min" in raw:
        yield f"fact {name}: a lower min", in_fact(lambda f: f.__setitem__("min", f["min"] - 1))
    if "optional" in raw:
        yield f"fact {name}: not optional", in_fact(lambda f: f.pop("optional"))
    else:
        yield f"fact {name}: optional", in_fact(lambda f: f.__setitem__("optional", True))


def _rename(section: str, name: str) -> Change:
    def change(data: Data) -> None:
        data[section] = {f"{n}x" if n == name else n: raw for n, raw in data[section].items()}

    return change


# --- judging ------------------------------------------------------------------------------------------


def check_seed(seed: Seed) -> list[str]:
    """What the check finds in a seeded book."""
    return [
        one.line for one in BookExamination(files(seed.book, seed.data), _texts(seed.book)).findings
    ]


@cache
def _texts(book: str) -> BookTemplates:
    """A shipped book's templates, which no seed is about."""
    own = files(book)
    return read_templates(own, own.reader())


def find_changed_decision(seed: Seed) -> str | None:
    """Facts that other rules answer than before, as text; None where none were drawn.

    A book that can't be read any more decides nothing, and so is changed.
    """
    validator = files(seed.book, seed.data).validator()
    validator.look(lambda template: True)
    if validator.faults:
        return "no facts can be asked"
    after = validator.reader
    for name, (one, known) in _sound(seed.book).items():
        if name not in after.declarations.event_names:
            return f"there is no event {name}"
        other = after.event(name)
        domains = after.events.domains(other.inputs)
        for facts in known:
            if not _in_domains(facts, domains):  # the book says now that they can't occur
                continue
            if _answers(one, facts) != _answers(other, facts):
                return f"{name}: {facts}"
    return None


def _in_domains(facts: Mapping[str, Any], domains: Mapping[str, Domain]) -> bool:
    """Whether each fact is one that a book has, with a value it can have."""
    return all(
        name in domains and (domains[name].values == GIVEN or domains[name].holds(value))
        for name, value in facts.items()
    )


@cache
def _sound(book: str) -> dict[str, tuple[Event, list[dict[str, Value]]]]:
    """The events of a book without faults, each with facts that can occur."""
    reader = files(book).reader()
    events = [reader.event(name) for name in reader.declarations.event_names]
    return {one.name: (one, list(drawn(one, reader, random.Random(one.name)))) for one in events}


def _answers(event: Event, facts: Mapping[str, Value]) -> list[str]:
    """The rules that answer; a fact that the event doesn't have is none."""
    return [
        rule.id
        for rule in event.rules
        if any(not find_misses(row, {**dict.fromkeys(row), **facts}) for row in rule.rows)
    ]


def drawn(event: Event, reader: BookReader, chance: random.Random) -> Iterator[dict[str, Value]]:
    """Facts of an event that can occur, as far as the book says."""
    figures = _figures(event)
    domains = reader.events.domains(event.inputs)
    for _ in range(DRAWS):
        facts = inputs(event, chance)
        for name, fact in reader.declarations.facts.items():
            if name not in facts:
                facts[name] = _fact(name, fact, domains, figures, chance)
        if event.opens and "status" in reader.declarations.facts:
            facts["status"] = None
        if _can_be(event, reader, facts):
            yield facts


def _figures(event: Event) -> dict[str, set[int]]:
    """The numbers on both sides of each bound, by fact."""
    found: dict[str, set[int]] = {}
    for row in (row for rule in event.rules for row in rule.rows):
        for name, cell in row.items():
            for end in (end for span in cell.spans for end in span if end is not None):
                found.setdefault(name, set()).update((end - 1, end, end + 1))
    return found


def inputs(event: Event, chance: random.Random, today: str = TODAY) -> dict[str, Any]:
    """Inputs as the program reads them from what a caller might give."""
    while True:
        given: dict[str, Any] = {}
        for name, spec in event.inputs.items():
            field = spec.field
            asked = [*field.values] or _EXAMPLES[field.type]
            if chance.random() < (0.5 if field.optional or field.default is not None else 0.9):
                given[name] = chance.choice(asked)
            if spec.when and find_misses(spec.when, {**dict.fromkeys(event.inputs), **given}):
                given.pop(name, None)
        try:
            return dict(read_inputs(event, given, today, str))
        except BadInput:
            continue


_EXAMPLES: dict[str, list[Any]] = {
    "text": ["T-1"], "ticket": ["T-1"], "customer": ["C-1"], "status": ["new"],
    "word": ["?"], "integer": [1, 2, 3], "boolean": [True, False], "money": ["1.00", "250.00"],
    "date": ["2026-02-20", TODAY, "2026-03-09", "2026-12-01"],
    "moment": ["2026-02-20T09:00", f"{TODAY}T10:30", "2026-12-01T10:30"],
}  # fmt: skip


def _fact(
    name: str, fact: Fact, domains: Mapping[str, Domain],
    figures: Mapping[str, set[int]], chance: random.Random,
) -> Value:  # fmt: skip
    if isinstance(fact, DateFact) and fact.unit == "past":
        return chance.choice([True, False])
    domain = domains[name]
    if domain.optional and chance.random() < 0.3:
        return None
    if domain.values is not None:
        return chance.choice(domain.values)
    known = [n for n in figures.get(name, ()) if domain.holds(n)]
    low = domain.low if domain.low is not None else -3
    return (
        chance.choice(known) if known and chance.random() < 0.8 else chance.randint(low, low + 12)
    )


def _can_be(event: Event, reader: BookReader, facts: Mapping[str, Any]) -> bool:
    """Whether facts can occur: what is counted fits what it is counted from, and so on."""
    status = reader.declarations.statuses.get(str(facts.get("status")))
    if status is not None and not reader.declarations.catalogue:
        if status.closed and not event.of_closed:
            return False
        if any(facts.get(field, "") is None for field in status.needs):
            return False
    for name, fact in reader.declarations.facts.items():
        if name not in event.inputs and not _fits(name, fact, event, facts):
            return False
    return all(find_misses(row, facts) for row in reader.events.impossible(event).values())


def _fits(name: str, fact: Fact, event: Event, facts: Mapping[str, Any]) -> bool:
    """Whether a fact that is worked out goes with what it is worked out from."""
    if isinstance(fact, ForbiddenFact):
        return facts[name] is None or facts.get(fact.base) is not None
    if isinstance(fact, DueFact):
        bases = [due.base for due in fact.dues]
        missing = None not in bases and all(facts.get(base or "") is None for base in bases)
        return (facts[name] is None) == missing
    if not isinstance(fact, DateFact):
        return True
    base = facts.get(fact.base)
    if fact.unit == "past":
        return base is not None or not facts[name]
    if base is None or facts[name] is None:
        return base is None and facts[name] is None
    given = event.inputs.get(fact.base)
    since = fact.unit in ("days_since", "workdays_since", "months_since")
    if given is None or not since:
        return True
    count = facts[name]
    return not (given.latest_today and count < 0) and not (given.earliest_today and count > 0)
