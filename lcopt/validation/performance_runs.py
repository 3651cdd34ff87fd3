"""The performance kernels under the conditions of the reference runs: charging minutes, temperatures, life curves."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from lcopt.arrays import BoolArray, FloatArray
from lcopt.inputs.catalog import Catalog
from lcopt.performance.aging import FadeTable, Stress, fade_under, read_published_table, yearly_fade
from lcopt.performance.charging import ChargedCells, charge
from lcopt.performance.charging_sets import read_charging_model, read_charging_sets
from lcopt.performance.isothermal import isothermal_minutes
from lcopt.performance.sigmoid_aging import SigmoidTable, read_sigmoid_table, sigmoid_fade_under
from lcopt.units import DAYS_PER_YEAR, HOURS_PER_DAY

ADIABATIC = "adiabatic"
SECOND_LIFE = "secondlife"
FIRST_LIFE_DUTY = "private_15Mm_AC"
AVERAGED_MODE = "ts"
YEARS_COUNT = 15
MODEL_SUFFIX = "_Battery"
# Laws whose C-rate is that of discharge alone.
DISCHARGE_LAWS = ("Nmc811_GrSi_LGM50_5Ah",)


@dataclass(frozen=True)
class ReferenceRuns:
    """Conditions that all reference runs share."""

    rate_cap_per_h: float
    temperature_ceiling_deg_c: float
    soc_low_frac: float
    soc_high_frac: float
    second_life_from_yr: float
    second_life_cycles_count: float


@dataclass(frozen=True)
class DutyStress:
    """What a duty of the life curves does to a cell."""

    soc_mean_frac: float
    dod_frac: float
    c_rate_per_h: float
    discharge_rate_per_h: float

    def at(self, temperature_deg_c: float, law: str) -> Stress:
        """The same with a temperature, as a law reads it."""
        rate = self.discharge_rate_per_h if law in DISCHARGE_LAWS else self.c_rate_per_h
        return Stress(temperature_deg_c, self.soc_mean_frac, self.dod_frac, rate)

    def at_rate(self, rate_per_h: float) -> DutyStress:
        """The same with another C-rate while the cell works; laws of discharge do not see it."""
        return replace(self, c_rate_per_h=rate_per_h)


@dataclass(frozen=True)
class _Loss:
    """One of the losses of a cell: its share at ages, and the age that has it."""

    at: Callable[[FloatArray], FloatArray]
    age_yr: Callable[[float], float]


def predict_charging(table: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """Isothermal minutes of every run of a charge map, as `min_10_80_envelope`."""
    runs, model = catalog.constants(ReferenceRuns, "reference_runs"), read_charging_model(catalog)
    problem = _set_problem(table, catalog)
    minutes = np.full(len(table), np.nan)
    good = np.flatnonzero(problem == "")
    if len(good):
        rows = table.iloc[good]
        cells = _cells(rows, np.ones(len(rows)), runs, catalog)
        window = (runs.soc_low_frac, runs.soc_high_frac)
        minutes[good] = isothermal_minutes(cells, window, _numbers(rows, "T0_C"), model)
    return pd.DataFrame({"problem": problem, "min_10_80_envelope": minutes})


def predict_thermal_charging(table: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """Minutes and temperatures of every run with self-heating, as `min_10_80`, `T_max_C`, `T_end_C`."""
    runs, model = catalog.constants(ReferenceRuns, "reference_runs"), read_charging_model(catalog)
    problem = _set_problem(table, catalog)
    told = table["Tcoolant_C"].astype(str).str.strip() == ADIABATIC
    cooled = pd.to_numeric(table["kcool_1_s"], errors="coerce") > 0
    unknown = cooled & ~told & np.isnan(_numbers(table, "Tcoolant_C"))
    _note(problem, unknown.to_numpy(), f"Tcoolant_C is neither a number nor '{ADIABATIC}'")
    results = {name: np.full(len(table), np.nan) for name in ("min_10_80", "T_max_C", "T_end_C")}
    good = np.flatnonzero(problem == "")
    if len(good):
        rows = table.iloc[good]
        cells = _cells(rows, _numbers(rows, "J_K_per_Ah"), runs, catalog)
        rate, coolant = _loop(rows, model.constants.coolant_temperature_deg_c)
        unbounded = replace(model.constants, temperature_ceiling_deg_c=runs.temperature_ceiling_deg_c)
        charged = charge(
            replace(cells, cooling_rate_per_s=rate, coolant_temperature_deg_c=coolant),
            (runs.soc_low_frac, runs.soc_high_frac),
            _numbers(rows, "T0_C"),
            replace(model, constants=unbounded),
        )
        results["min_10_80"][good] = charged.charging_time_min
        results["T_max_C"][good] = charged.peak_temperature_deg_c
        results["T_end_C"][good] = charged.end_temperature_deg_c
    return pd.DataFrame({"problem": problem, **results})


def _loop(rows: pd.DataFrame, coolant_deg_c: float) -> tuple[FloatArray, FloatArray]:
    """Cooling rate and coolant temperature of each run; without a coolant the run is adiabatic and any will do."""
    coolant = _numbers(rows, "Tcoolant_C")
    adiabatic = np.isnan(coolant)
    return np.where(adiabatic, 0.0, _numbers(rows, "kcool_1_s")), np.where(adiabatic, coolant_deg_c, coolant)


def _cells(
    rows: pd.DataFrame, heat_capacity_j_per_k_ah: FloatArray, runs: ReferenceRuns, catalog: Catalog
) -> ChargedCells:
    names = tuple(rows["param_set"].unique())
    index = np.array([names.index(name) for name in rows["param_set"]])
    count = len(rows)
    return ChargedCells(
        sets=read_charging_sets(catalog, names).take(index),
        areal_capacity_mah_per_cm2=_numbers(rows, "areal_mAh_cm2"),
        speed_factor=np.ones(count),
        heat_capacity_j_per_k_ah=heat_capacity_j_per_k_ah,
        rate_cap_per_h=np.full(count, runs.rate_cap_per_h),
    )


def _set_problem(table: pd.DataFrame, catalog: Catalog) -> FloatArray:
    """Why a charging run has no prediction; empty where it has one."""
    known = catalog.table("charging_sets").words("charging_set")
    problem = np.full(len(table), "", dtype=object)
    if "ok" in table:
        problem[(pd.to_numeric(table["ok"], errors="coerce") != 1).to_numpy()] = "the reference run did not finish"
    for name in ("areal_mAh_cm2", "T0_C", "J_K_per_Ah", "kcool_1_s"):
        if name in table:
            _note(problem, np.isnan(_numbers(table, name)), f"{name} is not a number")
    _note(problem, ~table["param_set"].isin(known).to_numpy(), "the catalog has no charging set of this name")
    return problem


def predict_life(table: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """State of health of every life curve as `soh_y<year>`, 0 to 15 and what other years the table has.

    The laws are those of their sources, without calibration to the field.
    """
    runs = catalog.constants(ReferenceRuns, "reference_runs")
    duties = catalog.table("reference_duties").words("duty")
    stress = {name: catalog.constants(DutyStress, "reference_duties", duty=name) for name in duties}
    laws = _read_laws(catalog)
    models = table["model"].astype(str).str.removesuffix(MODEL_SUFFIX).to_numpy()
    years = _years(table)
    temperature, cycles = _numbers(table, "T_C"), _numbers(table, "EFC_per_yr")
    problem = np.full(len(table), "", dtype=object)
    # The shipped driver of these curves takes the mean current of a whole day, rest included, for the C-rate.
    averaged = (table["mode"] == AVERAGED_MODE).to_numpy() if "mode" in table else np.zeros(len(table), dtype=np.bool_)
    second = table["duty"].astype(str).str.startswith(SECOND_LIFE).to_numpy()
    _note(problem, ~np.isin(models, list(laws)), "the catalog has no fade law of this cell")
    _note(problem, ~(table["duty"].isin(stress).to_numpy() | second), "the catalog has no stress of this duty")
    _note(problem, ~(np.isfinite(temperature) & np.isfinite(cycles)), "temperature or cycles a year are missing")
    soh = np.full((len(table), len(years)), np.nan)
    ages = np.array(years, dtype=np.float64)
    for row in np.flatnonzero(problem == ""):
        duty = stress[FIRST_LIFE_DUTY if second[row] else str(table["duty"].iloc[row])]
        if averaged[row]:
            duty = duty.at_rate(2 * cycles[row] / (DAYS_PER_YEAR * HOURS_PER_DAY))
        losses = laws[models[row]]
        first = losses(duty.at(temperature[row], models[row]), cycles[row])
        if second[row]:
            later = losses(stress["second_life"].at(temperature[row], models[row]), runs.second_life_cycles_count)
            soh[row] = _second_life(first, later, runs.second_life_from_yr, ages)
        else:
            soh[row] = np.maximum(1 - sum(loss.at(ages) for loss in first), 0)
    return pd.DataFrame({"problem": problem, **{f"soh_y{year}": soh[:, place] for place, year in enumerate(years)}})


def _years(table: pd.DataFrame) -> list[int]:
    found = (re.fullmatch(r"SOH_y([0-9]{1,2})", str(name)) for name in table)
    return sorted({*range(YEARS_COUNT + 1), *(int(match[1]) for match in found if match)})


def _read_laws(catalog: Catalog) -> dict[str, Callable[[Stress, float], tuple[_Loss, _Loss]]]:
    """Of each law, its calendar and its cycle loss under a stress and so many cycles a year."""
    powers = {name: read_published_table(catalog, name) for name in catalog.table("fade_laws").words("fade_law")}
    sigmoid = catalog.table("sigmoid_fade_laws").words("fade_law")
    return {
        **{name: partial(_power_losses, table) for name, table in powers.items()},
        **{name: partial(_sigmoid_losses, read_sigmoid_table(catalog, name)) for name in sigmoid},
    }


def _power_losses(table: FadeTable, stress: Stress, cycles_per_yr: float) -> tuple[_Loss, _Loss]:
    fade = yearly_fade(fade_under(table, stress), np.array([cycles_per_yr]))
    return (
        _power_loss(float(fade.calendar_frac[0]), float(fade.calendar_exponent[0])),
        _power_loss(float(fade.cycle_frac[0]), float(fade.cycle_exponent[0])),
    )


def _power_loss(yearly_frac: float, exponent: float) -> _Loss:
    return _Loss(lambda age: yearly_frac * age**exponent, lambda loss: (loss / yearly_frac) ** (1 / exponent))


def _sigmoid_losses(table: SigmoidTable, stress: Stress, cycles_per_yr: float) -> tuple[_Loss, _Loss]:
    fade = sigmoid_fade_under(table, stress)
    return (
        _Loss(
            lambda age: fade.calendar_loss_frac(age * DAYS_PER_YEAR),
            lambda loss: fade.time_d_at(loss) / DAYS_PER_YEAR,
        ),
        _Loss(
            lambda age: fade.cycle_loss_frac(age * cycles_per_yr),
            lambda loss: fade.cycles_count_at(loss) / cycles_per_yr,
        ),
    )


def _second_life(
    first: tuple[_Loss, _Loss], later: tuple[_Loss, _Loss], change_yr: float, ages_yr: FloatArray
) -> FloatArray:
    """State of health when the duty changes: each loss goes on from the age at which the new duty had made it."""
    since = np.maximum(ages_yr - change_yr, 0.0)
    lost = np.zeros_like(ages_yr)
    for old, new in zip(first, later, strict=True):
        age_then = new.age_yr(float(old.at(np.array(change_yr))))
        lost += np.where(ages_yr <= change_yr, old.at(ages_yr), new.at(age_then + since))
    return np.maximum(1 - lost, 0.0)


def _numbers(table: pd.DataFrame, column: str) -> FloatArray:
    return np.asarray(pd.to_numeric(table[column], errors="coerce"), dtype=np.float64)


def _note(problem: FloatArray, condition: BoolArray, text: str) -> None:
    problem[condition & (problem == "")] = text
