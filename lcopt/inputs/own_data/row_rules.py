"""What a row of a user may say, judged by the packaged rows that state the same quantity.

A number has the unit of its peers, their sign, and at most a thousand times their size: that catches tonnes taken for
kilograms and keeps absurd designs out of the model. A word is one that the peers use, unless any word will do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from lcopt.inputs.catalog import SOURCES, Catalog, Row, number_of
from lcopt.inputs.fields import USAGE
from lcopt.inputs.kinds import MONEY_KIND_OF_UNIT
from lcopt.inputs.platforms import PLATFORM_NAMES, PLATFORMS_TABLE
from lcopt.inputs.quantities import QuantityError, did_you_mean, shown
from lcopt.inputs.readiness import READINESS_TABLE
from lcopt.inputs.replaced_rows import canonical
from lcopt.inputs.values import RANGES_TABLE
from lcopt.inputs.words import (
    ELECTRODE_PROCESSES,
    FLOW_TIMINGS,
    PREHEATS,
    REPLACEMENT_RULES,
    RESIDUAL_RULES,
    SAFETY_RULES,
    TECHNOLOGY_CLASSES,
)
from lcopt.units import unit_of_name

FACTOR_MAX = 1000.0
# The space of designs grows with every factor here, so that a typing error would make a search without an end.
SEARCH_FACTOR_MAX = 10.0
PRICE_TABLES = ("prices", "price_paths")
SEARCH_TABLES = ("search_grid", "platforms", "aspect_ratios")
WORD_MAX = 200
MONEY = "USD"
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)
_COMMA = re.compile(r"([+-]?\d+),(\d+)", re.ASCII)
_BOOLEANS = ("true", "false")
_WHOLE_NUMBERS = ("production_yr", "production_start_yr", "readiness_min", "readiness_level")
# Tables whose numbers a scenario may state itself.
_OF_A_SCENARIO = ("usage_profiles", "scenario_defaults", "lifecycle_defaults", READINESS_TABLE)
# Names of rows whose range is that of a key of another name.
_SAME_RANGE = {"readiness_level": "readiness_min"}
# Tables of the owner and the plant, in which a share, a time or an emission may well be nothing.
_MAY_BE_ZERO = (
    "usage_profiles",
    "lifecycle_defaults",
    "scenario_defaults",
    "scenario_ranges",
    "chemistry_families",
    "aging_constants",
    "cost_rates",
    "price_basis",
    "technology_classes",
)
_CHOICES: dict[str, tuple[str, ...]] = {
    "build": ("round", "wound", "stacked", "pouch"),
    "electrode_process": ELECTRODE_PROCESSES,
    "flow_timing": FLOW_TIMINGS,
    "preheat": PREHEATS,
    "residual_rule": RESIDUAL_RULES,
    "replacement_rule": REPLACEMENT_RULES,
    "process_class": ("liquid", "sodium", "semi_solid", "sulfide_silicon", "sulfide_lithium"),
    "safety": SAFETY_RULES,
    "technology_class": TECHNOLOGY_CLASSES,
}
# Names whose words no list can hold; those that stand for a row of another table are checked with the whole catalog.
_FREE_WORDS = {
    "chemistry_families": ("family", "charging_set", "fade_law", "borrows"),
    "chemistries": ("positive_active_material", "negative_active_material"),
    "process_steps": ("label",),
    "added_steps": ("label",),
    "cell_envelopes": ("label", "defaults"),
    "format_machines": ("label",),
    "platforms": ("chemistry",),
    "scenario_defaults": ("prices", "climate"),
}
_TELLING_COLUMNS = ("item", "name", "currency")
_MAY_BE_EMPTY = ("borrows",)


@dataclass(frozen=True)
class Quantity:
    """What the value of a row states, and the packaged rows that state the same.

    `unit` is None where any unit of a price will do; `given_limits` are those of the reader, None where the peers tell.
    """

    table: str
    name: str
    unit: str | None
    peers: tuple[Row, ...]
    given_limits: tuple[float, float] | None = None

    @property
    def is_word(self) -> bool:
        """Whether the value is a word and not a number."""
        if self.peers:
            # A format is a word that may look like a number.
            texts = [row.text for row in self.peers]
            return any(number_of(text) is None for text in texts if text) or not any(texts)
        return self.table == PLATFORMS_TABLE and unit_of_name(self.name) is None

    @property
    def is_money(self) -> bool:
        """Whether the value is in dollars of a price year."""
        return self.unit is None or MONEY in self.unit

    @cached_property
    def is_whole(self) -> bool:
        """Whether the value counts things or whole years."""
        counts = self.unit == "count" or self.name in _WHOLE_NUMBERS
        return counts and all((number_of(row.text) or 0.0).is_integer() for row in self.peers)

    @cached_property
    def limits(self) -> tuple[float, float]:
        """The lowest and the highest number that a row may state, in its unit."""
        if self.given_limits is not None:
            return self.given_limits
        found = [bound for row in self.peers for bound in (number_of(row.text), row.low, row.high)]
        known = [number for number in found if number is not None]
        factor = SEARCH_FACTOR_MAX if self.table in SEARCH_TABLES else FACTOR_MAX
        is_share = self.name.endswith("_frac") and self.unit == "1" and all(0 <= number <= 1 for number in known)
        top = 1.0 if is_share else factor * (max(map(abs, known), default=0.0) or 1.0)
        least = min(known, default=0.0)
        if least < 0 or self.unit == "degC":
            return -top, top
        return (0.0 if least == 0 or self.is_money or self.table in _MAY_BE_ZERO else least / factor), top


def _name_in(keys: Mapping[str, str]) -> str:
    """The word among the keys of a row that tells what its value states; empty where all rows of a table state one."""
    return next((keys[column] for column in _TELLING_COLUMNS if column in keys), "")


class Quantities:
    """The quantities of one packaged catalog, each gathered once."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._made: dict[tuple[str, str], Quantity] = {}

    def of(self, table: str, keys: Mapping[str, str]) -> Quantity:
        """The quantity that a row with these keys states."""
        name = _name_in(keys)
        if (table, name) not in self._made:
            self._made[table, name] = self._gathered(table, name)
        return self._made[table, name]

    def names(self, table: str) -> tuple[str, ...]:
        """What each thing of a table states: the names that a new one needs; none where the table has no names."""
        if table == PLATFORMS_TABLE:
            return PLATFORM_NAMES
        rows = self.catalog.table(table)
        return rows.words("name") if "name" in rows.columns else ()

    def _gathered(self, table: str, name: str) -> Quantity:
        rows = self.catalog.table(table).rows
        if table == PLATFORMS_TABLE:
            unit = unit_of_name(name) or ""
            return Quantity(table, name, unit, self._rows_of_search(unit) if unit else ())
        if table in PRICE_TABLES:
            priced = (row for known in PRICE_TABLES for row in self.catalog.table(known).rows)
            peers = tuple(row for row in priced if _name_in(row.keys) == name)
            return Quantity(table, name, peers[0].unit if peers else None, peers or rows)
        peers = tuple(row for row in rows if _name_in(row.keys) == name)
        if table == "aspect_ratios":
            peers = rows
        return Quantity(table, name, peers[0].unit if peers else "", peers, self._limits_of_reader(table, name))

    def _rows_of_search(self, unit: str) -> tuple[Row, ...]:
        """Rows of the search in one unit: a given cell is about as large as a generated one."""
        tables = ("search_grid", "design_bounds", "aspect_ratios")
        return tuple(row for name in tables for row in self.catalog.table(name).rows if row.unit == unit)

    def _limits_of_reader(self, table: str, name: str) -> tuple[float, float] | None:
        """What the reader accepts for the same number in a scenario, whose keys are names without their units."""
        if table not in _OF_A_SCENARIO:
            return None
        key = next((key for key, field in USAGE.items() if field.attribute == name), _SAME_RANGE.get(name, name))
        for row in self.catalog.table(RANGES_TABLE).rows:
            other = row.keys["name"]
            is_same = other == key or (name.startswith(f"{other}_") and unit_of_name(name) == row.unit)
            if is_same and row.low is not None and row.high is not None:
                return row.low, row.high
        return None


