"""What the pouch model says about packs on the market, as far as their data tell chemistry and layout."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lcopt.evaluation import evaluate
from lcopt.inputs.catalog import Catalog

REAL_COLUMNS = ("chemistry", "format", "pack_kWh", "cell_Ah", "cell_V", "charge_window_pct", "charge_min")
# Column of the table -> column of the evaluation.
QUANTITIES = {
    "cell_Ah": "cell_capacity_ah",
    "cell_V": "cell_nominal_voltage_v",
    "cell_kg": "cell_mass_g",
    "cell_Wh_kg": "cell_specific_energy_wh_per_kg",
    "cell_Wh_L": "cell_energy_density_wh_per_l",
    "cathode_areal_mAh_cm2": "positive_areal_capacity_mah_per_cm2",
    "pack_kWh": "pack_energy_out_kwh",
    "pack_kg": "pack_mass_kg",
    "pack_Wh_kg": "pack_specific_energy_wh_per_kg",
    "pack_Wh_L": "pack_energy_density_wh_per_l",
}
# The first word that a stated chemistry holds names the couple; nickel-rich ones without a number pass for NMC622.
COUPLES = (
    ("NMC811", "NMC811-G (Energy)"),
    ("NCMA", "NMC811-G (Energy)"),
    ("NMC532", "NMC532-G (Energy)"),
    ("NMC111", "NMC333-G (Energy)"),
    ("NMC", "NMC622-G (Energy)"),
    ("NCA", "NCA-G (Energy)"),
    ("LFP", "LFP-G (Energy)"),
    ("LMO", "LMO-G (Energy)"),
)
NOT_MODELED = ("solid", "in-situ", "LMFP", "Na-ion", "/Si", "(Si")
POUCH = "pouch"
TEXT_COLUMNS = ("format", "source", "note")
G_PER_KG = 1000.0
WH_PER_KWH = 1000.0


@dataclass(frozen=True)
class RealPackAssumptions:
    """What is assumed where a source does not say it."""

    power_per_energy_per_h: float
    charge_time_min: float
    charge_window_pct: float
    rows_of_modules_count: int
    lfp_cell_v: float
    ternary_cell_v: float


def predict_real_packs(table: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """Predictions under the names of the table's columns, and why a row has none."""
    assumptions = catalog.constants(RealPackAssumptions, "real_pack_assumptions")
    made = [_design(row, assumptions) for _, row in table.iterrows()]
    predicted = pd.DataFrame({"problem": [reason for _, reason in made]}, index=table.index)
    for name in QUANTITIES:
        if name in table:
            predicted[name] = np.nan
    designs = {place: design for place, (design, _) in zip(table.index, made, strict=True) if design}
    if designs:
        found = evaluate(pd.DataFrame.from_dict(designs, orient="index"))
        predicted.loc[found.index, "problem"] = found["problem"]
        for name in (name for name in QUANTITIES if name in table):
            scale = G_PER_KG if name == "cell_kg" else 1.0
            predicted.loc[found.index, name] = found[QUANTITIES[name]] / scale
    return predicted


def _design(row: pd.Series, assumptions: RealPackAssumptions) -> tuple[dict[str, object], str]:
    """The inputs of a design, or the reason why there are none."""
    if POUCH not in str(row["format"]).lower():
        return {}, "the format is not modeled: only pouch cells are"
    couple = _couple(str(row["chemistry"]))
    if couple is None:
        return {}, f"the chemistry '{row['chemistry']}' is not modeled"
    energy_kwh = _number(row["pack_kWh"])
    if not energy_kwh > 0:
        return {}, "the pack energy is not stated"
    counts = _counts(row, energy_kwh, assumptions)
    if counts is None:
        return {}, "the number of cells and modules is not stated"
    modules, cells, parallel = counts
    rows = next(count for count in range(assumptions.rows_of_modules_count, 0, -1) if modules % count == 0)
    return {
        "in_chemistry": couple,
        "in_pack_energy_kwh": energy_kwh,
        "in_pack_power_kw": energy_kwh * assumptions.power_per_energy_per_h,
        "in_cells_per_module": cells,
        "in_cells_in_parallel": parallel,
        "in_modules_in_row": modules // rows,
        "in_rows_of_modules": rows,
        "in_modules_in_parallel": 1,
        "in_charge_time_min": _charge_time_min(row, assumptions),
    }, ""


def _couple(chemistry: str) -> str | None:
    if any(word in chemistry for word in NOT_MODELED):
        return None
    return next((couple for word, couple in COUPLES if word in chemistry), None)


def _counts(row: pd.Series, energy_kwh: float, assumptions: RealPackAssumptions) -> tuple[int, int, int] | None:
    """Modules, cells of a module and cells in parallel, from the words of the source."""
    text = " ".join(str(row[name]) for name in TEXT_COLUMNS if name in row.index)
    typical_v = assumptions.lfp_cell_v if "LFP" in str(row["chemistry"]) else assumptions.ternary_cell_v
    cell_v = _number(row["cell_V"]) if _number(row["cell_V"]) > 0 else typical_v
    stated = re.search(r"(\d+) modules (?:x|of) (\d+)\b(?!s)", text)
    if stated:
        modules, cells = int(stated[1]), int(stated[2])
        volts = re.search(r"(\d{3}) V\b", text)
        strings = modules * cells * (cell_v) / float(volts[1]) if volts else 1.0
        return modules, cells, max(1, round(strings))
    wired = re.search(r"\b(\d+)s(\d+)p\b", text)
    cell_wh = _number(row["cell_Ah"]) * cell_v
    if wired and cell_wh > 0:
        cells = int(wired[1]) * int(wired[2])
        return max(1, round(energy_kwh * WH_PER_KWH / cell_wh / cells)), cells, int(wired[2])
    return None


def _charge_time_min(row: pd.Series, assumptions: RealPackAssumptions) -> float:
    """Stated minutes brought to the share of the charge that a design's charging time is for."""
    window = re.fullmatch(r"\s*(\d+)\s*-\s*(\d+)\s*", str(row["charge_window_pct"]))
    minutes = _number(row["charge_min"])
    if not window or not minutes > 0:
        return assumptions.charge_time_min
    return minutes * assumptions.charge_window_pct / (int(window[2]) - int(window[1]))


def _number(cell: object) -> float:
    try:
        return float(str(cell))
    except ValueError:
        return float("nan")
