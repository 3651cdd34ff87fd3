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
from lcopt.inputs.portfolio_risk import RISK_PRICES
from lcopt.inputs.text.tree import Path
from lcopt.inputs.values import QuantityReader, WholeNumberReader
from lcopt.inputs.volumes import KIND as NUMBER_PER_YEAR
from lcopt.inputs.volumes import is_by_year
from lcopt.inputs.words import OWNERSHIP_MODELS, SALE, SWAP

_SCENARIO, _LIFECYCLE, _OWNERSHIP = "scenario_defaults", "lifecycle_defaults", "ownership_defaults"


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
    "region": _default(_SCENARIO, "region"),
    "market": _default(_SCENARIO, "market"),
    "costing": _default(_SCENARIO, "costing"),
    "wacc": _default(_SCENARIO, "wacc_frac", "wacc_frac_per_yr"),
    "subsidy_share": _default(_SCENARIO, "subsidy_share_frac"),
    "learning": _default(_SCENARIO, "learning_frac_per_yr"),
}
SEARCH = {
    "production_start": _default(_SCENARIO, "production_start_year", "production_start_yr"),
    "readiness_min": _default(_SCENARIO, "readiness_min"),
}
PORTFOLIO = {"volumes": _default(_SCENARIO, "volumes"), "gap_max": _default(_SCENARIO, "gap_max_frac")}
BUY = {
    "cell": Field("cell"),
    "price": Field("price_usd_per_kwh"),
    "supplier": Field("supplier"),
    "supply_max": Field("supply_max_gwh_per_yr"),
}
RISK = {"prices": Field("probability_frac"), "tail": Field("tail_frac"), "aversion": Field("aversion_frac")}
PRICES = {"prices": _default(_SCENARIO, "prices")}
PRICES_COMPARED = {"prices_compared": Field("prices_compared")}
PLATFORM_COST = {"platform_fixed_cost": _default(_LIFECYCLE, "platform_fixed_cost_musd")}
LIFECYCLE = {
    "recycling_route": _default(_LIFECYCLE, "recycling_route"),
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
# The lessor's return is the discount rate of the scenario where none is given.
OWNERSHIP = {
    "fee": Field("fee_usd_per_month"),
    "fee_per_kwh": _default(_OWNERSHIP, "fee_usd_per_kwh"),
    "lessor_return": Field("lessor_return_frac"),
    "operations": _default(_OWNERSHIP, "operations_usd_per_yr"),
    "energy_paid_by": _default(_OWNERSHIP, "energy_paid_by"),
    "pool_factor": _default(_OWNERSHIP, "pool_factor"),
    "station_capex": _default(_OWNERSHIP, "station_capex_usd_per_vehicle"),
    "station_efficiency": _default(_OWNERSHIP, "station_efficiency_frac"),
    "station_energy_price": _default(_OWNERSHIP, "station_energy_price_usd_per_kwh"),
    "station_c_rate": _default(_OWNERSHIP, "station_c_rate_per_h"),
}
OWNERSHIP_MODEL = {"model": _default(_OWNERSHIP, "models", "model")}
TAX = {
    "rate": Field("rate_frac"),
    "depreciation": _default(_OWNERSHIP, "depreciation"),
    "depreciation_years": Field("depreciation_yr"),
    "depreciation_rates": Field("depreciation_frac"),
    "bonus": _default(_OWNERSHIP, "bonus_frac"),
    "investment_credit": _default(_OWNERSHIP, "investment_credit_frac"),
}
SECOND_LIFE = {
    "new_storage_price": _default(_OWNERSHIP, "new_storage_price_usd_per_kwh"),
    "new_storage_price_decline": _default(_OWNERSHIP, "new_storage_price_decline_frac_per_yr"),
    "used_discount": _default(_OWNERSHIP, "used_discount_factor"),
    "health_factor": _default(_OWNERSHIP, "health_factor"),
    "repurposing_cost": _default(_OWNERSHIP, "repurposing_cost_usd_per_kwh"),
    "soh_min": _default(_OWNERSHIP, "soh_min_frac"),
}
END_OF_LIFE = _default(_LIFECYCLE, "end_of_life_value_usd_per_kwh")
# Mappings from chemistry families to money per energy, each with the table of its defaults.
BY_FAMILY: dict[Path, str] = {("lifecycle", "end_of_life_value"): _LIFECYCLE, ("plant", "royalty"): "royalties"}

# Models under which a key of the block 'ownership' has an effect.
_LESSORS = tuple(model for model in OWNERSHIP_MODELS if model != SALE)
_SERVED = tuple(model for model in _LESSORS if model != "lease")
OWNERSHIP_USED_BY: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(OWNERSHIP, (SWAP,)),
    **dict.fromkeys(("fee", "lessor_return", "operations"), _LESSORS),
    **dict.fromkeys(("fee_per_kwh", "energy_paid_by"), _SERVED),
}


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
    owner = path[:-1]
    is_of_mapping = path[:2] in BY_FAMILY or is_at_temperatures(owner) or is_by_year(owner) or owner == RISK_PRICES
    return is_of_mapping or str(path[-1]) in block.model_fields


def kind_at(path: Path, catalog: Catalog) -> Kind | None:
    """The kind of quantity that stands at a path of a scenario, None where none does."""
    if path[:1] == ("price_overrides",) and len(path) > 1:
        units = {row.keys["item"]: row.unit for row in catalog.table("prices").rows}
        return MONEY_KIND_OF_UNIT.get(units.get(str(path[1]), ""))
    return kind_of_key(path)


def kind_of_key(path: Path) -> Kind | None:
    """The kind of quantity of a key, None where it is none, or where the catalog tells: in `price_overrides`."""
    if path[:2] in BY_FAMILY:
        return KINDS["money per energy"]
    if is_at_temperatures(path[:-1]):
        return kind_below(path)
    if path[:-1] == RISK_PRICES:
        return KINDS["share"]
    if is_by_year(path[:-1]):
        return NUMBER_PER_YEAR
    block, key = block_name(path[:-1]), str(path[-1])
    if (block, key) == ("packs", "system_voltage"):
        return KINDS["voltage"]
    reader = reader_of(block, key)
    return reader.kind if reader else None
