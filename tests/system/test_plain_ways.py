"""What is clever for speed gives the very same bytes as its plain way."""

from __future__ import annotations

import difflib
import hashlib
import inspect
import json
import os
import signal
import subprocess
import sys
import typing
from collections.abc import Callable
from compileall import compile_file
from gettext import translation
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, TypedDict, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prassi.core.system import cpu_limit
from prassi.core.system.cpu_limit import run_limited
from prassi.core.system.fast_hash import load_sha256
from prassi.core.system.fast_json import make_decode, make_encode
from prassi.core.system.language import ENGLISH, FOLDER, LANGUAGES, speak
from prassi.core.system.late_modules import (
    FOR_CLICK,
    LateModule,
    stand_in_for_modules,
)
from prassi.core.system.processors import keep_on, keep_on_half, list_processors
from prassi.core.system.quick_imports import QuickFinder, QuickLoader, find_modules_quickly

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


@pytest.mark.parametrize("quick", [make_decode(way) for way in WAYS])
def test_only_json_from_end_to_end_is_read(quick: Callable[[str], Any]) -> None:
    assert quick('{"a":[1,"è",null,1.5,true]}') == {"a": [1, "è", None, 1.5, True]}
    for text in ("", " ", "x", "[1", "[1]x", "[1] ", "1 2", '{"a":}', "nulll", '"\n"'):
        with pytest.raises(json.JSONDecodeError):
            quick(text)


HELPS = [
    "",
    "Help.",
    "  Help.",
    "Più aiuto",
    "a\tb",
    "\u3000x",
    "One.\n\n    Two.\n",
    "\n  One.\n  Two.",
    " One.\n\n    Two.\n   \n\n  Three.  \n   ",
    "One.\n\tTwo.\n  \u00a0Three.",
    "\n\n",
]


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    """What Click would get in place of modules that are not loaded."""
    for name in FOR_CLICK:
        monkeypatch.setitem(sys.modules, name, None)  # put back in the end, whatever happens to it
        del sys.modules[name]
    with stand_in_for_modules(FOR_CLICK, plain=False):
        found = {name: import_module(name) for name in FOR_CLICK}
    assert all(isinstance(one, LateModule) for one in found.values())
    return found


@pytest.mark.parametrize("text", HELPS)
def test_a_help_text_is_cleaned_alike(text: str, late: dict[str, ModuleType]) -> None:
    assert late["inspect"].cleandoc(text) == inspect.cleandoc(text)


def test_a_late_module_is_the_whole_module(late: dict[str, ModuleType]) -> None:
    asked = late["inspect"]
    assert list(asked.signature(lambda a, b: None).parameters) == ["a", "b"]
    assert asked.isfunction(stand_in_for_modules)
    assert not hasattr(asked, "no_such_thing")
    assert isinstance(late["gettext"].NullTranslations().info(), dict)


def test_click_reads_a_uuid_with_the_late_module(late: dict[str, ModuleType]) -> None:
    text = "12345678-1234-5678-1234-567812345678"
    assert str(late["uuid"].UUID(text)) == text
    with pytest.raises(ValueError, match="badly formed"):
        late["uuid"].UUID("T-1")


def test_click_says_the_same_with_the_late_module(late: dict[str, ModuleType]) -> None:
    for language in LANGUAGES:
        speak(language)
        catalogue = translation("prassi", FOLDER, [language], fallback=True)
        for text in ("Usage:", "Missing argument", "nowhere in a catalogue"):
            assert late["gettext"].gettext(text) == catalogue.gettext(text)
        for count in range(4):
            texts = (
                "Got unexpected extra argument ({args})",
                "Got unexpected extra arguments ({args})",
            )
            assert late["gettext"].ngettext(*texts, count) == catalogue.ngettext(*texts, count)
    speak(ENGLISH)


def test_a_close_option_is_found_with_the_late_module(late: dict[str, ModuleType]) -> None:
    known = ["--file", "--as", "--at", "-f", "-n"]
    assert late["difflib"].get_close_matches("--fil", known) == ["--file"]
    assert late["difflib"].get_close_matches("-n", known) == []
    assert late["difflib"].get_close_matches("--f", known, 1, 0.9) == []
    find = inspect.signature(difflib.get_close_matches)
    assert (
        inspect.signature(FOR_CLICK["difflib"]["get_close_matches"]).parameters.keys()
        == find.parameters.keys()
    )  # type: ignore[arg-type]
    assert late["difflib"].SequenceMatcher(None, "ab", "ab").ratio() == 1


LETTER = """
import sys
from prassi.core.messages.templates import Messages
print(Messages([sys.argv[1]]).render("collections", "try", ["it"], {}))
from jinja2 import bccache, compiler, lexer, parser
from jinja2.environment import CodeGenerator, TokenStream
print(isinstance(lexer.TokenStream([], None, None), TokenStream))
print(issubclass(bccache.FileSystemBytecodeCache, bccache.BytecodeCache))
"""


