"""Reasons in words: the difference to the chosen design and the components that make it, never at other prices."""

from __future__ import annotations

import pandas as pd
import pytest

from lcopt.result_reasons import FLEET_FIRST, NOT_CHOSEN_AGAIN, reason_in_words, with_reasons


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"purchase": 100.0, "energy": -30.0}, "70 USD dearer over its life: purchase +100, energy -30"),
        ({"purchase": 100.0, "energy": -9.0}, "91 USD dearer over its life: purchase +100"),
        ({"purchase": 0.0, "energy": 0.0}, "costs the same in every part"),
        ({"end_of_life": -40.0}, f"40 USD cheaper for this pack alone (end of life -40), {FLEET_FIRST}"),
    ],
)
def test_a_reason_names_the_largest_differences(parts, words):
    assert reason_in_words(parts, FLEET_FIRST) == words


def test_each_design_is_held_against_the_chosen_one_of_its_own_pack():
    costs = {("a", 0): 10.0, ("a", 1): 30.0, ("b", 0): 50.0, ("b", 1): 45.0}
    designs = pd.DataFrame([{"pack": pack, "rank": rank} for pack, rank in costs])
    values = [
        {"pack": pack, "rank": rank, "component": "purchase", "present_value_usd_per_pack": usd}
        for (pack, rank), usd in costs.items()
    ]
    told = with_reasons(designs, pd.DataFrame(values), NOT_CHOSEN_AGAIN)["reason"].tolist()
    assert told[0] == told[2] == ""
    assert told[1] == "20 USD dearer over its life: purchase +20"
    assert told[3] == f"5 USD cheaper for this pack alone (purchase -5), {NOT_CHOSEN_AGAIN}"
