"""Sheet Design: the chosen cell and pack, its mass by part, and what follows from energy, mass and volume."""

from __future__ import annotations

from lcopt.design_names import NO_HEATER
from lcopt.inputs.words import ROUND_FORMATS
from lcopt.report import sheets
from lcopt.report.expressions import Cell, link
from lcopt.report.formulas import total
from lcopt.report.ledger import NOTE_COLUMN, Ledger, Lines
from lcopt.report.sheets import Chart, Series, Sheet
from lcopt.report.styles import COUNT, NUMBER, QUANTITY, SHARE
from lcopt.report.tables import PackTables
from lcopt.report.words import fact_in_words
from lcopt.report.words import label as words
from lcopt.units import MINUTES_PER_HOUR, unit_of_name

HEADS = (("Key", 36.0), ("Quantity", 44.0), ("Unit", 14.0), ("Value", 26.0), ("Note", 52.0))

THREE_LINES = 42.0
WORDS = {
    "chemistry": "Chemistry",
    "technology_class": "Technology class",
    "format": "Cell format",
    "platform": "Cell platform",
}
PACK_WORDS = {"architecture": "Architecture", "cooling": "Cooling"}
CELL = {
    "areal_capacity_mah_per_cm2": "Areal capacity, nameplate",
    "cell_capacity_ah": "Cell capacity",
    "cell_mass_g": "Cell mass",
    "cell_length_mm": "Cell length",
    "cell_width_mm": "Cell width",
    "cell_thickness_mm": "Cell thickness",
    "cell_specific_energy_wh_per_kg": "Cell specific energy",
    "cell_energy_density_wh_per_l": "Cell energy density",
}
# A round cell has its diameter twice.
ROUND_CELL = {
    key: {"cell_width_mm": "Cell height", "cell_thickness_mm": "Cell diameter"}.get(key, label)
    for key, label in CELL.items()
    if key != "cell_length_mm"
}
COUNTS = {"cells_in_series_count": "Cells in series", "cells_in_parallel_count": "Cells in parallel"}
MODULES = {
    "cells_per_module_count": "Cells per module",
    "modules_in_row_count": "Modules in a row",
    "rows_of_modules_count": "Rows of modules",
}
PACK = {
    "pack_nominal_voltage_v": "Nominal voltage",
    "pack_power_kw": "Power at the required state",
    "pack_volume_l": "Pack volume",
    "pack_length_mm": "Pack length",
    "pack_width_mm": "Pack width",
    "pack_height_mm": "Pack height",
}
# Way of preheating -> where the energy for heat comes from.
HEAT_WORDS = {
    "none": "bought at the charger",
    "plug": "bought at the plug",
    "way": "from the battery, recharged at DC",
}
SAFETY = {
    "barrier_thickness_mm": "Barrier between cells",
    "propagation_margin_k": "Margin to propagation",
}


def add_design(ledger: Ledger, pack: PackTables) -> Sheet:
    """One sheet for the chosen design of a pack."""
    purpose = "The chosen design. Violet: found by the solver, fixed until lcopt is run again; black: computed here."
    sheet = ledger.sheet("Design", pack, "Design", purpose, "calculation", fit_height=True)
    sheet.header(HEADS)
    sheet.cell(sheet.header_row, 4).look = "head_number"
    lines = Lines(sheet, sheets.FIRST_ROW)
    facts = pack.chosen.facts
    lines.block("Cell")
    for key, label in WORDS.items():
        if key == "platform":
            sheet.heights[lines.row] = THREE_LINES
        lines.add(key, label, "-", fact_in_words(key, facts), look="solver_text")
    _solved(lines, pack, ROUND_CELL if facts["format"] in ROUND_FORMATS else CELL)
    lines.block("Pack")
    for key, label in PACK_WORDS.items():
        lines.add(key, label, "-", fact_in_words(key, facts), look="solver_text")
    _counts(lines, pack)
    if facts.get("heater", NO_HEATER) != NO_HEATER:
        lines.add("heater", "Battery heater", "-", fact_in_words("heater", facts), look="solver_text")
    _solved(lines, pack, PACK)
    _solved(lines, pack, SAFETY)
    _derived(ledger, lines, pack)
    last = _mass(ledger, lines, pack)
    _charging(ledger, lines, pack)
    chart = Chart(
        anchor=f"A{lines.row + 2}",
        title="Mass by part",
        categories=sheet.down(2, last[0], last[1]),
        series=(Series(sheet.cell(sheet.header_row, 4), sheet.down(4, last[0], last[1])),),
        value_title="kg",
        number_format="#,##0.0",
        horizontal=True,
        height_cm=max(7.0, 0.65 * (last[1] - last[0] + 4)),
    )
    sheet.charts.append(chart)
    return sheet


def _counts(lines: Lines, pack: PackTables) -> None:
    """Cells and, where there are any, modules; tiers and lying cells where they are not the usual."""
    facts = pack.chosen.facts
    _solved(lines, pack, COUNTS)
    in_series, in_parallel = lines.constant("cells_in_series_count"), lines.constant("cells_in_parallel_count")
    lines.add("cells_count", "Cells in the pack", "count", in_series * in_parallel, number_format=COUNT)
    if facts["cells_per_module_count"]:
        _solved(lines, pack, MODULES)
        in_rows = lines.constant("modules_in_row_count") * lines.constant("rows_of_modules_count")
        lines.add("modules_count", "Modules in the pack", "count", in_rows, number_format=COUNT)
    if facts["tiers_count"] > 1:
        _solved(lines, pack, {"tiers_count": "Tiers of cells"})
    if facts["is_lying"]:
        lines.add("is_lying", "Cells lie on their large face", "-", "yes", look="solver_text")


