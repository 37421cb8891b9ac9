"""What a book's templates name: whether it exists, in every language and in every event that uses it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from ...book.names import SPECIAL
from ...decision.ticket_state import Customer
from ...library.settings import COMPANY
from ...values.field_types import Field
from .findings import Observation
from .template_syntax import BrokenTemplate, NameUse, TemplateFile, parse_templates

TICKET = ("ref", "status", "opened", "priority", "assignee", "result")
"""What a template can ask of every ticket."""

_METHODS = frozenset({"get", "items", "keys", "values"})

Uses = Mapping[str, Mapping[str, Collection[str]]]
"""The events that use each template, each with the names that `values` has there."""


class BookTemplates:
    """The templates of a book."""

    def __init__(self, language: str, texts: Iterable[tuple[str, str]]) -> None:
        found = list(parse_templates(language, texts))
        self.files: list[TemplateFile] = [one for one in found if isinstance(one, TemplateFile)]
        self._broken: list[BrokenTemplate] = [
            one for one in found if isinstance(one, BrokenTemplate)
        ]

    def find_names(self, thing: str) -> set[str]:
        """All names that any template asks of a thing, such as `ticket`."""
        return {asked.name for file in self.files for asked in file.asked if asked.of == thing}

    def check(self, known: Mapping[str, Collection[str]], uses: Uses) -> Iterator[Observation]:
        """Everything that is wrong with the templates.

        `known` are the names that each thing has, `uses` the events that use each template.
        """
        for broken in self._broken:
            yield Observation(
                kind="template",
                at=broken.place,
                sentence=f"this is not a valid template: {broken.reason}.",
            )
        yield from self._check_languages(uses)
        for file in self.files:
            yield from self._check_loose_names(file, known)
            yield from self._check_imports(file)
            yield from self._check_name_uses(file, known, uses)

    # --- which templates there are -----------------------------------------------------------------

    def _check_languages(self, uses: Uses) -> Iterator[Observation]:
        """Languages that are missing of a template that is used, and templates that nothing uses."""
        languages = {file.language for file in self.files if not file.is_part}
        there: dict[str, dict[str, TemplateFile]] = defaultdict(dict)
        for file in self.files:
            there[file.name][file.language] = file
        for name in uses:
            for language in sorted(languages.difference(there[name])) if there[name] else ():
                folder = os.path.dirname(next(iter(there[name].values())).path)
                sentence = f"this file is missing; the book has other messages in {language}."
                yield Observation(
                    kind="template",
                    at=os.path.join(folder, f"{name}.{language}.j2"),
                    sentence=sentence,
                )
        imported = {one.part for file in self.files for one in file.imports}
        for file in self.files:
            if file.is_part and file.file not in imported:
                yield Observation(
                    kind="unused", at=file.path, sentence="no template imports this part."
                )
            elif not file.is_part and file.name not in uses:
                yield Observation(
                    kind="unused", at=file.path, sentence=f"no rule uses the template {file.name}."
                )

    # --- names that have to be there -----------------------------------------------------------------

    def _check_loose_names(
        self, file: TemplateFile, known: Collection[str]
    ) -> Iterator[Observation]:
        """Names that are not defined in a template."""
        seen = any(one.whole and one.part == file.file for f in self.files for one in f.imports)
        at_hand = (*known, "today", "values") if seen or not file.is_part else ()
        has = f"it has {', '.join(at_hand)}" if at_hand else "a part has its macros' arguments only"
        for name, line in file.loose.items():
            if name not in at_hand:
                yield Observation(
                    kind="template",
                    at=f"{file.path}:{line}",
                    sentence=f"there is no {name}: {has}.",
                )

    def _check_imports(self, file: TemplateFile) -> Iterator[Observation]:
        """Imports of parts, or of macros in them, that do not exist."""
        parts = {one.file: one for one in self.files}
        for one in file.imports:
            place = f"{file.path}:{one.line}"
            folder, slash, _ = one.part.partition("/")
            if slash and folder != file.file.partition("/")[0]:
                continue  # of another book, which is looked at by itself
            if one.part not in parts:
                yield Observation(
                    kind="template", at=place, sentence=f"there is no {one.part} to import."
                )
                continue
            for name in one.names or ():
                if name not in parts[one.part].macros:
                    yield Observation(
                        kind="template", at=place, sentence=f"{one.part} has no macro {name}."
                    )

    def _check_name_uses(
        self, file: TemplateFile, known: Mapping[str, Collection[str]], uses: Uses
    ) -> Iterator[Observation]:
        """Names that are asked of a thing that does not have them."""
        for asked in file.asked:
            if asked.name in _METHODS or not self._is_at_hand(file, asked):
                continue
            place, missing = f"{file.path}:{asked.line}", f"there is no {asked.of}.{asked.name}"
            if asked.of != "values":
                if asked.name not in known[asked.of]:
                    yield Observation(kind="template", at=place, sentence=f"{missing}.")
                continue
            for template in self._find_users(file, asked.macro):
                for event, values in uses.get(template, {}).items():
                    if asked.name not in values:
                        yield Observation(
                            kind="template", at=place, sentence=f"{missing} in the event {event}."
                        )

    def _is_at_hand(self, file: TemplateFile, asked: NameUse) -> bool:
        """Whether a macro's argument is always the thing whose name it bears."""
        if asked.macro is None:
            return True
        place = file.macros[asked.macro].index(asked.of)
        calls = [
            call
            for other in self.files
            if other is file or any(one.part == file.file for one in other.imports)
            for call in other.calls
            if call.macro == asked.macro
        ]
        given = {
            call.given[place] if place < len(call.given) else call.named.get(asked.of)
            for call in calls
        }
        return given == {asked.of}

    def _find_users(self, file: TemplateFile, macro: str | None) -> set[str]:
        """The templates that call a macro of a part, directly or through other macros."""
        if not file.is_part:
            return {file.name}
        through, before = {macro}, 0
        while len(through) > before:
            before = len(through)
            through |= {call.inside for call in file.calls if call.macro in through}
        return {
            other.name
            for other in self.files
            for one in other.imports
            if one.part == file.file
            if macro is None or one.names is None or not through.isdisjoint(one.names)
        }


def list_at_hand(
    fields: Mapping[str, Field], items: Iterable[str], parameters: Iterable[str]
) -> dict[str, frozenset[str]]:
    """The names that a template can ask of each thing that it gets."""
    return {
        "customer": frozenset(Customer._fields),
        "ticket": frozenset({*TICKET, *fields}),
        "company": frozenset(COMPANY),
        "parameters": frozenset(parameters),
        **dict.fromkeys(items, frozenset()),
    }


def list_values(facts: Iterable[str]) -> frozenset[str]:
    """The names that a template can ask of `values` in an event with these facts."""
    return frozenset({*facts, *SPECIAL})
