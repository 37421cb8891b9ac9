"""Exports as other programs really write them: what stands around rows, signs, dates, logs, sheets."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from brought_in import Box
from openpyxl import Workbook
from prassi.core.errors import BadInput, Faults
from prassi.core.importing import import_tickets
from prassi.core.importing.amounts import PlainNumber, read_amount
from prassi.core.importing.import_tickets import Imported
from prassi.core.importing.stamps import read_stamp
from prassi.core.importing.tallies import ImportReport
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.ticketfile import connect
from prassi.core.ticketfile.write_events import EventWriter
from prassi.core.values.working_days import Place

LEDGER = """
[customer]
ref = "Cliente"
name = "Nome"
[ticket]
ref = { column = "Cliente", prefix = "AR-" }
book = { const = "collections" }
opened = { const = 2026-03-02 }
[items.proformas]
number = "Fattura"
amount = { column = "Importo", decimal = "," }
issued = { column = "Data", date = "%d/%m/%Y" }
"""
HEADER = "Cliente;Nome;Fattura;Data;Importo\n"
AMOUNT = 'amount = { column = "Importo", decimal = "," }'


class Desk(Box):
    """A ticket file that keeps what imports report, and has settings."""

    settings = NONE

    def run(self, **sources: Any) -> tuple[Imported, ImportReport]:
        paths = {name: self.write(name, content) for name, content in sources.items()}
        by, self.report = paths.pop("map"), ImportReport(show=2)
        with connect.transaction(self.connection):
            writer = EventWriter(self.connection, "import", "2026-03-02")
            made = import_tickets.import_sources(
                self.connection, Shelf(self.settings), writer, list(paths.values()), by,
                today="2026-03-02", report=self.report,
            )  # fmt: skip
        return made, self.report

    def amounts(self, ref: str) -> dict[str, str]:
        return {one["number"]: one["amount"] for one in self.ticket(ref)["proformas"]}

    def left(self, ref: str) -> dict[str, str | None]:
        return {one["number"]: one.get("left") for one in self.ticket(ref)["proformas"]}


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.connection.close()


# --- amounts ----------------------------------------------------------------------------------------

AMOUNTS = [
    ("1.220,00", ",", "1220.00", None), ("-220,00", ",", "-220.00", None),
    ("220,00-", ",", "-220.00", None), ("(98,50)", ",", "-98.50", None),
    ("EUR 1.220,00", ",", "1220.00", "EUR"), ("1.220,00 Euro", ",", "1220.00", "EUR"),
    ("€ -3,5", ",", "-3.50", "EUR"), ("EUR (98,50)", ",", "-98.50", "EUR"),
    ("98.50 CR", ".", "-98.50", None), ("98.50 Dr.", ".", "98.50", None),
    ("1,22,000.00", ".", "122000.00", None), ("\u22125,00", ",", "-5.00", None),
    ("- 1'220.50", ".", "-1220.50", None), (",50", ",", "0.50", None), ("+7", ",", "7.00", None),
    ("1.220.000,00-", ",", "-1220000.00", None), ("CHF 12.00", ".", "12.00", "CHF"),
    ("1.220,-", ",", "1220.00", None), ("50.--", ".", "50.00", None), ("CHF 5,\u2014", ",", "5.00", "CHF"),
    ("-7,-", ",", "-7.00", None), ("7,00-", ",", "-7.00", None), ("7-", ",", "-7.00", None),
    ("5,000", ",", "5.00", None), ("kr 5", ",", "5.00", None), ("0,00", ",", "0.00", None),
]  # fmt: skip


@pytest.mark.parametrize(("written", "decimal", "value", "currency"), AMOUNTS)
def test_an_amount_however_it_is_written(
    written: str, decimal: str, value: str, currency: str | None
) -> None:
    read = read_amount(written, decimal)
    assert (read.text, read.currency) == (value, currency)


@pytest.mark.parametrize(
    "written", ["--5", "(-5)", "5-CR", "EUR 5 USD", "1.5", "12,3,4", "", "5 pieces", "(5", "1" * 40]
)
def test_what_is_not_an_amount_is_not_guessed(written: str) -> None:
    with pytest.raises(ValueError, match=r"^is "):
        read_amount(written, ",")


def test_only_what_can_be_read_in_two_ways_is_told_so() -> None:
    for text, told in (("5.005", True), (PlainNumber("5.005"), False)):
        with pytest.raises(ValueError, match="more than two decimals") as raised:
            read_amount(text, ".")
        assert ('if it is 5005, decimal = ","' in str(raised.value)) == told


@pytest.mark.parametrize(
    ("written", "rounded"), [("2,345", "2.35"), ("2,344", "2.34"), ("-2,345", "-2.35")]
)
def test_more_decimals_are_rounded_where_the_map_says_so(written: str, rounded: str) -> None:
    assert read_amount(written, ",", rounds=True).text == rounded
    with pytest.raises(ValueError, match="to round them, round = true"):
        read_amount(written, ",")


CREDITS = HEADER + (
    "1;Ferri;26/1;12/01/2026;1.220,00\n1;Ferri;26/2;10/01/2026;100,00\n"
    "1;Ferri;NC 3;20/01/2026;-220,00\n2;Tondo;26/4;13/01/2026;(98,50)\n3;Zero;26/5;13/01/2026;0,00\n"
)


def test_credit_notes_lower_the_oldest_open_items(box: Desk) -> None:
    by = LEDGER.replace(AMOUNT, AMOUNT[:-1] + ', negative = "credit" }')
    made, report = box.run(map=by, rows=CREDITS)
    assert box.amounts("AR-1") == {"26/1": "1220.00"}  # 26/2 is older, and settled
    assert box.left("AR-1") == {"26/1": "1100.00"}
    assert (made.tickets, made.customers) == (1, 1)
    assert report.left_out == {"zero": 1, "settled": 1}
    assert report.items["credits"] == 1
    assert report.warnings == [
        "Credits of 1 ticket are more than is open there (AR-2: 98.50): the rest is left out."
    ]


def test_a_customer_whose_debts_are_all_credited_gets_no_ticket(box: Desk) -> None:
    by = LEDGER.replace(AMOUNT, AMOUNT[:-1] + ', negative = "credit" }')
    rows = HEADER + "1;A;1;12/01/2026;10,00\n1;A;2;12/01/2026;15,00-\n2;B;3;12/01/2026;5,00\n"
    made, report = box.run(map=by, rows=rows)
    assert [ticket["ref"] for ticket in box.export()["tickets"]] == ["AR-2"]
    assert made.tickets == 1
    assert "(AR-1: 5.00 EUR)" in report.warnings[0]


def test_rows_below_zero_are_left_out_or_refused_as_the_map_says(box: Desk) -> None:
    (fault,) = box.faults(map=LEDGER, rows=CREDITS)
    assert fault.startswith("rows:4: Importo (our amount) is '-220.00', below zero: say in the map")
    assert fault.endswith("(2 rows have this fault; this is the first.)")
    by = LEDGER.replace(AMOUNT, AMOUNT[:-1] + ', negative = "skip" }')
    made, report = box.run(map=by, rows=CREDITS)
    assert made.tickets == 1
    assert box.amounts("AR-1") == {"26/1": "1220.00", "26/2": "100.00"}
    assert report.left_out["negative"] == 2


def test_a_debit_and_a_credit_column(box: Desk) -> None:
    by = LEDGER.replace(
        AMOUNT, 'amount = { debit = "Dare", credit = "Avere", decimal = ",", negative = "credit" }'
    )
    rows = "Cliente;Nome;Fattura;Data;Dare;Avere\n1;A;1;12/01/2026;1.220,00;0,00\n"
    box.run(map=by, rows=rows + "1;A;2;12/01/2026;0,00;220,00\n1;A;3;13/01/2026;5,00;\n")
    assert box.amounts("AR-1") == {"1": "1220.00", "3": "5.00"}
    assert box.left("AR-1") == {"1": "1000.00", "3": None}
    both = rows.replace("\n1;", "\n9;").replace("0,00", "2,00")
    (fault,) = box.faults(map=by, rows=both)
    assert (
        "Dare and Avere (our amount) are '1.222,00' and '2,00': only one of them can have" in fault
    )


def test_a_row_with_neither_debit_nor_credit(box: Desk) -> None:
    """Its debit is empty as that of a credit note is: [skip] by that column would lose credit notes."""
    by = LEDGER.replace(AMOUNT, 'amount = { debit = "Dare", credit = "Avere", decimal = "," }')
    rows = "Cliente;Nome;Fattura;Data;Dare;Avere\n1;A;1;12/01/2026;5,00;\n1;A;2;12/01/2026;;\n"
    (fault,) = box.faults(map=by, rows=rows)
    assert fault.endswith("Dare and Avere (our amount) is missing. Give default in the map.")
    by = by.replace('decimal = ","', 'decimal = ",", default = "0"')
    _, report = box.run(map=by, rows=rows)
    assert (box.amounts("AR-1"), report.left_out["zero"]) == ({"1": "5.00"}, 1)


def test_the_currency_in_the_cell_is_that_of_the_item(box: Desk) -> None:
    rows = HEADER + "1;A;1;12/01/2026;CHF 10,00\n1;A;2;12/01/2026;€ 5\n1;A;3;12/01/2026;7\n"
    box.run(map=LEDGER, rows=rows)
    assert box.items("AR-1", "proformas", "currency") == ["CHF", "EUR", "EUR"]
    by = LEDGER.replace(AMOUNT, AMOUNT + '\ncurrency = { const = "USD" }')
    (fault,) = box.faults(map=by, rows=HEADER + "9;A;1;12/01/2026;EUR 10,00\n")
    assert fault == "rows:2: Importo (our amount) is in EUR, and our currency is 'USD'."


# --- around the rows ----------------------------------------------------------------------------------

AROUND = (
    'Scadenzario "clienti" al;;;;\nAl 02/03/2026;;;;\n\n'
    + HEADER
    + "1;Ferri;26/1;12/01/2026;1.220,00\n2;Tondo;26/2;13/01/2026;98,50\n;;;Totale;1.318,50\n***FINE***\n"
)


@pytest.mark.parametrize(
    "top",
    ['[skip]\nFattura = [""]\n', "header = 4\nfooter = 2\n", '[only]\nFattura = ["26/*"]\n'],
)
def test_lines_before_and_after_the_rows_are_left_out_and_counted(box: Desk, top: str) -> None:
    made, report = box.run(map=top + LEDGER, rows=AROUND)
    assert (made.customers, made.tickets) == (2, 2)
    assert report.left_out["before-header"] == 3
    assert sum(report.left_out.values()) == 5


def test_a_wrong_header_line_and_a_wrong_footer_are_told(box: Desk) -> None:
    (fault,) = box.faults(map="header = 3\n" + LEDGER, rows=AROUND)
    assert fault == "rows:3: no row begins on line 3, where the map has the header."
    faults = box.faults(map="header = 4\nfooter = 1\n" + LEDGER, rows=AROUND)
    assert [fault.partition(": ")[0] for fault in faults] == ["rows:7"] * 2
    (fault,) = box.faults(
        map="header = 4\n" + LEDGER, rows=AROUND.replace(";;;Totale;1.318,50\n", "")
    )
    assert (
        "the row has 1 cell, the header 5 cells. Lines after the last row are left out by" in fault
    )


def test_words_that_begin_so(box: Desk) -> None:
    rows = HEADER + "1;A;1;12/01/2026;1\nTotale cliente 1;;;;1\n*;;;;1\n**;;;;1\n"
    by = '[skip]\nCliente = ["Totale*", "*", "**"]\n' + LEDGER
    assert box.run(map=by, rows=rows)[0].tickets == 1


# --- dates and texts ----------------------------------------------------------------------------------


def test_spreadsheets_day_numbers_and_texts(box: Desk) -> None:
    rows = HEADER + '1;A;26/1;46034;1220\n"=""0002""";B;26/2;46035,5;98,5\n3;C;3;1.2.26;1\n'
    fault, _ = box.faults(map=LEDGER, rows=rows)
    assert 'as a spreadsheet\'s day number it is 2026-01-12: write date = "excel"' in fault
    by = LEDGER.replace('"%d/%m/%Y"', '["excel", "%d/%m/%Y", "%d.%m.%y"]')
    box.run(map=by, rows=rows)
    assert [ticket["ref"] for ticket in box.export()["tickets"]] == ["AR-1", "AR-0002", "AR-3"]
    issued = [box.items(ref, "proformas", "issued") for ref in ("AR-1", "AR-0002", "AR-3")]
    assert issued == [["2026-01-12"], ["2026-01-13"], ["2026-02-01"]]


