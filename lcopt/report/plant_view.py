"""What a report shows of the plant: its inputs with their rows and addresses, and what only a new run can change.

Lines of the price that a scenario does not use are not shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lcopt.cost.books import Books
from lcopt.cost.plant_books import (
    Costing,
    PlantSite,
    learned_share,
    learned_years,
    read_books,
    read_levelized,
    site_of,
    whole_subsidy_usd_per_kwh,
)
from lcopt.cost.plant_economics import Levelized
from lcopt.cost.regions import rate_rows, tariff_row
from lcopt.inputs.catalog import Catalog, Row
from lcopt.inputs.catalog_tables import IDENTITY
from lcopt.inputs.own_data.catalog_overrides import OVERRIDES
from lcopt.inputs.royalties import royalty_rows
from lcopt.inputs.scenario import Scenario

ECONOMICS, YEARS = "plant_economics", "plant_years"
DRY = "dry"
RATES = {
    "labor_usd_per_h": "Labor rate",
    "building_usd_per_m2": "Land and building",
    "overhead_of_labor_frac": "Variable overhead, of labor",
    "overhead_of_depreciation_frac": "Variable overhead, of depreciation",
    "administration_of_labor_frac": "General, sales, administration, of labor and variable overhead",
    "administration_of_depreciation_frac": "General, sales, administration, of depreciation",
    "launch_of_materials_frac": "Launch cost, of a year's materials",
    "launch_of_labor_frac": "Launch cost, of a year's labor and variable overhead",
    "working_capital_frac": "Working capital, of a year's variable cost",
    "equipment_depreciation_frac_per_yr": "Depreciation of equipment",
    "building_depreciation_frac_per_yr": "Depreciation of buildings",
    "pack_profit_frac": "Profit, of the investment, a year",
}
# Rates that the levelized costing finds from the life of the plant, and those that it has rows of its own for.
FOUND = ("equipment_depreciation_frac_per_yr", "building_depreciation_frac_per_yr", "pack_profit_frac")
OWN = ("overhead_of_labor_frac", "overhead_of_depreciation_frac", "launch_of_materials_frac")
ENERGY_PRICES = {"electricity_usd_per_kwh": "Electricity of the plant", "gas_usd_per_kwh": "Gas of the plant"}
ENERGY_USE = {
    "cell_electricity_kwh_per_kwh": "Electricity to make cells, mature plant",
    "cell_gas_kwh_per_kwh": "Gas to make cells, mature plant",
    "assembly_electricity_kwh_per_kwh": "Electricity to assemble packs, mature plant",
}
DRY_ENERGY = "dry_electrode_energy_factor"
FACTORS = {
    "labor_hours_factor": "Hours over those of the process steps",
    "equipment_price_factor": "Machines over the prices of the process steps",
}
LEARNING, SUBSIDY_SHARE, TARIFF = "learning_frac_per_yr", "subsidy_share_frac", "tariff_frac"
DATA_YEAR = "process_data_yr"
# Tables whose rows are read for the plant of one scenario only.
TABLES = ("cost_rates", "plant_economics", "plant_years", "regions", "royalties", "subsidies", "tariffs")


@dataclass(frozen=True)
class PlantInput:
    """One number of the plant that a reader may change, with its row of the catalog and its place in a scenario."""

    key: str
    label: str
    value: float
    unit: str
    address: str
    row: Row | None


@dataclass(frozen=True)
class PlantView:
    """The plant of one scenario; `families` are those of all designs shown."""

    scenario: Scenario
    catalog: Catalog
    families: tuple[str, ...]
    site: PlantSite
    books: Books
    levelized: Levelized | None
    rates: Mapping[str, Row]
    tariff: Row | None
    subsidy_usd_per_kwh: float
    learning_yr: float

    @property
    def is_dry(self) -> bool:
        """Whether electrodes are coated dry."""
        return self.scenario.plant.electrode_process == DRY

    @property
    def learned_factor(self) -> float:
        """Hours, machines and energy per unit over those of the year of the data."""
        return learned_share(self.catalog, self.site)

    def royalty_usd_per_kwh(self, family: str) -> float:
        """Royalty of a family as solved."""
        return self.scenario.plant.royalty_usd_per_kwh[family]

    @property
    def has_royalty(self) -> bool:
        """Whether any design shown pays a royalty."""
        return any(self.royalty_usd_per_kwh(family) for family in self.families)

    @property
    def factors(self) -> tuple[str, ...]:
        """Factors on hours and machines that are not 1."""
        return tuple(key for key in FACTORS if self.rates[key].value != 1.0)

    def inputs(self) -> Iterator[PlantInput]:
        """Every number that may be changed, in the order of the sheet."""
        for key, label in RATES.items():
            if self.levelized is None or key not in FOUND:
                yield _of_row(key, label, self._rate_row(key))
        if self.levelized is not None:
            yield from self._of_energy()
        for key in self.factors:
            yield _of_row(key, FACTORS[key], self.rates[key])
        yield from self._of_scenario()
        if self.tariff is not None:
            yield _of_row(TARIFF, f"Tariff of {self.site.market} on packs of {self.site.region}", self.tariff)

    def _of_energy(self) -> Iterator[PlantInput]:
        for key, label in ENERGY_PRICES.items():
            yield _of_row(key, label, self.rates[key])
        for key, label in ENERGY_USE.items():
            yield _of_row(key, label, self._economics(key))
        if self.is_dry:
            yield _of_row(DRY_ENERGY, "Energy of cells coated dry over wet ones", self._economics(DRY_ENERGY))

    def _of_scenario(self) -> Iterator[PlantInput]:
        if self.site.learning_frac_per_yr:
            value, label = self.site.learning_frac_per_yr, "Learning of hours, machines and energy"
            yield PlantInput(LEARNING, label, value, "1/yr", "plant.learning", None)
        if self.has_royalty:
            for family in self.families:
                row = royalty_rows(self.catalog, self.families)[family]
                value = self.royalty_usd_per_kwh(family)
                label, address = f"Royalty, {family}", f"plant.royalty.{family}"
                own = row if row.value == value else None
                yield PlantInput(royalty_key(family), label, value, row.unit, address, own)
        if self.subsidy_usd_per_kwh:
            value, label = self.site.subsidy_share_frac, "Share of the subsidy that lowers the price"
            yield PlantInput(SUBSIDY_SHARE, label, value, "1", "plant.subsidy_share", None)

    def used_rows(self) -> dict[str, list[Row]]:
        """Rows of the plant's tables that the prices rest on."""
        rows = [
            row for row in self.rates.values() if self.levelized is not None or row.keys["name"] not in ENERGY_PRICES
        ]
        if self.levelized is not None:
            own = self.catalog.table(ECONOMICS).rows
            rows = [row for row in rows if row.keys["name"] not in (*OWN, *FOUND)]
            rows += [row for row in own if row.keys["name"] not in {DATA_YEAR, *(() if self.is_dry else (DRY_ENERGY,))}]
            rows += self.catalog.table(YEARS).rows
        if self.site.learning_frac_per_yr:
            rows.append(self._economics(DATA_YEAR))
        rows += royalty_rows(self.catalog, self.families).values()
        rows += self.catalog.table("subsidies").select(region=self.site.region)
        rows += [] if self.tariff is None else [self.tariff]
        return {name: [row for row in rows if row.table == name] for name in TABLES}

    def _rate_row(self, key: str) -> Row:
        return self._economics(key) if self.levelized is not None and key in OWN else self.rates[key]

    def _economics(self, key: str) -> Row:
        return self.catalog.table(ECONOMICS).one(name=key)


def royalty_key(family: str) -> str:
    """Key of the input of a family's royalty."""
    return f"royalty_{family}_usd_per_kwh"


def plant_view(scenario: Scenario, catalog: Catalog, families: tuple[str, ...]) -> PlantView:
    """The plant of a scenario in the dollars of the catalog."""
    site = site_of(scenario)
    is_levelized = site.costing is Costing.LEVELIZED
    return PlantView(
        scenario=scenario,
        catalog=catalog,
        families=families,
        site=site,
        books=read_books(catalog, site),
        levelized=read_levelized(catalog, site) if is_levelized else None,
        rates=rate_rows(catalog, site.region),
        tariff=tariff_row(catalog, site.region, site.market),
        subsidy_usd_per_kwh=whole_subsidy_usd_per_kwh(catalog, site),
        learning_yr=learned_years(catalog, site),
    )


def _of_row(key: str, label: str, row: Row) -> PlantInput:
    columns = IDENTITY.get(row.table, tuple(row.keys))
    words = [row.keys[column] for column in columns]
    return PlantInput(key, label, row.value, row.unit, ".".join([OVERRIDES, row.table, *words]), row)
