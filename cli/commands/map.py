"""prassi map: writes a first map for another program's export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ..options import FILE_NAME, CommonOptions, add_common_options
from ..printing.output import print_json, print_text

if TYPE_CHECKING:
    from ..printing.json_import_rows import FirstMapJson


@click.command("map")
@click.argument("source", type=FILE_NAME)
@add_common_options
def command(common: CommonOptions, source: str) -> None:
    """Write a first map for another program's export (- is stdin), for a person to correct.

    Columns, dates, amounts and ids are guessed from the first rows, with examples beside each line:
    prassi map ledger.csv > ledger.toml; prassi import ledger.csv --map ledger.toml -n --show 3
    """
    from prassi.core.importing.first_map import draft_map  # late: 15 ms

    text = draft_map(source)
    if common.json:
        row: FirstMapJson = {"source": source, "map": text}
        print_json(row)
    else:
        print_text(text.rstrip("\n"))
