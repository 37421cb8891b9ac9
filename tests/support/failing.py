"""How a command must fail, for the tests of bad input."""

from __future__ import annotations

from desk import MONDAY, Desk


def fails(desk: Desk, command: str | list[str], code: int, *told: str, at: str = MONDAY) -> None:
    """The command ends with `code` and one sentence that says all of `told`; nothing has changed."""
    before = {path: path.read_bytes() for path in desk.folder.iterdir() if path.is_file()}
    ran = desk.run(command, at=at)
    assert (ran.code, ran.out) == (code, ""), ran
    *usage, sentence = ran.err.splitlines()
    assert sentence.startswith("Error: ")
    assert not usage or usage[0].startswith("Usage: ")
    for words in told:
        assert words in sentence, ran.err
    assert {path: path.read_bytes() for path in desk.folder.iterdir() if path.is_file()} == before
