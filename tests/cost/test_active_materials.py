"""What active materials are made of follows from their formulas."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lcopt.cost.active_materials import implied_usd_per_kg, read_active_materials
from lcopt.cost.price_chain import item_prices
from lcopt.cost.sale_years import YearsOfSale
from lcopt.errors import CatalogError
from lcopt.inputs.replaced_rows import ReplacedRow

# Standard atomic weights of 2021, abridged [g/mol].
ATOMIC_MASS = {
    "Li": 6.94,
    "O": 15.999,
    "Na": 22.98977,
    "Al": 26.98154,
    "P": 30.97376,
    "Mn": 54.93804,
    "Fe": 55.845,
    "Co": 58.93319,
    "Ni": 58.6934,
}
SYMBOLS = {
    "lithium": "Li",
    "sodium": "Na",
    "nickel": "Ni",
    "cobalt": "Co",
    "manganese": "Mn",
    "iron": "Fe",
    "aluminum": "Al",
    "phosphorus": "P",
}
METALS = ("lithium_carbonate", "nickel_sulfate", "cobalt_sulfate", "manganese_sulfate", "iron_phosphate")
CATHODES = (
    *("lfp", "lmfp", "nmc333", "nmc532", "nmc622", "nmc811", "nmc9", "coated_811", "nca", "lmo", "nmc532_lmo"),
    *("lnmo", "nanfm", "nanfpp"),
)


def atoms(formula: str) -> dict[str, float]:
    """Atoms of a formula such as `Na4Fe3(PO4)2P2O7` or `LiNi1/3Mn1/3Co1/3O2`."""
    spread = re.sub(r"\(PO4\)2", "P2O8", formula)
    found: dict[str, float] = {}
    for symbol, count in re.findall(r"([A-Z][a-z]?)([\d./]*)", spread):
        over, _, under = count.partition("/")
        found[symbol] = found.get(symbol, 0.0) + float(over or 1) / float(under or 1)
    return found


def fractions(formula: str) -> dict[str, float]:
    counts = atoms(formula)
    mass = sum(count * ATOMIC_MASS[symbol] for symbol, count in counts.items())
    return {symbol: count * ATOMIC_MASS[symbol] / mass for symbol, count in counts.items()}


def blend(reference: str) -> dict[str, float]:
    """Mass fractions of a reference: one formula, or shares of several."""
    total: dict[str, float] = {}
    for part in reference.split(" + "):
        share, _, formula = part.rpartition(" ")
        for symbol, fraction in fractions(formula).items():
            total[symbol] = total.get(symbol, 0.0) + float(share or 1) * fraction
    return total


def test_a_kilogram_of_lfp_holds_the_lithium_of_its_formula():
    # 6.94 / (6.94 + 55.845 + 30.97376 + 4 x 15.999) = 6.94 / 157.75476
    assert fractions("LiFePO4")["Li"] == pytest.approx(0.043992, abs=1e-6)


@pytest.mark.parametrize("name", CATHODES)
def test_every_element_has_the_share_that_the_formula_gives_it(catalog, name):
    for element, symbol in SYMBOLS.items():
        row = catalog.table("active_materials").one(active_material=f"{name}_cathode", name=f"{element}_frac")
        assert row.value == pytest.approx(blend(row.reference).get(symbol, 0.0), abs=1e-6)


def test_every_cathode_that_a_chemistry_buys_is_an_active_material(catalog):
    bought = {row.text for row in catalog.table("chemistry_prices").select(name="positive_active")}
    assert bought == set(catalog.table("active_materials").words("active_material"))


def test_active_materials_come_in_the_order_asked_for(catalog):
    made = read_active_materials(catalog, ("nmc811_cathode", "lfp_cathode", "nmc811_cathode"))
    assert made.items == ("nmc811_cathode", "lfp_cathode", "nmc811_cathode")
    assert made.nickel_frac[0] == made.nickel_frac[2] == pytest.approx(0.4826, abs=1e-4)
    assert made.nickel_frac[1] == 0.0
    assert made.bought_metals[1] == ("lithium_carbonate", "iron_phosphate")


def test_an_unknown_item_is_an_error_that_lists_the_known_ones(catalog):
    with pytest.raises(CatalogError, match=r"no item graphite_anode; it has nmc333_cathode"):
        read_active_materials(catalog, ("lfp_cathode", "graphite_anode"))


def test_a_kilogram_of_lfp_is_bought_as_its_carbonate_phosphate_and_conversion(catalog):
    # Li 0.043992 / 0.187869 = 0.2342 kg Li2CO3; Fe 0.353999 / 0.370273 = 0.9560 kg FePO4; both over a yield of 0.98.
    (usd,) = implied_usd_per_kg(catalog, ("lfp_cathode",), {"lithium_carbonate": 10.0, "iron_phosphate": 1.0})
    assert usd == pytest.approx((0.2342 * 10 + 0.9560 * 1) / 0.98 + 0.85, abs=1e-3)


def test_the_lithium_of_lfp_is_what_the_market_says(catalog):
    # Shanghai Metals Market, December 2025: 10,000 CNY/t of carbonate move LFP by 2300 to 2500 CNY/t.
    base, dearer = (item_prices(catalog, "central", {"lithium_carbonate": usd}) for usd in (10.0, 20.0))
    assert 2.3 <= dearer["lfp_cathode"] - base["lfp_cathode"] <= 2.5


def test_doubling_metals_and_conversion_doubles_the_implied_price(catalog):
    items = tuple(f"{name}_cathode" for name in CATHODES)
    prices = {metal: 1.0 + number for number, metal in enumerate(METALS)}
    dearer = with_conversion(catalog, lambda row: replace(row, money_factor=2.0))
    twice = implied_usd_per_kg(dearer, items, {metal: 2 * usd for metal, usd in prices.items()})
    np.testing.assert_allclose(twice, 2 * implied_usd_per_kg(catalog, items, prices), rtol=1e-12)


def with_conversion(catalog, change):
    """The catalog with every cost of conversion changed, `change` from row to row."""
    table = catalog.table("active_materials")
    rows = tuple(change(row) if row.keys["name"] == "conversion_usd_per_kg" else row for row in table.rows)
    return replace(catalog, tables={**catalog.tables, table.name: replace(table, rows=rows)})


@pytest.mark.parametrize(
    ("scenario", "end"),
    [("low", lambda row: row.low), ("high", lambda row: row.high), ("2022_peak", lambda row: float(row.text))],
)
def test_a_cathode_without_a_quote_costs_what_its_metals_imply(catalog, scenario, end):
    table = catalog.table("prices")
    implied = [row for row in table.select(price_scenario=scenario) if row.keys["quote"] == "implied"]
    assert len(implied) == 11
    at_end = with_conversion(catalog, lambda row: replace(row, text=repr(end(row))))
    dollars = at_end.in_price_year(implied[0].price_year)
    metals = {row.keys["item"]: row.value for row in dollars.table("prices").select(price_scenario=scenario)}
    wanted = implied_usd_per_kg(dollars, [row.keys["item"] for row in implied], metals)
    np.testing.assert_allclose([row.value for row in implied], wanted, rtol=1e-4)


@pytest.mark.parametrize("scenario", ["reference", "low", "central", "high", "2022_peak"])
def test_dearer_lithium_moves_every_cathode_by_its_content(catalog, scenario):
    base = item_prices(catalog, scenario)
    dearer = item_prices(catalog, scenario, {"lithium_carbonate": base["lithium_carbonate"] + 10})
    moved = {item: dearer[item] - base[item] for item in base if dearer[item] != base[item]}
    materials = read_active_materials(catalog, [f"{name}_cathode" for name in CATHODES])
    content = dict(zip(materials.items, materials.lithium_frac / 0.187869 / 0.98 * 10, strict=True))
    assert moved.pop("lithium_carbonate") == pytest.approx(10)
    assert moved == pytest.approx({item: usd for item, usd in content.items() if usd > 0})
    assert moved["nmc811_cathode"] > moved["lfp_cathode"] > 2.3


def test_nickel_cobalt_and_iron_phosphate_reach_those_that_hold_them(catalog):
    base = item_prices(catalog, "central")

    def moved(metal):
        dearer = item_prices(catalog, "central", {metal: base[metal] * 1.5})
        return {item.removesuffix("_cathode") for item in base if dearer[item] > base[item]} - {metal}

    assert moved("iron_phosphate") == {"lfp", "lmfp", "nanfpp"}
    assert moved("cobalt_sulfate") == {
        *("nmc333", "nmc532", "nmc622", "nmc811", "nmc9", "coated_811", "nca", "nmc532_lmo")
    }
    assert moved("nickel_sulfate") == moved("cobalt_sulfate") | {"lnmo", "nanfm"}
    assert moved("copper") == {"copper_foil", "copper_foil_6um"}


def test_foils_move_by_the_mass_of_their_metal(catalog):
    base, dearer = item_prices(catalog, "central"), item_prices(catalog, "central", {"copper": 10.8, "aluminum": 3.6})
    # 10 um of copper weigh 0.0896 kg/m2, 15 um of aluminum 0.0405.
    assert dearer["copper_foil"] - base["copper_foil"] == pytest.approx(0.0896)
    assert dearer["aluminum_foil"] - base["aluminum_foil"] == pytest.approx(0.0405)


def test_the_price_of_a_cathode_wins_over_those_of_its_metals(catalog):
    sale = YearsOfSale((2028, 2032), np.array([1.0, 1.0]))
    prices = item_prices(catalog, "central", {"lfp_cathode": 5.2, "lithium_carbonate": 60.0}, sale)
    assert prices["lfp_cathode"] == 5.2
    assert prices["nmc811_cathode"] > item_prices(catalog, "central", sale=sale)["nmc811_cathode"]


def test_conversion_becomes_cheaper_by_what_is_learned(catalog):
    # Of 0.85 USD/kg, 1 % a year for five years from 2025 on; metals held where they are quoted.
    base = item_prices(catalog, "central")
    held = {metal: base[metal] for metal in METALS}
    later = item_prices(catalog, "central", held, YearsOfSale((2030,), np.ones(1)))
    assert base["lfp_cathode"] - later["lfp_cathode"] == pytest.approx(0.85 * (1 - 0.99**5))
    early = item_prices(catalog, "central", held, YearsOfSale((2024,), np.ones(1)))
    assert early["lfp_cathode"] == base["lfp_cathode"]


@given(usd=st.floats(1.0, 100.0), more=st.floats(0.1, 100.0))
def test_a_dearer_metal_never_makes_an_item_cheaper(usd, more, catalog):
    low, high = (item_prices(catalog, "central", dict.fromkeys(METALS, value)) for value in (usd, usd + more))
    assert all(high[item] >= low[item] for item in low)


def own_row(item, value, **more):
    keys = {"item": item, "price_scenario": "central"}
    cells = {"value": value, "unit": "USD/kg", "price_year": "2025", "source": "user_data", "kind": "assumed"}
    blank = dict.fromkeys(
        (
            "quote",
            "quote_date",
            "quote_value",
            "quote_unit",
            "exchange_cny_per_usd",
            "vat_frac",
            "kg_per_unit",
            "metal",
            "conversion_fee",
            "low",
            "high",
            "reference",
            "note",
        ),
        "",
    )
    return ReplacedRow("prices", keys, {**blank, "borrowed": "no", **cells, **more}, "own/prices.csv", 2, replaces=True)


def test_a_metal_price_in_the_data_of_a_user_moves_packaged_quotes_but_not_the_user_s_own(catalog):
    base = item_prices(catalog, "central")
    own = catalog.with_rows([own_row("lithium_carbonate", "20")]).in_price_year(2025)
    override = item_prices(catalog, "central", {"lithium_carbonate": 20.0})
    assert item_prices(own, "central")["lfp_cathode"] == pytest.approx(override["lfp_cathode"])
    both = catalog.with_rows([own_row("lithium_carbonate", "20"), own_row("lfp_cathode", "7")]).in_price_year(2025)
    prices = item_prices(both, "central")
    assert prices["lfp_cathode"] == 7.0
    assert prices["nmc811_cathode"] - base["nmc811_cathode"] > 3.0


def test_a_price_in_the_data_of_a_user_holds_in_all_years(catalog):
    own = catalog.with_rows([own_row("lithium_carbonate", "20")])
    assert item_prices(own, "central", sale=YearsOfSale((2028,), np.ones(1)))["lithium_carbonate"] == 20.0


def test_a_material_that_buys_an_unknown_metal_is_an_error(catalog):
    table = catalog.table("active_materials")
    strange = tuple(replace(row, text="gold") if row.keys["name"] == "bought_metals" else row for row in table.rows)
    tables = {**catalog.tables, table.name: replace(table, rows=strange)}
    with pytest.raises(CatalogError, match=r"buys gold, not in refined_metals\.csv; it has lithium_carbonate"):
        item_prices(replace(catalog, tables=tables), "central")


def test_a_conversion_that_a_user_replaces_moves_the_quote_by_the_difference(catalog):
    """Not the user's own quote, of which nobody knows what is behind it."""
    row = next(
        row
        for row in catalog.table("active_materials").select(active_material="lfp_cathode")
        if row.keys["name"] == "conversion_usd_per_kg"
    )
    cells = {"value": "1.85", "unit": "USD/kg", "price_year": "2025", "source": "user_data", "kind": "assumed"}
    cells |= dict.fromkeys(("low", "high", "reference", "note"), "")
    own = ReplacedRow("active_materials", dict(row.keys), cells, "own/active_materials.csv", 2, replaces=True)
    base, dearer = (item_prices(one.in_price_year(2025), "central") for one in (catalog, catalog.with_rows([own])))
    moved = {item: dearer[item] - base[item] for item in base if dearer[item] != base[item]}
    assert moved == pytest.approx({"lfp_cathode": 1.0})
    both = catalog.with_rows([own, own_row("lfp_cathode", "5")]).in_price_year(2025)
    assert item_prices(both, "central")["lfp_cathode"] == pytest.approx(5.0)
    later = item_prices(catalog.with_rows([own]).in_price_year(2025), "central", sale=YearsOfSale((2030,), np.ones(1)))
    before = item_prices(catalog.in_price_year(2025), "central", sale=YearsOfSale((2030,), np.ones(1)))
    assert later["lfp_cathode"] - before["lfp_cathode"] == pytest.approx(0.99**5)
