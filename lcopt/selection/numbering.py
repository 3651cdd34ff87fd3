"""Numbers for the distinct rows of many: equal rows get equal numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.space import Columns

# Odd constants of two published integer mixers (splitmix64); any odd ones would do, since equal marks are compared.
_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT = np.uint64(29)


def numbers_of(*bundles: Columns) -> IntArray:
    """Number of each row of bundles of equal length taken together, in the order of their columns, shape (n,)."""
    return numbers_of_rows([getattr(bundle, item.name) for bundle in bundles for item in fields(bundle)])


def numbers_of_rows(columns: Sequence[FloatArray | IntArray]) -> IntArray:
    """Number of each row of some columns, rising with the first column, then the next, shape (n,).

    The same as the inverse of `numpy.unique` over rows, without sorting all of them column by column: rows are marked
    by a hash, and only where two different rows bear one mark are all rows sorted.
    """
    values = [np.asarray(column, dtype=np.float64) + 0.0 for column in columns]
    _, first, group = np.unique(marks_of(values), return_index=True, return_inverse=True)
    alike = all(np.array_equal(value[first][group], value) for value in values)
    if not alike:
        _, number = np.unique(np.stack(values, axis=1), axis=0, return_inverse=True)
        return np.asarray(number, dtype=np.int64).ravel()
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.lexsort([value[first] for value in reversed(values)])] = np.arange(len(first))
    return rank[group]


def first_of_each(numbers: IntArray) -> IntArray:
    """Index of the first row of every number, in the order of the rows."""
    _, first = np.unique(numbers, return_index=True)
    return np.sort(first)


def marks_of(values: Sequence[FloatArray]) -> np.ndarray:
    """A hash of every row, shape (n,); equal rows have equal ones."""
    marks = np.zeros(len(values[0]), dtype=np.uint64)
    for value in values:
        marks = (marks + _STEP) ^ np.ascontiguousarray(value).view(np.uint64)
        marks = marks * _MIX
        marks ^= marks >> _SHIFT
    return marks