@pytest.mark.parametrize("number", ["1772494200", "1772494200000", "1772494200.5"])
def test_seconds_since_1970(number: str) -> None:
    assert read_stamp(number, ("unix",)).isoformat()[:16] == "2026-03-02T23:30"
    with pytest.raises(ValueError, match="it is not a number of seconds since 1970"):
        read_stamp("2026", ("unix",))


def test_a_ref_that_a_spreadsheet_has_cut_is_refused(box: Desk) -> None:
    (fault,) = box.faults(map=LEDGER, rows=HEADER + "1;A;8,00312E+12;12/01/2026;1\n")
    assert "Fattura (our number) is '8,00312E+12': a spreadsheet has cut this number;" in fault


def test_headers_between_rows_are_left_out(box: Desk) -> None:
    rows = HEADER + "1;A;1;12/01/2026;1\n" + HEADER + "2;B;2;12/01/2026;1\n"
    made, report = box.run(map=LEDGER, rows=rows)
    assert (made.tickets, report.left_out) == (2, {"repeated-header": 1})


@pytest.mark.parametrize(
    ("number", "day"),
    [("1", "1900-01-01"), ("59", "1900-02-28"), ("61", "1900-03-01"), ("46034", "2026-01-12")],
)
def test_the_first_days_of_spreadsheets(number: str, day: str) -> None:
    assert read_stamp(number, ("excel",)).date() == date.fromisoformat(day)


