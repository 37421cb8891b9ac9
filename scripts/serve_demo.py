"""The demo's five desks in a browser: `make serve`.

Makes build/desk/demo.db anew, out of fixtures/, lets a night work on it, makes a key for anna, who is a
lead, and serves it as of a Monday in March 2026 until Ctrl+C.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from demo import BOOKS

FOLDER = Path("build/desk")
FILE = FOLDER / "demo.db"
ENVIRONMENT = {
    "PRASSI_FILE": str(FILE),
    "PRASSI_CONFIG": "fixtures/prassi.toml",
    "PRASSI_AT": "2026-03-02",
    "PRASSI_AS": "anna",
}


def run(*words: str) -> str:
    """Run a command on the demo's file, and return what it prints."""
    command = [sys.executable, "-m", "prassi.cli.entry", *words]
    env = os.environ | ENVIRONMENT
    return subprocess.run(command, env=env, check=True, text=True, stdout=subprocess.PIPE).stdout


def make_desk() -> str:
    """Make the desk anew; returns anna's key."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, mode=0o700)
    run("init", "-q")
    run("import", "-q", *(f"fixtures/{book}.json" for book in BOOKS))
    run("triage", "-q")
    return run("serve", "key", "add", "anna", "--role", "lead", "-q").strip()


def main() -> None:
    if not Path("fixtures").is_dir():
        sys.exit("There is no folder fixtures here: run this from the top of the repository.")
    print(f"The key of anna, who is a lead: {make_desk()}", flush=True)
    words = [sys.executable, "-m", "prassi.cli.entry", "serve"]
    os.execvpe(sys.executable, words, os.environ | ENVIRONMENT)


if __name__ == "__main__":
    main()
