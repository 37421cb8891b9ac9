"""A user's template is data: whatever stands in it, it ends soon, and makes no more than a message."""

from __future__ import annotations

import gc
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prassi.core.errors import BadInput
from prassi.core.messages import filters
from prassi.core.messages.sandbox import Sandbox
from prassi.core.messages.sandbox_limits import _OF_JINJA, LARGEST, BoundedSandbox
from prassi.core.messages.template_files import OURS
from prassi.core.messages.templates import Messages
from prassi.core.system import cpu_limit
from prassi.core.system.cpu_limit import OutOfTime, run_limited
from template_bombs import BOMBS, LARGE

# The limit may ring while an object goes, where nobody can take its error; it rings again.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

SLOW = "it takes more than 0.5 s"  # where coverage is measured meanwhile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "collections").mkdir()
    return tmp_path


def said(folder: Path, source: str, **context: Any) -> str:
    (folder / "collections" / "try.it.j2").write_text(source, encoding="utf-8")
    return Messages([str(folder)]).render("collections", "try", ["it"], context).body


@pytest.mark.parametrize("source", BOMBS, ids=[str(n) for n in range(len(BOMBS))])
def test_a_bomb_ends_with_a_sentence(folder: Path, source: str) -> None:
    """Within some seconds of the processor, and without filling the memory."""
    started, before = time.process_time(), memory()
    with pytest.raises(BadInput, match=rf"try\.it\.j2.*({BOMBS[source]}|{SLOW})") as caught:
        said(folder, source, x="x", width=10**9)
    assert time.process_time() - started < 5
    assert memory() - before < 100
    assert "\n" not in str(caught.value)


