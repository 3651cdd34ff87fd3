"""How sure the answer for two packs is: fleets are compared, and none that is looked for by itself beats them."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
from made_unsure import SMALL

from lcopt.cli import app
from lcopt.selection.linear_costs import best_of_samples
from lcopt.selection.price_samples import draw
from lcopt.selection.proving import prove
from lcopt.uncertainty.decided import decide


@pytest.fixture(scope="module")
def two_packs(make):
    first = SMALL["packs"][0]
    second = {**copy.deepcopy(first), "name": "large", "energy": "80 kWh", "power": "200 kW", "volume": "80000 /yr"}
    return decide(make(packs=[first, second], search={**SMALL["search"], "formats": ["blade"]}))


def test_fleets_cost_what_the_decision_does_and_the_proven_optima_are_among_them(two_packs):
    samples = draw([price.distribution for price in two_packs.prices.uncertain], 64, 5)
    choices = two_packs.choices(samples, 4)
    best = best_of_samples(choices.costs, samples)
    center, instance = two_packs.prices.values, two_packs.instance
    assert choices.costs.at(center)[choices.chosen] == pytest.approx(two_packs.asked.best.cost_usd, rel=1e-9)
    for number in range(4):
        cost = instance.pairs.cost_usd + two_packs.usd_per_price @ (samples[number] - center)
        proof = prove(replace(instance, pairs=replace(instance.pairs, cost_usd=cost)))
        assert best.cost_usd[number] == pytest.approx(proof.cost_usd, rel=1e-6)
    assert "proven optima" in choices.covered


def test_the_words_of_a_fleet_name_each_cell_once(two_packs):
    same = np.array([[0, 0]])
    (words,) = two_packs.names(same, two_packs.chemistry_words)
    assert " + " not in words


def test_the_command_prints_one_object_for_programs_and_lines_for_people(tmp_path):
    import json

    import yaml
    from typer.testing import CliRunner

    pytest.importorskip("SALib")
    file = tmp_path / "small.yaml"
    small = {**SMALL, "search": {**SMALL["search"], "chemistries": ["LFP-G (Energy)"]}}
    file.write_text(yaml.safe_dump(small), encoding="utf-8")
    done = CliRunner().invoke(app, ["sensitivity", str(file), "--samples", "100", "--seed", "3", "--format", "json"])
    assert done.exit_code == 0, done.output
    record = json.loads(done.stdout)
    assert (record["samples"], record["seed"]) == (100, 3)
    assert record["probability_best_by_chemistry"] == {"LFP-G (Energy)": 1.0}
    assert sum(record["probability_best"].values()) == pytest.approx(1.0)
