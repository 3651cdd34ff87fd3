"""The lines of a portfolio: which candidates share one, how much volume each puts on it, and what it then costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.cost.manufacturing import GROUPS
from lcopt.cost.pooling import ARCHITECTURE, CHEMISTRY, FORMAT, equivalent_rate
from lcopt.inputs.document import ARCHITECTURES, FORMATS
from lcopt.selection.engineering import Engineering
from lcopt.selection.evaluation import CONVERSION_VALUES
from lcopt.selection.explored import Explored
from lcopt.selection.lines import NO_LINE, Lines
from lcopt.units import KWH_PER_GWH, USD_PER_MUSD

RATE_UNIT = "MUSD/yr of a line for it alone"


@dataclass(frozen=True)
class OnLines:
    """What some candidates of one pack put on the lines, one row a candidate, one column a process group.

    `conversion_usd` is what the same work costs the fleet at the size of the plant, shape (n,).
    """

    line: IntArray
    rate: FloatArray
    conversion_usd: FloatArray


def lines_of(engineering: Engineering, years_discounted: float) -> Lines:
    """Every line that the search may use, group by group; `years_discounted` is the worth of a dollar a year."""
    if engineering.pooled is None:
        return Lines.none()
    names = [
        f"{group.replace('_', ' ')}{f' of {name}' if name else ''}"
        for group, shared in zip(GROUPS, engineering.pooled.shared_by, strict=True)
        for name in _names(shared, engineering)
    ]
    exponents = np.repeat(engineering.pooled.exponent, _counts(engineering))[:, None]
    ones = np.ones_like(exponents)
    return Lines(
        names=tuple(names),
        units=(RATE_UNIT,) * len(names),
        cost_usd=ones * USD_PER_MUSD * years_discounted,
        reference_rate=ones,
        exponent=exponents,
    )


def on_lines(explored: Explored, index: IntArray, engineering: Engineering) -> OnLines:
    """Lines, rates and the cost at plant size of the candidates `index` of one pack."""
    if engineering.pooled is None:
        none = np.empty((len(index), 0))
        return OnLines(none.astype(np.int64), none, np.zeros(len(index)))
    task, values = explored.task, explored.values
    conversion = np.stack([values[name][index] for name in CONVERSION_VALUES])
    pool = task.terms.ownership.pool_factor
    plant_packs = engineering.scenario.plant.size_gwh_per_yr * KWH_PER_GWH / values["pack_energy_kwh"][index]
    made = np.full(len(index), pool * task.pack.volume_per_yr)
    rate = equivalent_rate(conversion / USD_PER_MUSD, made, plant_packs, engineering.pooled.exponent)
    starts = np.concatenate([[0], np.cumsum(_counts(engineering))[:-1]])
    shared = [_key(name, explored, index) for name in engineering.pooled.shared_by]
    line = np.stack([start + key for start, key in zip(starts, shared, strict=True)])
    return OnLines(
        line=np.where(rate > 0, line, NO_LINE).T,
        rate=rate.T,
        conversion_usd=conversion.sum(axis=0) * pool * task.packs_discounted,
    )


def _names(shared_by: str, engineering: Engineering) -> tuple[str, ...]:
    names = {CHEMISTRY: engineering.chemistries, FORMAT: FORMATS, ARCHITECTURE: ARCHITECTURES}
    return names.get(shared_by, ("",))


def _counts(engineering: Engineering) -> list[int]:
    """Lines of every group."""
    assert engineering.pooled is not None
    return [len(_names(shared, engineering)) for shared in engineering.pooled.shared_by]


def _key(shared_by: str, explored: Explored, index: IntArray) -> IntArray:
    """Which line of its group a candidate uses."""
    platforms, counts = explored.candidates.platforms, explored.candidates.counts
    keys = {CHEMISTRY: platforms.couple, FORMAT: platforms.cell_format, ARCHITECTURE: counts.architecture}
    return keys[shared_by][index] if shared_by in keys else np.zeros(len(index), dtype=np.int64)
