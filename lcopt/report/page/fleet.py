"""All packs of a portfolio together: what they cost, which share a cell, and the proof."""

from __future__ import annotations

from lcopt.design_names import FORMAT_NAMES
from lcopt.inputs.currencies import HOME
from lcopt.report.page.answer import tiles
from lcopt.report.page.bars import Bar, Part, lying_bars
from lcopt.report.page.costs import COLOR_OF
from lcopt.report.page.markup import Column, Entry, TableRow, figure, legend, paragraph, section, sentence, table
from lcopt.report.tables import PackTables, ReportTables
from lcopt.report.why import proof_in_words
from lcopt.result import LINES, PLATFORMS
from lcopt.units import USD_PER_MUSD

FIXED = {PLATFORMS: "Development and tooling of the cells", LINES: "Pooled production lines"}


def fleet_section(tables: ReportTables, level: int) -> str:
    """The portfolio; of a single pack only its total and the proof."""
    result, finance = tables.result, tables.scenario.finance
    total = float(result.lifecycle_cost_usd)
    own = "" if finance.currency == HOME else f"; {total / finance.usd_per_currency:,.0f} {finance.currency}"
    numbers = [
        (
            "All packs, lifecycle cost",
            f"{total / USD_PER_MUSD:,.0f} M USD",
            f"{total:,.0f} USD, packs sold in {finance.production_years} years, at the first date of sale{own}",
        ),
        ("Cell designs", f"{tables.platforms_count}", "developed, tooled and validated"),
        ("Packs", f"{len(tables.packs)}", f"{sum(pack.pack.volume_per_yr for pack in tables.packs):,.0f} sold a year"),
    ]
    proof = paragraph(sentence(f"Proof: {proof_in_words(result)}"))
    if len(tables.packs) == 1:
        return section(level, "All packs sold, and the proof", tiles(numbers), proof)
    return section(level, "The fleet", tiles(numbers), proof, _bars(tables), _table(tables), anchor="fleet")


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
    for name, words in FIXED.items():
        usd = sum(_costs_of(tables, name).values())
        if usd:
            rows.append([words, *[""] * 6, Entry(f"{usd / USD_PER_MUSD:,.0f}")])
    rows.append(["All packs", *[""] * 6, Entry(f"{float(tables.result.lifecycle_cost_usd) / USD_PER_MUSD:,.0f}")])
    return table("Packs of the fleet", columns, rows, last="total")


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
        Entry(f"{usd / USD_PER_MUSD:,.0f}"),
    ]
