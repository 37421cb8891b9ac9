"""The syntax of templates: what each imports and calls, and which names it uses."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from jinja2 import TemplateSyntaxError, meta, nodes

from ...messages.sandbox import Sandbox
from ...system.cpu_limit import OutOfTime, run_limited

THINGS = frozenset({"customer", "ticket", "company", "parameters", "values"})
"""The things that a template gets, whose names it can ask for."""


class NameUse(NamedTuple):
    """A name that is asked of a thing: `ticket.ref` asks `ref` of `ticket`.

    `macro` is the macro around it, where the thing is an argument of that macro.
    """

    of: str
    name: str
    line: int
    macro: str | None


class TemplateImport(NamedTuple):
    """An import of a part: its file, the names that it takes (None: all), and the line.

    `whole` says that the part sees everything that its importer sees.
    """

    part: str
    names: tuple[str, ...] | None
    whole: bool
    line: int


class MacroCall(NamedTuple):
    """A call of a macro: the macro around the call, and the names that it passes on."""

    macro: str
    inside: str | None
    given: tuple[str | None, ...]
    named: dict[str, str | None]


class DayCount(NamedTuple):
    """A date that a template works out by `plus_days`: so many days, or a parameter and so many more."""

    line: int
    parameter: str | None
    days: int


class TemplateFile(NamedTuple):
    """A template: its path, its name and language, and what stands in it.

    `macros` has the arguments of each macro, `loose` each name that the template does not define
    itself, with its line. `words` are its own words, each piece with the line on which it begins.
    """

    path: str
    name: str
    language: str
    imports: tuple[TemplateImport, ...]
    macros: dict[str, tuple[str, ...]]
    calls: tuple[MacroCall, ...]
    asked: tuple[NameUse, ...]
    loose: dict[str, int]
    words: tuple[tuple[int, str], ...]
    day_counts: tuple[DayCount, ...]

    @property
    def file(self) -> str:
        """Its name as others import it, with the book's folder."""
        return "/".join(self.path.rsplit(os.sep, 2)[1:])

    @property
    def is_part(self) -> bool:
        """Whether it exists only for others to import."""
        return self.name.startswith("_")


class BrokenTemplate(NamedTuple):
    """A file that is not a valid template: its place, and the reason."""

    place: str
    reason: str


def parse_templates(
    language: str, texts: Iterable[tuple[str, str]]
) -> Iterator[TemplateFile | BrokenTemplate]:
    """Parse templates, given as paths and texts; they may use the filters of `language`."""
    sandbox = Sandbox((), language)
    for path, text in texts:
        try:
            yield run_limited(_parse_file, sandbox, path, text.removeprefix("\ufeff"))
        except TemplateSyntaxError as error:
            yield BrokenTemplate(
                f"{path}:{error.lineno}", (error.message or "it can't be read").rstrip(".")
            )
        except (
            ValueError,
            RecursionError,
            OutOfTime,
        ) as error:  # a number too long, nested too deep
            yield BrokenTemplate(path, str(error).rstrip("."))


def _parse_file(sandbox: Sandbox, path: str, text: str) -> TemplateFile:
    ast = sandbox.parse(text)
    name, _, rest = os.path.basename(path).partition(".")
    found = list(_walk_nodes(ast, None))
    stored = {one.name for one, _ in found if isinstance(one, nodes.Name) and one.ctx == "store"}
    lines: dict[str, int] = {}
    for one, _ in found:
        if isinstance(one, nodes.Name):
            lines.setdefault(one.name, one.lineno)
    return TemplateFile(
        path=path,
        name=name,
        language=rest.removesuffix(".j2"),
        imports=tuple(part for one, _ in found if (part := _read_import(one)) is not None),
        macros={
            m.name: tuple(arg.name for arg in m.args)
            for m, _ in found
            if isinstance(m, nodes.Macro)
        },
        calls=tuple(call for one, inside in found if (call := _read_call(one, inside)) is not None),
        asked=tuple(
            asked
            for one, inside in found
            if (asked := _read_name_use(one, inside)) is not None and asked.of not in stored
        ),
        loose={name: lines.get(name, 1) for name in sorted(meta.find_undeclared_variables(ast))},
        words=tuple(piece for one, _ in found if (piece := _read_words(one)) is not None),
        day_counts=tuple(c for one, _ in found if (c := _read_day_count(one)) is not None),
    )


