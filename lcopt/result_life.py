"""How long the chosen packs live: years, kilometers, cycles and state of health, each with its range."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lcopt.arrays import FloatArray
from lcopt.performance.aging import YearlyFade, yearly_fade
from lcopt.performance.life import life_efc_count, life_km, life_yr, warranty_margin_frac
from lcopt.result_tables import Detailed

LIFE_COLUMNS = (
    "pack",
    "chemistry",
    "fade_law",
    "borrows",
    "climate",
    "equivalent_full_cycles_per_yr",
    "life_low_yr",
    "life_yr",
    "life_high_yr",
    "life_km",
    "life_efc_count",
    "soh_end_of_life_frac",
    "warranty",
    "warranty_margin_low_frac",
    "warranty_margin_frac",
)
AGING_COLUMNS = (
    "pack",
    "age_yr",
    "distance_km",
    "equivalent_full_cycles",
    "soh_low_frac",
    "soh_frac",
    "soh_high_frac",
)


def life_table(details: Sequence[Detailed]) -> pd.DataFrame:
    """`LIFE_COLUMNS`, a row a pack; a life is infinite where the pack outlasts 200 years.

    `low` and `high` are the ends of what cars in the field, fast charging and a borrowed law leave open.
    """
    return pd.DataFrame([_life_row(item) for item in _chosen(details)], columns=list(LIFE_COLUMNS))


def aging_table(details: Sequence[Detailed]) -> pd.DataFrame:
    """`AGING_COLUMNS`, a row an age from new to the horizon, of every pack as if it were never replaced."""
    return pd.concat([_aging_rows(item) for item in _chosen(details)], ignore_index=True)


def _chosen(details: Sequence[Detailed]) -> list[Detailed]:
    """The detailed designs whose first is the chosen one of a pack."""
    return [item for item in details if item.alternatives[0].rank == 0]


def _fades(detailed: Detailed) -> tuple[float, YearlyFade, YearlyFade, YearlyFade]:
    """Equivalent full cycles a year of the chosen design, and its fades from least to most."""
    couple = detailed.evaluation.geometry.platforms.couple[:1]
    cycles: FloatArray = detailed.evaluation.lifecycle.use.equivalent_full_cycles_per_yr[:1]
    ranged = detailed.task.aging.fade
    least, central, most = (
        yearly_fade(fade.take(couple), cycles) for fade in (ranged.low, ranged.central, ranged.high)
    )
    return float(cycles[0]), least, central, most


def _life_row(detailed: Detailed) -> dict[str, object]:
    task, engineering = detailed.task, detailed.engineering
    couple = int(detailed.evaluation.geometry.platforms.couple[0])
    cycles, least, central, most = _fades(detailed)
    use, limits = task.pack.usage, task.pack.limits
    short, life, long = (life_yr(fade, use.soh_end_of_life_frac) for fade in (most, central, least))
    distance = use.distance_km_per_yr
    margins = [warranty_margin_frac(task.warranty, fade, distance)[0] for fade in (most, central)]
    worst, expected = (float(margin) if task.warranty else np.nan for margin in margins)
    family = engineering.families[couple]
    return {
        "pack": detailed.pack,
        "chemistry": engineering.chemistries[couple],
        "fade_law": family.fade_law,
        "borrows": family.borrows,
        "climate": use.climate,
        "equivalent_full_cycles_per_yr": cycles,
        "life_low_yr": float(short[0]),
        "life_yr": float(life[0]),
        "life_high_yr": float(long[0]),
        "life_km": float(life_km(life, distance)[0]),
        "life_efc_count": float(life_efc_count(life, cycles)[0]),
        "soh_end_of_life_frac": use.soh_end_of_life_frac,
        "warranty": limits.warranty,
        "warranty_margin_low_frac": worst,
        "warranty_margin_frac": expected,
    }


def _aging_rows(detailed: Detailed) -> pd.DataFrame:
    cycles, least, central, most = _fades(detailed)
    age = np.arange(detailed.task.terms.finance.horizon_yr + 1, dtype=np.float64)
    columns = {
        "pack": detailed.pack,
        "age_yr": age,
        "distance_km": age * detailed.task.pack.usage.distance_km_per_yr,
        "equivalent_full_cycles": age * cycles,
        "soh_low_frac": most.soh_frac(age),
        "soh_frac": central.soh_frac(age),
        "soh_high_frac": least.soh_frac(age),
    }
    return pd.DataFrame(columns, columns=list(AGING_COLUMNS))
