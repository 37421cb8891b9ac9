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
    if name in ("say", "say_unmarked", "mark") and len(texts) == 1 and isinstance(texts[0], str):
        yield Text(texts[0])
    if name in ("say_count", "mark_count", "mark_texts") and len(texts) >= 2:
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


_OF_COMMANDS = ("cli/**/*.py",)
"""Where only what is raised, or warned of, is an error: results are said by `say`."""

_OF_CORE = (
    "core/analysis/**/*.py",
    "core/book/*.py",
    "core/decision/*.py",
    "core/desk/*.py",
    "core/importing/*.py",
    "core/library/*.py",
    "core/messages/*.py",
    "core/outbox/*.py",
    "core/publish/dmn/omitted.py",
    "core/publish/pictures/draw.py",
    "core/system/*.py",
    "core/tables/*.py",
    "core/ticketfile/*.py",
    "core/values/*.py",
)
"""Where each sentence is told to people, as an error, a finding or a part of one."""

_NOT_TOLD = (
    "column_roles",
    "action_words",
    "fast_hash",
    "first_map",
    "first_settings",
    "import_staging",
    "late_modules",
    "new_book",
    "records",
    "sms_segments",
    "stats",
)
"""Modules whose texts are words to recognize, files to write, lines of scenarios, said by `say`, or what
Python says to programmers."""

_ALSO = (
    "{0} has 1 fault:",
    "{0} has {1} faults:",
    "{0}; did you mean {1}?",
    f"is {{0}}: write {EXAMPLES}",
    "customer",
    "field",
    "is {0}: it must be {1}",
    "ticket",
    "NAME is {0}: write small letters, digits and -, such as loans.",
    "connection refused",
    "file exists",
    "is a directory",
    "name or service not known",
    "no space left on device",
    "no such file or directory",
    "not a directory",
    "permission denied",
    "read-only file system",
    "day is out of range for month",
    "hour must be in 0..23",
    "minute must be in 0..59",
    "month must be in 1..12",
)
"""What stands above faults, and parts of errors that the code puts together, or that Python and the
system say."""


def _find_errors() -> Iterator[Text]:
    yield from map(Text, _ALSO)
    for module in _modules(_OF_COMMANDS):
        for node in ast.walk(module):
            for told in _list_told(node):
                yield from map(Text, _read_sentence(told))
    for module in _modules(_OF_CORE, _NOT_TOLD):
        left_out = _find_left_out(module)
        for node in ast.walk(module):
            if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in left_out:
                yield from map(Text, filter(_is_told, _read_sentence(node)))


_OF_REFERENCE = {
    "COMPANY",
    "CUSTOMER",
    "EXAMPLE",
    "KINDS",
    "SCENARIO",
    "SECTIONS",
    "SHARED",
    "_BY_RULE",
    "_FOR_ALL",
    "_HOUR",
    "_NAMES",
    "_WORDS",
    "about",
    "happening",
}
"""Names that are given texts for the reference, which is English, words to look for, and what
scenarios are made of."""

_NO_PEOPLE = {
    "ContextVar",
    "NewType",
    "TypeVar",
    "compile",
    "cast",
    "execute",
    "executemany",
    "fullmatch",
    "mark",
    "mark_count",
    "mark_texts",
    "match",
    "say",
    "say_count",
    "search",
    "sub",
}
"""Functions that are called with texts of which nothing is told as an error."""


def _find_left_out(module: ast.Module) -> set[int]:
    """The nodes of a module that are not told: docstrings, types, parts of others, calls of above."""
    found = set[int]()
    for node in ast.walk(module):
        for untold in (*_list_types(node), *_list_untold(node)):
            found.update(map(id, ast.walk(untold)))
    return found


def _list_types(node: ast.AST) -> Iterator[ast.AST]:
    """The types that a node names."""
    if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
        yield node.annotation
    elif isinstance(node, ast.FunctionDef) and node.returns is not None:
        yield node.returns


def _list_untold(node: ast.AST) -> Iterator[ast.AST]:
    """What of a node is for the reader of the code, or for the machine."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield from (part for part in node.values if isinstance(part, ast.Constant))
    elif (
        isinstance(node, ast.Assert)
        or (isinstance(node, ast.Call) and _name_of(node.func) in _NO_PEOPLE)
        or (isinstance(node, ast.Assign) and _OF_REFERENCE & {*map(_name_of, node.targets)})
        or (isinstance(node, ast.keyword) and node.arg in _OF_REFERENCE)
    ):
        yield node


def _name_of(function: ast.expr) -> str:
    name = function.attr if isinstance(function, ast.Attribute) else ""
    return function.id if isinstance(function, ast.Name) else name


_CODE = re.compile(
    r"\b[A-Z]{2,} [A-Z]{2,}\b|\b(SELECT|FROM|WHERE|AND|OR|AS|ON|BEGIN|CASE|LIKE|CAST|EXISTS|ATTACH"
    r"|DETACH|SAVEPOINT|RELEASE|WHEN|NULL|REFERENCES|COLLATE|PRAGMA)\b|\bIN \("
    r"|[\n\\|]|^->|^# |^\[\w+\] {4}|^\w+\(\{|^[\w.]+ = |^\w+ = (\{|\")|\(\?|\[[a-z]-"
    r"|^ {4}|is not None|the record is frozen|: return |^[^.,:]{80,}$"
    r"|^[a-z_.]+(, [a-z_.]+)+$|^lambda |def |self\.|[a-z]\(\)"
)
"""What only SQL, a pattern, Python or a list of columns has."""


_NO_SENTENCES = {
    "As it was told.",
    "As told.",
    "Example Company",
    "Rossi srl",
    "as message ",
    "assign --from",
    "customer merge",
    "1 days after {0}",
    "alle ore ",
    "integer overflow",
    "malformed JSON",
    "new customer",
    "next step",
    "not a database",
    "one of the encodings reads any text",
    "opened ticket",
    "outbox export",
    "outbox send",
    "tag taken away",
    "too big",
    "unable to open",
    "withdrawn message",
}
"""Values, names of commands, and what SQLite says."""


def _is_told(text: str) -> bool:
    return text not in _NO_SENTENCES and _CODE.search(text) is None


def _list_told(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions of a node that are told as errors."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        yield from node.exc.args
    elif isinstance(node, ast.Call):
        name = _name_of(node.func)
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
