"""The lifecycle kernel over many designs: its directions, its batches, and the terms of a scenario's pack."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcopt.cost.discounting import FlowTiming, capital_recovery_factor_per_yr
from lcopt.cost.end_of_life import ResidualRule, Warranty
from lcopt.cost.lifecycle import OwnedPacks, lifecycle_cost, session_power_kw
from lcopt.cost.ownership import Ownership, OwnershipModel, internal_rate_of_return
from lcopt.cost.replacement import ReplacementRule, pack_life_yr, plan_installations
from lcopt.cost.tax import Tax, depreciation_shares
from lcopt.cost.terms import Carbon, Downtime, Finance, Replacement, Terms, Use
from lcopt.errors import LcoptError
from lcopt.performance.aging import Fade, YearlyFade, linear_fade

TERMS = Terms(
    use=Use(80000.0, 0.17, 353.0, 0.4, 0.8, 0.90, 0.94, 0.15, 0.35, 0.02),
    finance=Finance(0.08, 10, 0.02, FlowTiming.END),
    replacement=Replacement(0.8, ReplacementRule.INTEGER, ResidualRule.MARKET, 0.04, 0.15),
    ownership=Ownership(OwnershipModel.SALE, 0.08),
    downtime=Downtime(25.0, 0.1, 20.0, 0.7),
    carbon=Carbon(0.25, 50.0),
    warranty=Warranty(0.01, 4.0, 0.7, 8.0, 0.15),
    tax=Tax(0.25, (0.5, 0.3, 0.2), 0.1, 0.05),
)
POWER = Fade(*(np.array([value]) for value in (0.00053, 0.526, 1.0, 0.000124, 0.828, 1.0, 1.8)))


def packs(count=1, **changes):
    generator = np.random.default_rng(5)
    energy = generator.uniform(40, 90, count)
    values = OwnedPacks(
        energy_kwh=energy,
        mass_kg=energy / 0.15,
        price_usd_per_pack=100 * energy,
        session_power_kw=session_power_kw(energy, generator.uniform(10, 40, count), (0.1, 0.8)),
        recycling_value_usd_per_kwh=np.array([-7.0]),
        making_kg_per_kwh=np.array([60.0]),
        fade=POWER,
    )
    return replace(values, **changes)


def one(values, index):
    """One design of a batch, as a batch of its own."""

    def pick(array):
        return array if array.size == 1 else array[index : index + 1]

    named = {item.name: getattr(values, item.name) for item in fields(values)}
    fade = Fade(**{item.name: pick(getattr(values.fade, item.name)) for item in fields(Fade)})
    return OwnedPacks(**{name: fade if name == "fade" else pick(value) for name, value in named.items()})


def test_a_batch_gives_what_each_design_gives_alone():
    factors = np.linspace(0.5, 6, 40)
    batch = packs(40, fade=replace(POWER, factor=factors))
    together = lifecycle_cost(batch, TERMS)
    assert len(set(together.installations.replacements_count.tolist())) > 3
    for index in range(40):
        alone = lifecycle_cost(one(batch, index), TERMS)
        assert alone.lifecycle_cost_usd[0] == pytest.approx(together.lifecycle_cost_usd[index], rel=1e-12)
        for component, value in together.present_value_usd.items():
            assert alone.present_value_usd[component][0] == pytest.approx(value[index], rel=1e-12, abs=1e-9)


def test_present_values_add_up_to_the_last_digit_and_match_the_cash_flow():
    result = lifecycle_cost(packs(30), TERMS)
    assert np.array_equal(sum(result.present_value_usd.values()), result.lifecycle_cost_usd)
    factors = 1.08 ** -np.arange(11.0)
    for component, sums in result.ledger.by_year_usd().items():
        # All dates of this case are whole years, so the yearly sums can be discounted as they stand.
        assert -sums @ factors == pytest.approx(result.present_value_usd[component], rel=1e-12, abs=1e-9)


def test_levelized_costs_by_hand():
    result = lifecycle_cost(packs(3), TERMS)
    factor = sum(1.08**-year for year in range(1, 11))
    assert result.discounted_km == pytest.approx(80000 * factor)
    assert result.levelized_usd_per_km == pytest.approx(result.lifecycle_cost_usd / (80000 * factor))
    assert result.annuity_usd_per_yr == pytest.approx(result.lifecycle_cost_usd / factor)
    assert result.levelized_usd_per_kwh * result.discounted_kwh == pytest.approx(result.lifecycle_cost_usd)


def test_recovery_factor_at_and_near_rate_zero():
    assert capital_recovery_factor_per_yr(0.0, 12) == 1 / 12
    assert capital_recovery_factor_per_yr(1e-12, 12) == pytest.approx(1 / 12)
    assert capital_recovery_factor_per_yr(0.05, 15) == pytest.approx(0.096342288)


def life(fade, sigma, rule):
    arrays = np.broadcast_arrays(*(np.atleast_1d(np.asarray(item, dtype=float)) for item in fade))
    return pack_life_yr(YearlyFade(*arrays), sigma, rule)


def test_pack_life_by_hand():
    linear = ([0.03, 0.05, 0.0, 0.0009], 1.0, 0.0, 1.0)
    # 0.20 / 0.03 = 6.67; 0.20 / 0.05 = 4 is met, not passed; no fade; 0.20 / 0.0009 = 222 is beyond 200
    assert life(linear, 0.8, ReplacementRule.CONTINUOUS) == pytest.approx([20 / 3, 4, np.inf, np.inf])
    assert life(linear, 0.8, ReplacementRule.INTEGER).tolist() == [7, 5, np.inf, np.inf]
    # 0.1 sqrt(a) = 0.2 at 4 years; a pack that falls within the first year lasts one
    assert life((0.1, 0.5, 0.0, 1.0), 0.8, ReplacementRule.CONTINUOUS) == pytest.approx([4])
    assert life((0.9, 1.0, 0.0, 1.0), 0.8, ReplacementRule.INTEGER).tolist() == [1]


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 0.3), st.floats(0.2, 2), st.floats(0, 0.3), st.floats(0.2, 2), st.floats(0.05, 0.95))
def test_pack_life_meets_the_threshold(calendar, calendar_exponent, cycle, cycle_exponent, sigma):
    fade = YearlyFade(*(np.array([value]) for value in (calendar, calendar_exponent, cycle, cycle_exponent)))
    moment = pack_life_yr(fade, sigma, ReplacementRule.CONTINUOUS)[0]
    year = pack_life_yr(fade, sigma, ReplacementRule.INTEGER)[0]
    if np.isinf(moment):
        assert fade.soh_frac(200.0)[0] >= sigma - 1e-12
        assert np.isinf(year)
    else:
        assert fade.loss_frac(moment)[0] == pytest.approx(1 - sigma, rel=1e-9)
        assert fade.soh_frac(year)[0] < sigma - 1e-12
        assert year == 1 or fade.soh_frac(year - 1)[0] >= sigma - 1e-12


def test_a_pack_due_at_the_horizon_is_not_bought():
    fade = YearlyFade(*(np.array([value]) for value in (0.2 / 5, 1.0, 0.0, 1.0)))
    plan = plan_installations(fade, 0.8, ReplacementRule.CONTINUOUS, 10)
    assert plan.replacements_count.tolist() == [1]
    assert plan.last_age_yr == pytest.approx([5])
    assert plan.removal_yr(1).tolist() == [10]


def test_internal_rate_of_return_is_the_only_root_or_none():
    dates = np.array([0.0, 1.0, 2.0])
    assert internal_rate_of_return(dates, np.array([-100.0, 0.0, 121.0])) == pytest.approx(0.10)
    assert internal_rate_of_return(dates, np.array([-100.0, -5.0, -5.0])) is None
    # -100 + 230 v - 132 v^2 has the roots 10 % and 20 %
    assert internal_rate_of_return(dates, np.array([-100.0, 230.0, -132.0])) is None
    # roots 10.00 % and 10.01 % hide between the points of the grid
    close = np.array([-1.0, 2.2001, -1.1 * 1.1001])
    assert internal_rate_of_return(dates, close) is None


amounts = st.floats(1.0, 500.0)


@settings(max_examples=60, deadline=None)
@given(st.floats(20, 300), st.floats(0, 100), st.booleans(), st.sampled_from(list(ResidualRule)))
def test_a_dearer_pack_never_costs_less(price, more, taxed, rule):
    terms = replace(TERMS, replacement=replace(TERMS.replacement, residual_rule=rule))
    terms = terms if taxed else replace(terms, tax=None)
    batch = packs(2, energy_kwh=np.full(2, 60.0), mass_kg=np.full(2, 400.0), session_power_kw=np.full(2, 90.0))
    costs = lifecycle_cost(replace(batch, price_usd_per_pack=60 * np.array([price, price + more])), terms)
    assert costs.lifecycle_cost_usd[1] >= costs.lifecycle_cost_usd[0] - 1e-6


@settings(max_examples=60, deadline=None)
@given(st.floats(5, 60), st.floats(0.01, 60), st.floats(0, 60), st.floats(0, 1))
def test_where_waiting_is_paid_longer_charging_never_costs_less(minutes, more, value, unproductive):
    waiting = replace(TERMS.downtime, value_usd_per_h=value, unproductive_frac=unproductive)
    energy = np.full(2, 60.0)
    power = session_power_kw(energy, np.array([minutes, minutes + more]), (0.1, 0.8))
    costs = lifecycle_cost(
        packs(
            2, energy_kwh=energy, mass_kg=np.full(2, 400.0), session_power_kw=power, price_usd_per_pack=np.full(2, 6e3)
        ),
        replace(TERMS, downtime=waiting),
    ).lifecycle_cost_usd
    assert costs[1] >= costs[0] - 1e-6
    if value * unproductive * more > 1:
        assert costs[1] > costs[0]


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 0.1), st.sampled_from(list(ResidualRule)), st.integers(1, 20))
def test_at_rate_zero_the_cost_is_the_sum_of_the_payments(fade, rule, horizon):
    terms = replace(
        TERMS,
        finance=Finance(0.0, horizon, 0.02, FlowTiming.MIDDLE),
        replacement=replace(TERMS.replacement, residual_rule=rule, replacement_rule=ReplacementRule.CONTINUOUS),
    )
    result = lifecycle_cost(packs(fade=linear_fade(fade)), terms)
    paid = -sum(sums.sum() for sums in result.ledger.by_year_usd().values())
    assert result.lifecycle_cost_usd[0] == pytest.approx(paid, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.5, 3), st.floats(0.0, 3))
def test_faster_fade_never_lengthens_the_life(factor, more):
    result = lifecycle_cost(
        packs(2, energy_kwh=np.full(2, 60.0), fade=replace(POWER, factor=np.array([factor, factor + more]))), TERMS
    )
    assert result.installations.life_yr[1] <= result.installations.life_yr[0]
    assert result.last_pack_soh_frac.min() >= 0


def test_scaling_all_prices_scales_the_cost():
    double = replace(
        TERMS,
        use=replace(TERMS.use, ac_price_usd_per_kwh=0.30, dc_price_usd_per_kwh=0.70),
        downtime=replace(TERMS.downtime, value_usd_per_h=40.0),
        carbon=replace(TERMS.carbon, price_usd_per_t=100.0),
    )
    batch = packs(5)
    dear = replace(
        batch, price_usd_per_pack=2 * batch.price_usd_per_pack, recycling_value_usd_per_kwh=np.array([-14.0])
    )
    assert lifecycle_cost(dear, double).lifecycle_cost_usd == pytest.approx(
        2 * lifecycle_cost(batch, TERMS).lifecycle_cost_usd
    )


def test_depreciation_is_written_off_in_full_or_refused():
    assert depreciation_shares("straight_line", 4, None) == (0.25,) * 4
    assert sum(depreciation_shares("macrs5", None, None)) == pytest.approx(1)
    assert depreciation_shares("own", None, (0.6, 0.4)) == (0.6, 0.4)
    assert depreciation_shares("none", None, None) == ()
    for schedule in ("straight_line", "own", "macrs"):
        with pytest.raises(LcoptError, match=f"no shares for the depreciation schedule '{schedule}'"):
            depreciation_shares(schedule, None, None)
