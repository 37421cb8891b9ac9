"""A book with a mutation, of which only as much is read anew as the mutation reaches."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ...book.model import Book
from ...book.read_book import BookReader, read_book
from ...book.status_catalogue import CatalogueState, adopt_states
from ...book.validate import BookValidator
from ...library.book_files import BookFiles
from ...system.toml_document import Path
from ...tables.cells import Domain
from ..raw_tables import RawTable
from .mutations import Mutation, Mutator, put_value


class RulePlace(NamedTuple):
    """A rule by its event and its number in it."""

    event: str
    rule: int


class Original:
    """A book as it is written, of which mutated ones can be made."""

    def __init__(self, files: BookFiles, states: Sequence[CatalogueState] = ()) -> None:
        """`states` are those that a ticket file keeps in place of the book's own."""
        document = files.document()
        self.files = files
        # As the cache gives a book back: TOML has dates, JSON has none.
        data = adopt_states(json.loads(json.dumps(document.data, default=str)), states)
        self._document = document.with_data(data)
        self.reader = read_book(self._document, {}, checking=True)
        self.book = self._read_book(self.reader)
        self.events = {name: self.book.event(name) for name in self.book.event_names}
        self._uses = {
            RulePlace(event.name, place): _find_sequences(data, raw)
            for event in self.events.values()
            for place, raw in enumerate(data["events"][event.name]["rule"])
        }
        declared = [data.get(section, ()) for section in ("property", "way")]
        self._declared = frozenset(_list_words(declared))

    def list_mutations(self) -> list[Mutation]:
        """All mutations of the book, whether it can be read with them or not."""
        domains: dict[str, Mapping[str, Domain]] = {
            name: self.reader.events.domains(event.inputs) for name, event in self.events.items()
        }
        names = self.files.messages.names(self.files.name)
        data = self._document.data
        return list(
            Mutator(
                data, self.book, self.reader.declarations.figures, domains, names
            ).find_mutations()
        )

    def locate(self, mutation: Mutation) -> str:
        """File and line of a mutation."""
        return self._document.at(*mutation.path)

    def name_subject(self, mutation: Mutation) -> str:
        """What a mutation is about: the id of a rule, or something else that has a name."""
        section, name, *rest = mutation.path
        if section == "events" and rest[0] == "rule":
            return str(self.read_raw((section, name, "rule", rest[1]))["id"])
        if section == "events":
            return f"{name}, input {rest[1]}"
        return f"{str(section).removesuffix('s')} {name}"

    def read_raw(self, path: Path) -> Any:
        """What stands at a place of the book."""
        found: Any = self._document.data
        for key in path:
            found = found[key]
        return found

    def find_rules(self, mutation: Mutation) -> list[RulePlace] | None:
        """The rules that a mutation changes; None where it changes more than rules."""
        if mutation.path[0] == "sequences":
            return [rule for rule, used in self._uses.items() if mutation.path[1] in used]
        if mutation.path[0] == "events" and mutation.path[2] == "rule":
            return [RulePlace(str(mutation.path[1]), int(mutation.path[3]))]
        return None

    def mutate_rules(self, mutation: Mutation, event: str) -> Book | None:
        """The book with the mutated rules of one event; None where these can't be read."""
        reader, rules = self._copy_reader(mutation), list(self.events[event].rules)
        try:
            for of, place in self.find_rules(mutation) or ():
                if of == event:
                    rules[place] = reader.events.rule(self.events[event], place)
        except (ValueError, KeyError, TypeError):
            return None
        if self._may_undeclare(mutation) and self.mutate_book(mutation) is None:
            return None
        changed = self.events[event]._replace(rules=tuple(rules))
        return None if reader.toml.faults else self.book.with_event(changed)

    def mutate_event(self, mutation: Mutation) -> Book | None:
        """The book with a mutated event; None where that can't be read."""
        reader = self._copy_reader(mutation)
        event = reader.event(str(mutation.path[1]))
        return None if reader.toml.faults else self.book.with_event(event)

    def mutate_book(self, mutation: Mutation) -> Book | None:
        """The book read anew as a whole with a mutation; None where it can't be read."""
        data = put_value(self._document.data, mutation.path, mutation.then)
        try:
            validator = BookValidator(self._document.with_data(data), {})
            validator.look(lambda template: True)
            return None if validator.faults else self._read_book(validator.reader)
        except (ValueError, KeyError, TypeError):
            return None

    def _may_undeclare(self, mutation: Mutation) -> bool:
        """Whether a mutation takes away a word that a property names, and that may stand nowhere else."""
        return not self._declared.isdisjoint(_list_words(mutation.now))

    def _copy_reader(self, mutation: Mutation) -> BookReader:
        data = put_value(self._document.data, mutation.path, mutation.then)
        return self.reader.with_document(self._document.with_data(data))

    def _read_book(self, reader: BookReader) -> Book:
        return reader.book(self.files.folder, self.files.sql, "", str)


def _list_words(found: object) -> Iterator[str]:
    """All texts in a part of a book."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, Mapping):
        for one in found.values():
            yield from _list_words(one)
    elif isinstance(found, Sequence):
        for one in found:
            yield from _list_words(one)


def _find_sequences(data: RawTable, rule: RawTable) -> set[str]:
    """The sequences that a rule uses, directly or through others."""
    used, waiting = set[str](), [rule.get("then", ())]
    while waiting:
        for step in waiting.pop():
            if "do" in step and step["do"] not in used:
                used.add(step["do"])
                waiting.append(data["sequences"][step["do"]])
    return used
