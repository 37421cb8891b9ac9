"""Whatever a command prints, it has no English sentence at a desk of another language."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from command_lines import LINES
from desk import SETTINGS, Desk
from english_words import FIXTURES, find_english, read_fixture
from prassi.cli.main import COMMANDS
from prassi.core.system.language import say_count, speak_meanwhile

pytestmark = pytest.mark.unmeasured

NIGHT = "2026-03-09"
BOOKS = {
    "it": ("collections", "requests"),
    "es": ("insistence",),
    "ru": ("cases",),
    "ar": ("packages",),
}
"""The books whose source is in each language."""

COUNTRIES = {"it": "IT", "es": "CL", "ru": "RU", "ar": "EG"}
"""A country whose holidays have names in each language."""

FOR_PROGRAMS = ("completion", "schema")
"""Commands whose results are scripts and schemas."""

RESULTS = (
    "stats ageing",
    "stats promises --by who",
    "stats calls --by month",
    "stats sla",
    "stats sla --list",
    "stats funnel",
    "calendar",
    "calendar {country} 2026",
    "calendar {country} 2027",
    "calendar IT 2026 --diff",
    "customer show {customer}",
    "customer set {customer} phone=+39055999",
    "customer add name=Xyz -n",
    "customer forget {customer} --because motivo --yes -n",
    "outbox list --all",
    "outbox show 1",
    "outbox hold 1",
    "outbox retry 1",
    "outbox retry",
    "outbox cancel 1 -n",
    "outbox send -n",
    "outbox export out -n",
    "outbox export out",
    "sync more.csv --map more.toml --reconcile -n",
    "import more.csv -n",
    "import more.csv -n --map more.toml --show 1",
    "map table.csv",
    "export --parts 2 parts",
    "what-if --closure 2026-03-10 --list",
    "replay",
    "log",
    "undo --run 2 -n",
    "book show {book}",
    "book show {book} --matrix",
    "book show {book} --trace",
    "book export {book} --dmn book.dmn",
    "book new mine",
    "init --settings -n",
    "request states list",
    "case-route queue backoffice",
    "todo --all",
    "triage --news -n",
    "sheet",
)
"""What is asked beside a line of each command."""

QUICK = (
    "stats sla",
    "stats ageing",
    "doctor",
    "customer set C-1 phone=+39055999",
    "outbox list --all",
    "outbox hold 1",
    "outbox send -n",
    "sync more.csv --map more.toml --reconcile -n",
    "import more.csv -n --map more.toml --show 1",
    "export --parts 2 parts -n",
    "log",
    "verify",
    "import wrong.csv",
    "sync more.csv --map nowhere.toml",
    "stats promises --from 2026-03-01 --to 2026-02-01",
    "calendar XX",
    "customer set NOBODY phone=1",
    "outbox send --again",
)
"""What a team leader reads, for each run of the tests; all the rest is read by the slow ones."""

WRONG = {
    "init": "init",
    "import": "import wrong.csv",
    "sync": "sync more.csv --map nowhere.toml",
    "map": "map nowhere.csv",
    "export": "export --parts 2",
    "triage": "triage NOBODY",
    "call-outcome": "call-outcome T-1 nonsense",
    "promise": "promise NOBODY",
    "payment": "payment NOBODY --all",
    "preblock": "preblock NOBODY",
    "sheet": "sheet nonsense",
    "care-reply": "care-reply NOBODY update",
    "proforma": "proforma NOBODY add PF-1 x",
    "hand-back": "hand-back",
    "insistence-check": "insistence-check NOBODY --customer unaware",
    "answer": "answer NOBODY --text x",
    "case-route": "case-route history NOBODY",
    "call-conduct": "call-conduct NOBODY insult --call 7",
    "call-line": "call-line --caller nonsense",
    "package-book": "package-book --nonsense",
    "package-expiry": "package-expiry NOBODY",
    "package-visit": "package-visit NOBODY 2026-13-01 move",
    "package-cancel": "package-cancel NOBODY",
    "request": "request list --sort nonsense",
    "note": "note NOBODY x",
    "assign": "assign --from giulia",
    "postpone": "postpone NOBODY 2026-02-30",
    "done": "done NOBODY",
    "close": "close NOBODY withdrawn",
    "reopen": "reopen NOBODY",
    "ticket": "ticket new nonsense --customer C-1",
    "event": "event NOBODY call",
    "show": "show NOBODY",
    "find": "find ''",
    "list": "list amount:>x",
    "todo": "todo --who nonsense --mine",
    "stats": "stats promises --from 2026-03-01 --to 2026-02-01",
    "log": "log NOBODY",
    "undo": "undo 999",
    "explain": "explain",
    "what-if": "what-if",
    "replay": "replay --book nonsense",
    "outbox": "outbox send --again",
    "customer": "customer set NOBODY phone=1",
    "calendar": "calendar XX",
    "book": "book show nonsense",
    "desk": "desk --at nonsense",
    "completion": "completion nonsense",
    "schema": "schema nonsense",
    "verify": "verify --expect x",
    "doctor": "doctor --backups nowhere",
    "report": "report",
    "serve": "serve key add",
    "backup": "backup",
    "restore": "restore nowhere.db",
}
"""A wrong line of each command."""

ALSO_WRONG = (
    "list foo:bar",
    "import nowhere.csv",
    "case-route folder",
    "case-route queue",
    "case-route history",
    "request generate T-1 ticket",
    "book graph {book} nonsense",
    "book new MINE-",
    "what-if --set {book}.nonsense=1",
    "promise T-1 --extend 2026-03-01 --columns state",
    "preblock T-1 --no-header",
    "sheet preblock --columns nonsense",
)
"""Lines in which an error has parts that come from elsewhere."""


def test_each_command_is_asked() -> None:
    assert WRONG.keys() == LINES.keys() == COMMANDS.keys()


@pytest.fixture(scope="module")
def make_desk(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Path], Desk]:
    """Gives a desk of a language: its books' tickets after a night, and some sources."""
    made: dict[str, Path] = {}

    def fill(language: str) -> Path:
        desk = Desk(tmp_path_factory.mktemp(language))
        settings = (FIXTURES / "prassi.toml").read_text(encoding="utf-8")
        desk.settings(f'{settings}\n[desk]\nlanguage = "{language}"\n')
        desk.good("init")
        for book in BOOKS[language]:
            desk.good(["import", str(FIXTURES / f"{book}.json")])
        desk.good("triage --quiet", at=NIGHT)
        return desk.folder

    def give(language: str, folder: Path) -> Desk:
        if language not in made:
            made[language] = fill(language)
        shutil.copytree(made[language], folder, dirs_exist_ok=True)
        settings = (folder / "prassi.toml").read_text(encoding="utf-8")
        desk = Desk(folder)
        desk.settings(settings)
        write_sources(folder)
        return desk

    return give


