"""Measured charging times to the speed factor of a class and, where temperatures spread, activation energies.

The residuals are differences of logarithms of minutes, so that a long and a short charge count the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.calibration.charging_runs import CHARGING, ChargingRuns, charging_runs
from lcopt.calibration.least_squares import CalibrationRules, Estimate, fit, read_rules
from lcopt.calibration.measured_files import Measurements, named_of_chemistry, read_measurements
from lcopt.calibration.outcome import Calibration, Fitted
from lcopt.errors import Problem, ScenarioError
from lcopt.inputs.catalog import Catalog, Row
from lcopt.inputs.quantities import did_you_mean, shown

SETS, CLASSES = "charging_sets", "technology_classes"
ACTIVATIONS = ("kinetic_activation_kj_per_mol", "electrolyte_activation_kj_per_mol")


@dataclass(frozen=True)
class _Fit:
    """The fit of usable rows: `shifted` says of which sets the activation energies were fitted."""

    runs: ChargingRuns
    speed: Row
    shifted: BoolArray
    estimate: Estimate
    before_min: FloatArray
    after_min: FloatArray


def calibrate_charging(
    path: str, catalog: Catalog, technology_class: str = "standard", charging_set: str = ""
) -> Calibration:
    """Fit the speed factor of a technology class, and the temperature law of its charging sets, to measured charges.

    Parameters
    ----------
    path : str
        A CSV file with the columns of measured_columns.csv; `lcopt calibrate charging --example` prints one.
    catalog : Catalog
        What the fit starts from.
    technology_class : str
        The class that the measured cells are of.
    charging_set : str
        Charging set of all rows; empty: that of the chemistry of each row.

    Returns
    -------
    Calibration
        In minutes, with relative errors.

    Raises
    ------
    ScenarioError
        With every problem of the file, or where too few rows tell anything.
    """
    speed, rating_per_h = _class_numbers(technology_class, catalog)
    rules = read_rules(catalog)
    measured = read_measurements(path, CHARGING, catalog)
    names = named_of_chemistry(measured, charging_set, "charging_set", SETS, "--set", catalog)
    runs = charging_runs(measured, names, rating_per_h, catalog)
    reasons = _reasons_to_leave_out(runs, speed, rules)
    used = np.flatnonzero([not reason for reason in reasons]).astype(np.int64)
    left_out = pd.DataFrame(
        [(line, reason) for line, reason in zip(measured.line, reasons, strict=True) if reason],
        columns=["line", "reason"],
    )
    if used.size < rules.rows_min_count:
        raise ScenarioError([_too_few(measured, used.size, left_out, rules)])
    done = _fit_runs(runs.take(used), speed, rules)
    return Calibration(
        file=path,
        quantity="charging time, min",
        is_relative=True,
        cases=_cases(measured, done, used),
        left_out=left_out,
        fitted=tuple(_fitted(done, catalog)),
        notes=tuple(_notes(done, catalog, rules)),
    )


def _class_numbers(technology_class: str, catalog: Catalog) -> tuple[Row, float]:
    table = catalog.table(CLASSES)
    known = table.words("technology_class")
    if technology_class not in known:
        hint = did_you_mean(technology_class, known) or f"the catalog has {', '.join(known)}"
        message = f"the catalog has no technology class {shown(technology_class)}"
        raise ScenarioError([Problem("--class", 0, 0, "", message, hint)])
    speed = table.one(technology_class=technology_class, name="speed_factor")
    return speed, table.one(technology_class=technology_class, name="rating_per_h").value


def _reasons_to_leave_out(runs: ChargingRuns, speed: Row, rules: CalibrationRules) -> list[str]:
    """Why a row tells nothing of the speed factor; empty where it does."""
    sets = runs.sets
    unlimited = (sets.kinetic_resistance_h == 0) & (sets.electrolyte_resistance_h == 0)
    no_shift = np.zeros(len(runs.set_names))
    fastest = runs.minutes(speed.value * rules.speed_ratio_max_factor, no_shift)
    slowest = runs.minutes(speed.value / rules.speed_ratio_max_factor, no_shift)
    reasons = []
    for row, measured in enumerate(runs.charging_time_min):
        if unlimited[row]:
            reasons.append(f"the charging set '{runs.set_names[runs.set_index[row]]}' has no plating limit")
        elif measured <= fastest[row]:
            reasons.append(
                f"faster than {runs.rate_cap_per_h[row]:g} C and the cooling allow ({fastest[row]:.3g} min); state "
                "rate_max_per_h or choose another --class"
            )
        elif measured >= slowest[row]:
            reasons.append(f"slower than a speed factor of {speed.value / rules.speed_ratio_max_factor:g} makes it")
        else:
            reasons.append("")
    return reasons


def _too_few(measured: Measurements, used: int, left_out: pd.DataFrame, rules: CalibrationRules) -> Problem:
    message = f"{used} of {len(measured)} rows can be used; expected at least {rules.rows_min_count}"
    reasons = "; ".join(f"line {line}: {reason}" for line, reason in left_out.head(3).itertuples(index=False))
    return Problem(measured.file, 1, 1, "", message, reasons or "measure more charges")


def _fit_runs(runs: ChargingRuns, speed: Row, rules: CalibrationRules) -> _Fit:
    shifted = np.array([_is_spread(runs, number, rules) for number in range(len(runs.set_names))])
    # A speed factor and one shift for each set whose temperatures spread need a row more than they are.
    if len(runs) <= 1 + shifted.sum():
        shifted[:] = False
    log_measured = np.log(runs.charging_time_min)

    def minutes(parameters: FloatArray) -> FloatArray:
        shift = np.zeros(shifted.size)
        shift[shifted] = parameters[1:]
        return runs.minutes(speed.value * float(np.exp(parameters[0])), shift)

    def residuals(parameters: FloatArray) -> FloatArray:
        return np.asarray(np.log(minutes(parameters)) - log_measured)

    none = np.zeros(1 + int(shifted.sum()))
    high = np.full(none.size, rules.activation_shift_max_kj_per_mol)
    high[0] = np.log(rules.speed_ratio_max_factor)
    low = np.append(-high[0], np.maximum(-high[1:], -_least_activations(runs)[shifted]))
    estimate = fit(residuals, low, high, rules.interval_confidence_frac)
    return _Fit(runs, speed, shifted, estimate, minutes(none), minutes(estimate.value))


def _least_activations(runs: ChargingRuns) -> FloatArray:
    """The lower of the two activation energies of each set, which no shift may bring below zero, shape (n_sets,)."""
    energies = np.minimum(runs.sets.kinetic_activation_kj_per_mol, runs.sets.electrolyte_activation_kj_per_mol)
    return np.array([energies[runs.set_index == number].min() for number in range(len(runs.set_names))])


def _is_spread(runs: ChargingRuns, number: int, rules: CalibrationRules) -> bool:
    temperatures = np.unique(runs.start_temperature_deg_c[runs.set_index == number])
    enough = temperatures.size >= rules.temperatures_min_count
    return bool(enough and np.ptp(temperatures) >= rules.temperature_span_min_k)


def _cases(measured: Measurements, done: _Fit, used: IntArray) -> pd.DataFrame:
    runs = done.runs
    return pd.DataFrame(
        {
            "line": [measured.line[row] for row in used],
            "group": [runs.set_names[number] for number in runs.set_index],
            "temperature_deg_c": runs.start_temperature_deg_c,
            "measured": runs.charging_time_min,
            "before": done.before_min,
            "after": done.after_min,
        }
    )


def _fitted(done: _Fit, catalog: Catalog) -> list[Fitted]:
    ratio, width = done.estimate.value[0], done.estimate.half_width[0]
    value = done.speed.value * float(np.exp(ratio))
    known = bool(np.isfinite(width))
    spread = float(np.exp(width)) if known else 1.0
    made = [Fitted(done.speed, value, value / spread if known else None, value * spread if known else None)]
    for place, number in enumerate(np.flatnonzero(done.shifted), start=1):
        shift, half = float(done.estimate.value[place]), float(done.estimate.half_width[place])
        for name in ACTIVATIONS:
            row = catalog.table(SETS).one(charging_set=done.runs.set_names[number], name=name)
            energy = row.value + shift
            ends = (max(energy - half, 0.0), energy + half) if np.isfinite(half) else (None, None)
            made.append(Fitted(row, energy, *ends))
    return made


def _notes(done: _Fit, catalog: Catalog, rules: CalibrationRules) -> list[str]:
    runs = done.runs
    warm = int(runs.warms_itself.sum())
    notes = [
        f"{warm} rows with cell mass and capacity were computed with self-heating and cooling, {len(runs) - warm} as "
        "cells held at their start temperature"
    ]
    kept = [name for name, shifted in zip(runs.set_names, done.shifted, strict=True) if not shifted]
    if kept:
        notes.append(
            f"activation energies of {', '.join(kept)} are kept: a fit needs {rules.temperatures_min_count} start "
            f"temperatures over {rules.temperature_span_min_k:g} K"
        )
    if done.shifted.any():
        notes.append("the two activation energies of a set were moved together; the speed factor is that at 25 degC")
    windows = zip(runs.soc_from_frac, runs.soc_to_frac, strict=True)
    beyond = sum(runs.model.window_is_extrapolated(window) for window in windows)
    if beyond:
        notes.append(f"{beyond} rows reach beyond the profile of the model over the state of charge")
    return [*notes, *_other_classes(done, catalog), *_by_set(done)]


def _other_classes(done: _Fit, catalog: Catalog) -> list[str]:
    """The packaged order of the classes that the fit turns over."""
    value = done.speed.value * float(np.exp(done.estimate.value[0]))
    here = done.speed.keys["technology_class"]
    rows = catalog.table(CLASSES).select(name="speed_factor")
    return [
        f"the class '{row.keys['technology_class']}' has the speed factor {row.value:g} and is no longer "
        f"{'faster' if row.value > done.speed.value else 'slower'} than '{here}'"
        for row in rows
        if row.keys["technology_class"] != here and (row.value - done.speed.value) * (row.value - value) <= 0
    ]


def _by_set(done: _Fit) -> list[str]:
    """Where one speed factor stands for several sets: what each would want."""
    if len(done.runs.set_names) == 1:
        return []
    off = np.log(done.after_min / done.runs.charging_time_min)
    means: Mapping[str, float] = {
        name: float(np.exp(off[done.runs.set_index == number].mean()))
        for number, name in enumerate(done.runs.set_names)
    }
    told = ", ".join(f"{name} {mean:.2f}" for name, mean in means.items())
    return [f"one speed factor holds for all sets; predicted over measured minutes by set: {told}"]
