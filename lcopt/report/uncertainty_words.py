"""How sure the answer is, in words that the sheet and the page share."""

from __future__ import annotations

from typing import Any

from lcopt.report.records import records_of
from lcopt.result import OPTIMAL, Result
from lcopt.uncertainty.study import Sensitivity, kept_sensitivity
from lcopt.uncertainty.told import BARE, assumed_driver, missed_words, musd, percent, worth_words

IMPORTANCE_HEADING = (
    "Sobol indices: share of the variance of the cost of the choice, and of its lead over the others, that a price "
    "explains alone and with its interactions"
)
IMPORTANCE_COLUMNS = tuple(
    (output, key, f"{output.capitalize()}, {head}")
    for output in ("cost", "lead")
    for key, head in (("first_frac", "alone"), ("total_frac", "with all"), ("total_confidence", "sure to ±"))
)


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
        f"at most; {worth_words(worth)}",
    ]
    if found.missed_frac:
        words = missed_words(found.missed_frac)
        lines.append(f"{words[0].upper()}{words[1:]}")
    if (driver := assumed_driver(found)) is not None:
        lines.append(f"The largest driver rests on an assumption: {field_words(driver)}")
    return lines


def switches_heading(found: Sensitivity) -> str:
    """What the switching values are told of; a robust choice need not be the cheapest at the prices as they are."""
    heading = "From which value, alone, another cell wins"
    if found.cheapest_platform == found.platform:
        return heading
    return f"{heading} than {found.cheapest_platform}, the cheapest at the prices of the scenario"


def importance_rows(found: Sensitivity) -> list[dict[Any, Any]]:
    """Sobol indices of every sampled price, by field, kind, source and (output, column), the most decisive first."""
    rows: dict[str, dict[Any, Any]] = {}
    for item in records_of(found.importance):
        row = rows.setdefault(item["field"], {key: item[key] for key in ("field", "kind", "source")})
        row |= {(item["output"], key): item[key] for key in ("first_frac", "total_frac", "total_confidence")}
    return sorted(rows.values(), key=lambda row: (-row["lead", "total_frac"], -row["cost", "total_frac"]))


def field_and_unit(field: str, unit: str) -> str:
    """A field as people say it, and its unit where it has one."""
    return field_words(field) if unit == BARE else f"{field_words(field)}, {unit}"


def field_words(field: str) -> str:
    """A field as people say it."""
    if field.startswith("packs."):
        _, pack, *keys = field.split(".")
        whose = "all packs" if pack == "*" else pack
        return f"{_spaced(keys[-1])} of {whose}"
    words = field.removeprefix("price_overrides.").removeprefix("catalog_overrides.active_materials.")
    return _spaced(words.removeprefix("finance.").removesuffix("_usd_per_kg").removesuffix("_frac"))


def _spaced(words: str) -> str:
    return words.replace("_", " ").replace(".", " ")
