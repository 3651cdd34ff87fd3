"""What a pack costs: the stack of its lifecycle beside those of other designs, its price, its cash flow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from lcopt.design_names import FORMAT_NAMES, kind_in_words
from lcopt.report.page.bars import Bar, Part, flow_bars, lying_bars
from lcopt.report.page.look import SERIES
from lcopt.report.page.markup import Column, Entry, TableRow, figure, folded, legend, section, table
from lcopt.report.tables import COMPONENTS, Design, PackTables, ReportTables
from lcopt.report.why import rows_of
from lcopt.report.words import label

COLOR_OF = dict(zip(COMPONENTS, SERIES, strict=True))
DESIGNS_SHOWN = 6


@dataclass(frozen=True)
class Stack:
    """One bar: the lines of its label, its name in the words for those who cannot see it, and its parts."""

    lines: tuple[str, ...]
    told: str
    costs_usd: Mapping[str, float]


def cost_section(tables: ReportTables, pack: PackTables, level: int) -> str:
    """Lifecycle cost by component for the chosen design, the next best and the best of other chemistries."""
    designs, parts = compared(pack), _components(tables, pack)
    shown = cost_bars(
        [Stack(_names(item), kind_in_words(item.facts), item.present_values_usd) for item in designs],
        [item.lifecycle_cost_usd for item in designs],
        parts,
        "The chosen design on top, then the next best and the best of other chemistries.",
    )
    return section(level, "What its life costs", shown, _component_table(designs, parts), _price_table(pack))


def cost_bars(stacks: Sequence[Stack], totals_usd: Sequence[float], parts: Mapping[str, str], caption: str) -> str:
    """Lifecycle costs as lying bars, one upon the other, the first in bold; `parts` are components and their names."""
    bars = [
        Bar(
            stack.lines,
            tuple(Part(COLOR_OF[key], name, stack.costs_usd.get(key, 0.0)) for key, name in parts.items()),
            f"{usd:,.0f}",
            is_bold=not number,
        )
        for number, (stack, usd) in enumerate(zip(stacks, totals_usd, strict=True))
    ]
    told = "; ".join(f"{stack.told} {usd:,.0f}" for stack, usd in zip(stacks, totals_usd, strict=True))
    alt = f"Stacked bars: lifecycle cost in USD a pack by component. {told}."
    drawn = lying_bars(bars, "USD a pack, present value", "USD", alt)
    return figure(drawn, caption, legend([(COLOR_OF[key], name) for key, name in parts.items()]))


def compared(pack: PackTables) -> list[Design]:
    """The chosen design, the next best, and the cheapest of other chemistries."""
    designs = [*pack.designs[:2], *pack.best_of_chemistries[1:]]
    return list({design.rank: design for design in designs}.values())[:DESIGNS_SHOWN]


def _names(design: Design) -> tuple[str, str]:
    facts = design.facts
    return f"{facts['chemistry']}, {facts['technology_class']}", f"{FORMAT_NAMES[facts['format']]} cells"


def _components(tables: ReportTables, pack: PackTables) -> dict[str, str]:
    """The components that any design has, with their names."""
    designs = compared(pack)
    return {
        key: name
        for key, name in tables.components.items()
        if any(design.present_values_usd.get(key) for design in designs)
    }


def _component_table(designs: list[Design], parts: dict[str, str]) -> str:
    heads = [", ".join(_names(design)) for design in designs]
    columns = [Column("USD a pack, present value"), *(Column(head, is_number=True) for head in heads)]
    rows: list[TableRow] = [
        [name, *(_money(design.present_values_usd[key]) for design in designs)] for key, name in parts.items()
    ]
    total: TableRow = ["Lifecycle cost", *(_money(design.lifecycle_cost_usd) for design in designs)]
    return table("Lifecycle cost by component", columns, [*rows, total], last="total")


def _price_table(pack: PackTables) -> str:
    energy, price = float(pack.chosen.facts["pack_energy_kwh"]), sum(pack.chosen.cost_usd.values())
    columns = [Column("Item"), *(Column(name, is_number=True) for name in ("USD a pack", "USD/kWh", "Share"))]
    items = {label(item): usd for item, usd in pack.chosen.cost_usd.items() if usd}
    rows: list[TableRow] = [
        [name, Entry(f"{usd:,.0f}"), Entry(f"{usd / energy:.1f}"), Entry(f"{100 * usd / price:.1f} %")]
        for name, usd in {**items, "Purchase price": price}.items()
    ]
    return folded(
        "What the purchase price is made of", table("Purchase price of the chosen pack", columns, rows, last="total")
    )


def _money(usd: float) -> Entry:
    return Entry(f"{usd:,.0f}")


def cash_section(tables: ReportTables, pack: PackTables, level: int) -> str:
    """Payments by year, with what they add up to."""
    rows = rows_of(tables.result.cash_flow, pack.pack.name)
    if not rows:
        return ""
    years = max(int(row["year"]) for row in rows) + 1
    paid = {key: [0.0] * years for key in tables.components}
    for row in rows:
        if row["component"] in paid:
            paid[row["component"]][int(row["year"])] = float(row["cash_flow_usd"])
    names = {key: name for key, name in tables.components.items() if any(paid[key])}
    flows = [tuple(Part(COLOR_OF[key], name, paid[key][year]) for key, name in names.items()) for year in range(years)]
    totals = [sum(part.value for part in parts) for parts in flows]
    cumulated = list(accumulate(totals))
    alt = (
        f"Bars by year with a line of their running total, which ends at {cumulated[-1]:,.0f} USD a pack after "
        f"{years - 1} years; year 0 is {totals[0]:,.0f} USD."
    )
    drawn = flow_bars(flows, cumulated, ("Year of ownership", "USD a pack, not discounted"), "USD", alt)
    caption = "Payments are negative, receipts positive; the line is what they add up to."
    key = legend([*((COLOR_OF[name], words) for name, words in names.items()), ("total", "Running total")])
    return section(level, "Cash flow", figure(drawn, caption, key, _flow_table(names, paid, totals, cumulated)))


def _flow_table(
    names: dict[str, str], paid: dict[str, list[float]], totals: list[float], cumulated: list[float]
) -> str:
    columns = [Column(name, is_number=True) for name in ("Year", *names.values(), "Sum", "Running total")]
    rows: list[TableRow] = [
        [Entry(f"{year}"), *(_money(paid[key][year]) for key in names), _money(totals[year]), _money(cumulated[year])]
        for year in range(len(totals))
    ]
    return folded("Numbers of this drawing", table("Cash flow by year, USD a pack", columns, rows))
