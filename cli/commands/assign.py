"""prassi assign: gives tickets to somebody."""

from __future__ import annotations

import click
from prassi.core.errors import NightFault
from prassi.core.system.language import say

from ..options import DAY, CommonOptions, add_common_options
from ..printing.decisions import print_decision
from ..streams import warn

NOBODY = "none"


@click.command("assign")
@click.argument("words", nargs=-1, metavar="[TICKET... WHO]")
@click.option("--from", "giver", metavar="WHO", help="All open tickets of WHO, in one step.")
@click.option("--to", "taker", metavar="WHO", help="Who gets them.")
@click.option("--until", type=DAY, help="The night of this day gives them back.")
@add_common_options
def command(
    common: CommonOptions,
    words: tuple[str, ...],
    giver: str | None,
    taker: str | None,
    until: str | None,
) -> None:
    """Give tickets to WHO; `none` takes them away from everybody.

    Several tickets change hands together, or none does. With --from and --to, all open tickets of a
    colleague change hands in one step, which `prassi undo` takes back as a whole.
    """
    if giver is None and taker is None:
        if len(words) < 2:
            raise click.UsageError("name one or several tickets, then WHO gets them.")
        _assign_named(common, words[:-1], words[-1], until)
        return
    if words or giver is None or taker is None:
        raise click.UsageError("give tickets and WHO, or --from and --to.")
    _assign_from(common._replace(command="assign --from"), giver, taker, until)


def _assign_named(
    common: CommonOptions, refs: tuple[str, ...], who: str, until: str | None
) -> None:
    from prassi.core.desk.assign import assign_tickets  # late: 74 ms
    from prassi.core.desk.people import check_person

    office = common.open_office(ref=refs[0])
    if who != NOBODY:
        check_person(office, "WHO", who)
    for decision in assign_tickets(office, [*dict.fromkeys(refs)], _given(who, until), _label):
        print_decision(common, decision)


def _assign_from(common: CommonOptions, giver: str, taker: str, until: str | None) -> None:
    from prassi.core.desk.assign import assign_all_of  # late: 74 ms
    from prassi.core.desk.people import check_person

    office = common.open_office()
    check_person(office, "--from", giver)
    if taker != NOBODY:
        check_person(office, "--to", taker)
    found = assign_all_of(office, giver, _given(taker, until), _label)
    for decision in found.results:
        print_decision(common, decision)
    for ref, why in found.left.items():
        warn(why if why.startswith(ref) else f"{ref}: {why}", label=say("Error: "))
    if found.left:
        raise NightFault(f"{len(found.left)} of the tickets of {giver} stay as they are.")


def _given(who: str, until: str | None) -> dict[str, object]:
    given: dict[str, object] = {} if who == NOBODY else {"who": who}
    return given if until is None else {**given, "until": until}


def _label(name: str) -> str:
    return "WHO" if name == "who" else f"--{name}"
