"""A book's words in other languages: `texts.LANG.toml` beside book.toml, keyed by what they are of.

    [rule."call.no-answer.first"]
    why = "Prima chiamata persa: ..."
    note.1 = "..."

Texts are put in where book.toml has its own, before the book is read, so that all that speaks of the
book speaks their language. Ids, tests and dates stay as they are, and so does every text that the
file does not have, or that names other things in braces.
"""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .placeholders import names

Key = tuple[str, ...]
Raw = dict[str, Any]
"""A table of a book as its TOML has it."""


class Slot(NamedTuple):
    """A place of a text: its key in texts.LANG.toml, and the table and the name at which it stands.

    A translation is put at `put_at` where the text itself is a key in JSON and stays.
    """

    key: Key
    table: Raw
    name: str
    put_at: str = ""

    @property
    def text(self) -> str:
        """The text as the book has it now."""
        return str(self.table[self.name])

    @property
    def is_note(self) -> bool:
        """Whether it is written on tickets, where it stays."""
        return self.key[0] in ("rule", "sequence", "sync") and self.key[2] == "note"


def find_slots(data: Raw) -> Iterator[Slot]:
    """All texts of a book, in its order; those without a word of their own are left out."""
    for slot in _find_all(data):
        if isinstance(slot.table.get(slot.name), str) and _has_words(slot.text):
            yield slot


def put_in_texts(data: Raw, spoken: Mapping[str, Any], noted: Mapping[str, Any]) -> None:
    """Put texts into a book's data: `noted` those of its notes, `spoken` all others; and what values
    are called, which stands under `words`."""
    for slot in find_slots(data):
        texts = noted if slot.is_note else spoken
        text = find_text(texts, slot.key)
        if isinstance(text, str) and names_same(text, slot.text):
            slot.table[slot.put_at or slot.name] = _put_in_words(text, texts.get("word", {}))
    data["words"] = dict(_tables(_table(dict(spoken), "word")))


def _put_in_words(text: str, words: Mapping[str, Mapping[str, str]]) -> str:
    """A text whose names in braces say how their values are called: `{channel|call=chiamata}`."""
    for name in {*names(text)}.intersection(words):
        known = "".join(f"|{value}={word}" for value, word in words[name].items())
        text = text.replace(f"{{{name}}}", f"{{{name}{known}}}")
    return text


def find_text(texts: Mapping[str, Any], key: Key) -> object:
    """What a file of texts has at a key; None where it has nothing."""
    found: object = texts
    for part in key:
        found = found.get(part) if isinstance(found, dict) else None
    return found


def list_keys(texts: Mapping[str, Any]) -> Iterator[Key]:
    """The keys of all that a file of texts has."""
    for name, value in texts.items():
        if isinstance(value, dict):
            yield from ((name, *key) for key in list_keys(value))
        else:
            yield (name,)


def names_same(text: str, other: str) -> bool:
    """Whether two texts have the same names in braces, in whatever order."""
    return set(names(text)) == set(names(other))


def _has_words(text: str) -> bool:
    return re.search(r"[^\W\d_]", re.sub(r"\{[^}]*\}", "", text)) is not None


def find_ids(data: Raw) -> dict[str, list[str]]:
    """The values of inputs, facts and fields that are words of a list, by their names; those that a
    parameter lists are the desk's own, and have no texts."""
    tables = [_table(data, "facts"), _table(data, "fields")]
    tables += [_table(raw, "fields") for _, raw in _tables(_table(data, "items"))]
    tables += [_table(raw, "inputs") for _, raw in _tables(_table(data, "events"))]
    found: dict[str, list[str]] = {}
    for name, raw in (pair for table in tables for pair in _tables(table)):
        if raw.get("type") == "word" and isinstance(raw.get("values"), list):
            found.setdefault(name, []).extend(raw["values"])
    return found


# --- where texts stand ----------------------------------------------------------------------------

_ABOUT = {"statuses": "status", "tasks": "task", "fields": "field", "facts": "fact"}
"""Tables whose members each have one text, `about`."""


def _find_all(data: Raw) -> Iterator[Slot]:
    heading = _table(data, "book")
    yield from (Slot(("book", name), heading, name) for name in ("title", "source"))
    for name, raw in _tables(_table(data, "parameters")):
        yield from (Slot(("parameter", name, key), raw, key) for key in ("about", "unit"))
    roles = _table(data, "roles")
    yield from (Slot(("role", name), roles, name) for name in roles)
    for section, says in (("statement", ("says", "manual")), ("remark", ("says",))):
        for raw in _elements(data, section):
            yield from (Slot((section, str(raw.get("id")), key), raw, key) for key in says)
    for section, word in _ABOUT.items():
        for name, raw in _tables(_table(data, section)):
            yield Slot((word, name), raw, "about")
    for kind, raw in _tables(_table(data, "items")):
        yield Slot(("item", kind, "about"), raw, "about")
        for name, field in _tables(_table(raw, "fields")):
            yield Slot(("item", kind, "field", name), field, "about")
    yield from _find_in_rules(data)
    yield from _find_elsewhere(data)


def _find_in_rules(data: Raw) -> Iterator[Slot]:
    for name, raw in _table(data, "sequences").items():
        yield from _find_in_steps(("sequence", name), raw)
    for name, event in _tables(_table(data, "events")):
        yield Slot(("event", name, "title"), event, "title")
        for given, raw in _tables(_table(event, "inputs")):
            yield Slot(("event", name, "input", given), raw, "about")
        for raw in _elements(event, "rule"):
            key = ("rule", str(raw.get("id")))
            yield Slot((*key, "why"), raw, "why")
            yield Slot((*key, "irreversible"), raw, "irreversible")
            yield from _find_in_steps(key, raw.get("then"))


def _find_in_steps(key: Key, steps: object) -> Iterator[Slot]:
    """The texts of actions, each kind numbered from 1."""
    counts = {"note": 0, "tell": 0, "refuse": 0}
    for step in steps if isinstance(steps, list) else ():
        for kind in counts:
            if isinstance(step, dict) and kind in step:
                counts[kind] += 1
                name = "text" if kind == "tell" else kind
                yield Slot((*key, kind, str(counts[kind])), step, name)


def _find_elsewhere(data: Raw) -> Iterator[Slot]:
    for name, raw in _tables(_table(data, "sheets")):
        yield Slot(("sheet", name, "title"), raw, "title")
        for place, column in enumerate(_elements(raw, "columns"), 1):
            head = "title" if "title" in column else "head"
            yield Slot(("sheet", name, "column", str(place)), column, head, put_at="title")
    for name, raw in _tables(_table(data, "sync")):
        yield Slot(("sync", name, "note"), raw, "note")
    for raw in _elements(data, "forbidden"):  # what has no id goes by its words
        yield Slot(("forbidden", str(raw.get("about"))), raw, "about")


def _table(data: Raw, name: str) -> Raw:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _tables(data: Raw) -> Iterator[tuple[str, Raw]]:
    return ((name, raw) for name, raw in data.items() if isinstance(raw, dict))


def _elements(data: Raw, name: str) -> Iterator[Raw]:
    value = data.get(name)
    return (raw for raw in value if isinstance(raw, dict)) if isinstance(value, list) else iter(())
