"""JSON schemas (2020-12) of the files that people write: books, settings, maps and scenarios.

They are made from the tables of keys that the readers of these files check by, so that an editor
knows what `prassi` knows: which keys there are, what stands under each, and which must not be missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import get_args

from ..analysis.scenarios import scenario_files
from ..book import read_declarations, read_properties, read_rules, read_statements, read_sync
from ..book.actions import ACTION_KINDS
from ..book.common_section import COMMON_KEYS
from ..book.model import DATE_FACTS, Book
from ..book.names import COMMON_EVENTS
from ..book.read_events import EVENT_KEYS, IMPOSSIBLE_KEYS
from ..book.read_items import ITEMS_KEYS
from ..book.read_sheets import COLUMN_KEYS, SHEET_KEYS
from ..book.read_stats import STATS_KEYS
from ..book.sync_answers import DIFFERENCES, MISSING
from ..book.task_kinds import TASK_KEYS
from ..book.validate import BOOK_KEYS, HEADING_KEYS
from ..importing import export_map_reader
from ..importing.given_messages import MESSAGES
from ..importing.recipe_reader import RECIPE_KEYS
from ..importing.row_forms import CUSTOMER, Form
from ..library import sending_settings, settings
from ..system.toml_reader import Kind, TableKeys
from ..values.field_types import TYPES
from .json_schema import Schema

_SIMPLE: Mapping[Kind, str] = {
    str: "string",
    int: "integer",
    bool: "boolean",
    list: "array",
    dict: "object",
}
_ANY: Schema = {}
_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}


def describe_table(keys: Mapping[str, Kind], inner: Mapping[str, Schema] | None = None) -> Schema:
    """A table with these keys and no others; `inner` says more of what stands under some of them."""
    properties = {name: _describe_kind(kind) for name, kind in keys.items()}
    needed = keys.needed if isinstance(keys, TableKeys) else ()
    return {
        "type": "object",
        "properties": {**properties, **(inner or {})},
        **({"required": [*needed]} if needed else {}),
        "additionalProperties": False,
    }


def _describe_kind(kind: Kind) -> Schema:
    if kind is object:
        return _ANY
    types = [_SIMPLE[one] for one in get_args(kind) or (kind,)]
    return {"type": types[0] if len(types) == 1 else types}


def _named(schema: Schema) -> Schema:
    """A table in which any names can stand."""
    return {"type": "object", "additionalProperties": schema}


def _listed(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _with_texts(schema: Schema, texts: Mapping[str, str]) -> Schema:
    """The same table, with what its keys mean."""
    for name, text in texts.items():
        schema["properties"][name] = {**schema["properties"][name], "description": text}
    return schema


# --- a book ----------------------------------------------------------------------------------------


def describe_book() -> Schema:
    """The file book.toml."""
    field = _describe_field(read_declarations.FIELD_KEYS)
    again = describe_table(TableKeys({"do": str, "if": dict}, ("do",)))
    step = {"$ref": "#/$defs/step"}
    inner = {
        "book": describe_table(HEADING_KEYS),
        "parameters": _named(describe_table(read_declarations.PARAMETER_KEYS)),
        "roles": _named(_TEXT),
        "statement": _listed(describe_table(read_statements.STATEMENT_KEYS)),
        "remark": _listed(describe_table(read_statements.REMARK_KEYS)),
        "statuses": _named(describe_table(read_declarations.STATUS_KEYS)),
        "tasks": _named(describe_table(TASK_KEYS)),
        "common": _describe_common(),
        "fields": _named(field),
        "items": _named(describe_table(ITEMS_KEYS, {"fields": _named(field)})),
        "facts": _named({"anyOf": [field, *_describe_counted_facts()]}),
        "sequences": _named(_listed(step)),
        "events": _named(_describe_event(step)),
        "sheets": _named(
            describe_table(SHEET_KEYS, {"columns": _listed(describe_table(COLUMN_KEYS))})
        ),
        "sync": _describe_sync(),
        "stats": _describe_stats(),
        "forbidden": _listed(describe_table(read_declarations.FORBIDDEN_KEYS)),
        "impossible": _listed(describe_table(IMPOSSIBLE_KEYS)),
        "property": _listed(_describe_property()),
        "way": _listed(describe_table(read_properties.WAY)),
    }
    steps = {"step": {"anyOf": [*_describe_actions(), again]}}
    return {**describe_table(BOOK_KEYS, inner), "$defs": steps}


def _describe_field(keys: Mapping[str, Kind]) -> Schema:
    """A field; its values can be those of a parameter, which is named in braces."""
    return describe_table(
        keys, {"type": {"enum": [*TYPES]}, "values": {"type": ["array", "string"]}}
    )


def _describe_counted_facts() -> list[Schema]:
    dates = describe_table(read_declarations.DATE_FACT_KEYS)
    due = describe_table(read_declarations.DUE_FACT_KEYS)
    forbidden = describe_table(read_declarations.FORBIDDEN_FACT_KEYS)
    for schema, key in ((due, "due"), (forbidden, "forbidden_in")):
        schema["required"].append(key)
    return [{**dates, "anyOf": [{"required": [unit]} for unit in DATE_FACTS]}, due, forbidden]


def _describe_event(step: Schema) -> Schema:
    rule = describe_table(
        read_rules.RULE_KEYS,
        {
            "from": _TEXTS,
            "remarks": _TEXTS,
            "needs": _TEXTS,
            "when": {"type": ["object", "array"]},
            "then": _listed(step),
            "next": describe_table(read_rules.NEXT_KEYS),
            "instead": describe_table(read_rules.INSTEAD_KEYS),
        },
    )
    rule["anyOf"] = [{"required": ["then"]}, {"required": ["instead"]}]
    given = _describe_field(read_declarations.INPUT_KEYS)
    return describe_table(EVENT_KEYS, {"inputs": _named(given), "rule": _listed(rule)})


def _describe_actions() -> Iterable[Schema]:
    """Every kind of action, with its keys and a condition."""
    for kind in ACTION_KINDS.values():
        keys = TableKeys(
            {**{key.name: object for key in kind.keys}, "if": dict},
            (kind.name, *(key.name for key in kind.keys if key.needed)),
        )
        schema = describe_table(keys)
        schema["properties"][kind.name] = {"description": kind.about}
        yield schema


def _describe_property() -> Schema:
    named = dict.fromkeys(read_properties.list_happenings(), object)
    happening = describe_table({**named, **read_properties.BESIDE})
    for name, text in read_properties.list_happenings().items():
        happening["properties"][name] = {"description": text}
    keys = ("happens", "only_after", "never_after", "since")
    return describe_table(read_properties.PROPERTY, dict.fromkeys(keys, happening))


def _describe_common() -> Schema:
    said = {"anyOf": [{"const": False}, describe_table(COMMON_KEYS)]}
    return describe_table(dict.fromkeys(COMMON_EVENTS, object), dict.fromkeys(COMMON_EVENTS, said))


def _describe_sync() -> Schema:
    """What is gone or new, and the differences of each kind of item."""
    event = {"type": "object", "properties": {"event": _TEXT}, "required": ["event"]}
    inner = {
        "missing": {"enum": [*MISSING]},
        "owes_again": describe_table(read_sync.OWES_AGAIN_KEYS),
        "close": event,
    }
    of_items = describe_table(dict.fromkeys(DIFFERENCES, dict), dict.fromkeys(DIFFERENCES, event))
    return {**describe_table(read_sync.SYNC_KEYS, inner), "additionalProperties": of_items}


def _describe_stats() -> Schema:
    inner = {name: describe_table(TableKeys.all(keys)) for name, keys in STATS_KEYS.items()}
    return describe_table(dict.fromkeys(STATS_KEYS, dict), inner)


# --- settings --------------------------------------------------------------------------------------


def describe_settings() -> Schema:
    """The file prassi.toml."""
    people = {"anyOf": [_TEXT, _TEXTS]}
    company = describe_table(dict.fromkeys(settings.COMPANY, str))
    inner = {
        "company": _with_texts(company, settings.COMPANY),
        "roles": _named({"anyOf": [_TEXT, _TEXTS, _named(people)]}),
        "people": _named(describe_table(settings.PERSON_KEYS)),
        "parameters": _named({"type": "object"}),
        "calendars": _named(describe_table(settings.PLACE_KEYS)),
        "desk": describe_table(settings.DESK_KEYS),
        "mail": describe_table(sending_settings.MAIL),
        "sms": describe_table(sending_settings.SMS),
        "folders": describe_table(settings.FOLDER_KEYS),
        "views": _named(_TEXT),
    }
    whole = describe_table(dict.fromkeys(settings.SECTIONS, dict), inner)
    return _with_texts(whole, settings.SECTIONS)


# --- a map -----------------------------------------------------------------------------------------


def describe_map(books: Iterable[Book]) -> Schema:
    """A map for another program's export; its fields are those of the books there are."""
    forms = [Form(book, "2000-01-01") for book in books]
    recipe = {"$ref": "#/$defs/recipe"}
    single = {name for form in forms for name in form.single}
    lists = {
        kind: {name for form in forms if kind in form.lists for name in form.lists[kind].fields}
        for kind in dict.fromkeys(kind for form in forms for kind in form.lists)
        if kind != MESSAGES
    }
    each = {"anyOf": [_TEXT, describe_table(export_map_reader.EACH_KEYS)]}
    rows = {kind: _describe_section(names, recipe, {"each": each}) for kind, names in lists.items()}
    words = _named(_TEXTS)
    dated = describe_table(export_map_reader.DATED_KEYS)
    inner = {
        "source": describe_table(export_map_reader.SOURCE_KEYS, {"dated": dated}),
        "lookups": _named(describe_table(export_map_reader.LOOKUP_KEYS)),
        "customer": {**_describe_section(CUSTOMER, recipe), "required": ["ref"]},
        "ticket": {**_describe_section(single, recipe), "required": ["ref", "book"]},
        "tasks": rows.pop("tasks", _ANY),
        "notes": rows.pop("notes", _ANY),
        "items": {"type": "object", "properties": rows, "additionalProperties": False},
        "skip": words,
        "only": words,
    }
    recipes = {"recipe": {"anyOf": [_TEXT, describe_table(RECIPE_KEYS)]}}
    return {**describe_table(export_map_reader.MAP_KEYS, inner), "$defs": recipes}


def _describe_section(
    names: Iterable[str], recipe: Schema, more: Mapping[str, Schema] | None = None
) -> Schema:
    known = dict.fromkeys(sorted(names), recipe)
    return {
        "type": "object",
        "properties": {**known, **(more or {})},
        "additionalProperties": False,
    }


# --- scenarios -------------------------------------------------------------------------------------


def describe_scenarios() -> Schema:
    """A file of scenarios."""
    before = _listed(describe_table(scenario_files.BEFORE_KEYS))
    one = describe_table(
        scenario_files.SCENARIO_KEYS, {"before": before, "does": _TEXTS, "says": _TEXTS}
    )
    one["oneOf"] = [{"required": ["rule"]}, {"required": ["error"]}]
    described = _with_texts(one, scenario_files.SCENARIO)
    whole = describe_table(scenario_files.FILE_KEYS, {"scenario": _listed(described)})
    return _with_texts(whole, scenario_files.SHARED)


FILES: Mapping[str, Callable[[Iterable[Book]], Schema]] = {
    "book": lambda books: describe_book(),
    "settings": lambda books: describe_settings(),
    "map": describe_map,
    "scenario": lambda books: describe_scenarios(),
}
"""The files that have a schema, each with what makes it."""
