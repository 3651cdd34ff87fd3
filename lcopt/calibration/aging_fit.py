"""Measured states of health to the calibration of fade laws: one factor each for calendar and cycles.

Where the data do not tell calendar and cycle loss apart, both factors change alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lcopt.arrays import FloatArray, IntArray
from lcopt.calibration.least_squares import CalibrationRules, Estimate, fit_factors, read_rules
from lcopt.calibration.measured_files import Form, Measurements, named_of_chemistry, read_measurements
from lcopt.calibration.outcome import Calibration, Fitted
from lcopt.errors import Problem, ScenarioError
from lcopt.inputs.catalog import Catalog
from lcopt.performance.aging import FadeTable, Stress, fade_under, read_fade_table, stress_is_extrapolated, yearly_fade
from lcopt.units import DAYS_PER_YEAR

LAWS, COLUMNS = "fade_laws", "measured_columns"
FACTORS = ("calibration_factor", "cycle_calibration_factor")
PERCENT = 100.0
REQUIRED = ("temperature_deg_c", "soc_mean_pct", "dod_pct", "c_rate_per_h", "equivalent_full_cycles", "soh_pct")
AGES = ("age_d", "age_yr")
AGING = Form(
    "aging",
    required=REQUIRED,
    one_of=AGES,
    never_empty=("temperature_deg_c", "soc_mean_pct", "equivalent_full_cycles", "soh_pct"),
)


@dataclass(frozen=True)
class _LawFit:
    """The fit of the rows of one law; `parts_frac` are its calendar and cycle loss, shape (n, 2).

    `factors` are those on the two, each with its own interval, or alike where the rows do not tell them apart.
    """

    law: str
    rows: IntArray
    table: FadeTable
    parts_frac: FloatArray
    loss_frac: FloatArray
    factors: Estimate

    @property
    def after_frac(self) -> FloatArray:
        """Loss with the fitted factors, shape (n,)."""
        return np.asarray(self.parts_frac @ self.factors.value)


def calibrate_aging(path: str, catalog: Catalog, law: str = "") -> Calibration:
    """Fit the factors of each fade law to measured states of health.

    Parameters
    ----------
    path : str
        A CSV file with the columns of measured_columns.csv; `lcopt calibrate aging --example` prints one.
    catalog : Catalog
        What the fit starts from.
    law : str
        Fade law of all rows; empty: that of the chemistry of each row.

    Returns
    -------
    Calibration
        In percent of the first capacity, with errors in percentage points.

    Raises
    ------
    ScenarioError
        With every problem of the file, or where too few rows tell anything.
    """
    rules = read_rules(catalog)
    measured = read_measurements(path, AGING, catalog)
    names = named_of_chemistry(measured, law, "fade_law", LAWS, "--law", catalog)
    _check_cycles(measured)
    reasons = _reasons_to_leave_out(measured, names, rules)
    fits, notes = [], []
    for name in dict.fromkeys(names):
        rows = np.flatnonzero([one == name and not why for one, why in zip(names, reasons, strict=True)])
        if rows.size:
            done, told = _fit_law(name, rows, measured, catalog, rules)
            fits.append(done)
            notes += told
    left_out = pd.DataFrame(
        [(line, why) for line, why in zip(measured.line, reasons, strict=True) if why], columns=["line", "reason"]
    )
    if not fits:
        message = f"no fade law has the {rules.rows_min_count} rows that a fit needs"
        hint = "; ".join(dict.fromkeys(left_out["reason"]))
        raise ScenarioError([Problem(path, 1, 1, "", message, hint)])
    return Calibration(
        file=path,
        quantity="state of health, %",
        is_relative=False,
        cases=pd.concat([_cases(done, measured) for done in fits], ignore_index=True),
        left_out=left_out,
        fitted=tuple(item for done in fits for item in _fitted(done, catalog)),
        notes=tuple(notes),
    )


def _age_yr(measured: Measurements) -> FloatArray:
    days, years = (measured.number[name] for name in AGES)
    return np.where(np.isnan(years), days / DAYS_PER_YEAR, years)


def _check_cycles(measured: Measurements) -> None:
    """Rows with cycles state how they were cycled, and how long it took."""
    cycles, age_yr = measured.number["equivalent_full_cycles"], _age_yr(measured)
    problems = [
        measured.problem(row, name, "no value beside equivalent_full_cycles; expected one")
        for name in ("dod_pct", "c_rate_per_h")
        for row in np.flatnonzero((cycles > 0) & np.isnan(measured.number[name]))
    ]
    problems += [
        measured.problem(row, "age", "cycles without an age; expected more than 0")
        for row in np.flatnonzero((cycles > 0) & (age_yr == 0))
    ]
    if problems:
        raise ScenarioError(sorted(problems, key=lambda problem: problem.line))


def _reasons_to_leave_out(measured: Measurements, names: tuple[str, ...], rules: CalibrationRules) -> list[str]:
    reasons = ["the start of the test tells no loss" if age == 0 else "" for age in _age_yr(measured)]
    for law in dict.fromkeys(names):
        rows = [row for row, name in enumerate(names) if name == law and not reasons[row]]
        if len(rows) < rules.rows_min_count:
            for row in rows:
                reasons[row] = f"{len(rows)} rows of the law '{law}'; a fit needs {rules.rows_min_count}"
    return reasons


def _fit_law(
    law: str, rows: IntArray, measured: Measurements, catalog: Catalog, rules: CalibrationRules
) -> tuple[_LawFit, list[str]]:
    table = read_fade_table(catalog, law)
    stresses = [_stress(measured, row, catalog) for row in rows]
    parts = np.array([_parts_frac(table, stress, measured, row) for stress, row in zip(stresses, rows, strict=True)])
    loss = 1 - measured.number["soh_pct"][rows] / PERCENT
    factors, why = _estimate_apart(parts, loss, rules)
    if factors is None:
        factors = _estimate_alike(parts, loss, rules)
    if not factors.value.any():
        message = f"no row of the law '{law}' has lost capacity; expected states of health below 100 %"
        raise ScenarioError([measured.problem(int(rows[0]), "soh_pct", message)])
    notes = [f"{law}: {why}"]
    before = [catalog.table(LAWS).one(fade_law=law, name=name) for name in FACTORS]
    notes += [
        f"{law}: {row.keys['name']} of the catalog, {row.value:.4g}, is: {row.note}" for row in before if row.note
    ]
    beyond = sum(stress_is_extrapolated(table, stress) for stress in stresses)
    if beyond:
        notes.append(f"{law}: {beyond} rows are outside the grid of the law, where its nearest edge holds")
    return _LawFit(law, rows, table, parts, loss, factors), notes


def _stress(measured: Measurements, row: int, catalog: Catalog) -> Stress:
    """The stress of a row; a stored cell has no cycles, so that a typical stress by them does no harm."""
    number = measured.number
    typical = {item.keys["name"]: item.value for item in catalog.table(COLUMNS).select(measurement=AGING.measurement)}
    return Stress(
        temperature_deg_c=float(number["temperature_deg_c"][row]),
        soc_mean_frac=float(number["soc_mean_pct"][row]) / PERCENT,
        dod_frac=float(np.nan_to_num(number["dod_pct"][row] / PERCENT, nan=typical["dod_pct"] / PERCENT)),
        rate_per_h=float(np.nan_to_num(number["c_rate_per_h"][row], nan=typical["c_rate_per_h"])),
    )


def _parts_frac(table: FadeTable, stress: Stress, measured: Measurements, row: int) -> tuple[float, float]:
    """Calendar and cycle loss that the law has for a row."""
    age_yr = float(_age_yr(measured)[row])
    cycles_per_yr = np.array([measured.number["equivalent_full_cycles"][row] / age_yr])
    both = yearly_fade(fade_under(table, stress), cycles_per_yr).loss_frac(age_yr)
    calendar = yearly_fade(fade_under(table, stress), np.zeros(1)).loss_frac(age_yr)
    return float(calendar[0]), float((both - calendar)[0])


def _estimate_apart(parts: FloatArray, loss: FloatArray, rules: CalibrationRules) -> tuple[Estimate | None, str]:
    """One factor each for calendar and cycles where the rows tell them apart, and words on it."""
    one = "one factor for calendar and cycles"
    lengths = np.linalg.norm(parts, axis=0)
    if not (lengths > 0).all():
        return None, f"{one}, since the rows hold only one of the two"
    if parts[:, 0] @ parts[:, 1] / lengths.prod() > rules.part_similarity_max_frac:
        return None, f"{one}, since both losses grow alike in these rows; add storage, or cycles at another pace"
    found = fit_factors(parts, loss, rules.interval_confidence_frac)
    if not (found.half_width < found.value).all():
        return None, f"{one}, since the rows leave one of the two open"
    calendar, cycle = (
        f"{value:.3g} ({max(value - half, 0.0):.3g} to {value + half:.3g})"
        for value, half in zip(found.value, found.half_width, strict=True)
    )
    return found, f"calendar loss times {calendar}, cycle loss times {cycle}"


def _estimate_alike(parts: FloatArray, loss: FloatArray, rules: CalibrationRules) -> Estimate:
    """The same factor for calendar and cycles."""
    found = fit_factors(parts.sum(axis=1, keepdims=True), loss, rules.interval_confidence_frac)
    return Estimate(*(np.repeat(one, parts.shape[1]) for one in (found.value, found.half_width)))


def _cases(done: _LawFit, measured: Measurements) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "line": [measured.line[row] for row in done.rows],
            "group": done.law,
            "temperature_deg_c": measured.number["temperature_deg_c"][done.rows],
            "measured": PERCENT * (1 - done.loss_frac),
            "before": PERCENT * (1 - done.parts_frac.sum(axis=1)),
            "after": PERCENT * (1 - done.after_frac),
        }
    )


def _fitted(done: _LawFit, catalog: Catalog) -> list[Fitted]:
    made = []
    for name, change, half in zip(FACTORS, done.factors.value, done.factors.half_width, strict=True):
        row = catalog.table(LAWS).one(fade_law=done.law, name=name)
        ends = (max(change - half, 0.0), change + half) if np.isfinite(half) else (None, None)
        made.append(Fitted(row, row.value * change, *(None if end is None else row.value * end for end in ends)))
    return made
