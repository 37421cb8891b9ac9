"""Kinds of tasks that a book says more about: whose they are, and where one stands beside another."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ..system.records import NamedTuple
from ..system.toml_document import Path
from ..system.toml_reader import TableKeys, TomlReader
from .names import read_named

TASK_KEYS = TableKeys({"about": str, "who": str, "beside": object}, ("about",))


class TaskKind(NamedTuple):
    """A kind of task: `who` does it, a role or the agent who has the ticket.

    In the statuses `beside` it stands beside the ticket's own task: neither replaces the other, and a
    night asks for it on its day whatever else it says.
    """

    name: str
    about: str
    who: str
    beside: Collection[str]


def read_tasks(
    toml: TomlReader, roles: Collection[str], statuses: Collection[str]
) -> dict[str, TaskKind]:
    """The kinds of tasks of a book, by name."""

    def read(name: str, raw: object, path: Path) -> TaskKind:
        good = toml.keys(raw, path, TASK_KEYS)
        who, beside = good.text("who", "agent"), good.get("beside")
        if who != "agent" and who not in roles:
            toml.fault(
                (*path, "who"), f"there is no role {who!r}; write agent, or one of the roles."
            )
        listed = good.words("beside") if isinstance(beside, list) else ()
        if beside not in (None, True, False) and not listed:
            told = (
                f"{name} stands beside another task in a list of statuses, or in all of them: true."
            )
            toml.fault((*path, "beside"), told)
        for status in listed:
            if status not in statuses:
                toml.fault((*path, "beside"), f"there is no status {status!r}.")
        return TaskKind(
            name, good.text("about"), who, tuple(statuses) if beside is True else listed
        )

    return read_named(toml, "tasks", read)


def stands_beside(tasks: Mapping[str, TaskKind], kind: str, status: object) -> bool:
    """Whether a task of a kind stands beside the ticket's own one in a status."""
    known = tasks.get(kind)
    return known is not None and status in known.beside