def memory() -> int:
    """The most this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


GOOD = {
    "{{ 'a' + 'b' ~ 1 ~ none }}": "ab1",
    "{{ 2 + 3 }} {{ 7 % 4 }} {{ 2.5 | round(1) }} {{ 2.567 | round(2) }}": "5 3 2.5 2.57",
    "{{ '%.2f%% of %d' | format(12.5, 40) }}": "12.50% of 40",
    "{{ [1, 2] + [3] | list }}{{ (1, 'x') }}{{ {'a': [1]}.a }}": "[1, 2, 3](1, 'x')[1]",
    "{% for x in names %}{{ loop.index }}/{{ loop.length }} {{ x }} {% endfor %}": "1/2 a 2/2 b",
    "{% for x in names | map('upper') %}{{ loop.index }}/{{ loop.length }} {{ x }} {% endfor %}":
        "1/2 A 2/2 B",
    "{% for x in [] %}{% else %}none{% endfor %}": "none",
    "{% for k, v in {'a': 1} | dictsort %}{{ k }}{{ v }}{% endfor %}": "a1",
    "{% set n = namespace(s=0) %}{% for x in range(5) %}{% set n.s = n.s + x %}{% endfor %}{{ n.s }}":
        "10",
    "{% macro f(x, y='b') %}{{ x }}{{ y }}{{ caller() }}{% endmacro %}{% call f('a') %}c{% endcall %}":
        "abc",
    "{% macro f(x) %}<{{ x }}>{% endmacro %}{% for x in names %}{{ f(x) }}{% endfor %}": "<a><b>",
    "{% macro f(x) %}<{{ caller() }}>{% endmacro %}{% for x in names %}{% call f(x) %}{{ x }}{% endcall %}"
    "{% endfor %}": "<a><b>",
    "{% macro f(x) %}<{{ x }}>{% endmacro %}{% block a scoped %}{{ f(1) }}{% endblock %}": "<1>",
    "{% for x in names %}{% set n = namespace(a=1) %}{{ x.center(3) }}{% endfor %}": "a  b",
    "{{ names | join(', ') }} {{ 'x'.center(5) }} {{ 'a b'.split() }}": "a, b   x   ['a', 'b']",
    "{{ 'ab' | replace('b', 'c') | indent(2, true) | upper }}": "AC",
    "{% set n = namespace(x=99999999999) %}{{ n.x }}": "99999999999",
    "{{ 1500000000 | money('EUR') }} {{ price(1500000000) }}": "15.000.000,00 € 15.000.000,00 €",
    "{% if 'b' in names and names == ['a', 'b'] %}{{ names | batch(1) | list }}{% endif %}":
        "[['a'], ['b']]",
    "{{ rows | groupby('k') | map('first') | join }}{{ rows | sum(attribute='v') }}": "xy6",
    "{{ rows | selectattr('k', 'equalto', 'x') | map(attribute='v') | list }}": "[1, 2]",
}  # fmt: skip


@pytest.mark.parametrize("source", GOOD)
def test_what_letters_do_works(folder: Path, source: str) -> None:
    price = "{% macro price(n) %}{{ n | money('EUR') }}{% endmacro %}"
    rows = [{"k": "x", "v": 1}, {"k": "x", "v": 2}, {"k": "y", "v": 3}]
    body = said(folder, price + source, names=["a", "b"], rows=rows)
    assert body.replace("\u00a0", " ") == GOOD[source]


@pytest.mark.parametrize("source", [one for one in GOOD if "macro" in one])
def test_macros_work_in_our_letters_too(source: str) -> None:
    assert Sandbox([OURS], "it").from_string(source).render(names=["a", "b"]) == GOOD[source]


def test_every_filter_that_is_kept_works(folder: Path) -> None:
    """As Jinja2's own does: on values of each kind that letters have."""
    bounded, plain = BoundedSandbox([OURS], "it"), Sandbox([OURS], "it")
    for name in _OF_JINJA:
        given = {"batch": "(2)", "groupby": "('k')", "slice": "(2)", "replace": "('k', 'v')"}
        source = f"{{{{ x | {name}{given.get(name, '')} | string }}}}"
        same = 0
        values = ("kk vv", 2.5, [3, 1, 2], {"k": "v"}, [{"k": "v"}])
        for value in values if name != "groupby" else values[-1:]:
            try:
                wanted = plain.from_string(source).render(x=value)
            except Exception as error:
                with pytest.raises(type(error)):
                    bounded.from_string(source).render(x=value)
                continue
            if not wanted.startswith("<"):  # what is lazy tells its address
                assert bounded.from_string(source).render(x=value) == wanted, name
            same += 1
        assert same, name


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("{{ [1, 2.5, 3] | sum }} {{ [] | sum }} {{ [2] | sum(start=40) }}", "6.5 0 42"),
        ("{{ rows | sum('v') }} {{ rows | map(attribute='v') | sum }}", "3 3"),
    ],
)
def test_numbers_are_summed(folder: Path, source: str, wanted: str) -> None:
    assert said(folder, source, rows=[{"v": 1}, {"v": 2}]) == wanted


@pytest.mark.parametrize(
    "source",
    [
        "{{ [[1], [2]] | sum(start=[]) }}", "{{ lists | sum(attribute='v', start=[]) | length }}",
        "{{ [(1,)] | sum(start=()) }}", "{{ ['a'] | sum }}", "{{ [none] | sum }}",
    ],
)  # fmt: skip
def test_sum_is_for_numbers_only(folder: Path, source: str) -> None:
    """Lists are joined one after the other, which takes the square of the time."""
    with pytest.raises(BadInput, match="sum is for numbers only"):
        said(folder, source, lists=[{"v": [1]}, {"v": [2]}])


def test_widths_of_long_texts_are_not_kept(folder: Path) -> None:
    filters._measure_short.cache_clear()
    source = (
        "{% filter columns('<>') %}{{ ('é', 'n') | row }}\n{{ (long, 'n') | row }}{% endfilter %}"
    )
    for n in range(3):
        said(folder, source, long="è" * 5000 + str(n))
    assert filters._measure_short.cache_info().currsize == 1  # é


