"""Lifecycle cases of all kinds for hypothesis; optional keys are there or not, so that defaults take part."""

from __future__ import annotations

from hypothesis import strategies as st


def floats(low, high):
    """Numbers with nine decimals: no fee, date or share that is smaller than rounding."""
    return st.floats(low, high).map(lambda value: round(value, 9))


shares = st.one_of(st.sampled_from([0, 1]), floats(0, 1))
rates = st.one_of(st.just(0), floats(-0.2, 0.2))
efficiencies = floats(0.6, 1)
prices = floats(0, 300)
SIGMAS = [0.5, 0.6, 0.7, 0.75, 0.8, 0.9]

factors = {"calibration_factor": floats(0, 3), "fast_charge_multiplier": floats(0.5, 3)}
linear_fades = st.fixed_dictionaries(
    {
        "law": st.just("linear"),
        # Among them ages of 2, 4, 5, 10 and 200 years at which a threshold is met exactly.
        "fade_frac_per_yr": st.sampled_from([0, 0.001, 0.02, 0.025, 0.03, 0.05, 0.1, 0.25, 0.3, 1]),
    },
    optional=factors,
)
power_fades = st.fixed_dictionaries(
    {
        "law": st.just("power"),
        "calendar_coefficient_frac": floats(0, 0.006),
        "calendar_exponent": floats(0.3, 1.2),
        "cycle_coefficient_frac": floats(0, 0.001),
        "cycle_exponent": floats(0.4, 1.3),
    },
    optional={"calendar_scale_days": floats(1, 400), "cycle_scale_efc": floats(1, 1000), **factors},
)
second_lives = st.fixed_dictionaries(
    {
        "new_storage_price_usd_per_kwh": prices,
        "used_discount_factor": shares,
        "health_factor": shares,
        "repurposing_cost_usd_per_kwh": floats(0, 60),
    },
    optional={
        "new_storage_price_decline_frac_per_yr": rates,
        "soh_min_frac": st.sampled_from([0, *SIGMAS]),
        "testable": st.booleans(),
    },
)
waiting = {"session_energy_kwh": floats(1, 60), "value_usd_per_h": floats(0, 60)}
waiting_more = {"overhead_h_per_session": floats(0, 0.5), "unproductive_frac": shares}
downtimes = st.one_of(
    st.fixed_dictionaries({**waiting, "session_power_kw": floats(3, 400)}, optional=waiting_more),
    st.fixed_dictionaries(
        {
            **waiting,
            "charging_time_min": floats(3, 90),
            "charging_window_frac": st.tuples(floats(0, 0.4), floats(0.5, 1)).map(list),
        },
        optional=waiting_more,
    ),
)
warranties = st.fixed_dictionaries(
    {"defect_frac": shares, "claim_date_yr": st.one_of(st.sampled_from([0, 1, 5, 7.25, 12]), floats(0, 25))},
    optional={
        "guaranteed_soh_frac": shares,
        "term_yr": st.one_of(st.just(0), floats(1, 12)),
        "spread_cv": floats(0.02, 0.6),
    },
)
carbons = st.fixed_dictionaries(
    {},
    optional={"making_kg_per_kwh": floats(0, 100), "grid_kg_per_kwh": shares, "price_usd_per_t": floats(0, 200)},
)
tax_rate = {"rate_frac": st.one_of(st.just(0), floats(0, 0.95))}
tax_more = {"bonus_frac": shares, "investment_credit_frac": shares}
taxes = st.one_of(
    st.fixed_dictionaries(tax_rate, optional={**tax_more, "schedule": st.sampled_from(["none", "macrs5"])}),
    st.fixed_dictionaries(
        {**tax_rate, "schedule": st.just("straight_line"), "years": st.integers(1, 12)}, optional=tax_more
    ),
    st.fixed_dictionaries(
        {
            **tax_rate,
            "schedule": st.just("own"),
            "rates_frac": st.sampled_from([[1], [0.4, 0.0, 0.35], [0.25] * 4, [0]]),
        },
        optional=tax_more,
    ),
)
lease = {
    "fee_usd_per_month": st.one_of(st.just("sought"), st.just(0), floats(0, 1000)),
    "lessor_discount_rate_frac": rates,
    "lessor_operations_usd_per_yr": floats(0, 500),
}
service = {**lease, "fee_usd_per_kwh": floats(0, 1), "operator_pays_energy": st.booleans()}
stations = {
    "station_efficiency_frac": efficiencies,
    "station_energy_price_usd_per_kwh": floats(0, 0.5),
    "station_fade_multiplier": floats(0, 2),
}
lessors = st.one_of(
    st.fixed_dictionaries({"model": st.just("lease")}, optional=lease),
    st.fixed_dictionaries({"model": st.just("battery_as_a_service")}, optional=service),
    st.fixed_dictionaries(
        {
            "model": st.just("swap"),
            "pool_factor": st.one_of(st.just(1), floats(1, 1.5)),
            "station_capex_usd_per_vehicle": st.one_of(st.just(0), floats(0, 3000)),
        },
        optional={**service, **stations},
    ),
)
owners = st.one_of(st.just({"model": "sale"}), lessors)
required = {
    "lifecycle_case": st.just(1),
    "pack_energy_kwh": floats(20, 120),
    "pack_price_usd_per_kwh": floats(40, 300),
    "distance_km_per_yr": floats(5000, 100000),
    "reference_consumption_kwh_per_km": floats(0.1, 0.3),
    "dc_share_frac": shares,
    "ac_efficiency_frac": efficiencies,
    "dc_efficiency_frac": efficiencies,
    "ac_price_usd_per_kwh": floats(0, 0.5),
    "dc_price_usd_per_kwh": floats(0, 0.8),
    "discount_rate_frac": st.one_of(st.just(0), floats(-0.3, 0.9)),
    "horizon_yr": st.one_of(st.sampled_from([1, 2, 4, 5, 10]), st.integers(1, 25)),
    "soh_end_of_life_frac": st.sampled_from(SIGMAS),
    "fade": st.one_of(linear_fades, power_fades),
    "residual_rule": st.sampled_from(["none", "linear_time", "linear_soh", "market"]),
}
optional = {
    "name": st.just("made"),
    "pack_price_decline_frac_per_yr": rates,
    "replacement_markup_frac": shares,
    "reference_pack_mass_kg": floats(200, 600),
    "mass_penalty_kwh_per_100km_per_100kg": floats(0, 0.6),
    "energy_price_escalation_frac_per_yr": rates,
    "inflation_frac_per_yr": rates,
    "flow_timing": st.sampled_from(["end", "middle"]),
    "replacement_rule": st.sampled_from(["integer", "continuous"]),
    "recycling_value_usd_per_kwh": floats(-40, 40),
    "second_life": second_lives,
    "downtime": downtimes,
    "warranty": warranties,
    "carbon": carbons,
    "tax": taxes,
}
masses = st.one_of(
    st.fixed_dictionaries({"pack_mass_kg": floats(150, 800)}),
    st.fixed_dictionaries({"pack_specific_energy_wh_per_kg": floats(80, 300)}),
)


def _cases(certain):
    """Cases that have the certain keys, and any of the optional ones."""
    free = {key: value for key, value in (optional | {"ownership": owners}).items() if key not in certain}
    values = st.fixed_dictionaries(required | certain, optional=free)
    return st.tuples(values, masses).map(lambda both: both[0] | both[1])


whole_cases = _cases({})
lessor_cases = _cases({"ownership": lessors})
# Every block and every key at once.
full_cases = _cases(optional | {"ownership": lessors})
# Packs that are replaced, on whole dates and others, and taxed.
replaced_cases = _cases(
    {
        "horizon_yr": st.integers(5, 20),
        "fade": st.sampled_from([0.031, 0.05, 0.1, 0.125, 0.2, 0.3]).map(
            lambda rate: {"law": "linear", "fade_frac_per_yr": rate}
        ),
        "replacement_rule": st.sampled_from(["integer", "continuous"]),
        "second_life": second_lives,
        "tax": taxes,
    }
)
