"""A first map for an export that nobody has described yet, which a person then corrects."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from ..errors import BadInput
from ..system.language import say
from . import csv_rows, json_rows, sources, workbooks
from .column_guesses import Column, guess_column
from .column_roles import assign_roles, hint_of
from .map_lines import (
    WIDTH,
    add_comment,
    describe_column,
    flatten,
    format_line,
    list_examples,
    quote,
)
from .rows_and_faults import Broken
from .sources import Source

_ROWS = 1000
"""Rows that are looked at."""
_HEAD = 30
"""Rows among which the header is looked for."""


class Sample(NamedTuple):
    """The first rows of an export: what the file is like, its columns, and a list of cells for each.

    `thin` is the number of rows with few cells, such as totals; their cells are not there.
    """

    facts: list[str]
    top: list[str]
    cells: dict[str, list[object]]
    repeated: frozenset[str]
    rows: int
    thin: int = 0


def draft_map(path: str) -> str:
    """The text of a map for a source; BadInput where it can't be read."""
    source = Source(0, path)
    try:
        sample = _read_sample(source)
    except Broken as error:
        raise BadInput(f"{source.name}:{error.line}: {error.reason}.") from None
    columns = [
        guess_column(name, cells, hint_of(name), name in sample.repeated)
        for name, cells in sample.cells.items()
    ]
    written = "\n".join(_write(source.name, sample, columns))
    return "\n".join([written, *_write_rest(columns, written)]) + "\n"


# --- reading ------------------------------------------------------------------------------------------


def _read_sample(source: Source) -> Sample:
    with sources.open_bytes(source) as file:
        start = file.tell()
        if sources.begins_with(file, workbooks.BEGINNING):
            records = list(islice(workbooks.read_records(source.name, file, None), _ROWS + _HEAD))
            return _tabulate(records, [say("a workbook, its first sheet")], [])
        for encoding in (None, "cp1252"):
            file.seek(start)
            try:
                with sources.decode(source, file, encoding) as (head, lines):
                    kept = list(islice(lines, 2 * _ROWS))
            except Broken:
                if encoding is not None:
                    raise
                continue
            top = [f'encoding = "{encoding}"'] if encoding else []
            told = [say("text in {encoding}").format(encoding=encoding or "UTF-8")]
            return _of_json(kept, head) if sources.is_json(head) else _of_csv(kept, told, top)
    raise AssertionError("one of the encodings reads any text")


def _of_csv(lines: Sequence[str], told: list[str], top: list[str]) -> Sample:
    best: list[csv_rows.Record] = []
    delimiter, most = ",", -1
    for one in csv_rows.DELIMITERS:
        found = list(csv_rows.read_records(lines, lambda *_: None, one))[: _ROWS + _HEAD]
        width = _measure_width(found)
        count = sum(len(cells) == width > 1 for _, cells in found)
        if count > most or (count == most and width > _measure_width(best)):
            best, delimiter, most = found, one, count
    name = say("a tab") if delimiter == "\t" else delimiter
    facts = [say("CSV with {name} between cells").format(name=name), *told]
    return _tabulate(best, facts, top)


def _measure_width(records: Sequence[csv_rows.Record]) -> int:
    """How many cells the longest row has; 0 where there are no rows."""
    return max((len(cells) for _, cells in records), default=0)


def _tabulate(
    records: Sequence[tuple[int, Sequence[object]]], told: list[str], top: list[str]
) -> Sample:
    """The columns of a table, whose header is the first row with about as many names as there are
    columns and no figures."""
    if not records:
        raise BadInput("there are no rows in it; give an export with some.")
    most = max(sum(cell not in (None, "") for cell in cells) for _, cells in records)
    place = next((n for n, (_, cells) in enumerate(records[:_HEAD]) if _is_header(cells, most)), 0)
    line, header = records[place]
    names = [" ".join(str(cell or "").split()) for cell in header]
    cells: dict[str, list[object]] = {name: [] for name in names if name}
    rows = records[place + 1 :][:_ROWS]
    thin = 0
    for _, row in rows:
        if sum(cell not in (None, "") for cell in row) * 2 < most:
            thin += 1
            continue
        seen = set()
        for name, cell in zip(names, row, strict=False):
            if name and not (name in seen and cell in (None, "")):
                cells[name].append(cell)
                seen.add(name)
    repeated = frozenset(name for name in cells if names.count(name) > 1)
    top = [*top, f"header = {line}"] if place else top
    return Sample(
        [*told, say("header on line {line}").format(line=line)],
        top,
        cells,
        repeated,
        len(rows) - thin,
        thin,
    )


def _is_header(cells: Sequence[object], most: int) -> bool:
    named = [cell for cell in cells if cell not in (None, "")]
    texts = all(isinstance(cell, str) and not cell[:1].isdigit() for cell in named)
    return texts and len(named) * 5 >= most * 4


