"""Regions, subsidies, tariffs and royalties, and the price that they make."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lcopt.conventions import LCOPT
from lcopt.cost.composition import read_cost_constants
from lcopt.cost.plant_books import Costing, PlantSite, read_books, read_price_additions
from lcopt.cost.price_additions import PriceAdditions, added_lines
from lcopt.cost.prices import read_price_deck
from lcopt.cost.regions import rate_rows, read_region, subsidy_usd_per_kwh, tariff_row
from lcopt.cost.sale_years import years_of_sale
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog, Table

REGIONS = ("reference", "china", "eu", "usa", "india", "korea", "japan")
SALE = years_of_sale(2027, 3, 0.08)
SITE = PlantSite(
    region="reference",
    market="same",
    costing=Costing.REFERENCE,
    wacc_frac=0.09,
    learning_frac_per_yr=0.0,
    subsidy_share_frac=1.0,
    sale=SALE,
)
NO_ROYALTY = {"lfp": 0.0, "ternary": 0.0}


@pytest.fixture(scope="module")
def dollars(catalog) -> Catalog:
    return catalog.in_price_year(2025)


@pytest.fixture
def priced(shop, dollars):
    """The reference designs in a plant of any site, in the dollars of 2025."""

    def cost(site: PlantSite, catalog: Catalog = dollars, royalty: float = 0.0):
        constants = replace(read_cost_constants(catalog), books=read_books(catalog, site))
        additions = read_price_additions(catalog, site, ("lfp",), {"lfp": royalty})
        return replace(shop, constants=constants).cost(LCOPT, additions=additions.take(np.zeros(1, dtype=int)))

    return cost


@pytest.mark.parametrize("costing", list(Costing))
def test_a_plant_in_china_works_cheaper_than_one_in_europe_or_america(priced, costing):
    packs = {name: priced(replace(SITE, region=name, costing=costing)).pack for name in REGIONS}
    for line in ("labor_usd", "depreciation_usd", "profit_usd", "total_usd"):
        found = {name: getattr(pack, line) for name, pack in packs.items()}
        assert np.all(found["china"] < found["eu"])
        assert np.all(found["china"] < found["usa"])
        assert np.all(found["india"] < found["usa"])
    for pack in packs.values():
        purchases = pack.materials_usd
        np.testing.assert_allclose(purchases, packs["reference"].materials_usd, rtol=1e-12)


def test_the_reference_region_changes_nothing(shop, dollars, priced):
    usual = replace(shop, constants=read_cost_constants(dollars)).cost(LCOPT)
    np.testing.assert_array_equal(priced(SITE).battery_system_cost_usd, usual.battery_system_cost_usd)
    assert read_region(dollars, "reference").rates == read_cost_constants(dollars).rates
    assert set(rate_rows(dollars, "reference")) >= {row.keys["name"] for row in dollars.table("cost_rates").rows}


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_has_the_rows_of_every_other(dollars, region):
    read_region(dollars, region)
    own = {row.keys["name"] for row in dollars.table("regions").select(region=region)}
    if region != "reference":
        assert {"labor_usd_per_h", "building_usd_per_m2"} <= own


def test_the_american_subsidy_fades_out_by_the_years_of_the_law(dollars):
    # 45 USD/kWh until 2029, then 75, 50, 25 % and nothing.
    for year, share in ((2026, 1.0), (2029, 1.0), (2030, 0.75), (2031, 0.5), (2032, 0.25), (2033, 0.0), (2040, 0.0)):
        assert subsidy_usd_per_kwh(dollars, "usa", years_of_sale(year, 1, 0.08)) == pytest.approx(45.0 * share)
    assert subsidy_usd_per_kwh(dollars, "usa", years_of_sale(2020, 1, 0.08)) == 0.0
    assert subsidy_usd_per_kwh(dollars, "eu", years_of_sale(2026, 5, 0.08)) == 0.0
    # 2029 and 2030 at 25 %: (45 + 0.8 * 33.75) / 1.8 = 40.
    assert subsidy_usd_per_kwh(dollars, "usa", years_of_sale(2029, 2, 0.25)) == pytest.approx(40.0)


def test_the_subsidy_lowers_the_price_once_and_by_its_share(priced):
    whole, half, none = (priced(replace(SITE, region="usa", subsidy_share_frac=share)) for share in (1.0, 0.5, 0.0))
    energy_kwh = whole.volumes.energy_kwh_per_yr / whole.volumes.packs_per_yr
    np.testing.assert_allclose(none.battery_system_cost_usd - whole.battery_system_cost_usd, 45.0 * energy_kwh)
    np.testing.assert_allclose(half.added.subsidy_usd, -22.5 * energy_kwh)
    np.testing.assert_array_equal(whole.pack.total_usd, none.pack.total_usd)


def test_a_tariff_is_on_what_crosses_the_border_only(shop, priced):
    at_home = priced(replace(SITE, region="china", market="china"))
    abroad = priced(replace(SITE, region="china", market="usa"))
    assert np.all(at_home.added.tariff_usd == 0)
    np.testing.assert_allclose(abroad.added.tariff_usd, 0.284 * abroad.pack.total_usd, rtol=1e-12)
    dearer_car = replace(shop, parts=_with(shop.parts, cost_vehicle_integration_usd_per_system=1000.0))
    additions = PriceAdditions(0.0, 0.0, 0.284)
    one, other = (made.cost(LCOPT, additions=additions) for made in (shop, dearer_car))
    np.testing.assert_array_equal(one.added.tariff_usd, other.added.tariff_usd)


def _with(parts, **values):
    made = type(parts)(**vars(parts))
    for name, value in values.items():
        setattr(made, name, getattr(made, name) + value)
    return made


def test_the_tariff_is_that_of_exporter_and_market(dollars):
    def rate(region: str, market: str) -> float:
        row = tariff_row(dollars, region, market)
        return 0.0 if row is None else row.value

    assert rate("china", "usa") == 0.284
    assert rate("eu", "usa") == 0.034
    assert rate("korea", "usa") == 0.0
    assert rate("reference", "eu") == 0.013
    assert rate("usa", "usa") == 0.0
    assert rate("usa", "same") == 0.0
    with pytest.raises(CatalogError, match=r"tariffs\.csv: no tariff on packs from 'china' in 'reference'"):
        tariff_row(dollars, "china", "reference")


@given(st.floats(10, 500), st.floats(1, 500), st.floats(0, 20), st.floats(0, 45), st.floats(0, 1))
def test_tariff_is_on_the_price_with_royalty_and_without_subsidy(cost, energy, royalty, subsidy, tariff):
    made = added_lines(np.array([cost]), np.array([energy]), PriceAdditions(royalty, subsidy, tariff))
    price = cost + (royalty - subsidy) * energy
    np.testing.assert_allclose(cost + made.total_usd, price * (1 + tariff), atol=1e-9)


def test_a_royalty_is_that_of_the_family(dollars):
    families = ("lfp", "solid_state", "lfp")
    additions = read_price_additions(dollars, SITE, families, {"lfp": 0.5, "solid_state": 3.0})
    np.testing.assert_array_equal(additions.take(np.array([1, 0, 2, 1])).royalty_usd_per_kwh, [3.0, 0.5, 0.5, 3.0])


@pytest.mark.parametrize("costing", list(Costing))
@pytest.mark.parametrize(("region", "market"), [("reference", "same"), ("usa", "eu"), ("china", "usa")])
def test_with_all_money_doubled_the_price_doubles(shop, priced, dollars, costing, region, market):
    site = replace(SITE, region=region, market=market, costing=costing, learning_frac_per_yr=0.02)
    twice = _all_money_times(dollars, 2.0)
    names = tuple(dict.fromkeys(shop.frame["in_chemistry"]))
    index = np.array([names.index(name) for name in shop.frame["in_chemistry"]])
    found = []
    for catalog, royalty in ((dollars, 1.0), (twice, 2.0)):
        constants = replace(read_cost_constants(catalog), books=read_books(catalog, site))
        additions = read_price_additions(catalog, site, ("lfp",), {"lfp": royalty}).take(np.zeros(1, dtype=int))
        deck = read_price_deck(catalog, "reference", names).take(index)
        parts = shop.parts if catalog is dollars else _twice(shop.parts)
        made = replace(shop, constants=constants, parts=parts).cost(LCOPT, deck=deck, additions=additions)
        found.append(made.battery_system_cost_usd)
    np.testing.assert_allclose(found[1], 2 * found[0], rtol=1e-9)


def _all_money_times(catalog: Catalog, factor: float) -> Catalog:
    tables = {
        name: Table(
            name,
            tuple(
                replace(row, money_factor=row.money_factor * (factor if row.price_year else 1)) for row in table.rows
            ),
            table.columns,
        )
        for name, table in catalog.tables.items()
    }
    return replace(catalog, tables=tables)


def _twice(parts):
    money = {name: value for name, value in vars(parts).items() if "_usd" in name}
    return type(parts)(**{**vars(parts), **{name: 2 * value for name, value in money.items()}})


def test_learning_makes_labor_machines_and_energy_cheaper_not_materials(priced):
    for costing in Costing:
        usual, learned = (
            priced(replace(SITE, costing=costing, learning_frac_per_yr=rate)).pack for rate in (0.0, 0.03)
        )
        # Data of 2022, sales of 2027 to 2029: six years.
        np.testing.assert_allclose(learned.labor_usd, usual.labor_usd * 0.97**6, rtol=1e-12)
        np.testing.assert_allclose(learned.depreciation_usd, usual.depreciation_usd * 0.97**6, rtol=1e-12)
        np.testing.assert_allclose(learned.energy_usd, usual.energy_usd * 0.97**6, rtol=1e-12)
        np.testing.assert_array_equal(learned.materials_usd, usual.materials_usd)