def write_sources(folder: Path) -> None:
    """Files to bring in: good ones, a wrong one, and one that a map is made for."""
    (folder / "more.csv").write_text("ref,name\nX-1,Xyz\nX-2,\n")
    (folder / "wrong.csv").write_text("ref,nome\nX-1,Xyz\n")
    (folder / "table.csv").write_text("cliente;importo\nX-1;-1,50\nX-2;7,00\n")
    (folder / "more.toml").write_text('[customer]\nref = "ref"\nname = "name"\n')


def read_data(desk: Desk, language: str) -> list[object]:
    """What is quoted: fixtures, titles of books that don't speak the language, and holidays of
    countries that don't."""
    titles = [
        row["title"]
        for command in ("book list", "sheet")
        for row in desk.good(f"{command} --json").rows
    ]
    days = [
        row["name"]
        for year in ("2026", "2027")
        for country in ("IT", "EG")
        if country != COUNTRIES[language]
        for row in desk.good(f"calendar {country} {year} --json").rows
    ]
    shown = [row for book in BOOKS[language] for row in desk.good(f"book show {book} --json").rows]
    return [*map(read_fixture, BOOKS[language]), titles, days, shown]


def check(desk: Desk, language: str, line: str, data: object) -> None:
    """No line that is printed has an English word; what a book says in its own notation stands further
    to the right."""
    customer = read_fixture(BOOKS[language][0])["customers"][-1]["ref"]
    names = {"book": BOOKS[language][0], "country": COUNTRIES[language]}
    ran = desk.run(line.format(customer=customer, **names), at=NIGHT)
    assert ran.out or ran.err, line
    if line.startswith("book show"):
        ran = ran._replace(out="\n".join(one for one in ran.out.splitlines() if one[:1] != " "))
    if line.startswith("book export"):  # names of what is left out, behind what it is
        ran = ran._replace(out="\n".join(one.partition("): ")[0] for one in ran.out.splitlines()))
    months = {"may"} if language == "es" and line.startswith("calendar") else set()
    found = find_english(f"{ran.out}\n{ran.err}", data) - months
    told = [one for one in (ran.out + ran.err).splitlines() if find_english(one, data)]
    assert found == set(), f"{line}: {found} in {told}"