def _of_json(lines: Sequence[str], head: Sequence[str]) -> Sample:
    path, text = "", "".join(head).lstrip()
    if text.startswith("{"):
        path = _find_list(lines)
    cells: dict[str, list[object]] = {}
    listed, rows = set[str](), 0
    parts = tuple(part for part in path.split(".") if part)
    try:
        for _, row in json_rows.foreign(iter(lines), head, parts, lambda *_: None):
            rows += 1
            for name, value in _flatten(row):
                listed |= {name} if isinstance(value, list) else set()
                plain = " ".join(map(str, value)) if isinstance(value, list) else value
                cells.setdefault(name, []).append(plain)
            if rows >= _ROWS:
                break
    except Broken:  # the sample may end in the middle of a value
        if not rows:
            raise
    top = [f'rows = "{path}"'] if path else []
    return Sample(["JSON"], top, cells, frozenset(listed), rows)


def _find_list(lines: Sequence[str]) -> str:
    """Where the list of rows stands in a JSON document; empty for an object a line."""
    try:
        document = json.loads("".join(lines))
    except (ValueError, RecursionError):
        return ""
    lists = {
        k: v for k, v in document.items() if isinstance(v, list) and v and isinstance(v[0], dict)
    }
    return max(lists, key=lambda key: len(lists[key])) if lists else ""


def _flatten(row: Mapping[str, object], before: str = "") -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{before}{name}.")
        elif not (isinstance(value, list) and value and isinstance(value[0], dict | list)):
            yield before + name, value


# --- writing ------------------------------------------------------------------------------------------


def _write(name: str, sample: Sample, columns: Sequence[Column]) -> Iterator[str]:
    roles = assign_roles(columns)
    is_ledger = "amount" in roles and ("number" in roles or "due" in roles)
    short = flatten(os.path.basename(name))
    yield f"# {say('A first map for {file}:').format(file=short)}"
    yield f"# {', '.join(sample.facts)}."
    told = say("Guessed from {rows} rows: check each line, correct it, and try it:")
    yield f"# {told.format(rows=sample.rows)}"
    yield f"#     prassi import {short} --map THIS-FILE -n --show 3"
    yield from sample.top
    yield from _write_skip(roles, sample) if is_ledger else ()
    yield from _write_customer(roles)
    yield from _write_ledger(roles) if is_ledger else _write_ticket(roles, columns)


def _write_skip(roles: Mapping[str, Column], sample: Sample) -> Iterator[str]:
    """Rows without a number are totals and headings."""
    number = roles.get("number")
    without = sample.thin + (sample.rows - len(number.values) if number else 0)
    if number is not None and without:
        yield ""
        yield "[skip]"
        told = say("rows without it, such as totals: {count}")
        yield f'{quote(number.name)} = [""]   # {told.format(count=without)}'


def _write_customer(roles: Mapping[str, Column]) -> Iterator[str]:
    yield ""
    yield "[customer]"
    key = _customer_key(roles)
    yield format_line(
        "ref", key, say("name the column that tells one customer from another"), 'prefix = "C-"'
    )
    for field in ("name", "email", "phone", "language"):
        if field in roles:
            yield format_line(field, roles[field])
    if "name" not in roles and key is not None and key.kind in ("text", "words"):
        yield f"name = {quote(key.name)}"
    if "language" not in roles:
        told = say("of the messages they get: it, es, ru, ar or en")
        yield f'language = {{ const = "it" }}   # {told}'


def _customer_key(roles: Mapping[str, Column]) -> Column | None:
    return next((roles[f] for f in ("customer", "email", "name") if f in roles), None)


def _write_ledger(roles: Mapping[str, Column]) -> Iterator[str]:
    yield ""
    yield f"[ticket]                     # {say('one for each customer')}"
    yield format_line("ref", _customer_key(roles), say("the customer's column"), 'prefix = "AR-"')
    one_of = say("one of `prassi book list`")
    yield f'book = {{ const = "collections" }}   # {one_of}'
    yield ""
    yield f"[items.proformas]            # {say('one for each row')}"
    yield format_line("number", roles.get("number"), say("name the column of the invoice's number"))
    yield _amount_line(roles)
    if "currency" in roles:
        yield _currency_line(roles["currency"])
    issued = roles.get("issued") or roles.get("due")
    if issued is not None:
        yield format_line("issued", issued)
    if "paid" in roles:
        yield format_line("paid", roles["paid"])


def _amount_line(roles: Mapping[str, Column]) -> str:
    amount = roles["amount"]
    below = sum("-" in text or "(" in text for text in amount.values)
    if "credit" in roles:
        sides = f"debit = {quote(amount.name)}, credit = {quote(roles['credit'].name)}"
    else:
        sides = f"column = {quote(amount.name)}"
    negative = ', negative = "credit"' if below or "credit" in roles else ""
    told = say(" ({count} below zero: credit notes? else 'skip')")
    about = told.format(count=below) if below else ""
    line = f'amount = {{ {sides}, decimal = "{amount.decimal}"{negative} }}'
    return add_comment(line, f"{list_examples(amount)}{about}")


