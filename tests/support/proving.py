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
    each = [
        prover.decide(one) for one in one_of(prover, name).one_by_one(prover.declared.templates)
    ]
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
        ["unpaid.no-answer", "close.result", "common.reopen", "unpaid.no-answer"],
    ),
]  # fmt: skip
