"""Single keys of the block `uncertainty` that have a shape of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.price_items import metals_in
from lcopt.inputs.quantities import did_you_mean, shown
from lcopt.inputs.text.tree import Fault, Path, Tree
from lcopt.inputs.values import fault, shape_of

UNCERTAINTY, MAP = "uncertainty", "map"
PRICES, ACTIVE_MATERIALS, CONVERSION = "price_overrides", "active_materials", "conversion_usd_per_kg"
RATE, PLANT_SIZE = "finance.discount_rate", "plant.size"
YIELD, SPEED, AGING = "cell_yield_frac", "speed_factor", "aging"
AC_PRICE, DC_PRICE, VOLUME = "usage.ac_price", "usage.dc_price", "volume"
MAP_EXAMPLE = "[price_overrides.lithium_carbonate, finance.discount_rate]"


def read_map(value: object) -> object:
    """Two different fields, as the tornado names them."""
    fields = value if isinstance(value, list) else []
    if len(fields) != 2 or not all(isinstance(field, str) and field.strip() for field in fields):
        found = f"a list of {len(fields)}" if isinstance(value, list) else shape_of(value)
        message = f"found {found}; expected two fields"
        raise fault(message, f"write for example {MAP_EXAMPLE}")
    if fields[0] == fields[1]:
        message = f"found '{fields[0]}' twice; expected two different fields"
        raise fault(message, f"write for example {MAP_EXAMPLE}")
    return fields


def price_field(item: str) -> str:
    """The field of the price of an item."""
    return f"{PRICES}.{item}"


def conversion_field(material: str) -> str:
    """The field of what it costs to make an active material of its metals."""
    return f"catalog_overrides.{ACTIVE_MATERIALS}.{material}.{CONVERSION}"


def pack_field(names: list[str], key: str) -> str:
    """The field of a key of the packs; of several packs their common share counts."""
    return f"packs.{names[0]}.{key}" if len(names) == 1 else f"packs.*.{key}"


def map_faults(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Fields of the map that nothing uncertain has, and those that cannot move between two ends."""
    block = tree.data.get(UNCERTAINTY)
    fields = block.get(MAP) if isinstance(block, dict) else None
    for place, field in enumerate(fields if isinstance(fields, list) else []):
        if isinstance(field, str) and field.strip():
            yield from _field_faults((UNCERTAINTY, MAP, place), field.strip(), tree.data, catalog)


def _field_faults(path: Path, field: str, scenario: dict[str, Any], catalog: Catalog) -> Iterator[Fault]:
    known = _known_fields(scenario, catalog)
    if field == AGING:
        yield Fault(path, f"{shown(field)} has no values between its ends; expected a price or a term that has")
    elif field not in known:
        message = f"no uncertain field {shown(field)}; expected a price or a term as 'lcopt sensitivity' names it"
        yield Fault(path, message, did_you_mean(field, known) or f"write for example {MAP_EXAMPLE}")
    else:
        yield from _price_faults(path, field, scenario.get(PRICES), catalog)


def _price_faults(path: Path, field: str, overrides: object, catalog: Catalog) -> Iterator[Fault]:
    """A price that the scenario fixes, or that moves with the metals in it."""
    block, _, item = field.partition(".")
    stated = overrides.get(item) if isinstance(overrides, dict) else None
    if block != PRICES or isinstance(stated, dict):
        return
    if stated is not None:
        hint = f"give it a distribution, or remove it from {PRICES}"
        yield Fault(path, f"the price of {shown(item)} is fixed in {PRICES}; expected an uncertain one", hint)
    elif metals := metals_in(catalog, [item]):
        hint = f"write for example {price_field(metals[0])}"
        yield Fault(path, f"the price of {shown(item)} moves with its metals; expected one of them", hint)


def _known_fields(scenario: dict[str, Any], catalog: Catalog) -> tuple[str, ...]:
    packs = scenario.get("packs")
    names = [str(pack.get("name")) for pack in packs if isinstance(pack, dict)] if isinstance(packs, list) else []
    prices = [price_field(item) for item in catalog.table("prices").words("item")]
    conversions = catalog.table(ACTIVE_MATERIALS).select(name=CONVERSION)
    made = [conversion_field(row.keys["active_material"]) for row in conversions]
    of_packs = [pack_field(names, key) for key in (AC_PRICE, DC_PRICE, VOLUME)]
    return (*prices, *made, RATE, *of_packs, PLANT_SIZE, YIELD, SPEED)
