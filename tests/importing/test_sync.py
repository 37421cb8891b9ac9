"""`prassi sync`: a ledger night after night, each difference an event of the book."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from desk import MONDAY, Desk, Ran

TUESDAY = "2026-03-03"
HEAD = "Cliente;Nome;Mail;Fattura;Data;Importo;Pagata"
MAP = """
[customer]
ref = { column = "Cliente", prefix = "C-" }
name = "Nome"
email = "Mail"
[ticket]
ref = { column = "Cliente", prefix = "AR-" }
book = { const = "collections" }
opened = { const = 2026-03-02 }
[items.proformas]
number = "Fattura"
amount = { column = "Importo", decimal = ",", negative = "credit" }
issued = { column = "Data", date = "%d/%m/%Y" }
paid = { column = "Pagata", date = "%d/%m/%Y" }
[source]
dated = { name = "partite_%Y%m%d.csv" }
"""
ROWS = (
    "1;Ferri;f@example.org;26/1;12/01/2026;1.220,00;",
    "1;Ferri;f@example.org;26/2;13/01/2026;100,00;",
    "2;Tondo;t@example.org;26/3;13/01/2026;98,50;",
    "3;Quiete;q@example.org;26/4;14/01/2026;50,00;",
    "3;Quiete;q@example.org;26/5;15/01/2026;50,00;",
    "3;Quiete;q@example.org;26/6;16/01/2026;50,00;",
)

CUT = "2;Tondo;t@example.org;26/3;13/01/2026;-"
"""A row whose end is lost within its amount."""


class Ledger:
    """A desk, and the export that it takes in."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder)
        self.desk.good("init")
        self.map = folder / "map.toml"
        self.map.write_text(MAP, encoding="utf-8")
        self.folder = folder

    def write(self, *rows: str, day: str = TUESDAY, end: str = "\n", head: str = HEAD) -> Path:
        path = self.folder / f"partite_{day.replace('-', '')}.csv"
        path.write_text("\n".join([head, *rows]) + end, encoding="utf-8")
        return path

    def sync(self, *rows: str, more: str = "", day: str = TUESDAY, head: str = HEAD) -> Ran:
        path = self.write(*rows, day=day, head=head)
        return self.desk.run(f"sync {path} --map {self.map} --json {more}", at=day)

    def items(self) -> dict[str, Any]:
        """What is left of each item that is open, by number."""
        return {
            item["number"]: item.get("left") or item["amount"]
            for ticket in self.export()
            for item in ticket.get("proformas", ())
            if item["paid"] is None
        }

    def export(self) -> list[Any]:
        rows: list[Any] = __import__("json").loads(self.text())["tickets"]
        return rows

    def text(self) -> str:
        return self.desk.good("export").out


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path)
    assert made.sync(*ROWS, day=MONDAY).code == 0
    return made


def differences(ran: Ran) -> list[tuple[str, str, str | None]]:
    """Each difference with its item and the rule that answered."""
    return [(row["difference"], row["key"], row["rule"]) for row in ran.rows[:-1]]


def test_the_same_export_twice_writes_nothing(ledger: Ledger) -> None:
    before = ledger.desk.file.read_bytes()
    ran = ledger.sync(*reversed(ROWS), day=MONDAY)
    assert (ran.code, ran.rows[-1]["run"], len(ran.rows)) == (0, None, 1)
    assert ledger.desk.file.read_bytes() == before


CREDIT = "1;Ferri;f@example.org;NC 1;20/01/2026;-220,00;"
PART = ROWS[0].replace("1.220,00", "1.000,00")
RISEN = ROWS[2].replace("98,50", "120,00")
PAID = ROWS[1] + "02/03/2026"


