"""From materials and plant to the price of a pack: one chain of formulas for the chosen design and its alternatives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lcopt.report.expressions import Cell, Expression, Range
from lcopt.report.formulas import total
from lcopt.report.ledger import Ledger, Lines
from lcopt.report.styles import MONEY, WHOLE_MONEY
from lcopt.report.tables import Design

# Items of a pack's cost that the chain computes; the rest is taken over as solved.
COMPUTED = (
    "materials",
    "direct_labor",
    "variable_overhead",
    "general_sales_administration",
    "depreciation",
    "profit",
)
GIVEN_ROWS = ("materials", "labor_h", "capital_usd", "area_m2", "packs_per_yr", "other_items")


def packs_per_yr(ledger: Ledger, design: Design) -> float:
    """Packs that the plant makes a year: the labor of the solver's steps over the labor in a pack's cost."""
    labor_h = sum(step.labor_h_per_yr for step in design.steps)
    rate = float(ledger.inputs["labor_usd_per_h"].value)
    return rate * labor_h / design.cost_usd["direct_labor"]


def other_items_usd(ledger: Ledger, design: Design) -> float:
    """What the chain does not compute, at prices of the catalog: additions to the air conditioning and the like."""
    as_solved = sum(cost for item, cost in design.cost_usd.items() if item not in COMPUTED)
    return as_solved / ledger.tables.scenario.plant.parts_price_factor


def add_chain(ledger: Ledger, lines: Lines) -> None:
    """Append the rows of the chain; the rows of `GIVEN_ROWS` must stand above, in the same columns."""
    chain = _Chain(ledger, lines)
    chain.labor_and_depreciation()
    chain.overheads()
    chain.investment()
    chain.price()


@dataclass(frozen=True)
class _Chain:
    ledger: Ledger
    lines: Lines

    def at(self, key: str, column: int) -> Cell:
        return self.lines.cell(key, column)

    def rate(self, key: str) -> Cell:
        return self.ledger.input(key)

    def labor(self, column: int) -> Expression:
        return self.at("direct_labor", column) + self.at("variable_overhead", column)

    def row(
        self,
        key: str,
        label: str,
        content: Callable[[int], Expression],
        *,
        unit: str = "USD/pack",
        look: str = "calculation",
    ) -> None:
        shown = MONEY if unit == "USD/pack" else WHOLE_MONEY
        self.lines.add(key, label, unit, series=content, number_format=shown, look=look)

    def labor_and_depreciation(self) -> None:
        at, hour, building = self.at, self.rate("labor_usd_per_h"), self.rate("building_usd_per_m2")
        of_equipment = self.rate("equipment_depreciation_frac_per_yr")
        of_building = self.rate("building_depreciation_frac_per_yr")
        self.row("direct_labor", "Direct labor", lambda c: hour * at("labor_h", c) / at("packs_per_yr", c))
        self.row("building_usd", "Land and building", lambda c: building * at("area_m2", c), unit="USD")
        label = "Depreciation of equipment"
        self.row("equipment_per_yr", label, lambda c: of_equipment * at("capital_usd", c), unit="USD/yr")
        label = "Depreciation of buildings"
        self.row("building_per_yr", label, lambda c: of_building * at("building_usd", c), unit="USD/yr")
        self.row(
            "depreciation",
            "Depreciation",
            lambda c: (at("equipment_per_yr", c) + at("building_per_yr", c)) / at("packs_per_yr", c),
        )

    def overheads(self) -> None:
        at, rate, labor = self.at, self.rate, self.labor
        of_labor, of_worn = rate("overhead_of_labor_frac"), rate("overhead_of_depreciation_frac")
        self.row(
            "variable_overhead",
            "Variable overhead",
            lambda c: of_labor * at("direct_labor", c) + of_worn * at("depreciation", c),
        )
        self.row("variable_cost", "Variable cost", lambda c: at("materials", c) + labor(c))
        office_labor, office_worn = rate("administration_of_labor_frac"), rate("administration_of_depreciation_frac")
        self.row("administration_labor", "Administration, of labor", lambda c: office_labor * labor(c))
        label = "Administration, of depreciation"
        self.row("administration_worn", label, lambda c: office_worn * at("depreciation", c))
        self.row(
            "administration",
            "General, sales, administration",
            lambda c: at("administration_labor", c) + at("administration_worn", c),
        )

    def investment(self) -> None:
        at, rate, labor = self.at, self.rate, self.labor
        of_materials, of_labor = rate("launch_of_materials_frac"), rate("launch_of_labor_frac")
        tied = rate("working_capital_frac")
        self.row("launch_materials", "Launch, materials", lambda c: of_materials * at("materials", c))
        self.row("launch_labor", "Launch, labor", lambda c: of_labor * labor(c))
        self.row("working_capital", "Working capital", lambda c: tied * at("variable_cost", c))
        self.row(
            "fixed_investment",
            "Equipment and building",
            lambda c: (at("capital_usd", c) + at("building_usd", c)) / at("packs_per_yr", c),
        )
        parts = ("launch_materials", "launch_labor", "working_capital", "fixed_investment")
        first, last = parts[0], parts[-1]
        self.row("investment", "Investment per yearly pack", lambda c: total(Range(at(first, c), at(last, c))))

    def price(self) -> None:
        at, wanted = self.at, self.rate("pack_profit_frac")
        self.row("profit", "Profit", lambda c: wanted * at("investment", c))
        self.row(
            "price",
            "Purchase price",
            lambda c: (
                at("variable_cost", c)
                + at("administration", c)
                + at("depreciation", c)
                + at("profit", c)
                + at("other_items", c)
            ),
            look="total",
        )
