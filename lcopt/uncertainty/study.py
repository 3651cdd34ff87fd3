"""How sure the answer to a scenario is: everything in one call."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lcopt.arrays import FloatArray
from lcopt.errors import LcoptError
from lcopt.exploration import LastUsed
from lcopt.inputs.scenario import Scenario
from lcopt.inputs.values import RANGES_TABLE
from lcopt.result_building import scenario_catalog
from lcopt.selection.linear_costs import LinearCosts, best_of_samples
from lcopt.selection.price_samples import Method, quantile
from lcopt.selection.uncertain_prices import draw_prices, sampled_prices
from lcopt.uncertainty.assumptions import assumptions_table
from lcopt.uncertainty.choices import Choices
from lcopt.uncertainty.decided import Decided, decide
from lcopt.uncertainty.factors import TABLE
from lcopt.uncertainty.importance import sobol_indices
from lcopt.uncertainty.mapping import default_fields, map_ends, map_table
from lcopt.uncertainty.odds import Odds, odds_of, shares
from lcopt.uncertainty.robust import robust_choices
from lcopt.uncertainty.sampling import Draw, Sampling, sampling_of_factors, sampling_of_prices
from lcopt.uncertainty.switching import switching_table
from lcopt.uncertainty.tornado import factor_ends, tornado_table

PRICE_COLUMNS = ("field", "unit", "low", "value", "high", "distribution", "source", "kind", "sampled")

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
    cheapest_platform : str
        Of the cheapest at the prices of the scenario, from which switching values count; a robust choice may differ.
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
    assumptions : DataFrame
        Everything uncertain with what it moves and decides, and kind and source of its range.
    map : DataFrame
        The best design at every point of two fields.
    robust : DataFrame
        The chosen design, and the best by expected cost, CVaR and maximum regret.
    samples : DataFrame
        A row a sample: prices, cost of the chosen design, of the best, and the winner.
    factors : DataFrame
        A row a set of the sampled factors, each of which holds for a block of the samples; empty without any.
    covered, sampled, evaluated : str
        What was compared; what was sampled; how many of the choices were evaluated under terms that are no prices.
    missed_frac : float
        Share of the samples in which the chosen design misses a limit.
    deviation_frac : float
        How far costs are from linear in prices.
    """

    scenario: Scenario
    samples_count: int
    seed: int
    method: str
    platform: str
    chemistry: str
    cheapest_platform: str
    lifecycle_cost_usd: float
    odds: Odds
    probability_best: dict[str, float]
    probability_best_by_chemistry: dict[str, float]
    probability_by_pack: pd.DataFrame
    prices: pd.DataFrame
    switching_values: pd.DataFrame
    tornado: pd.DataFrame
    importance: pd.DataFrame
    assumptions: pd.DataFrame
    map: pd.DataFrame
    robust: pd.DataFrame
    samples: pd.DataFrame
    factors: pd.DataFrame
    covered: str
    sampled: str
    evaluated: str
    missed_frac: float
    deviation_frac: float

    @property
    def regret_usd(self) -> dict[str, float]:
        """What the chosen design costs more than the best of each sample: mean, p90, max [USD]."""
        spread = self.odds.regret_usd
        return {"mean": spread.mean, "p90": spread.p90, "max": spread.max}


