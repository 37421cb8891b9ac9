"""The kinds of actions that rules can have, by the key that says the kind."""

from __future__ import annotations

from functools import cached_property

from .action_base import Action
from .action_context import ActionContext, Written
from .action_records import Assign, Close, Escalate, SetField, SetPriority, SetStatus
from .item_actions import AddItem, ChangeItems, OpenTicket
from .list_actions import EndTasks, MoveTask, Note, SetTask, Tag, Untag
from .message_actions import QueueMessage, Refuse, Report, Tell, Transfer, Wait, Withdraw

ACTION_KINDS: dict[str, type[Action]] = {}
"""All kinds, by name, in the order of the reference."""


def add_kind(kind: type[Action]) -> None:
    """Let books have another kind of action."""
    if kind.keys[0].name != kind.name:
        raise ValueError(
            f"the first key of {kind.name!r} must be its name, not {kind.keys[0].name!r}"
        )
    if kind.name in ACTION_KINDS:
        raise ValueError(f"there is already an action {kind.name!r}")
    ACTION_KINDS[kind.name] = kind


for _kind in (
    Note,
    Tag,
    Untag,
    SetTask,
    MoveTask,
    EndTasks,
    SetPriority,
    SetStatus,
    Close,
    Assign,
    Escalate,
    Transfer,
    OpenTicket,
    QueueMessage,
    Withdraw,
    Report,
    Tell,
    Wait,
    Refuse,
    SetField,
    AddItem,
    ChangeItems,
):
    add_kind(_kind)


def kind_of(written: Written) -> type[Action]:
    """The kind that a book has written; raises ValueError where there is none, or it has other keys."""
    # `to` and `with` are keys too, so the kind is the key that is written first.
    kind = ACTION_KINDS.get(next(iter(written), ""))
    if kind is None:
        name = next(iter(written), None)
        raise ValueError(
            f"there is no action {name!r}: it must be one of {', '.join(ACTION_KINDS)}, do"
        )
    allowed = {"if", *(key.name for key in kind.keys)}
    for name in written:
        if name not in allowed:
            known = ", ".join(key.name for key in kind.keys)
            raise ValueError(f"{kind.name} has no key {name!r}; its keys are {known}, if")
    for key in kind.keys:
        if key.needed and key.name not in written:
            raise ValueError(f"{kind.name} needs {key.name!r}")
    return kind


class ActionReader(ActionContext):
    """Reads the actions of an event's rules, each once, however many rules have it by a sequence."""

    def action(self, written: Written) -> Action:
        """An action of a book that was checked before."""
        known = self._memory.get(id(written))
        if known is None:
            kind = ACTION_KINDS[next(iter(written))]
            known = self._memory[id(written)] = kind.read(written, self)
        return known

    def check_action(self, written: Written) -> Action:
        """An action that may be faulty; raises ValueError, TypeError or KeyError."""
        return kind_of(written).read(written, self)

    @cached_property
    def _memory(self) -> dict[int, Action]:
        return {}
