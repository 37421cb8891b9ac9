"""Whether the tables, indexes, views and triggers of a file are those that Prassi makes.

A view or a trigger of somebody else could change what is read or written, so a file with one is not
opened. What other tools leave behind that changes nothing is told apart: the tables of ANALYZE, WAL
mode and auto_vacuum, which `verify --mend` puts right.
"""

from __future__ import annotations

from ..errors import FileUnusable
from ..system.fast_hash import load_sha256
from ..system.records import NamedTuple
from . import schema
from .sqlite import Connection

DIGESTS = {
    1: "447dce9ef3629a64c4f5dd9dc6cbbfcec4ed080ea1e1a383f1e78a45bece74df",
    2: "5a519946e0d595fa66abc9f067f87b4c5eb5a634c08080ebba3f99474fc1e1ab",
    3: "b291d05c85085084c9107d5d5b1963d9c0f0e2b58612c1e60dd449163361a423",
}
"""SHA-256 of the objects of each schema, in order, as SQLite 3.40 writes them."""

_MOST = 1_000
_LONGEST = 20_000
_FOUND = (
    f"SELECT type, name, tbl_name, substr(sql, 1, {_LONGEST}) FROM sqlite_schema"
    f" ORDER BY type, name LIMIT {_MOST}"
)
"""As schema.OBJECTS, but no more of it than is needed to tell a file of somebody else."""

STATISTICS = ("sqlite_stat1", "sqlite_stat3", "sqlite_stat4")

WAL_MODE = "it is in WAL mode"
AUTO_VACUUM = "auto_vacuum is on"
_IN_WAL_MODE = b"\x02\x02"


class SchemaDifference(NamedTuple):
    """A table, index, view or trigger that is missing, is another one, or does not belong there."""

    kind: str
    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name} {self.what}"


def find_differences(connection: Connection, version: int) -> list[SchemaDifference]:
    """How the schema of a file differs from that of a version; what is harmless is left out."""
    known = min(max(version, 1), schema.VERSION)
    rows = [row for row in connection.execute(_FOUND) if row[1] not in STATISTICS]
    if _digest(rows) == DIGESTS[known]:
        return []
    # Another SQLite may word what it altered in another way: this one is asked, which takes 80 ms.
    wanted = {(kind, name): rest for kind, name, *rest in schema.schema_objects(known)}
    found = {(kind, name): rest for kind, name, *rest in rows}
    return [
        SchemaDifference(*key, _describe(wanted.get(key), found.get(key)))
        for key in sorted({*wanted, *found}, key=str)
        if wanted.get(key) != found.get(key)
    ]


def _digest(rows: list[tuple[str, ...]]) -> str:
    return load_sha256(many=False)(repr(rows).encode("utf-8", "surrogatepass")).hexdigest()


def _describe(wanted: object, found: object) -> str:
    if found is None:
        return "is missing"
    return "does not belong in a ticket file" if wanted is None else "is not as Prassi makes it"


def check_schema(path: str, connection: Connection, version: int) -> None:
    """FileUnusable where a file has another schema than its version has."""
    differences = find_differences(connection, version)
    if differences:
        raise FileUnusable(
            f"{path} can't be trusted: {differences[0]}. `prassi verify` tells all that is wrong;"
            " take the newest backup, or have its owner put that right."
        )


def find_harmless(connection: Connection, head: bytes) -> list[str]:
    """What other tools have left in a file that changes nothing, from its schema and its header."""
    named = ", ".join(f"'{name}'" for name in STATISTICS)
    tables = connection.execute(f"SELECT name FROM sqlite_schema WHERE name IN ({named})")
    found = [f"it has the table {name} of ANALYZE" for (name,) in tables]
    if head[18:20] == _IN_WAL_MODE:
        found.append(WAL_MODE)
    if any(head[52:56] + head[64:68]):
        found.append(AUTO_VACUUM)
    return found
