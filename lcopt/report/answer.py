"""The answer in plain words, for a terminal: what to build, what it costs, what comes next, and the proof."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lcopt.result import Result

TIE_FRAC = 0.01
CHARGING_LIMIT = "charging_time_min"
COMPONENT_WORDS = {"purchase": "purchase price", "carbon_making": "carbon of making", "carbon_use": "carbon of use"}


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
    for design in _records(result.designs):
        lines += [*_pack_lines(design, result), ""]
    return "\n".join([*lines, *_portfolio_lines(result)])


def _records(frame: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a DataFrame, without importing pandas here
    records: list[dict[str, Any]] = frame.to_dict("records")
    return records


def _pack_lines(design: Mapping[str, Any], result: Result) -> list[str]:
    price, energy = design["purchase_price_usd_per_pack"], design["pack_energy_kwh"]
    lines = [
        f"{design['pack']}: {_design_words(design)}",
        f"  price      {price:,.0f} USD a pack, {price / energy:.1f} USD/kWh for {energy:.1f} kWh",
        f"  lifecycle  {design['lifecycle_cost_usd_per_pack']:,.0f} USD a pack, "
        f"{design['levelized_usd_per_km']:.4f} USD/km over {result.scenario.finance.horizon_yr} years; {_life(design)}",
        f"  charging   {_charging(design, result)}",
        f"  size       {design['pack_mass_kg']:.0f} kg, {design['pack_specific_energy_wh_per_kg']:.0f} Wh/kg, "
        f"{design['pack_energy_density_wh_per_l']:.0f} Wh/L",
    ]
    if _text(design.get("borrows")):
        lines.append(f"  borrowed   {design['borrows']}")
    return [*lines, *_runner_up_lines(design, result)]


def _design_words(design: Mapping[str, Any]) -> str:
    technology = design["technology_class"]
    fast = "" if technology == "standard" else f" of class {technology}"
    return (
        f"{design['chemistry']}{fast}, {design['areal_capacity_mah_per_cm2']:.2f} mAh/cm2, {design['format']} cell of "
        f"{design['cell_capacity_ah']:.1f} Ah, {design['cells_in_series_count']} in series x "
        f"{design['cells_in_parallel_count']} in parallel"
    )


def _life(design: Mapping[str, Any]) -> str:
    life = design.get("pack_life_yr")
    return "the pack is not worn out" if life is None or not math.isfinite(life) else f"a pack lasts {life:.3g} years"


def _charging(design: Mapping[str, Any], result: Result) -> str:
    limit = next(pack.limits.charging_time_max_min for pack in result.scenario.packs if pack.name == design["pack"])
    asked = "no limit asked" if limit is None else f"limit {limit:.1f} min"
    return f"{design['charging_time_min']:.1f} min ({asked})"


def _runner_up_lines(design: Mapping[str, Any], result: Result) -> list[str]:
    rest = [row for row in _records(result.alternatives) if row["pack"] == design["pack"] and row["rank"] >= 1]
    if not rest:
        return ["  next best  none: no other candidate meets the limits"]
    second = min(rest, key=lambda row: row["rank"])
    lines = [f"  next best  {_design_words(second)}: {_difference(design, second)}"]
    other = [row for row in rest if row["chemistry"] != design["chemistry"]]
    if other:
        rival = min(other, key=lambda row: row["lifecycle_cost_usd_per_pack"])
        lines.append(f"  best other {_design_words(rival)}: {_difference(design, rival)}")
        if abs(_gap(design, rival)) < TIE_FRAC:
            lines.append(f"  TIE        with {rival['chemistry']}: below 1 %; {_decider(rival, result)}")
    elif abs(_gap(design, second)) < TIE_FRAC:
        lines.append(f"  close      the next best is within 1 %; {_decider(second, result)}")
    return lines


def _gap(design: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    cost = design["lifecycle_cost_usd_per_pack"]
    return float((other["lifecycle_cost_usd_per_pack"] - cost) / cost)


def _difference(design: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    usd = other["lifecycle_cost_usd_per_pack"] - design["lifecycle_cost_usd_per_pack"]
    return f"{usd:+,.0f} USD a pack ({100 * _gap(design, other):+.2f} %)"


def _decider(other: Mapping[str, Any], result: Result) -> str:
    """The component of cost in which two designs differ most."""
    rows = [row for row in _records(result.present_values) if row["pack"] == other["pack"]]
    first = {row["component"]: row["present_value_usd_per_pack"] for row in rows if row["rank"] == 0}
    second = {row["component"]: row["present_value_usd_per_pack"] for row in rows if row["rank"] == other["rank"]}
    differences = {name: second.get(name, 0.0) - value for name, value in first.items()}
    if not any(differences.values()):
        return "they cost the same in every component"
    name = max(differences, key=lambda component: abs(differences[component]))
    words = COMPONENT_WORDS.get(name, name.replace("_", " "))
    return f"what decides is {words} ({differences[name]:+,.0f} USD a pack)"


def _portfolio_lines(result: Result) -> list[str]:
    years = result.scenario.finance.production_years
    lines = [
        f"portfolio  {result.lifecycle_cost_usd:,.0f} USD lifecycle cost of all packs sold in {years} years",
        f"proof      no cheaper design among {result.candidates_count:,} candidates; gap {100 * result.gap_frac:.3f} % "
        f"(lower bound {result.lower_bound_usd:,.0f} USD)",
    ]
    return lines + [f"warning    {warning}" for warning in _texts(result.warnings)]


def _texts(values: Iterable[object]) -> list[str]:
    return [text for text in map(_text, values) if text]


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
