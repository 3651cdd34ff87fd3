"""Why the winner wins and what would change that, in words and as plain records."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lcopt.design_names import FORMAT_NAMES, design_in_words
from lcopt.report.portfolio_words import count_in_words, listed, million_usd, penalty_in_words, restricted_in_words
from lcopt.report.records import records_of
from lcopt.report.why import changes, price_changes, proof_in_words, rows_of, why_not, why_not_in_words
from lcopt.selection.portfolio_answers import KINDS

if TYPE_CHECKING:
    import pandas as pd

    from lcopt.result import Result

Row = Mapping[str, Any]
TABLES = (
    "platform_sets",
    "platform_penalties",
    "by_platform_count",
    "best_by_chemistry",
    "best_by_format",
    "strategies",
)


def explanation_text(result: Result, limits: pd.DataFrame, switches: pd.DataFrame) -> str:
    """The explanation in lines: pack by pack why, then limits, what would change the answer, and the portfolio.

    Parameters
    ----------
    result : Result
    limits : DataFrame
        Of `lcopt.shadow_costs`.
    switches : DataFrame
        Of `lcopt.switching_values`.
    """
    scenario = result.scenario
    lines = [f"{scenario.name}: {scenario.question}" if scenario.question else scenario.name]
    for design in records_of(result.designs):
        lines += ["", *_why(design, result)]
    sections = (
        ("limits", list(_limit_lines(records_of(limits)))),
        ("change", list(_change_lines(result, records_of(switches)))),
        ("platforms", [count_in_words(row) for row in records_of(result.by_platform_count)]),
        ("without", [penalty_in_words(row) for row in kinds_first(result)]),
        ("strategies", [restricted_in_words(str(row["strategy"]), row) for row in records_of(result.strategies)]),
        ("alone", list(alone_lines(result))),
        ("proof", [f"{result.lifecycle_cost_usd:,.0f} USD lifecycle cost of all packs; {proof_in_words(result)}"]),
    )
    for word, told in sections:
        lines += [""] if told else []
        lines += [f"{word if not number else '':<10} {line}" for number, line in enumerate(told)]
    return "\n".join([*lines, *(f"warning    {note}" for note in result.portfolio.notes)])


def explanation_record(result: Result, limits: pd.DataFrame, switches: pd.DataFrame) -> dict[str, Any]:
    """The same for programs: records of the tables."""
    alternatives = ("pack", "rank", "role", "platform", "chemistry", "format", "penalty_usd_per_pack", "reason")
    return {
        "scenario": result.scenario.name,
        "status": result.status,
        "lifecycle_cost_usd": result.lifecycle_cost_usd,
        "lower_bound_usd": result.lower_bound_usd,
        "gap_frac": result.gap_frac,
        "why": [{name: row[name] for name in alternatives} for row in records_of(result.alternatives)],
        "out_of_reach": records_of(result.out_of_reach),
        "limits": records_of(limits),
        "turning_points": records_of(result.turning_points),
        "switching_values": records_of(switches),
        **{name: records_of(getattr(result, name)) for name in TABLES},
    }


def _why(design: Row, result: Result) -> Iterator[str]:
    """The design, the runner-up, and why no other chemistry."""
    name = str(design["pack"])
    yield f"{name}: {design_in_words(design)}"
    second = next((why_not_in_words(row) for row in rows_of(result.alternatives, name) if row["rank"] == 1), "")
    if second:
        yield f"  {'runner-up':<10} {second}"
    for number, words in enumerate(words for words in why_not(name, result) if words != second):
        yield f"  {'others' if not number else '':<10} {words}"


def _limit_lines(rows: Sequence[Row]) -> Iterator[str]:
    """What each limit costs, and what a tighter one would."""
    for row in rows:
        if row["side"] == "tightened":
            continue
        name = f"{row['pack']}: {row['label']} {row['sense']} {row['limit_value']:g} {row['unit']}"
        tighter = next(other for other in rows if _is_other_side(row, other))
        if not row["binding"]:
            name += f" (reached: {row['value']:.4g})"
        yield f"{name}: {_looser(row)}, {_tighter(tighter)}"


def _is_other_side(row: Row, other: Row) -> bool:
    return other["side"] == "tightened" and all(other[key] == row[key] for key in ("pack", "quantity", "sense"))


def _looser(row: Row) -> str:
    step = f"{abs(row['step']):.3g} {row['unit']} looser"
    if not row["cost_change_usd"]:
        return f"{step} saves nothing"
    each = row["usd_per_unit_and_pack"]
    per_pack = "" if math.isnan(each) else f", {abs(each):,.2f} USD a pack and {row['unit']}"
    return f"{step} saves {million_usd(-row['cost_change_usd'])}{per_pack}"


def _tighter(row: Row) -> str:
    step = f"{abs(row['step']):.3g} tighter"
    if not row["cost_change_usd"]:
        return f"{step} costs nothing"
    if not math.isfinite(row["cost_change_usd"]):
        return f"{step} is impossible"
    return f"{step} costs {million_usd(row['cost_change_usd'])}"


def _change_lines(result: Result, switches: Sequence[Row]) -> Iterator[str]:
    """What would change the answer for a pack, and from which cost another number of platforms wins."""
    for pack in result.scenario.packs:
        told = [*changes(pack.name, result), *price_changes(pack.name, result)]
        yield from (f"{pack.name}: {words}" for words in told)
    for row in switches:
        what = "a platform costs" if row["quantity"] == "platform_fixed_cost" else "volumes are"
        amount = f"{row['switches_at']:.4g} {row['unit']}" if row["unit"] != "1" else f"{row['switches_at']:.3g} times"
        now = f"{row['value_now']:.4g}" if row["unit"] != "1" else "those of the scenario"
        count = row["platforms_count"]
        yield f"{what} {row['side']} {amount} (now {now}): {count} platform{'' if count == 1 else 's'} would win"


def kinds_first(result: Result) -> list[dict[str, Any]]:
    """Penalties of kinds of cells; those of single cells where there are no others."""
    rows = records_of(result.platform_penalties)
    return [row for row in rows if row["distinct"] == KINDS] or rows


def alone_lines(result: Result) -> Iterator[str]:
    """What a fleet of one chemistry or one format alone costs more, the cheapest first."""
    for table, key in ((result.best_by_chemistry, "chemistry"), (result.best_by_format, "format")):
        rows = sorted(records_of(table), key=lambda row: float(row["cost_usd"]))
        possible = [row for row in rows if math.isfinite(row["cost_usd"])]
        for row in possible:
            yield restricted_in_words(f"{FORMAT_NAMES.get(row[key], row[key])} alone", row)
        names = [str(FORMAT_NAMES.get(row[key], row[key])) for row in rows if not math.isfinite(row["cost_usd"])]
        if names:
            yield f"impossible alone: {listed(names)}"
