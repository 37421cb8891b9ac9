"""Code that is kept compiled: another source, another's file or a damaged one is never run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prassi.core.system.cache import KeptAs
from prassi.core.system.code_cache import load_or_make


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("PRASSI_CACHE", str(folder))
    return folder


def answer(source: str) -> Any:
    scope: dict[str, Any] = {}
    made = load_or_make(
        KeptAs("book-event", source), lambda: (compile(source, "<table x>", "exec"), 7)
    )
    assert made[1] == 7
    exec(made[0], scope)
    return scope["answer"]


def test_it_is_compiled_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer("answer = 1") == 1
    monkeypatch.setattr("builtins.compile", None)
    assert answer("answer = 1") == 1


def test_another_source_takes_its_place(cache: Path) -> None:
    assert (answer("answer = 1"), answer("answer = 2"), answer("answer = 1")) == (1, 2, 1)
    assert [path.name for path in cache.iterdir()] == ["code-book-event.bin"]


@pytest.mark.parametrize("place", [0, 40, 70, -1])
def test_a_damaged_file_is_made_anew(cache: Path, place: int) -> None:
    answer("answer = 1")
    (path,) = cache.iterdir()
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1
    path.write_bytes(raw)
    assert answer("answer = 1") == 1
    path.write_bytes(b"")
    assert answer("answer = 1") == 1


def test_what_others_can_write_is_not_run(cache: Path, tmp_path: Path) -> None:
    answer("answer = 1")
    (path,) = cache.iterdir()
    evil = path.read_bytes()
    answer("answer = 2")
    for spoilt, bits in ((path, 0o622), (cache, 0o722)):
        before = spoilt.stat().st_mode
        path.write_bytes(evil)
        spoilt.chmod(bits)
        assert answer("answer = 2") == 2
        spoilt.chmod(before)
