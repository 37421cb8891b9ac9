"""The query of `list`: FIELD:VALUE conditions, joined by blanks (and), `or`, `not` and parentheses."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..errors import BadInput
from ..system.near_words import find_near

_TOKEN = re.compile(r'\s+|[()]|(?:[^\s()"]|"(?:[^"\\]|\\.)*")+')
_CONDITION = re.compile(
    r'([A-Za-z_][\w.-]*):(<=|>=|<|>|=|~)?((?:[^"]|"(?:[^"\\]|\\.)*")*)', re.DOTALL
)
_VALUE = re.compile(r'(?:[^",]|"(?:[^"\\]|\\.)*")+')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_WITH_BLANKS = re.compile(r'([A-Za-z_][\w.-]*:(?:<=|>=|<|>|=|~)?)([^"()]*\s[^"()]*)')
_JOINED = re.compile(r"(?:^|\s)(?:or|and|not|[A-Za-z_][\w.-]*:\S*)(?:\s|$)", re.IGNORECASE)

_QUERY = "QUERY"
_DEEPEST = 40
_MOST = 200


class Value(NamedTuple):
    """A value of a condition; one that was quoted is a text and no word of the language."""

    text: str
    quoted: bool


class Criterion(NamedTuple):
    """FIELD:VALUE, where it stands, as it was written, and the values of which one has to fit.

    `operator` is empty where none is written.
    """

    place: str
    field: str
    operator: str
    values: tuple[Value, ...]


class Not(NamedTuple):
    """What must not fit."""

    part: "Node"


class All(NamedTuple):
    """Parts that all have to fit."""

    parts: tuple["Node", ...]


class Any(NamedTuple):
    """Parts of which one has to fit."""

    parts: tuple["Node", ...]


Node = Criterion | Not | All | Any


def join_words(words: Sequence[str]) -> str:
    """The words of a shell as one query; a value whose quotes the shell took gets them back."""
    return " ".join(map(_quote_again, words))


def _quote_again(word: str) -> str:
    found = _WITH_BLANKS.fullmatch(word)
    if found is None or _JOINED.search(found[2]):
        return word
    quoted = found[2].replace("\\", "\\\\")
    return f'{found[1]}"{quoted}"'


def parse_query(text: str, views: Mapping[str, str], name: str = _QUERY) -> All | Any:
    """A query as a tree, with that of a view where it says @NAME; BadInput, which names the place in
    what is called `name`."""
    return _Parser(text, name, views).parse()


class _Token(NamedTuple):
    text: str
    start: int


class _Parser:
    """Reads the tokens of a query from left to right."""

    def __init__(self, text: str, name: str, views: Mapping[str, str]) -> None:
        self._text, self._name, self._views = text, name, views
        self._next = self._depth = 0
        self._tokens = list(self._split())
        if len(self._tokens) > _MOST:
            raise BadInput(f"{name} is too long: give at most {_MOST} conditions.")

    def _split(self) -> list[_Token]:
        found, start = list[_Token](), 0
        while start < len(self._text):
            match = _TOKEN.match(self._text, start)
            if match is None:
                raise self._error(start, "a quotation mark is not closed")
            if not match[0].isspace():
                found.append(_Token(match[0], start))
            start = match.end()
        return found

    def _error(self, start: int, reason: str) -> BadInput:
        rest = self._text[start:].split()
        at = f"at {rest[0]!r} (character {start + 1})" if rest else "at its end"
        return BadInput(f"{self._name}, {at}: {reason}.")

    def _peek(self) -> str | None:
        return self._tokens[self._next].text if self._next < len(self._tokens) else None

    def _take(self, *words: str) -> bool:
        """Whether the next token is one of these words; it is passed then."""
        token = self._peek()
        if token is None or token.lower() not in words:
            return False
        self._next += 1
        return True

    @property
    def _start(self) -> int:
        return self._tokens[self._next].start if self._next < len(self._tokens) else len(self._text)

    def parse(self) -> All | Any:
        if not self._tokens:
            return All(())
        found = self._parse_any()
        if self._peek() is not None:
            raise self._error(self._start, "this parenthesis closes nothing")
        return found if isinstance(found, All | Any) else All((found,))

    def _parse_any(self) -> Node:
        parts = [self._parse_all()]
        while self._take("or"):
            parts.append(self._parse_all())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _parse_all(self) -> Node:
        parts = [self._parse_part()]
        while (token := self._peek()) is not None and token.lower() not in ("or", ")"):
            self._take("and")
            parts.append(self._parse_part())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _parse_part(self) -> Node:
        start, token = self._start, self._peek()
        if token is None or token.lower() in ("or", "and", ")"):
            raise self._error(start, "a condition such as status:new is missing here")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error(
                start, f"there are more than {_DEEPEST} parentheses within each other"
            )
        try:
            if self._take("not"):
                return Not(self._parse_part())
            if not self._take("("):
                self._next += 1
                if token.startswith("@"):
                    return self._parse_view(token[1:], start)
                return self._parse_condition(token, start)
            found = self._parse_any()
            if not self._take(")"):
                raise self._error(start, "this parenthesis is not closed")
            return All((found,))  # by itself: what stands beside it is about other items
        finally:
            self._depth -= 1

    def _parse_view(self, name: str, start: int) -> Node:
        if self._name != _QUERY:
            raise self._error(start, "a view can't have another one in it")
        if name not in self._views:
            near = find_near(name, self._views)
            then = f"did you mean @{near}?" if near else "`--save NAME` prints a line for [views]."
            at = self._error(start, f"the settings have no view {name!r}; {then}")
            raise BadInput(str(at).removesuffix("."))
        return All((parse_query(self._views[name], {}, f"view {name}"),))

    def _parse_condition(self, token: str, start: int) -> Criterion:
        match = _CONDITION.fullmatch(token)
        if match is None:
            raise self._error(
                start,
                "this is not a condition: write FIELD:VALUE, such as customer:bolle, or use `prassi find`"
                " to look for words",
            )
        name, operator, written = match.groups()
        values = tuple(_read_value(one) for one in _VALUE.findall(written))
        if not values:
            raise self._error(start, f"{name} has no value: write {name}:VALUE")
        place = f"{self._name}, at {token!r} (character {start + 1})"
        return Criterion(place, name.lower(), operator or "", values)


def _read_value(written: str) -> Value:
    return Value(
        _QUOTED.sub(lambda found: re.sub(r"\\(.)", r"\1", found[1]), written), '"' in written
    )
