"""Costs of choices at all samples: linear in prices, under the terms of the scenario or under many sets of factors.

Notes
-----
Factors that do not enter linearly are drawn as some sets of values, each for a block of the samples of the prices. In a
set all choices that can become the best are evaluated anew, with what they buy; their costs are linear in prices again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lcopt.arrays import BoolArray, FloatArray, IntArray
from lcopt.selection.linear_costs import Best, LinearCosts, best_of_samples, could_win
from lcopt.selection.price_samples import Method, uniform
from lcopt.uncertainty.choices import Choices
from lcopt.uncertainty.decided import Decided, Elsewhere
from lcopt.uncertainty.factors import Factor
from lcopt.uncertainty.survivors import survivors_of
from lcopt.uncertainty.terms import Terms


@dataclass(frozen=True)
class Block:
    """Samples under one set of terms: their prices, and the costs of some choices by prices.

    Attributes
    ----------
    prices : ndarray, shape (n_samples, n_prices)
    index : ndarray, shape (n_some,)
        The choices that have costs here.
    costs : LinearCosts
        Of these. [USD]
    met : ndarray, shape (n_some,)
        Whether they meet every limit here.
    """

    prices: FloatArray
    index: IntArray
    costs: LinearCosts
    met: BoolArray

    @property
    def taking_part(self) -> BoolArray:
        """Choices that meet the limits, or all where none does: the least bad is then the best."""
        return self.met if self.met.any() else np.ones(len(self.met), dtype=bool)

    def best(self, jobs: int) -> Best:
        """The best choice of every sample that meets the limits."""
        own = best_of_samples(self.costs.take(self.taking_part), self.prices, jobs)
        return Best(self.index[self.taking_part][own.winner], own.cost_usd)

    def outcomes(self, wanted: IntArray) -> FloatArray:
        """Cost of wanted choices at the samples (n_samples, n_wanted); infinite where they miss a limit."""
        place = np.searchsorted(self.index, wanted)
        place = np.minimum(place, len(self.index) - 1)
        known = (self.index[place] == wanted) & self.taking_part[place]
        found = np.full((len(self.prices), len(wanted)), np.inf)
        found[:, known] = self.costs.take(place[known]).at(self.prices)
        return found


@dataclass(frozen=True)
class Sampling:
    """All samples, block by block, with the best choice of each.

    Attributes
    ----------
    blocks : tuple of Block
        All with costs of the same choices.
    best : Best
    chosen_usd : ndarray, shape (n_samples,)
        Cost of the chosen one, also where it misses a limit. [USD]
    missed_frac : float
        Share of the samples in which the chosen one misses a limit.
    worlds : tuple of mapping
        Values of the sampled factors by block, empty where prices alone are sampled.
    """

    blocks: tuple[Block, ...]
    best: Best
    chosen_usd: FloatArray
    missed_frac: float
    worlds: tuple[dict[str, float], ...]

    def robust(self, chosen: int) -> IntArray:
        """Choices that no other one beats in every sample, and the chosen one.

        Of several blocks all that meet the limits in each: what is beaten in every block may be so by another one each.
        """
        first, *others = self.blocks
        could = np.all([block.taking_part for block in self.blocks], axis=0)
        if not others:
            could[could] = could_win(first.costs.take(could), first.prices)
        return np.union1d(first.index[could], [chosen])

    def outcomes(self, wanted: IntArray) -> FloatArray:
        """Cost of wanted choices at all samples (n_samples, n_wanted), infinite where they miss a limit [USD]."""
        return np.concatenate([block.outcomes(wanted) for block in self.blocks])


def sampling_of_prices(choices: Choices, prices: FloatArray, jobs: int) -> Sampling:
    """Samples of prices alone (n_samples, n_prices)."""
    every = np.arange(len(choices.costs))
    return sampling_of_blocks(
        [Block(prices, every, choices.costs, np.ones(len(every), dtype=bool))], choices.chosen, (), jobs
    )


@dataclass(frozen=True)
class Draw:
    """How sets of factors are drawn; `slack_usd` is with which the choices that can become the best are looked for."""

    factors: tuple[Factor, ...]
    count: int
    seed: int
    method: Method
    end_frac: float
    slack_usd: float

    @property
    def values(self) -> FloatArray:
        """Shape (count, n_factors)."""
        share = uniform(len(self.factors), self.count, self.seed, self.method)
        columns = [factor.drawn(share[:, place], self.end_frac) for place, factor in enumerate(self.factors)]
        return np.stack(columns, axis=1)


def sampling_of_factors(decided: Decided, choices: Choices, prices: FloatArray, draw: Draw, jobs: int) -> Sampling:
    """Samples of prices (n_samples, n_prices) and, in as many blocks as there are sets of them, of factors."""
    values = draw.values[: len(prices)]
    worlds = [decided.under(_terms(decided, draw.factors, row.tolist())) for row in values]
    cases = [_case(choices, world) for world in worlds]
    now = choices.costs.at(decided.prices.values)
    found = survivors_of(choices.costs, prices, now, cases, draw.slack_usd, choices.chosen)
    parts = np.array_split(np.arange(len(prices)), len(worlds))
    blocks = [_block(choices, prices[part], found.index, world) for part, world in zip(parts, worlds, strict=True)]
    names = [factor.field for factor in draw.factors]
    told = tuple(dict(zip(names, row.tolist(), strict=True)) for row in values)
    return sampling_of_blocks(blocks, choices.chosen, told, jobs)


def _terms(decided: Decided, factors: Sequence[Factor], values: Sequence[float]) -> Terms:
    terms = decided.terms_at_prices
    for factor, value in zip(factors, values, strict=True):
        terms = factor.at(terms, value)
    return terms


def _case(choices: Choices, world: Elsewhere) -> Callable[[IntArray], FloatArray]:
    return lambda index: world.costs(choices.pairs[index]) * world.packs_ratio


def _block(choices: Choices, prices: FloatArray, index: IntArray, world: Elsewhere) -> Block:
    moved, ratio = world.moved(choices.pairs[index]), world.packs_ratio
    costs = world.linear_costs(moved)
    scaled = LinearCosts(costs.fixed_usd * ratio, costs.usd_per_price * ratio)
    return Block(prices, index, scaled, moved.met & np.isfinite(moved.cost_usd))


def sampling_of_blocks(
    blocks: Sequence[Block], chosen: int, worlds: tuple[dict[str, float], ...], jobs: int
) -> Sampling:
    """Blocks with costs of the same choices together; `worlds` are the factors of each, if any are sampled."""
    best = [block.best(jobs) for block in blocks]
    place = [int(np.searchsorted(block.index, chosen)) for block in blocks]
    own = [block.costs.take(np.array([at])).at(block.prices)[:, 0] for block, at in zip(blocks, place, strict=True)]
    missed = sum(len(block.prices) for block, at in zip(blocks, place, strict=True) if not block.met[at])
    total = sum(len(block.prices) for block in blocks)
    return Sampling(
        blocks=tuple(blocks),
        best=Best(np.concatenate([one.winner for one in best]), np.concatenate([one.cost_usd for one in best])),
        chosen_usd=np.concatenate(own),
        missed_frac=missed / total,
        worlds=worlds,
    )
