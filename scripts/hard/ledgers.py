#!/usr/bin/env python
"""A desk beside a program that keeps the ledger: after each night both say the same, to the cent.

    python scripts/hard/ledgers.py [--small] [--seed N]

Ledgers are made by chance: new invoices, payments in full and in part, credit notes, amounts that rise,
renamed customers, changed addresses, rows that vanish and return, files that can't be the ledger of the
day. People call, note, agree on payments, and record payments before the ledger has them. After each
night the open items of the ticket file are those of the ledger, but for what people recorded and the
ledger may still lack; names and addresses are the ledger's; the same export once more writes nothing, a
run that is undone leaves the export as it was to the byte, and what people did is still there.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from common.figures import Figures, given, zero
from common.files import folder_for
from common.judging import Wrong
from common.workers import spread
from desk import Desk, Ran

FULL = {"ledgers": 60, "nights": 30}
SMALL = {"ledgers": 2, "nights": 6}
WORKERS = 2
FIRST = date(2026, 3, 2)

MAP = """
[customer]
ref = { column = "Customer", prefix = "C-" }
name = "Name"
email = "Mail"
[ticket]
ref = { column = "Customer", prefix = "AR-" }
book = { const = "collections" }
opened = { const = 2026-03-02 }
[items.proformas]
number = "Document"
amount = { column = "Amount", decimal = ",", negative = "credit" }
issued = { column = "Date", date = "%d/%m/%Y" }
[source]
dated = { name = "open_%Y%m%d.csv" }
lag_days = 4
"""
LAG = 4
HEAD = "Customer;Name;Mail;Document;Date;Amount"


class Early(NamedTuple):
    """A payment that people recorded first: when, how much, and the day on which the ledger has it (never
    where that is later than it may lag)."""

    on: date
    amount: int
    known_on: date


class Erp:
    """The other program: open items by number, each with its customer, day and what is left."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.names = {n: f"Firm {n}" for n in range(1, chance.randint(4, 12))}
        self.mails = {n: f"firm{n}@example.org" for n in self.names}
        self.open: dict[str, tuple[int, date, int]] = {}
        self.credits: dict[str, tuple[int, int]] = {}
        self.hidden: dict[str, tuple[int, date, int]] = {}
        self.ahead: dict[str, Early] = {}
        self.early: dict[str, date] = {}
        self._next, self._began = 0, set[str]()
        for _ in range(3 * len(self.names)):
            self.invoice(FIRST)

    def invoice(self, day: date) -> None:
        """A new invoice."""
        self._next += 1
        customer = self._chance.choice([*self.names])
        self.open[f"26/{self._next:04d}"] = (customer, day, self._chance.randint(100, 90_000))

    def live(self, day: date) -> None:
        """What happens in a day; little enough that the share of what is gone stays below the guard."""
        chance = self._chance
        self._began = {*self.sums()}
        for _ in range(chance.randint(0, 3)):
            self.invoice(day)
        self.take_early(day)
        self.open |= {n: item for n, item in self.hidden.items() if chance.random() < 0.5}
        self.hidden = {n: item for n, item in self.hidden.items() if n not in self.open}
        for number in chance.sample(sorted(self.open), min(len(self.open) // 6, 3)):
            self.settle(number, day)
        for number in [one for one in self.credits if chance.random() < 0.3]:
            if self.has_room():
                self.match(number)
        if chance.random() < 0.3:
            self.credit()
        customer = chance.choice([*self.names])
        if chance.random() < 0.2:
            self.names[customer] += " & C."
        if chance.random() < 0.2:
            self.mails[customer] = f"new{chance.randint(1, 999)}@example.org"

    def has_room(self) -> bool:
        """Whether more can go on this day: a credit note may settle some invoices at once."""
        gone = self._began - {*self.sums()}
        return (len(gone) + 3) * 6 <= len(self._began)

    def take_early(self, day: date) -> None:
        """What people recorded first comes into the ledger, or never does."""
        for number, early in [*self.ahead.items()]:
            if early.known_on <= day:
                del self.ahead[number]
                customer, on, left = self.open[number]
                self.open[number] = (customer, on, left - early.amount)
                if left == early.amount:
                    del self.open[number]
            elif day > early.on + timedelta(days=LAG):
                del self.ahead[number]

    def is_free(self, number: str) -> bool:
        """Whether no one has anything to do with an invoice or its customer that would mix with another."""
        customer = self.open[number][0]
        has_credit = any(one == customer for one, _ in self.credits.values())
        return number not in self.ahead and not has_credit

    def settle(self, number: str, day: date) -> None:
        """An invoice is paid, in full or in part, rises, or is not in the export for a while."""
        customer, on, left = self.open[number]
        if number in self.ahead:
            return
        what = self._chance.choice(["paid", "part", "hidden", "more"])
        if what == "more":
            if day <= self.early.get(number, FIRST) + timedelta(days=LAG):
                return  # it would be taken for a ledger that lags
            self.open[number] = (customer, on, left + self._chance.randint(1, 10_000))
            return
        if what == "hidden" and any(one == customer for one, _ in self.credits.values()):
            return
        if what == "part" or not self.has_room():
            self.open[number] = (customer, on, self._chance.randint(1, left))
            return
        gone = self.open.pop(number)
        if what == "hidden":
            self.hidden[number] = gone

    def credit(self) -> None:
        """A credit note, which stands in the export until it is matched; what is hidden stays so."""
        customer, _, left = self.open[self._chance.choice(sorted(self.open))]
        is_early = any(self.open[one][0] == customer for one in self.ahead)
        is_hidden = any(one == customer for one, _, _ in self.hidden.values())
        if left > 1 and not is_hidden and not is_early:
            self._next += 1
            self.credits[f"NC {self._next}"] = (customer, self._chance.randint(1, left - 1))

    def match(self, number: str) -> None:
        """Take a credit note off the customer's oldest invoices: it is in the export no more."""
        customer, rest = self.credits.pop(number)
        for one in self.oldest(customer):
            owner, on, left = self.open[one]
            taken = min(rest, left)
            rest -= taken
            self.open[one] = (owner, on, left - taken)
            if left == taken:
                del self.open[one]

    def oldest(self, customer: int) -> list[str]:
        """The open invoices of a customer, the oldest first."""
        of_customer = [number for number, item in self.open.items() if item[0] == customer]
        return sorted(of_customer, key=lambda number: (self.open[number][1], number))

    def rows(self) -> list[str]:
        """The export, in any order."""
        found = [
            f"{customer:04d};{self.names[customer]};{self.mails[customer]};{number};"
            f"{on:%d/%m/%Y};{_euro(left)}"
            for number, (customer, on, left) in self.open.items()
        ]
        found += [
            f"{customer:04d};{self.names[customer]};{self.mails[customer]};{number};"
            f"{FIRST:%d/%m/%Y};-{_euro(amount)}"
            for number, (customer, amount) in self.credits.items()
        ]
        self._chance.shuffle(found)
        return found

    def sums(self) -> dict[str, int]:
        """What is open, by number, once credits are taken off the oldest."""
        found = {number: left for number, (_, _, left) in self.open.items()}
        for customer, amount in self.credits.values():
            for number in self.oldest(customer):
                taken = min(amount, found[number])
                found[number] -= taken
                amount -= taken
        return {number: left for number, left in found.items() if left}

    def sums_here(self) -> dict[str, int]:
        """What is open in the ticket file: less what people recorded and the ledger lacks."""
        found = self.sums()
        for number, early in self.ahead.items():
            found[number] -= early.amount
        return {number: left for number, left in found.items() if left}


def _euro(cents: int) -> str:
    return f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02d}"


class Night:
    """A desk that takes in a ledger night after night.

    Its commands run in this process: a fork for each would take ten times as long, and kill.py tries
    what only a process of its own can meet.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.chance = folder, random.Random(seed)
        self.desk, self.file = Desk(folder), folder / "tickets.db"
        self.erp, self.counts = Erp(self.chance), Counter[str]()
        self.notes: list[tuple[str, str]] = []
        self.promises: dict[str, int] = {}
        self.exported: dict[str, Any] = {}
        (folder / "map.toml").write_text(MAP, encoding="utf-8")
        self.good("init", FIRST)

    def run(self, words: str, day: date) -> Ran:
        """A command on the desk's file, as of a day."""
        return self.desk.run(words, day.isoformat())

    def good(self, words: str, day: date) -> Ran:
        """A command that must end well."""
        ran = self.run(words, day)
        if ran.code:
            raise Wrong(f"{words} on {day} ended with {ran.code}: {ran.err}")
        return ran

    def write(self, day: date, lines: list[str], end: str = "\n") -> str:
        """An export of a day."""
        path = self.folder / f"open_{day:%Y%m%d}.csv"
        path.write_text("\n".join([HEAD, *lines]) + end, encoding="utf-8")
        return str(path)

    def sync(self, path: str, day: date, more: str = "") -> Ran:
        """A sync of an export."""
        return self.run(f"sync {path} --map {self.folder}/map.toml --json {more}", day)

    def pass_by(self, day: date) -> None:
        """A night: wrong files are refused, the right one comes in, and both agree."""
        self.erp.live(day)
        rows, is_undone = self.erp.rows(), self.chance.random() < 0.3
        before = self.good("export", day).out if is_undone else ""
        if self.notes:
            self.refuse_wrong(day, rows)
        path = self.write(day, rows)
        ran = self.sync(path, day)
        if ran.code:
            raise Wrong(f"the sync of {day} ended with {ran.code}: {ran.err}\n{ran.out[-2000:]}")
        self.judge(day)
        after = self.file.read_bytes()
        if [row for row in self.sync(path, day).rows if row.get("event_id")]:
            raise Wrong(f"the same export of {day} made events a second time")
        if self.file.read_bytes() != after:
            raise Wrong(f"the same export of {day} changed the file")
        number = ran.rows[-1]["run"]
        self.counts["events"] += len(ran.rows) - 1
        if number is not None and is_undone:
            self.good(f"undo --run {number}", day)
            if self.good("export", day).out != before:
                raise Wrong(f"undo of the sync of {day} left another export")
            self.counts["undone"] += 1
            if self.sync(path, day).code:
                raise Wrong(f"the sync of {day} can't be done again")
            self.judge(day)
        self.work(day)
        self.counts["nights"] += 1

    def refuse_wrong(self, day: date, rows: list[str]) -> None:
        """Files that can't be the ledger of the day: nothing is written."""
        before = self.file.read_bytes()
        wrong = self.chance.choice(["empty", "header", "half", "cut", "older"])
        on = day - timedelta(days=40) if wrong == "older" else day
        lines = {"half": rows[: len(rows) // 2], "header": []}.get(wrong, rows)
        path = self.write(on, lines)
        if wrong == "empty":
            Path(path).write_text("", encoding="utf-8")
        if wrong == "cut":
            Path(path).write_bytes(Path(path).read_bytes()[: -self.chance.randint(1, 20)])
        ran = self.sync(path, day)
        if ran.code != 3:
            raise Wrong(f"a file that is {wrong} ended with {ran.code} on {day}: {ran.err}")
        if self.file.read_bytes() != before:
            raise Wrong(f"a file that is {wrong} changed the ticket file")
        self.counts["refused"] += 1

    def judge(self, day: date) -> None:
        """The open items of the file are those of the ledger, and what people did is there."""
        self.exported = json.loads(self.good("export", day).out)
        tickets, found = self.exported["tickets"], Counter[str]()
        for ticket in tickets:
            for item in ticket.get("proformas", ()):
                if item["paid"] is None:
                    found[item["number"]] += _cents(item.get("left") or item["amount"])
        wanted = self.erp.sums_here()
        if dict(found) != wanted:
            odd = {n for n in {*found, *wanted} if found[n] != wanted.get(n, 0)}
            told = {n: (found[n], wanted.get(n), self.erp.ahead.get(n)) for n in sorted(odd)}
            raise Wrong(f"on {day} the file and the ledger differ (file, ledger): {told}")
        kept = {(one["ref"], note["text"]) for one in tickets for note in one.get("notes", ())}
        if lost := [one for one in self.notes if one not in kept]:
            raise Wrong(f"on {day} what people did is lost: {lost}")
        made = {one["ref"]: len(one.get("promises", ())) for one in tickets}
        if lost_promises := [ref for ref, n in self.promises.items() if made.get(ref, 0) < n]:
            raise Wrong(f"on {day} promises are lost: {lost_promises}")
        self.judge_customers(day)

    def judge_customers(self, day: date) -> None:
        """Those who are in the export have the name and the address that it has."""
        shown = {row[0] for row in self.erp.open.values()} - self.settled_by_credit()
        known = {one["ref"]: one for one in self.exported["customers"]}
        for number in shown:
            here = known[f"C-{number:04d}"]
            if (here["name"], here["email"]) != (self.erp.names[number], self.erp.mails[number]):
                raise Wrong(f"on {day} customer {number} is {here}")

    def settled_by_credit(self) -> set[int]:
        """Customers of whom no invoice may have come in yet, since a credit covers all of them."""
        return {customer for customer, _ in self.erp.credits.values()}

    def work(self, day: date) -> None:
        """People do something: a call that nobody answers, with a note, or a promise."""
        tickets: list[dict[str, Any]] = self.exported["tickets"]
        self.pay_early(day, tickets)
        is_open = [one for one in tickets if one["status"] == "new"]
        if not is_open:
            return
        ref = self.chance.choice(is_open)["ref"]
        if ref in {one["ref"] for one in tickets if self.has_early(one)}:
            return
        what = self.chance.choice(["promise", "call", "note"])
        if what == "promise":
            self.good(f"promise {ref} --agreed-on {day + timedelta(days=20)}", day)
            self.promises[ref] = self.promises.get(ref, 0) + 1
            self.counts["promises"] += 1
            return
        words = f"call-outcome {ref} no-answer --note" if what == "call" else f"note {ref}"
        self.good(f"{words} heard-{day}", day)
        self.notes.append((ref, f"heard-{day}"))

    def has_early(self, ticket: dict[str, Any]) -> bool:
        """Whether a payment of it was recorded that may have closed it."""
        return any(one["number"] in self.erp.ahead for one in ticket.get("proformas", ()))

    def pay_early(self, day: date, tickets: list[dict[str, Any]]) -> None:
        """Somebody records a payment that the ledger has some days later, or never."""
        found = [
            (one["ref"], item["number"])
            for one in tickets
            for item in one.get("proformas", ())
            if one["status"] != "closed"
            and item["paid"] is None
            and item["number"] in self.erp.open
            and self.erp.is_free(item["number"])
        ]
        if not found or self.chance.random() < 0.5:
            return
        ref, number = self.chance.choice(found)
        left = self.erp.open[number][2]
        amount = left if self.chance.random() < 0.5 else self.chance.randint(1, left)
        part = "--part" if amount < left else ""
        self.good(f"payment {ref} --proforma {number} --amount {_plain(amount)} {part}", day)
        known_on = day + timedelta(days=self.chance.choice([1, 2, LAG, 99]))
        self.erp.ahead[number] = Early(day, amount, known_on)
        self.erp.early[number] = day
        self.counts["early"] += 1


def _plain(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _cents(amount: str) -> int:
    return int(Decimal(amount) * 100)


def play(seed: int, nights: int) -> Counter[str]:
    """One ledger, from its first night to its last."""
    with folder_for(small=True) as folder:  # in memory: nothing here loses its power
        desk = Night(Path(folder), seed)
        for number in range(nights):
            desk.pass_by(FIRST + timedelta(days=number))
        desk.good("verify", FIRST + timedelta(days=nights))
    return desk.counts + Counter(ledgers=1)


def work(number: int, seed: int, size: dict[str, int]) -> dict[str, Any]:
    """The ledgers of one worker."""
    total, wrong = Counter[str](), list[str]()
    for one in range(number, size["ledgers"], WORKERS):
        try:
            total += play(seed * 1_000 + one, size["nights"])
        except Wrong as error:
            wrong.append(f"ledger {seed * 1_000 + one}: {error}")
    return {"counts": dict(total), "wrong": wrong}


def main() -> None:
    told = given(__doc__)
    figures = Figures("A ledger every night", told)
    size = SMALL if told.small else FULL
    shares = spread(lambda number: work(number, told.seed, size), WORKERS)
    counts = sum((Counter(share["counts"]) for share in shares), Counter[str]())
    wrong = [one for share in shares for one in share["wrong"]]
    figures.print("ledgers", counts["ledgers"], lambda n: n == size["ledgers"])
    figures.print("nights", counts["nights"], bool)
    figures.print("differences raised", counts["events"], bool)
    figures.print("files refused", counts["refused"], bool)
    figures.print("payments recorded first", counts["early"], bool)
    figures.print("runs undone and done again", counts["undone"], bool)
    figures.print("ledgers that differ by a cent, or lost something", len(wrong), zero)
    for one in wrong[:10]:
        figures.wrong(one)
    figures.end()


if __name__ == "__main__":
    main()
