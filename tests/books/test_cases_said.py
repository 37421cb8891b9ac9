"""What the cases book has said and sent to customers, and what it never lets anybody say."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from casework import CUSTOMERS, case, refused
from desk import Desk
from prassi.core.book.forbidden import forbidden_in
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE
from prassi.core.messages.sms_segments import segments
from prassi.core.messages.templates import Messages

pytestmark = pytest.mark.unmeasured

BOOK = Shelf(NONE).book("cases")
LANGUAGES = ("it", "es", "ru", "ar", "en")
SNAPSHOTS = Path(__file__).parents[1] / "snapshots" / "cases"
LONG = {
    "it": "Società Telefonica dell'Appennino Settentrionale S.p.A.",
    "es": "Compañía Telefónica de la Sierra del Norte, Sociedad Anónima",
    "ru": "Межрегиональная телефонная компания «Волжские просторы»",
    "ar": "شركة الاتصالات الإقليمية للمناطق الشمالية المساهمة",
    "en": "Northern Hills Regional Telephone Company Limited",
}

# --- what must never be said ----------------------------------------------------------------------

BALANCE, CALL = "promises a corrected balance", "promises that somebody will call back"
FORBIDDEN = {
    ("ru", BALANCE): (
        "Мы скорректируем баланс.", "Мы обязательно вернём Вам деньги.", "Деньги вернутся на счёт завтра.",
        "Баланс будет скорректирован.", "Ваш баланс обязательно будет восстановлен.", "Деньги мы Вам вернём.",
        "Обещаю корректировку баланса.", "Гарантируем перерасчёт.", "Корректировка баланса будет завтра.",
        "Перерасчет произведут до вечера.", "Мы пересчитаем списанную сумму.", "Вам зачислят средства.",
        "ОТКОРРЕКТИРУЕМ БАЛАНС СЕГОДНЯ", "Сумма будет возвращена на баланс.", "Я верну Вам 100 рублей.",
    ),
    ("ru", CALL): (
        "Мы Вам перезвоним.", "Вам обязательно перезвонят.", "Специалист перезвонит.", "Вам позвонят завтра.",
        "С Вами обязательно свяжутся.", "Мы обязательно свяжемся с Вами.", "Мы позвоним Вам.", "Вас наберут.",
    ),
    ("ru", "calls the customer's request a case"): ("Ваш кейс в работе.", "По Вашему Кейсу нет ответа."),
    ("it", BALANCE): (
        "Correggeremo il saldo.", "Il saldo verrà corretto.", "Le rimborseremo l'importo.", "Le ridaremo i soldi.",
        "Garantisco il rimborso.", "L'importo Le sarà restituito.", "Le prometto la correzione del credito.",
        "Il credito sarà presto riaccreditato.",
    ),
    ("it", CALL): (
        "La richiameremo.", "La richiamerà un collega.", "Verrà richiamato domani.", "Le telefoneremo.",
        "Sarà sicuramente richiamato.", "La contatteremo sicuramente.", "Un collega La chiamerà.",
    ),
    ("es", BALANCE): (
        "Corregiremos su saldo.", "Su saldo será corregido.", "Le devolveremos el dinero.", "Le abonaremos el saldo.",
        "Garantizamos la devolución.", "El importe le será reembolsado.", "Le aseguro un ajuste del saldo.",
        "Se le abonará el importe.", "Se ajustará su saldo.",
    ),
    ("es", CALL): (
        "Le llamaremos.", "Le volveremos a llamar.", "Le devolveremos la llamada.", "Un compañero le llamará.",
        "Seguro que le llamarán.", "Recibirá una llamada mañana.",
    ),
    ("en", BALANCE): (
        "We will correct your balance.", "We'll refund the money.", "Your balance will be corrected.",
        "You will get a refund.", "I promise a correction.", "The amount will certainly be credited.",
        "They will surely adjust your account.", "We guarantee a refund.",
    ),
    ("en", CALL): (
        "We will call you back.", "We'll call you.", "Someone will call you back.", "You will be called back.",
        "You'll get a call.", "A colleague will surely call you.", "Our specialist is going to phone you.",
    ),
    ("ar", BALANCE): (
        "سنصحح رصيدكم.", "سيتم تصحيح الرصيد.", "سنعيد إليكم المبلغ.", "نضمن لكم استرداد المبلغ.",
        "سيُعاد المبلغ إلى رصيدكم.", "أعدكم بتصحيح الرصيد.", "سنقوم بتعديل رصيدكم.", "سوف نصحح رصيدكم.",
        "سيعود المبلغ إلى رصيدكم.",
    ),
    ("ar", CALL): (
        "سنتصل بكم.", "سيتصل بكم أحد الزملاء.", "سنعاود الاتصال بكم.", "سيتم الاتصال بكم.", "سوف نتصل بكم.",
        "سنقوم بالاتصال بكم.", "ستتلقون مكالمة.", "سيعاود الموظف الاتصال بكم.",
    ),
}  # fmt: skip
ALLOWED = (
    "Мы не обещаем корректировку баланса.", "Перезвоните, пожалуйста, по номеру 0611.", "Мы проверим баланс.",
    "Если Вам не перезвонят в течение 2 дней, позвоните нам.", "Баланс скорректирован 1 марта.",
    "Ожидайте уведомления в течение суток.", "Вы можете нам позвонить.", "Верните, пожалуйста, SIM-карту.",
    "Мы исправим ошибку в заявке.", "Никто не может обещать возврат.",
    "Il saldo è di 10 euro.", "Può richiamare il numero 0611.", "Se non viene richiamato, chiami.",
    "Non promettiamo correzioni del saldo.", "Correggeremo l'indirizzo sulla richiesta.",
    "Su saldo es de 10 euros.", "Si no le llaman, llame al 0611.", "Recibirá una notificación.",
    "No garantizamos la devolución.", "Corregimos el saldo ayer.",
    "Your balance is 10 euros.", "We can't promise a refund.", "The balance was corrected yesterday.",
    "If nobody calls you, call us.", "We will not call you back.", "I will check the balance.",
    "In that case, please wait.",
    "رصيدكم عشرة.", "نرجو معاودة الاتصال على الرقم 0611.", "صُحح الرصيد أمس.", "سنتحقق من الرصيد.",
    "إذا لم يتصل بكم أحد فاتصلوا بنا.", "سننظر في طلبكم.", "يمكنكم الاتصال بنا.",
)  # fmt: skip


@pytest.mark.parametrize(("language", "about"), FORBIDDEN)
def test_promises_are_found(language: str, about: str) -> None:
    for said in FORBIDDEN[language, about]:
        found = forbidden_in(BOOK.forbidden, f"Так вот. {said} Dunque.")
        assert found is not None, said
        assert (found[0].language, found[0].about) == (language, about), said
        assert found[1] in said


def test_what_promises_nothing_may_be_said() -> None:
    assert {said: forbidden_in(BOOK.forbidden, said) for said in ALLOWED} == dict.fromkeys(ALLOWED)


def test_say(desk: Desk) -> None:
    for words in (["Мы Вам перезвоним."], ["Your balance will be corrected."]):
        told = ["case-route", "K-1", "say", "--text", *words]
        if not desk.file.exists():
            desk.load(case(), customers=CUSTOMERS)
        ran = desk.run([*told, "--json"])
        (decision,) = ran.rows
        assert (ran.code, decision["rule"], decision["applied"]) == (3, "say.forbidden", False)
        assert decision["actions"][0]["text"] in ran.err
    refused(desk, {}, told, 3, 'it promises a corrected balance ("balance will be corrected")')
    (decision,) = desk.good(["case-route", "K-1", "say", "--text", "Ждите ответа.", "--json"]).rows
    assert (decision["rule"], decision["actions"][0]["text"]) == ("say.fine", "Ждите ответа.")


def test_a_template_of_the_desks_own_promises_nothing_either(desk: Desk) -> None:
    desk.load(case("OPEN-DISPATCH"), customers=CUSTOMERS)
    folder = desk.folder / "templates" / "cases"
    folder.mkdir(parents=True)
    desk.settings('[folders]\ntemplates = "templates"\n')
    desk.good("book check cases")
    (folder / "repeat-hurry.ru.j2").write_text("Мы Вам перезвоним.", encoding="utf-8")
    ran = desk.run("book check cases")
    assert ran.code == 1
    assert "repeat-hurry.ru.j2 says what must never be said: " + CALL in ran.out
    refused(desk, {}, "case-route K-1 repeat --insists", 2, CALL)


def test_no_text_that_was_brought_in_promises_anything_to_the_customer(desk: Desk) -> None:
    ticket = case("CLOSED", result="Вам вернут деньги.")
    refused(desk, ticket, "case-route K-1 repeat", 3, "'вернут деньги', which " + BALANCE)


# --- what is said and sent ------------------------------------------------------------------------

TEXTS = tuple(
    sorted({
        template
        for name in BOOK.event_names
        for rule in BOOK.event(name).rules
        for step in rule.steps
        for template in step.action.templates
    })
)  # fmt: skip
ABOUT_A_REQUEST = (
    "line-company", "repeat-closed", "repeat-hurry", "repeat-returned", "repeat-wait",
    "returned-apology",
)  # fmt: skip
REQUEST = {"it": "richiest", "es": "solicitud", "ru": "заявк", "ar": "طلب", "en": "request"}
FIGURES = {name: known.value for name, known in BOOK.parameters.items()}


def context(status: str = "OPEN", company: str = "", **values: Any) -> dict[str, Any]:
    """What a template sees, with as little in it as can be."""
    fields = dict.fromkeys(BOOK.fields)
    return {
        "customer": dict.fromkeys(("ref", "name", "email", "phone", "language")),
        "ticket": {"ref": "K-1", "status": status, "priority": "medium", **fields},
        "company": {"name": company}, "parameters": FIGURES, "today": "2026-03-02",
        "values": {"term": "2026-03-04", "kind": "insult", "occurrence": 1, "allowed": 2,
                   "accepted": False} | values,
    }  # fmt: skip


VARIANTS: dict[str, list[dict[str, Any]]] = {
    "conduct-warn": [context(kind=kind) for kind in ("insult", "profanity", "off-topic")],
    "conduct-end": [context(kind=kind) for kind in ("insult", "circular", "off-topic")],
    "not-heard": [context(), context(company="Волна")],
    "repeat-closed": [context(), context(settled_as="OK"), context(successor="K-2", settled_as="x")],
    "repeat-wait": [
        context(), context(accepted=True), context("OPEN-DISPATCH"), context("OPEN-FORWARDED"),
    ],
    "silence-prompt": [context(occurrence=1), context(occurrence=2)],
}  # fmt: skip
"""Every way a text can come out."""


def said(name: str, language: str, given: dict[str, Any] | None = None) -> list[str]:
    ways = VARIANTS.get(name, [context()]) if given is None else [given]
    return [Messages().render("cases", name, [language], way).body for way in ways]


def test_every_text_is_there_in_every_language() -> None:
    assert len(TEXTS) == 12
    for name in TEXTS:
        assert Messages().languages("cases", name) == tuple(sorted(LANGUAGES)), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts(language: str) -> None:
    """To the letter, every way they can come out; an SMS with its segments."""
    shown = []
    for name in TEXTS:
        for body in said(name, language):
            size = f" ({segments(body)})" if name == "not-heard" else ""
            shown.append(f"=== {name}{size}\n{body}\n")
    path = SNAPSHOTS / f"{language}.txt"
    if os.environ.get("PRASSI_SNAPSHOTS") == "renew":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(shown), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "\n".join(shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_hanging_and_nothing_promised(language: str) -> None:
    for name in TEXTS:
        for body in said(name, language):
            for wrong in ("None", "{", "}", "\n\n", " ,", " .", "..", "()", "  ", "\t"):
                assert wrong not in body, (name, wrong)
            assert forbidden_in(BOOK.forbidden, body) is None, name
            assert not re.search(r"\bK-\d", body), f"{name} gives the number unasked"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_is_a_request_in_front_of_customers(language: str) -> None:
    for name in TEXTS:
        for body in said(name, language):
            assert not re.search(r"кейс|обращен|\bcase\b|\bcaso\b|حالة", body.lower()), name
            assert (name not in ABOUT_A_REQUEST) or REQUEST[language] in body.lower(), name


# --- numbers --------------------------------------------------------------------------------------

HOURS = {
    "it": {1: "entro un'ora.", 2: "entro 2 ore.", 24: "entro 24 ore."},
    "es": {1: "de una hora.", 2: "de 2 horas.", 24: "de 24 horas."},
    "en": {1: "within one hour.", 2: "within 2 hours.", 24: "within 24 hours."},
    "ru": {1: "течение 1 часа.", 2: "течение 2 часов.", 5: "течение 5 часов.", 11: "течение 11 часов.",
           21: "течение 21 часа.", 24: "течение 24 часов.", 100: "течение 100 часов."},
    "ar": {1: "ساعة واحدة.", 2: "غضون ساعتين.", 3: "3 ساعات.", 5: "5 ساعات.", 11: "11 ساعة.", 21: "21 ساعة.",
           100: "100 ساعة."},
}  # fmt: skip
DAYS = {
    "it": {1: "un giorno lavorativo,", 2: "2 giorni lavorativi,", 100: "100 giorni lavorativi,"},
    "es": {1: "un día hábil,", 2: "2 días hábiles,", 21: "21 días hábiles,"},
    "en": {1: "one working day,", 2: "2 working days,", 0: "0 working days,"},
    "ru": {1: "1 рабочего дня,", 2: "2 рабочих дней,", 5: "5 рабочих дней,", 21: "21 рабочего дня,",
           111: "111 рабочих дней,"},
    "ar": {1: "يوم عمل واحد،", 2: "يومي عمل،", 3: "3 أيام عمل،", 11: "11 يوم عمل،", 100: "100 يوم عمل،"},
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals(language: str) -> None:
    for figure, name, forms in (
        ("repeat_notice_hours", "repeat-hurry", HOURS),
        ("callback_workdays", "line-company", DAYS),
    ):
        for number, form in forms[language].items():
            given = context() | {"parameters": FIGURES | {figure: number}}
            assert form in said(name, language, given)[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sms_is_short(language: str) -> None:
    short, long = (
        segments(said("not-heard", language, context(company=company))[0])
        for company in ("", LONG[language])
    )
    assert short == (1 if language in ("it", "es", "en") else 2)
    assert long <= 3
