"""The conventions of a lifecycle case in sentences: sign, dates, rates, prices, tax, boundary, ownership, residual."""

from __future__ import annotations

from lcopt.inputs.lifecycle_case import (
    LeaseBlock,
    LifecycleCase,
    OwnTaxBlock,
    ServiceBlock,
    StraightLineTaxBlock,
    SwapBlock,
    TaxBlock,
)


def conventions(case: LifecycleCase) -> list[tuple[str, str]]:
    """What a reader must know before the numbers: a head and a sentence each.

    Parameters
    ----------
    case : LifecycleCase

    Returns
    -------
    list of (str, str)
    """
    return [
        ("sign", "in present values + is a cost; in cash flows + is money in, - is money out"),
        ("dates", _dates(case)),
        ("rates", _rates(case)),
        ("prices", _prices(case)),
        ("tax", "before tax: no tax is given" if case.tax is None else _tax(case.tax)),
        ("currency", "USD of the day, nominal"),
        ("boundary", _boundary(case)),
        ("ownership", _ownership(case)),
        ("replacement", _replacement(case)),
        ("residual", f"{case.residual_rule}: the last pack earns {_residual(case)}"),
    ]


def percent(share: float) -> str:
    """A share in percent with four digits at most."""
    return f"{100 * share:.4g} %"


def real_rate_frac(rate_frac: float, inflation_frac: float) -> float:
    """The real rate that a nominal one is: 1 + nominal = (1 + real)(1 + inflation)."""
    return (1 + rate_frac) / (1 + inflation_frac) - 1


def lessor_rate_frac(case: LifecycleCase) -> float | None:
    """The return that the lessor wants; None in a sale."""
    if not isinstance(case.ownership, LeaseBlock):
        return None
    wanted = case.ownership.lessor_discount_rate_frac
    return case.discount_rate_frac if wanted is None else wanted


def operator_pays_energy(case: LifecycleCase) -> bool:
    """Whether the lessor pays the energy in the place of the user."""
    return isinstance(case.ownership, ServiceBlock) and case.ownership.operator_pays_energy


def _dates(case: LifecycleCase) -> str:
    owned, waits = case.ownership, case.downtime is not None and not isinstance(case.ownership, SwapBlock)
    running = ["energy"]
    running += ["downtime"] if waits else []
    running += ["carbon of use"] if case.carbon is not None else []
    running += ["operations"] if isinstance(owned, LeaseBlock) else []
    running += ["the fee per kWh"] if isinstance(owned, ServiceBlock) else []
    when = "at the end" if case.flow_timing == "end" else "in the middle"
    paid = "are paid" if len(running) > 1 else "is paid"
    fees = "; monthly fees at the ends of the months" if isinstance(owned, LeaseBlock) else ""
    return (
        f"{_listed(running)} {paid} {when} of each year{fees}; packs, warranty and residual on their own dates; "
        "date 0 is the first day of use"
    )


def _rates(case: LifecycleCase) -> str:
    taxed = "before tax" if case.tax is None else "after tax"
    words = f"nominal, {taxed}: {_rate(case.discount_rate_frac, case.inflation_frac_per_yr)}"
    wanted = lessor_rate_frac(case)
    if wanted is not None:
        words += f"; the lessor's {_rate(wanted, case.inflation_frac_per_yr)}"
    return words if case.inflation_frac_per_yr else f"{words}; without inflation, real and nominal are the same"


def _rate(nominal_frac: float, inflation_frac: float) -> str:
    if not inflation_frac:
        return f"{percent(nominal_frac)} a year"
    real = percent(real_rate_frac(nominal_frac, inflation_frac))
    return f"{percent(nominal_frac)} a year, {real} real at {percent(inflation_frac)} inflation"


def _prices(case: LifecycleCase) -> str:
    parts = [f"energy {_change(case.energy_price_escalation_frac_per_yr)}"]
    parts.append(f"new packs {_change(-case.pack_price_decline_frac_per_yr)}")
    if case.replacement_markup_frac:
        parts.append(f"a replacement costs {percent(case.replacement_markup_frac)} more than a new pack of its date")
    moving = ["downtime"] if case.downtime is not None and not isinstance(case.ownership, SwapBlock) else []
    moving += ["operations"] if isinstance(case.ownership, LeaseBlock) else []
    if moving and case.inflation_frac_per_yr:
        parts.append(f"{_listed(moving)} with inflation")
    return f"{', '.join(parts)}; all else constant"


def _change(rate_frac: float) -> str:
    return f"{100 * rate_frac:+.4g} % a year" if rate_frac else "constant"


def _tax(tax: TaxBlock) -> str:
    if isinstance(tax, StraightLineTaxBlock):
        schedule = f"depreciated straight line over {tax.years} years"
    elif isinstance(tax, OwnTaxBlock):
        schedule = f"depreciated by a schedule of {len(tax.rates_frac)} years"
    else:
        schedule = "depreciated by MACRS over 5 years" if tax.schedule == "macrs5" else ""
    bonus = f", {percent(tax.bonus_frac)} in its first year" if tax.bonus_frac and schedule else ""
    credit = f"; investment credit {percent(tax.investment_credit_frac)}" if tax.investment_credit_frac else ""
    return (
        f"after tax of {percent(tax.rate_frac)}, the same for all parties; running payments and fees are deducted "
        "where paid and taxed where received, "
        f"each pack is {schedule}{bonus}{' and ' if schedule else ''}set against what it earns when it leaves{credit}; "
        "a loss is used at once elsewhere in the firm"
    )


def _boundary(case: LifecycleCase) -> str:
    parts = ["packs", "their energy with charging losses"]
    parts += ["downtime"] if case.downtime is not None and not isinstance(case.ownership, SwapBlock) else []
    parts += ["carbon"] if case.carbon is not None else []
    parts += ["warranty"] if case.warranty is not None else []
    parts += ["operations"] if isinstance(case.ownership, LeaseBlock) else []
    parts += ["stations"] if isinstance(case.ownership, SwapBlock) else []
    return f"the battery alone: {_listed(parts)}; the rest of the car is left out"


def _ownership(case: LifecycleCase) -> str:
    owned = case.ownership
    if isinstance(owned, SwapBlock):
        holds = f"swap: the lessor holds {owned.pool_factor:g} packs and a share of the stations for each car"
        holds += ", the user does not wait"
    elif isinstance(owned, ServiceBlock):
        holds = "battery as a service: the lessor holds the pack"
    elif isinstance(owned, LeaseBlock):
        holds = "lease: the lessor holds the pack"
    else:
        return "sale: the user holds the pack, there is no lessor"
    payer = "lessor" if operator_pays_energy(case) else "user"
    return f"{holds}; the {payer} pays the energy"


def _replacement(case: LifecycleCase) -> str:
    health = percent(case.soh_end_of_life_frac)
    when = {
        "integer": f"at the end of the first year with a state of health below {health}",
        "continuous": f"on the day on which the state of health is {health}",
    }
    best = "the better of second life and recycling" if case.second_life is not None else "the recycling value"
    return f"{case.replacement_rule}: {when[case.replacement_rule]}, but not on the last day; the old pack earns {best}"


def _residual(case: LifecycleCase) -> str:
    new, health = "the price of a new pack of that date times", percent(case.soh_end_of_life_frac)
    words = {
        "none": "nothing and costs nothing",
        "linear_time": f"{new} (pack life - age) / pack life",
        "linear_soh": f"{new} (state of health - {health}) / (100 % - {health}), at least nothing",
        "market": "what a replaced pack earns",
    }
    return words[case.residual_rule]


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
