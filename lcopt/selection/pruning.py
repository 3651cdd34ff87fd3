"""Prunings that never remove an optimal choice, nor one within a given distance of it, with bounds on the optimum."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.selection.dominance import undominated_pairs, undominated_platforms
from lcopt.selection.few_platforms import choice_on_few
from lcopt.selection.heuristic import STARTS_COUNT, good_choice, improved_choice
from lcopt.selection.instance import PortfolioInstance, exact_cost_usd, meets_rows, rates_of
from lcopt.selection.lagrangian import lagrangian_bound
from lcopt.selection.lines import chord_slope, secants
from lcopt.selection.pricing import relaxation_bound
from lcopt.selection.ramped import at_years, busiest_years, is_ramped, plain_below
from lcopt.selection.timing import NEVER, Deadline

# Keeps a choice that ties with the upper bound to the last digits.
BOUND_TOLERANCE = 1e-9
# Shares of the highest rate at which the secants of the bound are exact, beside the rates of the known choice.
# Few where all combinations of the lines of a platform are tried, more where the relaxed model sees them.
COMBINED_BREAKPOINTS = (0.15,)
PRICED_BREAKPOINTS = (0.05, 0.3)
# The relaxed model is worth its time where the solver would see more pairs than these.
PRICED_COUNT = 150
# With more pairs than these, cheap bounds come before the search for a good choice, which then sees the most promising.
LARGE_COUNT = 20_000
ROUGH_STEPS = 20
PROMISING_COUNT = 1500
PROMISING_EACH = 30
PROMISING_STARTS = 3
# Pairs are compared with each other where that takes no more numbers than these, by so few that one may beat another.
COMPARED_MAX = 50_000_000
KEYS_MAX = 40
# Of more pairs not all combinations of the lines of a platform are tried before some are ruled out.
COMBINED_MAX = 200_000
# Weights of a row against cost, by which promising pairs that serve the row are sought.
ROW_WEIGHTS = (0.3, 3.0, 30.0)


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

    def left(self, instance: PortfolioInstance) -> PortfolioInstance:
        """The instance with the pairs that are left."""
        return instance if len(self.index) == len(instance.pairs) else instance.take(self.index)

    def within(self) -> IntArray | None:
        """The choice as indices into the pairs that are left."""
        return None if self.chosen is None else np.searchsorted(self.index, self.chosen)


def gap_frac(cost_usd: float, bound_usd: float) -> float:
    """Distance of cost and bound relative to the cost."""
    if not np.isfinite(cost_usd):
        return float(np.inf)
    return (cost_usd - bound_usd) / abs(cost_usd) if cost_usd else cost_usd - bound_usd


def bounded(
    instance: PortfolioInstance, gap: float, near_frac: float | None = None, deadline: Deadline = NEVER
) -> Bounded:
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
    deadline : Deadline
        Then the bounds stand as they are.
    """
    if near_frac is None and _separable(instance):
        return _each_alone(instance)
    known = Bounded(np.arange(len(instance.pairs)), None, np.inf, -np.inf)
    if len(known.index) <= LARGE_COUNT:
        known = _undominated(instance, known, near_frac)
    promise = None
    if len(known.index) > LARGE_COUNT:
        known, promise = _roughly_bounded(instance, known, near_frac, deadline)
    if known.chosen is None:
        chosen = _good_choice(known.left(instance), STARTS_COUNT, deadline)
        if chosen is None:
            return replace(known, lower_bound_usd=np.inf if instance.packs_count == 1 else -np.inf)
        chosen = known.index[chosen]
        known = replace(known, chosen=chosen, upper_bound_usd=float(exact_cost_usd(instance, chosen)))
    return _pruned_by_bounds(instance, known, gap, near_frac, promise, deadline)


def _found(instance: PortfolioInstance, starts: int, deadline: Deadline) -> IntArray | None:
    """A good choice by local search, or on few platforms where rows allow no more of them."""
    few = choice_on_few(instance, deadline)
    chosen = good_choice(instance, starts, deadline=deadline)
    if few is None or chosen is None:
        return few if chosen is None else chosen
    return few if exact_cost_usd(instance, few) < exact_cost_usd(instance, chosen) else chosen


def _undominated(instance: PortfolioInstance, known: Bounded, near_frac: float | None) -> Bounded:
    """Without pairs that others beat, where that leaves choices out that are wanted by nobody."""
    left = known.left(instance)
    keys = left.pairs.line.shape[1] + len(left.rows) + (1 if left.risk is None else len(left.risk.probability_frac))
    if near_frac is not None or keys > KEYS_MAX or keys * len(left.pairs) > COMPARED_MAX:
        return known
    kept = np.zeros(len(left.pairs), dtype=bool)
    kept[undominated_pairs(left)] = True
    return replace(known, index=known.index[kept if known.chosen is None else kept | _in_choice(known)])


