"""10,000 samples of prices and 100,000 candidates: within 15 s and 1 GB, and much faster than the plain matrix."""

from __future__ import annotations

import sys
import time
import tracemalloc

import numpy as np

from lcopt.inputs.distributions import PriceDistribution
from lcopt.selection.linear_costs import LinearCosts, best_of_samples, plain_best
from lcopt.selection.price_samples import draw

CANDIDATES, SAMPLES, PRICES, CHEMISTRIES = 100_000, 10_000, 16, 12
BYTES_PER_GB = 1e9


def made_candidates() -> LinearCosts:
    """Chemistries that buy different amounts of different goods, and designs that need more or less of all of them."""
    rng = np.random.default_rng(1)
    bought = rng.uniform(0, 100, (CHEMISTRIES, PRICES)) * (rng.random((CHEMISTRIES, PRICES)) < 0.6)
    chemistry = rng.integers(0, CHEMISTRIES, CANDIDATES)
    of_each = bought[chemistry] * rng.uniform(0.9, 1.2, (CANDIDATES, 1)) * rng.uniform(0.97, 1.03, (CANDIDATES, PRICES))
    level = 12_000 - 10 * bought.sum(axis=1)
    return LinearCosts(level[chemistry] + rng.uniform(0, 1500, CANDIDATES), of_each)


def test_ten_thousand_samples_of_a_hundred_thousand_candidates(capsys):
    costs = made_candidates()
    prices = [PriceDistribution("triangular", {"low": 5.0, "mode": 10.0, "high": 20.0})] * PRICES
    drawn = draw(prices, SAMPLES, 7)
    start = time.perf_counter()
    found = best_of_samples(costs, drawn)
    taken_s = time.perf_counter() - start
    # What other tests left in the process does not count.
    tracemalloc.start()
    best_of_samples(costs, drawn)
    peak_gb = tracemalloc.get_traced_memory()[1] / BYTES_PER_GB
    tracemalloc.stop()
    start = time.perf_counter()
    plain = plain_best(costs, drawn)
    plain_s = time.perf_counter() - start
    with capsys.disabled():
        sys.stdout.write(f"\npruned {taken_s:.2f} s, plain {plain_s:.2f} s, peak {peak_gb:.2f} GB\n")
    np.testing.assert_array_equal(found.winner, plain.winner)
    assert taken_s < 15
    assert peak_gb < 1
    assert plain_s > 5 * taken_s
