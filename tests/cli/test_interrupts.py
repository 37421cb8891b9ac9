"""An interrupt (SIGINT) ends a command with 130 at any moment, and leaves a sound ticket file."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from desk import MONDAY, Desk
from procedure import calling

pytestmark = pytest.mark.unmeasured

FIXTURES = Path(__file__).parents[2] / "fixtures"

START = """
import os, signal
from prassi.cli.entry import main

install = signal.signal

def install_and_tell(*given):
    signal.signal = install
    install(*given)
    os.write({}, b"x")

signal.signal = install_and_tell
main()
"""
"""Says when interrupts are handled; before that, Python itself is interrupted."""


def interrupt(folder: Path, words: str, after: float) -> tuple[int, str]:
    """How a command ends whose process group is interrupted after so many seconds, and what it says."""
    reading, writing = os.pipe()
    command = [sys.executable, "-c", START.format(writing), *words.split()]
    env = {**os.environ, "PRASSI_AT": MONDAY, "PRASSI_CONFIG": str(FIXTURES / "prassi.toml")}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=env,
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    os.close(writing)
    os.read(reading, 1)
    os.close(reading)
    time.sleep(after)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    return process.returncode, told


def measure(folder: Path, words: str) -> float:
    """How long a command takes that nobody interrupts."""
    command = [sys.executable, "-c", START.format(1), *words.split()]
    env = {**os.environ, "PRASSI_AT": MONDAY, "PRASSI_CONFIG": str(FIXTURES / "prassi.toml")}
    started = time.monotonic()
    subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False)
    return time.monotonic() - started


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ticket file of the fixtures, and a source to bring in."""
    desk = Desk(tmp_path_factory.mktemp("made"))
    desk.good("init")
    for book in ("collections", "cases", "packages"):
        desk.good(f"import {FIXTURES}/{book}.json")
    rows = "".join(f"C-{n},Customer {n}\n" for n in range(90_000, 90_500))
    (desk.folder / "more.csv").write_text(f"ref,name\n{rows}")
    return desk.folder


def try_moments(made: Path, tmp_path: Path, words: str, moments: int) -> None:
    # The shorter of two: the first one may make books ready, or wait for another process.
    for name in ("measured", "again"):
        shutil.copytree(made, tmp_path / name)
    whole = min(measure(tmp_path / name, words) for name in ("measured", "again"))
    codes = []
    for n in range(moments):
        folder = tmp_path / str(n)
        shutil.copytree(made, folder)
        code, told = interrupt(folder, words, whole * n / moments)
        assert "Traceback" not in told, told
        assert "ignored" not in told, told
        codes.append(code)
        if n % 3 == 0:
            assert Desk(folder).good("verify").code == 0
        assert not [path.name for path in folder.iterdir() if path.name.endswith(("-wal", ".part"))]
        shutil.rmtree(folder)
    assert {*codes} <= {0, 130}, codes
    assert codes[0] == codes[1] == 130


def test_an_interrupt_is_130(made: Path, tmp_path: Path) -> None:
    try_moments(made, tmp_path, "triage", 4)


@pytest.mark.parametrize(("interrupted", "ended"), [(True, 130), (False, 1)])
def test_an_interrupt_that_comes_out_as_another_error_is_130(interrupted: bool, ended: int) -> None:
    """A class that is being made wraps what is raised; an error without an interrupt stays one."""
    program = f"""
import os, signal
import prassi.cli.main
from prassi.cli.entry import main

class Sent:
    def __set_name__(self, owner, name):
        if {interrupted}:
            os.kill(os.getpid(), signal.SIGINT)
        raise ValueError("not an interrupt")

def make_class():
    type("Made", (), {{"sent": Sent()}})

prassi.cli.main.main = make_class
main()
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert run.returncode == ended
    assert ("Traceback" in run.stderr) is not interrupted


@pytest.mark.parametrize(("interrupted", "ended"), [(True, 130), (False, 0)])
def test_an_interrupt_where_nobody_can_take_it_is_130(interrupted: bool, ended: int) -> None:
    """Python prints what is raised while an object goes; nothing is said of an interrupt."""
    program = f"""
import os, signal
import prassi.cli.main
from prassi.cli.entry import main

class Gone:
    def __del__(self):
        if {interrupted}:
            os.kill(os.getpid(), signal.SIGINT)
        else:
            raise ValueError("not an interrupt")

def end():
    Gone()
    raise SystemExit(0)

prassi.cli.main.main = end
main()
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert run.returncode == ended
    assert ("Traceback" in run.stderr) is not interrupted


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        "triage", "import more.csv", "export", "backup copy.db", "show T-1009", "book check requests", "verify",
        "what-if --closure 2026-03-04 --until 2026-03-06", "init -f new.db", "--help",
    ],
)  # fmt: skip
def test_an_interrupt_at_any_moment_is_130(made: Path, tmp_path: Path, words: str) -> None:
    try_moments(made, tmp_path, words, 15)


@pytest.mark.slow
def test_a_large_night_with_its_second_process_is_interrupted(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    desk = Desk(tmp_path / "made")
    tickets = [{**calling(1), "ref": f"T-{n}"} for n in range(6000)]
    customers = [{"ref": "C-1", "name": "Rossi"}]
    path = desk.folder / "all.json"
    path.write_text(json.dumps({"customers": customers, "tickets": tickets}))
    desk.good("init")
    desk.good(f"import {path}")
    try_moments(desk.folder, tmp_path, "triage --at 2026-04-30", 12)
