"""Settings: what every section says, and each wrong name or type told with its file and line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from prassi.core.book.model import Book
from prassi.core.desk.office import Office
from prassi.core.errors import BadInput, Faults
from prassi.core.library.library import Shelf
from prassi.core.library.settings import COMPANY, NONE, Settings, load
from prassi.core.ticketfile.open import create_file
from prassi.core.values.working_days import Place

SETTINGS = """\
[company]
name = "Quadrifoglia Gestionali srl"
hotline = "800 000 612"

[roles]
support = "giulia"
customer-care = "care@example.org"

[parameters.collections]
max_retries = 2
preblock_days = 20

[calendars.IT]
closures = [2026-08-14, "2026-08-13", 2026-12-24, 2026-08-13]

[calendars.IT-BZ]
closures = []

[folders]
books = "my books"
templates = "templates"
"""

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a settings file, with its folders beside it."""
    (tmp_path / "my books").mkdir()
    (tmp_path / "templates").mkdir()

    def written(text: str) -> Path:
        path = tmp_path / "prassi.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


# --- sound ----------------------------------------------------------------------------------------------


def test_every_section_says_what_it_says(write: Write) -> None:
    path = write(SETTINGS)
    settings = load(str(path))
    assert settings.company == {
        **dict.fromkeys(COMPANY, ""),
        "name": "Quadrifoglia Gestionali srl",
        "hotline": "800 000 612",
    }
    assert settings.roles == {"support": ("giulia",), "customer-care": ("care@example.org",)}
    assert settings.parameters == {"collections": {"max_retries": 2, "preblock_days": 20}}
    assert settings.places == {
        "IT": Place(closures=(date(2026, 8, 13), date(2026, 8, 14), date(2026, 12, 24))),
        "IT-BZ": Place(),
    }
    assert settings.books == str(path.parent / "my books")
    assert settings.templates == str(path.parent / "templates")


@pytest.mark.parametrize("text", ["", "# nothing\n", "[company]\n[roles]\n[parameters]\n"])
def test_an_empty_file_says_nothing(write: Write, text: str) -> None:
    assert load(str(write(text)))._replace(document=None) == NONE
    assert load(None) == NONE


def test_one_closure_needs_no_list(write: Write) -> None:
    settings = load(str(write("[calendars.CL]\nclosures = 2026-09-17\n")))
    assert settings.places == {"CL": Place(closures=(date(2026, 9, 17),))}


