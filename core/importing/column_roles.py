"""Which of our fields a column of an unknown export may be, by words in its name in five languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from .column_guesses import Column

_ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    # field: what kinds of columns it can be (empty: any), and words of names, the surest first
    "number": (
        "id text amount words",
        (
            "numero fattura",
            "n fattura",
            "fattura",
            "invoice number",
            "invoice",
            "numero documento",
            "document number",
            "document no",
            "documento",
            "rechnungsnr",
            "rechnung",
            "factura",
            "belegnummer",
            "num doc",
            "doc no",
            "nr doc",
            "reference",
            "belegnr",
        ),
    ),
    "amount": (
        "amount",
        (
            "importo aperto",
            "amt in loc cur",
            "amount in local currency",
            "residuo",
            "saldo",
            "open amount",
            "balance",
            "importo",
            "amount",
            "betrag",
            "offener betrag",
            "importe",
            "totale",
            "total",
            "dare",
        ),
    ),
    "credit": ("amount", ("avere", "credit", "haben", "haber")),
    "currency": ("words id", ("currency", "valuta", "lcurr", "curr", "div", "divisa", "wahrung")),
    "due": (
        "date moment",
        (
            "scadenza",
            "data scadenza",
            "due date",
            "due by",
            "net due",
            "fallig",
            "vencimiento",
            "due",
        ),
    ),
    "issued": (
        "date moment",
        (
            "data fattura",
            "data documento",
            "data doc",
            "invoice date",
            "document date",
            "doc date",
            "belegdatum",
            "rechnungsdatum",
            "fecha",
            "issued",
            "data",
            "date",
        ),
    ),
    "paid": (
        "date moment",
        ("data pagamento", "pagata il", "pagato il", "paid", "settled", "clearing date", "bezahlt"),
    ),
    "customer": (
        "",
        (
            "codice cliente",
            "cod cliente",
            "customer id",
            "customer number",
            "customerid",
            "cliente",
            "customer",
            "account",
            "kunde",
            "debitor",
            "requester id",
            "reporter id",
            "reporter",
            "requester",
            "contact id",
            "kundennummer",
            "conto",
        ),
    ),
    "name": (
        "text id words",
        (
            "ragione sociale",
            "requester name",
            "customer name",
            "nome cliente",
            "full name",
            "contact name",
            "denominazione",
            "name",
            "nome",
            "company",
            "firma",
            "from",
            "reporter",
            "requester",
        ),
    ),
    "email": ("email", ("email", "e mail", "mail", "posta elettronica", "correo")),
    "phone": ("", ("telefono", "phone", "cellulare", "tel", "mobile", "telefon")),
    "language": ("words", ("lingua", "language", "sprache", "idioma", "locale")),
    "ref": (
        "id text words",
        (
            "ticket id",
            "ticket number",
            "issue key",
            "case id",
            "case number",
            "numero ticket",
            "ticket",
            "number",
            "key",
            "id",
            "protocollo",
        ),
    ),
    "opened": (
        "date moment",
        (
            "created",
            "aperto",
            "opened",
            "date created",
            "data apertura",
            "erstellt",
            "created at",
            "create date",
        ),
    ),
    "status": ("words id text", ("status", "stato", "state", "estado")),
    "priority": (
        "words id text",
        ("priority", "priorita", "prioritat", "prioridad", "urgency", "severity"),
    ),
    "assignee": (
        "",
        (
            "assignee name",
            "assignee",
            "agent",
            "assigned",
            "assegnato",
            "owner",
            "operatore",
            "bearbeiter",
        ),
    ),
    "subject": ("", ("subject", "oggetto", "title", "summary", "betreff", "asunto", "titolo")),
    "description": ("", ("description", "descrizione", "beschreibung", "body", "testo")),
    "tags": ("", ("tags", "labels", "etichette")),
}


def read_words(name: str) -> str:
    """A name in plain small letters, its words with a blank between."""
    bare = unicodedata.normalize("NFKD", re.sub(r"([a-z])([A-Z])", r"\1 \2", name))
    letters = "".join(c if c.isalnum() else " " for c in bare if not unicodedata.combining(c))
    return " ".join(letters.lower().split())


def hint_of(name: str) -> str:
    """Whether a name speaks for dates or for amounts."""
    words = f" {read_words(name)} "
    for field, hint in (("amount", "amount"), ("credit", "amount")):
        if any(f" {one} " in words for one in _ROLES[field][1]):
            return hint
    dated = ("due", "issued", "paid", "opened")
    return "date" if any(f" {one} " in words for f in dated for one in _ROLES[f][1]) else ""


def assign_roles(columns: Sequence[Column]) -> dict[str, Column]:
    """For each of our fields the column whose name fits best, and each column once."""
    ranked = []
    for order, (field, (kinds, names)) in enumerate(_ROLES.items()):
        for column in columns:
            rank = _rank(read_words(column.name), names)
            if (
                rank is not None
                and column.kind != "empty"
                and (not kinds or column.kind in kinds.split())
            ):
                ranked.append((rank, order, field, column))
    found: dict[str, Column] = {}
    taken: set[str] = set()
    for _, _, field, column in sorted(ranked, key=lambda one: one[:2]):
        if field not in found and column.name not in taken:
            found[field] = column
            taken.add(column.name)
    return found


def _rank(name: str, names: Sequence[str]) -> tuple[int, int] | None:
    """How well a name fits: as a whole, then by how it begins, then by a word in it."""
    for place, one in enumerate(names):
        if name == one:
            return 0, place
    for place, one in enumerate(names):
        if f" {name} ".startswith(f" {one} ") or f" {one} " in f" {name} ":
            return (1 if name.startswith(one) else 2), place
    return None
