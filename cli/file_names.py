"""Names of files and folders on the command line."""

from __future__ import annotations

import click


class FileNameType(click.ParamType[str]):
    """A name that can stand in a sentence: not empty, on one line, and without a blank before it."""

    name = "text"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        name = str(value)
        if not name:
            self.fail("it is empty; give a name.", param, ctx)
        if "\n" in name:
            self.fail(f"{name!r} has a line break; give one name at a time.", param, ctx)
        return f"./{name}" if name[:1].isspace() else name


FILE_NAME = FileNameType()