def _read_words(one: nodes.Node) -> tuple[int, str] | None:
    """Words that stand in a template, outside of tags or as a form of `plural`."""
    if isinstance(one, nodes.TemplateData) and one.data.strip():
        return one.lineno, one.data
    if isinstance(one, nodes.Keyword) and isinstance(one.value, nodes.Const):
        return (one.lineno, one.value.value) if isinstance(one.value.value, str) else None
    return None


def _read_day_count(one: nodes.Node) -> DayCount | None:
    """What `plus_days` is given: a number, a parameter, or a parameter and a number."""
    if not isinstance(one, nodes.Filter) or one.name != "plus_days" or len(one.args) != 1:
        return None
    given, days = one.args[0], 0
    if isinstance(given, nodes.Add | nodes.Sub) and isinstance(given.right, nodes.Const):
        days = given.right.value if isinstance(given, nodes.Add) else -given.right.value
        given = given.left
    if isinstance(given, nodes.Const) and isinstance(given.value, int):
        return DayCount(one.lineno, None, given.value + days)
    if isinstance(given, nodes.Getattr) and _read_name(given.node) == "parameters":
        return DayCount(one.lineno, given.attr, days)
    return None


def _walk_nodes(
    node: nodes.Node, inside: nodes.Macro | None
) -> Iterator[tuple[nodes.Node, nodes.Macro | None]]:
    """All nodes of a template, each with the macro around it."""
    for one in node.iter_child_nodes():
        yield one, inside
        yield from _walk_nodes(one, one if isinstance(one, nodes.Macro) else inside)


def _read_import(one: nodes.Node) -> TemplateImport | None:
    """What a statement imports, if it gives the file as a literal."""
    if not isinstance(one, nodes.Include | nodes.Import | nodes.FromImport | nodes.Extends):
        return None
    if not isinstance(one.template, nodes.Const):
        return None
    names: tuple[str, ...] | None = None
    if isinstance(one, nodes.FromImport):
        names = tuple(name if isinstance(name, str) else name[0] for name in one.names)
    whole = isinstance(one, nodes.Extends) or one.with_context
    return TemplateImport(str(one.template.value), names, whole, one.lineno)


def _read_call(one: nodes.Node, inside: nodes.Macro | None) -> MacroCall | None:
    if not isinstance(one, nodes.Call) or not isinstance(one.node, nodes.Name):
        return None
    named = {given.key: _read_name(given.value) for given in one.kwargs}
    return MacroCall(
        one.node.name, inside.name if inside else None, tuple(map(_read_name, one.args)), named
    )


def _read_name(one: nodes.Expr) -> str | None:
    return one.name if isinstance(one, nodes.Name) else None


def _read_name_use(one: nodes.Node, inside: nodes.Macro | None) -> NameUse | None:
    """The name that is asked of a thing: with a dot, in brackets, or by `get`."""
    thing, name = "", None
    if isinstance(one, nodes.Call) and isinstance(one.node, nodes.Getattr):
        if one.node.attr == "get" and one.args:
            thing, name = _read_name(one.node.node) or "", one.args[0]
    elif isinstance(one, nodes.Getattr):
        thing, name = _read_name(one.node) or "", nodes.Const(one.attr)
    elif isinstance(one, nodes.Getitem):
        thing, name = _read_name(one.node) or "", one.arg
    if thing not in THINGS or not isinstance(name, nodes.Const):
        return None
    is_argument = inside is not None and any(arg.name == thing for arg in inside.args)
    return NameUse(
        thing, str(name.value), one.lineno, inside.name if inside and is_argument else None
    )
