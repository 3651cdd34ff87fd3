"""What the rows of a user must hold together: a new chemistry, profile, platform or price scenario is complete."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from typing import NamedTuple

from lcopt.errors import Problem
from lcopt.inputs.catalog import Catalog, Row
from lcopt.inputs.catalog_tables import CARBON, CONSTANT_CLIMATE, NO_WARRANTY_RULE
from lcopt.inputs.platforms import PLATFORM_NAMES, PLATFORMS_TABLE
from lcopt.inputs.price_items import items_bought, metals_in
from lcopt.inputs.quantities import names_like, shown
from lcopt.inputs.readiness import READINESS_TABLE
from lcopt.inputs.replaced_rows import ReplacedRow, canonical

CHEMISTRY_TABLES = ("chemistry_families", "chemistries", "chemistry_prices")
# Rows of a chemistry that only those with solid electrolyte need.
MAY_BE_LEFT_OUT = frozenset(
    {"separator_is_solid", "liquid_electrolyte_frac", "solid_electrolyte_density_g_per_cm3", "solid_electrolyte"}
)
# Table -> column that names a thing, and the tables in which each thing of it needs every name.
_WHOLE = {
    "active_materials": ("active_material", ("active_materials",)),
    "price_scenarios": ("price_scenario", ("price_scenarios",)),
    "chemistry_families": ("chemistry", CHEMISTRY_TABLES),
    "chemistries": ("chemistry", CHEMISTRY_TABLES),
    "chemistry_prices": ("chemistry", CHEMISTRY_TABLES),
    "usage_profiles": ("profile", ("usage_profiles",)),
    "charging_sets": ("charging_set", ("charging_sets",)),
    "fade_laws": ("fade_law", ("fade_laws",)),
    "climates": ("climate", ("climates",)),
    "warranty_rules": ("warranty_rule", ("warranty_rules",)),
    "platforms": ("platform", ("platforms",)),
    "recycling_negatives": ("negative_active", ("recycling_negatives",)),
    "recycling_routes": ("route", ("recycling_routes",)),
}
# Where a word of a row stands for a thing of another table: name of the row -> that table and the column of the thing.
_STANDS_FOR = {
    ("chemistry_families", "charging_set"): ("charging_sets", "charging_set"),
    ("chemistry_families", "fade_law"): ("fade_laws", "fade_law"),
    ("chemistry_safety", "runaway_class"): ("runaway_classes", "runaway_class"),
    ("platforms", "chemistry"): ("chemistry_families", "chemistry"),
    ("scenario_defaults", "climate"): ("climates", "climate"),
    ("scenario_defaults", "prices"): ("prices", "price_scenario"),
    ("scenario_defaults", "warranty"): ("warranty_rules", "warranty_rule"),
}
# Words that need no rows.
_BUILT_IN = {("climates", "climate"): CONSTANT_CLIMATE, ("warranty_rules", "warranty_rule"): NO_WARRANTY_RULE}
_FADE_AXES = {
    "calendar": ("temperature_deg_c", "soc_frac"),
    "cycle": ("temperature_deg_c", "dod_frac", "rate_per_h"),
}
_SHOWN_MAX = 5
GAPS_MAX = 200


class Gap(NamedTuple):
    """What a row lacks around it: found and expected, and a remedy."""

    row: ReplacedRow
    message: str
    hint: str = ""

    @property
    def problem(self) -> Problem:
        """The same as a problem of the file that holds the row."""
        path = ".".join([self.row.table, *(shown(word)[1:-1] for word in self.row.keys.values() if word)])
        return Problem(self.row.file, self.row.line, 1, path, self.message, self.hint)


def incomplete(rows: Sequence[ReplacedRow], catalog: Catalog) -> list[Gap]:
    """The first mistakes that take several rows to see; `catalog` holds the rows already."""
    checks = (
        _missing_names,
        _unknown_words,
        _unknown_chemistries,
        _unpriced_items,
        _unbought_items,
        _unpriced_paths,
        _partial_price_scenarios,
        _partial_fade_grids,
        _unequal_carbon,
    )
    return list(islice((gap for check in checks for gap in check(rows, catalog)), GAPS_MAX))


def _first_rows(rows: Iterable[ReplacedRow], column: str, tables: Sequence[str]) -> dict[str, ReplacedRow]:
    """The things that the rows of some tables speak of, each with its first row."""
    found: dict[str, ReplacedRow] = {}
    for row in rows:
        if row.table in tables:
            found.setdefault(row.keys[column], row)
    return found


def _missing_names(rows: Sequence[ReplacedRow], catalog: Catalog) -> Iterator[Gap]:
    packaged = catalog.packaged
    for column, tables in dict.fromkeys(_WHOLE.values()):
        firsts = _first_rows(rows, column, tables)
        for table in tables if firsts else ():
            needed = PLATFORM_NAMES if table == PLATFORMS_TABLE else packaged.table(table).words("name")
            known, given = packaged.table(table).words(column), catalog.table(table).grouped(column)
            for thing, first in firsts.items():
                names = {row.keys["name"] for row in given.get(thing, ())}
                missing = [name for name in needed if name not in names and name not in MAY_BE_LEFT_OUT]
                if missing:
                    message = (
                        f"the {column.replace('_', ' ')} {shown(thing)} lacks {len(missing)} rows in {table}.csv: "
                        f"{', '.join(missing)}; expected all of them"
                    )
                    copied = f"copy those of another from 'lcopt catalog {table} --format csv'" if known else ""
                    yield Gap(first, message, names_like(thing, known) or copied)


def _unknown_words(rows: Sequence[ReplacedRow], catalog: Catalog) -> Iterator[Gap]:
    known_of = {home: catalog.table(home[0]).words(home[1]) for home in _STANDS_FOR.values()}
    known_of |= {home: (word, *known_of[home]) for home, word in _BUILT_IN.items()}
    for row in rows:
        name, value = row.keys.get("name", ""), row.cells.get("value", "")
        home = _STANDS_FOR.get((row.table, name))
        if home is not None and value not in known_of[home]:
            message = f"{name} {shown(value)} is not in {home[0]}.csv; expected one of: {', '.join(known_of[home])}"
            yield Gap(row, message, names_like(value, known_of[home]))


def _unknown_chemistries(rows: Sequence[ReplacedRow], catalog: Catalog) -> Iterator[Gap]:
    """A level of readiness belongs to a chemistry."""
    known = catalog.table("chemistry_families").words("chemistry")
    for chemistry, row in _first_rows(rows, "chemistry", (READINESS_TABLE,)).items():
        if chemistry not in known:
            message = f"the chemistry {shown(chemistry)} is not in chemistry_families.csv; expected one that is"
            yield Gap(row, message, names_like(chemistry, known))


def _unpriced_items(rows: Sequence[ReplacedRow], catalog: Catalog) -> Iterator[Gap]:
    """A chemistry buys items of the price table, priced in the unit of their material."""
    units = {row.keys["item"]: row.unit for row in catalog.table("prices").rows}
    usual = {row.keys["name"]: row.text for row in catalog.packaged.table("chemistry_prices").rows}
    for row in rows:
        if row.table != "chemistry_prices":
            continue
        item, material = row.cells["value"], row.keys["name"]
        if item not in units:
            message = f"the item {shown(item)} is not in prices.csv; expected one that is"
            yield Gap(row, message, names_like(item, tuple(units)) or "add it to a prices.csv in the same folder")
        elif units[item] != units[usual[material]]:
            wanted = f"expected an item in {units[usual[material]]}, as {material} needs"
            yield Gap(row, f"{shown(item)} is priced in {units[item]}; {wanted}")


def _unbought_items(rows: Sequence[ReplacedRow], catalog: Catalog) -> Iterator[Gap]:
    """A price that no chemistry pays is a misspelt one."""
    bought = items_bought(catalog)
    for item, row in _first_rows((row for row in rows if not row.replaces), "item", ("prices",)).items():
        if item not in bought:
            message = f"no chemistry buys the item {shown(item)}; expected one of chemistry_prices.csv"
            yield Gap(row, message, names_like(item, bought) or "let a chemistry of yours buy it")


def _unpriced_paths(rows: Sequence[ReplacedRow], catalog: Catalog) -> Iterator[Gap]:
    """A path over the years belongs to an item of the price table and is in its unit."""
    prices = catalog.table("prices")
    units, scenarios = {row.keys["item"]: row.unit for row in prices.rows}, prices.words("price_scenario")
    for scenario, row in _first_rows(rows, "price_scenario", ("price_paths",)).items():
        if scenario not in scenarios:
            message = f"the price scenario {shown(scenario)} is not in prices.csv; expected one that is"
            yield Gap(row, message, names_like(scenario, scenarios))
    for item, row in _first_rows(rows, "item", ("price_paths",)).items():
        if item not in units:
            message = f"the item {shown(item)} is not in prices.csv; expected one that is"
            yield Gap(row, message, names_like(item, tuple(units)))
        elif row.cells["unit"] != units[item]:
            yield Gap(row, f"{shown(item)} is priced in {units[item]}; expected a path in that unit")


def _partial_price_scenarios(rows: Sequence[ReplacedRow], catalog: Catalog) -> Iterator[Gap]:
    packaged = catalog.packaged.table("prices")
    known, metals = packaged.words("price_scenario"), set(metals_in(catalog.packaged, packaged.words("item")))
    items = [item for item in packaged.words("item") if item not in metals]
    rows_of = catalog.table("prices").grouped("price_scenario")
    for scenario, row in _first_rows(rows, "price_scenario", ("prices",)).items():
        given = {other.keys["item"] for other in rows_of[scenario]}
        missing = [item for item in items if item not in given]
        if scenario not in known and missing:
            message = f"the new price scenario {shown(scenario)} lacks {', '.join(missing)}; expected every item"
            yield Gap(row, message, names_like(scenario, known))


def _partial_fade_grids(rows: Sequence[ReplacedRow], catalog: Catalog) -> Iterator[Gap]:
    """A law needs rates at every point of a grid of two or more values along each axis."""
    laws, rates_of = catalog.table("fade_laws").words("fade_law"), catalog.table("fade_rates").grouped("fade_law")
    for law, first in _first_rows(rows, "fade_law", ("fade_laws", "fade_rates")).items():
        if law not in laws:
            message = f"the fade law {shown(law)} has rates but no rows in fade_laws.csv; expected both"
            yield Gap(first, message, names_like(law, laws))
        temperatures = set()
        for part, axes in _FADE_AXES.items():
            found = [row for row in rates_of.get(law, ()) if row.keys["part"] == part]
            temperatures.add(frozenset(canonical(row.keys["temperature_deg_c"]) for row in found))
            fault = _grid_fault(found, axes)
            if fault:
                yield Gap(first, f"the {part} rates of the fade law {shown(law)} {fault}")
        if len(temperatures) > 1:
            message = f"the rates of the fade law {shown(law)} have other temperatures for calendar than for cycle"
            yield Gap(first, f"{message}; expected the same")


def _grid_fault(rows: Sequence[Row], axes: Sequence[str]) -> str:
    points = [tuple(canonical(row.keys[axis]) for axis in axes) for row in rows]
    columns = [sorted({point[number] for point in points}) for number in range(len(axes))]
    if any("" in column or len(column) < 2 for column in columns) or not points:
        return f"have an empty or single {' or '.join(axes)}; expected two values or more of each"
    count = math.prod(map(len, columns)) - len(points)
    if count:
        given = set(points)
        missing = islice((point for point in product(*columns) if point not in given), _SHOWN_MAX)
        listed = "; ".join(", ".join(point) for point in missing)
        more = f" and {count - _SHOWN_MAX} more" if count > _SHOWN_MAX else ""
        return f"lack the points ({', '.join(axes)}) {listed}{more}; expected a rate at every point of the grid"
    return ""


def _unequal_carbon(rows: Sequence[ReplacedRow], catalog: Catalog) -> Iterator[Gap]:
    """A family has one carbon of making: what a user states for one of its chemistries holds for all."""
    table = catalog.table("chemistry_families")
    family_of = {row.keys["chemistry"]: row.text for row in table.select(name="family")}
    carbon = {row.keys["chemistry"]: canonical(row.text) for row in table.select(name=CARBON)}
    stated = {row.keys["chemistry"]: row for row in rows if row.table == table.name and row.keys["name"] == CARBON}
    replaced = {chemistry for chemistry, row in stated.items() if row.replaces}
    for chemistry, row in stated.items():
        family = family_of.get(chemistry, "")
        fellows = [other for other in carbon if other != chemistry and family_of.get(other) == family]
        deciding = [other for other in fellows if other in replaced] or ([] if row.replaces else fellows)
        unequal = [other for other in deciding if carbon[other] != carbon[chemistry]]
        if unequal:
            message = (
                f"{carbon[chemistry]} kg/kWh is another carbon of making than the {carbon[unequal[0]]} of {unequal[0]}"
                f"; expected one value for the family {shown(family)}"
            )
            yield Gap(row, message, "give all its chemistries one value, or this one a family of its own")
