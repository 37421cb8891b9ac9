"""What the cases book never lets anybody say: for each of its patterns, what it must find and what it
must let pass."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from prassi.core.book.forbidden import forbidden_in
from prassi.core.library.library import Shelf
from prassi.core.library.settings import NONE

pytestmark = pytest.mark.unmeasured

BOOK = Shelf(NONE).book("cases")
BALANCE, CALL = "promises a corrected balance", "promises that somebody will call back"
CASE = "calls the customer's request a case"
LANGUAGES = ("it", "es", "ru", "ar", "en")


class Sentences(NamedTuple):
    """The sentences of a pattern; patterns have the order of the book."""

    language: str
    about: str
    found: tuple[str, ...]
    passed: tuple[str, ...]


SENTENCES = [Sentences(*row) for row in [
    ("ru", BALANCE, (
        "Мы скорректируем баланс.", "Вам поправят баланс.", "Мы обязательно вернём Вам деньги.",
        "Мы вернем деньги.", "Вам зачислят средства.", "Я верну Вам 100 рублей.",
        "Мы пересчитаем списанную сумму.", "ОТКОРРЕКТИРУЕМ БАЛАНС СЕГОДНЯ", "Мы возвращаем деньги.",
        "Вам возвратят всю сумму.", "Баланс мы проверим, пополним Ваш баланс завтра.",
    ), (
        "Мы исправим ошибку в заявке.", "Верните, пожалуйста, SIM-карту.", "Мы не вернём деньги.",
        "Мы исправим адрес и проверим баланс.", "Мы проверим баланс.",
    )),
    ("ru", BALANCE, (
        "Деньги мы Вам вернём.", "Деньги вернутся на счёт завтра.", "Баланс Вам поправят сегодня.",
        "Баланс исправится.", "Списание Вам компенсируют.",
    ), (
        "Баланс скорректирован 1 марта.", "Баланс не исправят.",
        "Деньги на счёте, а SIM-карту вернут в офисе.", "Баланс виден в приложении.",
    )),
    ("ru", BALANCE, (
        "Баланс будет скорректирован.", "Ваш баланс обязательно будет восстановлен.",
        "Сумма будет возвращена на баланс.", "Завтра будут возвращены все деньги.",
        "Вам будут зачислены средства.",
    ), (
        "Баланс не будет скорректирован.", "Ваша заявка будет исправлена.", "Сумма была возвращена 1 марта.",
    )),
    ("ru", BALANCE, (
        "Мы сделаем перерасчёт.", "Вам сделают перерасчёт.", "Перерасчет произведут до вечера.",
        "Вам будет сделан перерасчёт.", "Корректировка баланса будет завтра.", "Вы получите компенсацию.",
        "Мы оформим возврат.",
    ), (
        "Перерасчёт сделан 1 марта.", "Мы проверим, нужен ли перерасчёт.", "Перерасчёта не будет.",
        "Мы не сделаем перерасчёт.", "Мы оформим возврат SIM-карты.",
    )),
    ("ru", BALANCE, (
        "Обещаю корректировку баланса.", "Гарантируем перерасчёт.", "Обещаем, что деньги придут.",
        "Уверяю Вас, возврат состоится.",
    ), (
        "Мы не обещаем корректировку баланса.", "Никто не может обещать возврат.",
        "Обещаем внимание к Вашей заявке.",
    )),
    ("ru", CALL, (
        "Мы Вам перезвоним.", "Вам обязательно перезвонят.", "Специалист перезвонит.",
        "Не волнуйтесь, я перезвоню.",
    ), (
        "Если Вам не перезвонят в течение двух дней, позвоните нам.", "Специалист может перезвонить.",
        "Мы не перезвоним.", "Перезвоните, пожалуйста, по номеру 0611.",
        "Если специалист перезвонит, назовите номер заявки.",
    )),
    ("ru", CALL, (
        "Вам позвонят завтра.", "Мы позвоним Вам.", "Вас наберут.", "Вам скоро позвонит специалист.",
        "Оператор позвонит завтра.",
    ), (
        "Если Вам позвонят, назовите номер заявки.", "Вы можете нам позвонить.", "Мы Вам не позвоним.",
        "Вам может позвонить специалист.",
    )),
    ("ru", CALL, (
        "Ожидайте звонка.", "Вам поступит звонок.", "Ждите завтра нашего звонка.",
        "Вы получите звонок от специалиста.", "Звонок Вам поступит сегодня.", "Завтра будет звонок.",
    ), (
        "Не ждите звонка, уведомление приходит по SMS.", "Ваш звонок очень важен для нас.",
        "При звонке Вас не было слышно.", "Ожидайте уведомления в течение суток.",
    )),
    ("ru", CALL, (
        "С Вами обязательно свяжутся.", "Мы обязательно свяжемся с Вами.", "С Вами свяжутся непременно.",
        "Специалист точно наберёт.", "С Вами свяжется сотрудник по телефону.",
    ), (
        "Обязательно позвоните нам по номеру 0611.", "Свяжитесь с нами, если вопрос останется.",
        "С Вами могут связаться по SMS.",
    )),
    ("ru", CASE, (
        "Ваш кейс в работе.", "По Вашему Кейсу нет ответа.", "Номер кейса 12.",
    ), (
        "Ваша заявка в работе.", "Номер заявки 12.", "Роуминг в Кейптауне работает.",
    )),
    ("it", BALANCE, (
        "Correggeremo il saldo.", "Le ridaremo i soldi.", "Sistemeremo l'importo.",
        "Le restituiamo il denaro.", "Si rettificherà il saldo.",
    ), (
        "Correggeremo l'indirizzo sulla richiesta.", "Non correggeremo il saldo.",
        "Sistemeremo la linea e controlleremo il saldo.", "Il saldo è di 10 euro.",
    )),
    ("it", BALANCE, (
        "Le rimborseremo l'importo.", "Storneranno tutto domani.", "Le rimborsiamo la ricarica.",
        "Si riaccrediterà quanto speso.", "Provvederemo a correggere il saldo.", "Avrà indietro i soldi.",
    ), (
        "Non Le rimborseremo la ricarica.", "L'importo è stato rimborsato ieri.",
        "Può chiedere un rimborso nel negozio.",
    )),
    ("it", BALANCE, (
        "Il saldo verrà corretto.", "L'importo Le sarà restituito.", "Il credito sarà presto riaccreditato.",
        "Verrà rimborsato domani.", "Le verrà corretto il saldo.",
    ), (
        "Il saldo non verrà corretto.", "La richiesta sarà corretta.", "Il saldo è stato rettificato ieri.",
    )),
    ("it", BALANCE, (
        "Avrà il rimborso domani.", "Provvederemo allo storno.", "Il rimborso arriverà presto.",
        "Verrà effettuata la rettifica del saldo.", "Faremo il ricalcolo.",
    ), (
        "Il rimborso è stato negato.", "Non riceverà alcun rimborso.", "Per il rimborso si compila un modulo.",
    )),
    ("it", BALANCE, (
        "Garantisco il rimborso.", "Le prometto la correzione del credito.",
        "Vi assicuriamo che i soldi tornano.",
    ), (
        "Non promettiamo correzioni del saldo.", "Le assicuro la nostra attenzione.",
        "Nessuno può garantire un rimborso.",
    )),
    ("it", CALL, (
        "La richiameremo.", "La richiamerà un collega.", "Le telefoneremo.", "Un collega La chiamerà.",
        "La richiamiamo noi.",
    ), (
        "Non La richiameremo.", "Può richiamare il numero 0611.",
        "Se La chiamerà un collega, dica il numero della richiesta.", "Un collega può richiamarLa.",
    )),
    ("it", CALL, (
        "Verrà richiamato domani.", "Sarà sicuramente richiamato.", "Verrà contattata telefonicamente.",
    ), (
        "Se non viene richiamato, chiami il numero verde.", "Non sarà richiamato.",
        "Verrà contattato con un messaggio.",
    )),
    ("it", CALL, (
        "Riceverà una chiamata.", "Attenda la nostra telefonata.", "Le arriverà presto una chiamata.",
    ), (
        "Non attenda la nostra chiamata.", "Durante la chiamata non riuscivamo a sentirLa.",
        "Riceverà una notifica entro 24 ore.",
    )),
    ("it", CALL, (
        "La contatteremo sicuramente.", "Di sicuro La contatteranno.", "Senz'altro qualcuno telefonerà.",
    ), (
        "Può sicuramente chiamare domani.", "Sicuramente la richiesta è aperta.",
        "Se La contatteranno, dica il numero della richiesta.",
    )),
    ("es", BALANCE, (
        "Corregiremos su saldo.", "Le devolveremos el dinero.", "Se ajustará su saldo.",
        "Vamos a corregirle el saldo.", "Le devolvemos la plata.", "Procederemos a corregir su saldo.",
    ), (
        "Corregimos el saldo ayer.", "No corregiremos el saldo.",
        "Ajustaremos la antena y revisaremos el saldo.", "Su saldo es de 10 euros.",
    )),
    ("es", BALANCE, (
        "Se lo reembolsaremos.", "Le devolverán todo.", "Van a reintegrarle lo pagado.",
    ), (
        "No se lo van a cobrar.", "Se lo devolvieron ayer.", "No le devolveremos la tarjeta SIM.",
    )),
    ("es", BALANCE, (
        "Su saldo será corregido.", "El importe le será reembolsado.", "El cobro quedará mañana rectificado.",
        "Será reembolsado en una semana.",
    ), (
        "El saldo no será corregido.", "Su solicitud será corregida.", "El cargo fue devuelto ayer.",
    )),
    ("es", BALANCE, (
        "Recibirá el reembolso mañana.", "Haremos una devolución.", "Van a hacerle un ajuste.",
        "La devolución se hará en tres días.",
    ), (
        "La devolución fue rechazada.", "No habrá reembolso.", "Para el reembolso se llena un formulario.",
    )),
    ("es", BALANCE, (
        "Garantizamos la devolución.", "Le aseguro un ajuste del saldo.",
        "Le prometemos que el dinero vuelve.",
    ), (
        "No garantizamos la devolución.", "Le aseguro que revisamos su solicitud.",
        "Nadie puede garantizar un reembolso.",
    )),
    ("es", CALL, (
        "Le llamaremos.", "Le volveremos a llamar.", "Un compañero le llamará.", "Lo vamos a llamar mañana.",
    ), (
        "Si no le llaman, llame al 0611.", "No le llamaremos.", "Si le llamará un compañero, se lo diremos.",
        "Puede llamarnos al 0611.",
    )),
    ("es", CALL, (
        "Vamos a llamarle.", "Le devolveremos la llamada.", "Será usted llamado mañana.",
    ), (
        "Vamos a revisar su solicitud.", "No vamos a llamarle.", "Si vamos a llamarle, se lo diremos.",
    )),
    ("es", CALL, (
        "Recibirá una llamada mañana.", "Espere nuestra llamada.", "Tendrá mañana una llamada.",
    ), (
        "Recibirá una notificación.", "No espere nuestra llamada.", "Durante su llamada no le oíamos.",
    )),
    ("es", CALL, (
        "Seguro que le llamarán.", "Le contactaremos sin falta.",
        "Seguramente nos contactarán y telefonearán.",
    ), (
        "Seguro que puede llamarnos.", "Le contactarán por mensaje.", "Es seguro llamar al 0611.",
    )),
    ("en", BALANCE, (
        "We will correct your balance.", "We'll refund the money.", "They will surely adjust your account.",
        "I am going to credit you.",
    ), (
        "We will not correct the balance.", "We will correct the address and check the balance.",
        "I will check the balance.", "The balance was corrected yesterday.",
    )),
    ("en", BALANCE, (
        "Your balance will be corrected.", "The amount will certainly be credited.",
        "The charge is going to be refunded.",
    ), (
        "The balance will not be corrected.", "Your request will be corrected.",
        "The amount was credited yesterday.",
    )),
    ("en", BALANCE, (
        "You will get a refund.", "You'll soon receive your money back.", "You will be refunded.",
    ), (
        "You will not get a refund.", "You will get a notification.", "You can ask for a refund in the shop.",
    )),
    ("en", BALANCE, (
        "A refund will be issued.", "The correction will follow tomorrow.", "We will arrange a refund.",
    ), (
        "A refund will not be issued.", "The refund was refused.",
        "We will look into your request for a refund.",
    )),
    ("en", BALANCE, (
        "I promise a correction.", "We guarantee a refund.", "I assure you that the money comes back.",
        "We will make sure your balance is corrected.",
    ), (
        "We can't promise a refund.", "Nobody can guarantee a correction.",
        "I promise to look at your request.",
    )),
    ("en", CALL, (
        "We will call you back.", "We'll call you.", "A colleague will surely call you.",
        "Our specialist is going to phone you.",
    ), (
        "We will not call you back.", "If somebody will call you, tell them.", "A colleague may call you.",
        "If nobody calls you, call us.",
    )),
    ("en", CALL, (
        "You will be called back.", "You'll get a call.", "You will receive a phone call tomorrow.",
    ), (
        "You will not be called back.", "You will get a message.", "If you'll be called, we say so.",
    )),
    ("en", CALL, (
        "Please wait for our call.", "Expect a call tomorrow.", "There will be a call.",
    ), (
        "Do not wait for a call.", "In that case, please wait.", "We could not hear you during your call.",
    )),
    ("ar", BALANCE, (
        "سنصحح رصيدكم.", "سنعيد إليكم المبلغ.", "سوف نصحح رصيدكم.", "سيردون إليكم المبلغ.",
    ), (
        "سننظر في طلبكم.", "سنتحقق من الرصيد.", "لن نصحح الرصيد.", "صُحح الرصيد أمس.",
    )),
    ("ar", BALANCE, (
        "سيتم تصحيح الرصيد.", "سنقوم بتعديل رصيدكم.", "سيجري رد المبلغ.",
    ), (
        "سيتم النظر في الطلب.", "لن يتم تصحيح الرصيد.", "تم رد المبلغ أمس.",
    )),
    ("ar", BALANCE, (
        "المبلغ سيعود إليكم.", "رصيدكم سيُصحح غدًا.", "أموالكم ستعاد إليكم.",
    ), (
        "رصيدكم عشرة.", "المبلغ لن يعود.", "رصيدكم ظاهر في التطبيق.",
    )),
    ("ar", BALANCE, (
        "سيُعاد المبلغ إلى رصيدكم.", "سيعود المبلغ إلى رصيدكم.", "ستعاد إليكم أموالكم.",
    ), (
        "سيُرسل إليكم إشعار.", "أُعيد المبلغ أمس.", "لن يُعاد المبلغ.",
    )),
    ("ar", BALANCE, (
        "نضمن لكم استرداد المبلغ.", "أعدكم بتصحيح الرصيد.", "أضمن لكم التعويض عن الرصيد.",
    ), (
        "لا نضمن استرداد المبلغ.", "لا أعدكم بتصحيح الرصيد.", "نعدكم بالاهتمام بطلبكم.",
    )),
    ("ar", CALL, (
        "سنتصل بكم.", "سيتصل بكم أحد الزملاء.", "سوف نتصل بكم.",
    ), (
        "إذا لم يتصل بكم أحد فاتصلوا بنا.", "يمكنكم الاتصال بنا.", "قد يتصل بكم أحد الزملاء.", "لن نتصل بكم.",
    )),
    ("ar", CALL, (
        "سيتم الاتصال بكم.", "سنعاود الاتصال بكم.", "سنقوم بالاتصال بكم.", "سيعاود الموظف الاتصال بكم.",
    ), (
        "نرجو معاودة الاتصال على الرقم 0611.", "لن يتم الاتصال بكم.", "تم الاتصال بكم أمس.",
    )),
    ("ar", CALL, (
        "ستتلقون مكالمة.", "انتظروا اتصالنا.", "ستصلكم غدًا مكالمة.", "سيردكم اتصال من زميل.",
    ), (
        "سيصلكم إشعار.", "لا تنتظروا مكالمة.", "لم نتمكن من سماعكم أثناء المكالمة.",
    )),
    ("ar", CALL, (
        "سيتواصلون معكم حتمًا.", "بالتأكيد سيتصلون بكم.", "نضمن لكم اتصالًا من زميل.",
    ), (
        "يمكنكم التواصل معنا.", "بالتأكيد طلبكم مسجل.", "سيتواصلون معكم برسالة.",
    )),
]]  # fmt: skip
PATTERNS = list(zip(BOOK.forbidden, SENTENCES, strict=True))


def test_every_pattern_has_three_sentences_of_each_kind() -> None:
    for pattern, sentences in PATTERNS:
        assert (pattern.language, pattern.about) == (sentences.language, sentences.about)
        assert len(set(sentences.found)) >= 3, pattern
        assert len(set(sentences.passed)) >= 3, pattern


@pytest.mark.parametrize("place", range(len(SENTENCES)))
def test_each_pattern_finds_its_promises_by_itself(place: int) -> None:
    pattern, sentences = PATTERNS[place]
    for sentence in sentences.found:
        found = forbidden_in([pattern], f"Так вот. {sentence} Dunque.")
        assert found is not None, sentence
        assert found[1] in sentence, sentence


@pytest.mark.parametrize("place", range(len(SENTENCES)))
def test_plain_talk_passes_every_pattern(place: int) -> None:
    for sentence in SENTENCES[place].passed:
        assert forbidden_in(BOOK.forbidden, f"Так вот. {sentence} Dunque.") is None, sentence


def test_every_language_forbids_both_promises() -> None:
    assert {(one.language, one.about) for one in BOOK.forbidden} == {
        *((language, about) for language in LANGUAGES for about in (BALANCE, CALL)),
        ("ru", CASE),
    }
