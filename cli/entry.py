"""The way in: from the first moment on, an interrupt (SIGINT) ends the process with 130.

An interrupt is a KeyboardInterrupt, so that whatever is half made is removed. It may be lost on its
way, as in a function that SQLite calls or one that Python calls when an object goes, or come out as
another error, as from a class that is being made; so the end asks whether there was one.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType

from prassi.core.system.quick_imports import find_modules_quickly

INTERRUPTED = 130
"""The exit code of a command that was interrupted."""


class _Interrupt:
    """Whether an interrupt has come."""

    came = False


def _raise_interrupt(number: int, frame: FrameType | None) -> None:
    _Interrupt.came = True
    raise KeyboardInterrupt


def _tell_of_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    """What Python does with an error that nobody can take, but without a word about an interrupt."""
    if not (_Interrupt.came and issubclass(unraisable.exc_type, KeyboardInterrupt)):
        sys.__unraisablehook__(unraisable)


def _run(words: list[str]) -> None:
    """Carry out a command; what a shell asks when it completes a line goes another way than the rest."""
    match words:
        case ["completion", "bash" | "zsh" | "fish", "--line", _]:
            from .completion import answer_shell  # late: it needs no Click, which takes 25 ms

            answer_shell(words)
        case _:
            from prassi.core.system.late_modules import FOR_CLICK, stand_in_for_modules

            with stand_in_for_modules(FOR_CLICK):
                import click  # noqa: F401  # late: 30 ms, in which an interrupt may come
            from .main import main as run  # late: 10 ms

            run()


def main() -> None:
    """Run the command line, and end the process with its exit code."""
    code: str | int | None = INTERRUPTED
    try:
        signal.signal(signal.SIGINT, _raise_interrupt)
        sys.unraisablehook = _tell_of_unraisable
        find_modules_quickly()
        try:
            _run(sys.argv[1:])
            code = None
        except SystemExit as ended:
            code = ended.code
        except Exception:
            if not _Interrupt.came:
                raise
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(INTERRUPTED if _Interrupt.came else code)


if __name__ == "__main__":
    main()
