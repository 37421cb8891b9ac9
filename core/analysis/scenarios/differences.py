"""What a scenario expects, held against what came: a sentence for each difference."""

from __future__ import annotations

from collections.abc import Sequence

from ...system.language import say
from .action_lines import matches_line
from .action_words import describe_lines
from .scenario_files import Expectation
from .stage import PlayResult


def find_differences(expected: Expectation, played: PlayResult) -> list[str]:
    """What came other than expected, a sentence each; empty where all is as expected.

    Actions are in the language that is spoken.
    """
    if expected.error is not None:
        if played.error is None:
            return [f"expected the error {expected.error}; the rule {played.rule} answered"]
        if matches_line(expected.error, played.error):
            return []
        return [_describe("error", expected.error, played.error)]
    if played.error is not None:
        return [f"expected the rule {expected.rule}; it was turned down: {played.error}"]
    if expected.rule != played.rule:
        return [_describe("rule", expected.rule, played.rule)]
    differences = [] if expected.does is None else _compare_lines(expected.does, played.does)
    for what, wanted, got in (
        ("next", expected.next, played.next),
        ("why", expected.why, played.why),
    ):
        if wanted is not None and not matches_line(wanted, got or ""):
            differences.append(_describe(what, wanted, got))
    absent = [text for text in expected.says if not any(text in one for one in played.texts)]
    return differences + [f"no text that is written or said contains: {text}" for text in absent]


def _describe(what: str, expected: str | None, got: str | None) -> str:
    return f"{what}: expected {expected}; got {got}"


def _compare_lines(expected: Sequence[str], got: Sequence[str]) -> list[str]:
    """The actions that are missing and those that are too many, in a sentence; or that their order
    differs."""
    left, missing = list(got), []
    for line in expected:
        found = next((one for one in left if matches_line(line, one)), None)
        if found is None:
            missing.append(line)
        else:
            left.remove(found)
    lacks, has = describe_lines(missing, left), describe_lines(left, missing)
    parts = [say("Missing: {lines}.").format(lines=lacks)] if missing else []
    parts += [say("Too much: {lines}.").format(lines=has)] if left else []
    if parts or all(map(matches_line, expected, got)):
        return [" ".join(parts)] if parts else []
    return ["the same actions, but in another order"]
