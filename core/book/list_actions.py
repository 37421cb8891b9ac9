"""Actions on what hangs on a ticket: notes, tags, tasks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self

from ..system.language import say
from ..values.due_dates import Due
from .action_base import DUE, NAME, TAGS, TEXT, Action, Key, Put
from .action_context import ActionContext, DueDate, Written
from .done_action import DoneAction
from .placeholders import Text
from .ticket_parts import TAG_PART, TASK_DUE_PART, TASK_PART, Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from .action_protocols import Telling
    from .draft import Draft

# --- notes and tags ---


class Note(Action):
    name = "note"
    keys = (Key("note", TEXT), Key("attach", TEXT))
    about = "write a note on the ticket; attach says where something lies that belongs to it"

    text: Text
    attach: Text | None = None

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        attach = context.text(written["attach"]) if "attach" in written else None
        return cls(context.text(written["note"]), attach)

    def carry_out(self, draft: Draft) -> None:
        text = draft.fill(self.text)
        attached = self.attach and draft.fill(self.attach)
        if text is not None:
            draft.make_row("note", draft.context.at, text, attached)
            draft.record(NoteWritten(text, attached))

    def names_left(self, is_kept: Callable[[Part], bool]) -> frozenset[str]:
        return frozenset()


class NoteWritten(DoneAction):
    name = "note"

    text: str
    attachment: str | None = None

    def as_json(self, plan: Telling) -> dict[str, object]:
        told = super().as_json(plan)
        if self.attachment is None:
            del told["attachment"]
        return told

    def line(self, plan: Telling) -> str:
        return say("note: {text}").format(text=self.text) + (
            say(" (attached: {attachment})").format(attachment=self.attachment)
            if self.attachment
            else ""
        )

    def scenario_line(self, plan: Telling) -> str:
        return self.text


class Tag(Action):
    name = "tag"
    keys = (Key("tag", NAME),)
    about = "set a tag; a numbered one replaces the lower one of its series"
    happening = "a tag that is set"
    looks_at = frozenset({"tag"})
    writes = (TAG_PART,)

    tag: Text

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        return cls(context.text(written["tag"]))

    def carry_out(self, draft: Draft) -> None:
        tag = draft.fill(self.tag)
        if tag is None:
            return
        draft.record(TagSet(tag))
        for lower in draft.end_tags(lambda old: _is_lower_in_series(old, tag)):
            draft.record(TagRemoved(lower))
        draft.add_tag(tag)


_NUMBERED = r"(?s)(.*\D)(\d+)"


def _is_lower_in_series(old: str, new: str) -> bool:
    a, b = re.fullmatch(_NUMBERED, old), re.fullmatch(_NUMBERED, new)
    return bool(a and b and a[1] == b[1] and int(a[2]) < int(b[2]))


class TagSet(DoneAction):
    name = "tag"

    tag: str

    def line(self, plan: Telling) -> str:
        return say("tag {tag}").format(tag=self.tag)

    def scenario_line(self, plan: Telling) -> str:
        return self.tag


class Untag(Action):
    """`tag` may have `*` in it, which stands for a number."""

    name = "untag"
    keys = (Key("untag", TAGS),)
    about = "take a tag away; * stands for a number"
    looks_at = frozenset({"tag"})
    writes = (TAG_PART,)

    tag: str

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        return cls(str(written["untag"]))

    def carry_out(self, draft: Draft) -> None:
        pattern = re.escape(self.tag).replace(r"\*", r"\d+")
        for tag in draft.end_tags(lambda tag: re.fullmatch(pattern, tag)):
            draft.record(TagRemoved(tag))


class TagRemoved(DoneAction):
    name = "untag"

    tag: str

    def line(self, plan: Telling) -> str:
        return say("tag {tag} taken away").format(tag=self.tag)

    def scenario_line(self, plan: Telling) -> str:
        return self.tag


# --- tasks ---


class SetTask(Action):
    name = "task"
    keys = (Key("task", NAME), Key("due", DUE, needed=True))
    about = "set the ticket's task, which replaces the open one"
    happening = "a task that is set"
    dates_next = True
    looks_at = frozenset({"task"})
    writes = (TASK_PART,)

    kind: str
    due: Due

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        return cls(str(written["task"]), context.due(written["due"]))

    def carry_out(self, draft: Draft) -> None:
        due = draft.due(self.due)
        draft.set_task(self.kind, due)
        if due is not None:
            draft.record(TaskSet(self.kind, due))

    @property
    def puts(self) -> tuple[Put, ...]:
        return (Put(TASK_DUE_PART, DueDate(self.due)),)


class MoveTask(Action):
    name = "move_task"
    keys = (Key("move_task", DUE),)
    about = "move the open task to another date"
    also_seen_as = ("task",)
    dates_next = True
    looks_at = frozenset({"task"})
    writes = (TASK_PART,)

    due: Due

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        return cls(context.due(written["move_task"]))

    def carry_out(self, draft: Draft) -> None:
        due = draft.due(self.due)
        kind = None if due is None else draft.move_task(due)
        if kind is not None and due is not None:
            draft.record(TaskSet(kind, due))

    @property
    def puts(self) -> tuple[Put, ...]:
        return (Put(TASK_DUE_PART, DueDate(self.due)),)


class TaskSet(DoneAction):
    name = "task"

    kind: str
    due: str

    def line(self, plan: Telling) -> str:
        return say("task {kind}, due {due}").format(kind=self.kind, due=self.due)

    def scenario_line(self, plan: Telling) -> str:
        return f"{self.kind} {self.due}"


class EndTasks(Action):
    """`kind` is the one kind of tasks that is done; else all that don't stand beside the ticket's own."""

    name = "done"
    keys = (Key("done", ""),)
    about = "the open tasks are done, or those of one kind of `[tasks]`"
    dates_next = True
    looks_at = frozenset({"task"})
    writes = (TASK_PART,)

    kind: str | Text | None

    @classmethod
    def read(cls, written: Written, context: ActionContext) -> Self:
        if "{" in str(written["done"]):
            return cls(context.name(written["done"]))
        kind = context.one_of(written["done"], ("tasks", *context.tasks), "thing to be done with")
        return cls(None if kind == "tasks" else kind)

    def carry_out(self, draft: Draft) -> None:
        ended = draft.fill(self.kind) if isinstance(self.kind, Text) else self.kind
        for _, kind, due in draft.end_tasks(ended):
            draft.record(TaskEnded(kind, due))


class TaskEnded(DoneAction):
    name = "done"

    kind: str
    due: str

    def line(self, plan: Telling) -> str:
        return say("task {kind} of {due} done").format(kind=self.kind, due=self.due)

    def scenario_line(self, plan: Telling) -> str:
        return f"{self.kind} {self.due}"
