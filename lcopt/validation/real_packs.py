"""What the model says about cells and packs on the market, as far as their data tell chemistry, layout and size.

Cells follow from their size, or as a design of the evaluation where pouch cells in stated modules tell none. Packs of
all formats are built by one kernel around the cell: as published, else as predicted.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
import pandas as pd

from lcopt.evaluation import evaluate
from lcopt.inputs.catalog import Catalog
from lcopt.units import G_PER_KG
from lcopt.validation.assumptions import RealPackAssumptions, read_assumptions
from lcopt.validation.built_packs import PACK_QUANTITIES, predict_built_packs
from lcopt.validation.pouch_modules import module_design
from lcopt.validation.real_cells import CELL_QUANTITIES, predict_real_cells
from lcopt.validation.stated import stated_couple, stated_number

REAL_COLUMNS = ("chemistry", "format", "pack_kWh", "cell_Ah", "cell_V", "charge_window_pct", "charge_min")
# Column of the table -> column of the evaluation, of pouch cells in stated modules.
EVALUATED = {
    "cell_Ah": "cell_capacity_ah",
    "cell_V": "cell_nominal_voltage_v",
    "cell_kg": "cell_mass_g",
    "cell_Wh_kg": "cell_specific_energy_wh_per_kg",
    "cell_Wh_L": "cell_energy_density_wh_per_l",
    "cathode_areal_mAh_cm2": "positive_areal_capacity_mah_per_cm2",
}
QUANTITIES = (*EVALUATED, *PACK_QUANTITIES)
PROBLEM, PROBLEM_OF_CELL, PROBLEM_OF_PACK = "problem", "problem_of_cell", "problem_of_pack"
NOTHING_STATED = "no quantity to compare is stated"
# Of rows that are built from their cell.
NOT_BUILT = {
    **dict.fromkeys(("cell_V", "cathode_areal_mAh_cm2"), "an input of the cell, not a prediction"),
    "pack_kWh": "an input of the pack: the number of cells, or the energy of one, is not stated",
}


def predict_real_packs(table: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """Predictions under the names of the table's columns, and why there is none.

    Parameters
    ----------
    table : DataFrame
        With `REAL_COLUMNS`.
    catalog : Catalog
        Class defaults of chemistry, format and year, nothing by product.

    Returns
    -------
    DataFrame
        Quantities that the table has; `problem` of rows for which nothing is predicted, `problem_of_cell` and
        `problem_of_pack` for the quantities of each.
    """
    assumptions = read_assumptions(catalog)
    texts = dict.fromkeys((PROBLEM, PROBLEM_OF_CELL, PROBLEM_OF_PACK), "")
    shown = [name for name in QUANTITIES if name in table]
    predicted = pd.DataFrame({**texts, **dict.fromkeys(shown, np.nan)}, index=table.index)
    designed = _add_designs(predicted, table, assumptions, catalog)
    others = table.loc[[place for place in table.index if place not in designed]]
    _add(predicted, predict_real_cells(others, assumptions, catalog), CELL_QUANTITIES, PROBLEM_OF_CELL)
    _add(predicted, predict_built_packs(table, assumptions, catalog), PACK_QUANTITIES, PROBLEM_OF_PACK)
    nothing = predicted[shown].isna().all(axis=1)
    predicted[PROBLEM] = [
        _problem_of_row(row, found) if empty else ""
        for (_, row), (_, found), empty in zip(table.iterrows(), predicted.iterrows(), nothing, strict=True)
    ]
    return predicted


def _problem_of_row(row: pd.Series, found: pd.Series) -> str:
    """Why nothing of a row is predicted; what its pack lacks counts where it publishes a quantity of one."""
    has_pack = any(stated_number(row.get(name)) > 0 for name in PACK_QUANTITIES)
    told = (found[PROBLEM_OF_CELL], found[PROBLEM_OF_PACK] if has_pack else "")
    return "; ".join(dict.fromkeys(text for text in told if text))


def _add(predicted: pd.DataFrame, found: pd.DataFrame, names: Iterable[str], told: str) -> None:
    """Put the quantities of cells or packs, and why there are none, into `predicted`."""
    predicted.loc[found.index, told] = found[PROBLEM]
    for name in (name for name in names if name in predicted):
        predicted.loc[found.index, name] = found[name]


def _add_designs(
    predicted: pd.DataFrame, table: pd.DataFrame, assumptions: RealPackAssumptions, catalog: Catalog
) -> list[Hashable]:
    """Put the cells of pouch packs in stated modules, which are designs of the evaluation, into `predicted`."""
    known = catalog.table("chemistries").words("chemistry")
    made = {
        place: module_design(row, stated_couple(str(row["chemistry"]), known), assumptions)
        for place, row in table.iterrows()
    }
    designs = {place: design for place, design in made.items() if design}
    if not designs:
        return []
    found = evaluate(pd.DataFrame.from_dict(designs, orient="index"))
    found = found.loc[found[PROBLEM].fillna("").eq("")]
    for name in (name for name in EVALUATED if name in predicted):
        scale = G_PER_KG if name == "cell_kg" else 1.0
        predicted.loc[found.index, name] = found[EVALUATED[name]] / scale
    return list(found.index)


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
        return [(name, "", np.nan, np.nan, np.nan, found[PROBLEM] or NOTHING_STATED)]
    lines = []
    for quantity, value in stated.items():
        got = float(found[quantity])
        problem = "" if np.isfinite(got) else _problem_of(quantity, found)
        lines.append((name, quantity, value, got, got / value - 1, problem))
    return lines


def _problem_of(quantity: str, found: pd.Series) -> str:
    told = found[PROBLEM_OF_PACK] if quantity in PACK_QUANTITIES else found[PROBLEM_OF_CELL]
    return str(told or NOT_BUILT.get(quantity, "no prediction"))
