"""What the model says about cells and packs on the market, as far as their data tell chemistry, layout and size."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from lcopt.evaluation import evaluate
from lcopt.inputs.catalog import Catalog
from lcopt.validation.real_cells import CELL_QUANTITIES, RealPackAssumptions, predict_real_cells
from lcopt.validation.stated import stated_couple, stated_number

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
POUCH = "pouch"
NOTHING_STATED = "no quantity to compare is stated"
NO_PACK = "a pack is built of pouch cells with a stated number of cells and modules only"
# Of rows whose cell is built from its size.
NOT_BUILT = dict.fromkeys(("cell_V", "cathode_areal_mAh_cm2"), "an input of the cell, not a prediction")
TEXT_COLUMNS = ("format", "source", "note")
G_PER_KG = 1000.0
WH_PER_KWH = 1000.0


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
    _add_cells(predicted, table.loc[[place for place in table.index if place not in designs]], assumptions, catalog)
    return predicted


def _add_cells(predicted: pd.DataFrame, rows: pd.DataFrame, assumptions: RealPackAssumptions, catalog: Catalog) -> None:
    """Put the cells of rows that tell no layout of a pack into `predicted`."""
    cells = predict_real_cells(rows, assumptions, catalog)
    layouts, reasons = predicted.loc[cells.index, "problem"], cells["problem"]
    both = reasons.ne("") & layouts.ne("") & layouts.ne(reasons)
    predicted.loc[cells.index, "problem"] = reasons.where(~both, layouts + "; " + reasons)
    for name in (name for name in CELL_QUANTITIES if name in predicted):
        predicted.loc[cells.index, name] = cells[name]


def published_beside_predicted(table: pd.DataFrame, predicted: pd.DataFrame) -> pd.DataFrame:
    """A row for each quantity that a row of the table publishes, with the prediction where there is one.

    Parameters
    ----------
    table, predicted : DataFrame
        What was published, and what `predict_real_packs` made of it, row by row.

    Returns
    -------
    DataFrame
        Columns name, quantity, published, predicted, deviation_frac (predicted over published, less 1) and problem. A
        row of the table without any published quantity has one line with its problem.
    """
    pairs = zip(table.iterrows(), predicted.iterrows(), strict=True)
    lines = [line for (_, row), (_, found) in pairs for line in _lines(row, found, str(row.get("name", "")))]
    return pd.DataFrame(lines, columns=["name", "quantity", "published", "predicted", "deviation_frac", "problem"])


def _lines(row: pd.Series, found: pd.Series, name: str) -> list[tuple[str, str, float, float, float, str]]:
    published = {quantity: stated_number(row[quantity]) for quantity in QUANTITIES if quantity in row.index}
    stated = {quantity: value for quantity, value in published.items() if value > 0}
    if not stated:
        return [(name, "", np.nan, np.nan, np.nan, found["problem"] or NOTHING_STATED)]
    lines = []
    for quantity, value in stated.items():
        got = float(found[quantity])
        problem = found["problem"] or ("" if np.isfinite(got) else NOT_BUILT.get(quantity, NO_PACK))
        lines.append((name, quantity, value, got, got / value - 1, problem))
    return lines


def _design(row: pd.Series, assumptions: RealPackAssumptions) -> tuple[dict[str, object], str]:
    """The inputs of a design, or the reason why there are none."""
    if POUCH not in str(row["format"]).lower():
        return {}, ""
    couple = stated_couple(str(row["chemistry"]))
    if couple is None:
        return {}, f"the chemistry '{row['chemistry']}' is not modeled"
    energy_kwh = stated_number(row["pack_kWh"])
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


def _counts(row: pd.Series, energy_kwh: float, assumptions: RealPackAssumptions) -> tuple[int, int, int] | None:
    """Modules, cells of a module and cells in parallel, from the words of the source."""
    text = " ".join(str(row[name]) for name in TEXT_COLUMNS if name in row.index)
    typical_v = assumptions.lfp_cell_v if "LFP" in str(row["chemistry"]) else assumptions.ternary_cell_v
    cell_v = stated_number(row["cell_V"]) if stated_number(row["cell_V"]) > 0 else typical_v
    stated = re.search(r"(\d+) modules (?:x|of) (\d+)\b(?!s)", text)
    if stated:
        modules, cells = int(stated[1]), int(stated[2])
        volts = re.search(r"(\d{3}) V\b", text)
        strings = modules * cells * (cell_v) / float(volts[1]) if volts else 1.0
        return modules, cells, max(1, round(strings))
    wired = re.search(r"\b(\d+)s(\d+)p\b", text)
    cell_wh = stated_number(row["cell_Ah"]) * cell_v
    if wired and cell_wh > 0:
        cells = int(wired[1]) * int(wired[2])
        return max(1, round(energy_kwh * WH_PER_KWH / cell_wh / cells)), cells, int(wired[2])
    return None


def _charge_time_min(row: pd.Series, assumptions: RealPackAssumptions) -> float:
    """Stated minutes brought to the share of the charge that a design's charging time is for."""
    window = re.fullmatch(r"\s*(\d+)\s*-\s*(\d+)\s*", str(row["charge_window_pct"]))
    minutes = stated_number(row["charge_min"])
    if not window or not minutes > 0:
        return assumptions.charge_time_min
    return minutes * assumptions.charge_window_pct / (int(window[2]) - int(window[1]))
