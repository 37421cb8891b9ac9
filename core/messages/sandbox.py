"""Where templates run: what they are read from, what they can call, how they are kept compiled.

Imported only when a message is rendered, since Jinja2 takes 20 ms to import.
"""

from __future__ import annotations

import os
from collections.abc import Callable, MutableMapping, Sequence
from types import CodeType
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined, Template, TemplateNotFound
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.loaders import split_template_path
from jinja2.runtime import Context, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ..system.cache import KeptAs, find_release
from ..system.code_cache import load_or_make
from ..system.fast_hash import load_sha256
from ..system.permissions import resolve_inside
from .filters import make_filters
from .firms import is_firm
from .locale_formats import locale
from .template_files import open_template

_EDITION = 4
SCOPES = ("_loop_vars", "_block_vars")
"""What Jinja2 hands on beside the arguments of a call in a loop or block."""

_NUMBER = (int, float)
_LARGEST_PRODUCT = 100_000
_LONGEST = 200_000
"""Characters of a template."""


class _ReadyTemplate(Template):
    """A template whose macros others use: they are made ready once, since all have the same globals."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


class Sandbox(ImmutableSandboxedEnvironment):
    """Templates of one language: its filters write amounts and dates as that language does.

    `roots` are real paths of folders that hold BOOK/FILE; a file in an earlier one wins.
    """

    intercepted_binops = frozenset({"*", "**"})
    template_class = _ReadyTemplate

    def __init__(self, roots: Sequence[str], language: str) -> None:
        self._folders = _Folders(roots, f"{type(self).__name__} {language}")
        super().__init__(
            loader=self._folders,
            undefined=StrictUndefined,
            finalize=_none_as_empty,
            autoescape=False,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        customs = locale(language)
        # What they give differs from one time to the next.
        del self.globals["lipsum"], self.filters["random"]
        self.own_filters = make_filters(customs)
        self.filters.update(self.own_filters)
        self.tests["firm"] = is_firm

    def run(self, template: Template, context: dict[str, object]) -> str:
        """The text that a template makes."""
        return template.render(context)

    def load(self, name: str) -> Template:
        """A template, made ready."""
        return self.get_template(name)

    def put_instead(self, name: str, text: str) -> None:
        """Use another text for a template from now on; nothing is kept compiled any more."""
        self._folders.instead[name] = text

    def getattr(self, obj: object, attribute: str) -> object:
        """Keys of a dictionary come before its methods, so that `x.items` can be a key."""
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def call(
        __self,  # noqa: N805
        __context: Context,
        __called: object,
        *given: object,
        **named: object,
    ) -> object:
        """What a macro or method gives; of macros, which are templates too, nothing has to be asked."""
        if type(__called) is Macro:
            for handed in SCOPES:
                named.pop(handed, None)
            return __called(*given, **named)
        return super().call(__context, __called, *given, **named)

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """A product or power, unless it is one that would fill the memory."""
        if operator == "**" or not (isinstance(left, _NUMBER) and isinstance(right, _NUMBER)):
            raise SecurityError(f"{operator} is for multiplying numbers only")
        if abs(left) > _LARGEST_PRODUCT**2 or abs(right) > _LARGEST_PRODUCT**2:
            raise SecurityError(f"the numbers around {operator} are too large")
        return super().call_binop(context, operator, left, right)

    def is_mail(self, name: str) -> bool:
        """Whether a loaded template begins with a subject line."""
        return name in self._folders.mails


def _none_as_empty(value: object) -> object:
    return "" if value is None else value


# --- reading templates ----------------------------------------------------------------------------


class _Folders(BaseLoader):
    """Reads templates from some folders and nowhere else, wherever links may lead.

    They are kept compiled, for one kind of sandbox and one language: the compiler works out filters of
    constants.
    """

    def __init__(self, roots: Sequence[str], compiled_for: str) -> None:
        self._roots = roots
        self._compiled_for = compiled_for
        self.mails = set[str]()
        self.instead: dict[str, str] = {}

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,
    ) -> Template:
        source, path, _ = self.get_source(environment, name)

        def compile_source() -> tuple[CodeType]:
            return (environment.compile(source, name, path),)

        kept_as = self._name_compiled(name, path, source)
        (code,) = compile_source() if self.instead else load_or_make(kept_as, compile_source)
        return environment.template_class.from_code(environment, code, globals or {}, None)

    def _name_compiled(self, name: str, path: str, source: str) -> KeptAs:
        """Under what name a template is kept compiled, and what tells one edition from another."""
        key = f"{self._compiled_for}\n{name}\n{path}"
        digest = load_sha256(many=False)(key.encode()).digest().hex()
        release = f"{find_release('jinja2')} {find_release('babel')}"
        return KeptAs(f"template-{digest[:32]}", f"{_EDITION} {release}\n{key}\n{source}")

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool] | None]:
        root, path = self._find(template)
        with open_template(root, path) as file:
            source = file.read(_LONGEST + 1).removeprefix("\ufeff")
        source = self.instead.get(template, source)
        if len(source) > _LONGEST:
            raise SecurityError(f"a template has at most {_LONGEST:,} characters")
        if source.startswith("Subject:"):
            self.mails.add(template)
        return source, path, None

    def _find(self, template: str) -> tuple[str, str]:
        parts = split_template_path(template)
        for root in self._roots:
            path = os.path.join(root, *parts)
            if os.path.lexists(path):
                return root, resolve_inside(root, path)
        raise TemplateNotFound(template)
