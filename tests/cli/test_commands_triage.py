"""The night's command: what it prints, what narrows it, and what it answers to a script."""

from __future__ import annotations

from typing import Any

import pytest
from desk import MONDAY, Desk, Ran
from procedure import appointment, calling, noticed, promised, ticket

LATE = "2026-02-20"


@pytest.fixture
def night(desk: Desk) -> Desk:
    """A desk on a morning: things to do, one of them late, things to wait for, things that happen."""
    return desk.load(
        {**ticket("new"), "priority": "medium", "assignee": "luca"},
        {**calling(2, task=f"call-again {LATE}"), "ref": "T-2", "assignee": "anna"},
        {**appointment(0), "ref": "T-3", "priority": "high", "assignee": "anna"},
        {**promised("2026-03-10"), "ref": "T-4", "assignee": "anna"},
        {**promised("2026-02-20", open=4), "ref": "T-5", "assignee": "luca"},
        {**noticed("2026-02-15"), "ref": "T-6"},
        {**ticket("closed"), "ref": "T-7", "result": "settled"},
    )


def refs(ran: Ran) -> list[str]:
    return [row["ticket"] for row in ran.rows]


def listed(out: str) -> dict[str, list[str]]:
    """The tickets of each part of the printout, in their order."""
    parts: dict[str, list[str]] = {}
    part: list[str] = []
    for line in out.splitlines():
        if line and not line.startswith(" ") and line.split(":")[0] not in PRIORITIES:
            part = parts.setdefault(line.split(":")[0], [])
        part += [word for word in line.split() if word.startswith("T-")]
    return parts


PRIORITIES = ("blocking", "high", "medium", "low")
TODO, DONE, READY = f"To do on {MONDAY}", "Done by itself", "Messages ready"


def test_the_printout_has_its_parts_by_urgency(night: Desk) -> None:
    out = night.good("triage").out
    parts = listed(out)
    assert list(parts) == [TODO, DONE, READY]
    assert parts[TODO] == ["T-6", "T-3", "T-1", "T-2"]
    assert sorted(parts[DONE]) == ["T-5", "T-6"]
    assert parts[READY][0] == "T-5"
    assert out.startswith(f"{TODO}: 4, 1 of them late\n")
    assert ["ticket", "customer", "status", "why"] in [line.split() for line in out.splitlines()]
    heads = [line.split(":")[0] for line in out.splitlines()]
    assert [word for word in heads if word in PRIORITIES] == ["blocking", "high", "medium", "low"]


def test_each_line_says_who_what_when_and_why(night: Desk) -> None:
    out = night.good("triage T-2").out
    assert out.splitlines()[1].split() == [
        "due",
        "late",
        "who",
        "what",
        "ticket",
        "customer",
        "why",
    ]
    row = next(line for line in out.splitlines() if "T-2" in line)
    assert row.split()[:5] == [LATE, "6", "anna", "call-again", "T-2"]
    (decision,) = night.good("triage T-2 --json").rows
    assert decision["next"] == {
        "action": "call-again", "who": "agent", "person": "anna", "due": LATE, "late_workdays": 6,
    }  # fmt: skip


def test_all_shows_what_waits_too(night: Desk) -> None:
    assert listed(night.good("triage --all --dry-run").out)["Waiting"] == ["T-4"]
    assert refs(night.good("triage --all --json --dry-run")) == [f"T-{n}" for n in range(1, 7)]
    assert refs(night.good("triage --json")) == ["T-1", "T-2", "T-3", "T-5", "T-6"]
    assert refs(night.good("triage --json")) == ["T-1", "T-2", "T-3", "T-5", "T-6"]
    assert refs(night.good("triage --all --json")) == [f"T-{n}" for n in range(1, 7)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("T-3", ["T-3"]),
        ("T-6 T-1", ["T-1", "T-6"]),
        ("T-4", []),
        ("T-4 --all", ["T-4"]),
        ("--assignee anna", ["T-2", "T-3"]),
        ("--assignee anna --all", ["T-2", "T-3", "T-4"]),
        ("--assignee nobody", []),
        ("--assignee luca T-1 T-2", ["T-1"]),
        ("--book collections", ["T-1", "T-2", "T-3", "T-5", "T-6"]),
        ("--book collections --book collections T-5", ["T-5"]),
        ("--limit 2", ["T-1", "T-2"]),
    ],
)
def test_what_narrows_it(night: Desk, words: str, found: list[str]) -> None:
    """What is not asked about is not touched either."""
    before = {t["ref"]: t for t in night.export()["tickets"]}
    assert refs(night.good(f"triage --json {words}")) == found
    if "--limit" not in words:
        after = {t["ref"]: t for t in night.export()["tickets"]}
        assert {ref for ref in after if after[ref] != before[ref]} <= set(found)


