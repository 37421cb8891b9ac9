"""What a book's templates say: in which language, with which figures, and until which dates."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from ...book.parameters import Parameter
from .findings import Observation
from .template_syntax import DayCount, TemplateFile

_STOP_WORDS = {
    "it": "il lo la gli le un una di del della dei delle al alla ai da dal in nel nella con per su non che è sono ha"
    " abbiamo può oggi suo sua questo questa più se ci si dalle alle entro ed anche ancora",
    "es": "el los las un una unos de del al en con por para no que es son ha han hemos puede hoy su sus este esta"
    " más si se y o le les lo usted hasta desde también aún como la ya fue está",
    "en": "the a an of to in on at by with for from not no that is are has have we you your our this be can will if"
    " it and or today please until was were as still",
    "ru": "и в во на с со по за не что мы вы вас вам ваш ваша ваше это для до от из к у о или если",
    "ar": "في من على إلى عن أن لا ما هذا هذه لم أو مع قبل بعد كل قد",
}
_WORDS = {language: frozenset(words.split()) for language, words in _STOP_WORDS.items()}
"""Words that no text of a language does without, by language."""

_LETTERS = {"ru": re.compile("[а-яё]", re.IGNORECASE), "ar": re.compile("[\u0621-\u064a]")}
"""Letters that one of the languages alone is written in."""

_ENOUGH = 2
"""Stop words from which on a text's language is guessed."""

_TIME = (
    "giorni|giorno|ore|ora|mesi|mese|settimane|d[ií]as?|horas?|mes|meses|semanas?|working|business|"
    "(?:calendar )?days?|hours?|months?|weeks?|(?:рабочих |календарных )?(?:дн|день|час|месяц|недел)|сут|"
    "يوم|أيام|ساعة|ساعات|شهر|أشهر|أسبوع"
)
_FIGURE = re.compile(rf"(?<![\w.,:/-])(\d+)\s+(?:{_TIME})\w*", re.IGNORECASE)
"""A figure of days, hours, weeks or months, as a text writes it out."""


def guess_language(text: str) -> str | None:
    """The language that a text is written in, of the five that Prassi speaks; None where it is too
    short to say."""
    for language, letters in _LETTERS.items():
        found = len(letters.findall(text))
        if found and 2 * found >= len(re.findall(r"[^\W\d_]", text)):
            return language
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = {name: sum(word in known for word in words) for name, known in _WORDS.items()}
    best, second = sorted(counts, key=lambda name: -counts[name])[:2]
    clear = counts[best] >= _ENOUGH and counts[best] > counts[second]
    return best if clear else None


def check_texts(
    files: Collection[TemplateFile],
    parameters: Mapping[str, Parameter],
    numbers: Collection[int],
) -> Iterator[Observation]:
    """What templates say that does not fit: their language, dates and figures.

    `numbers` are those that stand in the rules of the book.
    """
    for file in files:
        yield from _check_language(file)
        for count in file.day_counts:
            yield from _check_day_count(file, count, parameters, numbers)
        for line, text in file.words:
            yield from _check_figures(file, line, text, parameters, numbers)


def _check_language(file: TemplateFile) -> Iterator[Observation]:
    guessed = guess_language("\n".join(text for _, text in file.words))
    wanted = file.language.lower().replace("_", "-").partition("-")[0]
    if guessed is not None and wanted in _WORDS and guessed != wanted:
        sentence = f"this reads like {guessed}, and its name says {file.language}."
        yield Observation(kind="language", at=file.path, sentence=sentence)


def _check_day_count(
    file: TemplateFile,
    count: DayCount,
    parameters: Mapping[str, Parameter],
    numbers: Collection[int],
) -> Iterator[Observation]:
    """A date so many days from another one, which a rule must know."""
    place = f"{file.path}:{count.line}"
    if count.parameter is None:
        yield from _check_number(place, count.days, "plus_days", parameters, numbers)
        return
    known = parameters.get(count.parameter)
    if known is None:
        return  # a name that is not there is told elsewhere
    if "working" in known.unit:
        sentence = (
            f"plus_days counts calendar days, and {known.name} is in working days: no rule knows"
            " this date."
        )
        yield Observation(kind="date", at=place, sentence=sentence)
    elif abs(count.days) > 1:
        sentence = f"no rule knows a date {count.days:+} days from {known.name}."
        yield Observation(kind="date", at=place, sentence=sentence)


def _check_figures(
    file: TemplateFile,
    line: int,
    text: str,
    parameters: Mapping[str, Parameter],
    numbers: Collection[int],
) -> Iterator[Observation]:
    """Figures of days, hours or months that are written out."""
    for found in _FIGURE.finditer(text):
        place = f"{file.path}:{line + text.count(chr(10), 0, found.start())}"
        written = " ".join(found[0].split())
        yield from _check_number(place, int(found[1]), written, parameters, numbers)


def _check_number(
    place: str,
    number: int,
    written: str,
    parameters: Mapping[str, Parameter],
    numbers: Collection[int],
) -> Iterator[Observation]:
    """A figure that stands in a template: a parameter should have it, or at least a rule."""
    same = [
        name for name, one in parameters.items() if _is_figure(one.value) and one.value == number
    ]
    told = f"plus_days({number})" if written == "plus_days" else f"“{written}”"
    if same:
        sentence = (
            f"{told} is written out: write parameters.{same[0]}, so that both change together."
        )
        yield Observation(kind="figure", at=place, sentence=sentence)
    elif number not in numbers and number > 1:
        sentence = f"{told}: no rule and no parameter knows {number}."
        yield Observation(kind="date", at=place, sentence=sentence)


def _is_figure(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_NO_FIGURES = frozenset({"id", "from", "remarks", "why", "about", "title", "note", "text", "open"})
"""Keys of facts, sequences and events under which no figure of the procedure stands."""


def find_numbers(raw: object) -> set[int]:
    """All whole numbers that stand in rules, also within their tests and dates."""
    if isinstance(raw, str):
        return {int(one) for one in re.findall(r"(?<![\w.-])\d{1,9}(?![\w-])", raw)}
    if isinstance(raw, Mapping):
        kept = (one for key, one in raw.items() if key not in _NO_FIGURES)
        return {number for one in kept for number in find_numbers(one)}
    if isinstance(raw, list):
        return {number for one in raw for number in find_numbers(one)}
    return {raw} if _is_figure(raw) and isinstance(raw, int) else set()