def test_folders_are_found_beside_the_file_from_anywhere(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(SETTINGS)
    monkeypatch.chdir(path.parent)
    assert load("prassi.toml").books == str(path.parent / "my books")
    absolute = SETTINGS.replace('"my books"', f'"{path.parent}/templates"')
    assert load(str(write(absolute))).books == str(path.parent / "templates")


def read_all(path: Path) -> None:
    """Read the settings, and each book with what they say of it."""
    shelf = Shelf(load(str(path)))
    for name in shelf.names():
        shelf.book(name)


# --- one fault after the other --------------------------------------------------------------------------

FAULTS = [
    ("[company]", "[compny]", "the settings file has no key 'compny'; its keys are company, roles,"),
    ("hotline =", "hotlin =", "company has no key 'hotlin'; its keys are name, address, email, phone,"),
    ('"800 000 612"', "800", "hotline must be text, not 800."),
    ('support = "giulia"', 'support = 5', "support must be a name or a list of names, not 5"),
    ("[parameters.collections]", "[parameters.collection]", "there is no book 'collection'; there"),
    ("max_retries = 2", "max_retrys = 2", "the book has no parameter 'max_retrys'."),
    ("max_retries = 2", 'max_retries = "2"', "max_retries must be like 3, not '2'."),
    ("max_retries = 2", "max_retries = 2.0", "max_retries must be like 3, not 2.0."),
    ("max_retries = 2", "max_retries = true", "max_retries must be like 3, not True."),
    ("max_retries = 2", "max_retries = -1", "max_retries must be at least 1, not -1."),
    ("max_retries = 2", "missed_contact_day = 29", "missed_contact_day must be at most 28, not 29."),
    ("max_retries = 2", "missed_contact_day = 0", "missed_contact_day must be at least 1, not 0."),
    ("[calendars.IT]", "[calendars.ITA]", "there is no calendar 'ITA': use a country code such"),
    ("[calendars.IT-BZ]", "[calendars.IT-B]", "there is no calendar 'IT-B': use a country code"),
    ("closures = []", "closure = []", "IT-BZ has no key 'closure'; its keys are region, closures, working, time_zone."),
    ("closures = []", 'closures = ["2026-02-30"]', "a closure is '2026-02-30': there is no such day"),
    ("closures = []", 'closures = ["24/12/2026"]', "a closure is '24/12/2026': it must be a date"),
    ("closures = []", "closures = 20261224", "a closure is 20261224: it must be a date such as"),
    ("closures = []", "closures = [1899-12-31]", "a closure the years from 1900 to 2199 can be used."),
    ('books = "my books"', 'bookes = "my books"', "folders has no key 'bookes'; its keys are books, templates."),
    ('books = "my books"', 'books = "no books"', "there is no folder '"),
    ('books = "my books"', 'books = "prassi.toml"', "there is no folder '"),
    ('templates = "templates"', "templates = 3", "templates must be text, not 3."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentence"), FAULTS, ids=[new for _, new, _ in FAULTS])
def test_a_fault_is_told_with_its_line(write: Write, old: str, new: str, sentence: str) -> None:
    text = SETTINGS.replace(old, new, 1)
    path = write(text)
    with pytest.raises(Faults) as told:
        read_all(path)
    line = text[: text.index(new)].count("\n") + 1
    [fault] = told.value.faults
    assert fault.startswith(f"{path}:{line}: {sentence}")
    assert told.value.about == f"{path} has 1 fault:"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('company = "we"', "1: company must be a table, not 'we'."),
        ("\nroles = []", "2: roles must be a table, not []."),
        ("parameters = 3", "1: parameters must be a table, not 3."),
        ("[parameters]\ncollections = 3", "2: collections must be a table, not 3."),
        ("calendars = 3", "1: calendars must be a table, not 3."),
        ("[calendars]\nIT = 2026-12-24", "2: IT must be a table, not 2026-12-24."),
        ("folders = 3", "1: folders must be a table, not 3."),
    ],
)
def test_a_section_that_is_no_table_is_told(write: Write, text: str, sentence: str) -> None:
    path = write(text)
    with pytest.raises(Faults) as told:
        load(str(path))
    assert f"{path}:{sentence}" in told.value.faults


def test_all_faults_are_told_at_once(write: Write) -> None:
    text = SETTINGS.replace("hotline =", "hotlin =").replace('"giulia"', "5").replace("IT]", "ITA]")
    with pytest.raises(Faults) as told:
        load(str(write(text)))
    assert [int(fault.split(":")[1]) for fault in told.value.faults] == [3, 6, 13]
    text = SETTINGS.replace("max_retries = 2", "max_retries = -2").replace("= 20\n", '= "20"\n')
    with pytest.raises(Faults) as told:
        read_all(write(text))
    assert [int(fault.split(":")[1]) for fault in told.value.faults] == [10, 11]


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"[company", "prassi.toml:1: this is not valid TOML: "),
        (b"[company]\nname = Rossi\n", "prassi.toml:2: this is not valid TOML: "),
        (b"[roles]\nsupport = 'Ren\xe9'\n", "prassi.toml:2: this is not UTF-8 text; save the file"),
        (b"\xff\xd8\xff\xe0", "prassi.toml:1: this is not UTF-8 text; save the file as UTF-8."),
    ],
)
def test_a_file_that_is_no_toml_is_told(write: Write, raw: bytes, sentence: str) -> None:
    path = write("")
    path.write_bytes(raw)
    with pytest.raises(BadInput) as told:
        load(str(path))
    assert sentence in str(told.value)


def test_a_file_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"prassi\.toml can't be read: no such file or directory\.$"):
        load(str(tmp_path / "prassi.toml"))
    with pytest.raises(BadInput, match="can't be read: is a directory"):
        load(str(tmp_path))


def test_faults_of_settings_made_in_python_are_told_without_a_file() -> None:
    with pytest.raises(Faults, match=r"^settings has 1 fault:\nsettings:1: there is no book 'x'"):
        Shelf(NONE._replace(parameters={"x": {}}))


# --- parameters change decisions ------------------------------------------------------------------------

CALL = {
    "outcome": "no-answer", "on_appointment": False, "attempt": 3, "missed": 1, "contact_number": 1,
    "proformas": 3, "stands": "due", "in_block": False,
}  # fmt: skip


def answer(settings: Settings, event: str = "call", **facts: Any) -> str:
    """The rule of the collections book that answers facts; those not given have no value."""
    table = Shelf(settings).book("collections").event(event)
    asked = {**dict.fromkeys(table.facts), **CALL, **facts}
    return table.rules[table.decide(tuple(asked[name] for name in table.facts))].id


