"""How prices are sampled is read, written, shown in a form and changed by variants like any other value."""

from __future__ import annotations

import pytest

from lcopt.errors import ScenarioError
from lcopt.inputs.excel.form import form_of
from lcopt.inputs.price_correlations import Correlation
from lcopt.inputs.reader import read_file, read_scenario
from lcopt.inputs.scenario import Uncertainty
from lcopt.inputs.writing import document_of

BLOCK = """\
uncertainty:
  samples: 500
  seed: 3
  method: latin_hypercube
  objective: cvar
  prices: all
  factors: [aging, yield]
  map: [price_overrides.lithium_carbonate, finance.discount_rate]
  tail: 5 %
  correlations: [{between: [nickel_sulfate, cobalt_sulfate], value: -0.6}]
variants:
  more: {uncertainty.samples: 1000}
"""
EMPIRICAL = "price_overrides:\n  lfp_cathode: {dist: empirical, values: [9 USD/kg, 4 USD/kg, 5 USD/kg]}\n"


@pytest.fixture
def file(good, write):
    return write(good + BLOCK)


def test_the_block_is_read(file, catalog):
    pair = Correlation(("nickel_sulfate", "cobalt_sulfate"), -0.6)
    assert read_scenario(file, catalog).uncertainty == Uncertainty(
        samples_count=500,
        seed=3,
        method="latin_hypercube",
        objective="cvar",
        prices="all",
        tail_frac=0.05,
        correlations=(pair,),
        factors=("aging", "yield"),
        map_fields=("price_overrides.lithium_carbonate", "finance.discount_rate"),
    )


def test_without_it_the_catalog_says_how(good, write, catalog):
    found = read_scenario(write(good), catalog)
    rows = {row.keys["name"]: row for row in catalog.table("uncertainty_defaults").rows}
    assert found.uncertainty.samples_count == rows["samples_count"].value
    assert found.uncertainty.method == "sobol"
    assert found.uncertainty.correlations == ()
    assert found.origins["uncertainty.seed"].line == rows["seed"].line


def test_variants_change_single_values_of_it(file, catalog):
    made = {name: scenario.uncertainty for name, scenario in read_file(file, catalog).scenarios}
    assert made["more"].samples_count == 1000
    assert made["more"].seed == 3


def test_it_is_written_as_it_reads(file, catalog):
    scenario = read_scenario(file, catalog)
    again = read_scenario(document_of(scenario, catalog), catalog)
    assert again.scenario_hash == scenario.scenario_hash
    assert again.scenario_hash != read_scenario(file, catalog, "more").scenario_hash


def test_a_form_holds_it_with_its_variants(file, catalog, save):
    whole = dict(read_file(file, catalog).scenarios)
    form = save(form_of(file, catalog).content)
    for name, scenario in read_file(form, catalog).scenarios:
        assert scenario.uncertainty == whole[name].uncertainty, name


def test_prices_of_the_past_are_read_and_written(good, write, catalog):
    text = good.replace("price_overrides:\n  lfp_cathode: 5.2 USD/kg\n", EMPIRICAL)
    scenario = read_scenario(write(text), catalog)
    own = scenario.price_distributions["lfp_cathode"]
    assert own.values == (9.0, 4.0, 5.0)
    assert scenario.price_overrides["lfp_cathode"] == own.central == 5.0
    again = read_scenario(document_of(scenario, catalog), catalog)
    assert again.price_distributions == scenario.price_distributions


def test_prices_that_follow_the_same_one_are_told_to_follow_each_other(good, write, catalog):
    """Lithium with two cathodes: without a third correlation both would be independent of each other."""
    cathodes = [("lfp_cathode", 5, 0.8), ("nmc622_cathode", 15, 0.7)]
    prices = "".join(f"  {item}: {{dist: normal, mean: {usd} USD/kg, sd: 1 USD/kg}}\n" for item, usd, _ in cathodes)
    prices += "  lithium_carbonate: {dist: lognormal, median: 11 USD/kg, sd_log: 0.5}\n"
    pairs = [f"{{between: [lithium_carbonate, {item}], value: {value}}}" for item, _, value in cathodes]
    missing = "{between: [lfp_cathode, nmc622_cathode], value: 0.56}"

    def file(*stated):
        text = good.replace("  lfp_cathode: 5.2 USD/kg\n", prices)
        return write(f"{text}uncertainty:\n  correlations: [{', '.join(stated)}]\n")

    with pytest.raises(ScenarioError) as caught:
        read_scenario(file(*pairs), catalog)
    assert f"state also for example {missing}" in str(caught.value)
    assert len(read_scenario(file(*pairs, missing), catalog).uncertainty.correlations) == 3
    with pytest.raises(ScenarioError, match="make them smaller"):
        read_scenario(file(*pairs, missing.replace("0.56", "-0.56")), catalog)
