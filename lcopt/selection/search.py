"""The search of one pack over all formats, and the sharing of cells between packs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from lcopt.arrays import FloatArray
from lcopt.errors import InfeasibleError
from lcopt.inputs.document import FORMATS
from lcopt.selection.cased_search import explore_cased, offered_cells, with_cells
from lcopt.selection.diagnosis import Diagnosis, PackDiagnosis
from lcopt.selection.engineering import Engineering
from lcopt.selection.explored import Explored, cheapest_of_each
from lcopt.selection.fitting import counts_that_carry, given_candidates, own_candidates
from lcopt.selection.pouch_search import evaluated, explore_pouch, kind_of
from lcopt.selection.space import POUCH, Candidates, Platforms, with_every_heater
from lcopt.selection.tasks import PackTask

# Loadings of pouch cells that one pack offers to the others, for every chemistry and technology class.
OFFERED_LOADINGS_COUNT = 8

Progress = Callable[[float], None]


def explore(task: PackTask, engineering: Engineering, progress: Progress | None = None) -> Explored:
    """The candidates of one pack in all formats of the search.

    Raises
    ------
    InfeasibleError
        Where the catalog has no candidate with the energy and the voltage of the pack.
    """
    given = _explored_given(task, engineering)
    if engineering.given.only:
        parts = [given]
    else:
        searches_pouch = FORMATS[POUCH] in engineering.scenario.search.formats
        pouch = explore_pouch(task, engineering, progress) if searches_pouch else None
        cased = explore_cased(task, engineering, progress)
        own = [part for part in (pouch, cased) if part is not None]
        parts = [*own, given.feasible_only() if own and given is not None else given]
    found = [part for part in parts if part is not None]
    if not found:
        diagnosis = Diagnosis((PackDiagnosis(pack=task.pack.name, candidates_count=0, alone=(), relaxations=()),))
        raise InfeasibleError(str(diagnosis), diagnosis)
    return found[0].joined(*found[1:]) if len(found) > 1 else found[0]


def _explored_given(task: PackTask, engineering: Engineering) -> Explored | None:
    """Every pack of one task that the given cells make, also those with too little energy, for the diagnosis."""
    candidates = given_candidates(task, engineering)
    return evaluated(task, candidates, engineering) if len(candidates) else None


def offer_loadings(explored: Explored, engineering: Engineering) -> list[FloatArray]:
    """Loadings of the cheapest feasible pouch cells, for every chemistry, to be tried by other packs."""
    platforms = explored.candidates.platforms
    cost = np.where(platforms.cell_format == POUCH, explored.feasible_sought_usd_per_pack, np.inf)
    chosen = cheapest_of_each(cost, kind_of(platforms, engineering), OFFERED_LOADINGS_COUNT)
    couple, loading = platforms.couple[chosen], platforms.areal_capacity_mah_per_cm2[chosen]
    return [np.unique(loading[couple == number]) for number in range(len(engineering.chemistries))]


def with_loadings(explored: Explored, loadings: Sequence[FloatArray], engineering: Engineering) -> Explored:
    """The candidates of a pack and more pouch cells of its own at given loadings."""
    candidates = own_candidates(explored.task, loadings, engineering)
    return explored.joined(evaluated(explored.task, candidates, engineering)) if len(candidates) else explored


def offer_platforms(explored: Explored, engineering: Engineering) -> tuple[Platforms, FloatArray]:
    """Cells that serve their own pack at a cost within the sharing margin, and the energy of one such cell [kWh]."""
    cost = explored.feasible_sought_usd_per_pack
    good = np.flatnonzero(cost <= cost.min() * (1 + engineering.grid.sharing_margin_frac))
    is_pouch = explored.candidates.platforms.cell_format[good] == POUCH
    good = np.concatenate([good[is_pouch], offered_cells(explored, good[~is_pouch])])
    platforms, counts = explored.candidates.platforms.take(good), explored.candidates.counts.take(good)
    _, first = np.unique(platforms.keys, axis=0, return_index=True)
    cells = counts.cells_in_series_count * counts.cells_in_parallel_count
    return platforms.take(first), (explored.values["pack_energy_kwh"][good] / cells)[first]


def with_platforms(
    explored: Explored, platforms: Platforms, cell_energy_kwh: FloatArray, engineering: Engineering
) -> Explored:
    """The candidates of a pack and those built from cells that other packs offer."""
    parts = []
    is_pouch = platforms.cell_format == POUCH
    for couple in np.unique(platforms.couple[is_pouch]):
        here = (platforms.couple == couple) & is_pouch
        index, counts = counts_that_carry(explored.task, cell_energy_kwh[here], int(couple), engineering)
        packs = Candidates(platforms.take(here).take(index), counts, np.arange(index.size))
        candidates = with_every_heater(packs, explored.task.cold.heaters)
        if len(candidates):
            parts.append(evaluated(explored.task, candidates, engineering).feasible_only())
    return with_cells(explored.joined(*parts), platforms, cell_energy_kwh, engineering)
