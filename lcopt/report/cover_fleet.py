"""The portfolio on the cover: all packs sold, what they cost together with their cells, and the limits of the fleet."""

from __future__ import annotations

from lcopt.design_names import capitalized
from lcopt.report.cover_lines import FIRST_PACK, CoverLines
from lcopt.report.expressions import Cell, Expression, link
from lcopt.report.formulas import same, total, when
from lcopt.report.records import records_of
from lcopt.report.risk_words import risk_costs_usd
from lcopt.report.styles import COUNT, UNIT_COST, WHOLE_MONEY
from lcopt.report.volumes import put_mean_volume, volumes_by_year

# Component of the fleet -> label.
OTHER_COSTS = {
    "pooled_volumes": "Pooled lines cost more (less: -) than plants of the scenario's size",
    "missed_limits": "Limits of the fleet that are missed at a price",
    "price_risk": "Risk of prices, against the prices of the scenario",
}


def write_fleet(cover: CoverLines) -> None:
    """All packs sold with their cells, worth at the first date of sale."""
    ledger, sheet = cover.ledger, cover.sheet
    cover.block("Portfolio: all packs sold, at the first date of sale")
    ledger.shared["portfolio"] = sheet.cell(cover.row - 1, 1)
    rate = ledger.input("discount_rate_frac")
    row = cover.line("Years of production", "yr")
    years = sheet.put(row, FIRST_PACK, ledger.tables.scenario.finance.production_years, "record", "0")
    row = cover.line("Discount factor of a year", "1")
    yearly = sheet.put(row, FIRST_PACK, 1 / (1 + rate), "calculation", UNIT_COST)
    row = cover.line("Packs of one a year, discounted", "1")
    weighed = when(same(yearly, 1), years, (1 - yearly**years) / (1 - yearly))
    factor = sheet.put(row, FIRST_PACK, weighed, "calculation", UNIT_COST)
    _write_costs(cover, _packs_discounted(cover, factor, yearly))


def _packs_discounted(cover: CoverLines, factor: Cell, yearly: Cell) -> list[Expression]:
    """Packs sold of each pack, those of later years weighing less; a row for them where volumes go by year."""
    ledger, sheet, packs = cover.ledger, cover.sheet, cover.ledger.tables.packs
    by_year = any(pack.pack.volume_by_year for pack in packs)
    sold = cover.line("Packs sold a year, mean of the years" if by_year else "Packs sold a year", "1/yr")
    weighed = cover.line("Packs sold, discounted", "1") if by_year else 0
    found = []
    for pack in packs:
        column, volumes = cover.column(pack), volumes_by_year(ledger, pack)
        number = put_mean_volume(ledger, sheet, sold, column, pack)
        weights = [volume * yearly**place for place, volume in enumerate(volumes)]
        made = sum(weights[1:], weights[0]) if weights else number * factor
        found.append(link(sheet.put(weighed, column, made, "calculation", COUNT)) if by_year else made)
    return found


def _write_costs(cover: CoverLines, discounted: list[Expression]) -> None:
    ledger, sheet, packs = cover.ledger, cover.sheet, cover.ledger.tables.packs
    cost = cover.line("Present value of all packs", "USD")
    for pack in packs:
        value = discounted[pack.index] * ledger.of(pack, "lcc")
        sheet.put(cost, cover.column(pack), value, "calculation", WHOLE_MONEY)
    row = cover.line(f"Cell platforms{', without those below' if ledger.tables.own_platforms_usd else ''}", "count")
    number = sheet.put(row, FIRST_PACK, ledger.tables.platforms_count, "solver", "0")
    owns = _own_platforms(cover)
    row = cover.line("Fixed cost of the platforms", "USD")
    usual = number * ledger.input("platform_fixed_cost_usd")
    for own in owns:
        usual = usual + own
    fixed = sheet.put(row, FIRST_PACK, usual, "calculation", WHOLE_MONEY)
    costs = total(sheet.across(cost, FIRST_PACK, FIRST_PACK + len(packs) - 1)) + fixed
    for component, usd in ledger.tables.other_fleet_costs_usd.items():
        row = cover.line(OTHER_COSTS.get(component, capitalized(component.replace("_", " "))), "USD")
        costs = costs + sheet.put(row, FIRST_PACK, usd, "solver", WHOLE_MONEY)
    row = cover.line("Lifecycle cost of the portfolio", "USD", "total_text")
    fleet = sheet.put(row, FIRST_PACK, costs, "total", WHOLE_MONEY, "out_portfolio")
    cover.in_own_currency("Lifecycle cost of the portfolio", {FIRST_PACK: fleet})
    ledger.shared |= {"fleet": fleet, "platforms": fixed}
    for words, usd in risk_costs_usd(ledger.tables.result).items():
        sheet.put(cover.line(f"Lifecycle cost {words}, as solved", "USD"), FIRST_PACK, usd, "solver", WHOLE_MONEY)


def _own_platforms(cover: CoverLines) -> list[Cell]:
    """Given cell designs with a fixed cost of their own, a line each."""
    own = cover.ledger.tables.own_platforms_usd
    return [
        cover.sheet.put(cover.line(f"Fixed cost of {name}, of its own", "USD"), FIRST_PACK, usd, "record", WHOLE_MONEY)
        for name, usd in own.items()
    ]


def write_fleet_limits(cover: CoverLines) -> None:
    """What the choice makes of the limits of the fleet."""
    limits = records_of(cover.ledger.tables.result.fleet_limits)
    if not limits:
        return
    cover.block("Limits of the fleet, as solved")
    for limit in limits:
        state = "binds" if limit["binding"] else "met" if limit["met"] else "missed at its price"
        row = cover.line(str(limit["limit"]), "-")
        cover.sheet.put(row, FIRST_PACK, f"{limit['words']}: {state}", "solver_text")
