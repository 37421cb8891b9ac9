"""Files that a command writes because an option names them: whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress

from prassi.core.errors import BadInput


def check_output_path(path: str, option: str, force: bool) -> None:
    """BadInput where `path` can't be written to: it exists, and `force` does not replace it."""
    if os.path.lexists(path) and not (force and os.path.isfile(path)):
        reason = "is not a file" if force else "exists already: name another file, or use --force"
        raise BadInput(f"{option} {path} {reason}.")


def write_output_file(path: str, data: bytes, mode: int = 0o666) -> None:
    """Write a file whole, or not at all, with a mode less the umask; BadInput where it can't be written."""
    draft = f"{path}.{os.getpid()}"
    try:
        try:
            with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
                file.write(data)
            os.replace(draft, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(draft)
            raise
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInput(f"{path} can't be written: {reason}.") from None
