"""Golden texts: letters and short messages as a native would write them, with the words that must agree.

Whole texts are snapshots (test_messages.py, tests/books/test_*_said.py); here stand the sentences whose
form depends on a date, a number or a name.
"""

from __future__ import annotations

import os
import re
from typing import Any

import pytest
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.messages.filters import make_filters
from prassi.core.messages.firms import is_firm
from prassi.core.messages.locale_formats import locale
from prassi.core.messages.template_files import OURS
from prassi.core.messages.templates import Messages

LANGUAGES = ("it", "es", "ru", "ar", "en")
PROFORMA = {
    "number": "1",
    "amount": 100,
    "left": None,
    "currency": "EUR",
    "issued": None,
    "paid": None,
}
COMPANY = dict.fromkeys(
    ("name", "address", "website", "email", "phone", "hotline", "iban", "bank"), ""
)


@pytest.fixture(scope="module")
def messages() -> Messages:
    return Messages()


def plain(text: str) -> str:
    return text.replace("\u200e", "").replace("\u200f", "")


class Desk:
    """Texts of a book, with what they see."""

    def __init__(self, messages: Messages, book: str) -> None:
        self._messages, self._book = messages, book
        self._figures = {n: one.value for n, one in Shelf(NONE).book(book).parameters.items()}

    def say(self, template: str, language: str, **given: Any) -> str:
        """A text; what is given replaces what stands here."""
        context: dict[str, Any] = {
            "customer": {"ref": "C-1", "name": None, "email": None, "phone": None, "language": None},
            "ticket": {
                "ref": "P-1", "status": "OPEN", "visits": 4, "price": 160000, "currency": "EGP",
                "first_visit": "2026-03-19T10:00", "collect_at": "2026-03-19T10:00",
                "answer": "Sí.", "answered_on": "2026-03-09", **given.pop("ticket", {}),
            },
            "proformas": [PROFORMA] * given.pop("proformas", 1),
            "company": COMPANY | {"name": given.pop("sender", "")},
            "parameters": self._figures | given.pop("figures", {}),
            "today": given.pop("today", "2026-03-02"),
            "values": {},
        }  # fmt: skip
        if "name" in given:
            context["customer"]["name"] = given.pop("name")
        context["values"] = {
            "left": 3, "left_now": 2, "days_left": 8, "grace_end": "2026-03-16",
            "expires_on": "2026-03-02", "visit_at": "2026-03-19T10:00", "worth": 30000,
            "fee": 9000, "refund": 21000, "in_currency": "EGP", "outcome": "no-answer",
            "last_day": "2026-03-09", "term": "2026-03-04", "accepted": True, "paid_on": "2026-02-26",
            **given,
        }  # fmt: skip
        rendered = self._messages.render(self._book, template, [language], context)
        assert rendered.language == language
        return plain(rendered.body)


@pytest.fixture(scope="module")
def collections(messages: Messages) -> Desk:
    return Desk(messages, "collections")


@pytest.fixture(scope="module")
def packages(messages: Messages) -> Desk:
    return Desk(messages, "packages")


# --- Italian words before a date ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "plain_day", "elided"),
    [
        ("il", "il 9 marzo 2026", "l'8 marzo 2026"),
        ("al", "al 9 marzo 2026", "all'8 marzo 2026"),
        ("del", "del 9 marzo 2026", "dell'8 marzo 2026"),
        ("dal", "dal 9 marzo 2026", "dall'8 marzo 2026"),
        ("entro il", "entro il 9 marzo 2026", "entro l'8 marzo 2026"),
        ("fino al", "fino al 9 marzo 2026", "fino all'8 marzo 2026"),
        ("in data", "in data 9 marzo 2026", "in data 8 marzo 2026"),
        ("", "9 marzo 2026", "8 marzo 2026"),
    ],
)
def test_italian_words_before_a_date(before: str, plain_day: str, elided: str) -> None:
    day = make_filters(locale("it"))["day"]
    assert day("2026-03-09", before) == plain_day
    assert day("2026-03-08", before) == elided
    assert day("2026-03-11T18:00", before) == elided.replace("8", "11") + " alle ore 18:00"
    for other in (1, 2, 10, 18, 28):
        assert "'" not in day(f"2026-03-{other:02}", before)


