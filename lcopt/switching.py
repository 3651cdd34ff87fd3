"""From which cost of a platform, volume or cap on the fleet opens another number of platforms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lcopt.answers import words_of
from lcopt.inputs.scenario import Scenario
from lcopt.selection.engineering import Engineering
from lcopt.selection.fleet_rows import LinearRows
from lcopt.selection.portfolio_answers import Asked
from lcopt.selection.proving import Proof, prove
from lcopt.study import decision
from lcopt.units import USD_PER_MUSD

COLUMNS = ("quantity", "unit", "value_now", "switches_at", "side", "platforms_count", "platforms")
FIXED_COST, VOLUMES = "platform_fixed_cost", "volumes"


def switching_values(scenario: Scenario) -> pd.DataFrame:
    """From which fixed cost of a platform, or volume of all packs, the fleet opens another number of platforms.

    Returns
    -------
    DataFrame
        A row a switch and side: `quantity, unit, value_now, switches_at, side`, and `platforms_count, platforms` of the
        fleet that wins `below` or `above`. Empty where one number of platforms wins whatever they cost.

    Raises
    ------
    InfeasibleError
        Where no choice is possible.

    Notes
    -----
    All candidates stay as they are, so the numbers are exact: the best fleet of each number of new platforms is proven
    once, and as each new one costs the same, the switches follow from the differences. A switch in the volume is told
    where the cost of a fleet is in proportion to it: not with pooled volumes, nor with limits of the fleet.
    """
    asked, _, engineering = decision(scenario)
    fixed = asked.instance.platform_fixed_cost_usd
    new_usd = np.unique(fixed[fixed > 0])
    now_usd = float(new_usd[0]) if len(new_usd) == 1 else 0.0
    if len(new_usd) > 1:
        return pd.DataFrame(columns=list(COLUMNS))
    by_count = _best_by_new_count(asked, fixed > 0 if now_usd else np.ones_like(fixed, dtype=bool))
    rows = []
    for switch in _switches({count: proof.cost_usd for count, proof in by_count.items()}):
        sides = {"below": by_count[switch.more], "above": by_count[switch.fewer]}
        rows += _rows(
            (FIXED_COST, "MUSD", now_usd / USD_PER_MUSD, switch.usd / USD_PER_MUSD), sides, asked, engineering
        )
        if now_usd and _is_proportional(asked):
            swapped = {"below": by_count[switch.fewer], "above": by_count[switch.more]}
            rows += _rows((VOLUMES, "1", 1.0, now_usd / switch.usd), swapped, asked, engineering)
    return pd.DataFrame(rows, columns=list(COLUMNS)).sort_values("quantity", kind="stable", ignore_index=True)


@dataclass(frozen=True)
class _Switch:
    """The fixed cost of a platform [USD] above which the fewer platforms win."""

    fewer: int
    more: int
    usd: float


def _best_by_new_count(asked: Asked, is_new: np.ndarray) -> dict[int, Proof]:
    """The best fleet, were platforms for nothing, with at most so many new ones; by the number that it opens."""
    bare = replace(asked.small, platform_fixed_cost_usd=np.zeros(asked.small.platforms_count))
    found: dict[int, Proof] = {}
    for most in range(bare.packs_count + 1):
        row = LinearRows.one("new_platforms_max", "1", is_new.astype(float), upper=float(most))
        proof = prove(replace(bare, platform_rows=bare.platform_rows.with_rows(row)))
        if proof.feasible:
            found.setdefault(int(is_new[proof.platforms].sum()), asked.whole(proof))
    return found


def _switches(cost_usd: Mapping[int, float]) -> Iterator[_Switch]:
    """The corners of the lowest cost over all fixed costs above 0, from few platforms to many."""
    fewer = min(cost_usd)
    while True:
        saved = {more: (cost_usd[fewer] - cost_usd[more]) / (more - fewer) for more in cost_usd if more > fewer}
        if not saved or max(saved.values()) <= 0:
            return
        more = max(saved, key=lambda count: (saved[count], count))
        yield _Switch(fewer, more, saved[more])
        fewer = more


def _is_proportional(asked: Asked) -> bool:
    instance = asked.instance
    return not (len(instance.lines) or len(instance.rows) or instance.risk is not None)


def _rows(
    what: tuple[str, str, float, float], sides: Mapping[str, Proof], asked: Asked, engineering: Engineering
) -> list[dict[str, object]]:
    return [
        {
            **dict(zip(COLUMNS, (*what, side), strict=False)),
            "platforms_count": len(proof.platforms),
            "platforms": "; ".join(words_of(asked, engineering, proof.platforms.tolist())),
        }
        for side, proof in sides.items()
    ]
