"""Files that a command makes: whole or not at all, and none that is there is lost."""

from __future__ import annotations

import os
from contextlib import suppress

from prassi.core.errors import BadInput


def check_output_path(path: str, option: str, force: bool) -> None:
    """A file that is there is left alone, unless it is to be written over; BadInput says so."""
    if not path:
        raise BadInput(f"give the name of a file to write: {option} FILE.")
    if os.path.lexists(path) and not (force and os.path.isfile(path)):
        what = "is no file" if force else "is there already: name another file, or use --force"
        raise BadInput(f"{path} {what}.")


def write_output_file(path: str, data: bytes) -> None:
    """Write a file whole, or not at all; BadInput where it can't be written."""
    draft = f"{path}.{os.getpid()}"
    try:
        try:
            with open(draft, "xb") as file:
                file.write(data)
            os.replace(draft, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(draft)
            raise
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInput(f"{path} can't be written: {reason}.") from None
