"""What process groups cost a pack, how that falls with pooled volumes, and how ramps become kinds of years."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from lcopt.conventions import LCOPT
from lcopt.cost.composition import account
from lcopt.cost.manufacturing import GROUPS
from lcopt.cost.pooling import PARTS, conversion_usd_per_pack, equivalent_rate, read_pooled_groups
from lcopt.cost.price_additions import PriceAdditions
from lcopt.cost.ramps import capital_years, running_years
from lcopt.errors import CatalogError

TARIFF = PriceAdditions(royalty_usd_per_kwh=2.0, subsidy_usd_per_kwh=1.0, tariff_frac=0.25)
USUAL = account(profit=True, warranty=False, research=False)


@pytest.fixture(scope="module")
def pooled(catalog):
    return read_pooled_groups(catalog)


def group_usd_per_yr(shop, gwh_per_yr: float) -> np.ndarray:
    """Yearly cost of each part and group of plants of one size, shape (2, n_groups, n_designs)."""
    packs = gwh_per_yr * 1e6 / shop.parts.pack_energy_out_kwh
    cost = shop.cost(LCOPT, accounting=USUAL, packs_per_yr=packs)
    none = PriceAdditions(0.0, 0.0, 0.0)
    return conversion_usd_per_pack(cost, shop.constants.books, none) * packs


def test_the_exponents_are_those_of_the_plant_model_between_10_and_60_gwh(shop, pooled, catalog):
    found = np.log(group_usd_per_yr(shop, 60.0) / group_usd_per_yr(shop, 10.0)) / np.log(6.0)
    middle = np.median(found, axis=-1)
    np.testing.assert_allclose(pooled.exponent, middle, atol=0.02)
    rows = catalog.table("pooled_lines")
    for part, name in enumerate(PARTS):
        for number, group in enumerate(GROUPS):
            row = rows.one(group=group, name=f"{name}_exponent")
            assert row.low <= found[part, number].min()
            assert found[part, number].max() <= row.high


def test_groups_add_up_to_the_price_without_materials(shop):
    """Twice the labor, machines and area at the same purchases add to the price what the groups say."""
    cost = shop.cost(LCOPT, accounting=USUAL, additions=TARIFF)
    books = shop.constants.books
    usd = conversion_usd_per_pack(cost, books, TARIFF)
    assert usd.shape == (2, len(GROUPS), len(shop.frame))
    assert (usd > 0).all()
    scale = replace(books.scale, labor_factor=2.0, equipment_factor=2.0, area_factor=2.0)
    twice = replace(shop, constants=replace(shop.constants, books=replace(books, scale=scale)))
    more = twice.cost(LCOPT, accounting=USUAL, additions=TARIFF).battery_system_cost_usd - cost.battery_system_cost_usd
    np.testing.assert_allclose(usd.sum(axis=(0, 1)), more, rtol=1e-9)
    labor = replace(shop, constants=replace(shop.constants, books=replace(books, labor_factor=2.0)))
    more = labor.cost(LCOPT, accounting=USUAL, additions=TARIFF).battery_system_cost_usd - cost.battery_system_cost_usd
    np.testing.assert_allclose(usd[0].sum(axis=0), more, rtol=1e-9)


def line_usd(rate, exponent):
    return rate ** exponent[..., None]


def test_a_line_for_one_pack_at_the_size_of_the_plant_costs_what_the_plant_model_says(shop, pooled):
    packs = 35e6 / shop.parts.pack_energy_out_kwh
    cost = shop.cost(LCOPT, accounting=USUAL, packs_per_yr=packs)
    usd = conversion_usd_per_pack(cost, shop.constants.books, TARIFF)
    rate = equivalent_rate(usd, packs, packs, pooled.exponent)
    np.testing.assert_allclose(line_usd(rate, pooled.exponent), usd * packs, rtol=1e-9)
    twice = equivalent_rate(usd, 2 * packs, packs, pooled.exponent)
    assert (line_usd(twice, pooled.exponent) < 2 * usd * packs).all()
    np.testing.assert_allclose(
        line_usd(twice, pooled.exponent), usd * packs * 2 ** pooled.exponent[..., None], rtol=1e-9
    )


@given(
    usd=st.lists(st.floats(1, 1e4), min_size=2, max_size=5),
    made=st.lists(st.floats(1e3, 1e6), min_size=5, max_size=5),
    exponent=st.floats(0.3, 1.0),
)
def test_pooling_never_costs_more_than_lines_apart(usd, made, exponent):
    cost, packs = np.array([usd]), np.array(made[: len(usd)])
    plant, power = np.full(len(usd), 4e5), np.array([exponent])
    rate = equivalent_rate(cost, packs, plant, power)[0]
    apart = rate**exponent
    assert rate.sum() ** exponent <= apart.sum() * (1 + 1e-9)
    assert rate.sum() ** exponent >= apart.max() * (1 - 1e-9)


def test_an_exponent_above_1_is_refused(catalog):
    table = catalog.table("pooled_lines")
    rows = [replace(row, text="1.2") if row.keys["name"] == "capital_exponent" else row for row in table.rows]
    bad = replace(catalog, tables={**catalog.tables, "pooled_lines": replace(table, rows=tuple(rows))})
    with pytest.raises(CatalogError, match="exponents above 0, at most 1"):
        read_pooled_groups(bad)


# --- kinds of years ------------------------------------------------------------------------------------------------

WEIGHT = np.array([1.0, 0.9, 0.8])


def test_the_same_number_every_year_is_one_kind_of_year():
    for years in (running_years(np.ones((2, 3)), WEIGHT), capital_years(np.ones((2, 3)), WEIGHT)):
        assert len(years) == 1
        assert years[0].dollars(0.7) == pytest.approx(2.7)


def test_one_ramp_for_all_packs_is_one_function():
    ramp = np.array([[0.5, 1.0, 0.25]] * 2)
    (run,) = running_years(ramp, WEIGHT)
    assert run.sizing == (1,)
    assert run.dollars(0.5) == pytest.approx(0.5**0.5 + 0.9 + 0.8 * 0.5)
    (capital,) = capital_years(ramp, WEIGHT)
    # What is built for the second year stays in the third.
    assert capital.dollars(0.5) == pytest.approx(0.5**0.5 + 0.9 + 0.8)


def test_packs_that_come_and_go_have_kinds_of_years_of_their_own():
    share = np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 1.0]])
    assert [kind.sizing for kind in running_years(share, WEIGHT)] == [(0,), (1,), (2,)]
    # In 2 nothing is more than in year 0 for the first pack, nor than in year 1 for the second.
    assert [kind.sizing for kind in capital_years(share, WEIGHT)] == [(0,), (0, 1)]
    assert [kind.weight.tolist() for kind in capital_years(share, WEIGHT)] == [[1.0], [0.9, 0.8]]


def test_a_year_without_any_sale_costs_no_labor_but_machines_that_stand():
    share = np.array([[0.0, 1.0, 0.0]])
    assert [kind.weight.tolist() for kind in running_years(share, WEIGHT)] == [[0.9]]
    assert [kind.weight.tolist() for kind in capital_years(share, WEIGHT)] == [[0.9, 0.8]]


@given(
    npst.arrays(float, (3, 4), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0])),
    npst.arrays(float, 3, elements=st.floats(0, 10)),
    st.floats(0.3, 1.0),
)
def test_kinds_of_years_cost_what_a_loop_over_the_years_does(share, rate, exponent):
    weight = 1.08 ** -np.arange(4.0)
    made = rate @ share
    for kinds, size in (
        (running_years(share, weight), made),
        (capital_years(share, weight), np.maximum.accumulate(made)),
    ):
        wanted = (weight * size**exponent).sum()
        found = sum(kind.dollars(exponent) * max(made[year] for year in kind.sizing) ** exponent for kind in kinds)
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-12)