def sensitivity(scenario: Scenario, samples: int | None = None, seed: int | None = None, jobs: int = 1) -> Sensitivity:
    """How sure the answer to a scenario is: who wins how often, regret, switching values, what matters most.

    Parameters
    ----------
    scenario : Scenario
        As read by `lcopt.read_scenario`.
    samples, seed : int, optional
        In the place of those of the block `uncertainty`, or of the catalog.
    jobs : int
        Packs that are explored, and parts of the samples that are looked at, at once; the numbers are the same.

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
    most = scenario_catalog(scenario).table(RANGES_TABLE).one(name="samples").high
    _whole("samples", samples, 1, most)
    _whole("seed", seed, 0)
    _whole("jobs", jobs, 1)
    return _Analysis(decide(scenario, jobs=jobs), samples, seed, jobs).result()


def kept_sensitivity(scenario: Scenario) -> Sensitivity:
    """`sensitivity` of a scenario, kept for the next report about the same one."""
    return ANALYSES.found(scenario, lambda: sensitivity(scenario))


ANALYSES: LastUsed[Sensitivity] = LastUsed()


class _Analysis:
    """One decided scenario at samples of its prices and factors."""

    def __init__(self, decided: Decided, samples: int | None, seed: int | None, jobs: int) -> None:
        self.decided, asked = decided, decided.scenario.uncertainty
        ends = map_ends(decided, asked.map_fields)
        self.count = asked.samples_count if samples is None else int(samples)
        self.seed = asked.seed if seed is None else int(seed)
        self.method = Method(asked.method)
        self.drawn = draw_prices(decided.prices, decided.scenario, self.count, self.seed, self.method)
        self.choices: Choices = decided.choices(self.drawn, int(self._number("price_points_count")))
        self.platforms = decided.names(self.choices.pairs, decided.platform_words)
        self.chemistries = decided.names(self.choices.pairs, decided.chemistry_words)
        self.center_usd = self.choices.costs.at(decided.prices.values)
        box = np.vstack([self.drawn, decided.prices.values, ends])
        self.factors = factor_ends(decided, self.choices, box, self._number("survivor_slack_frac"))
        self.sampling = self._sampling(jobs)
        self.best = self.sampling.best

    def _sampling(self, jobs: int) -> Sampling:
        sampled = self.decided.scenario.uncertainty.factors
        if not sampled:
            return sampling_of_prices(self.choices, self.drawn, jobs)
        found = Draw(
            factors=tuple(factor for factor in self.factors.ends if factor.group in sampled),
            count=int(self._number("worlds_count")),
            seed=self.seed,
            method=self.method,
            end_frac=self._number("range_end_probability_frac"),
            slack_usd=max(self.factors.survivors.gain_usd, self._number("survivor_slack_frac") * self.center_usd.min()),
        )
        return sampling_of_factors(self.decided, self.choices, self.drawn, found, jobs)

    def _number(self, name: str) -> float:
        return self.decided.catalog.table(TABLE).one(name=name).value

    def result(self) -> Sensitivity:
        decided, choices, ends = self.decided, self.choices, self.factors.ends
        chosen, cost = self.platforms[choices.chosen], float(self.center_usd[choices.chosen])
        robust = self._robust()
        tornado = tornado_table(decided, choices, ends, self.platforms)
        importance = self._importance()
        fields = decided.scenario.uncertainty.map_fields or default_fields(importance)
        names = {"platform": self.platforms, "chemistry": self.chemistries}
        return Sensitivity(
            scenario=decided.scenario,
            samples_count=self.count,
            seed=self.seed,
            method=str(self.method),
            platform=chosen,
            chemistry=self.chemistries[choices.chosen],
            cheapest_platform=self.platforms[int(self.center_usd.argmin())],
            lifecycle_cost_usd=cost,
            odds=odds_of(self.sampling.chosen_usd, self.best, float(robust["expected_usd"].min())),
            probability_best=shares(self.best.winner, self.platforms),
            probability_best_by_chemistry=shares(self.best.winner, self.chemistries),
            probability_by_pack=self._by_pack(),
            prices=self._prices(),
            switching_values=switching_table(decided, choices, ends, self.platforms),
            tornado=tornado,
            importance=importance,
            assumptions=assumptions_table(tornado, importance, chosen, cost, decided.catalog),
            map=map_table(decided, choices, self.factors.survivors.index, fields, names, tuple(ends)),
            robust=robust,
            samples=self._samples(),
            factors=pd.DataFrame(list(self.sampling.worlds)),
            covered=choices.covered,
            sampled=self._sampled(),
            evaluated=self._evaluated(),
            missed_frac=self.sampling.missed_frac,
            deviation_frac=decided.deviation_frac,
        )

    def _sampled(self) -> str:
        """What is sampled, in words."""
        scenario, prices = self.decided.scenario, self.decided.prices
        count, every = len(sampled_prices(prices, scenario)), len(prices.uncertain)
        words = f"{count} of {every} uncertain prices"
        if count < every:
            words += " (those with a distribution in the scenario; 'uncertainty: {prices: all}' samples all)"
        groups = ", ".join(scenario.uncertainty.factors)
        return f"{words}; factors: {groups}" if groups else words

    def _evaluated(self) -> str:
        """How many choices are evaluated anew, in words."""
        looked_at = [
            self.factors.survivors.index,
            *(block.index for block in self.sampling.blocks if self.sampling.worlds),
        ]
        count = max(len(index) for index in looked_at)
        return f"{count:,} of {len(self.choices.costs):,} choices evaluated anew"

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
        drawn = set(sampled_prices(self.decided.prices, self.decided.scenario))
        rows = []
        for number, item in enumerate(self.decided.prices.uncertain):
            about = (item.field, item.unit, item.low, item.value, item.high, item.distribution.shape)
            rows.append((*about, item.source, item.kind, number in drawn))
        return pd.DataFrame(rows, columns=list(PRICE_COLUMNS))

    def _samples(self) -> pd.DataFrame:
        table = pd.DataFrame(self.drawn, columns=[price.field for price in self.decided.prices.uncertain])
        return table.assign(
            chosen_usd=self.sampling.chosen_usd,
            best_usd=self.best.cost_usd,
            winner=[self.platforms[number] for number in self.best.winner.tolist()],
        )

    def _robust(self) -> pd.DataFrame:
        sampling, chosen = self.sampling, self.choices.chosen
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
            for item in robust_choices(sampling.outcomes, sampling.robust(chosen), sampling.best, tail, chosen)
        ]
        return pd.DataFrame(rows)

    def _importance(self) -> pd.DataFrame:
        """Sobol indices of the sampled prices, as if independent, on the cost of the choice and on its lead."""
        columns = ["output", "field", "first_frac", "first_confidence", "total_frac", "total_confidence"]
        drawn = sampled_prices(self.decided.prices, self.decided.scenario)
        prices = [self.decided.prices.uncertain[number] for number in drawn]
        if not prices:
            return pd.DataFrame(columns=[*columns, "source", "kind"])
        names, base = [price.field for price in prices], int(self._number("importance_base_count"))
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
        """Prices by shares of the distributions of those that are sampled."""
        prices = np.tile(self.decided.prices.values, (len(share), 1))
        for column, number in enumerate(sampled_prices(self.decided.prices, self.decided.scenario)):
            prices[:, number] = quantile(self.decided.prices.uncertain[number].distribution, share[:, column])
        return prices

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


def _whole(name: str, value: object, least: int, most: float | None = None) -> None:
    end = math.inf if most is None else most
    if value is not None and (
        not isinstance(value, int | np.integer) or isinstance(value, bool) or not least <= value <= end
    ):
        wanted = f"at least {least}" if most is None else f"{least} to {most:,.0f}"
        message = f"{name} is {value!r}; expected a whole number, {wanted}"
        raise LcoptError(message)