@pytest.mark.parametrize("language", ["it", "es", "ru", "ar"])
def test_parts_of_errors_are_in_the_language(desk: Desk, language: str) -> None:
    desk.good("init")
    for line in ALSO_WRONG:
        ran = desk.run(f"{line.format(book='collections')} --lang {language}")
        assert ran.code in (2, 3, 4), line
        assert find_english(ran.err) <= {"who"}, f"{line}: {ran.err}"  # a field


def test_what_a_team_leader_reads_has_no_english(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.folder)
    write_sources(desk.folder)
    desk.settings(
        f'{SETTINGS}[desk]\nlanguage = "it"\n[mail]\nsendmail = "/bin/true"\nfrom = "a@example.org"\n'
    )
    desk.load(
        {
            "ref": "T-1",
            "book": "collections",
            "customer": "C-1",
            "status": "new",
            "opened": "2026-02-01",
            "proformas": [{"number": "PF-1", "amount": "80.00", "currency": "EUR"}],
        }
    )
    desk.good("call-outcome T-1 no-agreement --reason refuses")
    for line in QUICK:
        ran = desk.run(line)
        told = f"{ran.out}\n{ran.err}"
        assert told.strip(), line
        assert find_english(told) == set(), f"{line}: {told}"


@pytest.mark.slow
@pytest.mark.parametrize("language", BOOKS)
def test_what_any_command_prints_has_no_english(
    make_desk: Callable[[str, Path], Desk],
    tmp_path: Path,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = make_desk(language, tmp_path)
    monkeypatch.chdir(tmp_path)
    data = read_data(desk, language)
    lines = [
        line.words
        for name, line in LINES.items()
        if name not in FOR_PROGRAMS and line.book in (None, *BOOKS[language])
    ]
    for line in (*lines, *RESULTS):
        if "--json" not in line and not line.startswith("export"):
            check(desk, language, line, data)


@pytest.mark.slow
@pytest.mark.parametrize("language", BOOKS)
def test_what_is_wrong_with_any_command_is_said_without_english(
    make_desk: Callable[[str, Path], Desk],
    tmp_path: Path,
    language: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = make_desk(language, tmp_path)
    monkeypatch.chdir(tmp_path)
    for line in (*WRONG.values(), *ALSO_WRONG):
        ran = desk.run(line.format(book=BOOKS[language][0]), at=NIGHT)
        assert ran.code in (2, 3, 4), line
        assert find_english(ran.err) <= {"who"}, f"{line}: {ran.err}"  # a field


@pytest.mark.slow
@pytest.mark.parametrize("language", BOOKS)
def test_what_authors_read_has_no_english(
    make_desk: Callable[[str, Path], Desk], tmp_path: Path, language: str
) -> None:
    """A book with faults of several kinds, checked, tested and listed."""
    desk = make_desk(language, tmp_path)
    folder = tmp_path / "mine" / "mine"
    settings = (tmp_path / "prassi.toml").read_text(encoding="utf-8")
    folder.parent.mkdir()
    desk.settings(f'{settings}\n[folders]\nbooks = "{folder.parent}"\n')
    desk.good("book new mine")
    book = folder / "book.toml"
    good = book.read_text(encoding="utf-8")
    data = [value for value in good.split('"') if value.count(" ")]
    for change in (
        ("then = [{ wait =", "then = [{ wait2 ="),
        ('when = { waited = "< {remind_workdays}" }', 'when = { waited = "< 2" }'),
        ('from = ["s2"]', 'from = ["s9"]'),
        ('who = "desk"', 'who = "nobody"'),
        ("[events.day]", "[events.daily]"),
        ("reach = []", 'reach = ["all"]'),
        ('{ close = "answered" }', '{ tag = "said" }, { close = "answered" }'),
        ('[{ note = "{text}" }, ', "["),
    ):
        assert change[0] in good
        book.write_text(good.replace(*change, 1), encoding="utf-8")
        for line in ("book check mine", "book test mine", "book list"):
            ran = desk.run(line)
            found = find_english(
                f"{ran.out}\n{ran.err}", [data, desk.good("book list --json").rows]
            )
            assert found <= {"done"}, f"{change}: {line}: {ran.out}{ran.err}"


# --- plurals --------------------------------------------------------------------------------------

GOLDEN = {
    "it": ("0 ticket", "1 ticket", "2 ticket", "5 ticket", "11 ticket", "21 ticket", "100 ticket"),
    "es": ("0 tickets", "1 ticket", "2 tickets", "5 tickets", "11 tickets", "21 tickets", "100 tickets"),
    "ru": ("0 тикетов", "1 тикет", "2 тикета", "5 тикетов", "11 тикетов", "21 тикет", "100 тикетов"),
    "ar": ("0 تذكرة", "تذكرة واحدة", "تذكرتان", "5 تذاكر", "11 تذكرة", "21 تذكرة", "100 تذكرة"),
}  # fmt: skip
COUNTS = (0, 1, 2, 5, 11, 21, 100)


@pytest.mark.parametrize("language", GOLDEN)
def test_plurals_are_those_of_the_language(language: str) -> None:
    with speak_meanwhile(language):
        told = [
            say_count("{count} ticket", "{count} tickets", one).format(count=one) for one in COUNTS
        ]
    assert tuple(told) == GOLDEN[language]


@pytest.mark.parametrize(
    ("language", "days"),
    [
        ("it", "IT 2026: 254 giorni lavorativi"),
        ("es", "IT 2026: 254 días hábiles"),
        ("ru", "IT 2026: 254 рабочих дня"),
        ("ar", "IT 2026: 254 يوم عمل"),
    ],
)
def test_a_calendar_is_in_the_language(desk: Desk, language: str, days: str) -> None:
    """The count has its form, and weekdays and months their names; programs read the same in all."""
    told = desk.good(f"calendar IT 2026 --lang {language}").out
    monday = {"it": "lun", "es": "lun", "ru": "пн", "ar": "الاثنين"}[language]
    march = {"it": "mar 22", "es": "mar 22", "ru": "март 22", "ar": "مارس 22"}[language]
    holiday = {"it": "Capodanno", "es": "New Year's", "ru": "New Year's", "ar": "New Year's"}[
        language
    ]
    assert days in told
    assert monday in told
    assert holiday in told  # `holidays` has names of Italy's in Italian and English
    assert march in told
    english = desk.good("calendar IT 2026 --json").out
    assert desk.good(f"calendar IT 2026 --json --lang {language}").out == english


@pytest.mark.parametrize(
    ("country", "language", "name"),
    [
        ("CL", "es", "Año Nuevo"),
        ("RU", "ru", "Новогодние каникулы"),
        ("RU", "ru", "Выходной (перенесено с 03.01.2026)"),
        ("EG", "ar", "عيد القوات المسلحة (يوم تعويضي)"),
        ("EG", "ar", "المولد النبوي الشريف"),
    ],
)
def test_holidays_are_called_as_in_their_country(
    desk: Desk, country: str, language: str, name: str
) -> None:
    """That a day is estimated stands beside its kind, in no name."""
    told = desk.good(f"calendar {country} 2026 --lang {language}").out
    rows = [re.sub("[\u200e\u200f]", "", line).rstrip() for line in told.splitlines()]
    assert any(line.endswith(f"  {name}") for line in rows)
