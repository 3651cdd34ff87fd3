"""Designs a second: `pytest tests/benchmarks --benchmark-enable` prints them, each against a partner of its run."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import lcopt.cell.search
import lcopt.evaluation
from lcopt.conventions import BATPAC_51
from lcopt.cost.composition import account, cost_packs
from lcopt.cost.statement import cost_columns
from lcopt.evaluation import evaluate, open_workshop
from lcopt.inputs.design_table import CHEMISTRY, read_design_table

DESIGNS_COUNT = 16_000
COST_BATCH = 4000
ROUNDS = 5


@pytest.fixture(scope="module")
def designs():
    path = Path(__file__).parents[2] / "lcopt" / "data" / "reference" / "designs.csv.gz"
    table = pd.read_csv(path, usecols=lambda name: name.startswith("in_"))
    repeated = table.iloc[np.resize(np.arange(len(table)), DESIGNS_COUNT)].reset_index(drop=True)
    # No two designs alike, so that nothing is gained by repetition.
    spread = 1 + 0.01 * np.linspace(-1, 1, DESIGNS_COUNT)
    return repeated.assign(in_pack_energy_kwh=repeated["in_pack_energy_kwh"] * spread)


def report(benchmark, capsys, count: int, what: str) -> None:
    if benchmark.stats is not None:
        with capsys.disabled():
            sys.stdout.write(f"\n{what}: {count / benchmark.stats.stats.min:,.0f} designs/s")


@pytest.mark.benchmark(group="evaluate")
@pytest.mark.parametrize("batch_size", [500, 8000, DESIGNS_COUNT])
def test_evaluate_by_batch_size(benchmark, designs, monkeypatch, capsys, batch_size):
    monkeypatch.setattr(lcopt.evaluation, "BATCH_SIZE", batch_size)
    found = benchmark.pedantic(evaluate, (designs, "batpac-5.1"), rounds=ROUNDS, warmup_rounds=1)
    assert len(found) == DESIGNS_COUNT
    report(benchmark, capsys, DESIGNS_COUNT, f"evaluate, batches of {batch_size}")


@pytest.mark.benchmark(group="iteration")
@pytest.mark.parametrize("leaving", [True, False])
def test_evaluate_with_converged_designs_leaving_the_iteration(benchmark, designs, monkeypatch, capsys, leaving):
    if not leaving:
        monkeypatch.setattr(lcopt.cell.search, "COMPACT_BELOW", 0.0)
    found = benchmark.pedantic(evaluate, (designs, "batpac-5.1"), rounds=ROUNDS, warmup_rounds=1)
    assert len(found) == DESIGNS_COUNT
    report(benchmark, capsys, DESIGNS_COUNT, f"evaluate, converged designs {'leave' if leaving else 'stay'}")


@pytest.fixture(scope="module")
def priced(designs, catalog):
    """Arguments of the cost kernel for one batch of designs, found once."""
    workshop = open_workshop(catalog, "batpac-5.1")
    table = read_design_table(designs.head(COST_BATCH), workshop.chemistries, workshop.vehicle_names, ("in_house",))
    seen: list[tuple[object, ...]] = []
    original = lcopt.evaluation.cost_packs
    lcopt.evaluation.cost_packs = lambda *arguments: seen.append(arguments) or original(*arguments)
    try:
        lcopt.evaluation.evaluate_rows(table, np.arange(COST_BATCH), workshop)
    finally:
        lcopt.evaluation.cost_packs = original
    assert len(table.words[CHEMISTRY]) == COST_BATCH
    cell, pack, layout, prices, plant, constants = seen[0][:6]
    return cell, pack, layout, prices, plant, constants, BATPAC_51, account()


@pytest.mark.benchmark(group="cost")
@pytest.mark.parametrize("with_columns", [False, True])
def test_cost_of_a_batch(benchmark, priced, capsys, with_columns):
    rates = priced[5].rates

    def price():
        cost = cost_packs(*priced)
        return cost_columns(cost, rates) if with_columns else cost

    benchmark.pedantic(price, rounds=4 * ROUNDS, warmup_rounds=2)
    report(benchmark, capsys, COST_BATCH, f"cost kernel{' and its columns' if with_columns else ''}")