def _solved(lines: Lines, pack: PackTables, labels: dict[str, str]) -> None:
    for key, label in labels.items():
        if key not in pack.chosen.facts:
            continue
        value = pack.chosen.facts[key]
        unit = unit_of_name(key) or ""
        count = unit == "count"
        shown = COUNT if count else (QUANTITY if abs(value) < 100.0 else NUMBER)
        lines.add(key, label, unit, int(value) if count else float(value), number_format=shown, look="solver")


def _derived(ledger: Ledger, lines: Lines, pack: PackTables) -> None:
    capacity = lines.constant("cell_capacity_ah") * lines.constant("cells_in_parallel_count")
    energy = capacity * lines.constant("pack_nominal_voltage_v") / 1000
    note = "cell capacity x cells in parallel x nominal voltage"
    lines.add("pack_energy_kwh", "Pack energy, nameplate", "kWh", energy, number_format=QUANTITY, note=note)
    ledger.keep(pack, "energy", lines.constant("pack_energy_kwh"))


def _mass(ledger: Ledger, lines: Lines, pack: PackTables) -> tuple[int, int]:
    """Masses by part; returns the first and last row of the parts."""
    lines.block("Mass")
    sheet, first = lines.sheet, lines.row
    weighing = [part for part in pack.chosen.parts.items() if part[1]]
    parts = sorted(weighing, key=lambda part: -part[1])
    for part, mass_kg in parts:
        lines.add(part, words(part.replace(" ", "_")), "kg", mass_kg, number_format=QUANTITY, look="solver")
    last = lines.row - 1
    weighed = total(sheet.down(4, first, last))
    lines.add("pack_mass_kg", "Pack mass", "kg", weighed, number_format=QUANTITY, look="total", note="sum of the parts")
    mass = ledger.keep(pack, "mass", lines.constant("pack_mass_kg"))
    for row in range(first, last + 1):
        sheet.put(row, NOTE_COLUMN, sheet.cell(row, 4) / mass, "note", SHARE)
    energy, volume = ledger.of(pack, "energy"), lines.constant("pack_volume_l")
    per_mass = energy * 1000 / mass
    per_volume = energy * 1000 / volume
    note = "pack energy / pack mass"
    lines.add("pack_specific_energy_wh_per_kg", "Specific energy", "Wh/kg", per_mass, number_format=NUMBER, note=note)
    note = "pack energy / pack volume"
    lines.add("pack_energy_density_wh_per_l", "Energy density", "Wh/L", per_volume, number_format=NUMBER, note=note)
    ledger.keep(pack, "specific_energy", lines.constant("pack_specific_energy_wh_per_kg"))
    ledger.keep(pack, "energy_density", lines.constant("pack_energy_density_wh_per_l"))
    ledger.keep(pack, "volume", volume)
    return first, last


def _charging(ledger: Ledger, lines: Lines, pack: PackTables) -> None:
    lines.block("Charging")
    low, high = pack.pack.limits.charging_window_frac
    hours = float(pack.chosen.facts["charging_time_min"]) / MINUTES_PER_HOUR
    note = "of the pack energy, from the scenario"
    lines.add("window_frac", "Charging window", "1", high - low, look="solver", number_format=SHARE, note=note)
    note = "plating limit, heat, charger and rating"
    lines.add("charging_h", "Charging time of the window", "h", hours, look="solver", number_format="0.0000", note=note)
    window, duration = lines.constant("window_frac"), lines.constant("charging_h")
    mean, note = (
        (_mean_stop(ledger, lines, pack), "energy / mean time") if pack.asks_cold else (duration, "energy / time")
    )
    power = ledger.of(pack, "energy") * window / mean
    rate = window / duration
    lines.add("session_power_kw", "Mean power of the window", "kW", power, number_format=NUMBER, note=note)
    lines.add("mean_c_rate_per_h", "Mean C-rate of the window", "1/h", rate, number_format="0.00")
    check = lines.constant("mean_c_rate_per_h") * duration
    note = "C-rate x time gives the window back"
    lines.add("proof_frac", "Proof: C-rate x time", "1", check, number_format=SHARE, note=note)
    ledger.keep(pack, "window", window)
    ledger.keep(pack, "charging_h", duration)
    ledger.keep(pack, "session_power", lines.constant("session_power_kw"))


def _mean_stop(ledger: Ledger, lines: Lines, pack: PackTables) -> Cell:
    """What a cold stop takes, and the mean time of a stop over warm and cold ones."""
    facts, limits = pack.chosen.facts, pack.pack.limits
    share = link(ledger.input("cold_stops_frac", pack))
    lines.add("cold_stops_frac", "Share of cold stops", "1", share, number_format=SHARE, look="link")
    note = f"plug-in at {limits.cold_temperature_deg_c:g} degC to the end of the window, with heating"
    hours = float(facts["cold_charging_time_min"]) / MINUTES_PER_HOUR
    lines.add("cold_stop_h", "Time of a cold stop", "h", hours, look="solver", number_format="0.0000", note=note)
    heat, note = float(facts["cold_heat_kwh"]), HEAT_WORDS[pack.pack.usage.preheat]
    lines.add(
        "cold_heat_kwh", "Energy for heat of a cold stop", "kWh", heat, look="solver", number_format=QUANTITY, note=note
    )
    one = lines.constant
    mean = (1 - one("cold_stops_frac")) * one("charging_h") + one("cold_stops_frac") * one("cold_stop_h")
    lines.add("mean_stop_h", "Mean time of a stop", "h", mean, number_format="0.0000", note="warm and cold ones")
    ledger.keep(pack, "cold_stops", one("cold_stops_frac"))
    ledger.keep(pack, "cold_heat", one("cold_heat_kwh"))
    return one("mean_stop_h")
