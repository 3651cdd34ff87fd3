"""A good choice where rows allow few platforms: sets of so many of them first, then the choice on each set."""

from __future__ import annotations

import numpy as np

from lcopt.arrays import FloatArray, IntArray
from lcopt.selection.heuristic import good_choice
from lcopt.selection.instance import PortfolioInstance, exact_cost_usd
from lcopt.selection.lagrangian import open_max
from lcopt.selection.timing import NEVER, Deadline

# Shares of the highest rates of the lines at whose average cost sets are sought.
SHARES = (1.0, 0.4, 0.15)
PASSES_MAX = 20
STARTS_COUNT = 3
# A pack that a platform does not serve costs so many times the dearest pair.
MISSING_WEIGHT = 10.0


def choice_on_few(instance: PortfolioInstance, deadline: Deadline = NEVER) -> IntArray | None:
    """The best choice on some sets of as many platforms as rows allow.

    Parameters
    ----------
    instance : PortfolioInstance
        At least one pair for every pack.
    deadline : Deadline
        Then the best choice so far stands.

    Returns
    -------
    ndarray, shape (n_packs,), or None
        None where as many platforms as packs may be open, or no choice was found that meets all rows.
    """
    count = open_max(instance)
    if not 0 < count < instance.packs_count:
        return None
    best, best_usd = None, np.inf
    for platforms in _sets(instance, count):
        if deadline.over:
            break
        index = np.flatnonzero(np.isin(instance.pairs.platform, platforms))
        part = instance.take(index).compact()
        chosen = good_choice(part, STARTS_COUNT, deadline=deadline) if part.served else None
        if chosen is not None and (usd := float(exact_cost_usd(part, chosen))) < best_usd:
            best, best_usd = index[chosen], usd
    return best


def _sets(instance: PortfolioInstance, count: int) -> list[IntArray]:
    """Different sets of platforms that are good at several average costs of the lines."""
    found: dict[tuple[int, ...], IntArray] = {}
    for share in SHARES:
        cost, fixed = _by_platform(instance, share), instance.platform_fixed_cost_usd
        platforms = _exchanged(cost, fixed, _greedy(cost, fixed, count))
        found.setdefault(tuple(np.sort(platforms).tolist()), platforms)
    return list(found.values())


def _by_platform(instance: PortfolioInstance, share: float) -> FloatArray:
    """Cost of the cheapest pair of every pack on every platform, shape (n_packs, n_platforms)."""
    pairs, groups, risk = instance.pairs, instance.groups, instance.risk
    cost = pairs.cost_usd.copy()
    if risk is not None:
        cost += risk.certain_usd(risk.probability_frac)
    if len(instance.lines):
        rate = np.maximum(share * instance.highest_rate, np.finfo(float).tiny)
        slope = np.append(instance.lines.at(np.arange(len(rate)), rate) / rate, 0.0)
        for line, own in zip(pairs.line.T, pairs.rate.T, strict=True):
            cost += slope[line] * own
    cheapest = np.full((instance.packs_count, instance.platforms_count), MISSING_WEIGHT * (np.abs(cost).max() + 1.0))
    cheapest[groups.pack, groups.platform] = np.minimum.reduceat(cost, groups.first)
    return cheapest


def _greedy(cost: FloatArray, fixed: FloatArray, count: int) -> IntArray:
    """Platforms one after the other, each the best beside those before it."""
    chosen: list[int] = []
    current = np.full((len(cost), 1), np.inf)
    for _ in range(count):
        total = np.minimum(cost, current).sum(axis=0) + fixed
        total[chosen] = np.inf
        best = int(total.argmin())
        if chosen and total[best] >= current.sum():
            break
        chosen.append(best)
        current = np.minimum(current, cost[:, [best]])
    return np.array(chosen)


def _exchanged(cost: FloatArray, fixed: FloatArray, chosen: IntArray) -> IntArray:
    """The set after exchanges of single platforms until none pays."""
    best = cost[:, chosen].min(axis=1).sum() + fixed[chosen].sum()
    for _ in range(PASSES_MAX):
        before = best
        for place in range(len(chosen)):
            others = np.delete(chosen, place)
            current = cost[:, others].min(axis=1, initial=np.inf, keepdims=True)
            total = np.minimum(cost, current).sum(axis=0) + fixed + fixed[others].sum()
            total[others] = np.inf
            new = int(total.argmin())
            if total[new] < best:
                chosen, best = np.append(others, new), float(total[new])
                break
        if best >= before:
            break
    return chosen
