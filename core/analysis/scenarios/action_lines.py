"""Actions as scenarios tell them: a short line for each thing a plan does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ...decision.plan import Plan
from ...tables.cells import format_value

NOTHING = "nothing"
"""What comes next where nothing does."""


def format_actions(plan: Plan) -> list[str]:
    """All that a plan does, in the order of its rule."""
    actions = plan.actions
    said = [_line(plan, action) for action in actions]
    return [*said, *_unsaid(plan, [a["text"] for a in actions if a["action"] == "note"])]


def format_next(plan: Plan) -> str:
    """What a person has to do next."""
    step = plan.next
    return NOTHING if step is None else f"{step['who']}: {step['action']} by {step['due']}"


def list_texts(plan: Plan) -> list[str]:
    """What the plan writes or says to people, a text each."""
    told = [action for action in plan.actions if action["action"] in ("message", "tell", "refuse")]
    parts = ("subject", "body", "text")
    return ["\n".join(str(one[part]) for part in parts if one.get(part)) for one in told]


def matches_line(expected: str, came: str) -> bool:
    """Whether a line is the one that was expected, which may end with ... for all that follows."""
    if expected.endswith("..."):
        return came.startswith(expected.removesuffix("..."))
    return expected == came


def shorten_line(line: str, longest: int = 80) -> str:
    """A line cut at a word, if it is a long text; of what is no text, every word counts."""
    if len(line) <= longest or not line.startswith(_TEXTS):
        return line
    return f"{line[:longest].rsplit(' ', 1)[0]}..."


_TEXTS = ("note ", "noted ", "tell ", "refuse ")


def _line(plan: Plan, action: Mapping[str, Any]) -> str:
    kind = action["action"]
    if kind in _LINES:
        told = _LINES[kind](action)
    elif kind == "message":
        told = f"{action['template']} {action['channel']} {action['language']}{_to(plan, action)}"
    else:
        hidden = ("action", "item", "ticket", "book")
        named = [format_value(action[name]) for name in hidden[1:] if name in action]
        fields = [
            f"{n} {_shown(v)}" for n, v in action.items() if n not in hidden and v is not None
        ]
        told = " ".join([" ".join(named), ", ".join(fields)]).strip()
    return " ".join(f"{kind} {told}".split())


def _to(plan: Plan, action: Mapping[str, Any]) -> str:
    """Whom a message goes to, where that is not the customer."""
    customer, to = plan.state.customer, action["to"]
    theirs = customer.email if action["channel"] == "email" else customer.phone
    return "" if to == theirs is not None else f" to {to or 'nobody'}"


def _shown(value: object) -> str:
    return " ".join(map(format_value, value)) if isinstance(value, list) else format_value(value)


def _unsaid(plan: Plan, notes: list[str]) -> Iterator[str]:
    """What a plan makes that its actions do not tell: customers, and notes on other tickets."""
    for table, row in plan.made:
        if table == "note" and row[-1] in notes:
            notes.remove(row[-1])
        elif table == "note":
            yield " ".join(f"noted there {row[-1]}".split())
        elif table == "customer":
            yield f"new customer {' '.join(_shown(one) for one in row[1:] if one is not None)}"


_LINES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "note": lambda a: str(a["text"]),
    "tag": lambda a: str(a["tag"]),
    "untag": lambda a: str(a["tag"]),
    "task": lambda a: f"{a['kind']} {a['due']}",
    "done": lambda a: f"{a['kind']} {a['due']}",
    "priority": lambda a: str(a["value"]),
    "status": lambda a: str(a["value"]),
    "close": lambda a: str(a["result"]),
    "assign": lambda a: str(a["to"] or "nobody"),
    "escalate": lambda a: str(a["to"]),
    "transfer": lambda a: str(a["line"]),
    "report": lambda a: str(a["sheet"]),
    "tell": lambda a: f"{a['who']}: {a['text']}",
    "wait": lambda a: str(a["until"] or "without end"),
    "refuse": lambda a: str(a["text"]),
    "set": lambda a: f"{a['field']} {_shown(a['value'])}",
}
"""What of an action stands behind its kind."""
