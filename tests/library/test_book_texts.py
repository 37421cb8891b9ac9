"""A book's own words: its texts in other languages, beside book.toml."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from desk import Desk
from prassi.core.analysis.checks.book_texts import check_texts
from prassi.core.library.book_files import OURS
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE

NATIVE = {
    "collections": "it",
    "cases": "ru",
    "insistence": "es",
    "packages": "ar",
    "requests": "it",
}


@pytest.mark.parametrize(("name", "language"), NATIVE.items())
def test_each_of_our_books_has_all_its_texts_in_the_language_of_its_source(
    name: str, language: str
) -> None:
    folder = Path(OURS) / name
    assert (folder / f"texts.{language}.toml").exists()
    data = Shelf(NONE).files(name).document().data
    assert data["book"]["language"] == language
    assert [*check_texts(str(folder), data)] == []


def test_a_book_speaks_the_language_asked_for_else_english() -> None:
    def says(spoken: str | None, desk: str | None = None) -> tuple[str, str, str]:
        book = Shelf(NONE._replace(spoken=spoken, language=desk)).book("collections")
        rule = book.event("call").rule("call.refuses")
        (note,) = (step.written["note"] for step in rule.steps
                   if str(step.written.get("note", "{")).startswith(("Ref", "Rif")))  # fmt: skip
        return book.title, rule.why.as_written, str(note).split("|")[0]

    english = ("Recovering unpaid proformas", "Refuses to pay: pre-block notice.")
    italian = ("Recupero delle proforma non pagate", "Rifiuta di pagare: avviso di preblocco.")
    assert says("it") == (*italian, "Rifiuta di pagare ({channel")
    assert says("ru") == (*english, "Rifiuta di pagare ({channel")
    assert says("en") == (*english, "Rifiuta di pagare ({channel")
    assert says("en", "en") == (*english, "Refuses to pay ({channel}).")
    assert says("it", "ru") == (*italian, "Refuses to pay ({channel}).")
    assert says(None) == (*english, "Refuses to pay ({channel}).")


def test_its_digest_is_the_same_in_all_languages() -> None:
    """A corrected comma is no other book."""
    books = [
        Shelf(NONE._replace(spoken=one)).book("collections") for one in (None, "en", "it", "ru")
    ]
    assert len({book.digest for book in books}) == 1
    assert len({book.kept_json for book in books}) == 1


def test_texts_name_inputs_as_the_one_who_reads_gives_them() -> None:
    def refuses(**given: object) -> str:
        book = Shelf(NONE._replace(**given)).book("collections")  # type: ignore[arg-type]
        rule = book.event("promise").rule("promise.reschedule.early")
        return rule.steps[0].action.text.as_written  # type: ignore[attr-defined,no-any-return]

    assert "with --extend, or make a new one with --agreed-on." in refuses()
    assert "con --extend, o farne una nuova con --agreed-on." in refuses(spoken="it")
    button = refuses(label_input=lambda name: f"«{name.upper()}»")
    assert "with «WHAT=EXTEND», or make a new one with «AGREED_ON»." in button


def copy_book(desk: Desk, name: str) -> Path:
    """A book of one's own: one of ours, with its texts."""
    folder = desk.folder / "books" / name
    shutil.copytree(f"{OURS}/{name}", folder, ignore=shutil.ignore_patterns("scenarios"))
    desk.settings('[folders]\nbooks = "books"\n')
    return folder / f"texts.{NATIVE[name]}.toml"


def test_what_is_wrong_with_texts_is_told_and_stops_nothing(desk: Desk) -> None:
    own = copy_book(desk, "collections")
    text = own.read_text(encoding="utf-8")
    text = text.replace('why = "Rifiuta di pagare: avviso di preblocco."\n', "")
    text = text.replace('awaits-last = "si attende un pagamento, poi l\'avviso"\n', "")
    text = text.replace(
        "Accordo: saldo del dovuto il {agreed_on} ({channel}).", "Accordo ({kanale})."
    )
    own.write_text(text + '\n[rule."call.gone"]\nwhy = "Via."\n', encoding="utf-8")
    data = Shelf(NONE).files("collections").document().data
    found = [*check_texts(str(own.parent), data)]
    assert [(one.kind, one.sentence) for one in found] == [
        ("text", "rule.call.agreement.full.note.1 does not name agreed_on and channel and names kanale,"
                 " which the book's text does not, so that it is said in English."),
        ("untranslated", "rule.call.refuses.why is missing, so that it is said in English: 'Refuses to"
                         " pay: pre-block notice.'."),
        ("untranslated", "word.stands.awaits-last is missing, so that only the id is printed."),
        ("text", "the book has no text rule.call.gone.why."),
    ]  # fmt: skip
    desk.load({"ref": "T-1", "book": "collections", "customer": "C-1", "status": "new",
               "opened": "2026-02-01",
               "proformas": [{"number": "PF-1", "amount": "80.00", "currency": "EUR"}]})  # fmt: skip
    said = desk.good("call-outcome T-1 agreement --agreed-on 2026-03-10 --lang it").out
    assert "Il saldo del dovuto è promesso per il 2026-03-10." in said
    assert ": Agreed to pay all that is due on 2026-03-10 (call)." in said


def test_a_file_of_texts_that_is_not_toml_is_told_with_its_line(desk: Desk) -> None:
    copy_book(desk, "requests").write_text("[book]\ntitle = \n", encoding="utf-8")
    ran = desk.run("book check requests")
    assert (ran.code, "texts.it.toml:2: this is not valid TOML" in ran.out) == (1, True)
    assert "requests" in desk.good("book list --lang it").out
