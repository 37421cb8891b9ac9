"""The desk's language: everything people read is in it, and what programs read is the same in all."""

from __future__ import annotations

import re
from typing import Any

import pytest
from desk import Desk
from english_words import FIXTURES, find_english, read_fixture

DESKS = [
    ("collections", "it", "T-1013"),
    ("cases", "ru", "K-214"),
    ("insistence", "es", "R-114"),
    ("packages", "ar", "P-113"),
    ("requests", "it", "Q-110"),
]
"""A desk for each book: its own language, and a ticket."""


@pytest.fixture
def at_the_desk(desk: Desk, request: pytest.FixtureRequest) -> Desk:
    """The demo of a book, at a desk of its language."""
    book, language, _ = request.param
    settings = (FIXTURES / "prassi.toml").read_text(encoding="utf-8")
    desk.settings(f'{settings}\n[desk]\nlanguage = "{language}"\n')
    desk.good("init")
    desk.good(["import", str(FIXTURES / f"{book}.json")])
    return desk


@pytest.mark.parametrize(("at_the_desk", "book", "ref"), [(d, d[0], d[2]) for d in DESKS],
                         indirect=["at_the_desk"])  # fmt: skip
def test_what_people_read_every_day_has_no_english(at_the_desk: Desk, book: str, ref: str) -> None:
    data = read_fixture(book)
    for command in (
        "triage -n --all",
        "todo",
        f"show {ref}",
        f"explain {ref}",
        "triage",
        f"show {ref}",
        f"note {ref} prova",
        f"undo --ticket {ref}",
        "list",
        f"log {ref}",
    ):
        told = at_the_desk.good(command, at="2026-03-09").out
        assert told
        words = find_english(told, data)
        assert words == set(), f"{command}: {words} in {told}"


@pytest.mark.parametrize("language", ["it", "es", "ru", "ar"])
@pytest.mark.parametrize(
    "command", ["", "outbox ", "book ", "triage ", "payment ", "insistence-check "]
)
def test_help_has_no_english(desk: Desk, language: str, command: str, monkeypatch: Any) -> None:
    monkeypatch.setenv("PRASSI_LANG", language)
    told = desk.run(f"{command}--help").out
    assert told
    words = find_english(told)
    assert words == set(), f"{words} in {told}"


WRONG = [
    ("show NOBODY", 2),
    ("triage --limit x", 2),
    ("call-outcome T-1", 2),
    ("call-outcome T-1 nonsense", 2),
    ("nonsense", 2),
    ("show --nonsense", 2),
    ("undo --as ''", 2),
    ("payment T-1 --part --over", 2),
    ("outbox show 99", 2),
    ("explain", 2),
    ("show T-1 --at 2026-13-01", 2),
]
OF_THE_BOOK = [("call-outcome T-1 agreement", 2), ("promise T-1 --extend 2026-03-20", 3)]
"""What the book says is in its own language and in English."""


@pytest.mark.parametrize(
    ("command", "code", "language"),
    [
        *((*wrong, language) for wrong in WRONG for language in ("it", "es", "ru", "ar")),
        *((*wrong, "it") for wrong in OF_THE_BOOK),
    ],
)
def test_errors_have_no_english(desk: Desk, command: str, code: int, language: str) -> None:
    desk.load({"ref": "T-1", "book": "collections", "customer": "C-1", "status": "new",
               "opened": "2026-02-01",
               "proformas": [{"number": "PF-1", "amount": "80.00", "currency": "EUR"}]})  # fmt: skip
    ran = desk.run(f"{command} --lang {language}")
    assert ran.code == code
    assert find_english(ran.err) == set(), ran.err
    assert desk.run(command).err != ran.err


def test_what_programs_read_is_the_same_in_all_languages(desk: Desk) -> None:
    desk.settings((FIXTURES / "prassi.toml").read_text(encoding="utf-8"))
    desk.good("init")
    desk.good(["import", str(FIXTURES / "collections.json")])
    for command in (
        "list --csv",
        "show T-1013 --json",
        "log --json",
        "customer list --json",
    ):
        spoken = {desk.good(f"{command} --lang {one}", at="2026-03-09").out
                  for one in ("en", "it", "ru")}  # fmt: skip
        assert len(spoken) == 1, command


NAMED = [
    (("collections", "it", ""), "explain T-1009 call outcome=no-answer", (
        "  outcome = no-answer (nessuna risposta)  (com'è andata)",
        "  stands = due (chiamata da fare)  (",  # no `due` of ours, which is a day
        "  ends = none (non ce n'è)  (",  # a value of the list, and not that there is none
        "call.x.no-answer.not-due: in_block è no, non sì",
    )),
    (("collections", "it", ""), "show T-1026", (
        "priorità             high (alta)",
        "pay_on 2026-01-12, tipo full (tutto), stato broken (saltata)",
    )),
    (("requests", "it", ""), "explain Q-110", ("day.no-owner: responsible è anna, non nessuno",)),
    (("insistence", "es", ""), "explain R-115", ("  standing = respondido el 2026-02-13  (",)),
    (("insistence", "es", ""), "show R-109", (
        "line                 metered (medidor)",
        "subject              late-response (respuesta fuera de plazo)",
    )),
    (("cases", "ru", ""), "explain K-214", (
        "chosen_way = нет, а не указанное значение",
        "а не OPEN-DISPATCH или OPEN-FORWARDED",
    )),
    (("packages", "ar", ""), "explain P-123", (
        "  beside =  انتهى موعد التحصيل المنزلي 2026-03-01T18:00، فاسأل شريك التحصيل هل تم.  (",
        "  task = payment-check (البحث عن الدفع)  (",
    )),
]  # fmt: skip
"""What the values of a list are called, and what facts.sql writes."""


