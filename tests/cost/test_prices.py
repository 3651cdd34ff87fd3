"""Every price can be recomputed from its quote, and a deck gives each design its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lcopt.cost.price_chain import item_prices
from lcopt.cost.prices import PRICE_FIELDS, read_price_deck
from lcopt.cost.sale_years import YearsOfSale, years_of_sale
from lcopt.errors import CatalogError

# Metal quotes of 2022 that the reference price of a foil is split by: annual means of copper and aluminum [USD/kg].
METAL_2022 = {"aluminum_foil": 2.70, "copper_foil": 8.82, "aluminum_foil_13um": 2.70, "copper_foil_6um": 8.82}
DENSITY = {"aluminum_foil": 2.7, "copper_foil": 8.96, "aluminum_foil_13um": 2.7, "copper_foil_6um": 8.96}
THICKNESS_UM = {"aluminum_foil": 15, "copper_foil": 10, "aluminum_foil_13um": 13, "copper_foil_6um": 6}
SCENARIOS = ("low", "central", "high", "2022_peak")
METALS = (
    *("lithium_carbonate", "nickel_sulfate", "cobalt_sulfate", "manganese_sulfate", "iron_phosphate"),
    *("copper", "aluminum"),
)
SULFIDE = ("NMC811-Si (Sulfide)",)
NAMES = ("LFP-G (Energy)", "NMC811-G (Power)", "LMO-LTO (Energy)")


def rows(catalog, scenario):
    return {row.keys["item"]: row for row in catalog.table("prices").select(price_scenario=scenario)}


def test_all_scenarios_price_the_same_items_in_the_same_units(catalog):
    units = {item: row.unit for item, row in rows(catalog, "reference").items()}
    assert set(catalog.table("prices").words("price_scenario")) == {"reference", *SCENARIOS}
    for scenario in SCENARIOS:
        assert {item: row.unit for item, row in rows(catalog, scenario).items()} == units


@pytest.mark.parametrize("year", [None, 2025, 2028, 2035, 2040])
def test_low_is_at_most_central_and_central_at_most_high_item_by_item(catalog, year):
    sale = None if year is None else years_of_sale(year, 1, 0.0)
    dollars = catalog.in_price_year(2025)
    low, central, high = (item_prices(dollars, name, sale=sale) for name in ("low", "central", "high"))
    assert {item for item in central if not low[item] <= central[item] <= high[item]} == set()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_market_price_is_its_quote_net_of_tax(catalog, scenario):
    quoted = [row for row in rows(catalog, scenario).values() if row.keys["quote_value"]]
    assert len(quoted) == {"low": 0, "central": 9 + 4 + 7, "high": 0, "2022_peak": 4 + 5}[scenario]
    for row in quoted:
        keys = row.keys
        usd = float(keys["quote_value"]) / float(keys["exchange_cny_per_usd"] or 1)
        usd /= 1000 if keys["quote_unit"].endswith("/t") else 1
        net = usd / (1 + float(keys["vat_frac"]))
        assert row.value == pytest.approx(float(keys["conversion_fee"]) + float(keys["kg_per_unit"]) * net, rel=1e-5)


def test_tax_and_exchange_rate_are_those_of_the_catalog(catalog):
    basis = catalog.table("price_basis")
    vat, exchange = basis.one(name="china_vat_frac").value, basis.one(name="exchange_cny_per_usd").value
    for row in rows(catalog, "central").values():
        if row.keys["quote_unit"].startswith("CNY"):
            assert float(row.keys["exchange_cny_per_usd"]) == exchange
            assert float(row.keys["vat_frac"]) == vat


def test_quotes_are_the_last_of_2025(catalog):
    dates = {item: row.keys["quote_date"] for item, row in rows(catalog, "central").items() if row.keys["quote"]}
    assert dates["lfp_cathode"] == dates["nmc622_cathode"] == dates["nmc811_cathode"] == "2025-11-10"
    assert all(date.startswith("2025") or item == "electrolyte" for item, date in dates.items())


@pytest.mark.parametrize("item", METAL_2022)
def test_a_foil_keeps_the_conversion_fee_of_the_reference(catalog, item):
    reference, central = rows(catalog, "reference")[item], rows(catalog, "central")[item]
    metal = THICKNESS_UM[item] * DENSITY[item] / 1000
    fee = float(central.keys["conversion_fee"])
    assert fee >= 0
    assert fee == pytest.approx(reference.value - metal * METAL_2022[item], abs=1e-6)


def test_a_borrowed_price_is_that_of_the_reference_and_says_so(catalog):
    reference = rows(catalog, "reference")
    borrowed = {item: row for item, row in rows(catalog, "central").items() if row.keys["borrowed"] == "yes"}
    assert {"nmc333_cathode", "nmc532_cathode", "lmo_cathode", "nmc532_lmo_cathode", "lto_anode"} <= set(borrowed)
    for item, row in borrowed.items():
        assert (row.value, row.price_year) == (reference[item].value, 2022)
        assert row.kind == "assumed"
        assert row.note.startswith("borrowed")


def test_every_market_price_has_a_range(catalog):
    assert all(row.low is not None and row.high is not None for row in rows(catalog, "central").values())


def test_a_deck_knows_the_reference_prices_of_every_chemistry(catalog):
    deck = read_price_deck(catalog, "reference", NAMES)
    np.testing.assert_array_equal(deck.positive_active_usd_per_kg, [10, 26, 9])
    np.testing.assert_array_equal(deck.negative_active_usd_per_kg, [10, 10, 15])
    np.testing.assert_array_equal(deck.negative_binder_usd_per_kg, [10, 10, 15])
    np.testing.assert_array_equal(deck.negative_solvent_usd_per_kg, [0, 0, 2.7])
    np.testing.assert_array_equal(deck.negative_foil_usd_per_m2, [1.2, 1.2, 0.2])
    np.testing.assert_array_equal(deck.negative_solvent_is_organic, [False, False, True])


def test_a_deck_says_which_active_materials_borrow_their_price(catalog):
    np.testing.assert_array_equal(read_price_deck(catalog, "central", NAMES).is_borrowed, [False, False, True])
    given = read_price_deck(catalog, "central", NAMES, {"lmo_cathode": 4.0, "lto_anode": 9.0})
    np.testing.assert_array_equal(given.is_borrowed, [False, False, False])
    assert not read_price_deck(catalog, "reference", NAMES).is_borrowed.any()


def test_taking_gives_every_design_the_prices_of_its_chemistry(catalog):
    deck = read_price_deck(catalog, "central", NAMES).take(np.array([2, 0, 0, 1]))
    np.testing.assert_array_equal(deck.negative_active_is_graphite, [False, True, True, True])
    assert deck.item_names("positive_active") == ("lmo_cathode", "lfp_cathode", "lfp_cathode", "nmc811_cathode")
    assert all(len(getattr(deck, name)) == 4 for name in PRICE_FIELDS.values())


def test_an_override_replaces_one_price_in_the_dollars_of_the_catalog(catalog):
    plain = read_price_deck(catalog.in_price_year(2025), "reference", NAMES)
    given = read_price_deck(catalog.in_price_year(2025), "reference", NAMES, {"lfp_cathode": 5.2})
    assert given.positive_active_usd_per_kg[0] == 5.2
    np.testing.assert_array_equal(given.positive_active_usd_per_kg[1:], plain.positive_active_usd_per_kg[1:])
    assert plain.positive_active_usd_per_kg[0] == pytest.approx(10 * 321.943 / 292.655)


@pytest.mark.parametrize(
    ("scenario", "names", "overrides", "words"),
    [
        ("cheap", NAMES, None, "no price scenario 'cheap'"),
        ("central", ("Unobtainium",), None, "no chemistry Unobtainium"),
        ("central", NAMES, {"gold": 1.0}, "no price item gold"),
    ],
)
def test_an_unknown_name_is_an_error_that_lists_the_known_ones(catalog, scenario, names, overrides, words):
    with pytest.raises(CatalogError, match=words):
        read_price_deck(catalog, scenario, names, overrides)


def test_every_chemistry_with_a_price_list_prices_all_thirteen_materials(catalog):
    table = catalog.table("chemistry_prices")
    items = set(catalog.table("prices").words("item"))
    for name in table.words("chemistry"):
        listed = {row.keys["name"]: row.text for row in table.select(chemistry=name)}
        assert set(listed) == set(PRICE_FIELDS)
        assert set(listed.values()) <= items


def sold_in(*years, weights=None):
    return YearsOfSale(years, np.ones(len(years)) if weights is None else np.array(weights, dtype=float))


def test_a_path_is_followed_on_straight_lines_and_flat_beyond_its_ends(catalog):
    def price(year):
        (usd_per_kg,) = read_price_deck(catalog, "central", SULFIDE, sale=sold_in(year)).solid_electrolyte_usd_per_kg
        return usd_per_kg

    # 120 in 2026, 60 in 2030, 25 in 2035: 2028 is half of the first way, 2032 two fifths of the second.
    assert [price(year) for year in (2020, 2026, 2028, 2030, 2032, 2035, 2050)] == [120, 120, 90, 60, 46, 25, 25]
    assert read_price_deck(catalog, "central", SULFIDE).solid_electrolyte_usd_per_kg[0] == 120


def test_prices_are_the_weighted_mean_over_the_years_of_sale(catalog):
    # Sulfide electrolyte costs 90 in 2028, 60 in 2030: (90 x 3 + 60 x 1) / 4.
    deck = read_price_deck(catalog, "central", SULFIDE, sale=sold_in(2028, 2030, weights=[3, 1]))
    assert deck.solid_electrolyte_usd_per_kg[0] == pytest.approx(82.5)
    years = (2028, 2029, 2030)
    decks = [read_price_deck(catalog, "central", NAMES, sale=sold_in(year)) for year in years]
    mean = read_price_deck(catalog, "central", NAMES, sale=years_of_sale(2028, 3, 0.08))
    weights = [1, 1 / 1.08, 1 / 1.08**2]
    for name in PRICE_FIELDS.values():
        by_year = [getattr(deck, name) for deck in decks]
        np.testing.assert_allclose(getattr(mean, name), np.average(by_year, axis=0, weights=weights), rtol=1e-12)


def test_a_path_belongs_to_its_price_scenario_and_is_in_the_dollars_of_the_catalog(catalog):
    low, central, high = (
        read_price_deck(catalog, name, SULFIDE, sale=sold_in(2030)).solid_electrolyte_usd_per_kg[0]
        for name in ("low", "central", "high")
    )
    assert (low, central, high) == (25, 60, 120)
    older = read_price_deck(catalog.in_price_year(2022), "central", SULFIDE, sale=sold_in(2030))
    assert older.solid_electrolyte_usd_per_kg[0] == pytest.approx(60 * 292.655 / 321.943)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_metal_has_a_path_to_2035_that_starts_where_the_scenario_does(catalog, scenario):
    paths = {
        item: sorted((int(row.keys["year"]), row.value) for row in found)
        for item, found in catalog.table("price_paths").grouped("item").items()
        for found in [[row for row in found if row.keys["price_scenario"] == scenario]]
    }
    base = rows(catalog, scenario)
    for metal in METALS:
        assert paths[metal][0][1] == pytest.approx(base[metal].value)
        assert paths[metal][-1][0] == 2035 or scenario == "2022_peak"


def test_the_peak_of_2022_stays_and_the_reference_stays_exact(catalog):
    for scenario in ("2022_peak", "reference"):
        base, later = item_prices(catalog, scenario), item_prices(catalog, scenario, sale=sold_in(2028, 2035))
        assert {item for item in base if later[item] != pytest.approx(base[item], rel=1e-6)} <= {"sulfide_electrolyte"}


def test_an_override_is_the_same_in_all_years_and_wins_over_a_path(catalog):
    given = read_price_deck(catalog, "central", SULFIDE, {"sulfide_electrolyte": 33.0}, sale=sold_in(2026, 2030))
    assert given.solid_electrolyte_usd_per_kg.tolist() == [33.0]


def test_a_path_of_an_unknown_item_is_an_error(catalog):
    table = catalog.table("price_paths")
    strange = replace(table.rows[0], keys={**table.rows[0].keys, "item": "gold"})
    tables = {**catalog.tables, "price_paths": replace(table, rows=(*table.rows, strange))}
    with pytest.raises(CatalogError, match="no price item 'gold'"):
        read_price_deck(replace(catalog, tables=tables), "central", SULFIDE, sale=sold_in(2030))


def test_faster_graphite_costs_more_with_silicon_oxide_in_it_too(catalog):
    deck = read_price_deck(catalog, "central", ("NMC811-SiG", *SULFIDE)).with_grade(1.15, 1.2)
    assert deck.negative_active_factor.tolist() == [1.15, 1.0]


def test_only_a_chemistry_without_solid_electrolyte_need_not_name_its_item(catalog):
    table = catalog.table("chemistry_prices")
    rows = tuple(row for row in table.rows if row.keys["name"] != "solid_electrolyte" or row is table.rows[12])
    unsaid = replace(catalog, tables={**catalog.tables, "chemistry_prices": replace(table, rows=rows)})
    assert read_price_deck(unsaid, "central", ["LFP-G (Energy)"]).solid_electrolyte_usd_per_kg > 0
    for name in (*SULFIDE, "NMC9-SiC (Semi-solid)"):
        with pytest.raises(CatalogError, match=r"lacks the item of its solid electrolyte; add a row.*prices\.csv"):
            read_price_deck(unsaid, "central", [name])
