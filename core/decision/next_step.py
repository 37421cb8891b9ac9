"""What is next on a ticket, as JSON has it."""

# No `from __future__ import annotations`: a class compiles each annotation that is a text.

from typing import NotRequired, TypedDict


class NextStep(TypedDict):
    """What a person has to do next, as JSON has it: who by when, and how late that is.

    `who` is a role, or a name where the rule has one; `person` who has to act, None where nobody or
    nobody alone does; `people` are there where the role has several.
    """

    action: str
    who: str
    person: str | None
    people: NotRequired[list[str]]
    due: str
    late_workdays: int
