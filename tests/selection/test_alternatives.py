"""The designs around the optimum are real alternatives, ranked, each with why it is not chosen."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lcopt.study import optimize


@pytest.fixture(scope="module")
def one_chemistry(make_scenario):
    search = {"chemistries": ["LFP-G (Energy)"], "formats": "all", "technology_classes": ["standard"]}
    return optimize(make_scenario(search=search))


def test_ten_next_best_and_the_best_of_every_chemistry_are_listed(small_result, small_candidates):
    listed = small_result.alternatives
    assert len(listed) >= 11
    assert (np.diff(listed["lifecycle_cost_usd_per_pack"]) >= 0).all()
    best = small_candidates.groupby("chemistry")["lifecycle_cost_usd_per_pack"].min()
    shown = listed.groupby("chemistry")["lifecycle_cost_usd_per_pack"].min()
    np.testing.assert_allclose(shown[best.index], best, rtol=1e-12)


def test_a_search_of_one_chemistry_still_lists_ten(one_chemistry):
    listed = one_chemistry.alternatives
    assert len(listed) >= 11
    assert listed.duplicated(["areal_capacity_mah_per_cm2", "cell_capacity_ah", "cells_per_module_count"]).sum() == 0


def test_the_reason_names_the_difference_in_lifecycle_cost(small_result):
    for row in small_result.alternatives.iloc[1:].itertuples():
        usd = float(re.match(r"([\d,]+) USD dearer", row.reason).group(1).replace(",", ""))
        assert usd == pytest.approx(row.penalty_usd_per_pack, abs=0.51)


def test_a_tie_is_said_with_what_decides(one_chemistry):
    second = one_chemistry.alternatives.iloc[1]
    assert second["penalty_usd_per_pack"] < 0.01 * one_chemistry.alternatives.iloc[0]["lifecycle_cost_usd_per_pack"]
    assert any("tie" in warning and "what decides is" in warning for warning in one_chemistry.warnings)


def test_a_chemistry_out_of_reach_is_named_with_its_nearest_miss(make_scenario):
    result = optimize(make_scenario({"specific_energy_min": "170 Wh/kg"}))
    row = result.out_of_reach.set_index("chemistry").loc["LFP-G (Energy)"]
    assert row["limit"] == "specific energy"
    assert row["value"] < 170
    assert set(result.alternatives["chemistry"]) == {"NMC622-G (Energy)"}
