"""From materials and plant to the price of a pack: one chain of formulas for the chosen design and its alternatives.

Rows that a scenario's plant does not need - factors of a region or of learning, the life of a levelized plant, royalty,
subsidy and tariff - are not written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce

from lcopt.report.expressions import Cell, Expression, Range, lift
from lcopt.report.formulas import total
from lcopt.report.ledger import Ledger, Lines
from lcopt.report.plant_view import (
    DRY_ENERGY,
    LEARNING,
    SUBSIDY_SHARE,
    TARIFF,
    PlantView,
    royalty_key,
)
from lcopt.report.styles import FACTOR, MONEY, SHARE, UNIT_COST, WHOLE_MONEY
from lcopt.report.tables import Design

# Item of a pack's cost -> row of the chain that computes it; the rest is taken over as solved.
COST_ROWS = {
    "materials": "materials",
    "startup_scrap": "startup_scrap",
    "direct_labor": "direct_labor",
    "energy_utilities": "energy",
    "variable_overhead": "variable_overhead",
    "general_sales_administration": "administration",
    "depreciation": "depreciation",
    "profit": "profit",
    "royalty": "royalty",
    "subsidy": "subsidy",
    "tariff": "tariff",
}
HOURS, MACHINES, LEARNED = "labor_hours_factor", "equipment_price_factor", "learned"


def packs_per_yr(ledger: Ledger, design: Design) -> float:
    """Packs that the plant makes a year: the labor of the solver's steps over the labor in a pack's cost."""
    labor_h = sum(step.labor_h_per_yr for step in design.steps)
    rate = float(ledger.inputs["labor_usd_per_h"].value) * ledger.plant.books.labor_factor
    return rate * labor_h / design.cost_usd["direct_labor"]


def other_items_usd(ledger: Ledger, design: Design) -> float:
    """What the chain does not compute, at prices of the catalog: additions to the air conditioning and the like."""
    as_solved = sum(cost for item, cost in design.cost_usd.items() if item not in COST_ROWS)
    return as_solved / ledger.tables.scenario.plant.parts_price_factor


def needs_cells(plant: PlantView) -> bool:
    """Whether the chain needs what is bought for cells alone."""
    return plant.levelized is not None


def needs_energy(plant: PlantView) -> bool:
    """Whether the chain needs the nameplate energy of the packs."""
    return plant.levelized is not None or plant.has_royalty or bool(plant.subsidy_usd_per_kwh)


def add_chain(ledger: Ledger, lines: Lines, family_of: Mapping[int, str]) -> Chain:
    """Append the rows of the chain.

    Above, in the same columns, stand the rows materials, labor_h, capital_usd, area_m2, packs_per_yr and other_items,
    and where they are needed cell_materials and energy_kwh. `family_of` is the chemistry family of each column.
    """
    chain = Chain(ledger, lines, family_of)
    chain.life()
    chain.labor_and_depreciation()
    chain.energy()
    chain.overheads()
    chain.investment()
    chain.price()
    return chain


@dataclass(frozen=True)
class Chain:
    """The rows of the chain in one sheet; its rates serve the columns beside it too."""

    ledger: Ledger
    lines: Lines
    family_of: Mapping[int, str]

    @property
    def plant(self) -> PlantView:
        """The plant of the scenario."""
        return self.ledger.plant

    def at(self, key: str, column: int) -> Cell:
        """The cell of a design in a row."""
        return self.lines.cell(key, column)

    def rate(self, key: str) -> Cell:
        """A rate: an input, or what was found with the life of the plant."""
        return self.lines.constant(key) if key in self.lines.at else self.ledger.input(key)

    def moved(self, base: Cell, *keys: str) -> Expression:
        """A number times those of some factors that this chain has."""
        there = [self.lines.constant(key) for key in keys if key in self.lines.at]
        return reduce(lambda product, factor: product * factor, there, lift(base))

    @property
    def hour(self) -> Expression:
        """What an hour of the solver's steps costs. [USD/h]."""
        return self.moved(self.rate("labor_usd_per_h"), "labor_factor", HOURS, LEARNED)

    @property
    def machine(self) -> Expression:
        """Depreciation of the solver's equipment. [1/yr]."""
        return self.moved(self.rate("equipment_depreciation_frac_per_yr"), MACHINES, LEARNED)

    @property
    def building(self) -> Expression:
        """What the solver's area costs. [USD/m2]."""
        return self.moved(self.rate("building_usd_per_m2"), LEARNED)

    def labor(self, column: int) -> Expression:
        """Labor with its overhead."""
        return self.at("direct_labor", column) + self.at("variable_overhead", column)

    def bought(self, column: int) -> Expression:
        """Materials, with those that the start of the plant scraps."""
        materials = lift(self.at("materials", column))
        return materials + self.at("startup_scrap", column) if "startup_scrap" in self.lines.at else materials

    def row(
        self,
        key: str,
        label: str,
        content: Callable[[int], Expression],
        *,
        unit: str = "USD/pack",
        look: str = "calculation",
    ) -> None:
        """One row of live numbers."""
        shown = MONEY if unit == "USD/pack" else WHOLE_MONEY
        self.lines.add(key, label, unit, series=content, number_format=shown, look=look)

    def found(self, key: str, label: str, unit: str, value: float, shown: str = FACTOR) -> None:
        """A number of the plant's life, which a new run finds."""
        self.lines.add(key, label, unit, value, number_format=shown, look="solver")

    def life(self) -> None:
        """What the start of the plant, its capital and learning do to rates; live inputs over those as solved."""
        books, levelized = self.plant.books, self.plant.levelized
        if levelized is not None:
            self.found("scrap_factor", "Cells started per good cell, over the mature plant", "1", books.scrap_factor)
            self.found("labor_factor", "Hours paid per good pack, over the mature plant", "1", books.labor_factor)
            drawn = levelized.energy_factor * self.plant.learned_factor
            self.found("energy_factor", "Energy drawn per good pack, over the mature plant", "1", drawn)
            for kind in ("equipment", "building"):
                key = f"{kind}_depreciation_frac_per_yr"
                self.found(key, f"Depreciation of {kind}, ramp included", "1/yr", getattr(books.rates, key), SHARE)
            returns = books.pack_returns
            built, launched = returns.equipment_frac_per_yr, returns.launch_frac_per_yr
            self.found("built_return", "Return on equipment and building, above it", "1/yr", built, SHARE)
            self.found("launch_return", "Recovery of the launch cost", "1/yr", launched, SHARE)
            tied = returns.working_capital_frac_per_yr
            self.found("tied_return", "Cost of capital, real, before tax", "1/yr", tied, SHARE)
        for key in self.plant.factors:
            live, solved = self.ledger.input(key), self.ledger.as_solved[key]
            self.lines.add(key, f"Live over solved: {key.replace('_', ' ')}", "1", live / solved, number_format=FACTOR)
        if LEARNING in self.ledger.inputs:
            self.found("learning_yr", "Years of learning", "yr", self.plant.learning_yr)
            live, solved = self.ledger.input(LEARNING), self.ledger.as_solved[LEARNING]
            moved = ((1 - live) / (1 - solved)) ** self.lines.constant("learning_yr")
            self.lines.add(LEARNED, "Live over solved: what learning has left", "1", moved, number_format=FACTOR)

    def labor_and_depreciation(self) -> None:
        """Labor, and what a year takes of equipment and building."""
        at, of_building = self.at, self.rate("building_depreciation_frac_per_yr")
        self.row("direct_labor", "Direct labor", lambda c: self.hour * at("labor_h", c) / at("packs_per_yr", c))
        self.row("building_usd", "Land and building", lambda c: self.building * at("area_m2", c), unit="USD")
        label = "Depreciation of equipment"
        self.row("equipment_per_yr", label, lambda c: self.machine * at("capital_usd", c), unit="USD/yr")
        label = "Depreciation of buildings"
        self.row("building_per_yr", label, lambda c: of_building * at("building_usd", c), unit="USD/yr")
        self.row(
            "depreciation",
            "Depreciation",
            lambda c: (at("equipment_per_yr", c) + at("building_per_yr", c)) / at("packs_per_yr", c),
        )

    def energy(self) -> None:
        """Scrap of the start, and energy where overheads do not hold it."""
        if self.plant.levelized is None:
            return
        at, rate = self.at, self.rate
        self.row(
            "startup_scrap",
            "Materials of cells that the start scraps",
            lambda c: (rate("scrap_factor") - 1) * at("cell_materials", c),
        )
        power, gas = rate("electricity_usd_per_kwh"), rate("gas_usd_per_kwh")
        of_cells = rate("cell_electricity_kwh_per_kwh") * power + rate("cell_gas_kwh_per_kwh") * gas
        self.lines.add("cell_energy", "Energy of cells, mature plant", "USD/kWh", of_cells, number_format=UNIT_COST)
        of_packs = rate("assembly_electricity_kwh_per_kwh") * power
        self.lines.add("pack_energy", "Energy of assembly, mature plant", "USD/kWh", of_packs, number_format=UNIT_COST)
        cells = rate("cell_energy")
        made = cells * rate(DRY_ENERGY) if self.plant.is_dry else lift(cells)
        self.row(
            "energy",
            "Energy and utilities",
            lambda c: (made + rate("pack_energy")) * self.moved(rate("energy_factor"), LEARNED) * at("energy_kwh", c),
        )

    def overheads(self) -> None:
        """Overheads on labor and depreciation."""
        at, rate, labor = self.at, self.rate, self.labor
        of_labor, of_worn = rate("overhead_of_labor_frac"), rate("overhead_of_depreciation_frac")
        self.row(
            "variable_overhead",
            "Variable overhead",
            lambda c: of_labor * at("direct_labor", c) + of_worn * at("depreciation", c),
        )
        self.row("variable_cost", "Variable cost", lambda c: self._with_energy(self.bought(c) + labor(c), c))
        office_labor, office_worn = rate("administration_of_labor_frac"), rate("administration_of_depreciation_frac")
        self.row("administration_labor", "Administration, of labor", lambda c: office_labor * labor(c))
        label = "Administration, of depreciation"
        self.row("administration_worn", label, lambda c: office_worn * at("depreciation", c))
        self.row(
            "administration",
            "General, sales, administration",
            lambda c: at("administration_labor", c) + at("administration_worn", c),
        )

    def _with_energy(self, cost: Expression, column: int) -> Expression:
        return cost + self.at("energy", column) if "energy" in self.lines.at else cost

    def investment(self) -> None:
        """What is invested per yearly pack."""
        at, rate, labor = self.at, self.rate, self.labor
        of_materials, of_labor = rate("launch_of_materials_frac"), rate("launch_of_labor_frac")
        tied = rate("working_capital_frac")
        self.row("launch_materials", "Launch, materials", lambda c: of_materials * self.bought(c))
        self.row("launch_labor", "Launch, labor", lambda c: of_labor * labor(c))
        self.row("working_capital", "Working capital", lambda c: tied * at("variable_cost", c))
        self.row(
            "fixed_investment",
            "Equipment and building",
            lambda c: (
                (self.moved(at("capital_usd", c), MACHINES, LEARNED) + at("building_usd", c)) / at("packs_per_yr", c)
            ),
        )
        parts = ("launch_materials", "launch_labor", "working_capital", "fixed_investment")
        first, last = parts[0], parts[-1]
        self.row("investment", "Investment per yearly pack", lambda c: total(Range(at(first, c), at(last, c))))

    def price(self) -> None:
        """Return on the investment, and what stands between cost and price."""
        at, plant = self.at, self.plant
        if plant.levelized is None:
            wanted = self.rate("pack_profit_frac")
            self.row("profit", "Profit", lambda c: wanted * at("investment", c))
        else:
            self.row("profit", "Return above depreciation", self._returns)
        if plant.has_royalty or plant.subsidy_usd_per_kwh or plant.tariff is not None:
            self.row("cost", "Cost with return", self._cost)
        if plant.has_royalty:
            self.row("royalty", "Royalty", lambda c: self._royalty(c) * at("energy_kwh", c))
        if plant.subsidy_usd_per_kwh:
            words = "Production subsidy of the region, mean of the years of sale"
            self.found("subsidy_usd_per_kwh", words, "USD/kWh", plant.subsidy_usd_per_kwh, MONEY)
            paid = self.rate(SUBSIDY_SHARE) * self.rate("subsidy_usd_per_kwh")
            self.row("subsidy", "Subsidy that lowers the price", lambda c: 0 - paid * at("energy_kwh", c))
        if plant.tariff is not None:
            self.row("tariff", "Tariff", lambda c: self.rate(TARIFF) * self._before_tariff(c))
        self.row("price", "Purchase price", self._price, look="total")

    def _returns(self, column: int) -> Expression:
        at, rate = self.at, self.rate
        launch = at("launch_materials", column) + at("launch_labor", column)
        return (
            rate("built_return") * at("fixed_investment", column)
            + rate("launch_return") * launch
            + rate("tied_return") * at("working_capital", column)
        )

    def _cost(self, column: int) -> Expression:
        at = self.at
        running = at("variable_cost", column) + at("administration", column)
        return running + at("depreciation", column) + at("profit", column)

    def _royalty(self, column: int) -> Cell:
        return self.ledger.input(royalty_key(self.family_of[column]))

    def _before_tariff(self, column: int) -> Expression:
        added = [self.at(key, column) for key in ("royalty", "subsidy") if key in self.lines.at]
        cost = lift(self.at("cost", column)) if "cost" in self.lines.at else self._cost(column)
        return reduce(lambda price, line: price + line, added, cost)

    def _price(self, column: int) -> Expression:
        price = self._before_tariff(column)
        price = price + self.at("tariff", column) if "tariff" in self.lines.at else price
        return price + self.at("other_items", column)