STAMPS = [
    ("%Y-%m-%dT%H:%M:%S%z", "2026-03-02T23:30:00Z"),
    ("%Y-%m-%dT%H:%M:%SZ", "2026-03-02T23:30:00Z"),
    ("%Y-%m-%dT%H:%M:%S.%f%z", "2026-03-03T02:30:00.1234567+0300"),
    ("%Y-%m-%d %H:%M:%S %Z", "2026-03-02 23:30:00 UTC"),
    ("%a, %d %b %Y %H:%M:%S %z", "Mon, 02 Mar 2026 18:30:00 -0500"),
]

STAMPED = """
[customer]
ref = "who"
[ticket]
ref = "id"
book = { const = "requests" }
opened = { column = "at", moment = "FORMAT" }
"""


@pytest.mark.parametrize(("written", "stamp"), STAMPS)
def test_a_moment_with_a_zone_comes_in_by_the_desks_clock(
    box: Desk, written: str, stamp: str
) -> None:
    box.settings = NONE._replace(time_zone="Europe/Rome")
    box.run(map=STAMPED.replace("FORMAT", written), rows=f'who,id,at\na,1,"{stamp}"\n')
    assert box.ticket("1")["opened"] == "2026-03-03T00:30"


def test_the_zone_of_a_source_that_does_not_say_it(box: Desk) -> None:
    box.settings = NONE._replace(
        time_zone="Europe/Rome", places={"EG": Place(time_zone="Africa/Cairo")}
    )
    by = '[source]\ntime_zone = "UTC"\n' + STAMPED.replace("FORMAT", "%Y-%m-%d %H:%M")
    box.run(map=by, rows="who,id,at\na,1,2026-07-01 23:30\n")
    assert box.ticket("1")["opened"] == "2026-07-02T01:30"
    by = by.replace("requests", "packages") + (
        "visits = { const = 4 }\nprice = { const = 400 }\n"
        'first_visit = { column = "at", moment = "%Y-%m-%d %H:%M" }\n'
    )
    box.run(map=by, rows="who,id,at\na,2,2026-07-01 23:30\n")
    assert box.ticket("2")["opened"] == "2026-07-02T02:30"  # by the clock of the book's place


