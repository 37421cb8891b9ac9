"""Reading `[common]`: what a book says of the events that every book has."""

# Without `from __future__ import annotations`: as in read_declarations.

from collections.abc import Collection

from ..system.toml_document import Path
from ..system.toml_reader import Kind, TomlReader
from .names import COMMON_EVENTS

COMMON_KEYS: dict[str, Kind] = {
    "status": list,
    "if": str,
    "results": list,
    "needs": list,
    "do": str,
    "event": str,
    "with": dict,
}
_WITH_STATUS = ("assign", "postpone", "task-done", "close")
_ONLY_OF = {
    "if": ("assign",),
    "results": ("close",),
    "needs": ("assign", "close"),
    "do": ("assign", "close"),
    "status": _WITH_STATUS,
}
_NEEDED = {"assign": ("who",), "close": ("note",)}
"""What a book can ask for with an event, which else is free."""


def read_common(toml: TomlReader, statuses: Collection[str]) -> dict[str, object]:
    """What is said of each common event: False where the book has none, else a table."""
    written = toml.section("common")
    if not toml.checking:
        return dict(written)
    found: dict[str, object] = {}
    for name, said in written.items():
        path = ("common", name)
        if name not in COMMON_EVENTS:
            known = ", ".join(COMMON_EVENTS)
            toml.fault(path, f"there is no common event {name!r}; there are {known}.")
        elif name in toml.section("events"):
            toml.fault(path, f"the book has an event {name} of its own: say it there.")
        elif said is not False:
            found[name] = _read_table(toml, name, said, path, statuses)
        else:
            found[name] = False
    return found


def _read_table(
    toml: TomlReader, name: str, said: object, path: Path, statuses: Collection[str]
) -> dict[str, object]:
    good = toml.keys(said, path, COMMON_KEYS)
    for key, names in _ONLY_OF.items():
        if key in good and name not in names:
            toml.fault((*path, key), f"{name} takes no {key}; {', '.join(names)} can.")
    for status in good.words("status"):
        if status not in statuses:
            told = f"there is no status {status!r}; there are {', '.join(statuses)}."
            toml.fault((*path, "status"), told)
    inputs = _NEEDED.get(name, ())
    for one in (word for word in good.words("needs") if word not in inputs):
        told = f"{name} has no {one!r} to need; it has {', '.join(inputs)}."
        toml.fault((*path, "needs"), told)
    if "if" in good:
        _check_boolean(toml, good.text("if"), (*path, "if"))
    if "do" in good and good.text("do") not in toml.section("sequences"):
        toml.fault((*path, "do"), f"there is no sequence {good.text('do')!r}.")
    if "event" in good and good.text("event") not in toml.section("events"):
        toml.fault((*path, "event"), f"there is no event {good.text('event')!r} to hand on to.")
    if "with" in good and "event" not in good:
        toml.fault((*path, "with"), "with says what an event is given: name the event.")
    return {key: good.get(key) for key in good}


def _check_boolean(toml: TomlReader, name: str, path: Path) -> None:
    """Tell a name that is not that of a fact which is true or false."""
    declared = toml.section("facts").get(name)
    if not isinstance(declared, dict) or declared.get("type") != "boolean":
        toml.fault(path, f"{name!r} is not a yes-or-no fact of the book.")
