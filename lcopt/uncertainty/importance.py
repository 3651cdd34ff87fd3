"""Which uncertain prices matter most: Sobol indices, the share of the variance that each explains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray


@dataclass(frozen=True)
class Importance:
    """Sobol indices, each of shape (n_inputs,), with the half-width of their 95 % confidence.

    `first` is the share of the variance that an input explains alone, `total` that with all its interactions.
    """

    first: FloatArray
    first_confidence: FloatArray
    total: FloatArray
    total_confidence: FloatArray


def sobol_indices(
    model: Callable[[FloatArray], FloatArray], names: Sequence[str], base_count: int, seed: int
) -> Importance:
    """Sobol indices of a model of independent inputs, by SALib.

    Parameters
    ----------
    model : callable
        From shares of the inputs' distributions (n, n_inputs), each 0..1, to the output (n,).
    names : sequence of str
    base_count : int
        Base samples, a power of 2; the model is asked for (n_inputs + 2) times as many.
    seed : int

    References
    ----------
    SALib: Saltelli's scheme on Sobol sequences.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    points = sampling.sample(problem, base_count, calc_second_order=False, seed=seed)
    output = np.asarray(model(points), dtype=np.float64)
    if np.ptp(output) == 0:
        nothing = np.zeros(len(names))
        return Importance(nothing, nothing, nothing, nothing)
    found = analysis.analyze(problem, output, calc_second_order=False, seed=seed)
    return Importance(*(np.asarray(found[key]) for key in ("S1", "S1_conf", "ST", "ST_conf")))
