"""The people of the desk: those who have a role, and those to whom tickets are assigned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import BadInput
from ..library.settings import Settings
from ..system.near_words import find_near
from ..ticketfile.read_tickets import read_assignees
from ..ticketfile.sqlite import Connection

if TYPE_CHECKING:  # the office takes 10 ms, and lists need none
    from .office import Office


def list_people(settings: Settings, connection: Connection) -> list[str]:
    """Everybody whom the settings or the ticket file name, in alphabetical order."""
    return sorted(settings.people | {*read_assignees(connection)})


def check_person(office: Office, option: str, person: str) -> None:
    """BadInput where a name is near that of somebody of the desk, but is nobody's; any other new
    name is taken."""
    people = list_people(office.settings, office.connection)
    if person not in people and (near := find_near(person, people)) is not None:
        raise BadInput(f"{option} {person}: there is nobody of that name; did you mean {near!r}?")
