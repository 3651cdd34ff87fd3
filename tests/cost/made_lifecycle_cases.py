"""Lifecycle cases of all kinds, a case a seed: blocks and keys are there or not, so that defaults take part.

Drawn from uniform distributions, not by hypothesis itself: its cases are too simple for parts to meet each other.
"""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

SIGMAS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.9)


class Maker:
    def __init__(self, seed):
        self.random = Random(seed)

    def number(self, low, high, *special):
        """A number of the range with nine decimals, or one of the special values."""
        if special and self.random.random() < 0.3:
            return self.random.choice(special)
        return round(self.random.uniform(low, high), 9)

    def share(self):
        return self.number(0, 1, 0, 1)

    def rate(self):
        return self.number(-0.2, 0.2, 0)

    def choice(self, *values):
        return self.random.choice(values)

    def some(self, values):
        """About two thirds of the keys."""
        return {key: value for key, value in values.items() if self.random.random() < 0.65}

    def case(self):
        sigma, horizon = self.choice(*SIGMAS), self.choice(1, 2, 3, 4, 5, 8, 10, 12, 15, 20)
        blocks = {
            "second_life": self.second_life(sigma),
            "downtime": self.downtime(),
            "warranty": self.warranty(horizon),
            "carbon": self.some(
                {"making_kg_per_kwh": self.number(0, 100), "grid_kg_per_kwh": self.share(), "price_usd_per_t": 50}
            ),
            "tax": self.tax(),
            "ownership": self.ownership(self.choice("sale", "lease", "battery_as_a_service", "swap", "swap")),
        }
        return {
            "lifecycle_case": 1,
            **self.pack(),
            **self.use(),
            "discount_rate_frac": self.number(-0.2, 0.5, 0),
            "horizon_yr": horizon,
            "soh_end_of_life_frac": sigma,
            "fade": self.fade(sigma, horizon),
            "residual_rule": self.choice("none", "linear_time", "linear_soh", "market"),
            **self.some(
                {
                    "name": "made",
                    "inflation_frac_per_yr": self.rate(),
                    "flow_timing": self.choice("end", "middle"),
                    "replacement_rule": self.choice("integer", "continuous"),
                    "recycling_value_usd_per_kwh": self.number(-40, 40),
                }
            ),
            **self.some(blocks),
        }

    def pack(self):
        heavy = {"pack_mass_kg": self.number(150, 800)}
        return {
            "pack_energy_kwh": self.number(20, 120),
            "pack_price_usd_per_kwh": self.number(40, 300),
            **self.choice(heavy, {"pack_specific_energy_wh_per_kg": self.number(80, 300)}),
            **self.some({"pack_price_decline_frac_per_yr": self.rate(), "replacement_markup_frac": self.share()}),
        }

    def use(self):
        penalty = {
            "reference_pack_mass_kg": self.number(200, 600),
            "mass_penalty_kwh_per_100km_per_100kg": self.number(0, 0.6),
            "energy_price_escalation_frac_per_yr": self.rate(),
        }
        return {
            "distance_km_per_yr": self.number(5000, 100000),
            "reference_consumption_kwh_per_km": self.number(0.1, 0.3),
            "dc_share_frac": self.share(),
            "ac_efficiency_frac": self.number(0.6, 1, 1),
            "dc_efficiency_frac": self.number(0.6, 1, 1),
            "ac_price_usd_per_kwh": self.number(0, 0.5),
            "dc_price_usd_per_kwh": self.number(0, 0.8),
            **self.some(penalty),
        }

    def fade(self, sigma, horizon):
        years = self.choice(1, 2, 3, 4, 5, horizon, horizon + 1, 200)
        linear = {
            "law": "linear",
            # Among them packs that meet the threshold exactly after whole years, at the horizon or after 200 years.
            "fade_frac_per_yr": self.choice(0, 0.02, 0.031, 0.05, 0.1, 0.3, (1 - sigma) / years),
        }
        power = {
            "law": "power",
            "calendar_coefficient_frac": self.number(0, 0.004),
            "calendar_exponent": self.number(0.3, 1.2),
            "cycle_coefficient_frac": self.number(0, 0.001, 0),
            "cycle_exponent": self.number(0.4, 1.3),
            **self.some({"calendar_scale_days": self.number(1, 400), "cycle_scale_efc": self.number(1, 1000)}),
        }
        factors = {
            "calibration_factor": self.number(0, 3, 1),
            "fast_charge_multiplier": self.number(0.5, 3, 1),
        }
        return self.choice(linear, power) | self.some(factors)

    def second_life(self, sigma):
        return {
            "new_storage_price_usd_per_kwh": self.number(0, 300),
            "used_discount_factor": self.share(),
            "health_factor": self.share(),
            "repurposing_cost_usd_per_kwh": self.number(0, 60),
            **self.some(
                {
                    "new_storage_price_decline_frac_per_yr": self.rate(),
                    "soh_min_frac": self.choice(0, sigma, *SIGMAS),
                    "testable": self.choice(True, True, False),
                }
            ),
        }

    def downtime(self):
        power = {"session_power_kw": self.number(3, 400)}
        window = [self.number(0, 0.4), self.number(0.5, 1)]
        time = {"charging_time_min": self.number(3, 90), "charging_window_frac": window}
        more = {"overhead_h_per_session": self.number(0, 0.5), "unproductive_frac": self.share()}
        money = {"session_energy_kwh": self.number(1, 60), "value_usd_per_h": self.number(0, 60)}
        return money | self.choice(power, time) | self.some(more)

    def warranty(self, horizon):
        promise = {
            "guaranteed_soh_frac": self.share(),
            "term_yr": self.number(1, 12, 0),
            "spread_cv": self.number(0.02, 0.6),
        }
        claim = self.number(0, horizon + 2, 0, horizon, horizon - 0.5)
        return {"defect_frac": self.share(), "claim_date_yr": claim, **self.some(promise)}

    def tax(self):
        shares = self.choice([1], [0.4, 0.0, 0.35], [0.25] * 4, [0])
        schedule = self.choice(
            {"schedule": "none"},
            {"schedule": "macrs5"},
            {"schedule": "straight_line", "years": self.random.randint(1, 12)},
            {"schedule": "own", "rates_frac": shares},
            {},
        )
        more = {"bonus_frac": self.share(), "investment_credit_frac": self.share()}
        return {"rate_frac": self.number(0, 0.95, 0), **schedule, **self.some(more)}

    def ownership(self, model):
        if model == "sale":
            return {"model": model}
        lease = {
            "fee_usd_per_month": self.choice("sought", 0, self.number(0, 1000)),
            "lessor_discount_rate_frac": self.rate(),
            "lessor_operations_usd_per_yr": self.number(0, 500),
        }
        service = {"fee_usd_per_kwh": self.number(0, 1), "operator_pays_energy": self.choice(True, False)}
        stations = {
            "station_efficiency_frac": self.number(0.6, 1),
            "station_energy_price_usd_per_kwh": self.number(0, 0.5),
            "station_fade_multiplier": self.number(0, 2),
        }
        terms = {"model": model} | self.some(lease)
        if model != "lease":
            terms |= self.some(service)
        if model == "swap":
            capex = self.number(0, 3000, 0)
            terms |= {"pool_factor": self.number(1, 1.5, 1), "station_capex_usd_per_vehicle": capex}
            terms |= self.some(stations)
        return terms


def whole_case(seed):
    return Maker(seed).case()


def lessor_case(seed):
    maker = Maker(seed)
    terms = maker.ownership(maker.choice("lease", "battery_as_a_service", "swap"))
    return maker.case() | {"ownership": terms}


def replaced_case(seed):
    """Packs that are replaced, on whole dates and others, with a second life and taxed."""
    maker = Maker(seed)
    sigma = maker.choice(0.7, 0.8)
    fade = {"law": "linear", "fade_frac_per_yr": maker.choice(0.031, 0.05, 0.06, 0.1, 0.125, 0.2, 0.3)}
    certain = {"tax": maker.tax(), "second_life": maker.second_life(sigma), "soh_end_of_life_frac": sigma}
    rule = maker.choice("integer", "continuous")
    horizon = maker.choice(5, 8, 10, 11, 13, 20)
    return maker.case() | certain | {"horizon_yr": horizon, "fade": fade, "replacement_rule": rule}


seeds = st.integers(0, 10**6)
whole_cases = seeds.map(whole_case)
lessor_cases = seeds.map(lessor_case)
replaced_cases = seeds.map(replaced_case)
