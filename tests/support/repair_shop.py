"""The book of a repair shop, whose tickets open others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from desk import SETTINGS, Desk

DATA = Path(__file__).parents[1] / "data" / "repairs"
BOOK = (DATA / "book.toml").read_text(encoding="utf-8")
FACTS = (DATA / "facts.sql").read_text(encoding="utf-8")


def with_book(desk: Desk, book: str) -> Desk:
    folder = Path(desk.file).parent / "books" / "repairs"
    folder.mkdir(parents=True)
    (folder / "book.toml").write_text(book, encoding="utf-8")
    (folder / "facts.sql").write_text(FACTS, encoding="utf-8")
    (folder / "booked.en.j2").write_text(
        "Your car comes on {{ ticket.visit | day }}\u00a0!", encoding="utf-8"
    )
    desk.settings(
        SETTINGS.replace("[roles]", '[roles]\nforeman = "piero"') + '\n[folders]\nbooks = "books"\n'
    )
    desk.load(car("W-3"))
    return desk


def car(ref: str, **fields: Any) -> dict[str, Any]:
    return {"ref": ref, "book": "repairs", "customer": "C-1", "opened": "2026-02-01", **fields}
