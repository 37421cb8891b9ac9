"""Assigning tickets, one or many in one step, and giving back those that were lent until a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..decision.inputs import Label
from ..errors import BadInput, Refused, Undecided
from ..system.records import NamedTuple
from ..ticketfile.loans import find_loans_over
from ..ticketfile.packed_plans import pack_plans
from ..ticketfile.read_tickets import find_assigned_to
from .office import Office, PlanResult

ASSIGN = "assign"
"""The event; every book has it."""


class Reassignment(NamedTuple):
    """What became of the tickets that were to change hands: the plans, and why others were left, by ref."""

    results: list[PlanResult]
    left: dict[str, str]


def assign_tickets(
    office: Office, refs: Sequence[str], given: Mapping[str, object], label: Label
) -> list[PlanResult]:
    """Assign tickets in one transaction: all of them, or none. Raises what stands against one of
    them, with its ref."""
    found = _assign_all(office, refs, given, label)
    for ref, why in found.left.items():
        raise Refused(why if why.startswith(ref) else f"{ref}: {why}")
    return found.results


def assign_all_of(
    office: Office, person: str, given: Mapping[str, object], label: Label
) -> Reassignment:
    """Assign all open tickets of a person in one transaction; those whose procedure refuses it are
    left. BadInput where the person has none."""
    refs = find_assigned_to(office.connection, person)
    if not refs:
        raise BadInput(f"no open ticket is assigned to {person}.")
    return _assign_all(office, refs, given, label, leave=True)


def give_back(office: Office, left: dict[str, str]) -> Iterator[PlanResult]:
    """Give back the tickets that somebody had until a day that has come; `left` gets the reason, by
    ref, why one stays, as where its book is faulty."""
    for loan in find_loans_over(office.connection, office.today):
        given = {} if loan.before is None else {"who": loan.before}
        try:
            yield office.handle(loan.ticket, ASSIGN, given, str)
        except BadInput as error:
            left[loan.ticket] = error.first
        except (Refused, Undecided) as error:
            left[loan.ticket] = str(error)


def _assign_all(
    office: Office,
    refs: Sequence[str],
    given: Mapping[str, object],
    label: Label,
    leave: bool = False,
) -> Reassignment:
    """Assign tickets; where one can't be and is not to be left, nothing is written."""
    found = Reassignment([], {})
    if office.writer is None:
        for ref in refs:
            _note_plan(office, ref, given, label, found, leave)
        return found
    with office.writer.transaction() as events:
        for ref in refs:
            _note_plan(office, ref, given, label, found, leave)
            if found.left and not leave:
                break
        if not found.left or leave:
            for place, (plan, _) in enumerate(found.results):
                page = pack_plans([plan], office.book_to_keep(plan.context.book))
                (number,) = events.write_page(page)
                found.results[place] = PlanResult(plan, number)
    return found


def _note_plan(
    office: Office,
    ref: str,
    given: Mapping[str, object],
    label: Label,
    found: Reassignment,
    leave: bool,
) -> None:
    """Plan for one ticket; what its book does not take is a reason to leave it, or an error."""
    try:
        plan = office.plan(ref, ASSIGN, given, label)
    except (Refused, Undecided, BadInput) as error:
        if isinstance(error, BadInput) and not leave:
            raise
        found.left[ref] = str(error)
        return
    if plan.refusal is not None:
        found.left[ref] = plan.refusal
    else:
        found.results.append(PlanResult(plan, None))
