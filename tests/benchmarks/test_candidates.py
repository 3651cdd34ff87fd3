"""The whole grid of one pack over all formats, chemistries and architectures: candidates per second on one core."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lcopt.inputs.reader import read_scenario
from lcopt.result_building import scenario_catalog
from lcopt.selection.cased_fitting import cased_candidates
from lcopt.selection.engineering import gather_engineering
from lcopt.selection.evaluation import evaluate_in_batches
from lcopt.selection.screening import screened, screened_in_every_option
from lcopt.selection.space import with_every_class
from lcopt.selection.tasks import pack_task

FILE = Path(__file__).parents[2] / "scenarios" / "blade_or_cylinder.yaml"
SAMPLE = 40_000


@pytest.fixture(scope="module")
def setting(catalog):
    scenario = read_scenario(FILE, catalog)
    own = scenario_catalog(scenario)
    engineering = gather_engineering(scenario, own)
    task = pack_task(scenario.packs[0], scenario, own, engineering)
    candidates = cased_candidates(task, engineering)
    assert candidates is not None
    return engineering, task, candidates


@pytest.fixture(scope="module")
def sample(setting):
    _, _, grid = setting
    return grid.take(np.random.default_rng(0).choice(len(grid), SAMPLE, replace=False))


def test_the_grid_holds_a_million_candidates(setting):
    engineering, _, grid = setting
    assert len(grid) * len(engineering.classes.speed_factor) >= 1_000_000


@pytest.mark.benchmark(group="candidates: limits before costs against costs for all")
def test_limits_before_costs(benchmark, setting, sample):
    engineering, task, _ = setting
    found = benchmark(screened, task, sample, engineering)
    assert found.evaluated_count == SAMPLE


@pytest.mark.benchmark(group="candidates: limits before costs against costs for all")
def test_costs_for_all(benchmark, setting, sample):
    engineering, task, _ = setting
    values = benchmark(evaluate_in_batches, task, sample.platforms, sample.counts, engineering)
    assert len(values["lifecycle_cost_usd_per_pack"]) == SAMPLE


@pytest.mark.benchmark(group="candidates: built once against built for every class")
def test_built_once(benchmark, setting, sample):
    engineering, task, _ = setting
    found = benchmark(screened_in_every_option, task, sample, engineering)
    assert found.evaluated_count > SAMPLE


@pytest.mark.benchmark(group="candidates: built once against built for every class")
def test_built_for_every_class(benchmark, setting, sample):
    engineering, task, _ = setting
    found = benchmark(screened, task, with_every_class(sample, len(engineering.classes.speed_factor)), engineering)
    assert found.evaluated_count > SAMPLE