def check_unit(unit: str, quantity: Quantity) -> None:
    """Raise where a row is in another unit than the packaged rows of its quantity.

    Raises
    ------
    QuantityError
    """
    if quantity.unit is None:
        if unit not in MONEY_KIND_OF_UNIT:
            message = f"unit {shown(unit)} is not that of a price; expected one of: {', '.join(MONEY_KIND_OF_UNIT)}"
            raise QuantityError(message)
    elif unit != quantity.unit:
        wanted = f"'{quantity.unit}'" if quantity.unit else "no unit, since the value is a word"
        message = f"unit {shown(unit)} is another than that of the packaged rows; expected {wanted}"
        raise QuantityError(message, "convert the value" if unit and quantity.unit else "")


def value_text(text: str, quantity: Quantity) -> str:
    """The value of a row as the catalog keeps it: a number in its shortest spelling, or a word.

    Raises
    ------
    QuantityError
        Where it is no such value.
    """
    if quantity.is_word:
        _check_word(text, quantity)
        return text
    number = number_in(text)
    _check_size(number, text, quantity)
    if quantity.is_whole:
        _check_whole(number, text)
    return canonical(text)


def number_in(text: str) -> float:
    """The finite decimal number that a text is.

    Raises
    ------
    QuantityError
        Where it is none.
    """
    if _COMMA.fullmatch(text):
        message = f"{shown(text)} has a decimal comma; expected a decimal point"
        raise QuantityError(message, f"write {text.replace(',', '.')}")
    number = number_of(text) if _NUMBER.fullmatch(text) else None
    if number is None:
        found = f"{shown(text)} is not a number" if text else "no value"
        message = f"{found}; expected digits with a decimal point"
        raise QuantityError(message)
    return number


