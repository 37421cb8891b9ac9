"""Lines of scenarios in words, for people who know a procedure and not how scenarios are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...system.language import ENGLISH, find_spoken, mark, say

_LONGEST = 60
"""Characters of a quoted text that are shown, at most."""


def describe_lines(lines: Sequence[str], others: Sequence[str] = ()) -> str:
    """Actions in words, as `missed calls go back to 0; letter \\`summary\\``.

    Where one of the `others` is about the same letter, its language and channel are told too.
    """
    also = {_name_letter(line) for line in others} - {None}
    return say("; ").join(_describe_line(line, _name_letter(line) in also) for line in lines)


def _describe_line(line: str, in_full: bool) -> str:
    action, _, rest = line.partition(" ")
    if action == "message":
        return _describe_message(rest, in_full)
    if action in _NAMED:
        return say(_NAMED[action]).format(name=_say_word(rest))
    if action in _QUOTED:
        return say(_QUOTED[action]).format(text=_quote(rest))
    return _WORDS[action](rest) if action in _WORDS else line


def _say_word(word: str) -> str:
    """Who it is, or that it is nobody."""
    return say("nobody") if word == "nobody" else word


def _name_letter(line: str) -> str | None:
    """The template of a message that a line is about."""
    words = line.split()
    return words[1] if len(words) > 1 and words[0] == "message" else None


def _describe_message(rest: str, in_full: bool) -> str:
    template, _, how = rest.partition(" ")
    channel, _, further = how.partition(" ")
    language, _, to = further.partition(" to ")
    letter = say("SMS `{name}`") if channel == "sms" else say("letter `{name}`")
    told = letter.format(name=template)
    if in_full and language:
        told += say(" in {language}").format(language=language)
    return told + say(" to {to}").format(to=_say_word(to)) if to else told


def _describe_set(rest: str) -> str:
    """`missed_calls 0`: a counter is said to go back."""
    name, _, value = rest.partition(" ")
    # In other languages, where forms of words depend on it, a field is called by its id.
    words = name.replace("_", " ") if find_spoken() == ENGLISH else name
    many = words.endswith("s") and not words.endswith("ss")
    if value == "0":
        told = say("{words} go back to 0") if many else say("{words} goes back to 0")
    elif value == "none":
        told = say("{words} are emptied") if many else say("{words} is emptied")
    else:
        told = say("{words} are set to {value}") if many else say("{words} is set to {value}")
    return told.format(words=words, value=value)


def _describe_task(rest: str) -> str:
    kind, _, due = rest.partition(" ")
    return say("task `{kind}` by {due}").format(kind=kind, due=due)


def _describe_done(rest: str) -> str:
    return say("task `{kind}` done").format(kind=rest.partition(" ")[0])


def _describe_told(rest: str) -> str:
    who, _, text = rest.partition(": ")
    return say("the {who} is told {text}").format(who=who, text=_quote(text))


def _describe_noted(rest: str) -> str:
    text = _quote(rest.removeprefix("there "))
    return say("note {text} on the other ticket").format(text=text)


def _describe_wait(rest: str) -> str:
    if rest == "without end":
        return say("wait without end")
    return say("wait until {day}").format(day=rest)


def _quote(text: str) -> str:
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST].rsplit(' ', 1)[0]}…"
    return say("“{text}”").format(text=cut)


_NAMED = {
    "tag": mark("tag `{name}`"),
    "untag": mark("tag `{name}` taken away"),
    "status": mark("status `{name}`"),
    "priority": mark("priority {name}"),
    "close": mark("closed with `{name}`"),
    "assign": mark("assigned to {name}"),
    "escalate": mark("escalated to {name}"),
    "transfer": mark("call put through to {name}"),
    "report": mark("row on sheet `{name}`"),
    "withdraw": mark("letter `{name}` withdrawn"),
    "add": mark("new in {name}"),
    "change": mark("changed in {name}"),
    "open": mark("opened {name}"),
}
_QUOTED = {"note": mark("note {text}"), "refuse": mark("refusal {text}")}
_WORDS: dict[str, Callable[[str], str]] = {
    "set": _describe_set,
    "task": _describe_task,
    "done": _describe_done,
    "tell": _describe_told,
    "noted": _describe_noted,
    "wait": _describe_wait,
}
"""How the rest of a line reads, by the action that it begins with."""
