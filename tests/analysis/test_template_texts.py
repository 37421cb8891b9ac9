"""What templates say: the language of each is guessed, and its dates and figures are looked up."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk
from prassi.core.analysis.checks.check_book import examine_book
from prassi.core.analysis.checks.template_syntax import TemplateFile, parse_templates
from prassi.core.analysis.checks.template_texts import check_texts, guess_language
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE

ROOT = Path(__file__).parents[2]
LANGUAGES = ("ar", "en", "es", "it", "ru")


def read_messages() -> Iterator[TemplateFile]:
    """The messages of the shipped books; parts that they share may have hardly any words."""
    paths = sorted((ROOT / "templates").glob("*/*.j2"))
    texts = ((str(path), path.read_text(encoding="utf-8")) for path in paths)
    for file in parse_templates("it", texts):
        assert isinstance(file, TemplateFile), file
        if not file.is_part:
            yield file


def test_each_message_of_the_shipped_books_reads_like_its_language() -> None:
    """So another language's text in any of them is told."""
    wrong = [
        (file.path, guessed)
        for file in read_messages()
        if (guessed := guess_language("\n".join(text for _, text in file.words))) != file.language
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", None),
        ("IBAN BIC", None),
        ("Servizio sospeso.", None),
        ("Il servizio non è sospeso.", "it"),
        ("El servicio no está suspendido.", "es"),
        ("The service is not suspended.", "en"),
        ("Услуга не заблокирована: IBAN.", "ru"),
        ("الخدمة ليست موقوفة IBAN", "ar"),
        ("Please write to ООО Ромашка by the end of the month.", "en"),
    ],
)
def test_a_language_is_guessed_where_there_is_enough_to_go_by(
    text: str, language: str | None
) -> None:
    assert guess_language(text) == language


def read_file(path: str, text: str) -> TemplateFile:
    [file] = parse_templates("it", [(path, text)])
    assert isinstance(file, TemplateFile)
    return file


def test_the_text_of_another_language_is_told() -> None:
    """In whatever language it stands in place of."""
    for path in sorted((ROOT / "templates" / "collections").glob("[a-z]*.j2")):
        name, there, _ = path.name.split(".")
        for here in sorted({*LANGUAGES} - {there}):
            file = read_file(f"{name}.{here}.j2", path.read_text(encoding="utf-8"))
            [found] = check_texts([file], {}, {*range(100)})
            assert (found.kind, found.at) == ("language", file.path)
            assert found.sentence == f"this reads like {there}, and its name says {here}."


DAYS = "plus_days(parameters.preblock_days - 1)"
PLANTED = (
    ("it", DAYS, "plus_days(30)", "date", "plus_days(30): no rule and no parameter knows 30."),
    ("es", DAYS, "plus_days(15)", "figure",
     "warning: plus_days(15) is written out: write parameters.preblock_days, so that both change together."),
    ("en", DAYS, "plus_days(parameters.preblock_days + 10)", "date",
     "no rule knows a date +10 days from preblock_days."),
    ("ru", DAYS, "plus_days(parameters.care_workdays)", "date",
     "plus_days counts calendar days, and care_workdays is in working days: no rule knows this date."),
    ("ar", DAYS, "plus_days(parameters.preblock_days)", "", ""),
    ("it", "verrà bloccato.", "verrà bloccato dopo 51 giorni.", "date",
     "“51 giorni”: no rule and no parameter knows 51."),
    ("en", "will be blocked.", "will be blocked in 15 days.", "figure",
     "warning: “15 days” is written out: write parameters.preblock_days, so that both change together."),
    ("ru", "будет заблокирована.", "будет заблокирована через 51 день.", "date",
     "“51 день”: no rule and no parameter knows 51."),
    ("es", "quedará bloqueado.", "quedará bloqueado a las 10:30 del 12/51 (51 facturas).", "", ""),
)  # fmt: skip


@pytest.mark.slow
def test_dates_and_figures_are_those_of_the_book(tmp_path: Path) -> None:
    """Beside what is right: the parameter, the day before it, hours, and counts of other things."""
    shutil.copytree(ROOT / "templates" / "collections", tmp_path / "collections")
    wanted = []
    for language, old, new, kind, told in PLANTED:
        path = tmp_path / "collections" / f"preblock.{language}.j2"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        if kind:
            line = 1 + text[: text.index(old)].count("\n")
            wanted.append((kind, f"{path}:{line}: {told}"))
    shelf = Shelf(NONE._replace(templates=str(tmp_path)))
    found = [(one.kind, one.line) for one in examine_book(shelf, "collections").findings]
    assert sorted(found) == sorted(wanted)


def test_a_figure_written_out_is_a_warning(desk: Desk) -> None:
    """It is told, and no failure; another one is."""
    folder = desk.folder / "books" / "loans"
    shutil.copytree(ROOT / "docs" / "examples" / "loans", folder)
    desk.settings('[folders]\nbooks = "books"\n')
    letter = folder / "reminder.en.j2"
    text = letter.read_text(encoding="utf-8")
    letter.write_text(text.replace("{{ parameters.call_workdays }}", "5"), encoding="utf-8")
    first, last = desk.good("book check loans").out.splitlines()
    assert first.endswith(
        "reminder.en.j2:16: warning: “5 working” is written out: write parameters.call_workdays, so that"
        " both change together."
    )
    assert last == "loans: 9 rules in 3 tables, 1 warning."
    [row] = desk.good("book check loans --json").rows
    assert row["kind"] == "figure"
    letter.write_text(text.replace("{{ parameters.call_workdays }}", "51"), encoding="utf-8")
    assert "“51 working”: no rule and no parameter knows 51." in desk.run("book check loans").out
    assert desk.run("book check loans").code == 1
