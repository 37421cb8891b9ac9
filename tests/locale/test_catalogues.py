"""The catalogues: complete, with the right plurals, and built without anything by hand."""

from __future__ import annotations

import shutil
from importlib import import_module
from pathlib import Path

import pytest
from catalogue_texts import Text
from catalogues import LANGUAGES, find_faults, find_path, read_catalogue
from prassi.core.system import language as languages
from prassi.core.system.language import DOMAINS, say, say_count, speak


@pytest.mark.slow  # `make check` asks this too
@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_texts_of_the_code_are_translated(language: str, domain: str) -> None:
    assert [*find_faults(language, domain)] == []


def test_what_a_catalogue_lacks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [
        Text("To do"),
        Text("Nobody has said this {name}"),
        Text("{who}: {action} by {due}{late}"),
    ]
    monkeypatch.setattr("catalogues.list_texts", lambda domain: texts)
    known = {
        "To do": "Da fare",
        "{who}: {action} by {due}{late}": "{who}: {action}",
        "Old": "Vecchio",
    }
    monkeypatch.setattr("catalogues.read_catalogue", lambda language, domain: known)
    assert [*find_faults("it", "prassi")] == [
        "core/locale/it/LC_MESSAGES/prassi.po: 'Nobody has said this {name}' is not translated.",
        "core/locale/it/LC_MESSAGES/prassi.po: '{who}: {action} by {due}{late}' has other names in braces"
        " than its translation.",
        "core/locale/it/LC_MESSAGES/prassi.po: 'Old' is not said any more.",
    ]


LATE = {
    "en": {1: ", late by 1 working day", 2: ", late by 2 working days"},
    "it": {1: ", in ritardo di 1 giorno lavorativo", 2: ", in ritardo di 2 giorni lavorativi"},
    "es": {1: ", atrasado 1 día hábil", 21: ", atrasado 21 días hábiles"},
    "ru": {
        1: ", опоздание 1 рабочий день",
        2: ", опоздание 2 рабочих дня",
        5: ", опоздание 5 рабочих дней",
        11: ", опоздание 11 рабочих дней",
        21: ", опоздание 21 рабочий день",
        22: ", опоздание 22 рабочих дня",
    },
    "ar": {
        1: "، متأخر يوم عمل واحدًا",
        2: "، متأخر يومي عمل",
        3: "، متأخر 3 أيام عمل",
        11: "، متأخر 11 يوم عمل",
        100: "، متأخر 100 يوم عمل",
        103: "، متأخر 103 أيام عمل",
    },
}


@pytest.mark.parametrize("language", LATE)
def test_plurals_are_those_of_the_language(language: str) -> None:
    try:
        speak(language)
        one, many = ", late by {late} working day", ", late by {late} working days"
        said = {n: say_count(one, many, n).format(late=n) for n in LATE[language]}
    finally:
        speak("en")
    assert said == LATE[language]


def test_a_catalogue_is_made_from_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the build does, before anything is packed."""
    folder = tmp_path / "it" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    shutil.copy(find_path("it", "prassi"), folder)
    monkeypatch.syspath_prepend(languages.FOLDER)
    build_backend = import_module("build_backend")  # as pip finds it
    monkeypatch.setattr(build_backend, "__file__", str(tmp_path / "build_backend.py"))
    build_backend.compile_catalogues()
    monkeypatch.setattr(languages, "FOLDER", str(tmp_path))
    languages._load.cache_clear()
    try:
        speak("it")
        assert say("To do") == "Da fare"
        speak("es")  # which was not built
        assert say("To do") == "To do"
    finally:
        speak("en")
        languages._load.cache_clear()


def test_a_count_can_say_that_there_is_one() -> None:
    """A form for one or two may leave the count out, as Arabic does; no other can."""
    known = read_catalogue("ar", "prassi")[", late by {late} working day"]
    assert isinstance(known, tuple)
    assert ["{late}" in form for form in known] == [False, False, False, True, True, True]
