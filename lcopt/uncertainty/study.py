"""How sure the answer to a scenario is: everything in one call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lcopt.arrays import FloatArray
from lcopt.errors import LcoptError
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.scenario import Scenario
from lcopt.selection.linear_costs import LinearCosts, best_of_samples
from lcopt.selection.price_samples import Method, draw, quantile
from lcopt.uncertainty.choices import Choices
from lcopt.uncertainty.decided import Decided, decide
from lcopt.uncertainty.factors import TABLE
from lcopt.uncertainty.importance import sobol_indices
from lcopt.uncertainty.odds import Odds, odds_of, shares
from lcopt.uncertainty.robust import robust_choices
from lcopt.uncertainty.switching import switching_table
from lcopt.uncertainty.tornado import factor_ends, tornado_table

PRICE_COLUMNS = ("field", "unit", "low", "value", "high", "distribution", "source", "kind")

Model = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Sensitivity:
    """How sure an answer is.

    Attributes
    ----------
    scenario : Scenario
        Under the business model that was chosen.
    samples_count, seed, method : int, int, str
    platform, chemistry : str
        Of the chosen design; of several packs all that it opens.
    lifecycle_cost_usd : float
        Of the chosen design at the prices of the scenario, without any risk of prices.
    odds : Odds
        Spread of cost and regret, worth of perfect information.
    probability_best, probability_best_by_chemistry : dict
        Share of the samples that a cell platform, a chemistry wins; of several packs a set of them.
    probability_by_pack : DataFrame
        The same by `pack, platform, chemistry`.
    prices : DataFrame
        Uncertain prices with ends, distribution and source.
    switching_values, tornado : DataFrame
    importance : DataFrame
        Sobol indices of every uncertain price on the cost of the chosen design (`cost`), on its distance to the best of
        all other chemistries (`lead`; to other platforms where there is one chemistry), with the source of its range.
    robust : DataFrame
        The chosen design, and the best by expected cost, CVaR and maximum regret.
    samples : DataFrame
        A row a sample: prices, cost of the chosen design, of the best, and the winner.
    covered : str
        What was compared.
    deviation_frac : float
        How far costs are from linear in prices.
    """

    scenario: Scenario
    samples_count: int
    seed: int
    method: str
    platform: str
    chemistry: str
    lifecycle_cost_usd: float
    odds: Odds
    probability_best: dict[str, float]
    probability_best_by_chemistry: dict[str, float]
    probability_by_pack: pd.DataFrame
    prices: pd.DataFrame
    switching_values: pd.DataFrame
    tornado: pd.DataFrame
    importance: pd.DataFrame
    robust: pd.DataFrame
    samples: pd.DataFrame
    covered: str
    deviation_frac: float

    @property
    def regret_usd(self) -> dict[str, float]:
        """What the chosen design costs more than the best of each sample: mean, p90, max [USD]."""
        spread = self.odds.regret_usd
        return {"mean": spread.mean, "p90": spread.p90, "max": spread.max}


def sensitivity(scenario: Scenario, samples: int | None = None, seed: int | None = None) -> Sensitivity:
    """How sure the answer to a scenario is: who wins how often, regret, switching values, what matters most.

    Parameters
    ----------
    scenario : Scenario
        As read by `lcopt.read_scenario`.
    samples, seed : int, optional
        In the place of those of the block `uncertainty`, or of the catalog.

    Returns
    -------
    Sensitivity
        Equal seeds give equal numbers.

    Raises
    ------
    InfeasibleError
        No candidate meets the limits.
    LcoptError
        Where `samples` or `seed` is no such number, or correlations contradict each other.
    """
    _whole("samples", samples, 1)
    _whole("seed", seed, 0)
    decided = decide(scenario)
    return _Analysis(decided, samples, seed).result()


class _Analysis:
    """One decided scenario at samples of its prices."""

    def __init__(self, decided: Decided, samples: int | None, seed: int | None) -> None:
        self.decided, catalog = decided, decided.catalog
        asked = decided.scenario.uncertainty
        self.count = asked.samples_count if samples is None else int(samples)
        self.seed = asked.seed if seed is None else int(seed)
        self.method = Method(asked.method)
        self.distributions = [price.distribution for price in decided.prices.uncertain]
        correlation = decided.prices.correlation(asked.correlations)
        self.drawn = draw(self.distributions, self.count, self.seed, correlation, self.method)
        self.choices: Choices = decided.choices(self.drawn, _default(catalog, "price_points_count"))
        self.best = best_of_samples(self.choices.costs, self.drawn)
        self.platforms = decided.names(self.choices.pairs, decided.platform_words)
        self.chemistries = decided.names(self.choices.pairs, decided.chemistry_words)

    def result(self) -> Sensitivity:
        decided, choices = self.decided, self.choices
        factors = factor_ends(decided, choices)
        center = decided.prices.values
        return Sensitivity(
            scenario=decided.scenario,
            samples_count=self.count,
            seed=self.seed,
            method=str(self.method),
            platform=self.platforms[choices.chosen],
            chemistry=self.chemistries[choices.chosen],
            lifecycle_cost_usd=float(choices.costs.at(center)[choices.chosen]),
            odds=odds_of(choices.costs, choices.chosen, self.drawn, self.best),
            probability_best=shares(self.best.winner, self.platforms),
            probability_best_by_chemistry=shares(self.best.winner, self.chemistries),
            probability_by_pack=self._by_pack(),
            prices=self._prices(),
            switching_values=switching_table(decided, choices, factors, self.platforms),
            tornado=tornado_table(decided, choices, factors, self.platforms),
            importance=self._importance(),
            robust=self._robust(),
            samples=self._samples(),
            covered=choices.covered,
            deviation_frac=decided.deviation_frac,
        )

    def _by_pack(self) -> pd.DataFrame:
        platform = self.decided.instance.pairs.platform[self.choices.pairs]
        rows = []
        for number, pack in enumerate(self.decided.instance.pack_names):
            own = platform[:, number].tolist()
            words = [(self.decided.platform_words[at], self.decided.chemistry_words[at]) for at in own]
            names = dict(words)
            found = shares(self.best.winner, [name for name, _ in words])
            rows += [(pack, name, names[name], share) for name, share in found.items()]
        return pd.DataFrame(rows, columns=["pack", "platform", "chemistry", "probability_frac"])

    def _prices(self) -> pd.DataFrame:
        rows = [
            (item.field, item.unit, item.low, item.value, item.high, item.distribution.shape, item.source, item.kind)
            for item in self.decided.prices.uncertain
        ]
        return pd.DataFrame(rows, columns=list(PRICE_COLUMNS))

    def _samples(self) -> pd.DataFrame:
        chosen = self.choices.costs.take(np.array([self.choices.chosen])).at(self.drawn)[:, 0]
        table = pd.DataFrame(self.drawn, columns=[price.field for price in self.decided.prices.uncertain])
        return table.assign(
            chosen_usd=chosen,
            best_usd=self.best.cost_usd,
            winner=[self.platforms[number] for number in self.best.winner.tolist()],
        )

    def _robust(self) -> pd.DataFrame:
        tail = self.decided.scenario.uncertainty.tail_frac
        rows = [
            {
                "aim": item.aim,
                "platform": self.platforms[item.choice],
                "chemistry": self.chemistries[item.choice],
                "expected_usd": item.expected_usd,
                "cvar_usd": item.cvar_usd,
                "regret_max_usd": item.regret_max_usd,
            }
            for item in robust_choices(self.choices.costs, self.drawn, self.best, tail, self.choices.chosen)
        ]
        return pd.DataFrame(rows)

    def _importance(self) -> pd.DataFrame:
        """Sobol indices of independent prices on the cost of the choice and on its lead."""
        prices = self.decided.prices.uncertain
        columns = ["output", "field", "first_frac", "first_confidence", "total_frac", "total_confidence"]
        if not prices:
            return pd.DataFrame(columns=[*columns, "source", "kind"])
        names, base = [price.field for price in prices], _default(self.decided.catalog, "importance_base_count")
        about = {price.field: (price.source, price.kind) for price in prices}
        parts = []
        for output, model in (("cost", self._chosen_usd), ("lead", self._lead_usd)):
            found = sobol_indices(_from_shares(model, self._at), names, base, self.seed)
            values = zip(names, found.first, found.first_confidence, found.total, found.total_confidence, strict=True)
            parts.append(pd.DataFrame([(output, *row, *about[row[0]]) for row in values]))
        table = pd.concat(parts, ignore_index=True)
        table.columns = pd.Index([*columns, "source", "kind"])
        return table.sort_values(["output", "total_frac"], ascending=[True, False], kind="stable", ignore_index=True)

    def _at(self, share: FloatArray) -> FloatArray:
        columns = [quantile(one, share[:, number]) for number, one in enumerate(self.distributions)]
        return np.stack(columns, axis=1)

    def _chosen_usd(self, prices: FloatArray) -> FloatArray:
        return self.choices.costs.take(np.array([self.choices.chosen])).at(prices)[:, 0]

    def _lead_usd(self, prices: FloatArray) -> FloatArray:
        """By how much the best of the others is dearer than the best of the chosen kind."""
        words = self.chemistries if len(set(self.chemistries)) > 1 else self.platforms
        own = np.array([word == words[self.choices.chosen] for word in words])
        if own.all():
            return np.zeros(len(prices))
        costs: LinearCosts = self.choices.costs
        others, mine = (best_of_samples(costs.take(part), prices).cost_usd for part in (~own, own))
        return others - mine


def _from_shares(model: Model, prices_at: Model) -> Model:
    """The model of shares of distributions in the place of prices."""
    return lambda share: model(prices_at(share))


def _default(catalog: Catalog, name: str) -> int:
    return int(catalog.table(TABLE).one(name=name).value)


def _whole(name: str, value: object, least: int) -> None:
    if value is not None and (not isinstance(value, int | np.integer) or isinstance(value, bool) or value < least):
        message = f"{name} is {value!r}; expected a whole number, at least {least}"
        raise LcoptError(message)
