"""Inputs that mean harm, or are broken: a corpus made by hand, and more of them by chance."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
BOOKS = ("cases", "collections", "insistence", "packages", "requests")

TICKET = '{"ref": "T-1", "book": "collections", "customer": "C-1"%s}'
DOCUMENT = '{"customers": [{"ref": "C-1"%s}], "tickets": [' + TICKET + "]}"

VALUES = (
    "1e400",
    "-1e400",
    "NaN",
    "Infinity",
    "-0",
    "1" * 400,
    "0.1",
    "1e-400",
    "true",
    "null",
    "[]",
    "{}",
    '"2026-02-31"',
    '"2026-13-01"',
    '"0000-00-00"',
    '"9999-12-31"',
    '"2026-03-02T24:00"',
    '"\\u0000"',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u202e"',
    '"\\u001b[2J"',
    '"٣"',
    '"²"',
    '"1_000"',
    '" "',
    '""',
    '"\\""',
    '"a\\nb"',
    '"=1+1"',
    '"../../etc/passwd"',
    '"${HOME}"',
    '"{{ 7 * 7 }}"',
    '"; DROP TABLE ticket; --"',
    '"' + "x" * 5000 + '"',
    "[[[[[[[[[[]]]]]]]]]]",
    '{"a": {"a": {"a": 1}}}',
    '["a", null, 1, {}]',
)
"""Values as JSON writes them, in place of any other."""

BYTES = (
    b"\x00",
    b"\xff",
    b"\xfe\xff",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\x1b[2J",
    b"\r",
    b"\n",
    b"\r\n",
    b"\x85",
    b"\xe2\x80\xa8",
    b'"',
    b"'",
    b",",
    b";",
    b"\t",
    b"|",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"\\",
    b"\\u",
    b"\\ud800",
    b"//",
    b"#",
    b"e999",
    b"-",
    b"sep=;\n",
    b"NaN",
    b"null",
    b"\x1a",
    b"=",
    b"[[",
    b"]]",
    b"{%",
    b"{{",
    b"}}",
    b"%}",
    b"inf",
    b"9" * 5000,
    b"0x" + b"f" * 5000,
    b"/*",
    b"--",
    b"(",
    b")",
)
"""What is put into a source, or in place of a part of it."""


def corpus() -> Iterator[tuple[str, bytes]]:
    """Each input with its name."""
    for number, value in enumerate(VALUES):
        yield f"value {number} of a field", (DOCUMENT % ("", f', "opened": {value}')).encode()
        yield f"value {number} of a customer", (DOCUMENT % (f', "name": {value}', "")).encode()
        yield f"value {number} of a list", (DOCUMENT % ("", f', "proformas": {value}')).encode()
        yield f"value {number} in a line", (TICKET % f', "status": {value}' + "\n").encode() * 2
        yield f"value {number} alone", value.encode()
    for number, some in enumerate(BYTES):
        good = (DOCUMENT % ("", "")).encode()
        yield f"bytes {number} before", some + good
        yield f"bytes {number} after", good + some
        yield f"bytes {number} within", good[:20] + some + good[20:]
        yield f"bytes {number} alone", some
        yield f"bytes {number} in CSV", b"ref,name\nC-1,a" + some + b"b\nC-2,c\n"
        yield f"bytes {number} in a header", b"ref,na" + some + b"me\nC-1,a\n"
    yield from _encodings()
    yield from _twice()
    yield from _cut()


def giants() -> Iterator[tuple[str, bytes]]:
    """Inputs that are large, wide or deep: a megabyte and more each."""
    cell = "x" * 10_000_000
    yield "a cell of 10 MB in JSON", (DOCUMENT % (f', "name": "{cell}"', "")).encode()
    yield "a cell of 10 MB in a line", (TICKET % f', "assignee": "{cell}"').encode()
    yield "a cell of 10 MB in CSV", f"ref,name\nC-1,{cell}\n".encode()
    yield "a quoted cell of 10 MB in CSV", f'ref,name\nC-1,"{cell}\n'.encode()
    yield "a line of 10 MB", cell.encode()
    yield "200,000 columns", (",".join(f"c{n}" for n in range(200_000)) + "\nx\n").encode()
    yield "200,000 known columns", ("ref," * 200_000 + "name\n" + "x," * 200_000 + "y\n").encode()
    yield "200,000 cells in a row", ("ref,name\n" + "C-1," * 200_000 + "\n").encode()
    yield "200,000 keys", json.dumps({f"k{n}": n for n in range(200_000)}).encode()
    yield "200,000 faults", ('{"ref": 1}\n' * 200_000).encode()
    yield "200,000 rows with one ref", ("ref,name\n" + "C-1,a\n" * 200_000).encode()
    yield "200,000 tags", (TICKET % f', "tags": {json.dumps(["t"] * 200_000)}').encode()
    yield "a number of 1,000,000 digits", (TICKET % f', "missed_calls": {"9" * 1_000_000}').encode()
    for depth in (500, 10_000, 1_000_000):
        yield f"lists {depth} deep", b"[" * depth + b"]" * depth
        yield f"objects {depth} deep", b'{"a":' * depth + b"1" + b"}" * depth
        yield f"a value {depth} deep", (TICKET % f', "tags": {"[" * depth}{"]" * depth}').encode()
        yield f"lists {depth} deep, left open", b'{"tickets": ' + b"[" * depth
    yield "blank lines", b"\n" * 2_000_000
    yield "quotation marks", b'ref,name\n"' + b'"",""' * 500_000
    yield "escapes", (DOCUMENT % (', "name": "' + "\\u202e" * 200_000 + '"', "")).encode()


def _encodings() -> Iterator[tuple[str, bytes]]:
    for text in (DOCUMENT % (', "name": "Società ش 😀"', ""), "ref,name\nC-1,Società ش 😀\n"):
        for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "utf-7"):
            yield f"in {encoding}", text.encode(encoding)
        yield "half in UTF-16", text[:30].encode("utf-16") + text[30:].encode()
        for encoding in ("latin-1", "cp1252", "cp1256", "shift-jis", "ebcdic-cp-us"):
            yield f"in {encoding}", text.encode(encoding, "replace")


def _twice() -> Iterator[tuple[str, bytes]]:
    yield "a key twice", (TICKET % ', "ref": "T-2"').encode()
    yield "a key twice, deep", (TICKET % ', "proformas": [{"number": "1", "number": "2"}]').encode()
    yield "a list twice", b'{"customers": [], "customers": [{"ref": "C-1"}]}'
    yield "a ref twice", (TICKET % "" + "\n" + TICKET % "").encode()
    yield "a column twice", b"ref,name,name\nC-1,a,b\n"
    yield "a number twice", (TICKET % ', "proformas": [{"number": "1"}, {"number": "1"}]').encode()
    yield (
        "links in a circle",
        json.dumps(
            [
                {
                    "ref": f"R-{n}",
                    "book": "insistence",
                    "customer": "C-1",
                    "insists_on": f"R-{1 - n}",
                }
                for n in (0, 1)
            ]
        ).encode(),
    )


def _cut() -> Iterator[tuple[str, bytes]]:
    """Good sources that end early."""
    for name, source in sources().items():
        for part in range(0, len(source), max(1, len(source) // 12)):
            yield f"{name}, cut at {part}", source[:part]


# --- sources that are good ---------------------------------------------------------------------------


def sources() -> dict[str, bytes]:
    """A few rows of each book in each layout, as an import takes them."""
    made = {}
    for book, rows in zip(BOOKS, fixtures(), strict=True):
        tickets = rows["tickets"][:3]
        refs = {ticket["customer"] for ticket in tickets}
        customers = [row for row in rows["customers"] if row["ref"] in refs]
        made[f"{book} as a document"] = json.dumps(
            {"customers": customers, "tickets": tickets}, ensure_ascii=False, indent=1
        ).encode()
        made[f"{book} as lines"] = "".join(
            json.dumps(row, ensure_ascii=False) + "\n" for row in (*customers, *tickets)
        ).encode()
        made[f"{book} as a list"] = json.dumps([*customers, *tickets]).encode()
        made[f"{book} as CSV"] = _csv(customers)
        plain = [
            {k: v for k, v in one.items() if not isinstance(v, list | dict)} for one in tickets
        ]
        made[f"{book}'s tickets as CSV"] = _csv(plain)
    proformas = [{"ticket": "T-9", "number": f"PF-{n}", "amount": "12.50"} for n in range(3)]
    made["proformas as CSV"] = _csv(proformas)
    made["notes as CSV"] = b"ticket;at;text\nT-9;2026-03-02;a\n"
    made["states as CSV"] = b"book,state,completed\nrequests,triage,no\n"
    return made


def fixtures() -> list[dict[str, Any]]:
    """The rows of the demo desks, a document for each book."""
    texts = ((ROOT / "fixtures" / f"{book}.json").read_text(encoding="utf-8") for book in BOOKS)
    return [json.loads(text) for text in texts]


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


MAPPED = (
    "docs/examples/ledger",
    "tests/data/maps/freshdesk",
    "tests/data/maps/zendesk",
    *(f"fixtures/maps/{name}" for name in ("zendesk", "freshdesk", "osticket", "zammad", "jira")),
    *(f"fixtures/maps/{name}" for name in ("sap", "event-log")),
)
"""Exports of other programs with their maps: the export, and .toml."""


def mapped() -> list[tuple[bytes, bytes]]:
    """Each export and its map."""
    found = []
    for name in MAPPED:
        (source,) = [
            path
            for path in (ROOT / name).parent.glob(f"{Path(name).name}.*")
            if path.suffix != ".toml"
        ]
        found.append((source.read_bytes(), (ROOT / f"{name}.toml").read_bytes()))
    return found


OWN = ROOT / "fixtures" / "own-book"


def own() -> dict[str, bytes]:
    """The files of a user: settings, and a book with its query and templates, by their names."""
    return {
        str(path.relative_to(OWN)): path.read_bytes() for path in OWN.rglob("*") if path.is_file()
    }


# --- and what chance makes of them ---------------------------------------------------------------------


def mutant(chance: random.Random, source: bytes) -> bytes:
    """A source with one to eight faults in it."""
    text = bytearray(source)
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((0, 0, 1, 1, 2, 5, 40)))
        chance.choice((_put, _put, _value, _flip, _twice_over, _move))(chance, text, start, end)
    return bytes(text)


def _put(chance: random.Random, text: bytearray, start: int, end: int) -> None:
    text[start:end] = chance.choice(BYTES)


def _value(chance: random.Random, text: bytearray, start: int, end: int) -> None:
    """Another value behind the next colon, comma or equals sign."""
    place = max(text.find(mark, start) for mark in (b":", b",", b"=")) + 1
    ends = [found for mark in b",}\n" if (found := text.find(mark, place)) >= 0]
    text[place : min(ends, default=place)] = chance.choice(VALUES).encode()


def _flip(chance: random.Random, text: bytearray, start: int, end: int) -> None:
    if start < len(text):
        text[start] ^= 1 << chance.randrange(8)


def _twice_over(chance: random.Random, text: bytearray, start: int, end: int) -> None:
    text[end:end] = text[start : start + chance.choice((1, 10, 100, 1000))]


def _move(chance: random.Random, text: bytearray, start: int, end: int) -> None:
    part = text[start:end]
    del text[start:end]
    place = chance.randrange(len(text) + 1)
    text[place:place] = part
