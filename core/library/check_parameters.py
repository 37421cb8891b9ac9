"""What the settings say of a book's parameters, checked against the book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..book.parameters import Parameter
from ..errors import Faults
from ..system.cache import load_or_build
from .book_files import BookFiles


class ParameterFault(NamedTuple):
    """A parameter of the settings that its book can't have, and why, as a sentence."""

    name: str
    sentence: str


def find_parameter_faults(files: BookFiles) -> list[ParameterFault]:
    """What is wrong with the parameters that the settings give a book.

    The book has no faults without them: a fault that they make is theirs.
    """
    if not files.overrides:
        return []
    kept_as = f"parameters-{files.name}"
    found = load_or_build(kept_as, files.describe(files.folder), lambda: _find_faults(files))
    return [ParameterFault(*fault) for fault in found]


def _find_faults(files: BookFiles) -> list[ParameterFault]:
    known = files._replace(overrides={}).reader().declarations.parameters
    found = [
        ParameterFault(name, wrong)
        for name, value in files.overrides.items()
        if (wrong := unfit(known.get(name), name, value)) is not None
    ]
    return found or list(_find_conflicts(files))


def _find_conflicts(files: BookFiles) -> Iterator[ParameterFault]:
    """The parameters with which the rules of the book don't hold: each alone, else all together."""
    together = _find_first_fault(files, files.overrides)
    if together is None:
        return
    alone = {
        name: fault
        for name, value in files.overrides.items()
        if (fault := _find_first_fault(files, {name: value})) is not None
    }
    for name, fault in alone.items():
        told = f"{name} can't be {files.overrides[name]!r}: the book then has a fault: {fault}"
        yield ParameterFault(name, told)
    if not alone:
        name = list(files.overrides)[-1]
        told = (
            f"the parameters of book {files.name} can't be used together:"
            f" the book then has a fault: {together}"
        )
        yield ParameterFault(name, told)


def _find_first_fault(files: BookFiles, overrides: Mapping[str, object]) -> str | None:
    try:
        files._replace(overrides=overrides).check()
    except Faults as error:
        return error.faults[0]
    return None


def unfit(parameter: Parameter | None, name: str, value: object) -> str | None:
    """What is wrong with a value for a parameter, as a sentence; None where it fits."""
    if parameter is None:
        return f"the book has no parameter {name!r}."
    known = parameter.value
    if type(value) is not type(known) or not _kinds(value) <= (_kinds(known) or _kinds(value)):
        return f"{name} must be like {known!r}, not {value!r}."
    return parameter.out_of_bounds(value)


def _kinds(value: object) -> set[type]:
    """The types of the parts of a list or a table."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {type(part) for part in parts}