@pytest.mark.parametrize(
    ("at_the_desk", "command", "lines"),
    NAMED,
    indirect=["at_the_desk"],
    ids=[command for _, command, _ in NAMED],
)
def test_an_id_stays_and_what_it_is_called_follows(
    at_the_desk: Desk, command: str, lines: tuple[str, ...]
) -> None:
    told = at_the_desk.good(command, at="2026-03-02").out
    told = re.sub("[\u200e\u200f]", "", told)
    assert [line for line in lines if line not in told] == []
    english = at_the_desk.good(f"{command} --lang en", at="2026-03-02").out
    assert not re.search(r"\b(no-answer|full|metered|none|high) \(", english)


@pytest.mark.parametrize("at_the_desk", [DESKS[0]], indirect=True)
def test_what_if_compares_notes_of_the_desks_language(at_the_desk: Desk) -> None:
    told = at_the_desk.good(
        "what-if --set collections.preblock_days=17 --until 2026-03-31", at="2026-03-02"
    )
    assert "17 giorni, chiamate registrate: 0. DA BLOCCARE." in told.out


def test_a_note_is_in_the_language_of_the_desk_and_stays(desk: Desk) -> None:
    """Else in the book's own; what is asked for changes the rest, and no note."""
    ticket = {"ref": "T-1", "book": "collections", "customer": "C-1", "status": "new",
              "opened": "2026-02-01",
              "proformas": [{"number": "PF-1", "amount": "80.00", "currency": "EUR"}]}  # fmt: skip
    desk.load(ticket)
    said = desk.good("call-outcome T-1 no-agreement --reason refuses --lang en").out
    assert "Refuses to pay: pre-block notice." in said
    assert "note: Rifiuta di pagare (chiamata)." in said
    desk.good("undo --yes --lang es")
    desk.settings('[desk]\nlanguage = "en"\n')
    desk.good("call-outcome T-1 no-agreement --reason refuses --lang it")
    texts = [note["text"] for note in desk.show()["notes"]]
    assert "Refuses to pay (call)." in texts
    assert desk.good("show T-1 --lang ru").out.count("Refuses to pay (call).") == 1


def test_the_language_is_the_one_asked_for_else_the_desks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.settings('[desk]\nlanguage = "es"\n')
    desk.load()
    assert desk.run("show X").err.startswith("Error: no existe un ticket 'X'")
    monkeypatch.setenv("PRASSI_LANG", "ru")
    assert desk.run("show X").err.startswith("Ошибка: тикета 'X' нет")
    assert desk.run("show X --lang=it").err.startswith("Errore: non esiste un ticket 'X'")
    assert desk.run("show X --lang en").err.startswith("Error: there is no ticket 'X'")
    ran = desk.run("show X --lang xx")
    assert (ran.code, "'xx'" in ran.err) == (2, True)


def test_a_desk_has_one_of_the_five_languages(desk: Desk) -> None:
    desk.settings('[desk]\nlanguage = "de"\n')
    ran = desk.run("book list")
    assert ran.code == 2
    assert "prassi.toml:2: language 'de' is not one of it, es, ru, ar, en." in ran.err


def test_explain_speaks_of_an_old_decision_in_the_language_asked_for(desk: Desk) -> None:
    desk.load({"ref": "T-1", "book": "collections", "customer": "C-1", "status": "new",
               "opened": "2026-02-01",
               "proformas": [{"number": "PF-1", "amount": "80.00", "currency": "EUR"}]})  # fmt: skip
    desk.good("call-outcome T-1 no-agreement --reason refuses")
    assert (
        "Rifiuta di pagare: avviso di preblocco." in desk.good("explain --event-id 2 --lang it").out
    )
    assert "Refuses to pay: pre-block notice." in desk.good("explain --event-id 2").out


def test_lines_from_right_to_left_hold_together(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cell in Arabic stands between marks, with its full stop at its own end."""
    monkeypatch.setenv("COLUMNS", "200")
    desk.settings((FIXTURES / "prassi.toml").read_text(encoding="utf-8"))
    desk.good("init")
    desk.good(["import", str(FIXTURES / "packages.json")])
    told = desk.good("triage -n --lang ar", at="2026-03-09").out
    assert (
        "\u200e\u200fكان على العميل أن يدفع: ابحث عن الدفع. الزيارة الأولى 2026-03-15T12:00.\u200f\u200e"
        in told
    )


@pytest.mark.parametrize("language", ["it", "es", "ru", "ar"])
def test_defaults_are_called_by_one_word_in_help(desk: Desk, language: str) -> None:
    """Those that Click writes and those of our own."""
    told = desk.good(f"triage --help --lang {language}").out
    assert "default" not in told.replace("\u200e", "")
    assert told.count("[") > 3
