"""What if: the open tickets worked out under other figures, days or books, beside the present ones.

Nothing is written to the ticket file; where nights follow each other, they run on copies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import NamedTuple

from ..book.model import Rule
from ..decision.plan import Plan
from ..desk.night import PAGE, Found, Night, Only
from ..desk.office import Office
from ..library.library import Shelf
from ..library.settings import Settings
from ..ticketfile import read_tickets
from ..ticketfile.sqlite import Connection, open_scratch
from ..ticketfile.writer_process import InProcessWriter


class Way(NamedTuple):
    """What becomes of a ticket: the rules that answer, the next date, and the messages it gets.

    Over several nights, a rule stands behind its day.
    """

    rules: tuple[str, ...]
    due: str | None
    messages: tuple[str, ...]


class Difference(NamedTuple):
    """A ticket that goes another way, or has another next date or other messages."""

    ticket: str
    book: str
    now: Way
    then: Way


class Outcome:
    """What a trial comes to: how many tickets there are, and the differences counted."""

    def __init__(self) -> None:
        self.tickets = self.another_way = self.other_days = self.moved = 0
        self.rules: dict[str, list[int]] = {}
        """How often each rule answers now and then, on the tickets that go another way."""
        self.messages: Counter[str] = Counter()
        """By template: how many more; below zero, how many fewer."""

    def take(self, found: Difference) -> bool:
        """Count a ticket in; returns whether anything about it differs."""
        self.tickets += 1
        if found.now == found.then:
            return False
        if found.now.rules != found.then.rules:
            self.another_way += 1
            self.other_days += _bare(found.now) == _bare(found.then)
            for place, way in enumerate((found.now, found.then)):
                for rule in _bare(way):
                    self.rules.setdefault(rule, [0, 0])[place] += 1
        elif found.now.due != found.then.due:
            self.moved += 1
        self.messages.update(Counter(found.then.messages))
        self.messages.subtract(Counter(found.now.messages))
        return True


def _bare(way: Way) -> list[str]:
    """The rules without their days."""
    return [rule.rpartition(" ")[2] for rule in way.rules]


def today(now: Office, then: Office) -> Iterator[Difference]:
    """Every open ticket as today asks of it, under both offices' settings."""
    for name in read_tickets.read_open_books(now.connection):
        books = [office.shelf.book(name) for office in (now, then)]
        # A book that the trial leaves as it is says the same twice.
        same = len({(book.digest, book.folder) for book in books}) == 1
        offices = (now,) if same else (now, then)
        nights = [
            Night(*both, Only(), _all, names=False) for both in zip(offices, books, strict=False)
        ]
        after = 0
        while (ends := read_tickets.find_page(now.connection, name, after, PAGE)) is not None:
            after = ends[1]
            with read_tickets.read_snapshot(now.connection) as seen:
                pages = [_ways(now, night, night.read(*ends, seen)) for night in nights]
            for ticket, (ref, way) in pages[0].items():
                yield Difference(ref, name, way, pages[-1][ticket][1])


def _ways(office: Office, night: Night, found: Found) -> dict[int, tuple[str, Way]]:
    """What the night says of each ticket of a page, by its id."""
    ways = {plan.state.id: (plan.state.ref, _way(plan)) for plan in night.plans(found)}
    for number in night.undecided:
        if found.first <= number <= found.last:
            ref = read_tickets.read_ref(office.connection, number)
            ways[number] = (ref, Way(("no answer",), None, ()))
    return ways


def _all(rule: Rule) -> bool:
    return True


def _none(rule: Rule) -> bool:
    return False


def _way(plan: Plan) -> Way:
    sent = tuple(said[1] for said in plan.said if said[0] == "message")
    step = plan.next
    waits = next((said[1] for said in plan.said if said[0] == "wait"), None)
    return Way((plan.rule.id,), step["due"] if step else waits, sent)


def nights(
    connection: Connection, settings: tuple[Settings, Settings], first: str, last: str
) -> Iterator[Difference]:
    """Every night from `first` to `last`, on copies of the file, under both settings."""
    with (
        closing(open_scratch(in_memory=False)) as one,
        closing(open_scratch(in_memory=False)) as other,
    ):
        stories = []
        for copy, of in zip((one, other), settings, strict=True):
            copy.isolation_level = None
            connection.backup(copy)
            stories.append(_story(copy, of, first, last))
        for (ref, book, now), (_, _, then) in zip(*stories, strict=True):
            yield Difference(ref, book, now, then)


def _story(
    copy: Connection, settings: Settings, first: str, last: str
) -> Iterator[tuple[str, str, Way]]:
    """What every ticket that is open at first does in these nights, by its id."""
    start = copy.execute("SELECT coalesce(max(id), 0) FROM event").fetchone()[0]
    letter = copy.execute("SELECT coalesce(max(id), 0) FROM message").fetchone()[0]
    copy.execute(
        "CREATE TEMP TABLE was_open AS SELECT id FROM ticket WHERE open = 1 AND ended_by IS NULL"
    )
    copy.execute("CREATE TEMP TABLE next_due (ticket INTEGER PRIMARY KEY, due TEXT)")
    day, shelf = date.fromisoformat(first[:10]), Shelf(settings, copy)
    while day <= date.fromisoformat(last[:10]):
        writer = InProcessWriter(copy, "what-if", day.isoformat(), many=True)
        office = Office(copy, settings, day.isoformat(), writer, shelf)
        is_last = day.isoformat() == last[:10]
        for name in read_tickets.read_open_books(copy):
            night = Night(office, office.shelf.book(name), Only(), _all if is_last else _none)
            for page in night.sweep():
                if is_last:
                    copy.executemany(
                        "INSERT INTO next_due VALUES (?, ?)",
                        [(made.plan.state.id, _way(made.plan).due) for made in page],
                    )
        day += timedelta(days=1)
    rows = copy.execute(
        "SELECT t.ref, t.book,"
        " (SELECT group_concat(at || ' ' || rule, char(10)) FROM (SELECT at, rule FROM event"
        "  WHERE ticket = t.id AND id > ?1 ORDER BY id)),"
        " (SELECT due FROM next_due WHERE ticket = t.id),"
        " (SELECT group_concat(template, char(10)) FROM (SELECT template FROM message"
        "  WHERE ticket = t.id AND id > ?2 ORDER BY id))"
        " FROM temp.was_open AS w JOIN ticket AS t ON t.id = w.id ORDER BY t.book, t.id",
        (start, letter),
    )
    for ref, book, rules, due, sent in rows:
        yield (
            ref,
            book,
            Way(tuple((rules or "").splitlines()), due, tuple((sent or "").splitlines())),
        )
