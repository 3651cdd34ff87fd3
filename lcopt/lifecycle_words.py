"""The result of a lifecycle case for people: the conventions in force, then values, results and years as plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lcopt.inputs.lifecycle_case import LeaseBlock, LifecycleCase, ServiceBlock
from lcopt.lifecycle_conventions import conventions, lessor_rate_frac, percent

WIDTH_MAX = 100
_HEAD, _CELL = 16, 14
# Beyond this, digits say less than a power of ten.
_WRITTEN_OUT_USD = 1e15
_PARTIES = ("user", "lessor")


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
        Lines without an end of line after the last, at most 100 letters wide.
    """
    parts = [
        _title(case),
        ["conventions", *_sentences(conventions(case))],
        _values(case, result),
        ["results", *_sentences([*_results(result), *_fees(case, result)])],
        ["pack and use", *_sentences(_pack_and_use(case, result))],
        _years(result),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts)


def _title(case: LifecycleCase) -> list[str]:
    size = f"{case.pack_energy_kwh:g} kWh at {case.pack_price_usd_per_kwh:g} USD/kWh over {case.horizon_yr} years"
    words = [f"{case.name or 'one pack'}: {size}", *textwrap.wrap(case.description, WIDTH_MAX)]
    return ["".join(letter if letter.isprintable() else "?" for letter in line) for line in words]


