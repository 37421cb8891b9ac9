"""What was worked out about a book is kept until something that it was made of is changed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from desk import Desk
from prassi.core.analysis import kept_results
from prassi.core.analysis.kept_results import recall_result
from prassi.core.library.settings import Settings, load
from proving import changed


class Counted:
    """Works something out, and counts how often."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.times = settings, 0

    def recall(self, fresh: bool = False) -> bool:
        """Whether what is recalled was kept."""
        result = recall_result("tried", self.settings, "loans", self._build, fresh)
        assert result.value == {"found": ["nothing"]}
        return result.is_kept

    def _build(self) -> object:
        self.times += 1
        return {"found": ["nothing"]}


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counted:
    monkeypatch.setenv("PRASSI_CACHE", str(tmp_path / "cache"))
    changed(tmp_path / "books", "loans")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "rules.py").write_text("x = 1", encoding="utf-8")
    monkeypatch.setattr(kept_results, "_CODE", str(tmp_path / "code"))
    settings = tmp_path / "prassi.toml"
    settings.write_text('[folders]\nbooks = "books"\n', encoding="utf-8")
    return Counted(load(str(settings)))


def test_what_nothing_has_changed_of_is_kept(counted: Counted) -> None:
    assert [counted.recall(), counted.recall(), counted.recall()] == [False, True, True]
    assert not counted.recall(fresh=True)
    assert counted.recall()
    assert counted.times == 2


def _append(path: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with (folder / path).open("a", encoding="utf-8") as file:
            file.write("\n")

    return change


def _add_template(folder: Path) -> None:
    (folder / "books" / "loans" / "reminder.ru.j2").write_text("Subject: x", encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    [
        _append("books/loans/book.toml"),
        _append("books/loans/facts.sql"),
        _append("books/loans/reminder.en.j2"),
        _append("books/loans/scenarios/loans.toml"),
        _append("code/rules.py"),
        _add_template,
    ],
)
def test_another_byte_of_what_it_is_made_of_is_noticed(
    change: Callable[[Path], None], counted: Counted, tmp_path: Path
) -> None:
    counted.recall()
    change(tmp_path)
    assert not counted.recall()
    assert counted.recall()


def test_another_parameter_is_noticed(counted: Counted, tmp_path: Path) -> None:
    counted.recall()
    path = tmp_path / "prassi.toml"
    path.write_text(
        '[folders]\nbooks = "books"\n[parameters.loans]\nmax_renewals = 3\n', encoding="utf-8"
    )
    counted.settings = load(str(path))
    assert not counted.recall()


def test_another_python_is_noticed(counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    counted.recall()
    monkeypatch.setattr(sys, "version", "3.99")
    assert not counted.recall()


def _open_folder(kept: Path) -> None:
    kept.parent.chmod(0o777)


def _open_file(kept: Path) -> None:
    kept.chmod(0o666)


def _link(kept: Path) -> None:
    elsewhere = kept.with_suffix(".other")
    kept.rename(elsewhere)
    kept.symlink_to(elsewhere)


def _damage(kept: Path) -> None:
    kept.write_text(kept.read_text(encoding="utf-8")[:-3], encoding="utf-8")


@pytest.mark.parametrize("tamper", [_open_folder, _open_file, _link, _damage])
def test_what_others_could_have_written_is_not_read(
    tamper: Callable[[Path], None], counted: Counted, tmp_path: Path
) -> None:
    counted.recall()
    [kept] = (tmp_path / "cache" / "results").iterdir()
    tamper(kept)
    assert not counted.recall()


def test_other_scenarios_are_noticed(counted: Counted) -> None:
    def recall(also: object) -> bool:
        return recall_result("tried", counted.settings, "loans", list, False, also).is_kept

    assert [recall("one"), recall("one"), recall("two")] == [False, True, False]


@pytest.mark.parametrize("command", ["book check", "book prove", "book test --mutants"])
def test_the_commands_print_it_again_and_say_so(
    command: str, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A book with one property, and with one scenario, which notices little."""
    monkeypatch.setenv("PRASSI_CACHE", str(tmp_path / "cache"))
    declared = (
        '[[property]]\nid = "a"\nsays = "b"\nnever = { status = "overdue", reminded_on = "none" }\n'
    )
    changed(tmp_path / "books", "loans", declared=declared)
    for path in (tmp_path / "books" / "loans" / "scenarios").iterdir():
        path.unlink()
    (tmp_path / "books" / "loans" / "scenarios" / "one.toml").write_text(ONE, encoding="utf-8")
    desk.settings(f'[folders]\nbooks = "{tmp_path}/books"\n')
    first, again = desk.run(f"{command} loans"), desk.run(f"{command} loans")
    assert (first.code, first.out) == (again.code, again.out)
    assert first.err == ""
    assert again.err.startswith("loans: kept from before, as nothing has changed; --fresh works")
    assert desk.run(f"{command} loans --fresh").err == ""
    as_json = desk.run(f"{command} loans --json")
    assert (as_json.code, bool(as_json.out)) == (first.code, command != "book check")


ONE = """at = 2026-03-02
[ticket]
ref = "L-1"
opened = 2026-02-05
copies = [{ barcode = "100001", title = "Il sentiero", price = "18.50" }]
tasks = [{ kind = "bring-back", due = "2026-02-26" }]
[[scenario]]
name = "one"
event = "renew"
rule = "renew.granted"
"""