@pytest.mark.parametrize("template", ["Subject: {{ 'a' | upper }}\n\nb", "{% if x %}", "{{ x }}"])
def test_jinja_does_the_same_with_late_modules(tmp_path: Path, template: str) -> None:
    (tmp_path / "collections").mkdir()
    (tmp_path / "collections" / "try.it.j2").write_text(template)
    command = [sys.executable, "-c", LETTER, str(tmp_path)]
    ran = [
        subprocess.run(
            command,
            env={**os.environ, "PRASSI_CACHE": str(tmp_path / cache), "PRASSI_PLAIN": way},
            capture_output=True,
            text=True,
            check=False,
        )
        for way, cache in (("0", "quick"), ("0", "quick"), ("1", "plain"))
    ]
    assert ("line 1" in ran[0].stderr) == ("Subject" not in template)
    outputs = {(one.returncode, one.stdout, *one.stderr.splitlines()[-1:]) for one in ran}
    assert len(outputs) == 1


def describe(spec: ModuleSpec) -> tuple[object, ...]:
    """All that an import takes from a spec, and the code that it runs."""
    loader = spec.loader
    assert isinstance(loader, SourceFileLoader)
    code = loader.get_code(spec.name)
    assert code is not None
    places = (spec.origin, spec.cached, spec.submodule_search_locations, spec.has_location)
    return spec.name, spec.parent, *places, loader.name, loader.path, code, code.co_filename


def test_a_module_is_found_in_its_place_as_python_finds_it() -> None:
    found = 0
    for name, module in [*sys.modules.items()]:
        package = sys.modules.get(name.rpartition(".")[0])
        if name.startswith("prassi.") and module.__spec__ is not None and package is not None:
            quick = QuickFinder.find_spec(name, package.__path__)
            slow = PathFinder.find_spec(name, package.__path__)
            if slow is None or slow.origin is None:  # a folder without __init__.py
                assert quick is None
                continue
            assert quick is not None
            assert describe(quick) == describe(slow)
            found += 1
    assert found > 50


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A module that says 1, as Python keeps it compiled; the folder is another one since."""
    folder = tmp_path / "compiled"
    folder.mkdir()
    (folder / "saying.py").write_text("def say():\n    return 1\n")
    os.utime(folder / "saying.py", (1_000_000_000, 1_000_000_000))
    assert compile_file(folder / "saying.py", quiet=1)
    return folder.rename(tmp_path / "moved")


def load_saying(folder: Path) -> CodeType:
    """The code of its function."""
    spec = QuickFinder.find_spec("prassi.saying", [str(folder)])
    assert spec is not None
    assert isinstance(spec.loader, QuickLoader)
    code = spec.loader.get_code("prassi.saying")
    assert code is not None
    found: CodeType = code.co_consts[0]
    return found


def test_code_is_taken_and_told_where_its_source_is(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SourceFileLoader, "get_code", lambda *asked: None)
    assert load_saying(kept).co_filename == str(kept / "saying.py")


@pytest.mark.parametrize(
    ("text", "seconds", "says"),
    [
        ("def say():\n    return 2\n", 1_000_000_001, 2),
        ("def say():\n    return 20\n", 1_000_000_000, 20),
        ("def say():\n    return 2\n", 1_000_000_000, 1),  # as Python takes it too
    ],
)
def test_a_changed_source_is_compiled_anew(kept: Path, text: str, seconds: int, says: int) -> None:
    (kept / "saying.py").write_text(text)
    os.utime(kept / "saying.py", (seconds, seconds))
    assert says in load_saying(kept).co_consts


@pytest.mark.parametrize("content", [b"", b"nonsense", None])
def test_what_is_not_kept_well_is_compiled_anew(kept: Path, content: bytes | None) -> None:
    (compiled,) = (kept / "__pycache__").iterdir()
    if content is None:
        compiled.unlink()
    else:
        compiled.write_bytes(content)
    assert 1 in load_saying(kept).co_consts


@pytest.mark.parametrize("name", ["prassi", "prassi.nosuch", "click.core", "prassify.core"])
def test_what_is_not_ours_is_left_to_python(name: str) -> None:
    paths = sys.modules[name.partition(".")[0]].__path__ if "prassify" not in name else [os.curdir]
    assert QuickFinder.find_spec(name, paths if "." in name else None) is None


def test_the_plain_way_finds_modules_as_python_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    find_modules_quickly(plain=True)
    assert QuickFinder not in sys.meta_path
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(sys, "pycache_prefix", "/nowhere")
        find_modules_quickly(plain=False)
    assert QuickFinder not in sys.meta_path
    find_modules_quickly(plain=False)
    find_modules_quickly(plain=False)
    assert sys.meta_path.count(QuickFinder) == 1


def test_modules_that_are_there_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with stand_in_for_modules(FOR_CLICK, plain=False):
        assert sys.modules["inspect"] is inspect
    monkeypatch.delitem(sys.modules, "inspect")
    with stand_in_for_modules(FOR_CLICK, plain=True):
        assert "inspect" not in sys.modules


@pytest.mark.parametrize("way", WAYS)
def test_annotations_of_a_library_can_be_asked_for(way: bool) -> None:
    with stand_in_for_modules(FOR_CLICK, plain=way):
        row = TypedDict("row", {"names": "list[str] | None"})  # noqa: UP013  # a text, as in Click
    assert get_type_hints(row) == {"names": list[str] | None}
    assert "compile" not in vars(typing)


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
