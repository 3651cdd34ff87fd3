"""What must hold between the values of a scenario, and between it and the tables of the catalog.

The checks read the raw tree, so that a mistake in one value does not hide a contradiction between two others. A value
that cannot be read is passed over here: document.py has reported it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lcopt.inputs.catalog import Catalog, Row
from lcopt.inputs.distributions import distribution_faults
from lcopt.inputs.document import UsageBlock
from lcopt.inputs.fields import BY_FAMILY, COLD_USE
from lcopt.inputs.kinds import KINDS, MONEY_KIND_OF_UNIT
from lcopt.inputs.limit_contradictions import limit_contradictions
from lcopt.inputs.money import MoneyBasis, money_basis, stated_price_year
from lcopt.inputs.money_contradictions import money_contradictions
from lcopt.inputs.portfolio_buying import buying_faults
from lcopt.inputs.portfolio_contradictions import portfolio_contradictions
from lcopt.inputs.portfolio_risk import risk_faults
from lcopt.inputs.quantities import QuantityError, did_you_mean, names_like, read_quantity, short_text, shown
from lcopt.inputs.search_contradictions import search_contradictions, searched
from lcopt.inputs.strategy_contradictions import strategy_contradictions
from lcopt.inputs.text.tree import Fault, Path, Tree
from lcopt.inputs.values import ALL
from lcopt.inputs.volumes import volume_faults
from lcopt.inputs.words import POUCH
from lcopt.units import WH_PER_KWH

PRICE_FACTOR_MAX = 100.0
NOT_NEEDED_INLINE = ("profile", "reference_pack_mass", *COLD_USE)


def contradictions(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Every mistake that takes two values, or a value and a table, to see."""
    for index, pack in enumerate(_items(tree.data.get("packs"))):
        path = ("packs", index)
        yield from _window_fault((*path, "limits"), pack)
        yield from _usage_fault((*path, "usage"), pack)
        if searched(tree, "formats") == [POUCH]:
            yield from _energy_fault(path, pack, catalog)
        yield from _session_fault(path, pack, catalog)
    yield from _warranty_fault(_block(tree.data, "lifecycle"), catalog)
    yield from _window_fault(("limits",), tree.data)
    yield from _same_names(tree)
    yield from _override_faults(tree, catalog)
    yield from money_contradictions(tree, catalog)
    yield from risk_faults(tree, catalog)
    yield from buying_faults(tree, catalog)
    yield from limit_contradictions(tree, catalog)
    yield from portfolio_contradictions(tree, catalog)
    yield from volume_faults(tree, catalog)
    yield from search_contradictions(tree, catalog)
    yield from strategy_contradictions(tree, catalog)


def _items(value: object) -> list[dict[str, Any]]:
    return [item if isinstance(item, dict) else {} for item in value] if isinstance(value, list) else []


def _block(block: dict[str, Any], key: str) -> dict[str, Any]:
    value = block.get(key)
    return value if isinstance(value, dict) else {}


def _number(value: object, kind_name: str) -> float | None:
    try:
        return read_quantity(value, KINDS[kind_name]) if isinstance(value, str) else None
    except QuantityError:
        return None


def _window_fault(path: Path, owner: dict[str, Any]) -> Iterator[Fault]:
    window = _block(owner, "limits").get("charging_window")
    if not isinstance(window, list) or len(window) != 2:
        return
    low, high = (_number(end, "share") for end in window)
    if low is not None and high is not None and low >= high:
        what = "upside down" if low > high else "empty"
        message = f"the window from {window[0]} to {window[1]} is {what}; expected the lower state of charge first"
        yield Fault((*path, "charging_window"), message, f"write [{window[1]}, {window[0]}]" if low > high else "")


def _usage_fault(path: Path, pack: dict[str, Any]) -> Iterator[Fault]:
    usage = pack.get("usage")
    if not isinstance(usage, dict) or "profile" in usage:
        return
    missing = [key for key in UsageBlock.model_fields if key not in usage and key not in NOT_NEEDED_INLINE]
    unknown = [key for key in usage if key not in UsageBlock.model_fields]
    is_misspelt = any(
        did_you_mean(key, tuple(UsageBlock.model_fields)).startswith("did you mean 'profile'") for key in unknown
    )
    if missing and not is_misspelt:
        message = f"the keys {', '.join(missing)} are missing; expected all keys or a profile to start from"
        yield Fault(path, message, "write for example 'profile: private_car'")


def _energy_fault(path: Path, pack: dict[str, Any], catalog: Catalog) -> Iterator[Fault]:
    """An energy that no pouch cells of the grid make; for other formats the optimizer finds out."""
    energy_kwh, voltage = _number(pack.get("energy"), "energy"), _number(pack.get("system_voltage"), "voltage")
    classes = catalog.table("voltage_classes")
    if energy_kwh is None or voltage is None or f"{voltage:.0f}" not in classes.words("voltage_class"):
        return
    low, high = _energy_span_kwh(f"{voltage:.0f}", catalog)
    if not low <= energy_kwh <= high:
        message = (
            f"{shown(pack['energy'])} cannot be built at {voltage:.0f} V from cells of the catalog; "
            f"expected {low:.1f} to {high:.0f} kWh"
        )
        yield Fault((*path, "energy"), message, _voltage_hint(energy_kwh, catalog))


def _voltage_hint(energy_kwh: float, catalog: Catalog) -> str:
    for voltage in catalog.table("voltage_classes").words("voltage_class"):
        low, high = _energy_span_kwh(voltage, catalog)
        if low <= energy_kwh <= high:
            return f"change energy or system_voltage: {voltage} V allows {low:.1f} to {high:.0f} kWh"
    return "change energy"


