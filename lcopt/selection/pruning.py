"""Prunings that never remove an optimal choice, nor one within a given distance of it, with bounds on the optimum."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.selection.dominance import undominated_pairs, undominated_platforms
from lcopt.selection.heuristic import good_choice, improved_choice
from lcopt.selection.instance import PortfolioInstance, exact_cost_usd, meets_rows, rates_of
from lcopt.selection.lagrangian import lagrangian_bound
from lcopt.selection.lines import NO_LINE, chord_slope, secants
from lcopt.selection.pricing import relaxation_bound
from lcopt.selection.ramped import at_years, busiest_years, is_ramped, plain_below

# Keeps a choice that ties with the upper bound to the last digits.
BOUND_TOLERANCE = 1e-9
# Shares of the highest rate at which the secants of the bound are exact, beside the rates of the known choice.
# Few where all combinations of the lines of a platform are tried, more where the relaxed model sees them.
COMBINED_BREAKPOINTS = (0.15,)
PRICED_BREAKPOINTS = (0.05, 0.3)
# The relaxed model is worth its time where the solver would see more pairs than these.
PRICED_COUNT = 400


@dataclass(frozen=True)
class Bounded:
    """Pairs that a choice may need, the best choice known, and the bounds.

    Attributes
    ----------
    index : ndarray
        Pairs of the instance that are left, sorted.
    chosen : ndarray, shape (n_packs,), or None
        Pairs of the instance.
    """

    index: IntArray
    chosen: IntArray | None
    upper_bound_usd: float
    lower_bound_usd: float

    def closed(self, gap: float) -> bool:
        """Whether the bounds meet, or no choice exists."""
        return self.lower_bound_usd == np.inf or gap_frac(self.upper_bound_usd, self.lower_bound_usd) <= gap

    def within(self) -> IntArray | None:
        """The choice as indices into the pairs that are left."""
        return None if self.chosen is None else np.searchsorted(self.index, self.chosen)


def gap_frac(cost_usd: float, bound_usd: float) -> float:
    """Distance of cost and bound relative to the cost."""
    if not np.isfinite(cost_usd):
        return float(np.inf)
    return (cost_usd - bound_usd) / abs(cost_usd) if cost_usd else cost_usd - bound_usd


def bounded(instance: PortfolioInstance, gap: float, near_frac: float | None = None) -> Bounded:
    """Drop pairs that no optimal choice needs, or none within `near_frac` of the optimum contains.

    Parameters
    ----------
    instance : PortfolioInstance
        At least one pair for every pack.
    gap : float
        Stop where the bounds are as close.
    near_frac : float, optional
        Keep every choice that costs at most so much more than the optimum; dominance is then left out, as it removes
        choices that are nearly as good.
    """
    index = undominated_pairs(instance)
    small = instance.take(index)
    chosen = _good_choice(small)
    if chosen is None:
        nothing = np.inf if instance.packs_count == 1 else -np.inf
        return Bounded(np.arange(len(instance.pairs)) if near_frac is not None else index, None, np.inf, nothing)
    cost = float(exact_cost_usd(small, chosen))
    known = Bounded(index, index[chosen], cost, -np.inf)
    if near_frac is not None:
        known = replace(known, index=np.arange(len(instance.pairs)))
    elif _separable(small):
        return replace(known, lower_bound_usd=cost)
    return _pruned_by_bounds(instance, known, gap, near_frac)


def _good_choice(instance: PortfolioInstance) -> IntArray | None:
    """A good choice; under ramps one that is good in all years, improved in the years that size its lines."""
    if not is_ramped(instance):
        return good_choice(instance)
    chosen = good_choice(plain_below(instance))
    if chosen is None:
        return None
    in_years = instance if instance.peaks is None else at_years(instance, busiest_years(instance, chosen))
    found = [item for item in (chosen, improved_choice(in_years, chosen)) if meets_rows(instance, item)]
    return min(found, key=lambda item: float(exact_cost_usd(instance, item)))


def _separable(instance: PortfolioInstance) -> bool:
    """Whether packs share nothing, so that the best of each one is the best of all."""
    if is_ramped(instance):
        return False
    if instance.packs_count == 1:
        return True
    pairs = instance.pairs
    shared = [(pairs.platform, instance.platforms_count)]
    shared += [(line, len(instance.lines)) for line in [pairs.line.ravel()] if line.size]
    for number, count in shared:
        pack = pairs.pack if number is pairs.platform else np.repeat(pairs.pack, pairs.line.shape[1])
        lowest, highest = np.full(count + 1, instance.packs_count), np.full(count + 1, -1)
        np.minimum.at(lowest, number, pack)
        np.maximum.at(highest, number, pack)
        if (lowest[:count] < highest[:count]).any():
            return False
    return not instance.coupled


def _pruned_by_bounds(instance: PortfolioInstance, known: Bounded, gap: float, near_frac: float | None) -> Bounded:
    """Drop pairs whose every choice costs more than the known one, by chords first, then by prices.

    Under ramps the bounds are those of a portfolio without, in which no choice costs more.
    """
    upper = known.upper_bound_usd
    plain = plain_below(instance, known.chosen)
    threshold = upper + ((near_frac or 0.0) + BOUND_TOLERANCE) * abs(upper)
    tails = _tails(instance, known)
    left = plain.take(known.index)
    by_chords = _chord_bounds(left, _certain_usd(left, tails))
    known = replace(known, index=known.index[by_chords <= threshold])
    left = plain.take(known.index)
    pieces = secants(left.lines, left.highest_rate, _breakpoints(left, known, COMBINED_BREAKPOINTS))
    bound = lagrangian_bound(left, _certain_usd(left, tails), pieces, upper)
    known = _dropped(known, bound.pair_usd <= threshold, bound.bound_usd)
    if (near_frac is None and known.closed(gap)) or len(known.index) < PRICED_COUNT:
        return known
    left = plain.take(known.index)
    chosen = known.within()
    assert chosen is not None
    priced = relaxation_bound(left, _breakpoints(left, known, PRICED_BREAKPOINTS), tails, chosen, near_frac or 0.0)
    known = _better(instance, known, known.index[priced.chosen])
    threshold = known.upper_bound_usd + ((near_frac or 0.0) + BOUND_TOLERANCE) * abs(known.upper_bound_usd)
    known = _dropped(known, priced.pair_usd <= threshold, priced.bound_usd)
    if near_frac is None:
        kept = undominated_platforms(instance.take(known.index)) | _in_choice(known)
        known = replace(known, index=known.index[kept])
    return known


def _dropped(known: Bounded, kept: BoolArray, bound_usd: float) -> Bounded:
    """Fewer pairs under a bound that is no lower than before; the known choice stays whatever rounding says."""
    lower = max(known.lower_bound_usd, min(bound_usd, known.upper_bound_usd))
    return replace(known, index=known.index[kept | _in_choice(known)], lower_bound_usd=lower)


def _better(instance: PortfolioInstance, known: Bounded, chosen: IntArray) -> Bounded:
    """The bounds with another choice where that costs less."""
    cost = float(exact_cost_usd(instance, chosen))
    return replace(known, chosen=chosen, upper_bound_usd=cost) if cost < known.upper_bound_usd else known


def _in_choice(known: Bounded) -> BoolArray:
    assert known.chosen is not None
    return np.isin(known.index, known.chosen)


def _tails(instance: PortfolioInstance, known: Bounded) -> FloatArray:
    """Weights of price scenarios: a blend first, then the tail of the known choice and that of the cheapest pairs."""
    risk = instance.risk
    if risk is None or known.chosen is None:
        return np.empty((0, 0))
    tail = risk.tail_weights(risk.cost_usd[known.chosen].sum(axis=0))
    cheapest = np.minimum.reduceat(risk.cost_usd, instance.first_pair[:-1], axis=0)
    easy = risk.tail_weights(cheapest.sum(axis=0))
    return np.stack([(tail + risk.probability_frac) / 2, tail, easy, risk.probability_frac])


def _certain_usd(instance: PortfolioInstance, tails: FloatArray) -> FloatArray:
    if instance.risk is None:
        return instance.pairs.cost_usd
    return instance.pairs.cost_usd + instance.risk.certain_usd(tails[0])


def _chord_bounds(instance: PortfolioInstance, cost_usd: FloatArray) -> FloatArray:
    """What any choice with a pair costs at least: every line at its chord, every other pack at its cheapest pair."""
    pairs = instance.pairs
    chord = chord_slope(instance.lines, instance.highest_rate)
    cost = cost_usd
    for line, rate in zip(pairs.line.T, pairs.rate.T, strict=True):
        cost = cost + np.where(line == NO_LINE, 0.0, chord[line] * rate)
    cheapest = np.minimum.reduceat(cost, instance.first_pair[:-1])
    bounds: FloatArray = cheapest.sum() - cheapest[pairs.pack] + cost + instance.platform_fixed_cost_usd[pairs.platform]
    return bounds


def _breakpoints(left: PortfolioInstance, known: Bounded, shares: tuple[float, ...]) -> list[FloatArray]:
    """Rates at which the secants of the bounds are exact: some shares of the highest, and those of the known choice."""
    chosen = known.within()
    assert chosen is not None
    return [*(left.highest_rate * share for share in shares), rates_of(left, chosen)]
