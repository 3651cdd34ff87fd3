"""Candidates of one pack that have been evaluated, with their values and limits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.performance.limits import LimitCheck, LimitKind
from lcopt.selection.geometry import Values
from lcopt.selection.space import Candidates
from lcopt.selection.tasks import PackTask

# A limit that is missed by more is not met with the largest excess of energy.
CURABLE_FRAC = 0.12
# The value that holds what a pack alone costs under a risk of prices.
RISK_ADJUSTED = "risk_adjusted_cost_usd_per_pack"


@dataclass(frozen=True)
class Explored:
    """Evaluated candidates of one pack with their values and limits, one element a candidate.

    `evaluated_count` also counts candidates that were dropped because they miss a limit.
    """

    task: PackTask
    candidates: Candidates
    values: Values
    check: LimitCheck
    evaluated_count: int

    @property
    def cost_usd_per_pack(self) -> FloatArray:
        """Lifecycle cost, shape (n,)."""
        return self.values["lifecycle_cost_usd_per_pack"]

    @property
    def sought_usd_per_pack(self) -> FloatArray:
        """What the search seeks to lower: the lifecycle cost, or that under a risk of prices, shape (n,)."""
        return self.values.get(RISK_ADJUSTED, self.cost_usd_per_pack)

    @property
    def feasible(self) -> BoolArray:
        """Whether a candidate meets every limit, shape (n,)."""
        return self.check.feasible

    @property
    def within_bounds(self) -> BoolArray:
        """Whether a candidate lies within the bounds of the catalog, shape (n,)."""
        rows = [row for row, limit in enumerate(self.check.limits) if limit.kind is LimitKind.CATALOG_BOUND]
        within: BoolArray = np.logical_and.reduce(self.check.met[rows], axis=0)
        return within

    @property
    def feasible_cost_usd_per_pack(self) -> FloatArray:
        """Lifecycle cost, infinite where a limit is missed, shape (n,)."""
        return np.where(self.feasible, self.cost_usd_per_pack, np.inf)

    @property
    def feasible_sought_usd_per_pack(self) -> FloatArray:
        """What the search seeks to lower, infinite where a limit is missed, shape (n,)."""
        return np.where(self.feasible, self.sought_usd_per_pack, np.inf)

    def nearly_met(self, kind: LimitKind) -> BoolArray:
        """Whether each limit of a kind is met or missed by no more than another capacity could cure, (n_limits, n)."""
        limits = [limit for limit in self.check.limits if limit.kind is kind]
        return np.stack(
            [limit.margin(self.values[limit.quantity]) >= -CURABLE_FRAC * abs(limit.bound) for limit in limits]
        )

    def joined(self, *others: Explored) -> Explored:
        """These candidates and others of the same pack."""
        parts = (self, *others)
        return Explored(
            task=self.task,
            candidates=Candidates.join([part.candidates for part in parts]),
            values={name: np.concatenate([part.values[name] for part in parts]) for name in self.values},
            check=LimitCheck(self.check.limits, np.concatenate([part.check.met for part in parts], axis=1)),
            evaluated_count=sum(part.evaluated_count for part in parts),
        )

    def feasible_only(self) -> Explored:
        """Without the candidates that miss a limit, which still count as evaluated."""
        return replace(self.taken(np.flatnonzero(self.feasible)), evaluated_count=self.evaluated_count)

    def taken(self, index: IntArray) -> Explored:
        """The candidates at `index`, which count where they came from."""
        return Explored(
            task=self.task,
            candidates=self.candidates.take(index),
            values={name: value[index] for name, value in self.values.items()},
            check=LimitCheck(self.check.limits, self.check.met[:, index]),
            evaluated_count=0,
        )

    def __len__(self) -> int:
        return len(self.candidates)


def cheapest_one_of_each(cost: FloatArray, kind: IntArray) -> IntArray:
    """Index of the cheapest finite entry of every kind, the first of equal ones; rising."""
    least = np.full(int(kind.max(initial=-1)) + 1, np.inf)
    np.minimum.at(least, kind, cost)
    index = np.flatnonzero((cost == least[kind]) & np.isfinite(cost))
    _, first = np.unique(kind[index], return_index=True)
    return np.sort(index[first])


def cheapest_of_each(cost: FloatArray, kind: IntArray, count: int) -> IntArray:
    """Indices of the `count` cheapest finite entries of every kind."""
    order = np.lexsort((cost, kind))
    order = order[np.isfinite(cost[order])]
    first = np.searchsorted(kind[order], kind[order], side="left")
    return order[np.arange(order.size) - first < count]
