"""Packs of pouch cells in stated modules as designs of the evaluation, which knows the parts of such modules."""

from __future__ import annotations

import re

import pandas as pd

from lcopt.units import WH_PER_KWH
from lcopt.validation.assumptions import RealPackAssumptions
from lcopt.validation.pack_words import MODULE, architecture_of
from lcopt.validation.stated import stated_number

POUCH = "pouch"
TEXT_COLUMNS = ("format", "source", "note")


def module_design(row: pd.Series, couple: str | None, assumptions: RealPackAssumptions) -> dict[str, object]:
    """The inputs of a design; empty where the row does not tell pouch cells of a modeled chemistry in modules.

    Parameters
    ----------
    row, couple
        A row of the table of real packs, and the couple that its chemistry passes for.
    assumptions
        Of the catalog.
    """
    if POUCH not in str(row["format"]).lower() or architecture_of(row, MODULE) != MODULE or couple is None:
        return {}
    energy_kwh = stated_number(row["pack_kWh"])
    counts = _counts(row, energy_kwh, assumptions) if energy_kwh > 0 else None
    if counts is None:
        return {}
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
    }


def _counts(row: pd.Series, energy_kwh: float, assumptions: RealPackAssumptions) -> tuple[int, int, int] | None:
    """Modules, cells of a module and cells in parallel, from the words of the source."""
    text = " ".join(str(row[name]) for name in TEXT_COLUMNS if name in row.index)
    stated_v = stated_number(row["cell_V"])
    cell_v = stated_v if stated_v > 0 else assumptions.cell_v(str(row["chemistry"]))
    stated = re.search(r"(\d+) modules (?:x|of) (\d+)\b(?!s)", text)
    if stated:
        modules, cells = int(stated[1]), int(stated[2])
        volts = re.search(r"(\d{3}) V\b", text)
        strings = modules * cells * cell_v / float(volts[1]) if volts else 1.0
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
