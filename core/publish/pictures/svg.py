"""Pictures as SVG, laid out by Graphviz where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence

from ...errors import BadInput
from .drawing import Drawing
from .formats import write_dot

_SIZE = re.compile(r'<svg width="([0-9.]+)pt" height="([0-9.]+)pt"')


def write_svg(drawings: Sequence[Drawing]) -> str:
    """One SVG with the pictures below each other; BadInput where there is no Graphviz."""
    program = shutil.which("dot")
    if program is None:
        raise BadInput(
            "--format svg needs Graphviz, whose program `dot` is not found: install Graphviz, or"
            " take --format dot or --format mermaid."
        )
    return _below_each_other([_laid_out(program, one) for one in drawings])


def _laid_out(program: str, drawing: Drawing) -> str:
    """A picture as Graphviz draws it."""
    ran = subprocess.run(
        [program, "-Tsvg"],
        input=write_dot([drawing]),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if ran.returncode != 0 or "<svg" not in ran.stdout:
        reason = next(iter(ran.stderr.strip().splitlines()), "it said nothing")
        raise BadInput(f"Graphviz could not draw {drawing.of} of {drawing.book}: {reason}.")
    return ran.stdout[ran.stdout.index("<svg") :]


def _below_each_other(pictures: Sequence[str]) -> str:
    """Pictures in one: each keeps its own measures and is moved down."""
    if len(pictures) == 1:
        return pictures[0]
    inside, width, down = [], 0.0, 0.0
    for picture in pictures:
        size = _SIZE.search(picture)
        inside.append(picture.replace("<svg ", f'<svg y="{down:g}pt" ', 1))
        width, down = (
            max(width, float(size[1]) if size else 0),
            down + float(size[2] if size else 0),
        )
    head = f'<svg width="{width:g}pt" height="{down:g}pt" xmlns="http://www.w3.org/2000/svg">'
    return "\n".join([head, *inside, "</svg>"]) + "\n"
