"""Modules that Click and Jinja2 import and that most commands do not need: 15 ms of a start of 50.

While such a library is imported, stand-ins lie where an import looks. Each gives names that stand
for what is asked of it, or an answer that is ready, and becomes the whole module when it is asked
for something else.
"""

from __future__ import annotations

import sys
import typing
from _thread import _local, allocate_lock
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

from . import PLAIN
from .language import say, say_count


class LateName:
    """Stands for a function or class of a module, which is imported when the name is used."""

    def __init__(self, module: str, name: str) -> None:
        self._module, self._name = module, name

    def _find(self) -> object:
        return getattr(load_itself(self._module), self._name)

    def __call__(self, *given: object, **named: object) -> object:
        found = self._find()
        assert callable(found)
        return found(*given, **named)

    def __instancecheck__(self, instance: object) -> bool:
        found = self._find()
        assert isinstance(found, type)
        return isinstance(instance, found)

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # asked by whoever wants to know what this is
            raise AttributeError(name)
        return getattr(self._find(), name)


class LateModule(ModuleType):
    """Stands for a module until it is asked for what it can't answer, and then has all of it."""

    def __init__(self, name: str, answers: Mapping[str, object]) -> None:
        super().__init__(name)
        self._name = name
        self.__dict__.update(answers)

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # asked by whoever looks over all modules there are
            raise AttributeError(name)
        module = load_itself(self._name)
        self.__dict__.update(vars(module))
        return getattr(module, name)

    def remove(self) -> None:
        """Let imports find the module itself."""
        if sys.modules.get(self._name) is self:
            del sys.modules[self._name]


def load_itself(name: str) -> ModuleType:
    """A module, and not what stands for it."""
    stand_in = sys.modules.get(name)
    if isinstance(stand_in, LateModule):
        stand_in.remove()
    return import_module(name)


# --- what is answered -----------------------------------------------------------------------------


def _clean_doc(doc: str) -> str:
    """A text without indentation, as `inspect` makes it."""
    if not doc.replace("\n", "").isprintable():  # other blanks, which not every Python treats alike
        cleaned: str = load_itself("inspect").cleandoc(doc)
        return cleaned
    first, *others = doc.split("\n")
    margin = min(
        (len(line) - len(line.lstrip(" ")) for line in others if line.strip(" ")), default=0
    )
    return "\n".join((first.lstrip(" "), *(line[margin:] for line in others))).strip("\n")


def _find_close_matches(
    word: str, possibilities: Iterable[str], n: int = 3, cutoff: float = 0.6
) -> list[str]:
    """Words like one, as `difflib` finds them; Click asks for each short option, and drops them."""
    if len(word) == 2 and word[0] == "-":
        return []
    find = load_itself("difflib").get_close_matches
    found: list[str] = find(word, list(possibilities), n, cutoff)
    return found


def _name_late(**names: str) -> dict[str, Mapping[str, object]]:
    """Stand-ins for names, by module; two underscores are a dot."""
    return {
        module: {name: LateName(module, name) for name in listed.split()}
        for module, listed in ((key.replace("__", "."), value) for key, value in names.items())
    }


Answers = Mapping[str, Mapping[str, object]]
"""What is asked of each module."""

FOR_CLICK: Answers = {
    "inspect": {"cleandoc": _clean_doc},
    "gettext": {"gettext": say, "ngettext": say_count},
    "threading": {"local": _local},
    "difflib": {"get_close_matches": _find_close_matches},
    **_name_late(uuid="UUID"),
}
FOR_JINJA: Answers = {
    "threading": {"Lock": allocate_lock},
    **_name_late(
        ast="literal_eval",
        hashlib="sha1",
        inspect="getattr_static",
        json="dumps",
        random="choice randrange",
        urllib__parse="quote_from_bytes",
        jinja2__bccache="BytecodeCache FileSystemBytecodeCache MemcachedBytecodeCache",
        jinja2__compiler="CodeGenerator generate",
        jinja2__lexer="Lexer TokenStream get_lexer describe_token describe_token_expr",
        jinja2__parser="Parser",
    ),
}
_STAYING = ("inspect", "difflib")
"""What is asked for while Click runs, too."""


def _find_stand_ins(answers: Answers) -> Iterator[LateModule]:
    """Stand-ins that give these answers, new ones or those that are there."""
    for name, answered in answers.items():
        stand_in = sys.modules.get(name) or LateModule(name, {})
        if isinstance(stand_in, LateModule):
            vars(stand_in).update(answered)
            yield stand_in


@contextmanager
def _compile_annotations_late(plain: bool) -> Iterator[None]:
    """Let typing keep an annotation that is a text as it is written, and not compile it: who asks for
    its type evaluates it, which a text can be as well. The first `compile` of a process makes all the
    types of `ast`: 1 ms."""
    if not plain:
        vars(typing)["compile"] = lambda source, filename, mode: source
    try:
        yield
    finally:
        vars(typing).pop("compile", None)


@contextmanager
def stand_in_for_modules(answers: Answers, plain: bool = PLAIN) -> Iterator[None]:
    """Put stand-ins where an import looks while a library is imported, but not for modules that are
    there, and not in the `plain` way."""
    stand_ins = [] if plain else list(_find_stand_ins(answers))
    sys.modules.update((one.__name__, one) for one in stand_ins)
    try:
        with _compile_annotations_late(plain):
            yield
    finally:
        for one in stand_ins:
            if one.__name__ not in _STAYING:
                one.remove()
