"""The search for the thickness at which the least limit equals the thickness, with whole layers."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.cell.bundles import take_designs
from lcopt.cell.constants import CellConstants
from lcopt.cell.duty import Duty, Layout
from lcopt.cell.electrics import Electrics
from lcopt.cell.electrodes import Couples
from lcopt.cell.thickness import Requirements, Task, look_at
from lcopt.cell.wiring import HardwareTerms, hardware_terms
from lcopt.conventions import Conventions

# The iteration ends at these residuals; the pass with real layers only has to name their number.
LAYER_TOLERANCE_UM = 1e-4
THICKNESS_TOLERANCE_UM = 1e-7
CAPACITY_TOLERANCE_PER_UM = 1e-2
# Close to the limiting current the residual falls this steeply.
SLOPE_STEEPEST, SLOPE_FLATTEST = -30.0, -0.01
STEP_DOWN_MOST = 0.6
# A rising chord counts where the residual is this many times what the change of capacity can do.
CLEAR_OF_DRIFT = 10.0
# Flattest slope at which a second number of layers is looked for.
SLOPE_NEAR_HALF = -0.1
PASSES_FREE = 4
PASSES_MOST = 80
COMPACT_BELOW = 0.5
# Fewer designs than this cost no less, since the calls then cost more than the numbers.
COMPACT_LEAST = 200
# How far below a half a number of layers may lie and still have a second solution above it.
NEAR_HALF = 0.15


def solve(
    task: Task, thickness_um: FloatArray, capacity_ah: FloatArray, layers: FloatArray | None, tolerance_um: float
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """The largest thickness at which the least limit equals the thickness, with its capacity, by a safeguarded secant.

    Designs leave the iteration as they converge. NaN designs leave at once.
    """
    thickness, capacity = thickness_um.copy(), capacity_ah.copy()
    settled = np.zeros(len(thickness), dtype=np.bool_)
    active = np.arange(len(thickness))
    search = _Search.begin(thickness_um, capacity_ah)
    for _ in range(PASSES_MOST):
        state = look_at(task, search.thickness_um, search.capacity_ah, layers)
        residual = state.thickness_um - search.thickness_um
        drift = np.abs(state.capacity_ah / search.capacity_ah - 1)
        open_ = ~((np.abs(residual) <= tolerance_um) & (drift <= CAPACITY_TOLERANCE_PER_UM * tolerance_um))
        good = np.isfinite(residual)
        thickness[active] = search.thickness_um
        capacity[active] = state.capacity_ah
        settled[active] = good & ~open_
        keep = open_ & good
        if not keep.any():
            break
        search = search.step(residual, drift, state.capacity_ah, keep)
        if len(keep) > COMPACT_LEAST and np.count_nonzero(keep) < COMPACT_BELOW * len(keep):
            left = np.flatnonzero(keep)
            active, task, search = active[left], take_designs(task, left), take_designs(search, left)
            layers = None if layers is None else layers[left]
    return thickness, capacity, settled


@dataclass(frozen=True)
class _Search:
    """Where the search of every design stands: this and the last point, and a bracket of the root."""

    thickness_um: FloatArray
    capacity_ah: FloatArray
    last_thickness_um: FloatArray
    last_residual_um: FloatArray
    below_um: FloatArray
    above_um: FloatArray

    @staticmethod
    def begin(thickness_um: FloatArray, capacity_ah: FloatArray) -> _Search:
        # The first chord starts at (0, thickness): nearly the slope -1 of plain substitution.
        none = np.zeros_like(thickness_um)
        return _Search(thickness_um, capacity_ah, none, thickness_um, none, np.full_like(thickness_um, np.inf))

    def step(self, residual_um: FloatArray, drift: FloatArray, capacity_ah: FloatArray, open_: BoolArray) -> _Search:
        here, last = self.thickness_um, self.last_thickness_um
        rising = residual_um > 0
        # The bracket was found at other capacities, so it widens by their change.
        widen = 2 * drift
        below = np.where(rising, here, self.below_um * (1 - widen))
        above = np.where(rising, self.above_um * (1 + widen), here)
        chord = (residual_um - self.last_residual_um) / (here - last)
        slope = np.fmin(np.fmax(chord, SLOPE_STEEPEST), SLOPE_FLATTEST)
        least = here * (1 - STEP_DOWN_MOST)
        there = np.maximum(here - residual_um / slope, least)
        # The residual is concave down to the least thickness that charging asks for: where its chord rises without a
        # root, there is none above, and after the leap plain substitution finds the least thickness.
        passed = (chord > 0) & (-residual_um > CLEAR_OF_DRIFT * drift * here)
        if passed.any():
            there = np.where(passed, least, there)
        leapt = rising & (here < (last + last * (1 - STEP_DOWN_MOST)) / 2)
        if leapt.any():
            there = np.where(leapt, here + residual_um, there)
        outside = (there < below) | (there > above)
        if outside.any():
            # A residual that leads out of the bracket at any slope tells that its other end is out of date.
            stale = above - below < np.abs(residual_um) / -SLOPE_STEEPEST
            below = np.where(stale & ~rising, 0.0, below)
            above = np.where(stale & rising, np.inf, above)
            halved = np.where(np.isfinite(above), (below + above) / 2, here + residual_um)
            there = np.where(outside & ~stale, halved, there)
        return _Search(np.where(open_, there, here), capacity_ah, here, residual_um, below, above)


def _choose(narrow: HardwareTerms, wide: HardwareTerms, is_wide: BoolArray) -> HardwareTerms:
    return replace(
        narrow,
        constant=np.where(is_wide, wide.constant, narrow.constant),
        per_thickness=np.where(is_wide, wide.per_thickness, narrow.per_thickness),
    )


@dataclass(frozen=True)
class Point:
    """A candidate solution of every design, with its class of feed-through and the class that its width asks for."""

    thickness_um: FloatArray
    capacity_ah: FloatArray
    is_wide: BoolArray
    settled: BoolArray
    layers: FloatArray
    width_mm: FloatArray
    asks_wide: BoolArray


def _put(point: Point, index: IntArray, part: Point) -> Point:
    """The same point with some designs replaced."""
    made: dict[str, Any] = {}
    for item in fields(Point):
        values = getattr(point, item.name).copy()
        values[index] = getattr(part, item.name)
        made[item.name] = values
    return Point(**made)


@dataclass(frozen=True)
class Feedthrough:
    """The two classes of feed-through width; a step that is frozen while the thickness is sought."""

    narrow: HardwareTerms
    wide: HardwareTerms
    wide_from_mm: float

    def settle(self, task: Task, point: Point, layers: FloatArray | None, tolerance_um: float) -> tuple[Task, Point]:
        """Solve with the class frozen, and once more where the solution asks for the other class."""
        task = replace(task, hardware=_choose(self.narrow, self.wide, point.is_wide))
        point = self._solved(task, point, layers, tolerance_um)
        turned = np.flatnonzero(point.asks_wide != point.is_wide)
        if not len(turned):
            return task, point
        first = take_designs(point, turned)
        first = replace(first, is_wide=first.asks_wide)
        part = take_designs(self, turned)
        part_task = replace(take_designs(task, turned), hardware=_choose(part.narrow, part.wide, first.is_wide))
        second = part._solved(part_task, first, None if layers is None else layers[turned], tolerance_um)
        # Where neither class agrees with itself, the design lies at the step between them.
        between = second.asks_wide != second.is_wide
        share = (self.wide_from_mm - first.width_mm) / (second.width_mm - first.width_mm)
        real = first.layers + share * (second.layers - first.layers)
        second = replace(second, layers=np.where(between, real, second.layers))
        point = _put(point, turned, second)
        return replace(task, hardware=_choose(self.narrow, self.wide, point.is_wide)), point

    def _solved(self, task: Task, point: Point, layers: FloatArray | None, tolerance_um: float) -> Point:
        thickness, capacity, settled = solve(task, point.thickness_um, point.capacity_ah, layers, tolerance_um)
        look = look_at(task, thickness, capacity, layers)
        return Point(
            thickness, capacity, point.is_wide, settled, look.layers, look.width_mm, look.width_mm > self.wide_from_mm
        )


def free_passes(task: Task, feedthrough: Feedthrough, capacity_ah: FloatArray) -> Point:
    """A few plain substitutions from the largest thickness with every class free."""
    thickness = task.thickness_max_um
    is_wide = np.zeros(len(thickness), dtype=np.bool_)
    for _ in range(PASSES_FREE):
        task = replace(task, hardware=_choose(feedthrough.narrow, feedthrough.wide, is_wide))
        state = look_at(task, thickness, capacity_ah, None)
        thickness, capacity_ah = state.thickness_um, state.capacity_ah
        is_wide = state.width_mm > feedthrough.wide_from_mm
    no = np.zeros_like(is_wide)
    return Point(thickness, capacity_ah, is_wide, no, state.layers, state.width_mm, is_wide)


def _second_solution_possible(task: Task, rough: Point) -> tuple[IntArray, FloatArray]:
    """Designs just below a half layer that the next number may also suit, and that number.

    More layers change the residual; at the flattest slope the thickness then moves by ten times as much.
    """
    above = np.floor(rough.layers) + 1
    lacking = above - 1 / 2 - rough.layers
    near = np.flatnonzero((lacking > 0) & (lacking < NEAR_HALF))
    if not len(near):
        return near, above[near]
    part, thickness = take_designs(task, near), rough.thickness_um[near]
    residual = look_at(part, thickness, rough.capacity_ah[near], above[near]).thickness_um - thickness
    pitch_um = part.pitch_bare_um + part.pitch_per_um * thickness
    gained = rough.layers[near] * part.pitch_per_um / pitch_um * (residual / SLOPE_NEAR_HALF)
    near = near[gained >= lacking[near]]
    return near, above[near]


def find_thickness(task: Task, feedthrough: Feedthrough, first_capacity_ah: FloatArray) -> tuple[Task, Point]:
    """The solution with whole layers: the nearest number to the real one, or the next above where both agree.

    Parameters
    ----------
    task : Task
        What stays the same for a design.
    feedthrough : Feedthrough
        The two classes of feed-through width.
    first_capacity_ah : ndarray, shape (n,)
        First estimate of the pack capacity. [Ah]

    Returns
    -------
    tuple of Task, Point
        The task with the classes of the solution, and the solution; layers are 0 where not one fits.

    Notes
    -----
    More layers make a thicker cell, which changes the impedance and with it the coating, so near a half two numbers of
    layers may both be the nearest to what they imply. The workbook comes from thick coatings with a cell thickness that
    lags behind and ends at the higher number.
    """
    start = free_passes(task, feedthrough, first_capacity_ah)
    rough_task, rough = feedthrough.settle(task, start, None, LAYER_TOLERANCE_UM)
    layers = np.rint(rough.layers)
    near, above = _second_solution_possible(rough_task, rough)
    if len(near):
        part = take_designs(feedthrough, near)
        near_task, point = part.settle(take_designs(task, near), take_designs(rough, near), above, LAYER_TOLERANCE_UM)
        implied = look_at(near_task, point.thickness_um, point.capacity_ah, None).layers
        layers[near] = np.where(implied >= above - 1 / 2, above, layers[near])
    layers = np.where(layers < 1, 0.0, layers)
    return feedthrough.settle(task, rough, layers, THICKNESS_TOLERANCE_UM)


def make_feedthrough(
    couples: Couples,
    layout: Layout,
    duty: Duty,
    state: Electrics,
    requirements: Requirements,
    constants: CellConstants,
    conventions: Conventions,
) -> Feedthrough:
    """The terms of the hardware impedance for both classes of feed-through width."""
    pouch = constants.pouch
    shape = requirements.aspect_ratio

    def terms(width_mm: float) -> HardwareTerms:
        width = np.full_like(shape, width_mm)
        return hardware_terms(couples, layout, duty, state.wiring, width, shape, constants, conventions)

    return Feedthrough(
        terms(pouch.feedthrough_narrow_mm), terms(pouch.feedthrough_wide_mm), pouch.feedthrough_wide_from_mm
    )
