"""The people of the desk: those who have a role, and those to whom tickets are assigned."""

from __future__ import annotations

from ..errors import BadInput
from ..system.near_words import find_near
from ..ticketfile.read_tickets import read_assignees
from .office import Office


def list_people(office: Office) -> list[str]:
    """Everybody whom the settings or the ticket file name, in alphabetical order."""
    return sorted(office.settings.people | {*read_assignees(office.connection)})


def check_person(office: Office, option: str, person: str) -> None:
    """BadInput where a name is near that of somebody of the desk, but is nobody's; any other new
    name is taken."""
    people = list_people(office)
    if person not in people and (near := find_near(person, people)) is not None:
        raise BadInput(f"{option} {person}: there is nobody of that name; did you mean {near!r}?")
