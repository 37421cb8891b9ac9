"""`book show`: a book as a procedure to read, and the way from its statements to rules and scenarios."""

from __future__ import annotations

import shutil
from collections import defaultdict
from html.parser import HTMLParser
from pathlib import Path

import pytest
from desk import Desk
from prassi.core.analysis.scenarios.scenario_files import list_scenario_files, read_scenario_files
from prassi.core.book.placeholders import Text
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.values.due_dates import parse_due_rule

SHELF = Shelf(NONE)
LOANS = Path(__file__).parents[2] / "docs" / "examples" / "loans"


# --- the procedure --------------------------------------------------------------------------------------


def test_a_book_is_told_from_its_figures_to_its_remarks(desk: Desk) -> None:
    out = desk.good("book show collections").out
    heads = [
        "\nParameters\n", "\nWho takes part\n", "\nWhere a ticket can stand\n",
        "\nEvent call: Somebody tried to reach the customer\n", "\nWhat can't be\n",
        "\nStatements of the procedure, and the rules that come from them\n",
        "\nWhat the source leaves open, and what was decided\n",
    ]  # fmt: skip
    places = [out.index(head) for head in heads]
    assert places == sorted(places)
    assert "\n  support: First-line desk: verification, administration, blocking\n" in out
    assert "\n  closed: nothing is open any more (closed)\n" in out
    assert "\n  given reason (with outcome: no-agreement): why nothing was agreed\n" in out
    assert "\n  given channel (may be left out): how the customer was reached\n" in out
    assert "\n  status: awaiting-payment; stands: due or waits  (The status says so.)\n" in out


def test_a_rule_is_told_with_all_it_has(desk: Desk) -> None:
    out = desk.good("book show collections").out
    start = out.index("\n  promise.reschedule\n")
    assert out[start:].startswith("""
  promise.reschedule
    A new date, {agreed_on}, after a missed one: promise number {promise_number}.
    when what: reschedule; payment: full or partial; newest: open; since_pay_date: >= 3 (check_workdays); proformas: 1..3 (reschedule_max_proformas); broken: <= 2 (reschedule_max_broken); new_dates: < 2 (reschedule_max_broken)
    when what: reschedule; payment: full or partial; newest: broken; current: yes; no_way_out: no; proformas: 1..3 (reschedule_max_proformas); broken: <= 2 (reschedule_max_broken); new_dates: < 2 (reschedule_max_broken)
    needs note
    then set cycle to {next_cycle} (if status: missed-contact; restarts: yes)
""")  # noqa: E501
    assert (
        "\n         add promises with pay_on {agreed_on}, kind full, cycle {cycle_now} (if payment: full)\n"
        in out
    )
    assert "\n    then next agent: call-again, {task_due}\n" in out
    assert "\n         change promises where state open to state broken (if ends: broken)\n" in out


def test_the_json_has_the_same(desk: Desk) -> None:
    (told,) = desk.good("book show collections --json").rows
    assert told["roles"]["manager"] == "Head of collections"
    assert told["statuses"]["new"] == "nobody has called yet"
    assert told["impossible"][0]["facts"] == {
        "stands": ["awaits", "awaits-last"],
        "pay_on": "none",
    }
    rules = {rule["rule"]: rule for rule in told["rules"]}
    assert rules["call.paid.old"]["needs"] == ["note"]
    assert rules["day.call"]["why"] == "Nobody has called yet."


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("today", "today"),
        ("{due_on}", "{due_on}"),
        ("{days} days", "15 days"),
        ("5 working days after {due_on}", "5 working days after {due_on}"),
        ("1 days before {due_on}", "1 days before {due_on}"),
        ("first working day from day {day} of next month", "first working day from day 10 of next month"),
    ],
)  # fmt: skip
def test_a_due_is_told_as_it_is_written(written: str, words: str) -> None:
    assert parse_due_rule(written, ["due_on"], {"days": 15, "day": 10}).words == words


def test_a_text_is_told_as_it_is_written() -> None:
    assert Text(("a ", "b", " c ", "d", "")).as_written == "a {b} c {d}"
    assert Text(("a",)).as_written == "a"


# --- from statements to scenarios -----------------------------------------------------------------------


