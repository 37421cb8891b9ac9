"""Manual pages: one for each command, which `man` opens and shows as they are meant."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import click
import pytest
from prassi.cli.main import prassi
from prassi.core.locale.man_pages import make_man_pages, write_man_pages

ROOT = Path(__file__).parents[2]
PAGES = dict(make_man_pages((ROOT / "docs" / "reference.md").read_text(encoding="utf-8")))


def test_every_command_has_a_page() -> None:
    names = {f"prassi-{name}.1" for name in prassi.list_commands(click.Context(prassi))}
    assert names | {"prassi.1", "prassi-book-show.1", "prassi-customer-set.1"} <= {*PAGES}
    assert len(PAGES) > 60


def test_no_line_is_taken_for_a_request() -> None:
    known = {".TH", ".SH", ".nf", ".fi", ".PP"}
    for page in PAGES.values():
        for line in page.splitlines():
            assert not line.startswith(("'", ".")) or line.split()[0] in known, line


def test_man_shows_them(tmp_path: Path) -> None:
    """`man` renders a page without a warning, with the options as the help has them."""
    if shutil.which("man") is None or shutil.which("groff") is None:
        pytest.skip("man or groff is not installed: pages are not opened.")
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "reference.md", tmp_path / "docs")
    write_man_pages(tmp_path)
    command = ["man", "--warnings", "-l", str(tmp_path / "man" / "prassi-call-outcome.1")]
    env = {"MANWIDTH": "100", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    ran = subprocess.run(command, capture_output=True, text=True, env=env, check=True)
    shown = re.sub(".\b", "", ran.stdout)
    assert ran.stderr == ""
    assert "prassi-call-outcome - Record how a call went, and get the next step." in shown
    assert re.search(r"^ +--agreed-on DATE +The day the customer will pay\.", shown, re.M)
    assert re.search(r"^ +-n, --dry-run +Work everything out, write nothing\.", shown, re.M)
