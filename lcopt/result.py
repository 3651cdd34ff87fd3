"""The answer: chosen designs, their costs, alternatives, limits and the proof, as DataFrames and plain numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lcopt.inputs.catalog import Catalog
from lcopt.inputs.scenario import Scenario
from lcopt.result_ownership import ModelOffer
from lcopt.result_portfolio import PortfolioTables
from lcopt.result_prices import PriceComparison
from lcopt.selection.alternatives import Alternative
from lcopt.selection.space import Counts, Platforms

PLATFORMS, LINES, LIMITS = "(platforms)", "(lines)", "(limits)"
OPTIMAL, STOPPED, REPRICED = "optimal", "stopped", "repriced"


@dataclass(frozen=True)
class RankedTables:
    """The tables of all ranked designs: `rank` is 0 for the chosen design of a pack, 1.. for its alternatives."""

    designs: pd.DataFrame
    bill_of_materials: pd.DataFrame
    manufacturing: pd.DataFrame
    pack_cost: pd.DataFrame
    present_values: pd.DataFrame
    cash_flow: pd.DataFrame
    mass: pd.DataFrame
    limits: pd.DataFrame
    lifecycle_inputs: pd.DataFrame
    recycling: pd.DataFrame


@dataclass(frozen=True, repr=False)
class Result:
    """A solved scenario; money in dollars of the scenario's price year.

    Attributes
    ----------
    scenario, catalog
        What was asked, and the numbers that were used (already in the scenario's dollars).
    status : str
        `optimal`; `stopped` where the solver stopped at its time limit, so that only the gap is proven; or `repriced`
        for a result of `recost`, which proves nothing.
    ranked : RankedTables
        Chosen designs and alternatives in full.
    cost : DataFrame
        `pack, component, present_value_usd` of the whole fleet; sums to `lifecycle_cost_usd`.
    out_of_reach : DataFrame
        Chemistries that meet no candidate within the limits, each with its nearest miss.
    safety : DataFrame
        Every ranked design under every safety rule: barrier, margin, energy density, cost (`result_trade`).
    turning_points : DataFrame
        Which chemistry and format is the cheapest for a pack while one limit is tightened; empty in a repriced result.
    front : DataFrame
        Cost of a pack against charging time, specific energy and energy density (`result_trade`); empty in a repriced
        result.
    design_space : DataFrame
        What some designs within the limits of each pack cost and can do: the ranked ones, those on the fronts of cost
        against charging time and energy density, the best of each cell (`result_space`); empty in a repriced result.
    life : DataFrame
        How long each chosen pack lives, with its range, and its margin to the warranty rule (`result_life`).
    aging : DataFrame
        State of health of each chosen pack by year, with its range (`result_life`).
    ownership : DataFrame
        Every business model of the scenario on the best designs for its use: cost of user and lessor, fee, return,
        payback, downtime, a row a pack and model (`result_ownership`).
    party_cash_flow : DataFrame
        Undiscounted cash flow by model, party, year and component, inflow +.
    price_comparison : PriceComparison
        Costs and switches on the way to the prices that the scenario compares; empty tables where it compares none.
    price_risk : DataFrame
        Lifecycle cost of the choice in every price scenario of the risk, its mean and that of the dearest outcomes
        (`result_risk`); empty where prices are certain.
    fleet_limits : DataFrame
        Limits of the whole fleet, a row each: value, bound, whether it is met and binding (`result_fleet`).
    portfolio : PortfolioTables
        Answers around the optimum of several packs (`result_portfolio`); its tables are attributes of the result too.
    lines : DataFrame
        What the packs cost on the lines that they share, and at the size of the plant, a row a process group and what
        is shared (`result_lines`); empty where volumes are not pooled.
    missed_usd : float
        What limits of the fleet cost that may be missed at a price.
    lifecycle_cost_usd, lower_bound_usd, gap_frac : float
        The proof; under a risk of prices the cost is the risk-adjusted one. Bound and gap are NaN in a repriced result.
    rounds_count : int
        Models that the solver solved for the proof; 0 where bounds alone close the gap.
    """

    scenario: Scenario
    catalog: Catalog
    status: str
    warnings: tuple[str, ...]
    ranked: RankedTables
    cost: pd.DataFrame
    out_of_reach: pd.DataFrame
    safety: pd.DataFrame
    turning_points: pd.DataFrame
    front: pd.DataFrame
    design_space: pd.DataFrame
    life: pd.DataFrame
    aging: pd.DataFrame
    ownership: pd.DataFrame
    party_cash_flow: pd.DataFrame
    price_comparison: PriceComparison
    fleet_limits: pd.DataFrame
    price_risk: pd.DataFrame
    portfolio: PortfolioTables
    lines: pd.DataFrame
    missed_usd: float
    lifecycle_cost_usd: float
    lower_bound_usd: float
    gap_frac: float
    candidates_count: int
    feasible_count: int
    pruned_count: int
    rounds_count: int
    solver: Mapping[str, str]
    provenance: Mapping[str, Any]
    choice: tuple[PackChoice, ...]
    offers: tuple[ModelOffer, ...]

    def __repr__(self) -> str:
        packs = "; ".join(f"{row['pack']}: {row['platform']}" for _, row in self.designs.iterrows())
        return f"Result({self.scenario.name}, {self.status}, {self.lifecycle_cost_usd:.10g} USD, {packs})"

    @property
    def ownership_model(self) -> str:
        """The business model that was chosen."""
        return next(offer.model for offer in self.offers if offer.is_chosen)

    @property
    def pooling_usd(self) -> float:
        """What pooled volumes add to the cost at the size of the plant; negative where lines are larger than that."""
        return float(self.lines["difference_usd"].sum())

    @property
    def designs(self) -> pd.DataFrame:
        """The chosen designs, a row a pack."""
        return chosen_of(self.ranked.designs)

    @property
    def alternatives(self) -> pd.DataFrame:
        """The chosen design and its alternatives, a row a rank of every pack."""
        return self.ranked.designs

    @property
    def bill_of_materials(self) -> pd.DataFrame:
        """Purchases of the chosen designs, a row a line."""
        return chosen_of(self.ranked.bill_of_materials)

    @property
    def cash_flow(self) -> pd.DataFrame:
        """Undiscounted cash flow of the chosen designs by year and component, inflow +, per pack."""
        return chosen_of(self.ranked.cash_flow)

    @property
    def recycling(self) -> pd.DataFrame:
        """Content, recovery, prices and costs of the chosen designs at their end; empty where their value is given."""
        return chosen_of(self.ranked.recycling)

    @property
    def platform_sets(self) -> pd.DataFrame:
        """The best sets of platforms, and the best sets of their kinds, with cost, difference and proof."""
        return self.portfolio.platform_sets

    @property
    def platform_penalties(self) -> pd.DataFrame:
        """What it costs to do without each chosen platform, or without all of its kind, and what takes its place."""
        return self.portfolio.platform_penalties

    @property
    def by_platform_count(self) -> pd.DataFrame:
        """The best fleet with at most 1, 2, ... platforms."""
        return self.portfolio.by_platform_count

    @property
    def best_by_chemistry(self) -> pd.DataFrame:
        """The best fleet of each chemistry alone."""
        return self.portfolio.best_by_chemistry

    @property
    def best_by_format(self) -> pd.DataFrame:
        """The best fleet of each cell format alone."""
        return self.portfolio.best_by_format

    @property
    def strategies(self) -> pd.DataFrame:
        """The best fleet within each strategy of the scenario."""
        return self.portfolio.strategies

    @property
    def limits(self) -> pd.DataFrame:
        """Limits and bounds of the chosen designs with value, margin and whether they bind."""
        return chosen_of(self.ranked.limits)


@dataclass(frozen=True)
class PackChoice:
    """The ranked designs of one pack as built, enough to evaluate them again at other prices."""

    alternatives: tuple[Alternative, ...]
    labels: tuple[str, ...]
    platforms: Platforms
    counts: Counts
    is_new_platform: bool


def chosen_of(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the chosen designs."""
    return table[table["rank"] == 0].reset_index(drop=True)
