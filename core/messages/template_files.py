"""Template files: where ours are, and how a user's own are opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from ..system.permissions import check_file, check_folder, resolve_inside

OURS = os.path.join(
    os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__)))), "templates"
)
"""The templates that come with Prassi."""


@contextmanager
def open_template(root: str, path: str, errors: str = "strict") -> Iterator[IO[str]]:
    """A template of a folder, open; one of the user's only where nobody else could have written it."""
    real = resolve_inside(root, path)
    with open(real, encoding="utf-8", errors=errors) as file:
        if root != OURS:
            check_folder(root)
            check_file(real, file)
        yield file
