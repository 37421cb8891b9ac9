"""What is clever for speed gives the very same bytes as its plain way."""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prassi.core.system import cpu_limit
from prassi.core.system.cpu_limit import run_limited
from prassi.core.system.fast_hash import load_sha256
from prassi.core.system.fast_json import make_decode, make_encode
from prassi.core.system.late_inspect import LateInspect, load_inspect_late
from prassi.core.system.processors import keep_on, keep_on_half, list_processors

WAYS = [False, True]

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.slow
@pytest.mark.unmeasured
@given(st.lists(values) | st.dictionaries(st.text(), values))
def test_json_is_written_and_read_alike(value: Any) -> None:
    quick, plain = (make_encode(way) for way in WAYS)
    text = quick(value)
    assert plain(value) == text
    assert [make_decode(way)(text) for way in WAYS] == [value, value]


HELPS = [
    "",
    "Help.",
    "  Help.",
    "Più aiuto",
    "a\tb",
    "\u3000x",
    "One.\n\n    Two.\n",
    "\n  One.\n  Two.",
]


@pytest.mark.parametrize("text", HELPS)
def test_a_help_text_is_cleaned_alike(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = inspect.cleandoc(text)
    monkeypatch.delitem(sys.modules, "inspect")
    load_inspect_late(plain=False)
    late = sys.modules["inspect"]
    assert isinstance(late, LateInspect)
    assert late.cleandoc(text) == plain


def test_the_late_inspect_is_the_whole_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "inspect")
    load_inspect_late(plain=False)
    import inspect as asked
    from inspect import signature

    assert isinstance(asked, ModuleType)
    assert list(signature(lambda a, b: None).parameters) == ["a", "b"]
    assert asked.isfunction(load_inspect_late)
    assert asked.getsource(load_inspect_late).startswith("def load_inspect_late")
    assert not hasattr(asked, "no_such_thing")


def test_the_plain_way_leaves_inspect_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    load_inspect_late(plain=False)  # it is there already
    assert sys.modules["inspect"] is inspect
    monkeypatch.delitem(sys.modules, "inspect")
    load_inspect_late(plain=True)
    assert "inspect" not in sys.modules


@pytest.mark.unmeasured  # what measures the coverage imports it
@pytest.mark.parametrize("plain", ["0", "1"])
def test_a_start_needs_no_inspect(plain: str) -> None:
    code = (
        "import sys; sys.argv = ['prassi', 'show', 'T-1', '--file', 'nowhere.db']\n"
        "from prassi.cli.entry import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('ast' in sys.modules)"
    )
    env = {**os.environ, "PRASSI_PLAIN": plain}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env)
    assert "nowhere.db" in ran.stderr
    assert ran.stdout == f"{plain == '1'}\n"


@pytest.mark.parametrize("way", WAYS)
def test_json_is_text_as_it_is_without_spaces(way: bool) -> None:
    assert make_encode(way)({"b": [1, None, "è\x00\u2028"], "a": True}) == (
        '{"b":[1,null,"è\\u0000\u2028"],"a":true}'
    )


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("value", "error"), [(float("nan"), ValueError), ({1, 2}, TypeError), (b"x", TypeError)]
)
def test_what_json_does_not_have_is_refused(way: bool, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        make_encode(way)([value])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", ["", "{", "nonsense", '{"a":}'])
def test_what_is_not_json_is_refused(way: bool, text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        make_decode(way)(text)


@pytest.mark.parametrize(
    "load",
    [lambda: load_sha256(False), lambda: load_sha256(True), lambda: load_sha256(False, True)],
)
@pytest.mark.parametrize("content", [b"", b"abc", bytes(range(256)) * 100])
def test_every_sha_256_is_sha_256(load: Callable[[], Any], content: bytes) -> None:
    assert load()(content).digest() == hashlib.sha256(content).digest()


def test_processors_are_left_alone_in_the_plain_way() -> None:
    before = os.sched_getaffinity(0)
    assert list_processors(plain=True) == []
    assert list_processors(plain=False) == sorted(before)
    keep_on_half([], second=True)
    keep_on([])
    assert os.sched_getaffinity(0) == before


def test_without_a_timer_calls_have_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu_limit._Timer, "ready", False)
    monkeypatch.setattr(cpu_limit, "SECONDS", 0.0001)
    monkeypatch.delattr(signal, "setitimer")
    assert run_limited(sum, range(2_000_000)) == 1_999_999_000_000


NIGHT = """
import sys
from click.testing import CliRunner
from freezegun import freeze_time
from prassi.cli.main import prassi
from prassi.core.desk import night
from prassi.core.system import PLAIN
from prassi.core.ticketfile import secrets
from prassi.core.ticketfile.connect import connect

night.MANY = 0
secrets.make_secret = lambda: bytes(16)
lines = ["init", "import " + sys.argv[1], "triage", "triage --at 2026-04-20"]
with freeze_time("2026-03-02 10:00:00"):
    for line in lines:
        ran = CliRunner().invoke(prassi, [*line.split(), "--file", "tickets.db"])
        assert ran.exit_code == 0, ran.output
print(PLAIN)
print(*connect("tickets.db").iterdump(), sep="\\n")
"""


def test_a_night_writes_the_same_bytes_in_the_plain_way(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "fixtures" / "collections.json"
    dumps = []
    for way in ("", "1"):
        folder = tmp_path / f"way{way}"
        folder.mkdir()
        ran = subprocess.run(
            [sys.executable, "-c", NIGHT, str(source)],
            cwd=folder,
            env={**os.environ, "PRASSI_PLAIN": way},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        plain, _, dump = ran.stdout.partition("\n")
        assert plain == str(bool(way))
        dumps.append(dump)
    assert dumps[0].count('INSERT INTO "event"') > 5
    assert dumps[0] == dumps[1]
