"""Why no choice meets all limits of the fleet together, in words: conflicts, smallest relaxations, the nearest miss."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import IntArray
from lcopt.inputs.portfolio_limits import PER_ENERGY, PLATFORMS, SHARE, TOTAL, FleetLimit, bound_text
from lcopt.inputs.words import ARCHITECTURES, FORMATS
from lcopt.selection.conflicts import RowRelaxation, row_conflicts
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import PLATFORMS_MAX, PortfolioInstance, open_platforms
from lcopt.selection.portfolio_rows import Fleet, limit_of_row, limit_values
from lcopt.selection.proving import prove

# Digits to which a value is rounded, to the side that still admits the choice that reaches it.
DIGITS = 4
# A share or a mean is tightened until it is known to this part of what it misses.
TIGHTENED_FRAC = 1e-3
TIGHTENED_MAX = 40


@dataclass(frozen=True)
class GivenWay:
    """One limit that gives way: what was asked, what would do, and the unit of both; a share as a fraction."""

    label: str
    asked: float
    reached: float
    unit: str
    words: str


@dataclass(frozen=True)
class FleetDesign:
    """The design of one pack in a choice."""

    pack: str
    candidate: int
    chemistry: str
    format: str
    architecture: str
    given_platform: str
    cells_in_series_count: int
    cells_in_parallel_count: int

    def __str__(self) -> str:
        cell = self.given_platform or f"{self.chemistry} {self.format}"
        return f"{self.pack} with {cell}, {self.cells_in_series_count} x {self.cells_in_parallel_count} cells"


@dataclass(frozen=True)
class FleetRelaxation:
    """One smallest set of limits whose giving way admits a choice, and that choice."""

    limits: tuple[GivenWay, ...]
    designs: tuple[FleetDesign, ...]

    def __str__(self) -> str:
        ways = " and ".join(limit.words for limit in self.limits)
        return f"{ways}: {'; '.join(map(str, self.designs))}"


@dataclass(frozen=True)
class FleetDiagnosis:
    """Every smallest set of limits that no choice meets together, and every smallest set that would have to give way.

    `nearest` is the relaxation that misses what was asked by the smallest sum of relative amounts.
    """

    packs: tuple[str, ...]
    conflicts: tuple[tuple[str, ...], ...]
    relaxations: tuple[FleetRelaxation, ...]
    nearest: FleetRelaxation

    def __str__(self) -> str:
        lines = [f"every pack ({', '.join(self.packs)}) has designs within its own limits, but no choice meets all"]
        lines[0] += " limits of the fleet together."
        for conflict in self.conflicts:
            together = "cannot be met" if len(conflict) == 1 else "cannot be met together"
            lines.append(f"  {together}: {'; '.join(conflict)}")
        lines += [f"  It would do with {relaxation}." for relaxation in self.relaxations]
        if len(self.relaxations) > 1:
            lines.append(f"  The nearest miss: {self.nearest}.")
        return "\n".join(lines)


def diagnose_fleet(fleet: Fleet, instance: PortfolioInstance) -> FleetDiagnosis:
    """Explain why no choice meets all rows that must hold.

    Parameters
    ----------
    fleet : Fleet
    instance : PortfolioInstance
        With the rows of the fleet and perhaps a cap on the platforms; it has no choice.
    """
    found = row_conflicts(instance, limit_of_row(fleet))
    limits = {limit.label: limit for limit in fleet.limits} | _platforms_max(instance)
    told = [_relaxation(relaxation, limits, fleet, instance) for relaxation in found.relaxations]
    return FleetDiagnosis(
        packs=instance.pack_names,
        conflicts=found.conflicts,
        relaxations=tuple(told),
        nearest=min(told, key=_distance),
    )


def _platforms_max(instance: PortfolioInstance) -> dict[str, FleetLimit]:
    """The cap of the search, told like a limit of the fleet."""
    rows = instance.platform_rows
    if PLATFORMS_MAX not in rows.names:
        return {}
    cap = float(rows.upper[rows.names.index(PLATFORMS_MAX)])
    return {PLATFORMS_MAX: FleetLimit(PLATFORMS, TOTAL, True, cap, None, "", (), (), (), (), None)}


def _relaxation(
    relaxation: RowRelaxation, limits: dict[str, FleetLimit], fleet: Fleet, instance: PortfolioInstance
) -> FleetRelaxation:
    chosen = relaxation.chosen
    giving = [limits[name] for name in relaxation.rows]
    if len(giving) == 1 and giving[0].basis in {SHARE, PER_ENERGY}:
        chosen = _tightened(giving[0], chosen, fleet, instance)
    values: dict[FleetLimit, float] = limit_values(fleet, instance, chosen)
    opened = float(open_platforms(instance, chosen).sum())
    ways = tuple(
        _given_way(name, limit, values.get(limit, opened)) for name, limit in zip(relaxation.rows, giving, strict=True)
    )
    return FleetRelaxation(ways, tuple(_designs(fleet, chosen)))


def _tightened(limit: FleetLimit, chosen: IntArray, fleet: Fleet, instance: PortfolioInstance) -> IntArray:
    """The choice that misses one share or mean least: that which misses the row least has perhaps another whole."""
    value: Callable[[IntArray], float] = lambda choice: limit_values(fleet, instance, choice)[limit]  # noqa: E731
    plain = instance.at_cost(np.zeros(len(instance.pairs)))
    best, failed = value(chosen), limit.bound
    resolution = TIGHTENED_FRAC * abs(best - limit.bound)
    for _ in range(TIGHTENED_MAX):
        if abs(best - failed) <= resolution:
            break
        middle = (best + failed) / 2
        proof = prove(replace(plain, rows=_at_bound(limit, middle, fleet, plain)))
        if proof.feasible:
            chosen = proof.chosen
            best = value(chosen)
        else:
            failed = middle
    return chosen


def _at_bound(limit: FleetLimit, bound: float, fleet: Fleet, instance: PortfolioInstance) -> LinearRows:
    """The rows over pairs that must hold, one share or mean of them with another bound."""
    rows = instance.rows
    coefficient = rows.coefficient.copy()
    for name, year in fleet.rows_of(limit).items():
        coefficient[rows.names.index(name)] += (limit.bound - bound) * fleet.whole(limit, year)
    return replace(rows, coefficient=coefficient).take_rows(np.flatnonzero(rows.hard))


def _given_way(name: str, limit: FleetLimit, reached: float) -> GivenWay:
    reached = reached if limit.quantity == PLATFORMS else _outward(reached, up=limit.is_max)
    if name == PLATFORMS_MAX:
        return GivenWay(name, limit.bound, reached, "", f"search.{name} {reached:g} (asked: {limit.bound:g})")
    words = f"{replace(limit, bound=reached).label} (asked: {bound_text(limit, limit.bound)})"
    return GivenWay(limit.label, limit.bound, reached, limit.unit, words)


def _outward(value: float, *, up: bool) -> float:
    """A few digits, rounded to the side that still admits the value."""
    if not value:
        return 0.0
    digits = DIGITS - 1 - math.floor(math.log10(abs(value)))
    scaled = value * 10.0**digits
    # Rounding of the last bits must not move a value that has so few digits already.
    near = round(scaled)
    whole = near if abs(scaled - near) < 1e-9 * abs(scaled) else math.ceil(scaled) if up else math.floor(scaled)
    return float(f"{whole / 10.0**digits:.{DIGITS}g}")


def _distance(relaxation: FleetRelaxation) -> float:
    return sum(abs(way.reached - way.asked) / max(abs(way.asked), abs(way.reached)) for way in relaxation.limits)


def _designs(fleet: Fleet, chosen: IntArray) -> list[FleetDesign]:
    made = []
    for one, candidate in zip(fleet.explored, fleet.pairs.candidate[chosen].tolist(), strict=True):
        index = np.array([candidate])
        cells, counts = one.candidates.platforms.take(index), one.candidates.counts.take(index)
        made.append(
            FleetDesign(
                pack=one.task.pack.name,
                candidate=candidate,
                chemistry=fleet.engineering.chemistries[int(cells.couple[0])],
                format=FORMATS[int(cells.cell_format[0])],
                architecture=ARCHITECTURES[int(counts.architecture[0])],
                given_platform=fleet.engineering.given.names_of(cells)[0],
                cells_in_series_count=int(counts.cells_in_series_count[0]),
                cells_in_parallel_count=int(counts.cells_in_parallel_count[0]),
            )
        )
    return made
