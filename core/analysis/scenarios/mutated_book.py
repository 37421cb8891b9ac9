"""A book with a change: made anew only as far as the change reaches."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ...book.model import Book
from ...book.read_book import BookReader, read_book
from ...book.status_catalogue import State, adopt_states
from ...book.validate import BookValidator
from ...library.book_files import BookFiles
from ...system.toml_document import Path
from ...tables.cells import Domain
from .mutations import Change, Changes, put


class Original:
    """A book as it is written, of which changed ones can be made."""

    def __init__(self, files: BookFiles, states: Sequence[State] = ()) -> None:
        """`states` are those that a ticket file keeps in place of the book's own."""
        document = files.document()
        self.files = files
        # As the cache gives a book back: TOML has dates, JSON has none.
        data = adopt_states(json.loads(json.dumps(document.data, default=str)), states)
        self._document = document.with_data(data)
        self.reader = read_book(self._document, {}, checking=True)
        self.book = self._whole(self.reader)
        self.events = {name: self.book.event(name) for name in self.book.event_names}
        self._uses = {
            (event.name, place): _sequences(data, raw)
            for event in self.events.values()
            for place, raw in enumerate(data["events"][event.name]["rule"])
        }

    def changes(self) -> list[Change]:
        """All changes of the book, whether it can be read with them or not."""
        domains: dict[str, Mapping[str, Domain]] = {
            name: self.reader.events.domains(event.inputs) for name, event in self.events.items()
        }
        names = self.files.messages.names(self.files.name)
        data = self._document.data
        return list(
            Changes(data, self.book, self.reader.declarations.figures, domains, names).all()
        )

    def place(self, change: Change) -> str:
        """File and line of a change."""
        return self._document.at(*change.path)

    def about(self, change: Change) -> str:
        """What a change is about: a rule, or what else the book calls by a name."""
        section, name, *rest = change.path
        if section == "events" and rest[0] == "rule":
            return str(self.raw((section, name, "rule", rest[1]))["id"])
        if section == "events":
            return f"{name}, input {rest[1]}"
        return f"{str(section).removesuffix('s')} {name}"

    def raw(self, path: Path) -> Any:
        """What stands at a place of the book."""
        found: Any = self._document.data
        for key in path:
            found = found[key]
        return found

    def reach(self, change: Change) -> list[tuple[str, int]] | None:
        """The rules that a change is about, by event and place; None where it is about more."""
        if change.path[0] == "sequences":
            return [rule for rule, used in self._uses.items() if change.path[1] in used]
        if change.path[0] == "events" and change.path[2] == "rule":
            return [(str(change.path[1]), int(change.path[3]))]
        return None

    def with_rules(self, change: Change, event: str) -> Book | None:
        """The book with a change of some rules, as far as an event; None where it can't be read."""
        reader, rules = self._changed(change), list(self.events[event].rules)
        try:
            for of, place in self.reach(change) or ():
                if of == event:
                    rules[place] = reader.events.rule(self.events[event], place)
        except (ValueError, KeyError, TypeError):
            return None
        changed = self.events[event]._replace(rules=tuple(rules))
        return None if reader.toml.faults else self.book.with_event(changed)

    def with_event(self, change: Change) -> Book | None:
        """The book with a change of an event; None where it can't be read."""
        reader = self._changed(change)
        event = reader.event(str(change.path[1]))
        return None if reader.toml.faults else self.book.with_event(event)

    def with_all(self, change: Change) -> Book | None:
        """The book with a change that all of it may depend on; None where it can't be read."""
        data = put(self._document.data, change.path, change.then)
        try:
            validator = BookValidator(self._document.with_data(data), {})
            validator.look(lambda template: True)
            return None if validator.faults else self._whole(validator.reader)
        except (ValueError, KeyError, TypeError):
            return None

    def _changed(self, change: Change) -> BookReader:
        data = put(self._document.data, change.path, change.then)
        return self.reader.with_document(self._document.with_data(data))

    def _whole(self, reader: BookReader) -> Book:
        return reader.book(self.files.folder, self.files.sql, "", str)


def _sequences(data: Mapping[str, Any], rule: Mapping[str, Any]) -> set[str]:
    """The sequences that a rule uses, directly or through others."""
    used, waiting = set[str](), [rule.get("then", ())]
    while waiting:
        for step in waiting.pop():
            if "do" in step and step["do"] not in used:
                used.add(step["do"])
                waiting.append(data["sequences"][step["do"]])
    return used
