"""Sobol indices are those of the Ishigami function, whose closed form is known."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("SALib")

from lcopt.uncertainty.importance import sobol_indices

A, B = 7.0, 0.1


def ishigami(shares):
    x = np.pi * (2 * shares - 1)
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_indices_of_the_ishigami_function_within_their_confidence():
    of_first = 0.5 * (1 + B * np.pi**4 / 5) ** 2
    of_second = A**2 / 8
    together = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    variance = of_first + of_second + together
    found = sobol_indices(ishigami, ("x1", "x2", "x3"), 4096, 1)
    first = np.array([of_first, of_second, 0.0]) / variance
    total = np.array([of_first + together, of_second, together]) / variance
    assert (np.abs(found.first - first) <= found.first_confidence + 1e-3).all()
    assert (np.abs(found.total - total) <= found.total_confidence + 1e-3).all()
    assert found.first_confidence.max() < 0.05


def test_a_seed_gives_the_same_indices_and_a_constant_none():
    one, two = (sobol_indices(ishigami, ("x1", "x2", "x3"), 128, 9) for _ in range(2))
    np.testing.assert_array_equal(one.total, two.total)
    assert not sobol_indices(lambda shares: np.ones(len(shares)), ("x1",), 64, 1).total.any()
