"""The texts of a book in other languages: which are missing, and which name other things."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...book.placeholders import names
from ...book.texts import find_ids, find_slots, find_text, list_keys
from ...errors import BadInput
from ...library.book_texts import find_texts, read_texts
from ...system.toml_document import Document
from .findings import Observation, join_words


def check_texts(folder: str, data: dict[str, Any]) -> Iterator[Observation]:
    """What is wrong with the files texts.LANG.toml beside a book."""
    for language in find_texts(folder):
        try:
            document = read_texts(folder, language)
        except BadInput as error:
            place, _, sentence = str(error).partition(": ")
            yield Observation(kind="text", at=place, sentence=sentence)
        else:
            yield from _check_file(document, data)


def _check_file(document: Document, data: dict[str, Any]) -> Iterator[Observation]:
    known = set[tuple[str, ...]]()
    for slot in find_slots(data):
        known.add(slot.key)
        text, called = find_text(document.data, slot.key), ".".join(slot.key)
        if not isinstance(text, str):
            yield Observation(
                kind="untranslated",
                at=document.at(*slot.key),
                sentence=f"{called} is missing, so that it is said in English: {slot.text!r}.",
            )
        elif wrong := _compare_names(slot.text, text):
            yield Observation(
                kind="text",
                at=document.at(*slot.key),
                sentence=f"{called} {wrong}, so that it is said in English.",
            )
    yield from _check_words(document, data)
    for key in list_keys(document.data):
        if key not in known and key[0] != "word":
            sentence = f"the book has no text {'.'.join(key)}."
            yield Observation(kind="text", at=document.at(*key), sentence=sentence)


def _check_words(document: Document, data: dict[str, Any]) -> Iterator[Observation]:
    """Values without a word of their own, of which only the id can be printed."""
    for name, ids in find_ids(data).items():
        for one in dict.fromkeys(ids):
            if not isinstance(find_text(document.data, ("word", name, one)), str):
                yield Observation(
                    kind="untranslated",
                    at=document.at("word", name),
                    sentence=f"word.{name}.{one} is missing, so that only the id is printed.",
                )


def _compare_names(text: str, translated: str) -> str:
    """How the names in braces of two texts differ; empty where they do not."""
    wanted, found = {*names(text)}, {*names(translated)}
    lacking, more = sorted(wanted - found), sorted(found - wanted)
    told = [f"does not name {join_words(lacking)}"] * bool(lacking)
    told += [f"names {join_words(more)}, which the book's text does not"] * bool(more)
    return " and ".join(told)
