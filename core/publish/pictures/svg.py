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
    """One SVG with the pictures below each other; BadInput if Graphviz is not installed."""
    program = shutil.which("dot")
    if program is None:
        raise BadInput(
            "--format svg needs Graphviz, whose program `dot` is not found: install Graphviz, or"
            " use --format dot or --format mermaid."
        )
    return _stack([_run_graphviz(program, one) for one in drawings])


def _run_graphviz(program: str, drawing: Drawing) -> str:
    """A picture as SVG, drawn by Graphviz."""
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


def _stack(pictures: Sequence[str]) -> str:
    """Put pictures into one: each keeps its size and is moved down."""
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
