"""Keys: shown once, kept as a digest, in a file of their owner's."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from desk import Desk
from prassi.cli.web.keys import KeyFile
from prassi.core.errors import BadInput, FileUnusable


def test_a_key_is_shown_once_and_kept_nowhere(desk: Desk) -> None:
    desk.load()
    ran = desk.good("serve key add giulia --role lead")
    key = ran.out.splitlines()[0]
    kept = (desk.folder / "tickets.db.keys").read_text(encoding="utf-8")
    assert key not in kept
    assert key not in desk.good("serve key list").out
    found = KeyFile(str(desk.file)).find(key)
    assert found is not None
    assert (found.name, found.role) == ("giulia", "lead")


def test_the_keys_are_their_owner_s_only(desk: Desk) -> None:
    desk.load()
    desk.good("serve key add giulia")
    path = desk.folder / "tickets.db.keys"
    assert path.stat().st_mode & 0o777 == 0o600
    os.chmod(path, 0o640)
    ran = desk.run("serve key list")
    assert (ran.code, "chmod 600" in ran.err) == (4, True)


def test_list_and_remove(desk: Desk) -> None:
    desk.load()
    assert desk.good("serve key list").out == "Nobody has a key.\n"
    desk.good("serve key add giulia --lang it -q")
    desk.good("serve key add luca --role read -q")
    rows = desk.good("serve key list --json").rows
    assert [(one["name"], one["role"], one["language"]) for one in rows] == [
        ("giulia", "agent", "it"),
        ("luca", "read", None),
    ]
    desk.good("serve key remove giulia")
    assert [one["name"] for one in desk.good("serve key list --json").rows] == ["luca"]


def test_a_dry_run_makes_and_removes_nothing(desk: Desk) -> None:
    desk.load()
    desk.good("serve key add giulia -n")
    assert desk.good("serve key list --json").rows == []
    desk.good("serve key add giulia -q")
    desk.good("serve key remove giulia -n")
    assert len(desk.good("serve key list --json").rows) == 1
    assert desk.run("serve key remove nobody -n").code == 2


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("serve key add giulia", "has a key already"),
        ("serve key add ''", "is not a name"),
        ("serve key add 'a\x1b[31m'", "is not a name"),
        ("serve key remove giula", "did you mean 'giulia'?"),
        ("serve key add luca --role boss", "is not one of"),
    ],
)
def test_what_can_not_be_is_told(desk: Desk, command: str, said: str) -> None:
    desk.load()
    desk.good("serve key add giulia")
    ran = desk.run(command)
    assert (ran.code, said in ran.err) == (2, True), ran.err


def test_a_file_of_keys_that_is_none_is_told(tmp_path: Path) -> None:
    keys = KeyFile(str(tmp_path / "x.db"))
    for text in ("", "[]", '{"keys": [{"name": 1}]}', "\udcff"):
        Path(keys.path).write_bytes(text.encode("utf-8", "surrogateescape"))
        os.chmod(keys.path, 0o600)
        with pytest.raises(FileUnusable, match="not a file of keys"):
            keys.read()


def test_a_calendar_s_address_goes_with_its_key(tmp_path: Path) -> None:
    keys = KeyFile(str(tmp_path / "x.db"))
    tokens = set()
    for _ in range(2):
        keys.add("giulia", "agent", None, "2026-03-02")
        (key,) = keys.read()
        token = keys.make_calendar_token(key)
        assert keys.find_by_calendar_token(token) == key
        tokens.add(token)
        assert json.loads(Path(keys.path).read_text())["secret"] not in token
        keys.remove("giulia")
        assert keys.find_by_calendar_token(token) is None
    assert len(tokens) == 2
    with pytest.raises(BadInput):
        keys.remove("giulia")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--host 0.0.0.0", "needs --tls-cert and --tls-key, or --behind-proxy"),
        ("--host 192.0.2.1", "needs --tls-cert"),
        ("--tls-cert a.pem", "belong together"),
        ("--behind-proxy", "--name is missing"),
        ("--name https://desk", "--name 'https://desk' is not a name"),
        ("--name desk:8600", "without a port"),
        ("--host ''", "--host is empty"),
        ("--behind-proxy --tls-cert a --tls-key b --name x", "can't be used with --behind-proxy"),
        ("--tls-cert none.pem --tls-key none.pem", "can't be used: no such file"),
        ("", "nobody has a key yet"),
    ],
)
def test_a_server_is_not_started_open_to_all(desk: Desk, options: str, said: str) -> None:
    desk.load()
    ran = desk.run(f"serve {options}")
    assert (ran.code, said in ran.err) == (2, True), ran.err