@pytest.mark.parametrize(
    ("rows", "told", "left"),
    [
        ((*ROWS, "2;Tondo;t@example.org;26/9;01/03/2026;5,00;"), ("new", "26/9", "proforma.new"), {"26/9": "5.00"}),
        ((PART, *ROWS[1:]), ("less", "26/1", "payment.part"), {"26/1": "1000.00"}),
        ((*ROWS, CREDIT), ("credit", "26/1", "proforma.credit"), {"26/1": "1000.00"}),
        ((ROWS[0], PAID, *ROWS[2:]), ("paid", "26/2", "payment.part"), {"26/2": None}),
        (ROWS[:5], ("gone", "26/6", "payment.part"), {"26/6": None}),
        ((*ROWS[:2], RISEN, *ROWS[3:]), ("more", "26/3", "proforma.corrected"), {"26/3": "120.00"}),
        ((*ROWS[:2], *ROWS[3:]), ("gone", "26/3", "payment.settled"), {"26/3": None}),
    ],
)  # fmt: skip
def test_each_difference_becomes_the_event_that_the_book_says(
    ledger: Ledger, rows: tuple[str, ...], told: Any, left: dict[str, Any]
) -> None:
    wanted = {**ledger.items(), **left}
    before = ledger.text()
    ran = ledger.sync(*rows)
    assert (ran.code, differences(ran)) == (0, [told]), ran.err
    assert ledger.items() == {number: one for number, one in wanted.items() if one}
    assert ran.rows[-1]["open"]["EUR"]["here"] == ran.rows[-1]["open"]["EUR"]["ledger"]
    assert ledger.sync(*rows).rows[-1]["run"] is None
    ledger.desk.good(f"undo --run {ran.rows[-1]['run']}", at=TUESDAY)
    assert ledger.text() == before


def test_new_customers_come_with_their_tickets_and_who_owes_again_gets_one_that_follows(
    ledger: Ledger,
) -> None:
    less = (*ROWS[:2], *ROWS[3:])
    ledger.sync(*less)
    again = "2;Tondo;t@example.org;26/7;02/03/2026;7,00;"
    new = "4;Nuovo;n@example.org;26/8;02/03/2026;8,00;"
    ran = ledger.sync(*less, again, new, day="2026-03-04")
    assert ran.code == 0
    followed = [one for one in ledger.export() if one.get("follows") == "AR-2"]
    assert [[item["number"] for item in one["proformas"]] for one in followed] == [["26/7"]]
    assert {"AR-4"} < {one["ref"] for one in ledger.export()}
    # What was paid and is there again: on the open ticket that follows, not on a third one.
    ran = ledger.sync(*ROWS, again, new, day="2026-03-05")
    assert differences(ran) == [("again", "26/3", "proforma.new")]
    assert ledger.sync(*ROWS, again, new, day="2026-03-05").rows[-1]["run"] is None


def test_what_was_paid_on_a_closed_ticket_is_open_again_on_a_linked_one(ledger: Ledger) -> None:
    ledger.sync(*ROWS[:2], *ROWS[3:])
    ran = ledger.sync(*ROWS, day="2026-03-04")
    assert differences(ran) == [("again", "26/3", "proforma.again")]
    assert ledger.items()["26/3"] == "98.50"
    assert ledger.sync(*ROWS, day="2026-03-04").rows[-1]["run"] is None


def test_a_customer_is_changed_unless_a_person_has_corrected_what_the_ledger_has(
    ledger: Ledger,
) -> None:
    ledger.desk.good("customer set C-2 email=right@example.org")
    same = ledger.sync(*ROWS)
    assert same.rows[-1]["run"] is None
    moved = tuple(row.replace("t@example.org", "new@example.org") for row in ROWS)
    ran = ledger.sync(*moved)
    assert differences(ran) == [("changed", "C-2", None)]
    assert '"email": "new@example.org"' in ledger.text()
    empty = tuple(row.replace("new@example.org", "") for row in moved)
    assert ledger.sync(*empty).rows[-1]["run"] is None


