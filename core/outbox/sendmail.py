"""Sending e-mails through a program as `sendmail -i -t`, which takes one on its standard input."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from typing import IO

from .delivery import LATER, REFUSED, SENT, UNKNOWN, Delivery, SendingStopped, shorten_answer

_SECONDS = 120
_LONGEST = 65_536

_FOR_NOW = {os.EX_TEMPFAIL}
_FOR_GOOD = {os.EX_DATAERR, os.EX_NOUSER, os.EX_NOHOST}
"""What the program says of the recipient or the e-mail; all else is about the program itself."""


class SendmailSender:
    """Runs a command for each e-mail; the recipient stands in its To header."""

    def __init__(self, command: str) -> None:
        self._words = shlex.split(command)

    def deliver(self, content: bytes, to: str, mark: str = "") -> Delivery:
        """Hand over one e-mail; a program that is killed, or does not end, leaves it UNKNOWN."""
        # A file, not a pipe: a child that goes on in the background would hold a pipe open.
        with tempfile.TemporaryFile() as said:
            return self._deliver(content, said)

    def _deliver(self, content: bytes, said: IO[bytes]) -> Delivery:
        try:
            ended = subprocess.run(
                self._words,
                input=content,
                stdout=said,
                stderr=subprocess.STDOUT,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Delivery(UNKNOWN, f"{self._words[0]} did not end within {_SECONDS} s")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise SendingStopped(f"{self._words[0]} can't be run: {reason}.") from None
        said.seek(0)
        answer = shorten_answer(said.read(_LONGEST)) or f"ended with {ended.returncode}"
        if ended.returncode == 0:
            return Delivery(SENT, answer)
        if ended.returncode < 0:
            return Delivery(UNKNOWN, f"{self._words[0]} was killed by signal {-ended.returncode}")
        if ended.returncode in _FOR_NOW:
            return Delivery(LATER, answer)
        if ended.returncode in _FOR_GOOD:
            return Delivery(REFUSED, answer)
        raise SendingStopped(f"{self._words[0]} ended with {ended.returncode}: {answer}.")

    def check(self) -> None:
        """Whether the program is there; SendingStopped where it is not."""
        from shutil import which

        if which(self._words[0]) is None:
            raise SendingStopped(f"{self._words[0]} is not a program that can be run.")

    def close(self) -> None:
        """Nothing is kept open between two e-mails."""
