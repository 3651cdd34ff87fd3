"""Which key of a scenario file fills which attribute of a `Scenario`, and which row of the catalog is its default.

One table for both directions: resolve.py reads a document by it, writing.py writes one, completion.py fills defaults.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BeforeValidator

from lcopt.inputs.at_temperatures import is_at_temperatures, kind_below
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.document import BLOCKS, block_name
from lcopt.inputs.kinds import KINDS, MONEY_KIND_OF_UNIT, Kind
from lcopt.inputs.text.tree import Path
from lcopt.inputs.values import QuantityReader, WholeNumberReader

_SCENARIO, _LIFECYCLE = "scenario_defaults", "lifecycle_defaults"


@dataclass(frozen=True)
class Field:
    """One key: the attribute that it fills; table and name of the row that is its default, empty where it has none."""

    attribute: str
    table: str = ""
    row: str = ""


def _default(table: str, attribute: str, row: str = "") -> Field:
    return Field(attribute, table, row or attribute)


FINANCE = {
    "currency": Field("currency"),
    "price_year": Field("price_year"),
    "discount_rate": Field("discount_rate_frac"),
    "horizon": Field("horizon_yr"),
    "inflation": _default(_SCENARIO, "inflation_frac_per_yr"),
    "production_years": _default(_SCENARIO, "production_years", "production_yr"),
    "carbon_price": _default(_SCENARIO, "carbon_price_usd_per_t"),
    "flow_timing": _default(_SCENARIO, "flow_timing"),
}
PACK = {
    "name": Field("name"),
    "volume": Field("volume_per_yr"),
    "energy": Field("energy_kwh"),
    "power": Field("power_kw"),
    "power_temperature": _default(_SCENARIO, "power_temperature_deg_c"),
    "power_soc": _default(_SCENARIO, "power_soc_frac"),
    "system_voltage": Field("system_voltage_v"),
}
USAGE = {
    "distance": Field("distance_km_per_yr"),
    "consumption": Field("consumption_kwh_per_km"),
    "mass_penalty": Field("mass_penalty_kwh_per_100km_per_100kg"),
    "dc_share": Field("dc_share_frac"),
    "ac_efficiency": Field("ac_efficiency_frac"),
    "dc_efficiency": Field("dc_efficiency_frac"),
    "ac_price": Field("ac_price_usd_per_kwh"),
    "dc_price": Field("dc_price_usd_per_kwh"),
    "energy_price_escalation": Field("energy_price_escalation_frac_per_yr"),
    "session_energy": Field("session_energy_kwh"),
    "session_overhead": Field("session_overhead_h"),
    "time_value": Field("time_value_usd_per_h"),
    "unproductive": Field("unproductive_frac"),
    "soc_mean": Field("soc_mean_frac"),
    "dod": Field("dod_frac"),
    "c_rate": Field("c_rate_per_h"),
    "battery_temperature": Field("battery_temperature_deg_c"),
    "soh_end_of_life": Field("soh_end_of_life_frac"),
    "grid_carbon": Field("grid_kg_per_kwh"),
}
# How cold the use of a pack is; no profile of the catalog says it.
COLD_USE = {
    "climate": _default(_SCENARIO, "climate"),
    "preheat": _default(_SCENARIO, "preheat"),
    "cold_stops": _default(_SCENARIO, "cold_stops_frac"),
}
LIMITS = {
    "charging_time_max": Field("charging_time_max_min"),
    "charging_window": Field("charging_window_frac"),
    "charging_temperature": _default(_SCENARIO, "charging_temperature_deg_c"),
    "cold_charging_time_max": Field("cold_charging_time_max_min"),
    "cold_temperature": _default(_SCENARIO, "cold_temperature_deg_c"),
    "charger_power": _default(_SCENARIO, "charger_power_kw"),
    "charger_current": _default(_SCENARIO, "charger_current_a"),
    "usable_energy_min_at": Field("usable_energy_min_kwh_at"),
    "power_min_at": Field("power_min_kw_at"),
    "specific_energy_min": Field("specific_energy_min_wh_per_kg"),
    "energy_density_min": Field("energy_density_min_wh_per_l"),
    "mass_max": Field("mass_max_kg"),
    "volume_max": Field("volume_max_l"),
    "length_max": Field("length_max_mm"),
    "width_max": Field("width_max_mm"),
    "height_max": Field("height_max_mm"),
    "safety": _default(_SCENARIO, "safety"),
    "life_min": Field("life_min_yr"),
    "life_distance_min": Field("life_distance_min_km"),
    "warranty": _default(_SCENARIO, "warranty"),
}
WINDOW_ROWS = ("charging_window_low_frac", "charging_window_high_frac")
PLANT = {
    "size": _default(_SCENARIO, "size_gwh_per_yr", "plant_size_gwh_per_yr"),
    "parts_price_factor": _default(_SCENARIO, "parts_price_factor"),
    "electrode_process": _default(_SCENARIO, "electrode_process"),
}
SEARCH = {
    "production_start": _default(_SCENARIO, "production_start_year", "production_start_yr"),
    "readiness_min": _default(_SCENARIO, "readiness_min"),
}
PRICES = {"prices": _default(_SCENARIO, "prices")}
PLATFORM_COST = {"platform_fixed_cost": _default(_LIFECYCLE, "platform_fixed_cost_musd")}
LIFECYCLE = {
    "residual_rule": _default(_LIFECYCLE, "residual_rule"),
    "pack_price_decline": _default(_LIFECYCLE, "pack_price_decline_frac_per_yr"),
    "replacement_markup": _default(_LIFECYCLE, "replacement_markup_frac"),
    "replacement_rule": _default(_LIFECYCLE, "replacement_rule"),
    "warranty_defect": _default(_LIFECYCLE, "warranty_defect_frac"),
    "warranty_claim_date": _default(_LIFECYCLE, "warranty_claim_date_yr"),
    "warranty_guaranteed_soh": _default(_LIFECYCLE, "warranty_guaranteed_soh_frac"),
    "warranty_term": _default(_LIFECYCLE, "warranty_term_yr"),
    "warranty_spread": _default(_LIFECYCLE, "warranty_spread_cv", "warranty_spread_frac"),
}
END_OF_LIFE = _default(_LIFECYCLE, "end_of_life_value_usd_per_kwh")


def reader_of(block: str, key: str) -> QuantityReader | None:
    """How the quantity of a key is read, None where it is no quantity."""
    return next((reader for reader in _readers(block, key) if isinstance(reader, QuantityReader)), None)


def is_whole_number(block: str, key: str) -> bool:
    """Whether a key takes a whole number without a unit, within the range of the catalog."""
    return any(isinstance(reader, WholeNumberReader) for reader in _readers(block, key))


def _readers(block: str, key: str) -> list[Any]:
    field = BLOCKS[block].model_fields.get(key)
    metadata: list[Any] = field.metadata if field else []
    return [item.func for item in metadata if isinstance(item, BeforeValidator)]


def is_known(path: Path, catalog: Catalog) -> bool:
    """Whether a scenario can have a value at this path; what it cannot have is reported as an unknown key."""
    if path[0] == "price_overrides" and len(path) > 1:
        return str(path[1]) in catalog.table("prices").words("item")
    block = BLOCKS[block_name(path[:-1])]
    is_of_mapping = path[:2] == ("lifecycle", "end_of_life_value") or is_at_temperatures(path[:-1])
    return is_of_mapping or str(path[-1]) in block.model_fields


def kind_at(path: Path, catalog: Catalog) -> Kind | None:
    """The kind of quantity that stands at a path of a scenario, None where none does."""
    if path[:1] == ("price_overrides",) and len(path) > 1:
        units = {row.keys["item"]: row.unit for row in catalog.table("prices").rows}
        return MONEY_KIND_OF_UNIT.get(units.get(str(path[1]), ""))
    return kind_of_key(path)


def kind_of_key(path: Path) -> Kind | None:
    """The kind of quantity of a key, None where it is none, or where the catalog tells: in `price_overrides`."""
    if path[:2] == ("lifecycle", "end_of_life_value"):
        return KINDS["money per energy"]
    if is_at_temperatures(path[:-1]):
        return kind_below(path)
    block, key = block_name(path[:-1]), str(path[-1])
    if (block, key) == ("packs", "system_voltage"):
        return KINDS["voltage"]
    reader = reader_of(block, key)
    return reader.kind if reader else None
