"""How far a book looks: which tickets its facts.sql sees beside the one that it is asked about."""

from __future__ import annotations

LINKS, CUSTOMER, ALL = "links", "customer", "all"

REACHES = {
    LINKS: "the tickets that it names or that name it, and so on from each of them",
    CUSTOMER: "the tickets of its customer",
}
"""What `[book] reach` can list, each with the tickets that come with a ticket. An empty list is the
ticket alone, "all" every ticket."""


def find_reach_fault(written: object) -> str | None:
    """What is wrong with `[book] reach` as it is written, if anything."""
    if written == ALL:
        return None
    if isinstance(written, list) and all(
        isinstance(one, str) and one in REACHES for one in written
    ):
        return None
    known = ", ".join(f'"{name}"' for name in REACHES)
    return f'reach must be a list of {known}, or "{ALL}", not {written!r}.'


def format_reach(reach: frozenset[str] | None) -> str:
    """A reach as book.toml has it."""
    if reach is None:
        return f'"{ALL}"'
    named = ", ".join(f'"{name}"' for name in REACHES if name in reach)
    return f"[{named}]"
