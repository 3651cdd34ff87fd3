"""States of health that a fade law made with known factors give these factors back."""

from __future__ import annotations

import numpy as np
import pytest

from lcopt.calibration import calibrate_aging
from lcopt.errors import ScenarioError
from lcopt.performance.aging import Stress, fade_under, read_fade_table, yearly_fade

LAW = "Lfp_Gr_250AhPrismatic"
STORAGE = [(25, 200, 0), (25, 700, 0), (45, 700, 0)]
CYCLES = [(25, 90, 300), (25, 360, 1200), (45, 360, 1200)]


def soh_pct(catalog, temperature, age_d, cycles, calendar, cycle) -> float:
    fade = fade_under(read_fade_table(catalog, LAW), Stress(temperature, 0.5, 0.8, 0.5))
    age_yr = age_d / 365
    both = yearly_fade(fade, np.array([cycles / age_yr])).loss_frac(age_yr)[0]
    stored = yearly_fade(fade, np.zeros(1)).loss_frac(age_yr)[0]
    return 100 * (1 - calendar * stored - cycle * (both - stored))


def rows_of(catalog, tests, calendar: float, cycle: float) -> list[dict[str, object]]:
    return [
        {
            "chemistry": "LFP-G (Energy)",
            "temperature_deg_c": temperature,
            "soc_mean_pct": 50,
            "dod_pct": 80 if cycles else "",
            "c_rate_per_h": 0.5 if cycles else "",
            "age_d": age_d,
            "equivalent_full_cycles": cycles,
            "soh_pct": soh_pct(catalog, temperature, age_d, cycles, calendar, cycle),
        }
        for temperature, age_d, cycles in tests
    ]


def values(calibration) -> dict[str, float]:
    return {item.packaged.keys["name"]: item.value for item in calibration.fitted}


def factor_of(calibration) -> float:
    """By how much both factors of the law were changed alike."""
    assert set(values(calibration)) == {"calibration_factor", "cycle_calibration_factor"}
    calendar, cycle = (item.value / item.packaged.value for item in calibration.fitted)
    assert calendar == pytest.approx(cycle)
    return calendar


def test_both_factors_come_back_where_storage_tells_them_apart(write, catalog):
    found = calibrate_aging(write(rows_of(catalog, [*STORAGE, *CYCLES], 1.4, 0.7)), catalog)
    law = read_fade_table(catalog, LAW).law
    assert values(found) == pytest.approx(
        {
            "calibration_factor": 1.4 * law.calibration_factor,
            "cycle_calibration_factor": 0.7 * law.cycle_calibration_factor,
        }
    )
    assert all(item.low <= item.value <= item.high for item in found.fitted)
    assert found.errors("after").max() < 1e-6
    assert "calendar loss times 1.4" in found.notes[0]


@pytest.mark.parametrize(("tests", "why"), [(STORAGE, "only one of the two"), (CYCLES[:1] * 3, "grow alike")])
def test_one_factor_where_the_rows_cannot_tell_them_apart(tests, why, write, catalog):
    found = calibrate_aging(write(rows_of(catalog, tests, 1.3, 1.3)), catalog)
    assert factor_of(found) == pytest.approx(1.3)
    assert why in found.notes[0]


def test_years_are_days_over_365(write, catalog):
    days = rows_of(catalog, [*STORAGE, *CYCLES], 1.4, 0.7)
    years = [{**row, "age_yr": row["age_d"] / 365} for row in days]
    for row in years:
        del row["age_d"]
    one, other = (values(calibrate_aging(write(rows), catalog)) for rows in (days, years))
    assert one == pytest.approx(other)


def test_the_start_of_a_test_is_left_out(write, catalog):
    rows = rows_of(catalog, STORAGE, 1.3, 1.3)
    start = {**rows[0], "age_d": 0, "soh_pct": 100}
    found = calibrate_aging(write([start, *rows]), catalog)
    assert factor_of(found) == pytest.approx(1.3)
    assert list(found.left_out["line"]) == [2]


def test_noise_gives_a_range_around_the_factor(write, catalog):
    rows = rows_of(catalog, STORAGE * 3, 1.3, 1.3)
    rng = np.random.default_rng(2)
    noisy = [{**row, "soh_pct": row["soh_pct"] + rng.normal(0, 0.1)} for row in rows]
    for factor in calibrate_aging(write(noisy), catalog).fitted:
        assert factor.low < factor.value < factor.high
        assert factor.low < 1.3 * factor.packaged.value < factor.high


def test_what_is_missing_is_told_at_its_row(write, catalog):
    rows = rows_of(catalog, CYCLES, 1, 1)
    rows[1]["dod_pct"] = ""
    with pytest.raises(ScenarioError, match=r":3:1: error: dod_pct: no value beside equivalent_full_cycles"):
        calibrate_aging(write(rows), catalog)
    with pytest.raises(ScenarioError, match="no fade_law 'Lfp'; did you mean"):
        calibrate_aging(write(rows_of(catalog, CYCLES, 1, 1)), catalog, law="Lfp")
    with pytest.raises(ScenarioError, match="no fade law has the 3 rows that a fit needs"):
        calibrate_aging(write(rows_of(catalog, CYCLES[:2], 1, 1)), catalog)
    healthy = [{**row, "soh_pct": 101} for row in rows_of(catalog, STORAGE, 1, 1)]
    with pytest.raises(ScenarioError, match="no row of the law 'Lfp_Gr_250AhPrismatic' has lost capacity"):
        calibrate_aging(write(healthy), catalog)


def test_a_law_can_be_given_for_all_rows(write, catalog):
    rows = [{**row, "chemistry": "NMC811-G (Energy)"} for row in rows_of(catalog, STORAGE, 1.3, 1.3)]
    assert factor_of(calibrate_aging(write(rows), catalog, law=LAW)) == pytest.approx(1.3)
