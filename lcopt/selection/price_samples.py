"""Samples of uncertain numbers: evenly spread over all of them together, correlated, repeatable by their seed."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from scipy.stats import norm, qmc, triang

from lcopt.arrays import FloatArray
from lcopt.errors import LcoptError
from lcopt.inputs.distributions import PriceDistribution
from lcopt.inputs.price_correlations import ROUNDING

# Shares so close to 0 or 1 that a normal distribution would reach to infinity.
_EDGE_FRAC = 1e-12


class Method(StrEnum):
    """How samples are spread."""

    SOBOL = "sobol"
    LATIN_HYPERCUBE = "latin_hypercube"


def draw(
    distributions: Sequence[PriceDistribution],
    count: int,
    seed: int,
    correlation: FloatArray | None = None,
    method: Method = Method.SOBOL,
) -> FloatArray:
    """Samples of some uncertain numbers.

    Parameters
    ----------
    distributions : sequence of PriceDistribution
    count : int
        Samples, at least 1.
    seed : int
        Equal seeds give equal samples.
    correlation : ndarray, shape (n, n), optional
        Of the normal scores (a Gaussian copula): 1 on its diagonal. None where all are independent.
    method : Method

    Returns
    -------
    ndarray, shape (count, n)

    Raises
    ------
    LcoptError
        Where the correlations contradict each other.
    """
    if not distributions:
        return np.zeros((count, 0))
    shares = uniform(len(distributions), count, seed, Method(method))
    if correlation is not None:
        shares = norm.cdf(norm.ppf(np.clip(shares, _EDGE_FRAC, 1 - _EDGE_FRAC)) @ _root(correlation).T)
    columns = [quantile(one, shares[:, number]) for number, one in enumerate(distributions)]
    return np.stack(columns, axis=1)


def quantile(distribution: PriceDistribution, share: FloatArray) -> FloatArray:
    """The number below which a share of a distribution lies; no price is below 0."""
    own, inner = distribution.parameters, np.clip(share, _EDGE_FRAC, 1 - _EDGE_FRAC)
    if distribution.shape == "empirical":
        return np.asarray(np.quantile(np.array(distribution.values), share, method="linear"))
    if distribution.shape == "normal":
        below = norm.cdf(0.0, own["mean"], own["sd"])
        return np.asarray(np.maximum(norm.ppf(below + inner * (1 - below), own["mean"], own["sd"]), 0.0))
    if distribution.shape == "lognormal":
        return np.asarray(own["median"] * np.exp(own["sd_log"] * norm.ppf(inner)))
    low, width = own["low"], own["high"] - own["low"]
    if width <= 0:
        return np.full_like(share, low)
    if distribution.shape == "triangular":
        return np.asarray(triang.ppf(share, (own["mode"] - low) / width, low, width))
    return low + share * width


def uniform(dimensions: int, count: int, seed: int, method: Method) -> FloatArray:
    """Evenly spread shares; a Sobol sequence is balanced at powers of 2, of which the first ones are taken."""
    if method is Method.LATIN_HYPERCUBE:
        return np.asarray(qmc.LatinHypercube(dimensions, rng=seed).random(count))
    doublings = max(count - 1, 1).bit_length()
    return np.asarray(qmc.Sobol(dimensions, rng=seed).random_base2(doublings)[:count])


def _root(correlation: FloatArray) -> FloatArray:
    """A matrix whose product with its transpose is the correlation."""
    values, vectors = np.linalg.eigh(correlation)
    if values.min() < -ROUNDING:
        message = "the correlations contradict each other: no prices can move like that together; make them smaller"
        raise LcoptError(message)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))
