"""prassi book check: prints the faults of books."""

from __future__ import annotations

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..command_names import is_command
from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..streams import warn
from ..trust import add_trust_option


@click.command("check")
@click.argument("books", nargs=-1, metavar="[BOOK]...")
@add_trust_option
@add_common_options
def command(common: CommonOptions, books: tuple[str, ...]) -> None:
    """Check books, and print all their faults, each with file and line.

    It finds wrong names and tests; facts that no rule answers or several do, each with an example;
    rules that can never answer; tests that change nothing; what nothing uses; messages that are
    missing in a language or use an unknown name; and statuses that nothing leads to or from.
    """
    from prassi.core.analysis.checks.check_book import examine_book  # late: 59 ms
    from prassi.core.library.library import Shelf

    shelf = Shelf(common.load_settings())
    found = False
    for name in books or shelf.names():
        try:
            examined = examine_book(shelf, name, is_command)
        except BadInput as error:
            if books:
                raise
            found = True
            warn(f"book {name} can't be read: {error}", label=say("Error: "))
            continue
        warnings = sum(finding.is_warning for finding in examined.findings)
        failures = len(examined.findings) - warnings
        found |= bool(failures)
        for finding in examined.findings:
            print_json(finding.as_json()) if common.json else print_text(finding.line, lines=False)
        if not failures and not common.json and not common.quiet:
            told = (
                f"{warnings} warning{'s' if warnings > 1 else ''}" if warnings else "nothing found"
            )
            print_text(f"{name}: {examined.rules} rules in {len(examined.events)} tables, {told}.")
    if found:
        raise click.exceptions.Exit(1)
