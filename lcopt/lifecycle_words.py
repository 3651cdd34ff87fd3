"""The result of a lifecycle case for people: the conventions in force, then values, parties and years as plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lcopt.inputs.lifecycle_case import (
    LeaseBlock,
    LifecycleCase,
    OwnTaxBlock,
    ServiceBlock,
    StraightLineTaxBlock,
    SwapBlock,
    TaxBlock,
)

_HEAD, _CELL = 16, 14
_MODELS = {
    "sale": "sale: the user holds the pack, there is no lessor",
    "lease": "lease: the lessor holds the pack, the user pays a monthly fee",
    "battery_as_a_service": "battery as a service: the operator holds the pack, the user pays fees",
    "swap": "swap: the operator holds the packs in cars and stations, the user pays fees and does not wait",
}
_RESIDUALS = {
    "none": "the last pack earns nothing",
    "linear_time": "the last pack earns the price of a new one times the life left",
    "linear_soh": "the last pack earns the price of a new one times the health left above its threshold",
    "market": "the last pack earns what a spent pack earns",
}
_REPLACEMENTS = {
    "integer": "at the end of the first year below",
    "continuous": "on the day it reaches",
}


def case_text(case: LifecycleCase, result: Mapping[str, Any]) -> str:
    """Everything that a reader signs: conventions first, then the numbers.

    Parameters
    ----------
    case : LifecycleCase
    result : mapping
        Of `lifecycle_case`.

    Returns
    -------
    str
        Lines of at most 120 letters, without an end of line after the last.
    """
    lines = [f"{case.name or 'one pack'}: {case.pack_energy_kwh:g} kWh, {case.horizon_yr} years", "", "conventions"]
    lines += [f"  {head:<{_HEAD}}{words}" for head, words in _conventions(case, result)]
    lines += ["", *_values(result), "", *_results(case, result), "", *_years(result)]
    return "\n".join(lines)


def _conventions(case: LifecycleCase, result: Mapping[str, Any]) -> list[tuple[str, str]]:
    when = "end" if case.flow_timing == "end" else "middle"
    fees = "" if case.ownership.model == "sale" else "; monthly fees at month ends"
    return [
        ("sign", "present values: costs are positive; cash flows: inflow +, outflow -"),
        ("dates", f"energy, waiting and other running payments at the {when} of each year{fees}"),
        ("", "packs, warranty, residual and station on their own dates; date 0 is the start of use"),
        ("rate", _rate(case)),
        ("tax", "before tax" if case.tax is None else _tax(case.tax)),
        ("money", "USD, nominal"),
        ("boundary", "the battery alone: packs, energy, waiting, carbon, end of life; not the car"),
        ("ownership", _MODELS[case.ownership.model]),
        (
            "replacement",
            f"{_REPLACEMENTS[case.replacement_rule]} {_percent(case.soh_end_of_life_frac)} state of health",
        ),
        ("residual", f"{_RESIDUALS[case.residual_rule]} ({case.residual_rule})"),
    ]


def _rate(case: LifecycleCase) -> str:
    nominal = case.discount_rate_frac
    words = f"{_percent(nominal)} a year, nominal"
    if case.inflation_frac_per_yr:
        real = (1 + nominal) / (1 + case.inflation_frac_per_yr) - 1
        words += f" ({_percent(real)} real at {_percent(case.inflation_frac_per_yr)} inflation)"
    ownership = case.ownership
    if isinstance(ownership, LeaseBlock):
        wanted = ownership.lessor_discount_rate_frac
        words += f"; of the lessor {_percent(nominal if wanted is None else wanted)}"
    return words


def _tax(tax: TaxBlock) -> str:
    if isinstance(tax, StraightLineTaxBlock):
        schedule = f"straight line over {tax.years} years"
    elif isinstance(tax, OwnTaxBlock):
        schedule = f"own schedule of {len(tax.rates_frac)} years"
    else:
        schedule = "MACRS 5 years" if tax.schedule == "macrs5" else "packs are written off when they leave"
    extras = [
        f"{words} {_percent(share)}"
        for words, share in (("bonus", tax.bonus_frac), ("investment credit", tax.investment_credit_frac))
        if share
    ]
    parts = ", ".join([f"after tax of {_percent(tax.rate_frac)}", schedule, *extras])
    return f"{parts}; a loss is used at once elsewhere in the firm"


def _values(result: Mapping[str, Any]) -> list[str]:
    """Present values by component of the system and of each party at its rate."""
    system = result["present_value_by_component_usd"]
    lessor = result["parties"]["lessor"]
    columns = {"system": system}
    if lessor is not None:
        columns |= {name: result["parties"][name]["present_value_by_component_usd"] for name in ("user", "lessor")}
    rates = [result["parties"]["user"]["discount_rate_frac"]] * 2
    if lessor is not None:
        rates.append(lessor["discount_rate_frac"])
    lines = [_row("present value, USD", list(columns))]
    lines.append(_row("  at a year", [_percent(rate) for rate in rates[: len(columns)]]))
    names = dict.fromkeys(name for values in columns.values() for name in values)
    for name in names:
        values = [column.get(name, 0.0) for column in columns.values()]
        if any(values):
            lines.append(_row(f"  {name.replace('_', ' ')}", [_money(value) for value in values]))
    lines.append(_row("  total", [_money(sum(column.values())) for column in columns.values()]))
    return lines


def _results(case: LifecycleCase, result: Mapping[str, Any]) -> list[str]:
    replaced = ", ".join(f"{year:g}" for year in result["replacement_years"])
    life = result["pack_life_yr"]
    rows = [
        ("lifecycle cost", f"{_money(result['lifecycle_cost_usd'])} USD"),
        ("per km", f"{result['levelized_usd_per_km']:.6f} USD/km over {result['discounted_km']:,.0f} discounted km"),
        ("per kWh", f"{result['levelized_usd_per_kwh']:.6f} USD/kWh that the battery gives"),
        ("annuity", f"{_money(result['annuity_usd_per_yr'])} USD/yr at year ends"),
        ("pack life", "no end within 200 years" if life is None else f"{life:.2f} yr"),
        ("replacements", f"in year {replaced}" if replaced else "none"),
        (
            "last pack",
            f"{result['last_pack_age_yr']:.2f} yr old, {_percent(result['last_pack_soh_frac'])} healthy, "
            f"earns {_money(result['residual_value_usd'])} USD",
        ),
    ]
    if result["charging_hours_per_yr"]:
        rows.append(
            (
                "waiting",
                f"{result['charging_hours_per_yr']:.1f} h/yr in {result['charging_sessions_per_yr']:.0f} sessions",
            )
        )
    if case.carbon is not None:
        kg = result["carbon_making_kg"], result["carbon_use_kg"]
        rows.append(("carbon", f"{kg[0]:,.0f} kg of making, {kg[1]:,.0f} kg of use"))
    return ["results", *(f"  {head:<{_HEAD}}{words}" for head, words in [*rows, *_fees(case, result)])]


def _fees(case: LifecycleCase, result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the lessor asks and earns; nothing in a sale."""
    lessor = result["parties"]["lessor"]
    if lessor is None:
        return []
    fee, even = result["fee_usd_per_month"], result["breakeven_fee_usd_per_month"]
    irr, payback = result["lessor_irr_frac"], result["payback_months"]
    ownership = case.ownership
    rows = [("monthly fee", f"{fee:.2f} USD; the lessor breaks even at {even:.2f} USD")]
    if isinstance(ownership, ServiceBlock) and ownership.fee_usd_per_kwh:
        rows.append(("fee per kWh", f"{ownership.fee_usd_per_kwh:g} USD/kWh"))
    if isinstance(ownership, SwapBlock):
        rows.append(("packs per car", f"{ownership.pool_factor:g}"))
    rows += [
        ("lessor's return", "no single rate" if irr is None else f"{_percent(irr)} a year"),
        ("payback", "never" if payback is None else f"{payback:.1f} months"),
        ("user pays", f"{result['parties']['user']['levelized_usd_per_km']:.6f} USD/km"),
    ]
    return rows


def _years(result: Mapping[str, Any]) -> list[str]:
    """Cash flow of the system and of every party, year by year."""
    parties = result["parties"]
    columns = {"system": result["cash_flow_by_year_usd"]}
    if parties["lessor"] is not None:
        columns |= {name: parties[name]["cash_flow_by_year_usd"] for name in ("user", "lessor")}
    lines = [_row("cash flow, USD", list(columns))]
    for year, values in enumerate(zip(*columns.values(), strict=True)):
        lines.append(_row(f"  year {year}", [_money(value) for value in values]))
    return lines


def _row(head: str, cells: Sequence[str]) -> str:
    return f"{head:<{_HEAD + 4}}" + "".join(f"{cell:>{_CELL}}" for cell in cells)


def _money(usd: float) -> str:
    text = f"{usd:,.2f}"
    return "0.00" if text == "-0.00" else text


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"
