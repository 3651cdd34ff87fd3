"""The analysis in words and as a record for programs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from lcopt.uncertainty.study import Sensitivity
from lcopt.uncertainty.switching import CHEMISTRY
from lcopt.units import USD_PER_MUSD

# How many lines of each list people read; programs get all.
SHOWN_COUNT = 8
ASSUMED = "assumed"
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
        "limit_missed_frac": found.missed_frac,
        "linear_deviation_frac": found.deviation_frac,
        "platform": found.platform,
        "chemistry": found.chemistry,
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
    yield f"how sure   {found.chemistry} is the best chemistry in {_percent(share)} of {found.samples_count} samples"
    yield f"           seed {found.seed}, {found.method}; compared: {found.covered}"
    yield f"           sampled: {found.sampled}"
    if found.missed_frac:
        yield f"           the chosen design misses a limit in {_percent(found.missed_frac)} of the samples"
    if found.deviation_frac > LINEAR_FRAC:
        yield f"           costs are not quite linear in prices: off by up to {_percent(found.deviation_frac)}"
    yield f"cost       {_musd(found.lifecycle_cost_usd)} as optimized; mean over the samples {_musd(cost.mean)}"
    yield f"           P10 {_musd(cost.p10)}, P50 {_musd(cost.p50)}, P90 {_musd(cost.p90)}"
    regret = found.regret_usd
    yield f"regret     mean {_musd(regret['mean'])}, P90 {_musd(regret['p90'])}, at most {_musd(regret['max'])}"
    yield f"           knowing the prices beforehand would be worth {_musd(odds.perfect_information_usd)}"
    yield from _probabilities(found.probability_best)
    yield from _switches(found.switching_values)
    yield from _tornado(found.tornado)
    yield from _importance(found.importance)
    yield from _robust(found)


def _probabilities(shares: Mapping[str, float]) -> Iterator[str]:
    yield "best in"
    yield from (f"  {_percent(share):>7}  {name}" for name, share in list(shares.items())[:SHOWN_COUNT])
    if len(shares) > SHOWN_COUNT:
        yield f"           and {len(shares) - SHOWN_COUNT} more platforms"


def _switches(table: pd.DataFrame) -> Iterator[str]:
    own = table[table["changes"] == CHEMISTRY] if (table["changes"] == CHEMISTRY).any() else table
    near = own[own["within_range"].astype(bool)]
    yield f"another {own['changes'].iloc[0] if len(own) else CHEMISTRY} wins from"
    if near.empty:
        yield "           no value within its range, taken one by one"
    for row in near.to_dict("records"):
        yield (
            f"  {row['field']} {row['side']} {amount(row['value'])} {row['unit']} (now {amount(row['now'])}): "
            f"{row['next_winner']}"
        )


def _tornado(table: pd.DataFrame) -> Iterator[str]:
    yield "what moves the cost of the chosen design, low to high"
    for row in table.head(SHOWN_COUNT).to_dict("records"):
        ends = f"{row['field']} {amount(row['low'])} to {amount(row['high'])} {row['unit']} ({row['kind']})"
        if not math.isfinite(row["swing_usd"]):
            yield f"  {MISSES:>14}  {ends}; {_musd(row['best_swing_usd'])} with a new choice"
            continue
        moved = row["best_swing_usd"] - row["swing_usd"]
        anew = f"; {_musd(row['best_swing_usd'])} with a new choice" if moved else ""
        yield f"  {_musd(row['swing_usd']):>14}  {ends}{anew}"


def _importance(table: pd.DataFrame) -> Iterator[str]:
    lead = table[(table["output"] == "lead") & (table["total_frac"] > 0)]
    if lead.empty:
        return
    yield "what decides between the chosen and the others (share of the variance, with interactions)"
    for row in lead.head(SHOWN_COUNT).to_dict("records"):
        yield f"  {_percent(row['total_frac']):>7}  {row['field']} ({row['kind']}, {row['source']})"
    first = lead.iloc[0]
    if first["kind"] == ASSUMED:
        yield f"           the largest driver rests on an assumption: {first['field']}"


def _robust(found: Sensitivity) -> Iterator[str]:
    yield "robust choices"
    for row in found.robust.to_dict("records"):
        yield (
            f"  {row['aim']}: {row['platform']}; expected {_musd(row['expected_usd'])}, "
            f"CVaR {_musd(row['cvar_usd'])}, regret at most {_musd(row['regret_max_usd'])}"
        )


def amount(value: float) -> str:
    """An amount to four digits, large ones whole, without an exponent."""
    return f"{value:,.0f}" if abs(value) >= WHOLE_FROM else f"{value:.4g}"


def _musd(usd: float) -> str:
    return f"{usd / USD_PER_MUSD:,.1f} MUSD"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
