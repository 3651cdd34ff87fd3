"""Barriers, margins and gas that a safety rule asks for."""

from __future__ import annotations

import numpy as np
import pytest
from heated_neighbors import Stack, neighbor_heating
from hypothesis import given
from hypothesis import strategies as st

from lcopt.errors import CatalogError
from lcopt.inputs.replaced_rows import ReplacedRow
from lcopt.pack.safety import (
    barrier_thickness_mm,
    chemistry_class_index,
    propagation_margin_k,
    read_safety,
    vented_gas_max_mol,
    vented_gas_mol,
)

STRICT, DELAY = "gb38031_2025", "gb38031_2020"
thicknesses = st.floats(2, 150)
sinks = st.floats(0, 2e-2)
class_indices = st.integers(0, 12)


@pytest.fixture(scope="module")
def model(catalog):
    return read_safety(catalog)


def one(*values):
    return tuple(np.array([value]) for value in values)


def limit(model, rule, name, thickness, sink):
    index, *rest = one(model.class_names.index(name), float(thickness), float(sink))
    return barrier_thickness_mm(model, rule, index, *rest)[0]


def stacks(model, index, thickness, sink, barrier):
    classes = model.classes
    return Stack(
        hot_temperature_deg_c=classes.hot_temperature_deg_c[index],
        onset_temperature_deg_c=classes.onset_temperature_deg_c[index],
        cell_thickness_mm=thickness,
        heat_sink_per_s=sink,
        barrier_thickness_mm=barrier,
        cell_density_g_per_cm3=classes.cell_density_g_per_cm3[index],
        cell_heat_capacity_j_per_g_k=classes.cell_heat_capacity_j_per_g_k[index],
    )


def heating(model, index, thickness, sink, barrier, watched_s=np.inf):
    """The kernel itself."""
    stack = stacks(model, index, thickness, sink, barrier)
    return neighbor_heating(stack, model.barrier.conductivity_w_per_m_k, watched_s, model.constants)


def designs(count, seed=7):
    draw = np.random.default_rng(seed)
    sink = np.where(draw.random(count) < 0.1, 0.0, draw.uniform(0, 5e-3, count))
    return draw.integers(0, 13, count), draw.uniform(4, 90, count), sink


def table_rows(catalog, model):
    rows = catalog.table("barrier_limits").rows
    index = np.array([model.class_names.index(row.keys["runaway_class"]) for row in rows])
    thickness, sink = (np.array([float(row.keys[c]) for row in rows]) for c in ("cell_thickness_mm", "heat_sink_per_s"))
    return index, thickness, sink, np.array([row.value if row.value < 1000 else np.inf for row in rows])


def test_the_barrier_table_is_met_to_the_letter(catalog, model):
    *where, expected = table_rows(catalog, model)
    assert len(expected) == 140
    assert np.array_equal(barrier_thickness_mm(model, STRICT, *where), expected)


def test_the_kernel_gives_the_barrier_table(catalog, model):
    """Between the sheet of the table and one thinner by 0.01 mm the peak passes onset - 10 K, but for 0.3 K."""
    index, thickness, sink, expected = table_rows(catalog, model)
    works = np.isfinite(expected)
    where = index[works], thickness[works], sink[works]
    bound = model.classes.onset_temperature_deg_c[where[0]] - 10

    def peak(barrier):
        return heating(model, *where, barrier, watched_s=21600.0).peak_deg_c

    assert (peak(expected[works]) < bound + 0.3).all()
    thinner = expected[works] - 0.01
    more_than_film = expected[works] > model.barrier.thickness_min_mm
    assert (peak(thinner)[more_than_film] > bound[more_than_film] - 0.3).all()
    # No sheet, however thick, where the table has none.
    never = heating(model, index[~works], thickness[~works], sink[~works], np.full((~works).sum(), 100.0))
    assert (never.peak_deg_c > model.classes.onset_temperature_deg_c[index[~works]] - 10).all()
    assert (~works).sum() == 14


def test_the_model_alone_is_no_thinner_than_the_table_and_hardly_thicker(catalog, model):
    """Where a user changes a class, its packaged rows no longer hold and the model answers."""
    keys = "runaway_class", "name"
    changed = [
        ReplacedRow(
            "runaway_classes", dict(zip(keys, (name, "gas_mol_per_ah"), strict=True)), cells("0.05"), "m", 2, True
        )
        for name in model.class_names
    ]
    modeled = read_safety(catalog.with_rows(changed))
    *where, expected = table_rows(catalog, model)
    found = barrier_thickness_mm(modeled, STRICT, *where)
    works = np.isfinite(expected)
    assert np.array_equal(np.isfinite(found), works)
    thicker = (found - np.where(works, expected, 0))[works]
    assert thicker.min() > -1e-9
    assert np.sort(thicker)[-2] < 0.031
    # The table watched six hours: Na layered oxide of 72 mm without a sink peaks later.
    assert thicker.max() == pytest.approx(0.17, abs=0.01)