def test_the_limit_is_about_what_is_shown(night: Desk) -> None:
    """The most urgent come first; all that happens by itself happens."""
    out = night.good("triage --limit 2").out
    assert listed(out)[TODO] == ["T-6", "T-3"]
    assert "\n  ... and 2 more; --limit 4 shows all.\n" in out
    assert night.show("T-5")["status"] == "pre-block"
    for most in (9, 10**40):
        assert "more" not in night.good(f"triage --limit {most}").out


def test_fail_on_late(night: Desk) -> None:
    """Exit 1 where a step is late, after all was done and printed as ever."""
    plain = night.good("triage --dry-run")
    ran = night.run("triage --fail-on-late --dry-run")
    assert ran == (1, plain.out, "")
    assert night.good("triage --fail-on-late T-1 T-3").code == 0
    assert night.run("triage --fail-on-late --quiet") == (1, "", "")
    assert night.show("T-5")["status"] == "pre-block"
    ran = night.run("triage --fail-on-late --json T-2")
    assert (ran.code, refs(ran)) == (1, ["T-2"])
    night.good("call-outcome T-2 no-answer")
    assert night.run("triage --fail-on-late").code == 0


def test_quiet_does_everything_and_prints_nothing(night: Desk) -> None:
    assert night.good("triage --quiet") == (0, "", "")
    assert night.show("T-6")["status"] == "to-block"
    assert len(night.good("log --json").rows) == 3


def test_quiet_json_is_what_was_asked_for(night: Desk) -> None:
    assert refs(night.good("triage --quiet --json --dry-run")) == [
        "T-1",
        "T-2",
        "T-3",
        "T-5",
        "T-6",
    ]


def test_dry_run_says_so(night: Desk) -> None:
    before = night.file.read_bytes()
    dry = night.good("triage --dry-run").out
    assert night.file.read_bytes() == before
    for would, done in (("Would be done by itself", DONE), ("Messages that would be ready", READY)):
        assert would in dry
        dry = dry.replace(would, done)
    assert dry == night.good("triage").out


def test_nothing_to_do(desk: Desk) -> None:
    desk.load()
    assert desk.good("triage").out == f"{TODO}: 0\n"
    assert desk.good("triage --json").out == ""


def test_it_counts_from_at(night: Desk) -> None:
    """A day earlier less is due and less is late."""

    def late(at: str) -> dict[str, Any]:
        rows = night.good("triage --json --dry-run", at=at).rows
        return {row["ticket"]: row["next"]["late_workdays"] for row in rows if row["next"]}

    assert late("2026-02-19")["T-1"] == 0
    assert "T-2" not in late("2026-02-19")
    assert late("2026-02-20")["T-2"] == 0
    assert late("2026-02-23T00:00")["T-2"] == 1
    assert late(MONDAY)["T-2"] == late(f"{MONDAY}T23:59")["T-2"] == 6


def test_a_night_takes_one_step_a_ticket(desk: Desk) -> None:
    """A rerun rests, even where the step after the one it took is due at once."""
    company = "[company]\nname = 'Quadrifoglia'\nemail = 'a@example.org'\n"
    desk.settings(f"{company}[parameters.collections]\npreblock_days = 0\n")
    desk.load(promised("2026-02-20", open=4))
    desk.good("triage")
    desk.good("triage")
    assert desk.show()["status"] == "pre-block"
    assert len(desk.good("log T-1 --json").rows) == 1
    desk.good(f"outbox export {desk.folder / 'mail'}")
    desk.good("triage", at="2026-03-03")
    assert desk.show()["status"] == "to-block"
