"""Second life on sheet Lifecycle: what packs that leave are worth, the better of the allowed routes at each date."""

from __future__ import annotations

from lcopt.performance.life import SOH_TOLERANCE_FRAC
from lcopt.report.expressions import Expression
from lcopt.report.formulas import at_least, flag, largest
from lcopt.report.life_setting import LifeSetting, last_soh, replaced_soh
from lcopt.report.styles import FACTOR, GAP, MONEY, SHARE, YEAR

PACKS = {"replaced": "a replaced pack", "last": "the last pack"}


class LifeRoutes(LifeSetting):
    """Rows after the factors and before the residual."""

    def write(self) -> None:
        """Append all rows."""
        at, one, rate = self.at, self.one, self.rate
        self.lines.block("Second life of packs that leave")
        self._health()
        used = rate("used_discount_factor") * rate("health_factor")
        self.computed("used", "Value of a used pack over new storage", "1", used, FACTOR)
        new, left = rate("new_storage_price_usd_per_kwh"), 1 - rate("new_storage_price_decline_frac_per_yr")
        self.by_year("storage", "Price of new storage", "USD/kWh", lambda c: new * left ** at("date", c), MONEY)
        label = "Second life of a replaced pack"
        self.by_year("reused", label, "USD", lambda c: self._reused("replaced", at("storage", c)), MONEY)
        label = "Value of a replaced pack"
        self.by_year("left", label, "USD", lambda c: self._better("replaced", at("reused", c)), MONEY)
        self.computed("storage_end", "Price of new storage at the end", "USD/kWh", new * left ** one("horizon"))
        self.computed("reused_end", "Second life of the last pack", "USD", self._reused("last", one("storage_end")))
        for key in ("rounding", "used"):
            self.ledger.keep(self.pack, key, one(key))
        self.computed("left_end", "Value of the last pack", "USD", self._better("last", one("reused_end")))

    def _health(self) -> None:
        one, design = self.one, self.pack.chosen
        horizon_yr = self.ledger.tables.scenario.finance.horizon_yr
        health = {"replaced": replaced_soh(design), "last": last_soh(design, horizon_yr)}
        label = "Health counts as met within"
        self.lines.add("rounding", label, "1", SOH_TOLERANCE_FRAC, number_format=GAP, look="record")
        for key, words in PACKS.items():
            self.lines.add(f"soh_{key}", f"Health of {words}", "1", health[key], number_format=SHARE, look="solver")
            healthy = flag(at_least(one(f"soh_{key}") + one("rounding"), self.rate("soh_min_frac")))
            self.computed(f"fit_{key}", f"Second life takes {words}", "flag", healthy, YEAR)

    def _reused(self, key: str, price: Expression) -> Expression:
        margin = self.one("used") * price - self.rate("repurposing_cost_usd_per_kwh")
        return margin * self.one(f"soh_{key}") * self.one("energy")

    def _better(self, key: str, reused: Expression) -> Expression:
        fit, recycled = self.one(f"fit_{key}"), self.one("worth_usd")
        return largest(recycled, fit * reused + (1 - fit) * recycled)
