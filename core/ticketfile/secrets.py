"""The secrets of customers, which the hashes of events that touch them cover.

Each customer has one of 16 random bytes, from the event that makes it until it is forgotten.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence

from ..system.fast_json import encode
from .event_hash import format_secret, format_secrets
from .sqlite import Connection

_OF_TICKETS = """
SELECT t.id, t.customer, s.secret FROM ticket AS t LEFT JOIN secret AS s ON s.customer = t.customer
WHERE t.id IN (SELECT value FROM json_each(?))
"""

_OF_CUSTOMER = """
SELECT secret FROM secret WHERE customer = ?
UNION ALL SELECT NULL FROM customer WHERE id = ? LIMIT 1
"""
"""A customer's secret; NULL where it was forgotten, no row where it is new."""


def make_secret() -> bytes:
    """A new customer's secret."""
    return os.urandom(16)


class Secrets:
    """The secrets that some events need; those of new customers are made, and written at the end.

    `customers` are those of the tickets that were asked for.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[int, bytes | None] = {}
        self._new: dict[int, bytes] = {}
        self.customers: dict[int, int] = {}

    def read_customers(self, tickets: Sequence[int]) -> None:
        """Read whose these tickets are, and those customers' secrets."""
        if tickets:
            for ticket, customer, secret in self._connection.execute(
                _OF_TICKETS, (encode(tickets),)
            ):
                self.customers[ticket], self._known[customer] = customer, secret

    def format_all(self, customer: int | None, touched: Collection[int]) -> str:
        """The secrets of an event's customer, and of those its rows touch, as its hash covers them.

        A customer that was forgotten has none any more.
        """
        if customer is not None and not touched:  # the commonest
            return format_secret(self._find(customer))
        found = {one: self._find(one) for one in (customer, *touched) if one is not None}
        return format_secrets({one: secret for one, secret in found.items() if secret is not None})

    def write(self) -> None:
        """Write the secrets of new customers."""
        self._connection.executemany("INSERT INTO secret VALUES (?, ?)", self._new.items())
        self._new = {}

    def _find(self, customer: int) -> bytes | None:
        if customer not in self._known:
            row = self._connection.execute(_OF_CUSTOMER, (customer, customer)).fetchone()
            if row is None:
                self._new[customer] = make_secret()
            self._known[customer] = self._new[customer] if row is None else row[0]
        return self._known[customer]
