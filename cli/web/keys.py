"""Keys: by what the people of a desk sign in at `prassi serve`.

They stand beside the ticket file, in a file of its owner's: of a key only its SHA-256, which is
enough for 256 random bits.
"""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

import hmac
import json
import os
import secrets
import stat
from hashlib import sha256
from typing import NamedTuple

from prassi.core.errors import BadInput, FileUnusable
from prassi.core.system.near_words import find_near

from ..printing.output_file import write_output_file

ROLES = ("read", "agent", "lead")
"""What a person may do: look; record, and take back their own; take back what others did, too. Each
may do what the one before may."""

_LONGEST = 200
"""Characters of a name."""


class PersonKey(NamedTuple):
    """The key of a person, by its digest."""

    name: str
    role: str
    language: str | None
    made_on: str
    digest: str

    def may(self, role: str) -> bool:
        """Whether the person may do what somebody of that role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


class KeyFile:
    """The keys of a ticket file; read anew when they change."""

    def __init__(self, ticket_file: str) -> None:
        self.path = f"{ticket_file}.keys"
        self._stamp: tuple[int, int, int] | None = None
        self._keys = list[PersonKey]()
        self._secret = ""

    def read(self) -> list[PersonKey]:
        """All keys, in the order in which they were made; FileUnusable where others could read them."""
        try:
            status = os.stat(self.path)
        except FileNotFoundError:
            self._stamp, self._keys = None, []
            return []
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        if stamp != self._stamp:
            if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise FileUnusable(f"{self.path} can be read by others: `chmod 600` it.")
            self._keys = self._load()
            self._stamp = stamp
        return self._keys

    def _load(self) -> list[PersonKey]:
        try:
            with open(self.path, encoding="utf-8") as file:
                kept = json.load(file)
            self._secret = str(kept["secret"])
            return [PersonKey(**one) for one in kept["keys"]]
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise FileUnusable(f"{self.path} can't be read: {reason}.") from None
        except (ValueError, KeyError, TypeError):
            raise FileUnusable(
                f"{self.path} is not a file of keys: move it away, and make new keys with"
                " `prassi serve key add`."
            ) from None

    def add(self, name: str, role: str, language: str | None, today: str) -> str:
        """Make a key for a person, and return it: it is kept nowhere. BadInput where the person has
        one, or the name can't be one."""
        name = check_name(name)
        keys = self.read()
        if any(one.name == name for one in keys):
            raise BadInput(
                f"{name} has a key already: remove it with `prassi serve key remove {name}` first."
            )
        key = secrets.token_urlsafe(32)
        self._write([*keys, PersonKey(name, role, language, today, _digest(key))])
        return key

    def remove(self, name: str) -> PersonKey:
        """Remove a person's key; BadInput where there is none."""
        keys = self.read()
        found = next((one for one in keys if one.name == name), None)
        if found is None:
            near = find_near(name, [one.name for one in keys])
            then = f"did you mean {near!r}?" if near else "`prassi serve key list` lists the keys."
            raise BadInput(f"{name!r} has no key; {then}")
        self._write([one for one in keys if one != found])
        return found

    def find(self, key: str) -> PersonKey | None:
        """Whose key this is."""
        digest, found = _digest(key), None
        for one in self.read():
            if hmac.compare_digest(one.digest, digest):
                found = one
        return found

    def find_by_digest(self, digest: str) -> PersonKey | None:
        """The key with that digest, unless it was removed."""
        return next((one for one in self.read() if one.digest == digest), None)

    def make_calendar_token(self, key: PersonKey) -> str:
        """What stands for a person in the address of their calendar; it goes with the key."""
        made = hmac.new(self._secret.encode(), f"calendar {key.digest}".encode(), sha256)
        return made.hexdigest()[:40]

    def find_by_calendar_token(self, token: str) -> PersonKey | None:
        """Whose calendar an address is."""
        found = None
        for one in self.read():
            if hmac.compare_digest(self.make_calendar_token(one).encode(), token.encode()):
                found = one
        return found

    def _write(self, keys: list[PersonKey]) -> None:
        kept = {
            "secret": self._secret or secrets.token_hex(32),
            "keys": [one._asdict() for one in keys],
        }
        text = json.dumps(kept, ensure_ascii=False, indent=1)
        write_output_file(self.path, text.encode("utf-8"), mode=0o600)
        self._stamp = None


def check_name(name: str) -> str:
    """A person's name in its plain form; BadInput where it can't be one."""
    plain = " ".join(name.split())
    if not plain or not plain.isprintable() or len(plain) > _LONGEST:
        raise BadInput(f"NAME {name!r} is not a name; give one, such as giulia.")
    return plain


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
