"""What prices do to the lifecycle cost of the chosen design, one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lcopt.report.input_rows import InputRow
from lcopt.report.page.bars import Part, swings
from lcopt.report.page.markup import Column, Entry, TableRow, figure, folded, legend, paragraph, section, table
from lcopt.report.tables import PackTables

SHOWN = 10
LOW, HIGH = "c0", "c1"
GRADES = {
    "measured": "measured",
    "published": "published",
    "vendor": "quoted by a vendor",
    "assumed": "assumed by us",
    "exact": "exact",
    "scenario": "set by the scenario",
}


@dataclass(frozen=True)
class Swing:
    """One price between its low and its high, and what each changes in USD a pack."""

    price: InputRow
    at_low_usd: float
    at_high_usd: float

    @property
    def span_usd(self) -> float:
        """How far apart the two are."""
        return abs(self.at_high_usd - self.at_low_usd)


def swings_of(pack: PackTables, inputs: Sequence[InputRow]) -> list[Swing]:
    """Every price of the chosen design with what its range does, the largest first.

    The design stays, replacements cost as much more as the pack does, and what recyclers pay does not move.
    """
    per_usd = float(pack.chosen.facts["lifecycle_usd_per_material_usd"])
    spent: dict[str, float] = {}
    for item in pack.chosen.bill:
        spent[item.price_key] = spent.get(item.price_key, 0.0) + item.cost_usd
    made = []
    for row in inputs:
        price = float(row.value) if row.is_price else 0.0
        if price and spent.get(row.key):
            lifecycle = spent[row.key] * per_usd
            made.append(Swing(row, lifecycle * (row.low / price - 1), lifecycle * (row.high / price - 1)))
    return sorted((swing for swing in made if swing.span_usd), key=lambda swing: -swing.span_usd)


def price_section(pack: PackTables, inputs: Sequence[InputRow], level: int) -> str:
    """A tornado of the prices that matter most, and their numbers."""
    found = swings_of(pack, inputs)
    if not found:
        return ""
    largest = found[0]
    bars = [
        (
            (swing.price.label, _range(swing.price)),
            Part(LOW, "at the low price", swing.at_low_usd),
            Part(HIGH, "at the high price", swing.at_high_usd),
        )
        for swing in found[:SHOWN]
    ]
    alt = (
        f"Bars from what the low price to what the high price changes, largest on top: {largest.price.label} from "
        f"{largest.at_low_usd:+,.0f} to {largest.at_high_usd:+,.0f} USD a pack."
    )
    drawn = swings(bars, "Change of the lifecycle cost, USD a pack", "USD", alt)
    key = legend([(LOW, "low end of the price"), (HIGH, "high end of the price")])
    caption = (
        f"One price at a time over its range in the catalog, on the same design; the {min(SHOWN, len(found))} largest "
        f"of {len(found)}. A dearer material may make another design the cheapest: see what would change the answer."
    )
    grade = GRADES[largest.price.kind]
    rests = f"The price that matters most, of {largest.price.label}, is {grade} (source {largest.price.source})."
    return section(level, "What prices do", figure(drawn, caption, key), paragraph(rests), _numbers(found))


def _range(row: InputRow) -> str:
    return f"{_amount(row.low)} to {_amount(row.high)} {row.unit}, now {_amount(float(row.value))}"


def _amount(price: float) -> str:
    return f"{price:,.2f}"


def _numbers(found: Sequence[Swing]) -> str:
    heads = ("Price", "Unit", "Now", "Low", "High", "At low, USD", "At high, USD", "How sure", "Source")
    columns = [Column(head, is_number=2 <= number <= 6) for number, head in enumerate(heads)]
    rows: list[TableRow] = [
        [
            swing.price.label,
            swing.price.unit,
            *(Entry(_amount(value), value) for value in (float(swing.price.value), swing.price.low, swing.price.high)),
            *(Entry(f"{value:+,.0f}", value) for value in (swing.at_low_usd, swing.at_high_usd)),
            GRADES[swing.price.kind],
            swing.price.source,
        ]
        for swing in found
    ]
    return folded(
        "All prices of the chosen design", table("Prices with their range and what it does", columns, rows, sorts=True)
    )
