"""Credit notes at an import: not a cent is lost, and the oldest open items go first."""

from __future__ import annotations

from typing import Any

from brought_in import shelf
from hypothesis import given, settings
from hypothesis import strategies as st
from prassi.core.importing.credits import Credited, apply_credits
from prassi.core.ticketfile.import_staging import SourcePlace

PROFORMAS = shelf().book("collections").items["proformas"]
PLACE = SourcePlace(0, 1)

amounts = st.integers(1, 50_000)
currencies = st.sampled_from(["EUR", "CHF"])
items = st.fixed_dictionaries(
    {
        "amount": amounts,
        "currency": currencies,
        "issued": st.sampled_from([None, "2026-01-01", "2026-01-02", "2026-02-01"]),
        "paid": st.sampled_from([None, None, "2026-02-10"]),
        "left": st.sampled_from([None, None, 1, 300]),
    }
).map(lambda item: {**item, "left": item["left"] and min(item["left"], item["amount"])})
credits = st.fixed_dictionaries({"amount": amounts, "currency": currencies})


def read_left(item: dict[str, Any]) -> int:
    """What is left of an item: all of it, unless it says otherwise."""
    left = item.get("left")
    return int(item["amount"] if left is None else left)


def apply(has: list[dict[str, Any]], less: list[dict[str, Any]]) -> Credited:
    return apply_credits(PROFORMAS, "amount", [(PLACE, one) for one in has], less)


def total(rows: list[dict[str, Any]], currency: str) -> int:
    return sum(
        read_left(row) for row in rows if row["currency"] == currency and row.get("paid") is None
    )


def read_unused(credited: Credited, currency: str) -> int:
    parts = [one.split() for one in credited.unused]
    return sum(int(amount.replace(".", "")) for amount, code in parts if code == currency)


@settings(max_examples=200, deadline=None)
@given(st.lists(items, max_size=5), st.lists(credits, max_size=4))
def test_what_is_open_is_lowered_by_what_is_credited(
    has: list[dict[str, Any]], less: list[dict[str, Any]]
) -> None:
    credited = apply(has, less)
    left = [item for _, item in credited.items]
    for currency in ("EUR", "CHF"):
        used = total(less, currency) - read_unused(credited, currency)
        assert total(has, currency) - used == total(left, currency)
        assert not (total(left, currency) and read_unused(credited, currency))
    assert all(read_left(item) > 0 for item in left)
    assert len(left) + credited.settled == len(has)
    rest = iter([one["amount"] for one in has])
    assert all(item["amount"] in rest for item in left)  # none was changed, nor its place
    assert [one for one in has if one["paid"]] == [one for one in left if one["paid"]]


def test_the_oldest_open_item_goes_first_and_one_without_a_date_last() -> None:
    has = [
        {"amount": 100, "currency": "EUR", "issued": day, "paid": None}
        for day in (None, "2026-02-01", "2026-01-01")
    ]
    credited = apply(has, [{"amount": 150, "currency": "EUR"}])
    assert [(one["issued"], one["amount"], one.get("left")) for _, one in credited.items] == [
        (None, 100, None), ("2026-02-01", 100, 50),
    ]  # fmt: skip
