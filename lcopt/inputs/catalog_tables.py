"""What each table of the catalog holds, in one line, and what of it a user may replace or add."""

from __future__ import annotations

# Name of the carbon of making in the table chemistry_families.
CARBON = "carbon_making_kg_per_kwh"

HOLDS: dict[str, str] = {
    "aging_constants": "how fast charging adds to the capacity fade",
    "areal_capacity_defaults": "areal capacity of real cells by family and format",
    "aspect_ratios": "electrode shapes that the search tries",
    "cell_constants": "materials, pouch, impedance and conductors of the cell model",
    "charging_constants": "heat balance and reference state of the charging model",
    "charging_profile": "share of the charging time that is over at a state of charge",
    "charging_sets": "parameters of the charging model by parameter set",
    "chemistries": "properties of the couples: capacities, densities, voltages, impedances",
    "chemistry_families": "of each chemistry: family, charging set, fade law, carbon",
    "chemistry_prices": "which item of the price table each chemistry buys",
    "chemistry_readiness": "how far cells of each chemistry are from mass production, by year",
    "coating_defaults": "coatings, foils and separators of real cells by family and year",
    "cost_rates": "labor, overheads, depreciation, profit and warranty of the plant",
    "design_bounds": "what is built: bounds on cells and packs",
    "design_conditions": "temperature of the nominal energy, cell yield, days of operation",
    "electronics": "parts and prices of the battery management system",
    "evaluation_defaults": "what 'lcopt evaluate' takes for missing columns",
    "exchange_rates": "dollars per euro and per yuan, averages by year",
    "fade_laws": "exponents and scales of the capacity fade by law",
    "fade_rates": "rates of the capacity fade by temperature, state of charge and cycle",
    "format_defaults": "walls, gaps, dead lengths and terminals of a cell, by format",
    "hardware_prices": "prices of terminals, containers, jackets, cables and other parts",
    "lifecycle_defaults": "what the block 'lifecycle' of a scenario takes for missing keys",
    "pack_constants": "geometry and materials of modules, racks, cooling and jackets",
    "platforms": "given cell designs, which every search takes into account",
    "plant_baseline": "yearly amounts of the plant that the process steps are scaled from",
    "price_basis": "value-added tax and exchange rate behind the quotes of the price table",
    "price_index": "price index by currency and year, which brings money to the price year",
    "price_paths": "prices of materials that are expected to fall or rise, by year",
    "prices": "material prices of the price scenarios, with their quotes",
    "process_steps": "labor, capital and area of each step of the plant",
    "real_pack_assumptions": "what 'lcopt validate --real' takes for what a data sheet leaves open",
    "reference_duties": "duties of the packaged life curves",
    "reference_runs": "conditions of the packaged charging and aging runs",
    "scenario_defaults": "what a scenario takes for missing keys",
    "scenario_ranges": "a typical value of each key of a scenario, and what the reader accepts",
    "search_grid": "steps and ends of the design space",
    "sources": "citations behind all numbers, with address, license and kind",
    "technology_classes": "how fast a cell of each class may charge, and its surcharges",
    "thermal": "heat to remove, chillers and their prices",
    "usage_profiles": "distance, tariffs, charging habits and climate by profile",
    "vehicles": "rules of the workbook for each kind of vehicle",
    "voltage_classes": "voltages of a pack by system voltage",
    "yields": "accepted shares of electrodes, foils, separators and solvents",
}

# Columns that identify a row, where a table has other columns besides that describe it.
IDENTITY: dict[str, tuple[str, ...]] = {
    "design_bounds": ("name",),
    "prices": ("item", "price_scenario"),
    "sources": ("key",),
}
# Tables to which a user may add rows, with the columns that may have new words; elsewhere rows are replaced only.
NEW_WORDS: dict[str, tuple[str, ...]] = {
    "aspect_ratios": ("name",),
    "charging_sets": ("charging_set",),
    "chemistries": ("chemistry",),
    "chemistry_families": ("chemistry",),
    "chemistry_prices": ("chemistry",),
    "chemistry_readiness": ("chemistry", "from_year"),
    "fade_laws": ("fade_law",),
    "fade_rates": ("fade_law", "temperature_deg_c", "soc_frac", "dod_frac", "rate_per_h"),
    "platforms": ("platform",),
    "price_index": ("year",),
    "price_paths": ("item", "year"),
    "prices": ("item", "price_scenario"),
    "sources": ("key",),
    "usage_profiles": ("profile",),
}
YEAR_COLUMNS = ("year", "from_year")
NUMBER_COLUMNS = (*YEAR_COLUMNS, "temperature_deg_c", "soc_frac", "dod_frac", "rate_per_h")
