"""prassi book prove: proves the properties that books declare, or prints the stories that break them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, TypedDict

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say

from ..kept import add_fresh_option, warn_of_kept
from ..options import FILE_NAME, CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..printing.output_file import check_output_path, write_output_file
from ..sound_books import name_sound_books
from ..spoken_errors import translate_error
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
@click.argument("books", nargs=-1, type=FILE_NAME, metavar="[BOOK|DIR]...")
@click.option(
    "--scenario",
    "path",
    type=FILE_NAME,
    metavar="FILE",
    help="Write the stories to FILE, as scenarios of `book test`.",
)
@click.option("--force", is_flag=True, help="Replace a file that exists.")
@add_fresh_option
@add_trust_option
@add_common_options
def command(
    common: CommonOptions, books: tuple[str, ...], path: str | None, force: bool, fresh: bool
) -> None:
    """Prove the properties that books declare, or print a story that breaks one.

    All that can happen to a ticket is considered. A property is proven; or it is broken, with the
    shortest story that breaks it, day by day, played on a ticket file in memory; or it is not
    decided, with the reason. It also prints the shortest and the longest way to each status for
    which the book asks for them. The settings do not change the parameters of the books here.
    """
    from prassi.core.analysis.scenarios.find_scenarios import find_books  # late: 60 ms

    settings, proven = common.load_settings(), True
    if books:
        settings, names = find_books(settings, books)
    else:
        names, proven = name_sound_books(settings)
    if path is not None:
        if len(names) != 1:
            raise BadInput("--scenario can only be used with one BOOK: name it.")
        check_output_path(path, "--scenario", force)
    scenarios: list[str] = []
    for name in names:
        of_book, all_proven = _prove_book(common, settings, name, fresh)
        scenarios += of_book
        proven &= all_proven
    if path is not None and scenarios and not common.dry_run:
        write_output_file(path, _format_scenarios(names[0], scenarios))
        warn(f"{path} has the stories as scenarios: {len(scenarios)}.")
    if not proven:
        raise click.exceptions.Exit(1)


class PrintedProof(TypedDict):
    """What came of a property, or of a way: as JSON and in lines.

    `is_proven` is false where there is something to tell, even if only that is wanted; `scenario` is
    the story as a scenario.
    """

    json: VerdictJson | WayJson
    lines: list[str]
    is_proven: bool
    scenario: str | None


def _prove_book(
    common: CommonOptions, settings: Settings, name: str, fresh: bool
) -> tuple[Sequence[str], bool]:
    """Print what comes of a book; its stories as scenarios, and whether all is proven."""
    from prassi.core.analysis.kept_results import recall_result  # late: 7 ms

    def prove() -> list[PrintedProof]:
        answers = []
        for answer in _answer(settings, name, with_ways=not common.quiet):
            _print_answer(common, answer)
            answers.append(answer)
        return answers

    what = "prove-quiet" if common.quiet else "prove"
    result = recall_result(what, settings, name, prove, fresh)
    answers: list[PrintedProof] = result.value
    if result.is_kept:
        for answer in answers:
            _print_answer(common, answer)
        if not common.quiet:
            warn_of_kept(name)
    if not answers and not common.quiet and not common.json:
        told = say("{book}: nothing is declared that could be proven.")
        print_text(told.format(book=name))
    scenarios = [one["scenario"] for one in answers if one["scenario"] is not None]
    return scenarios, all(one["is_proven"] for one in answers)


_SHARED_OUT = 12
"""Properties and ways of a book from which on they are shared out over the processors."""


def _answer(settings: Settings, name: str, with_ways: bool) -> Iterator[PrintedProof]:
    """What comes of each property and way of a book, in their order, as it is found."""
    from prassi.core.analysis.proofs.book_properties import read_properties
    from prassi.core.analysis.proofs.prove import Prover  # late: 191 ms
    from prassi.core.library.library import Shelf
    from prassi.core.system.shared_work import Answer, share_out

    declared = read_properties(Shelf(settings), name)
    pieces = len(declared.properties) + (len(declared.ways) if with_ways else 0)

    def prepare(opened: ExitStack) -> Answer:
        prover = opened.enter_context(closing(Prover(settings, name)))
        return lambda number: _answer_one(name, prover, number)

    ways = range(len(declared.properties), pieces)
    yield from share_out(pieces, prepare, _SHARED_OUT, longest=ways)


def _answer_one(name: str, prover: Prover, number: int) -> PrintedProof:
    """What comes of a property; of a way, by the numbers after those of the properties."""
    properties = prover.declared.properties
    if number < len(properties):
        verdict = prover.decide_whole(properties[number])
        return _answer_property(name, verdict, prover.tell(verdict))
    took = prover.measure_way(prover.declared.ways[number - len(properties)])
    return PrintedProof(
        json=_took_as_json(name, took),
        lines=list(_list_durations(name, took)),
        is_proven=True,
        scenario=None,
    )


def _print_answer(common: CommonOptions, answer: PrintedProof) -> None:
    if common.json:
        print_json(answer["json"])
    elif not (common.quiet and answer["is_proven"]):
        for line in answer["lines"]:
            print_text(translate_error(line), lines=False)


def _format_scenarios(book: str, scenarios: Sequence[str]) -> bytes:
    """A file of scenarios, as `book test` reads it."""
    head = [f"# Made by `prassi book prove {book}`.", f'book = "{book}"', ""]
    return "\n".join([*head, *scenarios]).encode()


# --- a property and its story ---------------------------------------------------------------------


def _answer_property(book: str, verdict: Verdict, story: StoryText | None) -> PrintedProof:
    """What came of a property."""
    one = verdict.declared
    if story is not None:
        lines = [f"{one.line}: {book}: {one.id} is broken: {one.says}", *_list_story(story)]
    elif verdict.why:
        lines = [f"{one.line}: {book}: {one.id} is not decided: {verdict.why}. {one.says}"]
    else:
        lines = [f"{book}: {one.id} is proven: {one.says}", *_list_assumed(verdict)]
    return PrintedProof(
        json=_verdict_as_json(book, verdict, story),
        lines=lines,
        is_proven=story is None and not verdict.why,
        scenario=None if story is None else story.scenario,
    )


def _list_assumed(verdict: Verdict) -> Iterator[str]:
    """What a proof takes from the book, in words."""
    if len(rows := verdict.leans_on) == 1:
        yield f"  if there is never {rows[0]}, as the book says: no ticket that was tried contradicts it."
    elif rows:
        yield (
            f"  if {len(rows)} rows never come, as the book says (--json names them): "
            "no ticket that was tried contradicts them."
        )


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
        "if_never": list(verdict.leans_on),
        "story": None if story is None else _story_as_json(story),
    }


def _story_as_json(story: StoryText) -> StoryJson:
    return {
        "begins": story.begins,
        "steps": list(story.steps),
        "ends": story.ends,
        "scenario": story.scenario,
    }


def _list_story(story: StoryText) -> Iterator[str]:
    from prassi.core.analysis.proofs.counterexample.tell import list_lines  # late: 177 ms

    for line in list_lines(story):
        yield f"  {line}"
    if story.scenario is None:
        yield "  It goes on with a ticket that was opened in it, so it can't be a scenario."


# --- how long the ways to a status take -----------------------------------------------------------


def _list_durations(book: str, took: WayDuration) -> Iterator[str]:
    """The shortest and the longest way to a status for which the book asks for them."""
    yield f"{book}: to {took.way.to}, counted in working days from Monday, 2 March 2026:"
    shortest = "the shortest way" if took.is_shortest else "the shortest way that was found"
    yield from _list_way(f"{shortest}, if all that happens is recorded on its day", took.shortest)
    if took.way.given:
        yield from _list_way(f"the longest, if {took.way.says}", took.longest)
    if took.never:
        kinds = f"{took.never} of {took.tried} kinds of tickets that were tried"
        yield f"    {kinds} do not come there so within a year."


def _list_way(label: str, timed: TimedStory | None) -> Iterator[str]:
    if timed is None:
        yield f"  {label}: none is found."
        return
    yield f"  {label}: {timed.workdays} working days."
    for step in timed.text.steps:
        yield f"    {step['at']}  {step['rule']}"


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
