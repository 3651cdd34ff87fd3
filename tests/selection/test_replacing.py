"""Platforms and pairs that others replace: a cheapest choice is always left, whatever caps, rows and groups ask."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_portfolios import every_choice, model_range, random_portfolio

from lcopt.selection import replacing
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.instance import PortfolioInstance, exact_cost_usd, meets_rows, open_platforms
from lcopt.selection.replacing import alike, irreplaceable

COUPLINGS = [
    ("none",),
    ("shared lines",),
    ("owned lines",),
    ("shared lines", "cap"),
    ("shared lines", "floor"),
    ("shared lines", "equality"),
    ("shared lines", "soft cap", "sunk platforms"),
    ("shared lines", "supplier share"),
    ("shared lines", "platforms max"),
    ("shared lines", "platforms min"),
]


def spread_less(instance: PortfolioInstance, seed: int) -> PortfolioInstance:
    """The instance with platforms that cost nearly the same for all packs, so that many replace each other."""
    rng = np.random.default_rng(seed)
    pairs = instance.pairs
    worth = rng.uniform(0, 20e6, instance.platforms_count)[pairs.platform]
    cost = 100e6 + worth + rng.uniform(0, 6e6, len(pairs))
    fixed = np.round(instance.platform_fixed_cost_usd, -7)
    return replace(instance, pairs=replace(pairs, cost_usd=cost), platform_fixed_cost_usd=fixed)


def best_of_sets(instance: PortfolioInstance, group: np.ndarray) -> dict[tuple[frozenset[int], int], float]:
    """The least cost for every set of groups that is open and every number of platforms at most."""
    every, cost = every_choice(instance)
    best: dict[tuple[frozenset[int], int], float] = {}
    for opened, usd in zip(open_platforms(instance, every), cost, strict=True):
        kinds = frozenset(group[opened].tolist())
        for count in range(int(opened.sum()), instance.packs_count + 1):
            best[kinds, count] = min(best.get((kinds, count), np.inf), float(usd))
    return best


@pytest.mark.parametrize("exact_max", [0, 10**9])
@pytest.mark.parametrize("couplings", COUPLINGS)
@pytest.mark.parametrize("seed", range(6))
def test_a_cheapest_choice_is_left_for_every_set_of_groups_and_every_cap(monkeypatch, seed, couplings, exact_max):
    monkeypatch.setattr(replacing, "EXACT_MAX", exact_max)
    instance = spread_less(random_portfolio(seed, couplings, platforms=5, each=2), seed)
    group = np.arange(instance.platforms_count) % 2
    small = instance.take(irreplaceable(instance, group))
    expected, found = best_of_sets(instance, group), best_of_sets(small, group)
    assert found.keys() == expected.keys()
    for key, usd in expected.items():
        assert found[key] == pytest.approx(usd, rel=1e-12), key


@pytest.mark.parametrize("seed", range(6))
def test_a_cheapest_choice_under_price_risk_is_left(seed):
    instance = spread_less(random_portfolio(seed, ("shared lines",), platforms=5, each=2, scenarios=3), seed)
    small = instance.take(irreplaceable(instance, np.zeros(5, dtype=int)))
    assert every_choice(small)[1][0] == pytest.approx(every_choice(instance)[1][0], rel=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_no_choice_gets_dearer_by_a_swap_that_counts_as_safe(seed):
    instance = spread_less(random_portfolio(seed, ("shared lines", "cap"), platforms=2, each=4), seed)
    free = replace(instance, platform_fixed_cost_usd=np.zeros(instance.platforms_count))
    swaps = replacing._Swaps(instance)
    every, cost = every_choice(free)
    for pack in range(instance.packs_count):
        of_pack = np.flatnonzero(instance.pairs.pack == pack)
        for new in of_pack:
            safe = of_pack[swaps.safe(of_pack, np.full(len(of_pack), new))]
            here = np.isin(every[:, pack], safe)
            swapped = every[here].copy()
            swapped[:, pack] = new
            assert meets_rows(free, swapped).all()
            assert (exact_cost_usd(free, swapped) <= cost[here] * (1 + 1e-12)).all()


def test_equal_platforms_leave_one():
    instance = random_portfolio(3, ("shared lines",), platforms=1, each=2)
    pairs, count = instance.pairs, len(instance.pairs)
    order = np.argsort(np.concatenate([pairs.pack, pairs.pack]), kind="stable")
    twice = pairs.take(np.tile(np.arange(count), 2)[order])
    twin = replace(
        instance,
        platform_names=("a", "b"),
        pairs=replace(twice, platform=np.repeat([0, 1], count)[order]),
        platform_fixed_cost_usd=np.repeat(instance.platform_fixed_cost_usd, 2),
        rows=LinearRows.none(2 * count),
        platform_rows=LinearRows.none(2),
    )
    left = irreplaceable(twin, np.zeros(2, dtype=int))
    assert len(np.unique(twin.pairs.platform[left])) == 1


def test_most_platforms_of_a_model_range_are_replaced_and_those_alike_use_the_same_lines():
    instance = model_range(packs=3, each=4000, platforms=1500)
    group = alike(instance)
    line = instance.pairs.line[:, :3]
    for number in np.unique(group):
        assert len(np.unique(line[group[instance.pairs.platform] == number], axis=0)) == 1
    left = np.unique(instance.pairs.platform[irreplaceable(instance, group)])
    assert len(left) < 0.6 * instance.platforms_count
