"""Temperature of the cell next to one in runaway, moment by moment: what tables of barriers are held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.pack.propagation import PROGRESS, PropagationConstants, barrier_ratio, conduction_time_s, neighbor_response

# A step of 3 % in time.
MOMENTS = 480


@dataclass(frozen=True)
class Stack:
    """Cells with barriers between them, arrays of shape (n,) or what broadcasts to it."""

    hot_temperature_deg_c: FloatArray
    onset_temperature_deg_c: FloatArray
    cell_thickness_mm: FloatArray
    heat_sink_per_s: FloatArray
    barrier_thickness_mm: FloatArray
    cell_density_g_per_cm3: FloatArray
    cell_heat_capacity_j_per_g_k: FloatArray


@dataclass(frozen=True)
class NeighborHeating:
    """Highest temperature of the neighbor's near face, and when it first reaches the onset (inf: never); shape (n,)."""

    peak_deg_c: FloatArray
    onset_time_s: FloatArray


def neighbor_heating(
    stack: Stack, barrier_conductivity_w_per_m_k: float, watched_s: float, constants: PropagationConstants
) -> NeighborHeating:
    """Temperature of the cell next to one in runaway, for some thousand stacks at a time.

    Parameters
    ----------
    stack : Stack
        Thickness > 0, sink >= 0, barrier >= 0.
    barrier_conductivity_w_per_m_k : float
        Under the load of the stack. [W/(m K)]
    watched_s : float
        Time after the runaway up to which the neighbor is watched; inf for ever. [s]
    constants : PropagationConstants

    Returns
    -------
    NeighborHeating
        Of the layer of the neighbor next to the barrier, one node thick.

    Notes
    -----
    The hot cell stands amid its neighbors, so half the stack is solved; its far end is insulated. All cells lose heat
    at the same rate b (T - start), so the sink is a factor exp(-b t) on the solution without it, which the
    eigenvectors of the conduction give at any time. No heat of the reaction is released after the start: the hot
    temperature holds it all.

    References
    ----------
    lcopt_propagation_model.
    """
    fields = np.broadcast_arrays(*(np.atleast_1d(value) for value in vars(stack).values()))
    hot, onset, thickness, sink, barrier, density, capacity = fields
    scale_s = conduction_time_s(thickness, density, capacity, constants)
    ratio = barrier_ratio(barrier, thickness, barrier_conductivity_w_per_m_k, constants)
    first, last, _ = PROGRESS
    progress = np.geomspace(first, np.clip(watched_s / scale_s, 2 * first, last), MOMENTS, axis=-1)
    share = neighbor_response(ratio, progress, constants) * np.exp(-(sink * scale_s)[:, None] * progress)
    excess_k = hot - constants.start_temperature_deg_c
    threshold = (onset - constants.start_temperature_deg_c) / excess_k
    peak = share.max(axis=-1)
    reached = _first_crossing(np.maximum.accumulate(share, axis=-1), threshold[:, None], progress)
    return NeighborHeating(
        peak_deg_c=constants.start_temperature_deg_c + excess_k * peak,
        onset_time_s=np.where(peak >= threshold, reached * scale_s, np.inf),
    )


def _first_crossing(running_peak: FloatArray, threshold: FloatArray, progress: FloatArray) -> FloatArray:
    """Moment at which a running maximum (..., n_moments) reaches the threshold (..., 1), linear between moments."""
    index = np.clip((running_peak < threshold).sum(axis=-1, keepdims=True), 1, running_peak.shape[-1] - 1)
    moments = np.broadcast_to(progress, running_peak.shape)
    low, high = (np.take_along_axis(running_peak, place, axis=-1)[..., 0] for place in (index - 1, index))
    start, end = (np.take_along_axis(moments, place, axis=-1)[..., 0] for place in (index - 1, index))
    rise = high - low
    share = (threshold[..., 0] - low) / np.where(rise > 0, rise, 1)
    return np.asarray(start + (end - start) * np.clip(share, 0, 1))
