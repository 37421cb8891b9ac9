"""Positions in TOML: a writer of random documents knows where it put each key, and is believed."""

from __future__ import annotations

import json
import random
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prassi.core.errors import BadInput
from prassi.core.system.parse_toml import DEEPEST, LARGEST, parse
from prassi.core.system.toml_positions import find_positions
from tries import tries

Place = tuple[str | int, ...]

LOOKS_LIKE_TOML = (
    "[calendars.IT]",
    '["q"]',
    "y = 1",
    "[[a]]",
    "# no comment",
    "}, {",
    "a.b = '''",
    "= \\",
    "\u2028\x85",
    "",
)
"""Lines within texts that a reader of lines takes for structure."""

NAMES = ("a", "b", "c", "1", "-x", "a.b", "", "[a]", 'q"q', "é", "a = 1", "#", "tab\t", "\\")


class Writer:
    """Writes TOML in a random way, and notes the line of each key and of each element."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.text = chance, ""
        self.lines: dict[Place, int] = {}
        self.newline = chance.choice(("\n", "\r\n"))

    def document(self) -> None:
        """A whole document: keys first, then tables."""
        self.body((), set(), 3)
        self.gap()

    # --- tables ----------------------------------------------------------------------------------

    def body(self, path: Place, names: set[str], depth: int) -> None:
        """The keys of a table, and then the tables in it, each under its header."""
        for _ in range(self.chance.randrange(4)):
            if name := self.new_name(names):
                self.gap()
                self.pair(path, name, depth)
                self.text += self.comment() + self.newline
        headers = self.chance.randrange(3) if depth else 0
        for _ in range(headers):
            if name := self.new_name(names):
                self.table(path, name, depth - 1)

    def table(self, path: Place, name: str, depth: int) -> None:
        """A table, or an array of tables; a parent that nothing else names may come with it."""
        if self.chance.random() < 0.4:
            for place in range(self.chance.randint(1, 3)):
                self.header((*path, name), "[[", place)
                self.body((*path, name, place), set(), depth)
            return
        inner = set[str]()
        if self.chance.random() < 0.3:  # a table within, whose parent has its header later or never
            within = (*path, name, self.new_name(inner))
            self.header(within, "[", None)
            self.body(within, set(), depth)
        if not inner or self.chance.random() < 0.5:
            self.header((*path, name), "[", None)
            self.body((*path, name), inner, depth)

    def header(self, path: Place, opening: str, place: int | None) -> None:
        """`[a.b]` or `[[a.b]]`; the places of arrays on the way are not written."""
        self.gap()
        whole = path if place is None else (*path, place)
        self.note_all(whole)
        dotted = self.dotted([str(part) for part in path if isinstance(part, str)])
        closing = "]" * len(opening)
        self.text += f"{opening}{self.blank()}{dotted}{self.blank()}{closing}"
        self.text += self.comment() + self.newline

    # --- keys and values ---------------------------------------------------------------------------

    def pair(self, path: Place, name: str, depth: int, is_inline: bool = False) -> None:
        """A key, dotted or not, and its value; sometimes a second one begins as it does."""
        more = [self.chance.choice(NAMES) for _ in range(self.chance.randrange(3))]
        if more and self.chance.random() < 0.3:
            first = (*path, name, *more[:-1], f"{more[-1]}2")
            self.note_all(first)
            self.text += f"{self.dotted([str(one) for one in first[len(path) :]])} = 1"
            self.text += ", " if is_inline else self.comment() + self.newline
        inner = (*path, name, *more)
        self.note_all(inner)
        self.text += f"{self.dotted([name, *more])}{self.blank()}={self.blank()}"
        self.value(inner, depth)

    def value(self, path: Place, depth: int) -> None:
        """Any value; a list can go over many lines, and so can a text."""
        kinds = [self.scalar, self.string, *([self.listed, self.inline] if depth else [])]
        self.chance.choice(kinds)(path, depth)

    def scalar(self, path: Place, depth: int) -> None:
        written = (
            "1",
            "-0.5e3",
            "true",
            "1979-05-27 07:32:00Z",
            "1979-05-27",
            "0x1F",
            "inf",
            "1_0",
        )
        self.text += self.chance.choice(written)

    def string(self, path: Place, depth: int) -> None:
        """A text of one of the four kinds, with what looks like TOML in it."""
        lines = [self.chance.choice(LOOKS_LIKE_TOML) for _ in range(self.chance.randint(1, 4))]
        kind = self.chance.choice(('"', "'", '"""', "'''"))
        if len(kind) == 1:
            lines = [one for one in lines if one.isprintable()][:1] or [""]
        if kind[0] == "'":
            written = self.newline.join(lines).replace("'", "")
        else:
            written = self.newline.join(json.dumps(one)[1:-1] for one in lines)
        if len(kind) == 3:
            written += self.chance.choice(("", " ", kind[0], kind[0] * 2))
            written += self.newline * self.chance.randrange(2)
        self.text += kind + written + kind

    def listed(self, path: Place, depth: int) -> None:
        self.text += "["
        for place in range(self.chance.randrange(4)):
            self.gap()
            self.note_all((*path, place))
            self.value((*path, place), depth - 1)
            self.gap()
            self.text += ","
        self.gap()
        self.text += "]"

    def inline(self, path: Place, depth: int) -> None:
        names = set[str]()
        self.text += "{" + self.blank()
        for place in range(self.chance.randrange(3)):
            if name := self.new_name(names):
                self.text += "," if place and len(names) > 1 else ""
                self.pair(path, name, depth - 1, is_inline=True)
        self.text += self.blank() + "}"

    # --- what stands between --------------------------------------------------------------------------

    def note_all(self, path: Place) -> None:
        """All tables on the way stand here too, where nothing named them before."""
        line = self.text.count("\n") + 1
        for end in range(1, len(path) + 1):
            self.lines.setdefault(path[:end], line)

    def new_name(self, names: set[str]) -> str:
        name = self.chance.choice([one for one in NAMES if one not in names and one] or [""])
        names.add(name)
        return name

    def dotted(self, parts: list[str]) -> str:
        return self.chance.choice((".", " . ", "\t.")).join(map(self.key, parts))

    def key(self, name: str) -> str:
        bare = name.replace("-", "").isalnum() and name.isascii()
        ways = [json.dumps(name, ensure_ascii=self.chance.random() < 0.5)]
        ways += [name] * bare + [f"'{name}'"] * ("\t" not in name)
        return self.chance.choice(ways)

    def blank(self) -> str:
        return self.chance.choice(("", " ", "\t "))

    def comment(self) -> str:
        return self.blank() + self.chance.choice(("", "# [x]", "# y = ['''", '# "'))

    def gap(self) -> None:
        """Blanks, empty lines and comments."""
        for _ in range(self.chance.randrange(3)):
            self.text += self.comment() + self.newline
        self.text += self.blank()


