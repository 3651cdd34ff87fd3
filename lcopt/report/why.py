"""Why not the other designs, what would change the answer, and what proves it: sentences by topic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lcopt.design_names import capitalized, kind_in_words
from lcopt.report.price_words import ends_in_words, family_swap_lines, price_lines
from lcopt.report.records import STOPPED, records_of
from lcopt.report.trade_words import AT_LEAST, break_even_in_words, family_lines, turn_in_words, turns

if TYPE_CHECKING:
    from lcopt.result import Result

Row = Mapping[str, Any]


def rows_of(frame: Any, pack: str) -> list[dict[str, Any]]:  # noqa: ANN401 - a DataFrame, without importing pandas here
    """The rows of a table of a result that belong to one pack."""
    return [row for row in records_of(frame) if row["pack"] == pack]


def rival_of(design: Row, others: Sequence[Row]) -> Row | None:
    """The cheapest design of another chemistry."""
    rest = [row for row in others if row["chemistry"] != design["chemistry"]]
    return min(rest, key=lambda row: float(row["lifecycle_cost_usd_per_pack"]), default=None)


def difference_in_words(design: Row, other: Row) -> str:
    """What another design costs more, as an amount and as a share."""
    cost = design["lifecycle_cost_usd_per_pack"]
    more = other["lifecycle_cost_usd_per_pack"] - cost
    return f"{more:+,.0f} USD a pack, {100 * more / cost:+.2f} %"


def why_not_in_words(row: Row) -> str:
    """A design that is not chosen, and what it costs more."""
    return f"{capitalized(kind_in_words(row))}: {row['reason']}"


def changes(pack: str, result: Result) -> list[str]:
    """What would change the answer for a pack: one clause a limit, and one a family with the cost of its cells."""
    reigns = rows_of(result.turning_points, pack)
    design, *others = rows_of(result.alternatives, pack)
    words = [turn_in_words(first, reign) for first, reign in turns(reigns)]
    rival = rival_of(design, others)
    lines = family_lines(design, others, reigns, result.catalog)
    return words + (lines or ([break_even_in_words(rival)] if rival else []))


def price_changes(pack: str, result: Result) -> list[str]:
    """What the prices that the scenario compares do to the answer; empty where it compares none."""
    words = price_lines(pack, result)
    return [*words, *family_swap_lines(pack, result), ends_in_words(pack, result)] if words else []


def why_not(pack: str, result: Result) -> list[str]:
    """Why no other chemistry: what the best design of each costs more, or the limit that all of them miss."""
    design, *others = rows_of(result.alternatives, pack)
    best: dict[str, Row] = {}
    for row in sorted(others, key=lambda row: float(row["lifecycle_cost_usd_per_pack"])):
        if row["chemistry"] != design["chemistry"]:
            best.setdefault(row["chemistry"], row)
    return [*map(why_not_in_words, best.values()), *(_missed(row) for row in rows_of(result.out_of_reach, pack))]


def _missed(row: Row) -> str:
    asked = "at least" if row["sense"] == AT_LEAST else "at most"
    return (
        f"{row['chemistry']}: no design within the limits; the nearest has {row['limit']} {row['value']:.1f} "
        f"{row['unit']}, {asked} {row['limit_value']:.1f} is asked"
    )


def proof_in_words(result: Result) -> str:
    """What stands behind the claim that nothing is cheaper, or that it does not stand."""
    if not math.isfinite(result.gap_frac):
        return "none: the designs were priced again, not chosen again"
    among = f"{result.candidates_count:,} candidates"
    claim = f"no cheaper design among {among}; gap {100 * result.gap_frac:.3f} %"
    if result.status == STOPPED:
        claim = f"STOPPED before it: another choice among {among} may be cheaper by up to {100 * result.gap_frac:.3g} %"
    return f"{claim} (lower bound {result.lower_bound_usd:,.0f} USD; {_rounds(result.rounds_count)})"


def _rounds(count: int) -> str:
    return f"{count} round{'' if count == 1 else 's'} of the solver" if count else "bounds alone, no solver needed"


def fleet_limit_lines(result: Result) -> list[str]:
    """What the choice makes of every limit of the fleet."""
    states = [(row, "binds" if row["binding"] else "met") for row in records_of(result.fleet_limits)]
    return [f"{row['limit']}: {row['words']}, {state if row['met'] else 'missed'}" for row, state in states]
