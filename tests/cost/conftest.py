"""Designs of the reference workbook with the geometry that it found, so that the cost kernels can be told apart."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from lcopt.conventions import BATPAC_51, Conventions
from lcopt.cost.bought_cells import BoughtCells
from lcopt.cost.composition import Accounting, CostConstants, PackCost, account, cost_packs, read_cost_constants
from lcopt.cost.plant import plant_at_utilization
from lcopt.cost.price_additions import NO_ADDITIONS, PriceAdditions
from lcopt.cost.prices import PriceDeck, read_price_deck

DATA = Path(__file__).parents[1] / "data"
OVERRIDES = (
    "positive_active_usd_per_kg",
    "negative_active_usd_per_kg",
    "positive_foil_usd_per_m2",
    "negative_foil_usd_per_m2",
    "separator_usd_per_m2",
    "electrolyte_usd_per_l",
)
CELL_YIELD_FRAC = 0.95
OPERATING_DAYS = 320.0


@dataclass(frozen=True)
class Shop:
    """Reference designs, ready to be priced in any way."""

    frame: pd.DataFrame
    parts: SimpleNamespace
    layout: SimpleNamespace
    deck: PriceDeck
    constants: CostConstants

    def cost(
        self,
        conventions: Conventions = BATPAC_51,
        accounting: Accounting | None = None,
        deck: PriceDeck | None = None,
        packs_per_yr: float | None = None,
        additions: PriceAdditions = NO_ADDITIONS,
        bought_cells: BoughtCells | None = None,
        **plant: object,
    ) -> PackCost:
        packs = self.frame["in_packs_per_year"].to_numpy(float) if packs_per_yr is None else packs_per_yr
        days = plant.pop("operating_days_d_per_yr", OPERATING_DAYS)
        return cost_packs(
            self.parts,
            self.parts,
            self.layout,
            deck or self.deck,
            plant_at_utilization(packs, CELL_YIELD_FRAC, days, **plant),
            self.constants,
            conventions,
            accounting or account(),
            additions=additions,
            bought_cells=bought_cells,
        )


def read_shop(name: str, catalog) -> Shop:
    frame = pd.read_csv(DATA / name)
    columns = {column: frame[column].to_numpy(float) for column in frame if frame[column].dtype.kind in "fi"}
    # The one amount that the reference does not list: 2 mm of elastomer between the modules, 0.3 g/cm3 (BD!G385).
    gaps = columns["in_modules_in_row"] - 1
    pad_cm3 = (columns["positive_length_mm"] + 4) * (columns["module_height_mm"] - 2) * 2 / 1000
    columns["module_pads_kg_per_row"] = gaps * pad_cm3 * 0.3 / 1000
    columns["solid_electrolyte_g_per_cell"] = np.zeros(len(frame))
    names = tuple(dict.fromkeys(frame["in_chemistry"]))
    deck = read_price_deck(catalog, "reference", names).take(
        np.array([names.index(name) for name in frame["in_chemistry"]])
    )
    given = {
        field: np.where(np.isnan(columns[f"in_price_{field}"]), getattr(deck, field), columns[f"in_price_{field}"])
        for field in OVERRIDES
        if f"in_price_{field}" in columns
    }
    layout = SimpleNamespace(
        cells_per_module_count=columns["in_cells_per_module"],
        cells_in_parallel_count=columns["in_cells_in_parallel"],
        modules_in_row_count=columns["in_modules_in_row"],
        rows_of_modules_count=columns["in_rows_of_modules"],
        packs_per_vehicle_count=np.ones(len(frame)),
    )
    return Shop(frame, SimpleNamespace(**columns), layout, replace(deck, **given), read_cost_constants(catalog))


@pytest.fixture(scope="session")
def shop(catalog) -> Shop:
    """102 designs, six of each chemistry, some with prices of their own."""
    return read_shop("cost_designs.csv", catalog)


@pytest.fixture(scope="session")
def excel_shop(catalog) -> Shop:
    """The seven designs of the workbook as Excel left them."""
    return read_shop("cost_excel_cached.csv", catalog)


@pytest.fixture(scope="session")
def deviation():
    """Largest relative deviation of an array from a reference; equal zeros agree."""

    def largest(found, wanted) -> float:
        found, wanted = np.asarray(found, dtype=float), np.asarray(wanted, dtype=float)
        scale = np.maximum(np.abs(wanted), 1e-300)
        return float(np.max(np.where(found == wanted, 0.0, np.abs(found - wanted) / scale)))

    return largest


@pytest.fixture(scope="session")
def scaled_deck():
    """A deck with one price multiplied."""

    def scale(deck: PriceDeck, field: str, factor: float) -> PriceDeck:
        assert field in {item.name for item in fields(deck)}
        return replace(deck, **{field: getattr(deck, field) * factor})

    return scale
