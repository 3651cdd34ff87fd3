"""Which kind of design is the cheapest while one limit is tightened, against a search limit by limit."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lcopt.performance.limits import Sense
from lcopt.selection.turning import QUANTITIES, WORTH_A_WORD_FRAC, front, reigns

NUMBER = st.integers(1, 60).map(float)
DESIGN = st.tuples(st.booleans(), NUMBER, NUMBER, NUMBER, NUMBER, st.integers(0, 2), st.integers(0, 2))


def explored(designs) -> SimpleNamespace:
    feasible, cost, minutes, per_kg, per_l, couple, cell_format = (
        np.array(column) for column in zip(*designs, strict=True)
    )
    return SimpleNamespace(
        feasible=feasible.astype(bool),
        cost_usd_per_pack=cost,
        values={
            "charging_time_min": minutes,
            "pack_specific_energy_wh_per_kg": per_kg,
            "pack_energy_density_wh_per_l": per_l,
        },
        candidates=SimpleNamespace(platforms=SimpleNamespace(couple=couple, cell_format=cell_format)),
    )


def cheapest_beyond(one, quantity: str, sense: Sense, bound: float) -> float:
    values = one.values[quantity]
    kept = one.feasible & (values >= bound if sense is Sense.AT_LEAST else values <= bound)
    return one.cost_usd_per_pack[kept].min(initial=np.inf)


@given(designs=st.lists(DESIGN, min_size=1, max_size=40))
def test_each_reign_ends_where_a_search_finds_something_dearer(designs):
    one = explored(designs)
    found = list(reigns(one))
    if not one.feasible.any():
        assert found == []
        return
    for quantity, _, sense, _ in QUANTITIES:
        own = [reign for reign in found if reign.quantity == quantity]
        values, cost = one.values[quantity], one.cost_usd_per_pack
        assert own[0].after is None
        assert cost[own[0].first] == cost[one.feasible].min()
        assert [reign.after for reign in own[1:]] == [reign.until for reign in own[:-1]]
        for reign in own:
            # Nothing at least as strict as the end of a reign is cheaper than its last design.
            assert cheapest_beyond(one, quantity, sense, reign.until) == cost[reign.last]
            assert values[reign.last] == reign.until
        assert all(one.feasible[[reign.first, reign.last]].all() for reign in own)


def test_reigns_of_a_hand_case():
    """A is cheap to 100 Wh/kg, B dearer to 150, a dearer A to 151 is not worth a word, C ends it at 200."""
    rows = [(10, 100, 0), (12, 150, 1), (12.5, 150.2, 0), (20, 200, 2), (21, 190, 1)]
    one = explored([(True, cost, 20.0, reach, 300.0, kind, 0) for cost, reach, kind in rows])
    own = [item for item in reigns(one) if item.quantity == "pack_specific_energy_wh_per_kg"]
    assert [(item.after, item.until, item.first) for item in own] == [(None, 100, 0), (100, 150, 1), (150, 200, 3)]
    assert pytest.approx(0.005) == WORTH_A_WORD_FRAC


@given(designs=st.lists(DESIGN, min_size=1, max_size=40))
def test_a_front_holds_the_cheapest_design_beyond_every_value_and_nothing_else(designs):
    one = explored(designs)
    for quantity, _, sense, _ in QUANTITIES:
        found, values, cost = front(one, quantity, sense, 1000), one.values[quantity], one.cost_usd_per_pack
        assert one.feasible[found].all()
        beyond = [cheapest_beyond(one, quantity, sense, value) for value in values[one.feasible]]
        assert sorted(set(cost[found])) == sorted(set(beyond))
        assert len(set(cost[found])) == len(found)
        assert list(cost[found]) == sorted(cost[found])


@given(designs=st.lists(DESIGN, min_size=1, max_size=40))
def test_a_thinned_front_keeps_its_ends_and_every_change_of_kind(designs):
    one = explored(designs)
    platforms = one.candidates.platforms
    for quantity, _, sense, _ in QUANTITIES:
        whole, thin = (front(one, quantity, sense, points).tolist() for points in (1000, 2))
        kinds = [(platforms.couple[index], platforms.cell_format[index]) for index in whole]
        turned = {place for place in range(1, len(kinds)) if kinds[place] != kinds[place - 1]}
        wanted = {0, len(whole) - 1, *turned, *(place - 1 for place in turned)} if whole else set()
        assert thin == [whole[place] for place in sorted(wanted)]
