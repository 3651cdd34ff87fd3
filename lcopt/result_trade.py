"""What a result says about trades: what a safety rule costs each design, and which limit would change the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from lcopt.inputs.words import ARCHITECTURES, FORMATS, SAFETY_RULES
from lcopt.pack.safety import NO_RULE, vented_gas_max_mol
from lcopt.performance.limits import Sense
from lcopt.selection.engineering import Engineering
from lcopt.selection.evaluation import all_values, evaluate
from lcopt.selection.explored import Explored
from lcopt.selection.space import Candidates
from lcopt.selection.tasks import PackTask
from lcopt.selection.turning import QUANTITIES, Reign, front, reigns

SAFETY_COLUMNS = (
    "barrier_thickness_mm",
    "propagation_margin_k",
    "vented_gas_mol",
    "pack_specific_energy_wh_per_kg",
    "pack_energy_density_wh_per_l",
    "pack_mass_kg",
    "purchase_price_usd_per_pack",
    "lifecycle_cost_usd_per_pack",
)
TURNING_COLUMNS = (
    "pack",
    "quantity",
    "label",
    "sense",
    "unit",
    "after",
    "until",
    "chemistry",
    "format",
    "architecture",
    "lifecycle_cost_usd_per_pack",
    "lifecycle_cost_at_end_usd_per_pack",
)
FRONT_VALUES = (
    "charging_time_min",
    "pack_specific_energy_wh_per_kg",
    "pack_energy_density_wh_per_l",
    "purchase_price_usd_per_pack",
    "lifecycle_cost_usd_per_pack",
)
FRONT_COLUMNS = ("pack", "quantity", "label", "sense", "unit", "chemistry", "format", "architecture", *FRONT_VALUES)
FRONT_POINTS = 24


def safety_table(tasks: Sequence[PackTask], designs: Sequence[Candidates], engineering: Engineering) -> pd.DataFrame:
    """Every ranked design under every safety rule, with the barrier that each asks for.

    The cell, its counts and the way its pack is built stay; only the barrier between the cells changes. Where no
    barrier works, or a cell vents too much gas, `passes` is false and the thickest barrier is built in.

    Returns
    -------
    DataFrame
        `pack, rank, chemistry, format, rule, passes` and `SAFETY_COLUMNS`.
    """
    parts = [
        _under_rule(task, design, rule, engineering)
        for task, design in zip(tasks, designs, strict=True)
        for rule in SAFETY_RULES
    ]
    return pd.concat(parts, ignore_index=True).sort_values(["pack", "rank"], kind="stable", ignore_index=True)


def _under_rule(task: PackTask, designs: Candidates, rule: str, engineering: Engineering) -> pd.DataFrame:
    asked = replace(task, pack=replace(task.pack, limits=replace(task.pack.limits, safety=rule)))
    formats = designs.platforms.cell_format
    most_mol = np.inf if rule == NO_RULE else vented_gas_max_mol(engineering.safety, rule)
    parts = []
    for number in np.unique(formats):
        here = np.flatnonzero(formats == number)
        platforms = designs.platforms.take(here)
        values = all_values(asked, evaluate(asked, platforms, designs.counts.take(here), engineering), engineering)
        found = {name: values[name] for name in SAFETY_COLUMNS}
        passes = np.isfinite(found["barrier_thickness_mm"]) & (found["vented_gas_mol"] <= most_mol)
        found["barrier_thickness_mm"] = np.minimum(
            found["barrier_thickness_mm"], engineering.safety.barrier.thickness_max_mm
        )
        names = [engineering.chemistries[couple] for couple in platforms.couple]
        about = {"pack": task.pack.name, "rank": here, "chemistry": names, "format": FORMATS[number], "rule": rule}
        parts.append(pd.DataFrame({**about, "passes": passes, **found}))
    return pd.concat(parts, ignore_index=True)


def turning_table(explored: Sequence[Explored], engineering: Engineering) -> pd.DataFrame:
    """Which chemistry and cell format is the cheapest for a pack while one limit is tightened and the others hold.

    Returns
    -------
    DataFrame
        `TURNING_COLUMNS`, a row a reign: it begins where the limit passes `after` (NaN of the first) and ends at
        `until`; its cost is that of its cheapest design, and at its end that of the design that reaches it.
    """
    rows = [_reign_row(one, reign, engineering) for one in explored for reign in reigns(one)]
    return pd.DataFrame(rows, columns=list(TURNING_COLUMNS))


def _reign_row(explored: Explored, reign: Reign, engineering: Engineering) -> dict[str, object]:
    platforms, cost = explored.candidates.platforms, explored.cost_usd_per_pack
    return {
        "pack": explored.task.pack.name,
        "quantity": reign.quantity,
        "label": reign.label,
        "sense": reign.sense.value,
        "unit": reign.unit,
        "after": np.nan if reign.after is None else reign.after,
        "until": reign.until,
        "chemistry": engineering.chemistries[platforms.couple[reign.first]],
        "format": FORMATS[platforms.cell_format[reign.first]],
        "architecture": ARCHITECTURES[explored.candidates.counts.architecture[reign.first]],
        "lifecycle_cost_usd_per_pack": float(cost[reign.first]),
        "lifecycle_cost_at_end_usd_per_pack": float(cost[reign.last]),
    }


def front_table(explored: Sequence[Explored], engineering: Engineering) -> pd.DataFrame:
    """Cost against charging time, specific energy and energy density: the candidates that nothing undercuts.

    The front is exact among the candidates of one pack within its limits; what other packs that share its cell want is
    not looked at. Of a long front `FRONT_POINTS` points are kept.

    Returns
    -------
    DataFrame
        `FRONT_COLUMNS`, a row a point, for each pack and quantity from the cheapest point on.
    """
    parts = [_front(one, *quantity, engineering) for one in explored for quantity in QUANTITIES]
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(FRONT_COLUMNS))


def _front(
    explored: Explored, quantity: str, label: str, sense: Sense, unit: str, engineering: Engineering
) -> pd.DataFrame:
    points = front(explored, quantity, sense, FRONT_POINTS)
    platforms, counts = explored.candidates.platforms, explored.candidates.counts
    about = {"pack": explored.task.pack.name, "quantity": quantity, "label": label, "sense": sense.value, "unit": unit}
    kinds = {
        "chemistry": [engineering.chemistries[couple] for couple in platforms.couple[points]],
        "format": [FORMATS[number] for number in platforms.cell_format[points]],
        "architecture": [ARCHITECTURES[number] for number in counts.architecture[points]],
    }
    values = {name: explored.values[name][points] for name in FRONT_VALUES}
    return pd.DataFrame({**about, **kinds, **values}, index=range(len(points)))
