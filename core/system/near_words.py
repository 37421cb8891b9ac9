"""The word somebody may have meant: for errors that end in "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable


def find_near(word: str, known: Iterable[str]) -> str | None:
    """The known word that is nearest to a misspelt one, whatever their case; None where none is near."""
    from difflib import get_close_matches  # 3 ms, where a word was misspelt

    folded = {one.casefold(): one for one in known}
    found = get_close_matches(word.casefold(), folded, 1, 0.75)
    return folded[found[0]] if found else None
