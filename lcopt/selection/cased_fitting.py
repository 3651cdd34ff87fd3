"""Candidates whose cells have a case: sizes of the catalog, and free sizes that meet a pack's energy exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.cell.formats.cased import FittedLine, capacity_span_ah, cased_cell, snug_thickness_mm
from lcopt.cell.formats.cell_formats import CellFormat, Span
from lcopt.cell.impedance import at_soc
from lcopt.inputs.words import FORMATS
from lcopt.pack.cased_electrics import Discharge, pack_energy_kwh, series_parallel_layout
from lcopt.selection.engineering import Engineering
from lcopt.selection.fitting import FIT_SURPLUS_FRAC, largest_loading_mah_per_cm2
from lcopt.selection.geometry import layers_of
from lcopt.selection.space import (
    CHASSIS,
    LARGEST_C3_DROP_FRAC,
    MODULE,
    NO_HEATER,
    Candidates,
    Counts,
    Platforms,
    VoltageClass,
)
from lcopt.selection.tasks import PackTask, pack_duty
from lcopt.units import WH_PER_KWH

# Whether rectangular cells lie on their large face, and how many layers of them: standing cells, or two lying tiers.
POSTURES = ((0, 1), (1, 2))
# The energy hardly depends on the size besides being proportional to it: each pass gains three digits.
FIT_PASSES = 4
# More parallel counts than these, from the fewest on, have cells that are ever smaller: a cost without a gain.
PARALLEL_COUNTS_TRIED = 4


@dataclass(frozen=True)
class Cells:
    """Cells of one format with series and parallel counts, shape (n,); `is_fitted` where the size follows the energy.

    `couple` indexes the chemistries of the search.
    """

    couple: IntArray
    loading_mah_per_cm2: FloatArray
    cross_mm: FloatArray
    series: IntArray
    parallel: IntArray
    is_fitted: BoolArray

    def take(self, index: IntArray | BoolArray) -> Cells:
        """The cells at `index`."""
        return Cells(*(value[index] for value in vars(self).values()))

    @classmethod
    def join(cls, parts: list[Cells]) -> Cells:
        """All parts one after the other."""
        return cls(*(np.concatenate(columns) for columns in zip(*(vars(part).values() for part in parts), strict=True)))


def series_counts(voltage: VoltageClass, average_v: float, full_v: float) -> IntArray:
    """Series counts that meet a voltage class with a cell, rising."""
    least = np.ceil(voltage.nominal_voltage_min_v / average_v)
    most = min(
        np.floor(voltage.nominal_voltage_max_v / (average_v * (1 - LARGEST_C3_DROP_FRAC))),
        np.floor(voltage.full_voltage_max_v / full_v),
    )
    return np.arange(int(least), int(most) + 1)


def groups_per_module(series: IntArray, engineering: Engineering) -> IntArray:
    """Series groups of the largest equal modules into which a string divides, 0 where there are none, shape (n,)."""
    grid = engineering.grid
    found = np.zeros(len(series), dtype=np.int64)
    for groups in range(grid.series_cells_per_module_min_count, grid.series_cells_per_module_max_count + 1):
        found = np.where(series % groups == 0, groups, found)
    return found


def cased_candidates(task: PackTask, engineering: Engineering) -> Candidates | None:
    """Every cell of the grid of every format with a case, in every pack that it makes with the energy asked for.

    Their technology class is still open.
    """
    parts = []
    for cell_format in engineering.cased.formats.values():
        cells = _cells(task, cell_format, engineering)
        if cells is not None:
            fitted, _ = fit_cells(task, cell_format, cells, engineering)
            parts.append(in_every_pack(fitted, engineering))
    found = [part for part in parts if len(part)]
    return Candidates.join(found) if found else None


def _cells(task: PackTask, cell_format: CellFormat, engineering: Engineering) -> Cells | None:
    largest = largest_loading_mah_per_cm2(engineering)
    half_v = at_soc(engineering.couples.ocv_v, 0.5)
    parts = []
    for couple in range(len(engineering.chemistries)):
        if cell_format.is_wound and not engineering.cased.builds.is_windable[couple]:
            continue
        series = series_counts(task.voltage, float(half_v[couple]), float(engineering.couples.ocv_v[couple, -1]))
        series = series[groups_per_module(series, engineering) > 0]
        series = _spread(series, engineering.grid.series_counts_tried_count)
        loadings = np.arange(
            engineering.grid.areal_capacity_min_mah_per_cm2,
            largest[couple],
            engineering.grid.cased_areal_capacity_step_mah_per_cm2,
        )
        shape = np.meshgrid(np.append(loadings, largest[couple]), _cross_sizes(cell_format, engineering), indexing="ij")
        loading, cross = (axis.ravel() for axis in shape)
        parts += _strings(task, cell_format, couple, loading, cross, series, engineering)
    return Cells.join(parts) if parts else None


def _spread(values: IntArray, count: int) -> IntArray:
    """At most `count` of the values, evenly, both ends included."""
    if len(values) <= count:
        return values
    return values[np.unique(np.linspace(0, len(values) - 1, count).round().astype(np.int64))]


def _cross_sizes(cell_format: CellFormat, engineering: Engineering) -> FloatArray:
    span = cell_format.thickness_mm
    return np.unique(np.append(np.linspace(span.low, span.high, engineering.grid.cross_sizes_count), span.value))


def _strings(
    task: PackTask,
    cell_format: CellFormat,
    couple: int,
    loading: FloatArray,
    cross: FloatArray,
    series: IntArray,
    engineering: Engineering,
) -> list[Cells]:
    """Cells with the series and parallel counts that come near the pack's energy."""
    couples = engineering.couples.take(np.full(len(loading), couple))
    span: Span = getattr(cell_format, cell_format.fitted)
    layers = layers_of(couples, loading, engineering)
    cross = snug_thickness_mm(cell_format, cross, layers)
    volts = float(at_soc(engineering.couples.ocv_v[couple : couple + 1], 0.5)[0])
    strings_wh = np.asarray(series * volts, dtype=np.float64)
    found = []
    if span.is_free:
        small_ah, large_ah = capacity_span_ah(cell_format, cross, (span.low, span.high), layers)
        found.append((*_parallel(task, small_ah, large_ah, strings_wh, 0.0), True))
    nominal_ah, _ = capacity_span_ah(cell_format, cross, (span.value, span.value), layers)
    # The open-circuit energy is above that of a discharge; the exact energy is a limit of every candidate.
    room = engineering.grid.energy_excess_max_frac + LARGEST_C3_DROP_FRAC
    found.append((*_parallel(task, nominal_ah, nominal_ah, strings_wh, room), False))
    return [
        Cells(
            couple=np.full(len(cell), couple),
            loading_mah_per_cm2=loading[cell],
            cross_mm=cross[cell],
            series=series[string],
            parallel=parallel,
            is_fitted=np.full(len(cell), is_fitted),
        )
        for cell, string, parallel, is_fitted in found
        if len(cell)
    ]


