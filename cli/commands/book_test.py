"""prassi book test"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click
from prassi.core.errors import BadInput

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text
from ..streams import warn

if TYPE_CHECKING:
    from prassi.core.analysis.scenarios.coverage import Coverage, Played
    from prassi.core.analysis.scenarios.equivalent_mutants import Left
    from prassi.core.analysis.scenarios.find_scenarios import Target
    from prassi.core.analysis.scenarios.stage import Stage


@click.command("test")
@click.argument("what", nargs=-1, metavar="[BOOK|DIR]...")
@click.option(
    "--list", "listed", is_flag=True, help="A line for each scenario, not only for those that fail."
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="N",
    help="Fail where less than N per cent of the rows are reached, or of the changes noticed.",
)
@click.option("--junit", metavar="FILE", help="Write how it came out to FILE too, as JUnit's XML.")
@click.option(
    "--boundaries",
    is_flag=True,
    help="Print the scenarios that are missing on both sides of a threshold.",
)
@click.option("--write", is_flag=True, help="Add those to DIR/scenarios/boundaries.toml.")
@click.option(
    "--mutants", is_flag=True, help="Change the book bit by bit, and tell what no scenario notices."
)
@add_common_options
def command(
    common: CommonOptions,
    what: tuple[str, ...],
    listed: bool,
    fail_under: float | None,
    junit: str | None,
    boundaries: bool,
    write: bool,
    mutants: bool,
) -> None:
    """Play the scenarios of books: what they must answer, which rules that reaches, and what not."""
    from prassi.core.analysis.scenarios.find_scenarios import targets
    from prassi.core.analysis.scenarios.stage import Stage

    _check(boundaries, write, mutants, junit, fail_under)
    settings, found = targets(common.load_settings(), what)
    played: dict[str, list[Played]] = {}
    good = True
    with closing(Stage(settings)) as stage:
        for target in found:
            stage.shelf.book(target.book)  # One with faults is told before anything is tried.
            if boundaries:
                good &= _boundaries(common, stage, target, write)
            elif mutants:
                good &= _mutants(common, stage, target, 100 if fail_under is None else fail_under)
            else:
                good &= _played(common, stage, target, listed, fail_under or 0, played)
    if junit is not None:
        from ..printing.junit import write_junit

        write_junit(junit, played)
    if not good:
        raise click.exceptions.Exit(1)


def _check(
    boundaries: bool, write: bool, mutants: bool, junit: str | None, fail_under: float | None
) -> None:
    if boundaries and mutants:
        raise BadInput("--boundaries and --mutants are two things: give one of them.")
    if junit is not None and (boundaries or mutants):
        raise BadInput(
            "--junit tells how scenarios came out: give it without --boundaries, --mutants."
        )
    if fail_under is not None and boundaries:
        raise BadInput(
            "--fail-under has no place with --boundaries, which fails where some are missing."
        )
    if write and not boundaries:
        raise BadInput("--write goes with --boundaries: it says where those are written to.")


# --- playing them ---------------------------------------------------------------------------------


def _played(
    common: CommonOptions,
    stage: Stage,
    target: Target,
    listed: bool,
    least: float,
    all_played: dict[str, list[Played]],
) -> bool:
    """Play the scenarios of a book, and say how they came out; whether that is good."""
    from prassi.core.analysis.scenarios.coverage import Coverage, play

    coverage = Coverage(stage.shelf.book(target.book))
    played = all_played.setdefault(target.book, [])
    for one in play(stage, target.scenarios):
        played.append(one)
        coverage.reach(one)
        _say_played(common, one, listed)
    failed = sum(bool(one.wrong) for one in played)
    if not common.quiet or failed or coverage.percent < least:
        _say_coverage(common, target.book, len(played), failed, coverage)
    return not failed and coverage.percent >= least


def _say_played(common: CommonOptions, one: Played, listed: bool) -> None:
    if common.json:
        if one.wrong or not common.quiet:
            print_json(_as_json(one))
    elif one.wrong:
        print_text(f"{one.scenario.place}: {one.scenario.name}", lines=False)
        for told in one.wrong:
            print_text(f"  {told}", lines=False)
    elif listed:
        expected = one.scenario.expected
        print_text(f"ok  {one.scenario.name}: {expected.rule or expected.error}", lines=False)


def _as_json(one: Played) -> dict[str, object]:
    scenario, ran = one.scenario, one.ran
    came = (
        {}
        if ran is None
        else {
            "rule": ran.rule,
            "does": list(ran.does),
            "next": ran.next,
            "error": ran.error,
        }
    )
    return {
        "book": scenario.book,
        "scenario": scenario.name,
        "place": scenario.place,
        "event": scenario.step.event,
        "at": scenario.step.at,
        "passed": not one.wrong,
        "wrong": one.wrong,
        "came": came,
    }


def _say_coverage(
    common: CommonOptions, book: str, count: int, failed: int, coverage: Coverage
) -> None:
    rules, (rows, all_rows) = coverage.rules, coverage.rows
    reached, missing = sum(rules.values()), coverage.missing()
    if common.json:
        print_json(
            {
                "book": book,
                "scenarios": count,
                "failed": failed,
                "rules": len(rules),
                "rules_reached": reached,
                "rows": all_rows,
                "rows_reached": rows,
                "not_reached": missing,
            }
        )
        return
    how = f"{failed} not as they should be" if failed else "all as they should be"
    many = "no scenarios" if not count else f"{count} scenario{'s' if count > 1 else ''}, {how}"
    print_text(
        f"{book}: {many}; {reached} of {len(rules)} rules reached, {rows} of {all_rows} rows."
    )
    if missing and count:
        print_text(f"  not reached: {', '.join(missing)}")


# --- what is missing ------------------------------------------------------------------------------


def _boundaries(common: CommonOptions, stage: Stage, target: Target, write: bool) -> bool:
    """Print or write the scenarios that a book lacks; whether there are none, or they are written."""
    from prassi.core.analysis.scenarios.boundary_scenarios import Boundaries, append, written
    from prassi.core.analysis.scenarios.mutated_book import Original

    if write and target.folder is None:
        raise BadInput(f"--write needs the folder of {target.book}: give it in place of its name.")
    original = Original(stage.shelf.files(target.book))
    boundaries = Boundaries(stage, original, target.scenarios, common.at)
    texts = [written(made) for made in boundaries.missing()]
    for one in boundaries.wrong:
        _say_played(common, one, False)
    if boundaries.wrong:
        warn(f"{target.book}: nothing is made before its scenarios are as they should be.")
        return False
    if common.json:
        print_json({"book": target.book, "missing": texts})
    elif not write:
        for text in texts:
            print_text(text)
    if write and target.folder is not None and texts and not common.dry_run:
        path = append(target.folder, texts)
        if not common.json:
            print_text(
                f"{target.book}: {len(texts)} scenarios added to {path}: read what they expect."
            )
    elif not common.quiet and not common.json:
        warn(f"{target.book}: {len(texts) or 'no'} scenarios are missing.")
    return write or not texts


# --- what would not be noticed --------------------------------------------------------------------


def _mutants(common: CommonOptions, stage: Stage, target: Target, least: float) -> bool:
    """Say which changes of a book its scenarios do not notice; whether these are few enough."""
    from prassi.core.analysis.scenarios.equivalent_mutants import judged
    from prassi.core.analysis.scenarios.mutated_book import Original

    original = Original(stage.shelf.files(target.book))
    verdict = judged(stage, original, target.scenarios)
    for one in verdict.wrong:
        _say_played(common, one, False)
    if verdict.wrong:
        warn(f"{target.book}: no change is tried before its scenarios are as they should be.")
        return False
    for left in verdict.left:
        _say_left(common, target.book, left)
    if common.json:
        print_json(
            {
                "book": target.book,
                "changes": verdict.changes,
                "noticed": verdict.noticed,
                "alike": verdict.alike,
                "unnoticed": verdict.unnoticed,
                "score": verdict.score,
            }
        )
    elif not common.quiet or verdict.score < least:
        print_text(
            f"{target.book}: {verdict.changes} changes, {verdict.noticed} noticed, {verdict.unnoticed} not;"
            f" {verdict.alike} make no difference. Score: {verdict.score:g} %."
        )
    return verdict.score >= least


def _say_left(common: CommonOptions, book: str, left: Left) -> None:
    if common.json:
        print_json({"book": book, **left._asdict()})
    elif left.reason is None:
        print_text(f"{left.place}: {left.about}: {left.change}", lines=False)
    elif not common.quiet:
        print_text(f"{left.place}: {left.about}: {left.change} ({left.reason})", lines=False)
