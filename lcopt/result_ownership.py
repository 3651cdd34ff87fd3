"""What each business model comes to: lifecycle cost, fee, returns and downtime, and the cash flow of every party."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lcopt.cost.discounting import COST_COMPONENTS, Component, Party, total
from lcopt.cost.lifecycle import LifecycleCost
from lcopt.cost.ownership import internal_rate_of_return, payback_months
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.scenario import Scenario
from lcopt.result_words import platform_labels
from lcopt.selection.engineering import Engineering
from lcopt.selection.evaluation import Evaluation, evaluate
from lcopt.selection.portfolio import Selection
from lcopt.selection.space import Counts, Platforms
from lcopt.selection.tasks import pack_task

MAKER = "maker"
# What a maker is paid for: packs, and no more.
BOUGHT = (Component.PURCHASE, Component.REPLACEMENT)
MAKING_COST = "making_cost"


@dataclass(frozen=True)
class ModelOffer:
    """The designs of all packs under one business model, one platform and one count a pack in the scenario's order."""

    model: str
    platforms: tuple[Platforms, ...]
    counts: tuple[Counts, ...]
    labels: tuple[str, ...]
    is_chosen: bool


def missed_models(met: Sequence[str], scenario: Scenario) -> tuple[str, ...]:
    """A remark on every business model of the scenario under which no design meets the limits."""
    missed = [model for model in scenario.ownership.models if model not in met]
    return tuple(f"under the business model {model} no design meets the limits; it is left out" for model in missed)


def offer_of(selection: Selection, model: str, engineering: Engineering, *, is_chosen: bool) -> ModelOffer:
    """The chosen designs of one business model."""
    pairs = list(zip(selection.portfolio.explored, selection.chosen, strict=True))
    platforms = tuple(one.candidates.platforms.take(np.array([chosen])) for one, chosen in pairs)
    return ModelOffer(
        model=model,
        platforms=platforms,
        counts=tuple(one.candidates.counts.take(np.array([chosen])) for one, chosen in pairs),
        labels=tuple(platform_labels(item, engineering)[0] for item in platforms),
        is_chosen=is_chosen,
    )


def ownership_tables(
    offers: Sequence[ModelOffer], engineering: Engineering, catalog: Catalog
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A row a pack and model, and the undiscounted cash flow by model, party, year and component, inflow +.

    The user and the lessor together are the system, whose fees cancel. The maker stands beside it: it receives the
    price of every pack and pays what making it costs, so that its flow is the profit in the price.
    """
    rows: list[dict[str, object]] = []
    flows: list[pd.DataFrame] = []
    for offer in offers:
        scenario = engineering.scenario.with_model(offer.model)
        for number, pack in enumerate(scenario.packs):
            task = pack_task(pack, scenario, catalog, engineering)
            evaluation = evaluate(task, offer.platforms[number], offer.counts[number], engineering)
            rows.append(_row(pack.name, offer, number, evaluation))
            flows += _flows(pack.name, offer.model, evaluation)
    return pd.DataFrame(rows), pd.concat(flows, ignore_index=True)


def _row(pack: str, offer: ModelOffer, number: int, evaluation: Evaluation) -> dict[str, object]:
    life = evaluation.lifecycle
    terms, fee = life.terms, life.fee
    rate = terms.finance.discount_rate_frac
    user_usd = -float(life.ledger.net_present_value_usd(rate, Party.USER)[0])
    lessor_usd = float(life.ledger.net_present_value_usd(rate, Party.LESSOR)[0])
    cost_usd = float(life.lifecycle_cost_usd[0])
    return {
        "pack": pack,
        "model": offer.model,
        "chosen": offer.is_chosen,
        "platform": offer.labels[number],
        "lifecycle_cost_usd_per_pack": cost_usd,
        "levelized_usd_per_km": float(life.levelized_usd_per_km[0]),
        "user_cost_usd": user_usd,
        "user_usd_per_km": user_usd / life.discounted_km,
        "lessor_npv_usd": lessor_usd,
        "maker_profit_usd": _maker_profit_usd(evaluation),
        **_fee_values(life),
        "lessor_return_frac": np.nan if fee is None else terms.ownership.lessor_discount_rate_frac,
        "packs_per_vehicle": terms.ownership.pool_factor,
        "purchase_price_usd_per_pack": float(evaluation.cost.battery_system_cost_usd[0]),
        "pack_life_yr": float(life.installations.life_yr[0]),
        "replacements_count": int(life.installations.replacements_count[0]),
        "charging_hours_per_yr": float(life.use.charging_hours_per_yr[0]),
        **{f"{item.value}_pv_usd": float(life.present_value_usd[item][0]) for item in COST_COMPONENTS},
    }


def _fee_values(life: LifecycleCost) -> dict[str, float]:
    """Fee in force and at break-even, fee per kWh of a year, return and payback of the lessor; NaN in a sale."""
    fee = life.fee
    if fee is None:
        names = ("fee_usd_per_month", "breakeven_fee_usd_per_month", "energy_fee_usd_per_yr", "lessor_irr_frac")
        return dict.fromkeys((*names, "payback_months"), float("nan"))
    returned = internal_rate_of_return(*life.ledger.dated(Party.LESSOR, 0))
    energy = life.use.battery_energy_kwh_per_yr * life.terms.ownership.fee_usd_per_kwh
    return {
        "fee_usd_per_month": float(fee.fee_usd_per_month[0]),
        "breakeven_fee_usd_per_month": float(fee.breakeven_fee_usd_per_month[0]),
        "energy_fee_usd_per_yr": float(energy[0]),
        "lessor_irr_frac": float("nan") if returned is None else returned,
        "payback_months": float(payback_months(life.ledger, fee.fee_usd_per_month, life.lessor_margin_usd_per_yr)[0]),
    }


def _profit_share(evaluation: Evaluation) -> float:
    """Profit of the maker in the price of a pack."""
    return float(evaluation.cost.pack.profit_usd[0] / evaluation.cost.battery_system_cost_usd[0])


def _maker_profit_usd(evaluation: Evaluation) -> float:
    paid = sum(float(evaluation.lifecycle.present_value_usd[item][0]) for item in BOUGHT)
    return _profit_share(evaluation) * paid


def _flows(pack: str, model: str, evaluation: Evaluation) -> list[pd.DataFrame]:
    ledger = evaluation.lifecycle.ledger
    parties = [Party.USER] if evaluation.lifecycle.fee is None else [Party.USER, Party.LESSOR]
    parts = [
        _frame(pack, model, party.value, component.value, flow[0])
        for party in parties
        for component, flow in ledger.by_year_usd(party).items()
        if np.any(flow[0])
    ]
    paid = -total({item: ledger.by_year_usd()[item] for item in BOUGHT})[0]
    cost = -(1 - _profit_share(evaluation)) * paid
    return [
        *parts,
        _frame(pack, model, MAKER, "sales", paid),
        _frame(pack, model, MAKER, MAKING_COST, cost),
    ]


def _frame(pack: str, model: str, party: str, component: str, flow: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "pack": pack,
            "model": model,
            "party": party,
            "year": range(flow.size),
            "component": component,
            "cash_flow_usd": flow,
        }
    )
