"""prassi book check: prints the faults of books."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say, say_count

from ..command_names import is_command
from ..kept import add_fresh_option, warn_of_kept
from ..options import FILE_NAME, CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..spoken_errors import translate_error
from ..streams import warn
from ..trust import add_trust_option

if TYPE_CHECKING:
    from prassi.core.library.settings import Settings


class Checked(TypedDict):
    """What was found in a book: each finding as a line and as JSON, and whether it is a warning."""

    rules: int
    tables: int
    findings: list[tuple[str, dict[str, object], bool]]


@click.command("check")
@click.argument("books", nargs=-1, type=FILE_NAME, metavar="[BOOK|DIR]...")
@add_fresh_option
@add_trust_option
@add_common_options
def command(common: CommonOptions, books: tuple[str, ...], fresh: bool) -> None:
    """Check books, and print all their faults, each with file and line.

    It finds wrong names and tests; facts that no rule answers or several do, each with an example;
    rules that can never answer; tests that change nothing; what nothing uses; messages that are
    missing in a language or use an unknown name; and statuses that nothing leads to or from.
    """
    from prassi.core.analysis.scenarios.find_scenarios import find_books  # late: 60 ms

    settings, names = find_books(common.load_settings(), books)
    found = False
    for name in names:
        try:
            checked = _check_book(common, settings, name, fresh)
        except BadInput as error:
            if books:
                raise
            found = True
            warn(f"book {name} can't be read: {error}", label=say("Error: "))
            continue
        found |= _print_findings(common, name, checked)
    if found:
        raise click.exceptions.Exit(1)


def _check_book(common: CommonOptions, settings: Settings, name: str, fresh: bool) -> Checked:
    """What is found in a book, now or before."""
    from prassi.core.analysis.kept_results import recall_result  # late: 7 ms

    def check() -> Checked:
        from prassi.core.analysis.checks.check_book import examine_book  # late: 59 ms
        from prassi.core.library.library import Shelf

        examined = examine_book(Shelf(settings), name, is_command)
        return Checked(
            rules=examined.rules,
            tables=len(examined.events),
            findings=[(one.line, one.as_json(), one.is_warning) for one in examined.findings],
        )

    result = recall_result("check", settings, name, check, fresh)
    checked: Checked = result.value
    if result.is_kept and not common.quiet:
        warn_of_kept(name)
    return checked


def _print_findings(common: CommonOptions, name: str, checked: Checked) -> bool:
    """Print what was found in a book; whether there are faults among it."""
    findings = checked["findings"]
    warnings = sum(is_warning for _, _, is_warning in findings)
    for line, as_json, _ in findings:
        print_json(as_json) if common.json else print_text(translate_error(line), lines=False)
    has_faults = len(findings) > warnings
    if not has_faults and not common.json and not common.quiet:
        found = say_count("{count} warning", "{count} warnings", warnings).format(count=warnings)
        told = say_count(
            "{book}: {count} rule in {tables} tables, {found}.",
            "{book}: {count} rules in {tables} tables, {found}.",
            checked["rules"],
        )
        counts = {"count": checked["rules"], "tables": checked["tables"]}
        found = found if warnings else say("nothing found")
        print_text(told.format(book=name, found=found, **counts))
    return has_faults
