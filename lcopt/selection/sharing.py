"""Cells that packs share: what each pack offers to the others, and the packs that those build from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.cased_fitting import in_every_pack
from lcopt.selection.engineering import Engineering
from lcopt.selection.explored import Explored, cheapest_of_each
from lcopt.selection.fitting import counts_that_carry, own_candidates
from lcopt.selection.numbering import first_of_each, numbers_of
from lcopt.selection.pouch_search import evaluated, kind_of
from lcopt.selection.screening import screened
from lcopt.selection.space import (
    LARGEST_C3_DROP_FRAC,
    NO_HEATER,
    POUCH,
    Candidates,
    Counts,
    Platforms,
    with_every_heater,
)
from lcopt.selection.tasks import PackTask
from lcopt.selection.workers import Crew

# Loadings of pouch cells that one pack offers to the others, for every chemistry and technology class.
OFFERED_LOADINGS_COUNT = 8
# Cells of one format that one pack offers to the others.
OFFERED_COUNT = 40

# Cells that are offered, and the energy of one of each [kWh], shape (n_cells,).
Offer = tuple[Platforms, FloatArray]


def share(explored: Sequence[Explored], engineering: Engineering, crew: Crew) -> list[Explored]:
    """Every pack also with the loadings and the cells that the others offer."""
    loadings = [_offered_loadings(one, engineering) for one in explored]
    wanted = [(one.task, _loadings_of_others(loadings, number)) for number, one in enumerate(explored)]
    richer = [_joined(one, more) for one, more in zip(explored, crew(_with_loadings, wanted), strict=True)]
    offers = [_offered_cells(one, engineering) for one in richer]
    taken = [(one.task, *_cells_of_others(offers, number)) for number, one in enumerate(richer)]
    for number, more in enumerate(crew(_with_cells, taken)):
        richer[number] = _joined(richer[number], more)
    return richer


def _joined(explored: Explored, more: Sequence[Explored]) -> Explored:
    return explored.joined(*more) if more else explored


def _offered_loadings(explored: Explored, engineering: Engineering) -> list[FloatArray]:
    """Loadings of the cheapest feasible pouch cells, for every chemistry, to be tried by other packs."""
    platforms = explored.candidates.platforms
    cost = np.where(platforms.cell_format == POUCH, explored.feasible_sought_usd_per_pack, np.inf)
    chosen = cheapest_of_each(cost, kind_of(platforms, engineering), OFFERED_LOADINGS_COUNT)
    couple, loading = platforms.couple[chosen], platforms.areal_capacity_mah_per_cm2[chosen]
    return [np.unique(loading[couple == number]) for number in range(len(engineering.chemistries))]


def _loadings_of_others(offers: list[list[FloatArray]], number: int) -> list[FloatArray]:
    others = [offer for other, offer in enumerate(offers) if other != number]
    return [np.unique(np.concatenate(loadings)) for loadings in zip(*others, strict=True)]


def _with_loadings(asked: tuple[PackTask, list[FloatArray]], engineering: Engineering) -> list[Explored]:
    """More pouch cells of a pack's own, at given loadings."""
    task, loadings = asked
    candidates = own_candidates(task, loadings, engineering)
    return [evaluated(task, candidates, engineering)] if len(candidates) else []


def _offered_cells(explored: Explored, engineering: Engineering) -> Offer:
    """Cells that serve their own pack at a cost within the sharing margin."""
    cost = explored.feasible_sought_usd_per_pack
    good = np.flatnonzero(cost <= cost.min() * (1 + engineering.grid.sharing_margin_frac))
    is_pouch = explored.candidates.platforms.cell_format[good] == POUCH
    good = np.concatenate([good[is_pouch], _cheapest_different(explored, good[~is_pouch])])
    platforms, counts = explored.candidates.platforms.take(good), explored.candidates.counts.take(good)
    _, first = np.unique(numbers_of(platforms), return_index=True)
    cells = counts.cells_in_series_count * counts.cells_in_parallel_count
    return platforms.take(first), (explored.values["pack_energy_kwh"][good] / cells)[first]


