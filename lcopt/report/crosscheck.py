"""Sheet Crosscheck: the fast charge of the chosen designs in PyBaMM beside that of the model."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from lcopt.report import sheets
from lcopt.report.ledger import Ledger
from lcopt.report.records import records_of
from lcopt.report.sheets import Sheet
from lcopt.report.styles import NUMBER, QUANTITY, SHARE

if TYPE_CHECKING:
    import pandas as pd

# Column of the table of the crosscheck -> heading, width, number format; words have none.
COLUMNS = {
    "pack": ("Pack", 18.0, ""),
    "case": ("Case", 20.0, ""),
    "chemistry": ("Chemistry", 22.0, ""),
    "charging_set": ("Charging set", 14.0, ""),
    "parameter_set": ("Parameter set of PyBaMM", 16.0, ""),
    "technology_class": ("Class", 11.0, ""),
    "speed_factor": ("Speed of the class", 10.0, "0.00"),
    "areal_capacity_mah_per_cm2": ("Areal capacity mAh/cm2", 11.0, QUANTITY),
    "rate_cap_per_h": ("Rate, at most 1/h", 10.0, QUANTITY),
    "soc_from_frac": ("From", 8.0, SHARE),
    "soc_to_frac": ("To", 8.0, SHARE),
    "start_temperature_deg_c": ("Start degC", 9.0, NUMBER),
    "lcopt_min": ("lcopt min", 10.0, NUMBER),
    "pybamm_min": ("PyBaMM min", 10.0, NUMBER),
    "deviation_frac": ("Deviation of lcopt", 11.0, SHARE),
    "lcopt_peak_deg_c": ("Peak, lcopt degC", 10.0, NUMBER),
    "pybamm_peak_deg_c": ("Peak, PyBaMM degC", 11.0, NUMBER),
    "problem": ("Problem", 50.0, ""),
}
COMPUTED, LCOPT, PYBAMM = "deviation_frac", "lcopt_min", "pybamm_min"
PURPOSE = "Charging time and peak temperature of the model beside a simulation at the plating limit of the same design."


def add_crosscheck(ledger: Ledger, table: pd.DataFrame) -> Sheet:
    """One sheet for all packs.

    Parameters
    ----------
    ledger : Ledger
    table : DataFrame
        Of `lcopt.crosscheck.crosscheck_table`, with at least one row.
    """
    sheet = ledger.sheet("Crosscheck", None, "Crosscheck", PURPOSE, "check")
    sheet.header([(word, width) for word, width, _ in COLUMNS.values()])
    for column, (_, _, shown) in enumerate(COLUMNS.values(), start=1):
        if shown:
            sheet.cell(sheet.header_row, column).look = "head_number"
    for row, record in enumerate(records_of(table), start=sheets.FIRST_ROW):
        for column, key in enumerate(COLUMNS, start=1):
            _cell(sheet, row, column, key, record[key])
        _deviation(sheet, row)
    return sheet


def _cell(sheet: Sheet, row: int, column: int, key: str, value: Any) -> None:  # noqa: ANN401 - a cell of a DataFrame
    shown = COLUMNS[key][2]
    if not shown:
        if isinstance(value, str) and value:
            sheet.put(row, column, value)
    elif math.isfinite(value):
        sheet.put(row, column, float(value), "solver", shown)


def _deviation(sheet: Sheet, row: int) -> None:
    """By formula, where there is a simulation to deviate from."""
    places = {key: column for column, key in enumerate(COLUMNS, start=1)}
    if (row, places[COMPUTED]) in sheet.cells:
        lcopt, pybamm = sheet.cell(row, places[LCOPT]), sheet.cell(row, places[PYBAMM])
        sheet.put(row, places[COMPUTED], lcopt / pybamm - 1, "calculation", SHARE)
