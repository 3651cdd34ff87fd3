"""Exact Pareto fronts over two metrics of one pack, or of a fleet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lcopt.answers import choices_table
from lcopt.arrays import FloatArray, IntArray
from lcopt.errors import LcoptError
from lcopt.inputs.scenario import Scenario
from lcopt.performance.limits import Sense
from lcopt.selection.engineering import Engineering
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import PortfolioInstance, exact_cost_usd
from lcopt.selection.portfolio import Portfolio
from lcopt.selection.portfolio_answers import Asked
from lcopt.selection.proving import prove
from lcopt.selection.sweeping import cost_front
from lcopt.study import decision
from lcopt.units import KG_PER_T

COST, CARBON, MASS = "lifecycle_cost", "carbon", "mass"
POINTS_MAX = 100


@dataclass(frozen=True)
class Metric:
    """One metric: the value of a candidate that it is, its better side, and whether a fleet adds it up."""

    column: str
    sense: Sense
    is_total: bool = False


METRICS = {
    COST: Metric("lifecycle_cost_usd", Sense.AT_MOST, is_total=True),
    "specific_energy": Metric("pack_specific_energy_wh_per_kg", Sense.AT_LEAST),
    "energy_density": Metric("pack_energy_density_wh_per_l", Sense.AT_LEAST),
    "charging_time": Metric("charging_time_min", Sense.AT_MOST),
    MASS: Metric("pack_mass_kg", Sense.AT_MOST, is_total=True),
    CARBON: Metric("carbon_of_making_kg", Sense.AT_MOST, is_total=True),
}


def pareto(scenario: Scenario, x: str = COST, y: str = "charging_time", points_max: int = POINTS_MAX) -> pd.DataFrame:
    """The designs, or fleets, that nothing beats in two metrics at once.

    Parameters
    ----------
    scenario : Scenario
    x, y : str
        Two of `lifecycle_cost`, `specific_energy`, `energy_density`, `charging_time`, `mass`, `carbon` (of making).
    points_max : int
        Of several packs only about so many points, evenly spread, where the front has more; each is exact.

    Returns
    -------
    DataFrame
        Cheapest or lightest first: one column a metric in its own unit, then what `near_optimal` tells of a choice.
        Its `attrs` say for each column whether it is of the pack, `total` of the fleet or of its `worst pack`.

    Raises
    ------
    LcoptError
        Where a metric is unknown, or both are the worst of several packs that limits of the fleet tie together.

    Notes
    -----
    One pack: all candidates sorted, with a running minimum. Several packs: mass and carbon are totals of the packs sold
    a year, cost that of the fleet; specific energy, energy density and charging time are those of the worst pack, which
    is a common limit on every pack: from loose to tight, each optimum is proven.
    """
    for name in (x, y):
        if name not in METRICS:
            message = f"{name!r} is no metric; expected one of: {', '.join(METRICS)}"
            raise LcoptError(message)
    if x == y:
        message = f"both metrics are {x!r}; expected two"
        raise LcoptError(message)
    asked, portfolio, engineering = decision(scenario)
    front = _Front(asked, portfolio, engineering, points_max)
    chosen = front.one_pack(x, y) if asked.instance.packs_count == 1 else front.fleet(x, y)
    return front.table(chosen, x, y)


@dataclass(frozen=True)
class _Front:
    asked: Asked
    portfolio: Portfolio
    engineering: Engineering
    points_max: int

    @property
    def instance(self) -> PortfolioInstance:
        return self.asked.instance

    def per_pack(self, name: str) -> FloatArray:
        """The metric of every pair in its own unit, beside the cost, which is that of a fleet; shape (n_pairs,)."""
        pairs, found = self.instance.pairs, np.empty(len(self.instance.pairs))
        for number, explored in enumerate(self.portfolio.explored):
            own = pairs.pack == number
            index = pairs.candidate[own]
            if name == CARBON:
                couple = explored.candidates.platforms.couple[index]
                found[own] = self.engineering.making_kg_per_kwh[couple] * explored.values["pack_energy_kwh"][index]
            else:
                found[own] = explored.values[METRICS[name].column][index]
        return found

    def strictness(self, name: str) -> FloatArray:
        """The metric of every pair, turned so that less is better."""
        value = self.per_pack(name)
        return value if METRICS[name].sense is Sense.AT_MOST else -value

    def yearly(self, name: str) -> FloatArray:
        """What every pair adds to the total of a year."""
        volume = np.array([one.task.pack.volume_per_yr for one in self.portfolio.explored])
        total: FloatArray = self.per_pack(name) * volume[self.instance.pairs.pack]
        return total

    def one_pack(self, x: str, y: str) -> IntArray:
        """Pairs of the front, shape (n_points, 1)."""
        instance = self.instance
        rows = instance.rows
        met = rows.missed(rows.coefficient.T)[:, rows.hard].sum(axis=1) == 0
        kept = np.flatnonzero(met)
        first, second = ((self._own_cost() if name == COST else self.strictness(name))[kept] for name in (x, y))
        order = np.lexsort((second, first))
        lowest = np.minimum.accumulate(second[order])
        better = np.r_[True, lowest[1:] < lowest[:-1]]
        return np.asarray(kept[order[better]][:, None], dtype=np.int64)

    def _own_cost(self) -> FloatArray:
        """What the fleet costs with each pair of its only pack."""
        return exact_cost_usd(self.instance, np.arange(len(self.instance.pairs))[:, None])

    def fleet(self, x: str, y: str) -> IntArray:
        """Choices of the front, shape (n_points, n_packs)."""
        totals = [name for name in (x, y) if METRICS[name].is_total]
        worst = [name for name in (x, y) if not METRICS[name].is_total]
        if not totals:
            return self._worst_of_both(*worst)
        first = COST if COST in totals else totals[0]
        objective = self.instance if first == COST else self.instance.at_cost(self.yearly(first))
        found = self._by_limit(objective, worst[0]) if worst else self._by_total(objective, totals, first)
        chosen = np.array(list(found))
        return chosen if first == x else chosen[::-1]

    def _by_total(self, objective: PortfolioInstance, totals: list[str], first: str) -> Iterator[IntArray]:
        other = next(name for name in totals if name != first)
        metric = LinearRows.one(other, "1/yr", self.yearly(other))
        last = np.inf
        points = [(proof.cost_usd, proof.chosen) for _, proof in cost_front(objective, metric, self.points_max)]
        for cost, chosen in points[::-1]:
            if cost < last:
                last = cost
                yield chosen

    def _by_limit(self, objective: PortfolioInstance, name: str) -> Iterator[IntArray]:
        """From the cheapest choice on, each the cheapest whose worst pack is better."""
        strictness = self.strictness(name)
        least = max(strictness[objective.pairs.pack == pack].min() for pack in range(objective.packs_count))
        found: list[tuple[float, IntArray]] = []
        proof, step = prove(objective), None
        while proof.feasible and len(found) <= self.points_max:
            reached = float(strictness[proof.chosen].max())
            if found and found[-1][0] >= proof.cost_usd * (1 - 1e-12):
                found.pop()
            found.append((proof.cost_usd, proof.chosen))
            step = (reached - least) / self.points_max if step is None else step
            bound = max(reached - step, least)
            index = np.flatnonzero(strictness <= bound) if reached > least else np.empty(0, dtype=np.int64)
            part = prove(objective.take(index))
            proof = replace(part, chosen=index[part.chosen])
        yield from (chosen for _, chosen in found)

    def _worst_of_both(self, x: str, y: str) -> IntArray:
        """The front of the worst packs: each pack on its own, as nothing but the cost ties them together."""
        if self.instance.coupled:
            message = (
                f"{x} and {y} are both those of the worst pack, and limits of the fleet tie the packs together; "
                "expected lifecycle_cost, mass or carbon as one of the two"
            )
            raise LcoptError(message)
        first, second = self.strictness(x), self.strictness(y)
        fronts = []
        for pack in range(self.instance.packs_count):
            own = np.arange(*self.instance.first_pair[pack : pack + 2])
            order = own[np.lexsort((second[own], first[own]))]
            lowest = np.minimum.accumulate(second[order])
            fronts.append(order[np.r_[True, lowest[1:] < lowest[:-1]]])
        start = max(first[front[0]] for front in fronts)
        bounds = np.unique(np.concatenate([first[front] for front in fronts]))
        places = [front[np.searchsorted(first[front], bounds[bounds >= start], side="right") - 1] for front in fronts]
        chosen = np.stack(places, axis=1)
        worst = second[chosen].max(axis=1)
        kept: IntArray = chosen[np.r_[True, worst[1:] < np.minimum.accumulate(worst)[:-1]]]
        return kept

    def table(self, chosen: IntArray, x: str, y: str) -> pd.DataFrame:
        """Choices as rows with both metrics."""
        cost = exact_cost_usd(self.instance, chosen)
        meaning, columns = {}, {}
        single = self.instance.packs_count == 1
        for name in (x, y):
            metric = METRICS[name]
            column = metric.column
            if name == COST:
                columns[column], meaning[column] = cost, "total of the fleet"
            elif single:
                columns[column], meaning[column] = self.per_pack(name)[chosen][:, 0], "of the pack"
            elif metric.is_total:
                column = column.replace("_kg", "_t_per_yr")
                columns[column] = self.yearly(name)[chosen].sum(axis=1) / KG_PER_T
                meaning[column] = "total of the fleet in a year"
            else:
                most, values = metric.sense is Sense.AT_MOST, self.per_pack(name)[chosen]
                columns[column] = values.max(axis=1) if most else values.min(axis=1)
                meaning[column] = "of the worst pack"
        table = choices_table(self.asked, self.engineering, chosen, cost)
        for place, (column, values) in enumerate(columns.items()):
            table.insert(place, column, values)
        table.attrs["meaning"] = meaning
        return table