def _currency_line(column: Column) -> str:
    """The currency, with ISO codes for other words."""
    codes = {word: _CODES.get(word.upper(), word.upper()) for word in column.words}
    if all(word == code for word, code in codes.items()):
        return format_line("currency", column)
    words = ", ".join(f"{quote(word)} = {quote(code)}" for word, code in codes.items())
    return f"currency = {{ column = {quote(column.name)}, values = {{ {words} }} }}"


_CODES = {"EURO": "EUR", "€": "EUR", "$": "USD", "US$": "USD", "£": "GBP"}


def _write_ticket(roles: Mapping[str, Column], columns: Sequence[Column]) -> Iterator[str]:
    ref = roles.get("ref") or next((one for one in columns if _is_id(one)), None)
    stamp = roles.get("opened") or next((one for one in columns if one.kind == "moment"), None)
    is_log = ref is not None and not ref.is_unique and stamp is not None
    yield ""
    of_log = say("of many rows: this is a log of events")
    yield f"[ticket]{f'                     # {of_log}' if is_log else ''}"
    yield format_line(
        "ref", ref, say("name the column that tells one ticket from another"), 'prefix = "T-"'
    )
    one_of = say("one of `prassi book list`")
    yield f'book = {{ const = "requests" }}     # {one_of}'
    of_book = say("a field of that book")
    yield f'type = {{ const = "support" }}      # {of_book}'
    if is_log and (customer := _customer_key(roles)) is not None:
        yield format_line("customer", customer, extra='prefix = "C-", take = "first"')
    if stamp is not None and (is_log or "opened" in roles):
        yield format_line("opened", stamp, extra='take = "first"' if is_log else "")
    if "assignee" in roles:
        yield format_line("assignee", roles["assignee"], extra='take = "last"' if is_log else "")
    if "tags" in roles:
        yield format_line(
            "tags", roles["tags"], extra="" if roles["tags"].is_repeated else 'split = ","'
        )
    texts = [roles[field].name for field in ("subject", "description") if field in roles]
    if texts:
        named = ", ".join(map(quote, texts))
        yield f'text = {{ column = [{named}], join = ": " }}' if texts[1:] else f"text = {named}"
    status = roles.get("status") or (_find_words(columns) if is_log else None)
    if status is not None:
        yield from _write_words("status", status, lambda _: "new", is_log)
    if "priority" in roles:
        yield from _write_words("priority", roles["priority"], _priority, is_log)
    if is_log and stamp is not None:
        yield from _write_log(stamp, _find_words(columns))


def _is_id(column: Column) -> bool:
    return column.kind == "id" and column.is_unique


def _find_words(columns: Sequence[Column]) -> Column | None:
    """The column of a log that says what happened: the first one of words with several of them."""
    return next((one for one in columns if one.kind == "words" and len(one.words) > 1), None)


def _write_words(
    field: str, column: Column, ours: Callable[[str], str], is_log: bool
) -> Iterator[str]:
    """A field whose words are ours; theirs stand beside, a line each."""
    yield ""
    yield f"[ticket.{field}]"
    yield format_line("column", column)
    if is_log:
        yield 'take = "last"'
    yield f"[ticket.{field}.values]      # {say('our word for each of theirs')}"
    for word, count in column.words.most_common():
        yield f"{quote(word)} = {quote(ours(word))}   # {count}"


def _write_log(stamp: Column, said: Column | None) -> Iterator[str]:
    """Each row of a log becomes a note."""
    yield ""
    yield f"[notes]                      # {say('one for each row')}"
    yield format_line("at", stamp)
    yield format_line("text", said, say("name the column that says what happened"))
    yield ""
    yield "[source]"
    yield f"order = {quote(stamp.name)}   # {say('the rows of a ticket in their order')}"


_PRIORITIES = (
    (
        "blocking",
        ("urgent", "critical", "blocker", "highest", "bloccante", "very high", "emergency"),
    ),
    ("high", ("high", "alta", "major", "hoch")),
    ("low", ("low", "bassa", "minor", "trivial", "niedrig", "lowest")),
)


def _priority(word: str) -> str:
    plain = word.lower()
    return next((ours for ours, theirs in _PRIORITIES if any(t in plain for t in theirs)), "medium")


def _write_rest(columns: Sequence[Column], written: str) -> Iterator[str]:
    rest = [column for column in columns if quote(column.name) not in written]
    if rest:
        yield ""
        yield f"# {say('Columns that are not used:')}"
    for column in rest:
        line = f"# {quote(column.name)}: {describe_column(column)}"
        yield line if len(line) <= WIDTH else f"{line[: WIDTH - 1].rstrip('…')}…"
