"""prassi book prove"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click
from prassi.core.errors import BadInput

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..streams import warn

if TYPE_CHECKING:
    from prassi.core.analysis.proofs.counterexample.durations import Timed, Took
    from prassi.core.analysis.proofs.counterexample.tell import Told
    from prassi.core.analysis.proofs.prove import Prover, Verdict


@click.command("prove")
@click.argument("books", nargs=-1, metavar="[BOOK]...")
@click.option(
    "--scenario",
    "path",
    metavar="FILE",
    help="Write the stories that were found to FILE, as scenarios of `book test`.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@add_common_options
def command(common: CommonOptions, books: tuple[str, ...], path: str | None, force: bool) -> None:
    """Prove what books declare of themselves, over all that can happen to a ticket.

    For each property: that it holds, or the shortest story that breaks it, day by day, played on a
    ticket file in memory; or that it is not decided, and why. And the shortest and the longest way
    to each status of which the book asks for them. Books are taken as they are written, whatever
    the settings say of their parameters.
    """
    from prassi.core.analysis.proofs.prove import PROVEN, Prover
    from prassi.core.library.library import Shelf

    from ..printing.output_file import check_output_path, write_output_file

    settings = common.load_settings()
    names = books or Shelf(settings).names()
    if path is not None:
        if len(names) != 1:
            raise BadInput("--scenario is for the scenarios of one book: name it.")
        check_output_path(path, "--scenario", force)
    good, scenarios = True, list[str]()
    for name in names:
        count = 0
        with closing(Prover(settings, name)) as prover:
            for verdict in prover.verdicts():
                count += 1
                good &= verdict.outcome == PROVEN
                told = prover.told(verdict)
                _say(common, name, verdict, told)
                if told is not None and told.scenario is not None:
                    scenarios.append(told.scenario)
            if not common.quiet:
                _say_ways(common, name, prover)
        if not count and not common.json and not common.quiet:
            print_text(f"{name}: nothing is declared that could be proven.")
    if path is not None and scenarios and not common.dry_run:
        text = "\n".join(
            [f"# Made by `prassi book prove {names[0]}`.", f'book = "{names[0]}"', "", *scenarios]
        )
        write_output_file(path, text.encode())
        warn(f"{path} has the stories as scenarios: {len(scenarios)}.")
    if not good:
        raise click.exceptions.Exit(1)


def _say(common: CommonOptions, book: str, verdict: Verdict, told: Told | None) -> None:
    """A property, and what came of it."""
    one = verdict.declared
    if common.json:
        print_json(
            {
                "book": book,
                "property": one.id,
                "place": one.line,
                "says": one.says,
                "outcome": verdict.outcome,
                "classes": verdict.states,
                "parts": list(verdict.parts),
                "why": verdict.why or None,
                "story": None if told is None else _as_json(told),
            }
        )
    elif told is not None:
        print_text(f"{one.line}: {book}: {one.id} is broken: {one.says}", lines=False)
        _say_story(told)
    elif verdict.why:
        print_text(
            f"{one.line}: {book}: {one.id} is not decided: {verdict.why}. {one.says}", lines=False
        )
    elif not common.quiet:
        print_text(f"{book}: {one.id} is proven: {one.says}", lines=False)


def _as_json(told: Told) -> dict[str, Any]:
    return {
        "begins": told.begins,
        "steps": list(told.steps),
        "ends": told.ends,
        "scenario": told.scenario,
    }


def _say_story(told: Told) -> None:
    from prassi.core.analysis.proofs.counterexample.tell import day_by_day

    for line in day_by_day(told):
        print_text(f"  {line}", lines=False)
    if told.scenario is None:
        print_text("  It goes on with a ticket that was opened in it, so it can't be a scenario.")


def _say_ways(common: CommonOptions, book: str, prover: Prover) -> None:
    """How long the ways take that the book asks for."""
    for took in prover.ways():
        if common.json:
            print_json(_way_as_json(book, took))
            continue
        print_text(f"{book}: to {took.way.to}, counted in working days from Monday, 2 March 2026:")
        _say_way("the shortest way of all", took.shortest)
        if took.way.given:
            _say_way(f"the longest, if {took.way.says}", took.longest)
        if took.never:
            told = f"{took.never} of {took.tried} kinds of tickets that were tried"
            print_text(f"    {told} do not come there so within a year.", lines=False)


def _say_way(called: str, timed: Timed | None) -> None:
    if timed is None:
        print_text(f"  {called}: none is found.", lines=False)
        return
    print_text(f"  {called}: {timed.workdays} working days.", lines=False)
    for step in timed.told.steps:
        print_text(f"    {step['at']}  {step['rule']}", lines=False)


def _way_as_json(book: str, took: Took) -> dict[str, Any]:
    def timed(one: Timed | None) -> dict[str, Any] | None:
        return None if one is None else {"workdays": one.workdays, **_as_json(one.told)}

    return {
        "book": book,
        "way": took.way.to,
        "says": took.way.says,
        "shortest": timed(took.shortest),
        "longest": timed(took.longest),
        "tried": took.tried,
        "never": took.never,
    }
