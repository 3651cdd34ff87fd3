"""The design space: cell platforms, and candidates that build a pack from one of them.

A platform is one cell design: electrode couple, technology class, areal capacity, cell capacity, aspect ratio. A
candidate is a platform with series and parallel counts and a module layout. Two packs share a platform when the cell
is identical.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.platforms import given_platforms
from lcopt.inputs.scenario import Search
from lcopt.inputs.words import ARCHITECTURES, COOLINGS, FORMATS, HEATERS

# Numbers of names in the catalog's order.
POUCH = FORMATS.index("pouch")
MODULE = ARCHITECTURES.index("module")
CHASSIS = ARCHITECTURES.index("cell_to_chassis")
BOTTOM_PLATE = COOLINGS.index("bottom_plate")
NO_HEATER = HEATERS.index("none")
# The C/3 drop of the thickest loading; the exact voltage bounds are checked on every candidate.
LARGEST_C3_DROP_FRAC = 0.06


@dataclass(frozen=True)
class SearchGrid:
    """How finely and how far the catalog is searched (search_grid.csv)."""

    areal_capacity_min_mah_per_cm2: float
    areal_capacity_step_mah_per_cm2: float
    cell_capacity_min_ah: float
    cell_capacity_step_ah: float
    cells_in_parallel_max_count: int
    series_cells_per_module_min_count: int
    series_cells_per_module_max_count: int
    cells_per_module_max_count: int
    modules_in_row_max_count: int
    rows_of_modules_max_count: int
    energy_excess_max_frac: float
    sharing_margin_frac: float
    cased_areal_capacity_step_mah_per_cm2: float
    cross_sizes_count: int
    series_counts_tried_count: int


@dataclass(frozen=True)
class VoltageClass:
    """Bounds on the series count (voltage_classes.csv)."""

    nominal_voltage_min_v: float
    nominal_voltage_max_v: float
    full_voltage_max_v: float


@dataclass(frozen=True)
class Columns:
    """Arrays of one length that are gathered and joined together."""

    def take(self, index: IntArray | BoolArray) -> Self:
        """The rows at `index`."""
        return type(self)(**{item.name: getattr(self, item.name)[index] for item in fields(self)})

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """All parts one after the other."""
        return cls(**{item.name: np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(cls)})

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))


@dataclass(frozen=True)
class Platforms(Columns):
    """Cell designs, one array a property, shape (n_platforms,).

    `couple` and `technology_class` index the names of the scenario's search, `cell_format` the formats of the catalog.
    A cell in a case has its outer size, and no aspect ratio of a sheet; the pouch of the reference has no size, since
    its size follows from its capacity. What a cell does not have is zero. `quote` numbers the quotes of the scenario
    from 1; a cell that is made in house has 0.
    """

    couple: IntArray
    technology_class: IntArray
    cell_format: IntArray
    areal_capacity_mah_per_cm2: FloatArray
    cell_capacity_ah: FloatArray
    aspect_ratio: FloatArray
    length_mm: FloatArray
    thickness_mm: FloatArray
    height_mm: FloatArray
    quote: IntArray

    @property
    def keys(self) -> FloatArray:
        """One row a platform, shape (n_platforms, n_columns); equal rows are the identical cell."""
        return np.stack([getattr(self, item.name) for item in fields(self)], axis=1).astype(np.float64)


@dataclass(frozen=True)
class GivenPlatforms:
    """Cell designs that the catalog names, of the chemistries and technology classes of the search.

    `only` says that no other cell design takes part.
    """

    names: tuple[str, ...]
    platforms: Platforms
    only: bool

    def names_of(self, platforms: Platforms) -> tuple[str, ...]:
        """The name of each cell design, empty where none is given for it."""
        name_of = {tuple(row): name for row, name in zip(self.platforms.keys.tolist(), self.names, strict=True)}
        return tuple(name_of.get(tuple(row), "") for row in platforms.keys.tolist())


@dataclass(frozen=True)
class Counts(Columns):
    """How a pack is built from cells, shape (n_candidates,); all modules are in series.

    `architecture`, `cooling` and `heater` index the names of the catalog. A pack without modules has zero of them.
    """

    cells_in_series_count: IntArray
    cells_in_parallel_count: IntArray
    cells_per_module_count: IntArray
    modules_in_row_count: IntArray
    rows_of_modules_count: IntArray
    architecture: IntArray
    cooling: IntArray
    tiers_count: IntArray
    is_lying: IntArray
    heater: IntArray


@dataclass(frozen=True)
class Candidates:
    """Platforms with counts, one element a candidate; `family` numbers those that differ in loading only."""

    platforms: Platforms
    counts: Counts
    family: IntArray

    def take(self, index: IntArray | BoolArray) -> Candidates:
        """The candidates at `index`."""
        return Candidates(self.platforms.take(index), self.counts.take(index), self.family[index])

    @classmethod
    def join(cls, parts: list[Candidates]) -> Candidates:
        """All parts one after the other."""
        return cls(
            Platforms.join([part.platforms for part in parts]),
            Counts.join([part.counts for part in parts]),
            np.concatenate([part.family for part in parts]),
        )

    def __len__(self) -> int:
        return len(self.family)


def with_every_class(candidates: Candidates, classes_count: int) -> Candidates:
    """Candidates in each of so many technology classes; each class makes families of its own."""
    return _repeated(
        candidates,
        [
            replace(candidates, platforms=replace(candidates.platforms, technology_class=_all(candidates, number)))
            for number in range(classes_count)
        ],
    )


def with_every_heater(candidates: Candidates, heaters: Sequence[int]) -> Candidates:
    """Candidates with each of some heaters, numbers of `HEATERS`; each heater makes families of its own."""
    return _repeated(
        candidates,
        [replace(candidates, counts=replace(candidates.counts, heater=_all(candidates, number))) for number in heaters],
    )


def _all(candidates: Candidates, number: int) -> IntArray:
    return np.full(len(candidates), number, dtype=np.int64)


def _repeated(candidates: Candidates, versions: list[Candidates]) -> Candidates:
    families = int(candidates.family.max(initial=-1)) + 1
    return Candidates.join(
        [replace(item, family=item.family + place * families) for place, item in enumerate(versions)]
    )


def no_size(count: int) -> dict[str, FloatArray]:
    """The outer size of so many pouch cells of the reference, which follows from their capacity."""
    return {side: np.zeros(count) for side in ("length_mm", "thickness_mm", "height_mm")}


def module_layouts(grid: SearchGrid) -> Counts:
    """Every series and parallel count with every module layout that the grid allows."""
    axes = np.meshgrid(
        np.arange(grid.series_cells_per_module_min_count, grid.series_cells_per_module_max_count + 1),
        np.arange(1, grid.cells_in_parallel_max_count + 1),
        np.arange(1, grid.modules_in_row_max_count + 1),
        np.arange(1, grid.rows_of_modules_max_count + 1),
        indexing="ij",
    )
    series_per_module, parallel, in_row, rows = (axis.ravel() for axis in axes)
    cells_per_module = series_per_module * parallel
    counts = Counts(
        cells_in_series_count=series_per_module * in_row * rows,
        cells_in_parallel_count=parallel,
        cells_per_module_count=cells_per_module,
        modules_in_row_count=in_row,
        rows_of_modules_count=rows,
        architecture=np.full(rows.size, MODULE),
        cooling=np.full(rows.size, BOTTOM_PLATE),
        tiers_count=np.ones(rows.size, dtype=np.int64),
        is_lying=np.zeros(rows.size, dtype=np.int64),
        heater=np.full(rows.size, NO_HEATER),
    )
    return counts.take(cells_per_module <= grid.cells_per_module_max_count)


def layouts_in_voltage_class(
    layouts: Counts, voltage_class: VoltageClass, cell_average_ocv_v: float, cell_full_ocv_v: float
) -> Counts:
    """Layouts whose series count can meet the voltage class with the given cell."""
    series = layouts.cells_in_series_count
    average_v = series * cell_average_ocv_v
    fits = (average_v >= voltage_class.nominal_voltage_min_v) & (
        average_v * (1 - LARGEST_C3_DROP_FRAC) <= voltage_class.nominal_voltage_max_v
    )
    return layouts.take(fits & (series * cell_full_ocv_v <= voltage_class.full_voltage_max_v))


def read_grid(catalog: Catalog) -> SearchGrid:
    """The packaged search grid."""
    return catalog.constants(SearchGrid, "search_grid")


def read_given_platforms(catalog: Catalog, search: Search) -> GivenPlatforms:
    """The given cell designs that take part in a search, in the order of the catalog."""
    given = {
        name: platform
        for name, platform in given_platforms(catalog).items()
        if platform.chemistry in search.chemistries
        and platform.technology_class in search.technology_classes
        and (search.platforms is None or name in search.platforms)
    }
    chosen = list(given.values())
    platforms = Platforms(
        couple=np.array([search.chemistries.index(item.chemistry) for item in chosen], dtype=np.int64),
        technology_class=np.array(
            [search.technology_classes.index(item.technology_class) for item in chosen], dtype=np.int64
        ),
        cell_format=np.full(len(chosen), POUCH),
        areal_capacity_mah_per_cm2=np.array([item.areal_capacity_mah_per_cm2 for item in chosen], dtype=np.float64),
        cell_capacity_ah=np.array([item.cell_capacity_ah for item in chosen], dtype=np.float64),
        aspect_ratio=np.array([item.aspect_ratio for item in chosen], dtype=np.float64),
        **no_size(len(chosen)),
        quote=np.zeros(len(chosen), dtype=np.int64),
    )
    return GivenPlatforms(tuple(given), platforms, only=search.platforms is not None)


def read_voltage_class(catalog: Catalog, system_voltage_v: float) -> VoltageClass:
    """The bounds of one system voltage."""
    return catalog.constants(VoltageClass, "voltage_classes", voltage_class=f"{system_voltage_v:.0f}")