def _sentences(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """A head and a sentence a line; long ones go on below."""
    lines = []
    for head, words in pairs:
        opening = f"  {head:<{_HEAD}}"
        lines += textwrap.wrap(words, WIDTH_MAX, initial_indent=opening, subsequent_indent=" " * len(opening))
    return lines


def _values(case: LifecycleCase, result: Mapping[str, Any]) -> list[str]:
    """Present values by component of the system and of each party at its rate; what is zero for all is left out."""
    lessor_rate = lessor_rate_frac(case)
    heads, rates = ["system"], [case.discount_rate_frac]
    columns = [result["present_value_by_component_usd"]]
    if lessor_rate is not None:
        heads += _PARTIES
        rates += [case.discount_rate_frac, lessor_rate]
        columns += [result["parties"][name]["present_value_by_component_usd"] for name in _PARTIES]
    rows = [["present value, USD", *heads], ["  at a year", *map(percent, rates)]]
    for name in dict.fromkeys(name for values in columns for name in values):
        values = [column.get(name, 0.0) for column in columns]
        if any(values):
            rows.append([f"  {name.replace('_', ' ')}", *map(_money, values)])
    rows.append(["  total", *(_money(sum(column.values())) for column in columns)])
    lines = _aligned(rows)
    if lessor_rate is None:
        return lines
    same = lessor_rate == case.discount_rate_frac
    return [
        *lines,
        f"  user and lessor {'add up to the system' if same else 'would add up to the system at one rate'}; "
        "fees and their tax cancel in it",
    ]


def _results(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the system pays: in all, per km, per kWh, per year."""
    recovery = result["capital_recovery_factor_per_yr"]
    years = len(result["cash_flow_by_year_usd"]) - 1
    return [
        ("lifecycle cost", f"{_money(result['lifecycle_cost_usd'])} USD; NPV {_money(result['npv_usd'])} USD"),
        ("per km", f"{result['levelized_usd_per_km']:.6f} USD/km over {result['discounted_km']:,.0f} discounted km"),
        (
            "per kWh",
            f"{result['levelized_usd_per_kwh']:.6f} USD/kWh that the battery gives, "
            f"over {result['discounted_kwh']:,.0f} discounted kWh",
        ),
        (
            "annuity",
            f"{_money(result['annuity_usd_per_yr'])} USD/yr at the end of {_years_in_words(years)}; "
            f"recovery factor {recovery:.6f} /yr",
        ),
    ]


def _fees(case: LifecycleCase, result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the lessor asks and earns, and what is left to the user; nothing in a sale."""
    terms, rate = case.ownership, lessor_rate_frac(case)
    if not isinstance(terms, LeaseBlock) or rate is None:
        return []
    user, lessor = (result["parties"][name] for name in _PARTIES)
    sought = "sought" if terms.fee_usd_per_month is None else "given"
    taxed = "before tax" if case.tax is None else "after tax"
    irr, payback = result["lessor_irr_frac"], result["payback_months"]
    rows = [
        ("monthly fee", f"{_money(result['fee_usd_per_month'])} USD/month, {sought}"),
        (
            "break-even fee",
            f"{_money(result['breakeven_fee_usd_per_month'])} USD/month, which earns the lessor {percent(rate)} a year",
        ),
    ]
    if isinstance(terms, ServiceBlock) and terms.fee_usd_per_kwh:
        yearly = terms.fee_usd_per_kwh * result["battery_energy_kwh_per_yr"]
        rows.append(("fee per kWh", f"{terms.fee_usd_per_kwh:g} USD/kWh, {_money(yearly)} USD/yr"))
    no_return = "none, or more than one, between -90 % and 100 % a year"
    by_fees = "the outlay of date 0 over fees less running costs of year 1, before tax, undiscounted"
    never = "never: the fees do not cover the running costs of year 1"
    return [
        *rows,
        ("lessor's IRR", no_return if irr is None else f"{percent(irr)} a year, {taxed}"),
        ("payback", never if payback is None else f"{payback:.1f} months: {by_fees}"),
        ("lessor gains", f"{_money(lessor['npv_usd'])} USD (NPV at {percent(rate)})"),
        (
            "user pays",
            f"{_money(-user['npv_usd'])} USD, {user['levelized_usd_per_km']:.6f} USD/km "
            f"(at {percent(case.discount_rate_frac)})",
        ),
    ]


def _pack_and_use(case: LifecycleCase, result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the money rests on."""
    life, routes = result["pack_life_yr"], result["end_of_life_routes"]
    health = percent(result["last_pack_soh_frac"])
    replaced = ", ".join(f"{year:.4g}" for year in result["replacement_years"])
    wall = f"{result['ac_wall_energy_kwh_per_yr']:,.0f} AC and {result['dc_wall_energy_kwh_per_yr']:,.0f} DC"
    rows = [
        ("pack", f"{result['pack_mass_kg']:,.1f} kg"),
        (
            "energy",
            f"{result['battery_energy_kwh_per_yr']:,.0f} kWh/yr at {result['consumption_kwh_per_km']:.4f} kWh/km; "
            f"{wall} kWh/yr from the wall",
        ),
        ("full cycles", f"{result['equivalent_full_cycles_per_yr']:.1f} a year and pack"),
        ("pack life", "no end within 200 years" if life is None else f"{life:.4g} years"),
        ("replacements", f"{len(result['replacement_years'])}, after {replaced} years" if replaced else "none"),
        (
            "last pack",
            f"{result['last_pack_age_yr']:.4g} years old at the end, state of health {health}, "
            f"earns {_money(result['residual_value_usd'])} USD before tax",
        ),
    ]
    if routes:
        dates = [*result["replacement_years"], float(case.horizon_yr)]
        taken = zip(dates, routes, strict=False)
        rows.append(
            ("old packs", ", ".join(f"{route.replace('_', ' ')} after {date:.4g} years" for date, route in taken))
        )
    if result["charging_hours_per_yr"]:
        hours, sessions = result["charging_hours_per_yr"], result["charging_sessions_per_yr"]
        rows.append(("downtime", f"{hours:,.1f} h/yr in {sessions:,.1f} fast charges a year"))
    if case.warranty is not None:
        claims, defects = 100 * result["capacity_claim_probability_frac"], percent(case.warranty.defect_frac)
        rows.append(("claims", f"{claims:.2f} % of packs for their capacity, {defects} for defects"))
    if case.carbon is not None:
        making, use = result["carbon_making_kg"], result["carbon_use_kg"]
        rows.append(("carbon", f"{making:,.0f} kg of making, {use:,.0f} kg of use"))
    return rows


def _years(result: Mapping[str, Any]) -> list[str]:
    """Cash flow of the system and of every party, year by year, undiscounted, and the state of health."""
    heads, columns = ["system"], [result["cash_flow_by_year_usd"]]
    if result["parties"]["lessor"] is not None:
        heads += _PARTIES
        columns += [result["parties"][name]["cash_flow_by_year_usd"] for name in _PARTIES]
    rows = [["cash flow, USD", *heads, "health, %"]]
    for year, health in enumerate(result["soh_by_year"]):
        amounts = [_money(column[year]) for column in columns]
        rows.append([f"  year {year}", *amounts, f"{100 * health:.2f}"])
    return [*_aligned(rows), "  undiscounted; health at the end of the year, of the old pack where it is replaced then"]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows in columns of one width, which long amounts widen."""
    width = max(_CELL, *(len(cell) + 2 for row in rows for cell in row[1:]))
    return [f"{row[0]:<{_HEAD + 4}}" + "".join(f"{cell:>{width}}" for cell in row[1:]) for row in rows]


def _years_in_words(count: int) -> str:
    return "the year" if count == 1 else f"each of {count} years"


def _money(usd: float) -> str:
    if abs(usd) >= _WRITTEN_OUT_USD:
        return f"{usd:.6e}"
    text = f"{usd:,.2f}"
    return "0.00" if text == "-0.00" else text