def test_other_languages_elide_nothing() -> None:
    assert make_filters(locale("es"))["day"]("2026-03-08", "el") == "el 8 de marzo de 2026"
    assert make_filters(locale("it-CH"))["day"]("2026-03-08", "il") == "l'8 marzo 2026"


def test_italian_letters_elide(collections: Desk, packages: Desk, messages: Messages) -> None:
    slip = {"paid_on": "2026-02-08"}
    assert "Se entro l'8 marzo 2026 compreso" in collections.say(
        "preblock", "it", today="2026-02-22"
    )
    assert "effettuato l'8 febbraio 2026." in collections.say("payment-slip-request", "it", **slip)
    over = packages.say("tell-expired", "it", expires_on="2026-03-08", grace_end="2026-03-11")
    assert "è scaduto l'8 marzo 2026 e" in over
    assert "fino all'11 marzo 2026 compreso" in over
    for name in ("expired-two-weeks", "expired-one-week"):
        assert "entro l'11 marzo 2026" in packages.say(name, "it", grace_end="2026-03-11")
    ticket = {"first_visit": "2026-03-08T10:00", "collect_at": "2026-03-11T18:00"}
    link = packages.say("payment-link", "it", ticket=ticket)
    assert "prima della visita dell'8 marzo 2026 alle ore 10:00" in link
    collected = packages.say("tell-collection", "it", ticket=ticket)
    assert "registrato per l'11 marzo 2026 alle ore 18:00." in collected
    late = packages.say("tell-visit-late", "it", visit_at="2026-03-11T10:00")
    assert "alla visita dell'11 marzo 2026 alle ore 10:00" in late
    wait = Desk(messages, "cases").say("repeat-wait", "it", term="2026-03-08")
    assert wait.endswith("Il termine previsto è l'8 marzo 2026.")
    insistence = Desk(messages, "insistence")
    assert insistence.say("tell-deadline", "it", last_day="2026-03-11").endswith("l'11 marzo 2026.")


def test_no_template_elides_by_itself() -> None:
    for folder, _, files in os.walk(OURS):
        for file in files:
            if file.endswith(".j2"):
                with open(os.path.join(folder, file), encoding="utf-8") as template:
                    assert "[8:10]" not in template.read(), file


# --- one and two visits ---------------------------------------------------------------------------

