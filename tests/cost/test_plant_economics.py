"""The levelized costing is the price at which a plant's yearly flows are worth nothing, and it is the reference's books
with other numbers."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lcopt.conventions import LCOPT
from lcopt.cost.books import SAME_SCALE, PlantScale, reference_books
from lcopt.cost.composition import Sourcing, account, read_cost_constants
from lcopt.cost.manufacturing import PlantShare
from lcopt.cost.plant_economics import (
    EnergyPrices,
    PlantYears,
    learned_factor,
    levelize,
    levelized_books,
    read_plant_economics,
    read_plant_years,
)
from lcopt.cost.sale_years import years_of_sale
from lcopt.cost.unit_cost import cost_of_unit

DOCUMENT = Path(__file__).parents[2] / "docs" / "plant_economics.md"
PRICES = EnergyPrices(electricity_usd_per_kwh=0.11, gas_usd_per_kwh=0.04)
WACC = 0.09
UNITS = np.array([5.0e5, 2.0e8])
SHARE = PlantShare(np.array([4.0e6, 3.0e6]), np.array([4300.0, 3900.0]), np.array([3.3e5, 3.0e5]))
MATERIALS = np.array([4100.0, 11.0])
ENERGY_KWH = np.array([100.0, 0.25])
LINES = ("materials", "labor", "energy", "overhead", "administration", "depreciation", "profit")

rates_of_capital = st.floats(0.0, 0.3)
ramps = st.lists(st.floats(0.05, 1.0), min_size=1, max_size=6).map(np.array)
spends = st.lists(st.floats(0.05, 1.0), min_size=1, max_size=4).map(lambda values: np.array(values) / sum(values))
all_years = st.builds(PlantYears, spends, ramps, ramps)


@pytest.fixture(scope="module")
def rates(catalog):
    return read_cost_constants(catalog).rates


@pytest.fixture(scope="module")
def economics(catalog):
    return read_plant_economics(catalog)


@pytest.fixture(scope="module")
def packaged_years(catalog):
    return read_plant_years(catalog)


@pytest.fixture(scope="module")
def unit_of(rates, economics):
    """A pack and a cell under the levelized books of given years, materials as those books buy them."""

    def cost(years, wacc=WACC, prices=PRICES, **changed):
        assumed = replace(economics, **changed)
        books = levelized_books(rates, SAME_SCALE, assumed, levelize(assumed, years, wacc), prices, wacc, 1.0)
        energy = books.utilities.cell_usd_per_kwh * ENERGY_KWH
        return cost_of_unit(
            MATERIALS * books.scrap_factor, energy, SHARE, UNITS, books, books.pack_returns, (1.0, 0.0), 0.0
        )

    return cost


def in_operation(ramp: np.ndarray, life: int) -> np.ndarray:
    return np.concatenate([ramp, np.full(life, ramp[-1])])[:life]


def plants_worth(unit, years: PlantYears, rates, economics, wacc: float, price) -> tuple[np.ndarray, np.ndarray]:
    """Present value of all flows of a plant, year by year, and that of its sales; only investments are taken over."""
    life, n = economics.plant_life_yr, len(years.construction_spend_frac)
    started = in_operation(years.utilization_frac, life)
    good = started * in_operation(years.yield_factor, life)
    fixed_musd = SHARE.capital_musd + unit.building_musd
    worth = -unit.launch_musd * 1e6
    for number, share in enumerate(years.construction_spend_frac):
        worth = worth - share * fixed_musd * 1e6 * (1 + wacc) ** (n - number - 0.5)
    hours, worn = rates.labor_usd_per_h * SHARE.labor_h_per_yr, fixed_musd * 1e6 / life
    kwh_usd = (
        economics.cell_electricity_kwh_per_kwh * PRICES.electricity_usd_per_kwh
        + economics.cell_gas_kwh_per_kwh * PRICES.gas_usd_per_kwh
    )
    sales, tied_before = np.zeros(2), np.zeros(2)
    for year in range(1, life + 1):
        runs = started[year - 1]
        labor = hours * (economics.labor_fixed_frac + (1 - economics.labor_fixed_frac) * runs)
        energy = UNITS * ENERGY_KWH * kwh_usd * (economics.energy_fixed_frac + (1 - economics.energy_fixed_frac) * runs)
        overhead = economics.overhead_of_labor_frac * labor + economics.overhead_of_depreciation_frac * worn
        office = (
            rates.administration_of_labor_frac * (labor + overhead) + rates.administration_of_depreciation_frac * worn
        )
        spent = UNITS * MATERIALS * runs + labor + energy + overhead + office
        tied = unit.working_capital_musd * 1e6 * good[year - 1]
        worth = worth - (tied - tied_before) / (1 + wacc) ** (year - 1)
        worth = worth + (price * UNITS * good[year - 1] - spent) / (1 + wacc) ** year
        sales = sales + price * UNITS * good[year - 1] / (1 + wacc) ** year
        tied_before = tied
    return worth + tied_before / (1 + wacc) ** life, sales


@given(all_years, rates_of_capital, st.integers(1, 30))
def test_the_levelized_cost_is_the_price_at_which_the_plant_is_worth_nothing(
    unit_of, rates, economics, years, wacc, life
):
    unit = unit_of(years, wacc, plant_life_yr=life)
    worth, sales = plants_worth(unit, years, rates, replace(economics, plant_life_yr=life), wacc, unit.levelized_usd)
    np.testing.assert_allclose(worth / sales, 0.0, atol=1e-9)


def test_a_cent_more_or_less_than_the_levelized_cost_makes_the_plant_worth_something(
    unit_of, rates, economics, packaged_years
):
    unit = unit_of(packaged_years)
    for price, sign in ((unit.levelized_usd * 1.001, 1), (unit.levelized_usd * 0.999, -1)):
        worth, sales = plants_worth(unit, packaged_years, rates, economics, WACC, price)
        assert np.all(sign * worth / sales > 1e-4)


def test_without_ramp_and_construction_the_capital_charge_is_the_annuity(unit_of):
    full = PlantYears(np.array([1.0]), np.array([1.0]), np.array([1.0]))
    unit = unit_of(full, 0.08, plant_life_yr=10)
    # Half a year of interest at 8 %, then ten equal payments: 0.08/(1 - 1.08^-10) = 0.149029.
    fixed = (SHARE.capital_musd + unit.building_musd) * 1e6 / UNITS
    launch, tied = unit.launch_musd * 1e6 / UNITS, unit.working_capital_musd * 1e6 / UNITS
    annuity = 0.14902948869707556
    wanted = (fixed * 1.08**0.5 + launch) * annuity + tied * 0.08
    np.testing.assert_allclose(unit.capital_charge_usd, wanted, rtol=1e-12)
    np.testing.assert_allclose(unit.labor_usd, 25 * SHARE.labor_h_per_yr / UNITS)


def test_capital_that_costs_nothing_is_written_off_in_a_straight_line(unit_of, economics):
    full = PlantYears(np.array([0.5, 0.5]), np.array([1.0]), np.array([1.0]))
    unit = unit_of(full, 0.0)
    fixed = (SHARE.capital_musd + unit.building_musd + unit.launch_musd) * 1e6 / UNITS
    np.testing.assert_allclose(unit.capital_charge_usd, fixed / economics.plant_life_yr, rtol=1e-12)
    near = unit_of(full, 1e-9)
    np.testing.assert_allclose(near.levelized_usd, unit.levelized_usd, rtol=1e-7)


@given(all_years, rates_of_capital, st.floats(1e-3, 0.2))
def test_dearer_capital_never_makes_a_pack_cheaper(unit_of, years, wacc, more):
    rising = replace(years, utilization_frac=np.sort(years.utilization_frac), yield_factor=np.sort(years.yield_factor))
    assert np.all(unit_of(rising, wacc + more).levelized_usd > unit_of(rising, wacc).levelized_usd)


@given(all_years, st.floats(0.3, 0.99))
def test_a_plant_that_runs_less_or_scraps_more_is_dearer(unit_of, years, share):
    usual = unit_of(years).levelized_usd
    assert np.all(unit_of(replace(years, utilization_frac=years.utilization_frac * share)).levelized_usd > usual)
    worse = years.yield_factor.copy()
    worse[0] *= share
    assert np.all(unit_of(replace(years, yield_factor=worse)).levelized_usd > usual)


@given(st.floats(0.0, 0.5), st.floats(0.001, 0.5))
def test_dearer_electricity_is_on_the_energy_line_and_on_the_working_capital_it_ties_up(
    unit_of, packaged_years, price, more
):
    cheap, dear = (unit_of(packaged_years, prices=EnergyPrices(value, 0.04)) for value in (price, price + more))
    added = dear.energy_usd - cheap.energy_usd
    assert np.all(added > 0)
    np.testing.assert_allclose(dear.levelized_usd - cheap.levelized_usd, added * (1 + 0.15 * WACC), rtol=1e-6)


def test_earlier_spending_on_construction_costs_more_interest(unit_of, packaged_years):
    early, late = (replace(packaged_years, construction_spend_frac=np.array(s)) for s in ([0.9, 0.1], [0.1, 0.9]))
    assert np.all(unit_of(early).levelized_usd > unit_of(late).levelized_usd)


def test_a_mature_plant_of_ten_years_at_full_output_differs_from_the_reference_by_known_lines(unit_of, rates):
    full = PlantYears(np.array([1.0]), np.array([1.0]), np.array([1.0]))
    unit = unit_of(full, plant_life_yr=10)
    books = reference_books(rates)
    reference = cost_of_unit(MATERIALS, np.zeros(2), SHARE, UNITS, books, books.pack_returns, (1.0, 0.0), 0.0)
    np.testing.assert_array_equal(unit.materials_usd, reference.materials_usd)
    np.testing.assert_array_equal(unit.labor_usd, reference.labor_usd)
    # Equipment is written off in ten years in both, buildings in ten instead of twenty.
    np.testing.assert_allclose(
        unit.depreciation_usd - reference.depreciation_usd, 0.05 * unit.building_musd * 1e6 / UNITS
    )
    assert np.all(reference.energy_usd == 0)
    assert np.all(unit.energy_usd > 0)


def test_lines_of_a_unit_add_up_under_the_levelized_books(unit_of, packaged_years):
    unit = unit_of(packaged_years)
    np.testing.assert_allclose(sum(getattr(unit, f"{name}_usd") for name in LINES), unit.total_usd, rtol=1e-12)
    np.testing.assert_allclose(unit.levelized_usd, unit.total_usd, rtol=1e-12)


def test_the_packaged_years_are_of_a_plant_that_starts_up(packaged_years):
    assert packaged_years.construction_spend_frac.sum() == pytest.approx(1.0)
    for ramp in (packaged_years.utilization_frac, packaged_years.yield_factor):
        assert np.all(np.diff(ramp) >= 0)
        assert ramp[0] < ramp[-1] <= 1


def test_the_document_tells_the_life_of_the_packaged_plant(economics, packaged_years):
    text = DOCUMENT.read_text()
    found = levelize(economics, packaged_years, WACC)
    for item, words in (
        ("recovery_frac_per_yr", "recovery, a year"),
        ("interest_frac", "interest during construction"),
        ("output_frac", "output over that of"),
        ("scrap_factor", "scrap: cells started"),
        ("labor_factor", "labor paid"),
        ("energy_factor", "energy drawn"),
    ):
        (told,) = re.findall(rf"^\| {words}.*\| ([0-9.]+) \|$", text, re.MULTILINE)
        assert float(told) == pytest.approx(getattr(found, item), abs=6e-5)


def test_only_cells_are_scrapped_in_the_ramp(shop, rates, economics, packaged_years):
    plant = levelize(economics, packaged_years, WACC)
    books = levelized_books(rates, SAME_SCALE, economics, plant, PRICES, WACC, 1.0)
    levelized = replace(shop, constants=replace(shop.constants, books=books)).cost(LCOPT)
    reference = shop.cost(LCOPT)
    of_cells = reference.cell.materials_usd * reference.counts.cells_per_pack_count
    added = levelized.pack.materials_usd - reference.pack.materials_usd
    np.testing.assert_allclose(added, (plant.scrap_factor - 1) * of_cells, rtol=1e-9)
    np.testing.assert_allclose(levelized.startup_scrap_usd_per_pack, added, rtol=1e-9)
    assert np.all(reference.startup_scrap_usd_per_pack == 0)


def test_energy_of_a_pack_is_that_of_its_cells_and_its_assembly(shop, rates, economics, packaged_years):
    plant = levelize(economics, packaged_years, WACC)
    books = levelized_books(rates, SAME_SCALE, economics, plant, PRICES, WACC, 1.0)
    cost = replace(shop, constants=replace(shop.constants, books=books)).cost(LCOPT)
    energy_kwh = cost.volumes.energy_kwh_per_yr / cost.volumes.packs_per_yr
    per_kwh = (20.1 * 0.11 + 21.4 * 0.04, 1.0 * 0.11)
    cells = cost.cell.energy_usd * cost.counts.cells_per_pack_count
    np.testing.assert_allclose(cells, per_kwh[0] * plant.energy_factor * energy_kwh, rtol=1e-12)
    np.testing.assert_allclose(cost.pack.energy_usd - cells, per_kwh[1] * plant.energy_factor * energy_kwh, rtol=1e-9)
    np.testing.assert_allclose(cost.module.energy_usd * cost.counts.modules_per_pack_count, cells, rtol=1e-12)


def test_the_levelized_cell_is_the_price_of_its_maker_without_warranty(shop):
    house, bought = shop.cost(), shop.cost(accounting=account(Sourcing.BUY_CELLS))
    np.testing.assert_allclose(house.cell.levelized_usd, bought.cell.total_usd - bought.cell.warranty_usd, rtol=1e-12)
    np.testing.assert_allclose(bought.cell.levelized_usd, house.cell.levelized_usd, rtol=1e-12)
    assert np.all(house.cell.capital_charge_usd > house.cell.depreciation_usd)


def test_learning_halves_hours_machines_and_area_where_it_should(shop):
    half = PlantScale(0.5, 0.5, 0.5)
    books = reference_books(shop.constants.rates, half)
    learned = replace(shop, constants=replace(shop.constants, books=books)).cost(LCOPT)
    usual = shop.cost(LCOPT)
    np.testing.assert_allclose(learned.pack.labor_usd, usual.pack.labor_usd / 2, rtol=1e-12)
    np.testing.assert_allclose(learned.pack.depreciation_usd, usual.pack.depreciation_usd / 2, rtol=1e-12)
    np.testing.assert_array_equal(learned.pack.materials_usd, usual.pack.materials_usd)
    for item in fields(usual.size):
        np.testing.assert_allclose(getattr(learned.size, item.name), getattr(usual.size, item.name) / 2)


def test_learning_counts_from_the_year_of_the_data_to_the_middle_of_the_sales():
    # Sales from 2028 to 2032: their middle is 2030, eight years after the data.
    assert years_of_sale(2028, 5, 0.08).middle_yr - 2022 == 8
    assert years_of_sale(2030, 4, 0.08).middle_yr - 2022 == 9.5
    assert learned_factor(0.02, 8) == pytest.approx(0.98**8)
    assert learned_factor(0.0, 13) == 1.0
