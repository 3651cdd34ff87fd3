"""The answer in plain words, for a terminal: what to build, what it costs, what comes next, and the proof."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lcopt.design_names import design_in_words
from lcopt.inputs.currencies import HOME
from lcopt.report.life_words import cold_in_words, life_in_words
from lcopt.report.ownership_words import model_lines, money_in_words
from lcopt.report.portfolio_words import brief_lines
from lcopt.report.records import records_of
from lcopt.report.risk_words import risk_lines
from lcopt.report.trade_words import safety_in_words
from lcopt.report.why import changes, difference_in_words, fleet_limit_lines, price_changes, proof_in_words, rival_of

if TYPE_CHECKING:
    from lcopt.inputs.scenario import Finance, Limits
    from lcopt.result import Result


def answer_text(result: Result) -> str:
    """Some lines a pack, then the portfolio with its proof.

    Parameters
    ----------
    result : Result

    Returns
    -------
    str
        Lines without an end of line after the last.
    """
    scenario = result.scenario
    lines = [f"{scenario.name}: {scenario.question}" if scenario.question else scenario.name, ""]
    for design in records_of(result.designs):
        lines += [*_pack_lines(design, result), ""]
    return "\n".join([*lines, *_portfolio_lines(result)])


def _pack_lines(design: Mapping[str, Any], result: Result) -> list[str]:
    price, energy = design["purchase_price_usd_per_pack"], design["pack_energy_kwh"]
    cost_usd = design["lifecycle_cost_usd_per_pack"]
    horizon = result.scenario.finance.horizon_yr
    lines = [
        f"{design['pack']}: {design_in_words(design)}",
        f"  price      {price:,.0f} USD a pack, {price / energy:.1f} USD/kWh for {energy:.1f} kWh"
        f"{_development(design)}",
        f"  lifecycle  {cost_usd:,.0f} USD a pack{_in_brackets(cost_usd, result.scenario.finance)}, "
        f"{design['levelized_usd_per_km']:.4f} USD/km over {horizon} years; {_life(design, horizon)}",
        *_model_lines(design, result),
        f"  charging   {_charging(design, result)}",
        *_cold_lines(design, result),
        f"  life       {life_in_words(_row_of(result.life, design['pack']))}",
        f"  size       {design['pack_mass_kg']:.0f} kg, {design['pack_specific_energy_wh_per_kg']:.0f} Wh/kg, "
        f"{design['pack_energy_density_wh_per_l']:.0f} Wh/L",
        f"  safety     {safety_in_words(design, _limits(design, result).safety)}",
    ]
    if _text(design.get("borrows")):
        lines.append(f"  borrowed   {design['borrows']}")
    return [*lines, *_runner_up_lines(design, result), *_change_lines(design, result), *_price_lines(design, result)]


def _cold_lines(design: Mapping[str, Any], result: Result) -> list[str]:
    words = cold_in_words(design, _limits(design, result))
    return [f"  cold       {words}"] if words else []


def _row_of(frame: Any, pack: str) -> dict[str, Any]:  # noqa: ANN401 - a DataFrame, without importing pandas here
    return next(row for row in records_of(frame) if row["pack"] == pack)


def _limits(design: Mapping[str, Any], result: Result) -> Limits:
    return next(pack.limits for pack in result.scenario.packs if pack.name == design["pack"])


def _in_brackets(cost_usd: float, finance: Finance) -> str:
    if finance.currency == HOME:
        return ""
    return f" ({cost_usd / finance.usd_per_currency:,.0f} {finance.currency})"


def _in_own_currency(cost_usd: float, finance: Finance) -> list[str]:
    """The total in the currency of the scenario with the rate that leads to it, where that is not USD."""
    if finance.currency == HOME:
        return []
    rate = f"{finance.usd_per_currency:g} {HOME}/{finance.currency}, average of {finance.price_year}"
    return [f"           {cost_usd / finance.usd_per_currency:,.0f} {finance.currency} at {rate}"]


def _development(design: Mapping[str, Any]) -> str:
    """What the development, tooling and validation of its cell add to a pack, where there are any."""
    share = design.get("platform_cost_usd_per_pack", 0.0)
    return f"; development of the cell {share:,.0f} USD a pack more" if share else ""


def _life(design: Mapping[str, Any], horizon_yr: int) -> str:
    life = design["pack_life_yr"]
    if life is None or not math.isfinite(life) or life >= horizon_yr:
        return "one pack lasts that long"
    return f"a pack is replaced after {life:.3g} years"


def _charging(design: Mapping[str, Any], result: Result) -> str:
    limit = _limits(design, result).charging_time_max_min
    asked = "no limit asked" if limit is None else f"limit {limit:.1f} min"
    return f"{design['charging_time_min']:.1f} min ({asked})"


def _runner_up_lines(design: Mapping[str, Any], result: Result) -> list[str]:
    rest = [row for row in records_of(result.alternatives) if row["pack"] == design["pack"] and row["rank"] >= 1]
    if not rest:
        return ["  next best  none: no other candidate meets the limits"]
    second = min(rest, key=lambda row: row["rank"])
    lines = [f"  next best  {design_in_words(second)} ({difference_in_words(design, second)})"]
    lines += [f"             {second['reason']}"] if _text(second["reason"]) else []
    rival = rival_of(design, rest)
    if rival is not None and rival is not second:
        lines.append(f"  rival      {design_in_words(rival)} ({difference_in_words(design, rival)})")
        lines += [f"             {rival['reason']}"] if _text(rival["reason"]) else []
    return lines


def _change_lines(design: Mapping[str, Any], result: Result) -> list[str]:
    """What would change the answer: one line a limit, and one a family of chemistries with the cost of its cells."""
    return [f"  {'change' if not n else '':<10} {line}" for n, line in enumerate(changes(design["pack"], result))]


def _model_lines(design: Mapping[str, Any], result: Result) -> list[str]:
    """What the business models of the scenario come to, where there is another than a sale."""
    lines = model_lines(design["pack"], result)
    return [f"  {'ownership' if not number else '':<10} {line}" for number, line in enumerate(lines)]


def _price_lines(design: Mapping[str, Any], result: Result) -> list[str]:
    """What the prices that the scenario compares do to the answer."""
    return [f"  {'prices' if not n else '':<10} {line}" for n, line in enumerate(price_changes(design["pack"], result))]


def _portfolio_lines(result: Result) -> list[str]:
    years = result.scenario.finance.production_years
    lines = [
        f"money      {money_in_words(result.scenario, result.ownership_model)}",
        *_platform_lines(result),
        f"portfolio  {result.lifecycle_cost_usd:,.0f} USD lifecycle cost of all packs sold in {years} years",
        *_in_own_currency(result.lifecycle_cost_usd, result.scenario.finance),
        *(f"{word:<10} {line}" for word, line in brief_lines(result)),
        *(f"{'' if n else 'limits':<10} {line}" for n, line in enumerate(fleet_limit_lines(result))),
        *(f"{'' if n else 'price risk':<10} {line}" for n, line in enumerate(risk_lines(result))),
        f"proof      {proof_in_words(result)}",
    ]
    return [*lines, *(f"warning    {warning}" for warning in result.warnings)]


def _platform_lines(result: Result) -> list[str]:
    """Which packs share a cell, where there are several."""
    packs_of: dict[str, list[str]] = {}
    for design in records_of(result.designs):
        packs_of.setdefault(str(design["platform"]), []).append(design["pack"])
    if len(result.designs) < 2:
        return []
    shared = "; ".join(f"{platform} in {' and '.join(packs)}" for platform, packs in packs_of.items())
    return [f"cells      {len(packs_of)} cell design{'s' if len(packs_of) > 1 else ''}: {shared}"]


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
