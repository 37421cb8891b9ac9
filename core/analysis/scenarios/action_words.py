"""Lines of scenarios in words, for people who know a procedure and not how scenarios are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

_LONGEST = 60
"""Characters of a quoted text that are shown, at most."""


def describe_lines(lines: Sequence[str], others: Sequence[str] = ()) -> str:
    """Actions in words, as `missed calls go back to 0; letter \\`summary\\``.

    Where one of the `others` is about the same letter, its language and channel are told too.
    """
    also = {_name_letter(line) for line in others} - {None}
    return "; ".join(_describe_line(line, _name_letter(line) in also) for line in lines)


def _describe_line(line: str, in_full: bool) -> str:
    action, _, rest = line.partition(" ")
    if action == "message":
        return _describe_message(rest, in_full)
    return _WORDS[action](rest) if action in _WORDS else line


def _name_letter(line: str) -> str | None:
    """The template of a message that a line is about."""
    words = line.split()
    return words[1] if len(words) > 1 and words[0] == "message" else None


def _describe_message(rest: str, in_full: bool) -> str:
    template, _, how = rest.partition(" ")
    channel, _, further = how.partition(" ")
    language, _, to = further.partition(" to ")
    letter = f"{'SMS' if channel == 'sms' else 'letter'} `{template}`"
    if in_full and language:
        letter += f" in {language}"
    return f"{letter} to {to}" if to else letter


def _describe_set(rest: str) -> str:
    """`missed_calls 0`: a counter is said to go back."""
    name, _, value = rest.partition(" ")
    words = name.replace("_", " ")
    many = words.endswith("s") and not words.endswith("ss")
    if value == "0":
        return f"{words} {'go' if many else 'goes'} back to 0"
    are = "are" if many else "is"
    return f"{words} {are} emptied" if value == "none" else f"{words} {are} set to {value}"


def _describe_task(rest: str) -> str:
    kind, _, due = rest.partition(" ")
    return f"task `{kind}` by {due}"


def _describe_done(rest: str) -> str:
    return f"task `{rest.partition(' ')[0]}` done"


def _describe_told(rest: str) -> str:
    who, _, text = rest.partition(": ")
    return f"the {who} is told {_quote(text)}"


def _describe_noted(rest: str) -> str:
    return f"note {_quote(rest.removeprefix('there '))} on the other ticket"


def _quote(text: str) -> str:
    return f"“{text}”" if len(text) <= _LONGEST else f"“{text[:_LONGEST].rsplit(' ', 1)[0]}…”"


_WORDS: dict[str, Callable[[str], str]] = {
    "set": _describe_set,
    "task": _describe_task,
    "done": _describe_done,
    "tell": _describe_told,
    "noted": _describe_noted,
    "note": lambda text: f"note {_quote(text)}",
    "refuse": lambda text: f"refusal {_quote(text)}",
    "tag": "tag `{}`".format,
    "untag": "tag `{}` taken away".format,
    "status": "status `{}`".format,
    "priority": "priority {}".format,
    "close": "closed with `{}`".format,
    "assign": "assigned to {}".format,
    "escalate": "escalated to {}".format,
    "transfer": "call put through to {}".format,
    "wait": "wait until {}".format,
    "report": "row on sheet `{}`".format,
    "withdraw": "letter `{}` withdrawn".format,
    "add": "new in {}".format,
    "change": "changed in {}".format,
    "open": "opened {}".format,
}
"""How the rest of a line reads, by the action that it begins with."""
