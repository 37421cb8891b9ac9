"""`[sync]` of a book: what it answers to differences in a ledger, and each fault with its line."""

from __future__ import annotations

from pathlib import Path

import prassi.core.books
import pytest
from brought_in import shelf
from prassi.core.book.placeholders import Text
from prassi.core.book.read_book import BookReader, read_book
from prassi.core.book.sync_answers import NO_SYNC, OwesAgain, SyncEvent
from prassi.core.system.parse_toml import parse

BOOK = Path(prassi.core.books.__file__).with_name("collections") / "book.toml"
WRITTEN = BOOK.read_text(encoding="utf-8")


def read(old: str = "", new: str = "") -> BookReader:
    """Collections with something else in place of one text."""
    assert old in WRITTEN
    text = WRITTEN.replace(old, new, 1) if old else WRITTEN
    return read_book(parse("book.toml", text.encode()), {}, checking=True)


def test_it_is_read_as_it_is_written() -> None:
    reader = read()
    sync = reader.sync
    assert not reader.toml.faults
    assert sync.missing == "paid"
    assert sync.owes_again == OwesAgain("collections", "follows")
    assert sync.items["proformas"]["less"] == SyncEvent(
        "payment",
        {
            "proforma": (Text(("", "number", "")),),
            "amount": Text(("", "less.amount", "")),
            "part": True,
        },
    )
    assert set(sync.items["proformas"]) == {
        "new",
        "paid",
        "gone",
        "less",
        "credit",
        "again",
        "more",
    }
    assert sync.close == SyncEvent(
        "close", {"result": Text(("withdrawn",)), "note": Text(("The ledger has it no more.",))}
    )


def test_the_other_books_keep_what_is_missing_and_a_book_may_say_nothing() -> None:
    books = shelf()
    others = [books.book(name).sync for name in ("cases", "insistence", "packages", "requests")]
    assert {one.missing for one in others} == {"keep"}
    assert read(WRITTEN[WRITTEN.index("[sync]") : WRITTEN.index("# === Sheets")]).sync == NO_SYNC


NEW = 'new = { event = "proforma", add = "{number}", amount = "{amount}", issued = "{issued}" }'
CLOSE = 'close = { event = "close", result'
WRONG = [
    ('missing = "paid"', 'missing = "gone"', "missing is 'gone': it must be one of keep, paid, close."),
    ("[sync.proformas]", "[sync.invoices]", "sync has no key 'invoices'; its keys are"),
    ("[sync.proformas]", "[sync.promises]", "promises have no key, so what is new or gone can't be told."),
    (NEW, NEW.replace("new =", "added ="), "proformas has no key 'added'; its keys are new, again,"),
    (NEW, NEW.replace('"proforma"', '"invoice"'), "the book has no event 'invoice': it has call,"),
    (NEW, NEW.replace('event = "proforma", ', ""), "new needs 'event', the one that it is raised as."),
    (CLOSE, CLOSE.replace('"close"', '"postpone"'), "the book has no event 'postpone': it has call,"),
    (CLOSE, CLOSE.replace("result", "with"), "event close has no input 'with': it has result, note."),
    (NEW, NEW.replace('"proforma"', '"close"'), "the book has no event 'close': it has call,"),
    (NEW, NEW.replace("issued =", "dated ="), "event proforma has no input 'dated': it has add,"),
    (NEW, NEW.replace("{issued}", "{date}"), "there is nothing called 'date' to put into '{date}'"),
    (NEW, NEW.replace("{amount}", "{was.amount}"), "there is nothing called 'was.amount'"),
    ('amount = "{less.amount}"', 'amount = "{less.number}"', "there is nothing called 'less.number'"),
    (NEW, NEW.replace('"{issued}"', "2026-01-01"), "is not text, a number, true or false"),
    ('owes_again = { open = "collections"', 'owes_again = { open = "cases"',
     "open is 'cases': such a ticket is of the book itself"),
    ('link = "follows"', 'link = "cycle"', "link is 'cycle': it must be a field of type ticket (follows)."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), WRONG)
def test_a_fault_is_told_with_its_line(old: str, new: str, told: str) -> None:
    reader = read(old, new)
    _ = reader.sync
    line = WRITTEN[: WRITTEN.index(old)].count("\n") + 1
    assert reader.toml.faults[0].startswith(f"book.toml:{line}: ")
    assert told in reader.toml.faults[0]
