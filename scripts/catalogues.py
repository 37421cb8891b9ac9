"""The catalogues in core/locale: `--check` says what they lack, without it they are written anew.

Texts that the code has no more are dropped, new ones come in untranslated.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from catalogue_texts import ROOT, Text, list_texts
from prassi.core.system.language import DOMAINS, WEB

LANGUAGES = ("it", "es", "ru", "ar")
FOLDER = ROOT / "core" / "locale"

_DATED = tuple(
    f'"{name}'
    for name in ("Project", "Report", "POT", "PO-Rev", "Last", "Language-Team", "Generated")
)
"""Lines of the head of a .po that change without reason."""

Translated = str | tuple[str, ...]


def find_path(language: str, domain: str) -> Path:
    """The .po of a language and a catalogue."""
    return FOLDER / language / "LC_MESSAGES" / f"{domain}.po"


def read_catalogue(language: str, domain: str) -> dict[str, Translated]:
    """What is translated, by its English."""
    path = find_path(language, domain)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalogue = read_po(file, language)
    return {_name(one): _read_forms(one) for one in catalogue if one.id}


def write_catalogue(language: str, domain: str, known: Mapping[str, Translated]) -> None:
    """Write a .po with all texts of the code, as far as they are known."""
    catalogue = Catalog(locale=language, fuzzy=False)
    catalogue.header_comment = "#"
    for text in list_texts(domain):
        empty: Translated = ("",) * catalogue.num_plurals if text.many else ""
        said = known.get(text.one, empty)
        if language == "ar" and domain != WEB:  # a page has its own marks
            said = hold_left(said) if isinstance(said, str) else tuple(map(hold_left, said))
        catalogue.add((text.one, text.many) if text.many else text.one, said)
    path = find_path(language, domain)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = BytesIO()
    write_po(made, catalogue, no_location=True, sort_output=True, width=100)
    lines = made.getvalue().decode().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith(_DATED)))


_LEFT = "\u200e"
_FROM_LEFT = re.compile(
    rf"{_LEFT}?(?<![\w-])(--?[A-Za-z]|\[[A-Za-z])"  # an option; a table of a TOML file
    rf"|{_LEFT}?(`[^`]*`){_LEFT}?"  # a command
)


def hold_left(text: str) -> str:
    """A text in Arabic, with marks that keep what runs from left to right in it together."""
    return _FROM_LEFT.sub(
        lambda found: f"{_LEFT}{found[1]}" if found[1] else f"{_LEFT}{found[2]}{_LEFT}", text
    )


def find_faults(language: str, domain: str) -> Iterator[str]:
    """What is wrong with a catalogue, a sentence each."""
    path = find_path(language, domain).relative_to(ROOT)
    known, texts = read_catalogue(language, domain), list_texts(domain)
    for text in texts:
        translated = known.get(text.one)
        forms = (translated,) if isinstance(translated, str) else translated or ()
        if not forms or not all(forms):
            yield f"{path}: {text.one!r} is not translated."
        elif any(not _fits(text, form) for form in forms):
            yield f"{path}: {text.one!r} has other names in braces than its translation."
    for stale in sorted(known.keys() - {text.one for text in texts}):
        yield f"{path}: {stale!r} is not said any more."


def _fits(text: Text, form: str) -> bool:
    """Whether a translation puts in what its English does; a plural form may leave the count out."""
    one, many, found = (
        {*re.findall(r"\{[^}]*\}", say)} for say in (text.one, text.many or "", form)
    )
    return found <= one | many if text.many else found == one


def _read_forms(message: Message) -> Translated:
    string = message.string
    return string if isinstance(string, str) else tuple(string or ())


def _name(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def main() -> None:
    """Write or check all catalogues."""
    pairs = [(language, domain) for language in LANGUAGES for domain in DOMAINS]
    if "--check" in sys.argv:
        faults = [fault for pair in pairs for fault in find_faults(*pair)]
        print(*faults, sep="\n", end="\n" * bool(faults))
        sys.exit(f"The catalogues have {len(faults)} faults." if faults else 0)
    for language, domain in pairs:
        write_catalogue(language, domain, read_catalogue(language, domain))


if __name__ == "__main__":
    main()
