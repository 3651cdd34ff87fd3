"""The contract of a lifecycle case in plain loops over dated payments: every key of the result, apart from lcopt."""

from __future__ import annotations

import math

COMPONENTS = (
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
)
MACRS = (0.20, 0.32, 0.192, 0.1152, 0.1152, 0.0576)
CAPITAL = {"purchase", "replacement", "station", "end_of_life", "residual"}
IRR_UNSURE = "unsure"
TOP = {
    "name": "",
    "pack_price_decline_frac_per_yr": 0,
    "replacement_markup_frac": 0,
    "mass_penalty_kwh_per_100km_per_100kg": 0,
    "energy_price_escalation_frac_per_yr": 0,
    "inflation_frac_per_yr": 0,
    "flow_timing": "end",
    "replacement_rule": "integer",
    "recycling_value_usd_per_kwh": 0,
}
BLOCKS = {
    "fade": {"calendar_scale_days": 1, "cycle_scale_efc": 1, "calibration_factor": 1, "fast_charge_multiplier": 1},
    "second_life": {"new_storage_price_decline_frac_per_yr": 0, "soh_min_frac": 0, "testable": True},
    "downtime": {"overhead_h_per_session": 0, "unproductive_frac": 1},
    "warranty": {"guaranteed_soh_frac": 0.70, "term_yr": 8, "spread_cv": 0.15},
    "carbon": {"making_kg_per_kwh": 0, "grid_kg_per_kwh": 0, "price_usd_per_t": 0},
    "tax": {"schedule": "none", "bonus_frac": 0, "investment_credit_frac": 0},
}


def answer(case):
    """Every key that a case gives."""
    return Oracle(case).answer()


def complete(case):
    """The case with its defaults; a block that is left out is None."""
    full = TOP | case
    for block, defaults in BLOCKS.items():
        full[block] = defaults | case[block] if block in case else None
    mass = case.get("pack_mass_kg")
    full["mass"] = 1000 * case["pack_energy_kwh"] / case["pack_specific_energy_wh_per_kg"] if mass is None else mass
    full.setdefault("reference_pack_mass_kg", full["mass"])
    swap = {
        "operator_pays_energy": True,
        "station_efficiency_frac": case["dc_efficiency_frac"],
        "station_energy_price_usd_per_kwh": case["dc_price_usd_per_kwh"],
        "station_fade_multiplier": 1,
    }
    given = case.get("ownership", {"model": "sale"})
    full["ownership"] = {
        "fee_usd_per_month": "sought",
        "lessor_discount_rate_frac": case["discount_rate_frac"],
        "lessor_operations_usd_per_yr": 0,
        "fee_usd_per_kwh": 0,
        "operator_pays_energy": False,
        "pool_factor": 1,
        "station_capex_usd_per_vehicle": 0,
        **(swap if given["model"] == "swap" else {}),
        **given,
    }
    return full


def hides_roots(values):
    """Whether there may be roots that the signs of values on a grid do not show."""
    if any(abs(item) < 1e-12 for item in (values[0], values[-1])):
        return True
    neighbors = zip(values, values[1:], values[2:], strict=False)
    return any(
        (here - before) * (after - here) <= 0 and abs(here) < 2 * max(abs(here - before), abs(after - here))
        for before, here, after in neighbors
    )


def relative_worth(lumps, rate):
    """Present value of dated amounts as a share of that of their sizes."""
    worth = [amount * (1 + rate) ** -date for date, amount in lumps.items()]
    return math.fsum(worth) / math.fsum(map(abs, worth))