LEFT = {
    "it": ("le resta una visita.", "le restano 2 visite."),
    "es": ("le queda una visita.", "le quedan 2 visitas."),
    "ru": ("осталась 1 уборка.", "осталось 2 уборки."),
    "ar": ("وبقيت لكم زيارة واحدة.", "وبقيت لكم زيارتان."),
    "en": ("with one visit left.", "with 2 visits left."),
}
DATES = {
    "it": ("Fissi la data", "Fissi le date"),
    "es": ("Fije la fecha", "Fije las fechas"),
    "ru": ("Назначьте дату", "Назначьте даты"),
    "ar": ("نرجو تحديد الموعد", "نرجو تحديد المواعيد"),
    "en": ("Please set a date for it", "Please set dates for them"),
}
USED = {
    "it": ("Può usarla fino", "Può usarle fino"),
    "es": ("Puede usarla hasta", "Puede usarlas hasta"),
    "ru": ("Осталась 1 уборка.", "Осталось 2 уборки."),
    "ar": ("هل نحدد الموعد الآن؟", "هل نحدد المواعيد الآن؟"),
    "en": ("You can use it up to", "You can use them up to"),
}
BOOKED = {
    "it": ("una visita, 1.600,00 EGP", "2 visite, 1.600,00 EGP"),
    "es": ("una visita, 1.600,00 EGP", "2 visitas, 1.600,00 EGP"),
    "ru": ("1 уборка, 1 600,00 EGP", "2 уборки, 1 600,00 EGP"),
    "ar": ("زيارة واحدة، 1,600.00 جنيه", "زيارتان، 1,600.00 جنيه"),
    "en": ("one visit, EGP 1,600.00", "2 visits, EGP 1,600.00"),
}
CANCELLED = {
    "it": ("insieme alla visita prevista.", "insieme alle visite previste."),
    "es": ("lo cancelamos con su visita.", "lo cancelamos con sus visitas."),
    "ru": ("с запланированной уборкой.", "с запланированными уборками."),
    "ar": ("نلغيها مع زيارتها.", "نلغيها مع زيارتيها."),
    "en": ("together with its visit.", "together with its visits."),
}
STILL = {
    "it": ("Le resta una visita.", "Le restano 2 visite."),
    "es": ("Le queda una visita.", "Le quedan 2 visitas."),
    "ru": ("осталась 1 уборка.", "осталось 2 уборки."),
    "ar": ("بقيت في الباقة زيارة واحدة.", "بقيت في الباقة زيارتان."),
    "en": ("One visit is left.", "2 visits are left."),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_and_two_visits(packages: Desk, language: str) -> None:
    for index, count in enumerate((1, 2)):
        for name in ("expired-two-weeks", "expired-one-week"):
            assert LEFT[language][index] in packages.say(name, language, left=count)
        assert DATES[language][index] in packages.say("expired-two-weeks", language, left=count)
        assert USED[language][index] in packages.say("tell-expired", language, left=count)
        visits = {"visits": count}
        assert BOOKED[language][index] in packages.say("payment-link", language, ticket=visits)
        assert CANCELLED[language][index] in packages.say(
            "cancelled-unpaid", language, ticket=visits
        )
        for name in ("tell-visit-late", "tell-visit-today"):
            assert STILL[language][index] in packages.say(name, language, left_now=count)


# --- one and five proformas -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "count", "summary", "notice"),
    [
        ("it", 1, "risulta da saldare una fattura proforma:", "risulta non pagata una fattura proforma:"),
        ("it", 5, "risultano da saldare 5 fatture proforma:", "risultano non pagate 5 fatture proforma:"),
        ("es", 1, "hay una factura proforma pendiente de pago:", "sigue pendiente de pago una factura"),
        ("es", 5, "hay 5 facturas proforma pendientes de pago:", "siguen pendientes de pago 5 facturas"),
        ("ru", 1, "У нас числится 1 неоплаченный счёт-проформа (", "У нас числится 1 неоплаченный"),
        ("ru", 2, "У нас числятся 2 неоплаченных счёта-проформы (", "У нас числятся 2 неоплаченных"),
        ("ru", 5, "У нас числится 5 неоплаченных счетов-проформ (", "У нас числится 5 неоплаченных"),
        ("ru", 11, "У нас числится 11 неоплаченных счетов-проформ (", "числится 11 неоплаченных"),
        ("ru", 21, "У нас числится 21 неоплаченный счёт-проформа (", "числится 21 неоплаченный"),
        ("ar", 1, "توجد فاتورة مبدئية واحدة غير مسددة:", "وتوجد فاتورة مبدئية واحدة"),
        ("ar", 2, "توجد فاتورتان مبدئيتان غير مسددتين:", "وتوجد فاتورتان مبدئيتان"),
        ("ar", 5, "توجد 5 فواتير مبدئية غير مسددة:", "وتوجد 5 فواتير مبدئية"),
        ("ar", 11, "توجد 11 فاتورة مبدئية غير مسددة:", "وتوجد 11 فاتورة"),
        ("ar", 100, "توجد 100 فاتورة مبدئية غير مسددة:", "وتوجد 100 فاتورة"),
        ("en", 1, "one proforma invoice is unpaid:", "one proforma invoice remains unpaid:"),
        ("en", 5, "5 proforma invoices are unpaid:", "5 proforma invoices remain unpaid:"),
    ],
)  # fmt: skip
def test_one_and_five_proformas(
    collections: Desk, language: str, count: int, summary: str, notice: str
) -> None:
    assert summary in collections.say("summary", language, proformas=count)
    assert notice in collections.say("preblock", language, proformas=count)


