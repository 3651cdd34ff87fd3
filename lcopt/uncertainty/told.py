"""The analysis in words and as a record for programs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from lcopt.uncertainty.study import Sensitivity
from lcopt.uncertainty.switching import CHEMISTRY
from lcopt.units import USD_PER_MUSD

# How many lines of each list people read; programs get all.
SHOWN_COUNT, SHARE_WIDTH = 8, 7
ASSUMED, BARE = "assumed", "1"
MISSES = "misses a limit"
# Costs count as linear up to here.
LINEAR_FRAC = 1e-9
# From here on amounts are whole.
WHOLE_FROM = 1000.0


def sensitivity_record(found: Sensitivity) -> dict[str, Any]:
    """The analysis as mappings and lists, for JSON."""
    odds = found.odds
    return {
        "scenario": found.scenario.name,
        "status": "done",
        "samples": found.samples_count,
        "seed": found.seed,
        "method": found.method,
        "covered": found.covered,
        "sampled": found.sampled,
        "evaluated": found.evaluated,
        "limit_missed_frac": found.missed_frac,
        "linear_deviation_frac": found.deviation_frac,
        "platform": found.platform,
        "chemistry": found.chemistry,
        "cheapest_platform": found.cheapest_platform,
        "lifecycle_cost_usd": found.lifecycle_cost_usd,
        "cost_usd": {key: getattr(odds.cost_usd, key) for key in ("mean", "p10", "p50", "p90")},
        "probability_best": found.probability_best,
        "probability_best_by_chemistry": found.probability_best_by_chemistry,
        "probability_best_by_pack": found.probability_by_pack.to_dict("records"),
        "regret_usd": found.regret_usd,
        "expected_value_of_perfect_information_usd": odds.perfect_information_usd,
        "switching_values": found.switching_values.to_dict("records"),
        "tornado": found.tornado.to_dict("records"),
        "importance": found.importance.to_dict("records"),
        "assumptions": found.assumptions.to_dict("records"),
        "map": found.map.to_dict("records"),
        "robust": found.robust.to_dict("records"),
        "prices": found.prices.to_dict("records"),
    }


def sensitivity_text(found: Sensitivity) -> str:
    """The analysis for people."""
    return "\n".join(_lines(found))


def _lines(found: Sensitivity) -> Iterator[str]:
    odds, cost = found.odds, found.odds.cost_usd
    share = found.probability_best_by_chemistry.get(found.chemistry, 0.0)
    yield f"{found.scenario.name}: {found.platform}"
    yield f"how sure   {found.chemistry} is the best chemistry in {percent(share)} of {found.samples_count} samples"
    yield f"           seed {found.seed}, {found.method}; compared: {found.covered}"
    yield f"           sampled: {found.sampled}"
    yield f"           under other terms than prices: {found.evaluated}"
    if found.missed_frac:
        yield f"           {missed_words(found.missed_frac)}"
    if found.deviation_frac > LINEAR_FRAC:
        yield f"           costs are not quite linear in prices: off by up to {percent(found.deviation_frac)}"
    yield f"cost       {musd(found.lifecycle_cost_usd)} as optimized; mean over the samples {musd(cost.mean)}"
    yield f"           P10 {musd(cost.p10)}, P50 {musd(cost.p50)}, P90 {musd(cost.p90)}"
    regret = found.regret_usd
    yield f"regret     mean {musd(regret['mean'])}, P90 {musd(regret['p90'])}, at most {musd(regret['max'])}"
    yield f"           {worth_words(odds.perfect_information_usd)}"
    yield from _probabilities(found.probability_best)
    yield from _switches(found)
    yield from _tornado(found.tornado)
    if (driver := assumed_driver(found)) is not None:
        yield f"           the largest driver rests on an assumption: {driver}"
    yield from _importance(found.importance)
    yield from _robust(found)


def _probabilities(shares: Mapping[str, float]) -> Iterator[str]:
    yield "best in"
    yield from _by_share(list(shares.items())[:SHOWN_COUNT])
    if len(shares) > SHOWN_COUNT:
        yield f"           and {len(shares) - SHOWN_COUNT} more platforms"


def _by_share(named: Sequence[tuple[str, float]]) -> Iterator[str]:
    """Names behind their shares, which end below each other."""
    width = max([SHARE_WIDTH, *(len(percent(share)) for _, share in named)])
    yield from (f"  {percent(share):>{width}}  {name}" for name, share in named)


def assumed_driver(found: Sensitivity) -> str | None:
    """The field that matters most, where its range rests on an assumption."""
    first = found.assumptions.iloc[0] if len(found.assumptions) else None
    return str(first["field"]) if first is not None and first["kind"] == ASSUMED else None


def missed_words(share: float) -> str:
    """In how many of the samples the choice is not allowed."""
    return (
        f"the chosen design misses a limit in {percent(share)} of the samples, and its cost counts there all the same"
    )


def worth_words(usd: float) -> str:
    """What it is worth to know the prices beforehand."""
    if not math.isfinite(usd):
        return "no design meets the limits in all samples"
    return f"to know the prices beforehand would be worth {musd(usd)}"


def _switches(found: Sensitivity) -> Iterator[str]:
    table = found.switching_values
    own = table[table["changes"] == CHEMISTRY] if (table["changes"] == CHEMISTRY).any() else table
    near = own[own["within_range"].astype(bool)]
    if found.cheapest_platform != found.platform:
        yield f"at the prices of the scenario the cheapest is {found.cheapest_platform}"
    yield f"another {own['changes'].iloc[0] if len(own) else CHEMISTRY} wins from"
    if near.empty:
        yield "           no value within its range, taken one by one"
    for row in near.to_dict("records"):
        value = with_unit(amount(row["value"]), row["unit"])
        yield f"  {row['field']} {row['side']} {value} (now {amount(row['now'])}): {row['next_winner']}"


def _tornado(table: pd.DataFrame) -> Iterator[str]:
    yield "what moves the cost of the chosen design, low to high"
    for row in table.head(SHOWN_COUNT).to_dict("records"):
        values = with_unit(f"{amount(row['low'])} to {amount(row['high'])}", row["unit"])
        ends = f"{row['field']} {values} ({row['kind']})"
        if not math.isfinite(row["swing_usd"]):
            yield f"  {MISSES:>14}  {ends}; {musd(row['best_swing_usd'])} with a new choice"
            continue
        moved = row["best_swing_usd"] - row["swing_usd"]
        anew = f"; {musd(row['best_swing_usd'])} with a new choice" if moved else ""
        yield f"  {musd(row['swing_usd']):>14}  {ends}{anew}"


def _importance(table: pd.DataFrame) -> Iterator[str]:
    lead = table[(table["output"] == "lead") & (table["total_frac"] > 0)]
    if lead.empty:
        return
    yield "what decides between the chosen and the others (share of the variance, with interactions)"
    rows = lead.head(SHOWN_COUNT).to_dict("records")
    yield from _by_share(
        [(f"{row['field']} ({source_words(row['kind'], row['source'])})", row["total_frac"]) for row in rows]
    )


def _robust(found: Sensitivity) -> Iterator[str]:
    yield "robust choices"
    for row in found.robust.to_dict("records"):
        costs = f"{MISSES} in some samples"
        if math.isfinite(row["expected_usd"]):
            costs = f"expected {musd(row['expected_usd'])}, CVaR {musd(row['cvar_usd'])}, "
            costs += f"regret at most {musd(row['regret_max_usd'])}"
        yield f"  {row['aim']}: {row['platform']}; {costs}"


def source_words(kind: str, source: str) -> str:
    """Grade and source of a range; of what the scenario itself states one word."""
    return kind if kind == source else f"{kind}, {source}"


def with_unit(words: str, unit: str) -> str:
    """Words and a unit, but for bare numbers."""
    return words if unit == BARE else f"{words} {unit}"


def amount(value: float) -> str:
    """An amount to four digits, large ones whole, without an exponent."""
    return f"{value:,.0f}" if abs(value) >= WHOLE_FROM else f"{value:.4g}"


def musd(usd: float) -> str:
    """Money in words; it has no end where a limit is missed."""
    return f"{usd / USD_PER_MUSD:,.1f} MUSD" if math.isfinite(usd) else MISSES


def percent(share: float) -> str:
    """A share in words."""
    return f"{100 * share:.3g} %"