def with_parameters(**parameters: Any) -> Settings:
    return NONE._replace(parameters={"collections": parameters})


class Reading(NamedTuple):
    """Facts, and the rule that answers them with no settings and with a parameter changed."""

    parameter: dict[str, Any]
    facts: dict[str, Any]
    before: str
    after: str


@pytest.mark.parametrize(
    "reading",
    [
        # The third call: one more retry, or the proformas counted.
        Reading({"max_retries": 2}, {}, "call.no-answer.retry", "call.no-answer.preblock"),
        Reading({"max_retries": 2}, {"proformas": 2}, "call.no-answer.retry", "call.no-answer.missed-contact"),
        Reading({"max_retries": 2}, {"attempt": 2}, "call.no-answer.retry", "call.no-answer.retry"),
        Reading({"max_retries": 4}, {"attempt": 4}, "call.no-answer.preblock", "call.no-answer.retry"),
        Reading({"preblock_proformas": 4}, {"attempt": 4}, "call.no-answer.preblock", "call.no-answer.missed-contact"),
        Reading({"max_missed_appointments": 1}, {"on_appointment": True},
                "call.appointment.retry", "call.appointment.preblock"),
    ],
    ids=str,
)  # fmt: skip
def test_a_parameter_changes_decisions(reading: Reading) -> None:
    assert answer(NONE, **reading.facts) == reading.before
    assert answer(with_parameters(**reading.parameter), **reading.facts) == reading.after


def test_a_parameter_stands_in_texts_dates_and_tests_and_changes_the_digest(write: Write) -> None:
    plain = Shelf(NONE).book("collections")
    ours = Shelf(load(str(write(SETTINGS)))).book("collections")
    rule = ours.event("call").rule("call.no-answer.retry")
    assert rule.rows[0]["attempt"].text == "2..2 (max_retries)"
    assert (
        "Missed after 2 tagged calls"
        in ours.event("call").rule("call.no-answer.preblock").why.parts[0]
    )
    assert (plain.parameters["max_retries"].value, ours.parameters["max_retries"].value) == (3, 2)
    assert plain.digest != ours.digest


def test_closures_change_the_digest_since_they_decide_too() -> None:
    digests = {
        Shelf(NONE._replace(places={c: Place(closures=d) for c, d in closures.items()}))
        .book("collections")
        .digest
        for closures in ({}, {"IT": (date(2026, 8, 14),)}, {"IT": (date(2026, 8, 13),)})
    }
    assert len(digests) == 3


def test_closures_count_in_the_calendars_of_the_shelf() -> None:
    shelf = Shelf(NONE._replace(places={"IT": Place(closures=(date(2026, 8, 14),))}))
    assert shelf.calendar("IT").after(date(2026, 8, 13), 1) == date(2026, 8, 17)
    assert shelf.calendar("IT-BZ").after(date(2026, 8, 13), 1) == date(2026, 8, 14)
    assert shelf.calendar("IT") is shelf.calendar("IT")


# --- own books and templates ------------------------------------------------------------------------------

OWN_BOOK = """\
[book]
name = "{name}"
title = "Ours"
source = "Ourselves"
calendar = "EG"
language = "ar"

[statuses]
open = {{ about = "open" }}
closed = {{ about = "closed", closed = true }}

[facts]
status = {{ type = "status", about = "where the ticket stands" }}

[events.day]
title = "A night has passed"
[[events.day.rule]]
id = "day.wait"
why = "Nothing to do."
extrapolated = true
when = {{ status = "open" }}
then = [{{ wait = "1 working days" }}]
"""


def own_book(folder: Path, name: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "book.toml").write_text(OWN_BOOK.format(name=name))
    (folder / name / "facts.sql").write_text(
        "SELECT ticket.id AS ticket, ticket.status AS status FROM ticket"
    )


def own(write: Write, name: str) -> Book:
    path = write('[folders]\nbooks = "my books"\n')
    own_book(path.parent / "my books", name)
    return Shelf(load(str(path))).book(name)


def test_a_book_of_ones_own_stands_beside_ours(write: Write) -> None:
    book = own(write, "keys")
    assert (book.title, book.calendar) == ("Ours", "EG")
    shelf = Shelf(load(str(write('[folders]\nbooks = "my books"\n'))))
    assert {"collections", "keys"} < {*shelf.names(), "more"}
    assert shelf.book("collections").calendar == "IT"


