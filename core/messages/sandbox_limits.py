"""Where templates of a user run: what they make is bounded, in size, in steps and in time.

A single step of a template must never take long, since nothing can stop it within: so a value is
measured wherever one is made (`_Measured` finds these places in a template), and a filter or method
is not even called where what it is given could become too much. For the rest there is a clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from operator import add

from jinja2 import Environment, Template, Undefined, nodes, pass_environment
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.filters import do_round, make_attrgetter
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer

from ..system.cpu_limit import run_limited
from .sandbox import SCOPES, Sandbox

LARGEST = 1_000_000
"""Characters of a text, or of all that is in a list, that a template may make."""

STEPS = 100_000
"""Steps of all loops of one message."""

_PRODUCT = 10 * LARGEST
"""What a value and the arguments of a filter or method may be, multiplied."""

_UNKNOWN = LARGEST // 10
"""What counts for a value that is made while it is read."""

_PLACE = 8
"""What one place of a list counts for, beside what stands there."""

_DEEPEST = 20
_MOST_DECIMALS = 12
_NUMBERS = (int, float, bool, type(None))
_PLAIN = (str, *_NUMBERS, list, tuple, dict)
_NOT_PLAIN = "this is not a text, a number or a list of them"
_TOO_LARGE = f"this becomes too large: {LARGEST:,} characters are the most"

_OF_JINJA = (
    "abs",
    "batch",
    "capitalize",
    "center",
    "count",
    "d",
    "default",
    "dictsort",
    "first",
    "float",
    "groupby",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "select",
    "selectattr",
    "slice",
    "sort",
    "string",
    "title",
    "trim",
    "truncate",
    "unique",
    "upper",
    "wordcount",
    "wordwrap",
)
"""Jinja2's own filters that a user's templates can call; those for HTML are left out."""


class BoundedSandbox(Sandbox):
    """A sandbox in which no template takes long, or makes much."""

    intercepted_binops = frozenset({"*", "**", "+", "%"})

    def __init__(self, roots: Sequence[str], language: str) -> None:
        super().__init__(roots, language)
        self._steps = _Steps()
        self.filters = {
            **{name: _with_bounds(self.filters[name]) for name in _OF_JINJA},
            **self.own_filters,
            "round": _with_bounds(_round),
            "sum": _with_bounds(_sum_numbers),
            "format": _format,
            "_said": _as_text,
            "_whole": whole,
            "_steps": self._count_steps,
        }
        self.finalize = _as_text

    def run(self, template: Template, context: dict[str, object]) -> str:
        """The text that a template makes, in so many steps and so much time."""
        self._steps = _Steps()
        return run_limited(template.render, context)

    def load(self, name: str) -> Template:
        """A template, made ready in so much time."""
        return run_limited(self.get_template, name)

    def _count_steps(self, values: Iterable[object]) -> Iterable[object]:
        return self._steps.of(values)

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,
    ) -> str:
        return super()._generate(_Measured().visit(source), name, filename, defer_init)

    def wrap_str_format(self, value: object) -> Callable[..., str] | None:
        """Refuse the methods of a text that hide in it how large their result becomes."""
        if super().wrap_str_format(value) is not None:
            raise SecurityError("a text has no format here: use the filter format, as in '%.2f'")
        return None

    def call(
        __self,  # noqa: N805
        __context: Context,
        __called: object,
        *given: object,
        **named: object,
    ) -> object:
        """What a method or macro gives; it isn't called where that could be too large."""
        if type(__called) is not Macro:  # whose arguments make nothing new
            about = getattr(__called, "__self__", None)
            handed = (*given, *(one for name, one in named.items() if name not in SCOPES))
            if about is not None and isinstance(about, _PLAIN):
                _check_product(about, handed)
            else:
                for one in handed:
                    whole(one)
        return whole(super().call(__context, __called, *given, **named))

    def call_binop(self, context: Context, operator: str, left: object, right: object) -> object:
        """What an operator gives, unless it is something that would fill the memory."""
        if operator == "+":
            return whole(add(left, right))
        return super().call_binop(context, operator, left, right)

    @staticmethod
    def concat(pieces: Iterable[str]) -> str:
        """The text that pieces make; they are counted as they come."""
        found, total = [], 0
        for piece in pieces:
            total += len(piece) + 1
            if total > 2 * LARGEST:
                raise SecurityError(_TOO_LARGE)
            found.append(piece)
        return str(whole("".join(found)))


# --- how much a value is --------------------------------------------------------------------------


def size(value: object, depth: int = 0) -> int:
    """The characters of a text, or of all that is in a list; a number counts 1.

    SecurityError where that is more than LARGEST, or a list holds something that is not plain data.
    """
    if isinstance(value, str):
        found = len(value)
    elif isinstance(value, _NUMBERS):
        return 1
    elif isinstance(value, list | tuple):
        found = _sum(value, depth)
    elif isinstance(value, dict):
        found = _sum(value, depth) + _sum(value.values(), depth)
    elif depth and isinstance(value, Undefined):
        raise SecurityError(f"{value}")  # which says what is undefined
    elif depth or not isinstance(value, Iterable):
        raise SecurityError(_NOT_PLAIN)
    else:
        return _UNKNOWN
    if found > LARGEST:
        raise SecurityError(_TOO_LARGE)
    return found