def _cheapest_different(explored: Explored, good: IntArray) -> IntArray:
    """Of good candidates with cells in a case the cheapest different cells of each format."""
    cost = explored.sought_usd_per_pack[good]
    platforms = explored.candidates.platforms.take(good)
    order = np.argsort(cost, kind="stable")
    _, first = np.unique(numbers_of(platforms)[order], return_index=True)
    different = order[first]
    return good[different[cheapest_of_each(cost[different], platforms.cell_format[different], OFFERED_COUNT)]]


def _cells_of_others(offers: Sequence[Offer], number: int) -> Offer:
    """The different cells that all other packs offer."""
    others = [offer for other, offer in enumerate(offers) if other != number]
    platforms = Platforms.join([cells for cells, _ in others])
    first = first_of_each(numbers_of(platforms))
    return platforms.take(first), np.concatenate([energy_kwh for _, energy_kwh in others])[first]


def _with_cells(asked: tuple[PackTask, Platforms, FloatArray], engineering: Engineering) -> list[Explored]:
    """The feasible packs that given cells build, pouch cells first."""
    task, platforms, energy_kwh = asked
    is_pouch = platforms.cell_format == POUCH
    kinds = [*((is_pouch & (platforms.couple == couple)) for couple in np.unique(platforms.couple[is_pouch]))]
    found = [_of_pouches(task, platforms.take(here), energy_kwh[here], engineering) for here in kinds]
    for number in np.unique(platforms.cell_format[~is_pouch]):
        here = platforms.cell_format == number
        found.append(_of_cased_cells(task, platforms.take(here), energy_kwh[here], engineering))
    return [part for part in found if part is not None]


def _of_pouches(
    task: PackTask, platforms: Platforms, energy_kwh: FloatArray, engineering: Engineering
) -> Explored | None:
    """Packs of pouch cells of one chemistry."""
    index, counts = counts_that_carry(task, energy_kwh, int(platforms.couple[0]), engineering)
    packs = Candidates(platforms.take(index), counts, np.arange(index.size))
    candidates = with_every_heater(packs, task.cold.heaters)
    return evaluated(task, candidates, engineering).feasible_only() if len(candidates) else None


def _of_cased_cells(
    task: PackTask, platforms: Platforms, energy_kwh: FloatArray, engineering: Engineering
) -> Explored | None:
    """Packs of cells of one format with a case."""
    index, series, parallel = _strings_that_carry(task, platforms, energy_kwh, engineering)
    if not index.size:
        return None
    zeros = np.zeros(index.size, dtype=np.int64)
    counts = Counts(series, parallel, zeros, zeros, zeros, zeros, zeros, zeros + 1, zeros, zeros + NO_HEATER)
    packs = in_every_pack(Candidates(platforms.take(index), counts, zeros), engineering)
    return screened(task, with_every_heater(packs, task.cold.heaters), engineering).feasible_only()


def _strings_that_carry(
    task: PackTask, platforms: Platforms, cell_energy_kwh: FloatArray, engineering: Engineering
) -> tuple[IntArray, IntArray, IntArray]:
    """Cell, series and parallel counts whose energy meets the pack within the bound on excess."""
    voltage = task.voltage
    couples = engineering.couples
    average_v = couples.ocv_v[platforms.couple, couples.ocv_v.shape[1] // 2]
    full_v = couples.ocv_v[platforms.couple, -1]
    series = np.arange(1, int(voltage.nominal_voltage_max_v * (1 + LARGEST_C3_DROP_FRAC) / average_v.min()) + 2)
    least = voltage.nominal_voltage_min_v / average_v
    most = np.minimum(
        voltage.nominal_voltage_max_v / (average_v * (1 - LARGEST_C3_DROP_FRAC)), voltage.full_voltage_max_v / full_v
    )
    wanted = task.pack.energy_kwh / (series[None, :] * cell_energy_kwh[:, None])
    # A per mille of room, since the drop differs between packs; the exact limits are checked on every candidate.
    parallel = np.ceil(wanted * 0.999)
    within = parallel <= wanted * (1 + engineering.grid.energy_excess_max_frac) * 1.001
    within &= (series[None, :] >= least[:, None]) & (series[None, :] <= most[:, None])
    cell, string = np.nonzero(within)
    return cell, series[string], parallel[cell, string].astype(np.int64)
