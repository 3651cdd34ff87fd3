"""The fast charge of the chosen designs in PyBaMM beside that of the model: minutes and temperatures."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lcopt.arrays import FloatArray
from lcopt.crosscheck_simulation import (
    CrosscheckConstants,
    ParameterSet,
    SimulatedCell,
    SimulatedCharge,
    load_pybamm,
    simulate,
)
from lcopt.performance.charging import (
    ChargedCells,
    Charging,
    charge,
)
from lcopt.performance.isothermal import isothermal_minutes
from lcopt.result import Result
from lcopt.selection.charged import ChargedBuilds, charged_cells
from lcopt.selection.engineering import Engineering, gather_engineering
from lcopt.selection.geometry import build_geometry
from lcopt.selection.tasks import PackTask, pack_task

AS_DESIGNED = "as designed"


@dataclass(frozen=True)
class _Design:
    """The chosen design of one pack: its cells, arrays of shape (1,), and what is told of it."""

    task: PackTask
    engineering: Engineering
    cells: ChargedCells
    couple: int
    technology_class: int


def crosscheck_table(result: Result) -> pd.DataFrame:
    """Compare the charging of the chosen design of each pack with PyBaMM.

    Parameters
    ----------
    result : Result
        Of `lcopt.optimize`.

    Returns
    -------
    DataFrame
        Two rows a pack: `case` is "as designed" (window, start temperature, heat and cooling of the design) or "held at
        25 degC". Columns pack, case, chemistry, charging_set, parameter_set, technology_class, speed_factor,
        areal_capacity_mah_per_cm2, rate_cap_per_h, soc_from_frac, soc_to_frac, start_temperature_deg_c, lcopt_min,
        pybamm_min, deviation_frac (of lcopt from PyBaMM), lcopt_peak_deg_c, pybamm_peak_deg_c and problem, which says
        why a row has no simulation.

    Raises
    ------
    LcoptError
        Where PyBaMM is not installed.
    """
    load_pybamm()
    constants = result.catalog.constants(CrosscheckConstants, "crosscheck_constants")
    designs = _designs(result)
    rows = [row for design in designs for row in _rows(design, result, constants)]
    return pd.DataFrame(rows)


def _designs(result: Result) -> list[_Design]:
    engineering = gather_engineering(result.scenario, result.catalog)
    made = []
    for pack, choice in zip(result.scenario.packs, result.choice, strict=True):
        task = pack_task(pack, result.scenario, result.catalog, engineering)
        chosen = np.zeros(1, dtype=np.int64)
        platforms = choice.platforms.take(chosen)
        geometry = build_geometry(task, platforms, choice.counts.take(chosen), engineering)
        number = int(platforms.technology_class[0])
        cells = charged_cells(task, ChargedBuilds.of(geometry), platforms.technology_class, engineering)
        made.append(_Design(task, engineering, cells, int(platforms.couple[0]), number))
    return made


def _rows(design: _Design, result: Result, constants: CrosscheckConstants) -> list[dict[str, str | float]]:
    limits, model = design.task.pack.limits, design.engineering.charging_model
    name = design.engineering.families[design.couple].charging_set
    known = name in result.catalog.table("crosscheck_sets").words("charging_set")
    parameters = result.catalog.constants(ParameterSet, "crosscheck_sets", charging_set=name) if known else None
    window, start = limits.charging_window_frac, limits.charging_temperature_deg_c
    held = constants.held_temperature_deg_c
    warm = charge(design.cells, window_frac=window, start_temperature_deg_c=start, model=model)
    held_min = isothermal_minutes(design.cells, window_frac=window, temperature_deg_c=held, model=model)
    told: dict[str, str | float] = {
        "chemistry": design.engineering.chemistries[design.couple],
        "charging_set": name,
        "parameter_set": parameters.parameter_set if parameters else "",
        "technology_class": result.scenario.search.technology_classes[design.technology_class],
        "speed_factor": float(design.cells.speed_factor[0]),
        "areal_capacity_mah_per_cm2": float(design.cells.areal_capacity_mah_per_cm2[0]),
        "rate_cap_per_h": float(design.cells.rate_cap_per_h[0]),
        "soc_from_frac": window[0],
        "soc_to_frac": window[1],
    }
    answers = _simulated(design, parameters, constants)
    lcopt = ((start, *_first(warm)), (held, float(held_min[0]), held))
    return [
        {
            "pack": design.task.pack.name,
            "case": case,
            **told,
            "start_temperature_deg_c": from_deg_c,
            "lcopt_min": minutes,
            "pybamm_min": answer.charging_time_min,
            "deviation_frac": minutes / answer.charging_time_min - 1,
            "lcopt_peak_deg_c": peak_deg_c,
            "pybamm_peak_deg_c": answer.peak_temperature_deg_c,
            "problem": answer.problem,
        }
        for case, (from_deg_c, minutes, peak_deg_c), answer in zip(
            (AS_DESIGNED, f"held at {held:g} degC"), lcopt, answers, strict=True
        )
    ]


def _first(charging: Charging) -> tuple[float, float]:
    return float(charging.charging_time_min[0]), float(charging.peak_temperature_deg_c[0])


def _simulated(
    design: _Design, parameters: ParameterSet | None, constants: CrosscheckConstants
) -> tuple[SimulatedCharge, SimulatedCharge]:
    """The charge as designed and that at one temperature."""
    if parameters is None:
        none = SimulatedCharge(np.nan, np.nan, "no parameter set of PyBaMM stands for this charging set")
        return none, none
    limits, charging, cells = design.task.pack.limits, design.engineering.charging_model.constants, design.cells
    cell = SimulatedCell(
        parameters=parameters,
        areal_capacity_mah_per_cm2=float(cells.areal_capacity_mah_per_cm2[0]),
        speed_factor=float(cells.speed_factor[0]),
        rate_cap_per_h=float(cells.rate_cap_per_h[0]),
        window_frac=limits.charging_window_frac,
        start_temperature_deg_c=limits.charging_temperature_deg_c,
        heat_capacity_j_per_k_ah=float(cells.heat_capacity_j_per_k_ah[0]),
        coolant_temperature_deg_c=_of_design(cells.coolant_temperature_deg_c, charging.coolant_temperature_deg_c),
        cooling_rate_per_s=_of_design(cells.cooling_rate_per_s, charging.cooling_rate_per_s),
        temperature_ceiling_deg_c=charging.temperature_ceiling_deg_c,
        reference_temperature_deg_c=charging.reference_temperature_deg_c,
        gas_constant_j_per_mol_k=charging.gas_constant_j_per_mol_k,
    )
    held = replace(cell, heat_capacity_j_per_k_ah=None, start_temperature_deg_c=constants.held_temperature_deg_c)
    return simulate(cell, constants), simulate(held, constants)


def _of_design(given: FloatArray | float | None, constant: float) -> float:
    """A number of the one design, or that of the catalog where it has none of its own."""
    return constant if given is None else float(np.atleast_1d(given)[0])


def crosscheck_text(table: pd.DataFrame) -> str:
    """The same for people, two lines a pack."""
    lines = []
    for row in table.to_dict("records"):
        head = f"{row['pack']}: {row['case']}: "
        if row["problem"]:
            lines.append(head + str(row["problem"]))
            continue
        lines.append(
            f"{head}lcopt {row['lcopt_min']:.1f} min, PyBaMM ({row['parameter_set']}) {row['pybamm_min']:.1f} min, "
            f"deviation {row['deviation_frac']:+.1%}; peak {row['lcopt_peak_deg_c']:.0f} and "
            f"{row['pybamm_peak_deg_c']:.0f} degC"
        )
    return "\n".join(lines)
