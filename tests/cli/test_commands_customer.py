"""Customers: adding, changing and merging them, and what follows a new address."""

from __future__ import annotations

from typing import Any

import pytest
from desk import MONDAY, Desk
from failing import fails
from procedure import ticket

ROSSI = {"ref": "C-1", "name": "Rossi", "email": "rossi@example.org", "phone": "+39 055 123456"}


@pytest.fixture
def two(desk: Desk) -> Desk:
    """A desk with a ticket of each of two customers; to one of them a letter waits."""
    other = {**ticket("new"), "ref": "T-2", "customer": "C-2"}
    desk.load(ticket("new"), other, customers=[ROSSI, {"ref": "C-2", "name": "Verdi"}])
    desk.good("call-outcome T-1 no-answer")
    desk.good("call-outcome T-2 no-answer")
    return desk


def recipients(desk: Desk) -> dict[int, str | None]:
    return {row["id"]: row["to"] for row in desk.good("outbox list --all --json").rows}


def customer(desk: Desk, ref: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.good(f"customer show {ref} --json").rows[0]
    return found


def test_what_waits_follows_a_new_address(two: Desk) -> None:
    """Also where there was none; undone, it goes where it went before."""
    before = two.export()
    assert recipients(two) == {1: "rossi@example.org", 2: None}
    two.good("customer set C-2 email=verdi@example.org")
    (row,) = two.good("customer set C-1 email=neu@example.org --json").rows
    assert (row["changes"], row["messages"]) == (
        {"email": ["rossi@example.org", "neu@example.org"]},
        1,
    )
    assert recipients(two) == {1: "neu@example.org", 2: "verdi@example.org"}
    two.good("verify")
    for _ in range(2):
        two.good("undo")
    assert recipients(two) == {1: "rossi@example.org", 2: None}
    assert two.export() == before
    two.good("verify")


def test_what_has_left_stays_where_it_went(two: Desk) -> None:
    two.settings('[company]\nname = "Quadrifoglia"\nemail = "desk@example.org"\n')
    two.run(f"outbox export {two.folder / 'mail'}")
    two.good("customer set C-1 email=neu@example.org")
    assert recipients(two)[1] == "rossi@example.org"


def test_a_bounce_makes_an_address_bad_until_it_is_changed(two: Desk) -> None:
    """No letter is written to it meanwhile: a notice to it would be one to nobody."""
    two.settings('[company]\nname = "Quadrifoglia"\nemail = "desk@example.org"\n')
    two.run(f"outbox export {two.folder / 'mail'}")
    two.good("outbox mark 1 bounced --reason 'mailbox full'")
    assert customer(two, "C-1")["email_bad_on"] == MONDAY
    assert two.export()["customers"][0]["email_bad_on"] == MONDAY
    two.good("call-outcome T-1 no-agreement --reason refuses", at="2026-03-09")
    assert recipients(two).get(3) is None
    two.good("customer set C-1 email=neu@example.org")
    assert customer(two, "C-1")["email_bad_on"] is None
    two.good("verify")


def test_a_second_customer_of_the_same_phone_is_found_first(two: Desk) -> None:
    told = "C-1 (Rossi) has this phone already; use that customer, or give --again"
    fails(two, "customer add name=Bianchi phone=+39055123456", 3, told)
    two.good("customer add name=Bianchi phone=+39055123456 --again")
    assert [row["ref"] for row in two.good("customer list --json").rows] == ["C-1", "C-2", "C-3"]
    two.good("undo")
    assert [row["ref"] for row in two.good("customer list --json").rows] == ["C-1", "C-2"]
    two.good("verify")


def test_a_customer_is_added_by_a_ref_before_the_values_or_among_them(two: Desk) -> None:
    two.good("customer add C-8 name=Bianchi")
    two.good("customer add name=Gialli ref=C-9")
    assert customer(two, "C-8")["name"] == "Bianchi"
    assert customer(two, "C-9")["name"] == "Gialli"
    fails(two, "customer add C-10 ref=C-11", 2, "ref is given twice")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("set C-9 name=X", "there is no customer 'C-9'; `prassi customer list` lists them."),
        ("set C-1 email='a@x.org, b@x.org'", "email: 'a@x.org, b@x.org' is not one plain address"),
        ("set C-1 email=nobody", "email: 'nobody' is not one plain address"),
        ("set C-1 phone=maybe", "phone: 'maybe' is not one number"),
        ("set C-1 colour=red", "a customer has no 'colour'; it has ref, name, email, phone"),
        ("set C-1 ref=C-7", "ref can't be changed"),
        ("set C-1 name", "'name' is not KEY=VALUE"),
        ("add ref=C-1 name=X", "there is a customer 'C-1' already."),
        ("merge C-1 C-1", "C-1 and C-1 are the same customer: name two."),
    ],
)
def test_wrong_input(two: Desk, words: str, told: str) -> None:
    fails(two, f"customer {words}", 2, told)


def test_merging_is_one_step(two: Desk) -> None:
    before = two.export()
    two.good("customer merge C-1 C-2")
    assert [row["ref"] for row in two.good("customer list --json").rows] == ["C-2"]
    assert two.show("T-1")["customer"] == "C-2"
    two.good("verify")
    two.good("undo")
    assert two.export() == before
    two.good("verify")