# --- firms and persons ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "firm", "person"),
    [
        ("it", "Spett.le Rossi Impianti srl,", "Gentile Ada Rossi,"),
        ("es", "Rossi Impianti srl\n\nEstimados señores:", "Estimado(a) Ada Rossi:"),
        ("ru", "Rossi Impianti srl\n\nЗдравствуйте!", "Здравствуйте, Ada Rossi!"),
        ("ar", "السادة Rossi Impianti srl المحترمين،", "عميلنا الكريم Ada Rossi،"),
        ("en", "Dear Rossi Impianti srl,", "Dear Ada Rossi,"),
    ],
)
def test_who_is_greeted(collections: Desk, language: str, firm: str, person: str) -> None:
    for name in ("summary", "preblock", "payment-slip-request"):
        letter = collections.say(name, language, name="Rossi Impianti srl")
        assert letter.startswith(f"{firm}\n\n")
        assert collections.say(name, language, name="Ada Rossi").startswith(f"{person}\n\n")
        assert "None" not in collections.say(name, language)


@pytest.mark.parametrize(
    ("language", "firm", "person"),
    [
        ("it", ("Vi inviamo", "Vostra posizione", "avete già"), ("Le inviamo", "Sua posizione", "ha già")),
        ("es", ("ustedes", "les enviamos", "les pedimos"), ("usted,", "le enviamos", "le pedimos")),
    ],
)  # fmt: skip
def test_a_firm_is_several(
    collections: Desk, language: str, firm: tuple[str, ...], person: tuple[str, ...]
) -> None:
    both = (
        collections.say("summary", language, name="Rossi Impianti srl"),
        collections.say("summary", language, name="Ada Rossi"),
    )
    for text, own, other in ((both[0], firm, person), (both[1], person, firm)):
        assert not [words for words in own if words not in text]
        assert not [words for words in other if words in text]


FIRMS = (
    "Rossi Impianti srl", "ROSSI IMPIANTI SRL", "Bianchi S.p.A.", "Bianchi S. r. l.", "Neri & C. snc",
    "F.lli Verdi", "Lavanderia Bolle Blu", "Birrificio Luppolo", "Studio Grafico Pennarossa",
    "Comercial Andes SpA", "Panadería Trigal Ltda.", "Molina S.A.", "ООО «Ромашка»", "АО «Луч»",
    "شركة النيل للتجارة", "Acme Ltd", "Smith & Sons", "Müller GmbH",
)  # fmt: skip
PERSONS = (
    "Ada Rossi", "Valeria Bianchi", "Marta De Sa", "M. R. Rossi", "Óscar Huenchullán Soto", "Al Co",
    "Ольга Мельникова", "أحمد علي", "Sa'id Ali", "", None, "Barbara Barberini", "Inca Spada",
)  # fmt: skip


def test_firms_are_known_by_their_names() -> None:
    assert [name for name in FIRMS if not is_firm(name)] == []
    assert [name for name in PERSONS if is_firm(name)] == []


# --- days, hours and amounts in sentences ---------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "when", "amount"),
    [
        ("it", "19 marzo 2026 alle ore 10:00", "1.600,00 EGP"),
        ("es", "19 de marzo de 2026 a las 10:00", "1.600,00 EGP"),
        ("ru", "19 марта 2026 г. в 10:00", "1 600,00 EGP"),
        ("ar", "19 مارس 2026 الساعة 10:00 ص", "1,600.00 جنيه"),
        ("en", "19 March 2026, 10:00", "EGP 1,600.00"),
    ],
)
def test_a_moment_and_an_amount(packages: Desk, language: str, when: str, amount: str) -> None:
    said = packages.say("tell-collection", language)
    assert when in said
    assert amount in said