def test_a_day_is_the_same_day_in_every_zone(box: Desk) -> None:
    box.settings = NONE._replace(time_zone="America/Santiago")
    by = '[source]\ntime_zone = "UTC"\n' + LEDGER
    rows = write_sheet(
        box,
        ["Cliente", "Nome", "Fattura", "Data", "Importo"],
        [1, "A", "1", datetime(2026, 1, 12), 5],
        [1, "A", "2", "12/01/2026", 5],
    )
    box.run(map='sheet = "Open items"\n' + by, rows=rows)
    assert box.items("AR-1", "proformas", "issued") == ["2026-01-12"] * 2


def test_one_sign_with_three_digits_after_it_is_told_in_both_readings(box: Desk) -> None:
    by = LEDGER.replace('decimal = ","', 'decimal = "."')
    (fault,) = box.faults(map=by, rows=HEADER + "1;A;1;12/01/2026;1.234\n")
    assert fault.endswith('to round them, round = true; if it is 1234, decimal = ",".')


def test_line_breaks_in_cells_are_line_breaks(box: Desk) -> None:
    by = STAMPED.replace('opened = { column = "at", moment = "FORMAT" }', 'text = "at"')
    box.run(map=by, rows='who;id;at\r\na;1;"Prima riga\r\nseconda; riga\r\n\r\nquarta"\r\n')
    assert box.ticket("1")["text"] == "Prima riga\nseconda; riga\n\nquarta"


