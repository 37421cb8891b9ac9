"""Examining a book: everything that can be found out about it without running it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import chain

from ...book import placeholders
from ...book.domains import domain
from ...book.model import Event
from ...book.read_book import BookReader
from ...errors import BadInput
from ...library.book_files import BookFiles
from ...library.library import Shelf
from ...system.toml_document import Path
from . import (
    gaps_and_overlaps,
    impossible_facts,
    status_moves,
    template_names,
    template_texts,
    unused,
)
from .asked_status import EventStatuses
from .book_texts import check_texts
from .findings import Finding, Observation, ObservationKey
from .reach import check_reach
from .rule_outcomes import list_awaited_kinds, list_outcomes
from .table_regions import build_table_regions


class BookExamination:
    """A book and what was found in it; its `templates` are read unless they are given.

    `is_command` says whether there is a command that a statement names as its view.
    """

    def __init__(
        self,
        files: BookFiles,
        templates: template_names.BookTemplates | None = None,
        is_command: Callable[[str], bool] | None = None,
    ) -> None:
        validator = files.validator()
        self.files, self.reader, self._templates = files, validator.reader, templates
        self.known = self.reader.declarations
        self.findings = [self._read_fault(sentence) for sentence in files.faults(validator)]
        self.events: list[Event] = []
        if validator.sound:
            self.events = [self.reader.event(name) for name in self.known.event_names]
            self.tables = [build_table_regions(self.reader, event) for event in self.events]
            observations = chain(
                *map(gaps_and_overlaps.find_undecided, self.tables),
                self._find_without_effect(),
                gaps_and_overlaps.find_needless_excuses(
                    self.tables, self.reader.events.places_of_excuses()
                ),
                self._find_inconsistent_facts(),
                self._check_statuses(),
                () if self.findings else self._check_reach(),
                self._check_templates(),
                self._check_views(is_command),
                check_texts(self.files.folder, self.reader.toml.document.data),
            )
            self.findings += [self._locate(one) for one in observations]

    @property
    def rules(self) -> int:
        """How many rules the book has."""
        return sum(len(event.rules) for event in self.events)

    def add_faults(self, lines: Sequence[str]) -> None:
        """Add faults that were found elsewhere, each a sentence after its place."""
        self.findings += [self._read_fault(line) for line in lines]

    def _read_fault(self, line: str) -> Finding:
        place, _, sentence = line.partition(": ")
        return Finding(
            book=self.files.name,
            kind="fault",
            place=place,
            sentence=sentence,
            rule=None,
            example={},
        )

    def _locate(self, one: Observation) -> Finding:
        """An observation with its file and line."""
        return Finding(
            book=self.files.name,
            kind=one.kind,
            place=one.at if isinstance(one.at, str) else self.reader.toml.document.at(*one.at),
            sentence=one.sentence,
            rule=one.rule,
            example=one.example,
        )

    def _find_without_effect(self) -> Iterator[Observation]:
        """What never holds or changes nothing, whatever values the parameters have that it names."""
        uncertain: list[Observation] = []
        figures = set[str]()
        for one in gaps_and_overlaps.find_without_effect(self.tables):
            named = placeholders.names_within(self._read_raw(one.at)) & self.known.figures.keys()
            if not named:
                yield one
                continue
            uncertain.append(one)
            figures |= named
        for name, value in _list_other_values(self.reader, figures):
            lasting = self._find_with_value(name, value, uncertain) if uncertain else ()
            uncertain = [one for one in uncertain if one.key in lasting]
        yield from uncertain

    def _find_with_value(
        self, name: str, value: int, uncertain: Collection[Observation]
    ) -> set[ObservationKey]:
        """What is found in the tables of these observations if a parameter has another value."""
        other = self.reader.with_figure(name, value)
        shared = any(one.at[0] == "sequences" for one in uncertain)
        events = self.known.event_names if shared else {str(one.at[1]) for one in uncertain}
        tables = [build_table_regions(other, other.event(event)) for event in events]
        return {one.key for one in gaps_and_overlaps.find_without_effect(tables)}

    def _read_raw(self, at: Path | str) -> object:
        """What stands at a place of the book."""
        found: object = self.reader.toml.document.data
        for key in at if isinstance(at, tuple) else ():
            if isinstance(found, Mapping):
                found = found.get(key)
            elif isinstance(found, list) and isinstance(key, int):
                found = found[key]
        return found

    def _find_inconsistent_facts(self) -> Iterator[Observation]:
        """Facts that the book says always have a value, counted from one that may have none."""
        for name, fact in self.known.facts.items():
            bases = impossible_facts.find_bases(fact)
            if len(bases) == 1 and not self._is_optional(name) and self._is_optional(bases[0]):
                sentence = (
                    f"{name} is counted from {bases[0]}, which may have no value: mark it optional."
                )
                yield Observation(kind="fault", at=("facts", name), sentence=sentence)

    def _is_optional(self, name: str) -> bool:
        fact = self.known.facts.get(name)
        if fact is not None:
            return getattr(fact, "unit", "") == "past" or domain(fact, {}).optional
        return any(
            given.when or given.field.optional
            for event in self.events
            if (given := event.inputs.get(name)) is not None
        )

    def _check_statuses(self) -> Iterator[Observation]:
        """Where tickets come and go, and whether events ask where they stand."""
        if self.known.catalogue:
            return
        statuses, kinds = self.known.statuses, list_awaited_kinds(self.known.items)
        listed, moves = [*statuses.values()], list[status_moves.StatusMove]()
        for table in self.tables:
            name = table.event.name
            raw = self.reader.toml.document.data["events"][name]
            outcomes = list(list_outcomes(table, listed, kinds))
            moves += status_moves.find_openings(table.event, statuses, self.files.name)
            moves += status_moves.find_changes(outcomes)
            yield from EventStatuses(table, listed, outcomes, raw).check(kinds)
        yield from status_moves.check_statuses(moves, statuses)

    def _check_reach(self) -> Iterator[Observation]:
        """Whether the book's reach fits its facts.sql, which was found to run."""
        yield from check_reach(self.reader.book(self.files.folder, self.files.sql, "", str))

    def _check_templates(self) -> Iterator[Observation]:
        reader = self.reader
        templates = self._templates or read_templates(self.files, self.reader)
        known = template_names.list_at_hand(
            self.known.fields, self.known.items, self.known.parameters
        )
        yield from templates.check(known, _find_template_uses(self.events))
        data = reader.toml.document.data
        rules = [data.get(part) for part in ("facts", "sequences", "events")]
        numbers = template_texts.find_numbers(rules)
        yield from template_texts.check_texts(templates.files, self.known.parameters, numbers)
        yield from unused.find_unused_names(
            unused.SearchedBook(reader, self.events, self.files.sql, templates)
        )

    def _check_views(self, is_command: Callable[[str], bool] | None) -> Iterator[Observation]:
        """Views that statements name, and that no command is."""
        for place, one in enumerate(self.reader.statements.values()):
            if is_command is not None and one.view is not None and not is_command(one.view):
                sentence = f"{one.id} has the view {one.view!r}, which is not a command of prassi."
                yield Observation(kind="name", at=("statement", place), sentence=sentence)