def _parallel(
    task: PackTask, small_ah: FloatArray, large_ah: FloatArray, strings_wh: FloatArray, room_frac: float
) -> tuple[IntArray, IntArray, IntArray]:
    """Cell, string and parallel count of all whole numbers between those of the largest and the smallest cell."""
    wanted = task.pack.energy_kwh * WH_PER_KWH
    with np.errstate(all="ignore"):
        fewest = np.ceil(wanted / (strings_wh[None, :] * large_ah[:, None]))
        most = np.floor(wanted * (1 + room_frac) / (strings_wh[None, :] * small_ah[:, None]))
    fewest = np.where(large_ah[:, None] > 0, fewest, np.inf)
    tried = fewest[None] + np.arange(PARALLEL_COUNTS_TRIED)[:, None, None]
    _, cell, string = np.nonzero((tried <= most[None]) & np.isfinite(tried))
    count = tried[(tried <= most[None]) & np.isfinite(tried)]
    return cell, string, count.astype(np.int64)


def fit_cells(
    task: PackTask, cell_format: CellFormat, cells: Cells, engineering: Engineering
) -> tuple[Candidates, IntArray]:
    """Cells as platforms with counts, and which of `cells` each comes from.

    Fitted ones have the size that meets the energy; cells outside the bounds of their size are left out.
    """
    span: Span = getattr(cell_format, cell_format.fitted)
    couples = engineering.couples.take(cells.couple)
    layers = layers_of(couples, cells.loading_mah_per_cm2, engineering)
    size = np.full(len(cells.couple), span.value)
    cell = cased_cell(cell_format, couples, layers, *_sides(cell_format, cells, size))
    if cells.is_fitted.any():
        line = FittedLine.of(cell_format, cells.cross_mm, layers)
        layout, duty = series_parallel_layout(cells.series, cells.parallel), pack_duty(task, len(size), engineering)
        discharge = Discharge.of(layout, couples, duty, engineering.pack.cell)
        wanted_kwh = task.pack.energy_kwh * (1 + FIT_SURPLUS_FRAC)
        for _ in range(FIT_PASSES):
            energy_kwh = pack_energy_kwh(cell, discharge, engineering.pack.cell)
            wanted_ah = cell.cell_capacity_ah * (wanted_kwh / energy_kwh)
            size = np.where(cells.is_fitted, line.dimension_mm(wanted_ah), size)
            cell = cased_cell(cell_format, couples, layers, *_sides(cell_format, cells, size))
    inside = np.flatnonzero((size >= span.low) & (size <= span.high) & (cell.cell_capacity_ah > 0))
    platforms = _platforms(cell_format, cells, _sides(cell_format, cells, size), cell.cell_capacity_ah)
    return Candidates(platforms, counts_of(cells), np.zeros(len(size), dtype=np.int64)).take(inside), inside


