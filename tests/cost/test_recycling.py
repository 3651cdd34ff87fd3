"""What spent packs are worth to recyclers: sums by hand and mass balance."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lcopt.cost.pack_content import CellMetals, Compositions, Foils, PartMetals, pack_content, read_compositions
from lcopt.cost.recycling import (
    ACTIVE_METALS,
    CATHODE,
    COSTS,
    GOODS,
    PackContent,
    RecyclingRoutes,
    read_goods,
    read_recycling_routes,
    recycle,
)
from lcopt.errors import CatalogError
from lcopt.inputs.catalog import Catalog
from lcopt.inputs.replaced_rows import ReplacedRow

ROUTES = ("pyro_hydro", "mechanical_hydro", "pyrolysis_hydro", "direct")
WAGE_USD_PER_H = 25.0

amounts = st.floats(0, 1e3)
prices = st.floats(0, 100)


def row_of_goods(**values: float) -> np.ndarray:
    return np.array([[values.get(good, 0.0) for good in GOODS]])


def one_route(cost=(0.0, 0.0, 0.0), **recovery: float) -> RecyclingRoutes:
    return RecyclingRoutes(("own",), row_of_goods(**recovery), np.array([cost]))


def content(pack_kg=300.0, cells_kg=200.0, energy_kwh=50.0, **goods: float) -> PackContent:
    return PackContent(row_of_goods(**goods), np.array([cells_kg]), np.array([pack_kg]), np.array([energy_kwh]))


@pytest.fixture(scope="module")
def routes(catalog) -> RecyclingRoutes:
    return read_recycling_routes(catalog, ROUTES, WAGE_USD_PER_H)


def contents():
    """Packs of any content, at least a kilogram of them."""
    goods = st.lists(amounts, min_size=len(GOODS), max_size=len(GOODS)).map(lambda kg: np.array([kg]))
    masses = st.floats(1, 1e3).map(lambda kg: np.array([kg]))
    return st.builds(PackContent, goods, masses, masses, masses)


def test_a_pack_by_hand():
    """Nickel 30 x 0.9 x 0.5 x 20 = 270 and scrap 10 x 0.5 = 5 earned; 200 x 1 + 300 x 0.5 + 300 x 0.1 = 380 paid."""
    routes = one_route(cost=(1.0, 0.5, 0.1), nickel=0.9, pack_steel=1.0)
    price, payable = row_of_goods(nickel=20.0, pack_steel=0.5, cobalt=99.0), row_of_goods(nickel=0.5, pack_steel=1.0)[0]
    found = recycle(content(nickel=30.0, pack_steel=10.0, cobalt=7.0), price, payable, routes)
    assert found.revenue_usd.sum() == pytest.approx(275)
    assert found.cost_usd[0] == pytest.approx([200, 150, 30])
    assert found.value_usd_per_kwh[0] == pytest.approx((275 - 380) / 50)
    assert found.recovered_kg[0, GOODS.index("nickel")] == pytest.approx(27)


def test_the_content_of_a_pack_by_hand():
    """Ten cells: active 1 kg (6 % Li, 30 % Ni), graphite 0.5 kg; foils 1 m2 x 10 um of 2.7 and 9 g/cm3; a steel can."""
    one = np.ones(1)
    cell = SimpleNamespace(
        positive_active_g_per_cell=1000 * one,
        negative_active_g_per_cell=500 * one,
        positive_foil_m2_per_cell=one,
        negative_foil_m2_per_cell=one,
        cell_container_g_per_cell=80 * one,
        positive_terminal_g_per_cell=10 * one,
        negative_terminal_g_per_cell=20 * one,
    )
    compositions = Compositions(0.06 * one, 0.3 * one, 0 * one, 0 * one, 0 * one, 0.9 * one)
    foils = Foils(10 * one, 10 * one, np.array([False]), 2.7, 9.0)
    metals = CellMetals(PartMetals(0, 0, 0.5), PartMetals(1, 0, 0), PartMetals(0, 1, 0))
    parts_kg = {"cells": 20 * one, "lid": 5 * one, "foam": 2 * one}
    found = pack_content(
        cell,
        10 * one,
        compositions,
        foils,
        metals,
        parts_kg,
        {"lid": PartMetals(0.2, 0.1, 0.7), "foam": PartMetals(0, 0, 0)},
        4 * one,
    )
    held = dict(zip(GOODS, found.goods_kg[0], strict=True))
    expected = {
        "lithium": 0.6,
        "nickel": 3.0,
        "graphite": 4.5,
        "cathode": 10.0,
        "cell_aluminum": 0.27 + 0.1,
        "cell_copper": 0.9 + 0.2,
        "cell_steel": 0.4,
        "pack_aluminum": 1.0,
        "pack_copper": 0.5,
        "pack_steel": 3.5,
    }
    assert held == pytest.approx(expected | dict.fromkeys(set(GOODS) - set(expected), 0.0))
    assert (found.cells_kg[0], found.pack_kg[0], found.energy_kwh[0]) == (20, 27, 4)


def test_on_aluminum_foil_there_is_no_copper():
    one, none = np.ones(1), np.zeros(1)
    cell = SimpleNamespace(
        **dict.fromkeys(
            ("positive_active_g_per_cell", "negative_active_g_per_cell", "cell_container_g_per_cell"), none
        ),
        **dict.fromkeys(("positive_terminal_g_per_cell", "negative_terminal_g_per_cell"), none),
        positive_foil_m2_per_cell=one,
        negative_foil_m2_per_cell=one,
    )
    nothing = PartMetals(0, 0, 0)
    found = pack_content(
        cell,
        1000 * one,
        Compositions(*[none] * 6),
        Foils(10 * one, 20 * one, np.array([True]), 2.7, 9.0),
        CellMetals(nothing, nothing, nothing),
        {"cells": one, "foam": none},
        {"foam": nothing},
        one,
    )
    held = dict(zip(GOODS, found.goods_kg[0], strict=True))
    assert (held["cell_aluminum"], held["cell_copper"]) == (pytest.approx(81), 0)


@given(contents(), st.lists(prices, min_size=len(GOODS), max_size=len(GOODS)))
def test_no_route_recovers_more_than_there_is(catalog, found, price):
    """Nor the active material twice, as such and as its metals."""
    for name in ROUTES:
        route = read_recycling_routes(catalog, (name,), WAGE_USD_PER_H)
        recycled = recycle(found, np.array([price]), np.ones(len(GOODS)), route)
        assert (recycled.recovered_kg <= found.goods_kg).all()
        metals = route.recovery_frac[0, : len(ACTIVE_METALS)]
        assert metals.max() + route.recovery_frac[0, CATHODE] <= 1


@given(contents(), st.lists(prices, min_size=len(GOODS), max_size=len(GOODS)), st.sampled_from(GOODS), amounts)
def test_a_dearer_metal_never_makes_a_spent_pack_worth_less(catalog, found, price, good, more):
    routes = read_recycling_routes(catalog, ROUTES, WAGE_USD_PER_H)
    payable, dearer = read_goods(catalog).payable_frac, np.array([price])
    before = recycle(found, dearer.copy(), payable, routes).value_usd_per_kwh
    dearer[0, GOODS.index(good)] += more
    after = recycle(found, dearer, payable, routes).value_usd_per_kwh
    assert after[0] >= before[0] - 1e-9 * (1 + abs(before[0]))


@given(contents(), st.lists(prices, min_size=len(GOODS), max_size=len(GOODS)))
def test_the_best_route_is_the_largest_of_all_and_one_of_them(catalog, found, price):
    goods, price = read_goods(catalog).payable_frac, np.array([price])
    alone = [
        recycle(found, price, goods, read_recycling_routes(catalog, (name,), WAGE_USD_PER_H)).value_usd_per_kwh[0]
        for name in ROUTES
    ]
    best = recycle(found, price, goods, read_recycling_routes(catalog, ROUTES, WAGE_USD_PER_H))
    assert best.value_usd_per_kwh[0] == pytest.approx(max(alone))
    assert alone[best.route[0]] == pytest.approx(max(alone))


@given(contents())
def test_a_pack_of_worthless_metals_costs_what_its_route_costs(catalog, found):
    """There is no abandoning at zero."""
    routes = read_recycling_routes(catalog, ROUTES, WAGE_USD_PER_H)
    recycled = recycle(found, np.zeros((1, len(GOODS))), np.ones(len(GOODS)), routes)
    cheapest = min((found.handled_kg @ routes.cost_usd_per_kg.T)[0])
    assert recycled.value_usd_per_kwh[0] == pytest.approx(-cheapest / found.energy_kwh[0])
    assert recycled.value_usd_per_kwh[0] < 0


def test_dearer_labor_costs_disassembly_only(catalog):
    cheap, dear = (read_recycling_routes(catalog, ("direct",), wage) for wage in (10.0, 30.0))
    ratio = dear.cost_usd_per_kg[0] / cheap.cost_usd_per_kg[0]
    assert dict(zip(COSTS, ratio, strict=True)) == pytest.approx(
        {"cell_processing": 1, "pack_disassembly": 3, "pack_transport": 1}
    )


def test_lto_brings_lithium_on_both_sides(catalog):
    found = read_compositions(catalog, ["lmo_cathode"], ["lto_anode"])
    assert found.negative_lithium_frac[0] == pytest.approx(4 * 6.94 / (4 * 6.94 + 5 * 47.867 + 12 * 15.999), rel=1e-5)
    assert found.graphite_frac[0] == 0


def with_value(catalog: Catalog, table: str, value: str, **keys: str) -> Catalog:
    row = catalog.table(table).one(**keys)
    cells = {"value": value, "unit": row.unit, "source": row.source, "kind": "assumed", "price_year": ""}
    blank = dict.fromkeys(("low", "high", "reference", "note"), "")
    return catalog.with_rows([ReplacedRow(table, keys, cells | blank, "own.csv", 2, replaces=True)])


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("nickel_recovery_frac", "1.2", "nickel 1.2"),
        ("cathode_recovery_frac", "0.3", "0.3 of the cathode"),
        ("lithium_recovery_frac", "-0.1", "lithium -0.1"),
    ],
)
def test_a_route_that_recovers_more_than_there_is_is_told(catalog, name, value, words):
    wrong = with_value(catalog, "recycling_routes", value, route="mechanical_hydro", name=name)
    with pytest.raises(CatalogError, match=words):
        read_recycling_routes(wrong, ROUTES, WAGE_USD_PER_H)


def test_a_good_that_earns_more_than_new_is_told(catalog):
    wrong = with_value(catalog, "recycling_goods", "1.5", good="cobalt", name="payable_frac")
    with pytest.raises(CatalogError, match="cobalt"):
        read_goods(wrong)


def test_what_the_catalog_does_not_know_is_told(catalog):
    with pytest.raises(CatalogError, match="no route plasma"):
        read_recycling_routes(catalog, ("plasma",), WAGE_USD_PER_H)
    with pytest.raises(CatalogError, match="has no item tin_anode"):
        read_compositions(catalog, ["lfp_cathode"], ["tin_anode"])
