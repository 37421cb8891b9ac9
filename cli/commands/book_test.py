"""prassi book test: plays the scenarios of books, and says what is missing or would not be noticed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from prassi.core.errors import BadInput
from prassi.core.system.language import say, say_count

from ..kept import add_fresh_option, warn_of_kept
from ..options import FILE_NAME, CommonOptions, add_common_options
from ..printing.causes import WIDTH, format_rules
from ..printing.output import print_json, print_text
from ..sound_books import name_sound_books
from ..spoken_errors import translate_error
from ..streams import warn
from ..trust import add_trust_option

if TYPE_CHECKING:
    from prassi.core.analysis.scenarios.coverage import Coverage, ScenarioResult
    from prassi.core.analysis.scenarios.find_scenarios import Target
    from prassi.core.analysis.scenarios.mutation_report import MutationReport, Survivor
    from prassi.core.analysis.scenarios.stage import Stage
    from prassi.core.library.settings import Settings

    from ..printing.json_book_rows import (
        CameJson,
        CoverageJson,
        MissingScenariosJson,
        MutantsJson,
        PlayedJson,
        SurvivorJson,
    )


class BookTestOptions(NamedTuple):
    """The options of this command."""

    listed: bool
    fail_under: float | None
    junit: str | None
    boundaries: bool
    write: bool
    mutants: bool
    fresh: bool

    def check(self) -> None:
        """BadInput where two options can't be used together."""
        if self.boundaries and self.mutants:
            raise BadInput("--boundaries can't be used with --mutants: give one.")
        if self.junit is not None and (self.boundaries or self.mutants):
            raise BadInput("--junit can't be used with --boundaries or --mutants.")
        if self.fail_under is not None and self.boundaries:
            raise BadInput(
                "--fail-under can't be used with --boundaries, which fails where any is missing."
            )
        if self.write and not self.boundaries:
            raise BadInput("--write can only be used with --boundaries.")


@click.command("test")
@click.argument("what", nargs=-1, type=FILE_NAME, metavar="[BOOK|DIR]...")
@click.option(
    "--list", "listed", is_flag=True, help="Print a line for each scenario, also where it passes."
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="N",
    help="Fail if less than N per cent of the rows are reached, or of the mutants noticed.",
)
@click.option(
    "--junit", type=FILE_NAME, metavar="FILE", help="Write the results to FILE too, as JUnit XML."
)
@click.option(
    "--boundaries",
    is_flag=True,
    help="Print the scenarios that are missing on both sides of a threshold.",
)
@click.option("--write", is_flag=True, help="Add those to DIR/scenarios/boundaries.toml.")
@click.option(
    "--mutants", is_flag=True, help="Change the book bit by bit; print what no scenario notices."
)
@add_fresh_option
@add_trust_option
@add_common_options
def command(common: CommonOptions, what: tuple[str, ...], **given: Any) -> None:
    """Play the scenarios of books, and print what fails and which rules none reaches."""
    from prassi.core.analysis.scenarios.find_scenarios import find_targets  # late: 115 ms
    from prassi.core.analysis.scenarios.stage import Stage

    options = BookTestOptions(**given)
    options.check()
    settings, good = common.load_settings(), True
    if not what:
        what, good = name_sound_books(settings)
    settings, found = find_targets(settings, what)
    played: dict[str, list[ScenarioResult]] = {}
    with closing(Stage(settings)) as stage:
        for target in found:
            stage.shelf.book(target.book)  # Its faults are printed before anything is played.
            if options.boundaries:
                good &= _check_boundaries(common, stage, target, options.write)
            elif options.mutants:
                good &= _check_mutants(common, stage, settings, target, options)
            else:
                of_book = played.setdefault(target.book, [])
                good &= _play_scenarios(common, stage, target, options, of_book)
    if options.junit is not None:
        from ..printing.junit import write_junit  # late: 7 ms

        write_junit(options.junit, played)
    if not good:
        raise click.exceptions.Exit(1)


# --- scenarios ------------------------------------------------------------------------------------


def _play_scenarios(
    common: CommonOptions,
    stage: Stage,
    target: Target,
    options: BookTestOptions,
    played: list[ScenarioResult],
) -> bool:
    """Play the scenarios of a book, add them to `played`, print results; whether all is good."""
    from prassi.core.analysis.scenarios.coverage import Coverage, play_scenarios  # late: 121 ms

    coverage = Coverage(stage.shelf.book(target.book))
    for one in play_scenarios(stage, target.scenarios):
        played.append(one)
        coverage.add(one)
        if common.json or options.listed:
            _print_played(common, one, options.listed)
    if not common.json and not options.listed:
        _print_failing_groups(common, played)
    failed = sum(bool(one.differences) for one in played)
    good = bool(played) and not failed and coverage.percent >= (options.fail_under or 0)
    if not common.quiet or not good:
        _print_coverage(common, target.book, len(played), failed, coverage)
    return good