@pytest.mark.unmeasured
@given(st.randoms(use_true_random=False))
@tries(60)
def test_every_key_stands_where_it_was_written(chance: random.Random) -> None:
    writer = Writer(chance)
    writer.document()
    tomllib.loads(writer.text)  # else the writer is wrong
    assert find_positions(writer.text, DEEPEST).lines == writer.lines


def paths_in(value: object, path: Place = ()) -> set[Place]:
    """The path of everything in a document."""
    parts: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        parts = list(value.items())
    elif isinstance(value, list):
        parts = list(enumerate(value))
    return {(*path, key) for key, _ in parts}.union(*(paths_in(v, (*path, k)) for k, v in parts))


@pytest.mark.parametrize("path", sorted(Path(__file__).parents[2].glob("core/books/**/*.toml")))
def test_everything_in_our_own_files_has_its_line(path: Path) -> None:
    """And the line that is named has the key in it."""
    text = path.read_text(encoding="utf-8")
    lines = find_positions(text, DEEPEST).lines
    assert lines.keys() == paths_in(tomllib.loads(text))
    written = text.split("\n")
    for place, line in lines.items():
        if isinstance(place[-1], str):
            assert place[-1] in written[line - 1], place


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ('a = """\n[calendars.IT]\nb = 1\n"""\n\n\n\n[calendars.IT]\n', ("calendars", "IT"), 8),
        ('[a]\nx = [\n["p"],\n["q"]\n]\ny = 1\n', ("a", "y"), 6),
        ('[a]\nx = [\n["p"],\n["q"]\n]\ny = 1\n', ("a", "x", 1), 4),
        ("[a]\nx = 1\n[b]\nx = 1\n", ("b", "no", "such", 1, "key"), 3),
        ("[a.b]\n", ("a",), 1),
        ("\n[a.b]\n", ("a", "c"), 2),
        ("\ufeffx = 1\ny = '\u2028'\nz = 1\n", ("z",), 3),
        ("x = 1\n", ("y",), 1),
    ],
)
def test_a_fault_is_told_at_the_line_of_its_key(text: str, path: Place, line: int) -> None:
    assert parse("book.toml", text.encode()).at(*path) == f"book.toml:{line}"


TOO_DEEP = f"tables and lists are nested more than {DEEPEST} deep; write them flatter."
TOO_LARGE = f"a number is larger than {LARGEST}, the largest that TOML has."


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("x = 1\n" + ".".join(["a"] * 1_200) + " = 1\n", f"t:2: {TOO_DEEP}"),
        ("x = 1\n[" + ".".join(["a"] * 1_200) + "]\n", f"t:2: {TOO_DEEP}"),
        ("x = 1\n\ny = " + "[" * 5_000 + "]" * 5_000, f"t:3: {TOO_DEEP}"),
        ("x = " + "[\n" * 5_000 + "]" * 5_000, f"t:51: {TOO_DEEP}"),
        ("x = " + "{a = " * 300 + "1" + "}" * 300, f"t:1: {TOO_DEEP}"),
        ("x = " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), f"t:1: {TOO_DEEP}"),
        (
            "# " + "1" * 5_000 + "\nx = '" + "1" * 5_000 + "'\ny = " + "1" * 5_000,
            f"t:3: {TOO_LARGE}",
        ),
        ("x = [1,\n9223372036854775808]", f"t:2: {TOO_LARGE}"),
        ("x = -9223372036854775809", f"t:1: {TOO_LARGE}"),
        ("x = 1\nx = 2", "t:2: this is not valid TOML: Cannot overwrite a value."),
        ('x = "', "t:1: this is not valid TOML: Unterminated string."),
        ("x = 1\n\xff", "t:2: this is not UTF-8 text; save the file as UTF-8."),
    ],
)
def test_what_can_not_be_read_is_a_fault_with_its_line(text: str, fault: str) -> None:
    encoding = "latin-1" if "\xff" in text else "utf-8"
    with pytest.raises(BadInput) as caught:
        parse("t", text.encode(encoding))
    assert str(caught.value) == fault


def test_what_is_just_not_too_much_is_read() -> None:
    deep = "x = " + "[" * (DEEPEST - 1) + "1" + "]" * (DEEPEST - 1)
    assert parse("t", deep.encode()).at("x", *[0] * (DEEPEST - 1)) == "t:1"
    most = parse("t", b"x = [9223372036854775807, -9223372036854775808]").data["x"]
    assert most == [LARGEST, -LARGEST - 1]