# --- what stands several times, and elsewhere ------------------------------------------------------------

JIRA = """
[customer]
ref = "Reporter"
[ticket]
ref = "Issue key"
book = { const = "requests" }
tags = "Labels"
text = { column = ["Summary", "Type"], join = " / " }
[notes]
each = { column = "Comment", by = ";", into = ["at", "who", "text"] }
at = { column = "Comment.at", moment = "%d/%b/%y %I:%M %p" }
text = { column = ["Comment.who", "Comment.text"], join = ": " }
"""
JIRA_ROWS = (
    "Issue key,Reporter,Summary,Type,Labels,Labels,Comment,Comment\n"
    'D-1,ada,Stampa,Bug,rete,ufficio,02/Mar/26 11:30 PM;bo;uno; due,"03/Mar/26 9:00 AM;ada;sì"\n'
    "D-2,ada,Altro,Task,,,,\n"
)


def test_repeated_columns_are_lists_and_cells_are_taken_apart(box: Desk) -> None:
    box.run(map=JIRA, rows=JIRA_ROWS)
    first, second = box.ticket("D-1"), box.ticket("D-2")
    assert first["tags"] == ["rete", "ufficio"]
    assert first["text"] == "Stampa / Bug"
    assert first["notes"] == [
        {"at": "2026-03-02T23:30", "text": "bo: uno; due"},
        {"at": "2026-03-03T09:00", "text": "ada: sì"},
    ]
    assert (second["tags"], second["notes"]) == ([], [])
    (fault,) = box.faults(map=JIRA, rows=JIRA_ROWS.replace("D-", "E-").replace(";bo;uno; due", ""))
    assert fault == (
        "rows:2: Comment is '02/Mar/26 11:30 PM': it must have at, who, text, with ';' between."
    )


def test_objects_in_a_list_of_json_are_rows_of_their_own(box: Desk) -> None:
    by = (
        '[customer]\nref = "who"\n[ticket]\nref = "id"\nbook = { const = "requests" }\n[notes]\n'
        'each = "comments"\ntext = "comments.body"\nat = { column = "comments.on", date = "%Y-%m-%d" }\n'
    )
    comments = [{"body": "one", "on": "2026-02-01"}, {"body": "two", "on": "2026-02-02"}]
    box.run(map=by, rows={"id": 1, "who": "a", "comments": comments})
    assert box.items("1", "notes", "text") == ["one", "two"]


