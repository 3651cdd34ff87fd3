"""A risk of prices is read, written, shown in a form and changed by variants like any other value."""

from __future__ import annotations

import pytest

from lcopt.inputs.excel.form import form_of
from lcopt.inputs.reader import read_file, read_scenario, read_sweep
from lcopt.inputs.scenario import Risk
from lcopt.inputs.writing import document_of

RISK = """\
portfolio:
  risk:
    prices: {low: 20 %, central: 0.5, high: 30 %}
    tail: 10 %
    aversion: 50 %
variants:
  bold: {portfolio.risk.aversion: 0 %}
  without_low: {portfolio.risk.prices: {low: null, high: 50 %}}
  certain: {portfolio.risk: null}
sweep:
  portfolio.risk.aversion: [0 %, 100 %]
"""


@pytest.fixture
def file(good, write):
    return write(good + RISK)


def test_probabilities_tail_and_aversion_are_read(file, catalog):
    risk = read_scenario(file, catalog).portfolio.risk
    assert risk == Risk({"low": 0.2, "central": 0.5, "high": 0.3}, 0.1, 0.5)


def test_variants_change_single_values_of_it(file, catalog):
    made = {name: scenario.portfolio.risk for name, scenario in read_file(file, catalog).scenarios}
    assert made["bold"].aversion_frac == 0
    assert made["without_low"].probability_frac == {"central": 0.5, "high": 0.5}
    assert made["certain"] is None


def test_a_sweep_goes_over_aversions(file, catalog):
    points = read_sweep(file, catalog)
    assert [point.scenario.portfolio.risk.aversion_frac for point in points] == [0.0, 1.0]


def test_it_is_written_as_it_reads(file, catalog):
    scenario = read_scenario(file, catalog)
    again = read_scenario(document_of(scenario, catalog), catalog)
    assert again.scenario_hash == scenario.scenario_hash
    assert again.scenario_hash != read_scenario(file, catalog, "bold").scenario_hash


def test_a_form_holds_it_with_its_variants(file, catalog, save):
    whole = dict(read_file(file, catalog).scenarios)
    form = save(form_of(file, catalog).content)
    for name, scenario in read_file(form, catalog).scenarios:
        assert scenario.portfolio == whole[name].portfolio, name
