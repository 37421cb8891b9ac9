"""What a book declares and nothing uses, and names in free text that do not exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ...book.action_base import Action
from ...book.list_actions import Tag, Untag
from ...book.message_actions import Tell
from ...book.model import Event, Rule
from ...book.placeholders import names_within
from ...book.read_book import BookReader
from ...book.rule_needs import names_in_rule
from ...system.toml_document import Path
from .findings import Observation
from .impossible_facts import find_bases
from .template_names import BookTemplates

ANYBODY = ("agent", "customer")
"""Whom a rule can tell something, beside those who have a role."""


class SearchedBook(NamedTuple):
    """What is searched: the book, its events, its SQL and its templates."""

    reader: BookReader
    events: Sequence[Event]
    sql: str
    texts: BookTemplates


def find_unused_names(parts: SearchedBook) -> Iterator[Observation]:
    """Everything that nothing uses, in the order of the book, and then names that do not exist."""
    for section, used in (
        ("parameters", _find_used_parameters(parts)),
        ("roles", _find_used_roles(parts)),
        ("facts", _find_used_facts(parts)),
        ("sequences", _find_named(parts.reader.toml.document.data, "do")),
    ):
        for name in parts.reader.toml.document.data.get(section, {}):
            if name not in used:
                one = section.removesuffix("s")
                yield Observation(
                    kind="unused", at=(section, name), sentence=f"nothing uses the {one} {name}."
                )
    cited = {name for rule in _list_rules(parts) for name in rule.remarks}
    cited |= {one.reading for one in parts.reader.statements.values() if one.reading is not None}
    for place, name in enumerate(parts.reader.remarks):
        if name not in cited:
            yield Observation(
                kind="unused", at=("remark", place), sentence=f"no rule rests on the remark {name}."
            )
    yield from _check_inputs(parts)
    yield from _check_tags(parts)
    yield from _check_audiences(parts)


# --- what is used ---------------------------------------------------------------------------------


def _list_rules(parts: SearchedBook) -> list[Rule]:
    return [rule for event in parts.events for rule in event.rules]


def _list_actions(parts: SearchedBook) -> Iterator[tuple[Rule, Action]]:
    return ((rule, step.action) for rule in _list_rules(parts) for step in rule.steps)


def _find_used_parameters(parts: SearchedBook) -> set[str]:
    """The parameters named in braces, in facts.sql or in a template."""
    data = parts.reader.toml.document.data
    decides = {name: part for name, part in data.items() if name not in ("property", "way")}
    written = {name.partition(".")[0] for name in names_within(decides)}
    return written | find_sql_parameters(parts.sql) | parts.texts.find_names("parameters")


def _find_used_roles(parts: SearchedBook) -> set[str]:
    """The roles that rules name; facts.sql names one as a text."""
    named = {role for _, action in _list_actions(parts) for role in action.roles}
    named |= {str(rule.next.who) for rule in _list_rules(parts) if rule.next is not None}
    return named | set(re.findall(r"'([^']*)'", parts.sql))


def _find_used_facts(parts: SearchedBook) -> set[str]:
    """The facts that events, sheets and the rows called impossible name."""
    used = {name for event in parts.events for name in event.facts}
    for sheet in parts.reader.sheets.values():
        used.update(name for column in sheet.columns for name in column.value.names)
    for row in parts.reader.toml.document.data.get("impossible", []):
        used.update(row["facts"])
    for _ in range(2):  # a count may start from a due date, and that from another date
        facts = [
            parts.reader.declarations.facts[name]
            for name in used
            if name in parts.reader.declarations.facts
        ]
        used.update(base for fact in facts for base in find_bases(fact))
    return used


def _check_inputs(parts: SearchedBook) -> Iterator[Observation]:
    """Inputs that no rule, other input, fact or template uses, and that are not for the log."""
    everywhere = find_sql_parameters(parts.sql) | parts.texts.find_names("values")
    for event in parts.events:
        used = everywhere | {
            name for rule in event.rules for name in (*names_in_rule(rule), *rule.needs)
        }
        used |= {name for given in event.inputs.values() for name in given.when}
        facts = [
            parts.reader.declarations.facts[name]
            for name in event.facts
            if name in parts.reader.declarations.facts
        ]
        used |= {base for fact in facts for base in find_bases(fact)}
        raws = parts.reader.toml.document.data["events"][event.name].get("inputs", {})
        for name, given in event.inputs.items():
            if name not in used and given.field.type != "customer" and not raws[name].get("log"):
                path = ("events", event.name, "inputs", name)
                yield Observation(
                    kind="unused",
                    at=path,
                    sentence=f"nothing uses the input {name} of {event.name}.",
                )


def find_sql_parameters(sql: str) -> set[str]:
    """The names that SQL takes as parameters."""
    plain = re.sub(r"--[^\n]*|'[^']*'", "", sql)
    return set(re.findall(r":([a-z][a-z0-9_]*)", plain))


def _find_named(written: object, key: str) -> set[str]:
    """The texts under a key, wherever it stands."""
    if isinstance(written, Mapping):
        found = {written[key]} if isinstance(written.get(key), str) else set()
        return found.union(*(_find_named(value, key) for value in written.values()))
    if isinstance(written, list):
        return set().union(*(_find_named(value, key) for value in written))
    return set()


# --- names in free text -----------------------------------------------------------------------------


def _check_tags(parts: SearchedBook) -> Iterator[Observation]:
    """Tags that a rule takes away and no rule sets."""
    actions = list(_list_actions(parts))
    tags = {action.tag.as_written for _, action in actions if isinstance(action, Tag)}
    taken = ((rule, action.tag) for rule, action in actions if isinstance(action, Untag))
    for rule, written in _list_once(taken):
        if not any(_may_be(tag, written) for tag in tags):
            sentence = f"{rule.id} takes the tag {written!r} away, which no rule sets."
            yield Observation(kind="name", at=_find_path(parts, rule), sentence=sentence)


def _may_be(tag: str, taken: str) -> bool:
    """Whether a tag, with some values in its braces, is the one taken away, where `*` is a number."""
    named = r"\{[^}]*\}"
    any_value = ".*".join(map(re.escape, re.split(named, tag)))
    any_number = re.escape(taken).replace(r"\*", r"\d+")
    return bool(
        re.fullmatch(any_value, taken.replace("*", "0"))
        or re.fullmatch(any_number, re.sub(named, "0", tag))
    )


def _check_audiences(parts: SearchedBook) -> Iterator[Observation]:
    """Audiences that a rule tells something and that do not exist."""
    known = [*parts.reader.declarations.roles, *ANYBODY]
    audiences = ((rule, one.who) for rule, one in _list_actions(parts) if isinstance(one, Tell))
    for rule, who in _list_once(audiences):
        if who not in known:
            sentence = (
                f"{rule.id} tells {who!r}, which is not a role: write one of {', '.join(known)}."
            )
            yield Observation(kind="name", at=_find_path(parts, rule), sentence=sentence)


def _list_once(named: Iterable[tuple[Rule, str]]) -> Iterator[tuple[Rule, str]]:
    """What rules name, each once, with the first rule that names it."""
    found: dict[str, Rule] = {}
    for rule, name in named:
        found.setdefault(name, rule)
    yield from ((rule, name) for name, rule in found.items())


def _find_path(parts: SearchedBook, rule: Rule) -> Path:
    event = next(event for event in parts.events if rule in event.rules)
    return ("events", event.name, "rule", event.rules.index(rule), "then")