def test_a_book_of_ones_own_comes_before_ours_of_the_same_name(write: Write) -> None:
    assert own(write, "collections").title == "Ours"
    assert Shelf(NONE).book("collections").title != "Ours"


def test_files_among_ones_own_books_are_no_books(write: Write) -> None:
    path = write(SETTINGS)
    (path.parent / "my books" / "empty").mkdir()
    (path.parent / "my books" / "readme.txt").write_text("")
    assert Shelf(load(str(path))).names() == Shelf(NONE).names()


def test_templates_of_ones_own_come_before_ours(write: Write) -> None:
    path = write('[folders]\ntemplates = "templates"\n')
    mine = path.parent / "templates" / "collections"
    mine.mkdir()
    (mine / "summary.it.j2").write_text("Subject: Nostro\n\nCiao {{ customer.name }}.\n")
    connection = create_file(str(path.parent / "tickets.db"))
    messages = Office(connection, load(str(path)), "2026-03-02", None)._messages
    context = {"customer": {"name": "Rossi"}}
    rendered = messages.render("collections", "summary", ["it"], context)
    assert (rendered.subject, rendered.body.strip()) == ("Nostro", "Ciao Rossi.")
    assert messages.languages("collections", "preblock") == ("ar", "en", "es", "it", "ru")
    connection.close()


def test_one_book_can_have_people_of_its_own(write: Write) -> None:
    text = '[roles]\nsupport = "giulia"\n[roles.packages]\ncustomer-care = "nour"\n'
    settings = load(str(write(text)))
    assert settings.roles_in("packages") == {"support": ("giulia",), "customer-care": ("nour",)}
    assert settings.roles_in("collections") == {"support": ("giulia",)}
    Shelf(settings)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[roles.packages]\nboss = 'x'\n",
            "book packages has no role 'boss'; it has customer-care,",
        ),
        ("[roles.nothing]\nboss = 'x'\n", "there is no book 'nothing'; there are"),
        (
            "[roles.packages]\ncustomer-care = 3\n",
            "customer-care must be a name or a list of names, not 3.",
        ),
    ],
)
def test_people_of_a_book_that_there_are_not(write: Write, text: str, told: str) -> None:
    with pytest.raises(Faults) as raised:
        read_all(write(text))
    assert told in str(raised.value)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder, which is empty."""
    monkeypatch.setenv("PRASSI_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def load_twice(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Settings, Settings]:
    """Settings read at a first start, and at a second one, which has no parser of TOML."""
    first = load(str(path))
    with monkeypatch.context() as without:
        without.setattr("prassi.core.system.parse_toml.parse", None)
        return first, load(str(path))


def test_settings_are_parsed_once(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "prassi.toml"
    path.write_text('[company]\nname = "Rossi & C."\n\n[parameters.collections]\nmax_retries = 2\n')
    first, second = load_twice(path, monkeypatch)
    assert (first.company, first.parameters) == (second.company, second.parameters)
    assert second.company["name"] == "Rossi & C."
    assert second.document is not None
    assert second.document.at("parameters", "collections", "max_retries").endswith(":5")
    path.write_text('[company]\nname = "Bianchi"\n')
    assert load(str(path)).company["name"] == "Bianchi"
    assert len(list(kept.glob("settings-*"))) == 1


def test_a_fault_of_kept_settings_has_its_line(tmp_path: Path, kept: Path) -> None:
    path = tmp_path / "prassi.toml"
    path.write_text('[company]\nname = "Rossi"\n\nunknown = 3\n')
    told = []
    for _ in range(2):
        with pytest.raises(BadInput) as raised:
            load(str(path))
        told.append(str(raised.value))
    assert told[0] == told[1]
    assert "prassi.toml:4" in told[0]


@pytest.mark.parametrize(
    "written",
    [
        "[calendars.IT]\nclosures = [2026-08-14]\n",
        '[sms]\nurl = "https://sms.example.org"\nbody = "{text}"\nkind = "json"\n'
        'headers = { Authorization = "Bearer 1234567" }\n',
    ],
)
def test_dates_and_keys_of_gateways_are_not_kept(tmp_path: Path, kept: Path, written: str) -> None:
    path = tmp_path / "prassi.toml"
    path.write_text(written)
    for _ in range(2):
        try:
            closures = load(str(path)).places["IT"].closures
        except BadInput:  # what is wrong with the gateway is told in both cases
            continue
        assert closures == (date(2026, 8, 14),)
    (entry,) = kept.glob("settings-*")
    assert b"Bearer" not in entry.read_bytes()
    assert b"2026-08-14" not in entry.read_bytes()
