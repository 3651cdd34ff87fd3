"""Deviations from designs of the workbook, charging runs, life curves and packs on the market."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import as_file, files
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from lcopt.arrays import FloatArray
from lcopt.errors import Problem, ScenarioError
from lcopt.evaluation import evaluate
from lcopt.inputs.catalog import Catalog, packaged_catalog
from lcopt.validation.cathode_prices import COLUMNS as QUOTE_COLUMNS
from lcopt.validation.cathode_prices import predict_cathode_prices
from lcopt.validation.performance_runs import predict_charging, predict_life, predict_thermal_charging
from lcopt.validation.real_packs import REAL_COLUMNS, predict_real_packs, published_beside_predicted

PREFIX = "predicted_"
PROBLEM = "problem"
RELATIVE, ABSOLUTE, MISMATCH = "relative", "absolute", "mismatch"
# Below this a reference value counts as zero in a relative deviation.
SMALLEST = 1e-6
TAIL = 0.99
# The workbook adds the chiller to the system of the first of its seven batteries only (Summary of Results!G32:G33).
NOT_COMPARABLE = frozenset({"battery_system_mass_kg", "battery_system_volume_l"})


class Validation(NamedTuple):
    """Deviations, a row a quantity; cases, the input rows with the predictions beside them; and `listing` for a file.

    The listing is the cases, but for real cells and packs: there it has a row for each published quantity.
    """

    deviations: pd.DataFrame
    cases: pd.DataFrame
    listing: pd.DataFrame


class _Kind(NamedTuple):
    """Required are the inputs only; `written` has the ends of column names that differ from the quantity's own."""

    packaged: str
    columns: tuple[str, ...]
    measure: str
    predict: Callable[[pd.DataFrame, Catalog], pd.DataFrame]
    written: Mapping[str, str] = MappingProxyType({})


def validate(kind: str = "designs", table: pd.DataFrame | None = None) -> Validation:
    """Compare the model with reference data.

    Parameters
    ----------
    kind : str
        `designs` (inputs and answers of the reference workbook), `charging` (isothermal minutes), `charging-thermal`
        (minutes and temperatures with self-heating), `aging` (state of health by year), `prices` (quotes of positive
        active materials, predicted from quotes of metals) or `real` (cells and packs on the market).
    table : DataFrame, optional
        Reference data with the columns of the packaged file of that kind; the packaged file where None.

    Returns
    -------
    Validation
        `deviations` has the columns quantity, measure, cases, median, p99, max; `cases` is the table with the columns
        `predicted_<quantity>` (of charging `predicted_min`, `predicted_t_max_c`, `predicted_t_end_c`) and `problem`,
        which says why a row has no prediction. `listing` is the same table; of
        `real` it has the columns name, quantity (the column of the table), published, predicted, deviation_frac and
        problem, a row a published quantity, or one without quantity where a row of the table publishes none.

    Raises
    ------
    ScenarioError
        Where the kind is unknown or the table lacks a column.
    """
    kinds = _kinds()
    if kind not in kinds:
        hint = f"choose {', '.join(kinds)}"
        raise ScenarioError([Problem("validate", 0, 0, "kind", f"'{kind}' is not known", hint)])
    chosen = kinds[kind]
    given = _packaged(chosen.packaged) if table is None else table.reset_index(drop=True)
    missing = [column for column in chosen.columns if column not in given]
    if missing:
        raise ScenarioError([Problem(kind, 0, 0, column, "required column is missing", "add it") for column in missing])
    predicted = chosen.predict(given, packaged_catalog())
    told = [str(name) for name in predicted if str(name).startswith(PROBLEM)]
    quantities = [str(name) for name in predicted if name not in told]
    beside = predicted.drop(columns=[name for name in told if name != PROBLEM]).rename(
        columns={name: PREFIX + chosen.written.get(name, name) for name in quantities}
    )
    cases = pd.concat([given.drop(columns=PROBLEM, errors="ignore"), beside], axis=1)
    listing = published_beside_predicted(given, predicted) if kind == "real" else cases
    known = _under_names(given, quantities)
    return Validation(_deviations(known, predicted, quantities, chosen.measure), cases, listing)


def _under_names(given: pd.DataFrame, quantities: Sequence[str]) -> pd.DataFrame:
    """The reference under the names of the predictions, which are in lower case where the files vary."""
    lower = {str(name): str(name).lower() for name in given if str(name) not in quantities}
    return given.rename(columns={name: low for name, low in lower.items() if low in quantities and low not in given})


def _kinds() -> dict[str, _Kind]:
    minutes = ("param_set", "areal_mAh_cm2", "T0_C")
    return {
        "designs": _Kind("designs.csv.gz", (), RELATIVE, _predict_designs),
        "charging": _Kind("charge_map.csv", minutes, RELATIVE, predict_charging, {"min_10_80_envelope": "min"}),
        "charging-thermal": _Kind(
            "charge_thermal.csv",
            (*minutes, "kcool_1_s", "Tcoolant_C", "J_K_per_Ah"),
            RELATIVE,
            predict_thermal_charging,
            {"min_10_80": "min", "T_max_C": "t_max_c", "T_end_C": "t_end_c"},
        ),
        "aging": _Kind("life_curves.csv", ("model", "duty", "T_C", "EFC_per_yr"), ABSOLUTE, predict_life),
        "prices": _Kind("cathode_quotes.csv", QUOTE_COLUMNS, RELATIVE, predict_cathode_prices),
        "real": _Kind("real_packs.csv", REAL_COLUMNS, RELATIVE, predict_real_packs),
    }


def _packaged(name: str) -> pd.DataFrame:
    with as_file(files("lcopt") / "data" / "reference" / name) as path:
        return pd.read_csv(path)


def _predict_designs(table: pd.DataFrame, _: Catalog) -> pd.DataFrame:
    found = evaluate(table.reset_index(drop=True), conventions="batpac-5.1")
    shared = [name for name in found if name in table and name not in {"id", *NOT_COMPARABLE}]
    return found[[PROBLEM, *(name for name in shared if name != PROBLEM)]]


def _deviations(given: pd.DataFrame, predicted: pd.DataFrame, quantities: Sequence[str], measure: str) -> pd.DataFrame:
    rows = []
    for name in quantities:
        if name not in given:
            continue
        reference, found = given[name], predicted[name]
        used = measure
        if not pd.api.types.is_numeric_dtype(found):
            known = reference.notna() & found.notna()
            used, off = MISMATCH, np.asarray(reference[known] != found[known], dtype=np.float64)
        else:
            used = ABSOLUTE if name.startswith("T_") else measure
            off = _off(np.asarray(pd.to_numeric(reference, errors="coerce"), dtype=np.float64), found, used)
        rows.append(_line(name, used, off))
    return pd.DataFrame(rows, columns=["quantity", "measure", "cases", "median", "p99", "max"])


def _off(reference: FloatArray, predicted: pd.Series, measure: str) -> FloatArray:
    found = np.asarray(predicted, dtype=np.float64)
    known = np.isfinite(reference) & np.isfinite(found)
    off = np.abs(found[known] - reference[known])
    return off / np.maximum(np.abs(reference[known]), SMALLEST) if measure == RELATIVE else off


def _line(name: str, measure: str, off: FloatArray) -> Mapping[str, str | int | float]:
    if not len(off):
        return {"quantity": name, "measure": measure, "cases": 0, "median": np.nan, "p99": np.nan, "max": np.nan}
    numbers = {"median": float(np.median(off)), "p99": float(np.quantile(off, TAIL)), "max": float(off.max())}
    return {"quantity": name, "measure": measure, "cases": len(off), **numbers}
