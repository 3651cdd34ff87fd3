"""Compared prices in words: where on the way from one price scenario to the other the answer changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from lcopt.inputs.catalog import Catalog
from lcopt.report.records import records_of
from lcopt.report.words import label
from lcopt.result import Result
from lcopt.result_prices import PriceComparison

Row = Mapping[str, Any]
# Metals are told first: they move the others.
METALS = ("lithium_carbonate", "nickel_sulfate", "cobalt_sulfate", "iron_phosphate")
METALS_TOLD = 3


def price_lines(pack: str, result: Result) -> list[str]:
    """What compared prices do to the answer for one pack; empty where the scenario compares none."""
    comparison, scenario = result.price_comparison, result.scenario
    costs = [row for row in records_of(comparison.costs) if row["pack"] == pack]
    if not costs:
        return []
    way = f"from the prices {scenario.prices} to {scenario.prices_compared}"
    switches = [row for row in records_of(comparison.switches) if row["pack"] == pack]
    if not switches:
        first, last = (_cheapest(costs, share) for share in (0.0, 1.0))
        more = last["lifecycle_cost_usd_per_pack"] - first["lifecycle_cost_usd_per_pack"]
        return [f"{first['chemistry']} stays the cheapest {way}; its pack then costs {more:+,.0f} USD over its life"]
    lines = [f"{way}, {_switch(row, comparison)}" for row in switches[:1]]
    return [*lines, *(f"then {_switch(row, comparison)}" for row in switches[1:])]


def family_swap_lines(pack: str, result: Result) -> list[str]:
    """Where the best LFP and the best ternary design of a pack trade places without either being the cheapest."""
    comparison = result.price_comparison
    costs = [row for row in records_of(comparison.costs) if row["pack"] == pack]
    family = _families(result.catalog)
    switches = [row for row in records_of(comparison.switches) if row["pack"] == pack]
    if any({family[row["from_chemistry"]], family[row["to_chemistry"]]} == {"lfp", "ternary"} for row in switches):
        return []
    lines = []
    lfp, ternary = (_best_of(costs, name, family) for name in ("lfp", "ternary"))
    shares = sorted(set(lfp) & set(ternary))
    for left, right in pairwise(shares):
        before, after = lfp[left] - ternary[left], lfp[right] - ternary[right]
        if before * after < 0:
            share = left + (right - left) * before / (before - after)
            better = "LFP" if after < 0 else "ternary cells"
            where = f"{_percent(share)} of the way ({_metals(share, comparison)})"
            lines.append(f"LFP and ternary cells trade places at {where}: then {better} cost less")
    return lines


def ends_in_words(pack: str, result: Result) -> str:
    """The cheapest and the runner-up among chemistries at both ends."""
    costs = [row for row in records_of(result.price_comparison.costs) if row["pack"] == pack]
    names = (result.scenario.prices, str(result.scenario.prices_compared))
    parts = []
    for name, share in zip(names, (0.0, 1.0), strict=True):
        ranked = sorted(
            (row for row in costs if row["share_frac"] == share), key=lambda row: row["lifecycle_cost_usd_per_pack"]
        )
        second = ""
        if len(ranked) > 1:
            more = ranked[1]["lifecycle_cost_usd_per_pack"] - ranked[0]["lifecycle_cost_usd_per_pack"]
            second = f", then {ranked[1]['chemistry']} {more:+,.0f}"
        parts.append(f"{name}: {ranked[0]['chemistry']} {ranked[0]['lifecycle_cost_usd_per_pack']:,.0f} USD{second}")
    return "; ".join(parts)


def prices_at(share: float, comparison: PriceComparison) -> dict[str, float]:
    """Every price that differs, at a share of the way."""
    return {
        row["item"]: row["price"] + share * (row["price_compared"] - row["price"])
        for row in records_of(comparison.prices)
    }


def _switch(row: Row, comparison: PriceComparison) -> str:
    metals = _metals(row["share_frac"], comparison)
    return (
        f"{row['to_chemistry']} takes the place of {row['from_chemistry']} at {_percent(row['share_frac'])} of the way "
        f"({metals})"
    )


def _metals(share: float, comparison: PriceComparison) -> str:
    at = prices_at(share, comparison)
    told = [item for item in METALS if item in at][:METALS_TOLD]
    return ", ".join(f"{label(item).lower()} {at[item]:.1f} USD/kg" for item in told)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _cheapest(costs: Sequence[Row], share: float) -> Row:
    return next(row for row in costs if row["share_frac"] == share and row["is_cheapest"])


def _families(catalog: Catalog) -> dict[str, str]:
    return {row.keys["chemistry"]: row.text for row in catalog.table("chemistry_families").select(name="family")}


def _best_of(costs: Sequence[Row], family: str, family_of: Mapping[str, str]) -> dict[float, float]:
    """Cost of the best design of one family by share."""
    best: dict[float, float] = {}
    for row in costs:
        if family_of[row["chemistry"]] == family:
            share, cost = row["share_frac"], row["lifecycle_cost_usd_per_pack"]
            best[share] = min(cost, best.get(share, cost))
    return best
