"""Reading what the sources of a sync say of a ticket, with credits taken off its oldest items."""

# Without `from __future__ import annotations`: a NamedTuple compiles annotations that are texts.

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..errors import BadInput
from ..ticketfile.import_staging import StagedItem, StagedTicket
from .check_rows import Intake
from .credits import apply_credits
from .export_map import Map
from .ledger import ItemKind, LedgerItem
from .row_forms import Form
from .whole_tickets import Lists, TicketAssembler, check_keys


class LedgerTicket(NamedTuple):
    """A ticket as the ledger has it: `items` of each kind by key; `lists` as it would be imported."""

    staged: StagedTicket
    form: Form
    lists: Lists
    items: Mapping[str, Mapping[str, LedgerItem]]

    @property
    def ref(self) -> str:
        """The ref that the ledger has for it."""
        return str(self.staged.single["ref"])

    def is_settled(self, kinds: Mapping[str, ItemKind]) -> bool:
        """Whether it has items that ask for something, and nothing of them is open."""
        asking = [kind for kind in kinds.values() if kind.amount is not None]
        return bool(asking) and not any(
            item.net for kind in asking for item in self.items[kind.items.name].values()
        )


class LedgerReader:
    """Reads the tickets of an intake by its map; what is wrong comes into its faults."""

    def __init__(self, intake: Intake, by: Map) -> None:
        self._intake, self._by = intake, by
        self.assembler = TicketAssembler(intake)
        self._kinds: dict[str, dict[str, ItemKind]] = {}
        self.credited = set[tuple[str, str]]()
        """The tickets, with a kind of items, whose credits were taken off."""

    def kinds_of(self, form: Form) -> Mapping[str, ItemKind]:
        """The kinds of items, by name, that the map fills and that have a key."""
        name = form.book.name
        if name not in self._kinds:
            self._kinds[name] = {
                kind: self._make_kind(kind, form)
                for kind in self._by.sections
                if kind in form.book.items and form.book.items[kind].key is not None
            }
        return self._kinds[name]

    def _make_kind(self, kind: str, form: Form) -> ItemKind:
        section, items = self._by.sections[kind], form.book.items[kind]
        if items.key not in section.recipes:
            raise BadInput(
                f"{self._by.document.name}: [items.{kind}] needs {items.key}, by which a sync tells"
                " one from another."
            )
        return ItemKind(items, section.amount, tuple(section.recipes))

    def read(self, staged: StagedTicket, hanging: Sequence[StagedItem]) -> LedgerTicket | None:
        """A ticket of the ledger; None where it is too faulty to be put together."""
        form = self._intake.forms.get(staged.book)
        if form is None or staged.faulty:
            return None
        lists = self.assembler.read_lists(staged, form, hanging)
        check_keys(staged, form, lists, self.assembler.fault)
        if self._intake.faults.count:
            return None
        items = {
            name: self._take_credits_off(str(staged.single["ref"]), kind, lists)
            for name, kind in self.kinds_of(form).items()
        }
        return LedgerTicket(staged, form, lists, items)

    def _take_credits_off(self, ref: str, kind: ItemKind, lists: Lists) -> dict[str, LedgerItem]:
        """The items by key with what is open of them; `lists` keeps those of which something is."""
        name, amount = kind.items.name, kind.amount
        # By key, so that credits go to the same items whatever order a source has.
        gross = sorted(lists[name], key=lambda one: str(one[1].get(kind.key)))
        found = self._intake.credits.get((ref, name), ())
        self.credited.add((ref, name))
        if found and amount is not None:
            credits = [self.assembler.read_credit(kind.items, place, raw) for place, raw in found]
            credited = apply_credits(kind.items, amount, gross, credits)
            lists[name] = credited.items
            if credited.unused:
                self._intake.report.unused_credits[ref] = ", ".join(credited.unused)
        net = {str(item.get(kind.key)): kind.open_amount(item) for _, item in lists[name]}
        return {
            key: LedgerItem(item, net.get(key, 0))
            for _, item in gross
            for key in (str(item.get(kind.key)),)
        }