def test_a_column_that_the_map_does_not_name_is_no_difference(ledger: Ledger) -> None:
    short = MAP.replace('email = "Mail"\n', "").replace(
        'issued = { column = "Data", date = "%d/%m/%Y" }\n', ""
    )
    ledger.map.write_text(short, encoding="utf-8")
    assert ledger.sync(*ROWS).rows[-1]["run"] is None


def test_what_the_book_has_no_event_for_is_told_and_left_and_the_rest_is_done(
    ledger: Ledger,
) -> None:
    moved = ROWS[2].replace("13/01", "14/01")
    ran = ledger.sync(PART, ROWS[1], moved, *ROWS[3:])
    assert ran.code == 1
    assert "AR-2 proforma 26/3: book collections has no event for that" in ran.err
    assert "issued is 2026-01-13 here, 2026-01-14 in the ledger" in ran.err
    assert ledger.items()["26/1"] == "1000.00"


def test_a_new_item_in_a_currency_that_the_event_cannot_say_is_left(ledger: Ledger) -> None:
    new = "2;Tondo;t@example.org;26/9;01/03/2026;USD 5,00;"
    ran = ledger.sync(*ROWS, new)
    assert (ran.code, "26/9" in ledger.items()) == (1, False)
    assert "event proforma can't say that its currency is USD" in ran.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "has no rows: 3 tickets and 6 proformas that came from it would be gone (1568.50 EUR)"),
        (HEAD + "\n", "has no rows: 3 tickets and 6 proformas"),
        ("\n".join([HEAD, *ROWS[:4]]) + "\n", "2 of 6 proformas that are open here (100.00) are gone"),
        ("\n".join([HEAD, *ROWS])[:-30], "ends in mid-row: line 7 has no end, and a fault"),
        ("\n".join([HEAD, *ROWS[:2], CUT]), "ends in mid-row: line 4 has no end, and a fault"),
        ("\n".join([HEAD, *ROWS]), "its last line has no end"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_the_ledger_of_the_day_is_refused(
    ledger: Ledger, content: str, told: str
) -> None:
    before = ledger.desk.file.read_bytes()
    path = ledger.write()
    path.write_text(content, encoding="utf-8")
    ran = ledger.desk.run(f"sync {path} --map {ledger.map}", at=TUESDAY)
    assert ran.code == 3, ran.err
    assert told in ran.err
    assert ledger.desk.file.read_bytes() == before


def test_guards_let_go_on_who_says_so(ledger: Ledger) -> None:
    assert ledger.sync(*ROWS[:4], more="--max-missing 40%").code == 0
    assert ledger.sync(more="--max-missing 100%", day="2026-03-04").code == 0
    assert ledger.items() == {}


def test_an_older_file_is_refused_until_the_newer_run_is_undone(ledger: Ledger) -> None:
    run = ledger.sync(PART, *ROWS[1:], day="2026-03-05").rows[-1]["run"]
    old = ledger.write(*ROWS, "2;Tondo;t@example.org;26/9;01/03/2026;5,00;", day="2026-03-04")
    command = f"sync {old} --map {ledger.map}"
    ran = ledger.desk.run(command, at="2026-03-05")
    assert (ran.code, "is of 2026-03-04, and partite_20260305.csv" in ran.err) == (3, True)
    assert ledger.desk.run(f"{command} --force -n", at="2026-03-05").code == 0
    ledger.desk.good(f"undo --run {run}", at="2026-03-05")
    assert ledger.desk.run(command, at="2026-03-05").code == 0


def test_a_fault_of_the_source_stops_all_of_it(ledger: Ledger) -> None:
    before = ledger.desk.file.read_bytes()
    ran = ledger.sync(PART, ROWS[1].replace("100,00", "x"), *ROWS[2:])
    assert (ran.code, "nothing was written; there is 1 fault" in ran.err) == (2, True)
    twice = ledger.sync(*ROWS, ROWS[0])
    assert (twice.code, "there are two of proformas with number '26/1'" in twice.err) == (2, True)
    assert ledger.desk.file.read_bytes() == before


def test_only_and_missing_choose_what_is_raised(ledger: Ledger) -> None:
    new = "2;Tondo;t@example.org;26/9;01/03/2026;5,00;"
    rows = (PART, *ROWS[1:5], new)
    assert {one for one, _, _ in differences(ledger.sync(*rows, more="-n --only new"))} == {"new"}
    assert {one for one, _, _ in differences(ledger.sync(*rows, more="-n --only gone"))} == {"gone"}
    kept = ledger.sync(*rows, more="-n --missing keep")
    assert {one for one, _, _ in differences(kept)} == {"new", "less"}
    assert kept.rows[-1]["counts"]["proformas"]["gone"] == 1


def test_what_never_came_from_the_ledger_is_not_gone(ledger: Ledger) -> None:
    ledger.desk.good("event AR-2 proforma add=X-1 amount=7.00")
    other = ledger.folder / "other.json"
    other.write_text(
        '{"customers": [{"ref": "Z"}], "tickets": [{"ref": "T-9", "book": "collections", "customer":'
        ' "Z", "proformas": [{"number": "A", "amount": "1.00"}]}]}',
        encoding="utf-8",
    )
    ledger.desk.good(f"import {other}")
    ran = ledger.sync(*ROWS)
    assert (ran.code, ran.rows[-1]["run"]) == (0, None)
    assert ran.rows[-1]["differing_customers"] == [
        {"customer": "C-2", "currency": "EUR", "here": "105.50", "ledger": "98.50"}
    ]


def test_a_dry_run_tells_each_difference_and_writes_nothing(ledger: Ledger) -> None:
    before = ledger.desk.file.read_bytes()
    path = ledger.write(PART, *ROWS[1:5], "4;Nuovo;;26/8;02/03/2026;8,00;")
    ran = ledger.desk.good(f"sync {path} --map {ledger.map} -n", at=TUESDAY)
    for line in (
        "~ AR-1 proforma 26/1: amount 1220.00 -> 1000.00",
        "- AR-3 proforma 26/6: amount 50.00, currency EUR, issued 2026-01-16",
        "+ ticket AR-4: book collections, customer C-4",
        "+ AR-4 proforma 26/8: amount 8.00, currency EUR, issued 2026-03-02",
    ):
        assert line in ran.out.splitlines()
    assert ledger.desk.file.read_bytes() == before


def test_an_import_of_the_same_file_is_told_as_such(ledger: Ledger) -> None:
    path = ledger.write(*ROWS, day=MONDAY)
    ran = ledger.desk.run(f"import {path} --map {ledger.map}")
    assert (ran.code, f"{path.name} has come in already, just so, with run 1" in ran.err) == (
        2,
        True,
    )
    ledger.desk.good("undo --run 1")
    ledger.desk.good(f"import {path} --map {ledger.map}")


def test_people_write_while_a_sync_reads_and_it_sees_what_they_wrote(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prassi.core.importing.sync import LedgerSync

    checked = LedgerSync.check

    def pay_meanwhile(sync: LedgerSync) -> None:
        checked(sync)
        ledger.desk.good("payment AR-1 --proforma 26/2", at=TUESDAY)

    monkeypatch.setattr(LedgerSync, "check", pay_meanwhile)
    ran = ledger.sync(PART, PAID, *ROWS[2:])
    assert (ran.code, differences(ran)) == (0, [("less", "26/1", "payment.part")])


# --- What people recorded before the ledger has it ----------------------------------------------------


def ahead(ran: Ran) -> list[str]:
    """The items that are left as people have them here."""
    return [row["key"] for row in ran.rows[:-1] if row.get("difference") == "ahead"]


@pytest.mark.parametrize(
    ("recorded", "item", "left", "later"),
    [
        ("payment AR-1 --proforma 26/2", "26/2", None, ("again", "26/2", "proforma.again")),
        ("payment AR-2 --all", "26/3", None, ("again", "26/3", "proforma.again")),
        ("payment AR-1 --proforma 26/1 --amount 220 --part", "26/1", "1000.00", ("more", "26/1", "proforma.corrected")),
        ("proforma AR-1 credit 26/1 220", "26/1", "1000.00", ("more", "26/1", "proforma.corrected")),
        ("proforma AR-2 correct 26/3 120", "26/3", "120.00", ("less", "26/3", "payment.part")),
    ],
)  # fmt: skip
def test_what_people_recorded_stays_until_the_ledger_has_had_its_days(
    ledger: Ledger, recorded: str, item: str, left: str | None, later: Any
) -> None:
    before = ledger.items()
    ledger.desk.good(recorded, at=TUESDAY)
    for day in (TUESDAY, "2026-03-13"):
        ran = ledger.sync(*ROWS, day=day)
        assert (ran.code, ran.rows[-1]["run"], ahead(ran)) == (0, None, [item]), day
        assert ran.rows[-1]["counts"]["proformas"]["changed"] == 0
        assert ledger.items().get(item) == left
    text = ledger.text()
    ran = ledger.sync(*ROWS, day="2026-03-14")
    assert (ran.code, differences(ran)) == (0, [later])
    assert ledger.items() == before
    ledger.desk.good(f"undo --run {ran.rows[-1]['run']}", at="2026-03-14")
    assert ledger.text() == text


def test_once_the_ledger_has_what_people_recorded_nothing_differs(ledger: Ledger) -> None:
    ledger.desk.good("payment AR-1 --proforma 26/2", at=TUESDAY)
    for rows in ((ROWS[0], *ROWS[2:]), (ROWS[0], PAID, *ROWS[2:])):
        ran = ledger.sync(*rows, day="2026-03-04")
        assert (ran.code, len(ran.rows), ran.rows[-1]["run"]) == (0, 1, None)


def test_what_differs_beyond_what_people_recorded_is_raised(ledger: Ledger) -> None:
    ledger.desk.good("payment AR-1 --proforma 26/1 --amount 220 --part", at=TUESDAY)
    ran = ledger.sync(ROWS[0].replace("1.220", "1.300"), *ROWS[1:])
    assert ahead(ran) == ["26/1"]
    assert ("more", "26/1", "proforma.corrected") in differences(ran)
    assert ledger.items()["26/1"] == "1080.00"
    assert ledger.sync(ROWS[0].replace("1.220", "1.300"), *ROWS[1:]).rows[-1]["run"] is None
    ran = ledger.sync(ROWS[0].replace("1.220", "900"), *ROWS[1:], day="2026-03-04")
    assert differences(ran) == [("less", "26/1", "payment.part")]
    assert ledger.items()["26/1"] == "900.00"


def test_a_payment_that_was_taken_back_here_is_no_excuse(ledger: Ledger) -> None:
    ledger.desk.good("payment AR-1 --proforma 26/2", at=TUESDAY)
    ledger.desk.good("undo AR-1 --yes", at=TUESDAY)
    assert ledger.sync(*ROWS).rows[-1]["ahead"] == 0
    ledger.sync(ROWS[0], PAID, *ROWS[2:])
    ran = ledger.sync(*ROWS, day="2026-03-04")
    assert differences(ran) == [("again", "26/2", "proforma.again")]


def test_what_the_ledger_settled_itself_and_opens_again_is_open_again(ledger: Ledger) -> None:
    """It has the part that people recorded before, since it went on from there."""
    ledger.desk.good("payment AR-1 --proforma 26/1 --amount 1000 --part", at=TUESDAY)
    ledger.sync(*ROWS[1:], day="2026-03-04")
    assert "26/1" not in ledger.items()
    ran = ledger.sync(ROWS[0].replace("1.220", "220"), *ROWS[1:], day="2026-03-05")
    assert differences(ran) == [("again", "26/1", "proforma.again")]
    assert ledger.items()["26/1"] == "220.00"


def test_what_people_opened_again_is_not_paid_by_a_ledger_that_lags(ledger: Ledger) -> None:
    rows = (ROWS[0], *ROWS[2:])
    ledger.sync(*rows)
    ledger.desk.good("proforma AR-1 add 26/2", at=TUESDAY)
    ran = ledger.sync(*rows, day="2026-03-04")
    assert (ran.rows[-1]["run"], ahead(ran)) == (None, ["26/2"])
    ran = ledger.sync(ROWS[0], PAID, *ROWS[2:], day="2026-03-05")
    assert (ran.rows[-1]["run"], ahead(ran)) == (None, ["26/2"])


def test_a_map_says_how_long_its_program_lags(ledger: Ledger) -> None:
    ledger.desk.good("payment AR-2 --all", at=TUESDAY)
    ledger.map.write_text(MAP + "lag_days = 1\n", encoding="utf-8")
    assert ledger.sync(*ROWS, day="2026-03-04", more="-n").rows[-1]["ahead"] == 1
    assert ledger.sync(*ROWS, day="2026-03-05", more="-n").rows[-1]["ahead"] == 0
    ledger.map.write_text(MAP + "lag_days = -1\n", encoding="utf-8")
    ran = ledger.sync(*ROWS)
    assert (ran.code, "lag_days is -1: write a number of days from 0 to 366" in ran.err) == (
        2,
        True,
    )


def test_the_printout_says_in_sentences_what_differs(ledger: Ledger) -> None:
    ledger.desk.good("payment AR-2 --all", at=TUESDAY)
    path = ledger.write(*ROWS)
    ran = ledger.desk.good(f"sync {path} --map {ledger.map} --reconcile", at=TUESDAY)
    for line in (
        "Open here: 1470.00 EUR. In the ledger: 1568.50 EUR. That is 98.50 EUR less here.",
        "  customer C-2: 0.00 EUR here, 98.50 EUR in the ledger",
        "  ticket AR-2: 0.00 EUR here, 98.50 EUR in the ledger",
        f"  AR-2 proforma 26/3: paid {TUESDAY} here, open in the ledger",
    ):
        assert line in ran.out.splitlines()
    told = "1 proforma stays as it is here: people recorded what the ledger does not have yet"
    assert told in " ".join(ran.out.split())


# --- Missing, dates in a column, several sources, credits above the debt ------------------------------


def test_missing_close_closes_what_is_gone(ledger: Ledger) -> None:
    before = ledger.text()
    ran = ledger.sync(*ROWS[:2], *ROWS[3:], more="--missing close")
    assert (ran.code, differences(ran)) == (0, [("gone", "AR-2", "common.close")]), ran.err
    assert {one["ref"]: one.get("result") for one in ledger.export()}["AR-2"] == "withdrawn"
    assert ran.rows[-1]["open"]["EUR"] == {"here": "1470.00", "ledger": "1470.00"}
    assert ledger.sync(*ROWS[:2], *ROWS[3:], more="--missing close").rows[-1]["run"] is None
    ledger.desk.good(f"undo --run {ran.rows[-1]['run']}", at=TUESDAY)
    assert ledger.text() == before


def test_the_day_of_a_source_can_stand_in_a_column(ledger: Ledger) -> None:
    ledger.map.write_text(
        MAP.replace('{ name = "partite_%Y%m%d.csv" }', '{ column = "Al", date = "%d/%m/%Y" }'),
        encoding="utf-8",
    )
    before, head = ledger.text(), f"{HEAD};Al"

    def of(day: str, *rows: str) -> list[str]:
        return [f"{row};{day}" for row in rows]

    ran = ledger.sync(*of("05/03/2026", PART, *ROWS[1:]), head=head)
    assert (ran.code, differences(ran)) == (0, [("less", "26/1", "payment.part")])
    old = ledger.sync(*of("04/03/2026", *ROWS), head=head)
    assert (old.code, "is of 2026-03-04" in old.err) == (3, True)
    wrong = ledger.sync(*of("2026-03-06", *ROWS), head=head)
    assert (wrong.code, "Al" in wrong.err) == (2, True)
    ledger.desk.good(f"undo --run {ran.rows[-1]['run']}", at=TUESDAY)
    assert ledger.text() == before


def test_several_sources_are_one_ledger(ledger: Ledger) -> None:
    before = ledger.text()
    first = ledger.write(PART, *ROWS[1:3])
    second = ledger.folder / "partite_20260304.csv"
    second.write_text(
        "\n".join([HEAD, *ROWS[3:], "1;Ferri;f@example.org;26/9;01/03/2026;5,00;"]) + "\n",
        encoding="utf-8",
    )
    command = f"sync {first} {second} --map {ledger.map} --json"
    ran = ledger.desk.good(command, at="2026-03-04")
    assert differences(ran) == [("new", "26/9", "proforma.new"), ("less", "26/1", "payment.part")]
    assert ledger.desk.good(command, at="2026-03-04").rows[-1]["run"] is None
    alone = ledger.desk.run(f"sync {second} --map {ledger.map}", at="2026-03-04")
    assert (alone.code, "3 of 7 proformas that are open here" in alone.err) == (3, True)
    ledger.desk.good(f"undo --run {ran.rows[-1]['run']}", at="2026-03-04")
    assert ledger.text() == before


def test_a_credit_above_the_debt_is_told(ledger: Ledger) -> None:
    ran = ledger.sync(
        *ROWS, "2;Tondo;t@example.org;NC 2;20/01/2026;-100,00;", "9;Solo;;NC 3;20/01/2026;-7,00;"
    )
    assert ran.code == 0
    assert "Credits of 2 tickets are more than is open there (AR-2: 1.50 EUR)" in " ".join(
        ran.err.split()
    )
    assert "26/3" not in ledger.items()


# --- Addresses ----------------------------------------------------------------------------------------


def test_an_address_that_cannot_be_used_is_told_when_it_comes_in(ledger: Ledger) -> None:
    new = "4;Nuovo;a@example.org, b@example.org;26/8;02/03/2026;8,00;"
    ran = ledger.sync(*ROWS, new)
    told = " ".join(ran.err.split())
    assert (
        ran.code,
        "customer 'C-4': Mail (our email): 'a@example.org, b@example.org'" in told,
    ) == (0, True)
    assert "1 address can't be used: " in told
    assert ":8: customer" in told
    again = ledger.sync(*ROWS, new)
    assert (again.code, again.err) == (0, "")  # no news
    # A changed one is refused, as `customer set` does, and the good one stays.
    bad = tuple(row.replace("t@example.org", "n/a") for row in ROWS)
    ran = ledger.sync(*bad, new)
    assert (ran.code, "'n/a' is not one plain address" in ran.err) == (1, True)
    assert '"email": "t@example.org"' in ledger.text()


def test_what_people_wrote_off_stays_closed_and_is_told_as_a_difference(ledger: Ledger) -> None:
    ledger.desk.good("close AR-2 withdrawn --note x", at=TUESDAY)
    ran = ledger.sync(*ROWS)
    assert (ran.code, ran.rows[-1]["run"]) == (0, None)
    assert ran.rows[-1]["differing_customers"] == [
        {"customer": "C-2", "currency": "EUR", "here": "0.00", "ledger": "98.50"}
    ]


def test_missing_close_hands_on_to_the_event_that_a_book_closes_by(desk: Desk) -> None:
    maps = Path(__file__).parents[2] / "fixtures" / "maps"
    command = f"sync {{}} --map {maps / 'zendesk.toml'} --missing close --max-missing 60%"
    desk.good("init")
    desk.good(command.format(maps / "zendesk.json"))
    lines = (maps / "zendesk.json").read_text(encoding="utf-8").splitlines(keepends=True)
    less = desk.folder / "less.json"
    less.write_text("".join(line for line in lines if '"id": 35436' not in line), encoding="utf-8")
    desk.good(command.format(less))
    assert desk.show("ZD-35436")["status"] == "closed"
