"""Messages: what the letters say, how languages write numbers, and what a template can't do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from babel import Locale as Known
from babel.dates import format_date, format_time
from babel.numbers import format_currency
from hypothesis import given, settings
from hypothesis import strategies as st
from prassi.core.errors import BadInput
from prassi.core.messages.filters import columns
from prassi.core.messages.locale_formats import locale
from prassi.core.messages.plain_text import one_line
from prassi.core.messages.sandbox import Sandbox
from prassi.core.messages.templates import Messages
from prassi.core.system import cache

LANGUAGES = ("it", "es", "ru", "ar", "en")
LETTERS = ("summary", "preblock", "payment-slip-request", "care-open-accounting", "care-chase")
SPOKEN = ("tell-accounting", "tell-technical")
SNAPSHOTS = Path(__file__).parents[1] / "snapshots" / "messages"

COMPANY = {
    "name": "Esempio S.p.A.", "address": "Via Roma 1, 20121 Milano", "website": "https://esempio.example",
    "email": "pagamenti@esempio.example", "phone": "+39 02 555 0199", "hotline": "800 555 010",
    "iban": "IT60X0542811101000000123456", "bank": "Banca d'Esempio",
}  # fmt: skip
FULL: dict[str, Any] = {
    "customer": {
        "ref": "C-7", "name": "Rossi & Figli S.r.l.", "email": "info@rossi.example",
        "phone": "+39 02 555 0100", "language": "it",
    },
    "ticket": {"ref": "T-0001", "status": "calling", "opened": "2026-01-10", "preblock_on": None},
    "proformas": [
        {"number": "P-1", "amount": 12000, "left": None, "currency": "EUR", "issued": "2025-11-03", "paid": None},
        {"number": "PF-31", "amount": 200000, "left": 123456, "currency": "EUR", "issued": None, "paid": None},
        {"number": "PF-9", "amount": 5000, "left": None, "currency": "USD", "issued": "2025-12-01", "paid": None},
        {"number": "PAID", "amount": 1, "left": None, "currency": "EUR", "issued": None, "paid": "2025-10-01"},
    ],
    "promises": [],
    "today": "2026-03-02",
    "company": COMPANY,
    "parameters": {"preblock_days": 15, "care_workdays": 10},
    "values": {"paid_on": "2026-02-26", "note": "Dice che mancano le fatture di gennaio."},
}  # fmt: skip
MINIMAL: dict[str, Any] = {
    "customer": dict.fromkeys(FULL["customer"]),
    "ticket": {"ref": "T-1", "status": "new", "opened": "2026-01-10", "preblock_on": None},
    "proformas": [
        {
            "number": "1",
            "amount": 100,
            "left": None,
            "currency": "EUR",
            "issued": None,
            "paid": None,
        }
    ],
    "promises": [],
    "today": "2026-02-21",
    "company": dict.fromkeys(COMPANY, ""),
    "parameters": {"preblock_days": 15, "care_workdays": 10},
    "values": {},
}


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRASSI_CACHE", str(tmp_path_factory.mktemp("cache") / "prassi"))
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "collections").mkdir()
    return tmp_path


def write(folder: Path, file: str, source: str) -> None:
    path = folder / "collections" / file
    path.write_text(source, encoding="utf-8")


def body(folder: Path, source: str, language: str = "it", **context: Any) -> str:
    write(folder, f"try.{language}.j2", source)
    return Messages([str(folder)]).render("collections", "try", [language], context).body


# --- the letters of the book ----------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LETTERS + SPOKEN)
def test_letter(name: str, language: str) -> None:
    said = [Messages().render("collections", name, [language], c) for c in (FULL, MINIMAL)]
    shown = "\n\n=== unknown as far as can be ===\n\n".join(
        f"Subject: {one.subject}\n\n{one.body}" if one.subject else one.body for one in said
    )
    path = SNAPSHOTS / f"{name}.{language}.txt"
    if os.environ.get("PRASSI_SNAPSHOTS") == "renew":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(shown + "\n", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == shown + "\n"


@pytest.mark.parametrize("name", LETTERS + SPOKEN)
@pytest.mark.parametrize("context", [FULL, MINIMAL])
def test_nothing_is_left_hanging(name: str, context: dict[str, Any]) -> None:
    for language in LANGUAGES:
        said = Messages().render("collections", name, [language], context)
        assert (said.subject is None) == (name in SPOKEN)
        assert said.language == language
        for wrong in ("None", "{", "}", "\n\n\n", " ,", " \n", "()", "PAID", "\t", "\u00a0", "  :"):
            assert wrong not in said.body, (wrong, language)


@pytest.mark.parametrize("name", LETTERS + SPOKEN)
def test_every_message_is_there_in_every_language(name: str) -> None:
    assert Messages().languages("collections", name) == tuple(sorted(LANGUAGES))


def test_the_notice_names_the_last_day() -> None:
    said = {
        language: Messages().render("collections", "preblock", [language], FULL).body
        for language in LANGUAGES
    }
    days = (
        "16 marzo 2026 compreso",
        "16 de marzo de 2026 inclusive",
        "16 марта 2026 г. включительно",
        "في موعد أقصاه نهاية يوم 16 مارس 2026",
        "by the end of 16 March 2026",
    )
    for language, day in zip(LANGUAGES, days, strict=True):
        assert day in said[language]


# --- numbers and dates as Babel writes them -------------------------------------------------------


VARIETY = {"en": "en_GB"}
"""Where a language is written as in one country, Babel is asked for that."""


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def amount(value: Decimal, currency: str, language: str, **more: bool) -> str:
    """An amount as Babel writes it, but for a space after a currency of letters, and one word."""
    known = VARIETY.get(language, language)
    written = plain(format_currency(value, currency, locale=known, **more))
    if language == "ar":
        return written.replace("ج.م.\u200f", "جنيه")
    return re.sub(r"([A-Z])(\d)", r"\1 \2", written)


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=150, deadline=None)
@given(
    hundredths=st.integers(-(10**13), 10**13),
    currency=st.sampled_from(["EUR", "EGP", "RUB", "USD", "CHF", "KWD", "SAR", "XYZ"]),
)
def test_amounts_are_as_babel_writes_them(language: str, hundredths: int, currency: str) -> None:
    expected = amount(Decimal(hundredths).scaleb(-2), currency, language)
    assert locale(language).money(hundredths, currency) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hundredths", [0, 1, 10, 99, 100, 99999, 100000, 123456789])
def test_a_currency_without_fractions_shows_what_it_has(language: str, hundredths: int) -> None:
    value, whole = Decimal(hundredths).scaleb(-2), hundredths % 100 == 0
    expected = amount(value, "CLP", language, currency_digits=whole)
    assert locale(language).money(hundredths, "CLP") == expected


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=100, deadline=None)
@given(moment=st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)))
def test_dates_are_as_babel_writes_them(language: str, moment: datetime) -> None:
    known = VARIETY.get(language, language)
    day = plain(format_date(moment.date(), "long", locale=known))
    clock = plain(format_time(moment.time(), "short", locale=known))
    assert locale(language).day(moment.date().isoformat()) == day
    both = locale(language).day(moment.isoformat(timespec="minutes")[:16])
    assert both.startswith(day)
    assert both.endswith(clock)


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_babels(language: str) -> None:
    form_of = Known.parse(language).plural_form
    for count in [*range(301), 1000, 1001, 999_999, 10**6, 10**6 + 1, 2 * 10**6, 10**9]:
        assert locale(language).plural(count) == form_of(count), count


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("de", "2. März 2026"),
        ("pt-BR", "2 de março de 2026"),
        ("ja", "2026年3月2日"),
        ("en-ZA", "02 March 2026"),
    ],
)
def test_a_users_own_language(folder: Path, language: str, day: str) -> None:
    assert body(folder, "{{ when | day }}", language, when="2026-03-02") == day
    assert day == plain(format_date(date(2026, 3, 2), "long", locale=language.replace("-", "_")))


def test_filters(folder: Path) -> None:
    source = (
        "{{ a | money('EUR') }}, {{ d | plus_days(15) | day }}, {{ m | day }}, "
        "{{ 0 | plural(one='uno', other='{n} tanti') }}, {{ 1 | plural(one='uno', other='{n}') }}"
    )
    said = body(folder, source, a=123456, d="2026-12-24", m="2026-03-02T10:30")
    assert said == "1.234,56 €, 8 gennaio 2027, 2 marzo 2026 alle ore 10:30, 0 tanti, uno"


def test_a_missing_plural_form_is_other(folder: Path) -> None:
    assert body(folder, "{{ 3 | plural(one='a', other='{n} b') }}", "ar") == "3 b"


def test_columns() -> None:
    text = "No.\tDate\tSum\n-\nа-1\t\t9,00 €\nб-22\t\t119,00 €\n"
    assert columns(text, "<<>") == (
        "  No.        Sum\n  ----  --------\n  а-1     9,00 €\n  б-22  119,00 €"
    )
    assert columns("عَ\t漢字\u200f\nab\tc\n", "<>") == "  عَ   漢字\u200f\n  ab     c"
    assert columns("", "<<") == ""


def test_a_very_long_cell_does_not_widen_the_table() -> None:
    lines = columns("No.\tSum\n" + "9" * 500 + "\t1\n2\t3\n", "<>").splitlines()
    assert [len(line) for line in lines] == [47, 507, 47]
    _, rule, _ = columns(f"{'9' * 45}\t1\n-\n{'9' * 50}\t2\n", "<>").splitlines()
    assert rule == f"  {'-' * 45}  -"


def test_left_to_right_among_arabic(folder: Path) -> None:
    source = "{{ phone | ltr }}|{{ none | ltr }}|{{ ('a', none, 'ب') | row }}"
    context = {"phone": "+39 02", "none": None}
    assert body(folder, source, "ar", **context) == "\u200e+39 02\u200e||\u200fa\t\t\u200fب"
    assert body(folder, source, "it", **context) == "+39 02||a\t\tب"


# --- text from outside ----------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(name=st.text(min_size=1))
def test_no_name_changes_the_shape_of_a_letter(name: str) -> None:
    harmless = Messages().render("collections", "summary", ["it"], FULL)
    context = {**FULL, "customer": {**FULL["customer"], "name": f"N{name}"}}
    context["company"] = {**COMPANY, "address": f"A{name}"}
    said = Messages().render("collections", "summary", ["it"], context)
    assert len(said.body.splitlines()) == len(harmless.body.splitlines())
    assert said.subject == harmless.subject
    said.body.encode("utf-8")


@pytest.mark.parametrize(
    ("outside", "inside"),
    [
        ("Rossi\n\nIBAN: XX", "Rossi IBAN: XX"),
        ("a\r\nb\tc\x1b[31md\x00\x85e\u2028f", "a b c [31md e f"),
        ("pay\u202eevil\u2066x\u200b\ufeff", "payevilx"),
        ("\u200fشركة\u200e", "\u200fشركة\u200e"),
        ("half \ud800 a pair", "half a pair"),
        ("no\u00a0break", "no break"),
        ("👩\u200d🔧 Ñandú", "👩\u200d🔧 Ñandú"),
    ],
)
def test_one_line(outside: str, inside: str) -> None:
    assert one_line(outside) == inside


def test_a_name_is_never_read_as_a_template(folder: Path) -> None:
    assert body(folder, "{{ name }}", name="{{ 7 * 7 }}{% raw %}") == "{{ 7 * 7 }}{% raw %}"


def test_a_name_does_not_become_a_subject(folder: Path) -> None:
    write(folder, "sms.it.j2", "{{ name }}, ci chiami.")
    write(folder, "mail.it.j2", "Subject: Per {{ name }}\n\nBuongiorno.")
    messages, context = Messages([str(folder)]), {"name": "Subject: pay\nBcc: me@evil.example"}
    sms = messages.render("collections", "sms", ["it"], context)
    mail = messages.render("collections", "mail", ["it"], context)
    assert (sms.subject, sms.body) == (None, "Subject: pay Bcc: me@evil.example, ci chiami.")
    assert mail.subject == "Per Subject: pay Bcc: me@evil.example"
    assert mail.body == "Buongiorno."


def test_a_subject_is_one_line(folder: Path) -> None:
    write(folder, "try.it.j2", "Subject: {{ 'a\\tb\\x1b\\x0bc' }}\n\nBody\n")
    said = Messages([str(folder)]).render("collections", "try", ["it"], {})
    assert (said.subject, said.body) == ("a b c", "Body")


def test_only_plain_data(folder: Path) -> None:
    with pytest.raises(TypeError, match="plain data"):
        body(folder, "x", when=date(2026, 3, 2))


def test_numbers_can_be_multiplied(folder: Path) -> None:
    assert body(folder, "{{ 2 * n }}", n=21) == "42"


def test_mappings_and_lists_reach_the_template_as_plain_data(folder: Path) -> None:
    outside = MappingProxyType({"names": ("a\nb", 2.5)})
    assert body(folder, "{{ x.names | join(', ') }}", x=outside) == "a b, 2.5"


def test_none_is_nothing_and_keys_come_before_methods(folder: Path) -> None:
    assert body(folder, "[{{ x.none }}{{ x.items }}]", x={"none": None, "items": 2}) == "[2]"


# --- what a template can't do ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ''['__class__'] }}",
        "{{ '' | attr('__class__') }}",
        "{{ x | map(attribute='__class__') | join }}",
        "{{ '{0.__class__.__mro__}'.format('') }}",
        "{{ '{0.__class__}' | attr('format') }}{{ ('{0.__class__}' | attr('format'))('') }}",
        "{{ x.append(1) }}",
        "{{ y.update(a=1) }}",
        "{{ range(10000000) | list }}",
        "{{ 'a' * 300000000 }}",
        "{{ x * 300000000 }}",
        "{{ 9 ** 99999999 }}",
        "{{ (10 ** 9) * 10 }}",
        "{{ 99999999999 * 99999999999 }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ self.__init__ }}",
        "{% include '/etc/passwd' %}",
        "{% include '../../etc/passwd' %}",
        "{% include 'collections/../../x' %}",
        "{% include 'collections' %}",
    ],
)
def test_escapes_are_refused(folder: Path, source: str) -> None:
    with pytest.raises(BadInput, match=r"try\.it\.j2.*: "):
        body(folder, source, x=[1], y={})


def test_a_link_out_of_the_folder_is_refused(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path_factory.mktemp("else") / "secret.j2"
    secret.write_text("secret")
    (folder / "collections" / "out.it.j2").symlink_to(secret)
    with pytest.raises(BadInput, match="leads out of"):
        Messages([str(folder)]).render("collections", "out", ["it"], {})
    with pytest.raises(BadInput, match=r"try\.it\.j2, line 2: .*leads out of"):
        body(folder, "\n{% include 'collections/out.it.j2' %}")


def test_a_link_within_the_folder_is_followed(folder: Path) -> None:
    write(folder, "real.it.j2", "yes")
    (folder / "collections" / "link.it.j2").symlink_to(folder / "collections" / "real.it.j2")
    assert Messages([str(folder)]).render("collections", "link", ["it"], {}).body == "yes"


# --- finding templates ----------------------------------------------------------------------------


def test_the_users_templates_come_before_ours(folder: Path) -> None:
    write(folder, "tell-accounting.it.j2", "Nostro.")
    messages = Messages([str(folder)])
    assert messages.render("collections", "tell-accounting", ["it"], MINIMAL).body == "Nostro."
    assert "press" in messages.render("collections", "tell-accounting", ["en"], MINIMAL).body


def test_the_users_shared_part_is_used_by_our_letters(folder: Path) -> None:
    ours = Path(__file__).parents[2] / "templates" / "collections" / "_letter.it.j2"
    write(
        folder, "_letter.it.j2", ours.read_text(encoding="utf-8").replace("Spett.le", "Spettabile")
    )
    said = Messages([str(folder)]).render("collections", "summary", ["it"], FULL)
    assert said.body.startswith("Spettabile Rossi")


@pytest.mark.parametrize(
    ("wanted", "used"),
    [
        (["it", "en"], "it"),
        (["fr", "en"], "en"),
        (["ar-EG", "en"], "ar"),
        (["RU_ru"], "ru"),
        (["", "es"], "es"),
        (["../it", "en"], "en"),
    ],
)
def test_the_first_language_that_is_there(wanted: list[str], used: str) -> None:
    assert Messages().render("collections", "tell-accounting", wanted, MINIMAL).language == used


def test_a_missing_message_is_told() -> None:
    with pytest.raises(BadInput, match="has no message 'nosuch'"):
        Messages().render("collections", "nosuch", ["it"], {})
    with pytest.raises(BadInput, match="has 'summary' in ar, en, es, it, ru, not in fr"):
        Messages().render("collections", "summary", ["fr"], {})
    assert Messages().languages("collections", "_letter") == ()
    assert Messages(["/nosuch"]).languages("nosuch", "summary") == ()


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("a\n{{ nosuch }}", r"try\.it\.j2, line 2: 'nosuch' is undefined\."),
        ("a\n\n{% if x %}", r"try\.it\.j2, line 3: Unexpected end of template"),
        ("{{ 1 / 0 }}", r"try\.it\.j2, line 1: division by zero\."),
        ("{{ x.y }}", r"try\.it\.j2, line 1: .*no attribute 'y'\."),
        ("{{ x | nosuch }}", r"try\.it\.j2, line 1: No filter named 'nosuch'"),
        ("\n{{ 'soon' | day }}", r"try\.it\.j2, line 2: .*'soon'"),
        (
            "{{ '2026-03-02' | day(5) }}",
            r"try\.it\.j2, line 1: day takes words in front, .*not 5\.",
        ),
        ("{{ 5 | signed('x') }}", r"try\.it\.j2, line 1: signed is for a text, not 5\."),
        ("{{ none | money('EUR') }}", r"try\.it\.j2, line 1: .*hundredths"),
        ("{{ 2 | plural(one='a', some='b', other='c') }}", r"try\.it\.j2, line 1: .*zero, one"),
        (
            "{% include 'collections/nosuch' %}",
            r"line 1: there is no template 'collections/nosuch'\.",
        ),
        ("{% include 'collections/broken.j2' %}", r"broken\.j2, line 2: 'nosuch' is undefined\."),
        (
            "{% filter columns('<<') %}\n{{ (1, 2, 3) | row }}\n{% endfilter %}",
            r"line \d: columns needs",
        ),
    ],
)
def test_a_broken_template_is_told_with_file_and_line(folder: Path, source: str, told: str) -> None:
    write(folder, "broken.j2", "\n{{ nosuch }}")
    with pytest.raises(BadInput, match=told) as caught:
        body(folder, source, x={})
    assert "\n" not in str(caught.value)


def test_an_unknown_language_is_told(folder: Path) -> None:
    with pytest.raises(BadInput, match=r"try\.qq\.j2: there is no language 'qq'"):
        body(folder, "x", "qq")


def test_a_template_that_is_no_text_is_told(folder: Path) -> None:
    (folder / "collections" / "try.it.j2").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput, match=r"try\.it\.j2: .*utf-8"):
        Messages([str(folder)]).render("collections", "try", ["it"], {})


# --- kept between runs ----------------------------------------------------------------------------


@pytest.fixture
def fresh_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRASSI_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def compilations(monkeypatch: pytest.MonkeyPatch) -> int:
    """How many templates a new process would compile for one letter."""
    seen, compiles = list[str](), Sandbox.compile

    def compile(self: Sandbox, source: Any, name: Any = None, *more: Any) -> Any:
        seen.append(name)
        return compiles(self, source, name, *more)

    with monkeypatch.context() as patch:
        patch.setattr(Sandbox, "compile", compile)
        Messages().render("collections", "summary", ["it"], FULL)
    return len(seen)


def test_templates_are_kept_compiled(fresh_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compilations(monkeypatch) == 2
    assert compilations(monkeypatch) == 0
    assert fresh_cache.stat().st_mode & 0o777 == 0o700
    kept = [path for path in fresh_cache.iterdir() if path.suffix == ".bin"]
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    kept[0].write_bytes(kept[0].read_bytes()[:-9])
    assert compilations(monkeypatch) == 1
    kept[0].chmod(0o620)
    assert compilations(monkeypatch) == 1
    assert compilations(monkeypatch) == 0


@pytest.mark.parametrize("mode", [0o777, 0o770])
def test_a_cache_others_can_write_is_not_used(
    fresh_cache: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    compilations(monkeypatch)
    fresh_cache.chmod(mode)
    assert compilations(monkeypatch) == 2


def test_a_cache_of_somebody_else_is_not_used(
    fresh_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compilations(monkeypatch)
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    assert compilations(monkeypatch) == 2


def test_no_cache_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PRASSI_CACHE", str(tmp_path / "file" / "cache"))
    assert compilations(monkeypatch) == 2
    assert compilations(monkeypatch) == 2


def test_what_is_imported_when() -> None:
    """Nothing heavy before a message is rendered, and no Babel once a language is known."""
    code = """if True:
        import sys
        from prassi.core.messages.templates import Messages
        print(*sorted({"jinja2", "babel"} & set(sys.modules)), end=";")
        Messages().render("collections", "summary", ["it"], CONTEXT)
        print(*sorted({"jinja2", "babel"} & set(sys.modules)))
    """.replace("CONTEXT", repr(FULL))
    # In processes of their own: what this one knows, another test's cache may hold.
    command = [sys.executable, "-c", code]
    subprocess.run(command, capture_output=True, check=True)
    assert os.path.isdir(cache.find_cache_folder())
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout == ";jinja2\n"
