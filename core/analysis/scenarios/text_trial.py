"""Mutated messages tried on scenarios, and the scenarios that are missing for them."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from jinja2 import TemplateSyntaxError

from ...book.message_actions import Tell
from ...book.model import Book
from ...errors import PrassiError
from ...messages.sandbox import Sandbox
from ...messages.trial_messages import TrialMessages
from ...system.write_toml import format_toml
from ..checks.template_syntax import TemplateFile, parse_templates
from .coverage import play_scenarios
from .differences import find_differences
from .mutated_book import Original
from .scenario_files import Expectation, Scenario
from .stage import PlayResult, Stage
from .text_mutations import TextMutation, find_text_mutations

EXAMPLE = {
    "address": "12 Example Street, Example Town",
    "email": "desk@example.com",
    "phone": "+39 055 000 2",
    "hotline": "800 000 000",
    "iban": "IT00 X000 0000 0000 0000 0012 345",
    "bank": "Example Bank",
    "website": "https://example.com",
}
"""What messages can show of a company beside its name."""

_FOR_ALL = ", for a company with an address"

_NO_COMPANY: Mapping[str, str] = MappingProxyType({})

SAID = "messages-said.toml"
"""The file of the scenarios that say messages whole."""

_TRIES = 60
"""Scenarios that are tried for one template and language, at most."""


class PlayedScenario(NamedTuple):
    """A scenario that came out as expected."""

    scenario: Scenario
    played: PlayResult


class TextScenario(NamedTuple):
    """A new scenario like another one, about what a message says, for a customer of some language."""

    like: Scenario
    scenario: Scenario
    language: str
    given: Mapping[str, object]
    company: Mapping[str, str]

    def as_toml(self) -> str:
        """It as a file has it."""
        lines = ["[[scenario]]", f"name = {format_toml(self.scenario.name)}"]
        lines.append(f"like = {format_toml(self.like.name)}")
        lines.append(f"customer = {{ language = {format_toml(self.language)} }}")
        if self.company:
            lines.append(f"company = {format_toml(self.company)}")
        if self.given:
            lines.append(f"given = {format_toml(self.given)}")
        lines.append(f"rule = {format_toml(self.scenario.expected.rule)}")
        texts = (_format_text(text) for text in self.scenario.expected.says)
        lines.append("says = [\n" + "".join(f"{text},\n" for text in texts) + "]")
        return "\n".join(lines) + "\n"


def _format_text(text: str) -> str:
    """A text in TOML, line by line as it is read."""
    whole = json.dumps(text, ensure_ascii=False)[1:-1]
    lines = whole.replace("\\n", "\n").replace("\x7f", "\\u007f")
    return f'"""\n{lines}"""'


class TextTrial:
    """Tries mutated messages of a book on scenarios, and knows which of them none has noticed."""

    def __init__(self, book: Book, stage: Stage, texts: Sequence[tuple[str, str]]) -> None:
        self._book, self._stage = book, stage
        self._parts = _find_parts(texts)
        self._alive: dict[str, list[TextMutation]] = defaultdict(list)
        readable = Sandbox((), book.language)
        for mutation in find_text_mutations(texts):
            try:
                readable.parse(mutation.text)
            except TemplateSyntaxError:
                continue
            self._alive[mutation.file].append(mutation)
        self.count = sum(map(len, self._alive.values()))
        self._seen: dict[str, list[PlayedScenario]] = defaultdict(list)
        self._unreachable: dict[str, bool] = {}

    def list_survivors(self) -> list[TextMutation]:
        """The mutations that no scenario has noticed, in the order of the templates."""
        return [mutation for of_file in self._alive.values() for mutation in of_file]

    def explain(self, mutation: TextMutation) -> str | None:
        """Why a mutation makes no difference; None where it does.

        Scenarios that use the template are played for a customer who speaks its language.
        """
        file, language = mutation.file, mutation.file.rsplit(".", 2)[1]
        if file not in self._unreachable:
            chosen = self._choose(file)
            self._unreachable[file] = bool(chosen) and not any(
                self._says(seen.scenario, file, language) for seen in chosen
            )
        if self._unreachable[file]:
            return (
                f"nobody is told this in {language}: it is for people of the desk, or for strangers"
            )
        return None

    def _says(self, like: Scenario, file: str, language: str) -> bool:
        """Whether a scenario would use a template if its customer spoke a language."""
        scenario = self._speak_in(like, language)
        try:
            with self._stage.set_up(scenario):
                return file in self._list_files(self._stage.play(scenario))
        except PrassiError:
            return False

    def try_on(self, scenario: Scenario, played: PlayResult) -> None:
        """Try the mutations on a scenario that came out as expected, while its setting is there."""
        for file in played.templates:
            self._seen[_name_template(file)].append(PlayedScenario(scenario, played))
        if not scenario.expected.says:
            return
        for file in self._list_files(played):
            self._alive[file] = [
                mutation
                for mutation in self._alive[file]
                if not find_differences(scenario.expected, self._play(scenario, mutation))
            ]

    def _list_files(self, played: PlayResult) -> list[str]:
        """The templates of what was said, and the parts that they share."""
        files = dict.fromkeys(played.templates)
        parts = dict.fromkeys(part for file in files for part in self._parts.get(file, ()))
        return [*files, *parts]

    def _play(self, scenario: Scenario, mutation: TextMutation) -> PlayResult:
        instead = (mutation.file, mutation.text)
        return self._stage.play_with(scenario, TrialMessages(self._stage.template_roots, instead))

    # --- missing scenarios ---------------------------------------------------------------------------

    def make_missing(self) -> Iterator[TextScenario]:
        """Scenarios that notice what none has noticed: each says a message whole, as it is now."""
        for file in [*self._alive]:
            language = file.rsplit(".", 2)[1]
            chosen = self._choose(file)
            for seen, company in itertools.product(chosen, (_NO_COMPANY, EXAMPLE)):
                if not self._alive[file]:
                    break
                if (made := self._make(seen.scenario, file, language, company)) is not None:
                    yield made

    def _choose(self, file: str) -> list[PlayedScenario]:
        """Scenarios in which a template or a part is used, in any language; first one of each rule."""
        users = [one for one, parts in self._parts.items() if file in parts] or [file]
        found = [one for name in sorted({*map(_name_template, users)}) for one in self._seen[name]]
        first: dict[object, PlayedScenario] = {}
        for one in found:
            first.setdefault((one.played.rule, one.played.templates), one)
        rest = [one for one in found if all(one is not known for known in first.values())]
        return [*first.values(), *rest][:_TRIES]

    def _make(
        self, like: Scenario, file: str, language: str, company: Mapping[str, str]
    ) -> TextScenario | None:
        scenario = self._speak_in(like, language, company)
        try:
            with self._stage.set_up(scenario):
                played = self._stage.play(scenario)
                if played.rule is None or file not in self._list_files(played):
                    return None
                says = self._find_telling_texts(scenario, played)
                if not says:
                    return None
                scenario = scenario._replace(expected=Expectation(rule=played.rule, says=says))
                self.try_on(scenario, played)
        except PrassiError:
            return None
        given = dict.fromkeys(self._find_language_inputs(like), language)
        return TextScenario(like, scenario, language, given, company)

    def _speak_in(
        self, like: Scenario, language: str, company: Mapping[str, str] = _NO_COMPANY
    ) -> Scenario:
        given = dict.fromkeys(self._find_language_inputs(like), language)
        return _speak(like, language, given, company)

    def _find_language_inputs(self, like: Scenario) -> set[str]:
        """The inputs of an event that say in which language something is told."""
        event = self._book.event(like.step.event)
        steps = (step.action for rule in event.rules for step in rule.steps)
        names = {name for one in steps if isinstance(one, Tell) for name in one.language.names}
        return names & event.inputs.keys()

    def _find_telling_texts(self, scenario: Scenario, played: PlayResult) -> tuple[str, ...]:
        """Those of the texts that some mutation changes."""
        told = set[str]()
        for file in self._list_files(played):
            for mutation in self._alive[file]:
                told |= {*played.texts} - {*self._play(scenario, mutation).texts}
        return tuple(text for text in played.texts if text in told)


def make_text_scenarios(
    stage: Stage, original: Original, scenarios: Sequence[Scenario]
) -> Iterator[str]:
    """The scenarios that a book lacks for its messages, as a file has them."""
    texts = list(original.files.messages.texts(original.book.name))
    trial = TextTrial(original.book, stage, texts)
    for one in play_scenarios(stage, scenarios):
        if one.played is not None and not one.differences:
            trial.try_on(one.scenario, one.played)
    for made in trial.make_missing():
        yield made.as_toml()


def _name_template(file: str) -> str:
    """A template without its language."""
    return file.partition(".")[0]


def _speak(
    like: Scenario, language: str, given: Mapping[str, object], company: Mapping[str, str]
) -> Scenario:
    """A scenario of which the customer speaks a language, with other inputs, for a company of which the
    settings say all, or only the name."""
    rows: Mapping[str, Sequence[Mapping[str, object]]] = like.setting.rows
    first, *others = rows["customers"]
    spoken = {**rows, "customers": [{**first, "language": language}, *others]}
    key = f"{like.setting.key} {language} {bool(company)}"
    whole = {**like.setting.company, **company}
    setting = like.setting._replace(rows=spoken, key=key, company=whole)
    name = f"{like.name}, in {language}{_FOR_ALL if company else ''}"
    step = like.step._replace(given={**like.step.given, **given})
    return like._replace(name=name, place="new", setting=setting, step=step, expected=Expectation())


def _find_parts(texts: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """The parts that each template imports, directly or through others."""
    files = [one for one in parse_templates("it", texts) if isinstance(one, TemplateFile)]
    imports = {one.file: [each.part for each in one.imports] for one in files}

    def follow(file: str, known: dict[str, None]) -> dict[str, None]:
        for part in imports.get(file, ()):
            if part not in known:
                follow(part, {**known, part: None})
                known |= {part: None} | follow(part, {**known, part: None})
        return known

    return {file: [*follow(file, {})] for file in imports}
