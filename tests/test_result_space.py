"""The thinned design space of a result: what it always holds, and the fronts against brute force."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lcopt.result_space import POINTS_MAX_COUNT, _kept, on_front

PAIRS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=40)


@given(PAIRS)
def test_a_front_holds_what_no_other_design_beats(pairs):
    quantity, cost = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    front = on_front(quantity, cost)
    kept = {(quantity[number], cost[number]) for number in np.flatnonzero(front)}
    best = {(q, c) for q, c in pairs if not any(a <= q and b <= c and (a, b) != (q, c) for a, b in pairs)}
    assert kept == best
    assert front.sum() == len(best)


def test_a_design_beyond_the_limits_is_on_no_front():
    assert on_front(np.array([1.0, 2.0]), np.array([np.inf, 3.0])).tolist() == [False, True]


@given(st.integers(1, 6000), st.integers(1, 900), st.integers(0, 2**32 - 1))
def test_ranked_designs_and_the_cheapest_are_always_kept_within_the_cap(count, platforms, seed):
    rng = np.random.default_rng(seed)
    cost = np.where(rng.random(count) < 0.2, np.inf, rng.random(count))
    cost[0] = 0.5
    fronts = on_front(rng.random(count), cost), on_front(rng.random(count), cost)
    platform = np.where(np.isfinite(cost), rng.integers(0, platforms, count), -1)
    feasible = np.flatnonzero(np.isfinite(cost))
    ranked = rng.choice(feasible, size=min(12, feasible.size), replace=False)
    kept = _kept(cost, fronts, platform, ranked)
    assert kept.size <= POINTS_MAX_COUNT
    assert set(ranked) <= set(kept)
    assert len(set(kept.tolist())) == kept.size
    assert np.isfinite(cost[kept]).all()
    assert feasible[cost[feasible].argmin()] == kept[0]
    assert (np.diff(cost[kept]) >= 0).all()
    if feasible.size <= POINTS_MAX_COUNT // 2:
        own = [feasible[platform[feasible] == one] for one in set(platform[feasible])]
        best = {cells[cost[cells].argmin()] for cells in own}
        assert best <= set(kept)
