"""Completion, asked of the shells themselves: what they offer and what they put into the line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from desk import Desk
from prassi.core.ticketfile import ref_search

CUSTOMERS = (
    {"ref": "C-1", "name": "Rossi Impianti srl"},
    {"ref": "C-2", "name": "Lavanderia Bolle Blu"},
)


def ticket(ref: str, customer: str) -> dict[str, object]:
    proforma = {"number": f"PF-{ref}", "amount": "15.00", "issued": "2026-01-10"}
    row = {"ref": ref, "book": "collections", "customer": customer, "opened": "2026-02-01"}
    return {**row, "assignee": "marta", "proformas": [proforma]}


@pytest.fixture
def typing(desk: Desk) -> Desk:
    return desk.load(
        ticket("T-91", "C-1"), ticket("T-92", "C-2"), ticket("X-7", "C-2"), customers=CUSTOMERS
    )


def offer(desk: Desk, line: str) -> list[str]:
    """The words that are offered for a line, without what they mean."""
    out = desk.good(["completion", "bash", "--line", line]).out
    return [row.split("\t")[0] for row in out.splitlines()]


OFFERED = [
    ("prassi cus", ["customer"]),
    ("prassi customer m", ["merge"]),
    ("prassi show T-9", ["T-91", "T-92"]),
    ("prassi show t-9", ["T-91", "T-92"]),
    ("prassi show bol", ["T-92", "X-7"]),
    ("prassi co T-91 a", ["already-paid", "agreement"]),
    ("prassi call-outcome T-91 agreement --agr", ["--agreed-on"]),
    ("prassi call-outcome --channel e", ["email"]),
    ("prassi call-outcome --channel=e", ["email"]),
    ("prassi event T-91 pay", ["payment"]),
    ("prassi event T-91 call outco", ["outcome="]),
    ("prassi event T-91 call outcome=no", ["outcome=no-answer", "outcome=no-agreement"]),
    ("prassi todo --who gi", ["giulia"]),
    ("prassi todo --who ma", ["marta"]),
    ("prassi book show pa", ["packages"]),
    ("prassi request move Q-1 wai", ["waiting"]),
    ("prassi list --columns ticket,assig", ["ticket,assignee"]),
    ("prassi list --sort assig", ["assignee"]),
    ("prassi customer list --columns assig", []),
    ("prassi customer list --columns name,em", ["name,email", "name,email_bad_on"]),
    ("prassi log --columns ev", ["event_id", "event"]),
    ("prassi outbox list --columns chan", ["channel"]),
    ("prassi stats ageing --columns cl", ["class"]),
    ("prassi todo --columns ticket,du", ["ticket,due"]),
    ("prassi doctor --columns st", ["state"]),
    ("prassi calendar IT --columns date,work", ["date,working_days"]),
    ("prassi sheet --columns n", ["number", "notice", "next step", "next"]),
    ("prassi sheet preblock --columns n", ["notice", "next step"]),
    ("prassi preblock --columns ticket,d", ["ticket,days"]),
    ("prassi case-route queue x --columns p", ["priority"]),
    ("prassi serve key list --columns ro", ["role"]),
    ("prassi book list --columns di", ["digest"]),
    ("prassi promise T-91 --columns pa", ["pay_on"]),
    ("prassi request list --columns state,co", ["state,count"]),
    ("prassi request states list --columns op", ["open"]),
    ("prassi list broken", ["broken_promises:"]),
    ("prassi list status:cal", ["status:calling"]),
    ("prassi list book:coll status:to-", ["status:to-block"]),
    ("prassi list book:c", ["book:cases", "book:collections"]),
    ("prassi list priority:h", ["priority:high"]),
    ("prassi list message.state:han", ["message.state:handed-over"]),
    ("prassi list who:gi", ["who:giulia"]),
    ("prassi list assignee:ma", ["assignee:marta"]),
    ("prassi list due:", []),
    ("prassi list nothing:", []),
    ("prassi customer show ros", ["C-1"]),
    ("prassi schema dec", ["decision"]),
    ("prassi stats ag", ["ageing"]),
    ("prassi import ti", [":files"]),
    ("prassi show 'T-91", ["T-91"]),
    ("cd x; prassi show T-91", ["T-91"]),
    ("prassi show zzz", []),
    ("prassi nothing ", []),
    ("prassi show T-91 --quiet", ["--quiet"]),
]


@pytest.mark.parametrize(("line", "words"), OFFERED)
def test_what_is_offered(typing: Desk, line: str, words: list[str]) -> None:
    assert offer(typing, line) == words


@pytest.mark.parametrize(
    ("word", "refs"),
    [
        ("trattoria", ["T-3"]),  # folded as `find` folds names
        ("TRATTORIA", ["T-3"]),
        ("però", ["T-3"]),
        ("pero", ["T-3"]),
        ("\u0431\u043e", ["T-4"]),
        ("olle", []),  # the middle of a word
        ("perro", []),
        ("b_l", []),
        ("b%", []),
    ],
)
def test_names_are_found_by_the_beginnings_of_their_words(
    desk: Desk, word: str, refs: list[str]
) -> None:
    names = ("Bolle Blu", None, "Trattoria Pero\u0300", "\u0411\u043e\u043b\u043b\u0435")
    customers = [{"ref": f"C-{place}", "name": name} for place, name in enumerate(names, 1)]
    tickets = [ticket(f"T-{place}", f"C-{place}") for place in range(1, 5)]
    desk.load(*tickets, customers=customers)
    assert offer(desk, f"prassi show {word}") == refs


def test_names_of_all_pages_are_found(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ref_search, "_PAGE", 2)
    customers = [{"ref": f"C-{place}", "name": f"Bolle {place}"} for place in range(1, 6)]
    desk.load(ticket("T-1", "C-5"), ticket("T-2", "C-1"), customers=customers)
    assert offer(desk, "prassi show bolle") == ["T-2", "T-1"]
    assert offer(desk, "prassi customer show bolle") == [f"C-{place}" for place in range(1, 6)]


def test_a_shell_is_answered_as_by_the_command_and_without_click(typing: Desk) -> None:
    asked = ["completion", "bash", "--line", "prassi show bol"]
    script = (
        "import sys; from prassi.cli.entry import main\n"
        "try: main()\n"
        "finally: print('click' in sys.modules, file=sys.stderr)"
    )
    told = []
    for _ in range(2):  # the first one keeps what the second one reads
        ran = subprocess.run(
            [sys.executable, "-c", script, *asked],
            capture_output=True,
            text=True,
            env={**os.environ, "PRASSI_FILE": str(typing.file), "PRASSI_CACHE": str(typing.folder)},
        )
        told.append(ran.stderr.strip())
        assert (ran.returncode, ran.stdout) == (0, typing.good(asked).out)
    assert told == ["True", "False"]


def test_help_is_offered_in_the_language_of_the_desk(typing: Desk) -> None:
    out = typing.good(["completion", "fish", "--line", "prassi show --js", "--lang", "it"]).out
    english = typing.good(["completion", "fish", "--line", "prassi show --js"]).out
    assert out.startswith("--json\t")
    assert out != english


def test_without_a_ticket_file_books_are_offered_and_no_refs(desk: Desk) -> None:
    assert offer(desk, "prassi show T") == []
    assert offer(desk, "prassi book show col") == ["collections"]


def test_hostile_names_are_shown_safely(desk: Desk) -> None:
    desk.load(ticket("T-1", "C-1"), customers=({"ref": "C-1", "name": "a\u202eb\u200bc"},))
    out = desk.good(["completion", "zsh", "--line", "prassi show T-"]).out
    assert "\u202e" not in out
    assert out.count("\n") == 1


# --- in the shells ----------------------------------------------------------------------------------


def run_shell(desk: Desk, script: str, *shell: str) -> str:
    """What a shell prints; `prassi` is a command on its PATH."""
    bin_ = desk.folder / "bin"
    bin_.mkdir(exist_ok=True)
    (bin_ / "prassi").write_text(f'#!/bin/sh\nexec {sys.executable} -m prassi.cli.entry "$@"\n')
    (bin_ / "prassi").chmod(0o755)
    env = {
        **os.environ,
        "PATH": f"{bin_}:{os.environ['PATH']}",
        "HOME": str(desk.folder),
        "PRASSI_FILE": str(desk.file),
        "PRASSI_CONFIG": str(desk.folder / "prassi.toml"),
    }
    ran = subprocess.run([*shell, script], capture_output=True, text=True, env=env, cwd=desk.folder)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


BASH = """
source <(prassi completion bash)
COMP_LINE={line!r}; COMP_POINT=${{#COMP_LINE}}
IFS=' ' read -ra COMP_WORDS <<< "${{COMP_LINE//=/ = }}"
[[ "$COMP_LINE" == *' ' ]] && COMP_WORDS+=("")
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
compopt() {{ :; }}
_prassi
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.parametrize(
    ("line", "replies"),
    [
        ("prassi show T-9", ["T-91", "T-92"]),
        ("prassi show ros", ["T-91"]),
        ("prassi show bol", ["T-92  Lavanderia Bolle Blu", "X-7  Lavanderia Bolle Blu", " "]),
        ("prassi event T-91 call outcome=no-an", ["no-answer"]),
        ("prassi co T-91 agreement --agr", ["--agreed-on"]),
    ],
)
def test_bash_completes(typing: Desk, line: str, replies: list[str]) -> None:
    out = run_shell(typing, BASH.format(line=line), "bash", "--norc", "-c")
    assert out.splitlines() == replies


def test_fish_completes(typing: Desk) -> None:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed: its completion is not tried.")
    script = "prassi completion fish | source; complete -C 'prassi show T-9'"
    assert run_shell(typing, script, "fish", "--no-config", "-c").splitlines() == [
        "T-91\tRossi Impianti srl",
        "T-92\tLavanderia Bolle Blu",
    ]


ZSH = """
compdef() { }
source <(prassi completion zsh)
compadd() { print -l -- "${values[@]}" }
LBUFFER='prassi show T-9'
_prassi
"""


def test_zsh_completes(typing: Desk) -> None:
    if shutil.which("zsh") is None:
        pytest.skip("zsh is not installed: its completion is not tried.")
    assert run_shell(typing, ZSH, "zsh", "-f", "-c").splitlines() == ["T-91", "T-92"]
