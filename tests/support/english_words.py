"""English words in what is printed at a desk of another language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FIXTURES = Path(__file__).parents[2] / "fixtures"

_WORDS = """
the of is are and was were been being this that these those which with without from until what when
where who whom has have had not nothing nobody somebody its their they them there then than because
into only more most any each every other another would can could must should will may does did done
by for too much missing expected but also our your you we us before after between during about
above below such letters
"""
ENGLISH = set(_WORDS.split())
"""Words that an English sentence can hardly do without, and that no other of our languages has."""


def find_english(text: str, data: object = ()) -> set[str]:
    """The English function words of a text, outside of what is quoted: data, ids, options, commands."""
    told = re.sub("[\u200e\u200f]", "", text)
    told = " ".join(re.sub(r"(?m)^  [a-z-]+  |^  \w+ = ", " ", told).split())
    for quoted in sorted({*_list_texts(data)}, key=len, reverse=True):
        told = told.replace(quoted, "")
    told = re.sub(r"`[^`]*`|'[^']*'|\[[^\]]*\]|\S*[-_/=.|]\S+", " ", told)
    return ENGLISH.intersection(re.findall(r"\b[a-z]+\b", told))


def _list_texts(data: object) -> Iterator[str]:
    if isinstance(data, str) and len(data) > 3:
        yield " ".join(data.split())
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _list_texts(part)


def read_fixture(book: str) -> Any:
    return json.loads((FIXTURES / f"{book}.json").read_text(encoding="utf-8"))
