"""Voltage, energy and impedance of packs whose cells have a case: foils, terminals and joints beside the electrodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cell.constants import CellConstants
from lcopt.cell.duty import Duty, Layout
from lcopt.cell.electrics import Electrics, electrics
from lcopt.cell.electrodes import Couples
from lcopt.cell.formats.cased import CasedCell
from lcopt.cell.formats.collectors import collector_excess_ohm_cm2
from lcopt.cell.impedance import at_soc, energy_asi_ohm_cm2
from lcopt.conventions import Conventions
from lcopt.pack.electrics import PackElectrics, discharge_voltage_v, pack_electrics, pulse_load
from lcopt.units import WH_PER_KWH


def series_parallel_layout(series_count: FloatArray | IntArray, parallel_count: FloatArray | IntArray) -> Layout:
    """All cells in one block, shape (n,): what the electrics ask of a pack without looking at its modules."""
    ones = np.ones(len(series_count))
    return Layout(
        cells_per_module_count=np.asarray(series_count * parallel_count, dtype=np.float64),
        cells_in_parallel_count=np.asarray(parallel_count, dtype=np.float64),
        modules_in_row_count=ones,
        rows_of_modules_count=ones,
        modules_in_parallel_count=ones,
        packs_per_vehicle_count=ones,
        packs_in_series=np.zeros(len(ones), dtype=np.bool_),
    )


def cased_electrics(
    cell: CasedCell,
    layout: Layout,
    couples: Couples,
    duty: Duty,
    constants: CellConstants,
    conventions: Conventions,
) -> tuple[Electrics, PackElectrics]:
    """Electrical state of packs of cells in a case.

    Parameters
    ----------
    cell, layout, couples, duty
        An element a design; `layout` of `series_parallel_layout`.
    constants, conventions
        Of the catalog.

    Returns
    -------
    Electrics, PackElectrics
        Arrays of shape (n,). The foils add their excess over a reaction that is spread evenly (F11), terminals and
        joints their resistance times the positive area.
    """
    with np.errstate(all="ignore"):
        capacity_ah = cell.cell_capacity_ah * layout.cells_in_parallel_count
        state = electrics(couples, layout, duty, capacity_ah, constants, conventions)
        pulse = pulse_load(cell, state)
        hardware = tuple(
            _hardware_ohm_cm2(cell, reaction) for reaction in (pulse.electrochemical_ohm_cm2, state.energy_asi_ohm_cm2)
        )
        return state, pack_electrics(
            cell, layout, duty, state, pulse, capacity_ah, (hardware[0], hardware[1]), constants
        )


@dataclass(frozen=True)
class Discharge:
    """What the discharge at C/3 asks of packs that does not follow from the size of their cells; arrays of (n,)."""

    series_count: FloatArray
    parallel_count: FloatArray
    energy_ocv_v: FloatArray
    energy_asi_ohm_cm2: FloatArray

    @classmethod
    def of(cls, layout: Layout, couples: Couples, duty: Duty, constants: CellConstants) -> Discharge:
        """Of packs of `series_parallel_layout`."""
        soc, temperature_deg_c = duty.energy_soc_frac, duty.energy_temperature_deg_c
        return cls(
            series_count=layout.cells_in_series_count,
            parallel_count=layout.cells_in_parallel_count,
            energy_ocv_v=at_soc(couples.ocv_v, soc),
            energy_asi_ohm_cm2=energy_asi_ohm_cm2(couples, soc, temperature_deg_c, constants.impedance),
        )


def pack_energy_kwh(cell: CasedCell, discharge: Discharge, constants: CellConstants) -> FloatArray:
    """Energy of packs [kWh], shape (n,): that of `cased_electrics`, for cells whose size is still sought."""
    reaction = discharge.energy_asi_ohm_cm2
    with np.errstate(all="ignore"):
        energy_asi = reaction + _hardware_ohm_cm2(cell, reaction)
        voltage_v = discharge_voltage_v(cell, discharge.series_count, discharge.energy_ocv_v, energy_asi, constants)
        capacity_ah = cell.cell_capacity_ah * discharge.parallel_count
        return np.asarray(capacity_ah * voltage_v / WH_PER_KWH, dtype=np.float64)


def _hardware_ohm_cm2(cell: CasedCell, reaction_ohm_cm2: FloatArray) -> FloatArray:
    foils = collector_excess_ohm_cm2(cell.positive_collector_ohm_cm2, reaction_ohm_cm2)
    foils = foils + collector_excess_ohm_cm2(cell.negative_collector_ohm_cm2, reaction_ohm_cm2)
    return np.asarray(foils + cell.positive_area_per_cell_cm2 * (cell.terminal_ohm + cell.joint_ohm), dtype=np.float64)
