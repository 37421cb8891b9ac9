"""The texts of the code that people read, for the catalogues: what is said, help, and errors."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, nodes
from prassi.core.system.language import DOMAINS, ERRORS, HELP, SAID, WEB
from prassi.core.values.typed_dates import EXAMPLES

ROOT = Path(__file__).resolve().parent.parent


class Text(NamedTuple):
    """A text in English; `many` is its form for several, where it has a count."""

    one: str
    many: str | None = None


@cache
def list_texts(domain: str) -> list[Text]:
    """All texts of a catalogue, in the order of the alphabet, each once."""
    found = {SAID: _find_said, HELP: _find_help, ERRORS: _find_errors, WEB: _find_of_pages}[
        domain
    ]()
    return sorted({*found}, key=lambda text: text.one)


def _modules(
    patterns: Sequence[str] = ("core/**/*.py", "cli/**/*.py"), without: tuple[str, ...] = ()
) -> Iterator[ast.Module]:
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            if without and path.name.startswith(without):
                continue
            yield ast.parse(path.read_text())


# --- what is said ---------------------------------------------------------------------------------


def _find_said() -> Iterator[Text]:
    for module in _modules():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield from _read_call(node.func.id, node.args)


def _read_call(name: str, given: list[ast.expr]) -> Iterator[Text]:
    texts = [one.value for one in given if isinstance(one, ast.Constant)]
    if name in ("say", "mark") and len(texts) == 1 and isinstance(texts[0], str):
        yield Text(texts[0])
    if name in ("say_count", "mark_count") and len(texts) >= 2:
        one, many = texts[:2]
        if isinstance(one, str) and isinstance(many, str):
            yield Text(one, many)


# --- help -----------------------------------------------------------------------------------------


def _find_help() -> Iterator[Text]:
    import click
    from prassi.cli.lazy_group import LazyGroup
    from prassi.cli.main import prassi

    def walk(command: click.Command) -> Iterator[Text]:
        if command.help:
            yield Text(inspect.cleandoc(command.help))
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.help:
                yield Text(parameter.help)
        if isinstance(command, LazyGroup):
            yield from map(Text, command.helps.values())
            for name in command.helps:
                inner = command.get_command(click.Context(command), name)
                assert inner is not None
                yield from walk(inner)
        elif isinstance(command, click.Group):
            for inner in command.commands.values():
                yield from walk(inner)

    yield from walk(prassi)


# --- pages of the server --------------------------------------------------------------------------


def _find_of_pages() -> Iterator[Text]:
    """What the templates of pages say by `_` and `say_count`."""
    environment = Environment()
    for path in sorted((ROOT / "cli" / "web" / "templates").glob("*.html")):
        for call in environment.parse(path.read_text()).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in ("_", "say_count"):
                count = 1 if call.node.name == "_" else 2
                texts = [one.value for one in call.args[:count] if isinstance(one, nodes.Const)]
                if len(texts) == count:
                    yield Text(*texts)


# --- errors ---------------------------------------------------------------------------------------

_TELLERS = {
    "fail",
    "fault",
    "warn",
    "Faults",
    "Exit",
    "_fault",
    "_exit",
    "refuse",
}
_NAMES = {"end", "lists", "looks", "reason", "sentence", "then", "told", "why", "wrong"}


_WITH_ERRORS = (
    "cli/**/*.py",
    "core/decision/*.py",
    "core/desk/*.py",
    "core/ticketfile/*.py",
    "core/values/*.py",
)
"""Where errors are raised that whoever works at the desk can meet. Those about books, maps and
templates are for their authors, and English."""

_ALSO = (
    "{0} has 1 fault:",
    "{0} has {1} faults:",
    "{0}; did you mean {1}?",
    f"is {{0}}: write {EXAMPLES}",
    "customer",
    "ticket",
    "day is out of range for month",
    "hour must be in 0..23",
    "minute must be in 0..59",
    "month must be in 1..12",
)
"""What stands above faults, and parts of errors that the code puts together, or Python says."""

_OF_AUTHORS = ("book_", "map", "what_if", "facts_sql", "query_limits", "schema", "working")


def _find_errors() -> Iterator[Text]:
    yield from map(Text, _ALSO)
    for module in _modules(_WITH_ERRORS, _OF_AUTHORS):
        for node in ast.walk(module):
            for told in _list_told(node):
                for text in _read_sentence(told):
                    yield Text(text)


def _list_told(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions of a node that are told as errors."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        yield from node.exc.args
    elif isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name in _TELLERS or name.endswith(("Error", "Refused", "BadInput", "Unusable")):
            yield from node.args
    elif isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        if isinstance(target, ast.Name) and target.id in _NAMES:
            yield node.value


def _read_sentence(node: ast.expr) -> Iterator[str]:
    """The sentences that an expression can come to, with {0}, {1} for what is put in."""
    if isinstance(node, ast.IfExp):
        yield from _read_sentence(node.body)
        yield from _read_sentence(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value
        if _is_sentence(text):
            yield text
    elif isinstance(node, ast.JoinedStr):
        text, count = "", 0
        for part in node.values:
            if isinstance(part, ast.Constant):
                text += str(part.value)
            else:
                text, count = f"{text}{{{count}}}", count + 1
        if _is_sentence(re.sub(r"\{\d+\}", "", text)):
            yield text


def _is_sentence(text: str) -> bool:
    return " " in text.strip() and len(re.findall(r"[A-Za-z]{2,}", text)) >= 2


if __name__ == "__main__":
    for domain in sys.argv[1:] or DOMAINS:
        for text in list_texts(domain):
            print(repr(text.one), repr(text.many) if text.many else "")
