"""How formats and chemistries are made, as the catalog tells it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_cells import FORMATS

from lcopt.cost.format_process import (
    cell_yield_frac,
    format_step_labels,
    read_chemistry_process,
    read_format_plan,
    read_format_process,
)
from lcopt.cost.manufacturing import GROUPS, read_process_plan
from lcopt.errors import CatalogError

CLASSES = ("liquid", "sodium", "semi_solid", "sulfide_silicon", "sulfide_lithium")


def test_every_format_and_class_of_the_catalog_is_complete(catalog):
    formats = read_format_process(catalog, FORMATS)
    assert formats.stacking.machine_musd.shape == (len(FORMATS),)
    assert formats.is_wound.tolist() == [name[0].isdigit() or name in {"phev2", "prismatic_173"} for name in FORMATS]
    assert np.all(formats.roll_s[formats.is_wound] > 0)
    assert np.all(formats.sheet_s[~formats.is_wound] > 0)
    assert set(catalog.table("chemistry_process").words("process_class")) == set(CLASSES)


def test_formats_are_taken_by_design(catalog):
    formats = read_format_process(catalog, ("blade", "21700"))
    taken = formats.take(np.array([1, 0, 1]))
    assert taken.is_wound.tolist() == [True, False, True]
    assert taken.stacking.machine_musd.tolist() == [0.4, 1.2, 0.4]
    assert taken.cell_yield_frac.tolist() == [0.965, 0.94, 0.965]


def test_a_stranger_is_named(catalog):
    with pytest.raises(CatalogError, match=r"no format 18650; it has pouch, 21700"):
        read_format_process(catalog, ("18650",))
    with pytest.raises(CatalogError, match=r"no process_class oxide; it has liquid, sodium"):
        read_chemistry_process(catalog, ("oxide",), 2028)
    with pytest.raises(CatalogError, match=r"no format 18650"):
        format_step_labels(catalog, "18650")


def test_the_plan_has_the_steps_of_the_reference_in_their_order_and_four_more(catalog):
    plan, plain = read_format_plan(catalog), read_process_plan(catalog)
    added = {"solid_electrolyte_layer", "pressing", "curing", "gas_abatement"}
    assert tuple(step for step in plan.steps if step not in added) == plain.steps
    assert set(plan.steps) - set(plain.steps) == added
    order = [GROUPS.index(group) for group in plan.groups]
    assert order == sorted(order)
    for step in plain.steps:
        assert plan.capital_musd[plan.row(step)] == plain.capital_musd[plain.row(step)]


def test_the_report_may_say_winding_where_cells_are_wound(catalog):
    labels = {name: format_step_labels(catalog, name) for name in FORMATS}
    for name, wound in zip(FORMATS, read_format_process(catalog, FORMATS).is_wound, strict=True):
        assert labels[name]["stacking"] == ("Winding" if wound else "Stacking of sheets")
        assert set(labels[name]) == set(read_format_plan(catalog).steps)
    assert labels["phev2"]["enclosing"] == "Can insertion, lid welding, leak test"
    assert labels["long_pouch"]["enclosing"] == "Inserting cell in pouch"


def test_yields_of_the_method_note(catalog):
    formats = read_format_process(catalog, FORMATS)
    liquid = read_chemistry_process(catalog, ("liquid",), 2028).take(np.zeros(len(FORMATS), dtype=int))
    found = dict(zip(FORMATS, cell_yield_frac(formats, liquid), strict=True))
    assert found["21700"] == 0.965
    assert {found[name] for name in ("4680", "4695", "46120")} == {0.93}
    assert {found[name] for name in ("phev2", "prismatic_173")} == {0.955}
    assert {found[name] for name in ("unified", "blade", "short_blade_l300", "short_blade_l600")} == {0.94}
    assert found["long_pouch"] == 0.95


@pytest.mark.parametrize(("year", "wanted"), [(2025, 0.85), (2028, 0.85), (2031.5, 0.89), (2035, 0.93), (2050, 0.93)])
def test_the_yield_of_a_sulfide_cell_rises_from_2028_to_2035(catalog, year, wanted):
    classes = read_chemistry_process(catalog, ("sulfide_silicon", "liquid"), year)
    assert classes.cell_yield_frac.tolist() == pytest.approx([wanted, 1.0])


@given(st.sampled_from(FORMATS), st.sampled_from(CLASSES), st.integers(2020, 2045))
def test_no_cell_is_made_with_a_better_yield_than_its_format_or_its_chemistry_allows(catalog, name, chemistry, year):
    formats, classes = read_format_process(catalog, (name,)), read_chemistry_process(catalog, (chemistry,), year)
    good = cell_yield_frac(formats, classes)
    assert 0 < good <= formats.cell_yield_frac
    assert good <= classes.cell_yield_frac
    assert good <= cell_yield_frac(formats, read_chemistry_process(catalog, (chemistry,), year + 1))