def _each_alone(instance: PortfolioInstance) -> Bounded:
    """The optimum where packs share nothing: the best pair of each, whose bound is its cost."""
    pairs = instance.pairs
    cost = pairs.cost_usd + instance.platform_fixed_cost_usd[pairs.platform]
    cost = cost + instance.lines.at(pairs.line, pairs.rate).sum(axis=1)
    for rows, total in (
        (instance.rows, instance.rows.coefficient.T),
        (instance.platform_rows, instance.platform_rows.coefficient[:, pairs.platform].T),
    ):
        cost = cost + rows.penalty_usd(total)
        cost[rows.missed(total)[:, rows.hard].any(axis=1)] = np.inf
    if instance.risk is not None:
        cost = cost + instance.risk.outcome_usd(instance.risk.cost_usd)
    order = np.lexsort((cost, pairs.pack))
    chosen = order[instance.first_pair[:-1]]
    total_usd = float(cost[chosen].sum())
    if not np.isfinite(total_usd):
        return Bounded(np.arange(len(pairs)), None, np.inf, np.inf)
    total_usd = float(exact_cost_usd(instance, chosen))
    return Bounded(chosen, chosen, total_usd, total_usd)


def _roughly_bounded(
    instance: PortfolioInstance, known: Bounded, near_frac: float | None, deadline: Deadline
) -> tuple[Bounded, FloatArray]:
    """Bounds with all lines at their chords, and a choice among the most promising pairs by them."""
    left = _plain_left(instance, known)
    risk = left.risk
    certain = left.pairs.cost_usd + (0.0 if risk is None else risk.certain_usd(risk.probability_frac))
    pieces = secants(left.lines, left.highest_rate, [])
    start = _cheapest(left, certain)
    rough = lagrangian_bound(left, certain, pieces, float(exact_cost_usd(left, start)), ROUGH_STEPS, deadline)
    known = replace(known, lower_bound_usd=rough.bound_usd)
    short = _promising(left, rough.pair_usd)
    chosen = _good_choice(known.left(instance).take(short).compact(), PROMISING_STARTS, deadline)
    if chosen is None:
        return known, rough.pair_usd
    chosen = known.index[short[chosen]]
    known = replace(known, chosen=chosen, upper_bound_usd=float(exact_cost_usd(instance, chosen)))
    kept = (rough.pair_usd <= _threshold_usd(known, near_frac)) | _in_choice(known)
    return replace(known, index=known.index[kept]), rough.pair_usd[kept]


def _cheapest(instance: PortfolioInstance, cost_usd: FloatArray) -> IntArray:
    """The cheapest pair of every pack with the whole cost of its platform."""
    alone = cost_usd + instance.platform_fixed_cost_usd[instance.pairs.platform]
    ends = zip(instance.first_pair[:-1], instance.first_pair[1:], strict=True)
    return np.array([start + int(alone[start:stop].argmin()) for start, stop in ends])


def _promising(instance: PortfolioInstance, promise_usd: FloatArray) -> IntArray:
    """Pairs with the lowest bounds: of all, of each pack, and of those that serve each row."""
    rows = instance.rows
    spread = float(np.ptp(promise_usd))
    wanted = [promise_usd]
    for coefficient, lower, upper in zip(rows.coefficient / rows.scale[:, None], rows.lower, rows.upper, strict=True):
        signs = [1.0] * bool(np.isfinite(upper)) + [-1.0] * bool(np.isfinite(lower))
        wanted += [promise_usd + sign * weight * spread * coefficient for sign in signs for weight in ROW_WEIGHTS]
    found = []
    for worth in wanted:
        found.append(_lowest(worth, PROMISING_COUNT))
        for start, stop in zip(instance.first_pair[:-1], instance.first_pair[1:], strict=True):
            found.append(start + _lowest(worth[start:stop], PROMISING_EACH))
    return np.unique(np.concatenate(found))


def _lowest(values: FloatArray, count: int) -> IntArray:
    """Where the lowest values are, up to so many."""
    if len(values) <= count:
        return np.arange(len(values))
    return np.argpartition(values, count)[:count]


def _good_choice(instance: PortfolioInstance, starts: int, deadline: Deadline) -> IntArray | None:
    """A good choice; under ramps one that is good in all years, improved in the years that size its lines."""
    if not is_ramped(instance):
        return _found(instance, starts, deadline)
    chosen = _found(plain_below(instance), starts, deadline)
    if chosen is None:
        return None
    in_years = instance if instance.peaks is None else at_years(instance, busiest_years(instance, chosen))
    found = [item for item in (chosen, improved_choice(in_years, chosen, deadline)) if meets_rows(instance, item)]
    return min(found, key=lambda item: float(exact_cost_usd(instance, item)))


def _plain_left(instance: PortfolioInstance, known: Bounded) -> PortfolioInstance:
    """The pairs that are left, without ramps: no choice costs more then, so that bounds hold for the instance too."""
    return plain_below(known.left(instance), known.within())


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


