"""prassi book prove: proves the properties that books declare, or prints the stories that break them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..printing.output_file import check_output_path, write_output_file
from ..sound_books import name_sound_books
from ..streams import warn
from ..trust import add_trust_option

if TYPE_CHECKING:
    from prassi.core.analysis.proofs.counterexample.durations import TimedStory, WayDuration
    from prassi.core.analysis.proofs.counterexample.tell import StoryText
    from prassi.core.analysis.proofs.prove import Prover
    from prassi.core.analysis.proofs.refinement_loop import Verdict
    from prassi.core.library.settings import Settings

    from ..printing.json_book_rows import StoryJson, TimedStoryJson, VerdictJson, WayJson


@click.command("prove")
@click.argument("books", nargs=-1, metavar="[BOOK]...")
@click.option(
    "--scenario",
    "path",
    metavar="FILE",
    help="Write the stories to FILE, as scenarios of `book test`.",
)
@click.option("--force", is_flag=True, help="Replace a file that exists.")
@add_trust_option
@add_common_options
def command(common: CommonOptions, books: tuple[str, ...], path: str | None, force: bool) -> None:
    """Prove the properties that books declare, or print a story that breaks one.

    All that can happen to a ticket is considered. A property is proven; or it is broken, with the
    shortest story that breaks it, day by day, played on a ticket file in memory; or it is not
    decided, with the reason. It also prints the shortest and the longest way to each status for
    which the book asks for them. The settings do not change the parameters of the books here.
    """
    settings, names, proven = common.load_settings(), books, True
    if not books:
        names, proven = name_sound_books(settings)
    if path is not None:
        if len(names) != 1:
            raise BadInput("--scenario can only be used with one BOOK: name it.")
        check_output_path(path, "--scenario", force)
    stories: list[StoryText] = []
    for name in names:
        of_book, all_proven = _prove_book(common, settings, name)
        stories += of_book
        proven &= all_proven
    scenarios = [story.scenario for story in stories if story.scenario is not None]
    if path is not None and scenarios and not common.dry_run:
        write_output_file(path, _format_scenarios(names[0], scenarios))
        warn(f"{path} has the stories as scenarios: {len(scenarios)}.")
    if not proven:
        raise click.exceptions.Exit(1)


def _prove_book(
    common: CommonOptions, settings: Settings, name: str
) -> tuple[Sequence[StoryText], bool]:
    """Print what comes of each property of a book; the stories, and whether all are proven."""
    from prassi.core.analysis.proofs.prove import Prover  # late: 191 ms
    from prassi.core.analysis.proofs.refinement_loop import PROVEN

    stories: list[StoryText] = []
    count, proven = 0, True
    with closing(Prover(settings, name)) as prover:
        for verdict in prover.decide_all():
            count += 1
            proven &= verdict.outcome == PROVEN
            story = prover.tell(verdict)
            _print_verdict(common, name, verdict, story)
            if story is not None:
                stories.append(story)
        if not common.quiet:
            _print_durations(common, name, prover)
    if not count and not common.quiet and not common.json:
        print_text(f"{name}: nothing is declared that could be proven.")
    return stories, proven


def _format_scenarios(book: str, scenarios: Sequence[str]) -> bytes:
    """A file of scenarios, as `book test` reads it."""
    head = [f"# Made by `prassi book prove {book}`.", f'book = "{book}"', ""]
    return "\n".join([*head, *scenarios]).encode()


# --- a property and its story ---------------------------------------------------------------------


def _print_verdict(
    common: CommonOptions, book: str, verdict: Verdict, story: StoryText | None
) -> None:
    """Print what came of a property."""
    one = verdict.declared
    if common.json:
        print_json(_verdict_as_json(book, verdict, story))
    elif story is not None:
        print_text(f"{one.line}: {book}: {one.id} is broken: {one.says}", lines=False)
        _print_story(story)
    elif verdict.why:
        reason = f"{one.id} is not decided: {verdict.why}. {one.says}"
        print_text(f"{one.line}: {book}: {reason}", lines=False)
    elif not common.quiet:
        print_text(f"{book}: {one.id} is proven: {one.says}", lines=False)


def _verdict_as_json(book: str, verdict: Verdict, story: StoryText | None) -> VerdictJson:
    one = verdict.declared
    return {
        "book": book,
        "property": one.id,
        "place": one.line,
        "says": one.says,
        "outcome": verdict.outcome,
        "classes": verdict.states,
        "parts": list(verdict.parts),
        "why": verdict.why or None,
        "story": None if story is None else _story_as_json(story),
    }


def _story_as_json(story: StoryText) -> StoryJson:
    return {
        "begins": story.begins,
        "steps": list(story.steps),
        "ends": story.ends,
        "scenario": story.scenario,
    }


def _print_story(story: StoryText) -> None:
    from prassi.core.analysis.proofs.counterexample.tell import list_lines  # late: 177 ms

    for line in list_lines(story):
        print_text(f"  {line}", lines=False)
    if story.scenario is None:
        print_text("  It goes on with a ticket that was opened in it, so it can't be a scenario.")


# --- how long the ways to a status take -----------------------------------------------------------


def _print_durations(common: CommonOptions, book: str, prover: Prover) -> None:
    """Print the shortest and the longest way to each status for which the book asks for them."""
    for took in prover.measure_ways():
        if common.json:
            print_json(_took_as_json(book, took))
            continue
        print_text(f"{book}: to {took.way.to}, counted in working days from Monday, 2 March 2026:")
        shortest = "the shortest way" if took.is_shortest else "the shortest way that was found"
        _print_way(f"{shortest}, if all that happens is recorded on its day", took.shortest)
        if took.way.given:
            _print_way(f"the longest, if {took.way.says}", took.longest)
        if took.never:
            kinds = f"{took.never} of {took.tried} kinds of tickets that were tried"
            print_text(f"    {kinds} do not come there so within a year.", lines=False)


def _print_way(label: str, timed: TimedStory | None) -> None:
    if timed is None:
        print_text(f"  {label}: none is found.", lines=False)
        return
    print_text(f"  {label}: {timed.workdays} working days.", lines=False)
    for step in timed.text.steps:
        print_text(f"    {step['at']}  {step['rule']}", lines=False)


def _took_as_json(book: str, took: WayDuration) -> WayJson:
    return {
        "book": book,
        "way": took.way.to,
        "says": took.way.says,
        "shortest": _timed_as_json(took.shortest),
        "is_shortest": took.is_shortest,
        "longest": _timed_as_json(took.longest),
        "tried": took.tried,
        "never": took.never,
    }


def _timed_as_json(timed: TimedStory | None) -> TimedStoryJson | None:
    return None if timed is None else {"workdays": timed.workdays, **_story_as_json(timed.text)}
