"""prassi init: makes an empty ticket file."""

from __future__ import annotations

import click

from ..options import CommonOptions, add_common_options
from ..printing.output import print_json, print_text


@click.command("init")
@add_common_options
def command(common: CommonOptions) -> None:
    """Make an empty ticket file."""
    from prassi.core.ticketfile.connect import check_free  # late: 6 ms
    from prassi.core.ticketfile.open import create_file

    if common.dry_run:
        check_free(common.file)
    else:
        create_file(common.file).close()
    if common.json:
        print_json({"file": common.file, "applied": not common.dry_run})
    elif not common.quiet:
        made = "would be made" if common.dry_run else "is made; fill it with `prassi import`"
        print_text(f"{common.file} {made}.")
