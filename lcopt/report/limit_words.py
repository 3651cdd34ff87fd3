"""What each limit costs, in words: how far the chosen pack is from it, and what a stricter one would take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lcopt.design_names import capitalized, kind_in_words
from lcopt.report.trade_words import AT_LEAST
from lcopt.report.why import rows_of

if TYPE_CHECKING:
    from lcopt.result import Result

Row = Mapping[str, Any]
# A stricter pack that is worth a word is better than the chosen one by this share.
STEP_FRAC = 0.05


def limit_costs(pack: str, result: Result) -> list[str]:
    """One clause for each quantity whose front the result holds; every cost in it is that of a design that exists."""
    (design,) = (row for row in rows_of(result.alternatives, pack) if row["rank"] == 0)
    limits = {row["limit"]: row for row in rows_of(result.ranked.limits, pack) if _is_asked(row)}
    front = rows_of(result.front, pack)
    quantities = dict.fromkeys(row["quantity"] for row in front)
    return [_clause(design, limits.get(name), [row for row in front if row["quantity"] == name]) for name in quantities]


def _is_asked(limit: Row) -> bool:
    return bool(limit["rank"] == 0 and limit["kind"] == "scenario")


def _clause(design: Row, limit: Row | None, front: Sequence[Row]) -> str:
    about = front[0]
    quantity, unit = about["quantity"], about["unit"]
    reached = f"{capitalized(about['label'])}: {design[quantity]:.1f} {unit}"
    if limit is not None:
        asked = "at least" if about["sense"] == AT_LEAST else "at most"
        binds = "binds" if limit["binding"] else "does not bind"
        reached += f", {asked} {limit['limit_value']:.1f} is asked, which {binds}"
    return f"{reached}; {_stricter(design, front)}"


def _stricter(design: Row, front: Sequence[Row]) -> str:
    quantity, sign = front[0]["quantity"], 1.0 if front[0]["sense"] == AT_LEAST else -1.0
    wanted = design[quantity] * (1 + sign * STEP_FRAC)
    beyond = [row for row in front if sign * (row[quantity] - wanted) >= 0]
    if not beyond:
        return f"no design within the limits is better by {100 * STEP_FRAC:g} %"
    first, last = beyond[0], beyond[-1]
    steps = [_point(design, first)] if first is last else [_point(design, first), f"{_point(design, last)}, the most"]
    return " and ".join(steps)


def _point(design: Row, point: Row) -> str:
    more = point["lifecycle_cost_usd_per_pack"] - design["lifecycle_cost_usd_per_pack"]
    other = "" if point["chemistry"] == design["chemistry"] else f" ({kind_in_words(point)})"
    return f"{point[point['quantity']]:.1f} {point['unit']} costs {more:+,.0f} USD a pack{other}"
