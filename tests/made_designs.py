"""Designs for the tests of cell and pack: the default battery of the workbook with changes, and whole tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lcopt.cell.duty import Duty, Layout, make_duty, read_vehicles
from lcopt.cell.electrodes import Couples, read_couples
from lcopt.cell.sizing import Requirements, SizedCells, size_cells
from lcopt.conventions import BATPAC_51, Conventions
from lcopt.inputs.catalog import Catalog
from lcopt.pack.architecture import PackConstants, PackDesign, design_pack, read_pack_constants
from lcopt.performance.power import PackPower, pack_power

REFERENCE = Path(__file__).parents[1] / "lcopt" / "data" / "reference" / "designs.csv.gz"
VEHICLES = ("mildHEV", "HEV-HP", "PHEV", "EV")
DEFAULT = {
    "chemistry": "NMC811-G (Energy)",
    "vehicle": "EV",
    "power_kw": 300.0,
    "energy_kwh": 100.0,
    "charge_time_min": 60.0,
    "temperature_deg_c": 30.0,
    "cells_per_module": 20,
    "cells_in_parallel": 2,
    "modules_in_row": 5,
    "rows": 4,
    "modules_in_parallel": 2,
    "packs": 1,
    "in_series": False,
    "packs_per_year": 500_000.0,
    "thickness_mm": np.nan,
    "max_um": np.nan,
    "override_um": np.nan,
    "aspect_ratio": 3.0,
    "charging": True,
}
OF_REFERENCE = {
    "in_chemistry": "chemistry",
    "in_pack_power_kw": "power_kw",
    "in_pack_energy_kwh": "energy_kwh",
    "in_charge_time_min": "charge_time_min",
    "in_discharge_temperature_c": "temperature_deg_c",
    "in_cells_per_module": "cells_per_module",
    "in_cells_in_parallel": "cells_in_parallel",
    "in_modules_in_row": "modules_in_row",
    "in_rows_of_modules": "rows",
    "in_modules_in_parallel": "modules_in_parallel",
    "in_packs_per_year": "packs_per_year",
    "in_cell_thickness_target_mm": "thickness_mm",
    "in_max_positive_thickness_um": "max_um",
}


@dataclass(frozen=True)
class Inputs:
    couples: Couples
    requirements: Requirements
    layout: Layout
    duty: Duty


@dataclass(frozen=True)
class Outcome:
    inputs: Inputs
    sized: SizedCells
    pack: PackDesign
    power: PackPower

    @property
    def columns(self) -> dict[str, np.ndarray]:
        return {**vars(self.sized), **vars(self.sized.cell), **vars(self.pack), **vars(self.power)}


class Maker:
    """Builds inputs from words and numbers, an element or one value for all a name of DEFAULT."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.constants: PackConstants = read_pack_constants(catalog)
        self.chemistries = list(catalog.table("chemistries").words("chemistry"))
        self._couples = read_couples(catalog, self.chemistries)
        self._vehicles = read_vehicles(catalog, VEHICLES)

    def couples(self, *names: str) -> Couples:
        return self._couples.take(np.array([self.chemistries.index(name) for name in names]))

    def inputs(self, **changes) -> Inputs:
        given = {**DEFAULT, **changes}
        count = max((len(value) for value in given.values() if np.ndim(value)), default=1)
        full = {name: np.broadcast_to(np.asarray(value), (count,)) for name, value in given.items()}
        couples = self.couples(*full["chemistry"])
        vehicles = self._vehicles.take(np.array([VEHICLES.index(name) for name in full["vehicle"]]))
        layout = Layout(
            *[full[name] for name in ("cells_per_module", "cells_in_parallel", "modules_in_row", "rows")],
            full["modules_in_parallel"],
            full["packs"],
            full["in_series"],
        ).as_floats(count)
        duty = make_duty(
            vehicles,
            full["power_kw"],
            full["packs_per_year"],
            full["temperature_deg_c"],
            full["charging"],
            pack_energy_kwh=full["energy_kwh"],
        )
        requirements = Requirements(
            charge_time_min=full["charge_time_min"].astype(float),
            cell_thickness_target_mm=_or(full["thickness_mm"], vehicles.cell_thickness_target_mm),
            positive_thickness_max_um=_or(full["max_um"], couples.positive_thickness_max_um),
            positive_thickness_override_um=full["override_um"].astype(float),
            aspect_ratio=full["aspect_ratio"].astype(float),
        )
        return Inputs(couples, requirements, layout, duty)

    def outcome(self, conventions: Conventions = BATPAC_51, **changes) -> Outcome:
        made = self.inputs(**changes)
        sized = size_cells(made.couples, made.requirements, made.layout, made.duty, self.constants.cell, conventions)
        pack = design_pack(sized.cell, made.layout, made.couples, made.duty, self.constants, conventions)
        power = pack_power(sized.cell, pack, made.layout, made.duty, self.constants.cell.limits)
        return Outcome(made, sized, pack, power)

    def outcome_of(self, table: pd.DataFrame) -> Outcome:
        changes = {name: table[column].to_numpy() for column, name in OF_REFERENCE.items() if column in table}
        return self.outcome(**changes)


def _or(values, fallback) -> np.ndarray:
    return np.where(np.isnan(values.astype(float)), fallback, values.astype(float))