def _print_played(common: CommonOptions, one: ScenarioResult, listed: bool) -> None:
    if common.json:
        if one.differences or not common.quiet:
            print_json(_played_as_json(one))
    elif one.differences:
        print_text(f"{one.scenario.place}: {one.scenario.name}", lines=False)
        for line in one.tell_differences():
            print_text(f"  {translate_error(line)}", lines=False)
    elif listed:
        expected = one.scenario.expected
        print_text(f"ok  {one.scenario.name}: {expected.rule or expected.error}", lines=False)


def _print_failing_groups(common: CommonOptions, played: Sequence[ScenarioResult]) -> None:
    """The scenarios that fail; where many fail in the same way, the first with the rules of all."""
    from prassi.core.analysis.scenarios.failing_groups import FEW, group_failing

    for group in group_failing(played):
        if len(group.results) <= FEW:
            _print_failing(common, group.results)
            continue
        _print_played(common, group.results[0], False)
        told = say_count(
            "{count} scenario fails like this: ",
            "{count} scenarios fail like this: ",
            len(group.results),
        )
        count = f"  {told.format(count=len(group.results))}"
        print_text(f"{count}{format_rules(group.rules, WIDTH - len(count) - 1)}.", lines=False)


def _played_as_json(one: ScenarioResult) -> PlayedJson:
    scenario, ran = one.scenario, one.played
    came: CameJson = {}
    if ran is not None:
        came = {"rule": ran.rule, "does": list(ran.does), "next": ran.next, "error": ran.error}
    return {
        "book": scenario.book,
        "scenario": scenario.name,
        "place": scenario.place,
        "event": scenario.step.event,
        "at": scenario.step.at,
        "passed": not one.differences,
        "wrong": one.differences,
        "came": came,
    }


def _print_coverage(
    common: CommonOptions, book: str, count: int, failed: int, coverage: Coverage
) -> None:
    rules, (rows, all_rows) = coverage.rules, coverage.rows
    reached, missing = sum(rules.values()), coverage.list_missing()
    if common.json:
        row: CoverageJson = {
            "book": book,
            "scenarios": count,
            "failed": failed,
            "rules": len(rules),
            "rules_reached": reached,
            "rows": all_rows,
            "rows_reached": rows,
            "not_reached": missing,
        }
        print_json(row)
        return
    if not count:
        told = say("{book}: no scenarios; {rules} rules, none tried.")
        print_text(told.format(book=book, rules=len(rules)))
        return
    told = say_count(
        "{book}: {count} scenario, {results}; {reached} of {rules} rules reached, {row} of {rows} rows.",
        "{book}: {count} scenarios, {results}; {reached} of {rules} rules reached, {row} of {rows} rows.",
        count,
    )
    results = say("{failed} not as they should be") if failed else say("all as they should be")
    reach = {"reached": reached, "rules": len(rules), "row": rows, "rows": all_rows}
    print_text(told.format(book=book, count=count, results=results.format(failed=failed), **reach))
    if missing:
        print_text(say("  not reached: {rules}").format(rules=", ".join(missing)))


# --- boundaries -----------------------------------------------------------------------------------


def _check_boundaries(common: CommonOptions, stage: Stage, target: Target, write: bool) -> bool:
    """Print or write the scenarios that a book lacks; whether it lacks none from now on."""
    from prassi.core.analysis.scenarios.boundary_scenarios import (  # late: 151 ms
        BoundaryFinder,
        format_scenario,
    )
    from prassi.core.analysis.scenarios.mutated_book import Original

    if write and target.folder is None:
        raise BadInput(f"--write needs the folder of {target.book}: give it in place of its name.")
    from prassi.core.analysis.scenarios.text_trial import SAID, make_text_scenarios

    original = Original(stage.shelf.files(target.book))
    boundaries = BoundaryFinder(stage, original, target.scenarios, common.at)
    texts = [format_scenario(made) for made in boundaries.make_missing()]
    if boundaries.failures:
        _print_failing(common, boundaries.failures)
        warn(f"{target.book}: no scenarios are made until all of its scenarios pass.")
        return False
    says = list(make_text_scenarios(stage, original, target.scenarios))
    count = len(texts) + len(says)
    if common.json:
        lacking: MissingScenariosJson = {"book": target.book, "missing": [*texts, *says]}
        print_json(lacking)
    elif not write:
        for text in (*texts, *says):
            print_text(text)
    if write and count and not common.dry_run:
        _append_scenarios(common, target, texts, "boundaries.toml")
        _append_scenarios(common, target, says, SAID)
    elif not common.quiet and not common.json:
        told = say_count(
            "{book}: {count} scenario is missing.", "{book}: {count} scenarios are missing.", count
        )
        told = told if count else say("{book}: no scenarios are missing.")
        warn(told.format(book=target.book, count=count))
    return write or not count


