"""Prices of active materials implied by metals against market quotes, and that the document tells them as they are."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from lcopt.cost.price_chain import item_prices
from lcopt.cost.sale_years import years_of_sale
from lcopt.inputs.catalog import packaged_catalog
from lcopt.validation import validate
from lcopt.validation.cathode_prices import MetalPrice, MetalQuotes, day_of

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "active_materials.md"
REFERENCE = ROOT / "lcopt" / "data" / "reference"
WITHIN = 0.15
WORDS = ("reference", "low", "central", "high", "2022_peak")
YEARS = (2026, 2028, 2030, 2032, 2035)
SHOWN = ("lithium_carbonate", "nickel_sulfate", "cobalt_sulfate", "lfp_cathode", "nmc622_cathode", "nmc811_cathode")
ASKED = ("lfp_cathode", "nmc622_cathode", "nmc811_cathode")


@pytest.fixture(scope="module")
def cases() -> pd.DataFrame:
    found = validate("prices").cases
    return found.assign(deviation=found["predicted_usd_per_kg"] / found["usd_per_kg"] - 1)


@pytest.mark.parametrize("name", ["cathode_quotes", "metal_quotes"])
def test_every_quote_is_brought_to_dollars_without_tax(name):
    table = pd.read_csv(REFERENCE / f"{name}.csv")
    usd_per_t = table["quote"] / table["exchange_cny_per_usd"].fillna(1) / (1 + table["vat_frac"])
    wanted = usd_per_t / 1000 * table.get("metal_frac", 1)
    assert table["usd_per_kg"].to_numpy() == pytest.approx(wanted.to_numpy(), abs=1e-4)
    assert table["exchange_cny_per_usd"].notna().eq(table["unit"].eq("CNY/t")).all()
    assert set(table["status"]) == {"solid", "weak"}
    assert table["source"].notna().all()


@pytest.mark.parametrize("item", ASKED)
def test_implied_prices_are_within_15_percent_of_the_quotes_of_three_dates_and_more(cases, item):
    solid = cases[(cases["item"] == item) & (cases["status"] == "solid") & (cases["date"] >= "2021")]
    near = solid[solid["deviation"].abs() <= WITHIN]
    assert len(near) >= 6
    assert len(set(near["date"].str[:4])) == 3
    assert solid["deviation"].abs().max() < 0.25


def test_the_document_tells_every_quote_with_the_implied_price_and_the_metals_behind_it(cases):
    told = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("| 20") and "peak" not in line]
    wanted = [
        f"| {row.date} | {row.usd_per_kg:.2f}{'' if row.status == 'solid' else ' (weak)'} "
        f"| {row.predicted_usd_per_kg:.2f} | {100 * row.deviation:+.1f} % | {row.predicted_metals} |"
        for row in cases.itertuples()
    ]
    assert told == wanted


def test_the_document_tells_the_prices_of_every_scenario_by_year():
    dollars = packaged_catalog().in_price_year(2025)
    sales = [None, *(years_of_sale(year, 1, 0.0) for year in YEARS)]
    wanted = []
    for scenario in WORDS:
        found = [item_prices(dollars, scenario, sale=sale) for sale in sales]
        numbers = {item: " | ".join(f"{prices[item]:.2f}" for prices in found) for item in SHOWN}
        wanted += [f"| {scenario} | {item} | {told} |" for item, told in numbers.items()]
    starts = tuple(f"| {word} |" for word in WORDS)
    told = [line for line in DOCUMENT.read_text().splitlines() if line.startswith(starts)]
    assert told == wanted


def test_the_document_counts_those_within_15_percent(cases):
    text = DOCUMENT.read_text()
    for item, rows in cases.groupby("item"):
        near = int((rows["deviation"].abs() <= WITHIN).sum())
        assert f"## {item}: {near} of {len(rows)} within 15 %" in text


def test_a_metal_is_taken_at_its_nearest_quote_of_90_days_else_at_an_average():
    metal = MetalQuotes(
        {day_of("2025-01-01"): MetalPrice(1.0, "first"), day_of("2025-12"): MetalPrice(2.0, "month")},
        {2024: MetalPrice(3.0, "2024"), 2025: MetalPrice(4.0, "2025")},
    )
    assert metal.at(dt.date(2025, 4, 1)).words == "first"
    assert metal.at(dt.date(2025, 4, 2)).words == "2025"
    assert metal.at(dt.date(2025, 10, 1)).words == "month"
    assert metal.at(dt.date(2024, 6, 1)).words == "2024"
    assert metal.at(dt.date(2027, 1, 1)).words == "2025"
    assert metal.at(dt.date(2020, 1, 1)).words == "2024"


def test_a_row_that_cannot_be_predicted_says_why():
    table = pd.DataFrame(
        {"item": ["lfp_cathode", "graphite_anode", "lfp_cathode"], "date": ["2025-11", "2025-11", "soon"]}
    )
    found = validate("prices", table).cases
    assert found["problem"].tolist()[0] == ""
    assert "no item 'graphite_anode'" in found["problem"][1]
    assert "'soon' is not a date; write it as 2025-11-10 or 2025-11" in found["problem"][2]
    assert found["predicted_usd_per_kg"].isna().tolist() == [False, True, True]
