"""Why a design is not the chosen one: what it costs more, by the components that matter."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

# Differences below this share of the largest one are not worth a word.
WORTH_A_WORD_FRAC = 0.1
WORDS_COUNT = 3
# Why a design that is cheaper for one pack is not taken.
FLEET_FIRST = "but the fleet costs less with the chosen cell"
FLEET_AT_RISK = f"{FLEET_FIRST} under the risk of prices"
NOT_CHOSEN_AGAIN = "but nothing is chosen again at these prices"


def with_reasons(designs: pd.DataFrame, present_values: pd.DataFrame, kept: str) -> pd.DataFrame:
    """Ranked designs with the column `reason`, empty for the chosen ones.

    Parameters
    ----------
    designs : DataFrame
        With `pack, rank`.
    present_values : DataFrame
        With `pack, rank, component, present_value_usd_per_pack`.
    kept : str
        Why the chosen designs stay where others are cheaper for their pack.
    """
    values = present_values.pivot_table(
        index=["pack", "rank"], columns="component", values="present_value_usd_per_pack", sort=False
    )
    reasons = [
        reason_in_words((values.loc[pack, rank] - values.loc[pack, 0]).to_dict(), kept) if rank else ""
        for pack, rank in zip(designs["pack"], designs["rank"], strict=True)
    ]
    return designs.assign(reason=reasons)


def reason_in_words(differences_usd: Mapping[str, float], kept: str) -> str:
    """What a design costs more than the chosen one [USD a pack], from the difference in every component."""
    parts = {component: usd for component, usd in differences_usd.items() if usd}
    if not parts:
        return "costs the same in every part"
    difference, largest = sum(parts.values()), max(map(abs, parts.values()))
    words = [
        f"{component.replace('_', ' ')} {usd:+,.0f}"
        for component, usd in sorted(parts.items(), key=lambda item: -abs(item[1]))[:WORDS_COUNT]
        if abs(usd) >= WORTH_A_WORD_FRAC * largest
    ]
    if difference < 0:
        return f"{-difference:,.0f} USD cheaper for this pack alone ({', '.join(words)}), {kept}"
    return f"{difference:,.0f} USD dearer over its life: {', '.join(words)}"
