"""Fade in a climate: exact means, measured underestimates, hotter is never better above 25 degC."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lcopt.errors import CatalogError
from lcopt.performance.aging import Stress, fade_under, read_fade_table, read_published_table, yearly_fade
from lcopt.performance.climate import (
    CellTemperatures,
    Climate,
    air_temperatures_deg_c,
    constant_temperature,
    effective_rate,
    fade_in_climate,
    read_cell_temperatures,
    read_climate,
)

# Constant temperature with the calendar loss of the hours of a typical year: note, B = 5210 K and exponent 0.526.
EFFECTIVE_DEG_C = {
    "miami": 25.5,
    "houston": 23.4,
    "phoenix": 28.3,
    "los_angeles": 17.5,
    "las_vegas": 25.4,
    "denver": 17.1,
    "san_francisco": 14.7,
    "boston": 15.6,
    "chicago": 16.3,
    "minneapolis": 15.4,
    "seattle": 13.4,
    "new_york": 17.2,
    "honolulu": 25.4,
}
STRESS = Stress(12.0, 0.6, 0.35, 0.185)
SEASONS = Climate(12.0, -2.0, 26.0, 14.0, 0.0, 0.0)


def parked_at(climate):
    air = air_temperatures_deg_c(climate)
    return CellTemperatures(air, air, 0.0)


@pytest.mark.parametrize(
    ("law", "mean_of_rates", "rate_of_mean"),
    [
        ("NMC_Gr_50Ah_B2", 0.0599, 0.0507),
        ("Lfp_Gr_250AhPrismatic", 0.0234, 0.0165),
        ("NMC_Gr_50Ah_B1", 0.0872, 0.0732),
    ],
)
def test_the_mean_temperature_underestimates_as_measured(catalog, law, mean_of_rates, rate_of_mean):
    """Calendar loss of ten years at 12 +/- 14 degC; the package itself has 0.0633, 0.0246 and 0.0931."""
    table, none = read_published_table(catalog, law), np.array([0.0])
    yearly = yearly_fade(fade_in_climate(table, STRESS, parked_at(SEASONS)), none)
    constant = yearly_fade(fade_under(table, STRESS), none)
    assert yearly.loss_frac(10.0)[0] == pytest.approx(mean_of_rates, rel=0.01)
    assert constant.loss_frac(10.0)[0] == pytest.approx(rate_of_mean, rel=0.01)


def test_the_effective_rate_is_that_of_small_steps():
    """A loss k t^p whose rate takes turns, stepped day by day through d(loss^(1/p))/dt = k^(1/p)."""
    exponent, rates = 0.526, np.array([1e-4, 5e-4, 2e-3])
    state = 0.0
    for day in range(3000):
        state += rates[day % 3] ** (1 / exponent)
    assert effective_rate(rates, np.ones(3), exponent) * 3000**exponent == pytest.approx(state**exponent)


def test_a_constant_temperature_is_the_plain_law(catalog):
    table = read_fade_table(catalog, "NMC_Gr_50Ah_B2")
    plain, constant = fade_under(table, STRESS, 1.3), fade_in_climate(table, STRESS, constant_temperature(12.0), 1.3)
    assert constant.calendar_coefficient_frac == pytest.approx(plain.calendar_coefficient_frac, rel=1e-12)
    assert constant.cycle_coefficient_frac == pytest.approx(plain.cycle_coefficient_frac, rel=1e-12)
    assert constant.factor == plain.factor


@pytest.mark.parametrize("city", EFFECTIVE_DEG_C)
def test_sines_meet_mean_and_tails_and_the_effective_temperature_of_the_hours(catalog, city):
    climate = read_climate(catalog, city)
    air = air_temperatures_deg_c(climate)
    assert air.mean() == pytest.approx(climate.mean_deg_c, abs=1e-9)
    assert np.quantile(air, [0.05, 0.95]) == pytest.approx([climate.p5_deg_c, climate.p95_deg_c], abs=0.7)
    slope_k, exponent = 5210.0, 0.526
    rate = effective_rate(np.exp(-slope_k / (air + 273.15)), np.ones(air.size), exponent)
    assert -slope_k / np.log(rate) - 273.15 == pytest.approx(EFFECTIVE_DEG_C[city], abs=0.9)


def test_a_working_pack_is_conditioned_and_a_parked_one_follows_the_air(catalog):
    cells = read_cell_temperatures(catalog, "harbin", 25.0)
    assert cells.working_deg_c.min() == 15
    assert cells.working_deg_c.max() <= 35
    assert cells.parked_deg_c.min() < -10
    air = air_temperatures_deg_c(read_climate(catalog, "harbin"))
    assert cells.parked_deg_c == pytest.approx(air + 2)


def test_constant_is_a_climate_and_an_unknown_one_is_told(catalog):
    assert read_cell_temperatures(catalog, "constant", 31.0).parked_deg_c.tolist() == [31]
    with pytest.raises(CatalogError, match=r"no climate 'atlantis'; choose constant, miami"):
        read_cell_temperatures(catalog, "atlantis", 25.0)


def test_dubai_ages_faster_than_oslo_with_every_law(catalog):
    for law in catalog.table("fade_laws").words("fade_law"):
        table, loss = read_fade_table(catalog, law), {}
        for city in ("oslo", "dubai"):
            fade = fade_in_climate(table, STRESS, read_cell_temperatures(catalog, city, 25.0))
            loss[city] = yearly_fade(fade, np.array([42.5])).loss_frac(8.0)[0]
        assert loss["dubai"] > 1.1 * loss["oslo"]


@settings(max_examples=50)
@given(
    st.sampled_from(("Lfp_Gr_250AhPrismatic", "NMC_Gr_50Ah_B2", "Nca_Gr_Panasonic3Ah", "Nmc811_GrSi_LGM50_5Ah")),
    st.floats(0, 15),
    st.floats(0, 5),
    st.floats(0, 15),
    st.floats(0, 1),
    st.floats(0, 300),
)
def test_above_25_degc_a_hotter_climate_never_lives_longer(catalog, law, yearly, daily, hotter, share, cycles):
    table = read_fade_table(catalog, law)
    cool = Climate(25 + yearly + daily, 0.0, 0.0, yearly, 0.0, daily)
    losses = []
    for climate in (cool, replace(cool, mean_deg_c=cool.mean_deg_c + hotter)):
        cells = replace(parked_at(climate), working_share_frac=share)
        losses.append(yearly_fade(fade_in_climate(table, STRESS, cells), np.array([cycles])).loss_frac(8.0)[0])
    assert losses[1] >= losses[0] - 1e-12
