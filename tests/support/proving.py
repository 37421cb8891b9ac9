"""Books that declare other things than they do, or are changed so that they break what they declare."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shutil import copytree
from typing import NamedTuple

from prassi.core.analysis.proofs.prove import Prover
from prassi.core.analysis.proofs.refinement_loop import BROKEN, Verdict
from prassi.core.book.properties import Property
from prassi.core.library.settings import NONE, Settings

ROOT = Path(__file__).parents[2]
FOLDERS = {"loans": ROOT / "docs" / "examples", "lost-and-found": ROOT / "fixtures/own-book/books"}
SHIPPED = ROOT / "core" / "books"

Edits = Sequence[tuple[str, str]]


def changed(folder: Path, book: str, edits: Edits = (), declared: str | None = None) -> Settings:
    """Settings with a copy of a book in which something stands otherwise; or something else is declared."""
    copytree(FOLDERS.get(book, SHIPPED) / book, folder / book)
    path = folder / book / "book.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    if declared is not None:
        text = text[: text.index("[[property]]")] + declared
    path.write_text(text, encoding="utf-8")
    return NONE._replace(books=str(folder))


def one_of(prover: Prover, name: str) -> Property:
    """A property that is declared."""
    return next(one for one in prover.declared.properties if one.id == name)


def decide_fault(prover: Prover, name: str) -> Verdict:
    """What comes of a property: of that part of it which is broken, where there is one."""
    each = [prover.decide(one) for one in prover.declared.split(one_of(prover, name))]
    return next((one for one in each if one.outcome == BROKEN), each[0])


class Fault(NamedTuple):
    """A fault planted in a book, the property that it breaks, and the rules of the shortest story."""

    book: str
    edits: Edits
    breaks: str
    story: list[str]


FAULTS = [
    Fault(
        "collections",
        [('unsent = false, since_notice = "< {preblock_days}"', 'unsent = false, since_notice = "< 14"'),
         ('unsent = false, since_notice = ">= {preblock_days}"', 'unsent = false, since_notice = ">= 14"')],
        "notice-first",
        ["proforma.new", "call.refuses", "sent.notice", "day.preblock.block"],
    ),
    Fault(
        "collections",
        [(', unsent = true }', ', unsent = true, since_notice = "< {preblock_days}" }'),
         ('unsent = false, since_notice = ">= {preblock_days}"', 'since_notice = ">= {preblock_days}"')],
        "notice-first",
        ["proforma.new", "call.refuses", "day.preblock.block"],
    ),
    Fault(
        "collections",
        [('  { done = "appointment", if = { in_block = true } },\n',
          '  { done = "appointment", if = { in_block = true } },\n  { status = "calling" },\n'),
         ('then = [\n  { do = "PAYMENT-MISSED", if = { in_block',
          'then = [\n  { do = "ANSWERED" },\n  { do = "PAYMENT-MISSED", if = { in_block')],
        "days-go-on",
        ["proforma.new", "call.refuses", "call.x.no-answer.not-due"],
    ),
    Fault(
        "collections",
        [('{ do = "NOTICES-WITHDRAWN" },\n  { do = "UNBLOCK" },\n  { status',
          '{ do = "UNBLOCK" },\n  { status')],
        "said-is-true",
        ["proforma.new", "call.refuses", "promise.partial"],
    ),
    Fault(
        "collections",
        [('then = [\n  { withdraw = "preblock" },\n  { tag = "preblocco" }', 'then = [\n  { tag = "preblocco" }')],
        "notice-left",
        ["proforma.new", "call.refuses", "notice.posted"],
    ),
    Fault(
        "collections",
        [('{ do = "NOTICE", if = { in_block = false } },\n]\nNOTICE =', '{ do = "NOTICE" },\n]\nNOTICE =')],
        "one-notice",
        ["proforma.new", "call.refuses", "call.refuses"],
    ),
    Fault(
        "collections",
        [('"NOTICE-MADE", if = { blocked = false, address = true }', '"NOTICE-MADE", if = { blocked = false }')],
        "none-to-nobody",
        ["proforma.new", "call.refuses"],
    ),
    Fault(
        "collections",
        [('  { outcome = "no-answer", in_block = false, stands = "awaits", '
          'since_pay_date = "< {check_workdays}", proformas = ">= 1" },\n', ""),
         ('stands = "awaits", since_pay_date = ">= {check_workdays}", attempt = 1', 'stands = "awaits", attempt = 1')],
        "wait-first",
        ["proforma.new", "call.paid.recent", "call.no-answer.first"],
    ),
    Fault(
        "collections",
        [('  { set = "received", to = "{received_now}" },\n',
          '  { set = "received", to = "{received_now}" },\n'
          '  { status = "calling", if = { covered = false, status = "pre-block" } },\n')],
        "credit-settles",
        ["proforma.new", "call.refuses", "proforma.credit"],
    ),
    Fault(
        "collections",
        [('{ assign = "none" },\n  { task = "find-address", due = "1 working days" },\n  { status = "notice-due" }',
          '{ assign = "none" },\n  { status = "calling" }')],
        "undelivered-is-due",
        ["proforma.new", "call.refuses", "undelivered.notice"],
    ),
    Fault(
        "collections",
        [('broken = "<= {reschedule_max_broken}", new_dates = "< {reschedule_max_broken}"',
          'new_dates = "<= {reschedule_max_broken}"'),
         ('broken = "<= {reschedule_max_broken}", new_dates = ">= {reschedule_max_broken}"',
          'new_dates = "> {reschedule_max_broken}"'),
         ('proformas = "1..{reschedule_max_proformas}", broken = "> {reschedule_max_broken}"',
          'proformas = "1..{reschedule_max_proformas}", new_dates = "> {reschedule_max_broken}"')],
        "new-dates",
        ["proforma.new", "call.agreement.full", "call.agreement.again", "call.agreement.again", "call.agreement.again"],
    ),
    Fault(
        "collections",
        [('AGREED-PARTIAL = [\n  { add = "promises"',
          'AGREED-PARTIAL = [\n  { add = "promises", if = { proformas = ">= 2" }')],
        "promise-first",
        ["proforma.new", "call.agreement.partial"],
    ),
    Fault(
        "collections",
        [('TO-ACCOUNTANTS = [\n  { do = "PROMISE-ENDS" },\n', "TO-ACCOUNTANTS = [\n")],
        "promise-is-awaited",
        ["proforma.new", "call.paid.recent", "call.wants-accountant"],
    ),
    Fault(
        "collections",
        [('  { status = "calling", if = { status = "awaiting-payment" } },\n', "")],
        "awaited-is-promised",
        ["proforma.new", "call.paid.recent", "payment.part"],
    ),
    Fault(
        "collections",
        [('  { do = "ALL-PAID" },\n  { note = "Paid on {on}: {amount_now}; nothing is open any more." }',
          '  { note = "Paid on {on}: {amount_now}; nothing is open any more." }')],
        "settled-is-paid",
        ["proforma.new", "payment.settled"],
    ),
    Fault(
        "collections",
        [('then = [{ wait = "1 working days" }]\n\n[[events.day.rule]]\nid = "day.to-block"',
          'then = []\n\n[[events.day.rule]]\nid = "day.to-block"')],
        "next-step",
        ["proforma.new", "call.problem-balance"],
    ),
    Fault(
        "collections",
        [('status = "pre-block" }\nthen = [\n  { set = "preblock_on", to = "{on}" },\n',
          'status = "pre-block" }\nthen = [\n')],
        "left-first",
        ["proforma.new", "call.refuses", "sent.notice", "day.preblock.block"],
    ),
    Fault(
        "collections",
        [('when = { status = "new" }\nthen = []', 'when = { status = "new" }\nthen = [{ note = "To be called." }]')],
        "once-a-night",
        ["day.call", "day.call"],
    ),
    Fault(
        "collections",
        [("reschedule_max_broken = { value = 2", "reschedule_max_broken = { value = 0"),
         ('when = { status = ["with-department", "to-block"] }',
          'when = { status = ["with-department", "to-block", "pre-block"] }'),
         ('"awaiting-payment", "pre-block", "notice-due", "blocked", "customer-care"] }\nthen = [{ refuse = "{ref} is',
          '"awaiting-payment", "notice-due", "blocked", "customer-care"] }\nthen = [{ refuse = "{ref} is')],
        "no-way-out",
        ["proforma.new", "call.agreement.full", "call.x.no-answer.not-due", "return.restart"],
    ),
    Fault(
        "collections",
        [('  { close = "settled" },\n', "")],
        "can-be-closed",
        [],
    ),
    Fault(
        "collections",
        [('{ do = "SETTLED", if = { proformas = 0 } }', '{ do = "SETTLED" }'),
         ('when = { what = "lifted", blocked = true, unblock = true }', 'when = { what = "lifted" }'),
         ('  { what = "lifted", blocked = false },\n  { what = "lifted", blocked = true, unblock = false },\n', "")],
        "lifted-is-paid",
        ["proforma.new", "block.lifted"],
    ),
    Fault(
        "packages",
        [('  { status = "last-chance", if = { status = "!= last-chance" } },\n',
          '  { status = "last-chance" },\n  { note = "The last day to pay." },\n')],
        "once-a-night",
        ["day.unpaid.last-chance", "day.unpaid.last-chance"],
    ),
    Fault(
        "packages",
        [('  { withdraw = "payment-reminder" },\n', "")],
        "said-is-true",
        ["unpaid.no-answer", "payment.paid"],
    ),
    Fault(
        "packages",
        [('  { set = "paid_on", to = "{on}" },\n  { set = "starts"', '  { set = "starts"')],
        "paid-first",
        ["payment.paid"],
    ),
    Fault(
        "requests",
        [('closed = false, responsible = "none"', 'closed = false, what = ["generate", "close"], responsible = "none"'),
         ('what = "move", responsible = "!= none", stays = false', 'what = "move", stays = false'),
         ('what = "move", owner = "none", responsible = "!= none", stays = true',
          'what = "move", owner = "none", stays = true')],
        "owner-first",
        ["request.move"],
    ),
    Fault("packages", [('then = [{ wait = "{until}" }]', "then = []")], "next-step", ["payment.paid"]),
    Fault(
        "packages",
        [("[common]\nreopen = false\n", "")],
        "reminded-once",
        ["unpaid.no-answer", "cancel.unpaid", "common.reopen", "unpaid.no-answer"],
    ),
]  # fmt: skip
