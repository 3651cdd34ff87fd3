"""Business models in words: the conventions of the money, and what each model comes to for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lcopt.lifecycle_conventions import real_rate_frac
from lcopt.report.records import records_of

if TYPE_CHECKING:
    from lcopt.inputs.scenario import Scenario
    from lcopt.result import Result

Row = Mapping[str, Any]
MODEL_NAMES = {
    "sale": "sale",
    "lease": "lease",
    "battery_as_a_service": "battery as a service",
    "swap": "swap",
}
HOLDERS = {
    "sale": "the user holds the pack",
    "lease": "a lessor holds the pack",
    "battery_as_a_service": "an operator holds the pack",
    "swap": "an operator holds the packs in cars and stations",
}
REPLACED = {
    "integer": "at the end of the year in which they wear out",
    "continuous": "on the day on which they wear out",
}
RESIDUALS = {
    "none": "the last pack earns nothing",
    "linear_time": "the last pack earns its share of life left",
    "linear_soh": "the last pack earns its share of health left",
    "market": "the last pack earns what the market pays",
}
SCHEDULES = {
    "none": "packs written off when they leave",
    "straight_line": "straight line",
    "macrs5": "MACRS 5 years",
    "own": "own schedule",
}


def money_in_words(scenario: Scenario, model: str) -> str:
    """Sign, dates, rates, tax and holder in one line: what finance checks first."""
    return "; ".join(conventions(scenario, model))


def conventions(scenario: Scenario, model: str) -> list[str]:
    """The same, a clause each."""
    finance, life = scenario.finance, scenario.lifecycle
    rate = f"{_percent(finance.discount_rate_frac)} nominal"
    if finance.inflation_frac_per_yr:
        real = real_rate_frac(finance.discount_rate_frac, finance.inflation_frac_per_yr)
        rate += f" ({_percent(real)} real)"
    tax = "before tax"
    if scenario.tax is not None:
        tax = f"after tax of {_percent(scenario.tax.rate_frac)}, {SCHEDULES[scenario.tax.depreciation]}"
    return [
        "costs are positive",
        f"running payments at the {finance.flow_timing} of each year",
        rate,
        tax,
        HOLDERS[model],
        f"packs are replaced {REPLACED[life.replacement_rule]}",
        RESIDUALS[life.residual_rule],
    ]


def model_lines(pack: str, result: Result) -> list[str]:
    """One line a business model of a pack, the chosen one first; none where a sale is the only one."""
    rows = [row for row in records_of(result.ownership) if row["pack"] == pack]
    if [row["model"] for row in rows] == ["sale"]:
        return []
    chosen = next(row for row in rows if row["chosen"])
    others = sorted((row for row in rows if row is not chosen), key=lambda row: row["lifecycle_cost_usd_per_pack"])
    lowest = ", the lowest" if others else ""
    return [_model(chosen, chosen, lowest), *(_model(row, chosen) for row in others)]


def difference_in_words(row: Row, chosen: Row) -> str:
    """What makes a model dearer than the chosen one: its largest differences by component."""
    parts = {name: row[name] - chosen[name] for name in row if str(name).endswith("_pv_usd")}
    largest = max((abs(value) for value in parts.values()), default=0.0)
    told = [
        f"{str(name).removesuffix('_pv_usd').replace('_', ' ')} {value:+,.0f}"
        for name, value in sorted(parts.items(), key=lambda item: -abs(item[1]))[:3]
        if abs(value) >= 0.1 * largest and round(value)
    ]
    return ", ".join(told)


def _model(row: Row, chosen: Row, lowest: str = "") -> str:
    """Cost, waiting and fee of one model."""
    cost = row["lifecycle_cost_usd_per_pack"]
    words = f"{MODEL_NAMES[row['model']]}: "
    if row is chosen:
        words += f"{cost:,.0f} USD for user and lessor together{lowest}"
    else:
        words += f"{cost - chosen['lifecycle_cost_usd_per_pack']:+,.0f} USD ({difference_in_words(row, chosen)})"
    words += f"; the user pays {row['user_usd_per_km']:.4f} USD/km and "
    hours = row["charging_hours_per_yr"]
    words += f"waits {hours:.0f} h/yr ({row['downtime_pv_usd']:,.0f} USD)" if hours else "does not wait"
    return words + _fee(row)


def _fee(row: Row) -> str:
    if row["model"] == "sale":
        return ""
    irr, payback = row["lessor_irr_frac"], row["payback_months"]
    fee, even = row["fee_usd_per_month"], row["breakeven_fee_usd_per_month"]
    at = "" if fee == even else f" (break-even {even:,.2f})"
    returned = "" if irr != irr else f", the lessor earns {_percent(irr)} a year"
    back = "" if payback != payback else f", paid back in {payback:.0f} months"
    return f"; fee {fee:,.2f} USD a month{at}{returned}{back}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