def _sides(cell_format: CellFormat, cells: Cells, size_mm: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Length, thickness and height of cells with a given fitted size, each (n,)."""
    sides = {side: np.full(len(size_mm), getattr(cell_format, side).value) for side in ("length_mm", "height_mm")}
    sides["thickness_mm"] = cells.cross_mm
    if cell_format.is_round:
        sides["length_mm"] = cells.cross_mm
    sides[cell_format.fitted] = size_mm
    return sides["length_mm"], sides["thickness_mm"], sides["height_mm"]


def _platforms(
    cell_format: CellFormat,
    cells: Cells,
    sides_mm: tuple[FloatArray, FloatArray, FloatArray],
    cell_capacity_ah: FloatArray,
) -> Platforms:
    count = len(cell_capacity_ah)
    length_mm, thickness_mm, height_mm = sides_mm
    return Platforms(
        couple=cells.couple,
        technology_class=np.zeros(count, dtype=np.int64),
        cell_format=np.full(count, FORMATS.index(cell_format.name)),
        areal_capacity_mah_per_cm2=cells.loading_mah_per_cm2,
        cell_capacity_ah=cell_capacity_ah,
        aspect_ratio=np.zeros(count),
        quote=np.zeros(count, dtype=np.int64),
        length_mm=length_mm,
        thickness_mm=thickness_mm,
        height_mm=height_mm,
    )


def counts_of(cells: Cells) -> Counts:
    """Series and parallel counts; how the pack is built is still open."""
    zeros = np.zeros(len(cells.series), dtype=np.int64)
    return Counts(
        cells_in_series_count=cells.series,
        cells_in_parallel_count=cells.parallel,
        cells_per_module_count=zeros,
        modules_in_row_count=zeros,
        rows_of_modules_count=zeros,
        architecture=zeros,
        cooling=zeros,
        tiers_count=zeros + 1,
        is_lying=zeros,
        heater=zeros + NO_HEATER,
    )


def in_every_pack(candidates: Candidates, engineering: Engineering) -> Candidates:
    """Cells with counts in every architecture, cooling and posture of the search."""
    parts = []
    for architecture in engineering.cased.architecture_numbers:
        for cooling in engineering.cased.cooling_numbers:
            for posture in POSTURES:
                parts += _in_pack(candidates, architecture, cooling, posture, engineering)
    return Candidates.join(parts) if parts else candidates.take(np.zeros(0, dtype=np.int64))


def _in_pack(
    candidates: Candidates, architecture: int, cooling: int, posture: tuple[int, int], engineering: Engineering
) -> list[Candidates]:
    is_lying, tiers = posture
    series = candidates.counts.cells_in_series_count
    is_round = engineering.cased.is_round[candidates.platforms.cell_format]
    coolings = engineering.cased.coolings.take(np.full(len(series), cooling))
    fits = coolings.fits(is_round) & ~(is_round & bool(is_lying))
    groups = groups_per_module(series, engineering) if architecture == MODULE else np.zeros_like(series)
    if architecture == MODULE:
        fits &= groups > 0
    if architecture == CHASSIS:
        # A pouch carries no seat: cells that are part of the body have a case that carries load.
        fits &= engineering.cased.is_rigid[candidates.platforms.cell_format]
    chosen = candidates.take(fits)
    if not len(chosen):
        return []
    groups = groups[fits]
    counts = replace(
        chosen.counts,
        cells_per_module_count=groups * chosen.counts.cells_in_parallel_count,
        modules_in_row_count=np.where(groups > 0, series[fits] // np.maximum(groups, 1), 0),
        rows_of_modules_count=(groups > 0).astype(np.int64),
        architecture=np.full(len(chosen), architecture),
        cooling=np.full(len(chosen), cooling),
        tiers_count=np.full(len(chosen), tiers),
        is_lying=np.full(len(chosen), is_lying),
    )
    return [replace(chosen, counts=counts)]
