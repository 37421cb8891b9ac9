"""The events that every book has: what happens around a procedure.

A book's own event of the same name is used instead. Its `[common]` can forbid one, bind it to
statuses, name the results it closes with, ask for inputs, or hand it on to an event of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ..system.language import mark, say
from .names import COMMON_EVENTS

if TYPE_CHECKING:
    from .model import Book

Raw = dict[str, Any]
"""A part of a book as its TOML has it."""

_STANDING_STATUS: Raw = {
    "type": "status",
    "standing": "status",
    "about": mark("where the ticket stands"),
}


def make_common_event(name: str, book: Book, fields: Mapping[str, object]) -> Raw:
    """A common event of a book, as its TOML would have it; `fields` are those of its tickets."""
    said = book.common.get(name, {})
    if said is False:
        reason = say("{event} is not part of the procedure of book {book}.").format(
            event=name, book=book.name
        )
        return _event(name, {}, [_refuse("forbidden", reason)], of_closed=True, opens=name == "new")
    if name == "new":
        return _new(book, fields)
    return _MAKERS[name](book, said)


def _event(name: str, inputs: Raw, rules: list[Raw], **more: bool) -> Raw:
    for rule in rules:
        rule["id"] = f"common.{name}{rule['id']}"
    return {"title": say(COMMON_EVENTS[name]), "inputs": inputs, "rule": rules, **more}


def _rule(why: str, then: list[Raw], when: Raw | None = None, **more: object) -> Raw:
    return {"id": "", "why": why, "when": when or {}, "then": then, **more}


def _refuse(called: str, text: str, when: Raw | None = None) -> Raw:
    return {"id": f".{called}", "why": text, "when": when or {}, "then": [{"refuse": text}]}


def _in_statuses(book: Book, said: Mapping[str, Any], name: str, inputs: Raw) -> list[Raw]:
    """What refuses an event in the other statuses, where a book binds it to some; `inputs` get the
    status where it is asked for."""
    if "status" not in said:
        return []
    inputs["status"] = _STANDING_STATUS
    others = [
        s.name for s in book.statuses.values() if not s.closed and s.name not in said["status"]
    ]
    text = say("The procedure has {event} in {statuses} only, and {ref} is {status}.").format(
        event=name, statuses=_list(said["status"]), ref="{ref}", status="{status}"
    )
    return [_refuse("status", text, {"status": others})] if others else []


def _refuse_unless(book: Book, fact: str, name: str, when: Raw) -> Raw:
    """What refuses an event while a yes-or-no fact of the book is not so."""
    text = say("The procedure has {event} only where {about}, and that is not so of {ref}.").format(
        event=name, about=book.facts[fact].about, ref="{ref}"
    )
    return _refuse("if", text, when | {fact: False})


def _hand_on(said: Mapping[str, Any], rule: Raw, inputs: Raw) -> Raw:
    """The rule, or what hands on to an event of the book; what that is not given is not asked for."""
    if "event" not in said:
        return rule
    given = said.get("with", {})
    used = " ".join(map(str, given.values()))
    for name in [name for name, raw in inputs.items() if raw.get("optional")]:
        if f"{{{name}}}" not in used:
            del inputs[name]
    if "{status}" in used:
        inputs["status"] = _STANDING_STATUS
    return {**rule, "then": [], "instead": {"event": said["event"], "with": given}}


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)


def _note(book: Book, said: Mapping[str, Any]) -> Raw:
    inputs: Raw = {
        "text": {"type": "text", "about": say("what is noted")},
        "attach": {"type": "text", "optional": True, "about": say("a file that belongs to it")},
    }
    then: list[Raw] = [{"note": "{text}", "attach": "{attach}"}]
    rule = _rule(say("It is noted; nothing else changes."), then)
    return _event("note", inputs, [rule], of_closed=True)


def _assign(book: Book, said: Mapping[str, Any]) -> Raw:
    inputs: Raw = {
        "who": {"type": "text", "optional": True, "about": say("who has it from now on")},
        "until": {
            "type": "date",
            "optional": True,
            "earliest": "today",
            "about": say("the day on which it is given back"),
        },
        "before": {"type": "text", "standing": "assignee", "about": say("who has it now")},
    }
    refused = _in_statuses(book, said, "assign", inputs)
    when: Raw = {"status": [*said["status"]]} if refused else {}
    first = [{"do": said["do"]}] if "do" in said else []
    rule = _rule(say("It changes hands."), [*first, {"assign": "{who}"}], when)
    rule["needs"] = [*said.get("needs", ())]
    if "if" in said:
        rule["when"] = when | {said["if"]: True}
        refused.append(_refuse_unless(book, said["if"], "assign", when))
    return _event("assign", inputs, [_hand_on(said, rule, inputs), *refused])


def _postpone(book: Book, said: Mapping[str, Any]) -> Raw:
    inputs: Raw = {
        "to": {"type": "date", "earliest": "today", "about": say("the day it is moved to")},
        "task": {
            "type": "text",
            "standing": "own_task",
            "about": say("the open task that is due first"),
        },
    }
    none = _refuse("no-task", say("{ref} has no open task that could be moved."), {"task": "none"})
    if not book.asks_for_tasks:
        text = say(
            "No rule of book {book} asks on the day of a task, so moving one changes nothing."
        ).format(book=book.name)
        return _event("postpone", inputs, [_refuse("unasked", text)])
    refused = _in_statuses(book, said, "postpone", inputs)
    when = {"task": "!= none"} | ({"status": [*said["status"]]} if refused else {})
    for rule in refused:
        rule["when"]["task"] = "!= none"
    moved = _rule(say("{task} is moved to {to}."), [{"move_task": "{to}"}], when)
    return _event("postpone", inputs, [_hand_on(said, moved, inputs), none, *refused])


def _task_done(book: Book, said: Mapping[str, Any]) -> Raw:
    inputs: Raw = {
        "task": {"type": "text", "optional": True, "about": say("the kind of task that is done")},
        "done": {"type": "text", "standing": "task", "about": say("the open task that this is")},
    }
    refused = _in_statuses(book, said, "task-done", inputs)
    when = {"done": "!= none"} | ({"status": [*said["status"]]} if refused else {})
    for rule in refused:
        rule["when"]["done"] = "!= none"
    rules = [
        _hand_on(said, _rule(say("{done} is done."), [{"done": "{done}"}], when), inputs),
        _refuse("no-task", say("{ref} has no open task."), {"done": "none", "task": "none"}),
        _refuse(
            "other-task", say("{ref} has no open task {task}."), {"done": "none", "task": "!= none"}
        ),
        *refused,
    ]
    return _event("task-done", inputs, rules)


def _close(book: Book, said: Mapping[str, Any]) -> Raw:
    results = said.get("results") or book.statuses[book.closed_status].results
    kind: Raw = {"type": "word", "values": [*results]} if results else {"type": "text"}
    inputs: Raw = {
        "result": {**kind, "about": say("what it is closed with")},
        "note": {"type": "text", "optional": True, "about": say("a note about it")},
    }
    refused = _in_statuses(book, said, "close", inputs)
    when = {"status": [*said["status"]]} if refused else {}
    first = [{"do": said["do"]}] if "do" in said else []
    then = [*first, {"done": "tasks"}, {"note": "{note}"}, {"close": "{result}"}]
    rule = _rule(say("Closed by hand."), then, when)
    rule["needs"] = [*said.get("needs", ())]
    return _event("close", inputs, [_hand_on(said, rule, inputs), *refused])


def _reopen(book: Book, said: Mapping[str, Any]) -> Raw:
    first = next(iter(book.statuses))
    inputs: Raw = {
        "closed": {
            "type": "boolean",
            "standing": "closed",
            "about": say("whether the ticket is closed"),
        }
    }
    rules = [
        _hand_on(
            said, _rule(say("It is opened again."), [{"status": first}], {"closed": True}), inputs
        ),
        _refuse("open", say("{ref} is open."), {"closed": False}),
    ]
    return _event("reopen", inputs, rules, of_closed=True)


def _new(book: Book, fields: Mapping[str, object]) -> Raw:
    inputs: Raw = {"customer": {"type": "customer", "about": say("whom it is about")}}
    for name, field in book.fields.items():
        raw = fields[name]
        assert isinstance(raw, dict)
        kept = {key: value for key, value in raw.items() if key in _OF_INPUT}
        free = field.optional or field.default is not None
        inputs[name] = kept | ({"optional": True} if free else {})
    given = {name: f"{{{name}}}" for name in book.fields}
    return _event(
        "new",
        inputs,
        [_rule(say("Opened by hand."), [{"open": book.name, "with": given}])],
        opens=True,
    )


_OF_INPUT = ("type", "values", "min", "max", "many", "pattern", "optional", "about")

_MAKERS: Mapping[str, Callable[[Book, Mapping[str, Any]], Raw]] = {
    "note": _note,
    "assign": _assign,
    "postpone": _postpone,
    "task-done": _task_done,
    "close": _close,
    "reopen": _reopen,
}
