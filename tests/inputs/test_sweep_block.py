"""The points of a sweep: axes cross, zipped ones go side by side, mistakes are told before anything runs."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from lcopt.errors import ScenarioError
from lcopt.inputs.catalog import packaged_catalog
from lcopt.inputs.layers.sweep_block import axes_of, probes_of
from lcopt.inputs.reader import read_scenario, read_sweep
from lcopt.inputs.text.tree import tree_of_mapping

CATALOG = packaged_catalog()


def swept(good: str, sweep: str) -> list[dict[str, str]]:
    return [dict(point.settings) for point in read_sweep(yaml.safe_load(good + f"sweep: {sweep}\n"), CATALOG)]


def the_only(good: str, write, sweep: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        read_sweep(write(f"{good}sweep: {sweep}\n"), CATALOG)
    (problem,) = caught.value.problems
    return str(problem)


def problems_of(file: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_sweep(file, CATALOG)
    return [str(problem) for problem in caught.value.problems]


def test_a_file_without_a_sweep_has_no_points(good, write):
    assert read_sweep(write(good), CATALOG) == ()


def test_axes_cross_and_the_last_one_changes_fastest(good):
    points = swept(good, "{finance.discount_rate: [6 %, 8 %], prices: [central, reference]}")
    assert [tuple(point.values()) for point in points] == list(product(["6 %", "8 %"], ["central", "reference"]))


def test_zipped_axes_go_side_by_side_and_cross_with_the_others(good):
    points = swept(
        good,
        "{zip: {finance.discount_rate: [6 %, 8 %], finance.horizon: [8 yr, 12 yr]}, prices: [central, reference]}",
    )
    assert [tuple(point.values()) for point in points] == [
        ("6 %", "8 yr", "central"),
        ("6 %", "8 yr", "reference"),
        ("8 %", "12 yr", "central"),
        ("8 %", "12 yr", "reference"),
    ]


def test_several_zips_cross_with_each_other(good):
    groups = "[{finance.discount_rate: [6 %, 8 %]}, {finance.horizon: [8 yr, 12 yr], prices: [central, reference]}]"
    assert len(swept(good, f"{{zip: {groups}}}")) == 4


@pytest.mark.parametrize(
    ("span", "values"),
    [
        ("{from: 15 min, to: 30 min, steps: 4}", ["15 min", "20 min", "25 min", "30 min"]),
        ("{from: 15 min, to: 30 min, step: 5 min}", ["15 min", "20 min", "25 min", "30 min"]),
        ("{from: 15 min, to: 29 min, step: 5 min}", ["15 min", "20 min", "25 min"]),
        ("{from: 0.5 h, to: 0.2 h, step: 0.1 h}", ["0.5 h", "0.4 h", "0.3 h", "0.2 h"]),
        ("{from: 10 min, to: 20 min, steps: 4}", ["10 min", "13.3333333333 min", "16.6666666667 min", "20 min"]),
    ],
)
def test_a_range_holds_both_ends_or_stops_before(good, span, values):
    assert [
        point["limits.charging_time_max"] for point in swept(good, f"{{limits.charging_time_max: {span}}}")
    ] == values


def test_a_range_of_a_bare_number_needs_no_unit(good):
    points = swept(good, "{search.platforms_max: {from: 1, to: 3, step: 1}}")
    assert [point["search.platforms_max"] for point in points] == ["1", "2", "3"]


def test_settings_reach_the_scenario(good, write):
    sweep = (
        '{packs.compact.energy: [60 kWh, "*1.1"], search.chemistries: [all, [LFP-G (Energy)]], '
        "limits.charging_window: [[10 %, 80 %], [20 %, 80 %]]}"
    )
    points = read_sweep(write(f"{good}sweep: {sweep}\n"), CATALOG)
    last = points[-1]
    assert last.settings == {
        "packs.compact.energy": "*1.1",
        "search.chemistries": "[LFP-G (Energy)]",
        "limits.charging_window": "[20 %, 80 %]",
    }
    pack = last.scenario.packs[0]
    assert (pack.energy_kwh, pack.limits.charging_window_frac) == (pytest.approx(66), (0.2, 0.8))
    assert last.scenario.search.chemistries == ("LFP-G (Energy)",)
    assert [point.scenario.name for point in points] == [f"compact-2028-{number}" for number in range(1, 9)]


def test_every_point_equals_the_file_with_its_settings_written_in(good, write):
    points = read_sweep(
        write(f"{good}sweep: {{finance.discount_rate: [6 %, 9 %], plant.size: [20 GWh/yr]}}\n"), CATALOG
    )
    written = good.replace("8 %", "9 %").replace("2028", "2028-2") + "plant: {size: 20 GWh/yr}\n"
    assert points[1].scenario.scenario_hash == read_scenario(write(written), CATALOG).scenario_hash


@pytest.mark.parametrize(
    ("sweep", "line"),
    [
        ("[1, 2]", "26:1: error: sweep: found no axes; expected addresses with values"),
        ("{}", "26:1: error: sweep: found no axes; expected addresses with values"),
        ("{prices: central}", "26:9: error: sweep.prices: found a single value; expected a list of values or a range"),
        ("{prices: []}", "26:9: error: sweep.prices: found an empty list; expected a list of values or a range"),
        ("{prices: [central, central]}", "26:27: error: sweep.prices.2: 'central' is given twice; expected once"),
        ("{prices: [central, null]}", "26:27: error: sweep.prices.2: found no value; expected one"),
        ("{prices: [central, refrence]}", "26:27: error: prices: unknown price scenario 'refrence'; expected one of"),
        (
            "{finance.discont_rate: [6 %]}",
            "unknown key 'discont_rate'; expected a key of 'finance'; did you mean 'disc",
        ),
        ("{finance.discount_rate: [6, 7 %]}", "26:33: error: finance.discount_rate: 6 has no unit; expected yearly"),
        ("{packs.x.energy: [60 kWh]}", "no pack has the name 'x'; expected one of: compact"),
        (
            "{zip: {prices: [central, reference], plant.size: [1 GWh/yr]}}",
            "different lengths (prices: 2, plant.size: 1)",
        ),
        ("{zip: 3}", "26:9: error: sweep.zip: found no axes; expected addresses whose values go side by side"),
        ("{prices: [central], zip: {prices: [reference]}}", "'prices' is swept twice; expected once; remove one"),
        ("{plant.size: {from: 1 GWh/yr}}", "the range is not complete; expected from, to and either steps or step"),
        (
            "{plant.size: {from: 1 GWh/yr, to: 2 GWh/yr, stps: 2}}",
            "unknown key 'stps'; expected from, to, steps or ste",
        ),
        ("{plant.size: {from: 1 GWh/yr, to: 2 GWh, steps: 2}}", "26:38: error: sweep.plant.size.to: unit 'GWh' is not"),
        (
            "{plant.size: {from: 1 GWh/yr, to: 2000 MWh/yr, steps: 2}}",
            "has another unit than 'from'; expected the same",
        ),
        ("{plant.size: {from: 1 GWh/yr, to: 2 GWh/yr, steps: 1}}", "'1' steps are not possible; expected a whole num"),
        ("{plant.size: {from: 1 GWh/yr, to: 2 GWh/yr, step: 0 GWh/yr}}", "is no step; expected a number above 0"),
        ("{plant.size: {from: 1 GWh/yr, to: 9 GWh/yr, step: 1e-9 GWh/yr}}", "is no step; expected a number above 0"),
        ("{search.platforms_max: {from: a, to: 3, steps: 2}}", "'a' is no number; expected a number"),
        (
            "{finance.discount_rate: [8 %, 0.08]}",
            "the values of 'finance.discount_rate' change nothing in the scenario",
        ),
        (
            "{price_overrides.lto_anode: [10 USD/kg, 12 USD/kg]}",
            "'price_overrides.lto_anode' changes no candidate: no chemistry of the search has to do with it",
        ),
        (
            "{lifecycle.end_of_life_value.titanate: [1 USD/kWh, 2 USD/kWh]}",
            "'lifecycle.end_of_life_value.titanate' changes no candidate",
        ),
        ("{finance: {discount_rate: [8 %]}}", "write 'finance.discount_rate' as key"),
        ("{finance.discount_rate: {from: 6 %, to: 99 %, steps: 2}}", "'99 %' is out of range; expected 0 % to 50 %"),
    ],
)
def test_a_mistake_is_told_once_at_its_place(good, write, sweep, line):
    problem = the_only(good, write, sweep)
    assert line in problem
    assert problem.startswith("case.yaml:26:")


def test_a_long_range_is_checked_at_its_ends_and_some_points_between(good, write):
    span = "{finance.discount_rate: {from: 1 %, to: 20 %, steps: 10000}}"
    assert len(probes_of(axes_of(tree_of_mapping(yaml.safe_load(span)), CATALOG)[0][0])) == 9
    wrong = "{finance.discount_rate: {from: 1 %, to: 60 %, steps: 10000}}"
    assert "'60 %' is out of range" in " ".join(
        str(problem) for problem in problems_of(write(f"{good}sweep: {wrong}\n"))
    )


@pytest.mark.parametrize(
    ("sweep", "line"),
    [
        (
            "{limits.chargin_time_max: [10 min, 12 min, 14 min]}",
            "26:9: error: sweep.limits.chargin_time_max: unknown key 'chargin_time_max'; expected a key of 'limits'",
        ),
        ("{packs.cra.energy: [50 kWh, 60 kWh]}", "26:9: error: sweep.packs.cra.energy: no pack has the name 'cra'"),
        (
            "{zip: {prices: [central, reference], packs.*.enrgy: [50 kWh, 60 kWh]}}",
            "26:45: error: sweep.packs.*.enrgy: unknown key 'enrgy'; expected a key of 'packs'",
        ),
        (
            "{packs.*.power: [150 kW, 100 MW]}",
            "26:33: error: sweep.packs.*.power: '100 MW' is out of range; expected 1 kW to 5000 kW",
        ),
    ],
)
def test_a_mistake_of_an_axis_is_told_neither_for_every_value_nor_for_every_pack(good, write, sweep, line):
    van = "  - {name: van, volume: 9 /yr, energy: 60 kWh, power: 90 kW, system_voltage: 400 V, usage: private_car}\n"
    two = good.replace("search:\n", f"{van}search:\n").replace("  platforms_max: 2\n", "")
    assert line in the_only(two, write, sweep)


def test_money_without_a_good_price_year_adds_no_mistake(good, write):
    wrong = good.replace("price_year: 2025", "price_year: 1999").replace("5.2 USD/kg", "5.2 EUR/kg")
    span = "price_overrides.nca_cathode: {from: 1 EUR/kg, to: 2 EUR/kg, steps: 2}"
    sweep = f"{{price_overrides.copper: [9 CNY/kg, 10 CNY/kg], {span}}}"
    assert "6:3: error: finance.price_year: '1999' is no year of the price index" in the_only(wrong, write, sweep)


def test_the_name_is_not_swept(good, write):
    assert "'name' cannot be swept; expected the address of a value" in the_only(good, write, "{name: [a, b]}")


def test_too_many_points_are_refused_before_they_are_made(good, write):
    axes = ", ".join(f"packs.compact.usage.{key}: {{from: 1 %, to: 90 %, steps: 90}}" for key in ("dod", "dc_share"))
    cross = f"{{{axes}, plant.size: {{from: 1 GWh/yr, to: 100 GWh/yr, steps: 100}}}}"
    assert "the axes cross to 810000 points; expected at most 100000" in the_only(good, write, cross)


@example(first=-135, distance=135, steps=14)
@example(first=-70, distance=300, steps=31)
@given(
    first=st.integers(-500, 500),
    distance=st.integers(1, 400),
    steps=st.integers(2, 40),
)
def test_a_range_is_even_and_ends_at_its_ends(first, distance, steps):
    low, high = first / 100, (first + distance) / 100
    span = {"from": f"{low} degC", "to": f"{high} degC", "steps": str(steps)}
    (axis,), faults = axes_of(tree_of_mapping({"limits.charging_temperature": span}), CATALOG)
    numbers = [float(settings[0].value.removesuffix(" degC")) for settings in axis]
    assert faults == []
    assert (numbers[0], numbers[-1], len(numbers)) == (low, high, steps)
    gaps = [after - before for before, after in pairwise(numbers)]
    assert max(gaps) == pytest.approx(min(gaps), rel=1e-6)


@pytest.mark.parametrize("steps", ["000100" + "0" * 5_000, "\u0663", "1e2", "-3", "10001"])
def test_odd_numbers_of_steps_are_a_mistake(good, write, steps):
    problem = the_only(good, write, f"{{finance.discount_rate: {{from: 1 %, to: 2 %, steps: {steps}}}}}")
    assert "steps are not possible; expected a whole number" in problem


def test_reading_stops_where_thousands_of_values_are_wrong(good, write):
    values = ", ".join(str(number) for number in range(1, 9_000))
    with pytest.raises(ScenarioError) as caught:
        read_sweep(write(f"{good}sweep: {{finance.discount_rate: [{values}]}}\n"), CATALOG)
    assert 300 <= len(caught.value.problems) < 400
