"""The parts of a ticket that actions read and write."""

from __future__ import annotations

from ..system.records import NamedTuple


class Part(NamedTuple):
    """A column of a table, as facts.sql names them; without a column, the table as a whole."""

    table: str
    column: str = ""

    def __str__(self) -> str:
        return f"{self.table}.{self.column}" if self.column else self.table


TaskRow = tuple[int, str, str]
"""An open task: its id, its kind, its due date."""

MessageRow = tuple[int, str]
"""A message that can be withdrawn: its id, its template."""

STATUS_PART, RESULT_PART = Part("ticket", "status"), Part("ticket", "result")
PRIORITY_PART, ASSIGNEE_PART = Part("ticket", "priority"), Part("ticket", "assignee")
TASK_PART, TASK_DUE_PART = Part("task"), Part("task", "due")
TAG_PART, LINK_PART, MESSAGE_PART = Part("tag"), Part("link"), Part("message")