def read_templates(files: BookFiles, reader: BookReader) -> template_names.BookTemplates:
    """The templates of a book, taken apart."""
    language = reader.toml.document.data["book"]["language"]
    return template_names.BookTemplates(language, files.messages.texts(files.name))


def _list_other_values(reader: BookReader, names: Collection[str]) -> Iterator[tuple[str, int]]:
    """Other values that the whole numbers among some parameters can have."""
    for name in sorted(names):
        value = reader.declarations.figures[name]
        if isinstance(value, int) and not isinstance(value, bool):
            parameter = reader.declarations.parameters[name.partition(".")[0]]
            low, high = parameter.low, parameter.high
            for other in (value + 1, value + 2, value - 1, low, high, 10 * abs(value) + 10):
                if other not in (None, value) and parameter.out_of_bounds(other) is None:
                    yield name, other


def _find_template_uses(events: Collection[Event]) -> dict[str, dict[str, Collection[str]]]:
    """The events that use each template, with what `values` has there."""
    uses: dict[str, dict[str, Collection[str]]] = defaultdict(dict)
    for event in events:
        for rule in event.rules:
            for step in rule.steps:
                for template in step.action.templates:
                    uses[template][event.name] = template_names.list_values(event.facts)
    return uses


def examine_book(
    shelf: Shelf, name: str, is_command: Callable[[str], bool] | None = None
) -> BookExamination:
    """Examine a book; BadInput where there is no such book.

    What the settings say of it that can't be is found too, and then it is examined without that.
    """
    files = shelf.files(name)
    try:
        wrong = shelf.find_settings_faults(name)
    except BadInput:  # The book is faulty by itself, which is found below.
        wrong = []
    examined = BookExamination(files._replace(overrides={}) if wrong else files, None, is_command)
    examined.add_faults(wrong)
    return examined