def test_what_the_export_does_not_say_is_looked_up_in_a_second_file(box: Desk) -> None:
    box.write("clienti.csv", "Elenco\nCodice,E-mail\n1,uno@example.org\n2,\n")
    by = LEDGER.replace(
        'name = "Nome"', 'email = { lookup = "clienti", by = "Cliente", column = "E-mail" }'
    )
    by += '[lookups.clienti]\nfile = "clienti.csv"\nkey = "Codice"\n'
    rows = HEADER + "".join(f"{n};x;{n};12/01/2026;1\n" for n in range(1, 7))
    _, report = box.run(map=by, rows=rows)
    emails = [customer["email"] for customer in box.export()["customers"]]
    assert emails == ["uno@example.org", None, None, None, None, None]
    (warning,) = report.warnings
    assert "clienti.csv has no row for 3, 4, 5 and 1 more" in warning
    with pytest.raises(BadInput, match=r"clienti.csv has no 'Code', by which the map looks up"):
        box.run(map=by.replace('"Codice"', '"Code"'), rows=rows)


# --- event logs -----------------------------------------------------------------------------------------

LOG = """
[source]
order = "at"
[customer]
ref = "who"
[ticket]
ref = "id"
book = { const = "collections" }
customer = { column = "who", take = "first" }
opened = { column = "at", moment = "%d/%m/%Y %H:%M:%S", take = "first" }
status = { column = "what", take = "last", values = { "Closed" = "closed" }, other = "new" }
result = { column = "what", take = "last", values = { "Closed" = "settled" }, other = "" }
assignee = { column = "by", take = "any" }
missed_calls = { column = "what", count = ["No answer"] }
[notes]
at = { column = "at", moment = "%d/%m/%Y %H:%M:%S" }
text = "what"
"""
EVENTS = [
    "1,a,02/03/2026 10:00:40,No answer,", "1,a,02/03/2026 10:00:05,No answer,",
    "2,b,01/02/2026 09:00:00,Opened,ugo", "1,a,28/02/2026 09:00:00,Opened,",
    "1,z,03/03/2026 09:00:00,Closed,", "1,a,02/03/2026 10:00:50,No answer,anna",
    "2,b,02/02/2026 09:00:00,Closed,", "2,b,03/02/2026 09:00:00,Reopened,iva",
]  # fmt: skip


@pytest.mark.parametrize("rows", [EVENTS, EVENTS[::-1]])
def test_a_ticket_of_many_rows(box: Desk, rows: list[str]) -> None:
    made, report = box.run(map=LOG, rows="id,who,at,what,by\n" + "\n".join(rows))
    assert (made.customers, made.tickets, report.items["notes"]) == (3, 2, 8)
    first, second = box.ticket("1"), box.ticket("2")
    assert (first["customer"], first["opened"]) == ("a", "2026-02-28T09:00")
    assert (first["status"], first["result"], first["missed_calls"]) == ("closed", "settled", 3)
    assert (first["assignee"], second["assignee"]) == ("anna", "ugo")
    assert (second["status"], second["missed_calls"]) == ("new", 0)
    texts = [note["text"] for note in first["notes"]]
    assert texts == ["Opened", "No answer", "No answer", "No answer", "Closed"]


def test_rows_that_disagree_are_told_with_what_to_write(box: Desk) -> None:
    by = LOG.replace(', take = "first" }\nopened', " }\nopened")
    (fault,) = box.faults(map=by, rows="id,who,at,what,by\n" + "\n".join(EVENTS))
    assert fault == (
        "rows:6: ticket '1': stands at rows:2 too, with another who (our customer);"
        ' say in the map which row counts, take = "first" or take = "last".'
    )


def test_the_first_name_counts_where_another_field_is_taken_from_the_last_row(box: Desk) -> None:
    by = LEDGER.replace(
        'name = "Nome"', 'name = "Nome"\nphone = { column = "Fattura", take = "last" }'
    )
    _, report = box.run(map=by, rows=HEADER + "1;A;1;12/01/2026;1\n1;B;2;12/01/2026;1\n")
    (customer,) = box.export()["customers"]
    assert (customer["name"], customer["phone"]) == ("A", "2")
    assert "1 is 'A', later 'B'" in report.warnings[0]


