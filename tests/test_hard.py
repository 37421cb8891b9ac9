"""What `make hard` tries at full size, tried a little."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.unmeasured

SCRIPTS = Path(__file__).parent.parent / "scripts"


@pytest.mark.parametrize(
    "name", ["kill", "together", "damage", "disk", "backup", "terminal", "bounds", "mail"]
)
def test_it_holds_in_small(name: str) -> None:
    words = [sys.executable, str(SCRIPTS / f"hard_{name}.py"), "--small"]
    # What is killed can measure nothing.
    env = {n: value for n, value in os.environ.items() if not n.startswith("COVERAGE_")}
    ran = subprocess.run(words, capture_output=True, text=True, env=env, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    if "can be mounted here" in ran.stdout:
        pytest.skip("no disk can be mounted here")
    assert "WRONG" not in ran.stdout
    assert ran.stdout.splitlines()[-1].split()[0] == "seconds"
