"""Voltage, energy and impedance of packs whose cells have a case: foils, terminals and joints beside the electrodes."""

from __future__ import annotations

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cell.constants import CellConstants
from lcopt.cell.duty import Duty, Layout
from lcopt.cell.electrics import Electrics, electrics
from lcopt.cell.electrodes import Couples
from lcopt.cell.formats.cased import CasedCell
from lcopt.cell.formats.collectors import collector_excess_ohm_cm2
from lcopt.conventions import Conventions
from lcopt.pack.electrics import PackElectrics, pack_electrics, pulse_load


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


def _hardware_ohm_cm2(cell: CasedCell, reaction_ohm_cm2: FloatArray) -> FloatArray:
    foils = collector_excess_ohm_cm2(cell.positive_collector_ohm_cm2, reaction_ohm_cm2)
    foils = foils + collector_excess_ohm_cm2(cell.negative_collector_ohm_cm2, reaction_ohm_cm2)
    return np.asarray(foils + cell.positive_area_per_cell_cm2 * (cell.terminal_ohm + cell.joint_ohm), dtype=np.float64)
