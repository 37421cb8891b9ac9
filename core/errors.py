"""Every error a user can meet. The class carries the exit code; the message is a sentence."""

from __future__ import annotations

from collections.abc import Sequence


class PrassiError(Exception):
    """Base of all errors that are told in one sentence and end with `exit_code`."""

    exit_code = 1


class BadInput(PrassiError):
    """Wrong usage or bad input: names the option, the row or the line."""

    exit_code = 2

    @property
    def first(self) -> str:
        """The error as one sentence: of several faults the first."""
        return str(self)


class Faults(BadInput):
    """Several faults of one input, told together.

    `faults` holds a sentence each; `about` says which input they were found in.
    """

    def __init__(self, about: str, faults: Sequence[str]) -> None:
        self.about = about
        self.faults = list(faults)
        super().__init__("\n".join([about, *self.faults]))

    @property
    def first(self) -> str:
        """The first fault."""
        return self.faults[0]

    @classmethod
    def of(cls, name: str, faults: Sequence[str]) -> Faults:
        """The faults of what is called `name`."""
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        return cls(f"{name} has {count}:", faults)


class WrongInput(BadInput):
    """What the caller gave for the input `name` can't be, for the `reason` that the book gives."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason.rstrip(".")
        super().__init__(f"{name}: {self.reason}.")


class Refused(PrassiError):
    """The procedure refuses it: says which rule or state, and what is possible instead."""

    exit_code = 3


class Undecided(Refused):
    """No rule answers these facts, or more than one does."""


class EngineFault(PrassiError):
    """A table met a fact that it can't be asked about: at fault is what gave it, not the ticket."""


class NightFault(PrassiError):
    """A night had to leave some tickets as they are; the others were done."""


class PartlyDone(PrassiError):
    """A part could not be done; the rest was, and is kept."""


class FileUnusable(PrassiError):
    """The ticket file is missing, locked, damaged, foreign or from a newer version."""

    exit_code = 4


class WrongClock(PrassiError):
    """The clock can't be right, by what the ticket file has recorded."""

    exit_code = 4
