"""How far the heat of one cell in thermal runaway reaches into its neighbor, through a stack of cells and barriers.

One cell of the stack is at the temperature of its runaway, all others at the start temperature. Heat flows through the
cells and the barriers between them, and every cell loses heat to a cold plate. Three ratios describe all stacks:
barrier over cell resistance, sink over conduction, and time over the time of conduction through a cell; temperatures
are shares of the excess of the hot cell over the start.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray

# Grid of the response: film to felt ten times as resistive as its cell, no sink to one that outruns conduction, and
# from the first warmth to long after the peak. Steps as wide as an error of 1 K allows.
BARRIER_RATIOS = (0.01, 300.0, 79)
SINK_RATIOS = (1e-3, 1e3, 79)
PROGRESS = (1e-3, 1e3, 240)


@dataclass(frozen=True)
class PropagationConstants:
    """Conduction through cells and the discretization of the stack (table `propagation_constants`)."""

    cell_conductivity_w_per_m_k: float
    start_temperature_deg_c: float
    neighbors_count: int
    nodes_per_cell_count: int


@dataclass(frozen=True)
class ResponseTable:
    """Highest share of the hot cell's excess temperature that the neighbor has met, up to a moment.

    Attributes
    ----------
    barrier_ratio : ndarray, shape (n_barriers,)
    sink_ratio : ndarray, shape (n_sinks,)
    progress : ndarray, shape (n_moments,)
        Time over the time of conduction through a cell.
    peak_frac : ndarray, shape (n_barriers, n_sinks, n_moments)
    """

    barrier_ratio: FloatArray
    sink_ratio: FloatArray
    progress: FloatArray
    peak_frac: FloatArray


@dataclass(frozen=True)
class Places:
    """Where values lie on an axis: the node below and the share of the step above it, shape (n,)."""

    below: IntArray
    above_frac: FloatArray


def conduction_time_s(
    cell_thickness_mm: FloatArray,
    cell_density_g_per_cm3: FloatArray,
    cell_heat_capacity_j_per_g_k: FloatArray,
    constants: PropagationConstants,
) -> FloatArray:
    """Thickness squared over diffusivity; the factors of mm2, cm3 and m cancel. Shape (n,), [s]."""
    j_per_cm3_k = cell_density_g_per_cm3 * cell_heat_capacity_j_per_g_k
    return np.asarray(j_per_cm3_k * np.square(cell_thickness_mm) / constants.cell_conductivity_w_per_m_k)


def barrier_ratio(
    barrier_thickness_mm: FloatArray,
    cell_thickness_mm: FloatArray,
    barrier_conductivity_w_per_m_k: float,
    constants: PropagationConstants,
) -> FloatArray:
    """Thermal resistance of a barrier over that of a cell, shape (n,)."""
    conductivities = constants.cell_conductivity_w_per_m_k / barrier_conductivity_w_per_m_k
    return np.asarray(barrier_thickness_mm / cell_thickness_mm * conductivities)


def neighbor_response(ratio: FloatArray, progress: FloatArray, constants: PropagationConstants) -> FloatArray:
    """Share of the hot cell's excess temperature in the near layer of its neighbor, without a sink.

    Parameters
    ----------
    ratio : ndarray, shape (n,)
        Thermal resistance of a barrier over that of a cell.
    progress : ndarray, shape (n, n_moments)
        Time over the time of conduction through a cell.
    constants : PropagationConstants

    Returns
    -------
    ndarray, shape (n, n_moments)
    """
    rate, mode = np.linalg.eigh(_conduction(ratio, constants))
    half = constants.nodes_per_cell_count // 2
    weight = mode[:, :half, :].sum(axis=1) * mode[:, half, :]
    decay = np.exp(-np.maximum(rate, 0)[:, None, :] * progress[:, :, None])
    return np.asarray(np.einsum("nmk,nk->nm", decay, weight))


def _conduction(ratio: FloatArray, constants: PropagationConstants) -> FloatArray:
    """Matrix of the conduction between the nodes of half a stack, per node's heat capacity, shape (n, nodes, nodes)."""
    per_cell = constants.nodes_per_cell_count
    half = per_cell // 2
    nodes = half + constants.neighbors_count * per_cell
    link = np.full((len(ratio), nodes - 1), float(per_cell))
    barriers = np.arange(half - 1, nodes - 1, per_cell)
    link[:, barriers] = 1 / (1 / per_cell + ratio[:, None])
    link *= per_cell
    matrix = np.zeros((len(ratio), nodes, nodes))
    left = np.arange(nodes - 1)
    matrix[:, left, left + 1] = matrix[:, left + 1, left] = -link
    matrix[:, left, left] += link
    matrix[:, left + 1, left + 1] += link
    return matrix


