"""What the chosen packs cost on the lines that they share, against plants of the scenario's size."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from lcopt.selection.pooled import LineCost

COLUMNS = (
    "group",
    "shared_by",
    "shared",
    "packs",
    "energy_gwh_per_yr",
    "running_usd",
    "capital_usd",
    "pooled_usd",
    "as_sized_usd",
    "difference_usd",
)


def lines_table(lines: Sequence[LineCost]) -> pd.DataFrame:
    """A row a line in the order of the process groups; empty where volumes are not pooled.

    `shared` is the chemistry, format or architecture that its packs have in common, `the plant` where all share it;
    `packs` their names with commas, `energy_gwh_per_yr` what they make in the best year. Costs are present values of
    the fleet: that of the line, that of the same work in plants of the scenario's size, and the one less the other,
    which add up to the row `(lines)` of the cost.
    """
    rows = [
        {
            "group": line.group,
            "shared_by": line.shared_by,
            "shared": line.name or "the plant",
            "packs": ", ".join(line.packs),
            "energy_gwh_per_yr": line.energy_gwh_per_yr,
            "running_usd": line.running_usd,
            "capital_usd": line.capital_usd,
            "pooled_usd": line.running_usd + line.capital_usd,
            "as_sized_usd": line.as_sized_usd,
            "difference_usd": line.running_usd + line.capital_usd - line.as_sized_usd,
        }
        for line in lines
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
