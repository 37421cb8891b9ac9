"""What is new of a day's duties since the night before, for `triage --news`."""

from __future__ import annotations

from collections.abc import Sequence

from ..ticketfile.find_backups import find_changed_since, find_night_before
from .duties import Duty, list_duties
from .office import Office
from .triage import Triage, only_waits


class News:
    """Knows what the night before has asked for: to be made before the night of today begins.

    That is worked out anew, as of that night, for the tickets that nothing has happened to since; of
    the others, all is new. `since` is None where there was no night before: then all is new.
    """

    def __init__(self, office: Office, books: Sequence[str], tickets: Sequence[str]) -> None:
        night = find_night_before(office.connection, office.today)
        self.since = None if night is None else night.at
        self._asked = set[tuple[str, str]]()
        if night is None:
            return
        self._changed = find_changed_since(office.connection, night.last_event)
        then = Office(office.connection, office.settings, night.at, None, person=office.person)
        waits = Triage(then, books, tickets, shows=lambda rule: not only_waits(rule), names=False)
        for decision in waits:
            ref = decision.plan.state.ref
            if ref not in self._changed:
                self._asked |= {_name(one) for one in list_duties(decision.plan) if one.is_due}

    def is_new(self, duty: Duty) -> bool:
        """Whether the night before did not ask for it."""
        return self.since is None or _name(duty) not in self._asked


def _name(duty: Duty) -> tuple[str, str]:
    """What tells a duty from others of unchanged tickets: what a rule asks for is due anew each day."""
    return duty.plan.state.ref, duty.step["action"]