def _append_scenarios(
    common: CommonOptions, target: Target, texts: Sequence[str], file: str
) -> None:
    from prassi.core.analysis.scenarios.boundary_scenarios import append_scenarios  # late: 153 ms

    if not texts:
        return
    path = append_scenarios(target.folder or "", texts, file)
    if not common.json:
        told = say_count(
            "{book}: {count} scenario added to {path}: read what it expects.",
            "{book}: {count} scenarios added to {path}: read what they expect.",
            len(texts),
        )
        print_text(told.format(book=target.book, count=len(texts), path=path))


def _print_failing(common: CommonOptions, wrong: Sequence[ScenarioResult]) -> None:
    for one in wrong:
        _print_played(common, one, False)


# --- mutants --------------------------------------------------------------------------------------


class _FailingScenarios(Exception):
    """Scenarios of a book fail: then no change is tried, and nothing is kept."""

    def __init__(self, results: Sequence[ScenarioResult]) -> None:
        super().__init__(len(results))
        self.results = results


def _check_mutants(
    common: CommonOptions,
    stage: Stage,
    settings: Settings,
    target: Target,
    options: BookTestOptions,
) -> bool:
    """Print which changes of a book its scenarios do not notice; whether the score is enough."""
    least = 100 if options.fail_under is None else options.fail_under
    try:
        verdict = _try_mutations(common, stage, settings, target, options.fresh)
    except _FailingScenarios as error:
        _print_failing(common, error.results)
        warn(f"{target.book}: no change is tried until all of its scenarios pass.")
        return False
    for left in verdict.survivors:
        _print_left(common, target.book, left)
    if common.json or not common.quiet or verdict.score < least:
        _print_score(common, target.book, verdict)
    return verdict.score >= least


def _print_score(common: CommonOptions, book: str, verdict: MutationReport) -> None:
    """How many changes of a book its scenarios notice."""
    if common.json:
        score: MutantsJson = {
            "book": book,
            "changes": verdict.mutations,
            "noticed": verdict.killed_count,
            "alike": verdict.equivalent_count,
            "unnoticed": verdict.missed_count,
            "score": verdict.score,
        }
        print_json(score)
        return
    told = say_count(
        "{book}: {count} change, {noticed} noticed, {missed} not; {alike} make no difference. Score:"
        " {score} %.",
        "{book}: {count} changes, {noticed} noticed, {missed} not; {alike} make no difference. Score:"
        " {score} %.",
        verdict.mutations,
    )
    print_text(
        told.format(
            book=book,
            count=verdict.mutations,
            noticed=verdict.killed_count,
            missed=verdict.missed_count,
            alike=verdict.equivalent_count,
            score=f"{verdict.score:g}",
        )
    )


def _try_mutations(
    common: CommonOptions, stage: Stage, settings: Settings, target: Target, fresh: bool
) -> MutationReport:
    """How the scenarios of a book come through its mutations, now or before."""
    from prassi.core.analysis.kept_results import recall_result  # late: 7 ms
    from prassi.core.analysis.scenarios.mutation_report import MutationReport, Survivor

    def check() -> tuple[int, list[Survivor]]:
        from prassi.core.analysis.scenarios.mutated_book import Original  # late: 68 ms
        from prassi.core.analysis.scenarios.mutation_report import try_mutations

        original = Original(stage.shelf.files(target.book))
        report = try_mutations(stage, original, target.scenarios)
        if report.failures:
            raise _FailingScenarios(report.failures)
        return report.mutations, report.survivors

    result = recall_result("mutants", settings, target.book, check, fresh, also=target.scenarios)
    mutations, survivors = result.value
    if result.is_kept and not common.quiet:
        warn_of_kept(target.book)
    return MutationReport(mutations, [Survivor(*one) for one in survivors], [])


def _print_left(common: CommonOptions, book: str, left: Survivor) -> None:
    if common.json:
        row: SurvivorJson = {
            "book": book,
            "place": left.place,
            "about": left.about,
            "kind": left.kind,
            "change": left.mutation,
            "reason": left.reason,
        }
        print_json(row)
    elif left.reason is None:
        print_text(f"{left.place}: {left.about}: {translate_error(left.mutation)}", lines=False)
    elif not common.quiet:
        told, reason = translate_error(left.mutation), translate_error(left.reason)
        print_text(f"{left.place}: {left.about}: {told} ({reason})", lines=False)