def cells(value, unit="mol/Ah"):
    columns = dict.fromkeys(("low", "high", "price_year", "reference", "note"), "")
    return columns | {"value": value, "unit": unit, "source": "user_data", "kind": "assumed"}


def test_a_users_onset_moves_barrier_and_margin_together(catalog, model):
    keys = {"runaway_class": "nmc_high_nickel", "name": "onset_temperature_deg_c"}
    milder = read_safety(
        catalog.with_rows([ReplacedRow("runaway_classes", keys, cells("190", "degC"), "m.csv", 2, True)])
    )
    assert limit(milder, STRICT, "nmc_high_nickel", 27, 1e-3) < limit(model, STRICT, "nmc_high_nickel", 27, 1e-3) - 0.3
    assert limit(milder, STRICT, "nmc_mid_nickel", 27, 1e-3) == limit(model, STRICT, "nmc_mid_nickel", 27, 1e-3)
    where = one(model.class_names.index("nmc_high_nickel"), 27.0, 1e-3, 1.0)
    assert propagation_margin_k(milder, *where) == pytest.approx(propagation_margin_k(model, *where) + 40)


def test_a_users_tested_barrier_has_the_last_word(catalog, model):
    keys = {
        "rule": STRICT,
        "runaway_class": "nmc_high_nickel",
        "cell_thickness_mm": "27",
        "heat_sink_per_s": "0.001",
    }
    tested = read_safety(catalog.with_rows([ReplacedRow("barrier_limits", keys, cells("2.6", "mm"), "m.csv", 2, True)]))
    assert limit(tested, STRICT, "nmc_high_nickel", 27, 1e-3) == 2.6
    assert limit(tested, STRICT, "nmc_high_nickel", 27, 1.1e-3) > limit(model, STRICT, "nmc_high_nickel", 27, 1.1e-3)


def test_nickel_rich_cells_without_a_sink_pass_with_no_barrier(model):
    for name in ("nmc_high_nickel", "nmc_mid_nickel", "nca", "semi_solid_high_nickel", "sulfide_lithium"):
        assert limit(model, STRICT, name, 27, 0) == np.inf


def test_an_insulating_film_is_enough_for_iron_phosphate_and_titanate(model):
    for name in ("lfp", "lto", "na_polyanion"):
        assert limit(model, STRICT, name, 14, 1e-3) == 0.05


def test_no_rule_asks_for_nothing(model):
    assert (barrier_thickness_mm(model, "none", *designs(50)) == 0).all()
    assert vented_gas_max_mol(model, "none") == np.inf


def test_an_unknown_rule_is_an_error_that_lists_the_known(model):
    with pytest.raises(CatalogError, match=r"no rule 'ul9540a'.*none, gb38031_2020, gb38031_2025"):
        barrier_thickness_mm(model, "ul9540a", *designs(1))


def test_cells_beyond_the_grid_have_no_barrier_that_is_known_to_work(model):
    assert limit(model, STRICT, "lfp", 1.9, 1e-3) == np.inf
    assert limit(model, STRICT, "lfp", 151, 1e-3) == np.inf


@pytest.mark.parametrize("rule", [STRICT, DELAY])
def test_the_barrier_between_the_nodes_meets_the_rule_in_the_kernel(model, rule):
    where = designs(1500)
    barrier = barrier_thickness_mm(model, rule, *where)
    works = np.isfinite(barrier)
    demand = model.rule(rule)
    found = heating(model, *(value[works] for value in where), barrier[works], watched_s=demand.delay_min_s)
    margin = model.classes.onset_temperature_deg_c[where[0][works]] - found.peak_deg_c
    assert margin.min() > demand.temperature_margin_k - 0.3
    # Nor is it thicker than it must be: a tenth less fails for nine of ten, where a film is not enough.
    sheet = barrier[works] > 0.06
    thinner = heating(model, *(value[works] for value in where), 0.9 * barrier[works], watched_s=demand.delay_min_s)
    short = model.classes.onset_temperature_deg_c[where[0][works]] - thinner.peak_deg_c < demand.temperature_margin_k
    assert short[sheet].mean() > 0.85


def test_where_no_barrier_works_the_kernel_finds_none_or_hardly_any(model):
    """Nodes beside one without a barrier are given up; their barrier would be far thicker than felts that are sold."""
    index, thickness, sink = designs(1500)
    none = np.isinf(barrier_thickness_mm(model, STRICT, index, thickness, sink))
    where = index[none], thickness[none], sink[none]
    thick = heating(model, *where, np.full(none.sum(), 5.5), watched_s=21600.0)
    assert (thick.peak_deg_c > model.classes.onset_temperature_deg_c[where[0]] - 10).all()
    assert none.any()


