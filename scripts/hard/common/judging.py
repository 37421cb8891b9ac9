"""Commands in this process, on one ticket file, each of which is judged: how it ended and what it left."""

from __future__ import annotations

import os
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from click.testing import CliRunner
from keptbooks import keeping
from prassi.cli.main import main
from prassi.core.library.library import Shelf

AT = "2026-03-02"
SLOW = 20.0
"""Seconds of the processor after which a command takes too long."""

SLOWER = {"prove": 60.0, "test": 300.0}
"""The same for commands about all books: their proofs take 22, and trying all changes of them 120."""

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u202a-\u202e\u2028\u2029\u2060-\u206f\ufeff\ud800-\udfff]"
)


Shelf._read = keeping()  # type: ignore[method-assign, assignment]


class Wrong(Exception):
    """Something that must not happen has happened."""


class Judge:
    """Runs commands on a ticket file, which is as before after each of them."""

    def __init__(self, folder: str) -> None:
        self.folder, self.counts, self.slowest = Path(folder), Counter[str](), (0.0, "")
        self.file = self.folder / "tickets.db"
        # Where commands put what they make.
        here = self.folder / "here"
        here.mkdir()
        os.chdir(here)
        code, _, err = self._run(["init"])
        if code:
            raise Wrong(err)
        self._before = self.file.read_bytes()

    def run(
        self,
        words: Sequence[str],
        codes: Sequence[int] = (0, 2, 3, 4),
        what: str = "",
        keep: bool = False,
    ) -> tuple[int, str, str]:
        """Run a command, which must end with one of `codes`; Wrong with what is wrong about that.

        What it wrote is taken back, unless that is to be kept for those that come after it.
        """
        started = time.process_time()
        try:
            code, out, err = self._run(words)
        except Exception as error:
            raise Wrong(f"{what}: {list(words)!r:.400} raised {error!r:.300}") from error
        took = time.process_time() - started
        if took > self.slowest[0]:
            self.slowest = (took, what)
        about = f"{what}: {list(words)!r:.400} ended with {code} and said {err!r:.400}"
        if code not in codes:
            raise Wrong(about)
        slow = SLOWER.get(words[1], SLOW) if words[:1] == ["book"] and len(words) > 1 else SLOW
        if took > slow:
            raise Wrong(f"{about} after {took:.0f} s")
        if UNSAFE.search(out.removeprefix("\ufeff").replace("\r\n", "\n") + err):
            raise Wrong(f"{about}, with what steers a terminal")
        if keep:
            self._before = self.file.read_bytes()
        # Of what the procedure refuses, JSON tells all; and an agent is told what was checked before
        # what is still missing.
        checked = words[:1] == ["insistence-check"] and "missing: insist." in err
        told = checked or (code == 3 and "--json" in words)
        printed = "" if told else out
        self._judge(code, printed, err, about)
        self.counts[str(code)] += 1
        return code, out, err

    def _judge(self, code: int, out: str, err: str, about: str) -> None:
        if "Traceback" in err:
            raise Wrong(about)
        now = self.file.read_bytes()
        if code in (0, 1):  # With 1, a night has found something late.
            if now != self._before:
                self.file.write_bytes(self._before)
            return
        if now != self._before:
            raise Wrong(f"{about}, and changed the file")
        if code > 1 and (out or not re.search(r"^Error: \S.{5}", err, re.MULTILINE)):
            raise Wrong(f"{about}, and printed {out!r:.200}")
        left = [path.name for path in self.folder.iterdir() if path.name.startswith("tickets.db-")]
        if left:
            raise Wrong(f"{about}, and left {left}")

    def _run(self, words: Sequence[str]) -> tuple[int, str, str]:
        env = {"PRASSI_FILE": str(self.file), "PRASSI_AT": AT}
        before = sys.argv
        with CliRunner().isolation(input=b"", env=env) as (out, err, _):
            sys.argv = ["prassi", *words]
            try:
                main()
                code = 0
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
            finally:
                sys.argv = before
                sys.stdout.flush()
            # As a terminal would: what can't be shown is not lost.
            told, wrong = (one.getvalue().decode("utf-8", "surrogateescape") for one in (out, err))
            return code, told, wrong


def path_of(folder: Path, name: str, content: bytes) -> str:
    """A file with that content."""
    path = folder / name
    path.write_bytes(content)
    return os.fspath(path)
