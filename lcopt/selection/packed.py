"""Many designs of one kind of bundle, row by row in one block that grows: to add some and to take some is cheap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cell.bundles import names_of

T = TypeVar("T")


class PackedRows(Generic[T]):
    """Frozen dataclasses of arrays (n,), and of such dataclasses and mappings; what is no array must not differ.

    Whole numbers and truth values are kept as floats, which hold them exactly. The block has a row a column of the
    bundle, so that what is taken comes in one piece.
    """

    def __init__(self) -> None:
        self._block = np.zeros((0, 0))
        self._count = 0
        self._sample: T | None = None

    def __len__(self) -> int:
        return self._count

    @property
    def bytes_count(self) -> int:
        """Bytes that the designs take."""
        return self._count * len(self._block) * self._block.itemsize

    def add(self, bundle: T, count: int) -> IntArray:
        """Keep so many designs, and say in which rows."""
        columns = list(_columns(bundle))
        if self._sample is None:
            self._sample, self._block = bundle, np.zeros((len(columns), 0))
        until, room = self._count + count, self._block.shape[1]
        if until > room:
            larger = np.empty((len(columns), max(until, room + room // 4)))
            larger[:, : self._count] = self._block[:, : self._count]
            self._block = larger
        for place, column in zip(self._block, columns, strict=True):
            place[self._count : until] = column
        rows = np.arange(self._count, until)
        self._count = until
        return rows

    def rows(self, index: IntArray) -> FloatArray:
        """Some designs as numbers, one row each."""
        return self._block.take(index, axis=1).T

    def take(self, index: IntArray) -> T:
        """Some designs, at least one having been added."""
        found: T = _rebuilt(self._sample, iter(self._block.take(index, axis=1)))
        return found


def rows_of(bundle: object, count: int) -> FloatArray:
    """So many designs of a bundle as numbers, one row each."""
    return np.stack([np.broadcast_to(column, (count,)).astype(np.float64) for column in _columns(bundle)], axis=1)


def _columns(value: Any) -> Iterator[np.ndarray]:  # noqa: ANN401 - any field of a bundle
    if isinstance(value, np.ndarray):
        yield value
    elif is_dataclass(value):
        kind: Any = type(value)
        for name in names_of(kind):
            yield from _columns(getattr(value, name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _columns(item)


def _rebuilt(sample: Any, columns: Iterator[FloatArray]) -> Any:  # noqa: ANN401 - any field of a bundle
    if isinstance(sample, np.ndarray):
        return next(columns).astype(sample.dtype, copy=False)
    if is_dataclass(sample):
        kind: Any = type(sample)
        return kind(*(_rebuilt(getattr(sample, name), columns) for name in names_of(kind)))
    if isinstance(sample, dict):
        return {name: _rebuilt(item, columns) for name, item in sample.items()}
    return sample
