"""A mistake is told once, at its cause; what only follows from it is left out, and nothing else is."""

from __future__ import annotations

import pytest

from lcopt.errors import ScenarioError
from lcopt.inputs.reader import read_scenario


def told(source, catalog) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        read_scenario(source, catalog)
    return [str(problem).removeprefix("case.yaml:") for problem in caught.value.problems]


def test_a_required_key_outside_of_its_block_is_told_where_it_stands(good, write, catalog):
    text = good.replace("  horizon: 12 yr\n", "").replace("prices: central", "horizon: 12 yr")
    (line,) = told(write(text), catalog)
    assert line.startswith("22:1: error: horizon: unknown key 'horizon'")
    assert line.endswith("'horizon' belongs in finance: check the indentation")


def test_a_key_of_one_pack_excuses_no_other_pack(good, write, catalog):
    other = "  - {name: van, volume: 1 /yr, power: 150 kW, system_voltage: 400 V, usage: private_car}\n"
    text = good.replace("    energy: 60 kWh\n", "").replace(
        "      charger_power: 350 kW\n", "      energy: 60 kWh\n" + other
    )
    lines = told(write(text), catalog)
    assert [line.split("; expected")[0] for line in lines] == [
        "18:7: error: packs.compact.limits.energy: unknown key 'energy'",
        "19:5: error: packs.van: the key 'energy' is missing",
    ]


def test_a_dash_too_many_leaves_what_the_pack_lacks_in_any_case(good, write, catalog):
    text = good.replace("    power: 150 kW\n", "").replace("    system_voltage: 400 V", "  - system_voltage: 400 V")
    lines = told(write(text), catalog)
    assert [line.split("; ")[0] for line in lines] == [
        "10:5: error: packs.compact: the key 'power' is missing",
        "13:5: error: packs.2: a dash begins a new pack here",
    ]


def test_a_second_pack_without_a_name_is_not_taken_for_a_dash_too_many(good, write, catalog):
    text = good.replace("search:", "  - {volume: 1 /yr, energy: 60 kWh}\nsearch:")
    lines = told(write(text), catalog)
    assert [line.split("the key '")[1].split("'")[0] for line in lines] == ["name", "power", "system_voltage", "usage"]


@pytest.mark.parametrize(
    ("usage", "remedy"),
    [
        ("{profile: private_car, distance: 15,5 km/yr}", "write 'distance: 15.5 km/yr'"),
        ("{profile: private_car, dc_share: 0,1}", "write 'dc_share: 0.1'"),
    ],
)
def test_a_decimal_comma_in_braces_is_one_mistake(good, write, catalog, usage, remedy):
    (line,) = told(write(good.replace("usage: private_car", f"usage: {usage}")), catalog)
    assert line.startswith("15:")
    assert line.endswith(remedy)


def test_a_misspelt_key_before_a_decimal_comma_stays_a_mistake(good, write, catalog):
    text = good.replace("usage: private_car", "usage: {profile: private_car, dc_shar: 0,1}")
    first, second = told(write(text), catalog)
    assert "did you mean 'dc_share'?" in first
    assert "a comma in braces begins a new key" in second


def test_a_key_that_is_a_number_on_a_line_of_its_own_is_no_decimal_comma(good, write, catalog):
    (line,) = told(write(good.replace("  horizon: 12 yr", "  horizon: 12 yr\n  5 %: x")), catalog)
    assert line.startswith("9:3: error: finance.5 %: unknown key '5 %'; expected a key of 'finance'")


def test_an_empty_block_stays_a_mistake_where_no_key_of_it_stands_beside_it(good, write, catalog):
    (line,) = told(write(good + "limits:\n"), catalog)
    assert line.startswith("26:1: error: limits: found no value")


def test_a_price_outside_of_its_block_says_where_it_belongs_even_if_the_block_has_others(good, write, catalog):
    (line,) = told(write(good + "nmc811_cathode: 20 USD/kg\n"), catalog)
    assert line.endswith("it is an item of the price table: indent it below 'price_overrides:'")