def test_each_statement_has_its_rules_and_each_rule_its_scenarios(desk: Desk) -> None:
    book = SHELF.book("collections")
    scenarios = read_scenario_files(list_scenario_files(book.folder), "collections")
    rows = desk.good("book show collections --trace --json").rows
    assert [row["statement"] for row in rows] == [*book.statements, None]
    every = [rule for name in book.event_names for rule in book.event(name).rules]
    for row in rows:
        named = row["statement"]
        assert [rule["rule"] for rule in row["rules"]] == [
            rule.id
            for rule in every
            if (named in rule.statements if named else not rule.statements)
        ]
        for rule in row["rules"]:
            shown = [s["name"] for s in rule["scenarios"]]
            assert shown == [s.name for s in scenarios if s.expected.rule == rule["rule"]]
            assert all(s["place"].startswith("scenarios/") for s in rule["scenarios"])
    assert [rule["rule"] for rule in rows[40]["rules"]] == ["day.department"]
    assert (rows[40]["view"], rows[40]["reading"]) == (None, None)
    views = {
        row["statement"]: row["view"] for row in desk.good("book show cases --trace --json").rows
    }
    assert (views["s19"], views["s18"]) == ("case-route folder", None)


def test_the_trace_in_lines(desk: Desk) -> None:
    out = desk.good("book show requests --trace").out
    s07 = "\ns07  A request has a state, and a firm defines as many states as it likes.\n"
    assert f"{s07}  a view: prassi request states\n" in out
    assert "\n  request.move [r7]: " in out
    assert "\n  a view: prassi request board\n" in out
    assert "\nFrom no statement of the procedure\n  request.x.new-owner [r6]: " in out
    assert out.splitlines()[-1].startswith(
        "22 statements: 15 carried by rules, 5 by a view, 2 by hand. 15 rules, 8 of them from no"
        " statement; scenarios show 15"
    )


def test_a_book_without_scenarios_is_traced_to_its_rules(desk: Desk) -> None:
    shutil.copytree(LOANS, desk.folder / "books" / "loans")
    desk.settings('[folders]\nbooks = "books"\n')
    shutil.rmtree(desk.folder / "books" / "loans" / "scenarios", ignore_errors=True)
    out = desk.good("book show loans --trace").out
    says = "Three working days after the due date the borrower is reminded by e-mail."
    assert f"\ns2  {says}\n  day.on-loan\n  day.reminder\n" in out
    assert out.endswith(
        "5 statements: 4 carried by rules, 1 by hand. 9 rules, 0 of them from no statement.\n"
    )
    desk.good(f"book show loans --trace --html {desk.folder / 't'}")
    page = Page((desk.folder / "t").read_text(encoding="utf-8"))
    assert page.heads == ["Statement", "Rule", "Remarks"]