def test_the_same_again_writes_nothing(two: Desk) -> None:
    before = two.file.read_bytes()
    out = "Customer C-1 is so already; nothing was written.\n"
    assert two.good("customer set C-1 name=Rossi").out == out
    assert two.file.read_bytes() == before


def test_what_waits_follows_into_the_other_customer(two: Desk) -> None:
    """Where that one can be reached; undone, it goes where it went before."""
    before = two.export()
    (row,) = two.good("customer merge C-2 C-1 --json").rows
    assert (row["messages"], recipients(two)) == (1, dict.fromkeys((1, 2), "rossi@example.org"))
    two.good("undo")
    assert (recipients(two), two.export()) == ({1: "rossi@example.org", 2: None}, before)
    two.good("customer merge C-1 C-2")
    assert recipients(two) == {1: "rossi@example.org", 2: None}
    two.good("verify")


@pytest.mark.parametrize("named", ["T-1", "4", "5"])
def test_a_merge_is_taken_back_whole_whatever_is_named(two: Desk, named: str) -> None:
    before = two.export()
    two.good("customer merge C-1 C-2")
    fails(two, f"undo {named} --as luca", 2, "is anna's; give --yes")
    assert [row["undone"] for row in two.good(f"undo {named} --json").rows] == [5, 4]
    assert two.export() == before
    fails(two, f"undo {named if named != 'T-1' else 4}", 3, "has already been undone")
    two.good("verify")


def test_a_customer_comes_back_only_to_a_free_ref(two: Desk) -> None:
    two.good("customer merge C-1 C-2")
    two.good("customer add C-1 name=Bianchi")
    told = "event 5 can't be undone: C-1 is another customer by now; merge that one into another"
    fails(two, "undo T-1", 3, told)
    two.good("customer merge C-1 C-2")
    two.good("undo 5")
    assert [row["name"] for row in two.good("customer list --json").rows] == ["Rossi", "Verdi"]
    two.good("verify")


def test_a_merge_stays_once_the_customer_is_forgotten(two: Desk) -> None:
    two.good("customer merge C-1 C-2")
    for ref in ("T-1", "T-2"):
        two.good(f"close {ref} withdrawn --note gone")
    two.good("customer forget C-2 --because asked --yes")
    two.good("undo T-1")
    fails(two, "undo T-1", 3, "event 5 can't be undone: the customer was forgotten since.")
    assert "remains" not in two.good("customer show forgotten-1").out
    two.good("verify")


def test_a_customer_who_has_a_ticket_is_not_taken_away(two: Desk) -> None:
    """Neither by undoing the step that added them, nor by the import they came in with."""
    two.good("customer add C-9 name=Bianchi")
    two.good("ticket new requests --customer C-9 type=support text=help")
    two.good("ticket new requests --customer C-1 type=support text=help")
    fails(two, "undo 4", 3, "event 4 can't be undone: Q-1 is a ticket of C-9, which it made.")
    for number in (6, 5, 4):
        two.good(f"undo {number}")
    two.good("ticket new requests --customer C-1 type=support text=help")
    for number in (3, 2):
        two.good(f"undo {number}")
    fails(two, "undo --run 1", 3, "event 1 can't be undone: Q-1 is a ticket of C-1, which it made.")
    two.good("verify")


def test_only_the_newest_change_of_a_customer_is_taken_back(two: Desk) -> None:
    """That a message came back does not stand in the way: it goes with the address."""
    two.settings('[company]\nname = "Quadrifoglia"\nemail = "desk@example.org"\n')
    two.good("customer set C-1 email=a@example.org")
    two.good("customer set C-1 email=b@example.org")
    fails(two, "undo 4", 3, "before what came after it on C-1: undo event 5 (customer) first.")
    two.run(f"outbox export {two.folder / 'mail'}")
    two.good("outbox mark 1 bounced")
    assert customer(two, "C-1")["email_bad_on"] == MONDAY
    two.good("undo 5")
    found = customer(two, "C-1")
    assert (found["email"], found["email_bad_on"]) == ("a@example.org", None)
    two.good("verify")


def test_what_a_sync_opened_and_somebody_touched_is_skipped(two: Desk) -> None:
    """A ticket with a call, a customer whose address was changed; a customer of a ticket that stays."""
    (two.folder / "map.toml").write_text(
        '[customer]\nref = "c"\nname = "c"\n[ticket]\nref = "t"\nbook = { const = "collections" }\n'
        '[items.proformas]\nnumber = "t"\namount = "a"\n'
    )
    ledger = two.folder / "ledger.csv"
    ledger.write_text("c,t,a\n11,N-1,5.00\n11,N-2,5.00\n12,N-3,5.00\n13,N-4,5.00\n")
    two.good(f"sync {ledger} --map {two.folder / 'map.toml'} --missing keep --max-missing 100%")
    two.good("call-outcome N-2 no-answer")
    two.good("customer set 12 name=Bianchi")
    assert two.run("undo --run 4").code == 3
    assert len(two.good("undo --run 4 --skip-touched --json").rows) == 1
    told = "Nothing of run 4 is undone: what it touched was touched again since.\n"
    assert two.good("undo --run 4 --skip-touched").out == told
    export = two.export()
    assert [one["ref"] for one in export["tickets"]] == ["T-1", "T-2", "N-1", "N-2", "N-3"]
    assert [one["ref"] for one in export["customers"]] == ["C-1", "C-2", "11", "12"]
    two.good("verify")
