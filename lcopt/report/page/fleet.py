"""All packs of a portfolio together: what they cost, which share a cell, and the proof."""

from __future__ import annotations

from lcopt.design_names import FORMAT_NAMES
from lcopt.inputs.currencies import HOME
from lcopt.report.cover_fleet import OTHER_COSTS
from lcopt.report.explanation import alone_lines, kinds_first
from lcopt.report.page.answer import tiles
from lcopt.report.page.bars import Bar, Part, lying_bars
from lcopt.report.page.costs import COLOR_OF
from lcopt.report.page.markup import (
    Column,
    Entry,
    TableRow,
    figure,
    folded,
    legend,
    listing,
    paragraph,
    section,
    table,
)
from lcopt.report.portfolio_words import count_in_words, penalty_in_words, restricted_in_words
from lcopt.report.records import records_of
from lcopt.report.risk_words import risk_lines
from lcopt.report.tables import PackTables, ReportTables
from lcopt.report.why import fleet_limit_lines, proof_in_words
from lcopt.report.words import label, sentence
from lcopt.units import USD_PER_MUSD

CELLS = "Development and tooling of the cells"


def fleet_section(tables: ReportTables, level: int) -> str:
    """The portfolio; of a single pack only its total and the proof."""
    result, finance = tables.result, tables.scenario.finance
    total = float(result.lifecycle_cost_usd)
    own = "" if finance.currency == HOME else f"; {total / finance.usd_per_currency:,.0f} {finance.currency}"
    cells = len({pack.chosen.facts["platform"] for pack in tables.packs})
    numbers = [
        (
            "All packs, lifecycle cost",
            f"{total / USD_PER_MUSD:,.0f} M USD",
            f"{total:,.0f} USD, packs sold in {finance.production_years} years, at the first date of sale{own}",
        ),
        ("Cell designs", f"{cells}", "in all packs together"),
        ("Packs", f"{len(tables.packs)}", f"{sum(pack.pack.volume_per_yr for pack in tables.packs):,.0f} sold a year"),
    ]
    told = [paragraph(sentence(f"Proof: {proof_in_words(result)}"))]
    told.append(listing([*fleet_limit_lines(result), *(f"Price risk: {words}" for words in risk_lines(result))]))
    if len(tables.packs) == 1:
        return section(level, "All packs sold, and the proof", tiles(numbers), *told)
    drawn = [_bars(tables), _table(tables), _around(tables, level + 1)]
    return section(level, "The fleet", tiles(numbers), *told, *drawn, anchor="fleet")


def _costs_of(tables: ReportTables, name: str) -> dict[str, float]:
    """Present value of a pack, or of what belongs to none, by component."""
    rows = tables.result.cost[tables.result.cost["pack"] == name]
    return dict(zip(rows["component"].tolist(), map(float, rows["present_value_usd"].tolist()), strict=True))


def _bars(tables: ReportTables) -> str:
    costs = {pack.pack.name: _costs_of(tables, pack.pack.name) for pack in tables.packs}
    names = {key: name for key, name in tables.components.items() if any(cost.get(key) for cost in costs.values())}
    bars = [
        Bar(
            (name, f"{pack.chosen.facts['chemistry']}, {FORMAT_NAMES[pack.chosen.facts['format']]}"),
            tuple(Part(COLOR_OF[key], words, cost[key] / USD_PER_MUSD) for key, words in names.items()),
            f"{sum(cost.values()) / USD_PER_MUSD:,.0f}",
        )
        for pack, (name, cost) in zip(tables.packs, costs.items(), strict=True)
    ]
    told = "; ".join(f"{name} {sum(cost.values()) / USD_PER_MUSD:,.0f}" for name, cost in costs.items())
    alt = f"Stacked bars: lifecycle cost of all packs of a kind in million USD by component. {told}."
    drawn = lying_bars(bars, "Million USD, present value of all packs", "million USD", alt)
    return figure(drawn, "Every pack of the fleet.", legend([(COLOR_OF[key], words) for key, words in names.items()]))


def _table(tables: ReportTables) -> str:
    heads = (
        "Pack",
        "Cell",
        "Sold a year",
        "Pack life cost, USD",
        "Price, USD",
        "Charging, min",
        "Wh/kg",
        "Fleet, M USD",
    )
    columns = [Column(head, is_number=number > 1) for number, head in enumerate(heads)]
    rows: list[TableRow] = [_row(tables, pack) for pack in tables.packs]
    beside = {CELLS: tables.platforms_usd} | {
        OTHER_COSTS.get(key, label(key)): usd for key, usd in tables.other_fleet_costs_usd.items()
    }
    total = {"All packs": float(tables.result.lifecycle_cost_usd)}
    for words, usd in {**{name: usd for name, usd in beside.items() if usd}, **total}.items():
        rows.append([words, *["-"] * 6, Entry(_millions(usd))])
    return table("Packs of the fleet", columns, rows, last="total")


def _around(tables: ReportTables, level: int) -> str:
    """Fleets around the cheapest one: with fewer cells, without one of its cells, of one chemistry or format alone."""
    result = tables.result
    told = [
        *(count_in_words(row) for row in records_of(result.by_platform_count)),
        *(penalty_in_words(row) for row in kinds_first(result)),
        *(restricted_in_words(str(row["strategy"]), row) for row in records_of(result.strategies)),
    ]
    alone = listing(alone_lines(result))
    folds = folded("Fleets of one chemistry or format", alone) if alone else ""
    return section(level, "What other fleets cost", listing(told), folds)


def _millions(usd: float) -> str:
    return f"{usd / USD_PER_MUSD:,.0f}"


def _row(tables: ReportTables, pack: PackTables) -> list[str | Entry]:
    facts, usd = pack.chosen.facts, sum(_costs_of(tables, pack.pack.name).values())
    return [
        pack.pack.name,
        str(facts["platform"]),
        Entry(f"{pack.pack.volume_per_yr:,.0f}"),
        Entry(f"{pack.chosen.lifecycle_cost_usd:,.0f}"),
        Entry(f"{facts['purchase_price_usd_per_pack']:,.0f}"),
        Entry(f"{facts['charging_time_min']:.1f}"),
        Entry(f"{facts['pack_specific_energy_wh_per_kg']:.0f}"),
        Entry(_millions(usd)),
    ]
