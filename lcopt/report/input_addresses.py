"""Where each input of the report stands in a scenario file, to which lcopt takes a changed live value back."""

from __future__ import annotations

from lcopt.inputs.catalog import EXCHANGE_RATES_TABLE
from lcopt.inputs.catalog_tables import CARBON
from lcopt.inputs.fields import COLD_USE, FINANCE, LIFECYCLE, LIMITS, PACK, PLANT, USAGE
from lcopt.inputs.own_data.catalog_overrides import OVERRIDES
from lcopt.report.business_inputs import business_inputs
from lcopt.report.input_rows import exchange_rate_key, families, hardware_rows, plant_of, price_rows, yearly_volume_key
from lcopt.report.recycling_inputs import recycling_addresses
from lcopt.report.tables import PackTables, ReportTables


def input_addresses(tables: ReportTables) -> dict[str, str]:
    """Key of an input -> its address."""
    blocks = {"finance": FINANCE, "plant": PLANT, "lifecycle": LIFECYCLE}
    found = {field.attribute: f"{block}.{key}" for block, table in blocks.items() for key, field in table.items()}
    found |= {"platform_fixed_cost_usd": "search.platform_fixed_cost", "flow_shift_yr": found.pop("flow_timing")}
    finance = tables.scenario.finance
    rate = f"{EXCHANGE_RATES_TABLE}.{finance.currency}.{finance.price_year}"
    found[exchange_rate_key(tables.scenario)] = f"{OVERRIDES}.{rate}"
    for family, chemistry in families(tables).items():
        found[f"end_of_life_value_{family}_usd_per_kwh"] = f"lifecycle.end_of_life_value.{family}"
        speaker = _speaker(tables, family, chemistry)
        found[f"carbon_making_{family}_kg_per_kwh"] = f"{OVERRIDES}.chemistry_families.{speaker}.{CARBON}"
    found |= {item.key: item.address for item in business_inputs(tables.scenario)}
    found |= {item.key: item.address for item in plant_of(tables).inputs()}
    found |= {key: f"{OVERRIDES}.hardware_prices.{key}" for key in hardware_rows(tables)}
    found |= {key: f"price_overrides.{key}" for key in price_rows(tables)}
    found |= recycling_addresses(tables)
    for pack in tables.packs:
        found |= _of_pack(pack)
    return found


def _of_pack(pack: PackTables) -> dict[str, str]:
    home = f"packs.{pack.pack.name}"
    found = {f"{field.attribute}{pack.suffix}": f"{home}.{key}" for key, field in PACK.items()}
    found |= {
        f"{yearly_volume_key(year)}{pack.suffix}": f"{home}.volume.{year}" for year, _ in pack.pack.volume_by_year
    }
    for block, table in (("usage", USAGE), ("usage", COLD_USE), ("limits", LIMITS)):
        found |= {f"{field.attribute}{pack.suffix}": f"{home}.{block}.{key}" for key, field in table.items()}
    return found | {f"reference_pack_mass_kg{pack.suffix}": f"{home}.usage.reference_pack_mass"}


def _speaker(tables: ReportTables, family: str, chemistry: str) -> str:
    """The chemistry whose carbon of making holds for its family: the one that the user replaced, if any."""
    rows = tables.catalog.table("chemistry_families").select(name="family")
    members = {row.keys["chemistry"] for row in rows if row.text == family}
    replaced = [row for row in tables.scenario.replaced_rows if row.table == "chemistry_families"]
    stated = [row.keys["chemistry"] for row in replaced if row.keys["name"] == CARBON and row.replaces]
    return next((name for name in reversed(stated) if name in members), chemistry)
