"""An infeasible pack is answered with what would do."""

from __future__ import annotations

import numpy as np

from lcopt.performance.limits import Limit, LimitKind, Sense, check_limits
from lcopt.selection.diagnosis import diagnose_pack

TIME = Limit("charging_time_min", "charging time", Sense.AT_MOST, 10.0, "min", LimitKind.SCENARIO)
MASS = Limit("pack_specific_energy_wh_per_kg", "specific energy", Sense.AT_LEAST, 160.0, "Wh/kg", LimitKind.SCENARIO)


def diagnose(minutes, specific_energies):
    values = {
        "charging_time_min": np.array(minutes, dtype=float),
        "pack_specific_energy_wh_per_kg": np.array(specific_energies, dtype=float),
    }
    return diagnose_pack("compact", check_limits([TIME, MASS], values), values)


def test_each_limit_that_could_give_way_alone_is_named_with_the_value_that_does():
    diagnosis = diagnose([21.2501, 9.0, 30.0], [165.0, 157.0, 120.0])
    found = {tuple(limit.label for limit in item.limits): item.values for item in diagnosis.relaxations}
    assert found == {("charging time",): (21.2501,), ("specific energy",): (157.0,)}


def test_relaxed_values_are_rounded_to_the_side_that_still_admits_the_candidate():
    text = str(diagnose([21.2501, 9.0], [165.0, 157.049]))
    assert "charging time of 21.26 min (asked: 10)" in text
    assert "specific energy of 157 Wh/kg (asked: 160)" in text


def test_two_limits_give_way_together_only_where_none_does_alone():
    diagnosis = diagnose([12.0, 11.0], [150.0, 120.0])
    assert [item.limits for item in diagnosis.relaxations] == [(TIME, MASS)]
    # 12 min and 150 Wh/kg miss by 0.2 + 0.0625, 11 min and 120 Wh/kg by 0.1 + 0.25.
    assert diagnosis.relaxations[0].values == (12.0, 150.0)


def test_what_each_limit_leaves_alone_is_counted():
    alone = diagnose([12.0, 9.0, np.nan], [150.0, 120.0, 170.0]).alone
    assert [(item.met_count, item.best_value) for item in alone] == [(1, 9.0), (1, 170.0)]


def test_a_pack_without_candidates_says_so():
    assert "no candidate with this energy" in str(diagnose([], []))
