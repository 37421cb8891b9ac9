"""`prassi find`: everything an agent on the phone may have of a customer leads to the ticket."""

from __future__ import annotations

import pytest
from desk import Desk
from prassi.core.ticketfile import find_words
from procedure import calling, ticket

CUSTOMERS = [
    {
        "ref": "C-1",
        "name": "Società Bolle Blu srl",
        "email": "info@bolle.example.org",
        "phone": "+39 055 123-456",
    },
    {"ref": "C-2", "name": "Щёлково Вода", "phone": "8 (495) 765 43 21"},
    {"ref": "C-3", "name": "Bollettino \x1b[31m Uno"},
    {"ref": "C-4", "name": "Nessun Ticket", "phone": "0039 02 999888"},
]


@pytest.fixture
def desk_of_three(desk: Desk) -> Desk:
    """A desk with three customers who have tickets, and one who has none."""
    return desk.load(
        {**calling(1), "ref": "T-1", "assignee": "anna"},
        {**ticket("closed"), "ref": "T-2", "result": "settled"},
        {
            **ticket("new"),
            "ref": "T-3",
            "customer": "C-2",
            "notes": [{"at": "2026-02-02", "text": "Scrive dal PERÙ, vuole un rateo al 5%"}],
            "proformas": [
                {"number": "2026/17", "amount": "120.00", "left": "20.00"},
                {"number": "2026/18", "amount": "7.00", "paid": "2026-02-01"},
            ],
        },
        {**ticket("new"), "ref": "T-4", "customer": "C-3"},
        customers=CUSTOMERS,
    )


@pytest.mark.parametrize(
    ("words", "tickets"),
    [
        ("bolle", ["T-1", "T-4", "T-2"]),
        ("BOLLE blu", ["T-1", "T-2"]),
        ("societa", ["T-1", "T-2"]),
        ("SOCIETÀ", ["T-1", "T-2"]),
        ("olle", []),
        ("щелк", ["T-3"]),
        ("ВОДА щёлково", ["T-3"]),
        ("info@bolle", ["T-1", "T-2"]),
        ("example.org bolle", ["T-1", "T-2"]),
        ("+39 055 123456", ["T-1", "T-2"]),
        ("0039055123456", ["T-1", "T-2"]),
        ("055/123.456", ["T-1", "T-2"]),
        ("123456", ["T-1", "T-2"]),
        ("blu 055 123 456", ["T-1", "T-2"]),
        ("495 765-43-21", ["T-3"]),
        ("055 123457", []),
        ("t-3", ["T-3"]),
        ("2026/17", ["T-3"]),
        ("120.00", []),
        ("peru rateo", ["T-3"]),
        ("5%", ["T-3"]),
        ("%", ["T-3"]),
        ("_", []),
        ("bolle peru", []),
        ("вода peru", ["T-3"]),
        ("nessun", [None]),
        ("02 999 888", [None]),
    ],
)
def test_words_lead_to_tickets(desk_of_three: Desk, words: str, tickets: list[str | None]) -> None:
    found = desk_of_three.good(["find", *words.split(), "--json"]).rows
    assert [line["ticket"] for line in found] == tickets


def test_a_line_says_how_to_call_what_is_open_and_what_is_next(desk_of_three: Desk) -> None:
    (line,) = desk_of_three.good("find вода --json").rows
    assert (line["amount"], line["customer"], line["action"]) == ("20.00", "C-2", None)
    assert line["phone"] == "8 (495) 765 43 21"
    line = desk_of_three.good("find t-1 --json").rows[0]
    shown = desk_of_three.show("T-1")
    assert {"kind": line["action"], "due": line["due"]} in shown["tasks"]
    assert (line["who"], line["person"]) == ("agent", "anna")
    out = desk_of_three.good("find t-1").out
    assert "+39 055 123-456" in out
    assert f"{line['action']} by {line['due']}" in " ".join(out.split())


def test_customers_without_tickets_stand_with_their_ref(desk_of_three: Desk) -> None:
    assert "(C-4)" in desk_of_three.good("find nessun").out


def test_what_is_hostile_steers_no_terminal_and_no_spreadsheet(desk_of_three: Desk) -> None:
    assert "\x1b" not in desk_of_three.good("find bollettino").out
    csv = desk_of_three.good("find blu --csv").out
    assert ",'+39 055 123-456," in csv


def test_a_limit_leaves_the_open_ones(desk_of_three: Desk) -> None:
    found = desk_of_three.good("find blu --limit 1 --json").rows
    assert [line["ticket"] for line in found] == ["T-1"]


def test_nothing_found_is_no_fault(desk_of_three: Desk) -> None:
    assert desk_of_three.good("find zzz").out == "Nothing found.\n"
    assert desk_of_three.good("find zzz --json").out == ""
    assert desk_of_three.run(["find", " "]).code == 2


def test_what_is_undone_is_not_found(desk_of_three: Desk) -> None:
    desk_of_three.good("call-outcome T-3 no-answer --note occupato")
    assert desk_of_three.good("find occupato --json").rows[0]["ticket"] == "T-3"
    desk_of_three.good("undo")
    assert desk_of_three.good("find occupato --json").out == ""


def test_books_without_kinds_of_tasks(desk: Desk) -> None:
    row = {"ref": "K-1", "book": "cases", "customer": "C-1", "status": "OPEN-DISPATCH"}
    more = {"opened": "2026-02-01", "category": "backoffice", "queue": "backoffice"}
    words = {"creator": "anna", "subject": "Bolletta", "description": "Doppia."}
    desk.load({**row, **more, **words})
    assert desk.good("find rossi --json").rows[0]["ticket"] == "K-1"
    assert desk.view("K-1")["next"] is None


@pytest.mark.parametrize("first", [1, 2, 2000])
def test_a_limit_finds_the_first_of_all(
    desk_of_three: Desk, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    """However few open tickets are looked at first."""
    for words in ("bolle", "blu", "o", "2026", "055 123456", "bolle blu", "t", "nessun", "c"):
        found = desk_of_three.good(["find", *words.split(), "--json"]).rows
        monkeypatch.setattr(find_words, "_FIRST", first)
        for limit in (1, 2, 3):
            some = desk_of_three.good(
                ["find", *words.split(), "--limit", str(limit), "--json"]
            ).rows
            assert some == found[:limit], (words, limit)