def _pruned_by_bounds(
    instance: PortfolioInstance,
    known: Bounded,
    gap: float,
    near_frac: float | None,
    promise: FloatArray | None,
    deadline: Deadline,
) -> Bounded:
    """Drop pairs whose every choice costs more than the known one, by chords first, then by prices.

    Under ramps the bounds are those of a portfolio without, in which no choice costs more.
    """
    tails = _tails(instance, known)
    left = _plain_left(instance, known)
    by_chords = _chord_bounds(left, _certain_usd(left, tails))
    kept = (by_chords <= _threshold_usd(known, near_frac)) | _in_choice(known)
    promise = by_chords[kept] if promise is None else promise[kept]
    known = _dropped(known, kept, float(by_chords[: left.first_pair[1]].min()))
    left = _plain_left(instance, known)
    owned = bool((left.line_owner >= 0).any())
    if owned and len(known.index) > COMBINED_MAX:
        before, known = known, _undominated(instance, known, near_frac)
        left, promise = _plain_left(instance, known), promise[np.isin(before.index, known.index)]
    if owned or len(known.index) < PRICED_COUNT:
        pieces = secants(left.lines, left.highest_rate, _breakpoints(left, known, COMBINED_BREAKPOINTS))
        certain = _certain_usd(left, tails)
        bound = lagrangian_bound(left, certain, pieces, known.upper_bound_usd, deadline=deadline)
        kept = (bound.pair_usd <= _threshold_usd(known, near_frac)) | _in_choice(known)
        known, promise = _dropped(known, kept, bound.bound_usd), bound.pair_usd[kept]
    if (near_frac is None and known.closed(gap)) or len(known.index) < PRICED_COUNT or deadline.over:
        return known
    return _pruned_by_prices(instance, known, near_frac, promise, tails, deadline)


def _pruned_by_prices(
    instance: PortfolioInstance,
    known: Bounded,
    near_frac: float | None,
    promise: FloatArray,
    tails: FloatArray,
    deadline: Deadline,
) -> Bounded:
    """Drop pairs by the prices of the relaxed model, and what others of the few that are left replace."""
    if (_plain_left(instance, known).line_owner >= 0).any():
        before, known = known, _undominated(instance, known, near_frac)
        promise = promise[np.isin(before.index, known.index)]
    left, chosen = _plain_left(instance, known), known.within()
    assert chosen is not None
    breakpoints = _breakpoints(left, known, PRICED_BREAKPOINTS)
    # Without ramps the known choice may cost less, and pairs up to the same threshold are of interest.
    usd = float(exact_cost_usd(left, chosen))
    near = (_threshold_usd(known, near_frac) - usd) / abs(usd) if usd else (near_frac or 0.0) + BOUND_TOLERANCE
    priced = relaxation_bound(left, breakpoints, tails, chosen, near, promise, deadline)
    known = _better(instance, known, known.index[priced.chosen])
    known = _dropped(known, priced.pair_usd <= _threshold_usd(known, near_frac), priced.bound_usd)
    if near_frac is None:
        known = _undominated(instance, known, near_frac)
        kept = undominated_platforms(known.left(instance).compact()) | _in_choice(known)
        known = replace(known, index=known.index[kept])
    return known


def pair_bounds_usd(
    instance: PortfolioInstance, chosen: IntArray, near_frac: float, deadline: Deadline = NEVER
) -> FloatArray:
    """What any choice with a pair costs at least, as far as that is near the cost of a known choice [USD]."""
    known = Bounded(np.arange(len(instance.pairs)), chosen, float(exact_cost_usd(instance, chosen)), -np.inf)
    breakpoints, tails = _breakpoints(instance, known, PRICED_BREAKPOINTS), _tails(instance, known)
    promise = _chord_bounds(instance, _certain_usd(instance, tails))
    priced = relaxation_bound(instance, breakpoints, tails, chosen, near_frac, promise, deadline)
    return np.maximum(promise, priced.pair_usd)


def _threshold_usd(known: Bounded, near_frac: float | None) -> float:
    """Pairs whose every choice costs more are of no interest."""
    upper = known.upper_bound_usd
    return upper + ((near_frac or 0.0) + BOUND_TOLERANCE) * abs(upper)


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


def _chord_costs(instance: PortfolioInstance, cost_usd: FloatArray) -> FloatArray:
    """Cost of every pair with all lines at their chords."""
    chord = np.append(chord_slope(instance.lines, instance.highest_rate), 0.0)
    cost = cost_usd
    for line, rate in zip(instance.pairs.line.T, instance.pairs.rate.T, strict=True):
        cost = cost + chord[line] * rate
    return cost


def _chord_bounds(instance: PortfolioInstance, cost_usd: FloatArray) -> FloatArray:
    """What any choice with a pair costs at least: every line at its chord, every other pack at its cheapest pair."""
    pairs, cost = instance.pairs, _chord_costs(instance, cost_usd)
    cheapest = np.minimum.reduceat(cost, instance.first_pair[:-1])
    bounds: FloatArray = cheapest.sum() - cheapest[pairs.pack] + cost + instance.platform_fixed_cost_usd[pairs.platform]
    return bounds


def _breakpoints(left: PortfolioInstance, known: Bounded, shares: tuple[float, ...]) -> list[FloatArray]:
    """Rates at which the secants of the bounds are exact: some shares of the highest, and those of the known choice."""
    chosen = known.within()
    assert chosen is not None
    return [*(left.highest_rate * share for share in shares), rates_of(left, chosen)]
