"""The trace of a book, from statements to rules to scenarios: as lines of text, and as a web page."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from prassi.core.system.language import find_direction, find_spoken, say, say_count

from ..spoken_errors import translate_error

if TYPE_CHECKING:
    from prassi.core.analysis.traceability import BookTrace, RuleTrace, StatementTrace


def format_lines(trace: BookTrace) -> Iterator[str]:
    """Each statement with its rules below it, their remarks, and how many scenarios show them."""
    for traced in trace.statements:
        none = say("From no statement of the procedure")
        yield f"\n{traced.id}  {traced.says}" if traced.id else f"\n{none}"
        if traced.without is not None:
            yield f"  {_format_without(trace, traced.without)}"
        for carried in traced.rules:
            remarks = f" [{', '.join(carried.rule.remarks)}]" if carried.rule.remarks else ""
            shown = f": {_count_scenarios(len(carried.scenarios))}" if trace.tried else ""
            yield f"  {carried.rule.id}{remarks}{shown}"
    yield f"\n{translate_error(trace.summarize())}"


def _count_scenarios(count: int) -> str:
    told = say_count("{count} scenario", "{count} scenarios", count)
    return told.format(count=count) if count else say("no scenarios")


def _format_without(trace: BookTrace, without: tuple[str, str]) -> str:
    """What carries out a statement in place of rules."""
    key, text = without
    if key == "view":
        return say("a view: prassi {command}").format(command=text)
    if key == "reading":
        return say("as it is read: {text}").format(text=trace.book.remarks[text].says)
    return say("by hand: {text}").format(text=text)


_MANY = 3
"""How many scenarios of a rule are shown unfolded."""

STYLE = """
body { font: 15px/1.45 sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; color: #222; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #ccc; padding: .45em .6em; text-align: left; vertical-align: top; }
th { background: #f2f2f2; position: sticky; top: 0; }
code { font-size: .92em; } small { color: #666; } ul { margin: 0; padding-left: 1.1em; }
tr.manual td { background: #fbf7ea; } .none { color: #a04a3f; }
"""


def format_page(trace: BookTrace) -> str:
    """A self-contained page of HTML, with a row for each rule of a statement."""
    book = trace.book
    heads = [say("Statement"), say("Rule"), say("Remarks")]
    heads += [say("Scenarios")] if trace.tried else []
    version = say("Book {name}, version {version}.").format(
        name=f"<code>{escape(book.name)}</code>", version=f"<code>{book.digest[:12]}</code>"
    )
    rows = "\n".join(row for traced in trace.statements for row in _format_rows(trace, traced))
    return f"""<!DOCTYPE html>
<html lang="{find_spoken()}" dir="{find_direction()}">
<head><meta charset="utf-8"><title>{escape(book.title)}</title><style>{STYLE}</style></head>
<body>
<h1>{escape(book.title)}</h1>
<p>{escape(book.source)}. {version}</p>
<p>{escape(translate_error(trace.summarize()))}</p>
<table>
<thead><tr>{"".join(f"<th>{head}</th>" for head in heads)}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</body>
</html>
"""


def _format_rows(trace: BookTrace, traced: StatementTrace) -> Iterator[str]:
    """The rows of a statement, with its own cell beside all of them."""
    of_rules = [_format_cells(trace, carried) for carried in traced.rules]
    if not of_rules:
        reason = traced.without and _format_without(trace, traced.without)
        reason = f"<small>{escape(reason or '')}</small>"
        of_rules = [f'<td colspan="{3 if trace.tried else 2}">{reason}</td>']
    statement = (
        f"<b>{escape(traced.id)}</b> {escape(traced.says)}"
        if traced.id
        else f"<i>{say('no statement')}</i>"
    )
    mark = "" if traced.rules else ' class="manual"'
    first = f'<td rowspan="{len(of_rules)}">{statement}</td>'
    for place, cells in enumerate(of_rules):
        yield f"<tr{mark}>{first if place == 0 else ''}{cells}</tr>"


def _format_cells(trace: BookTrace, carried: RuleTrace) -> str:
    """The cells of a rule: itself, its remarks, its scenarios."""
    rule = carried.rule
    known = trace.book.remarks
    remarks = "".join(f"<li>{escape(known[name].says)}</li>" for name in rule.remarks)
    cells = [
        f"<code>{escape(rule.id)}</code><br><small>{escape(rule.why.as_written)}</small>",
        f"<ul>{remarks}</ul>" if remarks else "",
    ]
    if trace.tried:
        cells.append(_format_scenarios(carried))
    return "".join(f"<td>{cell}</td>" for cell in cells)


def _format_scenarios(carried: RuleTrace) -> str:
    """The scenarios of a rule; where there are many, they are folded."""
    count = len(carried.scenarios)
    shown = "".join(
        f"<li>{escape(one.name)} <small>{escape(one.place)}</small></li>"
        for one in carried.scenarios
    )
    if count == 0:
        return f'<span class="none">{say("none")}</span>'
    if count <= _MANY:
        return f"<ul>{shown}</ul>"
    return f"<details><summary>{_count_scenarios(count)}</summary><ul>{shown}</ul></details>"