def test_a_long_letter_is_still_a_letter(folder: Path) -> None:
    rows = [{"number": f"PF-{n}", "amount": n} for n in range(5000)]
    source = "{% for r in rows %}{{ r.number }} {{ r.amount | money('EUR') }}\n{% endfor %}"
    body = said(folder, source, rows=rows)
    assert body.count("\n") == 4999
    assert len(body) < LARGEST


def test_a_text_from_outside_can_be_too_long(folder: Path) -> None:
    with pytest.raises(BadInput, match=LARGE):
        said(folder, "{{ name | upper }}", name="a" * (LARGEST + 1))


# --- the clock ------------------------------------------------------------------------------------


QUICK = 0.1


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A limit that is soon reached, and nothing but the test that takes time."""
    monkeypatch.setattr(cpu_limit, "SECONDS", QUICK)
    gc.disable()
    yield
    gc.enable()


def work(seconds: float) -> None:
    started = time.process_time()
    while time.process_time() - started < seconds:
        pass


@pytest.mark.usefixtures("quick")
def test_time_is_counted_anew_each_time() -> None:
    for _ in range(9):
        run_limited(work, 0.3 * QUICK)
    with pytest.raises(OutOfTime):
        run_limited(run_limited, work, 4 * QUICK)


def swallowed() -> None:
    try:
        work(4 * QUICK)
    except OutOfTime:
        raise ValueError("lost") from None


@pytest.mark.usefixtures("quick")
def test_an_error_on_the_way_still_tells_of_the_time() -> None:
    with pytest.raises(OutOfTime):
        run_limited(swallowed)


@pytest.mark.usefixtures("quick")
def test_what_is_not_limited_goes_on() -> None:
    with pytest.raises(KeyError):
        run_limited(dict[str, int]().pop, "mine")
    work(4 * QUICK)


TRACER = """
held, lines = False, 0

def trace(frame, event, arg):
    global held, lines
    assert not held
    held, lines = True, lines + 1
    if lines < 4:
        work(longer)
    held = False
    return trace
"""


@pytest.mark.usefixtures("quick")
def test_a_tracer_at_work_is_not_interrupted() -> None:
    """It would hold its lock for ever: a measure of coverage once stood still so."""
    module: dict[str, Any] = {"__name__": "tracer", "work": work, "longer": 1.2 * QUICK}
    exec(TRACER, module)

    def traced() -> None:
        sys.settrace(module["trace"])
        while True:
            work(0.001)

    before = sys.gettrace()
    try:
        with pytest.raises(OutOfTime):
            run_limited(traced)
    finally:
        sys.settrace(before)
    assert module["lines"]
    assert not module["held"]


COUNTER = """
interrupted = 0

def count(phase, info):
    global interrupted
    try:
        work(longer)
    except BaseException:
        interrupted += 1
        raise
"""


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_whatever_hears_of_the_collector_is_not_interrupted() -> None:
    """Python would only print its error, and the call would go on; the next ring stops the call."""
    module: dict[str, Any] = {"__name__": "counter", "work": work, "longer": 1.2 * QUICK}
    exec(COUNTER, module)

    def collecting() -> None:
        gc.collect()
        work(100 * QUICK)

    gc.callbacks.append(module["count"])
    try:
        with pytest.raises(OutOfTime):
            run_limited(collecting)
    finally:
        gc.callbacks.remove(module["count"])
    assert not module["interrupted"]


@pytest.mark.usefixtures("quick")
def test_what_is_called_when_an_object_goes_is_not_interrupted() -> None:
    """Nobody could take its error: the set of objects would keep one that is gone."""
    module: dict[str, Any] = {"__name__": "_weakrefset", "work": work, "longer": 1.2 * QUICK}
    exec(COUNTER, module)

    def losing() -> None:
        module["count"]("stop", {})
        work(100 * QUICK)

    with pytest.raises(OutOfTime):
        run_limited(losing)
    assert not module["interrupted"]