def _sum(values: Iterable[object], depth: int) -> int:
    if depth > _DEEPEST:
        raise SecurityError("this is a list within a list too often")
    found = 0
    for value in values:
        # Short ways for the commonest: letters come here again and again.
        if type(value) is str:
            found += _PLACE + len(value)
        else:
            found += _PLACE + (1 if type(value) in _NUMBERS else size(value, depth + 1))
        if found > LARGEST:
            break
    return found


def whole(value: object) -> object:
    """A value that was made, once it is found not too large; what is not plain data is returned as it is.

    Bytes are refused: nobody measures their methods, and a letter needs none.
    """
    if isinstance(value, bytes | bytearray | memoryview):
        raise SecurityError(_NOT_PLAIN)
    if isinstance(value, str | list | tuple | dict):
        size(value)
    return value


def _as_text(value: object) -> object:
    """What an expression puts into the text, or joins to another one."""
    if value is None:
        return ""
    if isinstance(value, (*_PLAIN, Undefined)):
        return value
    raise SecurityError(_NOT_PLAIN)


# --- what filters and methods may be given --------------------------------------------------------


def _check_product(value: object, given: Iterable[object]) -> None:
    """Refuse what could multiply a value by its arguments to too much."""
    times = sum(abs(one) if isinstance(one, int | float) else size(one) for one in given)
    if times * max(1, size(value)) > _PRODUCT:
        raise SecurityError(_TOO_LARGE)


def _with_bounds(function: Callable[..., object]) -> Callable[..., object]:
    """A filter that takes and makes no more than there may be."""
    # Where it takes its value: behind the context or environment, where it wants that.
    place = int(hasattr(function, "jinja_pass_arg"))

    @wraps(function)  # with the marks that Jinja2 puts on functions
    def bound_function(*given: object, **named: object) -> object:
        value = given[place]
        if not isinstance(value, _PLAIN) and not isinstance(value, Iterable):
            raise SecurityError(_NOT_PLAIN)
        if named or len(given) > place + 1:
            _check_product(value, (*given[place + 1 :], *named.values()))
        return whole(function(*given, **named))

    return bound_function


def _round(value: float, precision: int = 0, method: str = "common") -> float:
    """A number with fewer decimals, as Jinja2's own filter rounds it."""
    if abs(precision) > _MOST_DECIMALS:
        raise SecurityError(f"a number is rounded to at most {_MOST_DECIMALS} decimals")
    rounded: float = do_round(value, precision, method)  # type: ignore[arg-type]
    return rounded


@pass_environment
def _sum_numbers(
    environment: Environment,
    values: Iterable[object],
    attribute: str | int | None = None,
    start: object = 0,
) -> float:
    """The sum of numbers, as Jinja2's own filter makes it; it would join lists too, each time anew."""
    if attribute is not None:
        values = map(make_attrgetter(environment, attribute), values)
    total = _check_number(start)
    for value in values:
        total += _check_number(value)
    return total


def _check_number(value: object) -> float:
    if isinstance(value, int | float):
        return value
    raise SecurityError("sum is for numbers only")


def _format(pattern: str, *values: object) -> str:
    """Values in a pattern such as `%.2f`, none of them wider than 99."""
    if re.search(r"%[^a-zA-Z%]*(\d{3}|\*)", pattern):
        raise SecurityError("a format has widths of two digits at most")
    return str(whole(pattern % values))


# --- where a template makes something -------------------------------------------------------------


class _Steps:
    """Counts the steps of the loops of one message."""

    def __init__(self) -> None:
        self._left = STEPS

    def of(self, values: Iterable[object]) -> Iterable[object]:
        """What a loop goes through, counted before or meanwhile."""
        if isinstance(values, list | tuple | dict | range):
            self._take(len(values))
            return values
        return self._each(values)

    def _each(self, values: Iterable[object]) -> Iterator[object]:
        for value in values:
            self._take(1)
            yield value

    def _take(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise SecurityError(f"its loops take more than {STEPS:,} steps")


class _Measured(NodeTransformer):
    """Has loops counted, and measured what a template makes without a filter or method."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.iter = _through("_steps", node.iter)
        return node

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802
        if node.name in ("varargs", "kwargs"):
            raise TemplateSyntaxError(
                f"{node.name} can't be used here: name what the macro is given", node.lineno
            )
        return node

    def visit_List(self, node: nodes.Expr) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return node if getattr(node, "ctx", "load") == "store" else _through("_whole", node)

    visit_Tuple = visit_Dict = visit_List  # noqa: N815

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.nodes = [_through("_said", one) for one in node.nodes]
        return _through("_whole", node)


def _through(name: str, node: nodes.Node) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)
