"""The contract of a lifecycle case in plain loops over dated payments, written apart from lcopt."""

from __future__ import annotations

import math

COMPONENTS = [
    "purchase",
    "replacement",
    "station",
    "energy",
    "downtime",
    "operations",
    "carbon_making",
    "carbon_use",
    "warranty",
    "end_of_life",
    "residual",
    "tax",
]
MACRS = (0.20, 0.32, 0.192, 0.1152, 0.1152, 0.0576)
CAPITAL = {"purchase", "replacement", "station", "end_of_life", "residual"}


def answer(case):
    """Main results of a case that is complete: every default is spelled out."""
    return Oracle(case).answer()


class Oracle:
    def __init__(self, case):
        self.case = case
        self.swap = case["ownership"]["model"] == "swap"
        self.beta = case["ownership"].get("pool_factor", 1)
        self.holder = "user" if case["ownership"]["model"] == "sale" else "lessor"
        self.n = case["horizon_yr"]
        self.energy = case["pack_energy_kwh"]
        e = case["reference_consumption_kwh_per_km"] + case["mass_penalty_kwh_per_100km_per_100kg"] * 1e-4 * (
            case["pack_mass_kg"] - case["reference_pack_mass_kg"]
        )
        self.battery = case["distance_km_per_yr"] * e
        self.efc = self.battery / self.energy / self.beta
        self.flows = []

    def loss(self, age):
        fade = self.case["fade"]
        k = fade["calibration_factor"] * fade["fast_charge_multiplier"]
        if self.swap:
            k = fade["calibration_factor"] * self.case["ownership"]["station_fade_multiplier"]
        if fade["law"] == "linear":
            return k * fade["fade_frac_per_yr"] * age
        days = 365 * age / fade["calendar_scale_days"]
        cycles = self.efc * age / fade["cycle_scale_efc"]
        return k * (
            fade["calendar_coefficient_frac"] * days ** fade["calendar_exponent"]
            + fade["cycle_coefficient_frac"] * cycles ** fade["cycle_exponent"]
        )

    def soh(self, age):
        return max(0, 1 - self.loss(age))

    def life(self):
        sigma = self.case["soh_end_of_life_frac"]
        if not self.soh(200) < sigma - 1e-12:
            return math.inf
        if self.case["replacement_rule"] == "integer":
            return next(age for age in range(1, 201) if self.soh(age) < sigma - 1e-12)
        low, high = 0.0, 200.0
        for _ in range(200):
            middle = (low + high) / 2
            low, high = (middle, high) if self.loss(middle) < 1 - sigma else (low, middle)
        return high

    def price(self, date):
        return (
            self.case["pack_price_usd_per_kwh"]
            * (1 - self.case["pack_price_decline_frac_per_yr"]) ** date
            * self.energy
        )

    def leaving(self, date, soh):
        recycling = self.case["recycling_value_usd_per_kwh"] * self.energy
        second = self.case.get("second_life")
        if second is None or not second["testable"] or soh < second["soh_min_frac"] - 1e-12:
            return recycling, "recycling"
        new = second["new_storage_price_usd_per_kwh"] * (1 - second["new_storage_price_decline_frac_per_yr"]) ** date
        reuse = (
            (second["used_discount_factor"] * second["health_factor"] * new - second["repurposing_cost_usd_per_kwh"])
            * soh
            * self.energy
        )
        return (reuse, "second_life") if reuse > recycling else (recycling, "recycling")

    def pay(self, party, component, date, amount):
        self.flows.append((party, component, date, amount))
        tax = self.case.get("tax")
        if tax and component not in CAPITAL:
            self.flows.append((party, "tax", date, -tax["rate_frac"] * amount))

    def date(self, year):
        return year - 0.5 if self.case["flow_timing"] == "middle" else year

    def run(self):
        case, own = self.case, self.case["ownership"]
        life = self.life()
        installs = [0.0]
        while len(installs) * life < self.n - 1e-9:
            installs.append(len(installs) * life)
        mu = 1 + case["replacement_markup_frac"]
        routes, proceeds = [], []
        for number, date in enumerate(installs):
            cost = self.beta * self.price(date) * (mu if number else 1)
            self.pay(self.holder, "replacement" if number else "purchase", date, -cost)
            if "carbon" in case:
                carbon = case["carbon"]
                making = carbon["making_kg_per_kwh"] * self.energy * carbon["price_usd_per_t"] / 1000
                self.pay(self.holder, "carbon_making", date, -self.beta * making)
            if number:
                value, route = self.leaving(date, self.soh(life))
                proceeds.append(self.beta * value)
                routes.append(route)
                self.pay(self.holder, "end_of_life", date, self.beta * value)
        age = self.n - installs[-1]
        residual = self.residual(age, life, routes)
        proceeds.append(residual)
        self.pay(self.holder, "residual", self.n, residual)
        station = own.get("station_capex_usd_per_vehicle", 0)
        self.pay(self.holder, "station", 0.0, -station)
        self.running()
        self.warranty(mu)
        if case.get("tax"):
            for number, date in enumerate(installs):
                removed = installs[number + 1] if number + 1 < len(installs) else float(self.n)
                cost = self.beta * self.price(date) * (mu if number else 1)
                self.depreciate(cost, date, removed, proceeds[number], credit=number == 0)
            if station:
                self.depreciate(station, 0.0, float(self.n), 0, credit=True)
        return life, installs, routes, residual

    def residual(self, age, life, routes):
        case, sigma = self.case, self.case["soh_end_of_life_frac"]
        match case["residual_rule"]:
            case "none":
                return 0
            case "linear_time":
                share = 1 if life == math.inf else (life - age) / life
            case "linear_soh":
                share = (self.soh(age) - sigma) / (1 - sigma)
            case _:
                value, route = self.leaving(self.n, self.soh(age))
                routes.append(route)
                return self.beta * value
        return self.beta * max(0, share) * self.price(self.n)

    def running(self):
        case, own = self.case, self.case["ownership"]
        share = case["dc_share_frac"]
        ac = self.battery * (1 - share) / case["ac_efficiency_frac"]
        dc = self.battery * share / case["dc_efficiency_frac"]
        dc_price = case["dc_price_usd_per_kwh"]
        if self.swap:
            ac, dc = 0, self.battery / own["station_efficiency_frac"]
            dc_price = own["station_energy_price_usd_per_kwh"]
        first_year = ac * case["ac_price_usd_per_kwh"] + dc * dc_price
        self.first_year_energy = first_year
        payer = "lessor" if own.get("operator_pays_energy") else "user"
        for year in range(1, self.n + 1):
            date, inflated = self.date(year), (1 + case["inflation_frac_per_yr"]) ** (year - 1)
            energy = first_year * (1 + case["energy_price_escalation_frac_per_yr"]) ** (year - 1)
            self.pay(payer, "energy", date, -energy)
            if "downtime" in case and not self.swap:
                wait = case["downtime"]
                power = self.energy * 0.7 / (wait["charging_time_min"] / 60)
                sessions = self.battery * share / wait["session_energy_kwh"]
                hours = self.battery * share / power + sessions * wait["overhead_h_per_session"]
                cost = hours * wait["value_usd_per_h"] * wait["unproductive_frac"]
                self.pay("user", "downtime", date, -cost * inflated)
            if "carbon" in case:
                grid = case["carbon"]["grid_kg_per_kwh"] * case["carbon"]["price_usd_per_t"] / 1000
                self.pay("user", "carbon_use", date, -(ac + dc) * grid)
            self.pay("lessor", "operations", date, -own.get("lessor_operations_usd_per_yr", 0) * inflated)
            per_kwh = own.get("fee_usd_per_kwh", 0) * self.battery
            self.pay("user", "fees", date, -per_kwh)
            self.pay("lessor", "fees", date, per_kwh)

    def warranty(self, mu):
        warranty = self.case.get("warranty")
        if warranty is None:
            return
        loss = self.loss(warranty["term_yr"])
        claim = 0.0
        if loss > 0:
            margin = ((1 - warranty["guaranteed_soh_frac"]) / loss - 1) / warranty["spread_cv"]
            claim = 0.5 * math.erfc(margin / math.sqrt(2))
        if warranty["claim_date_yr"] <= self.n:
            cost = (warranty["defect_frac"] + claim) * self.price(warranty["claim_date_yr"]) * mu * self.beta
            self.pay(self.holder, "warranty", warranty["claim_date_yr"], -cost)

    def depreciate(self, cost, installed, removed, proceeds, *, credit):
        tax = self.case["tax"]
        tau, share = tax["rate_frac"], tax["investment_credit_frac"] if credit else 0
        self.flows.append((self.holder, "tax", 0.0, share * cost))
        basis = book = cost * (1 - share / 2)
        rates = {
            "none": (),
            "macrs5": MACRS,
            "straight_line": [1 / tax.get("years", 1)] * tax.get("years", 0),
            "own": tax.get("rates_frac", ()),
        }[tax["schedule"]]
        for number, rate in enumerate(rates):
            year = math.floor(installed + 1e-9) + 1 + number
            if year > min(math.floor(removed + 1e-9), self.n):
                break
            taken = basis * ((1 - tax["bonus_frac"]) * rate + (tax["bonus_frac"] if number == 0 else 0))
            book -= taken
            self.flows.append((self.holder, "tax", self.date(year), tau * taken))
        self.flows.append((self.holder, "tax", removed, -tau * (proceeds - book)))

    def worth(self, rate, party, component=None):
        return sum(
            amount * (1 + rate) ** -date
            for who, what, date, amount in self.flows
            if who == party and (component is None or what == component)
        )

    def answer(self):
        life, installs, routes, residual = self.run()
        case, own = self.case, self.case["ownership"]
        r, i = case["discount_rate_frac"], own.get("lessor_discount_rate_frac")
        outcome = {
            "pack_life_yr": None if life == math.inf else life,
            "replacement_years": installs[1:],
            "end_of_life_routes": routes,
            "residual_value_usd": residual,
        }
        if self.holder == "lessor":
            tau = case["tax"]["rate_frac"] if case.get("tax") else 0
            months = [k / 12 for k in range(1, 12 * self.n + 1)]
            fee = -self.worth(i, "lessor") / ((1 - tau) * sum((1 + i) ** -date for date in months))
            outcome["breakeven_fee_usd_per_month"] = fee
            paid = own["fee_usd_per_month"] if own["fee_usd_per_month"] != "sought" else fee
            start = -sum(a for who, what, date, a in self.flows if who == "lessor" and date == 0 and what != "tax")
            margin = own.get("fee_usd_per_kwh", 0) * self.battery - own["lessor_operations_usd_per_yr"]
            margin -= self.first_year_energy if own.get("operator_pays_energy") else 0
            monthly = paid + margin / 12
            outcome["payback_months"] = start / monthly if monthly > 0 else None
            for date in months:
                self.pay("user", "fees", date, -paid)
                self.pay("lessor", "fees", date, paid)
            outcome["lessor_npv_usd"] = self.worth(i, "lessor")
        parties = ("user", "lessor")
        outcome["present_value_by_component_usd"] = {
            name: -sum(self.worth(r, party, name) for party in parties) for name in COMPONENTS
        }
        outcome["lifecycle_cost_usd"] = -sum(self.worth(r, party) for party in parties)
        outcome["user_npv_usd"] = self.worth(r, "user")
        by_year = [0.0] * (self.n + 1)
        for _, what, date, amount in self.flows:
            if what != "fees":
                by_year[max(0, math.ceil(date - 1e-9))] += amount
        outcome["cash_flow_by_year_usd"] = by_year
        return outcome
