"""How sure the answer is, in words that the sheet and the page share."""

from __future__ import annotations

from lcopt.result import OPTIMAL, Result
from lcopt.uncertainty.study import Sensitivity, kept_sensitivity
from lcopt.uncertainty.told import ASSUMED
from lcopt.units import USD_PER_MUSD


def asked_sensitivity(result: Result) -> Sensitivity | None:
    """How sure a proven answer is, where its scenario has a block `uncertainty`."""
    if result.status != OPTIMAL or not result.scenario.asks_uncertainty:
        return None
    return kept_sensitivity(result.scenario.with_model(result.ownership_model))


def answer_lines(found: Sensitivity) -> list[str]:
    """The answer in sentences without their period."""
    share = found.probability_best_by_chemistry.get(found.chemistry, 0.0)
    own = found.probability_best.get(found.platform, 0.0)
    regret, worth = found.regret_usd, found.odds.perfect_information_usd
    lines = [
        f"{found.chemistry} is the best chemistry in {percent(share)} of {found.samples_count} samples, the chosen "
        f"cell the best in {percent(own)}",
        f"Seed {found.seed}, {found.method.replace('_', ' ')}; sampled: {found.sampled}; compared: {found.covered}",
        f"The choice costs {musd(regret['mean'])} more than the best of each sample on average, {musd(regret['max'])} "
        f"at most; to know the prices beforehand would be worth {musd(worth)}",
    ]
    if found.missed_frac:
        lines.append(f"The chosen design misses a limit in {percent(found.missed_frac)} of the samples")
    first = found.assumptions.iloc[0] if len(found.assumptions) else None
    if first is not None and first["kind"] == ASSUMED:
        lines.append(f"The largest driver rests on an assumption: {field_words(str(first['field']))}")
    return lines


def field_words(field: str) -> str:
    """A field as people say it."""
    words = field.removeprefix("price_overrides.").removeprefix("catalog_overrides.active_materials.")
    return words.removesuffix("_usd_per_kg").replace("_", " ").replace(".", " ")


def musd(usd: float) -> str:
    """Money in words."""
    return f"{usd / USD_PER_MUSD:,.1f} MUSD"


def percent(share: float) -> str:
    """A share in words."""
    return f"{100 * share:.3g} %"
