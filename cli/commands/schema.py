"""prassi schema: JSON schemas of what --json prints."""

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
    """Print the JSON schema (2020-12) of what --json prints.

    SHAPE is decision, event, line, duty, total, entry, message or ticket; docs/json.md says which
    command prints which. The schema of a ticket has a part for each book there is.
    """
    from prassi.core.library.library import Shelf  # late: 60 ms
    from prassi.core.publish.json_schema import SHAPES, make_schema
    from prassi.core.system.near_words import find_near

    if shape not in SHAPES:
        near = find_near(shape, SHAPES)
        then = f"did you mean {near!r}?" if near else f"there are {', '.join(SHAPES)}."
        raise BadInput(f"SHAPE {shape} is not known; {then}")
    schema = make_schema(shape, Shelf(common.load_settings()).sound())
    indent = None if common.json else 2
    print_json_pieces([json.dumps(schema, ensure_ascii=False, indent=indent), "\n"])
