"""The maps that are shipped, each with its sample: what comes in, and what does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from desk import SETTINGS, Desk

MAPS = Path(__file__).parents[2] / "fixtures" / "maps"
ROME = SETTINGS + '[desk]\ntime_zone = "Europe/Rome"\n'


class Shipped(NamedTuple):
    """A map with its sample, and what the command prints."""

    name: str
    sample: str
    out: str
    err: str = ""


SHIPPED = [
    Shipped("zendesk", "zendesk.json", "2 customers and 3 tickets imported, with 3 notes.\n"
        "Left out: 1 by [only] or [skip].\n"),
    Shipped("freshdesk", "freshdesk.csv", "2 customers and 3 tickets imported, with 1 task.\n"
        "Left out: 1 by [only] or [skip]; 1 to do on closed tickets.\n"),
    Shipped("osticket", "osticket.csv", "2 customers and 3 tickets imported.\n",
        "1 customer has several names, of which the first counts: ada@prova.example.org is 'Ada"),
    Shipped("zammad", "zammad.xlsx", "2 customers and 3 tickets imported.\n"
        "Left out: 2 before the header.\n"),
    Shipped("jira", "jira.csv", "2 customers and 3 tickets imported, with 3 notes.\n"),
    Shipped("italian-erp", "italian-erp.csv",
        "3 customers and 3 tickets imported, with 1 credit and 4 proformas.\n"
        "Left out: 3 before the header; 6 by [only] or [skip].\n",
        "italian-erp-customers.csv has no row for 0001003: what the map looks up there is empty."),
    Shipped("sap", "sap.csv", "3 customers and 2 tickets imported, with 2 credits and 3 proformas.\n"
        "Left out: 6 before the header; 8 by [only] or [skip]; 1 settled by credits.\n"),
    Shipped("event-log", "event-log.csv", "4 customers and 3 tickets imported, with 11 notes.\n"),
    Shipped("event-log-events", "event-log.csv",
        "4 customers and 3 tickets imported, with 4 notes and 7 events.\n",
        "1 row came in as a note, because the book refuses its event. The first is "),
]  # fmt: skip


@pytest.fixture
def rome(desk: Desk) -> Desk:
    desk.settings(ROME)
    return desk.load(customers=())


def bring_in(desk: Desk, name: str) -> Any:
    """Import a sample by its map; returns the tickets by ref."""
    sample = next(one.sample for one in SHIPPED if one.name == name)
    desk.good(["import", str(MAPS / sample), "--map", str(MAPS / f"{name}.toml")])
    return {ticket["ref"]: ticket for ticket in desk.export()["tickets"]}


@pytest.mark.parametrize("shipped", SHIPPED, ids=[one.name for one in SHIPPED])
def test_the_sample_comes_in_by_its_map(rome: Desk, shipped: Shipped) -> None:
    words = ["import", str(MAPS / shipped.sample), "--map", str(MAPS / f"{shipped.name}.toml")]
    tried = rome.good([*words, "-n", "--show", "2"])
    assert tried.out.startswith(f"{MAPS / shipped.sample}:")
    ran = rome.good(words)
    assert ran.out == shipped.out
    assert shipped.err in ran.err
    assert bool(ran.err) == bool(shipped.err)
    assert rome.run(words).code == 2  # all of it is there


@pytest.mark.parametrize("shipped", SHIPPED[:-1], ids=[one.name for one in SHIPPED[:-1]])
def test_a_first_sync_brings_in_the_tickets_of_an_import(rome: Desk, shipped: Shipped) -> None:
    """Also without what is to do on closed ones. (A log whose rows are events is not synced.)"""
    words = [str(MAPS / shipped.sample), "--map", str(MAPS / f"{shipped.name}.toml")]
    rome.good(["sync", *words])
    synced = rome.export()["tickets"]
    (run,) = {row["run"] for row in rome.good("log --json").rows}
    rome.good(f"undo --run {run}")
    rome.good(["import", *words])
    assert rome.export()["tickets"] == synced


def test_every_map_is_tested() -> None:
    assert {path.stem for path in MAPS.glob("*.toml")} == {one.name for one in SHIPPED}


@pytest.mark.parametrize("shipped", SHIPPED, ids=[one.name for one in SHIPPED])
def test_a_first_map_of_each_sample_is_a_map(rome: Desk, shipped: Shipped) -> None:
    """It can be read and names columns that are there: what it makes of words is for a person."""
    drafted = rome.good(["map", str(MAPS / shipped.sample)]).out
    (rome.folder / "map.toml").write_text(drafted)
    words = ["import", str(MAPS / shipped.sample), "--map", str(rome.folder / "map.toml"), "-n"]
    ran = rome.run(words)
    assert ran.code == 0 or "?" in drafted, ran.err + drafted


def test_zendesk(rome: Desk) -> None:
    ticket = bring_in(rome, "zendesk")["ZD-35436"]
    assert ticket["opened"] == "2026-02-28T00:40"  # 23:40 UTC is the next day in Rome
    assert (ticket["status"], ticket["priority"], ticket["type"]) == (
        "in-progress",
        "high",
        "support",
    )
    assert ticket["text"] == "Il portale non si apre\nDopo l'accesso\nresta bianco."
    assert [note["at"] for note in ticket["notes"]] == ["2026-02-28T10:15", "2026-02-28T10:40"]
    assert {one["language"] for one in rome.export()["customers"]} == {"it", "ru"}


def test_freshdesk(rome: Desk) -> None:
    tickets = bring_in(rome, "freshdesk")
    assert tickets["FD-101"]["tasks"] == [{"kind": "look", "due": "2026-03-04T18:00"}]
    assert (tickets["FD-101"]["tags"], tickets["FD-101"]["owner"]) == (
        ["fatture", "doppia"],
        "Giulia Desk",
    )
    assert (tickets["FD-102"]["owner"], tickets["FD-103"]["tasks"]) == (None, [])


def test_osticket(rome: Desk) -> None:
    tickets = bring_in(rome, "osticket")
    assert tickets["OS-000451"]["text"] == "Preventivo; tre postazioni"
    assert tickets["OS-000452"]["text"] == "La stampante\nnon stampa"
    assert tickets["OS-000433"]["status"] == "closed"


def test_zammad(rome: Desk) -> None:
    tickets = bring_in(rome, "zammad")
    assert tickets["ZA-31001"]["opened"] == "2026-02-28T00:40"
    assert (tickets["ZA-31001"]["tags"], tickets["ZA-31002"]["owner"]) == (["fatture", "pdf"], None)


def test_jira(rome: Desk) -> None:
    ticket = bring_in(rome, "jira")["DESK-14"]
    assert ticket["tags"] == ["accesso", "portale"]
    assert ticket["notes"] == [
        {"at": "2026-02-28T09:15", "text": "giulia: Che browser?; e che versione?"},
        {"at": "2026-02-28T09:40", "text": "5f0a1: Firefox, l'ultima."},
    ]


def list_open(ticket: Any) -> dict[str, str]:
    """What each proforma came to, in its currency, and what a credit left of it."""
    return {
        one["number"]: f"{one['amount']} {one['currency']}"
        + (f", {one['left']} left" if "left" in one else "")
        for one in ticket["proformas"]
    }


def test_an_italian_erp(rome: Desk) -> None:
    tickets = bring_in(rome, "italian-erp")
    assert {ref: list_open(ticket) for ref, ticket in tickets.items()} == {
        "AR-0001001": {"26/00017": "1220.00 EUR, 1000.00 left", "26/00031": "305.00 EUR"},
        "AR-0001002": {"25/00388": "98.50 EUR"},
        "AR-0001003": {"26/00040": "1000.00 EUR"},
    }
    customer = rome.export()["customers"][0]
    assert customer["name"] == "Caffè Bellavista di Però Nicolò"
    assert (customer["email"], customer["phone"]) == ("conti@bellavista.example.org", "0543 000 11")


def test_an_erp_in_the_manner_of_sap(rome: Desk) -> None:
    tickets = bring_in(rome, "sap")
    assert {ref: list_open(ticket) for ref, ticket in tickets.items()} == {
        "AR-100001": {"1800000017": "1220.00 EUR, 1000.00 left", "1800000031": "305.00 EUR"},
        "AR-100003": {"1800000040": "1000.00 CHF"},
    }


def test_an_event_log(rome: Desk) -> None:
    tickets = bring_in(rome, "event-log")
    first, third = tickets["L-Case 1"], tickets["L-Case 3"]
    assert (first["customer"], first["status"], first["opened"]) == (
        "Prova srl",
        "closed",
        "2026-02-02T09:00",
    )
    assert len(first["notes"]) == 6
    assert (third["status"], third["priority"], third["owner"]) == ("in-progress", "high", "iva")
    assert [note["text"] for note in third["notes"]] == [
        "Insert ticket, by iva", "Closed, by sys", "Take in charge ticket, by iva",
    ]  # fmt: skip


def test_an_event_log_whose_rows_are_events(rome: Desk) -> None:
    """All eleven rows are there: those that the book takes as events, the others as notes."""
    tickets = bring_in(rome, "event-log-events")
    notes = [note["text"] for one in tickets.values() for note in one["notes"]]
    events = [
        (one["ticket"], one["at"], one["rule"])
        for one in rome.good("log --json").rows
        if one["event"] == "request"
    ]
    assert len(notes) + len(events) == 11
    assert sorted(events)[:3] == [
        ("L-Case 1", "2026-02-02T09:10", "request.move"),
        ("L-Case 1", "2026-02-04T11:00", "request.move"),
        ("L-Case 1", "2026-02-04T11:00", "request.x.new-owner"),
    ]
    assert (tickets["L-Case 1"]["status"], tickets["L-Case 1"]["owner"]) == ("closed", "sys")
    assert tickets["L-Case 3"]["status"] == "closed"
    assert "Take in charge ticket, by iva" in notes  # after it was closed


def test_what_came_in_as_json(rome: Desk) -> None:
    words = ["import", str(MAPS / "italian-erp.csv"), "--map", str(MAPS / "italian-erp.toml")]
    *shown, made = rome.good([*words, "--json", "--show", "1"]).rows
    assert [row["kind"] for row in shown] == ["customers", "tickets", "proformas"]
    assert shown[2]["values"]["amount"] == "1220.00"
    assert made == {
        "customers": 3, "tickets": 3, "items": {"credits": 1, "proformas": 4},
        "left_out": {"before-header": 3, "skipped": 6}, "applied": True,
    }  # fmt: skip
