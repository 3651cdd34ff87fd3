"""From materials and plant to the price of a pack: one chain of formulas for the chosen design and its alternatives."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from lcopt.report.expressions import Cell, Expression, Value
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


def other_items_usd(design: Design) -> float:
    """Items of the price that the chain does not compute, as solved: additions to the air conditioning and the like."""
    return sum(cost for item, cost in design.cost_usd.items() if item not in COMPUTED)


def add_chain(ledger: Ledger, lines: Lines) -> None:
    """Append the rows of the chain; the rows of `GIVEN_ROWS` must stand above, in the same columns."""
    rate = ledger.input
    cost = partial(_row, lines)

    def at(key: str, column: int) -> Cell:
        return lines.cell(key, column)

    def labor(c: int) -> Expression:
        return at("direct_labor", c) + at("variable_overhead", c)

    cost("direct_labor", "Direct labor", lambda c: rate("labor_usd_per_h") * at("labor_h", c) / at("packs_per_yr", c))
    cost("building_usd", "Land and building", lambda c: rate("building_usd_per_m2") * at("area_m2", c), unit="USD")
    cost(
        "equipment_per_yr",
        "Depreciation of equipment",
        lambda c: _equipment(ledger, at("capital_usd", c)),
        unit="USD/yr",
    )
    cost(
        "building_per_yr",
        "Depreciation of buildings",
        lambda c: _building(ledger, at("building_usd", c)),
        unit="USD/yr",
    )
    cost(
        "depreciation",
        "Depreciation",
        lambda c: (at("equipment_per_yr", c) + at("building_per_yr", c)) / at("packs_per_yr", c),
    )
    cost(
        "variable_overhead",
        "Variable overhead",
        lambda c: (
            rate("overhead_of_labor_frac") * at("direct_labor", c)
            + rate("overhead_of_depreciation_frac") * at("depreciation", c)
        ),
    )
    cost("variable_cost", "Variable cost", lambda c: at("materials", c) + labor(c))
    of_labor, of_depreciation = rate("administration_of_labor_frac"), rate("administration_of_depreciation_frac")
    cost("administration_labor", "Administration, of labor", lambda c: of_labor * labor(c))
    cost("administration_worn", "Administration, of depreciation", lambda c: of_depreciation * at("depreciation", c))
    cost(
        "administration",
        "General, sales, administration",
        lambda c: at("administration_labor", c) + at("administration_worn", c),
    )
    cost("launch_materials", "Launch, materials", lambda c: rate("launch_of_materials_frac") * at("materials", c))
    cost("launch_labor", "Launch, labor", lambda c: rate("launch_of_labor_frac") * labor(c))
    cost("working_capital", "Working capital", lambda c: rate("working_capital_frac") * at("variable_cost", c))
    cost(
        "fixed_investment",
        "Equipment and building",
        lambda c: (at("capital_usd", c) + at("building_usd", c)) / at("packs_per_yr", c),
    )
    cost(
        "investment",
        "Investment per yearly pack",
        lambda c: (
            at("fixed_investment", c) + at("launch_materials", c) + at("launch_labor", c) + at("working_capital", c)
        ),
    )
    cost("profit", "Profit", lambda c: rate("pack_profit_frac") * at("investment", c))
    cost(
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


def _row(
    lines: Lines,
    key: str,
    label: str,
    content: Callable[[int], Value | Expression],
    *,
    unit: str = "USD/pack",
    look: str = "calculation",
) -> None:
    shown = MONEY if unit == "USD/pack" else WHOLE_MONEY
    lines.add(key, label, unit, series=content, number_format=shown, look=look)


def _equipment(ledger: Ledger, capital_usd: Cell) -> Expression:
    return ledger.input("equipment_depreciation_frac_per_yr") * capital_usd


def _building(ledger: Ledger, building_usd: Cell) -> Expression:
    return ledger.input("building_depreciation_frac_per_yr") * building_usd