def _check_whole(number: float, text: str) -> None:
    if not number.is_integer():
        message = f"{shown(text)} is not a whole number; expected one"
        raise QuantityError(message, f"write {round(number)}")


def _check_size(number: float, text: str, quantity: Quantity) -> None:
    low, high = quantity.limits
    if not low <= number <= high:
        message = f"{shown(text)} is out of range; expected {low:g} to {high:g}"
        packaged = f"the catalog has {quantity.peers[0].text} {quantity.unit or ''}".rstrip()
        raise QuantityError(message, packaged if len(quantity.peers) == 1 else "")


def _check_word(text: str, quantity: Quantity) -> None:
    if not text and quantity.name not in _MAY_BE_EMPTY:
        message = "no value; expected a word"
        raise QuantityError(message)
    check_printable(text)
    if quantity.table == "chemistry_prices" or quantity.name in _FREE_WORDS.get(quantity.table, ()):
        return
    texts = {row.text for row in quantity.peers}
    words = _BOOLEANS if texts <= set(_BOOLEANS) and texts else _CHOICES.get(quantity.name, tuple(sorted(texts)))
    if text not in words:
        message = f"unknown word {shown(text)}; expected one of: {', '.join(words)}"
        raise QuantityError(message, did_you_mean(text, words))


def check_printable(text: str) -> None:
    """Raise where a word cannot stand on one line of a report.

    Raises
    ------
    QuantityError
    """
    if len(text) > WORD_MAX:
        message = f"{shown(text)} has {len(text)} signs; expected at most {WORD_MAX}"
        raise QuantityError(message)
    if not text.isprintable():
        message = f"{shown(text)} holds a line break or a control sign; expected a word on one line"
        raise QuantityError(message)


def texts_of(row: Row) -> dict[str, str]:
    """All columns of a row as a file would state them, numbers in their shortest spelling."""
    if row.table == SOURCES:
        return dict(row.keys)
    low, high = ("" if bound is None else canonical(repr(bound)) for bound in (row.low, row.high))
    year = "" if row.price_year is None else str(row.price_year)
    return {
        **row.keys,
        "value": canonical(row.text),
        "low": low,
        "high": high,
        "unit": row.unit,
        "price_year": year,
        "source": row.source,
        "kind": row.kind,
        "reference": row.reference,
        "note": row.note,
    }
