"""Sheet Sensitivity: one input at a time on the same designs - what it moves, and where another design takes over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lcopt.report import sheets
from lcopt.report.expressions import Cell, link
from lcopt.report.formulas import largest, smallest
from lcopt.report.input_rows import InputRow
from lcopt.report.inputs import number_format
from lcopt.report.ledger import Ledger
from lcopt.report.sheets import Chart, Series, Sheet, Validation
from lcopt.report.styles import UNIT_COST, WHOLE_MONEY
from lcopt.report.swings import WhatIf
from lcopt.report.switching import SwitchingValue, switching_value
from lcopt.report.tables import Design, PackTables

HEADS = (
    ("Input", 56.0),
    ("Unit", 19.0),
    ("Live value", 11.0),
    ("Low", 10.0),
    ("High", 10.0),
    ("USD per unit towards low", 12.0),
    ("USD per unit towards high", 12.0),
    ("Cost at low USD", 11.0),
    ("Cost at high USD", 11.0),
    ("at low", 10.0),
    ("at high", 10.0),
    ("Range USD", 10.0),
    ("Another design takes over", 40.0),
    ("at value", 11.0),
    ("Dearer now by USD", 11.0),
    ("It gains USD per unit", 12.0),
    ("Rests on", 11.0),
)
LABEL, UNIT, LIVE, LOW, HIGH, SLOPE_LOW, SLOPE_HIGH, AT_LOW, AT_HIGH, LESS, MORE, RANGE = range(1, 13)
TAKER, SWITCH, GAP, GAIN, KIND = range(13, 18)
HEAD_HEIGHT = 42.0
SHOWN, DRAWN = 30, 14
LEAST_USD = 0.5
SWING_FRAC = 0.1
PURPOSE = (
    "The chosen design and its rivals stay; one input moves. Low and high may be changed. Violet: slopes as solved, "
    "exact where cost is linear in the input."
)


@dataclass(frozen=True)
class Swing:
    """One input between two values and what that does to the cost of the chosen design."""

    made: InputRow
    live: Cell
    low: float
    high: float
    slope_low: float
    slope_high: float
    switch: SwitchingValue | None

    @property
    def range_usd(self) -> float:
        """How far the cost moves."""
        value = float(self.live.value)
        ends = (self.slope_low * (self.low - value), self.slope_high * (self.high - value))
        return max(*ends, 0.0) - min(*ends, 0.0)


def add_sensitivity(ledger: Ledger, pack: PackTables) -> None:
    """One sheet for a pack; sheet Alternatives stands already."""
    found = ledger.swings[pack.index] = swings(ledger, pack)
    if not found:
        return
    sheet = ledger.sheet("Sensitivity", pack, "Sensitivity", PURPOSE, "output")
    sheet.header(HEADS)
    sheet.heights[sheet.header_row] = HEAD_HEIGHT
    for column in (*range(LIVE, TAKER), SWITCH, GAP, GAIN):
        sheet.cell(sheet.header_row, column).look = "head_number"
    for row, swing in enumerate(found[:SHOWN], start=sheets.FIRST_ROW):
        _row(ledger, sheet, pack, row, swing)
    last = sheets.FIRST_ROW + min(len(found), SHOWN) - 1
    low, high = (sheet.down(column, sheets.FIRST_ROW, last) for column in (LOW, HIGH))
    ledger.swing_cells[pack.index] = low, high
    _tornado(sheet, min(len(found), SHOWN))


def swings(ledger: Ledger, pack: PackTables) -> list[Swing]:
    """Every input that moves the cost of the chosen design, the strongest first."""
    lines = ledger.alternatives[pack.index]
    columns = dict(zip((design.rank for design in pack.designs), lines.columns, strict=True))
    rivals = _rivals(pack)
    costs = [lines.cell("lcc", columns[design.rank]) for design in rivals]
    what_if = WhatIf([ledger.of(pack, "lcc"), *costs])
    found = [
        _swing(made, ledger.inputs[key], what_if, rivals)
        for key, made in ledger.rows.items()
        if isinstance(made.value, float) and not made.choices and what_if.moves(ledger.inputs[key])
    ]
    told = [swing for swing in found if swing.range_usd >= LEAST_USD]
    return sorted(told, key=lambda swing: -swing.range_usd)


def _rivals(pack: PackTables) -> tuple[Design, ...]:
    """The best design of every other chemistry, or else the next best of the same."""
    return pack.best_of_chemistries[1:] or pack.designs[1:2]


def _swing(made: InputRow, live: Cell, what_if: WhatIf, rivals: Sequence[Design]) -> Swing:
    value = float(live.value)
    low, high = (made.low, made.high) if made.is_ranged else _around(value)
    now = float(what_if.targets[0].value)
    less, more = _around(value)
    tried = (low if low != value else less, high if high != value else more)
    ends = {end: what_if.costs(live, end) for end in tried if end != value}
    slopes = {end: (costs[0] - now) / (end - value) for end, costs in ends.items()}
    either = next(iter(slopes.values()), 0.0)
    switch = switching_value(what_if, live, made, ends, rivals) if ends else None
    return Swing(made, live, low, high, slopes.get(low, either), slopes.get(high, either), switch)


def _around(value: float) -> tuple[float, float]:
    if not value:
        return 0.0, 0.0
    ends = value * (1 - SWING_FRAC), value * (1 + SWING_FRAC)
    return min(ends), max(ends)


def _row(ledger: Ledger, sheet: Sheet, pack: PackTables, row: int, swing: Swing) -> None:
    made, shown = swing.made, number_format(swing.made)
    name = f"{made.label} ({pack.pack.name})" if pack.suffix and made.key.endswith(pack.suffix) else made.label
    sheet.put(row, LABEL, name)
    sheet.put(row, UNIT, made.unit, "unit")
    live = sheet.put(row, LIVE, link(swing.live), "link", shown)
    low = sheet.put(row, LOW, swing.low, "input", shown)
    high = sheet.put(row, HIGH, swing.high, "input", shown)
    for cell in (low, high):
        prompt = f"{made.unit}. From {made.low:g} to {made.high:g}. Source: {made.source}, {made.kind}."
        sheet.validations.append(Validation(cell, made.low, made.high, (), made.label, prompt))
    down = sheet.put(row, SLOPE_LOW, swing.slope_low, "solver", UNIT_COST)
    up = sheet.put(row, SLOPE_HIGH, swing.slope_high, "solver", UNIT_COST)
    lcc = ledger.of(pack, "lcc")
    less = sheet.put(row, LESS, down * (low - live), "calculation", WHOLE_MONEY)
    more = sheet.put(row, MORE, up * (high - live), "calculation", WHOLE_MONEY)
    sheet.put(row, AT_LOW, lcc + less, "calculation", WHOLE_MONEY)
    sheet.put(row, AT_HIGH, lcc + more, "calculation", WHOLE_MONEY)
    sheet.put(row, RANGE, largest(less, more, 0) - smallest(less, more, 0), "calculation", WHOLE_MONEY)
    sheet.put(row, KIND, made.kind, "unit")
    _switch(ledger, sheet, pack, row, swing)


def _switch(ledger: Ledger, sheet: Sheet, pack: PackTables, row: int, swing: Swing) -> None:
    """Where a rival takes over: the input plus what it is dearer over what it gains per unit."""
    if swing.switch is None:
        sheet.put(row, TAKER, "-", "unit")
        return
    lines = ledger.alternatives[pack.index]
    place = next(number for number, design in enumerate(pack.designs) if design is swing.switch.rival)
    sheet.put(row, TAKER, swing.switch.taker, "unit")
    rival = lines.cell("lcc", lines.columns[place])
    gap = sheet.put(row, GAP, rival - ledger.of(pack, "lcc"), "calculation", WHOLE_MONEY)
    gain = sheet.put(row, GAIN, swing.switch.gain_usd_per_unit, "solver", UNIT_COST)
    sheet.put(row, SWITCH, sheet.cell(row, LIVE) + gap / gain, "calculation", number_format(swing.made))


def _tornado(sheet: Sheet, count: int) -> None:
    first, last = sheets.FIRST_ROW, sheets.FIRST_ROW + min(count, DRAWN) - 1
    head = sheet.header_row
    chart = Chart(
        anchor=f"A{sheets.FIRST_ROW + count + 1}",
        title="What moves the lifecycle cost of the chosen design",
        categories=sheet.down(LABEL, first, last),
        series=tuple(Series(sheet.cell(head, column), sheet.down(column, first, last)) for column in (LESS, MORE)),
        value_title="USD a pack against the live inputs",
        number_format="#,##0",
        horizontal=True,
        overlapped=True,
        width_cm=26.0,
        height_cm=11.0,
    )
    sheet.charts.append(chart)
