"""Rows of a list: in columns for people, as JSON or CSV for programs, in the columns that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial, wraps
from itertools import islice
from typing import Any, NamedTuple

import click
from prassi.core.errors import BadInput
from prassi.core.system.fast_json import encode

from ..options import FILE_NAME, CommonOptions
from .columns import Cell, format_table, measure_screen
from .output import print_json, print_plain_table, print_text
from .spreadsheet import add_csv_options, print_csv

Row = Mapping[str, Any]
"""The values of a row by the keys of its JSON."""

_PAGE = 500
"""Rows that are laid out together; the columns of the next ones may be as wide as they need."""


class RowOptions(NamedTuple):
    """How rows are printed: in which columns, with heads or without, or into which spreadsheet."""

    columns: str | None = None
    no_header: bool = False
    xlsx: str | None = None


class RowView(NamedTuple):
    """Rows as people or their spreadsheets get them unless they name columns: heads, and the cells of
    a row."""

    heads: Sequence[str]
    make_cells: Callable[[Row], Sequence[Cell]]


View = Callable[[Iterable[Row], bool], bool]
"""Prints rows, with heads or without; says whether there were any."""


class ColumnNames(click.ParamType[str]):
    """Names of columns, separated by commas; a shell completes those that `list_names` gives."""

    name = "text"

    def __init__(self, list_names: Callable[[], Sequence[str]]) -> None:
        self.list_names = list_names


def make_columns_option(
    metavar: str, list_names: Callable[[], Sequence[str]] = tuple
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The option --columns; without names, a shell completes what `metavar` stands for."""
    return click.option(
        "--columns",
        metavar=metavar,
        type=ColumnNames(list_names),
        help="These columns, by the keys of --json.",
    )


add_header_option = click.option(
    "--no-header", is_flag=True, help="Print no heads above columns and CSV."
)


_WORKBOOK_OPTIONS = (
    click.option(
        "--xlsx", type=FILE_NAME, metavar="FILE", help="Write a spreadsheet (needs prassi[sheets])."
    ),
    click.option("--force", is_flag=True, help="Replace that file where it exists."),
)