def test_without_the_extra_a_sheet_is_refused_in_a_sentence(
    box: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = write_sheet(box, ["Cliente"])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(BadInput, match=r"rows is a workbook: install prassi\[sheets\] to read it"):
        box.run(map=LEDGER, rows=rows)


def test_only_the_row_that_counts_has_to_be_readable(box: Desk) -> None:
    by = LOG.replace(', other = "new" }', " }")
    (fault,) = box.faults(map=by, rows="id,who,at,what,by\n" + "\n".join(EVENTS))
    assert fault.startswith("rows:9: what (our status) is 'Reopened': the map knows Closed; add it")
    by = by.replace('"Closed" = "closed"', '"Closed" = "closed", "Reopened" = "new"')
    box.run(map=by, rows="id,who,at,what,by\n" + "\n".join(EVENTS))


def test_three_equal_rows_are_three_notes(box: Desk) -> None:
    by = (
        '[customer]\nref = "who"\n[ticket]\nref = "id"\nbook = { const = "requests" }\n'
        '[notes]\nat = { column = "at", moment = "%Y-%m-%d %H:%M:%S" }\ntext = "said"\n'
    )
    rows = "".join(f"1,a,2026-03-02 10:00:{s},No answer\n" for s in ("05", "40", "40"))
    _, report = box.run(map=by, rows="id,who,at,said\n" + rows)
    assert box.items("1", "notes", "text") == ["No answer"] * 3
    assert report.items["notes"] == 3


def test_the_first_name_of_a_customer_counts_and_others_are_told(box: Desk) -> None:
    rows = HEADER + "1;Ferri srl;1;12/01/2026;1\n1;FERRI SRL;2;12/01/2026;1\n1;F;3;12/01/2026;1\n"
    _, report = box.run(map=LEDGER, rows=rows)
    assert box.export()["customers"][0]["name"] == "Ferri srl"
    (warning,) = report.warnings
    assert warning.startswith(
        "1 customer has several names, of which the first counts: 1 is 'Ferri"
    )
    by = LEDGER.replace('name = "Nome"', 'name = { column = "Nome", take = "last" }')
    _, report = box.run(map=by, rows=rows.replace("\n1;", "\n7;"))
    assert box.export()["customers"][1]["name"] == "F"
    assert report.warnings == []


# --- faults ------------------------------------------------------------------------------------------------


def test_faults_of_one_kind_are_told_once_with_their_number(box: Desk) -> None:
    rows = HEADER + "".join(f"{n};A;{n};12/01/2026;{n}.50.1\n" for n in range(1, 500))
    faults = box.faults(map=LEDGER, rows=rows + ";B;9;12/01/2026;1\n;B;9;12/01/2026;1\n")
    assert faults == [
        "rows:2: Importo (our amount) is '1.50.1': it is not an amount written with ',' before the"
        " cents. (499 rows have this fault; this is the first.)",
        "rows:501: customer: Cliente (our ref) is missing. Give default in the map, or leave such"
        " rows out: [skip] 'Cliente' = [\"\"]. (2 rows have this fault; this is the first.)",
    ]


WRONG_MAPS = [
    ("header = 0", 1, "header is 0: lines are counted from 1."),
    ("footer = -1", 1, "footer is -1: it can't be below 0."),
    ("[source]\ntime_zone = 'Rome'", 2, "time_zone: is 'Rome': there is no such time zone"),
    ("[customer]\nref = { column = 'a', take = 'best' }", 2, "take of ref is 'best': it must be one of"),
    ("[customer]\nref = { column = 'a', negative = 'skip' }", 2, "negative of ref can only be used in"),
    ("[customer]\nref = { debit = 'a' }", 2, "ref needs both debit and credit, or neither."),
    ("[customer]\nref = { column = 'a', lookup = 'x' }", 2, "ref needs both lookup, the other file,"),
    ("[customer]\nref = { column = 'a', lookup = 'x', by = 'b' }", 2, "there is no [lookups.x] in the"),
    ("[customer]\nref = { column = 'a', count = 'x' }", 2, "count of ref must be a list of words, or"),
    ("[customer]\nref = { column = ['a', 'b'], count = true }", 2, "count of ref needs one column."),
    ("[customer]\nref = { column = 'a', date = ['%d.%m.%Y', '%Q'] }", 2, "date of ref is '%Q': write it"),
    ("[lookups.x]\nfile = 'a.csv'", 1, "x needs 'key'."),
    ("[ticket]\nref = 'a'\nbook = 'b'\ncustomer = 'c'\n[notes]\neach = { column = 'x', by = ';' }", 6, "each needs"),
]  # fmt: skip


@pytest.mark.parametrize(("by", "line", "reason"), WRONG_MAPS)
def test_a_wrong_map_is_told_by_its_line(box: Desk, by: str, line: int, reason: str) -> None:
    told = [fault for fault in box.faults(map=by, rows="x\n") if reason in fault]
    assert len(told) == 1
    assert told[0].startswith(f"map:{line}: ")


# --- sheets ---------------------------------------------------------------------------------------------


def write_sheet(box: Desk, *rows: list[Any], title: str = "Open items") -> bytes:
    book = Workbook()
    book.active.title = "Cover"
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    book.save(box.folder / "made.xlsx")
    return (box.folder / "made.xlsx").read_bytes()


def test_a_sheet_keeps_its_dates_and_numbers(box: Desk) -> None:
    rows = write_sheet(
        box,
        ["Open items of March"],
        [],
        ["Cliente", "Nome", "Fattura", "Data", "Importo"],
        [1001, "Ferri_x000D_\nsrl", 26, datetime(2026, 1, 12), 1220.1],
        ["0002", "Tondo", 27.0, date(2026, 1, 13), 98.5],
        [1003, "Quiete", "28", "14/01/2026", "1.000,50"],
        [None, None, None, "Total", 2319.1],
    )
    by = 'sheet = "Open items"\n[skip]\nFattura = [""]\n' + LEDGER
    made, _ = box.run(map=by, rows=rows)
    assert made.tickets == 3
    assert box.amounts("AR-1001") == {"26": "1220.10"}
    assert box.amounts("AR-0002") == {"27": "98.50"}
    assert box.amounts("AR-1003") == {"28": "1000.50"}
    issued = [box.items(ref, "proformas", "issued")[0] for ref in ("AR-1001", "AR-0002", "AR-1003")]
    assert issued == ["2026-01-12", "2026-01-13", "2026-01-14"]
    assert box.export()["customers"][0]["name"] == "Ferri\nsrl"
    with pytest.raises(BadInput, match=r"rows has no sheet 'March'; it has Cover, Open items\."):
        box.run(map='sheet = "March"\n' + LEDGER, rows=rows)


def test_what_is_not_a_workbook_is_told(box: Desk) -> None:
    with pytest.raises(BadInput, match=r"rows can't be read as a workbook: "):
        box.run(map=LEDGER, rows=b"PK\x03\x04nothing")
    whole = write_sheet(box, ["Cliente"])
    with pytest.raises(BadInput, match=r"can't be read as a workbook"):
        box.run(map=LEDGER, rows=whole[: len(whole) // 2])


# --- what is told ---------------------------------------------------------------------------------------


def test_the_first_rows_are_kept_with_what_they_became(box: Desk) -> None:
    rows = HEADER + "".join(f"{n};A;{n};12/01/2026;{n}\n" for n in range(1, 5))
    _, report = box.run(map=LEDGER, rows=rows)
    assert [one.place.rpartition("/")[2] for one in report.shown] == ["rows:2", "rows:3"]
    assert [raw.kind for raw in report.shown[0].made] == ["customers", "tickets", "proformas"]
    assert report.items["proformas"] == 4


def test_the_rows_are_kept_even_where_others_are_faulty(box: Desk) -> None:
    with pytest.raises(Faults):
        box.run(map=LEDGER, rows=HEADER + "1;A;1;12/01/2026;1\n2;A;2;x;1\n")
    assert len(box.report.shown) == 2
    assert box.report.shown[1].made[-1].told == ["issued"]
