"""Fade rates on a grid of what wears a cell, read between the grid points on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.inputs.catalog import Row

TEMPERATURE = "temperature_deg_c"


@dataclass(frozen=True)
class RateGrid:
    """Logarithms of a rate on a grid; between the points they are linear along each axis, in the order of `names`."""

    names: tuple[str, ...]
    axes: tuple[FloatArray, ...]
    logs: FloatArray

    def at(self, *point: FloatArray | float) -> FloatArray:
        """The rate at points, one coordinate (array or number) an axis; outside the grid its nearest edge holds."""
        coordinates = np.broadcast_arrays(*(np.asarray(coordinate, dtype=np.float64) for coordinate in point))
        shape = coordinates[0].shape
        places = [_place(axis, values.ravel()) for axis, values in zip(self.axes, coordinates, strict=True)]
        logs = np.zeros(coordinates[0].size)
        for corner in np.ndindex(*(2 for _ in self.axes)):
            weight = np.ones(logs.shape)
            for upper, (_, share) in zip(corner, places, strict=True):
                weight = weight * (share if upper else 1 - share)
            index = tuple(low + upper for upper, (low, _) in zip(corner, places, strict=True))
            logs += weight * self.logs[index]
        return np.exp(logs).reshape(shape)

    def covers(self, *point: float) -> bool:
        """Whether a point lies within the grid."""
        return all(axis[0] <= value <= axis[-1] for axis, value in zip(self.axes, point, strict=True))

    def rising_from(self, temperature_deg_c: float) -> RateGrid:
        """The same grid, on which above a temperature no rate falls with it; the temperature becomes a grid point."""
        hot = self._with_temperature(temperature_deg_c)
        axis = hot.names.index(TEMPERATURE)
        first = int(np.searchsorted(hot.axes[axis], temperature_deg_c))
        logs = np.moveaxis(hot.logs.copy(), axis, 0)
        logs[first:] = np.maximum.accumulate(logs[first:], axis=0)
        return replace(hot, logs=np.moveaxis(logs, 0, axis))

    def _with_temperature(self, temperature_deg_c: float) -> RateGrid:
        number = self.names.index(TEMPERATURE)
        axis = self.axes[number]
        if temperature_deg_c in axis or not axis[0] < temperature_deg_c < axis[-1]:
            return self
        (low,), (share,) = _place(axis, np.array([temperature_deg_c]))
        logs = np.moveaxis(self.logs, number, 0)
        between = logs[low] * (1 - share) + logs[low + 1] * share
        axes = (*self.axes[:number], np.insert(axis, low + 1, temperature_deg_c), *self.axes[number + 1 :])
        return replace(self, axes=axes, logs=np.moveaxis(np.insert(logs, low + 1, between, axis=0), 0, number))


def read_rate_grid(rows: Sequence[Row], names: Sequence[str]) -> RateGrid:
    """The grid of some rows of a table of rates, whose columns `names` are its axes."""
    points = np.array([[float(row.keys[name]) for name in names] for row in rows])
    axes = tuple(np.unique(column) for column in points.T)
    logs = np.full([axis.size for axis in axes], np.nan)
    places = tuple(np.searchsorted(axis, column) for axis, column in zip(axes, points.T, strict=True))
    logs[places] = np.log([row.number("1") for row in rows])
    return RateGrid(tuple(names), axes, logs)


def _place(axis: FloatArray, values: FloatArray) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], FloatArray]:
    """Number of the grid point below each value, and the share of the way to the next."""
    inside = np.clip(values, axis[0], axis[-1])
    low = np.clip(np.searchsorted(axis, inside, side="right") - 1, 0, axis.size - 2)
    return low, (inside - axis[low]) / (axis[low + 1] - axis[low])