def response_table(constants: PropagationConstants) -> ResponseTable:
    """The response of every stack on a grid of its ratios."""
    barrier, sink = (np.concatenate([[0.0], np.geomspace(*axis)]) for axis in (BARRIER_RATIOS, SINK_RATIOS))
    progress = np.geomspace(*PROGRESS)
    share = neighbor_response(barrier, np.broadcast_to(progress, (len(barrier), len(progress))), constants)
    cooled = share[:, None, :] * np.exp(-sink[:, None] * progress)
    np.maximum.accumulate(cooled, axis=-1, out=cooled)
    return ResponseTable(barrier_ratio=barrier, sink_ratio=sink, progress=progress, peak_frac=cooled)


def barrier_ratio_min(
    table: ResponseTable, threshold_frac: FloatArray, sink_ratio: FloatArray, watched_progress: FloatArray
) -> FloatArray:
    """Smallest barrier over cell resistance with which the neighbor stays at or below a share of the excess.

    Parameters
    ----------
    table : ResponseTable
    threshold_frac, sink_ratio, watched_progress : ndarray, shape (n,)
        Share not to be passed, sink over conduction, and the moment up to which it must hold.

    Returns
    -------
    ndarray, shape (n,)
        inf where no barrier of the table suffices.
    """
    sink, moment = places(sink_ratio, table.sink_ratio), places(watched_progress, table.progress)
    upper, lower = sink.above_frac, 1 - sink.above_frac
    early = table.peak_frac[:, sink.below, moment.below] * lower + (
        table.peak_frac[:, sink.below + 1, moment.below] * upper
    )
    late = table.peak_frac[:, sink.below, moment.below + 1] * lower + (
        table.peak_frac[:, sink.below + 1, moment.below + 1] * upper
    )
    peak = early + (late - early) * moment.above_frac
    safe = peak <= threshold_frac
    first = safe.argmax(axis=0)
    before = np.maximum(first - 1, 0)
    column = np.arange(peak.shape[1])
    fall = peak[before, column] - peak[first, column]
    step_frac = (peak[before, column] - threshold_frac) / np.where(fall > 0, fall, 1)
    start = table.barrier_ratio[before]
    found = start + np.where(first > 0, step_frac, 0) * (table.barrier_ratio[first] - start)
    return np.where(safe.any(axis=0), found, np.inf)


def places(values: FloatArray, nodes: FloatArray) -> Places:
    """Where the values lie between ascending nodes; beyond the ends they take the end."""
    below = np.clip(np.searchsorted(nodes, values, side="right") - 1, 0, len(nodes) - 2)
    share = (np.asarray(values) - nodes[below]) / (nodes[below + 1] - nodes[below])
    return Places(below=below, above_frac=np.clip(share, 0, 1))


def between(grid: FloatArray, rows: Places, columns: Places, layer: IntArray | None = None) -> FloatArray:
    """Bilinear value of a grid (rows, columns), or of the layer of each value of a grid (layers, rows, columns)."""
    flat = grid.reshape(-1)
    width = grid.shape[-1]
    corner = rows.below * width + columns.below
    if layer is not None:
        corner = corner + layer * (grid.shape[-2] * width)
    right, left = columns.above_frac, 1 - columns.above_frac
    upper = flat[corner] * left + flat[corner + 1] * right
    lower = flat[corner + width] * left + flat[corner + width + 1] * right
    return np.asarray(upper + (lower - upper) * rows.above_frac)