def test_one_o_clock_in_spanish_is_one(packages: Desk) -> None:
    at_one = {"collect_at": "2026-03-19T01:30"}
    said = packages.say("tell-collection", "es", ticket=at_one)
    assert "el 19 de marzo de 2026 a la 1:30." in said


@pytest.mark.parametrize(
    ("language", "word"),
    [("it", "contanti"), ("es", "efectivo"), ("ru", "наличны"), ("ar", "نقدًا"), ("en", "cash")],
)
def test_cash_is_named(packages: Desk, language: str, word: str) -> None:
    assert packages.say("tell-collection", language).count(word) == 2
    for name in ("payment-link", "script"):
        assert word not in packages.say(name, language)
        assert word in packages.say(name, language, figures={"shop_code": "77-P"})


# --- who sends a short message ----------------------------------------------------------------------

SHORT = (
    "payment-reminder", "cancelled-unpaid", "expired-two-weeks", "expired-one-week", "visit-counted",
)  # fmt: skip
GREETINGS = ("مرحبًا، ", "عميلنا العزيز، ")


def test_every_short_message_in_arabic_greets(packages: Desk, messages: Messages) -> None:
    for name in (*SHORT, "payment-link"):
        assert packages.say(name, "ar").startswith(GREETINGS), name
        assert packages.say(name, "ar", sender="نظيف").startswith("نظيف: "), name
    cases = Desk(messages, "cases")
    assert cases.say("not-heard", "ar", sender="فولنا").startswith("فولنا: مرحبًا، ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_short_message_names_its_sender(
    packages: Desk, messages: Messages, language: str
) -> None:
    for name in (*SHORT, "payment-link"):
        assert packages.say(name, language, sender="Clean").startswith("Clean: "), name
    assert Desk(messages, "cases").say("not-heard", language, sender="Beta").startswith("Beta: ")


def test_a_sender_that_does_not_fit_stays_out() -> None:
    signed = make_filters(locale("it"))["signed"]
    assert signed(" Buongiorno. ", "Casa") == "Casa: Buongiorno."
    assert signed("x" * 453, "Casa") == "Casa: " + "x" * 453
    assert signed("x" * 454, "Casa") == "x" * 454
    assert signed("Buongiorno.", None) == "Buongiorno."
    assert signed("x" * 199, "Ó") == "x" * 199
    assert make_filters(locale("ar"))["signed"]("مرحبًا", "Casa") == "\u200f\u200eCasa\u200e: مرحبًا"


# --- days that are included, and words that a desk of the place uses --------------------------------

LAST_DAY = {
    "it": "entro il 16 marzo 2026",
    "es": "hasta el 16 de marzo de 2026 inclusive",
    "ru": "по 16 марта 2026 г.",
    "ar": "في موعد أقصاه 16 مارس 2026",
    "en": "by 16 March 2026",
}
"""The last day itself is one of those on which dates can be set."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_last_day_is_included(collections: Desk, packages: Desk, language: str) -> None:
    for name in ("expired-two-weeks", "expired-one-week"):
        assert LAST_DAY[language] in packages.say(name, language)
    said = (
        packages.say("tell-expired", language),
        packages.say("expired-two-weeks", language),
        collections.say("preblock", language),
    )
    assert not [text for text in said if re.search(r"до \d", text)]


def test_russian_and_arabic_words(packages: Desk, messages: Messages) -> None:
    for name in ("expired-two-weeks", "expired-one-week"):
        assert "иначе пакет будет окончательно отключён." in packages.say(name, "ru")
        assert "أُوقفت الباقة نهائيًا" in packages.say(name, "ar")
    collected = packages.say("tell-collection", "ru")
    assert collected.startswith(
        "Заявка на приём наличных у Вас дома оформлена (19 марта 2026 г. в 10:00)."
    )
    for name in ("tell-deadline", "tell-follow-up-deadline"):
        follow_up = {"insistence_ref": "R-2", "insistence_last_day": "2026-03-09"}
        said = Desk(messages, "insistence").say(name, "ar", **follow_up)
        assert said.endswith("في موعد أقصاه 9 مارس 2026.")