def add_row_options(
    list_names: Callable[[], Sequence[str]], has_files: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command --columns, --no-header, --csv, --raw, --xlsx and --force; it gets --csv and --raw
    with its `CommonOptions`, the others as `row_options`.

    A command that writes other files too, which `has_files` says, has its own --xlsx and --force.
    """
    add_columns = make_columns_option("KEY,...", list_names)
    return partial(_add_row_options, add_columns, () if has_files else _WORKBOOK_OPTIONS)


def add_sheet_options(command: Callable[..., None]) -> Callable[..., None]:
    """The same for a command that prints sheets, whose columns are those of a book."""
    return _add_row_options(make_columns_option("COLUMN,..."), _WORKBOOK_OPTIONS, command)


def add_line_options(command: Callable[..., None]) -> Callable[..., None]:
    """The same for a command that prints tickets, a line each, whose columns are fields."""
    return _add_row_options(make_columns_option("C,..."), _WORKBOOK_OPTIONS, command)


def _add_row_options(
    add_columns: Callable[[Callable[..., None]], Callable[..., None]],
    workbook_options: Sequence[Callable[[Callable[..., None]], Callable[..., None]]],
    command: Callable[..., None],
) -> Callable[..., None]:
    @wraps(command)
    def with_options(*given: Any, columns: str | None, no_header: bool, **options: Any) -> None:
        xlsx = None
        if workbook_options:
            xlsx, force = options.pop("xlsx"), options.pop("force")
            _check_workbook(
                xlsx, force, [f"--{one}" for one in ("csv", "json") if options.get(one)]
            )
        command(*given, row_options=RowOptions(columns, no_header, xlsx), **options)

    made = add_csv_options(with_options)
    for option in reversed(workbook_options):
        made = option(made)
    return add_columns(add_header_option(made))


def _check_workbook(path: str | None, force: bool, others: Sequence[str]) -> None:
    """BadInput where a spreadsheet that is asked for can't be written."""
    if path is None:
        return
    if others:
        option, other = "--xlsx", others[0]
        raise BadInput(f"{option} can't be used with {other}: give one.")
    from .workbook import check_workbook  # late: 150 ms with openpyxl

    check_workbook(path, force)


def find_row_option(common: CommonOptions, options: RowOptions) -> str | None:
    """An option of lists that was given, for a command that does not always list."""
    given = {
        "--columns": options.columns is not None,
        "--no-header": options.no_header,
        "--csv": common.csv,
        "--xlsx": options.xlsx is not None,
    }
    return next((option for option, is_given in given.items() if is_given), None)


def split_names(option: str, given: str | None) -> tuple[str, ...]:
    """The names of an option, separated by commas; none where it was not given."""
    names = tuple(name.strip() for name in given.split(",")) if given is not None else ()
    if "" in names:
        raise BadInput(f"{option} {given!r} has an empty name: write names separated by commas.")
    return names


def choose_columns(columns: str | None, known: Sequence[str]) -> Sequence[str]:
    """The columns that are asked for, else all there are; BadInput where one is none of them."""
    if columns is None:
        return known
    from prassi.core.desk.query_fields import check_column  # late: 30 ms

    names = split_names("--columns", columns)
    for name in names:
        check_column("--columns", name, known)
    return names


def print_rows(
    common: CommonOptions,
    options: RowOptions,
    names: Sequence[str],
    rows: Iterable[Row],
    view: View | None = None,
    csv: RowView | None = None,
) -> bool:
    """Print rows as they come; whether there were any.

    `names` are the keys of a row; one of another kind may lack some. `view` prints rows for people,
    and `csv` has the columns of their spreadsheets, as long as no columns are named.
    """
    chosen = choose_columns(options.columns, names)
    if common.json:
        return _print_objects(chosen, rows, whole=options.columns is None)
    all_of_row = RowView(chosen, lambda row: [show_cell(row.get(name)) for name in chosen])
    heads, make_cells = csv if csv is not None and options.columns is None else all_of_row
    if options.xlsx is not None:
        return _write_rows(options.xlsx, heads, map(make_cells, rows))
    if common.csv:
        return print_csv(heads, map(make_cells, rows), common.raw, head=not options.no_header)
    if view is None or options.columns is not None:
        view = print_wrapped(all_of_row)
    return view(rows, not options.no_header)


def _write_rows(path: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bool:
    """Write rows into a spreadsheet, whose sheet is called as the command is; True, as they are told."""
    from .workbook import write_workbook

    write_workbook(path, click.get_current_context().info_name or "", heads, rows)
    return True


def tell_nothing(common: CommonOptions, sentence: str) -> None:
    """Tell people that there are no rows; programs see it."""
    if not (common.json or common.csv or common.quiet):
        print_text(sentence)


def _print_objects(names: Sequence[str], rows: Iterable[Row], whole: bool) -> bool:
    """Print rows as objects; whole ones have no key that their kind of row does not have."""
    any_rows = False
    for row in rows:
        any_rows = True
        print_json({name: row.get(name) for name in names if not whole or name in row})
    return any_rows


def print_wrapped(view: RowView) -> View:
    """Prints rows in columns that are wrapped to the screen, a page at a time."""

    def print_pages(rows: Iterable[Row], with_heads: bool) -> bool:
        cells: Iterator[Sequence[Cell]] = map(view.make_cells, rows)
        any_rows = False
        while page := list(islice(cells, _PAGE)):
            any_rows = True
            for line in format_table(page, view.heads, measure_screen(), with_heads):
                print_text(line)
        return any_rows

    return print_pages


def print_plain(view: RowView) -> View:
    """Prints rows a line each, in columns as wide as their cells are."""

    def print_table(rows: Iterable[Row], with_heads: bool) -> bool:
        cells = [[str(cell) for cell in view.make_cells(row)] for row in rows]
        if cells:
            print_plain_table(cells, view.heads if with_heads else ())
        return bool(cells)

    return print_table


def show_cell(value: object) -> Cell:
    """A value of JSON as a cell of a table."""
    match value:
        case None | False:
            return ""
        case True:
            return "yes"
        case int():
            return value
        case list() | tuple():
            return ", ".join(map(str, value))
        case dict():
            return encode(value)
    return str(value)
