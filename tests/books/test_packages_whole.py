"""The packages book as a whole: no fact is without an answer, no text without its language, and what
comes in goes out again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from packagework import PHONE, TODAY, active, customer, expired, follow_up, unpaid
from prassi.core.book.domains import domain
from prassi.core.book.model import Book, Event
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.messages.sms_segments import plain, segments
from prassi.core.messages.templates import Messages
from prassi.core.tables.cells import Cell, Domain, Value

pytestmark = [pytest.mark.unmeasured, pytest.mark.usefixtures("without_roles")]

LANGUAGES = ("it", "es", "ru", "ar", "en")
SHORT = (
    "payment-reminder", "cancelled-unpaid", "expired-two-weeks", "expired-one-week", "visit-counted",
)  # fmt: skip
SPOKEN = (
    "script", "tell-collection", "tell-expired", "tell-pay-later", "tell-pay-now", "tell-refund",
    "tell-visit-late", "tell-visit-today",
)  # fmt: skip
COUNTS = (0, 1, 2, 3, 5, 11, 21, 100)
SENDERS = {
    "it": "Casa Pulita",
    "es": "Casa Limpia",
    "ru": "Чисто",
    "ar": "بيت نظيف",
    "en": "Clean Home",
}
SNAPSHOTS = Path(__file__).parents[1] / "snapshots" / "packages"


@pytest.fixture(scope="module")
def book() -> Book:
    return Shelf(NONE).book("packages")


# --- every table answers exactly once ---------------------------------------------------------------


def can_be(event: str, facts: dict[str, Any]) -> bool:
    """Whether facts can occur together, for what statuses need and inputs go with."""
    status, stands = facts.get("status"), facts.get("stands")
    if event in ("expiry", "day"):
        closed = stands in ("resting", "lapsed", "closed")
        unknown = stands in ("running", "resting", "lapsed") and facts.get("day") is None
        if unknown or (status is not None and (status == "closed") is not closed):
            return False
        if event == "day" and status in ("active", "expired") and facts.get("day", 0) is None:
            return False
    elif event != "visit" and (
        status == "closed" or (status in ("active", "expired") and facts.get("day", 0) is None)
    ):
        return False
    if "method" in facts:
        wanted = facts.get("outcome") == "pays" or facts.get("pays") == "now"
        return (facts["method"] is not None) is wanted
    if event == "visit":
        ahead = facts["visit_is"] == "ahead"
        moved = facts["change"] == "move" or facts["target"] == "none"
        asked = (facts["no_answer"] is None) is (facts["change"] == "done")
        return (facts["notice"] is not None or not ahead) and moved and asked
    return True


def samples(cells: list[Cell], known: Domain) -> list[Value]:
    """Values on both sides of every bound that the tests of a fact have."""
    none: list[Value] = [None] if known.optional else []
    if known.values is not None:
        return [*known.values, *none]
    ends = {end for cell in cells for span in cell.spans for end in (span.low, span.high)} - {None}
    near = {end + step for end in ends if end is not None for step in (-1, 0, 1)} or {1}
    return [*sorted(value for value in near if known.holds(value)), *none]


def combinations(book: Book, event: Event) -> Iterator[tuple[dict[str, Any], tuple[Any, ...]]]:
    known = {name: domain(fact, book.statuses) for name, fact in book.facts.items()}
    known |= {name: domain(spec.field, book.statuses) for name, spec in event.inputs.items()}
    for name, spec in event.inputs.items():
        if spec.when:
            known[name] = known[name]._replace(optional=True)
    rows = [row for rule in event.rules for row in rule.rows]
    tested = [name for name in event.facts if any(name in row for row in rows)]
    choices = [samples([row[n] for row in rows if n in row], known[n]) for n in tested]
    for values in product(*choices):
        facts = dict(zip(tested, values, strict=True))
        if can_be(event.name, facts):
            yield facts, tuple(facts.get(name) for name in event.facts)


@pytest.mark.slow
@pytest.mark.parametrize("name", [
    "booking", "script", "call", "payment", "expiry", "visit", "cancel", "close", "day",
    "undelivered",
])  # fmt: skip
@pytest.mark.unmeasured
def test_every_fact_has_one_answer(book: Book, name: str) -> None:
    event = book.event(name)
    answered = set()
    for _, values in combinations(book, event):
        answered.add(event.decide(values))  # raises Undecided where it is none, or two
    assert len(answered) == len(event.rules)


def test_there_is_no_other_event(book: Book) -> None:
    assert set(book.event_names) == {
        "booking", "script", "call", "payment", "expiry", "visit", "cancel", "close", "day",
        "undelivered",
    }  # fmt: skip


RULES = (
    "booking.online booking.cash booking.later booking.later-close booking.follow-up unpaid.answer.online "
    "unpaid.answer.cash unpaid.no-answer unpaid.too-early unpaid.x.refuses unpaid.last-chance "
    "unpaid.final.no-answer unpaid.final.refuses expiry.used-up expiry.over expiry.call expiry.answered "
    "expiry.no-answer.first expiry.no-answer.second expiry.x.not-yet visit.free visit.late visit.same-day "
    "visit.same-day.no-answer day.unpaid day.collection day.unpaid.last-chance day.final-try day.expire day.expiry.1 "
    "day.expiry.6 day.expiry.over day.used-up day.wait visit.x.passed visit.x.not-held day.expiry.over.closed "
    "expiry.x.closed visit.done"
)


def test_every_rule_of_the_page_is_there_and_what_we_added_is_marked(book: Book) -> None:
    rules = {rule.id: rule for name in book.event_names for rule in book.event(name).rules}
    assert set(RULES.split()) <= set(rules)
    extrapolated = {rule.id for rule in rules.values() if rule.extrapolated}
    assert extrapolated == {name for name in rules if ".x." in name} | {
        "booking.later-close",
        "day.collection",
    }


# --- what is said -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def messages() -> Messages:
    return Messages()


def said(
    book: Book, messages: Messages, name: str, language: str, parameters: Any = (),
    ticket: Any = (), company: str = "", sender: str = "", **values: Any,
) -> str:  # fmt: skip
    """A text of the book, with values as rules give them."""
    figures = {name: one.value for name, one in book.parameters.items()}
    known = {"ref": "P-1", "price": 116000, "currency": "EGP", "visits": 4}
    context = {
        "values": {
            "left": 3, "left_now": 2, "days_left": 8, "grace_end": "2026-03-16",
            "expires_on": "2026-03-02", "visit_at": "2026-03-03T10:00", "worth": 30000, "fee": 9000,
            "refund": 21000, "in_currency": "EGP", "outcome": "no-answer", **values,
        },
        "parameters": {**figures, **dict(parameters)},
        "company": {"website": company, "name": sender},
        "ticket": {
            **known, "first_visit": "2026-03-08T10:00", "collect_at": "2026-03-07T18:00",
            **dict(ticket),
        },
        "customer": {"name": "Ahmad Abd ar-Rahman ibn Muhammad al-Iskandarani"},
        "today": TODAY,
    }  # fmt: skip
    rendered = messages.render("packages", name, [language], context)
    assert (rendered.language, rendered.subject) == (language, None)
    return plain(rendered.body)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_short_messages_in_a_language(book: Book, messages: Messages, language: str) -> None:
    lines = []
    for name in SHORT:
        counted = COUNTS if "expired" in name else (3,)
        for outcome in ("no-answer", "refuses") if name == "cancelled-unpaid" else ("no-answer",):
            for left in counted:
                text = said(book, messages, name, language, left=left, outcome=outcome)
                lines.append(f"{name} {left} ({segments(text)} of 3)\n{text}\n")
    for days in (0, 1, 2, 3, 7, 10, 11, 13):
        text = said(book, messages, "expired-one-week", language, days_left=days)
        lines.append(f"expired-one-week, {days} days to go ({segments(text)} of 3)\n{text}\n")
    for link, code in product(("", "https://pay.example.org/"), ("", "77-P")):
        ways = {"payment_link": link, "shop_code": code}
        text = said(book, messages, "payment-link", language, ways)
        lines.append(f"payment-link ({segments(text)} of 3)\n{text}\n")
    for name in (*SHORT, "payment-link"):
        one = {"visits": 1, "first_visit": "2026-03-11T10:00"}
        text = said(
            book, messages, name, language, ticket=one, sender=SENDERS[language], left=1,
            grace_end="2026-03-08",
        )  # fmt: skip
        lines.append(f"{name}, one visit, with a sender ({segments(text)} of 3)\n{text}\n")
    for name in SPOKEN:
        lines.append(f"{name}\n{said(book, messages, name, language)}\n")
    _compare(SNAPSHOTS / f"{language}.txt", "\n".join(lines))


def _compare(path: Path, text: str) -> None:
    if os.environ.get("PRASSI_SNAPSHOTS") == "renew":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*SHORT, "payment-link"])
def test_no_short_message_is_longer_than_three_segments(
    book: Book, messages: Messages, name: str, language: str
) -> None:
    links = ("", "https://pay.example.org/") if name == "payment-link" else ("",)
    for left, days, end, link, outcome, sender in product(
        (*COUNTS, 999),
        (0, 1, 7, 12, 13),
        ("2026-09-30", "2026-12-28"),
        links,
        ("no-answer", "refuses"),
        ("", SENDERS[language], "Clean Home €", SENDERS[language] * 12),
    ):
        ticket = {
            "ref": "P-123456",
            "price": 123456789,
            "visits": max(left, 1),
            "first_visit": f"{end}T12:45",
        }
        text = said(
            book, messages, name, language, {"payment_link": link, "shop_code": "123456789"}, ticket,
            "https://cleaning.example.org", sender, left=left, days_left=days, grace_end=end,
            outcome=outcome,
        )  # fmt: skip
        assert segments(text) <= 3, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_message_names_its_sender_where_it_fits(
    book: Book, messages: Messages, language: str
) -> None:
    sender = SENDERS[language]
    for name in (*SHORT, "payment-link"):
        text = said(book, messages, name, language, sender=sender, left=11)
        assert sender in text.split(":")[0], name
        bare = said(book, messages, name, language, sender=sender * 40)
        assert bare == said(book, messages, name, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_payment_shops_are_spoken_of_where_there_is_a_code(
    book: Book, messages: Messages, language: str
) -> None:
    for name in ("payment-link", "script"):
        assert "77-P" in said(book, messages, name, language, {"shop_code": "77-P"})
        without = said(book, messages, name, language)
        assert not [word for word in SHOPS if word in without]


SHOPS = (
    "punto di pagamento",
    "punto de pago",
    "пункте оплаты",
    "منفذ دفع",
    "منافذ الدفع",
    "payment shop",
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["expired-two-weeks", "expired-one-week"])
def test_messages_about_the_end_name_the_last_day_and_what_is_left(
    book: Book, messages: Messages, name: str, language: str
) -> None:
    for left in COUNTS[3:]:
        text = said(book, messages, name, language, left=left)
        assert f" {left} " in text
        assert "16" in text
        assert "2026" in text
        assert "19125" in text


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("ar", ("لم تبق لكم زيارات", "زيارة واحدة", "زيارتان", "3 زيارات", "5 زيارات", "11 زيارة",
                "21 زيارة", "100 زيارة")),
        ("ru", ("0 уборок", "осталась 1 уборка", "2 уборки", "3 уборки", "5 уборок", "11 уборок",
                "осталась 21 уборка", "100 уборок")),
        ("it", ("0 visite", "una visita", "2 visite", "3 visite", "5 visite", "11 visite", "21 visite",
                "100 visite")),
    ],
)  # fmt: skip
def test_what_is_left_has_its_right_form(
    book: Book, messages: Messages, language: str, forms: tuple[str, ...]
) -> None:
    for name in "expired-two-weeks", "expired-one-week":
        for left, form in zip(COUNTS, forms, strict=True):
            assert form in said(book, messages, name, language, left=left)


def test_another_grace_is_not_called_two_weeks(book: Book, messages: Messages) -> None:
    for language, weeks in zip(LANGUAGES, ("due settimane", "dos semanas", "две льготные недели",
                                           "أسبوعي", "two weeks"), strict=True):  # fmt: skip
        text = said(book, messages, "expired-two-weeks", language)
        assert weeks in text
        assert weeks not in said(book, messages, "expired-two-weeks", language, {"grace_days": 10})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_speaks_of_the_figures_that_are_set(
    book: Book, messages: Messages, language: str
) -> None:
    parameters = {
        "hotline": "800 111",
        "grace_days": 21,
        "cancellation_fee": 0.125,
        "free_change_hours": 36,
    }
    for name in SHORT:
        assert "800 111" in said(book, messages, name, language, parameters)
    script = said(book, messages, "script", language, parameters)
    for figure in "21", "12.5", "36":
        assert figure in script


def test_every_text_is_there_in_every_language(messages: Messages) -> None:
    for name in (*SHORT, *SPOKEN, "payment-link"):
        assert messages.languages("packages", name) == tuple(sorted(LANGUAGES))


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_come_in_the_customers_language(desk: Desk, language: str) -> None:
    desk.load(expired(1), customers=customer(language))
    (decision,) = desk.good("package-expiry P-1 --call no-answer --json").rows
    (message,) = [action for action in decision["actions"] if action["action"] == "message"]
    assert (message["language"], message["to"]) == (language, PHONE)
    assert 1 <= message["segments"] <= 3
    assert "subject" not in message


# --- the desk of the demo ---------------------------------------------------------------------------


@pytest.fixture
def demo(desk: Desk) -> Desk:
    fixture = Path(__file__).parents[2] / "fixtures" / "packages.json"
    desk.good("init")
    desk.good(f"import {fixture}")
    return desk


def test_the_demo_has_every_status_and_nearly_every_night(demo: Desk, book: Book) -> None:
    tickets = demo.export()["tickets"]
    assert {ticket["status"] for ticket in tickets} == set(book.statuses)
    rules = {row["rule"] for row in demo.good("triage --all -n --json").rows}
    rare = {"day.x.unpaid-active", "day.x.visit-call", "day.expiry.over.closed", "day.x.closed"}
    assert rules == {rule.id for rule in book.event("day").rules} - rare


def test_what_comes_in_goes_out_again(demo: Desk, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Desk(tmp_path / "other")
    first = demo.good("export").out
    copy = tmp_path / "copy.json"
    copy.write_text(first, encoding="utf-8")
    other.good("init")
    other.good(f"import {copy}")
    assert other.good("export").out == first


def test_a_dry_run_says_what_a_run_does(demo: Desk) -> None:
    would = [row["rule"] for row in demo.good("triage --all -n --json").rows]
    does = [row["rule"] for row in demo.good("triage --all --json").rows]
    assert would == does


@pytest.mark.parametrize(
    ("ticket", "command"),
    [
        (unpaid("not-paid"), "call-outcome P-1 pays --method online"),
        (unpaid("waiting-on-customer", "2026-03-03"), "call-outcome P-1 no-answer"),
        (unpaid("final-try"), "payment P-1"),
        (expired(1), "package-expiry P-1 --call answers --visit 2026-03-09"),
        (expired(2, missed=1), "package-expiry P-1 --call no-answer"),
        (active(visit_times=[TODAY]), f"package-visit P-1 {TODAY} cancel"),
        (active(), "package-cancel P-1"),
        (follow_up(), "call-outcome P-1 refuses"),
    ],
)  # fmt: skip
def test_every_step_can_be_taken_back(desk: Desk, ticket: dict[str, Any], command: str) -> None:
    desk.load(ticket, customers=customer())
    before = desk.export()
    desk.good(command)
    assert desk.export() != before
    desk.good("undo")
    assert desk.export() == before
