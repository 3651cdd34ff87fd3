"""How single values of a scenario are read: each reader takes what stands in the file and raises what to do.

pydantic calls the readers; their errors carry a message (found and expected) and a hint (the remedy).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.catalog_tables import BEST_ROUTE, CONSTANT_CLIMATE, GIVEN_ROUTE, NO_WARRANTY_RULE
from lcopt.inputs.currencies import CURRENCIES, CURRENCY_WORDS, HOME, remedy
from lcopt.inputs.kinds import KINDS, Kind
from lcopt.inputs.money import PLAIN_YEAR, MoneyBasis, money_basis
from lcopt.inputs.quantities import QuantityError, names_like, quantity_pattern, read_quantity, short_text, shown

FORMAT_VERSION = "1"
SYSTEM_VOLTAGES = (400, 800)
RANGES_TABLE = "scenario_ranges"
ALL = "all"
FORM = "lcopt_form"

FILE_NAME = re.compile(r"\w(?:[\w .-]{0,62}[\w-])?")
PACK_NAME = re.compile(r"\w[\w-]{0,63}")
# A workbook reads this part of a sheet's name as the letter with that code.
_SHEET_ESCAPE = re.compile(r"_x[0-9A-Fa-f]{4}_")
_LONGEST_EXAMPLE = 40
# A change of an inherited value, as relative.py reads it.
CHANGE_SEEN = {"type": "string", "pattern": r"^\s*(\*\s*[0-9.]+|[+-]\s*[0-9.]+\s*%)\s*$"}
# What an editor is told of names: the signs that no file system takes; the reader is stricter.
_NAME_IN_SCHEMA = r'^[^/\\:*?"<>|]{1,64}$'
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(10))}


@dataclass(frozen=True)
class Known:
    """What the checks of single values need from the catalog; `money` where the price year is known."""

    ranges: dict[str, tuple[float, float]]
    chemistries: tuple[str, ...]
    usage_profiles: tuple[str, ...]
    climates: tuple[str, ...]
    warranty_rules: tuple[str, ...]
    regions: tuple[str, ...]
    recycling_routes: tuple[str, ...]
    platforms: tuple[str, ...]
    price_scenarios: tuple[str, ...]
    price_years: tuple[int, ...]
    money: MoneyBasis | None

    @classmethod
    def of(cls, catalog: Catalog, price_year: int | None = None) -> Known:
        """The names and ranges of one catalog, and its money for a price year that is known."""
        return cls(
            ranges={row.keys["name"]: (row.low, row.high) for row in catalog.table(RANGES_TABLE).rows},  # type: ignore[misc]
            chemistries=catalog.table("chemistry_families").words("chemistry"),
            usage_profiles=catalog.table("usage_profiles").words("profile"),
            climates=(CONSTANT_CLIMATE, *catalog.table("climates").words("climate")),
            warranty_rules=(NO_WARRANTY_RULE, *catalog.table("warranty_rules").words("warranty_rule")),
            regions=catalog.table("regions").words("region"),
            recycling_routes=(GIVEN_ROUTE, BEST_ROUTE, *catalog.table("recycling_routes").words("route")),
            platforms=catalog.table("platforms").words("platform"),
            price_scenarios=catalog.table("prices").words("price_scenario"),
            price_years=tuple(catalog.price_index),
            money=money_basis(catalog, price_year),
        )


Form = Callable[[Known, str], dict[str, Any]]


def seen_as(form: Form) -> Any:  # noqa: ANN401 - a type for pydantic
    """What stands in a file, for the JSON Schema: `form` gives it from the catalog and the key that holds the value."""
    return Annotated[str, WithJsonSchema({FORM: form})]


def fault(message: str, hint: str = "") -> PydanticCustomError:
    """An error of one value, with what was found and expected, and a remedy."""
    return PydanticCustomError("lcopt", "{message}", {"message": message, "hint": hint})


def unknown_word(word: str, what: str, known: Iterable[str], later: Iterable[str] = ()) -> PydanticCustomError:
    """The error for a word that is none of the known ones."""
    names = tuple(known)
    if not names:
        message = f"no {what} {shown(word)}; expected one that a folder of data adds, the catalog has none"
        return fault(message, "name the folder with 'data'")
    if word in later:
        message = (
            f"{what} {shown(word)} is known but not available in this version; expected one of: {', '.join(names)}"
        )
        return fault(message)
    return fault(f"unknown {what} {shown(word)}; expected one of: {', '.join(names)}", names_like(word, names))


def text_of(value: object, expected: str) -> str:
    """A text that is not empty, without the blanks around it."""
    if isinstance(value, str) and value.strip():
        return value.strip()
    message = f"found {shape_of(value)}; expected {expected}"
    raise fault(message)


def shape_of(value: object) -> str:
    """What stands where something else is due."""
    if isinstance(value, str) and value.strip():
        return f"the text {shown(value)}"
    return {dict: "a block", list: "a list", bool: str(value).lower()}.get(type(value), "no value")


@dataclass(frozen=True, eq=False)
class QuantityReader:
    """Reads a text with a unit of one kind and keeps it within the range of its key."""

    kind: Kind
    whole: bool = False

    def __call__(self, value: object, info: ValidationInfo[Known]) -> float:
        """The number in the internal unit of the kind."""
        kind = self.kind
        text = text_of(value, f"{kind.name}, for example '{kind.example}'")
        try:
            number = read_quantity(text, kind, info.context.money)
        except QuantityError as error:
            raise fault(error.message, error.hint) from None
        _check_range(number, text, kind, info)
        if self.whole and not number.is_integer():
            message = f"{shown(text)} is not a whole number of {kind.internal_unit}; expected a whole number"
            raise fault(message, f"write for example '{round(number)} {kind.internal_unit}'")
        return number


def quantity(kind_name: str, *, whole: bool = False) -> BeforeValidator:
    """The validator of a key that takes a quantity of this kind."""
    return BeforeValidator(QuantityReader(KINDS[kind_name], whole), json_schema_input_type=quantity_seen(kind_name))


def quantity_seen(kind_name: str) -> Any:  # noqa: ANN401 - a type for pydantic
    """What stands in a file where a quantity of this kind is due."""
    return seen_as(lambda known, key: _quantity_form(KINDS[kind_name], known, key))


def _quantity_form(kind: Kind, known: Known, key: str) -> dict[str, Any]:
    low, high = known.ranges[key]
    span = f"{kind.name}, {short_text(low, kind)} to {short_text(high, kind)}"
    text = {"type": "string", "pattern": quantity_pattern(kind, known.price_years)}
    words = {"description": span[0].upper() + span[1:], "examples": [kind.example]}
    options: list[dict[str, Any]] = [text, CHANGE_SEEN]
    if kind.bare_below:
        end = "maximum" if kind.bare_includes_end else "exclusiveMaximum"
        options.append({"type": "number", "minimum": 0, end: kind.bare_below})
    return {"anyOf": options} | words


def _check_range(number: float, text: str, kind: Kind, info: ValidationInfo[Known]) -> None:
    low, high = info.context.ranges[str(info.field_name)]
    if not low <= number <= high:
        message = f"{shown(text)} is out of range; expected {short_text(low, kind)} to {short_text(high, kind)}"
        raise fault(message)


def whole_number(low: int, expected: str) -> BeforeValidator:
    """A whole number without a unit, at least `low`."""

    def read(value: object) -> int:
        text = text_of(value, expected)
        if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < low:
            message = f"{shown(text)} is not possible; expected {expected}"
            raise fault(message)
        return int(text)

    return BeforeValidator(read, json_schema_input_type=seen_as(lambda *_: {"type": "integer", "minimum": low}))


@dataclass(frozen=True, eq=False)
class WholeNumberReader:
    """Reads a whole number without a unit within the range of its key."""

    what: str

    def __call__(self, value: object, info: ValidationInfo[Known]) -> int:
        """The number."""
        ends = info.context.ranges[str(info.field_name)]
        expected = f"{self.what}, {ends[0]:g} to {ends[1]:g}"
        text = text_of(value, expected)
        number = whole_number_of(text, ends)
        if number is None:
            message = f"{shown(text)} is not possible; expected {expected}"
            raise fault(message)
        return number


def whole_number_of(text: str, ends: tuple[float, float]) -> int | None:
    """The whole number between two ends that a text is, None where it is none."""
    number = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None
    return number if number is not None and ends[0] <= number <= ends[1] else None


def whole_number_in_range(what: str) -> BeforeValidator:
    """A whole number without a unit, within the range of its key."""

    def form(known: Known, key: str) -> dict[str, Any]:
        low, high = map(round, known.ranges[key])
        return {"type": "integer", "minimum": low, "maximum": high, "description": f"{low} to {high}"}

    return BeforeValidator(WholeNumberReader(what), json_schema_input_type=seen_as(form))


def word(what: str, known: Iterable[str], later: Iterable[str] = ()) -> BeforeValidator:
    """One of the known words; those of later versions are told apart from mistakes."""
    names = tuple(known)

    def read(value: object) -> str:
        text = text_of(value, f"one of: {', '.join(names)}")
        if text not in names:
            raise unknown_word(text, what, names, later)
        return text

    # YAML takes a name of digits, such as 4680, for a number.
    seen = [*names, *(int(name) for name in names if name.isdigit())]
    return BeforeValidator(read, json_schema_input_type=seen_as(lambda *_: {"enum": seen}))


def catalog_word(what: str, names_of: Callable[[Known], tuple[str, ...]]) -> BeforeValidator:
    """One of the names that the catalog holds."""

    def read(value: object, info: ValidationInfo[Known]) -> str:
        text = text_of(value, f"a {what} of the catalog")
        if text not in names_of(info.context):
            raise unknown_word(text, what, names_of(info.context))
        return text

    return BeforeValidator(read, json_schema_input_type=seen_as(lambda known, _: _enum(names_of(known))))


def _enum(names: tuple[str, ...]) -> dict[str, Any]:
    """One of the names; any text where the catalog has none, since a folder of data may add some."""
    return {"enum": list(names)} if names else {"type": "string"}


def name_fit_for_files(pattern: re.Pattern[str], allowed: str) -> BeforeValidator:
    """A name that can be part of a file name on every system."""

    def read(value: object) -> str:
        text = text_of(value, "a name")
        if not pattern.fullmatch(text) or _SHEET_ESCAPE.search(text) or text.lower().split(".")[0] in _RESERVED:
            message = f"{shown(text)} is not fit for the name of a file; expected {allowed}, at most 64"
            raise fault(message, f"write for example '{_fit(text)}'")
        return text

    form = {"type": ["string", "number"], "pattern": _NAME_IN_SCHEMA}
    return BeforeValidator(read, json_schema_input_type=seen_as(lambda *_: form))


def _fit(text: str) -> str:
    words = "-".join(re.findall(r"\w+", _SHEET_ESCAPE.sub(" ", text)))[:_LONGEST_EXAMPLE]
    return f"my-{words}".rstrip("-") if not words or words.lower() in _RESERVED else words.rstrip("-")


def read_version(value: object) -> str:
    """The version of the scenario format."""
    text = text_of(value, f"the version of the format, {FORMAT_VERSION}")
    if text != FORMAT_VERSION:
        message = f"{shown(text)} is a format that this version cannot read; expected {FORMAT_VERSION}"
        raise fault(message, f"write 'lcopt: {FORMAT_VERSION}'")
    return text


def read_currency(value: object, info: ValidationInfo[Known]) -> str:
    """The currency in which the total is shown too; it needs an exchange rate of the price year."""
    text = text_of(value, CURRENCY_WORDS)
    if text not in CURRENCIES:
        message = f"{shown(text)} is not a currency that is read; expected {CURRENCY_WORDS}"
        raise fault(message, f"write {text.upper()}" if text.upper() in CURRENCIES else remedy(text))
    if info.context.money is not None:
        try:
            info.context.money.usd_factor(text)
        except QuantityError as error:
            raise fault(error.message, f"choose another price_year, or {HOME}") from None
    return text


def read_price_year(value: object, info: ValidationInfo[Known]) -> int:
    """A year that the price index covers."""
    years = info.context.price_years
    text = text_of(value, f"a year from {min(years)} to {max(years)}")
    if not PLAIN_YEAR.fullmatch(text) or int(text) not in years:
        message = f"{shown(text)} is no year of the price index; expected {min(years)} to {max(years)}"
        raise fault(message)
    return int(text)


def read_voltage(value: object) -> int:
    """One of the voltage classes."""
    classes = " or ".join(f"'{voltage} V'" for voltage in SYSTEM_VOLTAGES)
    text = text_of(value, classes)
    try:
        number = read_quantity(text, KINDS["voltage"])
    except QuantityError as error:
        raise fault(error.message, error.hint) from None
    if number not in SYSTEM_VOLTAGES:
        message = f"{shown(text)} is no voltage class of the catalog; expected {classes}"
        raise fault(message)
    return int(number)


def read_folder(value: object) -> str:
    """The name of a folder of CSV files; whether it can be read is seen elsewhere."""
    text = text_of(value, "the name of a folder of CSV files")
    if not text.isprintable():
        message = f"{shown(text)} holds a control sign; expected the name of a folder of CSV files"
        raise fault(message)
    return text


def read_names(value: object) -> object:
    """`all` or a single name stands for a list of it."""
    if isinstance(value, str) and value.strip():
        if "," in value:
            message = f"{shown(value)} is one text; expected 'all', a name or a list of names"
            raise fault(message, "write several names in brackets: [first, second]")
        return [value]
    if not isinstance(value, list) or not value:
        message = f"found {'an empty list' if value == [] else shape_of(value)}; expected 'all' or a list of names"
        raise fault(message)
    return value


def names_of_one_or_more(name: Any) -> BeforeValidator:  # noqa: ANN401 - a type for pydantic
    """Reads one name or a list of names of this type."""
    names = Annotated[tuple[name, ...], Field(min_length=1, json_schema_extra={"uniqueItems": True})]
    return BeforeValidator(read_names, json_schema_input_type=names | name)


def read_window(value: object) -> object:
    """A pair of states of charge, whose ends are read afterwards."""
    if not isinstance(value, list) or len(value) != 2:
        found = f"a list of {len(value)}" if isinstance(value, list) else shape_of(value)
        message = f"found {found}; expected a lower and an upper state of charge"
        raise fault(message, "write for example [10 %, 80 %]")
    return value


def read_shares(value: object) -> object:
    """A list of shares, each read afterwards."""
    if not isinstance(value, list) or not value:
        found = "an empty list" if value == [] else shape_of(value)
        message = f"found {found}; expected a list of shares"
        raise fault(message, "write for example [50 %, 30 %, 20 %]")
    return value


def read_packs(value: object) -> object:
    """A list of at least one pack, each read afterwards."""
    if not isinstance(value, list) or not value:
        found = "an empty list" if value == [] else shape_of(value)
        message = f"found {found}; expected at least one pack"
        raise fault(message, "write '- name: ...' below 'packs:'")
    return value


def read_usage(value: object) -> object:
    """The name of a profile stands for a block that starts from it."""
    return {"profile": value} if isinstance(value, str) else value


def read_by_family(value: object) -> object:
    """A single value stands for all chemistry families."""
    return {ALL: value} if isinstance(value, str) else value


VERSION_SEEN = seen_as(lambda *_: {"enum": [int(FORMAT_VERSION), FORMAT_VERSION]})
CURRENCY_SEEN = seen_as(lambda *_: {"enum": list(CURRENCIES)})
PRICE_YEAR_SEEN = seen_as(lambda known, _: {"enum": list(known.price_years)})
VOLTAGE_SEEN = seen_as(lambda *_: {"enum": [f"{voltage} V" for voltage in SYSTEM_VOLTAGES]})
