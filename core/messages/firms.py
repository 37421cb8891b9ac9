"""Whether a name is that of a firm, which letters address in another way than a person.

A ticket file knows customers by name only, so the words of the name have to say it: a legal form
(srl, Ltda., ООО), or a word that businesses are called by (officina, restaurante, شركة).
"""

from __future__ import annotations

import re

_FORMS = frozenset(
    [
        "srl",
        "srls",
        "spa",
        "snc",
        "sas",
        "sapa",
        "scarl",
        "scpa",
        "onlus",
        "aps",
        "asd",
        "ltd",
        "limited",
        "llc",
        "llp",
        "inc",
        "corp",
        "plc",
        "company",
        "slu",
        "ltda",
        "limitada",
        "eirl",
        "sarl",
        "sasu",
        "eurl",
        "gmbh",
        "ohg",
        "mbh",
        "ооо",
        "оао",
        "зао",
        "пао",
        "нко",
        "тоо",
        "ممم",
        "شمم",
        "شمك",
    ]
)
_SHORT_FORMS = frozenset(["SA", "SL", "AG", "KG", "OY", "BV", "NV", "AB", "AS", "CO", "АО", "ИП"])
"""Forms of two letters, which are such only in capitals: some are names too."""

_WORDS = frozenset(
    [
        "società",
        "cooperativa",
        "ditta",
        "impresa",
        "consorzio",
        "associazione",
        "fondazione",
        "studio",
        "officina",
        "officine",
        "autofficina",
        "ristorante",
        "bar",
        "caffè",
        "forno",
        "cantina",
        "hotel",
        "albergo",
        "agriturismo",
        "farmacia",
        "ferramenta",
        "palestra",
        "clinica",
        "ottica",
        "edicola",
        "agenzia",
        "comune",
        "condominio",
        "scuola",
        "istituto",
        "vivaio",
        "vivai",
        "mobili",
        "trasporti",
        "autotrasporti",
        "nautica",
        "surgelati",
        "marmi",
        "trattoria",
        "sartoria",
        "tipografia",
        "tessitura",
        "idraulica",
        "apicoltura",
        "fiorista",
        "imbianchini",
        "discount",
        "figli",
        "fratelli",
        "f.lli",
        "sociedad",
        "empresa",
        "compañía",
        "comercial",
        "hijos",
        "hermanos",
        "restaurante",
        "hostería",
        "taberna",
        "farmacia",
        "taller",
        "clínica",
        "comunidad",
        "jardín",
        "общество",
        "компания",
        "завод",
        "фабрика",
        "магазин",
        "салон",
        "кафе",
        "شركة",
        "مؤسسة",
        "مصنع",
        "مطعم",
        "مخبز",
        "صيدلية",
        "عيادة",
        "مكتب",
        "حضانة",
        "sons",
        "bros",
        "brothers",
        "associates",
        "partners",
        "group",
        "holding",
        "school",
    ]
)
_SHOP = re.compile(r"(?:er[ií]a|ificio|oteca)$")
"""How Italian and Spanish name shops: lavanderia, panadería, birrificio, enoteca."""

_PERSONS = frozenset(("valeria", "egeria", "asteria"))
"""First names that end as shops do."""


def is_firm(name: object) -> bool:
    """Whether a name, as it is written, is that of a firm; False for no name."""
    text = str(name or "")
    if "." in text:  # S.r.l. and S. r. l. are one word, as srl is.
        text = re.sub(r"\b(\w)\.\s?(?=\w\b)", r"\1", text)
    words = (word.rstrip(".") for word in re.findall(r"[\w&][\w.&]*", text))
    return any(_says_firm(word, word.casefold()) for word in words)


def _says_firm(word: str, folded: str) -> bool:
    if word == "&" or word in _SHORT_FORMS or folded in _FORMS or folded in _WORDS:
        return True
    return folded not in _PERSONS and _SHOP.search(folded) is not None
