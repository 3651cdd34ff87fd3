"""What each correction of the reference changes on its default design, one at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from lcopt.conventions import BATPAC_51, LCOPT, Conventions, correction_labels
from lcopt.evaluation import evaluate_rows, open_workshop
from lcopt.inputs.catalog import packaged_catalog
from lcopt.inputs.design_table import read_design_table

# The default batteries 1 and 5 of the workbook: the same pack, to be charged in 60 and in 20 minutes.
DEFAULT_DESIGN = {
    "in_chemistry": "NMC811-G (Energy)",
    "in_pack_power_kw": 300.0,
    "in_pack_energy_kwh": 100.0,
    "in_cells_per_module": 20.0,
    "in_cells_in_parallel": 2.0,
    "in_modules_in_row": 5.0,
    "in_rows_of_modules": 4.0,
    "in_modules_in_parallel": 2.0,
    "in_packs_per_year": 500_000.0,
}
DEFAULT_MINUTES = (60.0, 20.0)
SHOWN = ("pack_cost_usd", "pack_mass_kg", "positive_thickness_um", "cell_specific_energy_wh_per_kg")


def correction_effects() -> pd.DataFrame:
    """Change of the workbook's default batteries 1 and 5 under every correction alone, and under all.

    Returns
    -------
    DataFrame
        `label, correction, charge_time_min`, and for each shown quantity its value under `batpac-5.1`
        (`<quantity>_reference`) and the change that the correction makes (`<quantity>_change`).
    """
    labels = correction_labels()
    switches: dict[str, Any] = dict.fromkeys(labels, True)
    single = {name: replace(BATPAC_51, **{name: switch}) for name, switch in switches.items()}
    reference = _default_design(BATPAC_51)
    rows = []
    for name, conventions in (*single.items(), ("all corrections together", LCOPT)):
        label, text = labels.get(name, ("all", name))
        changed = _default_design(conventions)
        for number, minutes in enumerate(DEFAULT_MINUTES):
            row: dict[str, object] = {"label": label, "correction": text, "charge_time_min": minutes}
            for quantity in SHOWN:
                row[f"{quantity}_reference"] = reference[quantity][number]
                row[f"{quantity}_change"] = changed[quantity][number] - reference[quantity][number]
            rows.append(row)
    return pd.DataFrame(rows)


def _default_design(conventions: Conventions) -> dict[str, np.ndarray]:
    workshop = replace(open_workshop(packaged_catalog(), BATPAC_51.name), conventions=conventions)
    designs = pd.DataFrame([{**DEFAULT_DESIGN, "in_charge_time_min": minutes} for minutes in DEFAULT_MINUTES])
    table = read_design_table(designs, workshop.chemistries, workshop.vehicle_names, ())
    columns, _, _ = evaluate_rows(table, np.arange(len(designs)), workshop)
    return {quantity: columns[quantity] for quantity in SHOWN}
