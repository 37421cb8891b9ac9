"""The results of scenarios as JUnit XML, which build servers read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from prassi.core.errors import BadInput

if TYPE_CHECKING:
    from prassi.core.analysis.scenarios.coverage import ScenarioResult

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(path: str, played: Mapping[str, Sequence[ScenarioResult]]) -> None:
    """Write a file with a suite for each book; BadInput where it can't be written."""
    suites = ElementTree.Element("testsuites", name="prassi book test")
    for book, of_book in played.items():
        failed = sum(bool(one.differences) for one in of_book)
        suite = ElementTree.SubElement(
            suites,
            "testsuite",
            name=book,
            tests=str(len(of_book)),
            failures=str(failed),
            errors="0",
        )
        for one in of_book:
            _add_case(suite, one)
    ElementTree.indent(suites)
    try:
        ElementTree.ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise BadInput(
            f"--junit {path} can't be written: {(error.strerror or '').lower()}."
        ) from None


def _add_case(suite: ElementTree.Element, one: ScenarioResult) -> None:
    scenario = one.scenario
    file, _, line = scenario.place.rpartition(":")
    case = ElementTree.SubElement(
        suite,
        "testcase",
        name=_replace_forbidden(scenario.name),
        classname=_replace_forbidden(f"{scenario.book}.{scenario.step.event}"),
        file=_replace_forbidden(file),
        line=line,
    )
    if one.differences:
        failure = ElementTree.SubElement(
            case, "failure", message=_replace_forbidden(one.differences[0])
        )
        failure.text = _replace_forbidden("\n".join(one.differences))


def _replace_forbidden(text: str) -> str:
    """Text with U+FFFD in place of characters that XML can't hold."""
    return _FORBIDDEN.sub("\ufffd", text)
