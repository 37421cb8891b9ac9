"""Reading what a book declares: parameters, statements, statuses, fields, items, facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import cast

from ..system.records import NamedTuple
from ..system.toml_document import Path
from ..system.toml_reader import TableKeys, TomlReader, TomlTable
from ..values import due_dates
from ..values.field_types import TYPES, Field, Stored
from .common_section import read_common
from .model import (
    DATE_FACTS,
    DateFact,
    DueFact,
    Fact,
    Forbidden,
    ForbiddenFact,
    Items,
    Status,
)
from .names import check_name, read_named
from .parameters import Parameter
from .placeholders import INPUT, LabelInput, put_in_labels
from .read_items import read_items
from .task_kinds import TaskKind, read_tasks

PARAMETER_KEYS = TableKeys(
    {
        "value": object,
        "unit": str,
        "about": str,
        "min": int,
        "max": int,
        "pattern": str,
    },
    ("value", "about"),
)
FORBIDDEN_KEYS = TableKeys.all({"language": str, "pattern": str, "about": str})
STATUS_KEYS = TableKeys(
    {
        "about": str,
        "closed": bool,
        "needs": list,
        "needs_item": dict,
        "results": list,
        "completed": bool,
        "waits": bool,
    },
    ("about",),
)
FIELD_KEYS = TableKeys(
    {
        "type": str,
        "values": list,
        "min": int,
        "max": int,
        "default": object,
        "optional": bool,
        "many": bool,
        "pattern": str,
        "quiet": bool,
        "within": str,
        "of_ticket": str,
        "about": str,
    },
    ("type", "about"),
)
INPUT_KEYS = TableKeys(
    {
        **FIELD_KEYS,
        "when": dict,
        "earliest": str,
        "latest": str,
        "among": dict,
        "known": str,
        "log": bool,
        "standing": str,
    },
    ("type", "about"),
)
DATE_FACT_KEYS = TableKeys(
    {**dict.fromkeys(DATE_FACTS, str), "optional": bool, "about": str}, ("about",)
)
DUE_FACT_KEYS = TableKeys({"due": object, "optional": bool, "about": str}, ("about",))
FORBIDDEN_FACT_KEYS = TableKeys({"forbidden_in": str, "shows": str, "about": str}, ("about",))
_VALUES = (bool, int, float, str)


class Declarations(NamedTuple):
    """What a book is about, before its rules.

    `figures` are the values of parameters and of their parts, by the names that rules have for
    them; `event_names` and `input_names` are those of all events.
    """

    parameters: Mapping[str, Parameter]
    figures: Mapping[str, object]
    roles: Mapping[str, str]
    statuses: Mapping[str, Status]
    tasks: Mapping[str, TaskKind]
    common: Mapping[str, object]
    catalogue: bool
    fields: Mapping[str, Field]
    items: Mapping[str, Items]
    facts: Mapping[str, Fact]
    event_names: tuple[str, ...]
    input_names: tuple[str, ...]
    forbidden: tuple[Forbidden, ...]

    def with_figure(self, name: str, value: object) -> Declarations:
        """The same with another value for what rules call by a name."""
        return self._replace(figures={**self.figures, name: value})


class FieldReader:
    """Reads fields of tickets and items, facts of facts.sql, and inputs of events.

    `figures` are the parameters that the values of a field can be.
    """

    def __init__(self, toml: TomlReader, figures: Mapping[str, object]) -> None:
        self._toml, self._figures = toml, figures

    def field(self, name: str, raw: object, path: Path, is_input: bool = False) -> Field:
        """One field; of an input, what else it says is read by the reader of events."""
        raw = self._with_values(name, raw, path)
        good = self._toml.keys(raw, path, INPUT_KEYS if is_input else FIELD_KEYS)
        field = self._without_default(name, good, path)
        if not is_input and good.get("default") == "today" and field.type in ("date", "moment"):
            self._toml.fault(path, f"{name} can't have today as its default; only an input can.")
        return field._replace(default=self._default(field, good, path))

    def fields(self, raws: Mapping[str, object], path: Path) -> dict[str, Field]:
        """The fields of a kind of item."""
        for name in raws:
            check_name(self._toml, name, (*path, name))
        return {name: self.field(name, raw, (*path, name)) for name, raw in raws.items()}

    def _without_default(self, name: str, good: TomlTable, path: Path) -> Field:
        kind = good.text("type", "text")
        if kind not in TYPES:
            self._toml.fault(path, f"{name} has the type {kind!r}; there are {', '.join(TYPES)}.")
            kind = "text"
        if kind == "word" and not good.items("values"):
            self._toml.fault(path, f"{name} is a word and needs its values.")
        note_pattern(self._toml, good, path)
        return Field(
            name=name,
            type=kind,
            values=cast("tuple[str, ...]", tuple(good.items("values"))),
            low=good.number_or_none("min"),
            high=good.number_or_none("max"),
            optional=good.is_true("optional"),
            many=good.is_true("many"),
            pattern=good.text_or_none("pattern"),
            quiet=good.is_true("quiet"),
            about=put_in_labels(good.text("about"), self._figures),
            within=good.text_or_none("within"),
            of_ticket=good.text_or_none("of_ticket"),
        )

    def _with_values(self, name: str, raw: object, path: Path) -> object:
        """A field whose values may be those of a parameter: a list, or the names in a table."""
        written = raw.get("values") if isinstance(raw, dict) else None
        if not isinstance(raw, dict) or not isinstance(written, str):
            return raw
        named = self._figures.get(written[1:-1]) if written[:1] + written[-1:] == "{}" else None
        if not isinstance(named, list | dict) or not all(isinstance(one, str) for one in named):
            told = f"{name}: {written!r} is not a parameter that is a list or table of words."
            self._toml.fault(path, told)
            return {**raw, "values": ["?"]}
        return {**raw, "values": list(named)}

    def _default(self, field: Field, good: TomlTable, path: Path) -> Stored:
        if "default" not in good or good.get("default") == "today":
            return None
        reader = field if self._toml.checking else field._replace(pattern=None)
        with self._toml.note_errors(path, f"the default of {field.name}"):
            return reader.read(good.get("default"))
        return None


def note_pattern(toml: TomlReader, good: TomlTable, path: Path) -> bool:
    """Whether a pattern, if there is one, can be compiled; a fault where it can't be."""
    if not toml.checking or "pattern" not in good:
        return True
    from ..system.regex_limit import check_pattern  # 1 ms: what was checked is not checked again

    with toml.note_errors((*path, "pattern"), f"the pattern of {toml.name_of(path)}"):
        check_pattern(good.text("pattern"))
        return True
    return False


