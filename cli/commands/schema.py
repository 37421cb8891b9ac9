"""prassi schema: JSON schemas of files and of what --json prints."""

from __future__ import annotations

import json

import click
from prassi.core.errors import BadInput

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json_pieces


@click.command("schema")
@click.argument("shape", metavar="SHAPE")
@add_common_options
def command(common: CommonOptions, shape: str) -> None:
    """Print the JSON schema (2020-12) of a file, or of what --json prints.

    SHAPE is book, settings, map or scenario for the files that you write, or a shape that commands
    print, such as decision or ticket; docs/json.md has all of them. The schemas of maps and tickets
    know the books there are.
    """
    from prassi.core.library.library import Shelf  # late: 60 ms
    from prassi.core.publish.schemas import SHAPES, make_schema
    from prassi.core.system.near_words import find_near

    from ..printing.json_shapes import PRINTED

    shapes = (*SHAPES, *PRINTED)
    if shape not in shapes:
        near = find_near(shape, shapes)
        then = f"did you mean {near!r}?" if near else f"there are {', '.join(shapes)}."
        raise BadInput(f"SHAPE {shape} is not known; {then}")
    schema = make_schema(shape, Shelf(common.load_settings()).sound(), PRINTED)
    indent = None if common.json else 2
    print_json_pieces([json.dumps(schema, ensure_ascii=False, indent=indent), "\n"])
