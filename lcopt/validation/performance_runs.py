"""The performance kernels under the conditions of the reference runs: charging minutes, temperatures, life curves."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lcopt.arrays import BoolArray, FloatArray
from lcopt.inputs.catalog import Catalog
from lcopt.performance.aging import FadeTable, Stress, YearlyFade, fade_under, read_fade_table, yearly_fade
from lcopt.performance.charging import ChargedCells, charge
from lcopt.performance.charging_sets import read_charging_model, read_charging_sets
from lcopt.performance.isothermal import isothermal_minutes
from lcopt.units import DAYS_PER_YEAR

ADIABATIC = "adiabatic"
SECOND_LIFE = "secondlife"
FIRST_LIFE_DUTY = "private_15Mm_AC"
AVERAGED_MODE = "ts"
HOURS_PER_DAY = 24.0


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

    def at(self, temperature_deg_c: float) -> Stress:
        """The same with a temperature."""
        return Stress(temperature_deg_c, self.soc_mean_frac, self.dod_frac, self.c_rate_per_h)


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
    """State of health by year of every life curve, under the names of the table's columns `SOH_y<year>`."""
    runs = catalog.constants(ReferenceRuns, "reference_runs")
    laws = {name: read_fade_table(catalog, name) for name in catalog.table("fade_laws").words("fade_law")}
    duties = catalog.table("reference_duties").words("duty")
    stress = {name: catalog.constants(DutyStress, "reference_duties", duty=name) for name in duties}
    names = [str(name) for name in table if re.fullmatch(r"SOH_y[0-9]+", str(name))]
    years = {name: float(name.removeprefix("SOH_y")) for name in names}
    ages = np.array(list(years.values()))
    temperature, cycles = _numbers(table, "T_C"), _numbers(table, "EFC_per_yr")
    problem = np.full(len(table), "", dtype=object)
    # The shipped driver of these curves takes the mean current of a whole day, rest included, for the C-rate.
    averaged = (table["mode"] == AVERAGED_MODE).to_numpy() if "mode" in table else np.zeros(len(table), dtype=np.bool_)
    second = table["duty"].astype(str).str.startswith(SECOND_LIFE).to_numpy()
    _note(problem, ~table["model"].isin(laws).to_numpy(), "the catalog has no fade law of this cell")
    _note(problem, ~(table["duty"].isin(stress).to_numpy() | second), "the catalog has no stress of this duty")
    _note(problem, ~(np.isfinite(temperature) & np.isfinite(cycles)), "temperature or cycles a year are missing")
    soh = np.full((len(table), len(ages)), np.nan)
    for row in np.flatnonzero(problem == ""):
        law = laws[str(table["model"].iloc[row])]
        duty = stress[FIRST_LIFE_DUTY if second[row] else str(table["duty"].iloc[row])]
        if averaged[row]:
            duty = replace(duty, c_rate_per_h=2 * cycles[row] / (DAYS_PER_YEAR * HOURS_PER_DAY))
        first = yearly_fade(fade_under(law, duty.at(temperature[row])), np.array([cycles[row]]))
        if second[row]:
            soh[row] = _second_life(law, first, stress["second_life"], temperature[row], ages, runs)
        else:
            soh[row] = first.soh_frac(ages)
    return pd.DataFrame({"problem": problem, **{name: soh[:, place] for place, name in enumerate(years)}})


def _second_life(
    law: FadeTable, first: YearlyFade, duty: DutyStress, temperature_deg_c: float, ages: FloatArray, runs: ReferenceRuns
) -> FloatArray:
    """State of health when the duty changes: each loss goes on from the age at which the new duty had made it."""
    later = yearly_fade(fade_under(law, duty.at(temperature_deg_c)), np.array([runs.second_life_cycles_count]))
    change = runs.second_life_from_yr
    since = np.maximum(ages - change, 0.0)
    loss = np.zeros_like(ages)
    for part in ("calendar", "cycle"):
        old, new = getattr(first, f"{part}_frac"), getattr(later, f"{part}_frac")
        exponent = getattr(first, f"{part}_exponent")
        age_then = (old * change**exponent / new) ** (1 / exponent)
        loss += np.where(ages <= change, old * ages**exponent, new * (age_then + since) ** exponent)
    return np.maximum(1 - loss, 0.0)


def _numbers(table: pd.DataFrame, column: str) -> FloatArray:
    return np.asarray(pd.to_numeric(table[column], errors="coerce"), dtype=np.float64)


def _note(problem: FloatArray, condition: BoolArray, text: str) -> None:
    problem[condition & (problem == "")] = text