class Oracle:
    def __init__(self, case):
        self.case = complete(case)
        case, own = self.case, self.case["ownership"]
        self.swap, self.sale = own["model"] == "swap", own["model"] == "sale"
        self.beta, self.holder = own["pool_factor"], "user" if self.sale else "lessor"
        self.n, self.energy = int(case["horizon_yr"]), case["pack_energy_kwh"]
        self.tau = case["tax"]["rate_frac"] if case["tax"] else 0
        penalty = case["mass_penalty_kwh_per_100km_per_100kg"] * 1e-4
        self.consumption = case["reference_consumption_kwh_per_km"] + penalty * (
            case["mass"] - case["reference_pack_mass_kg"]
        )
        self.battery = case["distance_km_per_yr"] * self.consumption
        self.efc = self.battery / self.energy / self.beta
        share = case["dc_share_frac"]
        self.ac = self.battery * (1 - share) / case["ac_efficiency_frac"]
        self.dc = self.battery * share / case["dc_efficiency_frac"]
        self.first_year_energy = self.ac * case["ac_price_usd_per_kwh"] + self.dc * case["dc_price_usd_per_kwh"]
        if self.swap:
            self.ac, self.dc = 0, self.battery / own["station_efficiency_frac"]
            self.first_year_energy = self.dc * own["station_energy_price_usd_per_kwh"]
        self.sessions = self.hours = 0
        wait = case["downtime"]
        if wait and not self.swap:
            power = wait.get("session_power_kw")
            if power is None:
                low, high = wait["charging_window_frac"]
                power = self.energy * (high - low) / (wait["charging_time_min"] / 60)
            self.sessions = self.battery * share / wait["session_energy_kwh"]
            self.hours = self.battery * share / power + self.sessions * wait["overhead_h_per_session"]
        self.flows, self.claim = [], None

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
        second = self.case["second_life"]
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
        if component not in CAPITAL:
            self.flows.append((party, "tax", date, -self.tau * amount))

    def date(self, year):
        return year - 0.5 if self.case["flow_timing"] == "middle" else year

    def run(self):
        self.pack_life = life = self.life()
        self.installs, self.routes, proceeds = [0.0], [], []
        while len(self.installs) * life < self.n - 1e-9:
            self.installs.append(len(self.installs) * life)
        mu = 1 + self.case["replacement_markup_frac"]
        carbon = self.case["carbon"] or BLOCKS["carbon"]
        making = carbon["making_kg_per_kwh"] * self.energy * carbon["price_usd_per_t"] / 1000
        for number, date in enumerate(self.installs):
            cost = self.beta * self.price(date) * (mu if number else 1)
            self.pay(self.holder, "replacement" if number else "purchase", date, -cost)
            self.pay(self.holder, "carbon_making", date, -self.beta * making)
            if number:
                value, route = self.leaving(date, self.soh(life))
                proceeds.append(self.beta * value)
                self.routes.append(route)
                self.pay(self.holder, "end_of_life", date, self.beta * value)
        self.last_age = self.n - self.installs[-1]
        self.residual = self.beta * self.residual_of_one()
        proceeds.append(self.residual)
        self.pay(self.holder, "residual", self.n, self.residual)
        station = self.case["ownership"]["station_capex_usd_per_vehicle"]
        self.pay(self.holder, "station", 0.0, -station)
        self.running(carbon)
        self.warranty(mu)
        if self.case["tax"]:
            for number, date in enumerate(self.installs):
                removed = self.installs[number + 1] if number + 1 < len(self.installs) else float(self.n)
                cost = self.beta * self.price(date) * (mu if number else 1)
                self.depreciate(cost, date, removed, proceeds[number], credit=number == 0)
            self.depreciate(station, 0.0, float(self.n), 0, credit=True)

    def residual_of_one(self):
        sigma, life, age = self.case["soh_end_of_life_frac"], self.pack_life, self.last_age
        match self.case["residual_rule"]:
            case "none":
                return 0
            case "linear_time":
                share = 1 if life == math.inf else (life - age) / life
            case "linear_soh":
                share = (self.soh(age) - sigma) / (1 - sigma)
            case _:
                value, route = self.leaving(self.n, self.soh(age))
                self.routes.append(route)
                return value
        return max(0, share) * self.price(self.n)

    def running(self, carbon):
        case, own = self.case, self.case["ownership"]
        grid = (self.ac + self.dc) * carbon["grid_kg_per_kwh"] * carbon["price_usd_per_t"] / 1000
        wait = case["downtime"] or {"value_usd_per_h": 0, "unproductive_frac": 0}
        waiting = self.hours * wait["value_usd_per_h"] * wait["unproductive_frac"]
        per_kwh = own["fee_usd_per_kwh"] * self.battery
        for year in range(1, self.n + 1):
            date, inflated = self.date(year), (1 + case["inflation_frac_per_yr"]) ** (year - 1)
            energy = self.first_year_energy * (1 + case["energy_price_escalation_frac_per_yr"]) ** (year - 1)
            self.pay("lessor" if own["operator_pays_energy"] else "user", "energy", date, -energy)
            self.pay("user", "downtime", date, -waiting * inflated)
            self.pay("user", "carbon_use", date, -grid)
            self.pay("lessor", "operations", date, -own["lessor_operations_usd_per_yr"] * inflated)
            self.pay("user", "fees", date, -per_kwh)
            self.pay("lessor", "fees", date, per_kwh)

    def warranty(self, mu):
        warranty = self.case["warranty"]
        if warranty is None:
            return
        loss, self.claim = self.loss(warranty["term_yr"]), 0.0
        if loss > 0:
            margin = ((1 - warranty["guaranteed_soh_frac"]) / loss - 1) / warranty["spread_cv"]
            self.claim = 0.5 * math.erfc(margin / math.sqrt(2))
        if warranty["claim_date_yr"] <= self.n:
            cost = (warranty["defect_frac"] + self.claim) * self.price(warranty["claim_date_yr"]) * mu * self.beta
            self.pay(self.holder, "warranty", warranty["claim_date_yr"], -cost)

    def depreciate(self, cost, installed, removed, proceeds, *, credit):
        tax = self.case["tax"]
        share = tax["investment_credit_frac"] if credit else 0
        self.flows.append((self.holder, "tax", 0.0, share * cost))
        basis = book = cost * (1 - share / 2)
        rates = {
            "none": (),
            "macrs5": MACRS,
            "straight_line": [1 / tax.get("years", 1)] * int(tax.get("years", 0)),
            "own": tax.get("rates_frac", ()),
        }[tax["schedule"]]
        for number, rate in enumerate(rates):
            year = math.floor(installed + 1e-9) + 1 + number
            if year > min(math.floor(removed + 1e-9), self.n):
                break
            taken = basis * ((1 - tax["bonus_frac"]) * rate + (tax["bonus_frac"] if number == 0 else 0))
            book -= taken
            self.flows.append((self.holder, "tax", self.date(year), self.tau * taken))
        self.flows.append((self.holder, "tax", removed, -self.tau * (proceeds - book)))

    def worth(self, rate, party, component=None):
        return sum(
            amount * (1 + rate) ** -date
            for who, what, date, amount in self.flows
            if who == party and (component is None or what == component)
        )

    def charge(self):
        """Charges the monthly fee; returns the four results of the lessor."""
        own = self.case["ownership"]
        i, paid = own["lessor_discount_rate_frac"], own["fee_usd_per_month"]
        months = [k / 12 for k in range(1, 12 * self.n + 1)]
        breakeven = -self.worth(i, "lessor") / ((1 - self.tau) * sum((1 + i) ** -date for date in months))
        paid = breakeven if paid == "sought" else paid
        start = -sum(a for who, what, date, a in self.flows if who == "lessor" and date <= 1e-9 and what != "tax")
        yearly = own["fee_usd_per_kwh"] * self.battery - own["lessor_operations_usd_per_yr"]
        yearly -= self.first_year_energy if own["operator_pays_energy"] else 0
        monthly, parts = paid + yearly / 12, abs(paid) + abs(yearly) / 12
        for date in months:
            self.pay("user", "fees", date, -paid)
            self.pay("lessor", "fees", date, paid)
        return {
            "fee_usd_per_month": paid,
            "breakeven_fee_usd_per_month": breakeven,
            "lessor_irr_frac": self.irr(),
            "payback_months": start / monthly if monthly > 1e-12 * parts else None,
        }

    def irr(self):
        """The one rate from -0.9 to 1, seen on a grid; what the grid cannot resolve is unsure."""
        lumps = {}
        for who, _, date, amount in self.flows:
            if who == "lessor":
                lumps[date] = lumps.get(date, 0) + amount
        if max(map(abs, lumps.values())) < 1e-9 * sum(abs(amount) for _, _, _, amount in self.flows):
            return IRR_UNSURE
        rates = [-0.9 + 1.9 * k / 400 for k in range(401)]
        values = [relative_worth(lumps, rate) for rate in rates]
        if hides_roots(values):
            return IRR_UNSURE
        roots = [k for k in range(400) if (values[k] > 0) != (values[k + 1] > 0)]
        if len(roots) != 1:
            return None
        low, high = rates[roots[0]], rates[roots[0] + 1]
        falling = values[roots[0]] > 0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if (relative_worth(lumps, middle) > 0) == falling else (low, middle)
        return (low + high) / 2

    def by_year(self, parties, component=None):
        sums = [0.0] * (self.n + 1)
        for who, what, date, amount in self.flows:
            if who in parties and (component is None or what == component):
                sums[max(0, math.ceil(date - 1e-9))] += amount
        return sums

    def party(self, name, rate):
        return {
            "discount_rate_frac": rate,
            "npv_usd": self.worth(rate, name),
            "cash_flow_by_year_usd": self.by_year([name]),
            "present_value_by_component_usd": {item: -self.worth(rate, name, item) for item in (*COMPONENTS, "fees")},
        }

    def soh_by_year(self):
        ages = []
        for year in range(self.n + 1):
            # The pack in use just before the date: the last one installed earlier.
            earlier = [date for date in self.installs if date < year - 1e-9] or [0.0]
            ages.append(year - max(earlier))
        return [self.soh(age) for age in ages]

    def technical(self):
        carbon = self.case["carbon"] or BLOCKS["carbon"]
        return {
            "name": self.case["name"],
            "pack_mass_kg": self.case["mass"],
            "consumption_kwh_per_km": self.consumption,
            "battery_energy_kwh_per_yr": self.battery,
            "ac_wall_energy_kwh_per_yr": self.ac,
            "dc_wall_energy_kwh_per_yr": self.dc,
            "equivalent_full_cycles_per_yr": self.efc,
            "charging_sessions_per_yr": self.sessions,
            "charging_hours_per_yr": self.hours,
            "soh_by_year": self.soh_by_year(),
            "pack_life_yr": None if self.pack_life == math.inf else self.pack_life,
            "replacement_years": self.installs[1:],
            "last_pack_age_yr": self.last_age,
            "last_pack_soh_frac": self.soh(self.last_age),
            "residual_value_usd": self.residual,
            "end_of_life_routes": self.routes,
            "capacity_claim_probability_frac": self.claim,
            "carbon_making_kg": self.beta * len(self.installs) * carbon["making_kg_per_kwh"] * self.energy,
            "carbon_use_kg": self.n * (self.ac + self.dc) * carbon["grid_kg_per_kwh"],
        }

    def answer(self):
        self.run()
        result = self.technical()
        parties = ("user", "lessor")
        names = ("fee_usd_per_month", "breakeven_fee_usd_per_month", "lessor_irr_frac", "payback_months")
        charged = dict.fromkeys(names) if self.sale else self.charge()
        r, own = self.case["discount_rate_frac"], self.case["ownership"]
        cost = -sum(amount * (1 + r) ** -date for _, what, date, amount in self.flows if what != "fees")
        # The fees' tax cancels between the parties like the fees.
        running = sum((1 + r) ** -self.date(year) for year in range(1, self.n + 1))
        km, kwh = self.case["distance_km_per_yr"] * running, self.battery * running
        recovery = 1 / sum((1 + r) ** -year for year in range(1, self.n + 1))
        user = self.party("user", r)
        result |= {
            "lifecycle_cost_usd": cost,
            "npv_usd": -cost,
            "capital_recovery_factor_per_yr": recovery,
            "annuity_usd_per_yr": cost * recovery,
            "discounted_km": km,
            "discounted_kwh": kwh,
            "levelized_usd_per_km": cost / km,
            "levelized_usd_per_kwh": cost / kwh,
            "present_value_by_component_usd": {
                name: -sum(self.worth(r, party, name) for party in parties) for name in COMPONENTS
            },
            "cash_flow_by_year_usd": [
                total - fees for total, fees in zip(self.by_year(parties), self.by_year(parties, "fees"), strict=True)
            ],
            "cash_flow_by_component_usd": {name: self.by_year(parties, name) for name in COMPONENTS},
            **charged,
            "parties": {
                "user": user | {"levelized_usd_per_km": -user["npv_usd"] / km},
                "lessor": None if self.sale else self.party("lessor", own["lessor_discount_rate_frac"]),
            },
        }
        return result
