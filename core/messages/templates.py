"""Messages in the customer's language, from templates BOOK/NAME.LANGUAGE.j2.

A template is Jinja2 in a sandbox, over plain data. An e-mail begins with the line `Subject: ...`,
then a blank line, then the body; without that line it is an SMS or a text to read out.

Text from outside can't change a message's shape: every text given to a template is one line
without control characters before the template sees it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ..errors import BadInput
from ..system.late_modules import FOR_JINJA, stand_in_for_modules
from ..system.records import NamedTuple
from .plain_text import one_line, plain
from .template_files import OURS, open_template

if TYPE_CHECKING:
    from jinja2 import Template

    from .sandbox import Sandbox


_NOTHING: Mapping[str, object] = {}


class Rendered(NamedTuple):
    """A finished message; one without a subject is not an e-mail."""

    language: str
    subject: str | None
    body: str


class _Ready(NamedTuple):
    """A template that is loaded, and whether it begins with a subject line."""

    language: str
    template: Template
    sandbox: Sandbox
    mail: bool


class Messages:
    """The templates at hand: those in `folders` come before ours, file by file."""

    def __init__(self, folders: Sequence[str] = ()) -> None:
        self._roots = tuple(dict.fromkeys(os.path.realpath(path) for path in (*folders, OURS)))
        self._names: dict[str, dict[str, set[str]]] = {}
        self._sandboxes: dict[str, Sandbox] = {}
        self._ready: dict[tuple[str, str, tuple[str, ...]], _Ready] = {}

    def languages(self, book: str, name: str) -> tuple[str, ...]:
        """The languages a book has a message in, sorted; empty where it has no such message."""
        if book not in self._names:
            self._names[book] = self._list(book)
        return tuple(sorted(self._names[book].get(name, ())))

    def names(self, book: str) -> tuple[str, ...]:
        """The messages that a book has in any language, sorted."""
        self.languages(book, "")
        return tuple(sorted(self._names[book]))

    def texts(self, book: str) -> Iterator[tuple[str, str]]:
        """Every template of a book that counts, as it is written: the file's path and its text."""
        seen = set[str]()
        for root in self._roots:
            for file in self._list_files(root, book):
                path = os.path.join(root, os.path.basename(book), file)
                if file.endswith(".j2") and file not in seen:
                    seen.add(file)
                    with open_template(root, path, errors="replace") as template:
                        yield path, template.read()

    def own_texts(self, book: str) -> list[tuple[str, str]]:
        """Those templates of a book that are the user's: what they say is checked with the book."""
        found = self.texts(book) if len(self._roots) > 1 else ()
        ours = os.path.join(OURS, "")
        return [(path, said) for path, said in found if not path.startswith(ours)]

    def render(
        self,
        book: str,
        name: str,
        languages: Sequence[str],
        context: Mapping[str, object],
        common: Mapping[str, object] = _NOTHING,
    ) -> Rendered:
        """A message in the first of `languages` that has it (`it` also answers for `it-IT`).

        `context` is plain data; `common` has been made `plain` before. BadInput where no language
        fits, and with file and line where the template is wrong.
        """
        key = (book, name, tuple(languages))
        ready = self._ready.get(key)
        if ready is None:
            ready = self._ready[key] = self._load(book, name, languages)
        shown = {**common, **plain(context)}
        try:
            text = ready.sandbox.run(ready.template, shown)
        except Exception as error:
            raise _fault(error, ready.template.filename or name) from error
        return _cut(ready, text)

    def _list(self, book: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for file in self._files(book):
            name, _, rest = file.partition(".")
            language, _, kind = rest.partition(".")
            # A name with an underscore in front is a part that templates share, no message.
            if name and name[0] != "_" and language and kind == "j2":
                found.setdefault(name, set()).add(language)
        return found

    def _files(self, book: str) -> Iterator[str]:
        for root in self._roots:
            yield from self._list_files(root, book)

    def _list_files(self, root: str, book: str) -> list[str]:
        path = os.path.join(root, os.path.basename(book))
        try:
            return sorted(os.listdir(path))
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise BadInput(f"{path} can't be read: {(error.strerror or '').lower()}.") from None

    def _load(self, book: str, name: str, languages: Sequence[str]) -> _Ready:
        language = _first(languages, self.languages(book, name))
        if language is None:
            raise BadInput(self._describe_missing(book, name, languages))
        file = f"{book}/{name}.{language}.j2"
        try:
            if language not in self._sandboxes:
                self._sandboxes[language] = self._sandbox(language)
            sandbox = self._sandboxes[language]
            return _Ready(language, sandbox.load(file), sandbox, sandbox.is_mail(file))
        except Exception as error:
            raise _fault(error, file) from error

    def _sandbox(self, language: str) -> Sandbox:
        """Where templates of a language run: bounded as soon as some are the user's own."""
        with stand_in_for_modules(FOR_JINJA):
            import jinja2  # noqa: F401  # late: 25 ms
        if self._roots == (OURS,):
            from .sandbox import Sandbox  # late: 31 ms

            return Sandbox(self._roots, language)
        from .sandbox_limits import BoundedSandbox

        return BoundedSandbox(self._roots, language)

    def _describe_missing(self, book: str, name: str, languages: Sequence[str]) -> str:
        there = self.languages(book, name)
        if not there:
            file = f"{book}/{name}.en.j2"
            return f"the book {book} has no message {name!r}: put {file} into your templates."
        wanted = ", ".join(filter(None, languages)) or "no language"
        return f"the book {book} has {name!r} in {', '.join(there)}, not in {wanted}."


def _first(wanted: Sequence[str], there: Sequence[str]) -> str | None:
    """The first language wanted that is there, or is there without its region."""
    known = {language.lower().replace("_", "-"): language for language in there}
    for language in filter(None, wanted):
        tag = language.lower().replace("_", "-")
        for candidate in (tag, tag.partition("-")[0]):
            if candidate in known:
                return known[candidate]
    return None


def _cut(ready: _Ready, text: str) -> Rendered:
    text = text.strip()
    if " \n" in text:
        text = "\n".join([line.rstrip(" ") for line in text.split("\n")])
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    if not ready.mail or not text.startswith("Subject:"):
        return Rendered(ready.language, None, text)
    subject, _, body = text.removeprefix("Subject:").partition("\n")
    return Rendered(ready.language, one_line(subject).strip(), body.lstrip("\n"))


# --- what comes from outside ----------------------------------------------------------------------


# --- what is wrong in a template ------------------------------------------------------------------


def _fault(error: Exception, file: str) -> BadInput:
    """The error of a template as one sentence, with file and line where they are known."""
    from jinja2 import TemplateNotFound, TemplateSyntaxError  # late: 25 ms

    line: int | None = None
    if isinstance(error, TemplateSyntaxError):
        file, line = error.filename or file, error.lineno
    else:
        file, line = _place(error) or (file, None)
    reason = one_line(str(error)) or type(error).__name__
    if isinstance(error, TemplateNotFound):
        reason = f"there is no template {error.name!r}"
    where = f"{file}, line {line}" if line else file
    return BadInput(f"{where}: {reason.rstrip('.')}.")


def _place(error: Exception) -> tuple[str, int] | None:
    """File and line of the innermost template an error passed through."""
    place, traceback = None, error.__traceback__
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if file.endswith(".j2"):
            place = file, traceback.tb_lineno
        traceback = traceback.tb_next
    return place
