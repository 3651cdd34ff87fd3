"""What the answer rests on: everything uncertain with what it moves and decides, and the grade of its source."""

from __future__ import annotations

import pandas as pd

from lcopt.inputs.catalog import SOURCES, Catalog

COLUMNS = ("field", "kind", "source", "citation", "swing_frac", "decides_frac", "changes_winner")


def assumptions_table(
    tornado: pd.DataFrame, importance: pd.DataFrame, platform: str, cost_usd: float, catalog: Catalog
) -> pd.DataFrame:
    """A row a price or term, what matters most first.

    `swing_frac` is by how much the cost of the choice moves over its range, as a share of the cost; `decides_frac` its
    share of the variance of the lead over the others (prices alone); `changes_winner` whether another cell is the best
    at one of its ends. Those that change the winner come first.
    """
    lead = importance[importance["output"] == "lead"].set_index("field")["total_frac"]
    cited = {row.keys["key"]: row.keys.get("citation", "") for row in catalog.table(SOURCES).rows}
    rows = []
    for row in tornado.to_dict("records"):
        changes = {row["winner_at_low"], row["winner_at_high"]} != {platform}
        swing = abs(row["swing_usd"]) / cost_usd
        decides = float(lead.get(row["field"], float("nan")))
        rows.append((row["field"], row["kind"], row["source"], cited.get(row["source"], ""), swing, decides, changes))
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values(["changes_winner", "swing_frac"], ascending=False, kind="stable", ignore_index=True)