class Page(HTMLParser):
    """A page taken apart; every tag has to be closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.heads: list[str] = []
        self.rows: list[list[str]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "br"):
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["th"]:
            self.heads.append(data)
        elif "td" in self._open:
            self.rows[-1][-1] += data


def test_the_trace_as_a_page(desk: Desk) -> None:
    path = desk.folder / "trace.html"
    out = desk.good(f"book show requests --trace --html {path}").out
    assert out.startswith(f"{path} has the trace. 22 statements: ")
    page = Page(path.read_text(encoding="utf-8"))
    assert page.heads == ["Statement", "Rule", "Remarks", "Scenarios"]
    rules = sum(
        max(1, len(row["rules"])) for row in desk.good("book show requests --trace --json").rows
    )
    assert len(page.rows) == rules + 1  # and the heads
    cells = [cell for row in page.rows for cell in row]
    assert any(cell.startswith("s21 A state that is called completed") for cell in cells)
    assert any(
        cell.startswith("request.move") and "From {status} to {state}." in cell for cell in cells
    )
    assert any("a view: prassi request board" in cell for cell in cells)
    assert any("by hand: Which of them a firm works with" in cell for cell in cells)


def test_a_page_is_written_over_only_when_that_is_asked_for(desk: Desk) -> None:
    path = desk.folder / "trace.html"
    ask = f"book show requests --trace --html {path}"
    assert desk.good(f"{ask} --dry-run").out.startswith(f"{path} would have the trace.")
    assert not path.exists()
    path.write_text("mine", encoding="utf-8")
    told = f"Error: --html {path} exists already: name another file, or use --force.\n"
    assert desk.run(ask) == (2, "", told)
    assert path.read_text(encoding="utf-8") == "mine"
    assert desk.good(f"{ask} --force --quiet").out == ""
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert desk.run(f"book show requests --trace --html {desk.folder}/no/t.html").err == (
        f"Error: {desk.folder}/no/t.html can't be written: no such file or directory.\n"
    )
    assert desk.run(f"book show requests --html {path}.2").err == (
        "Error: --html can only be used with --trace, which is what the page shows.\n"
    )


def test_what_a_book_says_is_only_text_on_the_page(desk: Desk) -> None:
    folder = desk.folder / "books" / "loans"
    shutil.copytree(LOANS, folder)
    book = folder / "book.toml"
    text = book.read_text(encoding="utf-8")
    text = text.replace("A loan runs three weeks.", '<script>alert(1)</script> & \\"so\\"')
    book.write_text(
        text.replace('title = "Books on loan"', 'title = "</title><b>"'), encoding="utf-8"
    )
    desk.settings('[folders]\nbooks = "books"\n')
    desk.good(f"book show loans --trace --html {desk.folder / 't'}")
    written = (desk.folder / "t").read_text(encoding="utf-8")
    assert "<script" not in written
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;so&quot;" in written
    assert "<title>&lt;/title&gt;&lt;b&gt;</title>" in written
    Page(written)


# --- status by event ------------------------------------------------------------------------------------


def test_a_matrix_has_each_status_with_its_events_and_what_follows(desk: Desk) -> None:
    rows = desk.good("book show collections --matrix --json").rows
    assert [*rows[0]] == ["status", "event", "given", "rule", "status_after"]
    found: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in rows:
        found[row["status"], row["event"], row["rule"]].append(row["status_after"])
    answers = [rule for status, event, rule in found if (status, event) == ("pre-block", "day")]
    assert answers == ["day.preblock.unsent", "day.preblock.wait", "day.preblock.block"]
    assert found["pre-block", "day", "day.preblock.block"] == ["to-block"]
    missed = "call.no-answer.preblock"
    assert sorted(found["calling", "call", missed]) == ["blocked", "notice-due", "pre-block"]
    assert ("pre-block", "call", missed) not in found
    assert ("calling", "promise", "promise.moved") not in found  # no promise is open there
    assert found["awaiting-payment", "payment", "payment.part"] == ["calling", "awaiting-payment"]
    assert found["closed", "reopen", "reopen.closed"] == ["new"]
    assert not [key for key in found if key[0] == "closed" and key[1] == "call"]
    wanted = {"status": "calling", "rule": "call.wants-manager", "status_after": "with-department"}
    [given] = [row["given"] for row in rows if wanted.items() <= row.items()]
    assert given == {"outcome": "no-agreement", "reason": "refuses-contact", "wants": "manager"}


def test_a_matrix_follows_a_rule_that_hands_on(desk: Desk) -> None:
    """To the rule that answers then, and only where what is handed on fits it."""
    rows = desk.good("book show packages --matrix --json").rows
    calls = [row for row in rows if (row["status"], row["event"]) == ("expired", "call")]
    [second] = [row for row in calls if row["rule"] == "expiry.no-answer.second"]
    assert (second["given"], second["status_after"]) == ({"outcome": "no-answer"}, "closed")
    assert {row["rule"] for row in calls if row["given"] == {"outcome": "pays or refuses"}} == {
        "call.x.expired"
    }
    assert not [row for row in calls if row["rule"] == "expiry.call"]
    assert {"status": None, "event": "booking", "given": {}, "rule": "booking.follow-up",
            "status_after": "follow-up"} in rows  # fmt: skip


def test_a_matrix_is_read_status_by_status(desk: Desk) -> None:
    out = desk.good("book show collections --matrix").out
    start = out.index("\nawaiting-payment (waits): a payment is promised\n")
    assert "\n    promise.x.extend.earlier: refused\n" in out[start:]
    assert "\n    payment.part: calling or stays\n" in out[start:]
    assert "\nclosed (closed): nothing is open any more\n" in out
    assert "request.move: as it is given" in desk.good("book show requests --matrix").out
    ran = desk.run("book show collections --matrix --trace")
    assert (ran.code, "--matrix can't be used with --trace" in ran.err) == (2, True)
