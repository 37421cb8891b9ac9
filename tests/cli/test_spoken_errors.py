"""Errors become another language where they are printed."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from prassi.cli.spoken_errors import translate_error
from prassi.core.system.language import list_said, speak


@pytest.fixture(autouse=True)
def italian() -> Iterator[None]:
    speak("it")
    yield
    speak("en")


@pytest.mark.parametrize(
    ("error", "translated"),
    [
        ("give either TICKET or --event-id.", "indicare TICKET oppure --event-id."),
        (
            "there is no ticket 'T-9'; `prassi triage --all` lists the tickets there are.",
            "ticket 'T-9' non esiste; `prassi triage --all` elenca quelli che ci sono.",
        ),
        # A sentence within a sentence.
        (
            "--until is 2026-03-01, which is past: give 2026-03-02 or a later day.",
            "--until è 2026-03-01, che è passato: indicare 2026-03-02 o un giorno successivo.",
        ),
        (
            "OUTCOME is 'x': it must be one of pays, refuses.",
            "OUTCOME è 'x': dev'essere uno di pays, refuses.",
        ),
        # Each fault on its line, with its place.
        (
            "a.toml has 2 faults:\na.toml:3: there is no customer 'C-9'; `prassi customer list` lists them.",
            "a.toml ha 2 errori:\na.toml:3: cliente 'C-9' non esiste; li elenca `prassi customer list`.",
        ),
        # What no sentence of ours is stays as it is, and so does what is quoted.
        ("it is raining", "it is raining"),
        (
            "there is no customer 'give either TICKET'; `prassi customer list` lists them.",
            "cliente 'give either TICKET' non esiste; li elenca `prassi customer list`.",
        ),
    ],
)
def test_an_error_is_translated(error: str, translated: str) -> None:
    assert translate_error(error) == translated


def test_english_stays_as_it_is() -> None:
    speak("en")
    assert (
        translate_error("give either TICKET or --event-id.") == "give either TICKET or --event-id."
    )


def _list_hostile() -> dict[str, str]:
    pieces = [one for text in list_said("it", "errors") for one in re.split(r"\{\d\}", text)]
    return {
        "blanks": " " * 1_000_000,
        "lines": "\n" * 1_000_000,
        "pieces": (" ".join(pieces) * 100)[:1_000_000],
        "verbs": "is " * 333_000,
        "colons": "a:1: " * 200_000,
    }


@pytest.mark.parametrize("kind", _list_hostile())
def test_a_hostile_text_is_translated_soon(kind: str) -> None:
    """It takes a few milliseconds."""
    text = _list_hostile()[kind]
    error = f"there is no ticket {text!r}; `prassi triage --all` lists the tickets there are."
    for told in (error, text, f"{text}{error}"):
        before = time.process_time()
        translated = translate_error(told)
        assert time.process_time() - before < 0.25
        if told == error:
            # Of our own sentences it may be made so that a more general one fits.
            assert translated.startswith(("ticket '", "non esiste ticket '"))