@given(st.sampled_from([STRICT, DELAY]), class_indices, thicknesses, sinks, st.floats(0, 1e-2))
def test_a_stronger_sink_never_needs_a_thicker_barrier(model, rule, index, thickness, sink, more):
    weak = barrier_thickness_mm(model, rule, *one(index, thickness, sink))[0]
    assert barrier_thickness_mm(model, rule, *one(index, thickness, sink + more))[0] <= weak + 1e-9


@given(class_indices, thicknesses, sinks)
def test_a_delay_never_needs_more_than_no_propagation_at_all(model, index, thickness, sink):
    where = one(index, thickness, sink)
    delay, never = (barrier_thickness_mm(model, rule, *where)[0] for rule in (DELAY, STRICT))
    assert delay <= never


@given(class_indices, st.floats(4, 90), st.floats(0, 5e-3), st.floats(0, 10), st.floats(0, 5))
def test_a_thicker_barrier_never_lowers_the_margin(model, index, thickness, sink, barrier, more):
    thin, thick = one(index, thickness, sink, barrier), one(index, thickness, sink, barrier + more)
    assert propagation_margin_k(model, *thick)[0] >= propagation_margin_k(model, *thin)[0] - 1e-9


def test_the_margin_is_that_of_the_kernel(model):
    index, thickness, sink = designs(1500)
    where = index, thickness, sink, np.random.default_rng(3).uniform(0, 5, 1500)
    exact = heating(model, *where)
    error_k = propagation_margin_k(model, *where) - (model.classes.onset_temperature_deg_c[index] - exact.peak_deg_c)
    assert np.abs(error_k).max() < 1
    assert error_k.max() < 0.1


def test_the_barrier_of_the_rule_keeps_its_margin(model):
    where = designs(2000)
    barrier = barrier_thickness_mm(model, STRICT, *where)
    works = np.isfinite(barrier)
    margin = propagation_margin_k(model, *(value[works] for value in where), barrier[works])
    assert margin.min() > 9


def test_gas_grows_with_capacity_and_nickel(model):
    names = ("nmc_high_nickel", "lfp")
    index = np.array([model.class_names.index(name) for name in names])
    # 280 Ah x 0.07 and x 0.02 mol/Ah: the one above the 15 mol of the rule, the other below
    gas = vented_gas_mol(model, index, np.full(2, 280.0))
    assert gas == pytest.approx([19.6, 5.6])
    assert vented_gas_max_mol(model, STRICT) == 15


def test_every_chemistry_of_the_catalog_has_a_class(catalog, model):
    chemistries = catalog.table("chemistries").words("chemistry")
    index = chemistry_class_index(catalog, chemistries)
    named = dict(zip(chemistries, (model.class_names[place] for place in index), strict=True))
    assert named["NMC811-G (Energy)"] == "nmc_high_nickel"
    assert named["LFP-G (Power)"] == "lfp"
    assert named["LMO-LTO (Energy)"] == "lto"


def test_a_chemistry_without_a_class_is_an_error_that_says_what_to_add(catalog):
    with pytest.raises(CatalogError, match=r"chemistry_safety\.csv: the chemistry 'Mine'.*add a row.*lfp"):
        chemistry_class_index(catalog, ["LFP-G (Energy)", "Mine"])


def test_a_class_that_is_nowhere_is_an_error(catalog):
    keys = {"chemistry": "LFP-G (Energy)", "name": "runaway_class"}
    wrong = catalog.with_rows([ReplacedRow("chemistry_safety", keys, cells("lead", ""), "m.csv", 3, True)])
    with pytest.raises(CatalogError, match=r"m\.csv:3: runaway class 'lead' is not in runaway_classes\.csv"):
        chemistry_class_index(wrong, ["LFP-G (Energy)"])


def test_a_better_conducting_barrier_must_be_thicker(catalog, model):
    keys = {"material": "aerogel_felt", "name": "conductivity_w_per_m_k"}
    row = ReplacedRow("barrier_materials", keys, cells("0.06", "W/(m K)"), "m.csv", 2, True)
    worse = read_safety(catalog.with_rows([row]))
    ratio = limit(worse, STRICT, "nmc_mid_nickel", 27, 1e-3) / limit(model, STRICT, "nmc_mid_nickel", 27, 1e-3)
    assert ratio == pytest.approx(1.5, rel=0.02)


def test_nothing_else_of_the_model_depends_on_the_batch(model):
    """One design alone gets what it gets among many."""
    where = designs(200)
    together = barrier_thickness_mm(model, STRICT, *where)
    alone = [barrier_thickness_mm(model, STRICT, *(value[i : i + 1] for value in where))[0] for i in range(200)]
    assert np.array_equal(together, alone)
