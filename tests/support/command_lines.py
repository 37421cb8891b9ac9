"""A line of each command on a ticket file with all fixtures, and the book that each is about."""

from __future__ import annotations

from typing import NamedTuple


class Line(NamedTuple):
    """What is typed after `prassi`, and the book whose rules or tickets it needs, if it needs one."""

    words: str
    book: str | None = None


LINES = {
    "init": Line("init -f new.db"),
    "import": Line("import more.csv"),
    "export": Line("export"),
    "triage": Line("triage"),
    "call-outcome": Line("call-outcome T-1009 no-answer --note è", "collections"),
    "promise": Line("promise T-1010 --agreed-on 2026-03-18", "collections"),
    "payment": Line("payment T-1010 --all", "collections"),
    "preblock": Line("preblock T-1036", "collections"),
    "sheet": Line("sheet expiry", "packages"),
    "proforma": Line("proforma T-1010 add PF-ж 5", "collections"),
    "care-reply": Line("care-reply T-1027 update --note ж", "collections"),
    "hand-back": Line("hand-back T-1021 --note ж", "collections"),
    "insistence-check": Line(
        "insistence-check R-105 --customer unaware --description ж"
        " --name ж --phone +5622000 --email x@example.org",
        "insistence",
    ),
    "answer": Line("answer R-101 --text ж", "insistence"),
    "case-route": Line("case-route K-208 repeat --insists", "cases"),
    "call-conduct": Line("call-conduct K-208 insult --call 7", "cases"),
    "call-line": Line("call-line --caller prospect --kind person", "cases"),
    "package-book": Line("package-book --script", "packages"),
    "package-expiry": Line("package-expiry P-113 --call no-answer", "packages"),
    "package-visit": Line("package-visit P-101 2026-03-08T10:00 cancel", "packages"),
    "package-cancel": Line("package-cancel P-101", "packages"),
    "request": Line("request list", "requests"),
    "note": Line("note T-1009 ж", "collections"),
    "assign": Line("assign T-1009 T-1010 anna", "collections"),
    "postpone": Line("postpone T-1013 2026-03-09", "collections"),
    "done": Line("done T-1013", "collections"),
    "close": Line("close T-1009 withdrawn --note ж", "collections"),
    "reopen": Line("reopen T-1009", "collections"),
    "ticket": Line("ticket new collections --customer M-201", "collections"),
    "event": Line("event T-1009 call outcome=no-answer", "collections"),
    "show": Line("show T-1009"),
    "find": Line("find bolle"),
    "list": Line("list name:~bolle --sort due"),
    "todo": Line("todo"),
    "stats": Line("stats promises"),
    "sync": Line("sync more.csv --map more.toml"),
    "log": Line("log"),
    "undo": Line("undo --run 1"),
    "explain": Line("explain T-1009", "collections"),
    "what-if": Line("what-if --closure 2026-03-04"),
    "replay": Line("replay"),
    "outbox": Line("outbox list --json"),
    "customer": Line("customer list"),
    "map": Line("map more.csv"),
    "calendar": Line("calendar IT"),
    "book": Line("book list"),
    "desk": Line("desk"),
    "completion": Line("completion bash"),
    "schema": Line("schema decision"),
    "verify": Line("verify"),
    "doctor": Line("doctor"),
    "report": Line("report report.html"),
    "serve": Line("serve key list --json"),
    "backup": Line("backup copy.db"),
    "restore": Line("restore kept.db --replace"),
}
"""A line of each command; some are refused, which has to be told as truly."""