def _energy_span_kwh(voltage_class: str, catalog: Catalog) -> tuple[float, float]:
    def volts(name: str) -> float:
        return catalog.table("voltage_classes").one(voltage_class=voltage_class, name=name).number("V")

    grid = catalog.table("search_grid")
    cell_max_ah = catalog.table("design_bounds").one(name="pouch_capacity_ah").number("Ah")
    parallel_max = grid.one(name="cells_in_parallel_max_count").value
    excess = grid.one(name="energy_excess_max_frac").value
    low_wh = grid.one(name="cell_capacity_min_ah").number("Ah") * volts("nominal_voltage_min_v") / (1 + excess)
    high_wh = cell_max_ah * parallel_max * volts("nominal_voltage_max_v")
    return low_wh / WH_PER_KWH, high_wh / WH_PER_KWH


def _session_fault(path: Path, pack: dict[str, Any], catalog: Catalog) -> Iterator[Fault]:
    session = _block(pack, "usage").get("session_energy")
    session_kwh, energy_kwh = _number(session, "energy"), _number(pack.get("energy"), "energy")
    if session_kwh is None or energy_kwh is None:
        return
    excess = catalog.table("search_grid").one(name="energy_excess_max_frac").value
    if session_kwh > energy_kwh * (1 + excess):
        message = (
            f"a session of {shown(str(session))} does not fit into a pack of {shown(pack['energy'])}; expected less"
        )
        yield Fault((*path, "usage", "session_energy"), message, "lower session_energy or raise the energy of the pack")


def _warranty_fault(lifecycle: dict[str, Any], catalog: Catalog) -> Iterator[Fault]:
    claim_yr, term_yr = (_years(lifecycle, key, catalog) for key in ("warranty_claim_date", "warranty_term"))
    said = next((key for key in ("warranty_claim_date", "warranty_term") if key in lifecycle), "")
    if not said or claim_yr is None or term_yr is None or claim_yr <= term_yr:
        return
    claim, term = (
        f"{years:g} yr{'' if key in lifecycle else ' (the default of the catalog)'}"
        for key, years in (("warranty_claim_date", claim_yr), ("warranty_term", term_yr))
    )
    message = f"claims fall due at {claim}, after the end of the warranty at {term}; expected them within its term"
    yield Fault(("lifecycle", said), message, f"write for example 'warranty_claim_date: {term_yr / 2:g} yr'")


def _years(lifecycle: dict[str, Any], key: str, catalog: Catalog) -> float | None:
    if key in lifecycle:
        return _number(lifecycle[key], "duration")
    return catalog.table("lifecycle_defaults").one(name=f"{key}_yr").value


def _same_names(tree: Tree) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, pack in enumerate(_items(tree.data.get("packs"))):
        name = pack.get("name")
        if isinstance(name, str) and name.strip():
            if name.strip().casefold() in seen:
                message = f"the pack name {shown(name)} is given twice; expected a name of its own for each pack"
                yield Fault(("packs", index, "name"), message)
            seen.add(name.strip().casefold())


def _override_faults(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    table = catalog.table("prices")
    scenario = tree.data.get("prices", catalog.table("scenario_defaults").one(name="prices").text)
    rows = {row.keys["item"]: row for row in table.rows if row.keys["price_scenario"] == scenario}
    rows = rows or {row.keys["item"]: row for row in table.rows}
    money = money_basis(catalog, stated_price_year(tree.data, catalog))
    for item, value in _block(tree.data, "price_overrides").items():
        path = ("price_overrides", item)
        if item not in rows:
            hint = names_like(item, tuple(rows)) or "see the items of prices.csv"
            yield Fault(path, f"unknown item {shown(item)}; expected an item of the price table", hint)
        else:
            yield from _price_fault(path, value, rows[item], money)


def _price_fault(path: Path, value: object, row: Row, money: MoneyBasis | None) -> Iterator[Fault]:
    kind = MONEY_KIND_OF_UNIT[row.unit]
    if isinstance(value, dict):
        yield from distribution_faults(path, value, kind, money)
        return
    if not isinstance(value, str):
        yield Fault(path, f"found no price; expected {kind.name} in {row.unit}", f"write for example '{kind.example}'")
        return
    try:
        price = read_quantity(value, kind, money)
    except QuantityError as error:
        yield Fault(path, error.message, error.hint)
        return
    highest = highest_price(row)
    if not 0 < price <= highest:
        message = f"{shown(value)} is out of range; expected above 0, up to {short_text(highest, kind)}"
        yield Fault(path, message, f"the catalog has {short_text(row.value, kind)}")


def highest_price(row: Row) -> float:
    """The highest price, in the unit of its row, that a scenario may put in the place of the row."""
    return PRICE_FACTOR_MAX * max(row.value, row.high_value or 0.0, 1.0)


def families(catalog: Catalog) -> tuple[str, ...]:
    """The chemistry families of the catalog in the order of the table."""
    return tuple(dict.fromkeys(row.text for row in catalog.table("chemistry_families").select(name="family")))


def unknown_families(tree: Tree, catalog: Catalog) -> Iterator[Fault]:
    """Names below keys that take a value a chemistry family and are none."""
    known = families(catalog)
    for block, key in BY_FAMILY:
        for family in _block(_block(tree.data, str(block)), str(key)):
            if family not in {ALL, *known}:
                message = f"unknown chemistry family {shown(family)}; expected one of: {', '.join(known)}"
                yield Fault((block, key, family), message, did_you_mean(family, known))
