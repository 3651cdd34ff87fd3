"""Every shipped scenario can be read, asks a question, and holds what its name promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from lcopt.inputs.reader import read_scenario, read_scenarios, read_sweep

FOLDER = Path(__file__).parents[1] / "scenarios"
FILES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_scenario_is_valid_and_opens_with_its_question(file, catalog):
    scenario = read_scenario(file, catalog)
    assert scenario.name == file.stem
    assert file.read_text().startswith("# Question: ")
    assert "?" in scenario.question
    assert scenario.prices == "central"
    # The one scenario that compares chemistries it names; the others leave the choice to the optimizer.
    assert scenario.search.chemistries_named == (file.stem == "metals_2022_peak")


def test_the_scenarios_are_there():
    names = {file.stem for file in FILES}
    assert names >= {"compact_car", "premium_fast_charge", "ride_hailing", "two_cars_one_platform", "impossible"}
    assert names >= {"charging_minutes", "blade_or_cylinder", "solid_state_2030", "cold_climate", "metals_2022_peak"}
    assert names >= {"oem_portfolio", "metals_unsure"}


def test_the_file_with_variants_and_a_sweep_extends_the_compact_car(catalog):
    file = FOLDER / "charging_minutes.yaml"
    base, dear, far = read_scenarios(file, catalog)
    compact = read_scenario(FOLDER / "compact_car.yaml", catalog)
    assert base.packs == compact.packs
    assert far.packs[0].energy_kwh == 75
    row = catalog.in_price_year(2025).table("prices").one(price_scenario="central", item="lfp_cathode")
    assert dear.price_overrides == {"lfp_cathode": pytest.approx(1.3 * row.value)}
    points = read_sweep(file, catalog)
    assert [point.scenario.packs[0].limits.charging_time_max_min for point in points[::2]] == [12, 15, 18, 21, 24]
    assert {point.scenario.packs[0].usage.name for point in points[1::2]} == {"ride_hailing"}


def test_the_limits_are_those_of_the_questions(catalog):
    packs = {file.stem: read_scenario(file, catalog).packs for file in FILES}
    (compact,) = packs["compact_car"]
    assert (compact.energy_kwh, compact.power_kw, compact.system_voltage_v) == (60, 150, 400)
    assert (compact.limits.charging_time_max_min, compact.limits.charging_window_frac) == (20, (0.1, 0.8))
    assert (compact.limits.specific_energy_min_wh_per_kg, compact.limits.energy_density_min_wh_per_l) == (135, 210)
    (premium,) = packs["premium_fast_charge"]
    assert (premium.energy_kwh, premium.power_kw, premium.system_voltage_v) == (100, 300, 800)
    assert (premium.limits.charging_time_max_min, premium.limits.charger_power_kw) == (15, 400)
    assert premium.limits.specific_energy_min_wh_per_kg == 170
    (taxi,) = packs["ride_hailing"]
    assert taxi.usage.distance_km_per_yr == 80_000
    assert taxi.usage.time_value_usd_per_h > 0
    small, large = packs["two_cars_one_platform"]
    assert [(pack.energy_kwh, pack.limits.charging_time_max_min) for pack in (small, large)] == [(52, 20), (80, 16)]
    assert read_scenario(FOLDER / "two_cars_one_platform.yaml", catalog).search.platforms_max == 1


def test_the_range_of_vehicles_shares_the_whole_catalog_from_2027_to_2035(catalog):
    scenario = read_scenario(FOLDER / "oem_portfolio.yaml", catalog)
    energies = [pack.energy_kwh for pack in scenario.packs]
    assert [pack.name for pack in scenario.packs][::7] == ["city_car", "van"]
    assert (len(energies), min(energies), max(energies)) == (8, 28, 110)
    assert {pack.system_voltage_v for pack in scenario.packs} == {400, 800}
    assert scenario.search.production_start_year == 2027
    assert scenario.search.production_start_year + scenario.finance.production_years - 1 == 2035
    assert scenario.portfolio.volumes == "pooled"
    compact = read_scenario(FOLDER / "compact_car.yaml", catalog).search
    assert scenario.search.formats == compact.formats
    assert set(scenario.search.chemistries) <= set(compact.chemistries)
    assert scenario.search.platforms_max is None


def test_the_unsure_metals_move_together(catalog):
    scenario = read_scenario(FOLDER / "metals_unsure.yaml", catalog)
    (together,) = scenario.uncertainty.correlations
    assert set(scenario.price_distributions) == set(together.between) == {"lithium_carbonate", "nickel_sulfate"}
    assert 0 < together.value < 1
    assert scenario.asks_uncertainty