class DeclarationReader:
    """Reads what a book declares; `overrides` are the parameters that the settings change."""

    def __init__(
        self, toml: TomlReader, overrides: Mapping[str, object], label_input: LabelInput
    ) -> None:
        self._toml = toml
        self._parameters = self._read_parameters(overrides)
        self._figures = {
            name: value
            for parameter in self._parameters.values()
            for name, value in parameter.figures().items()
        } | {f"{INPUT}{name}": label_input(name) for name in self._list_labelled()}
        self._fields = FieldReader(toml, self._figures)

    def read(self) -> Declarations:
        """All of it, but for statements and remarks, which few commands ask for."""
        roles = {str(name): str(role) for name, role in self._toml.section("roles").items()}
        statuses = read_named(self._toml, "statuses", self._status)
        return Declarations(
            parameters=self._parameters,
            figures=self._figures,
            roles=roles,
            statuses=statuses,
            tasks=read_tasks(self._toml, roles, statuses),
            common=read_common(self._toml, statuses),
            catalogue=self._toml.section("book").get("catalogue") is True,
            fields=read_named(self._toml, "fields", self._fields.field),
            items=read_items(self._toml, self._fields.fields),
            facts=read_named(self._toml, "facts", self._fact),
            event_names=tuple(self._toml.section("events")),
            input_names=tuple(
                dict.fromkeys(name for table in self._all_inputs() for name in table)
            ),
            forbidden=tuple(self._forbidden()),
        )

    # --- parameters, statuses, items ---------------------------------------------------------------

    def _read_parameters(self, overrides: Mapping[str, object]) -> dict[str, Parameter]:
        """The parameters with the settings' values; of a table, those keys that the settings have."""
        parameters = read_named(self._toml, "parameters", self._parameter)
        for name, value in overrides.items():
            if name in parameters:
                known = parameters[name].value
                if isinstance(known, dict) and isinstance(value, dict):
                    value = {**known, **value}
                parameters[name] = parameters[name]._replace(value=value)
        return parameters

    def _parameter(self, name: str, raw: object, path: Path) -> Parameter:
        good = self._toml.keys(raw, path, PARAMETER_KEYS)
        parameter = Parameter(
            name=name,
            value=good.get("value"),
            unit=good.text("unit"),
            about=good.text("about"),
            low=good.number("min", 0),
            high=good.number_or_none("max"),
            pattern=good.text_or_none("pattern"),
        )
        if self._toml.checking and "value" in good and note_pattern(self._toml, good, path):
            if not _is_figure(parameter.value):
                told = f"{name} must be a number, text, a list, or a table of those, not {parameter.value!r}."
                self._toml.fault(path, told)
            elif wrong := parameter.out_of_bounds(parameter.value):
                self._toml.fault(path, wrong)
        return parameter

    def _forbidden(self) -> Iterator[Forbidden]:
        for place, raw in enumerate(self._toml.elements("forbidden")):
            path = ("forbidden", place)
            good = self._toml.keys(raw, path, FORBIDDEN_KEYS)
            note_pattern(self._toml, good, path)
            yield Forbidden(good.text("language"), good.text("pattern"), good.text("about"))

    def _status(self, name: str, raw: object, path: Path) -> Status:
        good = self._toml.keys(raw, path, STATUS_KEYS)
        return Status(
            name=name,
            about=good.text("about"),
            closed=good.is_true("closed"),
            needs=good.words("needs"),
            needs_items=dict(self._needed_items(name, good, path)),
            results=good.words("results"),
            completed=good.is_true("completed"),
            waits=good.is_true("waits"),
        )

    def _needed_items(
        self, status: str, good: TomlTable, path: Path
    ) -> Iterator[tuple[str, Mapping[str, object]]]:
        for kind, values in good.table("needs_item").items():
            if isinstance(values, dict):
                yield kind, values
            else:
                told = f"{status} needs {kind} with {values!r}; write the values as a table."
                self._toml.fault(path, told)

    # --- facts -------------------------------------------------------------------------------------

    def _fact(self, name: str, raw: object, path: Path) -> Fact:
        if isinstance(raw, dict):
            if "forbidden_in" in raw:
                return self._forbidden_fact(name, raw, path)
            if "due" in raw:
                return self._due_fact(name, raw, path)
            if unit := next((key for key in DATE_FACTS if key in raw), None):
                return self._date_fact(name, unit, raw, path)
        return self._fields.field(name, raw, path)

    def _forbidden_fact(self, name: str, raw: object, path: Path) -> ForbiddenFact:
        good = self._toml.keys(raw, path, FORBIDDEN_FACT_KEYS)
        shows = good.text("shows", "about")
        if shows not in ("about", "words", "pattern"):
            told = f"{name} can show 'about', 'words' or 'pattern', not {shows!r}."
            self._toml.fault(path, told)
        return ForbiddenFact(name, good.text("forbidden_in"), shows, good.text("about"))

    def _date_fact(self, name: str, unit: str, raw: object, path: Path) -> DateFact:
        good = self._toml.keys(raw, path, DATE_FACT_KEYS)
        base = good.text(unit)
        if not self._is_date(base):
            told = f"{name} counts from {base!r}, which is not a date among facts and inputs."
            self._toml.fault(path, told)
        return DateFact(name, base, unit, good.is_true("optional"), good.text("about"))

    def _due_fact(self, name: str, raw: object, path: Path) -> DueFact:
        good = self._toml.keys(raw, path, DUE_FACT_KEYS)
        written = good.get("due")
        dues = []
        for one in written if isinstance(written, list) else [written]:
            with self._toml.note_errors(path, f"the due of {name}"):
                dues.append(due_dates.parse_due_rule(str(one), self._plain_dates, self._figures))
        return DueFact(name, tuple(dues), good.is_true("optional"), good.text("about"))

    def _is_date(self, name: str) -> bool:
        """Whether a fact or an input is a date, or is worked out as one."""
        fact = self._toml.section("facts").get(name)
        return name in self._plain_dates or (isinstance(fact, dict) and "due" in fact)

    @cached_property
    def _plain_dates(self) -> frozenset[str]:
        """The facts and inputs that are dates, or moments, by themselves."""
        tables = [self._toml.section("facts"), *self._all_inputs()]
        return frozenset(
            name
            for table in tables
            for name, raw in table.items()
            if isinstance(raw, dict) and raw.get("type") in ("date", "moment")
        )

    def _list_labelled(self) -> Iterator[str]:
        """What texts can speak of: the inputs of all events, and their values."""
        for table in self._all_inputs():
            for name, raw in table.items():
                yield name
                values = raw.get("values") if isinstance(raw, dict) else None
                yield from (f"{name}={one}" for one in values or () if isinstance(values, list))

    def _all_inputs(self) -> Iterator[Mapping[str, object]]:
        """The inputs of each event, as they are written."""
        for event in self._toml.section("events").values():
            inputs = event.get("inputs") if isinstance(event, dict) else None
            yield inputs if isinstance(inputs, dict) else {}


def _is_figure(value: object) -> bool:
    """Whether a value can be a parameter's."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, (*_VALUES, list, dict)) and all(
        isinstance(part, _VALUES) or (isinstance(value, dict) and isinstance(part, list))
        for part in parts
    )
