"""Builds that were looked at: what they are and how they charge, known once for all settings that build alike.

A build is a candidate before its technology class and its heater are chosen.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.cell.bundles import take_designs
from lcopt.performance.limits import Limit, check_limits
from lcopt.selection.charged import ChargedBuilds, charge_builds, charge_cold_builds
from lcopt.selection.cold_values import values_at_temperatures
from lcopt.selection.engineering import Engineering
from lcopt.selection.evaluation import BATCH_COUNT, batches
from lcopt.selection.geometry import Geometry, Values, build_geometry, geometry_values, with_heater
from lcopt.selection.numbering import marks_of
from lcopt.selection.packed import PackedRows, rows_of
from lcopt.selection.space import NO_HEATER, Candidates, Counts, Platforms
from lcopt.selection.tasks import PackTask

UNKNOWN = -1
# Values that are bounded by the catalog alone.
_OF_CELLS = ("cell_", "pouch_", "coating_")


class Columns:
    """Columns of numbers by name, as long as they must be; what is not known yet is no number."""

    def __init__(self) -> None:
        self._columns: dict[Hashable, FloatArray] = {}

    @property
    def bytes_count(self) -> int:
        """Bytes that the columns take."""
        return sum(column.nbytes for column in self._columns.values())

    def column(self, name: Hashable, count: int) -> FloatArray:
        """The first so many numbers of a column, to be read and written."""
        column = self._columns.get(name, np.zeros(0))
        if len(column) < count:
            longer = np.full(max(count, 2 * len(column)), np.nan)
            longer[: len(column)] = column
            self._columns[name] = column = longer
        return column[:count]

    def known(self, name: Hashable) -> FloatArray:
        """A column that must be there."""
        return self._columns[name]


@dataclass(frozen=True)
class _Build:
    platforms: Platforms
    counts: Counts


@dataclass(frozen=True)
class _Latest:
    """What was built last, of the numbers that it was given, rising."""

    numbers: IntArray
    geometry: Geometry

    def of(self, numbers: IntArray) -> Geometry:
        """Some of them."""
        return take_designs(self.geometry, np.searchsorted(self.numbers, numbers))


class KnownBuilds:
    """Builds by number, in the order in which they were added.

    `task` and `engineering` hold what building and charging read, and nothing else (`known_settings.of_building`).
    """

    def __init__(self, task: PackTask, engineering: Engineering) -> None:
        self.task, self.engineering = task, engineering
        self._builds: PackedRows[_Build] = PackedRows()
        self._charged: PackedRows[ChargedBuilds] = PackedRows()
        self._geometry: PackedRows[Geometry] = PackedRows()
        self._latest: list[_Latest] = []
        self._columns = Columns()
        self._number_of: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._builds)

    @property
    def designed_count(self) -> int:
        """Builds whose whole geometry is kept."""
        return len(self._geometry)

    @property
    def bytes_count(self) -> int:
        """Bytes that the designs and their numbers take."""
        return sum(item.bytes_count for item in (self._builds, self._charged, self._geometry, self._columns))

    def add(self, candidates: Candidates, *, only_within: bool = False) -> IntArray:
        """Build some that are not known; `only_within` leaves out those outside of the bounds of the catalog."""
        numbers = np.full(len(candidates), UNKNOWN)
        self._latest.clear()
        for index in batches(candidates.platforms):
            part = _as_builds(candidates.take(index))
            geometry = build_geometry(self.task, part.platforms, part.counts, self.engineering)
            values = self._values_of(geometry)
            within = _meets(self.task.limits, values)
            kept = np.flatnonzero(within) if only_within else np.arange(len(index))
            if kept.size:
                numbers[index[kept]] = self._added(part.take(kept), geometry, values, within, kept)
            # Of steps many are costed next; of the grid few ever are.
            if not only_within:
                self._latest.append(_Latest(numbers[index], geometry))
        return numbers

    def numbers_of(self, candidates: Candidates) -> IntArray:
        """The number of each candidate as a build; -1 where it is not known."""
        builds = _as_builds(candidates)
        rows = rows_of(_Build(builds.platforms, builds.counts), len(builds))
        found = [self._number_of.get(mark, UNKNOWN) for mark in marks_of(list(rows.T)).tolist()]
        numbers = np.array(found, dtype=np.int64)
        known = np.flatnonzero(numbers != UNKNOWN)
        if known.size:
            same = (self._builds.rows(numbers[known]) == rows[known]).all(axis=1)
            numbers[known[~same]] = UNKNOWN
        return numbers

    def candidates(self, numbers: IntArray, technology_class: IntArray, heater: IntArray) -> Candidates:
        """Builds in a technology class and with a heater each."""
        builds = self._builds.take(numbers)
        platforms = replace(builds.platforms, technology_class=technology_class)
        return Candidates(platforms, replace(builds.counts, heater=heater), np.zeros(len(numbers), dtype=np.int64))

    def value(self, quantity: str, numbers: IntArray) -> FloatArray:
        """One of the values that follow from the geometry, shape (n,)."""
        return self._columns.known(quantity)[numbers]

    def is_within(self, numbers: IntArray) -> BoolArray:
        """Whether builds lie within the bounds of the catalog, shape (n,)."""
        return self._columns.known("is_within")[numbers] > 0

    def couple(self, numbers: IntArray) -> IntArray:
        """The chemistry of each build."""
        return self._columns.known("couple")[numbers].astype(np.int64)

    def charging_time_min(self, numbers: IntArray, technology_class: IntArray) -> FloatArray:
        """Charging time of builds in technology classes, shape (n,)."""
        found = np.empty(len(numbers))
        for number in np.flatnonzero(np.bincount(technology_class)).tolist():
            here = np.flatnonzero(technology_class == number)
            column = self._columns.column(("charging_time_min", number), len(self))
            for some in _unknown(column, numbers[here]):
                builds, classes = self._charged.take(some), np.full(len(some), number)
                column[some] = charge_builds(self.task, builds, classes, self.engineering).charging_time_min
            found[here] = column[numbers[here]]
        return found

    def cold_stop(
        self, numbers: IntArray, technology_class: IntArray, heater: IntArray
    ) -> tuple[FloatArray, FloatArray] | None:
        """Time and electric energy for heat of the stop of cold packs, each (n,); None where none is asked."""
        if not self.task.cold.is_asked:
            return None
        found = np.empty((2, len(numbers)))
        options, option = np.unique(np.stack([technology_class, heater]), axis=1, return_inverse=True)
        for place, (technology, chosen) in enumerate(options.T.tolist()):
            here = np.flatnonzero(option.ravel() == place)
            stop, heat = (self._columns.column((name, technology, chosen), len(self)) for name in ("stop", "heat"))
            for some in _unknown(stop, numbers[here]):
                builds, like = self._charged.take(some), np.ones(len(some), dtype=np.int64)
                cold = charge_cold_builds(self.task, builds, like * technology, like * chosen, self.engineering)
                assert cold is not None
                stop[some], heat[some] = cold.stop_time_min, cold.heat_kwh
            found[:, here] = stop[numbers[here]], heat[numbers[here]]
        return found[0], found[1]

    def designed(self, numbers: IntArray) -> IntArray:
        """The place of the whole geometry of each build, which is made where it is not kept."""
        place = self._columns.column("design", len(self))
        missing = np.unique(numbers[np.isnan(place[numbers])])
        for latest in self._latest:
            here = missing[np.isin(missing, latest.numbers)]
            if here.size:
                place[here] = self._geometry.add(latest.of(here), len(here))
        missing = missing[np.isnan(place[missing])]
        if missing.size:
            builds = self._builds.take(missing)
            for index in batches(builds.platforms):
                platforms, counts = builds.platforms.take(index), builds.counts.take(index)
                geometry = build_geometry(self.task, platforms, counts, self.engineering)
                place[missing[index]] = self._geometry.add(geometry, len(index))
        return place[numbers].astype(np.int64)

    def geometry(self, places: IntArray, technology_class: IntArray, heater: IntArray) -> Geometry:
        """Builds in a technology class and with a heater each, of the places where their geometry is kept."""
        built = self._geometry.take(places)
        built = replace(
            built,
            platforms=replace(built.platforms, technology_class=technology_class),
            counts=replace(built.counts, heater=heater),
        )
        heater_kg = self.engineering.heaters.mass_kg[heater]
        return with_heater(built, heater_kg) if heater_kg.any() else built

    def _added(
        self, builds: Candidates, geometry: Geometry, values: Values, within: BoolArray, kept: IntArray
    ) -> IntArray:
        made = _Build(builds.platforms, builds.counts)
        charged = ChargedBuilds.of(geometry).take(kept)
        numbers = self._builds.add(made, len(kept))
        self._charged.add(charged, len(kept))
        platforms = geometry.platforms
        named = {"couple": platforms.couple, "format": platforms.cell_format, "is_within": within * 1.0, **values}
        for name, value in named.items():
            if not name.startswith(_OF_CELLS):
                self._columns.column(name, len(self))[numbers] = value[kept]
        marks = marks_of(list(rows_of(made, len(kept)).T))
        self._number_of.update(zip(marks.tolist(), numbers.tolist(), strict=True))
        return numbers

    def _values_of(self, geometry: Geometry) -> Values:
        return {
            **geometry_values(geometry, self.engineering),
            **values_at_temperatures(self.task.pack, geometry, self.engineering),
        }


def _as_builds(candidates: Candidates) -> Candidates:
    """Candidates without their technology class and heater."""
    zeros = np.zeros(len(candidates), dtype=np.int64)
    platforms = replace(candidates.platforms, technology_class=zeros)
    return Candidates(platforms, replace(candidates.counts, heater=zeros + NO_HEATER), zeros)


def _meets(limits: tuple[Limit, ...], values: Values) -> BoolArray:
    return check_limits([limit for limit in limits if limit.quantity in values], values).feasible


def _unknown(column: FloatArray, numbers: IntArray) -> list[IntArray]:
    """The different ones of some numbers whose column is not known, in batches."""
    missing = np.unique(numbers[np.isnan(column[numbers])])
    return np.split(missing, range(BATCH_COUNT, len(missing), BATCH_COUNT)) if missing.size else []
